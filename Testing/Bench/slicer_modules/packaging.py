"""slicer.packaging: what is installed is asked for real; installing goes through `Bench.installing`."""

from __future__ import annotations

import importlib.metadata as _metadata
import logging
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import qt
import slicer
from packaging.requirements import InvalidRequirement, Requirement

from Bench import installing

_busy: list[bool] = []


def load_requirements(path: str | Path) -> list[Requirement]:
    """Return the requirements of a requirements.txt file; a comment after a requirement is an error, as in Slicer."""
    lines = [line.strip() for line in Path(path).read_text(encoding="utf-8").splitlines()]
    return [Requirement(line) for line in lines if line and not line.startswith(("#", "-"))]


def load_pyproject_dependencies(path: str | Path) -> list[Requirement]:
    """Return the `[project] dependencies` of a pyproject.toml file.

    Raises:
        KeyError: the file has no [project] table.
    """
    with Path(path).open("rb") as file:
        return [Requirement(line) for line in tomllib.load(file)["project"].get("dependencies", [])]


def _as_list(requirements: Any) -> list[Requirement]:
    if isinstance(requirements, str):
        try:
            return [Requirement(requirements)]
        except InvalidRequirement:
            return [Requirement(part) for part in requirements.split()]
    items = requirements if isinstance(requirements, list) else [requirements]
    return [item if isinstance(item, Requirement) else Requirement(item) for item in items]


def pip_check(req: str | Requirement | list[str | Requirement], _seen: Any = None) -> bool:
    """Whether every requirement is met by what is installed."""
    return all(_is_met(item) for item in _as_list(req))


def _is_met(requirement: Requirement) -> bool:
    if requirement.marker is not None and not requirement.marker.evaluate():
        return True
    pretended = installing.state_of(requirement.name)
    if pretended is not None:
        return pretended
    try:
        return _metadata.version(requirement.name) in requirement.specifier
    except _metadata.PackageNotFoundError:
        return False


def pip_ensure(
    requirements: str | Requirement | list[str | Requirement],
    constraints: str | Path | None = None,
    skip_packages: list[str] | None = None,
    prompt_install: bool = True,
    prompt_restart: bool = True,
    requester: str | None = None,
    skip_in_testing: bool = True,
    show_progress: bool = True,
) -> list[str] | None:
    """Ask the user and install what is missing.

    Raises:
        RuntimeError: the user declines.
    """
    missing = [str(item) for item in _as_list(requirements) if not _is_met(item)]
    if not missing:
        return None
    if slicer.app.testingEnabled() and skip_in_testing:
        logging.info("Testing mode is enabled: not installing %s", missing)
        return None
    text = f"{requester or 'A module'} needs to install: {', '.join(missing)}"
    if prompt_install and not slicer.util.confirmOkCancelDisplay(text, "Install Python packages"):
        raise RuntimeError(f"User declined installation of {missing}")
    return pip_install(missing, constraints, skip_packages=skip_packages, show_progress=show_progress)


def pip_install(
    requirements: str | list[str],
    constraints: str | Path | None = None,
    no_deps_requirements: str | list[str] | None = None,
    skip_packages: list[str] | None = None,
    blocking: bool = True,
    show_progress: bool = True,
    requester: str | None = None,
    logCallback: Callable[[str], None] | None = None,
    completedCallback: Callable[[int], None] | None = None,
) -> list[str] | None:
    """Hand the requirements to the installer a test has set; not blocking, from the event loop.

    Raises:
        RuntimeError: no installer is set.
        ValueError: skip_packages is used together with what Slicer does not allow beside it.
    """
    if skip_packages is not None and (no_deps_requirements is not None or not blocking):
        raise ValueError("skip_packages cannot be combined with no_deps_requirements or blocking=False")
    items = [requirements] if isinstance(requirements, str) else list(requirements)
    if blocking:
        installing.install(items)
        return [] if skip_packages is not None else None
    _busy.append(True)
    qt.QTimer.singleShot(0, lambda: _install_later(items, logCallback, completedCallback))
    return None


def _install_later(items: list[str], log: Callable[[str], None] | None, done: Callable[[int], None] | None) -> None:
    status = 0
    try:
        installing.install(items)
    except Exception as error:
        status = 1
        if log is not None:
            log(str(error))
    finally:
        _busy.pop()
    if done is not None:
        done(status)


def pip_uninstall(
    requirements: str | list[str],
    blocking: bool = True,
    logCallback: Callable[[str], None] | None = None,
    completedCallback: Callable[[int], None] | None = None,
) -> None:
    """Let the packages count as not installed."""
    names = [requirements] if isinstance(requirements, str) else list(requirements)
    installing.pretend_missing(Requirement(name).name for name in names)
    if completedCallback is not None:
        completedCallback(0)


def isPipInstallInProgress() -> bool:
    """Whether an installation that does not block is running."""
    return bool(_busy)
