"""One scan in, one result out, whatever the scan."""

import json
import threading
from dataclasses import replace

import numpy as np
import pytest
from SOSStagingLib.scan.read import read_scan
from SOSStagingLib.scan.types import Finding, Plane, QualityReport, ScanError
from SOSStagingLib.staging import preparation
from SOSStagingLib.staging.client import WorkerClient
from SOSStagingLib.staging.preparation import StagingCancelled
from SOSStagingLib.staging.stager import Stager
from staging.conftest import write_head
from staging.fake_engine import FakeEngine, prediction

pytestmark = pytest.mark.usefixtures("easy_gate")


@pytest.fixture
def head(tmp_path):
    return write_head(tmp_path / "head.nrrd")


def codes(result):
    return [reason.code for reason in result.reasons]


def test_a_scan_becomes_a_whole_result(head):
    steps = []
    result = Stager(FakeEngine()).stage(head, progress=steps.append)
    assert result.assessable and result.stage == 4 and result.input_name == "head.nrrd"
    assert result.stage_names[3] == "four" and result.model.name == "fake"
    assert set(result.seconds) == {"read", "quality", "plane", "slab", "network", "total"}
    assert result.seconds["total"] == pytest.approx(sum(s for k, s in result.seconds.items() if k != "total"))
    assert [s.phase for s in steps] == ["read", "quality", "plane", "slab", "network"]
    assert result.slab is not None and result.gradcam.share_in_box == 1.0
    json.dumps(result.to_json(), allow_nan=False)


def test_a_scan_in_memory_gives_the_same(head):
    stager = Stager(FakeEngine())
    from_file, from_memory = stager.stage(head), stager.stage(read_scan(head))
    np.testing.assert_array_equal(from_file.slab.array, from_memory.slab.array)
    assert from_file.probabilities == from_memory.probabilities


def test_the_users_plane_wins(head, monkeypatch):
    monkeypatch.setattr(preparation, "find_plane", lambda scan: pytest.fail("not needed"))
    plane = Plane(np.array([5.0, 0, 0]), np.array([1.0, 0.1, 0]), source="user")
    result = Stager(FakeEngine()).stage(read_scan(head), plane=plane)
    assert result.plane is plane
    assert abs(plane.distance(result.sos.center_ras_mm)) < 1e-6


def test_a_users_plane_beside_the_midline_is_told_of(head):
    """The plane found lies in the middle of the ball."""
    sure = Stager(FakeEngine()).stage(head).plausible_stages
    beside = Plane(np.array([-5.0, 0, 0]), np.array([1.0, 0, 0]), source="user")
    result = Stager(FakeEngine()).stage(head, plane=beside)
    (warning,) = result.quality.warnings
    assert warning.code == "plane_apart" and "5.0 mm" in warning.text and set(sure) < set(result.plausible_stages)
    near = Plane(np.array([-1.0, 0, 0]), np.array([1.0, 0.05, 0]), source="user")
    assert not Stager(FakeEngine()).stage(head, plane=near).quality.warnings


@pytest.mark.parametrize(
    ("origin", "normal", "code"),
    [((0, 0, 0), (0, 1, 0), "plane_not_sagittal"), ((400.0, 0, 0), (1, 0, 0), "plane_outside")],
)
def test_a_users_plane_that_cannot_be_one_is_refused(head, origin, normal, code):
    plane = Plane(np.array(origin, float), np.array(normal, float), source="user")
    result = Stager(FakeEngine()).stage(head, plane=plane)
    assert codes(result) == [code] and result.stage is None


class _Particular(FakeEngine):
    """Sees a synchondrosis only where the front of the slab is brighter than its back."""

    def predict(self, slabs):
        half = [np.split(slab.array, 2, axis=2) for slab in slabs]
        return [prediction(presence=0.9 if front.mean() > back.mean() + 50 else 0.1) for back, front in half]


def test_a_head_that_is_recognised_when_it_is_turned_is_told_to_be_stored_wrongly(head, monkeypatch):
    scan = read_scan(head)
    scan.array[:, :24] = np.where(scan.array[:, :24] > 0, 1800, scan.array[:, :24])  # j runs to posterior
    assert Stager(_Particular()).stage(scan).assessable
    turned = replace(scan, array=np.ascontiguousarray(scan.array[:, ::-1]))
    result = Stager(_Particular()).stage(turned)
    assert codes(result) == ["sos_not_found", "orientation_doubtful"] and "back to front" in result.reasons[1].text
    assert codes(Stager(_Particular()).stage(read_scan(head))) == ["sos_not_found"]


@pytest.mark.parametrize("data", [b"", b"this is a letter, not a scan", None])
def test_what_cannot_be_read_is_a_result_with_a_reason(tmp_path, data):
    file = tmp_path / "bad.nrrd"
    if data is not None:
        file.write_bytes(data)
    result = Stager(FakeEngine()).stage(file)
    assert not result.assessable and result.stage is None and result.probabilities is None
    assert len(result.reasons) == 1 and str(tmp_path) not in result.reasons[0].text


