"""Errors nobody raised to the caller, kept so that a test can ask for them.

Exceptions in slots and events and wrong connections are only printed in Slicer, and a test run of Slicer fails by them.
The bench adds Qt's warnings (an unknown widget in a .ui file, a second layout on a widget) and VTK's errors.
"""

from __future__ import annotations

import sys
import traceback
from types import TracebackType
from typing import Any

_found: list[str] = []
_HARMLESS = ("This plugin does not support",)  # what Qt without a display cannot do
_keep: list[Any] = []


def record(text: str) -> None:
    """Keep one problem."""
    _found.append(text)


def take() -> list[str]:
    """Return the problems since the last call and forget them."""
    found = list(_found)
    _found.clear()
    return found


def watch_all() -> None:
    """Keep every exception PySide6 would only print, every warning of Qt and every error of VTK."""
    _watch_exceptions()
    _watch_qt()
    _watch_vtk()


def _watch_exceptions() -> None:
    plain = sys.excepthook

    def hook(kind: type[BaseException], value: BaseException, trace: TracebackType | None) -> None:
        record("".join(traceback.format_exception(kind, value, trace)))
        plain(kind, value, trace)

    sys.excepthook = hook


def _watch_qt() -> None:
    from PySide6 import QtCore

    telling = (QtCore.QtMsgType.QtWarningMsg, QtCore.QtMsgType.QtCriticalMsg)

    def hear(kind: QtCore.QtMsgType, _context: Any, text: str) -> None:
        if text.startswith(_HARMLESS):
            return
        print(text, file=sys.stderr)
        if kind in telling:
            record(f"Qt: {text}")

    QtCore.qInstallMessageHandler(hear)


def _watch_vtk() -> None:
    import vtk

    @vtk.calldata_type(vtk.VTK_STRING)
    def hear(_caller: Any, _event: str, text: str) -> None:
        record(f"VTK: {text}")

    window = vtk.vtkOutputWindow.GetInstance()
    window.AddObserver(vtk.vtkCommand.ErrorEvent, hear)
    _keep.append(hear)
