"""A study folder's cases, ledgers and boxes: read from the folder at every question, and appended to."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self

from SOSStagingLib.model.scheme import DEFAULT_SCHEME, SchemeError, StageScheme, load_scheme
from SOSStagingLib.report.files import write_text
from SOSStagingLib.scan.read import safe_case_name
from SOSStagingLib.scan.types import Facing, Plane

from .check import box_problems
from .images import CaseSlab, examine, load_slab
from .ledger import FIRST_READING, Entry, Ledger, append_entries, read_ledger, stamped
from .markups import MARKUPS_SUFFIX, read_rois, rois_text
from .patients import patient_pseudonym
from .roi import RoiBox
from .store import (
    LABEL_FOLDER,
    MANIFEST_FILE,
    ROI_FOLDER,
    STUDY_FORMAT,
    change_manifest,
    locked,
    read_manifest,
    write_manifest,
)
from .types import ASSUMED, EXCLUDED, Case, StudyError, checked_rater

CASE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


class StudyRecords:
    """The records of a study folder.

    Every answer is that of the folder as it is now, files being read again when they have changed, so that several
    programs can work on it at once. Methods raise StudyError, in words for the user, where something is not possible,
    ScanError where a scan cannot be read, and OSError where the disk is full.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = Path(folder)
        self._seen: tuple[int, int] | None = None
        self._manifest: dict[str, Any] = {}
        self._cases: tuple[Case, ...] = ()
        self._ledgers: dict[str, tuple[tuple[int, int], Ledger]] = {}

    @classmethod
    def create(cls, folder: Path, title: str = "", scheme: str = DEFAULT_SCHEME, *, simulated: bool = False) -> Self:
        """Make an empty study; the folder may exist and hold scans already."""
        folder = Path(folder)
        _scheme(scheme)
        folder.mkdir(parents=True, exist_ok=True)
        with locked(folder):
            if (folder / MANIFEST_FILE).exists():
                raise StudyError("study_exists", f"{folder.name} holds a study already.", "Take another folder.")
            head = {"format": STUDY_FORMAT, "title": title or folder.resolve().name, "scheme": scheme}
            write_manifest(folder, {**head, "simulated": simulated, "cases": []})
        return cls.open(folder)

    @classmethod
    def open(cls, folder: Path) -> Self:
        """Open a study, also one that ``sos simulate`` wrote."""
        study = cls(folder)
        _ = study.scheme, study.cases
        return study

    # What the study is.

    @property
    def title(self) -> str:
        """What the study is called."""
        return str(self._read().get("title") or self.folder.resolve().name)

    @property
    def scheme(self) -> StageScheme:
        """The stage scheme all labels are in."""
        return _scheme(str(self._read().get("scheme", DEFAULT_SCHEME)))

    @property
    def simulated(self) -> bool:
        """Whether the scans are simulated; what is measured on them then holds for simulated scans only."""
        return bool(self._read().get("simulated", False))

    @property
    def cases(self) -> tuple[Case, ...]:
        """All cases, in the order they were added."""
        self._read()
        return self._cases

    @property
    def used(self) -> tuple[Case, ...]:
        """The cases that are not excluded."""
        return tuple(case for case in self.cases if case.excluded is None)

    def case(self, name: str) -> Case:
        """Return a case by name."""
        found = next((case for case in self.cases if case.name == name), None)
        if found is None:
            raise StudyError("unknown_case", f"The study has no case named {name}.", "Add its scan first.")
        return found

    def path_of(self, case: Case) -> Path:
        """Return where a case's scan is."""
        return self.folder / case.file

    def _read(self) -> dict[str, Any]:
        try:
            status = (self.folder / MANIFEST_FILE).stat()
            stamp = (status.st_mtime_ns, status.st_ino)
        except FileNotFoundError:
            stamp = None
        if stamp is None or stamp != self._seen:
            manifest = read_manifest(self.folder)
            self._cases = _parsed(manifest["cases"])
            self._manifest, self._seen = manifest, stamp
        return self._manifest

    # Cases.

    def add_case(
        self,
        path: Path,
        *,
        name: str | None = None,
        patient: str | None = None,
        group: str | None = None,
        spacing_mm: float | None = None,
        facing: Facing = "auto",
    ) -> Case:
        """Read a scan or picture and add it; the file stays where it is.

        Args:
            path: anything ``scan.read.read_scan`` reads.
            name: how the case is called; the file's name by default, with a number where that is taken.
            patient: scans of one patient stay together in folds. By default a pseudonym of the DICOM patient ID, or
                for other files the case itself.
            group: patients who must stay together, such as siblings.
            spacing_mm, facing: for a picture that does not say them itself.
        """
        path = Path(path)
        if name is not None and not CASE_NAME.fullmatch(name):
            raise StudyError("bad_case_name", f"{name!r} cannot be a case's name.", "Use letters, digits and hyphens.")
        facts = examine(path, spacing_mm=spacing_mm, facing=facing)
        added: list[Case] = []

        def add(manifest: dict[str, Any]) -> None:
            free = _free_name(_parsed(manifest["cases"]), facts["sha256"], name, path)
            whose = patient or patient_pseudonym(path)
            said = {ASSUMED: whose is None}
            file = self._stored(path)
            added.append(Case(name=free, file=file, patient=whose or free, group=group, more=said, **facts))
            when = datetime.now(UTC).isoformat(timespec="seconds")
            manifest["cases"].append({**added[0].to_row(), "added": when})

        change_manifest(self.folder, add)
        return added[0]

    def set_patients(self, patients: Mapping[str, str | None], *, group: str | None = None) -> None:
        """Say whose scans cases are, by name, all or (where one is unknown) none; None leaves a patient or group.

        What was frozen before stays as it was.
        """
        for name in patients:
            self.case(name)

        def say(manifest: dict[str, Any]) -> None:
            for row in (row for row in manifest["cases"] if row["case"] in patients):
                whose = patients[row["case"]]
                if whose is not None:
                    row |= {"patient": whose, ASSUMED: False}
                if group is not None:
                    row["group"] = group

        change_manifest(self.folder, say)

    def exclude(self, names: Sequence[str], why: str = "") -> None:
        """Put cases out of use, all or (where one is unknown) none: nobody is asked about them, nothing is checked of
        them, and they are not frozen. Scans, labels and boxes stay where they are."""
        self._set_excluded(names, why)

    def include(self, names: Sequence[str]) -> None:
        """Take excluded cases into use again, with what was said of them before."""
        self._set_excluded(names, None)

    def _set_excluded(self, names: Sequence[str], why: str | None) -> None:
        for name in names:
            self.case(name)

        def say(manifest: dict[str, Any]) -> None:
            for row in (row for row in manifest["cases"] if row["case"] in names):
                row.pop(EXCLUDED, None)
                if why is not None:
                    row[EXCLUDED] = why

        change_manifest(self.folder, say)

    def _stored(self, path: Path) -> str:
        """Relative in and beside the study folder, so that both can be moved together; absolute elsewhere."""
        here, there = self.folder.resolve(), path.resolve()
        near = there.is_relative_to(here.parent)
        return Path(os.path.relpath(there, here)).as_posix() if near else there.as_posix()

    # Labels and boxes.

    @property
    def raters(self) -> tuple[str, ...]:
        """All who have a ledger, by name; in simulated studies ``truth`` among them."""
        return tuple(sorted(path.stem for path in (self.folder / LABEL_FOLDER).glob("*.jsonl")))

    def ledger(self, rater: str) -> Ledger:
        """Return all that a rater did; empty for one who did nothing yet."""
        path = self._ledger_file(rater)
        try:
            status = path.stat()
        except FileNotFoundError:
            return Ledger(rater)
        stamp = (status.st_mtime_ns, status.st_size)
        if rater not in self._ledgers or self._ledgers[rater][0] != stamp:
            self._ledgers[rater] = (stamp, read_ledger(path))
        return self._ledgers[rater][1]

    def labels(self, rater: str, reading: int = FIRST_READING) -> dict[str, Entry]:
        """Return a rater's standing labels by case: this rater's only, so that raters stay blind to each other."""
        return self.ledger(rater).labels(reading)

    def append_label(
        self,
        case: str,
        rater: str,
        stage: int | None,
        *,
        reading: int = FIRST_READING,
        rois: Sequence[RoiBox] = (),
        plane: Plane | None = None,
        note: str = "",
    ) -> Entry:
        """Append a label, with boxes where given; it replaces this rater's earlier one of the same reading.

        ``stage`` None says that the case cannot be judged. ``plane`` is given where the rater moved it.
        """
        if stage is not None:
            try:
                self.scheme.stage(stage)
            except SchemeError as error:
                raise StudyError("stage_outside_scheme", f"{case}: {error}.") from error
        label = Entry("", "label", case, rater, stage=stage, reading=reading, plane=plane, note=note)
        return self._append([label], rois)[0]

    def append_rois(
        self, case: str, rater: str, rois: Sequence[RoiBox], *, plane: Plane | None = None, note: str = ""
    ) -> Entry:
        """Append a rater's boxes of a case (united where several); they replace the earlier ones."""
        if not rois:
            raise StudyError("no_box_given", f"No box was given for {case}.")
        return self._append([Entry("", "roi", case, rater, plane=plane, note=note)], rois)[0]

    def skip(self, case: str, rater: str, reason: str = "", *, reading: int = FIRST_READING) -> Entry:
        """Note that a rater passed a case over; the worklist shows it last."""
        return self._append([Entry("", "skip", case, rater, reading=reading, note=reason)])[0]

    def append_note(self, case: str, rater: str, text: str) -> Entry:
        """Append a remark about a case."""
        return self._append([Entry("", "note", case, rater, note=text)])[0]

    def withdraw(
        self, rater: str, entry_id: str | None = None, *, case: str | None = None, reason: str = ""
    ) -> tuple[Entry, ...]:
        """Take back an entry, by default the last standing one (about ``case``) with all appended together with it.

        Nothing is deleted: lines that say so are appended. Returns the entries that no longer stand.
        """
        standing = [e for e in self.ledger(rater).standing if case in (None, e.case)]
        if not standing:
            about = f" about {case}" if case else ""
            raise StudyError("nothing_to_withdraw", f"{rater} has no entry{about} that could be withdrawn.")
        wanted = standing[-1].action if entry_id is None else entry_id
        gone = tuple(e for e in standing if wanted in (e.id, e.action))
        if not gone:
            raise StudyError("unknown_entry", f"{rater} has no standing entry {entry_id}.")
        self._append([Entry("", "withdraw", e.case, rater, of=e.id, note=reason) for e in gone], known=False)
        return gone

    def _append(self, entries: list[Entry], rois: Sequence[RoiBox] = (), *, known: bool = True) -> list[Entry]:
        first = entries[0]
        path = self._ledger_file(checked_rater(first.rater))
        self._refuse_other_case(path)
        case = self.case(first.case) if known else None
        if case is not None and rois:
            self._refuse_boxes(case, first.rater, rois, first.plane)
        if first.reading < FIRST_READING:
            raise StudyError("bad_reading", f"Readings count from {FIRST_READING}, not {first.reading}.")
        if rois and first.event != "roi":
            entries = [*entries, Entry("", "roi", first.case, first.rater, plane=first.plane)]
        written = stamped(entries, self.scheme.id)
        written = [self._with_file(entry, rois) if entry.event == "roi" else entry for entry in written]
        append_entries(self.folder, path, written)
        return written

    def _refuse_boxes(self, case: Case, rater: str, rois: Sequence[RoiBox], plane: Plane | None) -> None:
        used = plane or self.ledger(rater).planes().get(case.name)
        for found in box_problems(case, rater, rois, used):
            if found.severity == "refuse":
                raise StudyError(found.code, found.text)

    def _refuse_other_case(self, path: Path) -> None:
        # Some file systems do not tell upper from lower case; two raters must not share a ledger.
        other = next((r for r in self.raters if r != path.stem and r.casefold() == path.stem.casefold()), None)
        if other:
            raise StudyError("rater_name_taken", f"There is a rater {other}; {path.stem} differs only in case.")

    def _with_file(self, entry: Entry, rois: Sequence[RoiBox]) -> Entry:
        """Write an entry's boxes; the file is there before the line that names it."""
        file = f"{ROI_FOLDER}/{entry.case}/{entry.rater}-{entry.id}{MARKUPS_SUFFIX}"
        text = rois_text(rois)
        (self.folder / file).parent.mkdir(parents=True, exist_ok=True)
        write_text(self.folder / file, text)
        return replace(entry, roi_file=file, roi_sha256=hashlib.sha256(text.encode()).hexdigest())

    def _ledger_file(self, rater: str) -> Path:
        return self.folder / LABEL_FOLDER / f"{checked_rater(rater)}.jsonl"

    def boxes_of(self, entry: Entry) -> tuple[RoiBox, ...]:
        """Return the boxes that an entry of the event ``roi`` names."""
        return tuple(read_rois(self.folder / (entry.roi_file or "")))

    def rois(self, case: str, rater: str) -> tuple[RoiBox, ...]:
        """Return a rater's standing boxes of a case; none where they drew none."""
        entry = self.ledger(rater).rois().get(case)
        return () if entry is None else self.boxes_of(entry)

    def plane_of(self, case: str, raters: Sequence[str]) -> Plane | None:
        """Return where a case's slab is cut: as the first of these raters who moved the plane left it, otherwise as it
        was found; None for a picture."""
        moved = (self.ledger(rater).planes().get(case) for rater in raters)
        return next((plane for plane in moved if plane is not None), self.case(case).plane)

    def slab(self, case: str, plane: Plane | None = None) -> CaseSlab:
        """Read a case's scan and cut its slab at a plane, by default the case's own."""
        found = self.case(case)
        return load_slab(found, self.path_of(found), plane)


