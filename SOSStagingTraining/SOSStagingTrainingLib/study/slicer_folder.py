"""Take over what plain Slicer leaves in a folder: scans, regions as .mrk.json beside them, a table of stages."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from SOSStagingLib.scan.read import safe_case_name
from SOSStagingLib.scan.types import ScanError
from SOSStagingLib.staging.inputs import find_cases
from SOSStagingLib.staging.protocol import Progress, ProgressCallback

from .ledger import FIRST_READING
from .markups import read_rois, rois_text
from .roi import RoiBox
from .slicer_files import SlicerFiles, find_slicer_files, plain_stem
from .stage_table import TABLE_SUFFIXES, TableRow, read_table
from .types import StudyError, StudyFinding, checked_rater

if TYPE_CHECKING:
    from .study import Study

DEFAULT_RATER = "imported"


@dataclass
class Imported:
    """What was taken over: names of new cases, how many labels and cases' boxes; and all that was not, named."""

    added: list[str] = field(default_factory=list)
    labels: int = 0
    boxes: int = 0
    findings: list[StudyFinding] = field(default_factory=list)

    def note(self, code: str, text: str, case: str | None = None, rater: str | None = None) -> None:
        """Note something that was not taken over."""
        self.findings.append(StudyFinding(code, "refuse", text, case, rater))


def import_folder(
    study: Study,
    folder: Path,
    table: Path | None = None,
    *,
    rater: str = DEFAULT_RATER,
    progress: ProgressCallback | None = None,
) -> Imported:
    """Add the scans of a folder with their boxes and stages. What is there already is left, but
    for whose scan it is, which follows the table; it can be run again.

    A region belongs to the scan it is named after (head-1.nrrd, head-1.mrk.json or head-1_SOS.mrk.json), whose DICOM
    folder it lies in, or that is the only one there. Regions of one scan are united. ``table`` is a CSV or TSV file
    (see ``stage_table``), by default the only one in the folder. ``rater`` is whose boxes and stages these are where
    the table does not say. Nothing wrong stops the rest: it is named in the answer.

    Raises:
        StudyError: no scans, or the table cannot be used at all.
    """
    folder = Path(folder)
    checked_rater(rater)
    done = Imported()
    rows = _rows(folder, table, done)
    scans = _scans(study, folder)
    row_scan = _matched(rows, scans, folder, done)
    case_of = _add(study, folder, scans, rows, row_scan, done, progress)
    _append_labels(study, rows, row_scan, case_of, rater, done)
    whose = dict.fromkeys(scans, rater) | _only_raters(rows, row_scan)
    _append_boxes(study, find_slicer_files(folder, scans, study.folder), case_of, whose, done)
    return done


def _rows(folder: Path, table: Path | None, done: Imported) -> list[TableRow]:
    if table is None:
        found = sorted(p for p in folder.glob("*") if p.suffix.lower() in TABLE_SUFFIXES)
        if len(found) > 1:
            names = ", ".join(path.name for path in found)
            raise StudyError("several_tables", f"There are several tables: {names}.", "Say which one to take.")
        table = found[0] if found else None
    if table is None:
        return []
    rows, findings = read_table(table)
    done.findings += findings
    return rows


def _scans(study: Study, folder: Path) -> list[Path]:
    if not folder.is_dir():
        raise StudyError("no_folder", f"There is no folder {folder.name}.")
    out = study.folder if study.folder.resolve() != folder.resolve() else None
    scans = [case.path for case in find_cases([folder], out)]
    if scans == [folder] and not any(path.is_file() for path in folder.iterdir()):
        raise StudyError("no_scans", f"There are no scans in {folder.name}.")
    return scans


