"""Installs what a purpose needs with pip: from the index, or from a folder of wheels without any network.

Inside Slicer the page uses slicer.packaging and the PyTorch extension instead, with the same requirements and
constraints; this is for the command line, for computers without a network, and for mending.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from ..quiet_paths import without_paths
from ..scan.types import PlainError
from .check import Check
from .purposes import SHIPPED, constraints, requirement_files

LINES_TOLD = 6


class InstallError(PlainError):
    """pip could not install or download."""


@contextmanager
def constraints_file() -> Iterator[Path]:
    """A file for ``pip -c`` that keeps what Slicer ships as it is."""
    with tempfile.TemporaryDirectory(prefix="sosstaging-") as folder:
        path = Path(folder) / "constraints.txt"
        path.write_text("\n".join(constraints()) + "\n", encoding="utf-8")
        yield path


def install_arguments(
    purpose: str, constraint: Path, wheels: Path | None = None, replace: Sequence[str] = ()
) -> list[str]:
    """pip's arguments. With ``wheels`` nothing else is looked at; ``replace`` names what must be put in anew."""
    arguments = ["install", "--prefer-binary", "-c", str(constraint)]
    if wheels is not None:
        arguments += ["--no-index", "--find-links", str(wheels)]
    if replace:
        return [*arguments, "--force-reinstall", "--no-deps", *replace]
    return [*arguments, *(word for file in requirement_files(purpose) for word in ("-r", str(file)))]


def install(
    purpose: str,
    found: Check,
    wheels: Path | None = None,
    python: str = sys.executable,
    tell: Callable[[str], None] = lambda line: None,
) -> None:
    """Replace what is broken, then install what is missing; ``tell`` gets pip's lines.

    Raises:
        InstallError: the folder holds no wheels, or pip failed.
    """
    if wheels is not None and not list(wheels.glob("*.whl")):
        text = f"There are no wheels (.whl files) in {wheels.name}."
        raise InstallError("no-wheels", text, "Fill it on a computer with a network: sos packages download.")
    with constraints_file() as constraint:
        if found.reinstalled:
            _pip(python, install_arguments(purpose, constraint, wheels, found.reinstalled), tell)
        _pip(python, install_arguments(purpose, constraint, wheels), tell)


def download(purpose: str, wheels: Path, python: str = sys.executable, tell: Callable[[str], None] = print) -> None:
    """Fill a folder with wheels for ``install`` on a computer of the same kind; what Slicer ships is left out."""
    wheels.mkdir(parents=True, exist_ok=True)
    with constraints_file() as constraint:
        files = [word for file in requirement_files(purpose) for word in ("-r", str(file))]
        options = ["--only-binary", ":all:", "--prefer-binary", "-d", str(wheels), "-c", str(constraint)]
        _pip(python, ["download", *options, *files], tell)
    for name in SHIPPED:
        for wheel in wheels.glob("*.whl"):
            if wheel.name.lower().startswith(f"{name.lower()}-"):
                wheel.unlink()


def _environment(offline: bool) -> dict[str, str]:
    """With a folder of wheels, pip's own settings must not send it elsewhere."""
    if not offline:
        return dict(os.environ)
    kept = {key: value for key, value in os.environ.items() if not key.startswith("PIP_")}
    return {**kept, "PIP_CONFIG_FILE": os.devnull}


def _pip(python: str, arguments: Sequence[str], tell: Callable[[str], None]) -> None:
    command = [python, "-m", "pip", "--disable-pip-version-check", *arguments]
    lines: list[str] = []
    process = subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        env=_environment("--no-index" in arguments),
        encoding="utf-8", errors="replace", creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
    )  # fmt: skip
    assert process.stdout is not None
    with process.stdout:
        for line in process.stdout:
            lines.append(without_paths(line.rstrip()))
            tell(lines[-1])
    if process.wait() != 0:
        said = " ".join(line for line in lines[-LINES_TOLD:] if line.strip())
        text = f"pip could not {arguments[0]} the packages (exit status {process.returncode}). It said last: {said}"
        raise InstallError("pip-failed", text, "Check the network, or install from a folder of wheels.")
