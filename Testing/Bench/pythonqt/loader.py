"""QUiLoader that knows ctk and qMRML widgets and treats an unknown one as an error."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree
from typing import Any

from PySide6 import QtCore, QtGui, QtUiTools, QtWidgets

from Bench import api, problems
from Bench.pythonqt import registry


class QUiLoader(QtUiTools.QUiLoader):
    """Loads a .ui file as Slicer does.

    PySide6 cannot carry a VTK object through a signal declared in a .ui connection, so those connections are made in
    Python.
    """

    def createWidget(
        self, class_name: str, parent: QtWidgets.QWidget | None = None, name: str = ""
    ) -> QtWidgets.QWidget:
        cls = registry.widget_class(class_name)
        if cls is None:
            if class_name.startswith(("ctk", "qMRML", "qSlicer")):
                problems.record(f"the bench has no widget {class_name} (named {name} in the .ui file)")
            return super().createWidget(class_name, parent, name)
        widget = cls(parent)
        QtCore.QObject.setObjectName(widget, name)
        return widget

    def createAction(self, parent: QtCore.QObject | None = None, name: str = "") -> QtGui.QAction:
        action = QtGui.QAction(parent)
        QtCore.QObject.setObjectName(action, name)
        return action

    def load(self, device: QtCore.QIODevice | str, parent: QtWidgets.QWidget | None = None) -> QtWidgets.QWidget | None:
        data = _bytes_of(device)
        try:
            tree = ElementTree.fromstring(data)
        except ElementTree.ParseError as error:
            problems.record(f".ui file is not XML: {error}")
            return None
        choices = _take_choices(tree)
        connections = _take_connections(tree)
        buffer = QtCore.QBuffer()
        buffer.setData(ElementTree.tostring(tree))
        buffer.open(QtCore.QIODevice.ReadOnly)
        widget = super().load(buffer, parent)
        if widget is not None:
            for name, item, value in choices:
                setattr(_named(widget, name), item, value)
            for parts in connections:
                _connect(widget, *parts)
        return widget


def _bytes_of(device: QtCore.QIODevice | str) -> bytes:
    if not isinstance(device, str):
        return bytes(device.readAll().data())
    file = QtCore.QFile(device)
    file.open(QtCore.QIODevice.ReadOnly)
    return bytes(file.readAll().data())


def _take_choices(tree: ElementTree.Element) -> list[tuple[str, str, int]]:
    """Remove enum properties of ctk and qMRML classes, which PySide6 cannot read; return (widget, property, value)."""
    found = []
    for widget in tree.iter("widget"):
        for item in list(widget.findall("property")):
            text = item.findtext("enum") or item.findtext("set") or ""
            if any(api.is_widget_class(part.split("::")[0]) for part in text.split("|")):
                widget.remove(item)
                found.append((widget.get("name", ""), item.get("name", ""), _choice_value(text)))
    return found


def _choice_value(text: str) -> int:
    value = 0
    for part in text.split("|"):
        class_name, name = part.split("::")[0], part.split("::")[-1]
        values = api.enum_values(class_name)
        if name not in values:
            problems.record(f".ui file: {class_name} has no value {name}")
        value |= values.get(name, 0)
    return value


def _take_connections(tree: ElementTree.Element) -> list[tuple[str, str, str, str]]:
    """Remove the connections with VTK types from the tree and return (sender, signal, receiver, slot) of each."""
    found = []
    for group in tree.iter("connections"):
        for item in list(group):
            parts = [item.findtext(tag, "") for tag in ("sender", "signal", "receiver", "slot")]
            if "vtk" in parts[1] or "vtk" in parts[3]:
                group.remove(item)
                found.append((parts[0], parts[1], parts[2], parts[3]))
    return found


def _connect(top: QtWidgets.QWidget, sender: str, signal: str, receiver: str, slot: str) -> None:
    source, target = _named(top, sender), _named(top, receiver)
    if source is None or target is None:
        problems.record(f".ui connection {sender}.{signal} -> {receiver}.{slot}: no such widget")
        return
    source.connect(signal, getattr(target, slot.split("(", 1)[0]))


def _named(top: QtWidgets.QWidget, name: str) -> Any:
    if QtCore.QObject.objectName(top) == name:
        return top
    return QtCore.QObject.findChild(top, QtCore.QObject, name)
