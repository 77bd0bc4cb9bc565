"""A study's case in the scene: its scan, the box around the synchondrosis, and the views at its midsagittal plane."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import slicer
import vtk
from SOSStagingLib.report.colours import OPACITY, SHOWN_FROM, heat_table
from SOSStagingLib.scan.geometry import FloatArray, Geometry
from SOSStagingLib.scan.types import Plane
from SOSStagingLib.scene.nodes import Node, matrix4, nodes_of_class, remove_node
from vtk.util.numpy_support import get_vtk_array_type, vtk_to_numpy

from ..study.roi import RoiBox
from ..study.types import Case

ROLE = "SOSStagingTraining.Role"
SCAN, BOX, HEAT, CURVES = "scan", "box", "heat", "curves"
BOX_NAME = "SOS"
BOX_COLOUR = (0.90, 0.62, 0.0)
"""Orange of the Okabe-Ito palette: told from greys by everyone."""
DEFAULT_SIZE_MM = (10.0, 24.0, 24.0)
SHOWN_MM = 110.0
SAGITTAL, PICTURE = "Yellow", "Red"
PIECE_BYTES = 16 << 20
"""So much of a scan is copied in one go: some milliseconds."""


def owned(scene: Node, *roles: str) -> list[Node]:
    """Return the nodes of the scene that the page made for these roles (all roles without one)."""
    found = [node for node in nodes_of_class(scene, "vtkMRMLNode") if node.GetAttribute(ROLE)]
    return [node for node in found if not roles or node.GetAttribute(ROLE) in roles]


def remove_owned(scene: Node, *roles: str) -> None:
    """Remove what the page made for these roles (all without one), with display and storage nodes."""
    for node in owned(scene, *roles):
        if scene.IsNodePresent(node):
            remove_node(scene, node)


def add_owned(scene: Node, role: str, class_name: str, name: str) -> Node:
    """Add a node of the page's own. It is not saved with the scene: the study keeps what it stands for."""
    node = scene.CreateNodeByClass(class_name)
    node.UnRegister(None)
    node.SetName(name)
    node.SetAttribute(ROLE, role)
    node.SetSaveWithScene(False)
    scene.AddNode(node)
    return node


