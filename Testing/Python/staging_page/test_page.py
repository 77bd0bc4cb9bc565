"""The page in ordinary hands: stage, read, correct, nudge, export, many scans, models, packages."""

import csv
import importlib.util
import json
import subprocess
import sys

import numpy as np
import pytest
import slicer
from Bench import dialogs, generic, hand, page_check
from report.made_results import make_refusal, make_result
from staging_page.conftest import HEAD, MODULE, ROOT, drop_head, gone


def needs_torch():
    """Skip without torch, and look for it without importing it here."""
    if importlib.util.find_spec("torch") is None:
        pytest.skip("torch is not installed")


def show(page, result):
    """Let the page take a result made by hand for the head it shows."""
    page.page._take(page.ui.inputSelector.currentNode(), result)


@pytest.fixture
def shown(page, head, bench):
    """A result on the page."""
    show(page, make_result())
    assert bench.wait_until(lambda: not page.page._steps, 10)
    bench.process(0.05)
    return page


def composites():
    return slicer.util.getNodesByClass("vtkMRMLSliceCompositeNode")


def sagittal_normal():
    matrix = slicer.util.getNode("vtkMRMLSliceNodeYellow").GetSliceToRAS()
    return np.array([matrix.GetElement(row, 2) for row in range(3)])


def test_real_network_stages_the_bundled_head(plain_page, bench):
    needs_torch()
    loaded = "torch" in sys.modules  # by other tests of the same process
    volume = drop_head(plain_page)
    hand.click(plain_page.ui.stageButton)
    assert plain_page.ui.progressBar.visible
    assert bench.wait_until(lambda: not plain_page.ui.cancelButton.enabled, 120)
    ui = plain_page.ui
    assert "Stage 5 of 5" in ui.headlineLabel.text  # an adult's: completely fused
    assert ui.bars.findChild("QProgressBar", "bar5").value > 500
    assert "simulated heads" in ui.noteLabel.text and "Answered by" in ui.noteLabel.text
    assert "inside the SOS box" in ui.shareLabel.text
    assert all(node.GetBackgroundVolumeID() == volume.GetID() for node in composites())
    assert ("torch" in sys.modules) == loaded


def test_a_refusal_looks_unlike_a_stage(page, head, bench):
    show(page, make_refusal())
    assert bench.wait_until(lambda: page.ui.resultSection.visible, 10)
    ui = page.ui
    assert "Not assessable" in ui.headlineLabel.text
    assert "no skull" in ui.certaintyLabel.text
    assert not ui.bars.visible
    assert not ui.overlaySection.visible
    assert not ui.reviewRow.visible
    assert not any(node.GetForegroundVolumeID() for node in composites())


def test_a_label_map_is_not_offered_as_a_scan(plain_page, bench):
    before = plain_page.ui.inputSelector.nodeCount()
    slicer.mrmlScene.AddNewNodeByClass("vtkMRMLLabelMapVolumeNode", "labels")
    slicer.mrmlScene.AddNewNodeByClass("vtkMRMLScalarVolumeNode", "scan")
    bench.process(0.05)
    assert plain_page.ui.inputSelector.nodeCount() == before + 1


def test_own_reading_is_kept_beside_the_answer(shown):
    ui = shown.ui
    assert ui.reviewBox.currentIndex == -1  # nobody has read it: the answer must not stand there as a reading
    hand.click(ui.correctButton)
    assert "Choose the stage that you read yourself first" in ui.exportLabel.text and not ui.reviewLabel.text
    hand.click(ui.acceptButton)
    assert "agreed with stage 3" in ui.reviewLabel.text
    hand.choose(ui.reviewBox, ui.reviewBox.itemText(3))
    hand.click(ui.correctButton)
    assert "You read stage 4; the answer given was stage 3" in ui.reviewLabel.text
    assert "Stage 3 or 4 of 5. Most probable: 3" in ui.headlineLabel.text
    assert ui.runsView.tableModel().rowCount() == 1


