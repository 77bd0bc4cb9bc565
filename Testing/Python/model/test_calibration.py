"""Calibrated probabilities and plausible sets."""

from __future__ import annotations

import numpy as np
import pytest
from SOSStagingLib.model.calibration import fit_mass, fit_temperature, plausible_stages, probabilities


def sampled(n: int, sharpness: float, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Logits whose true probabilities are softmax(logits / sharpness), and stages drawn from those."""
    rng = np.random.default_rng(seed)
    true = rng.normal(0, 1.5, (n, 5))
    p = probabilities(true, 1.0)
    stages = np.array([rng.choice(5, p=row) + 1 for row in p])
    return true * sharpness, stages


@pytest.mark.parametrize("sharpness", [0.5, 1.0, 3.0])
def test_temperature_undoes_over_and_under_confidence(sharpness: float) -> None:
    assert fit_temperature(*sampled(4000, sharpness)) == pytest.approx(sharpness, rel=0.12)


def test_a_few_cases_that_are_all_right_do_not_make_the_model_sure() -> None:
    logits = 3 * np.eye(5)[np.arange(12) % 5]
    assert 0.5 < fit_temperature(logits, logits.argmax(axis=1) + 1) < 1
    assert fit_temperature(np.tile(logits, (100, 1)), np.tile(logits.argmax(axis=1) + 1, 100)) < 0.35


def test_plausible_sets_hold_the_true_stage_as_often_as_promised_on_new_cases() -> None:
    logits, stages = sampled(1500, 1.0)
    mass = fit_mass(probabilities(logits, 1.0), stages, 0.9)
    new, truth = sampled(3000, 1.0, seed=1)
    held = [t in plausible_stages(p, mass) for p, t in zip(probabilities(new, 1.0), truth, strict=True)]
    assert np.mean(held) > 0.87


def test_plausible_stages_are_neighbours_around_the_likeliest() -> None:
    assert plausible_stages([0.05, 0.6, 0.3, 0.05, 0.0], 0.8) == (2, 3)
    assert plausible_stages([0.3, 0.05, 0.6, 0.05, 0.0], 0.9) == (1, 2, 3)
    assert plausible_stages([0.0, 0.0, 0.0, 0.0, 1.0], 0.9) == (5,)


def test_where_no_coverage_is_known_every_stage_is_plausible_however_sure_the_answer() -> None:
    # In floating point these add up to 1 before the last of them.
    assert plausible_stages([1e-30, 1e-30, 1.0, 1e-30, 1e-30], 1.0) == (1, 2, 3, 4, 5)


def test_a_warning_widens_the_set_within_the_scheme() -> None:
    assert plausible_stages([0.99, 0.01, 0, 0, 0], 0.9, widen=True) == (1, 2)
    assert plausible_stages([0, 0, 0.99, 0.01, 0], 0.9, widen=True) == (2, 3, 4)
