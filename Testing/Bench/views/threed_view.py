"""3D views on the real view logic and displayable managers."""

from __future__ import annotations

from typing import Any

import slicer
import vtk
from PySide6 import QtCore, QtGui, QtWidgets

from Bench.observing import Observing
from Bench.views.controller import qMRMLViewControllerBar
from Bench.views.managers import managers_for
from Bench.views.render_widget import ctkVTKAbstractView
from Bench.views.slice_view import qMRMLAbstractViewWidget

# Volume rendering is left out: it ends the process where Slicer's presets file is missing.
_MANAGERS = (
    "vtkMRMLCameraDisplayableManager",
    "vtkMRMLViewDisplayableManager",
    "vtkMRMLModelDisplayableManager",
    "vtkMRMLThreeDReformatDisplayableManager",
    "vtkMRMLCrosshairDisplayableManager3D",
    "vtkMRMLOrientationMarkerDisplayableManager",
    "vtkMRMLRulerDisplayableManager",
    "vtkMRMLSegmentationsDisplayableManager3D",
    "vtkMRMLMarkupsDisplayableManager",
    "vtkMRMLTransformsDisplayableManager3D",
    "vtkMRMLColorLegendDisplayableManager",
)


class ctkVTKRenderView(ctkVTKAbstractView):
    """A 3D view."""

    @QtCore.Slot()
    def resetFocalPoint(self) -> None:
        self._renderer.ResetCamera()
        self.scheduleRender()


class qMRMLThreeDView(ctkVTKRenderView):
    """A 3D view of a view node."""

    def __init__(self, parent: QtWidgets.QWidget | None = None) -> None:
        super().__init__(parent)
        self._node: Any = None
        self._observing = Observing(self)
        self.backgroundColor = QtGui.QColor.fromRgbF(0.76, 0.77, 0.91)
        self.backgroundColor2 = QtGui.QColor.fromRgbF(0.45, 0.47, 0.75)
        self.gradientBackground = True
        self._group = managers_for(slicer.vtkMRMLThreeDViewDisplayableManagerFactory, _MANAGERS, self._renderer)
        self._observing.add(self._group, vtk.vtkCommand.UpdateEvent, self._on_request)
        self._interactor.SetInteractorStyle(vtk.vtkInteractorStyleUser())
        self._style = slicer.vtkMRMLThreeDViewInteractorStyle()
        self._style.SetDisplayableManagers(self._group)
        self._style.SetInteractor(self._interactor)

    def _on_request(self, _group: Any, _event: str) -> None:
        self.scheduleRender()

    @QtCore.Slot(object)
    def setMRMLViewNode(self, node: Any) -> None:
        self._node = node
        self._group.SetMRMLDisplayableNode(node)

    def mrmlViewNode(self) -> Any:
        return self._node

    def interactorStyle(self) -> Any:
        return self._style

    def interactorObserver(self) -> Any:
        return self._style

    def displayableManagerByClassName(self, name: str) -> Any:
        return self._group.GetDisplayableManagerByClassName(name)

    def getDisplayableManagers(self, collection: Any) -> None:
        for i in range(self._group.GetDisplayableManagerCount()):
            collection.AddItem(self._group.GetNthDisplayableManager(i))


class qMRMLThreeDViewControllerWidget(qMRMLViewControllerBar):
    """The bar of a 3D view."""


class qMRMLThreeDWidget(qMRMLAbstractViewWidget):
    """A 3D view with its bar."""

    def __init__(self, parent: QtWidgets.QWidget | None = None) -> None:
        super().__init__(parent)
        self._controller = qMRMLThreeDViewControllerWidget()
        self._view = qMRMLThreeDView()
        layout = QtWidgets.QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self._controller)
        layout.addWidget(self._view, 1)

    def _adopt(self, node: Any, application_logic: Any, scene: Any) -> None:
        self._logic = slicer.vtkMRMLViewLogic()
        self._logic.SetMRMLApplicationLogic(application_logic)
        application_logic.GetViewLogics().AddItem(self._logic)
        self._logic.SetName(node.GetLayoutName())  # by which it finds its view node in the scene
        self._logic.SetMRMLScene(scene)
        self.setMRMLScene(scene)
        self._view.setMRMLViewNode(node)
        self._controller._describe(node.GetLayoutLabel() or node.GetLayoutName(), node.GetLayoutColor())

    def threeDView(self) -> qMRMLThreeDView:
        return self._view

    def viewWidget(self) -> qMRMLThreeDView:
        return self._view

    def threeDController(self) -> qMRMLThreeDViewControllerWidget:
        return self._controller

    def controllerWidget(self) -> qMRMLThreeDViewControllerWidget:
        return self._controller

    def viewLogic(self) -> Any:
        return self._logic

    def logic(self) -> Any:
        return self._logic

    def mrmlViewNode(self) -> Any:
        return self._view.mrmlViewNode()

    def mrmlAbstractViewNode(self) -> Any:
        return self._view.mrmlViewNode()
