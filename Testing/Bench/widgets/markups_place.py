"""qSlicerMarkupsPlaceWidget: a button that lets the person place points of a markups node in the views."""

from __future__ import annotations

from typing import Any

import slicer
import vtk
from PySide6 import QtCore, QtGui, QtWidgets

from Bench.observing import Observing
from Bench.widgets.kept import kept
from Bench.widgets.qmrml_basic import qSlicerWidget

_FORCE_MULTIPLE = 3  # ForcePlaceMultipleMarkups


class qSlicerMarkupsPlaceWidget(qSlicerWidget):
    """Place and delete buttons of one node, working through the real selection and interaction nodes."""

    activeMarkupsPlaceModeChanged = QtCore.Signal(bool)
    buttonsVisible = kept(bool, True, "_show_buttons")
    deleteAllControlPointsOptionVisible = kept(bool, True)
    deleteAllMarkupsOptionVisible = kept(bool, True)
    placeMultipleMarkups = kept(int, 0)
    placeModePersistency = kept(bool, False)
    defaultNodeColor = kept(QtGui.QColor, QtGui.QColor(0, 255, 0))

    def __init__(self, parent: QtWidgets.QWidget | None = None) -> None:
        super().__init__(parent)
        self._node: Any = None
        self._told = False
        self._observing = Observing(self)
        self._place, self._delete = QtWidgets.QToolButton(), QtWidgets.QToolButton()
        self._place.setCheckable(True)
        self._place.setText("Place")
        self._delete.setText("Delete")
        layout = QtWidgets.QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._place)
        layout.addWidget(self._delete)
        self._place.toggled.connect(self.setPlaceModeEnabled)
        self._delete.clicked.connect(self.deleteLastPoint)
        self._update()

    def _show_buttons(self) -> None:
        self._place.setVisible(self.buttonsVisible)
        self._delete.setVisible(self.buttonsVisible)

    @QtCore.Slot(object)
    def setMRMLScene(self, scene: Any) -> None:
        super().setMRMLScene(scene)
        self._observing.clear()
        for node in (self.interactionNode(), self.selectionNode()):
            if scene is not None and node is not None:
                self._observing.add(node, vtk.vtkCommand.AnyEvent, self._on_mode)
        self._update()

    def interactionNode(self) -> Any:
        return slicer.app.applicationLogic().GetInteractionNode()

    def selectionNode(self) -> Any:
        return slicer.app.applicationLogic().GetSelectionNode()

    def currentNode(self) -> Any:
        return self._node

    def currentMarkupsNode(self) -> Any:
        return self._node

    @QtCore.Slot(object)
    def setCurrentNode(self, currentNode: Any) -> None:
        self.setPlaceModeEnabled(False)
        self._node = currentNode
        self._update()

    def _on_mode(self, _caller: Any, _event: str) -> None:
        self._update()

    def _get_active(self) -> bool:
        return self._node is not None and self.selectionNode().GetActivePlaceNodeID() == self._node.GetID()

    @QtCore.Slot(bool)
    def setCurrentNodeActive(self, active: bool) -> None:
        if active and self._node is not None:
            slicer.modules.markups.logic().SetActiveList(self._node)

    currentNodeActive = QtCore.Property(bool, _get_active, setCurrentNodeActive)

    def _get_placing(self) -> bool:
        mode = self.interactionNode()
        return self._get_active() and mode.GetCurrentInteractionMode() == mode.Place

    @QtCore.Slot(bool)
    def setPlaceModeEnabled(self, enable: bool) -> None:
        if enable == self._get_placing() or self._node is None:
            return
        mode = self.interactionNode()
        if enable:
            self.setCurrentNodeActive(True)
            mode.SetPlaceModePersistence(self.placeModePersistency or self.placeMultipleMarkups == _FORCE_MULTIPLE)
            mode.SetCurrentInteractionMode(mode.Place)
        else:
            mode.SetPlaceModePersistence(False)
            mode.SwitchToViewTransformMode()

    placeModeEnabled = QtCore.Property(bool, _get_placing, setPlaceModeEnabled)

    def _update(self) -> None:
        placing = self._get_placing()
        self._place.setEnabled(self._node is not None)
        self._delete.setEnabled(self._node is not None)
        blocker = QtCore.QSignalBlocker(self._place)
        self._place.setChecked(placing)
        blocker.unblock()
        if placing != self._told:
            self._told = placing
            self.activeMarkupsPlaceModeChanged.emit(placing)

    @QtCore.Slot(int)
    def setPlaceMultipleMarkups(self, option: int) -> None:
        self.placeMultipleMarkups = option

    @QtCore.Slot(bool)
    def setPlaceModePersistency(self, value: bool) -> None:
        self.placeModePersistency = value

    @QtCore.Slot(bool)
    def setButtonsVisible(self, visible: bool) -> None:
        self.buttonsVisible = visible

    @QtCore.Slot()
    def deleteLastPoint(self) -> None:
        if self._node is not None and self._node.GetNumberOfControlPoints():
            self._node.RemoveNthControlPoint(self._node.GetNumberOfControlPoints() - 1)

    @QtCore.Slot()
    def deleteAllPoints(self) -> None:
        if self._node is not None:
            self._node.RemoveAllControlPoints()

    def placeButton(self) -> QtWidgets.QToolButton:
        return self._place

    def deleteButton(self) -> QtWidgets.QToolButton:
        return self._delete