def _matched(rows: Sequence[TableRow], scans: Sequence[Path], folder: Path, done: Imported) -> dict[int, Path]:
    """Return the scan of each row, by the row's line."""
    names: dict[str, list[Path]] = {}
    for scan in scans:
        for name in _names(scan, scans, folder):
            names.setdefault(name, []).append(scan)
    found = {}
    for row in rows:
        at = names.get(row.case.replace("\\", "/").strip("/").casefold(), [])
        if len(at) == 1:
            found[row.line] = at[0]
        elif at:
            text = f"Line {row.line} of the table: {row.case} may be any of {len(at)} scans. Write the path."
            done.note("row_ambiguous", text, row.case)
        else:
            text = f"Line {row.line} of the table: there is no scan {row.case} in {folder.name}."
            done.note("unknown_case", text, row.case)
    return found


def _names(scan: Path, scans: Sequence[Path], folder: Path) -> set[str]:
    """Return what a table may call a scan: name, name without ending, path, or its folder where it is alone there."""
    relative = scan.relative_to(folder).as_posix() if scan != folder else folder.resolve().name
    found = {scan.name, plain_stem(scan), relative, relative[: -len(scan.name)] + plain_stem(scan)}
    alone = sum(scan.parent in (other.parent, *other.parents) for other in scans) == 1
    if alone and scan.parent not in (folder, *folder.parents):
        found.add(scan.parent.name)
    return {name.casefold() for name in found}


def _add(
    study: Study,
    folder: Path,
    scans: Sequence[Path],
    rows: Sequence[TableRow],
    row_scan: Mapping[int, Path],
    done: Imported,
    progress: ProgressCallback | None,
) -> dict[Path, str]:
    """Add the scans that are not there yet; returns each scan's case."""
    there = {study.path_of(case).resolve(): case.name for case in study.cases}
    said: dict[Path, TableRow] = {}
    for row in rows:
        if row.line in row_scan and (row.patient or row.group):
            said.setdefault(row_scan[row.line], row)
    shared = Counter(safe_case_name(scan) for scan in scans)
    case_of = {}
    for n, scan in enumerate(scans):
        if progress is not None:
            progress(Progress(f"reading {scan.name}", n, len(scans)))
        if scan.resolve() in there:
            case_of[scan] = there[scan.resolve()]
            _say_whose(study, case_of[scan], said.get(scan))
            continue
        # Scans of many folders are often all called alike; then the path tells them apart.
        alike = shared[safe_case_name(scan)] > 1
        name = safe_case_name(Path("_".join(scan.relative_to(folder).parts))) if alike else None
        about = said.get(scan)
        try:
            patient, group = (about.patient, about.group) if about else ("", "")
            case = study.add_case(scan, name=name, patient=patient or None, group=group or None)
        except ScanError as error:
            done.note("unreadable_scan", f"The scan {scan.name} cannot be read. {error}", safe_case_name(scan))
        except StudyError as error:
            done.note(error.code, str(error), safe_case_name(scan))
        else:
            case_of[scan] = case.name
            done.added.append(case.name)
    return case_of


def _say_whose(study: Study, name: str, row: TableRow | None) -> None:
    """Take over whose scan it is where the table says so of a case that is there already."""
    if row is None:
        return
    case = study.case(name)
    other = row.patient and (row.patient != case.patient or case.patient_assumed)
    if other or (row.group and row.group != case.group):
        study.set_patients({name: row.patient or None}, group=row.group or None)


def _append_labels(
    study: Study,
    rows: Sequence[TableRow],
    row_scan: Mapping[int, Path],
    case_of: Mapping[Path, str],
    rater: str,
    done: Imported,
) -> None:
    said: dict[tuple[str, str], set[int | None]] = {}
    about = [(row, case_of[row_scan[row.line]]) for row in rows if row.labelled and row_scan.get(row.line) in case_of]
    for row, name in about:
        said.setdefault((name, row.rater or rater), set()).add(row.stage)
    for row, name in about:
        whose = row.rater or rater
        if len(said[name, whose]) > 1:
            text = f"Line {row.line} of the table: {whose} gives {name} more than one stage there. Leave one of them."
            done.note("contradicting_rows", text, name, whose)
            continue
        try:
            _append_label(study, row, name, whose, done)
        except StudyError as error:
            done.note(error.code, f"Line {row.line} of the table: {error}", name, whose)


