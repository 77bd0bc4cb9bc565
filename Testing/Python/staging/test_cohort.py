"""Many scans: names, order, one bad scan, resuming."""

import csv
import json
import os
import shutil
from pathlib import Path

import numpy as np
import pytest
from SOSStagingLib.report.volume import write_gradcam_nrrd
from SOSStagingLib.report.write import result_json
from SOSStagingLib.scan.types import Plane
from SOSStagingLib.staging import cohort, preparation
from SOSStagingLib.staging.client import WorkerClient
from SOSStagingLib.staging.cohort import stage_cohort
from SOSStagingLib.staging.cohort_process import case_paths
from SOSStagingLib.staging.inputs import find_cases
from SOSStagingLib.staging.preparation import ScanOptions, StagingCancelled
from SOSStagingLib.staging.result import ModelInfo
from SOSStagingLib.staging.stored import load_result
from staging.conftest import write_head
from staging.fake_engine import FakeEngine

pytestmark = pytest.mark.usefixtures("easy_gate")
whole_report = cohort.write_report


@pytest.fixture(autouse=True)
def light_report(monkeypatch):
    """Leave the pictures out where they are not looked at; drawing them takes most of the time."""

    def write(result, folder):
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "result.json").write_text(result_json(result))
        for name, heat in (("gradcam.nrrd", result.gradcam), ("gradcam-runner-up.nrrd", result.runner_up)):
            (folder / name).unlink(missing_ok=True)
            if heat is not None:
                write_gradcam_nrrd(folder / name, heat)

    monkeypatch.setattr(cohort, "write_report", write)


@pytest.fixture
def scans(tmp_path):
    """Two good scans, a bad one between them, a clash of names, and one that is not there."""
    folder = tmp_path / "scans"
    (folder / "b").mkdir(parents=True)
    write_head(folder / "a.nrrd")
    (folder / "bad.nrrd").write_text("no scan")
    write_head(folder / "b" / "A.nii.gz")
    return [folder / "a.nrrd", folder / "bad.nrrd", folder / "missing.nrrd", folder / "b" / "A.nii.gz"]


def test_one_bad_scan_never_stops_the_rest(scans, tmp_path):
    out = tmp_path / "out"
    seen = []
    results = stage_cohort(scans, out, FakeEngine(), on_case=seen.append, workers=3)
    assert [name for name, _ in results] == ["a", "bad", "missing", "A-2"]
    assert [r.assessable for _, r in results] == [True, False, False, True]
    assert [(s.name, s.done, s.total) for s in seen] == [("a", 1, 4), ("bad", 2, 4), ("missing", 3, 4), ("A-2", 4, 4)]
    for name, result in results:
        stored = json.loads((out / name / "result.json").read_text())
        assert stored["stage"] == result.stage and stored["assessable"] == result.assessable
    with (out / "cohort.csv").open(newline="") as file:
        assert [row["name"] for row in csv.DictReader(file)] == ["a", "bad", "missing", "A-2"]


def test_a_bug_in_one_scan_does_not_stop_the_rest(scans, tmp_path, monkeypatch):
    real = preparation.cut_slab

    def buggy(scan, plane):
        if scan.name == "a.nrrd":
            raise IndexError("bug")
        return real(scan, plane)

    monkeypatch.setattr(preparation, "cut_slab", buggy)
    results = dict(stage_cohort(scans, tmp_path / "out", FakeEngine()))
    assert results["a"].reasons[0].code == "internal" and results["A-2"].assessable


def test_a_worker_that_dies_costs_one_scan(scans, tmp_path, orders):
    orders.write_text("die")

    def recover(done):
        orders.write_text("work")

    with WorkerClient(orders, engine="fake_engine:load") as client:
        results = dict(stage_cohort(scans, tmp_path / "out", client, on_case=recover))
    assert results["a"].reasons[0].code == "worker_died" and results["A-2"].stage == 4


