"""Intervals hold the truth as often as they say, patients are drawn whole, McNemar is exact."""

from __future__ import annotations

import numpy as np
import pytest
from SOSStagingTrainingLib.evaluation.resampling import PatientBootstrap, bootstrap_p, estimate, mcnemar


def patients_with_like_scans(rng: np.random.Generator, patients: int) -> tuple[np.ndarray, np.ndarray]:
    """Scans (1 to 6 for each patient) that are right more often in some patients: mean of Beta(4, 1), 0.8."""
    scans = rng.integers(1, 7, patients)
    chance = rng.beta(4, 1, patients)
    owner = np.repeat(np.arange(patients), scans)
    return owner, (rng.random(owner.size) < chance[owner]).astype(float)


def test_the_interval_holds_the_truth_about_as_often_as_it_says() -> None:
    rng, held, runs = np.random.default_rng(5), 0, 300
    for n in range(runs):
        owner, right = patients_with_like_scans(rng, 80)
        held += PatientBootstrap(owner, draws=300, seed=n).mean(right).holds(0.8)
    assert 0.91 <= held / runs <= 0.98  # two and a half standard errors of 300 runs, and the percentile method's bias


def test_drawing_whole_patients_widens_the_interval() -> None:
    rng = np.random.default_rng(2)
    owner = np.repeat(np.arange(60), 5)
    right = np.repeat((rng.random(60) < 0.7).astype(float), 5)  # all scans of a patient agree
    whole = PatientBootstrap(owner).mean(right)
    one_by_one = PatientBootstrap(np.arange(owner.size)).mean(right)
    assert whole.value == one_by_one.value
    ratio = (whole.high - whole.low) / (one_by_one.high - one_by_one.low)
    assert ratio == pytest.approx(np.sqrt(5), rel=0.12)


def test_the_same_seed_gives_the_same_interval_in_any_order_of_cases() -> None:
    owner, right = patients_with_like_scans(np.random.default_rng(3), 40)
    order = np.random.default_rng(4).permutation(owner.size)
    first, again = (
        PatientBootstrap(owner, seed=7).mean(right),
        PatientBootstrap(owner[order], seed=7).mean(right[order]),
    )
    assert (first.low, first.high) == (again.low, again.high)
    assert PatientBootstrap(owner, seed=8).mean(right).low != first.low or first.high == 1.0


def test_missing_values_are_left_out_of_a_mean() -> None:
    got = PatientBootstrap(["a", "b", "c"]).mean([1.0, np.nan, 0.0])
    assert got.value == 0.5 and 0 <= got.low <= got.high <= 1


def test_p_of_a_difference_that_is_there_and_of_one_that_is_not() -> None:
    owner = np.arange(200)
    rng = np.random.default_rng(0)
    boot = PatientBootstrap(owner, draws=1000)
    clear = boot.sums(rng.normal(0.5, 1, 200))
    assert bootstrap_p(clear) == pytest.approx(2 / 1001) and not estimate(clear).holds(0.0)
    assert bootstrap_p(boot.sums(np.zeros(200))) == 1.0


def test_mcnemar_by_hand() -> None:
    # Eight cases only the first has right, two only the second: 2 * (C(10,0) + C(10,1) + C(10,2)) / 2^10.
    first = [True] * 8 + [False] * 2 + [True] * 30 + [False] * 5
    second = [False] * 8 + [True] * 2 + [True] * 30 + [False] * 5
    got = mcnemar(first, second)
    assert (got.only_first, got.only_second) == (8, 2)
    assert got.p == pytest.approx(2 * (1 + 10 + 45) / 1024)
    assert mcnemar(first, first).p == 1.0
    with pytest.raises(ValueError, match="same cases"):
        mcnemar(first, second[:-1])
