"""ctk sliders and spin boxes: numbers with decimals."""

from __future__ import annotations

from PySide6 import QtCore, QtWidgets

from Bench.widgets.kept import kept, passed


class ctkDoubleSpinBox(QtWidgets.QWidget):
    """A spin box for floats."""

    valueChanged = QtCore.Signal((float,), (str,))
    editingFinished = QtCore.Signal()
    decimalsChanged = QtCore.Signal(int)
    minimum = passed(float, "_box", "minimum")
    maximum = passed(float, "_box", "maximum")
    singleStep = passed(float, "_box", "singleStep")
    prefix = passed(str, "_box", "prefix")
    suffix = passed(str, "_box", "suffix")
    decimals = passed(int, "_box", "decimals")
    value = passed(float, "_box", "value")
    readOnly = passed(bool, "_box", "readOnly")

    def __init__(self, parent: QtWidgets.QWidget | None = None) -> None:
        super().__init__(parent)
        self._box = QtWidgets.QDoubleSpinBox()
        layout = QtWidgets.QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._box)
        self.setFocusProxy(self._box)
        self._box.valueChanged.connect(self._on_value)
        self._box.editingFinished.connect(self.editingFinished.emit)

    def _on_value(self, value: float) -> None:
        self.valueChanged[float].emit(value)
        self.valueChanged[str].emit(self._box.text)

    @QtCore.Slot(float)
    def setValue(self, value: float) -> None:
        self._box.setValue(value)

    @QtCore.Slot(int)
    def setDecimals(self, decimals: int) -> None:
        self._box.setDecimals(decimals)
        self.decimalsChanged.emit(decimals)

    @QtCore.Slot(bool)
    def setReadOnly(self, value: bool) -> None:
        self._box.setReadOnly(value)

    @QtCore.Slot()
    def stepUp(self) -> None:
        self._box.stepUp()

    @QtCore.Slot()
    def stepDown(self) -> None:
        self._box.stepDown()


class ctkDoubleSlider(QtWidgets.QWidget):
    """A slider for floats: an integer slider that counts single steps."""

    valueChanged = QtCore.Signal(float)
    sliderMoved = QtCore.Signal(float)
    sliderPressed = QtCore.Signal()
    sliderReleased = QtCore.Signal()
    rangeChanged = QtCore.Signal(float, float)
    minimum = kept(float, 0.0, "_rescale")
    maximum = kept(float, 99.0, "_rescale")
    singleStep = kept(float, 1.0, "_rescale")
    pageStep = kept(float, 10.0, "_rescale")
    tracking = passed(bool, "_slider", "tracking")
    orientation = passed(QtCore.Qt.Orientation, "_slider", "orientation")
    tickPosition = passed(int, "_slider", "tickPosition")
    invertedAppearance = passed(bool, "_slider", "invertedAppearance")
    invertedControls = passed(bool, "_slider", "invertedControls")

    def __init__(self, parent: QtWidgets.QWidget | None = None) -> None:
        super().__init__(parent)
        self._exact = 0.0
        self._slider = QtWidgets.QSlider(QtCore.Qt.Horizontal)
        layout = QtWidgets.QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._slider)
        self.setFocusProxy(self._slider)
        self._slider.valueChanged.connect(self._on_slider)
        self._slider.sliderMoved.connect(lambda at: self.sliderMoved.emit(self._value_at(at)))
        self._slider.sliderPressed.connect(self.sliderPressed.emit)
        self._slider.sliderReleased.connect(self.sliderReleased.emit)
        self._rescale()

    def _value_at(self, position: int) -> float:
        return min(self.minimum + position * self.singleStep, self.maximum)

    def _rescale(self) -> None:
        steps = max(0, round((self.maximum - self.minimum) / self.singleStep))
        blocker = QtCore.QSignalBlocker(self._slider)
        self._slider.setRange(0, steps)
        self._slider.setPageStep(max(1, round(self.pageStep / self.singleStep)))
        blocker.unblock()
        self._set_value(self._exact)
        self._place()
        self.rangeChanged.emit(self.minimum, self.maximum)

    def _place(self) -> None:
        blocker = QtCore.QSignalBlocker(self._slider)
        self._slider.setValue(round((self._exact - self.minimum) / self.singleStep))
        blocker.unblock()

    def _on_slider(self, position: int) -> None:
        self._exact = self._value_at(position)
        self.valueChanged.emit(self._exact)

    def _get_value(self) -> float:
        return self._exact

    def _set_value(self, value: float) -> None:
        value = min(max(value, self.minimum), self.maximum)
        if value == self._exact:
            return
        self._exact = value
        self._place()
        self.valueChanged.emit(value)

    value = QtCore.Property(float, _get_value, _set_value)

    @QtCore.Slot(float)
    def setValue(self, value: float) -> None:
        self._set_value(value)

    @QtCore.Slot(QtCore.Qt.Orientation)
    def setOrientation(self, orientation: QtCore.Qt.Orientation) -> None:
        self._slider.setOrientation(orientation)


