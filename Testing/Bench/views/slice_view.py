"""Slice views: the real slice logic and displayable managers, inside Qt widgets."""

from __future__ import annotations

from typing import Any

import slicer
import vtk
from PySide6 import QtCore, QtGui, QtWidgets

from Bench.observing import Observing
from Bench.views.controller import qMRMLSliceControllerWidget
from Bench.views.managers import managers_for
from Bench.views.render_widget import ctkVTKAbstractView
from Bench.widgets.kept import kept
from Bench.widgets.qmrml_basic import qMRMLWidget

_MANAGERS = (
    "vtkMRMLVolumeGlyphSliceDisplayableManager",
    "vtkMRMLModelSliceDisplayableManager",
    "vtkMRMLCrosshairDisplayableManager",
    "vtkMRMLOrientationMarkerDisplayableManager",
    "vtkMRMLRulerDisplayableManager",
    "vtkMRMLScalarBarDisplayableManager",
    "vtkMRMLSegmentationsDisplayableManager2D",
    "vtkMRMLMarkupsDisplayableManager",
    "vtkMRMLTransformsDisplayableManager2D",
    "vtkMRMLColorLegendDisplayableManager",
)


class ctkVTKSliceView(ctkVTKAbstractView):
    """A view that draws one reformatted image in its background."""

    resized = QtCore.Signal(QtCore.QSize)
    colorWindow = kept(float, 255.0, "_apply_levels")
    colorLevel = kept(float, 127.5, "_apply_levels")

    def __init__(self, parent: QtWidgets.QWidget | None = None) -> None:
        super().__init__(parent)
        self._renderer.GetActiveCamera().ParallelProjectionOn()
        self._mapper = vtk.vtkImageMapper()
        self._apply_levels()
        self._actor = vtk.vtkActor2D()
        self._actor.SetMapper(self._mapper)
        self._actor.GetProperty().SetDisplayLocationToBackground()
        self._actor.VisibilityOff()
        self._renderer.AddViewProp(self._actor)

    def _apply_levels(self) -> None:
        self._mapper.SetColorWindow(self.colorWindow)
        self._mapper.SetColorLevel(self.colorLevel)

    @QtCore.Slot(object)
    def setImageDataConnection(self, connection: Any) -> None:
        self._mapper.SetInputConnection(connection)
        self._actor.SetVisibility(connection is not None)
        self.scheduleRender()


class qMRMLSliceView(ctkVTKSliceView):
    """A slice view of a slice node."""

    def __init__(self, parent: QtWidgets.QWidget | None = None) -> None:
        super().__init__(parent)
        self._node: Any = None
        self._logic: Any = None
        self._observing = Observing(self)
        self._group = managers_for(slicer.vtkMRMLSliceViewDisplayableManagerFactory, _MANAGERS, self._renderer)
        self._observing.add(self._group, vtk.vtkCommand.UpdateEvent, self._on_request)
        self._interactor.SetInteractorStyle(vtk.vtkInteractorStyleUser())
        self._style = slicer.vtkMRMLSliceViewInteractorStyle()
        self._style.SetDisplayableManagers(self._group)
        self._style.SetInteractor(self._interactor)

    def _attach(self, logic: Any) -> None:
        self._logic = logic
        self._style.SetSliceLogic(logic)
        self._observing.add(logic, vtk.vtkCommand.ModifiedEvent, self._on_image)

    def _on_request(self, _group: Any, _event: str) -> None:
        self.scheduleRender()

    def _on_image(self, logic: Any, _event: str) -> None:
        self.setImageDataConnection(logic.GetImageDataConnection())

    def _on_resized(self, width: int, height: int) -> None:
        if self._logic is not None:
            self._logic.ResizeSliceNode(width, height)
        self.resized.emit(QtCore.QSize(width, height))

    @QtCore.Slot(object)
    def setMRMLSliceNode(self, node: Any) -> None:
        self._node = node
        self._group.SetMRMLDisplayableNode(node)
        if node is not None:
            self._observing.add(node, vtk.vtkCommand.ModifiedEvent, self._on_request)

    @QtCore.Slot(object)
    def setMRMLScene(self, scene: Any) -> None:
        if scene is None:
            self.setMRMLSliceNode(None)

    def mrmlSliceNode(self) -> Any:
        return self._node

    def interactorObserver(self) -> Any:
        return self._style

    def interactorStyle(self) -> Any:
        return self._style

    def sliceViewInteractorStyle(self) -> Any:
        return self._style

    def getDisplayableManagers(self, collection: Any) -> None:
        for i in range(self._group.GetDisplayableManagerCount()):
            collection.AddItem(self._group.GetNthDisplayableManager(i))

    def displayableManagerByClassName(self, name: str) -> Any:
        return self._group.GetDisplayableManagerByClassName(name)

    def convertDeviceToXYZ(self, xy: list[int]) -> tuple[float, ...]:
        return float(xy[0]), float(self.height - 1 - xy[1]), 0.0

    def convertRASToXYZ(self, ras: list[float]) -> tuple[float, ...]:
        inverse = vtk.vtkMatrix4x4()
        vtk.vtkMatrix4x4.Invert(self._node.GetXYToRAS(), inverse)
        return tuple(inverse.MultiplyPoint((*ras, 1.0))[:3])

    def convertXYZToRAS(self, xyz: list[float]) -> tuple[float, ...]:
        return tuple(self._node.GetXYToRAS().MultiplyPoint((*xyz, 1.0))[:3])

    def setViewCursor(self, cursor: QtGui.QCursor) -> None:
        self.setCursor(cursor)

    def unsetViewCursor(self) -> None:
        self.unsetCursor()


