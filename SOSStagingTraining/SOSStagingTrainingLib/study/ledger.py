"""What one rater did, as lines that are only ever appended: labels, boxes, skips, notes, and withdrawals of these.

A label is undone by a withdrawal line that names it, never by taking its line away.
"""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from SOSStagingLib.scan.types import Plane

from .store import append_lines, read_lines

Event = Literal["label", "roi", "skip", "note", "withdraw"]
EVENTS = ("label", "roi", "skip", "note", "withdraw")
FIRST_READING = 1


@dataclass(frozen=True)
class Entry:
    """One line of a rater's ledger.

    ``stage`` belongs to a label: None says that the case cannot be judged. ``reading`` counts from 1; higher ones are
    blind re-readings of the same case. ``roi_file`` (below the study folder) and ``roi_sha256`` belong to boxes.
    ``plane`` is the midsagittal plane the rater looked at where they moved it. ``of`` is the id of the line a
    withdrawal takes back. ``when`` is UTC, None where a simulator wrote the line.
    """

    id: str
    event: Event
    case: str
    rater: str
    when: str | None = None
    scheme: str | None = None
    stage: int | None = None
    reading: int = FIRST_READING
    plane: Plane | None = None
    roi_file: str | None = None
    roi_sha256: str | None = None
    note: str = ""
    of: str | None = None

    def to_json(self) -> dict[str, Any]:
        """Return plain JSON values, only those that belong to the event."""
        data: dict[str, Any] = {"id": self.id, "event": self.event, "case": self.case, "rater": self.rater}
        data["when"] = self.when
        if self.event == "label":
            data |= {"scheme": self.scheme, "stage": self.stage}
        if self.event in ("label", "skip"):
            data["reading"] = self.reading
        if self.event == "roi":
            data |= {"roi_file": self.roi_file, "roi_sha256": self.roi_sha256}
        if self.plane is not None:
            data["plane"] = self.plane.to_json()
        if self.of is not None:
            data["of"] = self.of
        if self.note:
            data["note"] = self.note
        return data

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Entry:
        """Build from a ledger line; ValueError, KeyError or TypeError where it is not one."""
        stage, reading = data.get("stage"), data.get("reading", FIRST_READING)
        for number in (stage, reading):
            if number is not None and (isinstance(number, bool) or not isinstance(number, int)):
                raise ValueError(f"{number!r} is not a whole number")
        if data["event"] not in EVENTS or reading < FIRST_READING:
            raise ValueError("unknown event or reading")
        if data["event"] == "label" and not {"stage", "scheme"} <= data.keys():
            raise ValueError("a label without stage or scheme")
        return cls(
            id=str(data["id"]),
            event=data["event"],
            case=str(data["case"]),
            rater=str(data["rater"]),
            when=data.get("when"),
            scheme=data.get("scheme"),
            stage=stage,
            reading=reading,
            plane=None if data.get("plane") is None else Plane.from_json(data["plane"]),
            roi_file=data.get("roi_file"),
            roi_sha256=data.get("roi_sha256"),
            note=str(data.get("note", "")),
            of=data.get("of"),
        )

    def derived(self) -> Entry:
        """Return the entry with an id that follows from its content, without time: the same for the same seed."""
        text = json.dumps(replace(self, id="", when=None).to_json(), sort_keys=True)
        return replace(self, id=hashlib.sha256(text.encode()).hexdigest()[:16], when=None)

    @property
    def action(self) -> str:
        """What the entries that were appended together have in common."""
        return self.id.partition("-")[0]


def stamped(entries: Iterable[Entry], scheme: str) -> list[Entry]:
    """Return entries that belong together with fresh ids, the present time and, for labels, the scheme."""
    action, when = uuid.uuid4().hex[:16], datetime.now(UTC).isoformat(timespec="seconds")
    return [
        replace(entry, id=f"{action}-{n}", when=when, scheme=scheme if entry.event == "label" else None)
        for n, entry in enumerate(entries, start=1)
    ]


@dataclass(frozen=True)
class Ledger:
    """All of a rater's readable lines, in order, and the numbers of the lines that are not readable."""

    rater: str
    entries: tuple[Entry, ...] = ()
    damaged: tuple[int, ...] = ()

    @property
    def standing(self) -> tuple[Entry, ...]:
        """The entries that were not withdrawn, withdrawals left out."""
        gone = {entry.of for entry in self.entries if entry.event == "withdraw"}
        return tuple(e for e in self.entries if e.id not in gone and e.event != "withdraw")

    def labels(self, reading: int = FIRST_READING) -> dict[str, Entry]:
        """Return the last standing label of each case in this reading."""
        return {e.case: e for e in self.standing if e.event == "label" and e.reading == reading}

    def rois(self) -> dict[str, Entry]:
        """Return the last standing boxes of each case."""
        return {e.case: e for e in self.standing if e.event == "roi"}

    def skips(self, reading: int = FIRST_READING) -> dict[str, Entry]:
        """Return the last standing skip of each case that was not labelled after all."""
        labelled = self.labels(reading)
        found = {e.case: e for e in self.standing if e.event == "skip" and e.reading == reading}
        return {case: entry for case, entry in found.items() if case not in labelled}

    def planes(self) -> dict[str, Plane]:
        """Return the plane of each case as this rater last moved it."""
        return {e.case: e.plane for e in self.standing if e.plane is not None and e.plane.source == "user"}


def read_ledger(path: Path) -> Ledger:
    """Read a ledger; what is no entry is counted, not raised. A line that came twice counts once."""
    lines, damaged = read_lines(path)
    entries: dict[str, Entry] = {}
    for number, data in lines:
        try:
            entry = Entry.from_json(data)
        except (KeyError, TypeError, ValueError):
            damaged.append(number)
            continue
        entries.setdefault(entry.id, entry)
    return Ledger(path.stem, tuple(entries.values()), tuple(sorted(damaged)))


def append_entries(folder: Path, path: Path, entries: Iterable[Entry]) -> None:
    """Append entries, all or none (see ``store.append_lines`` for what it raises)."""
    append_lines(folder, path, [entry.to_json() for entry in entries])
