"""Reading a big volume cheaply: RAS-ordered views, block averages, trilinear samples, field-of-view mask.

Nothing here converts or copies the whole volume; only blocks of it are ever turned into floats.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import permutations
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import ndimage

from .geometry import FloatArray, Geometry

AnyArray = npt.NDArray[Any]
MIN_COLUMN_BLOCKS = 8
"""A column shorter than this may be constant by chance."""
Float32Array = npt.NDArray[np.float32]
BoolArray = npt.NDArray[np.bool_]

MAX_READ_PER_AXIS = 3
"""At most this many voxels of a block are read along each axis: noise falls enough, and reading stays cheap."""


@dataclass(frozen=True)
class BlockVolume:
    """A coarse copy of a volume: float32 means [k, j, i], their geometry, and where they are finite (``known``)."""

    array: Float32Array
    known: BoolArray
    geometry: Geometry


def ras_view(array: AnyArray, geometry: Geometry) -> tuple[AnyArray, Geometry]:
    """Return a view of [k, j, i] whose i, j, k run most nearly towards right, anterior, superior, and its geometry.

    Transposing and flipping only: every voxel keeps its physical place, so the 48 orders of one head give one view.
    """
    directions = geometry.directions
    best = max(permutations(range(3)), key=lambda p: sum(abs(directions[r, p[r]]) for r in range(3)))
    step = [slice(None)] * 3
    matrix = np.eye(4)
    matrix[:3, 3] = geometry.origin
    for row, axis in enumerate(best):
        column = geometry.ijk_to_ras[:3, axis]
        if column[row] < 0:
            matrix[:3, 3] += column * (geometry.shape[2 - axis] - 1)
            column = -column
            step[2 - row] = slice(None, None, -1)
        matrix[:3, row] = column
    view = array.transpose([2 - best[2], 2 - best[1], 2 - best[0]])[tuple(step)]
    return view, Geometry((view.shape[0], view.shape[1], view.shape[2]), matrix)


def block_factors(geometry: Geometry, target_mm: float) -> tuple[int, int, int]:
    """Return how many voxels (k, j, i) make a block of about ``target_mm``: from one to the whole axis."""
    wanted = np.maximum(1, np.floor(target_mm / geometry.spacing[::-1] + 0.5)).astype(int)
    factors = np.minimum(wanted, geometry.shape)
    return int(factors[0]), int(factors[1]), int(factors[2])


def block_mean(array: AnyArray, geometry: Geometry, target_mm: float) -> BlockVolume:
    """Average blocks of about ``target_mm``; blocks with a non-finite voxel are not ``known``.

    Of a large block only some evenly spread voxels are read, the same ones in any memory order, and sums are exact
    integers or float64: the axis order of the array behind a RAS view makes no difference. The geometry follows what
    was read.
    """
    factors = np.array(block_factors(geometry, target_mm))
    counts = np.array(array.shape) // factors
    start = (np.array(array.shape) - counts * factors) // 2
    picks = [_picks(int(n)) for n in factors]
    order = np.argsort([-abs(s) for s in array.strides], kind="stable")
    means = _block_mean(array.transpose(order), start[order], counts[order], factors[order], [picks[a] for a in order])
    means = means.transpose(np.argsort(order))
    matrix = np.array(geometry.ijk_to_ras)
    matrix[:3, 3] = geometry.to_ras([start[a] + np.mean(picks[a]) for a in (2, 1, 0)])
    matrix[:3, :3] = matrix[:3, :3] * factors[::-1]
    known = np.isfinite(means)
    values = np.ascontiguousarray(np.where(known, means, 0.0), np.float32)
    return BlockVolume(values, np.ascontiguousarray(known), Geometry(values.shape, matrix))


def _picks(factor: int) -> list[int]:
    """Return which of a block's ``factor`` voxels along an axis are read: all of few, else some spread evenly."""
    taken = min(factor, MAX_READ_PER_AXIS)
    return [int((n + 0.5) * factor / taken) for n in range(taken)]


