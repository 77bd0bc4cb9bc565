"""Folds: patients stay whole, every fold gets its share of every stage, and the same seed gives the same folds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from .types import StudyError

FOLDS_FORMAT = "sosstaging.folds/1"


@dataclass(frozen=True)
class Folds:
    """Which fold, from 0 to ``k - 1``, holds out each case of a frozen dataset (named by its manifest hash)."""

    dataset_sha256: str
    k: int
    seed: int
    fold_of: Mapping[str, int]

    def held_out(self, fold: int) -> tuple[str, ...]:
        """Return the cases that ``fold`` is tested on, by name."""
        return tuple(sorted(case for case, n in self.fold_of.items() if n == fold))

    def training(self, fold: int) -> tuple[str, ...]:
        """Return the cases that ``fold`` is trained on: all others, by name."""
        return tuple(sorted(case for case, n in self.fold_of.items() if n != fold))

    def to_json(self) -> dict[str, Any]:
        """Return plain JSON values."""
        return {
            "format": FOLDS_FORMAT,
            "dataset_sha256": self.dataset_sha256,
            "k": self.k,
            "seed": self.seed,
            "folds": [list(self.held_out(n)) for n in range(self.k)],
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Folds:
        """Build from what ``to_json`` returned.

        Raises:
            StudyError: it is something else, or a case stands in two folds.
        """
        try:
            if data["format"] != FOLDS_FORMAT or len(data["folds"]) != data["k"]:
                raise ValueError("not folds")
            pairs = [(str(case), n) for n, cases in enumerate(data["folds"]) for case in cases]
            found = cls(str(data["dataset_sha256"]), int(data["k"]), int(data["seed"]), dict(pairs))
        except (KeyError, TypeError, ValueError) as error:
            raise StudyError("folds_damaged", "The file of folds is damaged or of another kind.") from error
        if len(pairs) != len(found.fold_of):
            twice = next(case for case, n in pairs if found.fold_of[case] != n or pairs.count((case, n)) > 1)
            raise StudyError("case_in_two_folds", f"The case {twice} stands in the folds twice.", "Make them again.")
        return found


class Person(Protocol):
    """What folds need to know of a case."""

    @property
    def name(self) -> str:
        """The case."""

    @property
    def patient(self) -> str:
        """Whose scan it is."""

    @property
    def group(self) -> str | None:
        """What the patient belongs to, if anything."""


def units(cases: Sequence[Person]) -> dict[str, str]:
    """Return for each case the name of what must stay whole: its patient, or patients joined by a group.

    Cases of one patient stay together, and so do cases of one group; both chain on.
    """
    root: dict[str, str] = {}

    def find(key: str) -> str:
        while root.setdefault(key, key) != key:
            key = root[key]
        return key

    for case in cases:
        patient = find(f"patient {case.patient}")
        if case.group is not None:
            root[patient] = find(f"group {case.group}")
    return {case.name: find(f"patient {case.patient}") for case in cases}


def split(stage_of: Mapping[str, int], unit_of: Mapping[str, str], stages: int, k: int, seed: int) -> dict[str, int]:
    """Return the fold (0 to ``k - 1``) of each case.

    Greedy, after scikit-learn's StratifiedGroupKFold: units in order of how unevenly their stages lie (random among
    equals), each to the fold where the stages then are spread most evenly over the folds.

    Raises:
        StudyError: fewer than two folds, or fewer patients than folds.
    """
    names = sorted({unit_of[case] for case in stage_of})
    if k < 2:
        raise StudyError("too_few_folds", "At least 2 folds are needed.")
    if len(names) < k:
        text = f"{len(names)} patients (or groups that stay together) cannot be spread over {k} folds."
        raise StudyError("too_few_patients", text, "Take fewer folds or add cases.")
    row = {name: n for n, name in enumerate(names)}
    counts = np.zeros((len(names), stages))
    for case, stage in stage_of.items():
        counts[row[unit_of[case]], stage - 1] += 1
    order = np.random.default_rng(seed).permutation(len(names))
    order = order[np.argsort(-counts.std(axis=1)[order], kind="stable")]
    fold = _deal(counts, order, k)
    return {case: int(fold[row[unit_of[case]]]) for case in stage_of}


def _deal(counts: np.ndarray[Any, np.dtype[np.float64]], order: np.ndarray[Any, Any], k: int) -> Any:
    """Return the fold of each unit; ``counts`` is [units, stages]."""
    total = np.maximum(counts.sum(axis=0), 1)
    held = np.zeros((k, counts.shape[1]))
    fold = np.zeros(len(counts), int)
    for unit in order:
        trial = held[None] + np.eye(k)[:, :, None] * counts[unit]
        uneven = (trial / total).std(axis=1).mean(axis=1)
        # Among equally even ones the fold with the fewest cases, then the first.
        best = min(range(k), key=lambda n, u=uneven: (round(float(u[n]), 9), held[n].sum(), n))  # type: ignore[misc]
        held[best] += counts[unit]
        fold[unit] = best
    return fold
