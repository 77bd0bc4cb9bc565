"""Runs the tests that need no torch under Slicer's own Python version, beside a chosen slicer-core.

``make test-312`` does it. A Python 3.12 is looked for on the path and where pyenv keeps them; without one it says so
and ends with status 0, for many machines have none. The environment is kept in .venv312 and renewed when what is asked
for changes. Slicer ships no torch either: what fails here would fail in Slicer before anything is installed.
"""

from __future__ import annotations

import argparse
import hashlib
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(Path(__file__).resolve().parent))
from check_resolve import PYTHON, python_of_slicer  # noqa: E402

VENV = ROOT / ".venv312"
ROOMS = (
    "scan", "report", "scene", "study", "evaluation", "staging", "cli", "staging_page", "training_page", "packages",
    "bench", "extension", "safety",
)  # fmt: skip
# What Slicer ships comes with the project; beside it the bench's Qt, a CMake for the package, and the tests' own tools.
TOOLS = ("pytest>=8", "pytest-xdist>=3.6", "psutil>=5.9", "cmake>=3.28", "PySide6-Essentials>=6.7,<6.12")


def wanted(slicer_core: str | None) -> list[str]:
    """Return what is installed; ``slicer_core`` is a version of it, None for the project's own pin."""
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["optional-dependencies"]
    return [*TOOLS, *([f"slicer-core=={slicer_core}"] if slicer_core else extras["scene"])]


def environment(python: str, requirements: list[str]) -> Path:
    """Make the environment, or take the one that was made of the same; returns its Python."""
    state = hashlib.sha256(repr((python, requirements, (ROOT / "pyproject.toml").read_bytes())).encode()).hexdigest()
    note, inside = VENV / "made-of", VENV / "bin" / "python"
    if not note.is_file() or note.read_text(encoding="utf-8") != state:
        subprocess.run([python, "-m", "venv", "--clear", str(VENV)], check=True)
        pip = [str(inside), "-m", "pip", "--disable-pip-version-check", "install", "--quiet"]
        subprocess.run([*pip, "--editable", ".", *requirements], cwd=ROOT, check=True)
        note.write_text(state, encoding="utf-8")
    return inside


def main() -> int:
    """Run the tests and return pytest's status."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--slicer-core", metavar="VERSION", help="another version than pyproject.toml pins")
    args, for_pytest = parser.parse_known_args()
    try:
        python = python_of_slicer()
    except SystemExit:
        print(f"Nothing was tested: there is no Python {PYTHON} here. Install it, then: make test-312")
        return 0
    inside = environment(python, wanted(args.slicer_core))
    folders = [f"Testing/Python/{room}" for room in ROOMS]
    command = [str(inside), "-m", "pytest", "-n", "2", "--dist", "loadfile", *folders, *for_pytest]
    return subprocess.run(command, cwd=ROOT, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