def _block_mean(
    memory: AnyArray,
    start: npt.NDArray[np.int_],
    counts: npt.NDArray[np.int_],
    factors: npt.NDArray[np.int_],
    picks: list[list[int]],
) -> FloatArray:
    """Block means of an array whose axes run from the slowest to the fastest in memory."""
    exact = memory.dtype.kind in "iub" and memory.dtype.itemsize <= 2
    total = np.zeros((counts[1], counts[2]), np.int32 if exact else np.float64)
    out = np.empty(tuple(counts))
    rows, columns = ([start[a] + p + np.arange(counts[a]) * factors[a] for p in picks[a]] for a in (1, 2))
    for b in range(counts[0]):
        total[:] = 0
        for s in picks[0]:
            plane = memory[start[0] + b * factors[0] + s]
            for r in rows:
                lines = plane[r[0] : r[-1] + 1 : factors[1]]
                for c in columns:
                    total += lines[:, c[0] : c[-1] + 1 : factors[2]]
        out[b] = total
    return out / np.prod([len(p) for p in picks])


def trilinear(array: AnyArray, geometry: Geometry, ras: FloatArray, outside: float = 0.0) -> Float32Array:
    """Sample [k, j, i] at RAS points [..., 3]; beyond the outermost voxel centres the value is ``outside``."""
    kji = np.ascontiguousarray(np.moveaxis(geometry.to_ijk(ras)[..., ::-1], -1, 0))
    return ndimage.map_coordinates(array, kji, np.float32, order=1, mode="constant", cval=outside, prefilter=False)


class Field:
    """A small volume sampled many times at scattered points: trilinear values with gradients, or the nearest voxel.

    NaN marks what was not measured; a sample that touches it, or lies beyond the volume, is NaN.
    """

    def __init__(self, array: Float32Array) -> None:
        thin = [(0, max(0, 2 - n)) for n in array.shape]
        padded = np.pad(array, thin, mode="edge")
        self.shape = np.array(padded.shape[::-1])
        self._flat = np.ascontiguousarray(padded, np.float32).ravel()
        self._stride = np.array([1, self.shape[0], self.shape[0] * self.shape[1]])

    def nearest(self, ijk: FloatArray) -> Float32Array:
        """Return the values [n] of the voxels nearest to the continuous indices (i, j, k), [3, n]."""
        index = np.rint(ijk).astype(np.int32)
        inside = ((index >= 0) & (index < self.shape[:, None])).all(axis=0)
        flat = (index * self._stride[:, None]).sum(axis=0)
        return np.where(inside, self._flat[np.where(inside, flat, 0)], np.float32(np.nan))

    def linear(self, ijk: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Return values [n] and their gradients [3, n] per index step at continuous indices (i, j, k), [3, n]."""
        inside = ((ijk >= 0) & (ijk <= self.shape[:, None] - 1)).all(axis=0)
        low = np.clip(ijk, 0, self.shape[:, None] - 2).astype(np.int32)
        x, y, z = ijk - low
        base = (low * self._stride[:, None]).sum(axis=0)
        i, j, k = self._stride
        corners = [self._flat[base + step].astype(float) for step in (0, i, j, i + j, k, i + k, j + k, i + j + k)]
        c00, c10, c01, c11 = (a + (b - a) * x for a, b in zip(corners[0::2], corners[1::2], strict=True))
        d00, d10, d01, d11 = (b - a for a, b in zip(corners[0::2], corners[1::2], strict=True))
        low_z, high_z = c00 + (c10 - c00) * y, c01 + (c11 - c01) * y
        along_x = (d00 + (d10 - d00) * y) * (1 - z) + (d01 + (d11 - d01) * y) * z
        gradient = np.stack([along_x, (c10 - c00) * (1 - z) + (c11 - c01) * z, high_z - low_z])
        return np.where(inside, low_z + (high_z - low_z) * z, np.nan), gradient


def padding_columns(blocks: BlockVolume) -> BoolArray:
    """Return where the scanner filled in a constant because nothing was measured, and beside it: bool [k, j, i].

    A cylindrical or other prismatic field of view leaves whole columns, from one face of the volume to the other, at
    one constant grey, which measured columns never are. Air that was clipped to a constant counts as well, but only
    beyond the head's outline. The blocks beside mix padding with measured greys.
    """
    mask = ~blocks.known
    for axis, length in enumerate(blocks.array.shape):
        if length >= MIN_COLUMN_BLOCKS:
            constant = np.ptp(blocks.array, axis=axis, keepdims=True) == 0
            mask = mask | np.broadcast_to(constant, blocks.array.shape)
    return _widened(mask) if mask.any() else mask


def _widened(mask: BoolArray) -> BoolArray:
    """Return the mask grown by one voxel along each axis."""
    for axis in range(mask.ndim):
        lines = np.swapaxes(mask, 0, axis)
        grown = lines.copy()
        grown[1:] |= lines[:-1]
        grown[:-1] |= lines[1:]
        mask = np.swapaxes(grown, 0, axis)
    return mask
