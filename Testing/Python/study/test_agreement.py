"""Kappa against another implementation, its interval, and cases only one rater could judge."""

import numpy as np
import pytest
from SOSStagingTrainingLib.simulator.raters import draw_labels
from SOSStagingTrainingLib.study.agreement import agreement, confusion, consensus, weighted_kappa

STAGES = [int(s) for s in np.random.default_rng(1).integers(1, 6, 400)]
CASES = [f"case-{n}" for n in range(400)]
OWN = {case: case for case in CASES}


def labels(kappa, rater):
    return dict(zip(CASES, draw_labels(STAGES, kappa, 3, rater), strict=True))


@pytest.mark.parametrize(("weights", "theirs"), [("quadratic", "quadratic"), ("linear", "linear"), ("none", None)])
def test_kappa_is_the_one_of_scikit_learn(weights, theirs):
    metrics = pytest.importorskip("sklearn.metrics")
    first, second = list(labels(0.8, 1).values()), list(labels(0.6, 2).values())
    expected = metrics.cohen_kappa_score(first, second, labels=range(1, 6), weights=theirs)
    assert weighted_kappa(confusion(first, second, 5), weights) == pytest.approx(expected, abs=1e-12)


def test_two_raters_compared():
    truth = dict(zip(CASES, STAGES, strict=True))
    found = agreement(("truth", "anna"), truth, labels(0.8, 1), 5, OWN)
    low, high = found.kappa_95
    assert found.n == 400 == found.confusion.sum() and low < 0.8 < high and high - low < 0.1
    assert found.exact == pytest.approx(np.trace(found.confusion) / 400) and found.within_one == 1.0
    assert found.confusion[1, 2] == sum(truth[c] == 2 and labels(0.8, 1)[c] == 3 for c in CASES)
    assert agreement(("a", "b"), truth, labels(0.8, 1), 5, OWN).to_json() == {
        **found.to_json(), "first": "a", "second": "b",
    }  # fmt: skip


def test_the_interval_is_over_patients_not_scans():
    first, second = labels(0.8, 1), labels(0.8, 2)
    copies = {f"{case}-{n}": case for case in CASES[:60] for n in range(5)}
    pair = [{copy: rater[case] for copy, case in copies.items()} for rater in (first, second)]
    by_scan = agreement(("a", "b"), *pair, 5, {copy: copy for copy in copies}).kappa_95
    by_patient = agreement(("a", "b"), *pair, 5, copies).kappa_95
    assert by_patient[1] - by_patient[0] > 1.5 * (by_scan[1] - by_scan[0])


def test_where_kappa_is_not_defined_none_is_given():
    one = dict.fromkeys(CASES, 3)
    assert agreement(("a", "b"), one, one, 5, OWN).kappa is None
    empty = agreement(("a", "b"), one, {}, 5, OWN)
    assert (empty.n, empty.exact, empty.kappa, empty.kappa_95) == (0, None, None, None)
    few = agreement(("a", "b"), dict(zip(CASES, STAGES[:5], strict=False)), labels(0.8, 1), 5, OWN)
    assert few.kappa is not None and few.kappa_95 is None


def test_cases_only_one_could_judge_are_counted_apart():
    first, second = {"x": 1, "y": None, "z": None}, {"x": 1, "y": 2, "z": None}
    found = agreement(("a", "b"), first, second, 5, {"x": "x", "y": "y", "z": "z"})
    assert (found.n, found.judged_by_one) == (1, 1)


def test_a_majority_wins_over_the_mean():
    said = consensus({"a": 5, "b": 1, "c": 1}, 5)
    assert said.stage == 1 and said.soft == pytest.approx((2 / 3, 0, 0, 0, 1 / 3))
