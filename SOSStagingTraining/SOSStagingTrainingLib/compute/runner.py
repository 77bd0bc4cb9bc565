"""From a study and a recipe to a finished run: everything that can be wrong is named before anything is trained."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from functools import partial
from itertools import product
from pathlib import Path

from SOSStagingLib.staging.protocol import ProgressCallback

from ..evaluation.files import SUFFIX, read_predictions
from ..evaluation.predictions import RunHeader
from ..learning.jobs import Job
from ..learning.recipe import Recipe
from ..learning.slabs import CACHE_FOLDER, cut_slabs, uncut
from ..study.check import patients_assumed
from ..study.dataset import Dataset, is_current
from ..study.folds import Folds
from ..study.study import Study
from ..study.types import StudyError
from .execute import Outcome, dask_pool, local_pool, usual_threads, work_here, work_with
from .locks import held
from .processes import do_job_together
from .run_folder import PREDICTIONS_FOLDER, RUN_FILE, RUN_LOCK_FILE, RunError, RunFolder, State
from .stopping import StopRequest
from .worker import LOCK_SECONDS, do_job

OWN_DATASET = "train"
RUNS_FOLDER = "runs"
NAMED_AT_MOST = 5
FEW_SLABS = 12

Note = Callable[[str], None]
Asked = tuple[int, int, str]
"""Fold, seed and method."""


@dataclass(frozen=True)
class Wanted:
    """What a run is asked for; None and empty leave it to the recipe, or to what there is.

    ``dataset`` names a frozen dataset; ``folds_file`` holds folds made before. ``methods``, ``folds`` (from 1) and
    ``seeds`` say which jobs. ``predictions`` is where answers go; what is answered there already, by an earlier run of
    the same recipe on the same dataset, is not trained again unless another job needs it.
    """

    recipe: Recipe
    study: Path
    out: Path | None = None
    dataset: str | None = None
    folds_file: Path | None = None
    cache: Path | None = None
    predictions: Path | None = None
    methods: tuple[str, ...] = ()
    folds: tuple[int, ...] = ()
    seeds: tuple[int, ...] = (1,)
    raters: tuple[str, ...] | None = None


@dataclass(frozen=True)
class Where:
    """Where jobs run: ``workers`` processes of this computer, the Dask cluster of ``scheduler``, or each job spread
    over ``processes``. ``threads`` 0: all cores shared out."""

    device: str = "auto"
    workers: int = 1
    scheduler: str = ""
    processes: int = 1
    threads: int = 0


def prepare(wanted: Wanted, note: Note, progress: ProgressCallback | None = None) -> RunFolder:
    """Check the study, freeze it if it is not yet, split it, plan the jobs and write the run folder.

    Raises:
        StudyError: something is wrong with the study; it is named.
        RecipeError: the recipe asks for what there is not.
        RunError: another run lies in the folder.
    """
    from ..learning.plan import parts_of, plan, refuse_unready

    recipe = wanted.recipe
    methods, fold_numbers = wanted.methods or recipe.methods, wanted.folds or _all_folds(recipe)
    everything = plan(recipe, list(product(fold_numbers, wanted.seeds, methods)))
    study = Study.open(wanted.study)
    out = _out(wanted, study)
    for name in dict.fromkeys(job.method for job in everything if not _is_done(out, job)):
        refuse_unready(recipe, name, len(study.scheme.stages))
    dataset = _dataset(study, wanted, note, progress)
    for found in patients_assumed(study):
        note(found.text)
    folds = _folds(study, dataset, wanted)
    jobs = plan(recipe, _unanswered(wanted, dataset, folds, list(product(fold_numbers, wanted.seeds, methods)), note))
    for fold in {job.fold for job in jobs}:
        _refuse_empty(parts_of(dataset, folds, fold, recipe.study).training, fold)
    places = (study.folder, wanted.cache or study.folder / CACHE_FOLDER, wanted.predictions or out / PREDICTIONS_FOLDER)
    return RunFolder(out, recipe, *places, dataset.name, dataset.manifest_sha256, jobs).created(folds)


def _out(wanted: Wanted, study: Study) -> Path:
    """The run's folder: the one asked for, or one named by the recipe and the dataset that ``_dataset`` gives."""
    dataset = wanted.dataset or next(iter(study.datasets), OWN_DATASET)
    return wanted.out or study.folder / RUNS_FOLDER / f"{wanted.recipe.name.split(';')[0]}-{dataset}"