def test_a_finished_run_is_not_repeated(scans, tmp_path):
    out = tmp_path / "out"
    first = FakeEngine()
    before = stage_cohort(scans, out, first)
    with (out / "cohort.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    again, seen = FakeEngine(), []
    after = stage_cohort(scans, out, again, on_case=seen.append)
    assert first.calls == 2 and again.calls == 0
    # A scan that was not there may be by now, so that one is tried again.
    assert [s.resumed for s in seen] == [True, True, False, True]
    assert [r.to_json() for _, r in after][:2] == [r.to_json() for _, r in before][:2]
    with (out / "cohort.csv").open(newline="") as file:
        again_rows = list(csv.DictReader(file))
    for row in rows + again_rows:
        row.pop("seconds")  # rounded in the stored result
    assert again_rows[:2] == rows[:2]
    np.testing.assert_array_equal(after[0][1].gradcam.array, before[0][1].gradcam.array)


def test_the_table_tells_of_the_whole_folder(scans, tmp_path):
    out = tmp_path / "out"
    stage_cohort(scans[:1], out, FakeEngine())
    stage_cohort(scans[1:2], out, FakeEngine())
    (out / "not a case").mkdir()
    (out / "not a case" / "result.json").write_text("{")
    stage_cohort(scans[:1], out, FakeEngine())
    with (out / "cohort.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(row["name"], row["stage"]) for row in rows] == [("bad", ""), ("a", "4")]


@pytest.mark.parametrize("change", ["file", "model", "options", "damage", "no gradcam", "no resume"])
def test_a_change_stages_again(scans, tmp_path, change):
    out, scan = tmp_path / "out", scans[:1]
    stage_cohort(scan, out, FakeEngine())
    engine, options = FakeEngine(), ScanOptions()
    if change == "file":
        os.utime(scan[0], ns=(1, 1))
    elif change == "model":
        engine.info = ModelInfo("fake", "2", "1" * 64, "real")
    elif change == "options":
        options = ScanOptions(spacing_mm=0.3)
    elif change == "damage":
        (out / "a" / "result.json").write_text("{")
    elif change == "no gradcam":
        (out / "a" / "gradcam.nrrd").unlink()
    stage_cohort(scan, out, engine, options=options, resume=change != "no resume")
    assert engine.calls == 1 and load_result(out / "a").assessable


def test_an_interrupted_run_goes_on(scans, tmp_path):
    out = tmp_path / "out"

    def stop(done):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        stage_cohort(scans, out, FakeEngine(), on_case=stop)
    assert (out / "cohort.csv").exists()
    engine = FakeEngine()
    results = stage_cohort(scans, out, engine)
    assert engine.calls == 1 and len(results) == 4


def test_a_failure_of_the_computer_is_tried_again(scans, tmp_path, orders):
    orders.write_text("refuse")
    with WorkerClient(orders, engine="fake_engine:load") as client:
        results = stage_cohort(scans, tmp_path / "out", client)
    assert all(not r.assessable for _, r in results)
    assert "torch" in results[0][1].reasons[0].text
    engine = FakeEngine()
    assert dict(stage_cohort(scans, tmp_path / "out", engine))["a"].assessable


def test_a_refused_scan_leaves_no_older_overlay(scans, tmp_path, monkeypatch):
    monkeypatch.setattr(cohort, "write_report", whole_report)
    out = tmp_path / "out"
    stage_cohort(scans[:1], out, FakeEngine())
    made = {file.name for file in (out / "a").iterdir()}
    maps = {"gradcam.nrrd", "gradcam-runner-up.nrrd"}
    assert made == {"result.json", "report.html", "overlay.png", ".sosstaging.json"} | maps
    outside = ScanOptions(Plane(np.array([900.0, 0, 0]), np.array([1.0, 0, 0]), source="user"))
    ((_, result),) = stage_cohort(scans[:1], out, FakeEngine(), options=outside)
    assert not result.assessable and not any((out / "a" / name).exists() for name in maps)


def test_a_report_that_cannot_be_drawn_does_not_cost_the_answer(scans, tmp_path, monkeypatch):
    def bug(*_):
        raise ValueError("bug")

    monkeypatch.setattr(cohort, "write_report", bug)
    ((_, result),) = stage_cohort(scans[:1], tmp_path / "out", FakeEngine())
    assert result.assessable and json.loads((tmp_path / "out" / "a" / "result.json").read_text())["stage"] == 4


def test_a_folder_that_cannot_be_written_is_told(scans, tmp_path):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "a").write_text("a file in the way")
    results = dict(stage_cohort(scans, tmp_path / "out", FakeEngine()))
    assert results["a"].reasons[0].code == "report_not_written" and results["A-2"].assessable


def test_progress_may_cancel(scans, tmp_path):
    def stop(now):
        if now.i == 1:
            raise StagingCancelled

    with pytest.raises(StagingCancelled):
        stage_cohort(scans, tmp_path / "out", FakeEngine(), progress=stop)
    assert (tmp_path / "out" / "a" / "result.json").exists()


def test_scans_wait_for_the_network_only_a_few_at_a_time(tmp_path, monkeypatch):
    paths = [write_head(tmp_path / f"{n}.nrrd", size=16) for n in range(8)]
    counts = {"begun": 0, "done": 0, "most": 0}
    real = cohort.prepare

    def counted(*args):
        counts["begun"] += 1
        counts["most"] = max(counts["most"], counts["begun"] - counts["done"])
        return real(*args)

    def done(case):
        counts["done"] += 1

    monkeypatch.setattr(cohort, "prepare", counted)
    stage_cohort(paths, tmp_path / "out", FakeEngine(), workers=2, on_case=done)
    assert counts["begun"] == 8 and counts["most"] <= 3


def touch(path, data=b"x"):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)


