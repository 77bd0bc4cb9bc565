"""The rules between rooms: who may import what. Read from the source, so that a lazy import counts too."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
STAGING = ROOT / "SOSStaging" / "SOSStagingLib"
TRAINING = ROOT / "SOSStagingTraining" / "SOSStagingTrainingLib"
HEAVY = {"torch", "torchvision", "timm", "ultralytics"}
QT = {"qt", "ctk", "PySide6", "PyQt5"}


def imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield "." * node.level + (node.module or "")


def roots(path: Path) -> set[str]:
    return {name.split(".")[0] for name in imports(path) if not name.startswith(".")}


@pytest.mark.parametrize(
    ("room", "forbidden"),
    [
        ("scan", HEAVY | QT | {"slicer", "vtk"}),
        ("report", HEAVY | QT | {"slicer", "vtk"}),
        ("scene", HEAVY | QT),
        ("model", QT | {"slicer", "vtk"}),
        ("staging", QT | {"slicer", "vtk"}),
    ],
)
def test_room_imports_only_what_it_may(room: str, forbidden: set[str]) -> None:
    files = sorted((STAGING / room).rglob("*.py"))
    assert files
    wrong = {path.name: roots(path) & forbidden for path in files if roots(path) & forbidden}
    assert not wrong


def test_studies_need_neither_torch_nor_slicer_nor_the_simulator() -> None:
    forbidden = HEAVY | QT | {"slicer", "vtk", "sklearn", "pandas"}
    files = sorted((TRAINING / "study").rglob("*.py"))
    assert files
    wrong = {path.name for path in files if roots(path) & forbidden or any("simulator" in n for n in imports(path))}
    assert not wrong


def test_staging_imports_torch_only_in_the_worker() -> None:
    users = {path.name for path in (STAGING / "staging").rglob("*.py") if roots(path) & HEAVY}
    assert users <= {"worker.py"}


def test_ultralytics_is_imported_by_its_own_process_alone() -> None:
    users = {path.name for lib in (STAGING, TRAINING) for path in lib.rglob("*.py") if "ultralytics" in roots(path)}
    assert users == {"yolo_child.py"}


def test_staging_library_never_imports_the_training_library() -> None:
    users = [path for path in STAGING.rglob("*.py") if "SOSStagingTrainingLib" in roots(path)]
    assert not users


def test_nothing_but_gui_and_module_files_imports_qt() -> None:
    users = [p for lib in (STAGING, TRAINING) for p in lib.rglob("*.py") if roots(p) & QT and "gui" not in p.parts]
    assert not users


def test_only_module_files_lie_beside_the_modules() -> None:
    # Slicer registers every .py beside a module file as a module.
    beside = {path.name for folder in ("SOSStaging", "SOSStagingTraining") for path in (ROOT / folder).glob("*.py")}
    assert beside <= {"SOSStaging.py", "SOSStagingTraining.py"}


@pytest.mark.parametrize(
    "modules",
    [
        "SOSStagingLib.scan.read SOSStagingLib.scan.quality SOSStagingLib.scan.midsagittal SOSStagingLib.scan.slab",
        "SOSStagingLib.report.write SOSStagingLib.report.cohort",
        "SOSStagingLib.cli SOSStagingLib.staging.client SOSStagingTrainingLib.cli SOSStagingTrainingLib.cli_evaluate",
        "SOSStagingTrainingLib.evaluation.table SOSStagingTrainingLib.evaluation.comparison",
        "SOSStagingTrainingLib.evaluation.files SOSStagingTrainingLib.evaluation.attention",
        "SOSStagingTrainingLib.cli_study SOSStagingTrainingLib.study.study",
    ],
)
def test_importing_loads_no_torch(modules: str) -> None:
    code = f"import sys, {', '.join(modules.split())}; sys.exit('torch' in sys.modules or 'timm' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_importing_scene_loads_no_torch() -> None:
    pytest.importorskip("slicer", reason="slicer-core is not installed")
    code = "import sys, SOSStagingLib.scene.show; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
