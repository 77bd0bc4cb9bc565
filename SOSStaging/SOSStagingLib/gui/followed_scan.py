"""The chosen scan as it is moved by others: put under a transform, or moved in its own space."""

from __future__ import annotations

from collections.abc import Callable

import slicer
import vtk

from ..scene.nodes import Node
from ..scene.records import forget, has_moved
from ..scene.show import follow_scan, remove_places
from .watched import Watched


class FollowedScan:
    """Calls ``look_again`` when the scan that is watched was changed."""

    def __init__(self, look_again: Callable[[], None]) -> None:
        events = (vtk.vtkCommand.ModifiedEvent, slicer.vtkMRMLTransformableNode.TransformModifiedEvent)
        self._watched = Watched(events, look_again)

    def watch(self, volume: Node | None) -> None:
        """Watch this scan, and no longer the one before."""
        self._watched.watch(volume)

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
