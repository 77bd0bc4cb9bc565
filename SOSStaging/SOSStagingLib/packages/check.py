"""Is everything there that a purpose needs? Asked in a child process, answered in plain words with a remedy."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..ending import END_SECONDS, kill_tree
from ..quiet_paths import without_paths
from ..working_folder import working_folder
from .purposes import TORCH, least_version, name_of, release, requirements

LIBRARY_PARENT = Path(__file__).resolve().parents[2]
# A first import of torch from a cold disk, with a virus scanner in between, was seen to take over a minute.
TIMEOUT_SECONDS = 240.0
TORCH_WORD = "PyTorch"


@dataclass(frozen=True)
class Problem:
    """One package that is not as it must be. ``reinstall``: it is there and must be replaced."""

    package: str
    code: str
    text: str
    reinstall: bool = False


@dataclass(frozen=True)
class Check:
    """What was found. ``versions`` holds what is installed; None where it is not."""

    purpose: str
    versions: Mapping[str, str | None]
    problems: tuple[Problem, ...] = ()

    @property
    def ready(self) -> bool:
        """Whether the purpose can be served."""
        return not self.problems

    @property
    def torch_wanted(self) -> bool:
        """Whether PyTorch has to be installed or replaced: in Slicer the PyTorch extension does it."""
        return any(problem.package in TORCH for problem in self.problems)

    @property
    def torch_broken(self) -> bool:
        """Whether there is a PyTorch that must be taken away first."""
        return any(problem.package in TORCH and problem.reinstall for problem in self.problems)

    @property
    def wanted(self) -> list[str]:
        """The requirements to install beside PyTorch."""
        return self._lines({p.package for p in self.problems} - set(TORCH))

    @property
    def reinstalled(self) -> list[str]:
        """The requirements, PyTorch's among them, whose installed package must be replaced."""
        broken = {p.package for p in self.problems if p.reinstall}
        return self._lines(broken | (set(TORCH) if broken & set(TORCH) else set()))

    def _lines(self, names: set[str]) -> list[str]:
        return [line for line in requirements(self.purpose) if name_of(line) in names]

    @property
    def mendable(self) -> bool:
        """Whether installing can help: a Python that does not start or answer is not mended by packages."""
        return self.torch_wanted or bool(self.wanted)

    @property
    def remedy(self) -> str:
        """What to do, empty where nothing has to be done."""
        if self.ready:
            return ""
        if not self.mendable:
            return "Restart the program; if that does not help, install it again."
        broken = any(problem.reinstall for problem in self.problems)
        return "Install it again to mend it." if broken else "Install it once; it is kept."

    @property
    def text(self) -> str:
        """What a user is told: all that is missing or broken, and what to do."""
        if self.ready:
            return "Everything needed is installed."
        return " ".join([*(problem.text for problem in self.problems), self.remedy])


def check(
    purpose: str,
    python: str | None = None,
    timeout: float = TIMEOUT_SECONDS,
    started: Callable[[subprocess.Popen[bytes]], None] = lambda child: None,
) -> Check:
    """Look at the packages of ``python`` (default: the running one; in Slicer give PythonSlicer).

    ``started`` gets the child process, so that who no longer waits for the answer can end it.
    """
    command = [python or sys.executable, "-m", "SOSStagingLib.packages.inspect_here", purpose]
    try:
        with subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=_environment(),
            cwd=working_folder(), creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
            # Leads its own group: in Slicer it is only the launcher of the Python that looks.
            start_new_session=os.name == "posix",
        ) as child:  # fmt: skip
            started(child)
            try:
                said = child.communicate(timeout=timeout)[0]
                end = f"ended with exit status {child.returncode}" if child.returncode else ""
            except subprocess.TimeoutExpired:
                kill_tree(child)
                said, end = _left(child), f"gave no answer within {timeout:.0f} s"
        return _read(purpose, said, end)
    except OSError as error:
        text = f"The Python that runs the network could not be started ({error.strerror or type(error).__name__})."
        return Check(purpose, {}, (Problem("python", "not-started", text),))


def _left(child: subprocess.Popen[bytes]) -> bytes:
    """What an ended child said before."""
    try:
        return child.communicate(timeout=END_SECONDS)[0]
    except subprocess.TimeoutExpired as error:  # something it started holds the pipe open and could not be ended
        return error.output or b""


def _environment() -> dict[str, str]:
    path = [str(LIBRARY_PARENT), os.environ.get("PYTHONPATH", "")]
    return {**os.environ, "PYTHONPATH": os.pathsep.join(p for p in path if p), "PYTHONIOENCODING": "utf-8"}


def _read(purpose: str, said: bytes, end: str) -> Check:
    lines = [_parsed(line) for line in said.decode("utf-8", "replace").splitlines()]
    versions = {str(line["package"]): line["installed"] for line in lines if "package" in line}
    begun = [str(line["importing"]) for line in lines if "importing" in line]
    errors = {str(line["imported"]): line["error"] for line in lines if "imported" in line}
    wanted = {name_of(line): least_version(line) for line in requirements(purpose)}
    if not versions:
        text = f"The Python that runs the network could not look at its packages: it {end or 'said nothing'}."
        return Check(purpose, {}, (Problem("python", "no-answer", text),))
    problems = [_absent_or_old(name, versions.get(name), least) for name, least in wanted.items()]
    for name in begun:
        error = errors.get(name, f"Python {end}" if end else None)
        problems.append(_broken(name, error, name not in errors) if error else None)
    kept = [problem for problem in problems if problem is not None]
    return Check(purpose, versions, tuple(_first_of_each(kept)))


def _parsed(line: str) -> dict[str, Any]:
    try:
        value = json.loads(line)
    except ValueError:  # a package that prints while it is imported
        return {}
    return value if isinstance(value, dict) else {}


def _absent_or_old(name: str, version: str | None, least: str) -> Problem | None:
    if version is None:
        return Problem(name, "missing", f"{name} is not installed.")
    if least and release(version) < release(least):
        text = f"{name} {version} is too old; {least} or later is needed."
        if name == "torch" and sys.platform == "darwin" and os.uname().machine == "x86_64":
            text += " There is no later PyTorch for Macs with Intel processors: use another computer."
        return Problem(name, "old", text, reinstall=True)
    return None


def _broken(name: str, error: str, crashed: bool) -> Problem:
    error = without_paths(error)
    if name == "torchvision" and not crashed and ("nms" in error or "torchvision::" in error or "undefined" in error):
        text = f"torch and torchvision do not belong together ({error})."
        return Problem(name, "mismatch", text, reinstall=True)
    half = f"{name} is only partly installed or damaged: loading it fails ({error})."
    return Problem(name, "crash" if crashed else "broken", half, reinstall=True)


def _first_of_each(problems: list[Problem]) -> list[Problem]:
    """Each package once, and none that only fails because the torch it loads does."""
    bad = {problem.package for problem in problems}
    cause = "torch" if "torch" in bad else "torchvision" if "torchvision" in bad else None
    told: dict[str, Problem] = {}
    for problem in problems:
        if problem.package == cause or cause is None or problem.code in ("missing", "old"):
            told.setdefault(problem.package, problem)
    return list(told.values())
