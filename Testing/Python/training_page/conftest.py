"""The page, and small studies for it."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("PySide6", reason="the bench needs PySide6")
pytest.importorskip("slicer", reason="the bench needs slicer-core")

ROOT = Path(__file__).resolve().parents[3]
MODULE = ROOT / "SOSStagingTraining" / "SOSStagingTraining.py"
HEAD = ROOT / "SOSStaging" / "Resources" / "SampleData" / "vhp_female_head.nrrd"
sys.path.insert(0, str(ROOT / "Testing"))

PATIENCE = 900.0
"""Seconds that a test waits at most: a busy machine may take minutes to start a child process with PyTorch."""
CASES = 15
STAGES = 5
KEYS = {
    **{str(number): 0x30 + number for number in range(6)},
    **{"U": 0x55, "back": 0x01000016, "skip": 0x01000017, "Return": 0x01000004},
}


@pytest.fixture(scope="session")
def _slabs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A study of small slabs that anna has labelled and boxed; its cases' names tell the stage."""
    from learning.made_slabs import slab_study

    folder = tmp_path_factory.mktemp("slabs") / "study"
    slab_study(folder, CASES)
    for file in [folder / "manifest.json", *folder.glob("labels/*.jsonl")]:
        text = file.read_text()
        for number in range(1, CASES + 1):
            told = f"head-{number:04d}-stage-{(number - 1) % STAGES + 1}"
            for key in ("name", "case"):
                text = text.replace(f'"{key}": "slab-{number:02d}"', f'"{key}": "{told}"')
        file.write_text(text)
    return folder


@pytest.fixture
def study_folder(_slabs: Path, tmp_path: Path) -> Path:
    """A copy of it that the test may write to."""
    return Path(shutil.copytree(_slabs, tmp_path / "study"))


@pytest.fixture
def few(study_folder: Path) -> Path:
    """Its first four cases only."""
    file = study_folder / "manifest.json"
    manifest = json.loads(file.read_text())
    manifest["cases"] = manifest["cases"][:4]
    file.write_text(json.dumps(manifest))
    return study_folder


@pytest.fixture(autouse=True)
def _quiet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The user's own models stay out; the packages were looked at before; no model is there to propose boxes."""
    from SOSStagingLib.gui import packages
    from SOSStagingTrainingLib.gui import reading

    monkeypatch.setenv("SOSSTAGING_MODELS", str(tmp_path / "models"))
    monkeypatch.setattr(packages, "_ready", {"stage", "train"})
    monkeypatch.setattr(reading, "default_model", lambda: None)


@pytest.fixture
def page(bench: Any) -> Iterator[Any]:
    """The page as it opens."""
    bench.load_module(ROOT / "SOSStaging" / "SOSStaging.py")
    yield bench.open_module(MODULE)


def needs_torch() -> None:
    """Skip without torch, and look for it without importing it: after Slicer's libraries it would crash."""
    import importlib.util

    if importlib.util.find_spec("torch") is None:
        pytest.skip("torch is not installed")


def run_here(*arguments: str | Path) -> None:
    """Run a command of the library in a process of its own."""
    from SOSStagingTrainingLib.compute.processes import PROGRAM, child_environment

    command = [sys.executable, "-m", PROGRAM, *map(str, arguments)]
    subprocess.run(command, env=child_environment(), check=True, capture_output=True)


def open_study(page: Any, folder: Path) -> None:
    """Open a study with the page's own controls."""
    from Bench import hand

    page.ui.studyPath.currentPath = str(folder)
    hand.click(page.ui.openStudyButton)


@pytest.fixture
def opened(page: Any, few: Path) -> Any:
    """The page with the study of four cases."""
    open_study(page, few)
    return page


def section(bench: Any, page: Any, name: str) -> None:
    """Open one section and close the others, as one does in a narrow panel."""
    for part in ("study", "annotate", "agreement", "train", "result"):
        getattr(page.ui, f"{part}Section").collapsed = part != name
    bench.process(0.05)


def shown_case(page: Any) -> str | None:
    """The case that is open in the views, None where none is."""
    return page.page.annotate._shown


def start(bench: Any, page: Any, rater: str = "B", review: int = 0) -> str:
    """Begin to annotate, as a person does; returns the case that opened."""
    from Bench import hand

    section(bench, page, "annotate")
    page.ui.raterEdit.clear()
    page.ui.reviewBox.setValue(review)
    hand.type_text(page.ui.raterEdit, rater)
    hand.press(page.ui.raterEdit, KEYS["Return"])
    hand.click(page.ui.startAnnotateButton)
    assert bench.wait_until(lambda: shown_case(page), PATIENCE), page.ui.annotateMessage.text
    return str(shown_case(page))


def press(bench: Any, name: str) -> None:
    """Press a key of the window."""
    from Bench import hand

    hand.press(bench.window, KEYS[name])


def press_on(bench: Any, page: Any, name: str) -> str | None:
    """Press a key and wait for the case that opens then; None where nothing is left."""
    before, session = shown_case(page), page.page.annotate.session
    at = session.current
    press(bench, name)
    assert bench.wait_until(
        lambda: session.current is None or (shown_case(page) and session.current != at), PATIENCE
    ), before
    return shown_case(page)


def cell(table: Any, row: int, column: int = 0) -> tuple[Any, Any]:
    """Where a table's cell is clicked: its viewport and the point."""
    item = table.item(row, column)
    table.scrollToItem(item)
    return table.viewport(), table.visualItemRect(item).center()


def double_click(table: Any, row: int) -> None:
    """Double-click a row of a table."""
    from Bench import hand
    from PySide6 import QtCore
    from PySide6.QtTest import QTest

    at, point = cell(table, row)
    hand.click(at, point)
    QTest.mouseDClick(at, QtCore.Qt.LeftButton, QtCore.Qt.NoModifier, point)
    hand.process()


def column(table: Any, number: int) -> list[str]:
    """The texts of a table's column."""
    return [table.item(row, number).text() for row in range(table.rowCount)]


def owned_nodes() -> list[str]:
    """The nodes in the scene that the page made."""
    import slicer

    nodes = slicer.util.getNodesByClass("vtkMRMLNode")
    return [node.GetName() for node in nodes if node.GetAttribute("SOSStagingTraining.Role")]
