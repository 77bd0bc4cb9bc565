"""Whether Grad-CAM looks where the synchondrosis is, and whether what it shows matters to the answer.

Two questions, each with what chance gives beside it: how much of the map's mass, and its peak, lies inside the ROI (a
uniform map over the same area, which for a network that looks at a part of the slice is that part: the ROI's share of
that area); and how far the probability of the stage given
falls when the hottest region is blurred away (an equally large random region nearby).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np
import numpy.typing as npt
from scipy.ndimage import gaussian_filter
from SOSStagingLib.model.calibration import probabilities
from SOSStagingLib.model.prediction import Prediction
from SOSStagingLib.scan.types import SLAB_SPACING_MM, Slab

FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]
Probabilities = Callable[[npt.NDArray[np.float32]], npt.ArrayLike]

HOT_SHARE = 0.01
"""Share of the valid area that is blurred away: about 25 x 25 mm of a whole slab."""
RANDOM_REGIONS = 8
BLUR_MM = 10.0
NEARBY_MM = 40.0
"""Random regions of a slab lie this near to the synchondrosis found: air and vault never matter, and would make any
map look good."""


@dataclass(frozen=True)
class RoiAttention:
    """Share of the map's mass inside the ROI, share of its peak inside (1 or 0, more finely for ties), and what a
    uniform map over the valid area has of both. An empty map has no mass and no peak inside."""

    roi_mass: float
    peak_inside: float
    uniform_share: float


@dataclass(frozen=True)
class Deletion:
    """Fall of the probability of the stage given when the hot region is blurred away, mean fall over random regions of
    the same size, and that size in pixels."""

    hot_drop: float
    random_drop: float
    pixels: int


class SlabPredictor(Protocol):
    """What stages slabs, such as the model room's Predictor."""

    def predict(self, slabs: list[Slab]) -> list[Prediction]:
        """Return one prediction for each slab."""


def roi_attention(cam: npt.ArrayLike, roi: npt.ArrayLike, valid: npt.ArrayLike | None = None) -> RoiAttention:
    """Compare a map [h, w] (never negative) with ``roi`` bool [h, w], both within ``valid`` bool [h, w] (all, if None).

    Raises ValueError for shapes that differ, values below 0 or not finite, and an empty valid area.
    """
    heat, inside, seen = _checked(cam, valid, roi)
    mass, peak = float(heat[seen].sum()), float(heat[seen].max())
    uniform = float((inside & seen).sum() / seen.sum())
    if mass <= 0:
        return RoiAttention(0.0, 0.0, uniform)
    at_peak = seen & (heat == peak)
    return RoiAttention(float(heat[inside & seen].sum()) / mass, float(inside[at_peak].mean()), uniform)


def deletion(
    image: npt.NDArray[np.float32],
    cam: npt.ArrayLike,
    predict: Probabilities,
    *,
    valid: npt.ArrayLike | None = None,
    nearby: npt.ArrayLike | None = None,
    share: float = HOT_SHARE,
    blur_px: float = BLUR_MM / SLAB_SPACING_MM,
    regions: int = RANDOM_REGIONS,
    seed: int = 0,
) -> Deletion:
    """Blur away the hottest region, and as large random ones, and see how far the probability falls.

    Args:
        image: [..., rows, columns], as ``predict`` takes it.
        cam: [h, w], where h and w divide rows and columns.
        predict: gives the probabilities [stages] of an image; called 2 + ``regions`` times.
        valid: bool [h, w], the part of the image that was seen; all of it, if None.
        nearby: bool [h, w], where in the valid area random regions may lie; all of it, if None. Give the surroundings
            of the synchondrosis for a comparison that is not too easy.
        share: of the valid cells that are hot; cells without heat never are.
        blur_px: sigma of the blur (Fong and Vedaldi 2017, arXiv 1704.03296); it leaves grey level, not detail.
        regions: how many random ones to take the mean of.
        seed: fixes the random regions: discs around random cells, cut to the same number of cells and clear of the hot
            ones.

    An empty map drops nothing. Raises ValueError for shapes that do not fit and where there is no room for a
    second region.
    """
    heat, around, seen = _checked(cam, valid, nearby)
    hot = _hottest(heat, seen, share)
    cell = _cell_size(image, heat)
    if not hot.any():
        return Deletion(0.0, 0.0, 0)
    before = np.asarray(predict(image), float)
    stage = int(before.argmax())
    blurred = _blurred(image, blur_px)

    def drop(cells: BoolArray) -> float:
        pixels = np.repeat(np.repeat(cells, cell[0], axis=0), cell[1], axis=1)
        return float(before[stage] - np.asarray(predict(np.where(pixels, blurred, image)), float)[stage])

    rng = np.random.default_rng(seed)
    elsewhere = [drop(_random_region(seen & around & ~hot, int(hot.sum()), rng)) for _ in range(regions)]
    return Deletion(drop(hot), float(np.mean(elsewhere)), int(hot.sum()) * cell[0] * cell[1])


