"""The ``sos`` command itself, ``sos model``, and what importing costs."""

import json
import os
import subprocess
import sys
from importlib import metadata

import pytest
from SOSStagingLib import cli, cli_model
from SOSStagingLib.model import library
from SOSStagingLib.model.sosmodel import write_model
from SOSStagingLib.staging.client import LIBRARY_PARENT

CARD = {
    "name": "demo",
    "version": "1.0",
    "architecture": {"backbone": "convnext_atto"},
    "scheme": "bassed-5",
    "calibration": {"temperature": 1.2},
    "trained_on": "simulated",
    "licence": "Apache-2.0",
}


@pytest.fixture
def model(tmp_path):
    write_model(tmp_path / "demo.sosmodel", b"weights", CARD)
    return tmp_path / "demo.sosmodel"


def test_model_show(model, capsys):
    assert cli.main(["model", "show", str(model)]) == 0
    text = capsys.readouterr().out
    assert "trained on: simulated" in text and "  temperature: 1.2" in text
    assert cli.main(["model", "show", str(model), "--json"]) == 0
    shown = json.loads(capsys.readouterr().out)
    assert shown["name"] == "demo" and len(shown["file_sha256"]) == 64


def test_model_show_refuses_a_damaged_file_in_plain_words(model, capsys):
    data = model.read_bytes()
    model.write_bytes(data.replace(b"weights", b"wEights", 1).replace(b"weights", b"wEights"))
    assert cli.main(["model", "show", str(model)]) == 2
    assert "demo.sosmodel" in capsys.readouterr().err


def test_model_list(model, monkeypatch, capsys):
    monkeypatch.setattr(library, "MODEL_FOLDER", model.parent)
    (model.parent / "broken.sosmodel").write_text("x")
    assert cli.main(["model", "list", "--json"]) == 0
    out, err = capsys.readouterr()
    assert json.loads(out)["file"] == str(model) and "broken" in err
    assert library.bundled_models() == sorted(model.parent.glob("*.sosmodel"))


def test_without_a_bundled_model_the_user_is_told(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(library, "MODEL_FOLDER", tmp_path)
    assert cli.main(["stage", "x.nrrd", "--out", str(tmp_path / "out")]) == 2
    assert "--model" in capsys.readouterr().err


@pytest.mark.parametrize("name", ["train", "simulate", "evaluate"])
@pytest.mark.parametrize("words", [[], ["--recipe", "paper", "--help"], ["out", "-n", "5"]])
def test_without_the_training_library_its_commands_say_so(name, words, monkeypatch, capsys):
    monkeypatch.setattr(metadata, "entry_points", lambda group: ())
    assert cli.main([name, *words]) == 2
    err = capsys.readouterr().err
    assert "training library" in err and "not installed" in err and f"sos {name}" in err


class Point:
    """A stand-in for an entry point."""

    def __init__(self, name, load):
        self.name, self.load = name, load


def test_a_training_library_that_is_registered_but_absent(monkeypatch, capsys):
    def absent():
        raise ModuleNotFoundError("No module named 'SOSStagingTrainingLib'", name="SOSStagingTrainingLib")

    monkeypatch.setattr(metadata, "entry_points", lambda group: [Point("train", absent)])
    assert cli.main(["train"]) == 2
    assert "not installed" in capsys.readouterr().err


def test_libraries_add_commands_and_a_broken_one_harms_no_other(monkeypatch, capsys):
    def broken():
        raise SyntaxError("bad")

    def register(subparsers):
        subparsers.add_parser("greet").set_defaults(run=lambda args: 0)

    points = [Point("greet", lambda: register), Point("ruin", broken)]
    monkeypatch.setattr(metadata, "entry_points", lambda group: points)
    assert cli.main(["greet"]) == 0
    assert cli.main(["ruin"]) == 2 and "could not be loaded" in capsys.readouterr().err
    assert cli.main(["model", "list"]) == 0


def test_a_card_is_shown_with_its_lists_and_parts():
    assert cli_model.card_text({"a_b": [1, 2], "c": {"d": None}}) == "a b: 1, 2\nc:\n  d: None"


@pytest.mark.parametrize(
    "modules",
    [
        "SOSStagingLib.cli, SOSStagingLib.cli_stage, SOSStagingLib.cli_model",
        "SOSStagingLib.staging.client, SOSStagingLib.staging.stager, SOSStagingLib.staging.cohort",
        "SOSStagingLib.staging.worker",
        "SOSStagingLib.scan.read, SOSStagingLib.scan.quality, SOSStagingLib.scan.midsagittal, SOSStagingLib.scan.slab",
        "SOSStagingLib.report.write, SOSStagingLib.report.cohort",
    ],
)
def test_importing_loads_no_torch(modules):
    code = f"import sys, {modules}; sys.exit('torch' in sys.modules or 'timm' in sys.modules)"
    path = os.pathsep.join(filter(None, [str(LIBRARY_PARENT), os.environ.get("PYTHONPATH")]))
    assert subprocess.run([sys.executable, "-c", code], env={**os.environ, "PYTHONPATH": path}).returncode == 0


def test_the_help_of_sos_loads_no_torch():
    code = "import sys; from SOSStagingLib import cli; cli.build_parser(); sys.exit('torch' in sys.modules)"
    path = os.pathsep.join(filter(None, [str(LIBRARY_PARENT), os.environ.get("PYTHONPATH")]))
    assert subprocess.run([sys.executable, "-c", code], env={**os.environ, "PYTHONPATH": path}).returncode == 0
