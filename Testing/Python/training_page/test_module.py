"""The module as Slicer sees it, and its page as one looks at it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from training_page.conftest import MODULE, ROOT, open_study, section, start

SECTIONS = ("study", "annotate", "agreement", "train", "result")


def test_tests_slicer_itself_runs(bench: Any) -> None:
    from Bench import generic

    bench.load_module(ROOT / "SOSStaging" / "SOSStaging.py")
    module = bench.load_module(MODULE)
    assert not generic.generic_complaints(module)
    assert not generic.self_test_complaints("SOSStagingTraining")
    with bench.no_main_window():
        assert not generic.generic_complaints(module)
        assert not generic.self_test_complaints("SOSStagingTraining")


def test_module_file_loads_nothing_heavy() -> None:
    code = (
        "import sys; sys.path[:0] = ['SOSStaging', 'SOSStagingTraining', 'Testing']; from Bench import application; "
        "application.start(); import SOSStagingTraining; "
        "sys.exit(any(name in sys.modules for name in ('torch', 'timm', 'ultralytics', 'scipy', 'SimpleITK')))"
    )
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0


def test_the_page_itself_loads_no_torch() -> None:
    code = (
        "import sys; sys.path[:0] = ['SOSStaging', 'SOSStagingTraining', 'Testing']; from Bench import application; "
        "bench = application.start(); bench.load_module('SOSStaging/SOSStaging.py'); "
        "bench.open_module('SOSStagingTraining/SOSStagingTraining.py'); "
        "sys.exit(any(name in sys.modules for name in ('torch', 'timm', 'ultralytics')))"
    )
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0


def visible_inside(page: Any, part: str) -> list[str]:
    from PySide6 import QtCore, QtWidgets

    children = QtCore.QObject.findChildren(getattr(page.ui, f"{part}Section"), QtWidgets.QWidget)
    return [QtCore.QObject.objectName(child) for child in children if child.visible]


def test_closed_sections_stay_closed(bench: Any, page: Any, few: Path) -> None:
    for part in SECTIONS:
        getattr(page.ui, f"{part}Section").collapsed = part != "study"
    open_study(page, few)
    page.page.train.refresh()
    page.page.result.refresh()
    bench.process(0.1)
    for part in SECTIONS[1:]:
        assert not visible_inside(page, part)
    start(bench, page)
    assert not visible_inside(page, "study")
    page.ui.annotateSection.collapsed = True
    page.page.annotate.refresh()
    page.page.studies.refresh()
    assert not visible_inside(page, "annotate") and not visible_inside(page, "study")
    page.ui.annotateSection.collapsed = False
    assert page.ui.annotateProgress.visible


@pytest.mark.parametrize(("scale", "dark"), [(1.0, False), (1.5, True)])
def test_page_fits_in_every_state(bench: Any, page: Any, study_folder: Path, scale: float, dark: bool) -> None:
    from Bench import hand, page_check

    bench.look(scale, dark)
    found: list[str] = []

    def look(state: str) -> None:
        bench.process(0.1)
        # A path may be longer than any panel: its field scrolls.
        complaints = [text for text in page_check.complaints(page.parent) if "studyPath: the text" not in text]
        found.extend(f"{state}: {text}" for text in complaints)

    for part in SECTIONS:
        section(bench, page, part)
        look(part)
    for part in SECTIONS:
        getattr(page.ui, f"{part}Section").collapsed = False
    open_study(page, study_folder)
    look("study")
    for index in range(page.ui.recipeBox.count):
        page.ui.recipeBox.setCurrentIndex(index)
        look(page.ui.recipeBox.currentText)
    hand.choose(page.ui.whereBox, "A cluster (Dask)")
    page.ui.foldsBox.setCurrentIndex(1)
    hand.click(page.ui.agreementButton)
    page.page.studies._show_adding(True)
    for widget in (page.ui.mendButton, page.ui.runBox, page.ui.runLabel, page.ui.resumeButton, page.ui.stopButton):
        widget.visible = True
    look("everything")
    start(bench, page)
    look("annotate")
    assert not found
    assert page.parent.minimumSizeHint.width() <= 400
