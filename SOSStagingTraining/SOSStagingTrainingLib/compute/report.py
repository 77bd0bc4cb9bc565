"""A run told in lines, from its folder alone: as it goes on, and how it stands. No torch."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from types import TracebackType
from typing import Any, Self

from ..learning.events import EVENTS_FILE, Event, read_events
from .run_folder import JobStatus, RunFolder

LINE_SECONDS = 20.0
POLL_SECONDS = 1.0

Write = Callable[[str], None]


class Reporter:
    """Tells what is new in a run's events each time ``poll`` is called; as a context, every second by itself."""

    def __init__(self, run: RunFolder, write: Write) -> None:
        self._run, self._write = run, write
        self._told: dict[str, int] = {job.key: len(self._events(job.key)) for job in run.jobs}
        self._spoken: dict[str, float] = {}
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._go_on, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        self._thread.join()
        self.poll()

    def _go_on(self) -> None:
        while not self._over.wait(POLL_SECONDS):
            self.poll()

    def _events(self, key: str) -> list[Event]:
        return read_events(self._run.job_folder(key) / EVENTS_FILE)

    def poll(self) -> None:
        """Write a line for each new event worth one; steps at most every LINE_SECONDS."""
        for job in self._run.jobs:
            events = self._events(job.key)
            # A training that goes on drops the events after its checkpoint.
            for event in events[min(self._told[job.key], len(events)) :]:
                if event["event"] != "step" or self._due(job.key):
                    text = event_text(event)
                    if text:
                        self._write(f"{job.key}: {text}")
            self._told[job.key] = len(events)

    def _due(self, key: str) -> bool:
        now = time.monotonic()
        if now - self._spoken.get(key, -LINE_SECONDS) < LINE_SECONDS:
            return False
        self._spoken[key] = now
        return True


def event_text(event: Event) -> str:
    """An event in words; empty for those not worth a line."""
    kind = event["event"]
    if kind == "begin":
        steps = f", {event['steps']} steps" if "steps" in event else ""
        return f"begins on {event['device']} with {event['training']} cases{steps}"
    if kind == "step":
        rate = f"{event['images_per_second']:.1f} images/s"
        return f"epoch {event['epoch']}, loss {event['loss']:.4g}, {rate}, {duration(event['eta_s'])} left"
    if kind == "validation":
        return f"validation after epoch {event['epoch']}: {figures(event['metrics'])}"
    words: dict[str, Callable[[], Any]] = {
        "resumed": lambda: f"goes on after step {event['step']} on {event['device']}",
        "micro_batch": lambda: event["text"],
        "note": lambda: event["text"],
        "failed": lambda: event["text"],
        "stopped": lambda: f"stopped after step {event['step']}; a checkpoint is kept",
        "end": lambda: f"trained in {duration(event['seconds'])}",
    }
    return str(words[kind]()) if kind in words else ""


def figures(metrics: Mapping[str, float | None]) -> str:
    """Figures by name; those that are no number any more as such."""
    return ", ".join(f"{name} {'not a number' if v is None else format(v, '.3g')}" for name, v in metrics.items())


def duration(seconds: float) -> str:
    """Seconds in words."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours} h {minutes} min"
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"


def status_text(run: RunFolder) -> str:
    """How every job stands, a line for each, and what the whole still takes as far as that can be told."""
    found = run.status()
    lines = [_status_line(status, run.outcome(status.job.key).get("detector")) for status in found]
    done = sum(status.state == "done" for status in found)
    alive = "a program works on it" if run.alive else "no program works on it"
    return "\n".join([*lines, f"{done} of {len(found)} jobs done; {alive}"])


def _status_line(status: JobStatus, detector: Mapping[str, Any] | None) -> str:
    text = f"{status.job.key:<40} {status.state}"
    if detector:
        named = {"map50": "mAP50", "map50_95": "mAP50-95", "mean_iou": "mean IoU", "found": "found"}
        text += f", {figures({word: detector[name] for name, word in named.items()})}, n = {detector['n']}"
    if status.state in ("running", "interrupted") and status.steps:
        text += f", step {status.step} of {status.steps}"
    if status.state == "running" and status.eta_s is not None:
        text += f", {duration(status.eta_s)} left"
    if status.metrics:
        text += f", {figures(status.metrics)}"
    return f"{text}: {status.text}" if status.text else text
