"""Staging in the background, told to the page: progress with time left, the result, or why there is none."""

from __future__ import annotations

import shutil
import sys
import time
from collections.abc import Callable
from pathlib import Path

import qt
from slicer.i18n import tr as _

from ..scan.types import Plane, Scan
from ..staging.background import HANDOVER, BackgroundStaging, Failure
from ..staging.client import WorkerClient
from ..staging.protocol import Progress
from ..staging.result import StagingResult

TICK_MS = 30
START = "start"
"""The phase in which the worker loads the network; it tells nothing of its own until it is done."""

# Seconds each phase takes at first; what was measured replaces them.
_USUAL = {HANDOVER: 0.5, START: 6.0, "read": 0.2, "quality": 1.0, "plane": 2.0, "slab": 0.7, "network": 1.0}


def python_for_worker() -> str:
    """The Python that may import torch: PythonSlicer where there is one."""
    return shutil.which("PythonSlicer") or sys.executable


def phase_text(phase: str) -> str:
    """What a phase does, in plain words."""
    texts = {
        HANDOVER: _("Handing the scan over"),
        START: _("Starting the network"),
        "read": _("Reading the scan"),
        "quality": _("Checking the scan"),
        "plane": _("Finding the midsagittal plane"),
        "slab": _("Cutting the midsagittal slice"),
        "network": _("Judging the synchondrosis"),
    }
    return texts.get(phase, phase)


class Clock:
    """How much of a run is done and how long the rest will take, from what earlier runs took."""

    def __init__(self) -> None:
        self.usual = dict(_USUAL)
        self._phases: list[str] = []
        self._phase = ""
        self._since = 0.0

    def begin(self, running: bool, same_scan: bool) -> None:
        """A run begins; a running worker and a scan it has already make it shorter."""
        left_out = {START} if running else set()
        left_out |= {HANDOVER, "plane"} if same_scan else set()
        self._phases = [phase for phase in _USUAL if phase not in left_out]
        self._phase, self._since = self._phases[0], time.monotonic()

    def enter(self, phase: str) -> None:
        """The next phase begins."""
        if phase != self._phase and phase in self._phases:
            self.usual[self._phase] = max(0.05, time.monotonic() - self._since)
            self._phase, self._since = phase, time.monotonic()

    @property
    def phase(self) -> str:
        """What runs now."""
        return self._phase

    @property
    def left(self) -> float:
        """Seconds left."""
        index = self._phases.index(self._phase)
        here = max(0.0, self.usual[self._phase] - (time.monotonic() - self._since))
        return here + sum(self.usual[phase] for phase in self._phases[index + 1 :])

    @property
    def percent(self) -> int:
        """How much is done, 0 to 99."""
        total = sum(self.usual[phase] for phase in self._phases)
        return max(0, min(99, round(100 * (1 - self.left / total))))


class StagingRun:
    """One run at a time. ``told`` gets (phase, percent, seconds left); ``done`` a StagingResult or a Failure."""

    def __init__(
        self, told: Callable[[str, int, float], None], done: Callable[[StagingResult | Failure], None]
    ) -> None:
        self._told, self._done = told, done
        self._clock = Clock()
        self._staging: BackgroundStaging | None = None
        self._model: tuple[Path | None, str | None] = (None, None)
        self._key: object = None
        self._handed = False
        self._timer = qt.QTimer()
        self._timer.setInterval(TICK_MS)
        self._timer.connect("timeout()", self._tick)

    @property
    def busy(self) -> bool:
        """Whether a scan is being staged."""
        return self._staging is not None and self._staging.busy

    @property
    def worker_pid(self) -> int | None:
        """Process id of the worker, None when there is none."""
        return None if self._staging is None else self._staging.worker_pid

    def start(
        self, scan: Scan, plane: Plane | None, key: object, model: Path | None, engine: str | None = None
    ) -> None:
        """Begin to stage a scan; another model ends the worker of the one before."""
        if self._staging is None or self._model != (model, engine):
            self.close(wait=False)
            self._model = (model, engine)
            self._staging = BackgroundStaging(
                lambda: WorkerClient(model, python_executable=python_for_worker(), engine=engine)
            )
        same = key is not None and key == self._key
        self._clock.begin(self.worker_pid is not None, same)
        self._key, self._handed = key, same
        self._staging.start(scan, plane, key)
        self._timer.start()
        self._tell()

    def cancel(self) -> None:
        """Stop what runs; ``done`` gets a Failure ``cancelled``."""
        if self._staging is not None:
            self._staging.cancel()
            self._key = None

    def close(self, wait: bool = True) -> None:
        """End the worker and everything it started; nothing is told any more. The page's end waits for it."""
        self._timer.stop()
        staging, self._staging = self._staging, None
        self._key = None
        if staging is not None:
            staging.close(wait)

    def _tick(self) -> None:
        # The application may hold the interpreter between calls: this lets the thread that reads the worker go on.
        time.sleep(0.001)
        if self._staging is None:
            return
        for event in self._staging.poll():
            if not isinstance(event, Progress):
                self._timer.stop()
                self._done(event)
                return
            self._clock.enter(START if event.phase == HANDOVER and event.i >= event.n else event.phase)
        self._tell()

    def _tell(self) -> None:
        self._told(self._clock.phase, self._clock.percent, self._clock.left)
