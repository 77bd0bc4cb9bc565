"""``sos study`` from an empty folder to folds and exports, and what it says when something is wrong."""

import argparse
import json
import tomllib
from pathlib import Path

import pytest
from SOSStagingTrainingLib.cli_study import register_study
from SOSStagingTrainingLib.study.markups import write_rois
from SOSStagingTrainingLib.study.roi import RoiBox
from SOSStagingTrainingLib.study.study import Study
from study.made_study import BOX, labelled_study, write_volume

DONE, WRONG_USE, FINDINGS = 0, 2, 3


def sos(*words):
    """Run a command as ``sos`` does, also where the library is not installed."""
    parser = argparse.ArgumentParser("sos")
    register_study(parser.add_subparsers())
    try:
        args = parser.parse_args(["study", *map(str, words)])
    except SystemExit as stop:
        return stop.code
    return args.run(args)


def test_the_command_is_registered():
    data = tomllib.loads((Path(__file__).parents[3] / "pyproject.toml").read_text(encoding="utf-8"))
    commands = data["project"]["entry-points"]["sosstaging.commands"]
    assert commands["study"] == f"{register_study.__module__}:{register_study.__name__}"


def test_from_scans_to_labels(tmp_path, capsys):
    study = tmp_path / "study"
    (tmp_path / "scans").mkdir()
    for n in (1, 2):
        write_volume(tmp_path / "scans" / f"head-{n}.nrrd", n)
    (tmp_path / "scans" / "head-3.nrrd").write_bytes(b"NRRD0004\n")
    assert sos("create", study, "--title", "Two heads") == DONE
    assert sos("add", study, tmp_path / "scans", "--patient", "p1") == FINDINGS
    out, err = capsys.readouterr()
    assert "head-1  volume  patient p1" in out and "head-3.nrrd: not added" in err
    write_rois(tmp_path / "box.mrk.json", [BOX])
    label = ("label", study, "head-1", "--rater", "anna")
    assert sos(*label, "--stage", "3", "--box", tmp_path / "box.mrk.json", "--note", "clear") == DONE
    assert sos(*label, "--stage", "4") == DONE
    assert sos(*label, "--withdraw", "--note", "slip of the hand") == DONE
    assert sos("label", study, "head-2", "--rater", "anna", "--skip") == DONE
    opened = Study.open(study)
    assert opened.title == "Two heads" and opened.labels("anna")["head-1"].stage == 3
    assert len(opened.rois("head-1", "anna")) == 1 and "head-2" in opened.ledger("anna").skips()
    (tmp_path / "scans" / "head-3.nrrd").unlink()
    (tmp_path / "stages.csv").write_text("case,stage\nhead-2,5\n")
    assert sos("import", study, tmp_path / "scans", "--table", tmp_path / "stages.csv", "--rater", "bert") == DONE
    assert "0 cases, 1 labels" in capsys.readouterr().out
    (tmp_path / "stages.csv").write_text("case,stage\nhead-2,6\n")
    assert sos("import", study, tmp_path / "scans", "--table", tmp_path / "stages.csv", "--rater", "bert") == FINDINGS
    assert "stage_outside_scheme" in capsys.readouterr().err
    write_volume(tmp_path / "head-4.nrrd", 4)
    assert sos("add", study, tmp_path / "head-4.nrrd") == DONE
    assert sos("patient", study, "head-1", "head-4", "--patient", "p2", "--group", "clinic-a") == DONE
    assert "head-4  patient p2  group clinic-a" in capsys.readouterr().out
    assert [case.patient for case in Study.open(study).cases] == ["p2", "p1", "p2"]
    assert sos("patient", study, "--all-own") == DONE and "0 cases" in capsys.readouterr().out
    assert sos("patient", study, "head-1") == WRONG_USE
    assert sos("exclude", study, "head-1", "head-4", "--why", "another patient's") == DONE
    assert "1 of 3 cases are in use" in capsys.readouterr().out
    assert [case.excluded for case in Study.open(study).cases] == ["another patient's", None, "another patient's"]
    assert sos("exclude", study, "head-1", "--back") == DONE and "2 of 3 cases" in capsys.readouterr().out
    assert sos("exclude", study, "head-9") == WRONG_USE and "head-9" in capsys.readouterr().err


