"""Work that is done a piece at a time, so that Slicer stays live in between."""

from __future__ import annotations

from collections.abc import Iterator

import qt


class Steps:
    """Runs a generator: what it does before each ``yield`` is one piece. Another one takes its place."""

    def __init__(self) -> None:
        self._pieces: Iterator[object] | None = None
        self._timer = qt.QTimer()
        self._timer.setSingleShot(True)
        self._timer.setInterval(0)
        self._timer.connect("timeout()", self._next)

    @property
    def busy(self) -> bool:
        """Whether there is more to do."""
        return self._pieces is not None

    def start(self, pieces: Iterator[object]) -> None:
        """Do the first piece now and the others when nothing else waits."""
        self._pieces = pieces
        self._next()

    def stop(self) -> None:
        """Do no more of it."""
        self._timer.stop()
        self._pieces = None

    def _next(self) -> None:
        if self._pieces is None:
            return
        try:
            next(self._pieces)
        except StopIteration:
            self._pieces = None
        else:
            self._timer.start()