def test_opacity_and_threshold_change_what_is_seen(shown, bench):
    overlay = slicer.mrmlScene.GetNodeByID(composites()[0].GetForegroundVolumeID())
    shown.ui.opacitySlider.value = 0.3
    shown.ui.thresholdSlider.value = 0.5
    assert all(node.GetForegroundOpacity() == pytest.approx(0.3) for node in composites())
    assert overlay.GetDisplayNode().GetLowerThreshold() == pytest.approx(0.5)


def test_runner_up_is_shown_on_request(person, head):
    person.stage()
    ui = person.page.ui
    answer = composites()[0].GetForegroundVolumeID()
    assert ui.runnerUpBox.visible
    assert "stage 1" in ui.runnerUpBox.text
    inside = ui.shareLabel.text
    hand.click(ui.runnerUpBox)
    other = slicer.mrmlScene.GetNodeByID(composites()[0].GetForegroundVolumeID())
    assert other.GetID() != answer
    peaks = [
        np.argwhere(slicer.util.arrayFromVolume(node) > 0.5)[0]
        for node in (slicer.mrmlScene.GetNodeByID(answer), other)
    ]
    assert peaks[1][2] - peaks[0][2] == 40
    assert ui.shareLabel.text != inside
    ui.opacitySlider.value = 0.3
    assert all(node.GetForegroundOpacity() == pytest.approx(0.3) for node in composites())
    hand.click(ui.runnerUpBox)
    assert composites()[0].GetForegroundVolumeID() == answer
    assert ui.shareLabel.text == inside


def test_plane_is_nudged_live_and_used_for_the_next_run(person, head, bench):
    person.stage()
    ui = person.page.ui
    ui.planeSection.collapsed = False
    bench.process(0.05)
    before = person.page.page.result.plane
    ui.yawSlider.value = 8.0
    ui.offsetSlider.value = 2.0
    turned = sagittal_normal() * np.sign(sagittal_normal()[0])
    assert np.degrees(np.arctan2(turned[1], turned[0])) == pytest.approx(before.yaw_deg + 8.0, abs=0.1)
    hand.click(ui.restageButton)
    assert bench.wait_until(lambda: not ui.cancelButton.enabled, 60)
    after = person.page.page.result.plane
    assert after.source == "user"
    assert after.yaw_deg == pytest.approx(before.yaw_deg + 8.0, abs=0.1)
    assert ui.yawSlider.value == 0.0


def test_markups_plane_replaces_the_automatic_one(person, head, bench):
    person.stage()
    plane = slicer.mrmlScene.AddNewNodeByClass("vtkMRMLMarkupsPlaneNode", "midline")
    center = person.page.page.result.plane.origin_ras_mm + [3.0, 0, 0]
    plane.SetOrigin(*center)
    plane.SetNormal(1, 0, 0)
    person.page.ui.planeSection.collapsed = False
    bench.process(0.05)
    hand.choose_node(person.page.ui.planeSelector, plane)
    assert not person.page.ui.yawSlider.enabled
    hand.click(person.page.ui.restageButton)
    assert bench.wait_until(lambda: not person.page.ui.cancelButton.enabled, 60)
    used = person.page.page.result.plane
    assert used.source == "user"
    np.testing.assert_allclose(used.normal_ras, [1, 0, 0], atol=1e-6)


def test_corrected_box_is_kept_over_a_new_run(person, head, bench):
    person.stage()
    ui = person.page.ui
    ui.planeSection.collapsed = False
    bench.process(0.05)
    hand.click(ui.regionBox)
    region = person.page.page.plane.region(head)
    assert not region.GetLocked()
    region.SetSize(50, 51, 52)
    person.stage()
    assert tuple(region.GetSize()) == pytest.approx((50, 51, 52))


