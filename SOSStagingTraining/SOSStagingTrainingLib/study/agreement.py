"""How well raters agree: confusion, weighted kappa with its interval over patients; and what they agree on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
from SOSStagingLib.scan.geometry import FloatArray

Weights = Literal["quadratic", "linear", "none"]
Ties = Literal["leave out", "lower", "upper"]
Labels = Mapping[str, int | None]
RESAMPLES = 2000
FEW_UNITS = 10
"""With fewer patients than this, a bootstrap interval says more than it knows, and none is given."""


@dataclass(frozen=True)
class Agreement:
    """Two raters (or two readings of one) on the cases that both gave a stage.

    ``confusion`` is [stages, stages], the first rater's stage down, the second's across. Kappas are None where they
    are not defined: no common cases, or both raters gave all of them one same stage. ``kappa_95`` is the 95 % interval
    of the quadratically weighted kappa over resampled patients. ``judged_by_one`` counts the cases of which only one of
    the two said that they cannot be judged; they are in none of the other numbers.
    """

    first: str
    second: str
    n: int
    exact: float | None
    within_one: float | None
    kappa: float | None
    kappa_95: tuple[float, float] | None
    kappa_linear: float | None
    kappa_unweighted: float | None
    confusion: npt.NDArray[np.int64]
    judged_by_one: int

    def to_json(self) -> dict[str, Any]:
        """Return plain JSON values."""
        return {**self.__dict__, "confusion": self.confusion.tolist()}


def agreement(
    names: tuple[str, str], first: Labels, second: Labels, stages: int, unit_of: Mapping[str, str], seed: int = 1
) -> Agreement:
    """Compare two raters' labels; ``unit_of`` names each case's patient, who is resampled as a whole."""
    both = sorted(first.keys() & second.keys())
    common = [(case, a, b) for case in both if (a := first[case]) is not None and (b := second[case]) is not None]
    table = confusion([a for _, a, _ in common], [b for _, _, b in common], stages)
    n = len(common)
    apart = np.abs(np.subtract.outer(np.arange(stages), np.arange(stages)))
    return Agreement(
        *names,
        n=n,
        exact=float(table[apart == 0].sum() / n) if n else None,
        within_one=float(table[apart <= 1].sum() / n) if n else None,
        kappa=weighted_kappa(table),
        kappa_95=_interval(common, stages, unit_of, seed),
        kappa_linear=weighted_kappa(table, "linear"),
        kappa_unweighted=weighted_kappa(table, "none"),
        confusion=table,
        judged_by_one=sum((first[case] is None) != (second[case] is None) for case in both),
    )


def confusion(first: Sequence[int], second: Sequence[int], stages: int) -> npt.NDArray[np.int64]:
    """Return how often each pair of stages (from 1) was given, [first, second]."""
    table = np.zeros((stages, stages), np.int64)
    np.add.at(table, (np.array(first, int) - 1, np.array(second, int) - 1), 1)
    return table


def weighted_kappa(table: npt.ArrayLike, weights: Weights = "quadratic") -> float | None:
    """Cohen's weighted kappa (Cohen 1968) of a confusion table (counts or shares); None where it is not defined."""
    value = float(_kappas(np.asarray(table, float)[None], weights)[0])
    return value if np.isfinite(value) else None


def _kappas(tables: FloatArray, weights: Weights) -> FloatArray:
    """Kappa of each table [n, stages, stages]; NaN where chance alone leaves no disagreement."""
    number = np.arange(tables.shape[-1])
    apart = np.abs(np.subtract.outer(number, number)).astype(float)
    cost = {"quadratic": apart**2, "linear": apart, "none": np.minimum(apart, 1)}[weights]
    total = tables.sum(axis=(1, 2))
    found = (cost * tables).sum(axis=(1, 2)) * total
    chance = np.einsum("ij,ni,nj->n", cost, tables.sum(axis=2), tables.sum(axis=1))
    return np.asarray(1 - np.divide(found, chance, out=np.full(len(tables), np.nan), where=chance > 0))


def _interval(
    common: Sequence[tuple[str, int, int]], stages: int, unit_of: Mapping[str, str], seed: int
) -> tuple[float, float] | None:
    """Percentile bootstrap over patients, all of a patient's cases together."""
    units = {name: n for n, name in enumerate(sorted({unit_of[case] for case, _, _ in common}))}
    if len(units) < FEW_UNITS:
        return None
    per_unit = np.zeros((len(units), stages * stages))
    for case, a, b in common:
        per_unit[units[unit_of[case]], (a - 1) * stages + b - 1] += 1
    drawn = np.random.default_rng(seed).multinomial(len(units), np.full(len(units), 1 / len(units)), RESAMPLES)
    kappas = _kappas((drawn @ per_unit).reshape(-1, stages, stages), "quadratic")
    kappas = kappas[np.isfinite(kappas)]
    if len(kappas) < RESAMPLES / 2:
        return None
    low, high = np.percentile(kappas, [2.5, 97.5])
    return float(low), float(high)


@dataclass(frozen=True)
class Consensus:
    """What raters say together about a case.

    ``stage`` is the stage most of them gave, None where there is none: then ``why`` says so. ``soft`` is the share of
    votes for each stage, of those who gave one. ``votes`` are the raters' stages, None for "cannot be judged".
    """

    stage: int | None
    soft: tuple[float, ...]
    votes: Mapping[str, int | None]
    why: Literal["", "tied", "not assessable"] = ""


def consensus(votes: Mapping[str, int | None], stages: int, ties: Ties = "leave out") -> Consensus:
    """Return the majority and the soft label of one case's votes (rater to stage, at least one).

    As many stages in front: the one nearest to the mean of all votes; if that does not decide, as ``ties`` says. Half
    of the raters or more saying that the case cannot be judged means that it cannot.
    """
    given = [stage for stage in votes.values() if stage is not None]
    if 2 * len(given) <= len(votes):
        return Consensus(None, (), dict(votes), "not assessable")
    counts = np.bincount(np.array(given) - 1, minlength=stages)
    soft = tuple(float(c) / len(given) for c in counts)
    front = np.flatnonzero(counts == counts.max()) + 1
    distance = np.abs(front - np.mean(given))
    nearest = [int(stage) for stage in front[np.isclose(distance, distance.min())]]
    if len(nearest) > 1 and ties == "leave out":
        return Consensus(None, soft, dict(votes), "tied")
    return Consensus(nearest[-1] if ties == "upper" else nearest[0], soft, dict(votes))