def _is_done(out: Path, job: Job) -> bool:
    """Whether a run that is gone on with has this job behind it, and so needs nothing for it."""
    return (out / RUN_FILE).exists() and RunFolder.open(out).state(job.key) == "done"


def _unanswered(wanted: Wanted, dataset: Dataset, folds: Folds, asked: list[Asked], note: Note) -> list[Asked]:
    """What is asked for and not answered yet in the folder of predictions."""
    folder = wanted.predictions
    if folder is None or not folder.is_dir():
        return asked
    left = [one for one in asked if not _is_answered(folder, wanted.recipe, dataset, folds, one, note)]
    if len(left) < len(asked):
        note(f"{len(asked) - len(left)} of {len(asked)} are answered already in {folder}.")
    return left


def _is_answered(folder: Path, recipe: Recipe, dataset: Dataset, folds: Folds, one: Asked, note: Note) -> bool:
    from ..learning.plan import settings_sha256

    fold, seed, method = one
    path = folder / f"{Job(method, fold, seed).key}{SUFFIX}"
    if not path.exists():
        return False
    found = read_predictions(path)
    header, told = found.header, settings_sha256(recipe, method)
    differs = {
        "study or dataset": not _is_of(header, dataset),
        "recipe": header.recipe != recipe.name,
        "settings of this method or of one it needs": header.settings_sha256 not in ("", told),
        "folds": header.folds != folds.k or not {case.case for case in found.cases} <= set(folds.held_out(fold - 1)),
    }
    if not any(differs.values()):
        if header.manifest_sha256 != dataset.manifest_sha256:
            note(f"{path.name} has the same heads and labels, drawn elsewhere: the scans differ in bytes.")
        return True
    other = ", ".join(name for name, is_other in differs.items() if is_other)
    text = f"{path.name} in {folder} was made with another {other}."
    raise RunError("other_predictions", text, "Move it away, or say another --predictions.")


def _is_of(header: RunHeader, dataset: Dataset) -> bool:
    """Whether answers are to a dataset's cases: the same scans, or the same simulated heads drawn anew."""
    drawn_again = dataset.simulated and header.data == "simulated" and header.labels_sha256 == dataset.labels_sha256
    return header.manifest_sha256 == dataset.manifest_sha256 or drawn_again


def _all_folds(recipe: Recipe) -> tuple[int, ...]:
    return tuple(range(1, recipe.study.folds + 1))


def _dataset(study: Study, wanted: Wanted, note: Note, progress: ProgressCallback | None) -> Dataset:
    """The frozen dataset to train from: the one named, the only one, or a new one of all that is agreed on."""
    found = frozen_before(study, wanted.dataset, note)
    if found is not None:
        if wanted.raters and not wanted.dataset and set(wanted.raters) != set(found.raters):
            text = f"The labels frozen as {found.name} are those of {', '.join(found.raters)}, not of those asked for."
            raise StudyError("other_raters", text, "Freeze theirs under another name: sos study freeze.")
        return found
    least = wanted.recipe.study.min_per_stage
    dataset = study.freeze(OWN_DATASET, raters=wanted.raters, min_per_stage=least, read_scans=False, progress=progress)
    note(f"The study is frozen as {dataset.name}: {len(dataset.cases)} cases, {len(dataset.left_out)} left out.")
    return dataset


def frozen_before(study: Study, name: str | None, note: Note) -> Dataset | None:
    """The dataset of this name, or the only one (noted where labels have changed since); None where none is frozen.

    Raises:
        StudyError: there are several, and none is named.
    """
    if name:
        return study.dataset(name)
    if len(study.datasets) > 1:
        text = f"The study has several frozen datasets: {', '.join(study.datasets)}."
        raise StudyError("which_dataset", text, "Say which one with --dataset.")
    if not study.datasets:
        return None
    dataset = study.dataset(study.datasets[0])
    if not is_current(study, dataset):
        text = f"Labels, boxes or cases have changed since they were frozen as {dataset.name}; those of then are used."
        note(f"{text} New ones are frozen with sos study freeze, and chosen with --dataset.")
    return dataset


