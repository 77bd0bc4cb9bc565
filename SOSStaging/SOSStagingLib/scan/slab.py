"""What the student sees: sagittal planes at fixed spacing around the midsagittal plane, or a picture laid there."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import ndimage

from .geometry import FloatArray, Geometry
from .sampling import AnyArray, BlockVolume, BoolArray, Float32Array, block_mean, padding_columns, ras_view, trilinear
from .types import SLAB_PLANE_STEP_MM, SLAB_PLANES, SLAB_SIZE, SLAB_SPACING_MM, Plane, Scan, Slab

SLAB_EXTENT_MM = SLAB_SIZE * SLAB_SPACING_MM
TOP_MARGIN_MM = 10.0
"""Where the tissue is taller than the slab, its top lies this far below the slab's top."""
EXTENT_PLANE_MM = 4.0
EXTENT_BAND_MM = 12.0
EXTENT_TAIL = 0.01
ASSUMED_SIZES_MM = (110.0, 140.0, 170.0, 200.0, 240.0)
"""What the larger side of a picture of unknown spacing may measure: from a small field of view to a whole head."""


def cut_slab(scan: Scan, plane: Plane) -> Slab:
    """Resample a volume around the plane (see ``Slab`` for the axes). Greys are kept, trilinear between voxels."""
    view, geometry = ras_view(scan.array, scan.geometry)
    blocks = block_mean(view, geometry, EXTENT_PLANE_MM)
    padding = padding_columns(blocks)
    air = _air(blocks, padding)
    columns, rows = slab_axes(plane)
    center = _slab_center(blocks, padding, plane, columns, rows)
    slab = slab_geometry(center, columns, rows, plane.normal_ras)
    array, valid = _resample(view, geometry, slab, air)
    if padding.any():
        valid &= ~_nearest(padding, blocks.geometry, slab)
    array[~valid] = air
    return Slab(array, valid, slab)


def slab_axes(plane: Plane) -> tuple[FloatArray, FloatArray]:
    """Return the unit RAS vectors of columns (anterior, in the plane) and rows (inferior, in the plane)."""
    normal = plane.normal_ras
    anterior = np.array([0.0, 1.0, 0.0]) - normal[1] * normal
    columns = anterior / np.linalg.norm(anterior)
    return columns, np.cross(columns, normal)


def slab_geometry(center: FloatArray, columns: FloatArray, rows: FloatArray, normal: FloatArray) -> Geometry:
    """Return the slab's grid with the middle of the middle plane at ``center`` (RAS mm)."""
    directions = np.stack([columns, rows, normal], axis=1)
    spacing = np.array([SLAB_SPACING_MM, SLAB_SPACING_MM, SLAB_PLANE_STEP_MM])
    middle = (np.array([SLAB_SIZE, SLAB_SIZE, SLAB_PLANES]) - 1) / 2
    origin = center - (directions * spacing) @ middle
    return Geometry.from_axes((SLAB_PLANES, SLAB_SIZE, SLAB_SIZE), origin, directions, spacing)


def _air(blocks: BlockVolume, padding: BoolArray) -> float:
    """Return the grey of air: a low percentile of what was measured."""
    measured = blocks.array[~padding]
    return float(np.percentile(measured, 1.0)) if measured.size else 0.0


def _slab_center(
    blocks: BlockVolume, padding: BoolArray, plane: Plane, columns: FloatArray, rows: FloatArray
) -> FloatArray:
    """Return the RAS point in the plane around which to cut: the middle of the tissue, or its upper part if it is tall.

    The extent is taken between small tails of the tissue's profile along each axis, on a coarse picture averaged over
    a band around the plane, so that it moves smoothly with pose and noise.
    """
    tissue, start = _tissue_picture(blocks, padding, plane, columns, rows)
    if tissue.sum() <= 0:
        center = blocks.geometry.center_ras
        return center - plane.distance(center) * plane.normal_ras
    top, bottom = _extent(tissue.sum(axis=1))
    height = (bottom - top) * EXTENT_PLANE_MM
    margin = max(TOP_MARGIN_MM, (SLAB_EXTENT_MM - height) / 2)
    row_mm = top * EXTENT_PLANE_MM - margin + SLAB_EXTENT_MM / 2
    last = int(np.ceil(top + (SLAB_EXTENT_MM - margin) / EXTENT_PLANE_MM))
    back, front = _extent(tissue[:last].sum(axis=0))
    return start + (back + front) / 2 * EXTENT_PLANE_MM * columns + row_mm * rows


