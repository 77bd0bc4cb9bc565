"""A StagingResult becomes MRML nodes: Grad-CAM overlay, SOS region, run table, probability chart."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import slicer

from ..report.colours import SHOWN_FROM, heat_table
from ..report.picture import MARK_COLOUR
from ..report.volume import gradcam_volume
from ..scan.geometry import FloatArray
from ..staging.result import GradCam, StagingResult
from .nodes import ROLE, Node, ResultScope, matrix4, nodes_of_class, remove_node, set_provenance
from .tables import show_chart, show_probabilities, show_runs

OVERLAY, REGION, RUNS, PROBABILITIES, SERIES, CHART = "overlay", "region", "runs", "probabilities", "series", "chart"
RUNNER_UP = "runner-up"
COLOURS = "colours"
FOLDER_KEY = "SOSStaging.Folder"
ANSWERED = "SOSStaging.AnsweredBox"
"""Attribute of the box's node: size and centre in mm of the box that was answered, six numbers."""


@dataclass(frozen=True)
class ResultNodes:
    """The nodes of one result; those a result does not have are None (a refused scan has only the run table)."""

    runs: Node
    overlay: Node | None = None
    runner_up: Node | None = None
    colours: Node | None = None
    region: Node | None = None
    probabilities: Node | None = None
    series: Node | None = None
    chart: Node | None = None


def show_result(scene: Node, result: StagingResult, volume_node: Node | None = None) -> ResultNodes:
    """Show a result in the scene, once per volume: a second call for the same volume updates the same nodes.

    ``result`` is in the RAS of ``volume_node`` before its parent transform; the nodes follow the same transform. Each
    call appends one row to the run table. For a scan that is not assessable an earlier overlay, region and chart of
    the same volume are removed. Without ``volume_node`` results belong together by ``input_name``.
    """
    scope = ResultScope(scene, volume_node, result.input_name)
    provenance = _provenance(result)
    runs = show_runs(scope.get_or_add(RUNS, "vtkMRMLTableNode", f"{scope.label} SOS runs"), result)
    colours = overlay = runner_up = region = probabilities = series = chart = None
    if result.assessable:
        probabilities = show_probabilities(
            scope.get_or_add(PROBABILITIES, "vtkMRMLTableNode", f"{scope.label} SOS probabilities"), result
        )
        series = scope.get_or_add(SERIES, "vtkMRMLPlotSeriesNode", "Probability")
        chart = scope.get_or_add(CHART, "vtkMRMLPlotChartNode", f"{scope.label} SOS chart")
        show_chart(chart, series, probabilities, result)
    if result.assessable and result.gradcam is not None:
        colours = _colours(scene)
        overlay = scope.get_or_add(OVERLAY, "vtkMRMLScalarVolumeNode", f"{scope.label} SOS Grad-CAM")
        _fill_overlay(overlay, result.gradcam, colours)
    if result.assessable and result.runner_up is not None:
        colours = _colours(scene)
        name = f"{scope.label} SOS Grad-CAM, second likeliest"
        runner_up = scope.get_or_add(RUNNER_UP, "vtkMRMLScalarVolumeNode", name)
        _fill_overlay(runner_up, result.runner_up, colours)
    if result.assessable and result.sos is not None and result.sos.box_ras_mm is not None:
        region = scope.get_or_add(REGION, "vtkMRMLMarkupsROINode", f"{scope.label} SOS")
        _fill_region(region, np.asarray(result.sos.box_ras_mm, float))
    shown = {
        RUNS: runs,
        OVERLAY: overlay,
        RUNNER_UP: runner_up,
        REGION: region,
        PROBABILITIES: probabilities,
        SERIES: series,
        CHART: chart,
    }
    for role, node in shown.items():
        if node is None:
            scope.remove(role)
        else:
            set_provenance(node, provenance)
    _follow_transform(volume_node, (overlay, runner_up, region))
    _drop_unused_colours(scene)
    _place_in_hierarchy(scope, [node for node in shown.values() if node is not None])
    return ResultNodes(runs, overlay, runner_up, colours, region, probabilities, series, chart)


