"""A scan that comes into view while the page is open, as when it is loaded by Add data."""

from __future__ import annotations

from collections.abc import Callable

import qt
import slicer
import vtk

from .watched import Watched


class InView:
    """Calls ``told`` once the views have settled on another active volume, between ``watch`` and ``stop``."""

    def __init__(self, told: Callable[[], None]) -> None:
        self._timer = qt.QTimer()
        self._timer.setSingleShot(True)
        self._timer.setInterval(0)
        self._timer.connect("timeout()", told)
        self._views = Watched((vtk.vtkCommand.ModifiedEvent,), self._timer.start)

    def watch(self) -> None:
        """Begin; again is no harm."""
        self._timer.stop()
        self._views.watch(slicer.app.applicationLogic().GetSelectionNode())

    def stop(self) -> None:
        """End."""
        self._timer.stop()
        self._views.watch(None)
