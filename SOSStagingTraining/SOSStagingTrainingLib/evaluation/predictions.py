"""One method's answers to the held-out cases of one fold under one seed, as a small file to commit.

The comparison table is built from these files alone, so a later run adds files and the table goes on. A file also holds
the answers to the calibration part of the fold's training side: what is fitted is fitted there.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date
from functools import cached_property
from typing import Literal

import numpy as np
import numpy.typing as npt
from SOSStagingLib.model.scheme import DEFAULT_SCHEME, SchemeError, load_scheme

Target = Literal["true", "label"]
DATA = ("simulated", "real")
_METHOD = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")
_SHA256 = re.compile(r"[0-9a-f]{64}")


class PredictionsError(ValueError):
    """Predictions that cannot be used; the message says which, why, and what to do."""


@dataclass(frozen=True)
class RunHeader:
    """What the answers were made with.

    ``method`` is a short lower-case name. ``fold`` counts from 1 to ``folds``. ``data`` says what the cases are.
    ``manifest_sha256`` is the hash of the frozen dataset, ``labels_sha256`` that of all of it but the scans' bytes
    (empty in older files): methods are only compared on the same dataset, or on simulated heads drawn again with the
    same labels. ``recipe`` names the recipe, ``settings_sha256`` is the hash of what it tells the method (empty in
    older files). ``trained_on_sha256`` is the hash of the dataset that the network learnt from where it answers another
    one: external validation, in which every fold's network answers all cases. ``parameters`` counts the weights used at
    inference; ``seconds_per_scan`` is inference on ``device``; ``command`` makes the run again; ``date`` is ISO.
    """

    method: str
    fold: int
    folds: int
    seed: int
    data: Literal["simulated", "real"]
    recipe: str
    manifest_sha256: str
    parameters: int
    seconds_per_scan: float
    device: str
    command: str
    date: str
    scheme: str = DEFAULT_SCHEME
    settings_sha256: str = ""
    labels_sha256: str = ""
    trained_on_sha256: str = ""

    def __post_init__(self) -> None:
        _check_types(self, "the header")
        if not _METHOD.fullmatch(self.method):
            raise PredictionsError(
                f"method {self.method!r} must be a short name of small letters, digits, - and _, such as student-paper"
            )
        if not 1 <= self.fold <= self.folds:
            raise PredictionsError(f"fold is {self.fold}, but must lie from 1 to folds, which is {self.folds}")
        if self.data not in DATA:
            raise PredictionsError(f"data is {self.data!r}, but must be simulated or real")
        for name in ("manifest_sha256", "settings_sha256", "labels_sha256", "trained_on_sha256"):
            value = getattr(self, name)
            if not _SHA256.fullmatch(value) and (value or name == "manifest_sha256"):
                raise PredictionsError(f"{name} must be 64 hexadecimal digits, not {value!r}")
        if self.parameters < 0 or not 0 <= self.seconds_per_scan < math.inf:
            raise PredictionsError("parameters and seconds_per_scan must be numbers, not below 0")
        try:
            date.fromisoformat(self.date)
        except ValueError:
            raise PredictionsError(f"date must be like 2026-11-23, not {self.date!r}") from None

    @property
    def run(self) -> str:
        """Name of the run: method, fold and seed."""
        return f"{self.method}.fold{self.fold}.seed{self.seed}"

    @property
    def external(self) -> bool:
        """Whether the answers are to another study than the network learnt from."""
        return bool(self.trained_on_sha256)


@dataclass(frozen=True)
class CasePrediction:
    """The answer to one scan. These files are committed: ``case`` and ``patient`` must be pseudonyms.

    ``logits`` (before temperature) in the order of the scheme's stages; None where the method gave no answer, which
    counts as wrong. Stages count from 1: ``true_stage`` is the simulator's, ``label_stage`` what a rater said.
    ``fraction`` is the fused share of the synchondrosis as the method says, ``true_fraction`` the simulator's.
    ``sos_error_mm`` is the distance of the found synchondrosis from the true one. ``roi_mass``, ``peak_inside``,
    ``uniform_share``, ``hot_drop`` and ``random_drop`` are those of ``attention``. All shares from 0 to 1.
    """

    case: str
    patient: str
    logits: tuple[float, ...] | None
    true_stage: int | None = None
    label_stage: int | None = None
    fraction: float | None = None
    true_fraction: float | None = None
    sos_error_mm: float | None = None
    presence: float | None = None
    roi_mass: float | None = None
    peak_inside: float | None = None
    uniform_share: float | None = None
    hot_drop: float | None = None
    random_drop: float | None = None


_SHARES = ("fraction", "true_fraction", "presence", "roi_mass", "peak_inside", "uniform_share")
_DROPS = ("hot_drop", "random_drop")


@dataclass(frozen=True)
class Predictions:
    """The answers of one run: to the held-out ``cases``, and to the ``calibration`` part of its training side.

    Valid once built. PredictionsError: a case twice, a patient in both parts, a stage outside the scheme, logits of
    another length or not finite, a true or label stage that only some cases have.
    """

    header: RunHeader
    cases: tuple[CasePrediction, ...]
    calibration: tuple[CasePrediction, ...] = ()

    def __post_init__(self) -> None:
        if not self.cases:
            raise PredictionsError("there are no cases")
        for part, cases in (("cases", self.cases), ("calibration", self.calibration)):
            _check_part(part, cases, self.stages)
        held_out = {case.patient for case in self.cases}
        for case in self.calibration:
            if case.patient in held_out:
                raise PredictionsError(
                    f"patient {case.patient} is held out and also in the calibration part: what is fitted there "
                    "would have seen the test. Split by patient"
                )

    @cached_property
    def stages(self) -> int:
        """How many stages the scheme has."""
        try:
            return len(load_scheme(self.header.scheme).stages)
        except SchemeError as error:
            raise PredictionsError(str(error)) from error

    @property
    def targets(self) -> tuple[Target, ...]:
        """What the cases can be scored against: the true stage, the label, or both."""
        first = self.cases[0]
        found: list[tuple[Target, int | None]] = [("true", first.true_stage), ("label", first.label_stage)]
        return tuple(name for name, stage in found if stage is not None)


def logits_of(cases: Sequence[CasePrediction], stages: int) -> npt.NDArray[np.float64]:
    """Logits [n, stages]; NaN for a case without an answer."""
    rows = [(math.nan,) * stages if case.logits is None else case.logits for case in cases]
    return np.array(rows, float).reshape(len(rows), stages)


def stages_of(cases: Sequence[CasePrediction], target: Target) -> npt.NDArray[np.int64]:
    """True or label stages [n] from 1; PredictionsError where the cases do not have them."""
    found = [case.true_stage if target == "true" else case.label_stage for case in cases]
    if None in found:
        raise PredictionsError(f"these cases have no {target} stage to score against")
    return np.array(found, np.int64)


def merge_folds(parts: Sequence[Predictions]) -> tuple[CasePrediction, ...]:
    """The held-out cases of all folds of one method and seed, in order of fold.

    PredictionsError: not one method, seed, study or recipe; a fold twice; a case or a patient twice, but for external
    validation, where each fold has all of them.
    """
    ordered = sorted(parts, key=lambda part: part.header.fold)
    if not ordered:
        raise PredictionsError("there are no folds to merge")
    _check_one_run([part.header for part in ordered])
    first = ordered[0].header
    name = f"method {first.method}, seed {first.seed}"
    for what in ("case", "patient") if not first.external else ():
        seen: dict[str, int] = {}
        for part in ordered:
            for value in {getattr(case, what) for case in part.cases}:
                if value in seen:
                    raise PredictionsError(
                        f"{name}: {what} {value} is held out in fold {seen[value]} and again in fold "
                        f"{part.header.fold}. Folds must not overlap; remove the file of the wrong split"
                    )
                seen[value] = part.header.fold
    return tuple(case for part in ordered for case in part.cases)


def _check_one_run(headers: Sequence[RunHeader]) -> None:
    first = headers[0]
    for n, header in enumerate(headers):
        if header.fold in [other.fold for other in headers[:n]]:
            raise PredictionsError(f"fold {header.fold} of method {header.method}, seed {header.seed} is there twice")
        of_study = ("manifest_sha256", "trained_on_sha256")
        for name in ("method", "seed", "folds", "data", "scheme", *of_study, "recipe", "settings_sha256"):
            if not same(name, first, header):
                raise PredictionsError(
                    f"{first.run} and {header.run} differ in {name} ({getattr(first, name)!r}, "
                    f"{getattr(header, name)!r}), so they are not folds of one run"
                )


def same(name: str, one: RunHeader, other: RunHeader) -> bool:
    """Whether two headers agree in a field.

    A hash of settings that one does not have is none that differs. Two manifests agree if the heads are simulated and
    all but the scans' bytes is the same: those depend on how the processor that drew them rounds.
    """
    mine, theirs = getattr(one, name), getattr(other, name)
    if name == "manifest_sha256" and one.data == other.data == "simulated" and one.labels_sha256:
        return mine == theirs or one.labels_sha256 == other.labels_sha256
    return mine == theirs or (name == "settings_sha256" and not (mine and theirs))


def _check_part(part: str, cases: Sequence[CasePrediction], stages: int) -> None:
    seen: set[str] = set()
    for n, case in enumerate(cases, 1):
        where = f"{part}, row {n} ({case.case})"
        _check_types(case, where)
        _check_values(case, stages, where)
        if case.case in seen:
            raise PredictionsError(f"{where}: this case is there twice")
        seen.add(case.case)
    for name in ("true_stage", "label_stage"):
        missing = [case.case for case in cases if getattr(case, name) is None]
        if 0 < len(missing) < len(cases):
            raise PredictionsError(f"{part}: {name} must be given for all cases or for none; {missing[0]} has none")


def _check_values(case: CasePrediction, stages: int, where: str) -> None:
    if not case.case or not case.patient:
        raise PredictionsError(f"{where}: case and patient must not be empty")
    if case.true_stage is None and case.label_stage is None:
        raise PredictionsError(f"{where}: there is neither a true nor a label stage")
    for name in ("true_stage", "label_stage"):
        value = getattr(case, name)
        if value is not None and not 1 <= value <= stages:
            raise PredictionsError(f"{where}: {name} must be 1 to {stages}, not {value}")
    if case.logits is not None and (len(case.logits) != stages or not all(map(math.isfinite, case.logits))):
        raise PredictionsError(f"{where}: logits must be {stages} finite numbers, or null for no answer")
    for names, low, high in ((_SHARES, 0.0, 1.0), (_DROPS, -1.0, 1.0), (("sos_error_mm",), 0.0, 1e6)):
        for name in names:
            value = getattr(case, name)
            if value is not None and not low <= value <= high:
                raise PredictionsError(f"{where}: {name} must lie from {low:g} to {high:g}, not {value!r}")


_TYPES: dict[str, tuple[type, ...]] = {"str": (str,), "int": (int,), "float": (int, float)}
_WORDS = {"str": "text", "int": "a whole number", "float": "a number"}


def _check_types(record: RunHeader | CasePrediction, where: str) -> None:
    """Refuse values of a wrong type by the fields' annotations, such as text where a number belongs."""
    for field in fields(record):
        value, (kind, *rest) = getattr(record, field.name), str(field.type).split(" | ")
        if (value is None and "None" in rest) or kind.startswith("Literal"):
            continue
        allowed = _TYPES.get(kind, (tuple,))
        if not isinstance(value, allowed) or isinstance(value, bool):
            raise PredictionsError(f"{where}: {field.name} must be {_WORDS.get(kind, 'a list')}, not {value!r}")
        if isinstance(value, tuple) and not all(isinstance(v, int | float) and not isinstance(v, bool) for v in value):
            raise PredictionsError(f"{where}: {field.name} must be a list of numbers, not {value!r}")
