"""Slice views and what a person does in them; table, plot and 3D views."""

import numpy as np
import pytest
from bench.conftest import add_ball, shot


@pytest.fixture
def red(bench, ball):
    from Bench import hand

    return hand.slice_view("Red")


def add_roi(size=(30, 20, 10)):
    import slicer

    roi = slicer.mrmlScene.AddNewNodeByClass("vtkMRMLMarkupsROINode", "box")
    roi.SetSize(*size)
    roi.CreateDefaultDisplayNodes()
    roi.GetDisplayNode().SetHandlesInteractive(True)
    roi.GetDisplayNode().SetRotationHandleVisibility(False)
    return roi


def test_handle_of_a_region_is_dragged(bench, red):
    from Bench import hand

    roi = add_roi()
    bench.process()
    hand.drag(red, (15, 0, 0), (20, 0, 0))
    size, center = roi.GetSize(), roi.GetCenter()
    assert size[0] == pytest.approx(35, abs=0.7)
    assert (size[1], size[2]) == (20, 10)
    assert center[0] - size[0] / 2 == pytest.approx(-15, abs=0.01)


def test_locked_region_stays(bench, red):
    from Bench import hand

    roi = add_roi()
    roi.SetLocked(True)
    roi.GetDisplayNode().SetHandlesInteractive(False)
    bench.process()
    hand.drag(red, (15, 0, 0), (20, 0, 0))
    assert roi.GetSize() == (30, 20, 10)


def test_end_of_a_line_is_dragged_and_the_end_of_the_drag_is_told(bench, red):
    import slicer
    from Bench import hand

    line = slicer.mrmlScene.AddNewNodeByClass("vtkMRMLMarkupsLineNode", "line")
    line.AddControlPoint(-10, 5, 0)
    line.AddControlPoint(10, 5, 0)
    ends = []
    line.AddObserver(slicer.vtkMRMLMarkupsNode.PointEndInteractionEvent, lambda *_: ends.append(1))
    bench.process()
    hand.drag(red, (10, 5, 0), (14, 9, 0))
    assert np.allclose(line.GetNthControlPointPosition(1), (14, 9, 0), atol=0.7)
    assert np.allclose(line.GetNthControlPointPosition(0), (-10, 5, 0))
    assert ends


def test_point_is_placed_with_a_click(bench, red):
    import slicer
    from Bench import hand

    points = slicer.mrmlScene.AddNewNodeByClass("vtkMRMLMarkupsFiducialNode", "points")
    slicer.modules.markups.logic().SetActiveList(points)
    interaction = slicer.app.applicationLogic().GetInteractionNode()
    interaction.SetCurrentInteractionMode(interaction.Place)
    bench.process()
    hand.click_at(red, (-8, 12, 0))
    assert points.GetNumberOfDefinedControlPoints() == 1
    assert np.allclose(points.GetNthControlPointPosition(0), (-8, 12, 0), atol=0.7)
    assert interaction.GetCurrentInteractionMode() == interaction.ViewTransform


def test_wheel_and_keys_move_the_slice(red):
    from Bench import hand

    node = red.mrmlSliceNode()
    start = node.GetSliceOffset()
    hand.wheel(red, 3)
    assert node.GetSliceOffset() == pytest.approx(start + 3)
    hand.press(red, "b")
    assert node.GetSliceOffset() == pytest.approx(start + 2)
    hand.press(red, "f")
    assert node.GetSliceOffset() == pytest.approx(start + 3)


def test_shortcut_of_a_page_works_in_a_view_and_not_while_typing(bench, red):
    import qt
    import slicer
    from Bench import hand

    window, pressed = slicer.util.mainWindow(), []
    shortcut = qt.QShortcut(window)
    shortcut.setKey(qt.QKeySequence("3"))
    shortcut.connect("activated()", lambda: pressed.append(3))
    hand.press(red, "3")
    assert pressed == [3]
    edit = qt.QLineEdit(window)
    edit.show()
    hand.press(edit, "3")
    assert pressed == [3]
    assert edit.text == "3"
    edit.deleteLater()
    shortcut.deleteLater()


def test_offset_slider_and_view_follow_each_other(bench, red):
    import slicer

    widget = slicer.app.layoutManager().sliceWidget("Red")
    slider = widget.sliceController().sliceOffsetSlider()
    slider.value = 12.0
    assert widget.mrmlSliceNode().GetSliceOffset() == pytest.approx(12, abs=0.51)
    widget.sliceLogic().SetSliceOffset(-7.5)
    assert slider.value == pytest.approx(-7.5, abs=0.01)


def test_right_drag_zooms(red):
    import qt
    from Bench import hand

    before = red.mrmlSliceNode().GetFieldOfView()[0]
    hand.drag(red, (0, 0, 0), (0, 10, 0), qt.Qt.RightButton)
    assert red.mrmlSliceNode().GetFieldOfView()[0] != pytest.approx(before, rel=0.01)


