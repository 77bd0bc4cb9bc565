"""Which networks a run trains, in which order, and which cases each of them learns from, is calibrated on and tested
on."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import MISSING, dataclass, fields, is_dataclass
from typing import Any

from ..study.dataset import Dataset
from ..study.folds import Folds, split, units
from .jobs import Job
from .methods import AnyMethod, Method, SelfTrained, method
from .recipe import Recipe, StudySettings
from .settings import MethodSettings, RecipeError
from .weights import HUB

TEACHER, DETECTOR = "teacher", "detector"
USUAL_DETECTOR = "localiser"


def plan(recipe: Recipe, asked: Sequence[tuple[int, int, str]]) -> tuple[Job, ...]:
    """The jobs that what is asked for (fold, seed, method) and all it needs come to, each after those it needs.

    Raises:
        RecipeError: a method there is not, a fold there is not, or methods that need one another.
    """
    found: dict[str, Job] = {}
    for name in recipe.method:
        method(recipe.settings(name).base)  # also those not asked for: a name that is none is a slip
    for fold, seed, name in asked:
        if not 1 <= fold <= recipe.study.folds:
            raise RecipeError("no_fold", f"There is no fold {fold}.", f"Folds are 1 to {recipe.study.folds}.")
        _add(found, recipe, name, (fold, seed), ())
    return tuple(found.values())


def settings_sha256(recipe: Recipe, name: str) -> str:
    """A hash over all that a method of the run, and those it needs, are told. What is left as it usually is does not
    go into it, so that a setting added later changes no hash."""
    told: dict[str, Any] = {"study": _told(recipe.study)}
    waiting = [name]
    while waiting:
        method_name = waiting.pop()
        if method_name not in told:
            needs = needs_of(recipe, method_name)
            told[method_name] = {**_told(recipe.settings(method_name)), "needs": needs}
            waiting += [other for others in needs.values() for other in others]
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()


def _told(settings: Any) -> dict[str, Any]:
    """The fields of settings, and of settings in them, that are not at their defaults, as plain values."""
    told = {}
    for one in fields(settings):
        value = getattr(settings, one.name)
        usual = one.default_factory() if one.default_factory is not MISSING else one.default
        if value != usual:
            told[one.name] = _told(value) if is_dataclass(value) else value
    return told


def refuse_unready(recipe: Recipe, name: str, stages: int) -> None:
    """Raise a PlainError where a method of the run could not begin on a scheme of so many stages: a backbone there is
    not, weights that do not fit, a package that is missing."""
    settings = recipe.settings(name)
    known = method(settings.base)
    own = known.weights if isinstance(known, Method) else {}
    unknown = sorted(settings.weights.keys() - own.keys())
    if unknown:
        text = f"The method {name} has no loss term {', '.join(unknown)}."
        raise RecipeError("no_term", text, f"It has {', '.join(own) or 'none'}.")
    if isinstance(known, SelfTrained):
        known.refuse_unready()
    elif settings.network.start != HUB:  # what is fetched is fetched once, when it is needed
        known.network(settings.network, settings.view.planes, stages)


def _add(found: dict[str, Job], recipe: Recipe, name: str, where: tuple[int, int], path: tuple[str, ...]) -> str:
    if name in path:
        raise RecipeError("circle", f"{' needs '.join([*path, name])}: no one can be the first.", "Change their needs.")
    needs = {
        role: tuple(_add(found, recipe, other, where, (*path, name)) for other in others)
        for role, others in needs_of(recipe, name).items()
    }
    job = Job(name, *where, needs)
    found.setdefault(job.key, job)
    return job.key


def needs_of(recipe: Recipe, name: str) -> dict[str, tuple[str, ...]]:
    """The methods of the run that a method needs, by the part they play.

    A detector is left out where nothing asks for what it finds, and added where crops are to be cut by it.
    """
    settings = recipe.settings(name)
    known = method(settings.base)
    wanted: dict[str, tuple[str, ...]] = {}
    for need in known.needs:
        role, _, which = need.partition(":")
        wanted[role] = (which or role,)
    crops = crops_of(known, settings)
    if "detected" in crops:
        wanted.setdefault(DETECTOR, (USUAL_DETECTOR,))
    elif settings.distil.mask == "expert":
        wanted.pop(DETECTOR, None)
    if DETECTOR in wanted and recipe.detector:
        wanted[DETECTOR] = (recipe.detector,)
    unknown = sorted(settings.needs.keys() - wanted.keys())
    if unknown:
        text = f"The method {name} needs no {', '.join(unknown)}."
        raise RecipeError("no_such_need", text, f"It needs {', '.join(wanted) or 'nothing'}.")
    return {**wanted, **settings.needs}


def crops_of(known: AnyMethod, settings: MethodSettings) -> tuple[str, str]:
    """What a method's crops are cut by, as the recipe says or else as the method does."""
    return settings.crops or (known.crops if isinstance(known, Method) else ("none", "none"))


@dataclass(frozen=True)
class Parts:
    """The cases of one fold, by name: no patient is in two of them."""

    training: tuple[str, ...]
    validation: tuple[str, ...]
    calibration: tuple[str, ...]
    held_out: tuple[str, ...]


def parts_of(dataset: Dataset, folds: Folds, fold: int, settings: StudySettings) -> Parts:
    """Split a fold's training side (``fold`` from 1); the same for every method and seed.

    Raises:
        StudyError: too few patients are left for the shares asked for.
    """
    rest = folds.training(fold - 1)
    rest, calibration = _taken(dataset, rest, settings.calibration, folds.seed * 1000 + fold)
    rest, validation = _taken(dataset, rest, settings.validation, folds.seed * 1000 + fold + 500)
    return Parts(rest, validation, calibration, folds.held_out(fold - 1))


def _taken(
    dataset: Dataset, names: tuple[str, ...], share: float, seed: int
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Those that stay, and about ``share`` of the cases, by patient and stratified by stage."""
    if not share:
        return names, ()
    known = {case.name: case.stage for case in dataset.cases}
    unit_of = units(dataset.cases)
    parts = min(round(1 / share), len({unit_of[name] for name in names}))
    fold_of = split({name: known[name] for name in names}, unit_of, dataset.stages, parts, seed)
    return tuple(n for n in names if fold_of[n]), tuple(n for n in names if not fold_of[n])
