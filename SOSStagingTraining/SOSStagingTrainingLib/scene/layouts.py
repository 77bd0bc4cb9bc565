"""The page's own layouts: a large sagittal view to annotate in, and curves of a training."""

from __future__ import annotations

import slicer
from SOSStagingLib.scene.nodes import Node

ANNOTATE, ONE_SAGITTAL, ONE_PICTURE, CURVES, LOSS = 5721, 5722, 5723, 5724, 5725

_SLICE = (
    '<item splitSize="{size}"><view class="vtkMRMLSliceNode" singletontag="{name}">'
    '<property name="orientation" action="default">{orientation}</property>'
    '<property name="viewlabel" action="default">{name[0]}</property>'
    '<property name="viewcolor" action="default">{colour}</property></view></item>'
)
_PLOT = (
    '<item><view class="vtkMRMLPlotViewNode" singletontag="{tag}">'
    '<property name="viewlabel" action="default">{label}</property></view></item>'
)
_COLOURS = {"Red": "#F34A33", "Yellow": "#EDD54C", "Green": "#6EB04B"}
_ORIENTATIONS = {"Red": "Axial", "Yellow": "Sagittal", "Green": "Coronal"}
LOSS_PLOT, METRIC_PLOT = "SOSTrainingLoss", "SOSTrainingMetrics"


def _slice(name: str, size: int = 500) -> str:
    return _SLICE.format(name=name, size=size, orientation=_ORIENTATIONS[name], colour=_COLOURS[name])


def _descriptions() -> dict[int, str]:
    small = (
        f'<item splitSize="300"><layout type="vertical" split="true">{_slice("Red")}{_slice("Green")}</layout></item>'
    )
    loss = _PLOT.format(tag=LOSS_PLOT, label="L")
    return {
        ANNOTATE: f'<layout type="horizontal" split="true">{_slice("Yellow", 700)}{small}</layout>',
        ONE_SAGITTAL: f'<layout type="horizontal">{_slice("Yellow")}</layout>',
        ONE_PICTURE: f'<layout type="horizontal">{_slice("Red")}</layout>',
        CURVES: f'<layout type="vertical" split="true">{loss}{_PLOT.format(tag=METRIC_PLOT, label="M")}</layout>',
        LOSS: f'<layout type="vertical">{loss}</layout>',
    }


def choose_layout(scene: Node, number: int) -> None:
    """Show one of the page's layouts; without a main window nothing happens."""
    if slicer.app.layoutManager() is None:
        return
    node = scene.GetFirstNodeByClass("vtkMRMLLayoutNode")
    if node is None:
        return
    if not node.IsLayoutDescription(number):
        node.AddLayoutDescription(number, _descriptions()[number])
    if node.GetViewArrangement() != number:
        node.SetViewArrangement(number)


def is_ours(scene: Node) -> bool:
    """Whether one of the page's layouts is shown."""
    return any(is_shown(scene, number) for number in _descriptions())


def is_shown(scene: Node, number: int) -> bool:
    """Whether this layout is shown."""
    node = scene.GetFirstNodeByClass("vtkMRMLLayoutNode")
    return node is not None and node.GetViewArrangement() == number
