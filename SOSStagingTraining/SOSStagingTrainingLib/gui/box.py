"""The box around the synchondrosis while a case is judged: proposed, dragged, perhaps deleted."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import slicer

from ..scene import case_view
from ..study.roi import RoiBox


class DraggedBox:
    """The box's node in the scene; ``dragged`` is called when the rater lets go of it."""

    def __init__(self, dragged: Callable[[], None]) -> None:
        self._dragged = dragged
        self._tags: list[int] = []
        self.node: Any = None
        self.touched = False

    def show(self, scene: Any, box: RoiBox) -> None:
        """Show a box, untouched yet."""
        self.forget()
        self.node = case_view.show_box(scene, box)
        markups = slicer.vtkMRMLMarkupsNode
        self._tags = [
            self.node.AddObserver(markups.PointStartInteractionEvent, self._on_taken),
            self.node.AddObserver(markups.PointEndInteractionEvent, self._on_dragged),
        ]

    def move(self, box: RoiBox) -> None:
        """Move it to a better place, unless the rater has taken it in hand."""
        if self.node is not None and not self.touched:
            case_view.set_box(self.node, box)

    def read(self) -> RoiBox | None:
        """Where it is now, None where it is not shown."""
        return None if self.node is None else case_view.box_of(self.node)

    def forget(self) -> None:
        """Let go of the node."""
        if self.node is not None:
            for tag in self._tags:
                self.node.RemoveObserver(tag)
        self.node, self.touched = None, False

    def _on_taken(self, _caller: Any, _event: str) -> None:
        self.touched = True

    def _on_dragged(self, _caller: Any, _event: str) -> None:
        self.touched = True
        self._dragged()
