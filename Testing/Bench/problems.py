"""Errors nobody raised to the caller: exceptions in slots and events, wrong connections, unknown widgets of a .ui.

Inside Slicer they are printed to the console and, in a test run, turn the exit status to failure. Here they are kept,
so that a test can ask for them.
"""

from __future__ import annotations

import sys
import traceback
from types import TracebackType

_found: list[str] = []


def record(text: str) -> None:
    """Keep one problem."""
    _found.append(text)


def take() -> list[str]:
    """Return the problems since the last call and forget them."""
    found = list(_found)
    _found.clear()
    return found


def watch_exceptions() -> None:
    """Keep every exception that PySide6 would only print."""
    plain = sys.excepthook

    def hook(kind: type[BaseException], value: BaseException, trace: TracebackType | None) -> None:
        record("".join(traceback.format_exception(kind, value, trace)))
        plain(kind, value, trace)

    sys.excepthook = hook
