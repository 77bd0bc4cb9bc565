"""The checker of the catalog entry: it passes now, and anything a reviewer would object to makes it fail."""

from __future__ import annotations

import json
import random
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest
from extension.installed import ROOT

Edit = Callable[[str, str, str], Path]
OTHER_HOME = "https://github.com/" + "somebody/SlicerSOSStaging"


def test_nothing_to_object_to(catalog: ModuleType) -> None:
    assert catalog.problems() == []


def test_the_repository_is_small_enough_for_the_index(catalog: ModuleType) -> None:
    if not (ROOT / ".git").exists():
        pytest.skip("not a git checkout")
    assert catalog.repository_bytes() < catalog.MAX_REPOSITORY_BYTES


def test_what_git_holds_twice_does_not_make_the_repository_larger(catalog: ModuleType, tmp_path: Path) -> None:
    def git(*words: str) -> None:
        person = ["-c", "user.name=Somebody", "-c", "user.email=somebody@example.org"]
        subprocess.run(["git", *person, *words], cwd=tmp_path, capture_output=True, check=True)

    git("init")
    noise = random.Random(1).randbytes(200_000)
    (tmp_path / "noise.bin").write_bytes(noise)
    git("add", "noise.bin")
    git("commit", "-m", "noise")
    once = catalog.repository_bytes(tmp_path)
    assert 2 * len(noise) < once < 2.1 * len(noise)
    git("repack", "-a")
    packs = (tmp_path / ".git" / "objects" / "pack").glob("*.pack")
    loose = (tmp_path / ".git" / "objects").glob("??/*")
    assert sum(path.stat().st_size for path in (*packs, *loose)) > 2 * len(noise)
    assert catalog.repository_bytes(tmp_path) == pytest.approx(once, rel=0.01)


def test_a_copy_passes_too(catalog: ModuleType, copied: Path) -> None:
    assert catalog.problems(copied) == []


def test_every_listed_file_is_missed(catalog: ModuleType, tmp_path: Path) -> None:
    lists = catalog.module_lists
    expected = []
    for module in lists.MODULES:
        (tmp_path / module).mkdir()
        shutil.copyfile(ROOT / module / "CMakeLists.txt", tmp_path / module / "CMakeLists.txt")
        names = [name for kind in lists.files_of(ROOT / module).values() for name in kind]
        expected += [f"{module}: {name} is listed but not there" for name in names]
    assert sorted(lists.differences(tmp_path)) == sorted(expected)


def test_every_entry_taken_from_a_list_is_missed(catalog: ModuleType) -> None:
    lists = catalog.module_lists
    for module in lists.MODULES:
        text = (ROOT / module / "CMakeLists.txt").read_text(encoding="utf-8")
        whole = lists.listed_in(text)
        for kind, names in whole.items():
            for name in names:
                left = lists.listed_in(text.replace(f"  {name}\n", ""))
                assert left[kind] == [other for other in names if other != name]


@pytest.mark.parametrize(
    "name",
    [
        "SOSStaging.json",
        "LICENSE.txt",
        "README.md",
        "Resources/SOSStaging.png",
        "Resources/overlay.png",
        "SOSStaging/Resources/Icons/SOSStaging.svg",
        "SOSStagingTraining/Resources/Icons/SOSStagingTraining.svg",
    ],
)
def test_a_missing_file_is_a_problem(catalog: ModuleType, without: Callable[[str], Path], name: str) -> None:
    assert catalog.problems(without(name)) != []


