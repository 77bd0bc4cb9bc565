"""Check my installation: packages, model, a bundled scan through the whole path; what is broken and how to mend it."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import qt
from slicer.i18n import tr as _

from ..model.sosmodel import ModelFileError, verify
from ..packages.check import Check, check
from ..scan.read import read_scan
from ..scan.types import ScanError
from ..staging.background import Failure
from ..staging.result import StagingResult
from .run import StagingRun, python_for_worker
from .texts import say

SAMPLE = Path(__file__).resolve().parents[2] / "Resources" / "SampleData" / "vhp_female_head.nrrd"
TICK_MS = 100
GOOD, BAD = "\u2713", "\u2717"


class CheckPart:
    """One button. ``network`` gives the model (and another engine, where there is one)."""

    def __init__(self, ui: Any, network: Callable[[], tuple[Path | None, str | None]]) -> None:
        self.ui = ui
        self._network = network
        self._lines: list[str] = []
        self._answers: queue.Queue[Check] = queue.Queue()
        self._run = StagingRun(self._on_told, self._on_done)
        self._timer = qt.QTimer()
        self._timer.setInterval(TICK_MS)
        self._timer.connect("timeout()", self._tick)
        ui.checkButton.connect("clicked(bool)", lambda _checked: self.start())
        say(ui.checkLabel, "")

    def start(self) -> None:
        """Begin; the answers come one by one."""
        self.ui.checkButton.enabled = False
        self._lines = []
        self._tell(_("Looking at the packages (this can take a minute the first time)..."))
        python = python_for_worker()
        threading.Thread(target=lambda: self._answers.put(check("stage", python)), daemon=True).start()
        self._timer.start()

    def close(self) -> None:
        """End what runs."""
        self._timer.stop()
        self._run.close()

    def _tick(self) -> None:
        if self._answers.empty():
            return
        self._timer.stop()
        found = self._answers.get()
        versions = ", ".join(f"{name} {version}" for name, version in found.versions.items() if version)
        self._note(found.ready, _("Packages: {versions}").format(versions=versions) if found.ready else found.text)
        if not found.ready:
            self._end(_("Mend it: press Stage with a scan chosen, which offers to install what is missing."))
            return
        self._check_model()

    def _check_model(self) -> None:
        path, engine = self._network()
        try:
            if path is None:
                raise ModelFileError("model-missing", _("There is no model file."), _("Install SOSStaging again."))
            name = path.name if engine else verify(path)["name"]
        except ModelFileError as error:
            self._note(False, str(error))
            self._end(_("Mend it: choose another model, or import this one again."))
            return
        self._note(True, _("Model: {name}").format(name=name))
        try:
            self._run.start(read_scan(SAMPLE), None, "sample", path, engine)
        except ScanError as error:
            self._note(False, str(error))
            self._end(_("Mend it: install SOSStaging again; its sample is damaged."))

    def _on_told(self, _phase: str, percent: int, _left: float) -> None:
        self._tell(_("Staging the sample: {n} %").format(n=percent))

    def _on_done(self, event: StagingResult | Failure) -> None:
        self._run.close()
        if isinstance(event, Failure):
            self._note(False, event.text)
            self._end(_("Mend it: {hint}").format(hint=event.hint))
        elif not event.assessable:
            self._note(False, " ".join(reason.text for reason in event.reasons))
            self._end(_("Mend it: choose the model that came with SOSStaging and check again."))
        else:
            text = _("Sample staged: stage {stage}, in {n:.1f} s")
            self._note(True, text.format(stage=event.stage, n=event.seconds.get("total", 0.0)))
            self._end(_("Everything works."))

    def _note(self, good: bool, text: str) -> None:
        self._lines.append(f"{GOOD if good else BAD} {text}")

    def _tell(self, now: str) -> None:
        say(self.ui.checkLabel, "\n".join([*self._lines, now]))

    def _end(self, text: str) -> None:
        self._tell(text)
        self.ui.checkButton.enabled = True
