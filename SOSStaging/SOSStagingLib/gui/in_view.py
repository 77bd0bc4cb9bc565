"""A scan that comes into view while the page is open, as when it is loaded by Add data."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import qt
import slicer
import vtk

from ..scene.nodes import Node


class InView:
    """Calls ``told`` once the views have settled on another active volume, between ``watch`` and ``stop``."""

    def __init__(self, told: Callable[[], None]) -> None:
        self._observed: tuple[Node, Any] | None = None
        self._timer = qt.QTimer()
        self._timer.setSingleShot(True)
        self._timer.setInterval(0)
        self._timer.connect("timeout()", told)

    def watch(self) -> None:
        """Begin; again is no harm."""
        self.stop()
        node = slicer.app.applicationLogic().GetSelectionNode()
        tag = node.AddObserver(vtk.vtkCommand.ModifiedEvent, lambda *_args: self._timer.start())
        self._observed = node, tag

    def stop(self) -> None:
        """End."""
        self._timer.stop()
        if self._observed is not None:
            self._observed[0].RemoveObserver(self._observed[1])
        self._observed = None
