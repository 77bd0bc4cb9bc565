"""A run in a program of its own: killed at random moments, detached, followed, stopped."""

import os
import random
import signal
import subprocess
import sys
import time

import pytest
from SOSStagingTrainingLib.compute.processes import child_environment, start_detached
from SOSStagingTrainingLib.compute.report import Reporter
from SOSStagingTrainingLib.compute.run_folder import RunError, RunFolder
from SOSStagingTrainingLib.learning.events import EVENTS_FILE, read_events

torch = pytest.importorskip("torch")

from compute.made_run import small_recipe, wanted  # noqa: E402
from SOSStagingTrainingLib.compute.runner import prepare  # noqa: E402

KEYS = ("teacher.fold1.seed1", "student_kd_only.fold1.seed1")
MOST_SECONDS = 90


def run_of(folder, epochs=6):
    train = {"epochs": epochs, "batch": 4, "warmup": 1.0, "save_minutes": 0.0, "ema": 0.9}
    recipe = small_recipe(methods=["student_kd_only"], train=train, network={"backbone": "test_convnext", "drop": 0.1})
    return prepare(wanted(folder, recipe, cases=10, folds=(1,)), lambda *_: None)


def program(run):
    command = [sys.executable, "-m", "SOSStagingTrainingLib", "train", "--out", str(run.folder), "--device", "cpu"]
    return subprocess.Popen(command, env=child_environment(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def until(what):
    begun = time.monotonic()
    while not what():
        assert time.monotonic() - begun < MOST_SECONDS, "nothing came of it in time"
        time.sleep(0.01)


def steps(run):
    told = (read_events(run.job_folder(key) / EVENTS_FILE) for key in KEYS)
    return sum(event["event"] == "step" for events in told for event in events)


def test_a_run_killed_at_random_moments_ends_with_the_same_bits(tmp_path):
    whole, cut = run_of(tmp_path / "whole"), run_of(tmp_path / "cut")
    # A program of its own, too: other tests may have given this one another number of threads, and so other sums.
    assert program(whole).wait(MOST_SECONDS) == 0 and all(whole.state(key) == "done" for key in KEYS)
    rng = random.Random(0)
    for _ in range(2):
        killed, seen = program(cut), steps(cut)
        wanted_steps = seen + rng.randint(1, 4)
        until(lambda at=wanted_steps, p=killed: steps(cut) >= at or p.poll() is not None)
        time.sleep(rng.random() * 0.05)
        killed.send_signal(signal.SIGKILL)
        killed.wait()
        assert not cut.alive and cut.state(KEYS[1]) != "done"
    assert program(cut).wait(MOST_SECONDS) == 0
    for key in KEYS:
        name = "weights.safetensors"
        assert (cut.job_folder(key) / name).read_bytes() == (whole.job_folder(key) / name).read_bytes()
        rows = [
            [e["step"] for e in read_events(run.job_folder(key) / EVENTS_FILE) if e["event"] == "step"]
            for run in (cut, whole)
        ]
        assert rows[0] == rows[1]
    assert sum(e["event"] == "resumed" for key in KEYS for e in read_events(cut.job_folder(key) / EVENTS_FILE)) >= 1
    told = [sorted(path.name for path in run.predictions.glob("*.json")) for run in (cut, whole)]
    assert told[0] == told[1] and len(told[0]) == 2


@pytest.mark.skipif(sys.platform == "win32", reason="a POSIX signal")
def test_a_detached_run_is_followed_and_keeps_a_checkpoint_when_it_is_asked_to_end(tmp_path):
    run = run_of(tmp_path, epochs=200)
    process = start_detached(run, ["--device", "cpu"])
    # Whoever comes later knows the folder alone.
    seen = RunFolder.open(run.folder)
    lines = []
    with Reporter(seen, lines.append):
        until(lambda: steps(seen) > 3)
        assert seen.alive and seen.status()[0].state == "running" and seen.status()[0].eta_s > 0
        with pytest.raises(RunError, match="works on run already"):
            start_detached(seen)
        os.kill(process, signal.SIGTERM)
        until(lambda: not seen.alive)
    assert seen.status()[0].state == "interrupted" and seen.status()[0].step > 0
    assert any("epoch 1, loss" in line for line in lines) and any("a checkpoint is kept" in line for line in lines)
    assert read_events(run.job_folder(KEYS[0]) / EVENTS_FILE)[-1]["event"] == "stopped"
    assert "stopped. Go on with" in (run.folder / "log.txt").read_text()
