"""Doing one job of a run: train its network, ask it about held-out cases, keep what it said."""

from __future__ import annotations

import datetime
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import torch
from torch import nn

from ..evaluation.files import write_predictions
from ..evaluation.predictions import CasePrediction, Predictions, RunHeader
from ..study.dataset import Dataset
from ..study.study import Study
from . import world
from .answers import case_rows, detections, read_detections, seconds_per_scan, write_detections
from .checkpoint import CHECKPOINT_FILE, WEIGHTS_FILE, load_weights, save_weights
from .detectors.scores import scores
from .events import EVENTS_FILE, EventLog
from .fit import Fitting, Stop, Stopped
from .jobs import Job
from .methods import Context, Detection, Fold, Method, SelfTrained, method
from .paired_views import PairedViews
from .plan import DETECTOR, TEACHER, Parts, settings_sha256
from .recipe import Recipe
from .settings import MethodSettings, RecipeError
from .slabs import Slabs
from .task import Task, as_fast


@dataclass(frozen=True)
class Assignment:
    """All that a job rests on: its run's recipe, study and dataset, its fold's cases, and where files lie.

    ``done`` are what the jobs it needs ended with, by key; ``folder_of`` gives a job's folder, ``other`` a job by its
    key.
    """

    job: Job
    recipe: Recipe
    study: Study
    dataset: Dataset
    parts: Parts
    cache: Path
    predictions: Path
    folder_of: Callable[[str], Path]
    other: Callable[[str], Job]
    done: Mapping[str, Mapping[str, Any]]

    @property
    def folder(self) -> Path:
        """The job's own folder."""
        return self.folder_of(self.job.key)

    @property
    def settings(self) -> MethodSettings:
        """What its method is told."""
        return self.recipe.settings(self.job.method)


def do(assignment: Assignment, device: torch.device, stop: Stop) -> dict[str, Any]:
    """Do the job, going on where it was interrupted; returns what is kept as its outcome.

    Raises:
        Stopped: it was asked to stop.
        PlainError: it cannot be done; the message says why.
    """
    known = method(assignment.settings.base)
    if isinstance(known, SelfTrained):
        return _self_trained(assignment, known, device, stop) if world.rank() == 0 else {}
    return _trained(assignment, known, device, stop)


def _trained(assignment: Assignment, known: Method, device: torch.device, stop: Stop) -> dict[str, Any]:
    task = make_task(assignment, known, device)
    first = world.rank() == 0
    log = EventLog(assignment.folder / EVENTS_FILE) if first else None
    if (assignment.folder / WEIGHTS_FILE).exists():
        network = finished_network(assignment, assignment.job, device)
    else:
        network = Fitting(task, device, log, stop).run()
        if first:
            save_weights(assignment.folder, network)
            (assignment.folder / CHECKPOINT_FILE).unlink(missing_ok=True)
    return _ask(assignment, task, network, device, stop) if first else {}


def make_task(
    assignment: Assignment, known: Method, device: torch.device, found: Mapping[str, Detection] | None = None
) -> Task:
    """The network to be trained, with its views and what finished jobs give it; ``found`` instead of the boxes that its
    detector has found."""
    settings, parts = assignment.settings, assignment.parts
    taught = assignment.job.needs.get(TEACHER, ())
    teachers = [assignment.other(key) for key in taught]
    crop_view = assignment.recipe.settings(teachers[0].method).view if teachers else settings.view
    found = _detections(assignment) if found is None else found
    slabs = Slabs(assignment.dataset, assignment.cache, max(settings.view.planes, crop_view.planes))
    context = Context(
        tuple(finished_network(assignment, job, device) for job in teachers),
        found,
        settings.distil,
        settings.train.label_smoothing,
        None if settings.train.labels == "own" else settings.train.labels,
    )
    views = PairedViews(slabs, settings.view, settings.augment, found, crop_view, device)
    cases = (parts.training, parts.validation, assignment.dataset.stages, assignment.job.seed)
    return Task(known, settings, views, context, *cases, assignment.folder)


def _detections(assignment: Assignment) -> dict[str, Detection]:
    keys = assignment.job.needs.get(DETECTOR, ())
    return read_detections(assignment.folder_of(keys[0])) if keys else {}


def finished_network(assignment: Assignment, job: Job, device: torch.device) -> nn.Module:
    """The trained network of a job, in eval mode and without gradients."""
    settings = assignment.recipe.settings(job.method)
    known = method(settings.base)
    if not isinstance(known, Method):
        raise TypeError(f"{settings.base} keeps its network to itself")
    # What its weights once started from may be gone by now.
    plan = replace(settings.network, start="random")
    network = known.network(plan, settings.view.planes, assignment.dataset.stages)
    load_weights(assignment.folder_of(job.key), network)
    return as_fast(network.to(device)).eval().requires_grad_(False)


