"""The comparison: pairs, the rule of the gap, and the table that ``sos evaluate`` writes."""

from __future__ import annotations

import argparse
import csv
import json
import tomllib
import xml.etree.ElementTree as ET
from dataclasses import replace
from importlib import metadata
from pathlib import Path

import numpy as np
import pytest
from evaluation.made import HEADER, cases, run, some_right
from SOSStagingLib import cli
from SOSStagingTrainingLib.cli_evaluate import register_evaluate
from SOSStagingTrainingLib.evaluation.comparison import Draws, Roles, compare
from SOSStagingTrainingLib.evaluation.drawing import confusion_svg
from SOSStagingTrainingLib.evaluation.files import write_predictions
from SOSStagingTrainingLib.evaluation.gap import gap_closed
from SOSStagingTrainingLib.evaluation.predictions import Predictions, PredictionsError
from SOSStagingTrainingLib.evaluation.resampling import PatientBootstrap
from SOSStagingTrainingLib.evaluation.table import markdown

ROLES = Roles("baseline", "teacher", "student")
DRAWS = Draws(400)


def shares(n: int, right: int) -> np.ndarray:
    """Right in the first ``right`` of ``n`` cases."""
    return (np.arange(n) < right).astype(float)


def test_the_gap_closed_is_told_when_the_gap_is_sure_and_large() -> None:
    got = gap_closed(shares(500, 400), shares(500, 440), shares(500, 420), PatientBootstrap(range(500)))
    assert got.gap.value == pytest.approx(8.0)
    assert got.closed is not None and got.closed.value == pytest.approx(0.5) and got.why_not is None
    assert got.closed.low < 0.5 < got.closed.high and got.meets_bar is None


@pytest.mark.parametrize(("student", "meets"), [(433, True), (432, False)])  # 1.4 and 1.6 points below 440 of 500
def test_a_small_gap_is_not_shared_out_and_the_teacher_is_the_bar(student: int, meets: bool) -> None:
    got = gap_closed(shares(500, 430), shares(500, 440), shares(500, student), PatientBootstrap(range(500)))
    assert got.closed is None and got.why_not == "the gap is under 3 points"
    assert got.meets_bar is meets
    assert got.student_minus_teacher.value == pytest.approx((student - 440) / 5)


def test_an_unsure_gap_is_not_shared_out_however_large() -> None:
    rng = np.random.default_rng(0)
    baseline, teacher = (rng.random(40) < 0.7).astype(float), (rng.random(40) < 0.75).astype(float)
    got = gap_closed(baseline, teacher, teacher, PatientBootstrap(range(40)))
    assert got.gap.value > 3 and got.gap.holds(0.0)
    assert got.closed is None and "includes 0" in str(got.why_not) and got.meets_bar is True


def test_a_gap_of_exactly_three_points_may_be_shared_out() -> None:
    got = gap_closed(shares(1000, 800), shares(1000, 830), shares(1000, 815), PatientBootstrap(range(1000)))
    assert got.closed is not None and got.closed.value == pytest.approx(0.5)


def test_pairs_are_scored_on_the_cases_both_have() -> None:
    teacher = run("teacher", [True] * 60)
    student = run("student", [n % 4 > 0 for n in range(80)])
    found = compare([teacher, student], Roles(student="student"), DRAWS)
    (pair,) = [pair for pair in found["pairs"] if pair["against"] == "true"]
    assert (pair["first"], pair["second"], pair["n"]) == ("student", "teacher", 60)
    assert pair["accuracy_points"]["value"] == pytest.approx(-25.0)
    (test,) = pair["mcnemar"]
    assert (test["only_first"], test["only_second"], test["n"]) == (0, 15, 60)
    assert test["p"] == pytest.approx(2 / 2**15)


def test_pairing_narrows_the_interval_of_methods_that_err_alike() -> None:
    hits = some_right(0.8, 300, seed=1)
    better = [hit or n % 25 == 0 for n, hit in enumerate(hits)]
    found = compare([run("one", better), run("two", hits)], draws=DRAWS)
    width = found["pairs"][0]["accuracy_points"]["high"] - found["pairs"][0]["accuracy_points"]["low"]
    alone = [row["against"]["true"]["accuracy"] for row in found["methods"]]
    assert width < 50 * min(score["high"] - score["low"] for score in alone)


def test_truth_and_label_are_scored_each_for_itself() -> None:
    found = compare([run("student", [True] * 100)], draws=DRAWS)
    scores = found["methods"][0]["against"]
    assert scores["true"]["accuracy"]["value"] == 1.0 and scores["label"]["accuracy"]["value"] == pytest.approx(0.9)
    assert found["labels_against_true"]["accuracy"]["value"] == pytest.approx(0.9)


