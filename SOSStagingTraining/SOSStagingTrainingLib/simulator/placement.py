"""Where an array lies in the scanner, and the head around it: what lets a slab show the cut through a volume's fault.

Scanner frame: mm, x towards the patient's right, y anterior, z superior; the rotation axis is x = y = 0, and z = 0 is
half-way up the field of view.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TypeVar

import numpy as np
import numpy.typing as npt
from scipy.ndimage import map_coordinates, uniform_filter
from SOSStagingLib.scan.geometry import Geometry

from .fields import F32

COARSE_MM = 4.0
CHUNK = 2_000_000
T = TypeVar("T")


def for_each(items: Iterable[T], work: Callable[[T], None], threads: int) -> None:
    """Do ``work`` for each item, several at a time: what is reckoned in large arrays leaves room for other threads.

    The items are divided up the same whatever the number of threads, so what comes out is, too.
    """
    if threads <= 1:
        for item in items:
            work(item)
        return
    with ThreadPoolExecutor(threads) as pool:
        for _ in pool.map(work, items):
            pass


@dataclass(frozen=True)
class Coarse:
    """A coarse field [k, j, i] in the scanner frame, ``geometry`` with axes along x, y and z (i along x)."""

    values: F32
    geometry: Geometry

    def at(self, points: F32) -> F32:
        """Linear interpolation at scanner points [..., 3]; beyond the grid the nearest value."""
        ijk = np.moveaxis(self.geometry.to_ijk(points), -1, 0)[::-1]
        return map_coordinates(self.values, ijk, order=1, mode="nearest", output=np.float32)


@dataclass(frozen=True)
class Placement:
    """Where the voxels of an array lie in the scanner.

    ``voxels`` maps array (i, j, k) to scanner mm. ``radii`` are the half widths of the field of view along x and y
    (a cylinder has two equal ones). ``around`` is the tissue around and beyond the array. ``metal`` are the places of
    brackets and fillings, scanner mm [n, 3]. ``threads`` work on the array at a time.
    """

    voxels: Geometry
    radii: tuple[float, float]
    around: Coarse
    metal: npt.NDArray[np.float64] = field(default_factory=lambda: np.zeros((0, 3)))
    threads: int = 1

    @classmethod
    def of_volume(
        cls, tissue: F32, spacing_kji: npt.ArrayLike, center_kji: npt.ArrayLike, metal_kji: npt.ArrayLike
    ) -> Placement:
        """A volume [k, j, i] with its axes along superior, anterior and right, that fills the field of view.

        ``center_kji`` is where the rotation axis meets the middle plane, ``metal_kji`` one place or several (voxels).
        Nothing is known beyond the volume's edge, so the head is taken to go on as it ends there.
        """
        spacing = np.asarray(spacing_kji, float)[::-1]
        center = np.asarray(center_kji, float)[::-1]
        shape = (tissue.shape[0], tissue.shape[1], tissue.shape[2])
        voxels = Geometry.from_axes(shape, -center * spacing, np.eye(3), spacing)
        radii = (shape[2] * spacing[0] / 2, shape[1] * spacing[1] / 2)
        metal = voxels.to_ras(np.atleast_2d(np.asarray(metal_kji, float))[:, ::-1])
        return cls(voxels, radii, _thin_out(tissue, voxels), metal)

    def each(self, work: Callable[[slice, F32], None]) -> None:
        """Call ``work`` with slices along k and the scanner points [k, j, i, 3] of each, a few million voxels at a
        time."""
        nk, nj, ni = self.voxels.shape
        step = max(1, CHUNK // (nj * ni))
        parts = [slice(start, min(start + step, nk)) for start in range(0, nk, step)]
        for_each(parts, lambda part: work(part, self.points(part)), self.threads)

    def points(self, part: slice) -> F32:
        """Scanner points [k, j, i, 3] of a slice along k."""
        _, nj, ni = self.voxels.shape
        j, i = np.meshgrid(np.arange(nj), np.arange(ni), indexing="ij")
        k = np.arange(part.start, part.stop)
        ijk = np.stack(np.broadcast_arrays(i[None], j[None], k[:, None, None]), axis=-1)
        return self.voxels.to_ras(ijk).astype(np.float32)

    def inwards(self, points: F32) -> F32:
        """Distance in mm from the side of the field of view, positive inside."""
        share = np.hypot(points[..., 0] / self.radii[0], points[..., 1] / self.radii[1])
        return np.asarray((1 - share) * np.mean(self.radii), np.float32)


def _thin_out(tissue: F32, voxels: Geometry) -> Coarse:
    """Average the tissue over blocks of about COARSE_MM; axes that are thinner than two blocks stay as they are."""
    step = [max(1, round(COARSE_MM / s)) for s in voxels.spacing[::-1]]
    step = [s if n >= 2 * s else 1 for s, n in zip(step, tissue.shape, strict=True)]
    start = [s // 2 for s in step]
    values = uniform_filter(tissue, step)[start[0] :: step[0], start[1] :: step[1], start[2] :: step[2]]
    # An even block's average lies half a voxel below its middle element.
    middle = [b - (0.5 if s % 2 == 0 else 0.0) for b, s in zip(start, step, strict=True)]
    shape = (values.shape[0], values.shape[1], values.shape[2])
    spacing = voxels.spacing * np.array(step[::-1])
    geometry = Geometry.from_axes(shape, voxels.to_ras(middle[::-1]), voxels.directions, spacing)
    return Coarse(np.ascontiguousarray(values), geometry)
