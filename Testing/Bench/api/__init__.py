"""What Slicer offers to Python: the classes and members a module may use, from the extracted API files."""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
# A class's second base in C++, which the API files leave out; PythonQt looks there too (its addParentClass).
_SECOND_BASES = {"QLayout": "QLayoutItem", "QWidget": "QPaintDevice"}
_UNLISTED_BASES = {"QVTKWidget": "QWidget"}  # VTK's own widget, which the API files do not describe


@cache
def table(name: str) -> dict[str, Any]:
    """Return the classes or modules of `widgets`, `qt` or `python`."""
    content = json.loads((HERE / f"{name}.json").read_text(encoding="utf-8"))
    return content.get("classes") or content["modules"]


def is_widget_class(name: str) -> bool:
    """Whether `name` is one of the ctk, qMRML or qSlicer classes of the extracted API."""
    return name in table("widgets")


def is_qt_class(name: str) -> bool:
    """Whether `name` is one of the plain Qt classes of the extracted API."""
    return name in table("qt")


def called_name(signature: str) -> str:
    """Return the member's name in a signature such as `vtkMRMLNode* addNode([QString nodeType])`."""
    head = signature.split("(", 1)[0]
    return re.split(r"[\s*&]+", head.strip())[-1]


def argument_count(signature: str) -> int:
    """Return how many arguments a signature such as `valuesChanged(double, double)` has."""
    inside = signature.split("(", 1)[1].rsplit(")", 1)[0]
    return len(re.sub(r"<[^>]*>", "", inside).split(",")) if inside.strip() else 0


@cache
def members(name: str) -> frozenset[str]:
    """Return every name Python may use on an instance of this class, bases included; empty for an unknown class."""
    name = _UNLISTED_BASES.get(name, name)
    if is_widget_class(name):
        return _widget_members(name)
    if is_qt_class(name):
        return _qt_members(name)
    return frozenset()


def own_members(name: str) -> frozenset[str]:
    """Return the names a ctk, qMRML or qSlicer class adds to its base."""
    entry = table("widgets")[name]
    names = set(entry.get("properties", {}))
    for kind in ("signals", "slots", "invokables", "decorated"):
        names |= {called_name(signature) for signature in entry.get(kind, [])}
    names |= {*entry.get("enums", {}), *enum_values(name)}
    return frozenset(names)


def enum_values(name: str) -> dict[str, int]:
    """Return the enum values a ctk, qMRML or qSlicer class declares itself, as PythonQt sees them: integers."""
    enums = table("widgets")[name].get("enums", {})
    return {key: value for values in enums.values() for key, value in values.items() if key != "__flags__"}


def _widget_members(name: str) -> frozenset[str]:
    return own_members(name) | members(table("widgets")[name].get("super", ""))


def _qt_members(name: str) -> frozenset[str]:
    entry = table("qt")[name]
    names: set[str] = set(entry.get("enums", []))
    for kind in ("methods", "properties", "signals", "slots", "static"):
        names |= set(entry.get(kind, "").split())
    return frozenset(names) | members(entry.get("super", "")) | members(_SECOND_BASES.get(name, ""))


@cache
def signal_names() -> frozenset[str]:
    """Return the names of the signals of all classes."""
    names = {called_name(text) for entry in table("widgets").values() for text in entry.get("signals", ())}
    return frozenset(names.union(*(entry.get("signals", "").split() for entry in table("qt").values())))


@cache
def python_names(module: str) -> frozenset[str]:
    """Return the names of a Python module of Slicer; of parameterNodeWrapper those of all its parts."""
    parts = [
        key
        for key in table("python")
        if key == module or (key.startswith("slicer.parameterNodeWrapper.") and key.startswith(module + "."))
    ]
    kinds = ("functions", "classes", "constants")
    return frozenset(name for part in parts for kind in kinds for name in table("python")[part].get(kind, ()))


@cache
def signatures(name: str, kind: str) -> tuple[str, ...]:
    """Return the signatures of one kind (`signals`, `slots`, `invokables`) of a widget class and its widget bases."""
    entry = table("widgets").get(name)
    if entry is None:
        return ()
    return tuple(entry.get(kind, ())) + signatures(entry.get("super", ""), kind)
