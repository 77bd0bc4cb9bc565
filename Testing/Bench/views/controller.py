"""The bars above the views."""

from __future__ import annotations

from typing import Any

import vtk
from PySide6 import QtCore, QtGui, QtWidgets

from Bench.observing import Observing
from Bench.widgets.kept import kept
from Bench.widgets.qmrml_basic import qMRMLSliderWidget, qMRMLWidget


class qMRMLViewControllerBar(qMRMLWidget):
    """A thin bar in the view's colour with its label."""

    showMaximizeViewButton = kept(bool, True)

    def __init__(self, parent: QtWidgets.QWidget | None = None) -> None:
        super().__init__(parent)
        self._bar = QtWidgets.QHBoxLayout(self)
        self._bar.setContentsMargins(2, 0, 2, 0)
        self._label = QtWidgets.QLabel()
        self._label.setAutoFillBackground(True)
        self._label.setContentsMargins(4, 0, 4, 0)
        self._bar.addWidget(self._label)
        self.setSizePolicy(QtWidgets.QSizePolicy.Preferred, QtWidgets.QSizePolicy.Fixed)

    def _describe(self, label: str, color: tuple[float, float, float]) -> None:
        palette = QtGui.QPalette(self._label.palette)
        palette.setColor(QtGui.QPalette.Window, QtGui.QColor.fromRgbF(*color))
        palette.setColor(QtGui.QPalette.WindowText, QtGui.QColor("black"))
        self._label.setPalette(palette)
        self._label.setText(label)

    def barLayout(self) -> QtWidgets.QLayout:
        return self._bar

    def barWidget(self) -> QtWidgets.QWidget:
        return self

    def viewLabel(self) -> QtWidgets.QLabel:
        return self._label


class qMRMLSliceControllerWidget(qMRMLViewControllerBar):
    """The bar of a slice view: offset slider, fit button, orientation."""

    def __init__(self, parent: QtWidgets.QWidget | None = None) -> None:
        super().__init__(parent)
        self._logic: Any = None
        self._busy = False
        self._observing = Observing(self)
        self._fit = QtWidgets.QToolButton()
        self._fit.setText("\u2922")
        self._fit.setToolTip("Adjust the slice viewer's field of view to match the extent of the visible volume")
        self._offset = qMRMLSliderWidget()
        self._offset.suffix = "mm"
        self._offset.decimals = 3
        self._bar.addWidget(self._fit)
        self._bar.addWidget(self._offset, 1)
        self._fit.clicked.connect(self.fitSliceToBackground)
        self._offset.valueChanged.connect(self.setSliceOffsetValue)

    def setSliceLogic(self, logic: Any) -> None:
        self._logic = logic
        node = logic.GetSliceNode()
        self._describe(node.GetLayoutLabel() or node.GetLayoutName(), node.GetLayoutColor())
        self._observing.add(node, vtk.vtkCommand.ModifiedEvent, self._on_node)
        self._observing.add(logic, vtk.vtkCommand.ModifiedEvent, self._on_node)
        self._on_node(node, "")

    def _on_node(self, _caller: Any, _event: str) -> None:
        if self._busy or self._logic.GetSliceNode() is None:
            return
        self._busy = True
        bounds = [0.0] * 6
        self._logic.GetLowestVolumeSliceBounds(bounds)
        low, high = min(bounds[4:]), max(bounds[4:])
        if low < high:
            self._offset.minimum, self._offset.maximum = low, high
            self._offset.singleStep = max(abs(self._logic.GetLowestVolumeSliceSpacing()[2]), 0.001)
        self._offset.value = self._logic.GetSliceOffset()
        self._busy = False

    @QtCore.Slot(float)
    def setSliceOffsetValue(self, offset: float) -> None:
        if not self._busy and self._logic is not None:
            self._logic.SetSliceOffset(offset)

    @QtCore.Slot()
    def fitSliceToBackground(self) -> None:
        self._logic.FitSliceToBackground()

    def sliceLogic(self) -> Any:
        return self._logic

    def mrmlSliceNode(self) -> Any:
        return self._logic.GetSliceNode()

    def mrmlSliceCompositeNode(self) -> Any:
        return self._logic.GetSliceCompositeNode()

    def sliceOffsetSlider(self) -> qMRMLSliderWidget:
        return self._offset

    def fitToWindowToolButton(self) -> QtWidgets.QToolButton:
        return self._fit