def _append_label(study: Study, row: TableRow, name: str, rater: str, done: Imported) -> None:
    if row.scheme and row.scheme != study.scheme.id:
        text = f"the stage of {name} is from the scheme {row.scheme}, not from the study's, {study.scheme.id}."
        raise StudyError("other_scheme", text)
    about = [entry for entry in study.ledger(rater).entries if entry.event == "label" and entry.case == name]
    ever = [entry for entry in about if entry.reading == FIRST_READING]
    if all((entry.stage, entry.note) != (row.stage, row.note) for entry in ever):
        study.append_label(name, rater, row.stage, note=row.note)
        done.labels += 1
        return
    stands = study.labels(rater).get(name)
    if stands is None or stands.stage != row.stage:
        now = "has been withdrawn" if stands is None else f"stands at {stands.stage or 'not assessable'}"
        text = f"Line {row.line} of the table: what it says of {name} was taken over before, and since then {now}."
        done.findings.append(StudyFinding("changed_since", "warning", f"{text} That is left alone.", name, rater))


def _only_raters(rows: Sequence[TableRow], row_scan: Mapping[int, Path]) -> dict[Path, str]:
    """Return the rater of each scan that only one rater labelled in the table: theirs are the boxes beside it."""
    said: dict[Path, set[str]] = {}
    for row in rows:
        if row.line in row_scan and row.rater:
            said.setdefault(row_scan[row.line], set()).add(row.rater)
    return {scan: names.pop() for scan, names in said.items() if len(names) == 1}


def _append_boxes(
    study: Study, files: SlicerFiles, case_of: Mapping[Path, str], whose: Mapping[Path, str], done: Imported
) -> None:
    for path, scan in files.markups.items():
        if scan is None:
            text = f"To which scan {path.name} belongs cannot be told. Name it after the scan."
            done.note("box_without_scan", text)
    by_scan: dict[Path, list[Path]] = {}
    for path, scan in files.markups.items():
        if scan is not None and scan in case_of:
            by_scan.setdefault(scan, []).append(path)
    for scan, paths in by_scan.items():
        rater, name = whose[scan], case_of[scan]
        boxes = [box for path in paths for box in _boxes(path, scan, files, name, rater, done)]
        try:
            done.boxes += bool(boxes) and _append_if_new(study, name, rater, boxes)
        except StudyError as error:
            done.note(error.code, str(error), name, rater)
    loose = files.loose_transforms()
    if loose and any(path.resolve() not in files.under for paths in by_scan.values() for path in paths):
        text = (
            f"There are transforms saved apart ({', '.join(loose)}). Regions drawn under them are misplaced here: "
            "in Slicer, harden the transform and save the regions again."
        )
        done.findings.append(StudyFinding("transform_saved_apart", "warning", text))


def _boxes(path: Path, scan: Path, files: SlicerFiles, name: str, rater: str, done: Imported) -> Iterator[RoiBox]:
    lost = files.lost_transform(path, scan)
    if lost:
        text = f"{path.name} of {name} was drawn under {lost}, so its place in the scan is not known; it was not taken."
        hint = "In Slicer, harden the transform on the region and save it again, without the transform beside it."
        done.note("transform_saved_apart", f"{text} {hint}", name, rater)
        return
    try:
        boxes = read_rois(path)
    except StudyError as error:
        done.note(error.code, f"{name}: {error}", name, rater)
        return
    if not boxes:
        done.note("no_region", f"{path.name} of {name} holds neither a region of interest nor a closed curve.", name)
    yield from boxes


def _append_if_new(study: Study, name: str, rater: str, boxes: Sequence[RoiBox]) -> bool:
    mine = hashlib.sha256(rois_text(boxes).encode()).hexdigest()
    # Also where they were corrected or withdrawn since: importing again must not bring them back.
    if any(entry.case == name and entry.roi_sha256 == mine for entry in study.ledger(rater).entries):
        return False
    study.append_rois(name, rater, boxes)
    return True