def test_what_a_folder_means(tmp_path):
    root = tmp_path / "cases"
    touch(root / "ct" / "IM0001", b"\0" * 128 + b"DICM")
    touch(root / "ct" / "IM0002", b"\0" * 128 + b"DICM")
    touch(root / "two" / "x.nii.gz")
    touch(root / "two" / "notes.txt")
    touch(root / "two" / ".hidden.nrrd")
    touch(root / "pair.hdr")
    touch(root / "pair.img")
    touch(root / "raw.mhd")
    touch(root / "raw.raw")
    touch(root / "old" / "a" / ".sosstaging.json")
    touch(root / "old" / "a" / "gradcam.nrrd")
    touch(root / "out" / "b" / "gradcam.nrrd")
    (root / "loop").symlink_to(root)
    cases = find_cases([root], root / "out")
    assert [c.path.relative_to(root).as_posix() for c in cases] == ["pair.hdr", "raw.mhd", "ct", "two/x.nii.gz"]
    assert [c.name for c in cases] == ["pair", "raw", "ct", "x"]
    assert [c.path for c in find_cases([root / "ct"])] == [root / "ct"]
    (root / "empty").mkdir()
    assert [c.path for c in find_cases([root / "empty"])] == [root / "empty"]


def test_clashing_names_are_numbered_in_order(tmp_path):
    paths = [tmp_path / n for n in ("1/a.nrrd", "2/a.nii.gz", "3/A.mha", "4/a-2.nrrd")]
    assert [c.name for c in find_cases(paths)] == ["a", "a-2", "A-3", "a-2-2"]


def test_another_scan_of_the_same_name_has_a_folder_of_its_own(scans, tmp_path):
    out = tmp_path / "out"
    for turn in range(2):
        names = [stage_cohort([scan], out, FakeEngine())[0][0] for scan in (scans[0], scans[3])]
        assert names == ["a", "A-2"], turn
    assert [name for name, _ in stage_cohort([scans[3], scans[0]], out, FakeEngine())] == ["A-2", "a"]
    assert list(case_paths([scans[3]], out)) == ["A-2"]
    (tmp_path / "elsewhere").mkdir()
    moved = shutil.move(scans[3], tmp_path / "elsewhere" / scans[3].name)
    engine = FakeEngine()
    assert stage_cohort([moved], out, engine)[0][0] == "A-2" and engine.calls == 0
    assert json.loads((out / "a" / "result.json").read_text())["input"] == "a.nrrd"


@pytest.mark.parametrize("failure", ["gone", "no network"])
def test_a_failure_of_the_computer_costs_no_earlier_result(scans, tmp_path, orders, failure):
    out, seen = tmp_path / "out", []
    stage_cohort(scans[:1], out, FakeEngine())
    before = {file.name: file.read_bytes() for file in (out / "a").iterdir()}
    if failure == "gone":
        scans[0].unlink()
        stage_cohort(scans[:1], out, FakeEngine(), on_case=seen.append)
    else:
        orders.write_text("refuse")
        with WorkerClient(orders, engine="fake_engine:load") as client:
            stage_cohort(scans[:1], out, client, on_case=seen.append)
    assert not seen[0].result.assessable and seen[0].kept
    assert {file.name: file.read_bytes() for file in (out / "a").iterdir()} == before
    with (out / "cohort.csv").open(newline="") as file:
        assert [(row["name"], row["stage"]) for row in csv.DictReader(file)] == [("a", "4")]


def test_another_scan_where_the_first_one_lay_costs_no_result(scans, tmp_path):
    """The next patient's CD in the same drive; a file that was only touched is the same scan."""
    out = tmp_path / "out"
    stage_cohort(scans[:1], out, FakeEngine())
    os.utime(scans[0], ns=(1, 1))
    assert stage_cohort(scans[:1], out, FakeEngine())[0][0] == "a"
    first = (out / "a" / "result.json").read_bytes()
    write_head(scans[0], level=100)
    assert list(case_paths(scans[:1], out)) == ["a-2"]
    assert stage_cohort(scans[:1], out, FakeEngine())[0][0] == "a-2"
    assert (out / "a" / "result.json").read_bytes() == first and not load_result(out / "a-2").assessable


def test_a_scan_that_may_not_be_read_says_so_in_its_result(scans, tmp_path, monkeypatch):
    """Rights are given by a monkey: whoever runs the tests as root may read everything."""
    real = Path.open

    def forbidden(self, *args, **options):
        if self == scans[0]:
            raise PermissionError(13, "Permission denied", str(self))
        return real(self, *args, **options)

    monkeypatch.setattr(Path, "open", forbidden)
    ((name, result),) = stage_cohort(scans[:1], tmp_path / "out", FakeEngine())
    assert [reason.code for reason in result.reasons] == ["not_permitted"]
    assert load_result(tmp_path / "out" / name).reasons[0].code == "not_permitted"


def test_the_run_survives_a_result_folder_that_was_removed(scans, tmp_path):
    stage_cohort(scans[:1], tmp_path / "out", FakeEngine())
    shutil.rmtree(tmp_path / "out" / "a")
    engine = FakeEngine()
    stage_cohort(scans[:1], tmp_path / "out", engine)
    assert engine.calls == 1
