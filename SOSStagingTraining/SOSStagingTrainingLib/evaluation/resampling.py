"""How sure a figure is: bootstrap over patients, and the exact McNemar test. The same seed gives the same numbers.

All scans of a patient (and a case's answers under all seeds) are drawn together, because they are not independent:
drawing scans one by one makes intervals too narrow.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.stats import binomtest

FloatArray = npt.NDArray[np.float64]

DRAWS = 20_000
"""Ends of intervals from 2000 differ by some tenths of a point from seed to seed."""
AT_ONCE = 1000
FEW_PATIENTS = 20
"""Percentile intervals from fewer patients than this are known to be too narrow."""


@dataclass(frozen=True)
class Estimate:
    """A figure with its 95 % interval."""

    value: float
    low: float
    high: float

    def holds(self, value: float) -> bool:
        """Whether the interval includes ``value``, its ends counted in."""
        return self.low <= value <= self.high

    def times(self, factor: float) -> Estimate:
        """The same in another unit; ``factor`` must be positive."""
        return Estimate(self.value * factor, self.low * factor, self.high * factor)

    def to_json(self) -> dict[str, float]:
        """Return plain JSON values, to six decimals."""
        return {"value": round(self.value, 6), "low": round(self.low, 6), "high": round(self.high, 6)}


class PatientBootstrap:
    """Draws of patients with replacement, made once and used for every figure of the same cases.

    Args:
        patients: the patient of each case, [n]: any values that can be sorted.
        draws: how many resamples.
        seed: fixes them.
    """

    def __init__(self, patients: Sequence[Any] | npt.NDArray[Any], draws: int = DRAWS, seed: int = 0) -> None:
        if len(patients) == 0 or draws < 1:
            raise ValueError("a bootstrap needs at least one case and one draw")
        names, self._patient = np.unique(np.asarray(patients), return_inverse=True)
        self.patients = len(names)
        rng = np.random.default_rng(seed)
        self._weights = np.ones((draws + 1, self.patients), np.uint16)
        for row in self._weights[1:]:
            row[:] = np.bincount(rng.integers(0, self.patients, self.patients), minlength=self.patients)

    def sums(self, values: npt.ArrayLike) -> FloatArray:
        """Sums [draws + 1, ...] of ``values`` [n, ...]: first of the cases themselves, then of each resample.

        Whatever is a function of such sums (an accuracy, a kappa, a difference, a ratio) has its interval from them.
        """
        rows = np.asarray(values, float)
        by_patient = np.zeros((self.patients, *rows.shape[1:]))
        np.add.at(by_patient, self._patient, rows)
        # A part at a time: as numbers with a fraction the weights of a large study would fill the memory.
        parts = np.array_split(self._weights, len(self._weights) // AT_ONCE + 1)
        return np.concatenate([np.tensordot(part.astype(float), by_patient, axes=1) for part in parts])

    def mean(self, values: npt.ArrayLike) -> Estimate:
        """Mean of ``values`` [n] and its interval; NaN values are left out."""
        rows = np.asarray(values, float)
        known = ~np.isnan(rows)
        sums = self.sums(np.stack([np.where(known, rows, 0.0), known.astype(float)], axis=-1))
        with np.errstate(invalid="ignore", divide="ignore"):
            return estimate(sums[:, 0] / sums[:, 1])


def estimate(replicates: FloatArray) -> Estimate:
    """The figure (first) and its 95 % percentile interval from its resamples; undefined resamples are left out."""
    resampled = replicates[1:][np.isfinite(replicates[1:])]
    if not np.isfinite(replicates[0]) or not resampled.size:
        return Estimate(float("nan"), float("nan"), float("nan"))
    low, high = np.percentile(resampled, [2.5, 97.5])
    return Estimate(float(replicates[0]), float(low), float(high))


def bootstrap_p(replicates: FloatArray) -> float:
    """Two-sided p-value that the difference (first, then its resamples) is zero; never below 2 / (draws + 1)."""
    resampled = replicates[1:]
    tail = min(int((resampled <= 0).sum()), int((resampled >= 0).sum()))
    return min(1.0, 2 * (tail + 1) / (resampled.size + 1))


@dataclass(frozen=True)
class McNemar:
    """Cases that only one of two methods has right, and the exact two-sided p-value that this is chance."""

    only_first: int
    only_second: int
    p: float


def mcnemar(first: npt.ArrayLike, second: npt.ArrayLike) -> McNemar:
    """Exact McNemar test of two methods' right (True) and wrong answers to the same cases, [n] each.

    It takes the cases as independent: with several scans of a patient its p-value is too small, the bootstrap's not.
    """
    one, two = np.asarray(first, bool), np.asarray(second, bool)
    if one.shape != two.shape:
        raise ValueError(f"the methods must answer the same cases, not {one.size} and {two.size}")
    only_first, only_second = int((one & ~two).sum()), int((two & ~one).sum())
    differing = only_first + only_second
    p = float(binomtest(only_first, differing, 0.5).pvalue) if differing else 1.0
    return McNemar(only_first, only_second, p)
