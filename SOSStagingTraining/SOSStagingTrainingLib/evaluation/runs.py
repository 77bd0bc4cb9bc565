"""All runs of one method side by side: its folds and seeds as one set of cases, each case counting once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from .metrics import case_confusions, given_stages
from .predictions import CasePrediction, Predictions, PredictionsError, Target, logits_of, merge_folds, same, stages_of

FloatArray = npt.NDArray[np.float64]


@dataclass(frozen=True)
class MethodRuns:
    """The folds and seeds of one method, checked: no case or patient in two folds of a seed.

    A case answered under several seeds has the mean over them, so that each case weighs the same; in external
    validation, where every fold's network answers all cases, the mean over folds and seeds.
    """

    parts: tuple[Predictions, ...]

    def __post_init__(self) -> None:
        for seed in self.seeds:
            merge_folds([part for part in self.parts if part.header.seed == seed])

    @property
    def name(self) -> str:
        """The method."""
        return self.parts[0].header.method

    @property
    def stages(self) -> int:
        """How many stages the scheme has."""
        return self.parts[0].stages

    @cached_property
    def seeds(self) -> tuple[int, ...]:
        """Seeds in order."""
        return tuple(sorted({part.header.seed for part in self.parts}))

    def folds(self, seed: int) -> tuple[int, ...]:
        """Folds there are for a seed, in order."""
        return tuple(sorted(part.header.fold for part in self.parts if part.header.seed == seed))

    @cached_property
    def rows(self) -> tuple[CasePrediction, ...]:
        """Every answer, file by file."""
        return tuple(case for part in self.parts for case in part.cases)

    @cached_property
    def rounds(self) -> tuple[str, ...]:
        """What answered each case once, in order: a seed with all its folds; in external validation one network."""
        return tuple(dict.fromkeys(_round_of(part) for part in self.parts))

    @cached_property
    def row_rounds(self) -> npt.NDArray[np.str_]:
        """The round of each answer, [rows]."""
        return np.array([_round_of(part) for part in self.parts for _ in part.cases])

    @cached_property
    def cases(self) -> tuple[str, ...]:
        """The different cases, sorted."""
        return tuple(sorted({row.case for row in self.rows}))

    @cached_property
    def patients(self) -> tuple[str, ...]:
        """The patient of each of ``cases``."""
        patient_of = {row.case: row.patient for row in self.rows}
        return tuple(patient_of[case] for case in self.cases)

    @cached_property
    def logits(self) -> FloatArray:
        """Logits [rows, stages], NaN without an answer."""
        return logits_of(self.rows, self.stages)

    @cached_property
    def given(self) -> npt.NDArray[np.int64]:
        """Stage given, [rows], from 1; 0 without an answer."""
        return given_stages(self.logits)

    @cached_property
    def answered(self) -> frozenset[str]:
        """The cases with an answer in every round they were asked in."""
        without = {row.case for row, stage in zip(self.rows, self.given, strict=True) if not stage}
        return frozenset(self.cases) - without

    def right(self, target: Target) -> npt.NDArray[np.bool_]:
        """Whether each answer hits the target, [rows]."""
        return self.given == stages_of(self.rows, target)

    def confusions(self, target: Target, cases: Sequence[str] | None = None) -> FloatArray:
        """Confusion of each case (all, or the ones chosen), [cases, stages, stages + 1]: the mean over its seeds."""
        return self.case_means(case_confusions(stages_of(self.rows, target), self.given, self.stages), cases)

    def case_means(self, values: npt.ArrayLike, cases: Sequence[str] | None = None) -> FloatArray:
        """Means over seeds, [cases, ...], of values [rows, ...]; NaN values are left out.

        ``cases`` chooses some of the method's own; a case with only NaN stays NaN.
        """
        table = np.asarray(values, float)
        place = {case: n for n, case in enumerate(self.cases)}
        index = [place[row.case] for row in self.rows]
        known = ~np.isnan(table)
        total, count = (np.zeros((len(place), *table.shape[1:])) for _ in range(2))
        np.add.at(total, index, np.where(known, table, 0.0))
        np.add.at(count, index, known)
        means = np.divide(total, count, out=np.full(total.shape, np.nan), where=count > 0)
        return means if cases is None else means[[place[case] for case in cases]]

    def column(self, name: str) -> FloatArray:
        """An optional figure of each answer, such as ``roi_mass``, [rows]; NaN where there is none."""
        found = [getattr(row, name) for row in self.rows]
        return np.array([np.nan if value is None else value for value in found], float)


def _round_of(part: Predictions) -> str:
    seed = str(part.header.seed)
    return f"{seed} fold {part.header.fold}" if part.header.external else seed


def group_methods(parts: Sequence[Predictions]) -> dict[str, MethodRuns]:
    """The methods by name, in order, checked to be comparable.

    PredictionsError: simulated beside real cases, two schemes or two studies, external validation beside answers to the
    study that was learnt from, a case whose patient, true stage or label
    differs from file to file, overlapping folds.
    """
    first = parts[0].header
    for part in parts:
        for name in ("data", "scheme", "manifest_sha256", "external", "trained_on_sha256"):
            if not same(name, first, part.header):
                raise PredictionsError(
                    f"{first.run} and {part.header.run} differ in {name} ({getattr(first, name)}, "
                    f"{getattr(part.header, name)}): they do not belong in one table. Keep them in separate folders"
                )
    _check_facts(parts)
    names = sorted({part.header.method for part in parts})
    return {name: MethodRuns(tuple(part for part in parts if part.header.method == name)) for name in names}


def _check_facts(parts: Sequence[Predictions]) -> None:
    facts: dict[str, tuple[str, CasePrediction]] = {}
    for part in parts:
        for case in part.cases:
            run, known = facts.setdefault(case.case, (part.header.run, case))
            for name in ("patient", "true_stage", "label_stage"):
                if getattr(case, name) != getattr(known, name):
                    raise PredictionsError(
                        f"case {case.case} has {name} {getattr(known, name)} in {run} and {getattr(case, name)} in "
                        f"{part.header.run}: one of them was made with another study. Run it again"
                    )