def show_scan(
    scene: Node, case: Case, title: str, voxels: npt.NDArray[Any], window: tuple[float, float]
) -> Generator[None, None, Node]:
    """Put a case's voxels [k, j, i] into the scene in place of the case before, a piece at a time; gives the volume.

    ``title`` is what the views call it: a case's own name may tell what is to be judged.
    """
    remove_owned(scene, SCAN, BOX, HEAT)
    yield
    node = add_owned(scene, SCAN, "vtkMRMLScalarVolumeNode", title)
    node.SetIJKToRASMatrix(matrix4(case.geometry.ijk_to_ras))
    image = vtk.vtkImageData()
    image.SetDimensions(*voxels.shape[::-1])
    image.AllocateScalars(get_vtk_array_type(voxels.dtype), 1)
    planes = max(1, PIECE_BYTES // max(1, voxels[0].nbytes))
    target = vtk_to_numpy(image.GetPointData().GetScalars()).reshape(voxels.shape)
    for first in range(0, len(voxels), planes):
        target[first : first + planes] = voxels[first : first + planes]
        yield
    node.SetAndObserveImageData(image)
    node.CreateDefaultDisplayNodes()
    display = node.GetDisplayNode()
    display.SetSaveWithScene(False)
    display.SetAutoWindowLevel(False)
    display.SetWindowLevelMinMax(*window)
    return node


def show_box(scene: Node, box: RoiBox, free: bool = True) -> Node:
    """Put the box into the scene, ``free`` to be dragged, and return its ROI."""
    remove_owned(scene, BOX)
    node = add_owned(scene, BOX, "vtkMRMLMarkupsROINode", BOX_NAME)
    node.CreateDefaultDisplayNodes()
    set_box(node, box)
    display = node.GetDisplayNode()
    display.SetSaveWithScene(False)
    display.SetColor(*BOX_COLOUR)
    display.SetSelectedColor(*BOX_COLOUR)
    # A filled box would cover the very thing that is to be judged.
    display.SetFillVisibility(False)
    display.SetPropertiesLabelVisibility(False)
    display.SetPointLabelsVisibility(False)
    display.SetHandlesInteractive(free)
    display.SetTranslationHandleVisibility(True)
    display.SetScaleHandleVisibility(True)
    display.SetRotationHandleVisibility(False)
    node.SetLocked(not free)
    # Where it is only looked at, the point in the middle would cover the very spot.
    for index in range(0 if free else node.GetNumberOfControlPoints()):
        node.SetNthControlPointVisibility(index, False)
    return node


def show_heat(scene: Node, name: str, voxels: npt.NDArray[Any], ijk_to_ras: FloatArray, full_scale: float) -> Node:
    """Put a Grad-CAM into the scene and over the scan in the slice views, on its absolute scale."""
    remove_owned(scene, HEAT)
    colours = add_owned(scene, HEAT, "vtkMRMLColorTableNode", "SOS Grad-CAM heat (training)")
    colours.SetTypeToUser()
    table = heat_table()
    colours.SetNumberOfColors(len(table))
    colours.GetLookupTable().SetTableRange(0, len(table) - 1)
    for index, colour in enumerate(table):
        colours.SetColor(index, f"{index / (len(table) - 1):.1%} of full scale", *(float(c) for c in colour), 1.0)
    node = add_owned(scene, HEAT, "vtkMRMLScalarVolumeNode", name)
    node.SetIJKToRASMatrix(matrix4(ijk_to_ras))
    slicer.util.updateVolumeFromArray(node, voxels)
    node.CreateDefaultDisplayNodes()
    display = node.GetDisplayNode()
    display.SetSaveWithScene(False)
    display.SetAndObserveColorNodeID(colours.GetID())
    display.SetAutoWindowLevel(False)
    display.SetWindowLevelMinMax(0.0, full_scale)
    display.SetThreshold(SHOWN_FROM * full_scale, max(full_scale, float(voxels.max())))
    display.SetApplyThreshold(True)
    for composite in nodes_of_class(scene, "vtkMRMLSliceCompositeNode"):
        composite.SetForegroundVolumeID(node.GetID())
        composite.SetForegroundOpacity(OPACITY)
    return node


def set_box(node: Node, box: RoiBox) -> None:
    """Move a ROI to a box."""
    matrix = np.eye(4)
    matrix[:3, :3], matrix[:3, 3] = box.axes, box.center
    node.SetAndObserveObjectToNodeMatrix(matrix4(matrix))
    node.SetSize(*(float(v) for v in box.size))


def box_of(node: Node) -> RoiBox:
    """Return the box a ROI stands for now, in RAS mm."""
    matrix = vtk.vtkMatrix4x4()
    matrix.DeepCopy(node.GetObjectToWorldMatrix())
    values = np.array([[matrix.GetElement(r, c) for c in range(4)] for r in range(4)])
    axes = values[:3, :3] / np.linalg.norm(values[:3, :3], axis=0)
    return RoiBox(values[:3, 3], axes, np.array(node.GetSize(), float), BOX_NAME)


def guessed_box(case: Case) -> RoiBox:
    """Return where a box may begin where nothing better is known: around the middle of the scan, in its plane."""
    center = np.array(case.geometry.center_ras)
    size = np.array(DEFAULT_SIZE_MM)
    if case.plane is not None:
        center = center - float(case.plane.distance(center)) * case.plane.normal_ras
    else:
        size = _picture_size(case.geometry)
    return RoiBox(center, np.eye(3), size, BOX_NAME)


def _picture_size(geometry: Geometry) -> FloatArray:
    """A sixth of a picture's extent, as thick across it as a rater can take hold of."""
    extent = np.ptp(geometry.to_ras(np.array([[0, 0, 0], np.array(geometry.shape[::-1]) - 1.0])), axis=0) / 6
    return np.asarray(np.maximum(extent, 2.0))


def turn_views(
    scene: Node, case: Case, volume: Node, center: Sequence[float] | FloatArray, whole: bool = False
) -> None:
    """Show the scan in all slice views at ``center`` (RAS mm), the sagittal one in the midsagittal plane.

    The zoom is on the region around it, or on the ``whole`` scan.
    """
    for slice_node in nodes_of_class(scene, "vtkMRMLSliceNode"):
        name = slice_node.GetLayoutName()
        composite = _composite_of(scene, name)
        if composite is None or name not in ("Red", "Yellow", "Green"):
            continue
        composite.SetBackgroundVolumeID(volume.GetID())
        composite.SetForegroundVolumeID(None)
        composite.SetLabelVolumeID(None)
        slice_node.SetOrientation({"Red": "Axial", "Yellow": "Sagittal", "Green": "Coronal"}[name])
        if name == SAGITTAL and case.plane is not None:
            _turn(slice_node, case.plane)
        _frame(slice_node, case, whole or case.kind == "picture")
        slice_node.JumpSliceByCentering(*(float(v) for v in center))


def _composite_of(scene: Node, name: str) -> Node | None:
    found = nodes_of_class(scene, "vtkMRMLSliceCompositeNode")
    return next((node for node in found if node.GetLayoutName() == name), None)


def _turn(slice_node: Node, plane: Plane) -> None:
    """Turn a sagittal view into the plane: the nose to the left, as Slicer shows it, superior up."""
    normal = plane.normal_ras
    up = np.array([0.0, 0.0, 1.0]) - normal[2] * normal
    up = up / np.linalg.norm(up)
    right = np.cross(up, normal)
    right = right if right[1] < 0 else -right
    matrix = slice_node.GetSliceToRAS()
    for column, values in enumerate((right, up, normal, plane.origin_ras_mm)):
        for row in range(3):
            matrix.SetElement(row, column, float(values[row]))
    slice_node.UpdateMatrices()


def _frame(slice_node: Node, case: Case, whole: bool) -> None:
    """Set the zoom: the region around the synchondrosis, or all of a smaller scan."""
    matrix = slice_node.GetSliceToRAS()
    across, up = (np.array([matrix.GetElement(row, column) for row in range(3)]) for column in (0, 1))
    corners = case.geometry.to_ras(np.array(list(np.ndindex(2, 2, 2))) * (np.array(case.geometry.shape[::-1]) - 1.0))
    width, rows = slice_node.GetDimensions()[:2]
    extent = max(np.ptp(corners @ up), np.ptp(corners @ across) * rows / max(width, 1)) * 1.05
    height = float(extent if whole else min(SHOWN_MM, extent))
    slice_node.SetFieldOfView(height * width / max(rows, 1), height, slice_node.GetFieldOfView()[2])
