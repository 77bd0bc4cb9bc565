"""What is wrong with a study, named precisely, before anything is trained from it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from SOSStagingLib.scan.read import read_scan
from SOSStagingLib.scan.types import Plane, ScanError
from SOSStagingLib.staging.protocol import Progress, ProgressCallback

from .agreement import Ties
from .folds import Folds, units
from .images import changed, scan_sha256
from .ledger import Entry, Ledger
from .roi import RoiBox, holds, middle_plane, misses, share_inside
from .store import LABEL_FOLDER
from .types import Case, StudyError, StudyFinding

if TYPE_CHECKING:
    from .dataset import Dataset
    from .study import Study

MIN_PER_STAGE = 5
NAMES_SHOWN = 5
LEAST_INSIDE, ALL_INSIDE = 0.5, 0.99


def check_study(
    study: Study,
    *,
    read_scans: bool = False,
    min_per_stage: int = MIN_PER_STAGE,
    raters: Sequence[str] | None = None,
    ties: Ties = "leave out",
    progress: ProgressCallback | None = None,
) -> list[StudyFinding]:
    """Return everything found, the worst first. ``read_scans`` reads every scan again and compares its greys, which
    takes a second or two for each; without it only their presence is checked."""
    findings = [
        *_scans(study, read_scans, progress),
        *_duplicates(study.used),
        *_facing(study.used),
        *patients_assumed(study),
        *_ledgers(study),
        *_boxes(study),
        *_amounts(study, raters, ties, min_per_stage),
    ]
    order = {"refuse": 0, "warning": 1, "info": 2}
    return sorted(findings, key=lambda finding: order[finding.severity])


def _scans(study: Study, read_scans: bool, progress: ProgressCallback | None) -> Iterator[StudyFinding]:
    for n, case in enumerate(study.used):
        if progress is not None:
            progress(Progress(f"checking {case.name}", n, len(study.used)))
        path = study.path_of(case)
        if not path.exists():
            text = f"The scan of {case.name} is missing: there is no {case.file}. Put it back, or exclude the case."
            yield StudyFinding("missing_scan", "refuse", text, case.name)
        elif read_scans:
            yield from _read_again(study, case)


def _read_again(study: Study, case: Case) -> Iterator[StudyFinding]:
    try:
        scan = read_scan(study.path_of(case), spacing_mm=case.spacing_mm, facing=case.facing)
    except ScanError as error:
        yield StudyFinding("unreadable_scan", "refuse", f"The scan of {case.name} cannot be read. {error}", case.name)
        return
    if scan_sha256(scan) != case.sha256:
        yield StudyFinding("scan_changed", "refuse", str(changed(case)), case.name)


def _duplicates(cases: Sequence[Case]) -> Iterator[StudyFinding]:
    seen: dict[str, Case] = {}
    for case in cases:
        first = seen.setdefault(case.sha256, case)
        if first is case:
            continue
        apart = first.patient != case.patient
        text = f"{case.name} and {first.name} are the same scan. Exclude one of them."
        if apart:
            text = (
                f"{case.name} and {first.name} are the same scan, said to be of two patients: "
                "a fold could be tested on what it was trained on. Exclude one of them."
            )
        yield StudyFinding("duplicate_scan", "refuse" if apart else "warning", text, case.name)


def _facing(cases: Sequence[Case]) -> Iterator[StudyFinding]:
    for case in cases:
        if case.kind == "picture" and case.facing == "auto":
            text = f"Which way the picture {case.name} faces is not known; it is taken to face right."
            yield StudyFinding("facing_unknown", "warning", text, case.name)


def patients_assumed(study: Study) -> list[StudyFinding]:
    """Return one warning where of several scans nobody said whose they are: folds keep a patient's scans together."""
    names = [case.name for case in study.used if case.patient_assumed]
    if study.simulated or len(names) < 2:
        return []
    some = ", ".join(names[:NAMES_SHOWN])
    text = (
        f"Whose scans {len(names)} cases are is not known (such as {some}): each counts as a patient of its own. "
        "Should several be of one patient, results would be too good. Say whose they are with sos study patient, or "
        "in the import's table."
    )
    return [StudyFinding("patient_assumed", "warning", text)]


def _ledgers(study: Study) -> Iterator[StudyFinding]:
    known = {case.name for case in study.cases}
    excluded = known - {case.name for case in study.used}
    for rater in study.raters:
        ledger = study.ledger(rater)
        for number in ledger.damaged:
            text = f"Line {number} of {LABEL_FOLDER}/{rater}.jsonl is damaged and was passed over."
            yield StudyFinding("damaged_line", "warning", text, rater=rater)
        for entry in (entry for entry in ledger.standing if entry.case not in excluded):
            yield from _entry(study, ledger, entry, known)


