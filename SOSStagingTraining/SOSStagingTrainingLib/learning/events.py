"""What a training tells while it runs: events.jsonl, one JSON object on a line. No torch.

Every event has ``event`` and ``time`` (seconds since 1970). ``begin``: job, device, precision, threads, parameters,
training, validation, steps, steps_per_epoch. ``step``: step, epoch, loss, terms, rate, images_per_second, memory_mb,
seconds, eta_s. ``validation``: step, epoch, metrics. ``checkpoint``: step. ``micro_batch``: step, size, text.
``resumed``: step. ``stopped``: step. ``failed``: code, text. ``end``: step, seconds, metrics.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from SOSStagingLib.report.files import plain, write_text

from .keeping import refused_for_room

EVENTS_FILE = "events.jsonl"
Event = dict[str, Any]


class EventLog:
    """Appends events to a file, and hands each to ``listener``."""

    def __init__(self, path: Path, listener: Callable[[Event], None] | None = None) -> None:
        self.path = path
        self._listener = listener

    def add(self, event: str, **values: Any) -> None:
        """Append one event; DiskFullError where the disk has no room for it."""
        row = {"event": event, "time": round(time.time(), 3), **plain(values)}
        with refused_for_room(self.path), self.path.open("a", encoding="utf-8") as handle:
            handle.write(json.dumps(row) + "\n")
        if self._listener is not None:
            self._listener(row)

    def rewind(self, step: int) -> None:
        """Drop what was told of steps that are done again: those after ``step``, where the checkpoint is."""
        kept = [row for row in read_events(self.path) if row.get("step", 0) <= step]
        with refused_for_room(self.path):
            write_text(self.path, "".join(json.dumps(row) + "\n" for row in kept))


def read_events(path: Path) -> list[Event]:
    """All events of a run so far; a line that is being written just now is left out."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return []
    found = []
    for line in lines:
        try:
            row = json.loads(line)
        except ValueError:
            continue
        if isinstance(row, dict):
            found.append(row)
    return found
