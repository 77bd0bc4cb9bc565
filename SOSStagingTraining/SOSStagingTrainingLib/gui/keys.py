"""Keys that do something wherever the mouse is, though not while a text is typed, and only while they are wanted."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import qt
import slicer


class Keys:
    """Shortcuts of the main window; without one there are none."""

    def __init__(self, actions: Sequence[tuple[str, Callable[[], None]]]) -> None:
        window = slicer.util.mainWindow()
        self._shortcuts = [_shortcut(window, *action) for action in actions] if window is not None else []

    def listen(self, active: bool) -> None:
        """Answer to the keys, or leave them to others."""
        for shortcut in self._shortcuts:
            shortcut.setEnabled(active)

    def close(self) -> None:
        """Give the keys back for good."""
        self.listen(False)
        for shortcut in self._shortcuts:
            shortcut.delete()
        self._shortcuts.clear()


def _shortcut(window: Any, key: str, action: Callable[[], None]) -> Any:
    shortcut = qt.QShortcut(qt.QKeySequence(key), window)
    shortcut.setEnabled(False)
    shortcut.connect("activated()", action)
    return shortcut
