"""Two scans in one scene, and a scan that is moved: what the panel says and what the views show belong together."""

import shutil

import numpy as np
import pytest
import slicer
import vtk
from Bench import hand, page_check
from report.made_results import make_refusal
from SOSStagingLib.scene.nodes import ResultScope
from staging_page.conftest import HEAD
from staging_page.test_second_thoughts import take

OTHER = HEAD.with_name("simulated_stage_1.nrrd")


def shown():
    """The names of background and foreground in the slice views, once where all views agree."""
    pairs = set()
    for composite in slicer.util.getNodesByClass("vtkMRMLSliceCompositeNode"):
        ids = composite.GetBackgroundVolumeID(), composite.GetForegroundVolumeID()
        nodes = [slicer.mrmlScene.GetNodeByID(one or "") for one in ids]
        pairs.add(tuple(None if node is None else node.GetName() for node in nodes))
    (pair,) = pairs
    return pair


def heat_of(volume):
    return f"{volume.GetName()} SOS Grad-CAM"


def part(volume, role):
    return ResultScope(slicer.mrmlScene, volume, volume.GetName()).find(role)


@pytest.fixture
def two(person, head, bench):
    """The bundled head and a simulated one, both staged; the second is chosen."""
    person.stage()
    assert hand.drop(person.page.ui.stageButton, [OTHER])
    assert shown() == (OTHER.name, None)
    person.stage()
    second = person.page.ui.inputSelector.currentNode()
    bench.process(0.1)
    return head, second


def test_the_views_show_the_scan_that_the_panel_speaks_of(person, two, bench):
    first, second = two
    assert shown() == (second.GetName(), heat_of(second))
    for volume, other in ((first, second), (second, first)):
        hand.choose_node(person.page.ui.inputSelector, volume)
        bench.process(0.1)
        assert shown() == (volume.GetName(), heat_of(volume))
        assert part(volume, "region").GetDisplayNode().GetVisibility()
        assert not part(other, "region").GetDisplayNode().GetVisibility()
    bench.select_module("")
    assert all(part(volume, "region").GetDisplayNode().GetVisibility() for volume in two)


def test_a_scan_that_came_while_the_page_was_open_stays_in_view_and_the_others_leave_as_they_were(person, head, bench):
    person.stage()
    bench.select_module("")
    assert shown() == (HEAD.name, None)
    bench.select_module("SOSStaging")
    assert hand.drop(person.page.ui.stageButton, [OTHER])
    person.stage()
    bench.process(0.1)
    bench.select_module("")
    assert shown() == (OTHER.name, None)


def test_each_scan_is_seen_again_as_near_as_it_was_looked_at(person, two, bench):
    first, second = two
    yellow = slicer.mrmlScene.GetNodeByID("vtkMRMLSliceNodeYellow")
    yellow.SetFieldOfView(40.0, 40.0, yellow.GetFieldOfView()[2])
    hand.choose_node(person.page.ui.inputSelector, first)
    bench.process(0.1)
    assert yellow.GetFieldOfView()[0] > 100
    hand.choose_node(person.page.ui.inputSelector, second)
    bench.process(0.1)
    assert min(yellow.GetFieldOfView()[:2]) == pytest.approx(40.0, rel=0.01)


def test_where_no_scan_is_chosen_no_heat_map_is_shown(person, head, bench):
    person.stage()
    bench.process(0.1)
    hand.choose_node(person.page.ui.inputSelector, None)
    bench.process(0.1)
    assert shown() == (head.GetName(), None)


def test_a_box_that_the_user_hid_stays_hidden(person, head, bench):
    person.stage()
    bench.process(0.1)
    part(head, "region").GetDisplayNode().SetVisibility(False)
    assert hand.drop(person.page.ui.stageButton, [OTHER])
    hand.choose_node(person.page.ui.inputSelector, head)
    bench.process(0.1)
    assert shown() == (head.GetName(), heat_of(head))
    assert not part(head, "region").GetDisplayNode().GetVisibility()


def test_a_refused_scan_is_shown_without_the_heat_map_of_another(person, head, bench):
    person.stage()
    noise = slicer.mrmlScene.AddNewNodeByClass("vtkMRMLScalarVolumeNode", "noise")
    slicer.util.updateVolumeFromArray(noise, slicer.util.arrayFromVolume(head).copy())
    place = vtk.vtkMatrix4x4()
    head.GetIJKToRASMatrix(place)
    noise.SetIJKToRASMatrix(place)
    noise.CreateDefaultDisplayNodes()
    hand.choose_node(person.page.ui.inputSelector, noise)
    bench.process(0.1)
    assert shown() == ("noise", None)
    take(person.page, bench, noise, make_refusal())
    assert "Not assessable" in person.page.ui.headlineLabel.text
    assert shown() == ("noise", None)
    assert not part(head, "region").GetDisplayNode().GetVisibility()


def test_heat_map_and_box_go_where_the_scans_transform_takes_it(person, head, bench):
    person.stage()
    bench.process(0.1)
    moved = slicer.mrmlScene.AddNewNodeByClass("vtkMRMLLinearTransformNode", "moved")
    matrix = vtk.vtkMatrix4x4()
    matrix.SetElement(0, 3, 50.0)
    moved.SetMatrixTransformToParent(matrix)
    before = np.array(part(head, "region").GetCenterWorld())
    head.SetAndObserveTransformNodeID(moved.GetID())
    bench.process(0.1)
    assert part(head, "overlay").GetTransformNodeID() == moved.GetID()
    assert np.array(part(head, "region").GetCenterWorld()) == pytest.approx(before + [50, 0, 0])
    head.SetAndObserveTransformNodeID(None)
    bench.process(0.1)
    assert np.array(part(head, "region").GetCenterWorld()) == pytest.approx(before)
    assert person.page.page.result.assessable


