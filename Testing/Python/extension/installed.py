"""Configures, installs and reads back the extension with CMake against the stand-in for Slicer."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
STAND_IN = ROOT / "Testing" / "Packaging" / "slicer-stand-in"
MODULES = Path("lib/Slicer-5.12/qt-scripted-modules")


def cmake() -> str:
    """Return CMake: the one of this Python's environment, or the machine's."""
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    found = shutil.which("cmake", path=path)
    assert found is not None, "CMake is not installed; it comes with pip install 'sos-staging[dev]'"
    return found


@dataclass(frozen=True)
class Installed:
    """What one configure and install left."""

    prefix: Path
    record: Path
    build: Path

    @property
    def modules(self) -> Path:
        return self.prefix / MODULES

    @property
    def files(self) -> list[str]:
        return sorted(p.relative_to(self.modules).as_posix() for p in self.modules.rglob("*") if p.is_file())

    def recorded(self, name: str) -> list[str]:
        return (self.record / f"{name}.txt").read_text(encoding="utf-8").split()

    @property
    def description(self) -> dict[str, str]:
        text = (self.prefix / "share/Slicer-5.12/SOSStaging.s4ext").read_text(encoding="utf-8")
        return dict(line.partition(" ")[::2] for line in text.splitlines())


def configure(source: Path, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run CMake's configure step as the extension factory does."""
    command = [cmake(), "-S", str(source), "-B", str(folder / "build"), "-DBUILD_TESTING=ON"]
    command += [f"-DSlicer_DIR={STAND_IN}", f"-DSOS_RECORD_DIR={folder / 'record'}", "-G", "Unix Makefiles"]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def install(source: Path, folder: Path) -> Installed:
    """Configure and install ``source`` below ``folder``."""
    done = configure(source, folder)
    assert done.returncode == 0, done.stdout + done.stderr
    command = [cmake(), "--install", str(folder / "build"), "--prefix", str(folder / "installed")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return Installed(folder / "installed", folder / "record", folder / "build")
