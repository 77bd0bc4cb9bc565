"""A volume node as a Scan. Positions are the volume's own RAS, before its parent transform: results follow the same
transform."""

from __future__ import annotations

import numpy as np
import slicer
import vtk

from ..scan.geometry import FloatArray, Geometry
from ..scan.types import Scan, ScanError
from .nodes import Node

SMALLEST = 16
"""Voxels along an axis below which nothing can be a head."""


def scan_of(volume: Node) -> Scan:
    """Return the volume as a scan that shares its voxels. Raises ScanError where it is none."""
    if volume.GetImageData() is None or volume.GetImageData().GetNumberOfPoints() == 0:
        raise ScanError("empty_volume", f"{volume.GetName()} holds no voxels.", "Load the scan again.")
    array = slicer.util.arrayFromVolume(volume)
    if array.ndim != 3 or min(array.shape) < SMALLEST:
        text = f"{volume.GetName()} is no volume of grey values, or hardly any ({' x '.join(map(str, array.shape))})."
        if array.shape[0] == 1:
            raise ScanError("no_volume", text, "Pictures are staged under Many scans, from their files.")
        raise ScanError("no_volume", text, "Choose the head scan itself.")
    return Scan(array, Geometry(array.shape, ijk_to_ras(volume)), volume.GetName())


def ijk_to_ras(volume: Node) -> FloatArray:
    """The volume's own IJK to RAS matrix, [4, 4]."""
    matrix = vtk.vtkMatrix4x4()
    volume.GetIJKToRASMatrix(matrix)
    return np.array([[matrix.GetElement(row, column) for column in range(4)] for row in range(4)])


def scan_key(volume: Node) -> tuple[object, ...]:
    """Changes whenever the volume's voxels or their places do: tells whether it was handed over as it is now."""
    image = volume.GetImageData()
    stamp = 0 if image is None else image.GetMTime()
    return volume.GetID(), stamp, tuple(ijk_to_ras(volume).ravel())