def _entry(study: Study, ledger: Ledger, entry: Entry, known: set[str]) -> Iterator[StudyFinding]:
    where = (entry.case, ledger.rater)
    what = f"The {'box' if entry.event == 'roi' else entry.event} of {entry.case} by {ledger.rater}"
    hint = f"Withdraw it (entry {entry.id})."
    if entry.case not in known:
        yield StudyFinding("unknown_case", "refuse", f"{what} is about a case the study does not have. {hint}", *where)
    if entry.rater != ledger.rater:
        text = f"{what} stands in that ledger under the name of {entry.rater}."
        yield StudyFinding("other_rater", "warning", text, *where)
    if entry.event != "label":
        return
    if entry.scheme != study.scheme.id:
        text = f"{what} is from the scheme {entry.scheme}, not from the study's, {study.scheme.id}. {hint}"
        yield StudyFinding("other_scheme", "refuse", text, *where)
    elif entry.stage is not None and not 1 <= entry.stage <= len(study.scheme.stages):
        last = len(study.scheme.stages)
        text = f"{what} is stage {entry.stage}; the scheme {study.scheme.id} has stages 1 to {last}. {hint}"
        yield StudyFinding("stage_outside_scheme", "refuse", text, *where)


def _boxes(study: Study) -> Iterator[StudyFinding]:
    by_name = {case.name: case for case in study.used}
    for rater in study.raters:
        ledger = study.ledger(rater)
        planes = ledger.planes()
        for name, entry in ledger.rois().items():
            if name not in by_name:
                continue
            try:
                boxes = study.boxes_of(entry)
            except StudyError as error:
                yield StudyFinding(error.code, "refuse", f"The box of {name} by {rater}: {error}", name, rater)
                continue
            yield from box_problems(by_name[name], rater, boxes, planes.get(name))
            if hashlib.sha256((study.folder / (entry.roi_file or "")).read_bytes()).hexdigest() != entry.roi_sha256:
                text = f"The file {entry.roi_file} was changed after {rater} gave it in. Add the box anew."
                yield StudyFinding("box_changed", "refuse", text, name, rater)


def box_problems(case: Case, rater: str, boxes: Sequence[RoiBox], plane: Plane | None) -> list[StudyFinding]:
    """Return what is wrong with a rater's boxes of a case, at the rater's plane or, if None, at the case's."""
    used = plane or case.plane or middle_plane(case.geometry)
    return [finding for box in boxes for finding in _box_problems(case, rater, box, used)]


def _box_problems(case: Case, rater: str, box: RoiBox, plane: Plane) -> Iterator[StudyFinding]:
    where = (case.name, rater)
    what = f"The box {box.label} of {case.name} by {rater}"
    hint = "If it was drawn under a transform, harden that in Slicer and save the box again."
    place = ", ".join(f"{v:.1f}" for v in box.center)
    if not box.lies_along(plane.normal_ras):
        text = f"{what} is flat and lies across the midsagittal plane. Draw it on a sagittal slice."
        yield StudyFinding("box_flat_across", "refuse", text, *where)
    elif misses(box, plane):
        if case.kind == "volume" and not holds(case.geometry, box.center[None]).all():
            text = f"{what} lies outside the scan (its middle is at {place} RAS mm). {hint}"
            yield StudyFinding("box_outside_scan", "refuse", text, *where)
        else:
            text = f"{what} misses the midsagittal plane by {_gap(box, plane):.1f} mm. Move it or the plane. {hint}"
            yield StudyFinding("box_misses_plane", "refuse", text, *where)
    else:
        share = share_inside(box, case.geometry, plane)
        if share < LEAST_INSIDE:
            text = f"{what} lies outside the scan ({100 * share:.0f} % within it, its middle at {place} RAS mm). {hint}"
            yield StudyFinding("box_outside_scan", "refuse", text, *where)
        elif share < ALL_INSIDE:
            text = f"{what} reaches beyond the scan ({100 * share:.0f} % within it)."
            yield StudyFinding("box_leaves_scan", "warning", text, *where)


def _gap(box: RoiBox, plane: Plane) -> float:
    return float(abs(plane.distance(box.solid(plane.normal_ras).corners)).min())


