"""Where array elements lie in the patient: an affine map from array indices to RAS millimetres."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]

LPS_TO_RAS = np.diag([-1.0, -1.0, 1.0, 1.0])


@dataclass(frozen=True)
class Geometry:
    """Affine map of a 3-D array ``a[k, j, i]`` to RAS millimetres.

    ``ijk_to_ras`` is 4x4 and takes homogeneous (i, j, k, 1), voxel centres, as in Slicer's IJKToRAS.
    ``shape`` is the numpy shape (k, j, i).
    """

    shape: tuple[int, int, int]
    ijk_to_ras: FloatArray

    def __post_init__(self) -> None:
        matrix = np.array(self.ijk_to_ras, dtype=float)
        if matrix.shape != (4, 4) or not np.isfinite(matrix).all():
            raise ValueError("ijk_to_ras must be a finite 4x4 matrix")
        if abs(np.linalg.det(matrix[:3, :3])) < 1e-12:
            raise ValueError("ijk_to_ras has no volume: an axis has zero length or two axes are parallel")
        matrix.setflags(write=False)
        object.__setattr__(self, "ijk_to_ras", matrix)
        object.__setattr__(self, "shape", tuple(int(n) for n in self.shape))

    @classmethod
    def from_axes(
        cls, shape: tuple[int, int, int], origin: npt.ArrayLike, directions: npt.ArrayLike, spacing: npt.ArrayLike
    ) -> Geometry:
        """Build from RAS origin of voxel (0,0,0), unit direction columns for i, j, k and spacing (i, j, k) in mm."""
        matrix = np.eye(4)
        matrix[:3, :3] = np.asarray(directions, float) * np.asarray(spacing, float)[None, :]
        matrix[:3, 3] = np.asarray(origin, float)
        return cls(shape, matrix)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Geometry:
        """Build from what ``to_json`` returned; ValueError, KeyError or TypeError where it is not that."""
        k, j, i = data["shape_kji"]
        return cls((k, j, i), np.array(data["ijk_to_ras"], float))

    @property
    def spacing(self) -> FloatArray:
        """Voxel edge lengths (i, j, k) in mm."""
        return np.array(np.linalg.norm(self.ijk_to_ras[:3, :3], axis=0), dtype=np.float64)

    @property
    def directions(self) -> FloatArray:
        """Unit direction columns (i, j, k) in RAS."""
        return np.array(self.ijk_to_ras[:3, :3] / self.spacing[None, :], dtype=np.float64)

    @property
    def origin(self) -> FloatArray:
        """RAS mm of the centre of voxel (0, 0, 0)."""
        return self.ijk_to_ras[:3, 3].copy()

    @property
    def ras_to_ijk(self) -> FloatArray:
        """Inverse map, RAS mm to continuous (i, j, k)."""
        return np.array(np.linalg.inv(self.ijk_to_ras), dtype=np.float64)

    @property
    def center_ras(self) -> FloatArray:
        """RAS mm of the middle of the array."""
        return self.to_ras((np.array(self.shape[::-1], float) - 1) / 2)

    @property
    def corners_ras(self) -> FloatArray:
        """RAS mm of the eight corner voxels, [8, 3]."""
        k, j, i = self.shape
        ijk = np.array([[x, y, z] for x in (0, i - 1) for y in (0, j - 1) for z in (0, k - 1)], float)
        return self.to_ras(ijk)

    def to_ras(self, ijk: npt.ArrayLike) -> FloatArray:
        """Map continuous (i, j, k), [..., 3], to RAS mm."""
        return np.asarray(ijk, float) @ self.ijk_to_ras[:3, :3].T + self.ijk_to_ras[:3, 3]

    def to_ijk(self, ras: npt.ArrayLike) -> FloatArray:
        """Map RAS mm, [..., 3], to continuous (i, j, k)."""
        inverse = self.ras_to_ijk
        return np.asarray(ras, float) @ inverse[:3, :3].T + inverse[:3, 3]

    def to_json(self) -> dict[str, list[float] | list[list[float]] | list[int]]:
        """Return shape (k, j, i) and the 4x4 matrix as plain lists."""
        return {"shape_kji": list(self.shape), "ijk_to_ras": [[float(v) for v in row] for row in self.ijk_to_ras]}
