"""Many scans: a child process stages them, a table shows each case and opens it on a click."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import qt
from slicer.i18n import tr as _

from ..report.words import percent
from ..staging.cohort_process import CaseLine, CohortProcess, case_paths, listed_scans
from .dicom import SeriesFolder, database_series
from .run import python_for_worker
from .texts import say, shown

TICK_MS = 200


class CohortPart:
    """Folder in, folder out. ``ready`` calls back once the network can run; ``network`` gives the model to use;
    ``opened`` gets the scan's path and its result's folder."""

    def __init__(
        self,
        ui: Any,
        ready: Callable[[Any, Callable[[], None]], None],
        network: Callable[[], tuple[Path | None, str | None]],
        opened: Callable[[Path, Path], None],
    ) -> None:
        self.ui = ui
        self._ready, self._network, self._opened = ready, network, opened
        self._process: CohortProcess | None = None
        self._paths: dict[str, Path] = {}
        self._rows: dict[str, int] = {}
        self._series: list[SeriesFolder] = []
        self._labels: dict[Path, str] = {}
        self._out = Path()
        self._done = 0
        self._ended = ""
        self._timer = qt.QTimer()
        self._timer.setInterval(TICK_MS)
        self._timer.connect("timeout()", self._tick)
        table = ui.cohortTable
        headers = [_("Scan"), _("Result"), _("Plausible")]
        table.setColumnCount(len(headers))
        table.setHorizontalHeaderLabels(headers)
        table.horizontalHeader().setStretchLastSection(True)
        ui.cohortButton.connect("clicked(bool)", lambda _checked: self.start())
        ui.cohortCancelButton.connect("clicked(bool)", lambda _checked: self.stop())
        ui.dicomButton.connect("clicked(bool)", lambda _checked: self._take_database())
        table.connect("cellClicked(int,int)", lambda row, _column: self._open(row))
        say(ui.cohortLabel, "")

    @property
    def pid(self) -> int | None:
        """Process id of the run, None when there is none."""
        return None if self._process is None else self._process.pid

    def start(self) -> None:
        """Stage all scans."""
        source, out = self.ui.cohortInput.currentPath, self.ui.cohortOutput.currentPath
        if not (source or self._series) or not out:
            say(self.ui.cohortLabel, _("Choose where the scans are and where the results go."))
            return
        self._ready(self.ui.cohortLabel, lambda: self._start(source, out))

    def _start(self, source: str, out: str) -> None:
        try:
            scans = [*(listed_scans(Path(source)) if source else []), *(series.path for series in self._series)]
            self._begin(scans, Path(out))
        except (OSError, ValueError) as error:
            say(self.ui.cohortLabel, _("The scans cannot be listed: {why}.").format(why=error))

    def stop(self) -> None:
        """Stop the run; what is finished stays."""
        if self._process is not None:
            self._process.stop(wait=False)
            self._end(_("Stopped. Stage all goes on from here."))

    def close(self) -> None:
        """End what runs."""
        self._timer.stop()
        if self._process is not None:
            self._process.stop()
            self._process = None

    def _begin(self, scans: Sequence[Path], out: Path) -> None:
        self._out, self._done = out, 0
        self._paths = case_paths(scans, out)
        self._rows = {name: row for row, name in enumerate(self._paths)}
        self.ui.cohortTable.setRowCount(len(self._paths))
        self._labels = {series.path: series.label for series in self._series}
        for name in self._rows:
            self._set_row(name, _("waiting"), "")
        model, engine = self._network()
        self._process = CohortProcess(scans, out, model, python_for_worker(), engine)
        self._timer.start()
        self.ui.cohortProgress.maximum = max(1, len(self._paths))
        self.ui.cohortProgress.value = 0
        self.ui.cohortProgress.visible = True
        self.ui.cohortCancelButton.enabled = True
        self.ui.cohortButton.enabled = False
        say(self.ui.cohortLabel, _("Staging {n} scans.").format(n=len(self._paths)))

    def _tick(self) -> None:
        for event in [] if self._process is None else self._process.poll():
            if isinstance(event, CaseLine):
                self._show(event)
                continue
            staged = _("{done} of {all} scans are done. The table is in cohort.csv beside the results.")
            text = shown(event.error) or staged.format(done=self._done, all=len(self._paths))
            self._end(text)

    def _end(self, text: str) -> None:
        self._process = None
        self._timer.stop()
        self.ui.cohortProgress.visible = False
        self.ui.cohortCancelButton.enabled = False
        self.ui.cohortButton.enabled = True
        self._ended = text
        self.tell_done()

    def tell_done(self) -> None:
        """Say how the run ended, instead of what was said of one of its cases."""
        if self._process is None:
            say(self.ui.cohortLabel, self._ended)

    def _show(self, case: CaseLine) -> None:
        self._done += 1
        self.ui.cohortProgress.value = self._done
        if case.name in self._rows:
            self._set_row(case.name, *_summary(case.data))

    def _set_row(self, name: str, *texts: str) -> None:
        row = self._rows[name]
        for column, text in enumerate((self._labels.get(self._paths[name], name), *texts)):
            item = qt.QTableWidgetItem(text)
            item.setToolTip(text)
            self.ui.cohortTable.setItem(row, column, item)

    def _open(self, row: int) -> None:
        name = list(self._paths)[row]
        self._opened(self._paths[name], self._out / name)

    def _take_database(self) -> None:
        if self._series:
            self._series = []
            say(self.ui.cohortLabel, _("The DICOM database is left out again."))
            return
        self._series = database_series()
        text = _("{n} CT series of the DICOM database are added. Press again to leave them out.")
        text = text.format(n=sum(series.series for series in self._series))
        shared = [series for series in self._series if series.series > 1]
        if shared:
            more = _("Where a folder holds several series, the one most like a head scan is staged: {names}.")
            text += " " + more.format(names="; ".join(series.label for series in shared))
        say(self.ui.cohortLabel, text if self._series else _("The DICOM database holds no CT series."))


def _summary(data: Mapping[str, Any]) -> tuple[str, str]:
    """The likeliest stage, and which are plausible with the likeliest's probability; or why there is none."""
    stage = data.get("stage")
    if stage is None:
        reasons = data.get("reasons", [])
        # Nothing was wrong with such a scan: Stage all tries it again.
        broke = any(str(reason.get("code", "")).startswith("worker_") for reason in reasons)
        answer = _("\u26a0 could not be run") if broke else _("\u26a0 not assessable")
        return answer, "; ".join(shown(reason["text"]) for reason in reasons)
    told, share = data["plausible_stages"], percent(data["probabilities"][stage - 1])
    plausible = f"{stage} ({share})" if len(told) < 2 else f"{told[0]}\u2013{told[-1]} ({stage}: {share})"
    return f"{stage} {shown(data['stage_names'][stage - 1])}", plausible
