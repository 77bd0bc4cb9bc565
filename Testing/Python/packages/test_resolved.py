"""What `make check-resolve` found is committed: it is of these requirements, and moves nothing that Slicer ships."""

from __future__ import annotations

import datetime
import json
import tomllib
from pathlib import Path

import pytest
from extension.conftest import tool
from SOSStagingLib.packages.purposes import PURPOSES, SHIPPED, requirements

ROOT = Path(__file__).resolve().parents[3]
FOUND = json.loads((ROOT / "docs/results/dependency-check.json").read_text(encoding="utf-8"))


def test_it_is_dated_and_of_slicers_python() -> None:
    assert datetime.date.fromisoformat(FOUND["date"]) >= datetime.date(2026, 11, 25)
    assert FOUND["python"].startswith("3.12.") and FOUND["slicer"].startswith("5.12")


@pytest.mark.parametrize("purpose", PURPOSES)
def test_nothing_that_slicer_ships_is_moved(purpose: str) -> None:
    found, check = FOUND["purposes"][purpose], tool("check_resolve")
    assert found["requirements"] == requirements(purpose), "run: make check-resolve"
    assert found["moves"] == []
    shipped = {check.normal(name): version for name, version in FOUND["shipped"].items()}
    assert found["uses_of_slicer"].items() <= shipped.items()
    assert not {check.normal(name) for name in SHIPPED} & set(found["adds"])


def test_a_moved_package_would_be_told() -> None:
    check = tool("check_resolve")
    assert check.summary("stage", {"numpy": "2.5.0", "timm": "1.0"})["moves"] == ["numpy"]


def test_what_slicer_ships_is_pinned_by_the_program_too() -> None:
    assert set(SHIPPED) <= set(FOUND["shipped"])


def test_the_package_outside_slicer_asks_for_the_same() -> None:
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["optional-dependencies"]
    outside = {line for name in ("stage", "train", "yolo") for line in extras[name]}
    # torchvision comes with timm there.
    assert outside == set(requirements("yolo")) - {"torchvision>=0.21"}
