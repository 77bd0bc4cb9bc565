"""A VTK view inside a Qt page: drawn off screen, shown as a picture, with the mouse and keys handed to VTK.

A native VTK window cannot be grabbed with the page around it and does not draw at all on Qt's offscreen platform.
"""

from __future__ import annotations

import contextlib
from typing import Any

import numpy as np
import vtk
from PySide6 import QtCore, QtGui, QtWidgets
from vtk.util.numpy_support import vtk_to_numpy

from Bench.widgets.kept import kept

_BUTTONS = {
    QtCore.Qt.LeftButton: "LeftButton",
    QtCore.Qt.RightButton: "RightButton",
    QtCore.Qt.MiddleButton: "MiddleButton",
}
_MIN_SIZE = 40  # px


class ctkVTKAbstractView(QtWidgets.QWidget):
    """The render window, its interactor and the picture of the last frame."""

    backgroundColor = kept(QtGui.QColor, QtGui.QColor(0, 0, 0), "_apply_background")
    backgroundColor2 = kept(QtGui.QColor, QtGui.QColor(0, 0, 0), "_apply_background")
    gradientBackground = kept(bool, False, "_apply_background")
    cornerAnnotationText = kept(str, "", "_apply_corner")
    renderEnabled = kept(bool, True)

    def __init__(self, parent: QtWidgets.QWidget | None = None) -> None:
        super().__init__(parent)
        self.setMouseTracking(True)
        self.setFocusPolicy(QtCore.Qt.StrongFocus)
        self.setMinimumSize(_MIN_SIZE, _MIN_SIZE)
        self.setSizePolicy(QtWidgets.QSizePolicy.Expanding, QtWidgets.QSizePolicy.Expanding)
        self._pauses = 0
        self._frames = 0
        self._image: QtGui.QImage | None = None
        self._window = vtk.vtkRenderWindow()
        self._window.SetOffScreenRendering(1)
        self._window.SetMultiSamples(0)
        self._window.SetSize(_MIN_SIZE, _MIN_SIZE)
        self._renderer = vtk.vtkRenderer()
        self._window.AddRenderer(self._renderer)
        self._corner = vtk.vtkCornerAnnotation()
        self._renderer.AddViewProp(self._corner)
        self._interactor = vtk.vtkRenderWindowInteractor()
        self._interactor.SetRenderWindow(self._window)
        self._interactor.EnableRenderOff()
        self._timer = QtCore.QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(0)
        self._timer.timeout.connect(self._draw_if_shown)

    # Drawing

    def _apply_background(self) -> None:
        self._renderer.SetBackground(*_rgb(self.backgroundColor))
        self._renderer.SetBackground2(*_rgb(self.backgroundColor2))
        self._renderer.SetGradientBackground(self.gradientBackground)
        self._schedule()

    def _apply_corner(self) -> None:
        self._corner.SetText(0, self.cornerAnnotationText)
        self._schedule()

    @QtCore.Slot()
    def scheduleRender(self) -> None:
        self._schedule()

    def _schedule(self) -> None:
        if self.renderEnabled and not self._pauses and not self._timer.active:
            self._timer.start()

    @QtCore.Slot()
    def forceRender(self) -> None:
        self._draw_now()

    def _draw_now(self) -> None:
        self._timer.stop()
        self._draw()

    def _draw_if_shown(self) -> None:
        if self.visible and not self._pauses:
            self._draw()

    def _before_draw(self) -> None:
        """Told to subclasses before a frame."""

    def _draw(self) -> None:
        self._before_draw()
        self._window.Render()
        self._frames += 1
        width, height = self._window.GetSize()
        pixels = vtk.vtkUnsignedCharArray()
        self._window.GetRGBACharPixelData(0, 0, width - 1, height - 1, 1, pixels)
        rows = vtk_to_numpy(pixels).reshape(height, width, 4)[::-1]
        rows = np.ascontiguousarray(rows)
        self._image = QtGui.QImage(rows.data, width, height, 4 * width, QtGui.QImage.Format_RGBX8888).copy()
        self.update()

    @QtCore.Slot(result=int)
    def pauseRender(self) -> int:
        return self._pause(True)

    @QtCore.Slot(result=int)
    def resumeRender(self) -> int:
        return self._pause(False)

    @QtCore.Slot(bool, result=int)
    def setRenderPaused(self, pause: bool) -> int:
        return self._pause(pause)

    def _pause(self, pause: bool) -> int:
        self._pauses = max(0, self._pauses + (1 if pause else -1))
        if not self._pauses:
            self._schedule()
        return self._pauses

    @QtCore.Slot(QtGui.QColor)
    def setBackgroundColor(self, color: QtGui.QColor) -> None:
        self.backgroundColor = color

    @QtCore.Slot(QtGui.QColor)
    def setBackgroundColor2(self, color: QtGui.QColor) -> None:
        self.backgroundColor2 = color

    @QtCore.Slot(str)
    def setCornerAnnotationText(self, text: str) -> None:
        self.cornerAnnotationText = text

    def renderWindow(self) -> Any:
        return self._window

    def interactor(self) -> Any:
        return self._interactor

    def cornerAnnotation(self) -> Any:
        return self._corner

    # Qt's side

    def paintEvent(self, event: QtGui.QPaintEvent) -> None:
        painter = QtGui.QPainter(self)
        if self._image is None:
            painter.fillRect(self.rect, self.backgroundColor)
        else:
            painter.drawImage(0, 0, self._image)
        painter.end()

    def resizeEvent(self, event: QtGui.QResizeEvent) -> None:
        width, height = max(self.width, _MIN_SIZE), max(self.height, _MIN_SIZE)
        self._window.SetSize(width, height)
        self._interactor.UpdateSize(width, height)
        self._on_resized(width, height)
        self._schedule()

    def _on_resized(self, width: int, height: int) -> None:
        """Told to subclasses after a change of size, in pixels."""

    def showEvent(self, event: QtGui.QShowEvent) -> None:
        self._schedule()

    def _tell(self, event: Any, what: str, repeat: int = 0) -> None:
        position, modifiers = event.position().toPoint(), event.modifiers()
        self._interactor.SetEventInformation(
            position.x(),
            self.height - 1 - position.y(),
            int(bool(modifiers & QtCore.Qt.ControlModifier)),
            int(bool(modifiers & QtCore.Qt.ShiftModifier)),
            "\0",
            repeat,
            None,
        )
        self._interactor.SetAltKey(int(bool(modifiers & QtCore.Qt.AltModifier)))
        self._interactor.InvokeEvent(what)
        self._schedule()

    def mousePressEvent(self, event: QtGui.QMouseEvent) -> None:
        name = _BUTTONS.get(event.button())
        if name:
            self._tell(event, name + "PressEvent")

    def mouseReleaseEvent(self, event: QtGui.QMouseEvent) -> None:
        name = _BUTTONS.get(event.button())
        if name:
            self._tell(event, name + "ReleaseEvent")

    def mouseDoubleClickEvent(self, event: QtGui.QMouseEvent) -> None:
        name = _BUTTONS.get(event.button())
        if name:
            self._tell(event, name + "PressEvent", 1)
            self._tell(event, name + "DoubleClickEvent", 1)

    def mouseMoveEvent(self, event: QtGui.QMouseEvent) -> None:
        self._tell(event, "MouseMoveEvent")

    def wheelEvent(self, event: QtGui.QWheelEvent) -> None:
        up = event.angleDelta().y() > 0
        self._interactor.InvokeEvent("MouseWheelForwardEvent" if up else "MouseWheelBackwardEvent")
        self._schedule()

    def enterEvent(self, event: QtCore.QEvent) -> None:
        self._interactor.InvokeEvent("EnterEvent")

    def leaveEvent(self, event: QtCore.QEvent) -> None:
        self._interactor.InvokeEvent("LeaveEvent")
        self._schedule()

    def keyPressEvent(self, event: QtGui.QKeyEvent) -> None:
        self._key(event, "KeyPressEvent")
        super().keyPressEvent(event)

    def keyReleaseEvent(self, event: QtGui.QKeyEvent) -> None:
        self._key(event, "KeyReleaseEvent")
        super().keyReleaseEvent(event)

    def _key(self, event: QtGui.QKeyEvent, what: str) -> None:
        text = event.text()
        symbol = _KEY_SYMBOLS.get(event.key(), text)
        self._interactor.SetKeyEventInformation(0, 0, text[0] if text and text.isascii() else "\0", 0, symbol)
        self._interactor.InvokeEvent(what)
        if what == "KeyPressEvent" and text:
            with contextlib.suppress(TypeError):
                self._interactor.InvokeEvent("CharEvent")
        self._schedule()


_KEY_SYMBOLS = {
    QtCore.Qt.Key_Left: "Left",
    QtCore.Qt.Key_Right: "Right",
    QtCore.Qt.Key_Up: "Up",
    QtCore.Qt.Key_Down: "Down",
    QtCore.Qt.Key_Delete: "Delete",
    QtCore.Qt.Key_Backspace: "BackSpace",
    QtCore.Qt.Key_Escape: "Escape",
    QtCore.Qt.Key_Return: "Return",
    QtCore.Qt.Key_Space: "space",
}


def _rgb(color: QtGui.QColor) -> tuple[float, float, float]:
    return color.redF(), color.greenF(), color.blueF()
