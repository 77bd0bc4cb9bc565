"""A run on disk: what is to be trained, and how far each part has come. No torch, so that anyone can look.

- run.json: recipe, study, frozen dataset and its manifest hash, jobs with what each needs, environment;
- folds.json: the folds; jobs/KEY/: one network's events, checkpoint, weights, detections, done.json or failed.json;
- predictions/ (or another folder): answers to held-out cases, for ``sos evaluate``;
- log.txt: what a detached run printed;
- stop: written by whoever wants the run to end after the step it is at.
"""

from __future__ import annotations

import json
import os
import platform
import sys
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import Any, Literal

from SOSStagingLib.report.files import write_text
from SOSStagingLib.scan.types import PlainError

from ..evaluation.files import SUFFIX
from ..learning.events import EVENTS_FILE, Event, read_events
from ..learning.jobs import Job
from ..learning.recipe import Recipe, parse_recipe
from ..study.dataset import Dataset
from ..study.folds import Folds
from ..study.study import Study
from .locks import is_held

RUN_FORMAT = "sosstaging.run/1"
RUN_FILE, FOLDS_FILE, STOP_FILE, LOG_FILE = "run.json", "folds.json", "stop", "log.txt"
JOB_FOLDER, PREDICTIONS_FOLDER = "jobs", "predictions"
DONE_FILE, FAILED_FILE, LOCK_FILE, RUN_LOCK_FILE = "done.json", "failed.json", ".lock", ".run.lock"
PACKAGES = ("torch", "torchvision", "timm", "numpy", "scipy", "safetensors", "ultralytics", "distributed")

State = Literal["waiting", "running", "interrupted", "done", "failed"]


class RunError(PlainError):
    """A run folder that cannot be used as asked."""


@dataclass(frozen=True)
class JobStatus:
    """How far one job is. ``last`` is its last event that tells of a step, ``metrics`` its last validation's."""

    job: Job
    state: State
    step: int = 0
    steps: int = 0
    eta_s: float | None = None
    text: str = ""
    last: Event | None = None
    metrics: Mapping[str, float | None] | None = None


