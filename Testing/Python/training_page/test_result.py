"""The results of a run, made by hand: what the tables and the views show of them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from training_page.conftest import PATIENCE, cell, column, open_study, section

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
    assert bench.wait_until(lambda: page.ui.resultLabel.text, PATIENCE)
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
