"""A run as it goes on, for a page that asks often: only what is new is read. No torch, no qt, no slicer."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ..learning.events import EVENTS_FILE, Event
from .run_folder import LOG_FILE, RunFolder, State

OWN_WORDS = "sos train: "
"""How the program begins what it says of its own end."""
STOPPED = OWN_WORDS + "stopped"


class EventTail:
    """Reads what was added to an events file since the last time."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._at, self._file = 0, 0

    def read(self) -> tuple[bool, list[Event]]:
        """Return whether the file is another one now (a training that went on drops what it does again), and what is
        new in it."""
        try:
            status = self._path.stat()
        except FileNotFoundError:
            return False, []
        anew = (self._file not in (0, status.st_ino)) or status.st_size < self._at
        if anew:
            self._at = 0
        self._file = status.st_ino
        if status.st_size == self._at:
            return anew, []
        with self._path.open("rb") as stream:
            stream.seek(self._at)
            text = stream.read()
        whole = text[: text.rfind(b"\n") + 1]
        self._at += len(whole)
        return anew, [row for line in whole.splitlines() if isinstance(row := _parsed(line), dict)]


def _parsed(line: bytes) -> Any:
    try:
        return json.loads(line)
    except ValueError:
        return None


@dataclass
class JobCurves:
    """What one job has told so far. ``terms`` are its loss terms, ``metrics`` those of its validations, by step."""

    steps: int = 0
    step: int = 0
    device: str = ""
    text: str = ""
    last: Event | None = None
    at: list[int] = field(default_factory=list)
    terms: dict[str, list[float]] = field(default_factory=dict)
    metrics_at: list[int] = field(default_factory=list)
    metrics: dict[str, list[float]] = field(default_factory=dict)

    def take(self, event: Event) -> None:
        """Take in one event."""
        kind = event["event"]
        if kind == "begin":
            self.steps, self.device = int(event.get("steps", 0)), str(event.get("device", ""))
        elif kind == "step":
            self.last, self.step = event, int(event["step"])
            _append(self.at, self.terms, self.step, {"loss": event["loss"], **event.get("terms", {})})
        elif kind == "validation":
            _append(self.metrics_at, self.metrics, int(event["step"]), event["metrics"])
        elif kind in ("note", "micro_batch", "failed"):
            self.text = str(event.get("text", ""))


def _append(at: list[int], series: dict[str, list[float]], step: int, values: dict[str, Any]) -> None:
    """Add one step's values; what is not told this time, or is told for the first time, is not a number."""
    at.append(step)
    for name, value in values.items():
        series.setdefault(name, [float("nan")] * (len(at) - 1)).append(
            float("nan") if value is None or isinstance(value, (dict, list, str)) else float(value)
        )
    for values_so_far in series.values():
        if len(values_so_far) < len(at):
            values_so_far.append(float("nan"))


class RunWatch:
    """Watches a run folder, whoever works on it."""

    def __init__(self, run: RunFolder) -> None:
        self.run = run
        self.curves = {job.key: JobCurves() for job in run.jobs}
        self.states: dict[str, State] = {job.key: "waiting" for job in run.jobs}
        self.outcomes: dict[str, Mapping[str, Any]] = {}
        """What finished jobs ended with."""
        self.alive = False
        self._tails = {job.key: EventTail(run.job_folder(job.key) / EVENTS_FILE) for job in run.jobs}

    def poll(self) -> set[str]:
        """Read what is new; returns the keys of the jobs whose curves changed."""
        changed = set()
        for key, tail in self._tails.items():
            if self.states[key] == "done":
                continue
            anew, events = tail.read()
            if anew:
                self.curves[key] = JobCurves()
            for event in events:
                self.curves[key].take(event)
            if anew or events:
                changed.add(key)
            self.states[key] = self.run.state(key)
            if self.states[key] == "done":
                self.outcomes[key] = self.run.outcome(key)
        self.alive = self.run.alive
        return changed

    @property
    def done(self) -> tuple[str, ...]:
        """The keys of finished jobs."""
        return tuple(key for key, state in self.states.items() if state == "done")

    @property
    def current(self) -> str | None:
        """The job that runs, else the last one that told something."""
        running = [key for key, state in self.states.items() if state == "running"]
        told = [key for key, curves in self.curves.items() if curves.last is not None]
        return next(reversed(running or told), None)

    def log_size(self) -> int:
        """How long the log of the run's background processes is now."""
        path = self.run.folder / LOG_FILE
        return path.stat().st_size if path.exists() else 0

    def complaint(self, since: int = 0) -> str:
        """Why the background process ended, where it said so in the log behind ``since``; empty while it goes on."""
        path = self.run.folder / LOG_FILE
        text = path.read_bytes()[since:].decode("utf-8", "replace") if path.exists() else ""
        last = next((line for line in reversed(text.splitlines()) if line.strip()), "")
        own = last.startswith(OWN_WORDS) and not last.startswith(STOPPED)
        return last.removeprefix(OWN_WORDS) if own else ""

    @property
    def share(self) -> float:
        """How much is done, 0..1, each job counted the same."""
        parts = [
            1.0 if self.states[key] == "done" else curves.step / curves.steps if curves.steps else 0.0
            for key, curves in self.curves.items()
        ]
        return sum(parts) / len(parts) if parts else 0.0
