"""``sos stage`` as its users call it."""

import csv
import json
import os
import re
import signal
import subprocess
import sys
import time

import psutil
import pytest
from SOSStagingLib.cli import main
from SOSStagingLib.staging.client import LIBRARY_PARENT
from staging.conftest import gone, write_head

ENGINE = ["--engine", "fake_engine:load"]


def command(*words):
    path = os.pathsep.join(filter(None, [str(LIBRARY_PARENT), os.environ.get("PYTHONPATH")]))
    return [sys.executable, "-m", "SOSStagingLib.cli", *map(str, words)], {**os.environ, "PYTHONPATH": path}


def sos(*words):
    line, environment = command(*words)
    return subprocess.run(line, env=environment, capture_output=True, text=True, timeout=60)


@pytest.fixture
def stage(orders, tmp_path, easy_gate):
    """Run ``sos stage`` here, with balls for heads and the fake network in a real worker process."""

    def run(*words):
        return main(["stage", *map(str, words), "--out", str(tmp_path / "out"), "--model", str(orders), *ENGINE])

    return run


def test_all_staged_is_0_with_a_table(stage, tmp_path, capsys):
    assert stage(write_head(tmp_path / "mira.nrrd")) == 0
    out, err = capsys.readouterr()
    header, row, *_ = out.splitlines()
    assert header.split()[:3] == ["name", "stage", "probabilities"] and row.split()[:2] == ["mira", "4"]
    assert "1 of 1 staged" in out and err == ""
    made = {file.name for file in (tmp_path / "out" / "mira").iterdir()}
    assert {"result.json", "report.html", "overlay.png", "gradcam.nrrd"} <= made


def test_a_list_of_scans_with_empty_lines_and_remarks(stage, tmp_path, capsys, monkeypatch):
    heads = [write_head(tmp_path / "in" / f"{name} one.nrrd") for name in ("anna", "mira")]
    write_head(tmp_path / "elsewhere" / "not-asked-for.nrrd")
    (tmp_path / "list.txt").write_text(f'{heads[0]}\n# two scans\n\n"{heads[1]}"\n\n', encoding="utf-8-sig")
    monkeypatch.chdir(tmp_path / "elsewhere")
    assert stage(f"@{tmp_path / 'list.txt'}", "--json") == 0
    names = [json.loads(line)["name"] for line in capsys.readouterr().out.splitlines()]
    assert len(names) == 2 and {name[:4] for name in names} == {"anna", "mira"}


def test_a_folder_some_refused_is_3_and_json_is_all_there_is_on_stdout(stage, tmp_path, capsys):
    write_head(tmp_path / "in" / "good.nrrd")
    write_head(tmp_path / "in" / "faint.nrrd", level=100)
    assert stage(tmp_path / "in", "--json") == 3
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [(line["name"], line["stage"]) for line in lines] == [("faint", None), ("good", 4)]
    assert lines[0]["reasons"][0]["code"] == "sos_not_found" and lines[0]["probabilities"] is None
    assert lines[1] == {"name": "good", **json.loads((tmp_path / "out" / "good" / "result.json").read_text())}
    with (tmp_path / "out" / "cohort.csv").open(newline="") as file:
        assert [row["stage"] for row in csv.DictReader(file)] == ["", "4"]


def test_the_second_run_takes_what_is_there(stage, tmp_path, orders, capsys):
    head = write_head(tmp_path / "head.nrrd")
    assert stage(head) == 0
    orders.write_text("die")
    assert stage(head) == 0
    assert "from an earlier run" in capsys.readouterr().out
    assert stage(head, "--no-resume") == 3
    assert "The result of an earlier run stays" in capsys.readouterr().out
    orders.write_text("work")
    other = write_head(tmp_path / "other" / "head.nrrd")
    assert stage(other) == 0
    row = capsys.readouterr().out.splitlines()[1]
    assert row.startswith("head-2") and f"({other})" in row, "which of two scans of one name this is"


def test_the_plane_may_begin_with_a_minus_sign(stage, tmp_path):
    assert stage(write_head(tmp_path / "head.nrrd"), "--plane", "-2.5,1,2,-1,0.02,0") == 0
    plane = json.loads((tmp_path / "out" / "head" / "result.json").read_text())["plane"]
    assert plane["origin_ras_mm"] == [-2.5, 1, 2] and plane["source"] == "user"
    assert plane["normal_ras"][0] > 0.99


def test_unreadable_inputs_each_get_a_result(orders, tmp_path):
    (tmp_path / "empty.nrrd").write_bytes(b"")
    (tmp_path / "letter.nrrd").write_text("Dear colleague,")
    (tmp_path / "cut.zip").write_bytes(b"PK\x03\x04 and no more")
    (tmp_path / "nothing").mkdir()
    names = ["empty.nrrd", "letter.nrrd", "cut.zip", "nothing", "absent.nii.gz"]
    done = sos("stage", *(tmp_path / n for n in names), "--out", tmp_path / "out", "--model", orders, *ENGINE)
    assert done.returncode == 3, done.stderr
    assert "Traceback" not in done.stdout + done.stderr and "0 of 5 staged" in done.stdout
    for name in ["empty", "letter", "cut", "nothing", "absent"]:
        result = json.loads((tmp_path / "out" / name / "result.json").read_text())
        assert result["assessable"] is False and result["stage"] is None and result["reasons"][0]["text"]
        assert result["scheme"] == "bassed-5" and str(tmp_path) not in json.dumps(result)


