"""The modules `qt` and `ctk`."""

from __future__ import annotations

import types
from typing import Any

from PySide6 import QtCore, QtGui, QtNetwork, QtUiTools, QtWidgets

from Bench import api
from Bench.pythonqt import loader, registry

_SOURCES = (QtCore, QtGui, QtWidgets, QtNetwork, QtUiTools)


class _QtModule(types.ModuleType):
    """`qt`: one flat module with the classes Slicer wraps, no more."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        if name == "QUiLoader":
            return loader.QUiLoader
        if not api.is_qt_class(name):
            raise AttributeError(
                f"qt has no attribute '{name}' (not in Slicer's Python, or not in the bench's list of Qt classes)"
            )
        for module in _SOURCES:
            if hasattr(module, name):
                return getattr(module, name)
        raise AttributeError(f"qt.{name} exists with Qt 5 only; a page must run with Qt 5 and Qt 6")


class _CtkModule(types.ModuleType):
    """`ctk`: the widgets the bench offers."""

    def __getattr__(self, name: str) -> Any:
        found = registry.widget_class(name) if name.startswith("ctk") else None
        if found is None:
            raise AttributeError(f"the bench's ctk has no {name}")
        return found


def make() -> dict[str, types.ModuleType]:
    """Return the modules by name."""
    return {"qt": _QtModule("qt", "Qt as Slicer offers it"), "ctk": _CtkModule("ctk", "CTK as Slicer offers it")}


_pending: set[QtCore.QTimer] = set()


def _single_shot(msec: int, receiver: Any, member: str | None = None) -> None:
    """QTimer.singleShot with Slicer's two forms: (msec, callable) and (msec, receiver, member)."""
    function = receiver if member is None else getattr(receiver, member.split("(", 1)[0].lstrip("12"))
    timer = QtCore.QTimer()
    timer.setSingleShot(True)

    def fire() -> None:
        _pending.discard(timer)
        function()

    _pending.add(timer)
    timer.timeout.connect(fire)
    timer.start(int(msec))


def adapt_static_functions() -> None:
    """Make static functions answer as PythonQt's do."""
    QtCore.QTimer.singleShot = staticmethod(_single_shot)  # type: ignore[method-assign,assignment]