def _scheme(name: str) -> StageScheme:
    try:
        return load_scheme(name)
    except SchemeError as error:
        raise StudyError("unknown_scheme", f"The study's stage scheme cannot be used: {error}.") from error


def _parsed(rows: Sequence[Any]) -> tuple[Case, ...]:
    cases = []
    for number, row in enumerate(rows, start=1):
        try:
            cases.append(Case.from_row(row))
        except (KeyError, TypeError, ValueError) as error:
            text = f"Case {number} in {MANIFEST_FILE} is damaged or incomplete."
            raise StudyError("manifest_damaged", text, "Mend it, or take its line out.") from error
    names = [case.name.casefold() for case in cases]
    if len(set(names)) < len(names):
        twice = next(case.name for case in cases if names.count(case.name.casefold()) > 1)
        raise StudyError("case_twice", f"Two cases in {MANIFEST_FILE} are named {twice}.", "Rename one of them.")
    return tuple(cases)


def _free_name(cases: Sequence[Case], sha256: str, name: str | None, path: Path) -> str:
    """Return the name for a new case; StudyError if it is taken or the same scan is there already."""
    same = next((case for case in cases if case.sha256 == sha256), None)
    if same:
        text = f"{path.name} is the same scan as the case {same.name}; it was not added."
        hint = "" if same.excluded is None else "That case is excluded; sos study exclude --back takes it in again."
        raise StudyError("duplicate_scan", text, hint)
    taken = {case.name.casefold() for case in cases}
    if name is not None:
        if name.casefold() in taken:
            raise StudyError("case_exists", f"There is a case named {name} already.", "Take another name.")
        return name
    base = safe_case_name(path)
    names = [base, *(f"{base}-{n}" for n in range(2, len(taken) + 3))]
    return next(free for free in names if free.casefold() not in taken)
