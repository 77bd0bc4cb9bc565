"""The midsagittal plane as the user moves it: nudged, taken from a Markups plane, and followed by the slice views."""

from __future__ import annotations

import numpy as np
import slicer
import vtk

from ..scan.geometry import FloatArray
from ..scan.types import Plane
from .nodes import Node, nodes_of_class
from .scans import ijk_to_ras
from .views import follow_plane


def middle_plane(volume: Node) -> Plane:
    """Return the sagittal plane through the volume's middle: where nudging begins before anything was staged."""
    image = volume.GetImageData()
    last = np.zeros(3) if image is None else np.array(image.GetDimensions()) - 1.0
    center = ijk_to_ras(volume) @ np.append(last / 2, 1.0)
    return Plane(center[:3], np.array([1.0, 0.0, 0.0]), 0.0, "user")


def nudged(plane: Plane, pivot: FloatArray, offset_mm: float, yaw_deg: float, roll_deg: float) -> Plane:
    """Return the plane turned about ``pivot`` (RAS mm, put onto the plane first) and then moved along its normal.

    Yaw turns about the superior axis, roll about the anterior one; both add to the plane's own angles.
    """
    onto = pivot - plane.distance(pivot) * plane.normal_ras
    yaw, roll = np.radians([plane.yaw_deg + yaw_deg, plane.roll_deg + roll_deg])
    normal = np.array([1.0, np.tan(yaw), np.tan(roll)])
    normal /= np.linalg.norm(normal)
    return Plane(onto + offset_mm * normal, normal, 1.0, "user")


def plane_of_markup(markup: Node, volume: Node) -> Plane | None:
    """Return a Markups plane in the volume's own RAS; None while it is not placed."""
    if markup.GetNumberOfControlPoints() < 1:
        return None
    origin, normal = np.array(markup.GetOriginWorld()), np.array(markup.GetNormalWorld())
    if np.linalg.norm(normal) < 1e-6:
        return None
    to_volume = _between(None, volume)
    tip = _moved(to_volume, origin + normal)
    start = _moved(to_volume, origin)
    return Plane(start, tip - start, 1.0, "user")


def show_plane(scene: Node, volume: Node, plane: Plane) -> None:
    """Turn the sagittal slice views into the plane."""
    to_world = _between(volume, None)
    origin = _moved(to_world, plane.origin_ras_mm)
    normal = _moved(to_world, plane.origin_ras_mm + plane.normal_ras) - origin
    for slice_node in nodes_of_class(scene, "vtkMRMLSliceNode"):
        follow_plane(slice_node, normal / np.linalg.norm(normal), origin)


def _between(source: Node | None, target: Node | None) -> FloatArray:
    matrix = vtk.vtkMatrix4x4()
    parents = [None if node is None else node.GetParentTransformNode() for node in (source, target)]
    slicer.vtkMRMLTransformNode.GetMatrixTransformBetweenNodes(parents[0], parents[1], matrix)
    return np.array([[matrix.GetElement(row, column) for column in range(4)] for row in range(4)])


def _moved(matrix: FloatArray, point: FloatArray) -> FloatArray:
    return (matrix @ np.append(point, 1.0))[:3]
