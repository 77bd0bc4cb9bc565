"""Opening, leaving, reloading and closing; scenes on disk; files dropped; dialogs."""

import sys
from pathlib import Path

import numpy as np
import pytest
from bench.conftest import MODULE, add_ball

OTHER = """
from slicer.ScriptedLoadableModule import ScriptedLoadableModule, ScriptedLoadableModuleWidget
class OtherSample(ScriptedLoadableModule):
    def __init__(self, parent):
        ScriptedLoadableModule.__init__(self, parent)
        parent.title = "Other sample"
class OtherSampleWidget(ScriptedLoadableModuleWidget):
    pass
"""


def test_module_is_published_entered_left_and_cleaned_up(bench, page, tmp_path):
    import slicer

    assert slicer.modules.benchsample.widgetRepresentation().self() is page
    assert slicer.modules.BenchSampleWidget is page
    assert slicer.moduleNames.BenchSample == "BenchSample"
    assert slicer.util.getModuleWidget("BenchSample") is page
    assert page.parent.isEntered is True
    (tmp_path / "OtherSample.py").write_text(OTHER)
    bench.open_module(tmp_path / "OtherSample.py")
    assert page.calls == ["enter", "exit"]
    assert page.parent.isEntered is False
    slicer.util.selectModule("BenchSample")
    assert page.calls == ["enter", "exit", "enter"]
    slicer.util.selectModule("Markups")
    assert page.parent.isEntered is False
    bench.close()
    assert page.calls == ["enter", "exit", "enter", "exit", "cleanup"]


def test_module_set_up_without_being_entered(bench):
    import slicer

    bench.load_module(MODULE)
    page = slicer.util.getModuleWidget("BenchSample")
    assert page.calls == []
    assert page.parameters is not None


def test_reload_builds_the_page_anew_from_the_file(bench, page):
    import slicer

    page.ui.noteEdit.text = "kept in the node"
    slicer.util.reloadScriptedModule("BenchSample")
    bench.process()
    fresh = slicer.modules.BenchSampleWidget
    assert fresh is not page
    assert type(fresh) is sys.modules["BenchSample"].BenchSampleWidget
    assert page.calls[-1] == "cleanup"
    assert fresh.ui.noteEdit.text == "kept in the node"
    bench.close()
    assert page.calls.count("cleanup") == 1
    assert fresh.calls[-1] == "cleanup"


def test_reload_button_is_there_in_developer_mode(bench):
    import qt
    import slicer

    qt.QSettings().setValue("Developer/DeveloperMode", True)
    page = bench.open_module(MODULE)
    page.reloadButton.click()
    assert slicer.modules.BenchSampleWidget is not page


def test_exception_in_a_slot_is_a_problem_and_life_goes_on(bench, page):
    from Bench import hand, problems

    hand.click(page.ui.applyButton)
    assert "no volume is chosen" in problems.take()[0]
    page.ui.inputSelector.setCurrentNode(add_ball())
    hand.click(page.ui.applyButton)
    assert page.ui.resultLabel.text.startswith("ball")


def test_warnings_of_qt_and_errors_of_vtk_are_problems(bench):
    import qt
    import vtk
    from Bench import problems

    holder = qt.QWidget()
    qt.QVBoxLayout(holder)
    qt.QVBoxLayout(holder)
    reader = vtk.vtkXMLImageDataReader()
    reader.SetFileName("/none.vti")
    reader.Update()
    found = problems.take()
    assert any(text.startswith("Qt: QLayout") for text in found)
    assert any(text.startswith("VTK: ERROR") for text in found)


def test_unknown_widget_in_a_ui_file_is_a_problem(bench, tmp_path):
    import slicer
    from Bench import problems

    ui = MODULE.parent / "Resources" / "UI" / "BenchSample.ui"
    (tmp_path / "wrong.ui").write_text(ui.read_text().replace("ctkSliderWidget", "ctkSlideWidget"))
    slicer.util.loadUI(str(tmp_path / "wrong.ui"))
    assert any("ctkSlideWidget" in text for text in problems.take())


