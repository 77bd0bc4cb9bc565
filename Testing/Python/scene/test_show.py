"""The nodes of a result: content, updating in place, removing, and coming back from a saved scene."""

import json
import os
import subprocess
import sys
from datetime import datetime
from pathlib import Path

import numpy as np
import pytest
import SOSStagingLib
from report.made_results import make_refusal
from scene.made_head import head_volume, make_result, sos_ras
from SOSStagingLib.report.colours import SHOWN_FROM, heat_table
from SOSStagingLib.report.volume import gradcam_volume
from SOSStagingLib.report.write import write_report

pytestmark = pytest.mark.usefixtures("slicer")


@pytest.fixture
def show(slicer):
    from SOSStagingLib.scene.show import show_result

    return show_result


def matrix_of(bench, volume):
    matrix = bench.vtk.vtkMatrix4x4()
    volume.GetIJKToRASMatrix(matrix)
    return np.array([[matrix.GetElement(r, c) for c in range(4)] for r in range(4)])


def cell(table, row, column):
    return table.GetCellText(row, table.GetColumnIndex(column))


def check_overlay(bench, overlay, result):
    array, geometry = gradcam_volume(result.gradcam)
    np.testing.assert_allclose(bench.slicer.util.arrayFromVolume(overlay), array, atol=1e-6)
    np.testing.assert_allclose(matrix_of(bench, overlay), geometry.ijk_to_ras, atol=1e-5)
    display = overlay.GetDisplayNode()
    assert (display.GetWindowLevelMin(), display.GetWindowLevelMax()) == pytest.approx((0, 1))
    assert not display.GetAutoWindowLevel()
    assert display.GetApplyThreshold()
    assert display.GetLowerThreshold() == pytest.approx(SHOWN_FROM)
    lookup = display.GetColorNode().GetLookupTable()
    for index, colour in ((0, heat_table()[0]), (255, heat_table()[255]), (100, heat_table()[100])):
        assert lookup.GetTableValue(index)[:3] == pytest.approx(colour, abs=0.005)


def check_tables(nodes_by_name, result):
    runs = nodes_by_name("head SOS runs")
    assert cell(runs, 0, "Result") == "stage 3 of 5"
    assert float(cell(runs, 0, "P(stage 3)")) == pytest.approx(0.6)
    assert cell(runs, 0, "Model SHA-256") == result.model.sha256
    assert datetime.fromisoformat(cell(runs, 0, "Staged at")).tzinfo is not None
    probabilities = nodes_by_name("head SOS probabilities")
    assert probabilities.GetNumberOfRows() == 5
    assert cell(probabilities, 2, "Stage") == "3 About half fused"
    chart = nodes_by_name("head SOS chart")
    series = chart.GetNthPlotSeriesNode(0)
    assert series.GetTableNode().GetID() == probabilities.GetID()
    assert series.GetYColumnName() == "Probability"
    assert series.GetPlotType() == series.PlotTypeBar
    assert not chart.GetYAxisRangeAuto()
    assert chart.GetTitle() == "SOS fusion: stage 3 of 5"


@pytest.mark.parametrize(("yaw", "roll"), [(0, 0), (9, -7)])
def test_nodes_hold_the_result(bench, show, yaw, roll):
    volume = bench.add_volume(*head_volume())
    result = make_result(yaw_deg=yaw, roll_deg=roll)
    nodes = show(bench.scene, result, volume)
    assert nodes.overlay.GetName() == "head SOS Grad-CAM"
    check_overlay(bench, nodes.overlay, result)
    check_tables(bench.scene.GetFirstNodeByName, result)
    assert nodes.region.GetCenter() == pytest.approx(sos_ras(result))
    assert nodes.region.GetSize() == pytest.approx((20, 20, 20))
    for node in (nodes.overlay, nodes.region, nodes.runs, nodes.chart):
        assert node.GetAttribute("SOSStaging.ModelSHA256") == result.model.sha256
        assert node.GetAttribute("SOSStaging.Stage") == "3"