def test_views_are_as_before_when_the_page_is_left(page, head, bench):
    yellow = slicer.util.getNode("vtkMRMLSliceNodeYellow")
    before = [yellow.GetSliceToRAS().GetElement(row, column) for row in range(3) for column in range(4)]
    show(page, make_result(yaw_deg=6.0))
    bench.process(0.2)
    assert composites()[0].GetForegroundVolumeID()
    bench.select_module("")
    after = [yellow.GetSliceToRAS().GetElement(row, column) for row in range(3) for column in range(4)]
    assert after == pytest.approx(before)
    assert not any(node.GetForegroundVolumeID() for node in composites())
    assert all(node.GetBackgroundVolumeID() == head.GetID() for node in composites())


def test_the_scan_in_view_is_the_one_to_stage(page, bench):
    bench.select_module("")
    scan = slicer.util.loadVolume(str(HEAD))
    other = slicer.mrmlScene.AddNewNodeByClass("vtkMRMLScalarVolumeNode", "not in view")
    slicer.util.setSliceViewerLayers(background=scan)
    bench.select_module("SOSStaging")
    assert page.ui.inputSelector.currentNode() is scan
    hand.choose_node(page.ui.inputSelector, other)
    bench.select_module("")
    bench.select_module("SOSStaging")
    assert page.ui.inputSelector.currentNode() is other


def test_a_scan_loaded_while_the_page_is_open_is_chosen_where_none_is(page, bench):
    assert page.ui.inputSelector.currentNode() is None
    first = slicer.util.loadVolume(str(HEAD))
    assert bench.wait_until(lambda: page.ui.inputSelector.currentNode() is first, 5)
    slicer.util.loadVolume(str(HEAD))
    bench.process(0.1)
    assert page.ui.inputSelector.currentNode() is first
    slicer.mrmlScene.Clear()
    bench.process(0.1)
    again = slicer.util.loadVolume(str(HEAD))
    assert bench.wait_until(lambda: page.ui.inputSelector.currentNode() is again, 5)


def test_exports(shown, bench, tmp_path):
    ui = shown.ui
    ui.historySection.collapsed = False
    bench.process(0.05)
    dialogs.answer_path(str(tmp_path / "report"))
    hand.click(ui.reportButton)
    assert json.loads((tmp_path / "report" / "result.json").read_text())["stage"] == 3
    dialogs.answer_path(str(tmp_path / "runs.csv"))
    hand.click(ui.csvButton)
    rows = list(csv.DictReader((tmp_path / "runs.csv").open()))
    assert rows[0]["Result"] == "stage 3 of 5"
    dialogs.answer_path(str(tmp_path / "sos.png"))
    hand.click(ui.pictureButton)
    assert (tmp_path / "sos.png").read_bytes().startswith(b"\x89PNG")


def test_many_scans_resume_and_open(page, orders, bench, tmp_path):
    scans, out = tmp_path / "scans", tmp_path / "out"
    scans.mkdir()
    for name in ("first", "second"):
        (scans / f"{name}.nrrd").symlink_to(HEAD)
    (scans / "third.nrrd").write_bytes(b"no scan")
    ui = page.ui
    ui.cohortSection.collapsed = False
    ui.cohortInput.currentPath, ui.cohortOutput.currentPath = str(scans), str(out)
    bench.process(0.05)
    hand.click(ui.cohortButton)
    pid = page.page.cohort.pid
    assert bench.wait_until(lambda: page.page.cohort._done >= 1, 60)
    hand.click(ui.cohortCancelButton)
    assert bench.wait_until(lambda: gone(pid), 10)
    hand.click(ui.cohortButton)
    assert bench.wait_until(lambda: ui.cohortButton.enabled, 60)
    texts = [ui.cohortTable.item(row, 1).text() for row in range(3)]
    assert texts[0].startswith("4 ") and texts[1].startswith("4 ") and "not assessable" in texts[2]
    assert (out / "cohort.csv").exists()
    page.page.cohort._open(0)
    assert bench.wait_until(lambda: "Stage 4" in ui.headlineLabel.text, 20)


