"""slicer.parameterNodeWrapper: which widget shows which type of parameter.

The pairs and the exact comparison of classes follow Slicer's guiConnectors: a subclass of a listed widget is refused.
"""

from __future__ import annotations

import enum
import pathlib
from collections.abc import Callable
from typing import Any

import ctk
import qt
import slicer

from Bench.slicer_modules.parameter_types import Choice, Decimals, Maximum, Minimum, Parameter, SingleStep, WithinRange


class Connector:
    """Reads and writes one widget."""

    def __init__(self, widget: Any, signal: str, read: Callable[[], Any], write: Callable[[Any], None]) -> None:
        self.widget, self.signal, self.read, self.write = widget, signal, read, write
        self._slot: Callable[[], None] | None = None

    def on_changed(self, function: Callable[[], None]) -> None:
        self._slot = function
        self.widget.connect(self.signal, function)

    def release(self) -> None:
        self.widget.disconnect(self.signal, self._slot)


def connector_for(widget: Any, parameter: Parameter) -> Connector:
    """Return the connector of a widget and a parameter.

    Raises:
        RuntimeError: Slicer cannot connect this widget to a parameter of this type.
    """
    for make in (_check_box, _whole_number, _number, _choice, _text, _path, _node):
        found = make(widget, parameter)
        if found is not None:
            return found
    raise RuntimeError(f"Unable to find connector for widget {type(widget).__name__} and datatype {parameter.type}")


def _property(widget: Any, name: str, signal: str) -> Connector:
    return Connector(widget, signal, lambda: getattr(widget, name), lambda value: setattr(widget, name, value))


def _check_box(widget: Any, parameter: Parameter) -> Connector | None:
    if parameter.type is not bool or type(widget) not in (
        qt.QCheckBox,
        ctk.ctkCheckBox,
        qt.QPushButton,
        ctk.ctkCheckablePushButton,
    ):
        return None
    if type(widget) is qt.QPushButton:
        widget.checkable = True
    return _property(widget, "checked", "toggled(bool)")


def _limits(parameter: Parameter) -> tuple[float, float]:
    low, high = float("-inf"), float("inf")
    for note in parameter.annotations:
        if isinstance(note, (WithinRange, Minimum)):
            low = max(low, note.minimum)
        if isinstance(note, (WithinRange, Maximum)):
            high = min(high, note.maximum)
    return low, high


def _has_choice(parameter: Parameter) -> bool:
    return any(isinstance(note, Choice) for note in parameter.annotations)


def _apply_hints(widget: Any, parameter: Parameter) -> None:
    for note in parameter.annotations:
        if isinstance(note, Decimals):
            widget.decimals = note.value
        if isinstance(note, SingleStep):
            widget.singleStep = note.value


def _whole_number(widget: Any, parameter: Parameter) -> Connector | None:
    if parameter.type is not int or type(widget) not in (qt.QSlider, qt.QSpinBox) or _has_choice(parameter):
        return None
    low, high = _limits(parameter)
    if type(widget) is qt.QSlider and (low == float("-inf") or high == float("inf")):
        raise RuntimeError("Cannot have a connection to QSlider where the int is unbounded.")
    widget.minimum = int(max(low, -(2**31)))
    widget.maximum = int(min(high, 2**31 - 1))
    _apply_hints(widget, parameter)
    return _property(widget, "value", "valueChanged(int)")


def _number(widget: Any, parameter: Parameter) -> Connector | None:
    sliders = (ctk.ctkSliderWidget, ctk.ctkDoubleSlider, slicer.qMRMLSliderWidget)
    boxes = (qt.QDoubleSpinBox, ctk.ctkDoubleSpinBox, slicer.qMRMLSpinBox)
    if parameter.type not in (int, float) or type(widget) not in sliders + boxes or _has_choice(parameter):
        return None
    low, high = _limits(parameter)
    if type(widget) in sliders and (low == float("-inf") or high == float("inf")):
        raise RuntimeError(f"Cannot have a connection to {type(widget).__name__} where the number is unbounded.")
    widget.minimum, widget.maximum = low, high
    if parameter.type is int and hasattr(widget, "decimals"):
        widget.decimals = 0
    _apply_hints(widget, parameter)
    kind = parameter.type
    return Connector(
        widget, "valueChanged(double)", lambda: kind(widget.value), lambda value: setattr(widget, "value", float(value))
    )


def _choice(widget: Any, parameter: Parameter) -> Connector | None:
    is_enum = isinstance(parameter.type, type) and issubclass(parameter.type, enum.Enum)
    if type(widget) not in (qt.QComboBox, ctk.ctkComboBox) or not (is_enum or _has_choice(parameter)):
        return None
    values = (
        list(parameter.type) if is_enum else next(n.choices for n in parameter.annotations if isinstance(n, Choice))
    )
    labels = [(getattr(v, "label", None) and v.label()) or v.name if is_enum else str(v) for v in values]
    widget.clear()
    widget.addItems(labels)
    return Connector(
        widget,
        "currentIndexChanged(int)",
        lambda: values[widget.currentIndex],
        lambda value: setattr(widget, "currentIndex", values.index(value)),
    )


def _text(widget: Any, parameter: Parameter) -> Connector | None:
    if parameter.type is not str:
        return None
    if type(widget) is qt.QLineEdit:
        return _property(widget, "text", "textChanged(QString)")
    if type(widget) is qt.QTextEdit:
        return _property(widget, "plainText", "textChanged()")
    if type(widget) is qt.QLabel:
        return _property(widget, "text", "objectNameChanged(QString)")  # a label never changes by itself
    return None


def _path(widget: Any, parameter: Parameter) -> Connector | None:
    if not (isinstance(parameter.type, type) and issubclass(parameter.type, pathlib.PurePath)):
        return None
    names = {
        ctk.ctkPathLineEdit: ("currentPath", "currentPathChanged(QString)"),
        ctk.ctkDirectoryButton: ("directory", "directoryChanged(QString)"),
    }
    if type(widget) not in names:
        return None
    name, signal = names[type(widget)]
    kind = parameter.type
    return Connector(
        widget, signal, lambda: kind(getattr(widget, name)), lambda value: setattr(widget, name, str(value))
    )


def _node(widget: Any, parameter: Parameter) -> Connector | None:
    if type(widget) is not slicer.qMRMLNodeComboBox or not parameter.node_types:
        return None
    widget.nodeTypes = [kind.__name__ for kind in parameter.node_types]
    return Connector(widget, "currentNodeChanged(vtkMRMLNode*)", widget.currentNode, widget.setCurrentNode)
