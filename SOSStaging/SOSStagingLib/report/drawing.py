"""A small line drawing of the clivus for each stage, as inline SVG made from the scheme's data."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import numpy as np

from ..model.scheme import Stage
from ..scan.geometry import FloatArray

# The drawing is built along the clivus: u runs from basion (0) to the top of the dorsum sellae (46 mm), v from the
# endocranial (0) to the pharyngeal surface. Sizes follow cephalometric means; it is a sketch, not a measurement.
_BASION = (-24.6, -36.5)
_DORSUM = (-7.0, 6.0)
_BELOW, _ABOVE, _HEIGHT = 24.4, 27.6, 13.0
"""The cleft lies between the basiocciput's end and the basisphenoid's start, both in u, and is this high in v."""
_SPHENOID = (
    (_ABOVE, 0.0),
    (36.0, 0.0),
    (43.0, -0.3),
    (46.3, 1.2),
    (45.0, 3.6),
    (41.0, 4.2),
    (37.4, 6.0),
    (36.2, 10.0),
    (38.6, 14.6),
    (43.6, 17.0),
    (46.6, 23.0),
    (46.0, 31.0),
    (39.0, 33.0),
    (33.6, 28.0),
    (30.4, 20.0),
    (_ABOVE, _HEIGHT),
)
_OCCIPUT = (
    (_BELOW, _HEIGHT),
    (17.0, 9.4),
    (8.0, 5.4),
    (1.0, 2.6),
    (-0.6, 1.2),
    (0.6, 0.1),
    (10.0, 0.0),
    (_BELOW, 0.0),
)
_SINUS = ((35.0, 19.0), (39.4, 17.8), (43.6, 21.0), (44.0, 28.4), (40.0, 30.4), (36.0, 26.4), (35.0, 19.0))

_BONE, _EDGE, _SINUS_FILL, _SCAR = "#eadfc6", "#6d5c3f", "#cfd9e2", "#9c3f14"


def stage_svg(stage: Stage, height: int = 64) -> str:
    """Return an inline SVG of the midsagittal clivus at this stage, the face to the right."""
    shapes = [_shape(outline, _BONE) for outline in _bone(stage.fused_fraction)]
    shapes.append(_shape(_curve(_SINUS), _SINUS_FILL))
    if stage.scar:
        middle = (_BELOW + _ABOVE) / 2
        scar = f"M{_at(middle, 1.0)}L{_at(middle, _HEIGHT + 0.4)}"
        shapes.append(f'<path d="{scar}" stroke="{_SCAR}" stroke-width="1" stroke-dasharray="2.2 1.5" fill="none"/>')
    title = escape(f"Drawing of stage {stage.number}: {stage.name}")
    return (
        f'<svg class="clivus" role="img" aria-label="{title}" height="{height}" viewBox="-27 -9.5 50.5 48">'
        f"{''.join(shapes)}</svg>"
    )


def _bone(fused_fraction: float) -> list[str]:
    """Return the closed outlines of the bone: two bones when open, one with a notch while fusing, one when fused."""
    if fused_fraction <= 0:
        return [_curve(_SPHENOID), _curve(_OCCIPUT)]
    if fused_fraction >= 1:
        # The pharyngeal surface runs smoothly across where the cleft was.
        return [_curve(_SPHENOID[:-1] + _OCCIPUT[1:])]
    depth = _HEIGHT * fused_fraction
    notch = f"L{_at(_ABOVE, depth)}L{_at(_BELOW, depth)}L{_at(_BELOW, _HEIGHT)}"
    return [_curve(_SPHENOID) + notch + _curve(_OCCIPUT, move="L")]


def _curve(points: Sequence[tuple[float, float]], move: str = "M") -> str:
    """Return a smooth SVG path (Catmull-Rom as cubic Bezier) through the points."""
    placed = _place(points)
    before = np.vstack([placed[:1], placed[:-1]])
    after = np.vstack([placed[1:], placed[-1:]])
    tangent = (after - before) / 6.0
    path = f"{move}{_text(placed[0])}"
    for n in range(1, len(placed)):
        path += f"C{_text(placed[n - 1] + tangent[n - 1])} {_text(placed[n] - tangent[n])} {_text(placed[n])}"
    return path


def _place(points: Sequence[tuple[float, float]]) -> FloatArray:
    """Map (u, v) to SVG x (anterior right) and y (down), [n, 2]."""
    basion, dorsum = np.array(_BASION), np.array(_DORSUM)
    along = (dorsum - basion) / np.linalg.norm(dorsum - basion)
    across = np.array([along[1], -along[0]])
    return (basion + np.array(points, float) @ np.stack([along, across])) * (1.0, -1.0)


def _at(u: float, v: float) -> str:
    return _text(_place(((u, v),))[0])


def _text(point: FloatArray) -> str:
    return f"{point[0]:.1f},{point[1]:.1f}"


def _shape(path: str, fill: str) -> str:
    return f'<path d="{path}Z" fill="{fill}" stroke="{_EDGE}" stroke-width="1" stroke-linejoin="round"/>'
