"""ctk and qMRML widgets behave as Slicer's do towards scripts and the person."""

import pytest
from bench.conftest import add_ball


def heard(widget, *signals):
    """Connect signals by their text and return the list their arguments go to."""
    got = []
    for signal in signals:
        assert widget.connect(signal, lambda *values, signal=signal: got.append(values[0] if values else signal))
    return got


@pytest.fixture
def selector(bench):
    import slicer

    box = slicer.qMRMLNodeComboBox()
    box.nodeTypes = ["vtkMRMLScalarVolumeNode"]
    box.setMRMLScene(slicer.mrmlScene)
    box.show()
    return box


def test_selector_without_none_takes_the_first_node(selector):
    nodes = heard(selector, "currentNodeChanged(vtkMRMLNode*)")
    assert selector.currentNode() is None
    ball = add_ball(size=4)
    assert selector.currentNode() is ball
    assert selector.currentNodeID == ball.GetID()
    assert nodes == [ball]
    assert selector.nodeCount() == 1


def test_selector_with_none_waits_for_the_person(selector):
    from Bench import hand

    selector.noneEnabled = True
    first, second = add_ball("first", 4), add_ball("second", 4)
    assert selector.currentNode() is None
    flags = heard(selector, "currentNodeChanged(bool)")
    hand.choose_node(selector, second)
    assert selector.currentNode() is second
    hand.choose_node(selector, None)
    assert selector.currentNode() is None
    assert flags == [True, False]
    selector.setCurrentNodeID(first.GetID())
    assert selector.currentNode() is first


def test_selector_follows_names_and_removals(selector):
    import slicer

    first, second = add_ball("first", 4), add_ball("second", 4)
    selector.setCurrentNode(second)
    first.SetName("renamed")
    assert selector.findChild("QComboBox").itemText(0) == "renamed"
    assert selector.currentNode() is second
    slicer.mrmlScene.RemoveNode(second)
    assert selector.currentNode() is first


def test_selector_shows_only_nodes_that_fit(selector):
    import slicer

    hidden = add_ball("hidden", 4)
    hidden.SetHideFromEditors(True)
    label = slicer.mrmlScene.AddNewNodeByClass("vtkMRMLLabelMapVolumeNode", "label")
    assert selector.nodeCount() == 1
    assert selector.currentNode() is label
    selector.showChildNodeTypes = False
    assert selector.nodeCount() == 0
    marked = add_ball("marked", 4)
    add_ball("unmarked", 4)
    marked.SetAttribute("SOS", "1")
    selector.addAttribute("vtkMRMLScalarVolumeNode", "SOS", "1")
    assert [selector.nodeFromIndex(i) for i in range(selector.nodeCount())] == [marked]


def test_selector_makes_renames_and_deletes_nodes(selector):
    import slicer
    from Bench import dialogs

    selector.nodeTypes = ["vtkMRMLMarkupsROINode"]
    selector.baseName = "SOS box"
    selector.renameEnabled = True
    box = selector.findChild("QComboBox")
    entries = [box.itemText(i) for i in range(box.count)]
    box.activated.emit(entries.index(next(text for text in entries if text.startswith("Create new"))))
    node = selector.currentNode()
    assert node.GetName() == "SOS box"
    dialogs.answer_with(lambda dialog: (dialog.setTextValue("other"), dialog.accept()))
    selector.renameCurrentNode()
    assert node.GetName() == "other"
    selector.removeCurrentNode()
    assert slicer.mrmlScene.GetNodesByName("other").GetNumberOfItems() == 0


def test_slider_widget_keeps_range_and_decimals(bench):
    import ctk

    slider = ctk.ctkSliderWidget()
    slider.minimum, slider.maximum, slider.singleStep = -10.0, 10.0, 0.5
    values = heard(slider, "valueChanged(double)")
    slider.value = 3.25
    slider.value = 99.0
    slider.setValue(-99.0)
    assert values == [3.25, 10.0, -10.0]
    slider.decimals = 0
    slider.value = 2.6
    assert slider.value == 3.0