@pytest.mark.parametrize(("yaw", "roll"), [(0, 0), (9, -7)])
def test_report_file_and_node_agree_in_ras(bench, show, tmp_path, yaw, roll):
    result = make_result(yaw_deg=yaw, roll_deg=roll)
    write_report(result, tmp_path / "report")
    nodes = show(bench.scene, result)
    loaded = bench.scene.AddNewNodeByClass("vtkMRMLScalarVolumeNode", "loaded")
    storage = bench.scene.AddNewNodeByClass("vtkMRMLVolumeArchetypeStorageNode")
    storage.SetFileName(str(tmp_path / "report" / "gradcam.nrrd"))
    storage.SetSingleFile(True)
    assert storage.ReadData(loaded)
    np.testing.assert_allclose(matrix_of(bench, loaded), matrix_of(bench, nodes.overlay), atol=1e-4)
    in_file, in_scene = (bench.slicer.util.arrayFromVolume(node) for node in (loaded, nodes.overlay))
    np.testing.assert_array_equal(in_file, in_scene)


def test_second_run_updates_in_place_and_leaves_no_stray_nodes(bench, show):
    volume = bench.add_volume(*head_volume())
    first = show(bench.scene, make_result(), volume)
    first.overlay.SetName("renamed by the user")
    count = bench.count()
    second_result = make_result(stage=4, probabilities=(0, 0, 0.2, 0.7, 0.1), yaw_deg=6)
    second = show(bench.scene, second_result, volume)
    assert bench.count() == count
    assert second == first
    check_overlay(bench, second.overlay, second_result)
    assert [cell(second.runs, row, "Stage") for row in (0, 1)] == ["3", "4"]
    assert second.probabilities.GetNumberOfRows() == 5
    assert second.chart.GetNumberOfPlotSeriesNodes() == 1
    assert second.overlay.GetAttribute("SOSStaging.Stage") == "4"


def test_refusal_takes_the_old_overlay_away_and_is_a_row(bench, show):
    volume = bench.add_volume(*head_volume())
    show(bench.scene, make_result(), volume)
    view_composite = bench.scene.AddNewNodeByClass("vtkMRMLSliceCompositeNode")
    view_composite.SetForegroundVolumeID(bench.scene.GetFirstNodeByName("head SOS Grad-CAM").GetID())
    nodes = show(bench.scene, make_refusal(), volume)
    assert nodes.overlay is None
    assert nodes.chart is None
    for class_name in ("vtkMRMLMarkupsROINode", "vtkMRMLPlotChartNode", "vtkMRMLPlotSeriesNode"):
        assert bench.count(class_name) == 0
    assert bench.count("vtkMRMLScalarVolumeNode") == 1
    assert bench.count("vtkMRMLVolumeDisplayNode") == 1
    assert not view_composite.GetForegroundVolumeID()
    assert cell(nodes.runs, 1, "Result") == "not assessable"
    assert cell(nodes.runs, 1, "Reasons") == "There is no skull around brain tissue."
    assert cell(nodes.runs, 1, "Stage") == "nan"
    assert nodes.runs.GetNumberOfRows() == 2


def test_runs_of_another_scheme_fit_into_the_same_table(bench, show):
    volume = bench.add_volume(*head_volume())
    three = make_result(scheme="three-stage", stage_names=("a", "b", "c"), probabilities=(0.1, 0.2, 0.7))
    show(bench.scene, three, volume)
    runs = show(bench.scene, make_result(), volume).runs
    assert [cell(runs, row, "P(stage 5)") for row in (0, 1)] == ["nan", "0.05"]
    assert [cell(runs, row, "P(stage 1)") for row in (0, 1)] == ["0.1", "0.001"]


def test_two_volumes_keep_their_own_results(bench, show):
    first, second = (bench.add_volume(*head_volume(), name=name) for name in ("head", "head"))
    one = show(bench.scene, make_result(), first)
    two = show(bench.scene, make_result(yaw_deg=5), second)
    assert one.overlay.GetID() != two.overlay.GetID()
    assert one.colours.GetID() == two.colours.GetID()
    show(bench.scene, make_refusal(), second)
    check_overlay(bench, one.overlay, make_result())


