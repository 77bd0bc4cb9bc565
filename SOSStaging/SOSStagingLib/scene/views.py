"""Slice views that show the overlay on the scan, at the synchondrosis, the sagittal one in the midsagittal plane."""

from __future__ import annotations

import numpy as np
import slicer
import vtk

from ..report.colours import OPACITY
from ..scan.geometry import FloatArray
from .nodes import ROLE, Node, nodes_of_class
from .show import OVERLAY, RUNNER_UP, ResultNodes

_SAGITTAL_WITHIN_DEG = 35.0


def show_in_slices(
    scene: Node,
    nodes: ResultNodes,
    volume_node: Node | None = None,
    opacity: float = OPACITY,
    slice_nodes: list[Node] | None = None,
) -> None:
    """Show the scan as background and the Grad-CAM over it in the slice views, all of the scene's by default.

    The views go to the middle of the SOS region without changing their zoom. Views that look along the plane's normal
    within 35 degrees (sagittal ones) are turned into the midsagittal plane; the others keep their orientation. A
    result without overlay leaves the user's own foreground alone, but no heat map of another scan.
    """
    slices = nodes_of_class(scene, "vtkMRMLSliceNode") if slice_nodes is None else slice_nodes
    center = None if nodes.region is None else _center_world(nodes.region)
    normal = None if nodes.overlay is None else _normal_world(nodes.overlay)
    for slice_node in slices:
        _set_layers(_composite_of(scene, slice_node), nodes, volume_node, opacity)
        if center is None:
            continue
        if normal is None or not follow_plane(slice_node, normal, center):
            slice_node.JumpSliceByOffsetting(*(float(v) for v in center))


def volume_in_view(scene: Node) -> Node | None:
    """Return the scan that most slice views show as background; None where they show none."""
    ids = [node.GetBackgroundVolumeID() for node in nodes_of_class(scene, "vtkMRMLSliceCompositeNode")]
    shown = [node for node in (scene.GetNodeByID(i) for i in ids if i) if _is_scan(node)]
    return max(shown, key=shown.count) if shown else None


def _is_scan(node: Node | None) -> bool:
    if node is None or not node.IsA("vtkMRMLScalarVolumeNode") or node.IsA("vtkMRMLLabelMapVolumeNode"):
        return False
    return node.GetAttribute(ROLE) is None


def follow_plane(slice_node: Node, normal: FloatArray, point: FloatArray) -> bool:
    """Turn one view into a plane (world RAS) if it is a sagittal view; tell whether it is one."""
    if _angle_deg(_axis(slice_node, 2), normal) > _SAGITTAL_WITHIN_DEG:
        return False
    _turn_into_plane(slice_node, normal, point)
    return True


def show_scan(scene: Node, volume: Node) -> bool:
    """Show a scan as background, without another's heat map over it; tell whether any view showed another scan. One
    without voxels is not shown: nothing could be drawn of it."""
    composites = nodes_of_class(scene, "vtkMRMLSliceCompositeNode")
    for composite in composites:
        drop_heat(composite)
    if volume.GetImageData() is None:
        return False
    others = [node for node in composites if node.GetBackgroundVolumeID() != volume.GetID()]
    for composite in others:
        composite.SetBackgroundVolumeID(volume.GetID())
    return bool(others)


def _set_layers(composite: Node | None, nodes: ResultNodes, volume: Node | None, opacity: float) -> None:
    if composite is None:
        return
    if volume is not None:
        composite.SetBackgroundVolumeID(volume.GetID())
    if nodes.overlay is not None:
        composite.SetForegroundVolumeID(nodes.overlay.GetID())
        composite.SetForegroundOpacity(float(opacity))
    else:
        drop_heat(composite)


def drop_heat(composite: Node) -> None:
    """Take a heat map out of a view's foreground; another volume there is the user's."""
    shown = composite.GetScene().GetNodeByID(composite.GetForegroundVolumeID() or "")
    if shown is not None and is_heat(shown):
        composite.SetForegroundVolumeID(None)


def is_heat(node: Node) -> bool:
    """Whether a node is a heat map of this program."""
    return node.GetAttribute(ROLE) in (OVERLAY, RUNNER_UP)


def _composite_of(scene: Node, slice_node: Node) -> Node | None:
    composites = nodes_of_class(scene, "vtkMRMLSliceCompositeNode")
    return next((node for node in composites if node.GetLayoutName() == slice_node.GetLayoutName()), None)


def _turn_into_plane(slice_node: Node, normal: FloatArray, center: FloatArray) -> None:
    """Turn a view into the plane by the smallest angle: which way it looks and what is up stay as they were."""
    normal = normal if normal @ _axis(slice_node, 2) >= 0 else -normal
    right = _axis(slice_node, 0)
    right = right - (right @ normal) * normal
    right = right / np.linalg.norm(right)
    # A user may have flipped a view; keep what is up there too.
    up = np.cross(normal, right)
    up = up if up @ _axis(slice_node, 1) >= 0 else -up
    matrix = slice_node.GetSliceToRAS()
    origin = np.array([matrix.GetElement(row, 3) for row in range(3)])
    origin = origin - ((origin - center) @ normal) * normal
    for column, values in enumerate((right, up, normal, origin)):
        for row in range(3):
            matrix.SetElement(row, column, float(values[row]))
    slice_node.UpdateMatrices()


def _axis(slice_node: Node, column: int) -> FloatArray:
    matrix = slice_node.GetSliceToRAS()
    axis = np.array([matrix.GetElement(row, column) for row in range(3)])
    return axis / np.linalg.norm(axis)


def _angle_deg(first: FloatArray, second: FloatArray) -> float:
    """Return the angle between two unit axes, whichever way they point."""
    return float(np.degrees(np.arccos(min(1.0, abs(float(first @ second))))))


def _center_world(region: Node) -> FloatArray:
    return np.array(region.GetCenterWorld(), float)


def _normal_world(overlay: Node) -> FloatArray:
    """Return the unit normal of the overlay's planes in world RAS, its parent transform included."""
    matrix = vtk.vtkMatrix4x4()
    overlay.GetIJKToRASMatrix(matrix)
    to_world = vtk.vtkMatrix4x4()
    slicer.vtkMRMLTransformNode.GetMatrixTransformBetweenNodes(overlay.GetParentTransformNode(), None, to_world)
    columns = np.array([[matrix.GetElement(r, c) for c in range(2)] for r in range(3)])
    rotation = np.array([[to_world.GetElement(r, c) for c in range(3)] for r in range(3)])
    in_plane = rotation @ columns
    normal = np.cross(in_plane[:, 0], in_plane[:, 1])
    return normal / np.linalg.norm(normal)
