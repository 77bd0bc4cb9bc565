"""The chosen scan as it is moved by others: put under a transform, or moved in its own space."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import slicer
import vtk

from ..scene.nodes import Node
from ..scene.records import forget, has_moved
from ..scene.show import follow_scan, remove_places


class FollowedScan:
    """Calls ``look_again`` when the scan that is watched was changed."""

    def __init__(self, look_again: Callable[[], None]) -> None:
        self._look_again = look_again
        self._observed: tuple[Node, list[Any]] | None = None

    def watch(self, volume: Node | None) -> None:
        """Watch this scan, and no longer the one before."""
        if self._observed is not None:
            node, tags = self._observed
            for tag in tags:
                node.RemoveObserver(tag)
        self._observed = None
        if volume is not None:
            events = (vtk.vtkCommand.ModifiedEvent, slicer.vtkMRMLTransformableNode.TransformModifiedEvent)
            self._observed = volume, [volume.AddObserver(event, lambda *_args: self._look_again()) for event in events]

    def still_holds(self, volume: Node) -> bool:
        """Let heat map and box go where the scan's transform takes it. Where the scan itself was moved since it was
        staged, what was found is wrong: then it is taken out, and this is False."""
        scene = slicer.mrmlScene
        follow_scan(scene, volume)
        if not has_moved(scene, volume):
            return True
        remove_places(scene, volume)
        forget(scene, volume)
        return False
