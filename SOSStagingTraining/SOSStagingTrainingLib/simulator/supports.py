"""Chin rest and head band: low-density things around the head, painted into the tissue before it is exposed."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
from scipy.ndimage import distance_transform_edt, gaussian_filter

from .fields import F32, band, soft
from .placement import Coarse, Placement

SN_TO_FRANKFORT_DEG = 8.2
MENTON_BELOW_NASION = 1.7
"""Nasion-menton over sella-nasion, about 115 to 67 mm (our guess; used where no chin is given)."""


def add_supports(
    tissue: F32, place: Placement, landmarks: Mapping[str, npt.ArrayLike], chin_rest: float, head_band: float
) -> F32:
    """Return ``tissue`` [k, j, i] with a chin rest and a head band of the given density (air 0, brain 1; 0 for none).

    ``landmarks`` are scanner mm and need ``sella`` and ``nasion``; ``chin`` (the bone) is guessed without. The rest is
    a 3 mm cup under and before the chin on a post; the band a 3 mm strap round forehead and occiput, with a pad behind.
    Both lie on the skin of ``place.around`` and never overwrite the head. Shapes and sizes are our guess from pictures.
    """
    missing = {"sella", "nasion"} - set(landmarks)
    if missing:
        raise ValueError(f"supports need the landmarks sella and nasion; missing: {', '.join(sorted(missing))}")
    origin = np.asarray(landmarks["nasion"], float)
    axes = _axes(np.asarray(landmarks["sella"], float), origin)
    length = float(np.linalg.norm(origin - np.asarray(landmarks["sella"], float)))
    guess = origin + axes @ [0.0, -0.15 * length, -MENTON_BELOW_NASION * length]
    chin = (np.asarray(landmarks.get("chin", guess), float) - origin) @ axes
    skin = _skin_distance(place.around)
    out = tissue.copy()

    def paint(rows: slice, points: F32) -> None:
        head = ((points - origin.astype(np.float32)) @ axes.astype(np.float32)).astype(np.float32)
        shape = head_band * _band(head, skin.at(points)) if head_band else np.float32(0)
        if chin_rest:
            shape = np.maximum(shape, chin_rest * _rest(head - chin.astype(np.float32), skin.at(points)))
        free = np.clip(1 - tissue[rows] / np.float32(0.4), 0, 1)
        out[rows] += free * shape

    place.each(paint)
    return out


def _axes(sella: npt.NDArray[np.float64], nasion: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Columns right, anterior, superior of the head, with the Frankfort plane horizontal."""
    forward = (nasion - sella) / np.linalg.norm(nasion - sella)
    right = np.array([1.0, 0.0, 0.0])
    right = right - (right @ forward) * forward
    right /= np.linalg.norm(right)
    up = np.cross(right, forward)
    c, s = np.cos(np.radians(SN_TO_FRANKFORT_DEG)), np.sin(np.radians(SN_TO_FRANKFORT_DEG))
    return np.stack([right, c * forward - s * up, s * forward + c * up], axis=1)


def _skin_distance(around: Coarse) -> Coarse:
    """Distance from the skin in mm, positive outside; airways that are closed off by the coarse grid count too."""
    spacing = around.geometry.spacing[::-1]
    body = gaussian_filter(around.values, 0.7) > 0.45
    outside, inside = (distance_transform_edt(m, sampling=spacing) for m in (~body, body))
    smooth = gaussian_filter((outside - inside).astype(np.float32), 0.7)
    return Coarse(smooth, around.geometry)


def _band(head: F32, skin: F32) -> F32:
    """The strap, 26 mm high, sloping down to the back, and a softer pad behind the occiput. Origin: nasion."""
    _, y, z = (head[..., a] for a in range(3))
    slope = z - 31 - 0.15 * y
    strap = band(skin, 1.0, 4.0, 1.0) * soft(np.abs(slope) - 13, 1.0)
    pad = band(skin, 4.0, 15.0, 1.5) * soft(np.abs(slope + 4) - 26, 2.0) * soft(y + 130, 4.0) * np.float32(0.4)
    return np.maximum(strap, pad)


def _rest(head: F32, skin: F32) -> F32:
    """The cup and its post. Origin: bony chin."""
    x, y, z = (head[..., a] for a in range(3))
    place = np.maximum(np.maximum(np.abs(x) - 28, np.abs(y - 5) - 17), z - 4)
    cup = band(skin, 2.0, 5.0, 1.0) * soft(place, 1.5)
    post = soft(np.maximum(np.maximum(np.abs(x) - 9, np.abs(np.abs(y - 2) - 6) - 1.2), z + 4), 1.0)
    return np.maximum(cup, post * soft(4 - skin, 1.0))