class qMRMLAbstractViewWidget(qMRMLWidget):
    """A view with its controller bar."""

    viewLabel = kept(str, "")

    @QtCore.Slot()
    def pauseRender(self) -> None:
        self.setRenderPaused(True)

    @QtCore.Slot()
    def resumeRender(self) -> None:
        self.setRenderPaused(False)

    @QtCore.Slot(bool)
    def setRenderPaused(self, pause: bool) -> None:
        self.viewWidget()._pause(pause)


class qMRMLSliceWidget(qMRMLAbstractViewWidget):
    """A slice view with its bar: offset slider, fit button, orientation."""

    nodeAboutToBeEdited = QtCore.Signal(object)

    def __init__(self, parent: QtWidgets.QWidget | None = None) -> None:
        super().__init__(parent)
        self._controller = qMRMLSliceControllerWidget()
        self._view = qMRMLSliceView()
        layout = QtWidgets.QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self._controller)
        layout.addWidget(self._view, 1)

    def _adopt(self, node: Any, application_logic: Any, scene: Any) -> None:
        """Show the slice node with a slice logic of its own, as the application's view factory does."""
        self._logic = slicer.vtkMRMLSliceLogic()
        self._logic.SetMRMLApplicationLogic(application_logic)
        application_logic.GetSliceLogics().AddItem(self._logic)
        self._logic.SetMRMLScene(scene)
        self._logic.SetSliceNode(node)
        self.setMRMLScene(scene)
        self._view._attach(self._logic)
        self._view.setMRMLSliceNode(node)
        self._controller.setSliceLogic(self._logic)
        self._view._on_resized(max(self._view.width, 40), max(self._view.height, 40))

    def sliceView(self) -> qMRMLSliceView:
        return self._view

    def viewWidget(self) -> qMRMLSliceView:
        return self._view

    def sliceController(self) -> qMRMLSliceControllerWidget:
        return self._controller

    def controllerWidget(self) -> qMRMLSliceControllerWidget:
        return self._controller

    def sliceLogic(self) -> Any:
        return self._logic

    def logic(self) -> Any:
        return self._logic

    def mrmlSliceNode(self) -> Any:
        return self._logic.GetSliceNode()

    def mrmlAbstractViewNode(self) -> Any:
        return self._logic.GetSliceNode()

    def mrmlSliceCompositeNode(self) -> Any:
        return self._logic.GetSliceCompositeNode()

    def interactorStyle(self) -> Any:
        return self._view.interactorStyle()

    @QtCore.Slot()
    def fitSliceToBackground(self) -> None:
        self._logic.FitSliceToBackground()

    def _get_orientation(self) -> str:
        return self.mrmlSliceNode().GetOrientation()

    def _set_orientation(self, name: str) -> None:
        self.mrmlSliceNode().SetOrientation(name)

    sliceOrientation = QtCore.Property(str, _get_orientation, _set_orientation)

    @QtCore.Slot(str)
    def setSliceOrientation(self, name: str) -> None:
        self._set_orientation(name)

    def _get_name(self) -> str:
        return self.mrmlSliceNode().GetLayoutName()

    sliceViewName = QtCore.Property(str, _get_name)
