"""Check my installation: packages, model, a bundled scan through the whole path; what is broken and how to mend it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from slicer.i18n import tr as _

from ..model.sosmodel import ModelFileError, verify
from ..packages.check import Check
from ..scan.read import read_scan
from ..scan.types import ScanError
from ..staging.background import Failure
from ..staging.result import StagingResult
from .packages import PackagesPart, told
from .run import StagingRun
from .texts import say, shown

SAMPLE = Path(__file__).resolve().parents[2] / "Resources" / "SampleData" / "vhp_female_head.nrrd"
GOOD, BAD = "\u2713", "\u2717"


class CheckPart:
    """One button. ``network`` gives the model (and another engine, where there is one)."""

    def __init__(self, ui: Any, network: Callable[[], tuple[Path | None, str | None]], packages: PackagesPart) -> None:
        self.ui = ui
        self._network, self._packages = network, packages
        self._lines: list[str] = []
        self._run = StagingRun(self._on_told, self._on_done)
        ui.checkButton.connect("clicked(bool)", lambda _checked: self.start())
        say(ui.checkLabel, "")

    def start(self) -> None:
        """Begin; the answers come one by one."""
        if self._packages.busy:
            return
        self.ui.checkButton.enabled = False
        self._lines = []
        self._packages.look("stage", self._on_packages, self.ui.checkLabel)

    def close(self) -> None:
        """End what runs."""
        self._run.close()

    def _on_packages(self, found: Check | None) -> None:
        if found is None:
            self.ui.checkButton.enabled = True
            return
        versions = ", ".join(f"{name} {version}" for name, version in found.versions.items() if version)
        self._note(found.ready, _("Packages: {versions}").format(versions=versions) if found.ready else told(found))
        if not found.ready:
            mend = _('Mend it: press the button "{button}" above.').format(button=self.ui.mendButton.text)
            self._end(mend if found.mendable else "")
            return
        self._check_model()

    def _check_model(self) -> None:
        path, engine = self._network()
        try:
            if path is None:
                raise ModelFileError("model-missing", _("There is no model file."), _("Install SOSStaging again."))
            name = path.name if engine else verify(path)["name"]
        except ModelFileError as error:
            self._note(False, shown(str(error)))
            self._end(_("Mend it: choose another model, or import this one again."))
            return
        self._note(True, _("Model: {name}").format(name=name))
        try:
            self._run.start(read_scan(SAMPLE), None, "sample", path, engine)
        except ScanError as error:
            self._note(False, shown(str(error)))
            self._end(_("Mend it: install SOSStaging again; its sample is damaged."))

    def _on_told(self, _phase: str, percent: int, _left: float) -> None:
        self._tell(_("Staging the sample: {n} %").format(n=percent))

    def _on_done(self, event: StagingResult | Failure) -> None:
        self._run.close(wait=False)
        if isinstance(event, Failure):
            self._note(False, shown(event.text))
            self._end(_("Mend it: {hint}").format(hint=shown(event.hint)))
        elif not event.assessable:
            self._note(False, " ".join(shown(reason.text) for reason in event.reasons))
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
