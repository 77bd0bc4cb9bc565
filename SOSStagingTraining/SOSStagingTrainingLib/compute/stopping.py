"""Asking a training to stop: a file in the run folder, or a signal; it ends after the step it is at."""

from __future__ import annotations

import signal
import threading
from types import FrameType, TracebackType
from typing import Any, Self

from .run_folder import RunFolder

SIGNALS = (signal.SIGINT, signal.SIGTERM)


class StopRequest:
    """Called, it tells whether the run should stop. In the main thread the first Ctrl-C or SIGTERM asks for that; a
    second one interrupts at once."""

    def __init__(self, run: RunFolder) -> None:
        self._run = run
        self.signalled = False
        self._before: dict[signal.Signals, Any] = {}

    def __call__(self) -> bool:
        """Whether to stop."""
        return self.signalled or self._run.stop_requested

    def __enter__(self) -> Self:
        if threading.current_thread() is threading.main_thread():
            self._before = {number: signal.signal(number, self._asked) for number in SIGNALS}
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._restore()

    def _restore(self) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)
        self._before = {}

    def _asked(self, number: int, frame: FrameType | None) -> None:
        self.signalled = True
        self._restore()