def _ask(assignment: Assignment, task: Task, network: nn.Module, device: torch.device, stop: Stop) -> dict[str, Any]:
    """Let the finished network answer: a detector all cases, a classifier those it must not have learnt from."""
    begun = time.monotonic()
    parts, size = assignment.parts, assignment.recipe.evaluate.batch
    cost = {
        "parameters": sum(p.numel() for p in network.parameters()),
        "seconds_per_scan": seconds_per_scan(task, network, parts.held_out),
        "device": device_name(device),
    }
    probe = task.views.plain(parts.held_out[:1], task.crops[1])
    with torch.no_grad():
        stages = task.method.predict(network, probe, task.context).logits is not None
    if not stages:
        found = detections(task, network, list(task.views.slabs.cases), size)
        return {**cost, **_keep_detections(assignment, task.views.slabs, found)}
    drop = assignment.recipe.evaluate.attention_drop

    ask = partial(case_rows, task, network, assignment.study, size=size, between=partial(_stop_if, stop))
    rows, calibration = ask(parts.held_out, drop=drop), ask(parts.calibration, drop=False)
    if not rows:
        text = f"{assignment.job.method} has no answers: no case of fold {assignment.job.fold} has a box for its crop."
        raise RecipeError("no_boxes", text, "Draw boxes, or leave this method out.")
    write_predictions(assignment.predictions, Predictions(header(assignment, task, cost), rows, calibration))
    return {**cost, "right": _share_right(rows), "held_out": len(rows), "answer_seconds": time.monotonic() - begun}


def _stop_if(stop: Stop) -> None:
    if stop():
        raise Stopped


def _share_right(rows: tuple[CasePrediction, ...]) -> float:
    right = [r.logits is not None and r.logits.index(max(r.logits)) + 1 == r.label_stage for r in rows]
    return sum(right) / len(right)


def _keep_detections(assignment: Assignment, slabs: Slabs, found: Mapping[str, Detection]) -> dict[str, Any]:
    """Keep a detector's boxes, and measure them on the held-out cases that have a box."""
    write_detections(assignment.folder, found)
    boxes = {}
    for name in assignment.parts.held_out:
        box = slabs[name].box
        if box is not None:
            boxes[name] = (float(box[0]), float(box[1]), float(box[2]), float(box[3]))
    return {"detector": asdict(scores(found, boxes)) if boxes else None}


def _self_trained(assignment: Assignment, known: SelfTrained, device: torch.device, stop: Stop) -> dict[str, Any]:
    slabs = Slabs(assignment.dataset, assignment.cache, planes=1)
    log = EventLog(assignment.folder / EVENTS_FILE)
    parts, seed = assignment.parts, assignment.job.seed

    def note(text: str) -> None:
        log.add("note", text=text)

    cases = (parts.training, parts.validation)
    between = partial(_stop_if, stop)
    fold = Fold(assignment.folder, slabs, *cases, assignment.settings, seed, str(device), note, between)
    log.add("begin", method=assignment.job.method, seed=seed, training=len(parts.training), device=str(device))
    parameters = known.fit(fold)
    begun = time.monotonic()
    found = known.find(fold, list(slabs.cases))
    each = (time.monotonic() - begun) / len(slabs.cases)
    log.add("end", seconds=each * len(slabs.cases))
    cost = {"parameters": parameters, "seconds_per_scan": each, "device": device_name(device)}
    return {**cost, **_keep_detections(assignment, slabs, found)}


def header(assignment: Assignment, task: Task, cost: Mapping[str, Any]) -> RunHeader:
    """What a job's answers were made with; ``cost``: its parameters, seconds per scan and device."""
    job, recipe = assignment.job, assignment.recipe
    # A pipeline's detector counts where it is needed for the answer.
    helpers = job.needs.get(DETECTOR, ()) if task.crops[1] == "detected" else ()
    parameters = cost["parameters"] + sum(int(assignment.done[key].get("parameters", 0)) for key in helpers)
    seconds = cost["seconds_per_scan"] + sum(float(assignment.done[key]["seconds_per_scan"]) for key in helpers)
    return RunHeader(
        method=job.method,
        fold=job.fold,
        folds=recipe.study.folds,
        seed=job.seed,
        data="simulated" if assignment.dataset.simulated else "real",
        recipe=recipe.name,
        manifest_sha256=assignment.dataset.manifest_sha256,
        parameters=parameters,
        seconds_per_scan=seconds,
        device=cost["device"],
        command=command_for(job, recipe, assignment.study.folder.resolve().name),
        date=datetime.date.today().isoformat(),
        scheme=assignment.dataset.scheme,
        settings_sha256=settings_sha256(recipe, job.method),
        labels_sha256=assignment.dataset.labels_sha256,
    )


def command_for(job: Job, recipe: Recipe, study: str) -> str:
    """The command that makes a job's predictions again."""
    name, *changes = recipe.name.split("; ")
    changed = "".join(f" --set {change}" for change in changes)
    # An experiment's variants are known to it alone.
    what = f"experiment {recipe.experiment}" if recipe.experiment else "train"
    methods = "" if recipe.experiment else f" --methods {job.method}"
    return f"sos {what} --recipe {name}{changed} --study {study}{methods} --folds {job.fold} --seeds {job.seed}"


def device_name(device: torch.device) -> str:
    """The device as the table names it."""
    if device.type == "cuda":
        return torch.cuda.get_device_name(device)
    threads = torch.get_num_threads()
    return f"{device.type}, {threads} thread{'s' * (threads != 1)}" if device.type == "cpu" else device.type
