"""The extension configured and installed by CMake, against a stand-in for Slicer: what is not listed is not there."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from extension.conftest import tool
from extension.installed import ROOT, Installed, cmake, configure

MODULES = ("SOSStaging", "SOSStagingTraining")


def test_the_lists_are_the_tree() -> None:
    assert tool("module_lists").differences() == [], "run: make lists"


def test_everything_listed_is_installed_at_its_place_and_nothing_else(installed: Installed) -> None:
    listed = [name for m in MODULES for kind in ("SCRIPTS", "RESOURCES") for name in installed.recorded(f"{m}.{kind}")]
    assert installed.files == sorted(listed)  # a name in both modules would be listed twice and installed once


@pytest.mark.parametrize("module", MODULES)
def test_the_tests_of_a_module_are_wired(installed: Installed, module: str) -> None:
    assert installed.recorded(f"{module}.WITH_GENERIC_TESTS") == ["TRUE"]
    assert installed.recorded(f"{module}.unittest") == [f"{module}.py"]
    done = subprocess.run(
        [str(Path(cmake()).with_name("ctest")), "-N"], cwd=installed.build, capture_output=True, text=True, check=True
    )
    assert f"py_{module}\n" in done.stdout


@pytest.mark.parametrize("module", MODULES)
def test_the_module_file_is_listed(installed: Installed, module: str) -> None:
    if not (ROOT / module / f"{module}.py").is_file():
        pytest.skip(f"{module} has no page yet")
    assert f"{module}.py" in installed.recorded(f"{module}.SCRIPTS")


def test_metadata_reaches_slicer_whole(installed: Installed, catalog) -> None:
    literal = catalog.metadata()
    for key in catalog.LITERAL:
        assert installed.description[key] == literal[key]
    assert Path(installed.description["LICENSE_FILE"]).name == "LICENSE.txt"


def broken(tmp_path: Path, name: str, old: str, new: str) -> str:
    """Configure a small extension with the project's CMake files, one of them changed, and return what CMake says."""
    lists = tool("module_lists")
    source = tmp_path / "source"
    for module in MODULES:
        for names in lists.files_of(ROOT / module).values():
            for file in names:
                path = source / module / file
                path.parent.mkdir(parents=True, exist_ok=True)
                path.touch()
        shutil.copyfile(ROOT / module / "CMakeLists.txt", source / module / "CMakeLists.txt")
    for file in ("CMakeLists.txt", "LICENSE.txt", "README.md"):
        shutil.copyfile(ROOT / file, source / file)
    path = source / name
    if old:
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new), encoding="utf-8")
    else:
        path.unlink()
    done = configure(source, tmp_path)
    assert done.returncode != 0
    return done.stderr


@pytest.mark.parametrize(
    ("name", "old", "new", "said"),
    [
        ("SOSStaging/Resources/Schemes/bassed-5.json", "", "", "nonexistent file"),
        ("LICENSE.txt", "", "", "LICENSE_FILE"),
        ("SOSStaging/CMakeLists.txt", "  NAME ${MODULE_NAME}\n", "", "NAME is mandatory"),
    ],
    ids=["file", "licence", "name"],
)
def test_what_slicer_refuses_the_stand_in_refuses(tmp_path: Path, name: str, old: str, new: str, said: str) -> None:
    assert said in broken(tmp_path, name, old, new)


def test_the_installed_program_stages_its_own_sample(installed: Installed, tmp_path: Path) -> None:
    """From the installed tree alone: library, model, scheme and sample all have to be there."""
    pytest.importorskip("torch", reason="torch is not installed")
    environment = {**os.environ, "PYTHONPATH": str(installed.modules), "PYTHONSAFEPATH": "1"}
    sample = installed.modules / "Resources" / "SampleData" / "vhp_female_head.nrrd"
    command = [sys.executable, "-m", "SOSStagingLib.cli", "stage", str(sample), "--out", "out", "--device", "cpu"]
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    result = json.loads((tmp_path / "out" / "vhp_female_head" / "result.json").read_text(encoding="utf-8"))
    assert result["assessable"] is True
    command = [sys.executable, "-c", "import SOSStagingLib; print(SOSStagingLib.__file__)"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    assert Path(done.stdout.strip()).is_relative_to(installed.prefix)