@dataclass(frozen=True)
class RunFolder:
    """A run: its folder and what run.json says. ``cache`` holds slabs, ``predictions`` answers to held-out cases."""

    folder: Path
    recipe: Recipe
    study_folder: Path
    cache: Path
    predictions: Path
    dataset: str
    manifest_sha256: str
    jobs: tuple[Job, ...]

    # Making and opening.

    def created(self, folds: Folds) -> RunFolder:
        """Write a new run, or add the jobs to one there is of the same recipe, dataset and folds.

        Raises:
            RunError: another run lies in the folder.
        """
        if (self.folder / RUN_FILE).exists():
            return RunFolder.open(self.folder)._with_jobs(self, folds)
        (self.folder / JOB_FOLDER).mkdir(parents=True, exist_ok=True)
        write_text(self.folder / FOLDS_FILE, json.dumps(folds.to_json(), indent=1))
        self._write({"created": datetime.now(UTC).isoformat(timespec="seconds"), "environment": environment()})
        return self

    def _with_jobs(self, wanted: RunFolder, folds: Folds) -> RunFolder:
        for name in ("recipe", "manifest_sha256"):
            if getattr(self, name) != getattr(wanted, name):
                text = f"{self.folder.name} holds a run with another {name.replace('_sha256', '')}."
                raise RunError("other_run", text, "Take another --out, or ask for what it was begun with.")
        if self.folds() != folds:
            raise RunError("other_run", f"{self.folder.name} holds a run with other folds.", "Take another --out.")
        known = {job.key for job in self.jobs}
        more = tuple(job for job in wanted.jobs if job.key not in known)
        run = replace(wanted, jobs=self.jobs + more)
        self._copy_answers(run.predictions)
        run._write({})
        return run

    def _copy_answers(self, other: Path) -> None:
        """Answers given so far also lie where later ones are wanted."""
        if other.resolve() == self.predictions.resolve():
            return
        for key in (job.key for job in self.jobs if self.state(job.key) == "done"):
            given = self.predictions / f"{key}{SUFFIX}"
            if given.exists() and not (other / given.name).exists():
                other.mkdir(parents=True, exist_ok=True)
                write_text(other / given.name, given.read_text(encoding="utf-8"))

    @classmethod
    def open(cls, folder: Path) -> RunFolder:
        """Open a run.

        Raises:
            RunError: there is none, or it is damaged.
        """
        try:
            data = json.loads((folder / RUN_FILE).read_text(encoding="utf-8"))
            if data["format"] != RUN_FORMAT:
                raise ValueError("another format")
            jobs = tuple(Job.from_json(job) for job in data["jobs"])
            study, cache, predictions = (_place(folder, data[name]) for name in ("study", "cache", "predictions"))
            recipe, sha256 = parse_recipe(data["recipe"]), data["manifest_sha256"]
            return cls(folder, recipe, study, cache, predictions, data["dataset"], sha256, jobs)
        except FileNotFoundError as error:
            text = f"{folder} holds no run."
            raise RunError("no_run", text, "Begin one: sos train --recipe R --study STUDY.") from error
        except (KeyError, TypeError, ValueError) as error:
            text = f"{folder / RUN_FILE} is damaged or of another version."
            raise RunError("run_damaged", text, "Take another --out.") from error

    def _write(self, more: Mapping[str, Any]) -> None:
        path = self.folder / RUN_FILE
        before = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
        content = {
            **{"format": RUN_FORMAT, **before, **more},
            **{"recipe": self.recipe.to_json(), "dataset": self.dataset, "manifest_sha256": self.manifest_sha256},
            # Relative where that is possible, so that study and run can be moved together.
            **{"study": _relative(self.study_folder, self.folder), "cache": _relative(self.cache, self.folder)},
            "predictions": _relative(self.predictions, self.folder),
            "jobs": [job.to_json() for job in self.jobs],
        }
        write_text(path, json.dumps(content, indent=1) + "\n")

    # Its parts.

    def study(self) -> Study:
        """The study."""
        return Study.open(self.study_folder)

    def frozen(self) -> Dataset:
        """The frozen dataset; RunError where it is no longer the one the run was begun with."""
        dataset = self.study().dataset(self.dataset)
        if dataset.manifest_sha256 != self.manifest_sha256:
            text = f"The dataset {self.dataset} is no longer the one this run was begun with."
            raise RunError("other_dataset", text, "Begin another run.")
        return dataset

    def folds(self) -> Folds:
        """The folds."""
        return Folds.from_json(json.loads((self.folder / FOLDS_FILE).read_text(encoding="utf-8")))

    def job(self, key: str) -> Job:
        """A job by its key; RunError where the run has none such."""
        found = next((job for job in self.jobs if job.key == key), None)
        if found is None:
            raise RunError("no_job", f"The run {self.folder.name} has no job {key}.")
        return found

    def job_folder(self, key: str) -> Path:
        """Where a job's files lie."""
        return self.folder / JOB_FOLDER / key

    # Stopping.

    def request_stop(self) -> None:
        """Ask the run to end after the step it is at."""
        write_text(self.folder / STOP_FILE, "")

    def clear_stop(self) -> None:
        """Take the request back, as a run does when it begins."""
        (self.folder / STOP_FILE).unlink(missing_ok=True)

    @property
    def stop_requested(self) -> bool:
        """Whether the run was asked to end."""
        return (self.folder / STOP_FILE).exists()

    # How it is.

    @property
    def alive(self) -> bool:
        """Whether a program on this computer works on it."""
        return is_held(self.folder / RUN_LOCK_FILE)

    def state(self, key: str) -> State:
        """How a job is."""
        folder = self.job_folder(key)
        if (folder / DONE_FILE).exists():
            return "done"
        if is_held(folder / LOCK_FILE):
            return "running"
        if (folder / FAILED_FILE).exists():
            return "failed"
        return "interrupted" if (folder / EVENTS_FILE).exists() else "waiting"

    def outcome(self, key: str) -> dict[str, Any]:
        """What done.json or failed.json of a job says; empty where there is neither."""
        for name in (DONE_FILE, FAILED_FILE):
            path = self.job_folder(key) / name
            if path.exists():
                return dict(json.loads(path.read_text(encoding="utf-8")))
        return {}

    def status(self) -> tuple[JobStatus, ...]:
        """How every job is, in the order of the run."""
        return tuple(self._status(job) for job in self.jobs)

    def _status(self, job: Job) -> JobStatus:
        state = self.state(job.key)
        events = read_events(self.job_folder(job.key) / EVENTS_FILE)
        begun = next((e for e in events if e["event"] == "begin"), {})
        last = next((e for e in reversed(events) if e["event"] == "step"), None)
        metrics = next((e["metrics"] for e in reversed(events) if e["event"] == "validation"), None)
        step, eta = (last["step"], last["eta_s"]) if last else (0, None)
        text = str(self.outcome(job.key).get("text", "")) if state == "failed" else ""
        return JobStatus(job, state, step, int(begun.get("steps", 0)), eta, text, last, metrics)


def environment() -> dict[str, Any]:
    """What a run was begun with: versions and kind of computer, nothing that names it."""
    versions = {}
    for package in PACKAGES:
        try:
            versions[package] = metadata.version(package)
        except metadata.PackageNotFoundError:
            continue
    return {
        **{"python": platform.python_version(), "system": platform.system(), "machine": platform.machine()},
        **{"cores": os.cpu_count(), "slicer": "slicer" in sys.modules, "packages": versions},
    }


def _relative(path: Path, base: Path) -> str:
    try:
        return Path(os.path.relpath(path.resolve(), base.resolve())).as_posix()
    except ValueError:  # another drive
        return path.resolve().as_posix()


def _place(base: Path, stored: str) -> Path:
    return Path(os.path.normpath(base / stored))
