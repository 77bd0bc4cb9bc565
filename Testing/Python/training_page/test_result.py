"""The results of a run, made by hand: what the tables and the views show of them."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from training_page.conftest import PATIENCE, cell, column, open_study, section
from training_page.small_recipe import write_recipe

KEY, KEY_PARTS = "baseline.fold1.seed1", ("baseline", 1, 1)
RECIPE = {
    **{"name": "small", "methods": ["baseline"], "study": {"folds": 2, "calibration": 0.2, "min_per_stage": 2}},
    **{"network": {"backbone": "test_convnext"}, "view": {"size": 64, "field": "slab"}},
}


@pytest.fixture
def finished(bench: Any, page: Any, study_folder: Path) -> Any:
    """The page at a run whose one network is finished and has answered two cases, one of them wrongly."""
    from SOSStagingTrainingLib.compute.run_folder import RunFolder
    from SOSStagingTrainingLib.learning.jobs import Job
    from SOSStagingTrainingLib.learning.recipe import parse_recipe
    from SOSStagingTrainingLib.study.study import Study

    study, out = Study.open(study_folder), study_folder / "runs" / "small-train"
    dataset = study.freeze("train", min_per_stage=1, read_scans=False)
    places = (study_folder, study_folder / "slabs", out / "predictions")
    jobs = (Job(*KEY_PARTS),)
    run = RunFolder(out, parse_recipe(RECIPE), *places, "train", dataset.manifest_sha256, jobs)
    run.created(study.folds(dataset, 2))
    run.job_folder(KEY).mkdir(parents=True)
    (run.job_folder(KEY) / "done.json").write_text("{}")
    write_gallery(run.folder / "gallery" / KEY, run.study())
    write_comparison(run.folder / "comparison")
    open_study(page, study_folder)
    section(bench, page, "result")
    return page


def write_gallery(folder: Path, study: Any) -> None:
    """Two answers, each with a map that is hot far from the middle."""
    folder.mkdir(parents=True)
    rows = []
    for case, given in zip(study.cases[:2], (1, 5), strict=True):
        heat = np.zeros((3, 24, 24), np.float32)
        heat[:, 2:8, 2:8] = 0.8
        matrix = case.geometry.ijk_to_ras @ np.diag([4.0, 4, 1, 1])
        np.savez(folder / f"{case.name}.npz", array=heat, ijk_to_ras=matrix, full_scale=1.0)
        stage = int(case.name[-1])
        answer = {"given": given, "probability": 0.6, "map_file": f"{case.name}.npz"}
        rows.append({"case": case.name, "label": stage, **answer})
    (folder / "gallery.json").write_text(json.dumps(rows))


def write_comparison(folder: Path) -> None:
    share = {"value": 0.5, "low": 0.2, "high": 0.8}
    confusion = [[0, *(2 if a == b else 1 for b in range(5))] for a in range(5)]
    scores = {"accuracy": share, "within_one": share, "kappa": share, "confusion": confusion}
    rows = [{"method": name, "n": 145, "against": {"label": scores}} for name in ("baseline", "student_paper_experts")]
    folder.mkdir(parents=True)
    (folder / "comparison.json").write_text(json.dumps({"targets": ["label"], "methods": rows}))


def hot_pixels(view: Any) -> int:
    """How many pixels of a view are in the colours of heat: clearly more red than blue and green."""
    view._draw_now()
    image = view._image
    pixels = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.width(), 4)[..., :3].astype(int)
    return int(((pixels[..., 0] - pixels[..., 2] > 40) & (pixels[..., 0] - pixels[..., 1] > 20)).sum())


def show_row(bench: Any, page: Any, row: int) -> None:
    from Bench import hand

    page.ui.resultLabel.text = ""
    at, point = cell(page.ui.galleryTable, row)
    hand.click(at, point)
    assert bench.wait_until(lambda: "the network said" in page.ui.resultLabel.text, PATIENCE)
    bench.process(0.3)


def test_tables_show_the_comparison_and_the_answers(finished: Any) -> None:
    ui = finished.ui
    assert column(ui.comparisonTable, 2) == ["50\n(20–80)"] * 2
    assert [ui.confusionTable.horizontalHeaderItem(n).text() for n in range(7)] == ["Stage", *"12345", "none"]
    assert column(ui.confusionTable, 1)[0] == "[2]" and column(ui.confusionTable, 6) == ["0"] * 5
    wrong, right = column(ui.galleryTable, 0)
    assert wrong.startswith("✗") and right.startswith("✓")


@pytest.mark.parametrize("scale", [1.0, 1.5])
def test_tables_can_be_read_on_a_narrow_panel(bench: Any, finished: Any, scale: float) -> None:
    from Bench import page_check

    bench.look(scale)
    bench.process(0.3)
    assert page_check.cut_cells(finished.parent) == []


def test_a_case_opens_with_its_heat_its_box_and_the_answer(bench: Any, finished: Any) -> None:
    import slicer
    from Bench import hand

    show_row(bench, finished, 0)
    assert "label 2, the network said 5" in finished.ui.resultLabel.text
    assert "80 % of full colour" in finished.ui.resultLabel.text
    yellow = hand.slice_view("Yellow")
    assert yellow.visible
    seen = hot_pixels(yellow)
    assert seen > 1000
    region = slicer.util.getNodesByClass("vtkMRMLMarkupsROINode")
    assert len(region) == 1 and region[0].GetLocked()
    show_row(bench, finished, 1)
    assert "label 1, the network said 1" in finished.ui.resultLabel.text
    assert hot_pixels(yellow) > 1000
    volumes = slicer.util.getNodesByClass("vtkMRMLScalarVolumeNode")
    assert len(volumes) == 2  # one scan, one map: those of the case before are gone
    for node in slicer.util.getNodesByClass("vtkMRMLSliceCompositeNode"):
        node.SetForegroundOpacity(0.0)
    assert hot_pixels(yellow) < seen / 10


def test_the_views_come_back_and_labelling_shows_no_heat(bench: Any, finished: Any) -> None:
    import slicer
    from training_page.conftest import start

    before = bench.layout_manager.layout
    show_row(bench, finished, 0)
    start(bench, finished)
    assert not any(c.GetForegroundVolumeID() for c in slicer.util.getNodesByClass("vtkMRMLSliceCompositeNode"))
    bench.select_module("SOSStaging")
    assert bench.layout_manager.layout == before


def test_a_name_that_cannot_be_a_file_is_refused(bench: Any, finished: Any) -> None:
    from Bench import hand

    for name in ("", "a/b"):
        finished.ui.modelNameEdit.text = name
        hand.click(finished.ui.publishButton)
        assert "Give the model a name" in finished.ui.resultLabel.text


def test_the_network_chosen_at_the_click_answers(finished: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from Bench import hand
    from SOSStagingTrainingLib.gui.child import Ended

    asked: list[tuple[str, list[str]]] = []

    def start(purpose: str, arguments: Any, done: Any, line: Any = None, module: str = "") -> None:
        asked.append((purpose, [str(word) for word in arguments]))
        finished.ui.methodBox.setCurrentIndex(-1)  # another one is looked at while this one is written
        done(Ended(0, "", ""))

    monkeypatch.setattr(finished.page.children, "start", start)
    monkeypatch.setattr(finished.page.packages, "when_ready", lambda _purpose, go, _label: go())
    folder = finished.page.result.watch.run.folder / "gallery" / KEY
    (folder / "model.sosmodel").unlink(missing_ok=True)
    finished.ui.resultLabel.text = ""
    hand.click(finished.ui.galleryButton)
    assert [purpose for purpose, _words in asked] == ["gallery", "gallery"]
    assert asked[1][1][1:] == [KEY, str(folder / "model.sosmodel"), str(folder)]
    assert "held-out cases are right" not in finished.ui.resultLabel.text


def test_damaged_files_of_a_run_are_as_good_as_none(bench: Any, finished: Any) -> None:
    run = finished.page.result.watch.run.folder
    (run / "comparison" / "comparison.json").write_text("{", encoding="utf-8")
    (run / "gallery" / KEY / "gallery.json").write_text('[{"case": "a"}]', encoding="utf-8")
    section(bench, finished, "study")
    open_study(finished, finished.page.study.folder)
    section(bench, finished, "result")
    assert not finished.ui.comparisonTable.visible and not finished.ui.galleryTable.visible
    assert finished.ui.compareButton.enabled


def test_an_edited_recipe_gets_a_folder_of_its_own(finished: Any, study_folder: Path) -> None:
    from SOSStagingTrainingLib.gui.begin import folder_for
    from SOSStagingTrainingLib.learning.recipe import load_recipe

    write_recipe(study_folder, "small", "baseline", 6)
    recipe, first = study_folder / "recipes" / "small.toml", finished.page.result.watch.run
    assert folder_for(first.folder, str(recipe)).name == "small-train-2"
    same = replace(first, folder=first.folder.with_name("small-train-2"), recipe=load_recipe(str(recipe)))
    same.created(first.folds())
    assert folder_for(first.folder, str(recipe)) == same.folder, "a run of the same recipe is gone on with"
    (same.folder / "run.json").write_text("{", encoding="utf-8")
    assert folder_for(first.folder, str(recipe)).name == "small-train-3"
