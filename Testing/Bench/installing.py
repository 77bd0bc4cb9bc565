"""What slicer.packaging and PyTorchUtils were asked to install. The bench never changes the environment it runs in.

A test says what installing does: `install_with(function)`, where `function(requirements)` may raise as pip would, or
call `pretend(names)` to make packages count as installed. `pretend_missing(names)` hides packages that are there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

Installer = Callable[[list[str]], None]
_installer: list[Installer] = []
_asked: list[list[str]] = []
_present: set[str] = set()
_missing: set[str] = set()


def install_with(function: Installer | None) -> None:
    """Let `function` do the installing; None for no installing."""
    _installer[:] = [function] if function is not None else []


def asked() -> list[list[str]]:
    """Return what was to be installed since the last call."""
    found = list(_asked)
    _asked.clear()
    return found


def pretend(names: Iterable[str]) -> None:
    """Let these packages count as installed."""
    _present.update(names)
    _missing.difference_update(names)


def pretend_missing(names: Iterable[str]) -> None:
    """Let these packages count as not installed."""
    _missing.update(names)
    _present.difference_update(names)


def state_of(name: str) -> bool | None:
    """Whether a package is to count as installed; None where nothing was pretended."""
    if name in _missing:
        return False
    return True if name in _present else None


def install(requirements: list[str]) -> None:
    """Hand the requirements to the installer.

    Raises:
        RuntimeError: no installer was given.
    """
    _asked.append(requirements)
    if not _installer:
        raise RuntimeError(f"the bench installs nothing; wanted: {requirements}. See Bench.installing.install_with")
    _installer[0](requirements)


def reset() -> None:
    """Forget everything."""
    for kept in (_installer, _asked, _present, _missing):
        kept.clear()
