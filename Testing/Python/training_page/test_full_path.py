"""From ten scans that nobody has labelled to a head staged with a model of one's own, over both pages, by clicks."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from training_page.conftest import (
    PATIENCE,
    ROOT,
    cell,
    needs_torch,
    open_study,
    press_on,
    run_here,
    section,
    shown_case,
    start,
)

CASES = 10
NEW_HEAD = ROOT / "SOSStaging" / "Resources" / "SampleData" / "simulated_stage_3.nrrd"


@pytest.fixture
def ten(tmp_path: Path) -> Path:
    """Ten simulated slabs, two of each stage."""
    needs_torch()
    argv = ["simulate", "--cases", str(CASES), "--slabs", "--stages", "1,2,3,4,5", "--seed", "3", "--workers", "1"]
    run_here(*argv, "--out", tmp_path / "ten")
    return tmp_path / "ten"


def annotate(bench: Any, page: Any) -> None:
    """Give every case the stage it was simulated with; a box is proposed by the model that comes with the program."""
    study = page.page.study
    truth = study.stages("truth")
    first = start(bench, page, "R")
    boxes = page.page.annotate.reading.boxes
    assert bench.wait_until(lambda: first in boxes, PATIENCE), "no box was proposed"
    bench.process(0.1)
    (true_box,) = study.rois(first, "truth")
    assert np.linalg.norm(page.page.annotate._box.read().center - true_box.center) < 10
    while shown_case(page):
        press_on(bench, page, str(truth[shown_case(page)]))
    assert study.stages("R") == truth
    assert "Nothing is left" in page.ui.annotateMessage.text


def train(bench: Any, page: Any) -> None:
    from Bench import hand

    section(bench, page, "train")
    hand.choose(page.ui.recipeBox, "Quick (minutes)")
    hand.choose(page.ui.whereBox, "This computer's CPU")
    hand.click(page.ui.startTrainButton)
    assert bench.wait_until(lambda: "All networks are trained" in page.ui.trainLabel.text, PATIENCE), (
        page.ui.trainLabel.text
    )


def judge_and_publish(bench: Any, page: Any) -> None:
    from Bench import hand

    ui, running = page.ui, page.page.children.running
    section(bench, page, "result")
    assert ui.methodBox.currentText == "ours, fold 1"
    hand.click(ui.compareButton)
    assert bench.wait_until(lambda: not running("compare"), PATIENCE)
    assert ui.comparisonTable.rowCount == 3, ui.resultLabel.text
    hand.click(ui.galleryButton)
    assert bench.wait_until(lambda: not running("gallery"), PATIENCE)
    assert "held-out cases are right" in ui.resultLabel.text
    at, point = cell(ui.galleryTable, 0)
    hand.click(at, point)
    assert bench.wait_until(lambda: "the network said" in ui.resultLabel.text, PATIENCE)
    ui.modelNameEdit.clear()
    hand.type_text(ui.modelNameEdit, "mine")
    hand.click(ui.publishButton)
    assert bench.wait_until(lambda: not running("publish"), PATIENCE)
    assert "SOS Staging offers mine now" in ui.resultLabel.text
    hand.click(ui.publishButton)
    assert "a model named mine already" in ui.resultLabel.text


def stage(bench: Any) -> Any:
    """Stage a head the model has never seen; returns the page of SOSStaging."""
    import slicer
    from Bench import hand
    from SOSStagingLib.model.library import user_models_folder

    bench.select_module("SOSStaging")
    page = slicer.modules.SOSStagingWidget
    page.ui.modelsSection.collapsed = False
    bench.process(0.1)
    hand.choose(page.ui.modelBox, "mine")
    assert hand.drop(page.ui.stageButton, [NEW_HEAD])
    hand.click(page.ui.stageButton)
    assert bench.wait_until(lambda: not page.ui.cancelButton.enabled and not page.page._steps, PATIENCE)
    assert page.page.result is not None, page.ui.messageLabel.text
    published = user_models_folder() / "mine.sosmodel"
    assert page.page.result.model.sha256 == hashlib.sha256(published.read_bytes()).hexdigest()
    return page


def test_from_ten_scans_to_a_staged_head_that_is_saved(
    bench: Any, page: Any, ten: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import slicer
    from Bench import dialogs, hand, problems
    from SOSStagingLib.model import library
    from SOSStagingTrainingLib.gui import reading

    monkeypatch.setattr(reading, "default_model", library.default_model)
    open_study(page, ten)
    annotate(bench, page)
    train(bench, page)
    judge_and_publish(bench, page)
    staging = stage(bench)
    headline, result = staging.ui.headlineLabel.text, staging.page.result
    assert result.assessable, result.reasons
    keys = bench.window
    dialogs.answer_path(tmp_path / "kept.mrb")
    hand.press(keys, "Ctrl+S")
    hand.press(keys, "Ctrl+W")
    assert not staging.ui.resultSection.visible or staging.ui.headlineLabel.text != headline
    assert staging.ui.inputSelector.currentNode() is None
    dialogs.answer_path(tmp_path / "kept.mrb")
    hand.press(keys, "Ctrl+O")
    assert all("orientation preset name: Reformat" in text for text in problems.take())
    bench.process(0.3)
    assert staging.ui.headlineLabel.text == headline
    assert staging.ui.runsView.tableModel().rowCount() == 1
    composites = slicer.util.getNodesByClass("vtkMRMLSliceCompositeNode")
    assert all(node.GetForegroundVolumeID() for node in composites)
    # Nothing of the study went into the scene.
    roles = [node.GetAttribute("SOSStagingTraining.Role") for node in slicer.util.getNodesByClass("vtkMRMLNode")]
    assert not any(roles)
