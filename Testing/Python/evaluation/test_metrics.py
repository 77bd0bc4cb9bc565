"""Figures against calculations by hand."""

from __future__ import annotations

import numpy as np
import pytest
from SOSStagingTrainingLib.evaluation.calibration import calibration_error
from SOSStagingTrainingLib.evaluation.metrics import case_confusions, figures, given_stages, quadratic_kappa
from SOSStagingTrainingLib.simulator.raters import expected_kappa

TRUTH = [1, 1, 1, 1, 2, 2, 2, 3, 3, 3]
GIVEN = [1, 1, 1, 2, 2, 2, 3, 3, 3, 1]


def found(truth: list[int], given: list[int], stages: int = 3) -> dict[str, float]:
    return figures(case_confusions(truth, given, stages).sum(0))


def test_accuracy_precision_recall_and_f1_by_hand() -> None:
    # Rows: stage 1 [3 1 0], stage 2 [0 2 1], stage 3 [1 0 2]; columns 4, 3, 3.
    got = found(TRUTH, GIVEN)
    assert got["accuracy"] == pytest.approx(0.7)
    assert got["recall_of_stage"] == pytest.approx([3 / 4, 2 / 3, 2 / 3])
    assert got["macro_precision"] == pytest.approx((3 / 4 + 2 / 3 + 2 / 3) / 3)
    f1 = [2 * 3 / 8, 2 * 2 / 6, 2 * 2 / 6]
    assert got["macro_f1"] == pytest.approx(np.mean(f1))
    assert got["weighted_f1"] == pytest.approx((4 * f1[0] + 3 * f1[1] + 3 * f1[2]) / 10)
    assert got["weighted_recall"] == pytest.approx(got["accuracy"])


def test_ordinal_figures_by_hand() -> None:
    got = found(TRUTH, GIVEN)
    # Off by one twice, by two once. By chance (rows 4 3 3, columns 4 3 3 of 10), squared:
    # (4*3 + 4*3*4 + 3*4 + 3*3 + 3*4*4 + 3*3) / 10 = 13.8.
    assert got["mae"] == pytest.approx((1 + 1 + 2) / 10)
    assert got["within_one"] == pytest.approx(0.9)
    assert got["kappa"] == pytest.approx(1 - (1 + 1 + 4) / 13.8)


def test_kappa_agrees_with_the_raters_formula() -> None:
    table = np.random.default_rng(0).integers(1, 9, (5, 5)).astype(float)
    share = table.sum(1) / table.sum()
    expected = expected_kappa(share, table / table.sum(1, keepdims=True))
    assert quadratic_kappa(np.hstack([np.zeros((5, 1)), table])) == pytest.approx(expected)


def test_a_missing_answer_is_wrong_and_has_no_distance() -> None:
    got = found([1, 2, 3, 3], [1, 2, 0, 2])
    assert got["accuracy"] == pytest.approx(0.5)
    assert got["within_one"] == pytest.approx(0.75)
    assert got["answered"] == pytest.approx(0.75)
    assert got["mae"] == pytest.approx(1 / 3)
    assert got["recall_of_stage"][2] == 0.0


def test_stages_that_do_not_occur_are_left_out_of_macro_means() -> None:
    got = found([1, 1, 2, 2], [1, 1, 2, 1], stages=5)
    assert got["macro_recall"] == pytest.approx(0.75)
    assert np.isnan(got["recall_of_stage"][2:]).all()
    assert np.isnan(found([2, 2], [2, 2])["kappa"])


def test_figures_of_many_confusions_at_once_are_those_of_each() -> None:
    tables = np.random.default_rng(1).integers(0, 6, (7, 4, 5)).astype(float)
    together = figures(tables)
    for n, table in enumerate(tables):
        for name, value in figures(table).items():
            np.testing.assert_allclose(together[name][n], value)


def test_no_logits_is_no_answer() -> None:
    assert given_stages([[0.1, 2, 0], [np.nan] * 3, [5, 5, 1]]).tolist() == [2, 0, 1]


def test_a_stage_outside_the_scheme_is_refused() -> None:
    with pytest.raises(ValueError, match="1 to 5"):
        case_confusions([6], [1], 5)


def test_calibration_error_by_hand() -> None:
    # Bin (0.5, 0.6]: 0.6 and 0.6, one right: |1.2 - 1|. Bin (0.8, 0.9]: 0.9 right, 0.85 wrong: |1.75 - 1|.
    probs = [[0.6, 0.4], [0.4, 0.6], [0.9, 0.1], [0.15, 0.85]]
    assert calibration_error(probs, [1, 1, 1, 1]) == pytest.approx((0.2 + 0.75) / 4)


def test_calibration_error_lets_errors_within_a_bin_cancel_but_not_between_bins() -> None:
    assert calibration_error([[0.75, 0.25]] * 4, [1, 1, 1, 2]) == pytest.approx(0.0)
    assert calibration_error([[0.65, 0.35], [0.95, 0.05]], [1, 2]) == pytest.approx((0.35 + 0.95) / 2)