def _amounts(study: Study, raters: Sequence[str] | None, ties: Ties, min_per_stage: int) -> Iterator[StudyFinding]:
    agreed = study.consensus(raters, ties=ties)
    unlabelled = [case.name for case in study.used if case.name not in agreed]
    if unlabelled:
        yield StudyFinding("not_labelled", "warning", f"{_some(unlabelled)} without a label are left out.")
    tied = [name for name, said in agreed.items() if said.why == "tied"]
    if tied:
        text = (
            f"{_some(tied)} on whose stage as many raters say one thing as another are left out; "
            "let one more rater label them, or say how to decide ties."
        )
        yield StudyFinding("tied", "warning", text)
    refused = [name for name, said in agreed.items() if said.why == "not assessable"]
    if refused:
        yield StudyFinding("not_assessable", "info", f"{_some(refused)} that raters could not judge are left out.")
    staged = {name: said.stage for name, said in agreed.items() if said.stage is not None}
    boxed = study.box_entries(raters)
    without = [name for name in staged if name not in boxed]
    if without:
        text = f"{_some(without)} have no box: they train the student's stage only."
        yield StudyFinding("no_box", "warning" if boxed else "info", text)
    excluded = [case.name for case in study.cases if case.excluded is not None]
    if excluded:
        yield StudyFinding("excluded", "info", f"{_some(excluded)} that were excluded are left out.")
    yield from _too_few(study, staged, min_per_stage)


def _too_few(study: Study, staged: Mapping[str, int], least: int) -> Iterator[StudyFinding]:
    unit_of = units(study.cases)
    for stage in study.scheme.stages:
        found = len({unit_of[name] for name, given in staged.items() if given == stage.number})
        if found < least:
            patients = "1 patient" if found == 1 else f"{found} patients"
            text = (
                f"Stage {stage.number} ({stage.name}) has cases of {patients}; at least {least} are needed. "
                "Add cases, or ask for fewer (and take fewer folds)."
            )
            yield StudyFinding("too_few_of_stage", "refuse", text)


def _some(names: Sequence[str]) -> str:
    shown, count, more = ", ".join(names[:NAMES_SHOWN]), len(names), len(names) - NAMES_SHOWN
    if more > 0:
        return f"{count} cases ({shown} and {more} more)"
    return f"1 case ({shown})" if count == 1 else f"{count} cases ({shown})"


def check_folds(dataset: Dataset, folds: Folds) -> list[StudyFinding]:
    """Return what is wrong with folds, wherever they come from: each case must be in one, each patient whole."""
    findings = []
    if folds.dataset_sha256 != dataset.manifest_sha256:
        text = f"The folds were made for another dataset than {dataset.name} as it is now."
        findings.append(StudyFinding("folds_of_other_dataset", "refuse", text))
    known = {case.name: case for case in dataset.cases}
    missing, strange = sorted(known.keys() - folds.fold_of.keys()), sorted(folds.fold_of.keys() - known.keys())
    if missing:
        findings.append(StudyFinding("case_in_no_fold", "refuse", f"{_some(missing)} stand in no fold."))
    if strange:
        text = f"{_some(strange)} stand in a fold but not in {dataset.name}."
        findings.append(StudyFinding("unknown_case", "refuse", text))
    return findings + _torn(dataset, folds) + _without_stage(dataset, folds)


def _torn(dataset: Dataset, folds: Folds) -> list[StudyFinding]:
    """Name the patients and groups that are not in one fold as a whole."""
    at: dict[str, dict[int, str]] = {}
    for case in dataset.cases:
        if case.name in folds.fold_of:
            fold = folds.fold_of[case.name]
            for unit in (f"patient {case.patient}", *([f"group {case.group}"] if case.group is not None else [])):
                at.setdefault(unit, {}).setdefault(fold, case.name)
    findings = []
    for unit, places in at.items():
        if len(places) > 1:
            there = " and ".join(f"{fold + 1} ({name})" for fold, name in sorted(places.items()))
            text = f"The {unit} is in folds {there}: a fold would be tested on a patient it was trained on."
            findings.append(StudyFinding("patient_in_two_folds", "refuse", text, next(iter(places.values()))))
    return findings


def _without_stage(dataset: Dataset, folds: Folds) -> list[StudyFinding]:
    findings = []
    present = {case.stage for case in dataset.cases}
    stage_of = {case.name: case.stage for case in dataset.cases}
    for fold in range(folds.k):
        held = {stage_of[name] for name in folds.held_out(fold) if name in stage_of}
        for stage in sorted(present - held):
            text = f"Fold {fold + 1} holds out no case of stage {stage}."
            findings.append(StudyFinding("fold_without_stage", "warning", text))
    return findings