class ctkSliderWidget(QtWidgets.QWidget):
    """A slider and a spin box for one number."""

    valueChanged = QtCore.Signal(float)
    valueIsChanging = QtCore.Signal(float)
    decimalsChanged = QtCore.Signal(int)
    minimum = kept(float, 0.0, "_set_range")
    maximum = kept(float, 99.0, "_set_range")
    singleStep = kept(float, 1.0, "_set_step")
    pageStep = passed(float, "_slider", "pageStep")
    tracking = kept(bool, True)
    prefix = passed(str, "_box", "prefix")
    suffix = passed(str, "_box", "suffix")
    spinBoxVisible = kept(bool, True, "_show_box")
    popupSlider = kept(bool, False)
    tickPosition = passed(int, "_slider", "tickPosition")

    def __init__(self, parent: QtWidgets.QWidget | None = None) -> None:
        super().__init__(parent)
        self._slider = ctkDoubleSlider()
        self._box = QtWidgets.QDoubleSpinBox()
        layout = QtWidgets.QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._slider, 1)
        layout.addWidget(self._box)
        self.setFocusProxy(self._slider)
        self._held = False
        self._sent = 0.0
        self._slider.valueChanged.connect(self._on_slider)
        self._slider.sliderPressed.connect(self._on_pressed)
        self._slider.sliderReleased.connect(self._on_released)
        self._box.valueChanged.connect(self._on_box)

    def _set_range(self) -> None:
        self._box.setRange(self.minimum, self.maximum)
        self._slider.minimum = self.minimum
        self._slider.maximum = self.maximum

    def _set_step(self) -> None:
        self._box.singleStep = self.singleStep
        self._slider.singleStep = self.singleStep

    def _show_box(self) -> None:
        self._box.setVisible(self.spinBoxVisible)

    def _on_pressed(self) -> None:
        self._held = True

    def _on_released(self) -> None:
        self._held = False
        self._send()

    def _on_slider(self, value: float) -> None:
        blocker = QtCore.QSignalBlocker(self._box)
        self._box.setValue(value)
        blocker.unblock()
        if self._held and not self.tracking:
            self.valueIsChanging.emit(value)
            return
        self._send()

    def _on_box(self, value: float) -> None:
        self._slider.setValue(value)
        self._send()

    def _send(self) -> None:
        if self._sent != self._slider.value:
            self._sent = self._slider.value
            self.valueChanged.emit(self._sent)

    def _get_value(self) -> float:
        return self._slider.value

    def _set_value(self, value: float) -> None:
        # CTK rounds to the shown decimals, for the spin box holds the value.
        self._box.setValue(value)
        self._slider.setValue(self._box.value)

    value = QtCore.Property(float, _get_value, _set_value)

    def _get_decimals(self) -> int:
        return self._box.decimals

    def _set_decimals(self, decimals: int) -> None:
        self._box.setDecimals(decimals)
        self.decimalsChanged.emit(decimals)

    decimals = QtCore.Property(int, _get_decimals, _set_decimals)

    @QtCore.Slot(float)
    def setValue(self, value: float) -> None:
        self._set_value(value)

    @QtCore.Slot(bool)
    def setSpinBoxVisible(self, visible: bool) -> None:
        self.spinBoxVisible = visible

    @QtCore.Slot(int)
    def setDecimals(self, decimals: int) -> None:
        self._set_decimals(decimals)

    @QtCore.Slot()
    def reset(self) -> None:
        self._set_value(0.0)
