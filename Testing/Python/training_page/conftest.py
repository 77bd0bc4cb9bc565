"""The page, and small studies of simulated slabs."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("PySide6", reason="the bench needs PySide6")
pytest.importorskip("slicer", reason="the bench needs slicer-core")

ROOT = Path(__file__).resolve().parents[3]
MODULE = ROOT / "SOSStagingTraining" / "SOSStagingTraining.py"
sys.path.insert(0, str(ROOT / "Testing"))

from Bench.fixtures import _application, bench  # noqa: E402, F401


def simulated(folder: Path, cases: int, stages: str) -> Path:
    from SOSStagingTrainingLib.__main__ import main

    argv = ["simulate", "--cases", str(cases), "--slabs", "--stages", stages, "--seed", "3", "--workers", "1"]
    assert main([*argv, "--out", str(folder)]) == 0
    return folder


@pytest.fixture(scope="session")
def _slabs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return simulated(tmp_path_factory.mktemp("slabs") / "study", 4, "1,3,5")


@pytest.fixture
def study_folder(_slabs: Path, tmp_path: Path) -> Path:
    """A study of four simulated slabs that nobody but the truth has labelled."""
    import shutil

    return Path(shutil.copytree(_slabs, tmp_path / "study"))


@pytest.fixture
def page(bench: Any) -> Iterator[Any]:  # noqa: F811
    bench.load_module(ROOT / "SOSStaging" / "SOSStaging.py")
    yield bench.open_module(MODULE)


@pytest.fixture
def opened(page: Any, study_folder: Path) -> Any:
    """The page with the study open, through its own controls."""
    from Bench import hand

    page.ui.studyPath.currentPath = str(study_folder)
    hand.click(page.ui.openStudyButton)
    return page


def shown_case(page: Any) -> str | None:
    """The case that is open in the views, None where none is."""
    return page.page.annotate._shown


def start(bench: Any, page: Any, rater: str = "A", review: int = 0) -> None:  # noqa: F811
    """Begin to annotate, as a person does."""
    from Bench import hand

    page.ui.annotateSection.collapsed = False
    page.ui.raterEdit.clear()
    hand.type_text(page.ui.raterEdit, rater)
    page.ui.reviewBox.setValue(review)
    hand.press(page.ui.raterEdit, 0x01000004)  # Return
    hand.click(page.ui.startAnnotateButton)
    assert bench.wait_until(lambda: shown_case(page), 30)