def test_overlay_and_region_are_drawn(bench, red, tmp_path):
    import slicer

    plain = shot(bench, red, tmp_path / "plain.png")
    assert np.ptp(plain, axis=-1).max() < 5
    overlay = add_ball("heat")
    overlay.GetDisplayNode().SetAndObserveColorNodeID("vtkMRMLColorTableNodeFileInferno.txt")
    overlay.GetDisplayNode().SetThreshold(0, 15)
    overlay.GetDisplayNode().SetApplyThreshold(True)
    slicer.util.setSliceViewerLayers(foreground=overlay, foregroundOpacity=0.6)
    add_roi()
    coloured = np.ptp(shot(bench, red, tmp_path / "overlay.png"), axis=-1) > 30
    share = coloured.mean()
    # The threshold leaves a disc of 15 mm radius in a view whose height is 60 mm.
    assert 0.6 < share / (np.pi * 15**2 / (60 * 60 * red.width / red.height)) < 1.5


def test_closed_scene_leaves_empty_views(bench, red, tmp_path):
    import slicer

    assert shot(bench, red, tmp_path / "before.png").max() > 60
    slicer.mrmlScene.Clear()
    assert shot(bench, red, tmp_path / "after.png").max() < 20
    second = add_ball("second")
    slicer.util.setSliceViewerLayers(background=second, fit=True)
    assert shot(bench, red, tmp_path / "second.png").max() > 60


def test_each_layout_shows_its_views(bench, ball):
    import slicer

    layout, manager = slicer.vtkMRMLLayoutNode, slicer.app.layoutManager()
    manager.setLayout(layout.SlicerLayoutOneUpYellowSliceView)
    bench.process()
    shown = [name for name in manager.sliceViewNames() if manager.sliceWidget(name).visible]
    assert shown == ["Yellow"]
    manager.layout = layout.SlicerLayoutFourUpTableView
    bench.process()
    assert manager.tableWidget(0).visible
    assert not manager.sliceWidget("Red").parentWidget().isWindow()


def test_own_layout_with_tab_and_split_is_built(bench):
    import slicer

    manager = slicer.app.layoutManager()
    text = """<layout type="vertical" split="true">
      <item><view class="vtkMRMLSliceNode" singletontag="Yellow">
        <property name="orientation">Coronal</property></view></item>
      <item><layout type="horizontal">
        <item><view class="vtkMRMLPlotViewNode" singletontag="PlotView1"/></item>
        <item><view class="vtkMRMLTableViewNode" singletontag="TableView1"/></item>
      </layout></item></layout>"""
    node = manager.layoutLogic().GetLayoutNode()
    node.AddLayoutDescription(812, text)
    manager.setLayout(812)
    bench.process()
    assert manager.layout == 812
    assert manager.sliceWidget("Yellow").visible
    assert manager.sliceWidget("Yellow").sliceOrientation == "Coronal"
    assert manager.plotWidget(0).visible
    assert manager.tableWidget(0).visible
    assert not manager.sliceWidget("Red").visible


def test_table_is_shown_and_edited(bench):
    import slicer

    layout, manager = slicer.vtkMRMLLayoutNode, slicer.app.layoutManager()
    table = slicer.mrmlScene.AddNewNodeByClass("vtkMRMLTableNode", "results")
    slicer.util.updateTableFromArray(table, np.array([[1.0, 2.0], [3.0, 4.0]]), ["stage", "age"])
    manager.setLayout(layout.SlicerLayoutFourUpTableView)
    selection = slicer.app.applicationLogic().GetSelectionNode()
    selection.SetActiveTableID(table.GetID())
    slicer.app.applicationLogic().PropagateTableSelection()
    bench.process()
    view = manager.tableWidget(0).tableView()
    assert view.mrmlTableNode() is table
    model = view.model()
    assert (model.rowCount(), model.columnCount()) == (2, 2)
    assert model.setData(model.index(1, 0), "7.5")
    assert table.GetCellText(1, 0) == "7.5"
    table.SetCellText(0, 1, "9")
    assert model.data(model.index(0, 1)) == "9"


def test_plot_draws_its_series(bench, tmp_path):
    import slicer

    manager = slicer.app.layoutManager()
    table = slicer.mrmlScene.AddNewNodeByClass("vtkMRMLTableNode", "curve")
    slicer.util.updateTableFromArray(table, np.array([[0.0, 1.0], [1.0, 3.0], [2.0, 2.0]]), ["epoch", "loss"])
    series = slicer.mrmlScene.AddNewNodeByClass("vtkMRMLPlotSeriesNode", "loss")
    series.SetAndObserveTableNodeID(table.GetID())
    series.SetXColumnName("epoch")
    series.SetYColumnName("loss")
    series.SetPlotType(series.PlotTypeScatter)
    series.SetColor(1, 0, 0)
    chart = slicer.mrmlScene.AddNewNodeByClass("vtkMRMLPlotChartNode", "curves")
    chart.AddAndObservePlotSeriesNodeID(series.GetID())
    slicer.modules.plots.logic().ShowChartInLayout(chart)
    bench.process()
    view = manager.plotWidget(0).plotView()
    assert manager.plotWidget(0).visible
    picture = shot(bench, view, tmp_path / "plot.png")
    assert ((picture[..., 0] > 150) & (picture[..., 1] < 100)).sum() > 30
