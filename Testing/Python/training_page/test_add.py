"""Scans are added: from a folder, from files, from the scene, from DICOM."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from training_page.conftest import HEAD, PATIENCE, open_study, section


@pytest.fixture
def empty(page: Any, tmp_path: Path) -> Any:
    """A new study, made on the page."""
    from Bench import hand

    page.ui.studyPath.currentPath = str(tmp_path / "mine")
    hand.click(page.ui.createStudyButton)
    return page


def added(bench: Any, page: Any, cases: int) -> list[Any]:
    assert bench.wait_until(lambda: page.page.children.running("add") is False, PATIENCE)
    assert len(page.page.study.cases) == cases, page.ui.studyLabel.text
    return list(page.page.study.cases)


def picture(path: Path, seed: int) -> None:
    import SimpleITK as sitk

    values = np.random.default_rng(seed).integers(0, 255, (96, 80)).astype(np.uint8)
    sitk.WriteImage(sitk.GetImageFromArray(values), str(path))


def test_a_folder_with_a_bad_file_in_it(bench: Any, empty: Any, tmp_path: Path) -> None:
    from Bench import dialogs, hand

    folder = tmp_path / "scans"
    folder.mkdir()
    for number in range(3):
        picture(folder / f"p{number}.png", number)
    for name in ("broken", "worse"):
        (folder / f"{name}.nrrd").write_bytes(b"no scan")
    dialogs.answer_path(str(folder))
    hand.click(empty.ui.addFolderButton)
    assert empty.ui.addProgress.visible and not empty.ui.addFolderButton.enabled
    cases = added(bench, empty, 3)
    assert [case.kind for case in cases] == ["picture"] * 3
    empty.page.refresh()
    assert all(name in empty.ui.studyLabel.text for name in ("3 cases", "broken.nrrd", "worse.nrrd"))
    assert "sos study" not in empty.ui.studyLabel.text
    assert not empty.ui.addProgress.visible and empty.ui.addFolderButton.enabled
    assert empty.ui.casesTable.rowCount == 3


def test_files_and_the_same_again(bench: Any, empty: Any, tmp_path: Path) -> None:
    from Bench import dialogs, hand

    picture(tmp_path / "one.png", 1)
    for _ in range(2):
        dialogs.answer_path(str(tmp_path / "one.png"))
        hand.click(empty.ui.addFilesButton)
        added(bench, empty, 1)
    assert "same scan" in empty.ui.studyLabel.text


def test_adding_is_stopped(bench: Any, empty: Any, tmp_path: Path) -> None:
    from Bench import dialogs, hand

    shutil.copy(HEAD, tmp_path / "head.nrrd")
    dialogs.answer_path(str(tmp_path / "head.nrrd"))
    hand.click(empty.ui.addFilesButton)
    hand.click(empty.ui.cancelAddButton)
    bench.process(0.2)
    assert not empty.page.study.cases
    assert empty.ui.addFilesButton.enabled and not empty.ui.cancelAddButton.visible


def test_the_volume_in_view_with_and_without_a_file(bench: Any, empty: Any) -> None:
    import slicer
    from Bench import hand

    hand.click(empty.ui.addSceneButton)
    assert "Show the volume" in empty.ui.studyLabel.text
    volume = slicer.util.loadVolume(str(HEAD))
    hand.click(empty.ui.addSceneButton)
    (case,) = added(bench, empty, 1)
    assert empty.page.study.path_of(case).resolve() == HEAD.resolve()
    slicer.util.updateVolumeFromArray(volume, slicer.util.arrayFromVolume(volume)[::2] // 2)
    hand.click(empty.ui.addSceneButton)
    cases = added(bench, empty, 2)
    assert empty.page.study.path_of(cases[1]).parent == empty.page.study.folder / "scans"
    assert cases[1].kind == "volume" and cases[1].plane is not None


def test_the_volume_that_is_shown_is_added_not_the_one_loaded_last(bench: Any, empty: Any) -> None:
    import slicer
    from Bench import hand

    shown = slicer.util.loadVolume(str(HEAD))
    slicer.util.updateVolumeFromArray(
        slicer.mrmlScene.AddNewNodeByClass("vtkMRMLScalarVolumeNode", "other"),
        slicer.util.arrayFromVolume(shown)[::2],
    )
    slicer.app.applicationLogic().GetSelectionNode().SetActiveVolumeID(
        slicer.mrmlScene.GetFirstNodeByName("other").GetID()
    )
    slicer.util.setSliceViewerLayers(background=shown)
    hand.click(empty.ui.addSceneButton)
    (case,) = added(bench, empty, 1)
    assert empty.page.study.path_of(case).resolve() == HEAD.resolve()


def test_a_series_of_the_dicom_database(bench: Any, empty: Any, tmp_path: Path) -> None:
    import SimpleITK as sitk
    from Bench import hand
    from DICOMLib import DICOMUtils
    from scan.scan_files import write_series

    hand.click(empty.ui.addDicomButton)
    assert "Load a series" in empty.ui.studyLabel.text
    head = sitk.GetArrayFromImage(sitk.ReadImage(str(HEAD)))[::2, ::2, ::2].astype(int)
    stored = (head + 1024).clip(0, 4095).astype(np.uint16)
    write_series(tmp_path / "series", stored, np.arange(len(stored)) * 2.0, PatientID="P7")
    DICOMUtils.importDicom(str(tmp_path / "series"))
    DICOMUtils.loadSeriesByUID(DICOMUtils.allSeriesUIDsInDatabase())
    hand.click(empty.ui.addDicomButton)
    (case,) = added(bench, empty, 1)
    assert case.kind == "volume" and case.patient != case.name  # a pseudonym of the patient's number
    assert json.loads((empty.page.study.folder / "manifest.json").read_text())["cases"]


def test_a_volume_is_annotated_in_three_views(bench: Any, empty: Any) -> None:
    import slicer
    from Bench import dialogs, hand
    from training_page.conftest import press, start

    dialogs.answer_path(str(HEAD))
    hand.click(empty.ui.addFilesButton)
    (case,) = added(bench, empty, 1)
    start(bench, empty)
    yellow = slicer.util.getNode("vtkMRMLSliceNodeYellow").GetSliceToRAS()
    normal = np.array([yellow.GetElement(row, 2) for row in range(3)])
    assert abs(normal @ case.plane.normal_ras) == pytest.approx(1, abs=1e-6)
    shown = [name for name in ("Red", "Yellow", "Green") if hand.slice_view(name).visible]
    assert shown == ["Red", "Yellow", "Green"]
    press(bench, "5")
    assert bench.wait_until(lambda: "Nothing is left" in empty.ui.annotateMessage.text, 20)
    assert empty.page.study.stages("B") == {case.name: 5}
    open_study_again(bench, empty)


def open_study_again(bench: Any, page: Any) -> None:
    """The list names a real scan, and says that it is labelled."""
    from Bench import hand

    hand.click(page.ui.endAnnotateButton)
    section(bench, page, "study")
    open_study(page, page.page.study.folder)
    assert page.ui.casesTable.item(0, 1).text() == "labelled"