def test_a_network_that_cannot_start_is_a_result_too(orders, tmp_path):
    orders.write_text("refuse")
    (tmp_path / "letter.nrrd").write_text("Dear colleague,")
    done = sos("stage", tmp_path / "letter.nrrd", "--out", tmp_path / "out", "--model", orders, *ENGINE)
    assert done.returncode == 3 and "Traceback" not in done.stdout + done.stderr
    codes = [r["code"] for r in json.loads((tmp_path / "out" / "letter" / "result.json").read_text())["reasons"]]
    assert "missing_package" in codes and len(codes) == 2


@pytest.mark.parametrize(
    "words",
    [
        [],
        ["scan.nrrd"],
        ["scan.nrrd", "--out", "o", "--plane", "1,2,3"],
        ["scan.nrrd", "--out", "o", "--plane", "0,0,0,0,0,0"],
        ["scan.nrrd", "--out", "o", "--plane", "a,b,c,d,e,f"],
        ["scan.nrrd", "--out", "o", "--spacing", "-1"],
        ["scan.nrrd", "--out", "o", "--facing", "up"],
        ["scan.nrrd", "--out", "o", "--device", "tpu"],
        ["scan.nrrd", "--out", "o", "--workers", "0"],
        ["scan.nrrd", "--out", "o", "--colour"],
    ],
)
def test_wrong_use_is_2(words, capsys):
    with pytest.raises(SystemExit) as caught:
        main(["stage", *words])
    assert caught.value.code == 2 and "usage" in capsys.readouterr().err


def test_a_model_that_is_none_is_wrong_use(tmp_path, capsys):
    (tmp_path / "m.sosmodel").write_text("no model")
    assert main(["stage", "x.nrrd", "--out", str(tmp_path / "o"), "--model", str(tmp_path / "m.sosmodel")]) == 2
    assert "m.sosmodel" in capsys.readouterr().err
    assert main(["stage", "x.nrrd", "--out", str(tmp_path / "o"), "--model", str(tmp_path / "absent")]) == 2


def test_an_output_folder_that_cannot_be_made_is_wrong_use(orders, tmp_path, capsys):
    (tmp_path / "file").write_text("")
    assert main(["stage", "x", "--out", str(tmp_path / "file"), "--model", str(orders), *ENGINE]) == 2
    assert "cannot be written" in capsys.readouterr().err


@pytest.mark.skipif(os.name != "posix", reason="signals")
def test_ctrl_c_ends_the_worker_and_says_so(orders, tmp_path):
    orders.write_text("sleep")  # the model never finishes loading
    (tmp_path / "letter.nrrd").write_text("Dear colleague,")
    line, environment = command(
        "stage", tmp_path / "letter.nrrd", "--out", tmp_path / "out", "--model", orders, *ENGINE
    )
    running = subprocess.Popen(line, env=environment, stderr=subprocess.PIPE, text=True, preexec_fn=_as_in_a_terminal)
    worker = wait_for_child(running.pid)
    running.send_signal(signal.SIGINT)
    _, err = running.communicate(timeout=30)
    assert running.returncode == 130 and "Interrupted" in err and "Traceback" not in err
    assert gone(worker)


def _as_in_a_terminal():
    # A test runner started in the background hands down an ignored SIGINT; a person's terminal does not.
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def wait_for_child(pid):
    until = time.monotonic() + 30
    while time.monotonic() < until:
        children = psutil.Process(pid).children()
        if children:
            time.sleep(0.3)
            return children[0].pid
        time.sleep(0.05)
    raise AssertionError("no worker")


def test_a_reader_that_goes_away_is_no_traceback(orders, tmp_path):
    (tmp_path / "letter.nrrd").write_text("Dear colleague,")
    line, environment = command(
        "stage", *[tmp_path / "letter.nrrd"] * 3, "--out", tmp_path / "out", "--model", orders, *ENGINE
    )
    running = subprocess.Popen(line, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    running.stdout.close()
    err = running.stderr.read().decode()
    running.wait(60)
    assert "Traceback" not in err and "BrokenPipe" not in err


def test_help_names_the_exit_codes_and_every_command():
    whole, stage_help = sos("--help"), sos("stage", "--help")
    assert whole.returncode == stage_help.returncode == 0
    for name in ("stage", "model", "train", "simulate"):
        assert re.search(rf"^\s+{name}\s", whole.stdout, re.MULTILINE)
    assert "Exit status" in stage_help.stdout and "--engine" not in stage_help.stdout
    assert sos().returncode == 2


def test_progress_bar_only_on_a_terminal(orders, tmp_path):
    import pty

    (tmp_path / "letter.nrrd").write_text("Dear colleague,")
    line, environment = command(
        "stage", tmp_path / "letter.nrrd", "--out", tmp_path / "out", "--model", orders, *ENGINE
    )
    ours, theirs = pty.openpty()
    done = subprocess.run(line, env=environment, stdout=subprocess.PIPE, stderr=theirs, timeout=60)
    os.close(theirs)
    shown = os.read(ours, 10000).decode()
    os.close(ours)
    assert done.returncode == 3 and "0/1 letter" in shown and b"\x1b" not in done.stdout