def test_slider_without_tracking_tells_at_the_end_of_the_drag(bench):
    import ctk
    import qt
    from PySide6.QtTest import QTest

    slider = ctk.ctkSliderWidget()
    slider.resize(300, 30)
    slider.show()
    slider.tracking = False
    values = heard(slider, "valueChanged(double)")
    changing = heard(slider, "valueIsChanging(double)")
    handle = slider.findChild("QSlider")
    at = qt.QPoint(6, handle.height // 2)
    QTest.mousePress(handle, qt.Qt.LeftButton, qt.Qt.NoModifier, at)
    QTest.mouseMove(handle, at + qt.QPoint(40, 0))
    QTest.mouseMove(handle, at + qt.QPoint(80, 0))
    assert changing
    assert not values
    QTest.mouseRelease(handle, qt.Qt.LeftButton, qt.Qt.NoModifier, at + qt.QPoint(80, 0))
    assert values == [changing[-1]]


def test_range_slider_keeps_its_order(bench):
    import ctk
    import qt
    from Bench import hand

    slider = ctk.ctkDoubleRangeSlider()
    slider.resize(210, 20)
    slider.show()
    slider.setRange(0, 100)
    slider.setValues(20, 60)
    pairs = heard(slider, "valuesChanged(double,double)")
    hand.drag_pixels(slider, qt.QPointF(5 + 40, 10), qt.QPointF(5 + 80, 10))
    assert (slider.minimumValue, slider.maximumValue) == (40, 60)
    slider.minimumValue = 80
    assert slider.minimumValue == 60
    assert pairs


def test_range_widget_boxes_and_slider_agree(bench):
    import ctk

    widget = ctk.ctkRangeWidget()
    widget.setRange(-5, 5)
    widget.setValues(-2, 3)
    lows = heard(widget, "minimumValueChanged(double)")
    widget.findChild("QDoubleSpinBox").value = -1
    assert widget.minimumValue == -1
    assert lows == [-1]
    assert widget.maximumValue == 3


def test_section_hides_its_content_and_is_opened_with_a_click(bench):
    import ctk
    import qt
    from Bench import hand

    section = ctk.ctkCollapsibleButton()
    section.text = "Advanced"
    layout = qt.QVBoxLayout(section)
    inside = qt.QPushButton("inside")
    layout.addWidget(inside)
    section.resize(200, 100)
    section.show()
    states = heard(section, "contentsCollapsed(bool)")
    tall = section.sizeHint.height()
    hand.click(section, qt.QPoint(20, 8))
    assert section.collapsed is True
    assert inside.visible is False
    assert section.sizeHint.height() < tall
    hand.click(section, qt.QPoint(20, 8))
    assert inside.visible is True
    assert states == [True, False]


def test_path_edit_is_typed_browsed_and_remembers(bench, tmp_path):
    import ctk
    import qt
    from Bench import dialogs, hand

    edit = ctk.ctkPathLineEdit()
    edit.filters = ctk.ctkPathLineEdit.Dirs
    edit.settingKey = "SOSStaging/folders"
    edit.show()
    paths = heard(edit, "currentPathChanged(QString)")
    dialogs.answer_path(tmp_path)
    hand.click(edit.findChild("QToolButton"))
    assert edit.currentPath == str(tmp_path)
    assert paths == [str(tmp_path)]
    edit.currentPath = "/elsewhere"
    assert qt.QSettings().value("SOSStaging/folders") in (str(tmp_path), [str(tmp_path)])
    assert dialogs.shown()[0].kind == "getExistingDirectory"


def test_folder_button_asks_for_a_folder(bench, tmp_path):
    import ctk
    from Bench import dialogs, hand

    button = ctk.ctkDirectoryButton()
    button.show()
    folders = heard(button, "directoryChanged(QString)")
    dialogs.answer_path(tmp_path)
    hand.click(button.findChild("QPushButton"))
    assert button.directory == str(tmp_path)
    assert folders == [str(tmp_path)]


def test_place_widget_enters_and_leaves_place_mode(bench, ball):
    import slicer
    from Bench import hand

    widget = slicer.qSlicerMarkupsPlaceWidget()
    widget.setMRMLScene(slicer.mrmlScene)
    widget.show()
    points = slicer.mrmlScene.AddNewNodeByClass("vtkMRMLMarkupsFiducialNode", "points")
    widget.setCurrentNode(points)
    modes = heard(widget, "activeMarkupsPlaceModeChanged(bool)")
    hand.click(widget.placeButton())
    assert widget.placeModeEnabled is True
    hand.click_at(hand.slice_view("Red"), (3, 4, 0))
    assert points.GetNumberOfControlPoints() == 1
    assert widget.placeModeEnabled is False
    assert modes == [True, False]
    widget.deleteLastPoint()
    assert points.GetNumberOfControlPoints() == 0


def test_parameters_of_each_kind_are_checked_and_connected(bench, tmp_path):
    import enum
    from pathlib import Path
    from typing import Annotated

    import ctk
    import qt
    import slicer
    from slicer import vtkMRMLMarkupsROINode, vtkMRMLScalarVolumeNode
    from slicer.parameterNodeWrapper import Minimum, WithinRange, parameterNodeWrapper

    class Kind(enum.Enum):
        ONE = 1
        TWO = 2

    @parameterNodeWrapper
    class Parameters:
        kind: Kind = Kind.ONE
        file: Path
        either: vtkMRMLScalarVolumeNode | vtkMRMLMarkupsROINode
        share: Annotated[float, WithinRange(0, 1)] = 0.5
        count: Annotated[int, Minimum(1)] = 2

    node = slicer.mrmlScene.AddNewNodeByClass("vtkMRMLScriptedModuleNode")
    parameters = Parameters(node)
    combo, path, share = qt.QComboBox(), ctk.ctkPathLineEdit(), ctk.ctkSliderWidget()
    tag = parameters.connectParametersToGui({"kind": combo, "file": path, "share": share})
    combo.currentIndex = 1
    assert parameters.kind is Kind.TWO
    assert node.GetParameter("kind") == "TWO"
    path.currentPath = str(tmp_path)
    assert parameters.file == tmp_path
    parameters.share = 0.25
    assert share.value == 0.25
    parameters.disconnectGui(tag)
    combo.currentIndex = 0
    assert parameters.kind is Kind.TWO
    with pytest.raises(TypeError):
        parameters.either = node
    with pytest.raises(ValueError, match="1 or greater"):
        parameters.count = 0
    with pytest.raises(RuntimeError, match="unbounded"):
        parameters.connectParametersToGui({"count": ctk.ctkSliderWidget()})
    with pytest.raises(RuntimeError, match="connector"):
        parameters.connectParametersToGui({"share": qt.QLineEdit()})
    with pytest.raises(ValueError, match="nothing"):
        parameters.connectParametersToGui({"nothing": combo})