def follow_scan(scene: Node, volume: Node) -> None:
    """Let heat maps and box follow the transform that their scan is under now."""
    scope = ResultScope(scene, volume, volume.GetName())
    _follow_transform(volume, tuple(scope.find(role) for role in (OVERLAY, RUNNER_UP, REGION)))


def remove_places(scene: Node, volume: Node) -> None:
    """Remove heat maps and box: what says where something lies in a scan that has been moved since."""
    scope = ResultScope(scene, volume, volume.GetName())
    for role in (REGION, RUNNER_UP, OVERLAY):
        scope.remove(role)
    _drop_unused_colours(scene)


def remove_result(scene: Node, volume_node: Node | None = None, input_name: str = "") -> None:
    """Remove every node that show_result made for this volume (or, without one, for this input name)."""
    scope = ResultScope(scene, volume_node, input_name)
    hierarchy = slicer.vtkMRMLSubjectHierarchyNode.GetSubjectHierarchyNode(scene)
    folder = _find_folder(hierarchy, scope)
    # The chart first: it refers to the series, and that to the table.
    for role in (CHART, SERIES, PROBABILITIES, RUNS, REGION, RUNNER_UP, OVERLAY):
        scope.remove(role)
    _drop_unused_colours(scene)
    if folder and hierarchy.GetNumberOfItemChildren(folder) == 0:
        hierarchy.RemoveItem(folder, False, False)


def _provenance(result: StagingResult) -> dict[str, str]:
    values = {
        "Scheme": result.scheme,
        "Stage": "" if result.stage is None else str(result.stage),
        "Assessable": str(result.assessable).lower(),
        "PlausibleStages": " ".join(str(n) for n in result.plausible_stages),
        "Software": ", ".join(f"{name} {version}" for name, version in sorted(result.software.items())),
    }
    if result.gradcam is not None:
        values["FullScale"] = repr(float(result.gradcam.full_scale))
    if result.model is not None:
        values |= {
            "ModelName": result.model.name,
            "ModelVersion": result.model.version,
            "ModelSHA256": result.model.sha256,
            "ModelTrainedOn": result.model.trained_on,
        }
    return values


def _colours(scene: Node) -> Node:
    """Return the scene's heat colour table, made once: the colours of the report's pictures."""
    node = _find_colours(scene)
    if node is not None:
        return node
    table = heat_table()
    node = scene.AddNewNodeByClass("vtkMRMLColorTableNode", "SOS Grad-CAM heat")
    node.SetTypeToUser()
    node.SetNumberOfColors(len(table))
    node.GetLookupTable().SetTableRange(0, len(table) - 1)
    for index, (red, green, blue) in enumerate(table):
        node.SetColor(index, f"{index / (len(table) - 1):.1%} of full scale", red, green, blue, 1.0)
    node.SetAttribute(ROLE, COLOURS)
    return node


def _find_colours(scene: Node) -> Node | None:
    tables = nodes_of_class(scene, "vtkMRMLColorTableNode")
    return next((node for node in tables if node.GetAttribute(ROLE) == COLOURS), None)


def _drop_unused_colours(scene: Node) -> None:
    colours = _find_colours(scene)
    if colours is None:
        return
    if not any(node.GetColorNodeID() == colours.GetID() for node in nodes_of_class(scene, "vtkMRMLDisplayNode")):
        remove_node(scene, colours)


def _fill_overlay(node: Node, gradcam: GradCam, colours: Node) -> None:
    """Fill the overlay volume; window and threshold are absolute, so that weak evidence looks weak."""
    array, geometry = gradcam_volume(gradcam)
    slicer.util.updateVolumeFromArray(node, array)
    node.SetIJKToRASMatrix(matrix4(geometry.ijk_to_ras))
    node.CreateDefaultDisplayNodes()
    display = node.GetDisplayNode()
    full_scale = float(gradcam.full_scale)
    display.SetAndObserveColorNodeID(colours.GetID())
    display.SetAutoWindowLevel(False)
    display.SetWindowLevelMinMax(0.0, full_scale)
    display.SetAutoThreshold(False)
    display.SetThreshold(SHOWN_FROM * full_scale, max(full_scale, float(array.max())))
    display.SetApplyThreshold(True)


