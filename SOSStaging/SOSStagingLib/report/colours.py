"""The heat colours of the Grad-CAM, one table for the report's pictures and for Slicer's colour node."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

# Nine anchors of the "inferno" map (matplotlib, CC0): lightness rises steadily, so it also reads in grey and for
# colour-blind readers.
_INFERNO = (
    (0, 0, 4),
    (31, 12, 72),
    (85, 15, 109),
    (136, 34, 106),
    (186, 54, 85),
    (227, 89, 51),
    (249, 140, 10),
    (249, 201, 50),
    (252, 255, 164),
)

# The darkest end cannot be told from dark tissue, so the table starts a quarter of the way up.
_START = 0.25

SHOWN_FROM = 0.15
"""Share of full scale below which no heat is shown, in the report and in Slicer."""

OPACITY = 0.6
"""Opacity of strong heat over the grey picture."""


def heat_table(entries: int = 256) -> npt.NDArray[np.float64]:
    """Return the colour table, [entries, 3] RGB in 0..1, from zero evidence to full scale."""
    anchors = np.array(_INFERNO, float) / 255.0
    position = np.linspace(_START, 1.0, entries) * (len(anchors) - 1)
    columns = [np.interp(position, np.arange(len(anchors)), anchors[:, c]) for c in range(3)]
    return np.stack(columns, axis=-1)


def heat_rgba(share: npt.ArrayLike) -> npt.NDArray[np.float64]:
    """Return RGBA in 0..1, [..., 4], for evidence as a share of full scale.

    Nothing is shown below SHOWN_FROM; above it the opacity rises quickly to OPACITY, so the edge is soft.
    """
    value = np.clip(np.nan_to_num(np.asarray(share, float)), 0.0, 1.0)
    table = heat_table()
    rgb = table[np.round(value * (len(table) - 1)).astype(int)]
    alpha = OPACITY * np.clip((value - SHOWN_FROM) / SHOWN_FROM, 0.0, 1.0)
    return np.concatenate([rgb, alpha[..., None]], axis=-1)
