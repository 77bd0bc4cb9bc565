"""What users do at the worst moment: no error, no stray node, no process left, and the next run works."""

import os
import signal

import slicer
from Bench import hand
from staging_page.conftest import MODULE, drop_head, gone, obey


def ours():
    """The nodes in the scene that the page made."""
    return [n.GetName() for n in slicer.util.getNodesByClass("vtkMRMLNode") if n.GetAttribute("SOSStaging.Role")]


def take_reformat():
    """MRML itself complains when it reads a slice view that was saved turned."""
    from Bench import problems

    assert all("orientation preset name: Reformat" in text for text in problems.take())


def runs(volume):
    from SOSStagingLib.scene.nodes import ResultScope

    node = ResultScope(slicer.mrmlScene, volume, "").find("runs")
    return 0 if node is None else node.GetNumberOfRows()


def stages_again(person, bench):
    """The page is as usable as before."""
    person.orders.write_text("work")
    volume = drop_head(person.page)
    person.stage()
    assert "Stage 4" in person.page.ui.headlineLabel.text
    return volume


def test_cancel_ends_the_worker_and_leaves_the_scene_as_it_was(person, head, bench):
    before = slicer.mrmlScene.GetNumberOfNodes()
    pid = person.begin()
    hand.click(person.page.ui.cancelButton)
    assert bench.wait_until(lambda: gone(pid), 10)
    assert bench.wait_until(lambda: not person.page.ui.cancelButton.enabled, 10)
    assert slicer.mrmlScene.GetNumberOfNodes() == before
    assert "Cancelled" in person.page.ui.messageLabel.text
    person.orders.write_text("work")
    person.stage()
    assert "Stage 4" in person.page.ui.headlineLabel.text


def test_closing_the_scene_mid_run(person, head, bench):
    pid = person.begin()
    slicer.mrmlScene.Clear()
    assert bench.wait_until(lambda: gone(pid), 10)
    bench.process(0.2)
    assert not ours()
    assert not person.page.ui.stageButton.enabled
    stages_again(person, bench)


def test_deleting_the_input_mid_run(person, head, bench):
    pid = person.begin()
    slicer.mrmlScene.RemoveNode(head)
    assert bench.wait_until(lambda: gone(pid), 10)
    assert bench.wait_until(lambda: not person.page.ui.cancelButton.enabled, 10)
    assert not ours()


def test_deleting_overlay_and_then_the_scan(person, head, bench):
    person.stage()
    overlay = next(n for n in slicer.util.getNodesByClass("vtkMRMLScalarVolumeNode") if n is not head)
    slicer.mrmlScene.RemoveNode(overlay)
    bench.process(0.2)
    assert not person.page.ui.opacitySlider.enabled
    assert "Stage 4" in person.page.ui.headlineLabel.text
    person.stage()
    assert person.page.ui.opacitySlider.enabled
    slicer.mrmlScene.RemoveNode(head)
    bench.process(0.2)
    assert not ours()
    assert not person.page.ui.resultSection.visible


def test_two_volumes_in_a_row_and_back(person, head, bench):
    person.stage()
    second = drop_head(person.page)
    assert not person.page.ui.resultSection.visible
    person.stage()
    assert (runs(head), runs(second)) == (1, 1)
    hand.choose_node(person.page.ui.inputSelector, head)
    assert "Stage 4" in person.page.ui.headlineLabel.text


def test_switching_the_module_mid_run(person, head, bench):
    person.begin()
    person.orders.write_text("work")
    bench.select_module("")
    os.kill(person.page.page.run.worker_pid, signal.SIGKILL)  # it hangs by order; its end is told on the way back
    assert bench.wait_until(lambda: not person.page.page.run.busy, 20)
    bench.select_module("SOSStaging")
    assert "unexpectedly" in person.page.ui.messageLabel.text
    person.stage()
    assert runs(head) == 1


def test_a_run_that_ends_on_another_page_is_there_on_the_way_back(person, head, bench):
    hand.click(person.page.ui.stageButton)
    bench.select_module("")
    layers = slicer.util.getNodesByClass("vtkMRMLSliceCompositeNode")
    page = person.page.page
    assert bench.wait_until(lambda: not page.run.busy and page.history.runs(head) == 1, 60)
    assert bench.wait_until(lambda: not page._steps, 20)
    assert not any(layer.GetForegroundVolumeID() for layer in layers)
    bench.select_module("SOSStaging")
    assert "Stage 4" in person.page.ui.headlineLabel.text
    assert all(layer.GetForegroundVolumeID() for layer in layers)


def test_reloading_the_module_mid_run(person, head, bench):
    pid = person.begin()
    slicer.util.reloadScriptedModule("SOSStaging")
    assert bench.wait_until(lambda: gone(pid), 10)
    bench.select_module("")
    bench.select_module("SOSStaging")
    person.page = slicer.modules.SOSStagingWidget
    obey(person.page, person.orders)
    assert person.page.ui.inputSelector.currentNode() is head
    stages_again(person, bench)


def test_killing_the_worker(person, head, bench):
    os.kill(person.begin(), signal.SIGKILL)
    assert bench.wait_until(lambda: not person.page.ui.cancelButton.enabled, 20)
    assert "unexpectedly" in person.page.ui.messageLabel.text
    assert not ours()
    person.orders.write_text("work")
    person.stage()
    assert "Stage 4" in person.page.ui.headlineLabel.text


def test_saved_scene_comes_back_also_over_results(person, head, bench, tmp_path):
    person.stage()
    hand.click(person.page.ui.acceptButton)
    assert slicer.util.saveScene(str(tmp_path / "kept.mrb"))
    nodes = sorted(ours())
    person.stage()
    slicer.util.loadScene(str(tmp_path / "kept.mrb"))  # closes the scene first, as Slicer's dialog does
    take_reformat()
    bench.process(0.2)
    ui = person.page.ui
    assert "Stage 4" in ui.headlineLabel.text
    assert "agreed" in ui.reviewLabel.text
    assert ui.inputSelector.currentNode().GetName() == head.GetName()
    assert runs(ui.inputSelector.currentNode()) == 1
    assert sorted(ours()) == nodes
    assert ui.opacitySlider.enabled
    assert ui.runnerUpBox.visible
    composites = slicer.util.getNodesByClass("vtkMRMLSliceCompositeNode")
    assert all(node.GetForegroundVolumeID() for node in composites)
    hand.click(ui.stageButton)
    assert bench.wait_until(lambda: not ui.cancelButton.enabled, 60)
    assert runs(ui.inputSelector.currentNode()) == 2


def test_saving_mid_run(person, head, bench, tmp_path):
    person.begin()
    assert slicer.util.saveScene(str(tmp_path / "mid.mrb"))
    hand.click(person.page.ui.cancelButton)
    slicer.mrmlScene.Clear()
    slicer.util.loadScene(str(tmp_path / "mid.mrb"))
    bench.process(0.2)
    assert not ours()
    assert person.page.ui.inputSelector.currentNode() is not None
    assert person.page.ui.stageButton.enabled


def test_closing_slicer_mid_run(person, head, bench):
    pid = person.begin()
    folder = person.page.page.run._staging._folder
    bench.close()
    assert gone(pid)
    assert not folder.exists()
    assert MODULE.exists()