def test_closing_the_scene_empties_the_page(page):
    import slicer

    page.ui.inputSelector.setCurrentNode(add_ball())
    page.ui.noteEdit.text = "gone"
    slicer.mrmlScene.Clear()
    assert page.ui.inputSelector.currentNode() is None
    assert page.ui.noteEdit.text == ""
    assert page.parameters.inputVolume is None
    page.ui.noteEdit.text = "new"
    assert page.parameters.note == "new"


def test_removed_node_leaves_the_selector_and_the_parameter(page):
    import slicer

    ball = add_ball()
    page.ui.inputSelector.setCurrentNode(ball)
    slicer.mrmlScene.RemoveNode(ball)
    assert page.ui.inputSelector.currentNode() is None
    assert page.parameters.inputVolume is None


def test_scene_is_saved_and_opened_again(bench, page, tmp_path):
    import slicer

    page.ui.inputSelector.setCurrentNode(add_ball())
    page.ui.thresholdSlider.value = 123.0
    page.ui.noteEdit.text = 'quotes " and \u00e9'
    roi = slicer.mrmlScene.AddNewNodeByClass("vtkMRMLMarkupsROINode", "box")
    roi.SetSize(3, 4, 5)
    assert slicer.util.saveScene(str(tmp_path / "scene.mrb"))
    slicer.mrmlScene.Clear()
    assert slicer.util.loadScene(str(tmp_path / "scene.mrb"))
    bench.process()
    volume = page.parameters.inputVolume
    assert volume.GetName() == "ball"
    assert slicer.util.arrayFromVolume(volume).shape == (60, 60, 60)
    assert page.ui.inputSelector.currentNode() is volume
    assert page.ui.thresholdSlider.value == 123.0
    assert page.ui.noteEdit.text == 'quotes " and \u00e9'
    assert slicer.util.getNode("box").GetSize() == (3, 4, 5)


def test_files_that_cannot_be_read_or_written_say_so(bench, tmp_path):
    import slicer
    from Bench import problems

    with pytest.raises(RuntimeError):
        slicer.util.loadVolume(str(tmp_path / "none.nrrd"))
    (tmp_path / "bad.nrrd").write_text("not a volume")
    with pytest.raises(RuntimeError):
        slicer.util.loadVolume(str(tmp_path / "bad.nrrd"))
    assert not slicer.util.saveNode(add_ball(), str(tmp_path / "bad.nrrd" / "head.nrrd"), {})
    assert any("not a nrrd file" in text for text in problems.take())


def test_picture_becomes_a_volume(bench, tmp_path):
    import slicer
    from PIL import Image

    Image.fromarray(np.arange(12, dtype=np.uint8).reshape(3, 4)).save(tmp_path / "grey.png")
    volume = slicer.util.loadVolume(str(tmp_path / "grey.png"))
    assert slicer.util.arrayFromVolume(volume).tolist() == [np.arange(12).reshape(3, 4).tolist()]


# Files dropped on the window


def test_dropped_volume_is_loaded_and_shown(bench, tmp_path):
    import slicer
    from Bench import hand

    ball = add_ball()
    assert slicer.util.saveNode(ball, str(tmp_path / "head.nrrd"), {})
    slicer.mrmlScene.Clear()
    assert hand.drop(bench.window, [tmp_path / "head.nrrd"])
    volume = slicer.util.getNode("head")
    composite = slicer.app.layoutManager().sliceWidget("Red").mrmlSliceCompositeNode()
    assert composite.GetBackgroundVolumeID() == volume.GetID()


def test_file_menu_opens_and_saves(bench, tmp_path):
    import slicer
    from Bench import dialogs

    assert slicer.util.saveNode(add_ball(size=4), str(tmp_path / "head.nrrd"), {})
    slicer.mrmlScene.Clear()
    dialogs.answer_path(tmp_path / "head.nrrd")
    assert slicer.util.openAddVolumeDialog()
    assert slicer.util.getNode("head")
    dialogs.answer_path(tmp_path / "scene.mrb")
    bench.window.findChild("QAction", "FileSaveSceneAction").trigger()
    assert (tmp_path / "scene.mrb").stat().st_size > 0