@pytest.mark.parametrize(
    ("name", "old", "new", "said"),
    [
        ("SOSStaging.json", '"Orthodontics"', '"Training"', "category"),
        ("SOSStaging.json", '"tier": 1', '"tier": 2', "tier"),
        ("SOSStaging.json", '"tier": 1', '"tiers": 1', "schema knows no tiers"),
        ("SOSStaging.json", '"tier": 1', '"tier": "1"', "must be int"),
        ("SOSStaging.json", '"scm_revision": "main"', '"scm_revision": "3441ab2"', "branch"),
        ("SOSStaging.json", "\n", "\r\n", "LF"),
        ("SOSStaging.json", "PyTorch", "Torch", "build_dependencies"),
        ("CMakeLists.txt", "project(SOSStaging)", "project(SlicerSOSStaging)", "project()"),
        ("CMakeLists.txt", 'ICONURL "https', 'ICONURL "${BASE}https', "ICONURL"),
        ("CMakeLists.txt", "Resources/overlay.png", "Resources/other.png", "SCREENSHOTURLS"),
        ("CMakeLists.txt", "Resources/overlay.png", "docs/simulator.md", "not a PNG"),
        ("CMakeLists.txt", "Resources/SOSStaging.png", "Resources/overlay.png", "128 x 128"),
        ("CMakeLists.txt", "No related patents", "Nothing", "patents"),
        ("CMakeLists.txt", "AGPL-3.0", "a free licence", "AGPL"),
        ("CMakeLists.txt", "agreed. Everything", "agreed; everything", "no semicolon"),
        ("CMakeLists.txt", "add_subdirectory(SOSStagingTraining)", "", "SOSStagingTraining is not added"),
        ("LICENSE.txt", "Apache License", "Some License", "Apache"),
        ("README.md", "Nothing leaves the machine", "All is sent", "leaves the machine"),
        ("README.md", "Resources/overlay.png", "Resources/none.png", "none.png"),
        ("README.md", "# SOSStaging", f"# SOSStaging\n{OTHER_HOME}", "somebody"),
        ("pyproject.toml", "SlicerSOSStaging/SlicerSOSStaging", "somebody/sos", "must be named SlicerSOSStaging"),
    ],
)
def test_a_change_is_a_problem(catalog: ModuleType, edited: Edit, name: str, old: str, new: str, said: str) -> None:
    assert any(said in problem for problem in catalog.problems(edited(name, old, new)))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("import torch\n", "imports torch"),
        ("try:\n    import pandas as pd\nexcept ImportError:\n    pass\n", "imports pandas"),
        ("class A:\n    from timm.models import create_model\n", "imports timm"),
        ("import slicer\nslicer.util.pip_install('x')\n", "calls pip_install"),
    ],
)
def test_a_module_file_that_would_slow_slicers_start(catalog: ModuleType, tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "SOSStaging" / "SOSStaging.py"
    path.parent.mkdir()
    path.write_text(text, encoding="utf-8")
    assert any(said in problem for problem in catalog.source_rules.problems(tmp_path, ["SOSStaging"]))
    path.write_text(f"def later():\n    {text.splitlines()[-1].strip()}\n", encoding="utf-8")
    assert catalog.source_rules.problems(tmp_path, ["SOSStaging"]) == []


def test_binaries_and_other_line_ends_are_problems(catalog: ModuleType, tmp_path: Path) -> None:
    (tmp_path / "weights.pkl").write_bytes(b"x")
    (tmp_path / "notes.txt").write_bytes(b"a\r\nb\r\n")
    found = catalog.source_rules.problems(tmp_path, [])
    assert found == ["weights.pkl: no binaries", "notes.txt: line ends must be LF"]


def test_a_new_address_is_written_everywhere(catalog: ModuleType, edited: Edit, copied: Path) -> None:
    before = {path: path.read_bytes() for path in catalog.source_rules.text_files(copied)}
    changed = catalog.set_home(f"{OTHER_HOME}.git", copied)
    try:
        assert {"pyproject.toml", "CMakeLists.txt", "SOSStaging.json"} <= set(changed)
        assert json.loads((copied / "SOSStaging.json").read_text())["scm_url"].endswith("somebody/SlicerSOSStaging")
        assert catalog.problems(copied) == []
    finally:
        for path, data in before.items():
            path.write_bytes(data)


def test_tier_3_asks_for_tutorials(catalog: ModuleType, edited: Edit) -> None:
    root = edited("SOSStaging.json", '"tier": 1', '"tier": 3')
    for module in catalog.module_lists.MODULES:
        if not (root / "docs" / f"tutorial-{module}.md").is_file():
            assert any(f"{module} has no tutorial" in problem for problem in catalog.problems(root))
