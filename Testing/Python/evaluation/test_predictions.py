"""Predictions files: kept as they are, refused when damaged or overlapping, and what is fitted never sees the test."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
from evaluation.made import HEADER, answer, cases, run
from SOSStagingLib.model.calibration import probabilities
from SOSStagingTrainingLib.evaluation.calibration import calibration_figures, fit_fold
from SOSStagingTrainingLib.evaluation.files import read_folder, read_predictions, write_predictions
from SOSStagingTrainingLib.evaluation.predictions import CasePrediction, Predictions, PredictionsError, merge_folds
from SOSStagingTrainingLib.evaluation.resampling import PatientBootstrap
from SOSStagingTrainingLib.evaluation.runs import MethodRuns, group_methods


def test_a_file_gives_back_what_was_written(tmp_path) -> None:
    held_out = (
        CasePrediction("a", "p1", (0.125, -1.5, 2.0, 0.0, 0.25), 3, 2, 0.5, 0.75, 1.25, 0.9, 0.8, 1.0, 0.1, 0.3, 0.0),
        CasePrediction("b", "p2", None, 1, 1),
    )
    before = Predictions(HEADER, held_out, cases([True] * 10, first=100))
    path = write_predictions(tmp_path, before)
    assert path.name == "student.fold1.seed1.predictions.json"
    assert read_predictions(path) == before
    assert [p.name for p in tmp_path.iterdir()] == [path.name]


def test_a_file_of_a_fold_stays_small(tmp_path) -> None:
    path = write_predictions(tmp_path, run("student", [True] * 150))
    assert path.stat().st_size < 12_000
    assert sum(line.startswith('["head-') for line in path.read_text().splitlines()) == 150


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda text: text[: len(text) // 2], "damaged"),
        (lambda text: text.replace("predictions/1", "predictions/9"), "predictions/9"),
        (lambda text: text.replace('"fold": 1', '"fold": 3'), "fold is 3"),
        (lambda text: text.replace('"recipe": "ours",', ""), "recipe is missing"),
        (lambda text: text.replace('["head-0001"', '["head-0000"'), "row 2 (head-0000): this case is there twice"),
        (lambda text: text.replace("[3.0,0.0,0.0,0.0,0.0]", "[3.0,0.0]", 1), "row 1 (head-0000): logits must be 5"),
        (lambda text: text.replace("[3.0,", '["3",', 1), "list of numbers"),
        (lambda text: text.replace(",1,1]", ",1,7]", 1), "label_stage must be 1 to 5, not 7"),
        (lambda text: text.replace(",1,1]", ",null,1]", 1), "true_stage must be given for all cases or for none"),
        (lambda text: text.replace(",1,1]", ",1]", 1), "there must be 5 values"),
        (lambda text: text.replace('"patient"', '"person"'), "patient is missing"),
    ],
)
def test_a_damaged_file_is_named_with_what_is_wrong(tmp_path, change, words) -> None:
    path = write_predictions(tmp_path, run("student", [True] * 6))
    text = path.read_text()
    path.write_text(change(text))
    assert path.read_text() != text
    with pytest.raises(PredictionsError) as caught:
        read_folder(tmp_path)
    assert path.name in str(caught.value) and words in str(caught.value)


def test_an_empty_folder_and_a_run_twice_are_refused(tmp_path) -> None:
    with pytest.raises(PredictionsError, match="holds no predictions"):
        read_folder(tmp_path)
    first = write_predictions(tmp_path / "one", run("student", [True]))
    (tmp_path / "two").mkdir()
    (tmp_path / "two" / first.name).write_bytes(first.read_bytes())
    with pytest.raises(PredictionsError, match="same method, fold and seed"):
        read_folder(tmp_path)


def test_folds_are_merged_in_order() -> None:
    parts = [run("student", [True] * 3, fold, 2, first=10 * fold) for fold in (2, 1)]
    assert [case.case for case in merge_folds(parts)] == [f"head-{n:04d}" for n in (10, 11, 12, 20, 21, 22)]


def test_overlapping_folds_are_refused_by_case_and_by_patient() -> None:
    first = run("student", [True] * 4, 1, 2)
    with pytest.raises(PredictionsError, match="case head-0003 is held out in fold 1 and again in fold 2"):
        merge_folds([first, run("student", [True] * 4, 2, 2, first=3)])
    other = CasePrediction("another", first.cases[0].patient, answer(1, True), 1, 1)
    with pytest.raises(PredictionsError, match="patient p0000 is held out in fold 1"):
        merge_folds([first, Predictions(replace(first.header, fold=2), (other,))])
    with pytest.raises(PredictionsError, match=r"fold 1 .* is there twice"):
        merge_folds([first, run("student", [True] * 4, 1, 2, first=50)])


def test_the_same_cases_under_another_seed_are_no_overlap_and_count_once() -> None:
    parts = [run("student", [True, seed == 2, False], seed=seed) for seed in (1, 2)]
    runs = group_methods(parts)["student"]
    assert runs.case_means(runs.right("true")).tolist() == [1.0, 0.5, 0.0]


@pytest.mark.parametrize(
    ("changes", "words"),
    [({"data": "real"}, "differ in data"), ({"manifest_sha256": "cd" * 32}, "differ in manifest_sha256")],
)
def test_files_of_another_study_are_refused(changes, words) -> None:
    other = run("teacher", [True] * 3)
    with pytest.raises(PredictionsError, match=words):
        group_methods([run("student", [True] * 3), Predictions(replace(other.header, **changes), other.cases)])


def test_simulated_heads_drawn_twice_with_the_same_labels_belong_together() -> None:
    first, other = run("student", [True] * 3, 1, 2), run("student", [True] * 3, 2, 2, first=3)
    labels = {"labels_sha256": "ef" * 32}

    def grouped(*changes):
        both = zip((first, other), changes, strict=True)
        return group_methods([Predictions(replace(part.header, **more), part.cases) for part, more in both])

    assert len(grouped(labels, labels | {"manifest_sha256": "cd" * 32})["student"].cases) == 6
    # Real scans that differ are other scans, and a file that does not tell its labels may be of another study.
    for one, two in ((labels | {"data": "real"},) * 2, (labels, {})):
        with pytest.raises(PredictionsError, match="differ in manifest_sha256"):
            grouped(one, two | {"manifest_sha256": "cd" * 32})


def test_a_case_that_differs_between_methods_is_refused() -> None:
    other = run("teacher", [True] * 3)
    moved = (replace(other.cases[0], label_stage=4), *other.cases[1:])
    with pytest.raises(PredictionsError, match=r"head-0000 has label_stage 1 in student.* and 4 in teacher"):
        group_methods([run("student", [True] * 3), Predictions(other.header, moved)])


def test_a_patient_in_test_and_calibration_part_is_refused() -> None:
    with pytest.raises(PredictionsError, match="p0002 is held out and also in the calibration part"):
        Predictions(HEADER, cases([True] * 5), cases([True] * 3, first=2))


def too_sure(n: int, first: int, seed: int) -> tuple[CasePrediction, ...]:
    """Logits three times as large as the chances from which the stages were drawn."""
    rng = np.random.default_rng(seed)
    out = []
    for k in range(first, first + n):
        logits = rng.normal(0, 1.5, 5)
        stage = int(rng.choice(5, p=probabilities(logits, 1.0))) + 1
        out.append(CasePrediction(f"c{k}", f"p{k}", tuple((3 * logits).tolist()), stage))
    return tuple(out)


def test_calibration_is_fitted_on_its_own_part_and_measured_on_the_other() -> None:
    part = Predictions(HEADER, too_sure(400, 0, seed=1), too_sure(300, 1000, seed=2))
    fitted = fit_fold(part)
    assert fitted is not None and fitted.temperature == pytest.approx(3.0, rel=0.15) and fitted.cases == 300
    turned = Predictions(HEADER, tuple(replace(c, true_stage=6 - c.true_stage) for c in part.cases), part.calibration)
    assert fit_fold(turned) == fitted  # the held-out stages have no say
    runs = MethodRuns((part,))
    found = calibration_figures(runs, ("true",), PatientBootstrap(runs.patients))
    assert found["against"]["true"]["error_before"] > 0.15 > 0.07 > found["against"]["true"]["error_after"]
    assert found["against"]["true"]["coverage"]["value"] == pytest.approx(0.9, abs=0.05)
    assert 1 <= found["set_size"]["value"] <= 5


def test_errors_of_networks_do_not_cancel_and_few_cases_are_told_of() -> None:
    """One network far too sure and one far too unsure: pooled, they would seem right."""
    halves = [too_sure(200, 0, seed=1), too_sure(200, 500, seed=3)]
    shy = tuple(replace(c, logits=tuple(v / 9 for v in c.logits)) for c in halves[1])
    fitted = [too_sure(60, 1000, seed=2), too_sure(60, 2000, seed=4)]  # of the second its temperature is then wrong
    headers = [replace(HEADER, fold=n, folds=2) for n in (1, 2)]
    parts = [Predictions(*each) for each in zip(headers, (halves[0], shy), fitted, strict=True)]
    alone = []
    for part in parts:
        runs = MethodRuns((part,))
        alone.append(calibration_figures(runs, ("true",), PatientBootstrap(runs.patients)))
    runs = MethodRuns(tuple(parts))
    both = calibration_figures(runs, ("true",), PatientBootstrap(runs.patients))
    for name in ("error_before", "error_after"):
        each = [found["against"]["true"][name] for found in alone]
        assert both["against"]["true"][name] == pytest.approx(np.mean(each))
    assert alone[0]["error_by_chance"] == pytest.approx(0.05, abs=0.03)
    assert alone[0]["against"]["true"]["error_after"] < 2 * alone[0]["error_by_chance"]
    assert alone[1]["against"]["true"]["error_after"] > 3 * alone[1]["error_by_chance"]
    losses = [
        [found["against"]["true"][f"log_loss_{when}"]["value"] for when in ("before", "after")] for found in alone
    ]
    assert losses[0][1] < losses[0][0] - 0.3 and losses[1][1] > losses[1][0]


def test_without_a_calibration_part_there_are_no_calibration_figures() -> None:
    runs = MethodRuns((Predictions(HEADER, cases([True] * 20), cases([True] * 8, first=50)),))
    assert calibration_figures(runs, ("true",), PatientBootstrap(runs.patients)) == {"files_without": 1}


def test_numbers_json_cannot_hold_are_refused(tmp_path) -> None:
    path = write_predictions(tmp_path, run("student", [True] * 3))
    raw = json.loads(path.read_text())
    raw["cases"]["rows"][1][2][0] = float("nan")
    path.write_text(json.dumps(raw))
    with pytest.raises(PredictionsError, match=r"row 2 \(head-0001\): logits must be 5 finite numbers"):
        read_predictions(path)
