from __future__ import annotations

import importlib.util
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest
from extension.installed import ROOT, Installed, install

TOOLS = ROOT / "Testing" / "Packaging"


def tool(name: str) -> ModuleType:
    """Load one of the packaging tools, which are scripts."""
    spec = importlib.util.spec_from_file_location(name, TOOLS / f"{name}.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules.setdefault(name, module)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def catalog() -> ModuleType:
    return tool("catalog")


@pytest.fixture(scope="session")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Installed:
    return install(ROOT, tmp_path_factory.mktemp("extension"))


@pytest.fixture(scope="session")
def copied(tmp_path_factory: pytest.TempPathFactory, catalog: ModuleType) -> Path:
    """The repository's files, without git, for tests that change one and put it back."""
    folder = tmp_path_factory.mktemp("copied") / "repository"
    for path in catalog.source_rules.tracked(ROOT):
        target = folder / path.relative_to(ROOT)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, target)
    return folder


@pytest.fixture
def without(copied: Path) -> Callable[[str], Path]:
    """Take one file away for the length of a test."""
    taken: list[Path] = []

    def take(name: str) -> Path:
        path = copied / name
        path.replace(copied.parent / "taken")
        taken.append(path)
        return copied

    yield take
    for path in taken:
        (copied.parent / "taken").replace(path)


@pytest.fixture
def edited(copied: Path) -> Callable[[str, str, str], Path]:
    """Change one text for the length of a test."""
    before: dict[Path, bytes] = {}

    def edit(name: str, old: str, new: str) -> Path:
        path = copied / name
        before.setdefault(path, path.read_bytes())
        text = path.read_bytes().decode("utf-8")
        assert old in text
        path.write_bytes(text.replace(old, new).encode("utf-8"))
        return copied

    yield edit
    for path, data in before.items():
        path.write_bytes(data)
