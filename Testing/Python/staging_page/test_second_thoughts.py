"""What a person does next: another scan, another reading, a box locked again, a scene reopened, views of their own."""

import os

import numpy as np
import pytest
import SimpleITK as sitk
import slicer
from Bench import dialogs, hand, problems
from report.made_results import make_refusal, make_result
from scan.scan_files import write_series
from staging_page.conftest import HEAD, drop_head
from staging_page.test_unfriendly import take_reformat


def open_plane(page, bench):
    page.ui.planeSection.collapsed = False
    bench.process(0.05)


def take(page, bench, volume, result):
    page.page._take(volume, result)
    assert bench.wait_until(lambda: not page.page._steps, 20)


@pytest.mark.parametrize("refused", [False, True])
def test_plane_can_be_set_before_anything_was_found(person, head, bench, refused):
    ui = person.page.ui
    if refused:
        take(person.page, bench, head, make_refusal())
    open_plane(person.page, bench)
    ui.offsetSlider.value = 4.0
    bench.process(0.1)
    person.stage()
    plane = person.page.page.result.plane
    bounds = [0.0] * 6
    head.GetRASBounds(bounds)
    assert plane.source == "user"
    assert plane.origin_ras_mm[0] == pytest.approx((bounds[0] + bounds[1]) / 2 + 4.0, abs=1.0)
    assert not problems.take()