def _folds(study: Study, dataset: Dataset, wanted: Wanted) -> Folds:
    settings = wanted.recipe.study
    if wanted.folds_file is None:
        folds = study.folds(dataset, settings.folds, settings.fold_seed)
    else:
        try:
            folds = Folds.from_json(json.loads(wanted.folds_file.read_text(encoding="utf-8")))
        except (OSError, ValueError) as error:
            text = f"{wanted.folds_file.name} is no file of folds."
            raise StudyError("folds_damaged", text, "sos study folds makes them.") from error
    refused = [found.text for found in study.check_folds(dataset, folds) if found.severity == "refuse"]
    if refused:
        text = f"The folds cannot be used. {' '.join(refused[:NAMED_AT_MOST])}"
        raise StudyError("folds_refused", text, "sos study folds makes new ones.")
    if folds.k != settings.folds:
        text = f"The file holds {folds.k} folds, the recipe asks for {settings.folds}."
        raise StudyError("other_folds", text, f"Say --set study.folds={folds.k}.")
    return folds


def _refuse_empty(training: Sequence[str], fold: int) -> None:
    if not training:
        text = f"No case is left to train on without fold {fold}."
        raise StudyError("too_few_cases", text, "Take smaller shares for validation and calibration, or add cases.")


def perform(
    run: RunFolder, where: Where, listen: Callable[[], None], progress: ProgressCallback | None = None
) -> Outcome:
    """Work through the run's jobs, going on where they were; ``listen`` is called now and then.

    Raises:
        RunError: another program works on the run, or workers are lost.
        StudyError: scans cannot be used; all of them are named.
    """
    with held(run.folder / RUN_LOCK_FILE, LOCK_SECONDS) as free:
        if not free:
            text = f"Another program works on {run.folder.name} already."
            raise RunError("run_busy", text, "Follow it: sos train --out RUN --follow.")
        run.clear_stop()
        todo = [job.key for job in run.jobs if run.state(job.key) != "done"]
        _refuse_uneven(run, todo, where.processes)
        cut(run.study(), run.frozen(), run.cache, progress)
        with _pool(where) as pool:
            return _work(run, todo, where, pool, listen)


def _refuse_uneven(run: RunFolder, todo: Sequence[str], processes: int) -> None:
    """Every process takes as many cases of a step as the others."""
    from ..learning.plan import parts_of

    dataset, folds = run.frozen(), run.folds()
    for job in (run.job(key) for key in todo if processes > 1):
        cases = len(parts_of(dataset, folds, job.fold, run.recipe.study).training)
        batch = min(run.recipe.settings(job.method).train.batch, cases)
        if batch % processes:
            text = f"A batch of {batch} ({job.method}) cannot be shared out evenly to {processes} processes."
            raise RunError("batch_uneven", text, "Change train.batch or --processes.")


def cut(study: Study, dataset: Dataset, cache: Path, progress: ProgressCallback | None) -> None:
    """Cut what slabs are missing, on this computer; with all its cores where they are many."""
    many = len(uncut(dataset, cache)) > FEW_SLABS
    with local_pool(usual_threads(1)) if many else nullcontext() as pool:
        cut_slabs(study, dataset, cache, pool, progress)


def _pool(where: Where) -> AbstractContextManager[Executor | None]:
    if where.scheduler:
        return dask_pool(where.scheduler)
    return local_pool(where.workers) if where.workers > 1 else nullcontext()


def _work(
    run: RunFolder, todo: Sequence[str], where: Where, pool: Executor | None, listen: Callable[[], None]
) -> Outcome:
    if pool is None:
        return work_here(run, todo, partial(_do, run, where))
    threads = where.threads or (0 if where.scheduler else usual_threads(where.workers))
    with StopRequest(run) as stop:

        def told() -> None:
            if stop.signalled:
                # The workers hear of it through the run folder, wherever they are.
                run.request_stop()
            listen()

        return work_with(run, todo, pool, where.device, threads, told)


def _do(run: RunFolder, where: Where, key: str) -> State:
    if where.processes > 1:
        threads = where.threads or usual_threads(where.processes)
        return do_job_together(run, key, where.processes, where.device, threads)
    return do_job(str(run.folder), key, where.device, where.threads)
