"""Resolves each set of requirements beside what Slicer ships, in a fresh Python of its version; installs nothing.

``make check-resolve`` writes docs/results/dependency-check.json, which the tests read: what each purpose adds, and that
nothing Slicer ships is moved by it.
"""

from __future__ import annotations

import argparse
import datetime
import json
import platform
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "SOSStaging"))
from SOSStagingLib.packages.purposes import PURPOSES, requirement_files, requirements  # noqa: E402

RESULT = ROOT / "docs" / "results" / "dependency-check.json"
SLICER = "5.12.3"
PYTHON = "3.12"
# What Slicer 5.12.3 (and 5.13 of August 2026) installs into its Python, from its SuperBuild files.
SHIPPED = {
    "numpy": "2.4.6", "scipy": "1.17.1", "SimpleITK": "2.5.5", "vtk": "9.6.2", "pydicom": "3.0.2", "pillow": "12.2.0",
    "highdicom": "0.27.0", "requests": "2.34.2", "urllib3": "2.7.0", "certifi": "2026.5.20", "packaging": "26.2",
    "setuptools": "82.0.1",
}  # fmt: skip
TORCH_PINS = {"torch": "2.14.1", "torchvision": "0.29.1"}


def normal(name: str) -> str:
    """Return a package's name as indexes compare it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def python_of_slicer() -> str:
    """Return a Python of Slicer's version: the running one, one of the path, or one that pyenv keeps."""
    known = sorted(Path.home().glob(f".pyenv/versions/{PYTHON}.*/bin/python"))
    candidates = [sys.executable, shutil.which(f"python{PYTHON}"), *map(str, known)]
    for candidate in filter(None, candidates):
        done = subprocess.run([candidate, "--version"], capture_output=True, text=True, check=False)
        if done.returncode == 0 and done.stdout.startswith(f"Python {PYTHON}."):
            return str(candidate)
    raise SystemExit(f"No Python {PYTHON} was found, which is Slicer's. Install it, then: make check-resolve")


def resolve(pip: list[str], purpose: str, folder: Path) -> dict[str, str]:
    """Return what pip would install for a purpose, by name; SystemExit with pip's words where there is no solution."""
    report, constraint = folder / f"{purpose}.json", folder / "shipped.txt"
    pins = {**SHIPPED, **TORCH_PINS}
    constraint.write_text("".join(f"{name}=={version}\n" for name, version in pins.items()), encoding="utf-8")
    files = [word for file in requirement_files(purpose) for word in ("-r", str(file))]
    command = [*pip, "install", "--dry-run", "--quiet", "--report", str(report), "-c", str(constraint), *files]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise SystemExit(f"{purpose}: no solution beside what Slicer ships.\n{done.stderr[-3000:]}")
    found = [item["metadata"] for item in json.loads(report.read_text(encoding="utf-8"))["install"]]
    return dict(sorted((normal(item["name"]), item["version"]) for item in found))


def summary(purpose: str, found: dict[str, str]) -> dict[str, Any]:
    """Tell apart what a purpose brings and what of Slicer's it uses, and name what it would move."""
    shipped = {normal(name): version for name, version in SHIPPED.items()}
    used = {name: version for name, version in found.items() if name in shipped}
    return {
        "requirements": requirements(purpose),
        "adds": {name: version for name, version in found.items() if name not in shipped},
        "uses_of_slicer": used,
        "moves": sorted(name for name, version in used.items() if version != shipped[name]),
    }


def main() -> int:
    """Resolve all purposes and write what was found."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=RESULT)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="sos-resolve-") as name:
        folder = Path(name)
        subprocess.run([python_of_slicer(), "-m", "venv", str(folder / "fresh")], check=True)
        python = str(folder / "fresh" / "bin" / "python")
        version = subprocess.run([python, "-V"], capture_output=True, text=True, check=True).stdout.split()[1]
        pip = [python, "-m", "pip", "--disable-pip-version-check"]
        subprocess.run([*pip, "install", "--quiet", "--upgrade", "pip"], check=True)
        sets = {purpose: summary(purpose, resolve(pip, purpose, folder)) for purpose in PURPOSES}
    result = {
        "made_by": "make check-resolve",
        "date": datetime.date.today().isoformat(),
        "python": version,
        "platform": f"{sys.platform} {platform.machine()}",
        "slicer": SLICER,
        "shipped": SHIPPED,
        "purposes": sets,
    }
    args.out.parent.mkdir(parents=True, exist_ok=True)
    args.out.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    for purpose, each in sets.items():
        moved = f"moves {', '.join(each['moves'])}" if each["moves"] else "moves nothing that Slicer ships"
        print(f"{purpose}: adds {len(each['adds'])} packages, {moved}")
    return 1 if any(each["moves"] for each in sets.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