def test_where_no_plane_is_found_there_is_no_stage_until_it_is_set(person, bench, tmp_path):
    # Half a head: no plane has bones on both sides that are alike.
    whole = sitk.ReadImage(str(HEAD))
    sitk.WriteImage(whole[whole.GetSize()[0] // 2 :, :, :], str(tmp_path / "half.nrrd"))
    ui = person.page.ui
    assert hand.drop(ui.stageButton, [tmp_path / "half.nrrd"])
    person.stage()
    refused = person.page.page.result
    assert [reason.code for reason in refused.reasons] == ["plane_not_found"]
    assert "Not assessable" in ui.headlineLabel.text and "Set the plane by hand" in ui.certaintyLabel.text
    open_plane(person.page, bench)
    assert ui.restageButton.enabled
    ui.yawSlider.value = 3.0
    hand.click(ui.restageButton)
    assert bench.wait_until(lambda: not ui.cancelButton.enabled, 60)
    set_by_hand = person.page.page.result.plane
    assert set_by_hand.source == "user" and set_by_hand.yaw_deg == pytest.approx(refused.plane.yaw_deg + 3.0, abs=0.1)
    assert "plane_not_found" not in [finding.code for finding in person.page.page.result.quality.findings]


@pytest.mark.parametrize("by_markup", [False, True])
def test_a_plane_set_for_one_scan_is_not_used_on_another(person, head, bench, by_markup):
    person.stage()
    ui = person.page.ui
    open_plane(person.page, bench)
    if by_markup:
        plane = slicer.mrmlScene.AddNewNodeByClass("vtkMRMLMarkupsPlaneNode", "midline of the first")
        plane.SetOrigin(1, 2, 3)
        plane.SetNormal(1, 0.3, 0)
        hand.choose_node(ui.planeSelector, plane)
    else:
        ui.yawSlider.value = 8.0
    drop_head(person.page)
    bench.process(0.1)
    assert ui.yawSlider.value == 0.0 and ui.planeSelector.currentNode() is None
    person.stage()
    assert person.page.page.result.plane.source == "automatic"


def test_readings_stay_in_the_table_of_runs(person, head, bench, tmp_path):
    from SOSStagingLib.gui.history_part import HistoryPart

    person.stage()
    ui, history = person.page.ui, person.page.page.history
    hand.choose(ui.reviewBox, ui.reviewBox.itemText(1))
    other = slicer.mrmlScene.AddNewNodeByClass("vtkMRMLTextNode")
    slicer.mrmlScene.RemoveNode(other)
    bench.process(0.2)
    assert ui.reviewBox.currentIndex == 1, "something else in the scene changed the choice"
    hand.click(ui.correctButton)
    history.write_report_into(tmp_path, head, person.page.page.result)
    assert "Stage 2 of 5" in (tmp_path / "report.html").read_text(encoding="utf-8").split("Read by a person")[1]
    person.stage()
    assert not ui.reviewLabel.visible and HistoryPart.reading(head) is None
    history.write_csv(tmp_path / "runs.csv")
    header, first, second = (tmp_path / "runs.csv").read_text(encoding="utf-8").splitlines()
    assert header.endswith("Stage read by a person")
    assert first.endswith(",2.0") or first.endswith(",2")
    assert second.endswith(",")


def test_a_corrected_box_stays_when_it_is_locked_again(person, head, bench):
    person.stage()
    ui = person.page.ui
    open_plane(person.page, bench)
    region, inside = person.page.page.plane.region(head), ui.shareLabel.text
    answered = tuple(region.GetSize())
    person.stage()
    assert tuple(region.GetSize()) == pytest.approx(answered)
    hand.click(ui.regionBox)
    region.SetCenter(0, 0, 200)
    assert bench.wait_until(lambda: ui.shareLabel.text != inside, 5), "the share is that of another box"
    region.SetSize(50, 51, 52)
    hand.click(ui.regionBox)
    person.stage()
    assert tuple(region.GetSize()) == pytest.approx((50, 51, 52))
    assert region.GetLocked()


def test_a_scene_that_was_reopened_gives_pictures_and_the_reading(person, head, bench, tmp_path):
    person.stage()
    ui = person.page.ui
    hand.choose(ui.reviewBox, ui.reviewBox.itemText(0))
    hand.click(ui.correctButton)
    slicer.util.saveScene(str(tmp_path / "kept.mrb"))
    slicer.util.loadScene(str(tmp_path / "kept.mrb"))
    take_reformat()
    bench.process(0.3)
    assert ui.reviewBox.currentIndex == 0
    assert ui.pictureButton.enabled
    ui.historySection.collapsed = False
    bench.process(0.05)
    dialogs.answer_path(str(tmp_path / "sos.png"))
    hand.click(ui.pictureButton)
    assert (tmp_path / "sos.png").read_bytes().startswith(b"\x89PNG")


def test_a_damaged_scene_and_a_scan_without_voxels_are_told(person, head, bench, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    person.stage()
    ui = person.page.ui
    person.page.page._fresh.clear()
    person.page.page._refresh()
    head.SetAndObserveImageData(None)
    bench.process(0.1)
    hand.click(ui.showReportButton)
    assert "no voxels" in ui.reportLabel.text
    (tmp_path / "bad.mrb").write_bytes(b"no")
    hand.drop(ui.stageButton, [tmp_path / "bad.mrb"])
    bench.process(0.2)
    assert "bad.mrb is no scene that can be read" in ui.messageLabel.text
    assert not any("Traceback" in text for text in problems.take())


def test_staging_goes_on_where_the_current_folder_is_gone(person, head, tmp_path, monkeypatch):
    # Slicer is left in such a folder when a scene file is damaged.
    monkeypatch.chdir(tmp_path)
    gone = tmp_path / "gone"
    gone.mkdir()
    os.chdir(gone)
    gone.rmdir()
    person.stage()
    assert "Stage 4" in person.page.ui.headlineLabel.text


def test_views_that_the_user_chose_on_the_page_stay(person, head, bench):
    person.stage()
    layout = slicer.mrmlScene.GetFirstNodeByClass("vtkMRMLLayoutNode")
    layout.SetViewArrangement(6)
    other = slicer.util.loadVolume(str(HEAD))
    red = slicer.util.getNode("vtkMRMLSliceCompositeNodeRed")
    red.SetBackgroundVolumeID(other.GetID())
    bench.process(0.1)
    bench.select_module("")
    assert layout.GetViewArrangement() == 6
    assert red.GetBackgroundVolumeID() == other.GetID()


def test_a_case_is_loaded_once_and_a_picture_shows_its_report(page, orders, bench, tmp_path, monkeypatch):
    from SOSStagingLib.gui import history_part
    from SOSStagingLib.scene.nodes import ROLE

    scans, out = tmp_path / "scans", tmp_path / "out"
    scans.mkdir()
    (scans / "a.nrrd").symlink_to(HEAD)
    noise = np.random.default_rng(1).integers(0, 255, (256, 256)).astype(np.uint8)
    sitk.WriteImage(sitk.GetImageFromArray(noise), str(scans / "p.png"))
    opened = []
    services = history_part.qt.QDesktopServices
    monkeypatch.setattr(services, "openUrl", lambda url: opened.append(url.toLocalFile()) or True)
    ui = page.ui
    ui.cohortSection.collapsed = False
    ui.cohortInput.currentPath, ui.cohortOutput.currentPath = str(scans), str(out)
    bench.process(0.05)
    hand.click(ui.cohortButton)
    assert bench.wait_until(lambda: ui.cohortButton.enabled, 90)
    for _ in range(2):
        page.page.cohort._open(0)
        assert bench.wait_until(lambda: not page.page._steps, 20)
        bench.process(0.1)
    volumes = [node for node in slicer.util.getNodesByClass("vtkMRMLScalarVolumeNode") if not node.GetAttribute(ROLE)]
    assert len(volumes) == 1 and "Stage 4" in ui.headlineLabel.text
    assert page.page.history.runs(volumes[0]) == 1
    page.page.cohort._open(1)
    assert opened == [str(out / "p" / "report.html")]
    assert "web browser" in ui.cohortLabel.text


def test_a_refusal_takes_the_place_of_a_stage(page, head, bench):
    take(page, bench, head, make_result())
    assert "Stage 3" in page.ui.headlineLabel.text
    take(page, bench, head, make_refusal())  # the heat map goes, and the page looks at the scene meanwhile
    bench.process(0.1)
    assert "Not assessable" in page.ui.headlineLabel.text
    take(page, bench, head, make_result())
    bench.process(0.1)
    assert "Stage 3" in page.ui.headlineLabel.text


def test_a_scene_whose_model_is_not_here_says_so(page, head, bench):
    page.page.models.refill("theirs.sosmodel")
    assert "theirs is not on this computer" in page.ui.cardLabel.text
    assert page.ui.modelBox.currentText in page.ui.cardLabel.text


def test_models_are_held_while_one_is_at_work(person, head, bench):
    person.begin()
    ui = person.page.ui
    assert not ui.importButton.enabled and not ui.removeButton.enabled
    hand.click(ui.cancelButton)
    assert bench.wait_until(lambda: not ui.cancelButton.enabled, 20)
    assert ui.importButton.enabled


def test_series_of_the_dicom_database_are_shown_as_a_person_knows_them(page, orders, bench, tmp_path):
    from DICOMLib import DICOMUtils

    about = {"PatientID": "7", "PatientName": "simulated^anna", "StudyInstanceUID": "1.2.7", "StudyDate": "20260131"}
    grey = np.arange(8 * 16 * 16, dtype=np.int16).reshape(8, 16, 16)
    heights = np.arange(8) * 2.0
    tidy, mixed = tmp_path / "1.2.840.10008.1.2.3.4.5.1", tmp_path / "1.2.840.10008.1.2.3.4.5.2"
    write_series(tidy, grey, heights, series="1.2.7.1", SeriesDescription="Head CBCT", **about)
    write_series(mixed, grey, heights, series="1.2.7.2", SeriesDescription="First", **about)
    write_series(mixed / "below", grey + 1, heights, series="1.2.7.3", SeriesDescription="Second", **about)
    for file in (mixed / "below").iterdir():
        file.rename(mixed / f"second-{file.name}")
    DICOMUtils.importDicom(str(tmp_path))
    ui = page.ui
    ui.cohortSection.collapsed = False
    ui.cohortOutput.currentPath = str(tmp_path / "out")
    hand.click(ui.dicomButton)
    assert ui.cohortLabel.text.startswith("3 CT series")
    assert "holds several series" in ui.cohortLabel.text and "simulated anna" in ui.cohortLabel.text
    hand.click(ui.cohortButton)
    assert bench.wait_until(lambda: ui.cohortButton.enabled, 60)
    shown = [ui.cohortTable.item(row, 0).text() for row in range(ui.cohortTable.rowCount)]
    assert shown == ["simulated anna, 2026-01-31, Head CBCT", "simulated anna, 2026-01-31, First"]
    # Names of patients stay on the screen.
    assert not any("anna" in path.read_text(errors="replace") for path in (tmp_path / "out").rglob("*.csv"))
    assert (tmp_path / "out" / tidy.name).is_dir()