def test_quality_refusals_come_before_the_network(head, monkeypatch):
    findings = (Finding("abdomen", "refuse", "No head."), Finding("noise", "warning", "Noisy."))
    monkeypatch.setattr(preparation, "check_scan", lambda scan: QualityReport(findings))
    engine = FakeEngine()
    result = Stager(engine).stage(head)
    assert codes(result) == ["abdomen"] and engine.calls == 0
    assert set(findings) <= set(result.quality.findings)


def test_the_networks_refusal(tmp_path):
    result = Stager(FakeEngine()).stage(write_head(tmp_path / "dim.nrrd", level=200))
    assert codes(result) == ["sos_not_found"] and "synchondrosis" in result.reasons[0].text
    assert result.slab is not None and result.sos is None and result.gradcam is None


def test_a_warning_widens_and_each_finding_is_told_once(head, monkeypatch):
    plain = Stager(FakeEngine()).stage(head).plausible_stages
    warning = Finding("coarse", "warning", "Coarse voxels.")
    monkeypatch.setattr(preparation, "check_scan", lambda scan: QualityReport((*scan.findings, warning, warning)))
    result = Stager(FakeEngine()).stage(head)
    assert set(plain) < set(result.plausible_stages)
    assert len(result.quality.findings) == len(set(result.quality.findings))


def test_an_unsure_plane_is_told_and_without_one_there_is_no_stage(head, monkeypatch):
    found = Plane(np.zeros(3), np.array([1.0, 0, 0]), 0.4)
    monkeypatch.setattr(preparation, "find_plane", lambda scan: found)
    assert [w.code for w in Stager(FakeEngine()).stage(head).quality.warnings] == ["plane_unsure"]
    found = Plane(np.zeros(3), np.array([1.0, 0, 0]), 0.05)
    engine = FakeEngine()
    refused = Stager(engine).stage(head)
    assert codes(refused) == ["plane_not_found"] and "by hand" in refused.reasons[0].text
    assert engine.calls == 0 and refused.plane is found
    # A person's plane is taken at its word.
    assert Stager(FakeEngine()).stage(head, plane=replace(found, source="user")).assessable


def test_an_unexpected_error_is_a_reason_without_a_traceback(head, monkeypatch, caplog):
    def bug(scan, plane):
        raise ZeroDivisionError("secret detail")

    monkeypatch.setattr(preparation, "cut_slab", bug)
    result = Stager(FakeEngine()).stage(head)
    assert codes(result) == ["internal"]
    assert "secret detail" not in json.dumps(result.to_json()) and "secret detail" in caplog.text


def test_a_scan_error_in_any_step_is_its_own_reason(head, monkeypatch):
    def cannot(scan):
        raise ScanError("no_symmetry", "The head has no two halves.", "Set the plane by hand.")

    monkeypatch.setattr(preparation, "find_plane", cannot)
    result = Stager(FakeEngine()).stage(head)
    assert codes(result) == ["no_symmetry"] and "by hand" in result.reasons[0].text


def test_of_a_pictures_readings_the_surest_counts(tmp_path):
    from PIL import Image

    picture = np.zeros((300, 400), np.uint8)
    picture[50:250, 100:300] = 200
    Image.fromarray(picture).save(tmp_path / "picture.png")

    class SecondIsBest(FakeEngine):
        def predict(self, slabs):
            self.slabs = slabs
            return [prediction(presence=0.9 if n == 1 else 0.6) for n in range(len(slabs))]

    engine = SecondIsBest()
    result = Stager(engine).stage(tmp_path / "picture.png", spacing_mm=0.5)
    assert result.assessable and result.kind == "picture" and result.plane is None
    assert result.slab is engine.slabs[1]
    x, y = result.sos.center_px
    np.testing.assert_allclose(result.slab.picture_to_slab @ [x, y, 1], [320, 320, 1], atol=1e-9)


def test_with_the_worker_process(head, orders):
    with WorkerClient(orders, engine="fake_engine:load") as client:
        stager = Stager(client)
        assert stager.stage(head).stage == 4
        orders.write_text("die")
        assert codes(stager.stage(head)) == ["worker_died"]
        orders.write_text("work")
        assert stager.stage(head).stage == 4


def test_an_engine_that_cannot_start_is_a_reason(head, orders):
    orders.write_text("refuse")
    with WorkerClient(orders, engine="fake_engine:load") as client:
        result = Stager(client).stage(head)
    assert codes(result) == ["missing_package"] and result.model is None
    json.dumps(result.to_json())


def test_cancel_from_another_thread(head, orders):
    orders.write_text("hang")
    with WorkerClient(orders, engine="fake_engine:load") as client:
        stager = Stager(client)

        def at_the_network(now):
            if now.phase == "network":
                threading.Timer(0.5, stager.cancel).start()

        with pytest.raises(StagingCancelled):
            stager.stage(head, progress=at_the_network)
        orders.write_text("work")
        assert stager.stage(head).assessable


def test_cancel_between_steps(head):
    stager = Stager(FakeEngine())
    with pytest.raises(StagingCancelled):
        stager.stage(head, progress=lambda now: stager.cancel())
    assert stager.stage(head).assessable