def test_check_of_the_installation_names_what_works(page, bench):
    needs_torch()
    page.ui.checkSection.collapsed = False
    bench.process(0.05)
    hand.click(page.ui.checkButton)
    assert bench.wait_until(lambda: page.ui.checkButton.enabled, 120)
    assert "Everything works" in page.ui.checkLabel.text
    assert page.ui.checkLabel.text.count("\u2713") == 3


def test_check_of_the_installation_names_what_is_broken(page, orders, bench):
    needs_torch()
    orders.write_text("refuse")
    page.ui.checkSection.collapsed = False
    bench.process(0.05)
    hand.click(page.ui.checkButton)
    assert bench.wait_until(lambda: page.ui.checkButton.enabled, 120)
    assert "\u2717 The package torch cannot be loaded" in page.ui.checkLabel.text
    assert "Mend it" in page.ui.checkLabel.text


def test_models_are_imported_and_removed(plain_page, bench, tmp_path):
    bundled = ROOT / "SOSStaging" / "Resources" / "Models" / "sos-student-simulated.sosmodel"
    mine, bad = tmp_path / "mine.sosmodel", tmp_path / "bad.sosmodel"
    mine.write_bytes(bundled.read_bytes())
    bad.write_bytes(b"PK nonsense")
    ui = plain_page.ui
    ui.modelsSection.collapsed = False
    bench.process(0.05)
    assert hand.drop(ui.stageButton, [mine])
    assert ui.modelBox.currentText == "mine"
    assert ui.removeButton.enabled
    assert "Trained on: simulated" in ui.cardLabel.text
    assert hand.drop(ui.stageButton, [bad])
    assert "not added" in ui.cardLabel.text
    dialogs.answer("OK")
    hand.click(ui.removeButton)
    assert ui.modelBox.currentText == bundled.stem
    assert not ui.removeButton.enabled


@pytest.mark.parametrize(("scale", "dark"), [(1.0, False), (1.5, True)])
def test_page_fits_in_every_state(page, bench, scale, dark):
    bench.look(scale, dark)
    found = page_check.complaints(page.parent)
    for name, part in vars(page.ui).items():
        if name.endswith("Section"):
            part.collapsed = False
    bench.process(0.1)
    found += page_check.complaints(page.parent)
    drop_head(page)
    for result in (make_result(), make_refusal()):
        show(page, result)
        bench.wait_until(lambda: not page.page._steps, 10)
        bench.process(0.1)
        found += page_check.complaints(page.parent)
    assert not found
    assert page.parent.width <= 400


def test_bad_input_is_told_in_plain_words(page, bench, tmp_path):
    (tmp_path / "bad.nrrd").write_bytes(b"nothing")
    assert hand.drop(page.ui.stageButton, [tmp_path / "bad.nrrd"])
    assert page.ui.messageLabel.text
    tiny = slicer.mrmlScene.AddNewNodeByClass("vtkMRMLScalarVolumeNode", "tiny")
    hand.choose_node(page.ui.inputSelector, tiny)
    hand.click(page.ui.stageButton)
    assert "no voxels" in page.ui.messageLabel.text


def test_tests_slicer_itself_runs(bench):
    module = bench.load_module(MODULE)
    assert not generic.generic_complaints(module)
    with bench.no_main_window():
        assert not generic.generic_complaints(module)
        assert not generic.self_test_complaints("SOSStaging")


def test_module_file_loads_nothing_heavy():
    code = (
        "import sys; sys.path[:0] = ['SOSStaging', 'Testing']; from Bench import application; "
        "application.start(); import SOSStaging; "
        "sys.exit(any(name in sys.modules for name in ('torch', 'timm', 'ultralytics', 'scipy', 'SimpleITK')))"
    )
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0