def slab_deletion(
    predictor: SlabPredictor, slab: Slab, temperature: float, regions: int = RANDOM_REGIONS, seed: int = 0
) -> Deletion:
    """``deletion`` for a slab and the model that stages it, on probabilities at the model's ``temperature``.

    The valid area is the middle plane's field of view; random regions lie within NEARBY_MM of the synchondrosis found.
    """
    found = predictor.predict([slab])[0]
    seen = slab.valid[slab.valid.shape[0] // 2]
    rows, columns = np.indices(seen.shape)
    near = np.hypot(columns - found.sos_px[0], rows - found.sos_px[1]) * SLAB_SPACING_MM <= NEARBY_MM

    def predict(array: npt.NDArray[np.float32]) -> npt.ArrayLike:
        return probabilities(predictor.predict([replace(slab, array=array)])[0].logits, temperature)

    valid, nearby = (to_cells(mask, found.cam.shape) for mask in (seen, near))
    return deletion(slab.array, found.cam, predict, valid=valid, nearby=nearby, regions=regions, seed=seed)


def to_cells(mask: npt.ArrayLike, shape: tuple[int, ...]) -> BoolArray:
    """A mask [rows, columns] on the coarser grid ``shape`` (h, w): cells of which at least half is in it."""
    fine = np.asarray(mask, bool)
    rows, columns = _cell_size(fine, np.empty(shape))
    cells = fine.reshape(shape[0], rows, shape[1], columns)
    return np.asarray(cells.mean(axis=(1, 3)) >= 0.5)


def _checked(
    cam: npt.ArrayLike, valid: npt.ArrayLike | None, roi: npt.ArrayLike | None = None
) -> tuple[FloatArray, BoolArray, BoolArray]:
    heat = np.asarray(cam, float)
    seen = np.ones(heat.shape, bool) if valid is None else np.asarray(valid, bool)
    inside = seen if roi is None else np.asarray(roi, bool)
    if heat.ndim != 2 or inside.shape != heat.shape or seen.shape != heat.shape:
        raise ValueError(f"map, ROI and valid area must have one shape, not {heat.shape}, {inside.shape}, {seen.shape}")
    if not np.isfinite(heat).all() or heat.min(initial=0.0) < 0:
        raise ValueError("the map holds values below 0 or not finite; give Grad-CAM as the model gives it")
    if not seen.any():
        raise ValueError("the valid area is empty")
    return heat, inside, seen


def _cell_size(image: npt.NDArray, heat: npt.NDArray) -> tuple[int, int]:
    rows, columns = image.shape[-2:]
    if rows % heat.shape[0] or columns % heat.shape[1]:
        raise ValueError(f"a grid of {heat.shape} cells does not divide an image of {rows} x {columns} pixels evenly")
    return rows // heat.shape[0], columns // heat.shape[1]


def _hottest(heat: FloatArray, seen: BoolArray, share: float) -> BoolArray:
    wanted = max(1, round(share * int(seen.sum())))
    order = np.argsort(np.where(seen, -heat, np.inf), axis=None, kind="stable")[:wanted]
    hot = np.zeros(heat.shape, bool)
    hot.flat[order] = True
    return hot & seen & (heat > 0)


def _random_region(free: BoolArray, cells: int, rng: np.random.Generator) -> BoolArray:
    rows, columns = np.nonzero(free)
    if rows.size < cells:
        raise ValueError(f"there is no room for a second region of {cells} cells; take a smaller share")
    middle = int(rng.integers(rows.size))
    nearest = np.argsort(np.hypot(rows - rows[middle], columns - columns[middle]), kind="stable")[:cells]
    region = np.zeros(free.shape, bool)
    region[rows[nearest], columns[nearest]] = True
    return region


def _blurred(image: npt.NDArray[np.float32], sigma: float) -> npt.NDArray[np.float32]:
    sigmas = [0.0] * (image.ndim - 2) + [sigma, sigma]
    return np.asarray(gaussian_filter(np.asarray(image, np.float32), sigmas, truncate=3.0))