def test_a_detector_that_finds_nothing_pays_for_it() -> None:
    part = run("pipeline", [True] * 50)
    lost = Predictions(part.header, tuple(replace(c, logits=None) if n < 5 else c for n, c in enumerate(part.cases)))
    found = compare([lost, run("student", [True] * 50)], Roles(student="student", pipeline="pipeline"), DRAWS)
    by_name = {row["method"]: row["against"]["true"] for row in found["methods"]}
    assert by_name["pipeline"]["accuracy"]["value"] == pytest.approx(0.9)
    assert by_name["pipeline"]["kappa"]["value"] == pytest.approx(1.0)
    gap = found["gap"][0]
    assert gap["pipeline"]["points"]["value"] == pytest.approx(10.0) and gap["pipeline"]["meets_bar"] is True


def test_refusing_hard_cases_does_not_pay_in_kappa_and_mae() -> None:
    """One method is wrong on twenty cases, the other gives no answer there: on the rest they are the same."""
    wrong, part = run("student", [n >= 20 for n in range(100)]), run("pipeline", [True] * 100)
    shy = Predictions(part.header, tuple(replace(c, logits=None) if n < 20 else c for n, c in enumerate(part.cases)))
    (pair, _) = compare([wrong, shy], Roles(student="student"), DRAWS)["pairs"]
    assert pair["accuracy_points"]["value"] == pytest.approx(0.0) and (pair["n"], pair["n_answered"]) == (100, 80)
    for name in ("kappa", "mae"):
        assert pair[name] == {"value": 0.0, "low": 0.0, "high": 0.0}


def test_networks_of_different_studies_are_not_put_together() -> None:
    header = replace(HEADER, folds=2, trained_on_sha256="cd" * 32)
    parts = [
        Predictions(header, cases([True] * 5)),
        Predictions(replace(header, fold=2, trained_on_sha256="ef" * 32), cases([True] * 5)),
    ]
    with pytest.raises(PredictionsError, match="differ in trained_on_sha256"):
        compare(parts, draws=DRAWS)


def test_draws_without_a_gap_belong_to_the_upper_end_of_its_share() -> None:
    baseline, teacher = shares(40, 20), np.maximum(shares(40, 20), np.arange(40) >= 36)
    student = np.maximum(shares(40, 20), np.arange(40) >= 38)
    got = gap_closed(baseline, teacher, student, PatientBootstrap(range(40)))
    assert got.gap.low > 0 and got.closed is not None and got.closed.value == pytest.approx(0.5)
    assert got.closed.low == 0.0 and got.closed.high == 1.0


def test_a_student_well_below_the_pipeline_fails_its_bar() -> None:
    parts = [run("pipeline", [True] * 100), run("student", [n % 20 > 0 for n in range(100)])]
    found = compare(parts, Roles(student="student", pipeline="pipeline"), DRAWS)
    assert found["gap"][0]["pipeline"]["meets_bar"] is False


def test_an_unfinished_method_is_called_so() -> None:
    parts = [run("student", [True] * 30, fold, 5, seed, first=100 * fold) for fold, seed in ((1, 1), (2, 1), (1, 2))]
    found = compare(parts, draws=DRAWS)
    assert found["methods"][0]["folds"] == {"1": [1, 2], "2": [1]} and found["methods"][0]["n"] == 60
    assert "student is not finished: seed 1 has 2 of 5 folds, seed 2 has 1 of 5 folds." in found["notes"]
    assert "2, 1 of 5" in markdown(found)


def test_the_table_tells_which_runs_saw_which_drawing_of_the_same_heads() -> None:
    parts = [run("student", [True] * 3, fold, 2, first=3 * fold) for fold in (1, 2)]
    drawn = [{"labels_sha256": "ef" * 32, "manifest_sha256": manifest * 32} for manifest in ("ab", "cd")]
    both = zip(parts, drawn, strict=True)
    found = compare([Predictions(replace(part.header, **more), part.cases) for part, more in both], draws=DRAWS)
    assert found["manifests"] == {"ab" * 32: ["student.fold1.seed1"], "cd" * 32: ["student.fold2.seed1"]}
    assert "drawn 2 times from its seed" in markdown(found) and "cdcdcdcdcdcd: student.fold2.seed1" in markdown(found)
    assert "drawn" not in markdown(compare(parts, draws=DRAWS))


def test_a_role_that_no_method_plays_is_refused_with_the_names_there_are() -> None:
    with pytest.raises(PredictionsError, match="'tutor' for the teacher; there are: student"):
        compare([run("student", [True] * 5)], Roles(teacher="tutor"))


