"""The packages the network needs: one dialog, only when Stage is first pressed, and never against the user's will."""

from __future__ import annotations

from typing import Any

import slicer
from slicer.i18n import tr as _

from ..packages.install import constraints_file
from ..packages.purposes import TORCH, name_of, requirements
from ..quiet_paths import quiet_logger
from . import pytorch
from .texts import say

log = quiet_logger(__name__)


def missing(purpose: str = "stage") -> list[str]:
    """Return the requirements that are not met, by looking at what is installed; nothing is imported."""
    return [line for line in requirements(purpose) if not slicer.packaging.pip_check(line)]


def packages_ready(label: Any) -> bool:
    """Whether everything is there, after asking and installing where it was not; the label says why not."""
    wanted = missing()
    if not wanted:
        return True
    if slicer.app.testingEnabled():
        log.info("not installed while testing: %s", wanted)
        return False
    if not slicer.util.confirmOkCancelDisplay(_question(wanted), _("Install Python packages")):
        say(label, _("Nothing was installed. Staging needs: {names}.").format(names=_names(wanted)))
        return False
    problem = _install(wanted)
    say(label, problem)
    return not problem


def _install(wanted: list[str]) -> str:
    """Install what is wanted; return what went wrong, empty where nothing did."""
    try:
        if any(name_of(line) in TORCH for line in wanted):
            problem = pytorch.install()
            if problem:
                return problem
        rest = [line for line in wanted if name_of(line) not in TORCH]
        if rest:
            with constraints_file() as constraint:
                slicer.packaging.pip_install(rest, constraints=str(constraint), requester="SOSStaging")
    except Exception as error:
        log.exception("installing failed")
        text = _("The packages could not be installed ({why}). Check the network and press Stage again.")
        return text.format(why=error)
    left = missing()
    return _("Still missing: {names}. Restart Slicer and try again.").format(names=_names(left)) if left else ""


def _question(wanted: list[str]) -> str:
    lines = [_("Staging runs a neural network. For that these packages are installed into Slicer's Python, once:"), ""]
    if any(name_of(line) in TORCH for line in wanted):
        lines.append(_("PyTorch, the network's engine: 0.2 to 3 GB, depending on the graphics card."))
        if not pytorch.available():
            lines.append(_("It comes through the extension PyTorch, which is installed first and needs a restart."))
    rest = [name_of(line) for line in wanted if name_of(line) not in TORCH]
    if rest:
        lines.append(_("{names}: the network's building blocks, below 20 MB.").format(names=", ".join(rest)))
    lines += ["", _("Nothing about your scans is sent anywhere. Install now?")]
    return "\n".join(lines)


def _names(lines: list[str]) -> str:
    return ", ".join(name_of(line) for line in lines)
