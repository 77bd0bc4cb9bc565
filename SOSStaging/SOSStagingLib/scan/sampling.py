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
Float32Array = npt.NDArray[np.float32]
BoolArray = npt.NDArray[np.bool_]

MAX_READ_PER_BLOCK_AXIS = 2
"""Along the two slow axes of a block at most this many samples are averaged: noise falls enough, reading stays cheap."""


@dataclass(frozen=True)
class BlockVolume:
    """A coarse copy of a volume: float32 means [k, j, i] with their own geometry; ``known`` is False outside the view."""

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
    """Return how many voxels (k, j, i) make a block of about ``target_mm``, at least one and never more than the axis."""
    wanted = np.maximum(1, np.floor(target_mm / geometry.spacing[::-1] + 0.5)).astype(int)
    factors = np.minimum(wanted, geometry.shape)
    return int(factors[0]), int(factors[1]), int(factors[2])


def block_mean(array: AnyArray, geometry: Geometry, target_mm: float) -> BlockVolume:
    """Average blocks of about ``target_mm``; blocks with a non-finite voxel are not ``known``.

    The average runs in the array's memory order and in exact integers or float64, so it does not depend on the axis
    order of the view. Of a large block only every n-th slice and row is read; the geometry follows what was read.
    """
    factors = np.array(block_factors(geometry, target_mm))
    order = np.argsort([-abs(s) for s in array.strides], kind="stable")
    counts = np.array(array.shape) // factors
    start = (np.array(array.shape) - counts * factors) // 2
    stride, taken = np.ones(3, int), factors.copy()
    for axis in order[:2]:
        stride[axis] = max(1, factors[axis] // MAX_READ_PER_BLOCK_AXIS)
        taken[axis] = min(factors[axis], MAX_READ_PER_BLOCK_AXIS)
    memory = array.transpose(order)
    means = _memory_block_mean(memory, start[order], counts[order], factors[order], stride[order], taken[order])
    means = means.transpose(np.argsort(order))
    first = (start + (taken - 1) * stride / 2)[::-1]
    matrix = np.array(geometry.ijk_to_ras)
    matrix[:3, 3] = geometry.to_ras(first)
    matrix[:3, :3] = matrix[:3, :3] * factors[::-1]
    known = np.isfinite(means)
    values = np.ascontiguousarray(np.where(known, means, 0.0), np.float32)
    return BlockVolume(values, np.ascontiguousarray(known), Geometry(values.shape, matrix))


def _memory_block_mean(
    memory: AnyArray,
    start: npt.NDArray[np.int_],
    counts: npt.NDArray[np.int_],
    factors: npt.NDArray[np.int_],
    stride: npt.NDArray[np.int_],
    taken: npt.NDArray[np.int_],
) -> FloatArray:
    """Block means of an array whose axes run from the slowest to the fastest in memory."""
    total = np.int32 if memory.dtype.kind in "iub" and memory.dtype.itemsize <= 2 else np.float64
    out = np.empty(tuple(counts))
    (n1, n2), (f1, f2) = counts[1:], factors[1:]
    cells = int(taken.prod())
    for b in range(counts[0]):
        block: AnyArray | None = None
        for s in range(taken[0]):
            plane = memory[start[0] + b * factors[0] + s * stride[0]]
            for r in range(taken[1]):
                first = start[1] + r * stride[1]
                rows = plane[first : first + (n1 - 1) * f1 + 1 : f1, start[2] : start[2] + n2 * f2]
                block = rows.astype(total) if block is None else np.add(block, rows, out=block)
        assert block is not None
        columns = block[:, 0::f2].astype(total)
        for c in range(1, f2):
            columns += block[:, c::f2]
        out[b] = columns
    return out / cells


def trilinear(array: AnyArray, geometry: Geometry, ras: FloatArray, outside: float = 0.0) -> Float32Array:
    """Sample [k, j, i] at RAS points [..., 3]; beyond the outermost voxel centres the value is ``outside``."""
    kji = np.ascontiguousarray(np.moveaxis(geometry.to_ijk(ras)[..., ::-1], -1, 0))
    return ndimage.map_coordinates(
        array, kji, output=np.float32, order=1, mode="constant", cval=outside, prefilter=False
    )


def padding_columns(blocks: BlockVolume) -> BoolArray:
    """Return where the scanner filled in a constant because nothing was measured: bool [k, j, i].

    A cylindrical or other prismatic field of view leaves whole columns, from one face of the volume to the other, at
    one constant; the air around a head is not constant over whole columns beyond the head's outline, or is as good as
    unmeasured there.
    """
    array, mask = blocks.array, ~blocks.known
    for axis in range(3):
        low, high = array.min(axis=axis, keepdims=True), array.max(axis=axis, keepdims=True)
        constant = (low == high) & (low <= array.min())
        if array.shape[axis] > 1:
            mask = mask | np.broadcast_to(constant, array.shape)
    return mask