def three_methods(folder) -> None:
    """Baseline, teacher and student on 200 cases in two folds, with calibration and attention."""
    for method, share in (("baseline", 0.7), ("teacher", 0.9), ("student", 0.82)):
        hits = some_right(share, 200, seed=len(method))
        for fold in (1, 2):
            part = hits[100 * fold - 100 : 100 * fold]
            looks = {"roi_mass": 0.9, "peak_inside": 1.0, "uniform_share": 0.05, "hot_drop": 0.4, "random_drop": 0.01}
            held_out = cases(part, first=100 * fold, sos_error_mm=0.8, **looks)
            fitting = cases(some_right(share, 40, fold), first=1000)
            header = replace(HEADER, method=method, fold=fold, folds=2)
            write_predictions(folder, Predictions(header, held_out, fitting))


def sos_evaluate(*words: str) -> int:
    parser = argparse.ArgumentParser()
    register_evaluate(parser.add_subparsers())
    args = parser.parse_args(["evaluate", *words])
    return int(args.run(args))


def test_the_command_prints_and_writes_the_table(tmp_path, capsys) -> None:
    three_methods(tmp_path / "folds")
    roles = ["--baseline", "baseline", "--teacher", "teacher", "--student", "student"]
    out = tmp_path / "table"
    assert sos_evaluate(str(tmp_path / "folds"), "--out", str(out), "--draws", "300", *roles) == 0
    text = capsys.readouterr().out
    assert text == (out / "comparison.md").read_text()
    assert "simulated heads only" in text and "Against the label" in text and "gap closed, (student" in text
    kept = json.loads((out / "comparison.json").read_text())
    assert [row["n"] for row in kept["methods"]] == [200] * 3 and kept["gap"][0]["closed"]["value"] > 0
    with (out / "comparison.csv").open(newline="") as lines:
        rows = list(csv.DictReader(lines))
    assert len(rows) == 6 and {row["n"] for row in rows} == {"200"} and {row["data"] for row in rows} == {"simulated"}
    assert float(rows[0]["accuracy"]) == pytest.approx(0.7, abs=0.08)
    picture = ET.fromstring((out / "confusion-student-true.svg").read_text())
    assert "n = 200" in picture.attrib["aria-label"]


def test_sos_has_the_command_by_its_entry_point(tmp_path, monkeypatch, capsys) -> None:
    project = tomllib.loads((Path(__file__).parents[3] / "pyproject.toml").read_text())
    named = project["project"]["entry-points"][cli.COMMAND_GROUP]
    points = [metadata.EntryPoint(name, value, cli.COMMAND_GROUP) for name, value in named.items()]
    monkeypatch.setattr(metadata, "entry_points", lambda group: points)
    assert cli.main(["evaluate", str(tmp_path)]) == 2
    assert "holds no predictions" in capsys.readouterr().err


def test_the_picture_shows_missing_answers_where_there_are_any() -> None:
    drawn = [ET.fromstring(confusion_svg(table, "t")) for table in ([[0, 3, 1], [0, 0, 4]], [[2, 3, 1], [0, 0, 4.5]])]
    texts = [[text.text for text in picture.iter("{http://www.w3.org/2000/svg}text")] for picture in drawn]
    assert "none" not in texts[0] and "none" in texts[1] and "4.5" in texts[1]


def test_every_row_of_every_table_says_n_and_what_it_was_measured_on(tmp_path) -> None:
    three_methods(tmp_path)
    assert sos_evaluate(str(tmp_path), "--draws", "100", "--student", "student") == 0
    lines = [line for line in (tmp_path / "comparison.md").read_text().splitlines() if line.startswith("| ")]
    tables, head = 0, []
    for line in lines:
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if "data" in cells:
            head, tables = cells, tables + 1
        elif cells[0] != "---":
            assert cells[head.index("n")] == "200" and cells[head.index("data")] == "simulated"
    assert tables == 8


def test_the_same_files_give_the_same_table(tmp_path, capsys) -> None:
    three_methods(tmp_path)
    texts = []
    for _ in range(2):
        assert sos_evaluate(str(tmp_path), "--draws", "100") == 0
        texts.append(capsys.readouterr().out)
    assert texts[0] == texts[1]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--baseline", "baseline"], "--teacher"),
        (["--pipeline", "baseline"], "--student"),
        (["--student", "baseline", "--pipeline", "baseline"], "another method"),
        (["--student", "pupil"], "there are: baseline, student, teacher"),
    ],
)
def test_wrong_roles_are_told_in_plain_words(tmp_path, capsys, words, said) -> None:
    three_methods(tmp_path)
    assert sos_evaluate(str(tmp_path), *words) == 2
    assert said in capsys.readouterr().err


def test_a_damaged_file_is_named_by_the_command(tmp_path, capsys) -> None:
    three_methods(tmp_path)
    (tmp_path / "teacher.fold2.seed1.predictions.json").write_text("{")
    assert sos_evaluate(str(tmp_path)) == 2
    assert "teacher.fold2.seed1.predictions.json is damaged" in capsys.readouterr().err
