"""The packages a purpose needs: looked at in a child process, told in plain words, mended by one button.

Nothing is looked at before the user asks for the network, and nothing is installed against the user's will.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import qt
import slicer
from slicer.i18n import tr as _

from ..packages.background import BackgroundCheck
from ..packages.check import Check
from ..packages.install import constraints_file
from ..packages.purposes import AGPL, PURPOSES, TORCH, name_of
from ..quiet_paths import quiet_logger, without_paths
from . import pytorch
from .run import python_for_worker
from .texts import say, shown

TICK_MS = 50
log = quiet_logger(__name__)
# The purposes found ready in this session of Slicer; a look costs seconds, for it loads PyTorch.
_ready: set[str] = set()


def forget() -> None:
    """Look again when the network is asked for next."""
    _ready.clear()


class PackagesPart:
    """Stands before everything that needs the network. One at a time; ``purpose`` is a key of PURPOSES.

    ``label`` tells what is looked at, missing or broken; ``button`` is seen only where it can mend that. ``changed`` is
    called when ``busy`` has changed.
    """

    def __init__(self, label: Any, button: Any, changed: Callable[[], None] = lambda: None) -> None:
        self._label, self._button, self._changed = label, button, changed
        self._look: BackgroundCheck | None = None
        self._told: Any = label
        self._then: Callable[[Check | None], None] = lambda _found: None
        self._found: Check | None = None
        self._timer = qt.QTimer()
        self._timer.setInterval(TICK_MS)
        self._timer.connect("timeout()", self._tick)
        button.visible = False
        button.connect("clicked(bool)", lambda _checked: self._mend_pressed())

    @property
    def busy(self) -> bool:
        """Whether the packages are being looked at."""
        return self._look is not None

    def when_ready(self, purpose: str, go: Callable[[], None], label: Any = None) -> None:
        """Call ``go`` once everything is there: at once, after a look, or after asking and installing.

        ``label`` is where it is told, where that is not the part's own.
        """
        if self._refused(label):
            return
        if purpose in _ready:
            self._show(None)
            go()
            return
        self.look(purpose, lambda found: self._go_on(found, go), label)

    def _refused(self, label: Any) -> bool:
        """Whether something else was asked for and is not ready yet, which is told where it was asked."""
        asked = self._label if label is None else label
        if self.busy and asked is not self._told:
            say(asked, _("The installed packages are being looked at already. Press again afterwards."))
        return self.busy

    def look(self, purpose: str, then: Callable[[Check | None], None], label: Any = None) -> None:
        """Look in the background and give what was found to ``then``, None where the user cancelled."""
        if self._refused(label):
            return
        self._told = self._label if label is None else label
        self._then = then
        say(self._told, _("Looking at the installed packages, once in a session. This can take a minute..."))
        self._look = BackgroundCheck(purpose, python_for_worker())
        self._button.enabled = False
        self._timer.start()
        self._changed()

    def cancel(self) -> None:
        """Stop looking; what was asked for is not done."""
        if self._look is not None:
            self._end_look()
            say(self._told, _("Cancelled."))
            self._then(None)
            self._changed()

    def close(self) -> None:
        """End what runs."""
        self._end_look()

    def _end_look(self) -> None:
        self._timer.stop()
        self._button.enabled = True
        look, self._look = self._look, None
        if look is not None:
            look.stop()

    def _tick(self) -> None:
        found = None if self._look is None else self._look.poll()
        if found is None:
            return
        self._end_look()
        if found.ready:
            # What a purpose needs holds what the purposes before it need.
            _ready.update(list(PURPOSES)[: list(PURPOSES).index(found.purpose) + 1])
        else:
            _ready.discard(found.purpose)
        say(self._told, "" if found.ready else told(found))
        self._show(found)
        self._then(found)
        self._changed()

    def _show(self, found: Check | None) -> None:
        self._found = found
        wrong = found is not None and found.mendable
        self._button.visible = wrong
        if wrong and found is not None:
            broken = bool(found.reinstalled)
            self._button.text = _("Mend the installation") if broken else _("Install what is missing")

    def _go_on(self, found: Check | None, go: Callable[[], None]) -> None:
        if found is None:
            return
        if found.ready:
            go()
        elif found.mendable and self._install(found):
            self.look(found.purpose, lambda after: self._after(after, go), self._told)

    def _mend_pressed(self) -> None:
        found, self._told = self._found, self._label
        if found is not None and not self.busy and self._install(found):
            self.look(found.purpose, lambda after: self._after(after, self._say_mended))

    def _say_mended(self) -> None:
        say(self._told, _("Everything needed is installed."))

    def _after(self, found: Check | None, go: Callable[[], None]) -> None:
        if found is not None and found.ready:
            go()
        elif found is not None:
            text = _("{problems} Restart Slicer; if that does not help, press the button again.")
            say(self._told, text.format(problems=told(found)))

    def _install(self, found: Check) -> bool:
        """Ask and install; False where the user said no or it failed, which the label tells."""
        if slicer.app.testingEnabled():
            log.info("not installed while testing: %s", found.text)
            return False
        if not slicer.util.confirmOkCancelDisplay(question(found), _("Install Python packages")):
            say(self._told, _("Nothing was installed. {problems}").format(problems=told(found)))
            return False
        forget()
        problem = install(found)
        if problem:
            say(self._told, problem)
        return not problem


def told(found: Check) -> str:
    """Say what is missing or broken, and what to do about it."""
    return " ".join(shown(text) for text in [*(problem.text for problem in found.problems), found.remedy] if text)


def install(found: Check) -> str:
    """Replace what is broken and install what is missing; return what went wrong, empty where nothing did."""
    try:
        if found.torch_wanted:
            problem = pytorch.install(replace=found.torch_broken)
            if problem:
                return problem
        broken = {name_of(line) for line in found.reinstalled} - set(TORCH)
        if broken:
            slicer.packaging.pip_uninstall(sorted(broken))
        if found.wanted:
            with constraints_file() as constraint:
                slicer.packaging.pip_install(found.wanted, constraints=str(constraint), requester="SOSStaging")
    except Exception as error:
        log.exception("installing failed")
        text = _("The packages could not be installed ({why}). Check the network and try again.")
        return text.format(why=without_paths(str(error)))
    return ""


def question(found: Check) -> str:
    """Say what would be installed, how much that is, and where it comes from."""
    lines = [_("The neural network needs these packages in Slicer's Python, once:"), ""]
    if found.torch_wanted:
        lines.append(_("PyTorch, the network's engine: 0.2 to 3 GB, depending on the graphics card."))
        if found.torch_broken:
            lines.append(_("What is left of the damaged or old PyTorch is taken away first."))
        if not pytorch.available():
            lines.append(_("It comes through the extension PyTorch, which is installed first and needs a restart."))
    if found.wanted:
        names = ", ".join(name_of(line) for line in found.wanted)
        size = 20 if found.purpose == "stage" else 300
        lines.append(_("{names}: the network's building blocks, below {size} MB.").format(names=names, size=size))
    if found.purpose == "yolo" and any("ultralytics" in line for line in found.wanted):
        lines += ["", shown(AGPL)]
    return "\n".join([*lines, "", _("Nothing about your scans is sent anywhere. Install now?")])
