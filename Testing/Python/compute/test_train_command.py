"""``sos train`` and ``sos experiment`` as they are typed."""

import json
import re
import subprocess
import sys
import tomllib
from importlib import metadata
from pathlib import Path

import pytest
from compute.made_run import small_toml
from learning.made_slabs import slab_study
from SOSStagingTrainingLib.__main__ import main
from SOSStagingTrainingLib.commands import COMMANDS
from SOSStagingTrainingLib.compute.processes import child_environment

torch = pytest.importorskip("torch")

SMALL = small_toml('"baseline"', 0.2)


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    folder = tmp_path_factory.mktemp("command")
    slab_study(folder / "study", 15)
    (folder / "small.toml").write_text(SMALL)
    return folder


def train(place, *options):
    return main(
        ["train", *map(str, options), *(() if "--status" in options or "--stop" in options else ("--device", "cpu"))]
    )


def test_one_command_freezes_trains_and_says_what_to_do_next(place, capsys):
    asked = ["--recipe", place / "small.toml", "--study", place / "study", "--folds", "1"]
    assert train(place, *asked) == 0
    out, err = capsys.readouterr()
    run = place / "study" / "runs" / "small-train"
    assert "sos evaluate" in out and "frozen as train: 15 cases" in err and "baseline.fold1.seed1: begins on cpu" in err
    assert (run / "predictions" / "baseline.fold1.seed1.predictions.json").is_file()
    assert train(place, "--out", run) == 0
    assert train(place, "--out", run, "--status") == 0
    assert "1 of 1 jobs done" in capsys.readouterr().out
    assert main(["evaluate", str(run / "predictions"), "--draws", "100"]) == 0
    assert "| baseline | simulated |" in capsys.readouterr().out
    header = json.loads((run / "predictions" / "baseline.fold1.seed1.predictions.json").read_text())["header"]
    assert header["command"] == "sos train --recipe small --study study --methods baseline --folds 1 --seeds 1"


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ([], "Say --recipe and --study, or --out RUN"),
        (["--recipe", "nothing", "--study", "."], "no recipe nothing"),
        (["--recipe", "quick", "--study", "."], "is not a study"),
        (["--out", "nowhere"], "holds no run"),
        (["--out", "nowhere", "--status"], "holds no run"),
        (["--status"], "Say which run"),
    ],
)
def test_what_is_wrong_is_said_in_plain_words(options, words, place, capsys, monkeypatch):
    monkeypatch.chdir(place)
    assert train(place, *options) == 2
    err = capsys.readouterr().err
    assert words in err and "Traceback" not in err


def test_a_run_of_a_method_that_fails_says_so(place, capsys, tmp_path):
    asked = ["--recipe", place / "small.toml", "--study", place / "study", "--folds", "1", "--out", tmp_path / "run"]
    spoilt = ["train.rate=1e30", "train.optimiser=sgd", "train.clip=0", "train.epochs=3"]
    assert train(place, *asked, *(word for change in spoilt for word in ("--set", change))) == 3
    err = capsys.readouterr().err
    assert "baseline.fold1.seed1 failed. The training broke off" in err and "Traceback" not in err
    assert train(place, *asked, "--set", "method.vit.network.backbone=resnet18", "--methods", "vit") == 2
    assert "vit is not what it is called" in capsys.readouterr().err


def test_an_experiment_trains_its_variants_and_compares_them(place, capsys, tmp_path):
    options = ["--recipe", str(place / "small.toml"), "--study", str(place / "study"), "--folds", "1"]
    run = tmp_path / "run"
    assert main(["experiment", "attention-off", *options, "--out", str(run), "--device", "cpu"]) == 0
    said = capsys.readouterr().out
    assert "| student_paper_no_attention | simulated |" in said and "| student_paper | baseline |" in said
    kept = (run / "predictions" / "student_paper_no_attention.fold1.seed1.predictions.json").read_text()
    assert "sos experiment attention-off --recipe small --study study --folds 1 --seeds 1" in kept
    assert main(["train", "--out", str(run), "--status"]) == 0
    assert re.search(r"localiser\.fold1\.seed1 +done, mAP50 [\d.]+, mAP50-95 [\d.]+, mean IoU", capsys.readouterr().out)
    assert (run / "comparison" / "comparison.md").is_file()
    assert main(["experiment", "gallery", str(run), "--method", "student_paper", "--device", "cpu"]) == 0
    assert Path(capsys.readouterr().out.strip()).stat().st_size > 5_000
    assert main(["experiment", "confidence", str(run), "--method", "student_paper", "--device", "cpu"]) == 0
    found = json.loads((run / "student_paper.fold1.seed1.confidence.json").read_text())
    assert found["n"] == len(found["cases"]) > 0
    assert main(["experiment", "confidence", str(run), "--method", "baseline", "--device", "cpu"]) == 2
    assert main(["publish", str(run), "--method", "baseline"]) == 2
    err = capsys.readouterr().err
    assert "No detector found anything" in err and "not a student that SOSStaging can open" in err


def test_a_model_is_written_over_nothing_else(tmp_path, capsys):
    scan = tmp_path / "head.nrrd"
    scan.write_bytes(b"a scan")
    for out, said in ((scan, "does not end in .sosmodel"), (tmp_path, "is a folder")):
        assert main(["publish", str(tmp_path / "run"), "--out", str(out)]) == 2
        assert said in capsys.readouterr().err
    assert scan.read_bytes() == b"a scan"


def test_a_seed_below_nought_is_refused_before_it_is_in_the_run(place, capsys):
    with pytest.raises(SystemExit) as ended:
        train(place, "--recipe", place / "small.toml", "--study", place / "study", "--seed=-1")
    assert ended.value.code == 2 and "no list of whole numbers" in capsys.readouterr().err


def test_the_installed_commands_are_those_of_the_library():
    project = tomllib.loads((Path(__file__).resolve().parents[3] / "pyproject.toml").read_text())
    points = project["project"]["entry-points"]["sosstaging.commands"]
    assert {name: points[name] for name in COMMANDS} == COMMANDS
    assert set(points) == {*COMMANDS, "stage", "model"}
    for target in COMMANDS.values():
        assert callable(metadata.EntryPoint("x", target, "x").load())


def test_looking_at_a_run_loads_no_torch(place):
    modules = "SOSStagingTrainingLib.compute.report, SOSStagingTrainingLib.compute.processes, "
    modules += "SOSStagingTrainingLib.learning.recipe, SOSStagingTrainingLib.learning.experiments, "
    modules += "SOSStagingTrainingLib.cli_train, SOSStagingTrainingLib.cli_experiment, SOSStagingTrainingLib.__main__"
    code = f"import sys, {modules}; sys.exit('torch' in sys.modules or 'timm' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], env=child_environment(), check=False).returncode == 0
