"""Boxes around the synchondrosis: where they are cut by a sagittal plane, as polygon, mask and pixel bounds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
from SOSStagingLib.scan.geometry import FloatArray, Geometry
from SOSStagingLib.scan.types import Plane

BoolArray = npt.NDArray[np.bool_]
DrawnAs = Literal["box", "closed curve"]

FLAT_MM = 0.1
"""A box thinner than this is a rectangle drawn on a slice."""
FLAT_REACH_MM = 3.0
"""So far to either side a rectangle drawn on a slice counts: the slice need not be the midsagittal one exactly."""
FLAT_COSINE = 0.7
"""A rectangle lies along a plane when their normals are within 45 degrees."""
_SIGNS = np.array(list(product((-0.5, 0.5), repeat=3)))
_EDGES = [(a, b) for a in range(8) for b in range(a + 1, 8) if np.abs(_SIGNS[a] - _SIGNS[b]).sum() == 1]


@dataclass(frozen=True)
class RoiBox:
    """A box in RAS mm: centre, unit axes as columns [3, 3], edge lengths along them; one length may be 0."""

    center: FloatArray
    axes: FloatArray
    size: FloatArray
    label: str = "SOS"
    drawn_as: DrawnAs = "box"

    @classmethod
    def from_bounds(cls, low: npt.ArrayLike, high: npt.ArrayLike, label: str = "SOS") -> RoiBox:
        """Build from RAS minimum and maximum."""
        a, b = np.asarray(low, float), np.asarray(high, float)
        return cls((a + b) / 2, np.eye(3), b - a, label)

    @property
    def corners(self) -> FloatArray:
        """The eight corners in RAS mm, [8, 3]."""
        return np.array(self.center + (_SIGNS * self.size) @ self.axes.T, dtype=np.float64)

    @property
    def flat_axis(self) -> int | None:
        """The axis along which the box has no thickness, None for a solid one."""
        axis = int(np.argmin(self.size))
        return axis if self.size[axis] < FLAT_MM else None

    def lies_along(self, normal: FloatArray) -> bool:
        """Tell whether a plane with this normal can cut an area from it: a rectangle must lie roughly in the plane."""
        axis = self.flat_axis
        return axis is None or abs(float(self.axes[:, axis] @ normal)) >= FLAT_COSINE

    def solid(self, normal: FloatArray) -> RoiBox:
        """Return the box as a plane with this unit normal cuts it: a rectangle lying along it gets some thickness."""
        axis = self.flat_axis
        if axis is None or not self.lies_along(normal):
            return self
        size = self.size.copy()
        size[axis] = 2 * FLAT_REACH_MM
        return replace(self, size=size)

    def to_json(self) -> dict[str, Any]:
        """Return plain JSON values."""
        return {
            "center_ras_mm": self.center.tolist(),
            "axes_ras": self.axes.tolist(),
            "size_mm": self.size.tolist(),
            "label": self.label,
            "drawn_as": self.drawn_as,
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> RoiBox:
        """Build from what ``to_json`` returned."""
        center, axes, size = (np.array(data[key], float) for key in ("center_ras_mm", "axes_ras", "size_mm"))
        return cls(center, axes, size, data["label"], data["drawn_as"])


def middle_plane(grid: Geometry) -> Plane:
    """Return the middle one of a grid's planes k, as slabs have it."""
    i, j = grid.directions[:, 0], grid.directions[:, 1]
    return Plane(grid.center_ras, np.cross(i, j))


def cut(box: RoiBox, plane: Plane) -> FloatArray:
    """Return the convex polygon in which a plane cuts a box, RAS mm [n, 3] in order round; [0, 3] where it misses."""
    corners = box.solid(plane.normal_ras).corners
    distance = plane.distance(corners)
    points = []
    for a, b in _EDGES:
        if distance[a] != distance[b] and min(distance[a], distance[b]) <= 0 <= max(distance[a], distance[b]):
            share = distance[a] / (distance[a] - distance[b])
            points.append(corners[a] + share * (corners[b] - corners[a]))
    if len(points) < 3:
        return np.empty((0, 3))
    polygon = np.array(points)
    spokes = polygon - polygon.mean(axis=0)
    across = spokes[np.argmax(np.linalg.norm(spokes, axis=1))]
    up = np.cross(plane.normal_ras, across)
    return np.asarray(polygon[np.argsort(np.arctan2(spokes @ up, spokes @ across))])


def misses(box: RoiBox, plane: Plane) -> bool:
    """Tell whether a plane cuts no area from a box."""
    polygon = cut(box, plane)
    if not len(polygon) or not box.lies_along(plane.normal_ras):
        return True
    return bool(np.linalg.matrix_rank(polygon - polygon[0], tol=1e-6) < 2)


def roi_mask(boxes: Sequence[RoiBox], grid: Geometry) -> BoolArray:
    """Return which voxels of a slab's grid have their centre in a box, [planes, rows, columns].

    The boxes are cut by each plane of the grid; several boxes are united.
    """
    k, j, i = np.ogrid[: grid.shape[0], : grid.shape[1], : grid.shape[2]]
    mask = np.zeros(grid.shape, bool)
    for box in boxes:
        solid = box.solid(middle_plane(grid).normal_ras)
        matrix = solid.axes.T @ grid.ijk_to_ras[:3, :3]
        start = solid.axes.T @ (grid.origin - solid.center)
        inside = np.ones(grid.shape, bool)
        for axis in range(3):
            along = matrix[axis, 0] * i + matrix[axis, 1] * j + matrix[axis, 2] * k + start[axis]
            inside &= np.abs(along) <= solid.size[axis] / 2 + 1e-9
        mask |= inside
    return mask


def pixel_bounds(boxes: Sequence[RoiBox], grid: Geometry) -> FloatArray | None:
    """Return (column, row, column, row) of the edges of what the middle plane cuts, in pixels of a slab's grid.

    Pixel centres have whole numbers. Several boxes give the bounds of all. None where the plane misses them all.
    """
    plane = middle_plane(grid)
    polygons = [cut(box, plane) for box in boxes if not misses(box, plane)]
    if not polygons:
        return None
    at = grid.to_ijk(np.concatenate(polygons))[:, :2]
    return np.concatenate([at.min(axis=0), at.max(axis=0)])


def share_inside(box: RoiBox, scan: Geometry, plane: Plane) -> float:
    """Return about which share (0..1) of what a plane cuts from a box lies within a scan's voxels; 0 if it misses."""
    polygon = cut(box, plane)
    if not len(polygon):
        return 0.0
    middle = polygon.mean(axis=0)
    rim = np.concatenate([polygon + t * (np.roll(polygon, 1, axis=0) - polygon) for t in np.arange(0, 1, 0.1)])
    points = np.concatenate([middle + t * (rim - middle) for t in np.sqrt(np.arange(0.05, 1.01, 0.1))])
    return float(holds(scan, points).mean())


def holds(scan: Geometry, points: FloatArray) -> BoolArray:
    """Tell which RAS points [n, 3] lie within a scan, to the edges of its outer voxels."""
    ijk = scan.to_ijk(points)
    limit = np.array(scan.shape[::-1], float) - 0.5
    return np.asarray(((ijk >= -0.5 - 1e-6) & (ijk <= limit + 1e-6)).all(axis=-1))
