"""External validation of a run: which of its networks are asked about which other study, and what is answered already.

No torch until a network is asked.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path

from SOSStagingLib.staging.protocol import Progress, ProgressCallback

from ..evaluation.files import SUFFIX, read_predictions, write_predictions
from ..evaluation.predictions import CasePrediction
from ..learning.jobs import Job
from ..learning.slabs import CACHE_FOLDER
from ..study.dataset import Dataset, FrozenCase
from ..study.study import Study
from ..study.types import StudyError
from .run_folder import RunError, RunFolder
from .runner import Note, cut, frozen_before
from .worker import assignment_of

OWN_DATASET = "validation"
NAMED_AT_MOST = 5


@dataclass(frozen=True)
class Asked:
    """What is asked: the ``run``, the other ``study`` with its frozen ``dataset``, where its slabs (``cache``) and the
    answers (``out``) go."""

    run: RunFolder
    study: Study
    dataset: Dataset
    cache: Path
    out: Path


def asked_of(
    run: RunFolder, study: Study, out: Path, name: str | None = None, cache: Path | None = None, note: Note = print
) -> Asked:
    """Check that the run's networks may be asked about the study; it is frozen if it is not yet.

    Raises:
        StudyError: several frozen datasets and none named, another scheme, or scans that the run learnt from.
    """
    dataset = frozen_before(study, name, note)
    if dataset is None:
        dataset = study.freeze(OWN_DATASET, min_per_stage=0, read_scans=False)
        note(f"The study is frozen as {dataset.name}: {len(dataset.cases)} cases, {len(dataset.left_out)} left out.")
    learnt = run.frozen()
    if dataset.scheme != learnt.scheme:
        text = f"The stages of {study.folder.name} are of the scheme {dataset.scheme}, the run's of {learnt.scheme}."
        raise StudyError("other_scheme", text, "External validation needs the same scheme.")
    known = {mark: case.name for case in learnt.cases for mark in _marks(case)}
    found = [(case.name, known[mark]) for case in dataset.cases for mark in _marks(case) if mark in known]
    twice = [f"{name} (there {there})" for name, there in dict(found).items()]
    if twice:
        more = f" and {len(twice) - NAMED_AT_MOST} more" if len(twice) > NAMED_AT_MOST else ""
        text = f"{len(twice)} scans are also in the run's own study: {', '.join(twice[:NAMED_AT_MOST])}{more}."
        raise StudyError("not_external", text, "Leave them out: what was learnt from validates nothing.")
    shared = {case.patient for case in dataset.cases} & {case.patient for case in learnt.cases}
    if shared and not dataset.simulated:
        names = ", ".join(sorted(shared)[:NAMED_AT_MOST])
        note(f"{len(shared)} patients bear names that the run's own study has too ({names}); see that they are others.")
    return Asked(run, study, dataset, cache or study.folder / CACHE_FOLDER, out)


def _marks(case: FrozenCase) -> list[str]:
    """What no two scans share: the greys; and name, plane and boxes together, which a scan keeps whose greys were
    rounded otherwise (a simulated cohort drawn again on another processor)."""
    if case.plane is None or not any(case.rois.values()):
        return [case.sha256]
    boxes = {rater: [box.to_json() for box in drawn] for rater, drawn in sorted(case.rois.items())}
    return [case.sha256, json.dumps([case.name, case.plane.to_json(), boxes])]


def jobs_of(
    run: RunFolder, methods: Sequence[str] = (), folds: Sequence[int] = (), seeds: Sequence[int] = ()
) -> tuple[Job, ...]:
    """The finished jobs of the run that give stages; of these methods, folds and seeds where some are named.

    Raises:
        RunError: there is none, or one that was named is not finished.
    """
    named = [job for job in run.jobs if not methods or job.method in methods]
    named = [job for job in named if (not folds or job.fold in folds) and (not seeds or job.seed in seeds)]
    # Only of what gives stages is it kept how many were right; a detector has boxes.
    done = tuple(job for job in named if run.state(job.key) == "done" and "right" in run.outcome(job.key))
    unknown = sorted(set(methods) - {job.method for job in done})
    if unknown or not done:
        what = ", ".join(unknown) or "no network that gives stages"
        text = f"{what}: not finished in {run.folder.name}." if unknown else f"{run.folder.name} has {what} yet."
        raise RunError("not_done", text, f"See how it stands: sos train --out {run.folder} --status.")
    return done


def ask_all(asked: Asked, jobs: Sequence[Job], device: str, threads: int, progress: ProgressCallback) -> Iterator[str]:
    """Ask one network after the other; yields the name of each file as it is written, or there already.

    Raises:
        RunError: a file of these answers is there that was made otherwise.
        StudyError: scans cannot be used; all of them are named.
    """
    import torch

    from ..learning.devices import training_device
    from ..learning.external import answers_elsewhere

    waiting = [job for job in jobs if not _is_answered(asked, job)]
    if threads:
        torch.set_num_threads(threads)
    if waiting:
        cut(asked.study, asked.dataset, asked.cache, progress)
    own = training_device(device)
    for job in jobs:
        if job in waiting:
            assignment = assignment_of(asked.run, job.key)
            # What it costs to run it stands with the job, as what its detector costs does with that.
            assignment = replace(assignment, done={**assignment.done, job.key: asked.run.outcome(job.key)})
            between = _counted(f"asking {job.key}", len(asked.dataset.cases), progress)
            given = answers_elsewhere(
                assignment, asked.study, asked.dataset, asked.cache, own, _calibration(asked.run, job), between
            )
            write_predictions(asked.out, given)
        yield f"{job.key}{SUFFIX}"


def _counted(phase: str, total: int, progress: ProgressCallback) -> Callable[[], None]:
    done = count(1)
    return lambda: progress(Progress(phase, next(done), total))


def _calibration(run: RunFolder, job: Job) -> tuple[CasePrediction, ...]:
    path = run.predictions / f"{job.key}{SUFFIX}"
    return read_predictions(path).calibration if path.exists() else ()


def _is_answered(asked: Asked, job: Job) -> bool:
    path = asked.out / f"{job.key}{SUFFIX}"
    if not path.exists():
        return False
    header = read_predictions(path).header
    if (header.manifest_sha256, header.trained_on_sha256) == (asked.dataset.manifest_sha256, asked.run.manifest_sha256):
        return True
    text = f"{path.name} in {asked.out} holds answers to another study, or of another run."
    raise RunError("other_predictions", text, "Move it away, or say another --out.")
