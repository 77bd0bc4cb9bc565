"""A coarse copy of a scan in anatomical axes, and the few grey levels it is made of. Cheap; no HU assumed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import ndimage

from .geometry import FloatArray
from .types import Scan

Float32Array = npt.NDArray[np.float32]
BoolArray = npt.NDArray[np.bool_]

# Coarse enough to be quick, fine enough for the skull's thickness (5-8 mm) and the airway.
BLOCK_MM = 3.0
SAMPLES_PER_BLOCK = (4, 2, 1)
# A fill value outside a cylinder covers at least the corners of the slices; a chance value never does.
MIN_FILL_SHARE = 0.02
MAX_HIDDEN_FILL = 0.01
HISTOGRAM_BINS = 128


@dataclass(frozen=True)
class Levels:
    """Grey levels: thresholds between the three classes of Otsu's method and the classes' medians (dark to bright)."""

    low_threshold: float
    high_threshold: float
    dark: float
    middle: float
    bright: float
    bottom: float
    top: float


@dataclass(frozen=True)
class Overview:
    """Means over blocks of about 3 mm, [k, j, i] running to superior, anterior and right.

    ``spacing`` is (i, j, k) in mm. ``known`` is False in the constant fill outside a cylindrical field of view.
    ``fill`` is that fill value, None when there is none.
    """

    array: Float32Array
    known: BoolArray
    spacing: FloatArray
    fill: float | None

    @property
    def extent_mm(self) -> FloatArray:
        """Edge lengths of the whole field of view (right, anterior, superior), mm."""
        return self.spacing * self.array.shape[::-1]


def make_overview(scan: Scan) -> Overview:
    """Reduce a volume to blocks of about 3 mm in anatomical axis order."""
    blocks = np.maximum(1, np.round(BLOCK_MM / scan.geometry.spacing)).astype(int)
    blocks = np.minimum(blocks, np.array(scan.array.shape[::-1]))
    # Neighbours along i lie side by side in memory and are cheap to read; along k one sample a block must do.
    counts = np.minimum(blocks, SAMPLES_PER_BLOCK)
    steps = blocks // counts
    samples = scan.array[:: steps[2], :: steps[1], :: steps[0]]
    fill, unknown = _fill(samples)
    small = _block_mean(samples, counts)
    known = _block_mean(~unknown, counts) > 0.5
    sizes = scan.geometry.spacing * counts * steps
    order, flips = _anatomical_axes(scan.geometry.directions)
    turned, seen = small.transpose(order)[flips], known.transpose(order)[flips]
    return Overview(turned, seen, sizes[[2 - n for n in order[::-1]]], fill)


def _block_mean(array: npt.NDArray[np.generic], counts: npt.NDArray[np.int_]) -> Float32Array:
    """Mean of blocks of ``counts`` (i, j, k) elements; what does not fill a block at the end is left out."""
    ci, cj, ck = (int(c) for c in counts)
    k, j, i = (max(1, n // c) for n, c in zip(array.shape, (ck, cj, ci), strict=True))
    cut = array[: k * ck, : j * cj, : i * ci]
    parts = [cut[a::ck, b::cj, c::ci].astype(np.float32) for a in range(ck) for b in range(cj) for c in range(ci)]
    out = np.zeros((k, j, i), np.float32)
    for part in parts:
        out += part
    out /= np.float32(len(parts))
    return out


def _fill(samples: npt.NDArray[np.generic]) -> tuple[float | None, BoolArray]:
    """Find the constant fill outside the field of view (cylinder, tilted stack): its value and where it is.

    The fill is one exact value that can be seen from outside along some axis without anything before it. When a good
    part of that value lies hidden inside instead, it is air that was set to one value, and nothing is unknown.
    """
    unknown = np.zeros(samples.shape, bool)
    corners = samples[np.ix_(*([0, -1] for _ in range(3)))].ravel()
    values, counts = np.unique(corners, return_counts=True)
    same = samples == values[counts.argmax()]
    total = int(same.sum())
    if counts.max() < len(corners) // 2 or total < MIN_FILL_SHARE * same.size:
        return None, unknown
    for axis in range(3):
        unknown |= np.logical_and.accumulate(same, axis)
        unknown |= np.flip(np.logical_and.accumulate(np.flip(same, axis), axis), axis)
    # Single voxels may hit the value by chance; hidden air comes in lumps.
    hidden = ndimage.binary_erosion(same & ~unknown, np.ones((3, 3, 3), bool))
    if int(hidden.sum()) > MAX_HIDDEN_FILL * total:
        return None, np.zeros(samples.shape, bool)
    return float(values[counts.argmax()]), unknown


def _anatomical_axes(directions: FloatArray) -> tuple[tuple[int, ...], tuple[slice, ...]]:
    """Permutation and flips that make array axes [k, j, i] run to superior, anterior, right, as nearly as possible."""
    weight = np.abs(directions)
    owner: dict[int, int] = {}
    for _ in range(3):
        ras, ijk = np.unravel_index(int(weight.argmax()), weight.shape)
        owner[int(ras)] = int(ijk)
        weight[ras, :] = -1
        weight[:, ijk] = -1
    order = tuple(2 - owner[ras] for ras in (2, 1, 0))
    flips = tuple(slice(None, None, -1 if directions[ras, owner[ras]] < 0 else 1) for ras in (2, 1, 0))
    return order, flips


def grey_levels(values: Float32Array) -> Levels | None:
    """Split grey values into three classes (Otsu 1979, two thresholds); None when all are (nearly) the same."""
    bottom, top = (float(v) for v in np.percentile(values, [0.2, 99.8]))
    if not top > bottom:
        return None
    counts, edges = np.histogram(values, HISTOGRAM_BINS, (bottom, top))
    low, high = _two_thresholds(counts.astype(float))
    first, second = float(edges[low + 1]), float(edges[high + 1])
    parts = values[values < first], values[(values >= first) & (values < second)], values[values >= second]
    dark, middle, bright = (float(np.median(part)) if part.size else bottom for part in parts)
    return Levels(first, second, dark, middle, bright, bottom, top)


def _two_thresholds(counts: FloatArray) -> tuple[int, int]:
    """Last bin of the dark and of the middle class that give the largest variance between the classes."""
    bins = np.arange(len(counts))
    weight, moment = np.cumsum(counts), np.cumsum(counts * bins)

    def share(w: FloatArray, m: FloatArray) -> FloatArray:
        return np.divide(m**2, w, out=np.zeros_like(m), where=w > 0)

    first = share(weight, moment)
    last = share(weight[-1] - weight, moment[-1] - moment)
    middle = share(weight[None, :] - weight[:, None], moment[None, :] - moment[:, None])
    score = np.where(bins[None, :] > bins[:, None], first[:, None] + middle + last[None, :], -np.inf)
    low, high = np.unravel_index(int(score.argmax()), score.shape)
    return int(low), int(high)
