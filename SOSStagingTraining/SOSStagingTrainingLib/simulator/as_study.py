"""A cohort as a study: its cases, what is true of them as the rater ``truth``, and simulated raters' labels.

Ledger lines carry no time and ids that follow from their content: the same seed gives the same bytes, and a cohort
that is made again adds nothing twice. What people did in the study since stays.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from SOSStagingLib.model.scheme import DEFAULT_SCHEME
from SOSStagingLib.report.files import write_text
from SOSStagingLib.scan.types import Scan, Slab

from ..study.images import content_sha256, rounded_plane, volume_facts
from ..study.ledger import Entry, append_entries, read_ledger
from ..study.markups import MARKUPS_SUFFIX, rois_text
from ..study.roi import RoiBox, middle_plane
from ..study.store import LABEL_FOLDER, ROI_FOLDER, STUDY_FORMAT, locked, read_manifest, write_manifest
from ..study.types import TRUTH, Case, StudyError
from .export import stored_greys

TITLE = "Simulated heads"
NO_STUDY = ("no_study", "other_format")
"""No study, or the manifest of a cohort from before cohorts were studies."""


def case_row(name: str, file: str, scanned: Scan | Slab, more: Mapping[str, Any]) -> dict[str, Any]:
    """Return a case's row of manifest.json; every simulated head is a patient of its own.

    The plane of a volume is the one that is found in it, as in a real scan, not the true one.
    """
    if isinstance(scanned, Scan):
        facts = volume_facts(scanned)
    else:
        geometry = scanned.geometry
        sha256, plane = content_sha256(stored_greys(scanned), geometry), rounded_plane(middle_plane(geometry))
        facts = {"kind": "slab", "sha256": sha256, "geometry": geometry, "plane": plane}
    return Case(name=name, file=file, patient=name, more=dict(more), **facts).to_row()


def refuse_other_study(folder: Path) -> None:
    """Raise StudyError if the folder holds a study that is not a simulated one, or one that cannot be read."""
    try:
        there = read_manifest(folder)
    except StudyError as error:
        if error.code in NO_STUDY:
            return
        raise
    if not there.get("simulated"):
        text = f"{folder.name} holds a study of scans that are not simulated."
        raise StudyError("real_study", text, "Simulate into another folder.")


def write_study(folder: Path, seed: int, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write manifest.json and what is true of each case; rows of other cases in the folder stay."""
    names = {row["case"] for row in rows}
    with locked(folder):
        refuse_other_study(folder)
        try:
            there = read_manifest(folder)
        except StudyError:
            there = {"cases": []}
        kept = [row for row in there["cases"] if row["case"] not in names]
        title = there.get("title", TITLE)
        head = {"format": STUDY_FORMAT, "title": title, "scheme": DEFAULT_SCHEME, "simulated": True, "seed": seed}
        write_manifest(folder, {**head, "cases": [*rows, *kept]})
    append_new(folder, TRUTH, [entry for row in rows for entry in _true_entries(folder, row)])


def _true_entries(folder: Path, row: Mapping[str, Any]) -> list[Entry]:
    name = row["case"]
    truth = json.loads((folder / f"{name}.truth.json").read_text(encoding="utf-8"))
    text = rois_text([RoiBox.from_bounds(*truth["sos"]["box_ras_mm"])])
    sha256 = hashlib.sha256(text.encode()).hexdigest()
    file = f"{ROI_FOLDER}/{name}/{TRUTH}-{sha256[:16]}{MARKUPS_SUFFIX}"
    (folder / file).parent.mkdir(parents=True, exist_ok=True)
    write_text(folder / file, text)
    label = Entry("", "label", name, TRUTH, scheme=DEFAULT_SCHEME, stage=truth["stage"])
    return [label.derived(), Entry("", "roi", name, TRUTH, roi_file=file, roi_sha256=sha256).derived()]


def append_new(folder: Path, rater: str, entries: Sequence[Entry]) -> None:
    """Append those entries with derived ids that a ledger does not have yet."""
    path = folder / LABEL_FOLDER / f"{rater}.jsonl"
    there = {entry.id for entry in read_ledger(path).entries} if path.exists() else set()
    new = [entry for entry in entries if entry.id not in there]
    if new:
        append_entries(folder, path, new)
