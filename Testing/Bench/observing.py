"""VTK observers that end with the Qt object they belong to."""

from __future__ import annotations

import weakref
from collections.abc import Callable
from typing import Any

import shiboken6

Callback = Callable[[Any, Any], None]


class Observing:
    """The observers of one Qt object; they never keep it alive and never call it once it is deleted."""

    def __init__(self, owner: Any) -> None:
        self._owner = weakref.ref(owner)
        self._tags: list[tuple[Any, int]] = []

    def add(self, source: Any, event: int | str, method: Callback) -> None:
        """Call `method`, a method of the owner, with (caller, event) at each `event` of the VTK object `source`."""
        function = weakref.WeakMethod(method)

        def call(caller: Any, what: str) -> None:
            alive, owner = function(), self._owner()
            if alive is None or owner is None or not shiboken6.isValid(owner):
                self.clear()
                return
            alive(caller, what)

        self._tags.append((source, source.AddObserver(event, call)))

    def drop(self, source: Any) -> None:
        """Remove the observers of one VTK object."""
        for found, tag in [pair for pair in self._tags if pair[0] is source]:
            found.RemoveObserver(tag)
        self._tags = [pair for pair in self._tags if pair[0] is not source]

    def clear(self) -> None:
        """Remove every observer."""
        for source, tag in self._tags:
            source.RemoveObserver(tag)
        self._tags = []