def test_from_labels_to_exports(tmp_path, capsys):
    study = labelled_study(tmp_path / "study", 10)
    for n in range(1, 11):
        study.append_label(f"case-{n:02d}", "bert", (n - 1) % 5 + 1)
    study.append_label("case-10", "anna", 5)
    few = ("--min-per-stage", "2")
    assert sos("agreement", study.folder) == DONE
    assert "anna and bert: n = 10, exact 100.0 %" in capsys.readouterr().out
    assert sos("agreement", study.folder, "--json") == DONE
    assert json.loads(capsys.readouterr().out)[0]["kappa"] == 1.0
    assert sos("check", study.folder) == FINDINGS
    assert "too_few_of_stage: Stage 1" in capsys.readouterr().err
    assert sos("check", study.folder, "--read-scans", *few) == DONE
    assert sos("freeze", study.folder, "v1", *few) == DONE
    assert study.dataset("v1").manifest_sha256 in capsys.readouterr().out
    assert sos("folds", study.folder, "v1", "-k", "2") == DONE
    assert "fold 2:    5 cases; by stage    1    1    1    1    1" in capsys.readouterr().out
    assert sos("folds", study.folder, "v1", "--check", study.folder / "folds" / "v1-2-1.json") == DONE
    for kind, there in (("yolo", "fold-2.yaml"), ("coco", "annotations/fold-2-val.json")):
        assert sos("export", study.folder, "v1", tmp_path / kind, "--format", kind, "-k", "2") == DONE
        assert (tmp_path / kind / there).exists()
    data = json.loads((study.folder / "folds" / "v1-2-1.json").read_text())
    data["folds"][0].append(data["folds"][1].pop())
    data["folds"][1].append("case-99")
    (tmp_path / "odd.json").write_text(json.dumps(data))
    assert sos("folds", study.folder, "v1", "--check", tmp_path / "odd.json") == FINDINGS
    assert "case-99" in capsys.readouterr().err


def test_a_bad_study_is_neither_frozen_nor_passed(tmp_path, capsys):
    study = labelled_study(tmp_path / "study", 5)
    (study.folder / "case-03.nrrd").unlink()
    for words in (("check", study.folder, "--json"), ("freeze", study.folder, "v1")):
        assert sos(*words, "--min-per-stage", "1") == FINDINGS
        out, err = capsys.readouterr()
        assert "missing_scan" in out + err
    assert study.datasets == ()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("check", "nowhere"), "not a study"),
        (("label", "study", "case-01", "--rater", "anna"), "--stage"),
        (("label", "study", "case-01", "--rater", "anna", "--stage", "9"), "stages 1 to 5"),
        (("label", "study", "case-77", "--rater", "anna", "--stage", "1"), "no case named case-77"),
        (("label", "study", "case-01", "--rater", "a b", "--stage", "1"), "cannot be a rater's name"),
        (("label", "study", "case-01", "--rater", "anna", "--box", "far.mrk.json"), "outside the scan"),
        (
            ("label", "study", "case-01", "--rater", "anna", "--skip", "--box", "far.mrk.json"),
            "does not go with --skip",
        ),
        (("label", "study", "case-01", "--rater", "anna", "--withdraw", "--reading", "2"), "not go with --withdraw"),
        (("folds", "study", "v9"), "no frozen dataset named v9"),
        (("agreement", "study", "--raters", "zoe"), "zoe labelled nothing"),
        (("create", "study"), "holds a study already"),
        ((), "ACTION"),
    ],
)
def test_wrong_use_is_said_in_a_line(tmp_path, monkeypatch, capsys, words, said):
    monkeypatch.chdir(tmp_path)
    labelled_study(tmp_path / "study", 1)
    write_rois(tmp_path / "far.mrk.json", [RoiBox.from_bounds([-5, 300, 0], [5, 320, 10])])
    assert sos(*words) == WRONG_USE
    err = capsys.readouterr().err
    assert said in err and "Traceback" not in err
