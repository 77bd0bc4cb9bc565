"""Read the modules' sources and .ui files for names Slicer does not list, also on paths no test runs through."""

from __future__ import annotations

import ast
import enum
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator
from pathlib import Path

from Bench import api

_UI_ONLY = {"Line": "QFrame", "Spacer": "QWidget"}  # what Qt Designer calls a separator
# Declared by hand, see Bench/extensions.py; everything else of `slicer` is looked up.
_SLICER_OBJECTS = {"app", "modules", "moduleNames", "mrmlScene", "util", "selfTests", "dicomDatabase", "packaging"}
_SLICER_OBJECTS |= {"i18n", "testing", "ScriptedLoadableModule", "parameterNodeWrapper"}


def complaints(folder: Path) -> list[str]:
    """Return what is wrong in every .py and .ui file below `folder`, one line each, with file and line."""
    found = []
    for path in sorted(folder.rglob("*.py")):
        found += [f"{path.name}:{line}: {text}" for line, text in check_source(path)]
    for path in sorted(folder.rglob("*.ui")):
        found += [f"{path.name}: {text}" for text in check_ui(path)]
    return found


# Python


def check_source(path: Path) -> list[tuple[int, str]]:
    """Return (line, complaint) for names of qt, ctk and slicer, imports from slicer and signal texts."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    imported = {
        alias.asname or alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names
    }
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute):
            parts = _dotted(node)
            if parts and parts[0] in {"qt", "ctk", "slicer"} & imported:
                found += [(node.lineno, text) for text in _check_name(parts)]
        elif (
            isinstance(node, ast.ImportFrom)
            and node.module
            and node.module.split(".")[0] == "slicer"
            and not node.level
        ):
            found += [(node.lineno, text) for alias in node.names for text in _check_import(node.module, alias.name)]
        elif isinstance(node, ast.Call):
            found += [(node.lineno, text) for text in _check_connect(node)]
    return sorted(set(found))


def _dotted(node: ast.expr) -> list[str]:
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.insert(0, node.attr)
        node = node.value
    return [node.id, *parts] if isinstance(node, ast.Name) else []


def _check_name(parts: list[str]) -> Iterator[str]:
    root, name, rest = parts[0], parts[1], parts[2:]
    if root == "qt":
        if not api.is_qt_class(name):
            yield f"qt.{name} is not in Slicer's Qt, or not in the bench's list of Qt classes"
        elif rest and not _is_known_of_qt(name, rest[0]):
            yield f"qt.{name}.{rest[0]} is not in Slicer's API"
    elif root == "ctk":
        yield from _check_widget_class("ctk", name, rest)
    else:
        yield from _check_slicer(name, rest)


def _is_known_of_qt(class_name: str, name: str) -> bool:
    return name.startswith("__") or name in api.members(class_name) or _is_enum_value(class_name, name)


def _is_enum_value(class_name: str, name: str) -> bool:
    """Whether PySide6 has an enum value of this name, for the API files list the enum types of Qt classes only."""
    from PySide6 import QtCore, QtGui, QtNetwork, QtWidgets

    for module in (QtCore, QtGui, QtWidgets, QtNetwork):
        if hasattr(module, class_name):
            return isinstance(getattr(getattr(module, class_name), name, None), enum.Enum)
    return False


def _check_widget_class(module: str, name: str, rest: list[str]) -> Iterator[str]:
    if not api.is_widget_class(name):
        yield f"{module}.{name} is not in Slicer's API, or not in the bench's list (Bench/api/extract.py)"
    elif rest and rest[0] not in api.members(name) and not rest[0].startswith("__"):
        yield f"{module}.{name}.{rest[0]} is not in Slicer's API"


def _check_slicer(name: str, rest: list[str]) -> Iterator[str]:
    import slicer

    if name.startswith("q"):
        yield from _check_widget_class("slicer", name, rest)
    elif name == "app":
        # PythonQt gives every QObject these two.
        if rest and rest[0] not in {*api.members("qSlicerApplication"), "connect", "disconnect"}:
            yield f"slicer.app.{rest[0]} is not in Slicer's API"
    elif f"slicer.{name}" in api.table("python"):
        if rest and rest[0] not in api.python_names(f"slicer.{name}"):
            yield f"slicer.{name}.{rest[0]} is not in Slicer's API"
    elif name not in _SLICER_OBJECTS and not hasattr(slicer, name):
        yield f"slicer.{name} does not exist"


def _check_import(module: str, name: str) -> Iterator[str]:
    if module == "slicer":
        yield from _check_slicer(name, [])
    elif module not in api.table("python"):
        yield f"there is no module {module} in Slicer, or it is not in the bench's list"
    elif name not in api.python_names(module):
        yield f"{module}.{name} is not in Slicer's API"


def _check_connect(node: ast.Call) -> Iterator[str]:
    if not (isinstance(node.func, ast.Attribute) and node.func.attr in ("connect", "disconnect") and node.args):
        return
    text = node.args[0]
    if isinstance(text, ast.Constant) and isinstance(text.value, str):
        name = text.value.split("(", 1)[0]
        if not text.value.endswith(")") or name not in api.signal_names():
            yield f"no class has the signal {text.value!r}"


# .ui files


def check_ui(path: Path) -> list[str]:
    """Return complaints about classes, properties and connections of a .ui file."""
    tree = ElementTree.parse(path)
    classes = {item.get("name", ""): item.get("class", "") for item in tree.iter("widget")}
    found = []
    for widget in tree.iter("widget"):
        found += _check_widget(widget)
    for item in tree.iter("connection"):
        sender, signal, receiver, slot = (item.findtext(tag, "") for tag in ("sender", "signal", "receiver", "slot"))
        for owner, member, kind in ((sender, signal, "signal"), (receiver, slot, "slot")):
            if owner not in classes:
                found.append(f"connection with {owner}, which is not there")
            elif api.called_name(member) not in api.members(classes[owner]):
                found.append(f"{classes[owner]} ({owner}) has no {kind} {member}")
    return found


def _check_widget(widget: ElementTree.Element) -> list[str]:
    class_name, name = widget.get("class", ""), widget.get("name", "")
    class_name = _UI_ONLY.get(class_name, class_name)
    if not api.is_widget_class(class_name) and not api.is_qt_class(class_name):
        return [f"{class_name} ({name}) is not in Slicer's API, or not in the bench's list"]
    # stdset="0" marks a dynamic property, which any object takes.
    used = [item.get("name", "") for item in widget.findall("property") if item.get("stdset") != "0"]
    return [f"{class_name} ({name}) has no property {item}" for item in used if item not in api.members(class_name)]
