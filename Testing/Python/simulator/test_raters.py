"""Simulated raters agree with the truth as well as they were asked to."""

from __future__ import annotations

import numpy as np
import pytest
from SOSStagingTrainingLib.simulator.raters import RaterError, confusion, draw_labels

STAGES = [int(s) for s in np.random.default_rng(1).choice([1, 2, 3, 4, 5], 3000, p=[0.3, 0.15, 0.15, 0.1, 0.3])]


def weighted_kappa(one: list[int], two: list[int]) -> float:
    """From the confusion table, with quadratic weights."""
    table = np.zeros((5, 5))
    np.add.at(table, (np.array(one) - 1, np.array(two) - 1), 1)
    cost = np.subtract.outer(np.arange(5), np.arange(5)) ** 2
    by_chance = np.outer(table.sum(axis=1), table.sum(axis=0)) / table.sum()
    return float(1 - (cost * table).sum() / (cost * by_chance).sum())


@pytest.mark.parametrize("kappa", [0.4, 0.6, 0.81, 0.95])
def test_the_kappa_found_is_the_one_asked_for(kappa: float) -> None:
    assert weighted_kappa(STAGES, draw_labels(STAGES, kappa, seed=5, rater=1)) == pytest.approx(kappa, abs=0.02)


def test_good_raters_only_slip_to_neighbours_and_each_in_their_own_way() -> None:
    first, second = (draw_labels(STAGES, 0.9, 5, rater) for rater in (1, 2))
    assert np.abs(np.subtract(first, STAGES)).max() == 1
    assert draw_labels(STAGES, 0.9, 5, 1) == first != second
    assert weighted_kappa(first, second) < 0.87  # two raters agree less with each other than with the truth
    assert draw_labels(STAGES, 1.0, 5, 1) == STAGES


@pytest.mark.parametrize(("stages", "kappa"), [([3, 3, 3], 0.8), ([1, 2, 3], 0.0), ([1, 2, 3], 1.2), (STAGES, 0.01)])
def test_raters_that_cannot_be_are_refused(stages: list[int], kappa: float) -> None:
    with pytest.raises(RaterError):
        confusion(stages, kappa)