def test_remove_leaves_the_scene_as_it_was(bench, show):
    from SOSStagingLib.scene.show import remove_result

    volume = bench.add_volume(*head_volume())
    hierarchy = bench.slicer.vtkMRMLSubjectHierarchyNode.GetSubjectHierarchyNode(bench.scene)
    hierarchy.CreateItem(hierarchy.GetSceneItemID(), volume)
    before, items = bench.count(), hierarchy.GetNumberOfItems()
    show(bench.scene, make_result(), volume)
    remove_result(bench.scene, volume)
    assert bench.count() == before
    assert hierarchy.GetNumberOfItems() == items
    remove_result(bench.scene, volume)
    assert bench.count() == before


def test_nodes_lie_in_one_folder_under_the_study_of_the_volume(bench, show):
    volume = bench.add_volume(*head_volume())
    hierarchy = bench.slicer.vtkMRMLSubjectHierarchyNode.GetSubjectHierarchyNode(bench.scene)
    study = hierarchy.CreateStudyItem(hierarchy.CreateSubjectItem(hierarchy.GetSceneItemID(), "patient"), "study")
    hierarchy.CreateItem(study, volume)
    nodes = show(bench.scene, make_result(), volume)
    show(bench.scene, make_result(), volume)
    parents = {
        hierarchy.GetItemParent(hierarchy.GetItemByDataNode(node))
        for node in (nodes.overlay, nodes.region, nodes.runs, nodes.chart, nodes.series, nodes.probabilities)
    }
    assert len(parents) == 1
    folder = parents.pop()
    assert hierarchy.GetItemName(folder) == "head SOS staging"
    assert hierarchy.GetItemParent(folder) == study


def test_result_without_gradcam_or_box_has_no_overlay_or_region(bench, show):
    nodes = show(bench.scene, make_result(gradcam=None, sos=None))
    assert nodes.overlay is None
    assert nodes.region is None
    assert nodes.colours is None
    assert nodes.runs.GetNumberOfRows() == 1


def test_saved_scene_brings_everything_back(make_bench, show, tmp_path):
    bench, fresh = make_bench(), make_bench()
    volume = bench.add_volume(*head_volume())
    result = make_result(yaw_deg=4)
    nodes = show(bench.scene, result, volume)
    saved = tmp_path / "case.mrb"
    assert bench.scene.WriteToMRB(str(saved))
    assert fresh.scene.ReadFromMRB(str(saved))
    overlay = fresh.scene.GetFirstNodeByName("head SOS Grad-CAM")
    check_overlay(fresh, overlay, result)
    check_tables(fresh.scene.GetFirstNodeByName, result)
    region = fresh.scene.GetFirstNodeByName("head SOS")
    assert region.GetCenter() == pytest.approx(sos_ras(result), abs=1e-4)
    assert region.GetLocked()
    assert overlay.GetAttribute("SOSStaging.ModelSHA256") == result.model.sha256
    # The next run in the reopened scene goes on with the same nodes.
    count = fresh.count()
    again = show(fresh.scene, result, fresh.scene.GetFirstNodeByName("head"))
    assert again.overlay is overlay
    assert again.runs.GetNumberOfRows() == 2
    assert cell(again.runs, 0, "P(stage 3)") == cell(again.runs, 1, "P(stage 3)")
    assert fresh.count() == count
    assert nodes.overlay.GetName() == overlay.GetName()


def test_importing_scene_leaves_torch_and_qt_out(slicer):
    code = (
        "import sys, json, SOSStagingLib.scene.show, SOSStagingLib.scene.views;"
        "print(json.dumps([m for m in ('torch', 'qt', 'ctk', 'PySide6') if m in sys.modules]))"
    )
    environment = {**os.environ, "PYTHONPATH": str(Path(SOSStagingLib.__file__).parents[1])}
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True, env=environment)
    assert json.loads(done.stdout.splitlines()[-1]) == []
