"""slicer.packaging: what is installed is asked for real; installing only happens through a function a test sets."""

from __future__ import annotations

import importlib.metadata
import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

import slicer
from packaging.requirements import Requirement

Requirements = str | Requirement | list[str | Requirement]
_installer: list[Callable[[list[str]], None]] = []
_asked: list[list[str]] = []


def load_requirements(path: str | Path) -> list[Requirement]:
    """Return the requirements of a requirements.txt file."""
    lines = [line.split("#", 1)[0].strip() for line in Path(path).read_text(encoding="utf-8").splitlines()]
    return [Requirement(line) for line in lines if line and not line.startswith("-")]


def _as_list(requirements: Requirements) -> list[Requirement]:
    items = requirements if isinstance(requirements, list) else [requirements]
    return [item if isinstance(item, Requirement) else Requirement(item) for item in items]


def pip_check(req: Requirements, _seen: Any = None) -> bool:
    """Whether every requirement is met by what is installed."""
    return all(_is_met(item) for item in _as_list(req))


def _is_met(requirement: Requirement) -> bool:
    if requirement.marker is not None and not requirement.marker.evaluate():
        return True
    try:
        version = importlib.metadata.version(requirement.name)
    except importlib.metadata.PackageNotFoundError:
        return False
    return requirement.specifier.contains(version, prereleases=True)


def pip_ensure(
    requirements: Requirements,
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
    if prompt_install and not slicer.util.confirmOkCancelDisplay(
        f"{requester or 'A module'} needs to install: {', '.join(missing)}", "Install Python packages"
    ):
        raise RuntimeError(f"User declined installation of {missing}")
    return pip_install(missing)


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
    """Hand the requirements to the installer set with `Bench.slicer_modules.packaging.install_with`.

    Raises:
        RuntimeError: no installer is set; the bench never changes the environment it runs in by itself.
    """
    items = [requirements] if isinstance(requirements, str) else list(requirements)
    _asked.append(items)
    if not _installer:
        raise RuntimeError(f"the bench installs nothing; wanted: {items}")
    if logCallback is not None:
        logCallback(f"Installing {', '.join(items)}")
    _installer[0](items)
    if completedCallback is not None:
        completedCallback(0)
    return None


def install_with(function: Callable[[list[str]], None] | None) -> None:
    """Let `function` do the installing; None for no installing."""
    _installer[:] = [function] if function is not None else []


def asked() -> list[list[str]]:
    """Return what was to be installed since the last call."""
    found = list(_asked)
    _asked.clear()
    return found