def _tissue_picture(
    blocks: BlockVolume, padding: BoolArray, plane: Plane, columns: FloatArray, rows: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Return how much tissue (0..1) lies at each coarse (row, column) of the plane, and the RAS point of (0, 0)."""
    measured = blocks.array[~padding]
    low, high = np.percentile(measured, [1.0, 99.0]) if measured.size else (0.0, 1.0)
    soft = np.clip((blocks.array - low) / max(0.3 * (high - low), 1e-9), 0, 1) * ~padding
    corners = blocks.geometry.corners_ras
    u, v = (corners - plane.origin_ras_mm) @ columns, (corners - plane.origin_ras_mm) @ rows
    start = plane.origin_ras_mm + u.min() * columns + v.min() * rows
    across = np.arange(-EXTENT_BAND_MM, EXTENT_BAND_MM + 1, EXTENT_PLANE_MM)
    du = np.arange(int(np.ptp(u) / EXTENT_PLANE_MM) + 2) * EXTENT_PLANE_MM
    dv = np.arange(int(np.ptp(v) / EXTENT_PLANE_MM) + 2) * EXTENT_PLANE_MM
    points = start + across[:, None, None, None] * plane.normal_ras + dv[:, None, None] * rows + du[:, None] * columns
    picture = trilinear(soft.astype(np.float32), blocks.geometry, points).mean(axis=0, dtype=float)
    return np.where(picture > 0.2, picture, 0.0), start


def _extent(profile: FloatArray) -> tuple[float, float]:
    """Return the (fractional) indices between which all but small tails of the profile lie.

    A tail is a share of what a slab could hold at most, so that a long body does not lose the top of its head.
    """
    total = np.concatenate([[0.0], np.cumsum(profile)])
    tail = EXTENT_TAIL * min(total[-1], SLAB_EXTENT_MM / EXTENT_PLANE_MM * float(profile.max()))
    first, last = np.interp([tail, total[-1] - tail], total, np.arange(total.size) - 0.5)
    return float(first), float(last)


def _resample(view: AnyArray, geometry: Geometry, slab: Geometry, air: float) -> tuple[Float32Array, BoolArray]:
    """Sample the view trilinearly on the slab's grid; finer voxels are averaged over four points per sample."""
    array = np.full(slab.shape, air, np.float32)
    valid = np.zeros(slab.shape, bool)
    to_index = geometry.ras_to_ijk @ slab.ijk_to_ras
    offsets = np.zeros((1, 2))
    if float(np.prod(geometry.spacing)) ** (1 / 3) < 0.75 * SLAB_SPACING_MM:
        offsets = np.array([[-0.125, -0.375], [0.375, -0.125], [0.125, 0.375], [-0.375, 0.125]])
    limit = np.array(view.shape[::-1], float) - 0.5
    columns = np.arange(slab.shape[2], dtype=float)
    for plane in range(slab.shape[0]):
        rows = np.arange(slab.shape[1], dtype=float)[:, None]
        ijk = [
            to_index[a, 0] * columns + to_index[a, 1] * rows + to_index[a, 2] * plane + to_index[a, 3] for a in range(3)
        ]
        inside = np.logical_and.reduce([(x >= -0.5) & (x <= limit[a]) for a, x in enumerate(ijk)])
        valid[plane] = inside
        if not inside.any():
            continue
        base = np.stack([x[inside] for x in ijk[::-1]])
        total = np.zeros(base.shape[1], np.float32)
        for du, dv in offsets:
            shift = (to_index[:3, 0] * du + to_index[:3, 1] * dv)[::-1, None]
            total += ndimage.map_coordinates(view, base + shift, np.float32, order=1, mode="nearest", prefilter=False)
        array[plane][inside] = total / len(offsets)
    bad = ~np.isfinite(array)
    valid &= ~bad
    return array, valid


def _nearest(mask: BoolArray, geometry: Geometry, slab: Geometry) -> BoolArray:
    """Return the mask at the slab's grid, from the nearest block."""
    to_index = (geometry.ras_to_ijk @ slab.ijk_to_ras)[:3]
    shape = np.array(mask.shape[::-1])
    k, j, i = np.meshgrid(*(np.arange(n, dtype=np.float32) for n in slab.shape), indexing="ij", sparse=True)
    flat = np.zeros(slab.shape, np.int64)
    stride = np.array([1, shape[0], shape[0] * shape[1]])
    for a in range(3):
        x = to_index[a, 0] * i + to_index[a, 1] * j + to_index[a, 2] * k + to_index[a, 3]
        flat += np.clip(np.rint(x), 0, shape[a] - 1).astype(np.int64) * stride[a]
    return mask.ravel()[flat]


def picture_slabs(scan: Scan) -> list[Slab]:
    """Return the ways in which a picture may be read as a slab: facing as given and mirrored, and assumed scales.

    With known spacing and facing there is one. ``picture_to_slab`` is exact, mirroring included.
    """
    picture = _picture_array(scan.array)
    height, width = picture.shape
    if scan.spacing_known:
        pixels = [(float(scan.geometry.spacing[0]), float(scan.geometry.spacing[1]))]
    else:
        ratio = float(scan.geometry.spacing[1] / scan.geometry.spacing[0])
        side = max(width, height * ratio)
        pixels = [(size / side, size / side * ratio) for size in ASSUMED_SIZES_MM]
    mirrors = {"right": [False], "left": [True], "auto": [False, True]}[scan.facing]
    return [_picture_slab(picture, x, y, mirrored) for x, y in pixels for mirrored in mirrors]


def is_mirrored(slab: Slab) -> bool:
    """Tell whether a picture lies in its slab mirrored, because its nose is on the left."""
    return slab.picture_to_slab is not None and float(np.linalg.det(slab.picture_to_slab[:2, :2])) < 0


def _picture_array(array: npt.NDArray[Any]) -> Float32Array:
    """Return the picture as float32 [rows, columns]."""
    if array.ndim != 3 or array.shape[0] != 1:
        raise ValueError(f"a picture is an array [1, rows, columns], not {array.shape}")
    return np.asarray(array[0], np.float32)


def _picture_slab(picture: Float32Array, x_mm: float, y_mm: float, mirrored: bool) -> Slab:
    """Lay a picture with pixels of ``x_mm`` by ``y_mm`` in the middle of the slab."""
    height, width = picture.shape
    middle = (SLAB_SIZE - 1) / 2
    sx, sy = x_mm / SLAB_SPACING_MM, y_mm / SLAB_SPACING_MM
    sign = -1.0 if mirrored else 1.0
    to_slab = np.array(
        [[sign * sx, 0, middle - sign * sx * (width - 1) / 2], [0, sy, middle - sy * (height - 1) / 2], [0, 0, 1]]
    )
    back = np.linalg.inv(to_slab)
    grid = np.arange(SLAB_SIZE, dtype=float)
    x, y = back[0, 0] * grid + back[0, 2], back[1, 1] * grid + back[1, 2]
    inside = ((y >= -0.5) & (y <= height - 0.5))[:, None] & ((x >= -0.5) & (x <= width - 0.5))[None, :]
    finite = picture[np.isfinite(picture)]
    air = float(np.percentile(finite, 1.0)) if finite.size else 0.0
    blurred = _anti_aliased(np.where(np.isfinite(picture), picture, air).astype(np.float32), sx, sy)
    at = np.stack(np.meshgrid(y, x, indexing="ij"))
    plane = ndimage.map_coordinates(blurred, at, np.float32, order=1, mode="nearest", prefilter=False)
    plane[~inside] = air
    geometry = slab_geometry(np.zeros(3), np.array([0.0, 1, 0]), np.array([0.0, 0, -1]), np.array([1.0, 0, 0]))
    shape = geometry.shape
    return Slab(
        np.broadcast_to(plane, shape).copy(), np.broadcast_to(inside, shape).copy(), geometry, picture_to_slab=to_slab
    )


def _anti_aliased(picture: Float32Array, sx: float, sy: float) -> Float32Array:
    """Blur a picture whose pixels are finer than the slab's so that its grain does not alias."""
    sigma = [0.5 * np.sqrt(max(1 / s**2 - 1, 0.0)) for s in (sy, sx)]
    return ndimage.gaussian_filter(picture, sigma, mode="nearest") if max(sigma) > 0 else picture