def test_after_a_transform_was_hardened_the_answer_is_gone_and_can_be_had_again(person, head, bench):
    person.stage()
    bench.process(0.1)
    before = np.array(person.page.page.result.sos.center_ras_mm)
    moved = slicer.mrmlScene.AddNewNodeByClass("vtkMRMLLinearTransformNode", "moved")
    matrix = vtk.vtkMatrix4x4()
    matrix.SetElement(1, 3, 30.0)
    moved.SetMatrixTransformToParent(matrix)
    head.SetAndObserveTransformNodeID(moved.GetID())
    head.HardenTransform()
    bench.process(0.1)
    assert person.page.page.result is None and "Stage it again" in person.page.ui.messageLabel.text
    assert part(head, "overlay") is None and part(head, "region") is None
    assert part(head, "runs").GetNumberOfRows() == 1
    person.stage()
    assert not person.page.ui.messageLabel.text
    assert np.array(person.page.page.result.sos.center_ras_mm) == pytest.approx(before + [0, 30, 0], abs=1.0)


def test_a_scan_that_is_moved_while_it_is_staged_gets_no_answer(person, head, bench):
    matrix = vtk.vtkMatrix4x4()
    head.GetIJKToRASMatrix(matrix)
    matrix.SetElement(0, 3, matrix.GetElement(0, 3) + 20.0)
    hand.click(person.page.ui.stageButton)
    assert person.page.ui.cancelButton.enabled
    head.SetIJKToRASMatrix(matrix)
    assert bench.wait_until(lambda: not person.page.ui.cancelButton.enabled, 60)
    assert person.page.page.result is None
    assert "changed while it was staged" in person.page.ui.messageLabel.text


def test_after_a_reload_a_scene_can_be_closed_and_the_next_scan_staged(person, head, bench):
    from staging_page.conftest import obey

    slicer.util.reloadScriptedModule("SOSStaging")
    person.page = slicer.modules.SOSStagingWidget
    obey(person.page, person.orders)
    slicer.mrmlScene.Clear(0)
    assert hand.drop(person.page.ui.stageButton, [HEAD])
    person.stage()
    assert person.page.page.result.assessable


def test_a_plane_that_is_not_placed_is_told(person, head, bench):
    person.page.ui.planeSection.collapsed = False
    bench.process(0.05)
    plane = slicer.mrmlScene.AddNewNodeByClass("vtkMRMLMarkupsPlaneNode", "midline")
    hand.choose_node(person.page.ui.planeSelector, plane)
    hand.click(person.page.ui.stageButton)
    bench.process(0.1)
    assert "midline is not placed yet" in person.page.ui.messageLabel.text and person.page.page.result is None


def test_all_of_the_page_fits_its_panel_at_both_font_sizes(person, head, bench):
    for section in ("scan", "result", "overlay", "plane", "history", "cohort", "models", "check"):
        getattr(person.page.ui, f"{section}Section").collapsed = False
    for scale in (1.0, 1.5):
        bench.look(font_scale=scale)
        person.stage()
        bench.process(0.1)
        assert person.page.ui.runnerUpBox.visible
        assert page_check.complaints(person.page.parent) == []


def test_a_page_wider_than_its_panel_is_told(person, bench):
    person.page.ui.sampleButton.setMinimumWidth(600)
    bench.process(0.1)
    found = page_check.too_wide(person.page.parent)
    assert found[0].startswith("the page is") and "sampleButton needs more" in found


def test_what_was_said_of_one_case_of_many_is_gone_with_the_next(person, bench, tmp_path):
    ui = person.page.ui
    for source in (HEAD, OTHER):
        shutil.copy(source, tmp_path)
    # Results may lie beside the scans.
    ui.cohortInput.currentPath = ui.cohortOutput.currentPath = str(tmp_path)
    ui.cohortSection.collapsed = False
    bench.process(0.1)
    hand.click(ui.cohortButton)
    assert bench.wait_until(lambda: "2 of 2 scans are done" in ui.cohortLabel.text, 120), ui.cohortLabel.text
    (tmp_path / HEAD.name).write_text("no longer a scan")
    names = [ui.cohortTable.item(row, 0).text() for row in range(2)]
    assert names == sorted(names) and "vhp" in names[1]
    person.page.page.cohort._open(1)
    assert "2 of 2" not in ui.cohortLabel.text
    person.page.page.cohort._open(0)
    assert "2 of 2 scans are done" in ui.cohortLabel.text
    assert bench.wait_until(lambda: not person.page.page._steps, 30)
    assert ui.resultSection.visible
    # No answer of another scan stands beside the words that this one cannot be read.
    person.page.page.cohort._open(1)
    assert ui.inputSelector.currentNode() is None and not ui.resultSection.visible
    # The same once more finds the two scans, and not what lies in the folders of their results.
    hand.click(ui.cohortButton)
    assert ui.cohortTable.rowCount == 2
    hand.click(ui.cohortCancelButton)


def test_a_bad_file_is_named_although_a_good_one_came_with_it(person, bench, tmp_path):
    bad, model = tmp_path / "bad.nrrd", tmp_path / "bad.sosmodel"
    for path in (bad, model):
        path.write_text("nothing")
    assert hand.drop(person.page.ui.stageButton, [bad, HEAD, model])
    assert person.page.ui.inputSelector.currentNode().GetName() == HEAD.name
    text = person.page.ui.messageLabel.text
    assert "cannot be read" in text or "is no" in text
    assert "The model was not added" in text