def _fill_region(node: Node, box: FloatArray) -> None:
    """Set the box [2, 3] of min and max RAS corner; locked, since it is an answer and not an input.

    A box that is no longer the one of the answer before was corrected by hand: it stays as it is.
    """
    size, center = box[1] - box[0], box.mean(axis=0)
    if is_corrected(node):
        node.SetAttribute(ANSWERED, _box_text(size, center))
        return
    node.SetAttribute(ANSWERED, _box_text(size, center))
    node.SetAndObserveObjectToNodeMatrix(matrix4(np.eye(4)))
    node.SetSize(*(float(v) for v in size))
    node.SetCenter(*(float(v) for v in center))
    # The point in the middle would cover the very spot the reader wants to see.
    for index in range(node.GetNumberOfControlPoints()):
        node.SetNthControlPointVisibility(index, False)
    node.SetLocked(True)
    node.CreateDefaultDisplayNodes()
    display = node.GetDisplayNode()
    colour = [channel / 255.0 for channel in MARK_COLOUR]
    display.SetColor(*colour)
    display.SetSelectedColor(*colour)
    display.SetFillVisibility(False)
    display.SetHandlesInteractive(False)
    display.SetPropertiesLabelVisibility(False)


def is_corrected(node: Node) -> bool:
    """Whether a box differs by more than a hundredth of a millimetre from the one that was answered."""
    answered = node.GetAttribute(ANSWERED)
    if not answered:
        return False
    there = [*node.GetSize(), *node.GetCenter()]
    return any(abs(a - float(b)) > 0.01 for a, b in zip(there, answered.split(), strict=True))


def _box_text(size: FloatArray, center: FloatArray) -> str:
    return " ".join(f"{float(v):.4f}" for v in (*size, *center))


def _follow_transform(volume: Node | None, nodes: tuple[Node | None, ...]) -> None:
    transform_id = None if volume is None else volume.GetTransformNodeID()
    for node in nodes:
        if node is not None and node.GetTransformNodeID() != transform_id:
            node.SetAndObserveTransformNodeID(transform_id)


def _place_in_hierarchy(scope: ResultScope, nodes: list[Node]) -> None:
    """Put the nodes into one folder beside the volume, under its study where it has one."""
    hierarchy = slicer.vtkMRMLSubjectHierarchyNode.GetSubjectHierarchyNode(scope.scene)
    parent = hierarchy.GetSceneItemID()
    if scope.volume is not None:
        item = hierarchy.GetItemByDataNode(scope.volume) or hierarchy.CreateItem(parent, scope.volume)
        parent = hierarchy.GetItemParent(item)
    folder = _find_folder(hierarchy, scope)
    if not folder:
        folder = hierarchy.CreateFolderItem(parent, f"{scope.label} SOS staging")
        hierarchy.SetItemAttribute(folder, FOLDER_KEY, "true")
    for node in nodes:
        item = hierarchy.GetItemByDataNode(node)
        if item:
            hierarchy.SetItemParent(item, folder)
        else:
            hierarchy.CreateItem(folder, node)


def _find_folder(hierarchy: Node, scope: ResultScope) -> int:
    """Return the folder that holds the scope's nodes, 0 if there is none."""
    for role in (RUNS, OVERLAY, REGION, PROBABILITIES, CHART):
        node = scope.find(role)
        item = 0 if node is None else hierarchy.GetItemByDataNode(node)
        folder = hierarchy.GetItemParent(item) if item else 0
        if folder and hierarchy.GetItemAttribute(folder, FOLDER_KEY):
            return int(folder)
    return 0
