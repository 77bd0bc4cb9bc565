"""What each purpose needs, and what must never be moved for it. Standard library only."""

from __future__ import annotations

import re
from collections.abc import Callable
from importlib import metadata
from pathlib import Path

FOLDER = Path(__file__).resolve().parents[2] / "Resources"
# Each purpose needs what stands before it, too.
PURPOSES = {
    "stage": ("torch", "stage"),
    "train": ("torch", "stage", "train"),
    "yolo": ("torch", "stage", "train", "yolo"),
}
TORCH = ("torch", "torchvision")
# Slicer ships these and is built against them: another version can keep Slicer or another extension from starting.
SHIPPED = ("numpy", "scipy", "SimpleITK", "vtk", "pydicom", "pillow", "requests", "urllib3", "certifi", "packaging")
AGPL = """\
The detector "yolo" uses Ultralytics YOLO, which is licensed under AGPL-3.0. It is optional: the built-in detector does
the same work under this program's own licence, Apache-2.0.

What AGPL-3.0 means for you: using it on your own computer asks nothing of you. If you pass on a program that contains
it, or let others use it over a network, you must offer them the whole source under AGPL-3.0. Ultralytics also holds
that whole projects and the models trained in them fall under AGPL-3.0, unless you have a licence from Ultralytics.

It runs in a process of its own with its analytics switched off. Nothing is sent anywhere."""


def requirements(purpose: str, folder: Path = FOLDER) -> list[str]:
    """Return the requirement lines of a purpose, PyTorch's first."""
    lines: list[str] = []
    for part in PURPOSES[purpose]:
        text = (folder / f"requirements-{part}.txt").read_text(encoding="utf-8")
        lines += [line.partition("#")[0].strip() for line in text.splitlines()]
    return [line for line in lines if line]


def requirement_files(purpose: str, folder: Path = FOLDER) -> list[Path]:
    """Return the files those lines come from."""
    return [folder / f"requirements-{part}.txt" for part in PURPOSES[purpose]]


def name_of(requirement: str) -> str:
    """Return a requirement's package name."""
    found = re.match(r"[A-Za-z0-9._-]+", requirement)
    assert found is not None, requirement
    return found[0]


def least_version(requirement: str) -> str:
    """Return the version after >=, empty where any will do."""
    found = re.search(r">=\s*([\w.]+)", requirement)
    return found[1] if found else ""


def release(version: str) -> tuple[int, ...]:
    """Return the numbers of a version: 2.14.1+cu130 is (2, 14, 1)."""
    found = re.match(r"\d+(\.\d+)*", version)
    return tuple(int(n) for n in found[0].split(".")) if found else ()


def constraints(version: Callable[[str], str] = metadata.version) -> list[str]:
    """Pin what Slicer ships to what is installed now; what is not installed is left free."""
    lines = []
    for name in SHIPPED:
        try:
            lines.append(f"{name}=={version(name)}")
        except metadata.PackageNotFoundError:
            continue
    return lines
