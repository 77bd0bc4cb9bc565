"""``sos validate``: the networks of a run asked about a study that they did not learn from."""

import json

import pytest
from compute.made_run import small_toml
from learning.made_slabs import slab_study
from SOSStagingTrainingLib.__main__ import main
from SOSStagingTrainingLib.evaluation.files import read_folder
from SOSStagingTrainingLib.study.store import change_manifest

torch = pytest.importorskip("torch")

from SOSStagingTrainingLib.learning.external import LEARNT_FROM  # noqa: E402

RECIPE = small_toml('"baseline", "two_stage"', 0.4)
ELSEWHERE = 12


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """A finished run of two folds, and a study of other slabs."""
    folder = tmp_path_factory.mktemp("external")
    slab_study(folder / "study", 20)
    slab_study(folder / "elsewhere", ELSEWHERE, first=500)
    (folder / "small.toml").write_text(RECIPE)
    asked = ["--recipe", folder / "small.toml", "--study", folder / "study", "--out", folder / "run"]
    assert main(["train", *map(str, asked), "--device", "cpu"]) == 0
    return folder


def validate(place, study, *options):
    return main(["validate", *map(str, [place / "run", "--study", place / study, *options]), "--device", "cpu"])


@pytest.fixture(scope="module")
def answered(place):
    assert validate(place, "elsewhere", "--out", place / "answers") == 0
    return read_folder(place / "answers")


def test_every_network_answers_every_case_of_the_other_study(place, answered):
    assert [part.header.run for part in answered] == [
        f"{method}.fold{fold}.seed1" for method in ("baseline", "two_stage") for fold in (1, 2)
    ]
    own, other = (json.loads((place / name).read_text())["manifest_sha256"] for name in (
        "study/frozen/train.json", "elsewhere/frozen/validation.json"
    ))  # fmt: skip
    for part in answered:
        assert [case.case for case in part.cases] == [f"slab-{n:02d}" for n in range(1, ELSEWHERE + 1)]
        assert (part.header.manifest_sha256, part.header.trained_on_sha256) == (other, own)
        assert all(case.true_stage == n % 5 + 1 for n, case in enumerate(part.cases))
    # What is fitted is fitted where the network learnt, whose cases may bear the same names.
    assert all(case.case.startswith(LEARNT_FROM) for part in answered for case in part.calibration)
    assert all(part.calibration for part in answered)


def test_the_pipeline_is_asked_with_boxes_found_on_these_scans(place, answered):
    """Its crops follow the detector's boxes there, not those kept for cases of the same name in its own study."""
    detector = place / "run" / "jobs" / "localiser.fold1.seed1" / "detections.json"
    before = detector.read_text()
    try:
        detector.write_text("{}")
        assert validate(place, "elsewhere", "--out", place / "again", "--methods", "two_stage", "--folds", "1") == 0
    finally:
        detector.write_text(before)
    (again,) = read_folder(place / "again")
    (first,) = [part for part in answered if part.header.run == again.header.run]
    assert again.cases == first.cases
    assert any(case.logits is not None for case in again.cases)


def test_what_is_answered_is_not_asked_again_and_other_answers_are_left_alone(place, answered, capsys):
    path = place / "answers" / "baseline.fold1.seed1.predictions.json"
    before = path.stat().st_mtime_ns
    assert validate(place, "elsewhere", "--out", place / "answers", "--methods", "baseline") == 0
    assert path.stat().st_mtime_ns == before
    assert "sos evaluate" in capsys.readouterr().out
    assert validate(place, "elsewhere", "--out", place / "run" / "predictions") == 2
    assert "holds answers to another study" in capsys.readouterr().err


def test_the_table_says_that_it_is_external_and_counts_a_case_once(place, answered, capsys):
    assert main(["evaluate", str(place / "answers"), "--draws", "100", "--student", "baseline"]) == 0
    text = capsys.readouterr().out
    assert "External validation: the networks learnt from study" in text
    assert f"| baseline | simulated | {ELSEWHERE} | {ELSEWHERE} | 2 of 2 | 1 |" in text
    assert "of each network" in text and "not finished" not in text


def test_scans_that_were_learnt_from_are_refused(place, capsys):
    assert validate(place, "study", "--out", place / "own") == 2
    err = capsys.readouterr().err
    assert "20 scans are also in the run's own study: slab-01 (there slab-01)" in err and "and 15 more" in err
    assert not (place / "own").exists()


def test_a_cohort_drawn_again_is_known_though_its_greys_were_rounded_otherwise(place, capsys):
    again = slab_study(place / "again", 20)
    change_manifest(
        again.folder, lambda found: [row.update(sha256=f"{n:064x}") for n, row in enumerate(found["cases"])]
    )
    assert validate(place, "again", "--out", place / "own") == 2
    assert "20 scans are also in the run's own study" in capsys.readouterr().err


def test_other_stages_and_networks_that_are_not_there_are_refused(place, tmp_path, capsys):
    slab_study(tmp_path / "coarse", 4, first=900, scheme="four-stage")
    assert validate(place, tmp_path / "coarse", "--out", tmp_path / "out") == 2
    assert "of the scheme" in capsys.readouterr().err
    assert validate(place, "elsewhere", "--out", tmp_path / "out", "--methods", "teacher") == 2
    assert "teacher: not finished in run" in capsys.readouterr().err
    assert validate(place, "nowhere", "--out", tmp_path / "out") == 2
    assert "nowhere" in capsys.readouterr().err
