"""How the views looked before the page turned them, to be put back when the user leaves it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field

import vtk

from .nodes import Node, nodes_of_class


@dataclass
class ViewState:
    """The layout, where slice views stood and what they showed. Views are known by their name, as ids change."""

    layout: int = 0
    places: dict[str, vtk.vtkMatrix4x4] = field(default_factory=dict)
    fields: dict[str, tuple[float, ...]] = field(default_factory=dict)
    layers: dict[str, tuple[str | None, str | None, float]] = field(default_factory=dict)

    @classmethod
    def of(cls, scene: Node) -> ViewState:
        """What is shown now."""
        state = cls()
        layout = scene.GetFirstNodeByClass("vtkMRMLLayoutNode")
        state.layout = 0 if layout is None else layout.GetViewArrangement()
        for node in nodes_of_class(scene, "vtkMRMLSliceNode"):
            place = vtk.vtkMatrix4x4()
            place.DeepCopy(node.GetSliceToRAS())
            state.places[node.GetLayoutName()] = place
            state.fields[node.GetLayoutName()] = tuple(node.GetFieldOfView())
        for node in nodes_of_class(scene, "vtkMRMLSliceCompositeNode"):
            shown = (node.GetBackgroundVolumeID(), node.GetForegroundVolumeID(), node.GetForegroundOpacity())
            state.layers[node.GetLayoutName()] = shown
        return state

    def restore(self, scene: Node, ours: Collection[str] | None = None, *, with_layout: bool = True) -> None:
        """Put it back; what has gone since is left empty.

        With ``ours``, the ids of the volumes that the page showed, a layer in which the user shows another one stays.
        Where the page never changed the layout, the one that is there now is the user's: not ``with_layout``.
        """
        layout = scene.GetFirstNodeByClass("vtkMRMLLayoutNode") if with_layout else None
        if layout is not None and self.layout and layout.GetViewArrangement() != self.layout:
            layout.SetViewArrangement(self.layout)
        self.restore_places(scene)
        for node in nodes_of_class(scene, "vtkMRMLSliceCompositeNode"):
            if (shown := self.layers.get(node.GetLayoutName())) is not None:
                background, foreground, opacity = shown
                if _may_change(ours, node.GetBackgroundVolumeID()):
                    node.SetBackgroundVolumeID(_still_there(scene, background))
                if _may_change(ours, node.GetForegroundVolumeID()):
                    node.SetForegroundVolumeID(_still_there(scene, foreground))
                    node.SetForegroundOpacity(opacity)

    def restore_places(self, scene: Node) -> None:
        """Put the slice views back to where they stood, as near as they were."""
        for node in nodes_of_class(scene, "vtkMRMLSliceNode"):
            if (place := self.places.get(node.GetLayoutName())) is not None:
                node.GetSliceToRAS().DeepCopy(place)
                node.UpdateMatrices()
                node.SetFieldOfView(*self.fields[node.GetLayoutName()])


def _may_change(ours: Collection[str] | None, shown: str | None) -> bool:
    return ours is None or not shown or shown in ours


def _still_there(scene: Node, node_id: str | None) -> str | None:
    return node_id if node_id and scene.GetNodeByID(node_id) is not None else None
