"""Staging beside a window: a real scan, a real worker, and a thread that only polls."""

import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import psutil
import pytest
from SOSStagingLib.scan.read import read_scan
from SOSStagingLib.scan.types import Plane
from SOSStagingLib.staging import handover
from SOSStagingLib.staging.background import HANDOVER, BackgroundStaging, Failure
from SOSStagingLib.staging.client import WorkerClient
from SOSStagingLib.staging.handover import ScanWriter, load_scan
from SOSStagingLib.staging.protocol import Progress
from SOSStagingLib.staging.result import StagingResult
from staging.conftest import gone

HEAD = Path(__file__).resolve().parents[3] / "SOSStaging" / "Resources" / "SampleData" / "vhp_female_head.nrrd"


@pytest.fixture(scope="module")
def head():
    return read_scan(HEAD)


@pytest.fixture
def staging(orders):
    running = BackgroundStaging(lambda: WorkerClient(orders, "cpu", engine="fake_engine:load"))
    yield running
    running.close()
    assert running.worker_pid is None


def until_told(staging, seconds=60.0):
    """Poll until a result or a failure comes; returns it and the phases told before."""
    phases, end = [], time.monotonic() + seconds
    while time.monotonic() < end:
        for event in staging.poll():
            if not isinstance(event, Progress):
                return event, phases
            phases.append(event.phase)
        time.sleep(0.02)
    raise AssertionError("nothing was told")


def test_a_scan_handed_over_in_pieces_is_the_same_scan(head, tmp_path, monkeypatch):
    monkeypatch.setattr(handover, "STEP_SECONDS", 0.0)
    writer = ScanWriter(head, tmp_path / "scan")
    writer.slices = 7
    steps = 1
    while not writer.step():
        assert not (tmp_path / "scan" / "scan.json").exists()
        steps += 1
    assert steps == -(-len(head.array) // 7)
    back = load_scan(tmp_path / "scan")
    np.testing.assert_array_equal(back.array, head.array)
    np.testing.assert_allclose(back.geometry.ijk_to_ras, head.geometry.ijk_to_ras)
    assert (back.name, back.findings, back.kind) == (head.name, head.findings, head.kind)


def test_a_scan_is_staged_and_staged_again_with_another_plane(staging, head):
    staging.start(head, key="head")
    result, phases = until_told(staging)
    assert isinstance(result, StagingResult) and result.assessable and result.stage == 4
    assert result.slab is not None and result.gradcam is not None and not staging.busy
    assert phases[0] == HANDOVER and {"quality", "plane", "slab", "network"} <= set(phases)
    moved = Plane(result.plane.origin_ras_mm + [2.0, 0, 0], result.plane.normal_ras, 1.0, "user")
    staging.start(head, moved, key="head")
    again, phases = until_told(staging)
    assert HANDOVER not in phases
    assert again.plane.source == "user"
    assert again.sos.center_ras_mm[0] - result.sos.center_ras_mm[0] == pytest.approx(2.0, abs=0.1)


def test_what_cannot_be_judged_comes_back_with_reasons(staging, head):
    staging.start(replace(head, array=np.zeros_like(head.array)))
    result, _ = until_told(staging)
    assert not result.assessable and result.reasons and result.stage is None


def test_cancelling_ends_the_worker_and_the_next_scan_is_staged(staging, head, orders):
    orders.write_text("hang")
    staging.start(head)
    while staging.worker_pid is None or psutil.Process(staging.worker_pid).num_threads() < 2:
        staging.poll()
        time.sleep(0.02)
    pid = staging.worker_pid
    staging.cancel()
    told, _ = until_told(staging)
    assert told.code == "cancelled" and not staging.busy and gone(pid)
    orders.write_text("work")
    staging.start(head)
    assert until_told(staging)[0].stage == 4


def test_a_killed_worker_is_told_and_the_next_scan_is_staged(staging, head, orders):
    orders.write_text("die")
    staging.start(head, key=1)
    told, _ = until_told(staging)
    assert isinstance(told, Failure) and told.code == "worker_died" and told.hint
    orders.write_text("work")
    staging.start(head, key=1)
    assert until_told(staging)[0].stage == 4


def test_a_second_scan_waits_for_the_first(staging, head):
    staging.start(head)
    with pytest.raises(RuntimeError, match="being staged"):
        staging.start(head)
