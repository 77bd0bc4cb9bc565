"""How long the Qt event loop was blocked, and by what.

    with LoopWatch() as watch:
        bench.wait_until(lambda: page.finished, 60)
    print(watch.longest_ms, watch.report())

A timer beats in the loop; a beat that comes late shows how long nothing else could be handled. What the main thread
did meanwhile is looked up from another thread, so a block inside one long C++ call is seen at its end at the latest.
Only time in which the loop should run counts: keep a test's own work out of the `with`. Other load on the machine makes
blocks longer.
"""

from __future__ import annotations

import sys
import threading
import time
import traceback
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

from PySide6 import QtCore

VIEWS = Path(__file__).resolve().parent / "views"
_BEAT_MS = 5
_LOOK_S = 0.01


@dataclass(frozen=True)
class Block:
    """One time the loop was blocked."""

    ms: float
    at_s: float  # since the watch began
    stack: str  # of the main thread for most of the block; empty where it was too short to be looked at

    @property
    def drawing(self) -> bool:
        """Whether the bench's own views were made or drawn: by the processor, Slicer's by the graphics card."""
        files = [line for line in self.stack.splitlines() if line.lstrip().startswith("File")]
        return bool(files) and str(VIEWS) in files[-1]


class LoopWatch:
    """Measures while it is entered; blocks of less than `limit_ms` are only counted in `longest_ms`."""

    def __init__(self, limit_ms: float = 100.0) -> None:
        self.limit_ms = limit_ms
        self.longest_ms = 0.0
        self.longest_own_ms = 0.0  # without the blocks in which the bench's views were drawn
        self.beats = 0
        self.blocks: list[Block] = []
        self._seen: Counter[str] = Counter()
        self._stop = threading.Event()
        self._main = threading.get_ident()
        self._timer = QtCore.QTimer()
        self._timer.setTimerType(QtCore.Qt.PreciseTimer)
        self._timer.setInterval(_BEAT_MS)
        self._timer.timeout.connect(self._beat)

    def __enter__(self) -> LoopWatch:
        self._began = self._last = time.perf_counter()
        self._looker = threading.Thread(target=self._look, daemon=True)
        self._looker.start()
        self._timer.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._note(time.perf_counter())
        self._timer.stop()
        self._stop.set()
        self._looker.join()

    def _beat(self) -> None:
        self.beats += 1
        self._note(time.perf_counter())

    def _note(self, now: float) -> None:
        late = (now - self._last) * 1000.0 - _BEAT_MS
        self.longest_ms = max(self.longest_ms, late)
        longest = self._seen.most_common(1)
        block = Block(late, self._last - self._began, longest[0][0] if longest else "")
        if late >= self.limit_ms:
            self.blocks.append(block)
        if not block.drawing:
            self.longest_own_ms = max(self.longest_own_ms, late)
        self._last, self._seen = now, Counter()

    def _look(self) -> None:
        while not self._stop.wait(_LOOK_S):
            frame = sys._current_frames().get(self._main)
            if frame is not None and (time.perf_counter() - self._last) * 1000.0 > self.limit_ms / 2:
                self._seen["".join(traceback.format_stack(frame)[-8:])] += 1

    def report(self) -> str:
        """Return the blocks, longest first, with what ran."""
        worst = sorted(self.blocks, key=lambda block: -block.ms)
        lines = [f"{block.ms:.0f} ms at {block.at_s:.1f} s\n{block.stack}" for block in worst]
        first = f"longest block {self.longest_ms:.0f} ms, {self.longest_own_ms:.0f} ms without the bench's own drawing"
        return "\n".join([first, *lines])