def test_dropped_file_goes_to_the_modules_own_reader(bench, page, tmp_path):
    from Bench import dialogs, hand

    path = tmp_path / "a.sample"
    path.write_text("x")
    dialogs.answer("OK")
    assert hand.drop(bench.window, [path])
    assert page.ui.pathEdit.currentPath == str(path)
    (shown,) = dialogs.shown()
    assert shown.title == "Select a reader"


def test_file_dropped_on_a_page_reaches_its_event_filter(bench, page, tmp_path):
    import qt
    from Bench import hand

    dropped = []

    class Catcher(qt.QObject):
        def eventFilter(self, watched, event):
            if event.type() not in (qt.QEvent.DragEnter, qt.QEvent.Drop):
                return False
            if event.type() == qt.QEvent.Drop:
                dropped.append(event.mimeData().urls()[0].toLocalFile())
            event.acceptProposedAction()
            return True

    catcher = Catcher()
    page.ui.inputsButton.acceptDrops = True
    page.ui.inputsButton.installEventFilter(catcher)
    assert hand.drop(page.ui.noteEdit.parentWidget(), [tmp_path / "model.sosmodel"])
    assert dropped == [str(tmp_path / "model.sosmodel")]


# Dialogs


def test_question_gets_the_answer_given_beforehand(bench):
    import slicer
    from Bench import dialogs

    dialogs.answer("Yes")
    assert slicer.util.confirmYesNoDisplay("Really?") is True
    dialogs.answer("Cancel")
    assert slicer.util.confirmOkCancelDisplay("Install?") is False
    texts = [item.text for item in dialogs.shown()]
    assert texts == ["Really?", "Install?"]
    assert not dialogs.complaints()


def test_unanswered_dialog_and_unused_answer_are_complaints(bench):
    import slicer
    from Bench import dialogs

    slicer.util.errorDisplay("Something is wrong")
    (complaint,) = dialogs.complaints()
    assert "Something is wrong" in complaint
    dialogs.answer("Yes")
    assert "no dialog asked" in dialogs.complaints()[0]


def test_wrong_button_is_a_complaint(bench):
    import slicer
    from Bench import dialogs

    dialogs.answer("Maybe")
    assert slicer.util.confirmYesNoDisplay("Really?") is False
    assert "no button 'Maybe'" in dialogs.complaints()[0]


def test_static_questions_files_and_menus_are_answered(bench, tmp_path):
    import qt
    from Bench import dialogs

    dialogs.answer("No")
    assert qt.QMessageBox.question(None, "title", "text") == qt.QMessageBox.No
    dialogs.answer_path(tmp_path / "a.csv")
    assert qt.QFileDialog.getSaveFileName(None, "Save table") == str(tmp_path / "a.csv")
    menu, chosen = qt.QMenu(), []
    menu.addAction("&Remove").connect("triggered()", lambda: chosen.append("removed"))
    dialogs.answer("Remove")
    menu.exec_(qt.QCursor.pos())
    assert chosen == ["removed"]


def test_opened_addresses_are_kept_and_not_opened(bench):
    import qt
    from Bench import dialogs

    qt.QDesktopServices.openUrl(qt.QUrl.fromLocalFile("/tmp/report.html"))
    assert dialogs.opened() == ["file:///tmp/report.html"]


def test_own_dialog_is_worked_by_a_function(bench):
    import qt
    from Bench import dialogs

    def fill(dialog):
        dialog.setTextValue("third rater")
        dialog.accept()

    question = qt.QInputDialog()
    question.setLabelText("Name:")
    dialogs.answer_with(fill)
    assert question.exec_() == 1
    assert question.textValue() == "third rater"


def test_messages_are_only_logged_in_a_test_run_of_slicer(bench):
    import slicer
    from Bench import dialogs

    with bench.testing():
        slicer.util.errorDisplay("not shown")
        assert slicer.app.testingEnabled() is True
    assert slicer.app.testingEnabled() is False
    assert not dialogs.shown()


def test_settings_are_empty_for_each_test(bench):
    import qt
    import slicer

    assert slicer.util.settingsValue("SOSStaging/x", "none") == "none"
    qt.QSettings().setValue("SOSStaging/x", "some")
    assert slicer.util.settingsValue("SOSStaging/x", "none") == "some"
    assert Path(slicer.app.slicerUserSettingsFilePath).is_relative_to(slicer.app.temporaryPath)
