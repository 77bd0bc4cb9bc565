"""qMRML widgets that only carry a scene: the page, the sliders, the section."""

from __future__ import annotations

from typing import Any

from PySide6 import QtCore, QtGui, QtWidgets

from Bench.widgets.ctk_buttons import ctkCollapsibleButton
from Bench.widgets.ctk_numbers import ctkDoubleSpinBox, ctkSliderWidget
from Bench.widgets.kept import kept


class qMRMLWidget(QtWidgets.QWidget):
    """The top widget of a module page: it hands the scene on to what is connected to it."""

    mrmlSceneChanged = QtCore.Signal(object)

    def __init__(self, parent: QtWidgets.QWidget | None = None) -> None:
        super().__init__(parent)
        self._scene: Any = None

    @QtCore.Slot(object)
    def setMRMLScene(self, scene: Any) -> None:
        if scene is self._scene:
            return
        self._scene = scene
        self._on_scene()
        self.mrmlSceneChanged.emit(scene)

    def _on_scene(self) -> None:
        """Told to subclasses before the signal goes out."""

    def mrmlScene(self) -> Any:
        return self._scene

    def pixmapFromIcon(self, icon: QtGui.QIcon) -> QtGui.QPixmap:
        return icon.pixmap(QtCore.QSize(16, 16))


class qSlicerWidget(QtWidgets.QWidget):
    """A widget with a scene."""

    mrmlSceneChanged = QtCore.Signal(object)

    def __init__(self, parent: QtWidgets.QWidget | None = None) -> None:
        super().__init__(parent)
        self._scene: Any = None

    @QtCore.Slot(object)
    def setMRMLScene(self, scene: Any) -> None:
        self._scene = scene
        self.mrmlSceneChanged.emit(scene)


class qMRMLCollapsibleButton(ctkCollapsibleButton):
    """A collapsible section that hands on the scene."""

    mrmlSceneChanged = QtCore.Signal(object)

    @QtCore.Slot(object)
    def setMRMLScene(self, scene: Any) -> None:
        self.mrmlSceneChanged.emit(scene)


class qMRMLSliderWidget(ctkSliderWidget):
    """A slider that can take its unit from the scene."""

    quantity = kept(str, "")
    unitAwareProperties = kept(int, 63)

    def __init__(self, parent: QtWidgets.QWidget | None = None) -> None:
        super().__init__(parent)
        self._scene: Any = None

    @QtCore.Slot(object)
    def setMRMLScene(self, scene: Any) -> None:
        self._scene = scene

    def mrmlScene(self) -> Any:
        return self._scene

    @QtCore.Slot(str)
    def setQuantity(self, quantity: str) -> None:
        self.quantity = quantity


class qMRMLSpinBox(ctkDoubleSpinBox):
    """A spin box that can take its unit from the scene."""

    quantity = kept(str, "")
    unitAwareProperties = kept(int, 63)

    def __init__(self, parent: QtWidgets.QWidget | None = None) -> None:
        super().__init__(parent)
        self._scene: Any = None

    @QtCore.Slot(object)
    def setMRMLScene(self, scene: Any) -> None:
        self._scene = scene

    def mrmlScene(self) -> Any:
        return self._scene
