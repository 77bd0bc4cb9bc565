"""ctk range sliders: two handles for a lower and an upper value."""

from __future__ import annotations

from typing import Any

from PySide6 import QtCore, QtGui, QtWidgets

from Bench.widgets.kept import kept

_HANDLE = 10  # px, width of a handle
_HEIGHT = 20  # px


class ctkDoubleRangeSlider(QtWidgets.QWidget):
    """A slider with two handles for floats."""

    minimumValueChanged = QtCore.Signal(float)
    maximumValueChanged = QtCore.Signal(float)
    valuesChanged = QtCore.Signal(float, float)
    minimumPositionChanged = QtCore.Signal(float)
    maximumPositionChanged = QtCore.Signal(float)
    positionsChanged = QtCore.Signal(float, float)
    sliderPressed = QtCore.Signal()
    sliderReleased = QtCore.Signal()
    rangeChanged = QtCore.Signal(float, float)
    minimum = kept(float, 0.0, "_on_range")
    maximum = kept(float, 99.0, "_on_range")
    singleStep = kept(float, 1.0)
    tickInterval = kept(float, 0.0)
    tickPosition = kept(int, 0)
    tracking = kept(bool, True)
    symmetricMoves = kept(bool, False)
    orientation = kept(QtCore.Qt.Orientation, QtCore.Qt.Horizontal)

    def __init__(self, parent: QtWidgets.QWidget | None = None) -> None:
        super().__init__(parent)
        self._low, self._high = 0.0, 99.0
        self._held = ""
        self.setFocusPolicy(QtCore.Qt.StrongFocus)
        self.setMinimumSize(60, _HEIGHT)
        self.setSizePolicy(QtWidgets.QSizePolicy.Expanding, QtWidgets.QSizePolicy.Fixed)

    # Values

    def _on_range(self) -> None:
        self._store(self._low, self._high)
        self.rangeChanged.emit(self.minimum, self.maximum)

    def _stepped(self, value: float) -> float:
        value = min(max(value, self.minimum), self.maximum)
        return min(self.minimum + round((value - self.minimum) / self.singleStep) * self.singleStep, self.maximum)

    def _store(self, low: float, high: float) -> None:
        low, high = self._stepped(low), self._stepped(high)
        low, high = min(low, high), max(low, high)
        low_moved, high_moved = low != self._low, high != self._high
        self._low, self._high = low, high
        self.update()
        for moved, value, changed, position in (
            (low_moved, low, self.minimumValueChanged, self.minimumPositionChanged),
            (high_moved, high, self.maximumValueChanged, self.maximumPositionChanged),
        ):
            if moved:
                changed.emit(value)
                position.emit(value)
        if low_moved or high_moved:
            self.valuesChanged.emit(low, high)
            self.positionsChanged.emit(low, high)

    def _move_low(self, value: float) -> None:
        value = min(value, self._high)
        other = self.maximum - (value - self.minimum) if self.symmetricMoves else self._high
        self._store(value, max(other, value))

    def _move_high(self, value: float) -> None:
        value = max(value, self._low)
        other = self.minimum + (self.maximum - value) if self.symmetricMoves else self._low
        self._store(min(other, value), value)

    minimumValue = QtCore.Property(float, lambda self: self._low, _move_low)
    maximumValue = QtCore.Property(float, lambda self: self._high, _move_high)
    minimumPosition = QtCore.Property(float, lambda self: self._low, _move_low)
    maximumPosition = QtCore.Property(float, lambda self: self._high, _move_high)

    @QtCore.Slot(float, float)
    def setRange(self, low: float, high: float) -> None:
        self.minimum, self.maximum = low, high

    @QtCore.Slot(float)
    def setMinimumValue(self, value: float) -> None:
        self._move_low(value)

    @QtCore.Slot(float)
    def setMaximumValue(self, value: float) -> None:
        self._move_high(value)

    @QtCore.Slot(float, float)
    def setValues(self, low: float, high: float) -> None:
        self._store(low, high)

    # Mouse, keys and picture

    def _pixel(self, value: float) -> int:
        span = max(self.maximum - self.minimum, 1e-12)
        return round(_HANDLE / 2 + (value - self.minimum) / span * (self.width - _HANDLE))

    def _value_at(self, x: float) -> float:
        share = (x - _HANDLE / 2) / max(self.width - _HANDLE, 1)
        return self.minimum + share * (self.maximum - self.minimum)

    def mousePressEvent(self, event: QtGui.QMouseEvent) -> None:
        x = event.position().x()
        to_low, to_high = abs(x - self._pixel(self._low)), abs(x - self._pixel(self._high))
        # Where the handles lie on each other, the side of the press decides.
        self._held = "low" if to_low < to_high or (to_low == to_high and x < self._pixel(self._low)) else "high"
        self.sliderPressed.emit()

    def mouseMoveEvent(self, event: QtGui.QMouseEvent) -> None:
        if self._held:
            move = self._move_low if self._held == "low" else self._move_high
            move(self._value_at(event.position().x()))

    def mouseReleaseEvent(self, event: QtGui.QMouseEvent) -> None:
        self._held = ""
        self.sliderReleased.emit()

    def keyPressEvent(self, event: QtGui.QKeyEvent) -> None:
        step = {QtCore.Qt.Key_Left: -1, QtCore.Qt.Key_Down: -1, QtCore.Qt.Key_Right: 1, QtCore.Qt.Key_Up: 1}.get(
            event.key(), 0
        )
        if not step:
            super().keyPressEvent(event)
        elif event.modifiers() & QtCore.Qt.ShiftModifier:
            self._move_low(self._low + step * self.singleStep)
        else:
            self._move_high(self._high + step * self.singleStep)

    def paintEvent(self, event: QtGui.QPaintEvent) -> None:
        painter = QtGui.QPainter(self)
        middle = self.height // 2
        low, high = self._pixel(self._low), self._pixel(self._high)
        painter.fillRect(0, middle - 2, self.width, 4, self.palette.mid())
        colour = self.palette.highlight() if self.enabled else self.palette.dark()
        painter.fillRect(low, middle - 2, high - low, 4, colour)
        painter.setPen(self.palette.shadow().color())
        painter.setBrush(self.palette.button())
        for at in (low, high):
            painter.drawRoundedRect(at - _HANDLE // 2, middle - 8, _HANDLE - 1, 15, 2, 2)
        painter.end()


class ctkRangeWidget(QtWidgets.QWidget):
    """A range slider between two spin boxes."""

    minimumValueChanged = QtCore.Signal(float)
    minimumValueIsChanging = QtCore.Signal(float)
    maximumValueChanged = QtCore.Signal(float)
    maximumValueIsChanging = QtCore.Signal(float)
    valuesChanged = QtCore.Signal(float, float)
    rangeChanged = QtCore.Signal(float, float)
    minimum = kept(float, 0.0, "_on_range")
    maximum = kept(float, 99.0, "_on_range")
    singleStep = kept(float, 1.0, "_on_step")
    decimals = kept(int, 2, "_on_step")
    prefix = kept(str, "", "_on_step")
    suffix = kept(str, "", "_on_step")
    tracking = kept(bool, True)
    symmetricMoves = kept(bool, False, "_on_step")
    tickInterval = kept(float, 0.0)
    autoSpinBoxWidth = kept(bool, True)

    def __init__(self, parent: QtWidgets.QWidget | None = None) -> None:
        super().__init__(parent)
        self._low, self._slider, self._high = (
            QtWidgets.QDoubleSpinBox(),
            ctkDoubleRangeSlider(),
            QtWidgets.QDoubleSpinBox(),
        )
        layout = QtWidgets.QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._low)
        layout.addWidget(self._slider, 1)
        layout.addWidget(self._high)
        self.setFocusProxy(self._slider)
        self._sent = (0.0, 99.0)
        self._held = False
        self._on_range()
        self._slider.setValues(0.0, 99.0)
        self._on_slider(0.0, 99.0)
        self._slider.valuesChanged.connect(self._on_slider)
        self._slider.sliderPressed.connect(self._on_pressed)
        self._slider.sliderReleased.connect(self._on_released)
        self._low.valueChanged.connect(self.setMinimumValue)
        self._high.valueChanged.connect(self.setMaximumValue)

    def _on_range(self) -> None:
        for box in (self._low, self._high):
            blocker = QtCore.QSignalBlocker(box)
            box.setRange(self.minimum, self.maximum)
            blocker.unblock()
        self._slider.setRange(self.minimum, self.maximum)
        self.rangeChanged.emit(self.minimum, self.maximum)

    def _on_step(self) -> None:
        for box in (self._low, self._high):
            box.singleStep, box.decimals = self.singleStep, self.decimals
            box.prefix, box.suffix = self.prefix, self.suffix
        self._slider.singleStep, self._slider.symmetricMoves = self.singleStep, self.symmetricMoves

    def _on_pressed(self) -> None:
        self._held = True

    def _on_released(self) -> None:
        self._held = False
        self._send()

    def _on_slider(self, low: float, high: float) -> None:
        for box, value in ((self._low, low), (self._high, high)):
            blocker = QtCore.QSignalBlocker(box)
            box.setValue(value)
            blocker.unblock()
        if self._held and not self.tracking:
            self.minimumValueIsChanging.emit(low)
            self.maximumValueIsChanging.emit(high)
        else:
            self._send()

    def _send(self) -> None:
        now = (self._slider.minimumValue, self._slider.maximumValue)
        before, self._sent = self._sent, now
        if now[0] != before[0]:
            self.minimumValueChanged.emit(now[0])
        if now[1] != before[1]:
            self.maximumValueChanged.emit(now[1])
        if now != before:
            self.valuesChanged.emit(*now)

    @QtCore.Slot(float)
    def setMinimumValue(self, value: float) -> None:
        self._slider.setMinimumValue(value)

    @QtCore.Slot(float)
    def setMaximumValue(self, value: float) -> None:
        self._slider.setMaximumValue(value)

    minimumValue = QtCore.Property(float, lambda self: self._slider.minimumValue, setMinimumValue)
    maximumValue = QtCore.Property(float, lambda self: self._slider.maximumValue, setMaximumValue)

    @QtCore.Slot(float, float)
    def setValues(self, low: float, high: float) -> None:
        self._slider.setValues(low, high)

    @QtCore.Slot(float, float)
    def setRange(self, low: float, high: float) -> None:
        self.minimum, self.maximum = low, high

    @QtCore.Slot(int)
    def setDecimals(self, decimals: int) -> None:
        self.decimals = decimals

    @QtCore.Slot()
    def reset(self) -> None:
        self.setValues(self.minimum, self.maximum)


class qMRMLRangeWidget(ctkRangeWidget):
    """A range that can take its unit from the scene."""

    quantity = kept(str, "")

    def __init__(self, parent: QtWidgets.QWidget | None = None) -> None:
        super().__init__(parent)
        self._scene: Any = None

    @QtCore.Slot(object)
    def setMRMLScene(self, scene: Any) -> None:
        self._scene = scene

    @QtCore.Slot(str)
    def setQuantity(self, quantity: str) -> None:
        self.quantity = quantity
