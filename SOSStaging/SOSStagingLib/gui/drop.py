"""Files dropped on the page."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import qt


class DropFilter(qt.QObject):
    """Takes files dropped on a widget; ``dropped`` gets their paths."""

    def __init__(self, widget: Any, dropped: Callable[[list[Path]], None]) -> None:
        qt.QObject.__init__(self)
        self._dropped = dropped
        widget.setAcceptDrops(True)
        widget.installEventFilter(self)

    def eventFilter(self, _watched: Any, event: Any) -> bool:
        """Take drops of local files, leave the rest to Qt."""
        kind = event.type()
        if kind not in (qt.QEvent.DragEnter, qt.QEvent.Drop):
            return False
        paths = [Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()]
        if not paths:
            return False
        event.acceptProposedAction()
        if kind == qt.QEvent.Drop:
            self._dropped(paths)
        return True
