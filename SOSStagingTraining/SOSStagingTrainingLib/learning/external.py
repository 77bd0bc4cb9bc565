"""External validation: the finished networks of a run asked about a study that they did not learn from."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import torch

from ..evaluation.predictions import CasePrediction, Predictions
from ..study.dataset import Dataset
from ..study.study import Study
from .answers import case_rows, detections
from .methods import Detection, Fold, Method, SelfTrained, method
from .plan import DETECTOR, Parts
from .settings import RecipeError
from .slabs import Slabs
from .task import Task
from .work import Assignment, finished_network, header, make_task

LEARNT_FROM = "learnt-from/"
"""Before the names of cases and patients of the calibration part: those of two studies may be alike."""


def answers_elsewhere(
    assignment: Assignment,
    study: Study,
    dataset: Dataset,
    cache: Path,
    device: torch.device,
    calibration: tuple[CasePrediction, ...] = (),
    between: Callable[[], None] = lambda: None,
) -> Predictions:
    """The answers of a finished job's network to every case of ``dataset``, a frozen dataset of another ``study``.

    Slabs lie in ``cache``. Boxes that the method is asked with are found by the detector it learnt with, on these
    scans. ``calibration`` are the job's answers to the calibration part of its own study: temperature and sets are
    fitted there, as for its own held-out cases. The blurring of hot regions is left out, for it takes ten times as
    long. ``between`` is called after each case, and may raise to end it.

    Raises:
        RecipeError: no case has the box that the method is asked with.
    """
    everything = Parts((), (), (), tuple(case.name for case in dataset.cases))
    own = assignment.dataset.manifest_sha256
    there = replace(assignment, study=study, dataset=dataset, parts=everything, cache=cache)
    known = method(there.settings.base)
    if not isinstance(known, Method):
        raise TypeError(f"{there.settings.base} gives no stages")
    task = make_task(there, known, device, _found(there, known, device, between))
    network = finished_network(there, there.job, device)
    size = there.recipe.evaluate.batch
    rows = case_rows(task, network, study, everything.held_out, size, drop=False, between=between)
    if not rows:
        text = f"{there.job.method} has no answers: no case has a box for its crop."
        raise RecipeError("no_boxes", text, "Draw boxes, or leave this method out.")
    told = header(there, task, there.done[there.job.key])
    told = replace(told, trained_on_sha256=own, command=_command(study, there))
    return Predictions(told, rows, tuple(map(_renamed, calibration)))


def _command(study: Study, there: Assignment) -> str:
    job, name = there.job, study.folder.resolve().name
    return f"sos validate RUN --study {name} --methods {job.method} --folds {job.fold} --seeds {job.seed}"


def _renamed(case: CasePrediction) -> CasePrediction:
    return replace(case, case=LEARNT_FROM + case.case, patient=LEARNT_FROM + case.patient)


def _found(
    there: Assignment, known: Method, device: torch.device, between: Callable[[], None]
) -> Mapping[str, Detection]:
    """The boxes that the detector of the method's fold finds on these scans, where it is asked with them."""
    crops = there.settings.crops or known.crops
    if crops[1] != "detected":
        return {}
    (key,) = there.job.needs[DETECTOR]
    one = replace(there, job=there.other(key))
    detector = method(one.settings.base)
    if isinstance(detector, SelfTrained):
        slabs = Slabs(there.dataset, there.cache, planes=1)
        fold = Fold(one.folder, slabs, (), (), one.settings, one.job.seed, str(device), lambda text: None, between)
        return detector.find(fold, list(slabs.cases))
    task: Task = make_task(one, detector, device, {})
    names = [case.name for case in there.dataset.cases]
    return detections(task, finished_network(one, one.job, device), names, one.recipe.evaluate.batch)
