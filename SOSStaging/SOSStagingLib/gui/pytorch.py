"""The one place that calls the PyTorch extension, whose functions have changed over time."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Any

import slicer
from slicer.i18n import tr as _

from ..packages.purposes import TORCH, requirements

EXTENSION = "PyTorch"
NAME = "torch"


def available() -> bool:
    """Whether the PyTorch extension is installed and loaded."""
    return _logic() is not None


def install(replace: bool = False) -> str:
    """Install PyTorch through its extension; return what went wrong, empty where nothing did.

    ``replace``: there is a damaged or old one, which pip would otherwise take for good.
    """
    logic = _logic()
    if logic is None:
        return _install_extension()
    if replace:
        _remove(logic)
    versions = {line.partition(">")[0]: line.removeprefix(line.partition(">")[0]) for line in requirements("stage")}
    wanted = {
        "askConfirmation": False,
        "torchVersionRequirement": versions.get("torch"),
        "torchvisionVersionRequirement": versions.get("torchvision"),
    }
    with _torch_kept_out():
        if _call(logic.installTorch, wanted) is None:
            return _("PyTorch was not installed. Try again.")
    return ""


@contextmanager
def _torch_kept_out() -> Iterator[None]:
    """Let an `import torch` give an empty module, where torch is not in this process already.

    The extension imports what it has just installed, and logs its version. Here torch has no place: the network runs in
    a process of its own, a damaged installation could end Slicer, and on Windows what is loaded cannot be mended.
    """
    if NAME in sys.modules:
        yield
        return
    empty = ModuleType(NAME, "Stands for PyTorch while it is being installed.")
    empty.__version__ = "(installed)"  # type: ignore[attr-defined]
    sys.modules[NAME] = empty
    try:
        yield
    finally:
        if sys.modules.get(NAME) is empty:
            del sys.modules[NAME]


def _remove(logic: Any) -> None:
    if hasattr(logic, "uninstallTorch"):
        _call(logic.uninstallTorch, {"askConfirmation": False})
    else:
        slicer.packaging.pip_uninstall(list(TORCH))


def _call(function: Any, wanted: dict[str, Any]) -> Any:
    """Call with those of the wanted arguments that this version of the function takes."""
    try:
        known = inspect.signature(function).parameters
    except (TypeError, ValueError):
        return function()
    if any(p.kind is inspect.Parameter.VAR_KEYWORD for p in known.values()):
        return function(**wanted)
    return function(**{name: value for name, value in wanted.items() if name in known})


def _logic() -> Any:
    try:
        import PyTorchUtils
    except ImportError:
        return None
    return PyTorchUtils.PyTorchUtilsLogic()


def _install_extension() -> str:
    manager = slicer.app.extensionsManagerModel()
    by_hand = _("Open the Extensions Manager, install the extension PyTorch, restart Slicer and try again.")
    if manager is None or not manager.installExtensionFromServer(EXTENSION, False):
        return _("The extension PyTorch could not be installed. {remedy}").format(remedy=by_hand)
    return _("The extension PyTorch is installed. Restart Slicer and try again.")
