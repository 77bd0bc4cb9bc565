"""Pictures (PNG, JPEG, TIFF, BMP) as volumes; the wheel has no ITK readers for them, Slicer does."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import slicer
import vtk
from PIL import Image

SUFFIXES = (".png", ".jpg", ".jpeg", ".tif", ".tiff", ".bmp")


def load(scene: Any, path: Path, name: str) -> Any:
    """Return a new volume of the picture: scalar for grey, vector for colour; spacing 1 mm, columns to L, rows to P."""
    pixels = np.asarray(Image.open(path).convert("L") if _is_grey(path) else Image.open(path).convert("RGB"))
    kind = "vtkMRMLScalarVolumeNode" if pixels.ndim == 2 else "vtkMRMLVectorVolumeNode"
    node = scene.AddNewNodeByClass(kind, name)
    slicer.util.updateVolumeFromArray(node, pixels[None])
    matrix = vtk.vtkMatrix4x4()
    matrix.SetElement(0, 0, -1)
    matrix.SetElement(1, 1, -1)
    node.SetIJKToRASMatrix(matrix)
    node.CreateDefaultDisplayNodes()
    return node


def _is_grey(path: Path) -> bool:
    with Image.open(path) as picture:
        return picture.mode in ("1", "L", "I", "I;16", "F", "LA")
