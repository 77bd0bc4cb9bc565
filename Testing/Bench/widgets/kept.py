"""Qt properties for the bench's widget classes, in one line each."""

from __future__ import annotations

import itertools
from typing import Any

from PySide6 import QtCore

_numbers = itertools.count(1)


def kept(kind: Any, start: Any, after: str | None = None) -> QtCore.Property:
    """Return a Qt property that keeps its value on the object; `after` names a method called when the value changes."""
    key = f"_kept_{next(_numbers)}"

    def read(self: Any) -> Any:
        return self.__dict__.get(key, start)

    def write(self: Any, value: Any) -> None:
        changed = read(self) != value
        self.__dict__[key] = value
        if changed and after is not None:
            getattr(self, after)()

    return QtCore.Property(kind, read, write)


def passed(kind: Any, inner: str, name: str) -> QtCore.Property:
    """Return a Qt property that is the property `name` of the widget held in the attribute `inner`."""

    def read(self: Any) -> Any:
        return QtCore.QObject.property(self.__dict__[inner], name)

    def write(self: Any, value: Any) -> None:
        QtCore.QObject.setProperty(self.__dict__[inner], name, value)

    return QtCore.Property(kind, read, write)
