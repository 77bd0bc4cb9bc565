"""The section Train: check, start, watch, stop and go on with a run, which does not need Slicer to be open."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import qt
from slicer.i18n import tr as _
from SOSStagingLib.gui.texts import say, shown
from SOSStagingLib.scan.types import PlainError

from ..compute.report import duration
from ..compute.run_folder import RUN_FILE, RunFolder
from ..compute.runner import RUNS_FOLDER
from ..compute.watching import RunWatch
from ..scene import layouts
from ..scene.case_view import CURVES, remove_owned
from ..scene.curves import Curves
from . import tables
from .begin import Beginning

POLL_MS = 700


class TrainSection:
    """Starts runs in the background and looks at run folders; it never trains itself."""

    def __init__(self, page: Any) -> None:
        self.page, self.ui = page, page.ui
        self.watch: RunWatch | None = None
        self._loss = Curves(page.scene, "loss", _("Loss"), _("loss"))
        self._metrics = Curves(page.scene, "metrics", _("Validation"), _("value"))
        self._timer = qt.QTimer()
        self._timer.setInterval(POLL_MS)
        self._timer.connect("timeout()", self.poll)
        self._followed = True
        self._was_alive = False
        self._stop_wanted = False
        self._leads = True
        self._told = ""
        self.beginning = Beginning(page, self.attach, self._say)
        self._connect()
        self.on_study()

    def _connect(self) -> None:
        ui = self.ui
        ui.resumeButton.connect("clicked(bool)", self._on_resume)
        ui.stopButton.connect("clicked(bool)", self._on_stop)
        ui.runBox.connect("currentIndexChanged(int)", self._on_run_chosen)
        ui.jobsTable.connect("cellClicked(int,int)", self._on_job)
        tables.prepare(ui.jobsTable, [_("Network"), _("State"), _("Step")])

    # The module's life.

    def enter(self) -> None:
        """The module is shown."""
        if self.watch is not None:
            self._leads = True
            self._timer.start()
            self._draw()

    def leave(self) -> None:
        """Another module is shown: nobody looks, the run goes on."""
        self._timer.stop()

    def close(self) -> None:
        """The page goes."""
        self._timer.stop()
        self.watch = None

    def on_scene_closing(self) -> None:
        """The curves go with the scene and are drawn anew."""

    def on_study(self) -> None:
        """Another study is open: look at what runs there."""
        self._timer.stop()
        self.watch = None
        self._told = ""
        self._say("")
        remove_owned(self.page.scene, CURVES)
        self.beginning.on_study()
        self._offer_runs(None)
        runs = self._runs()
        if runs:
            alive = [path for path in runs if _is_alive(path)]
            self.attach((alive or runs)[-1])
        else:
            self.refresh()

    def _runs(self) -> list[Path]:
        study = self.page.study
        found = [] if study is None else (study.folder / RUNS_FOLDER).glob(f"*/{RUN_FILE}")
        return [path.parent for path in sorted(found, key=lambda path: path.stat().st_mtime)]

    def _offer_runs(self, chosen: Path | None) -> None:
        entries = [(path.name, str(path)) for path in self._runs()]
        tables.choose(self.ui.runBox, entries, None if chosen is None else str(chosen))

    def _on_resume(self) -> None:
        if self.watch is not None:
            self.beginning.resume(self.watch.run.folder)

    def _on_stop(self) -> None:
        if not self.beginning.cancel() and self.watch is not None:
            self._stop_wanted = True
            self.watch.run.request_stop()
            self._say(_("The run ends after the step it is at."))
        self.refresh()

    # A run.

    def attach(self, folder: Path) -> None:
        """Look at a run, whoever began it."""
        try:
            self.watch = RunWatch(RunFolder.open(folder))
        except PlainError as error:
            self.watch = None
            self._say(shown(str(error)))
            self.refresh()
            return
        self._followed, self._was_alive, self._stop_wanted, self._told = True, False, False, ""
        self._leads = True
        self._offer_runs(folder)
        self._timer.start()
        self.poll()
        self.page.result.on_run(self.watch)

    def _on_run_chosen(self, _index: int) -> None:
        folder = tables.chosen(self.ui.runBox)
        if folder:
            self.beginning.forget()
            self._say("")
            self.attach(Path(folder))

    def poll(self) -> None:
        """Read what is new in the run and show it."""
        watch = self.watch
        if watch is None or not self.page.there(self._say):
            return
        before = watch.done
        watch.poll()
        rows = [self._row(key) for key in watch.curves]
        tables.fill(self.ui.jobsTable, rows)
        self._show_progress()
        if self.page.entered:
            self._draw()
        if watch.done != before:
            self.page.result.on_run(watch)
        ended = self._was_alive and not watch.alive
        self._was_alive = watch.alive
        if watch.alive and self._stop_wanted and not watch.run.stop_requested:
            watch.run.request_stop()  # a run that begins takes back what was asked of the one before
        if not self.beginning.is_beginning(watch):
            self._show_words(ended)
        self.refresh()
        if not watch.alive and not self.beginning.busy:
            # A run that nobody works on can be begun elsewhere at any time: look at it, but seldom.
            self._timer.setInterval(10 * POLL_MS if self._idle_for_long() else POLL_MS)
        else:
            self._timer.setInterval(POLL_MS)

    def _idle_for_long(self) -> bool:
        return self.watch is not None and len(self.watch.done) == len(self.watch.curves)

    def _row(self, key: str) -> list[str]:
        assert self.watch is not None
        curves, state = self.watch.curves[key], self.watch.states[key]
        words = {
            "waiting": _("waiting"), "running": _("running"), "interrupted": _("stopped"), "done": _("done"),
            "failed": _("failed"),
        }  # fmt: skip
        step = f"{curves.step} / {curves.steps}" if curves.steps else ""
        found = self.watch.outcomes.get(key, {}).get("detector")
        if found:
            step = _("mAP50 {share}, n = {n}").format(share=f"{found['map50']:.2f}", n=found["n"])
        return [key.removesuffix(".seed1"), words[state], step]

    def _show_progress(self) -> None:
        assert self.watch is not None
        self.ui.trainProgress.setMaximum(1000)
        self.ui.trainProgress.setValue(round(1000 * self.watch.share))
        done, jobs = len(self.watch.done), len(self.watch.curves)
        self.ui.trainProgress.setFormat(_("{done} of {jobs} networks").format(done=done, jobs=jobs))

    def _show_words(self, ended: bool) -> None:
        watch = self.watch
        assert watch is not None
        failed = [key for key, state in watch.states.items() if state == "failed"]
        if watch.alive:
            self._tell(_("The run ends after the step it is at.") if self._stop_wanted else self._pace())
        elif failed:
            text = shown(str(watch.run.outcome(failed[0]).get("text", "")))
            self._tell(_("{job} failed. {text}").format(job=failed[0].split(".")[0], text=text))
        elif len(watch.done) == len(watch.curves):
            self._tell(_("All networks are trained."))
        elif ended:
            self._tell(shown(watch.complaint()) or _("The run has stopped. It can go on where it was."))

    def _tell(self, text: str) -> None:
        """Say how the run is, once: what else is said meanwhile stays."""
        if text != self._told:
            self._told = text
            self._say(text)

    def _pace(self) -> str:
        assert self.watch is not None
        key = self.watch.current
        last = None if key is None else self.watch.curves[key].last
        if key is None or last is None:
            return _("The run begins...")
        text = _("{job} on {device}: epoch {epoch}, {rate:.1f} images/s, {left} left for this network.").format(
            job=key.split(".")[0],
            device=self.watch.curves[key].device or "?",
            epoch=last["epoch"],
            rate=last["images_per_second"],
            left=duration(last["eta_s"]),
        )
        memory = last.get("memory_mb")
        return text + (" " + _("Memory {memory:.0f} MB.").format(memory=memory) if memory else "")

    def _shown_job(self) -> str | None:
        if self.watch is None:
            return None
        row = self.ui.jobsTable.currentRow()
        keys = list(self.watch.curves)
        return self.watch.current if self._followed or not 0 <= row < len(keys) else keys[row]

    def _on_job(self, row: int, _column: int) -> None:
        # A click on the job that runs follows the run again.
        self._followed = self.watch is not None and list(self.watch.curves)[row] == self.watch.current
        self._show_plots()
        self._draw()

    def _show_plots(self) -> None:
        """Show the plot views: the second one only where there is something for it, as few cases have no validation."""
        key = self._shown_job()
        if key is not None and self.watch is not None:
            metrics = len(self.watch.curves[key].metrics_at) > 1
            self.page.show_layout(layouts.CURVES if metrics else layouts.LOSS)

    def _draw(self) -> None:
        """Draw the curves of the job that is looked at, unless a case is being labelled."""
        key = self._shown_job()
        if key is None or self.watch is None or self.ui.trainSection.collapsed:
            return
        curves = self.watch.curves[key]
        if len(curves.at) > 1:
            free = self.watch.alive and self.page.annotate.session is None
            more = layouts.is_shown(self.page.scene, layouts.LOSS) and len(curves.metrics_at) > 1
            if (free and self._leads) or more:
                # Once only: whoever turns to something else meanwhile is left in peace.
                self._leads = False
                self._show_plots()
            self._loss.show(key, curves.at, curves.terms)
        if len(curves.metrics_at) > 1:
            self._metrics.show(key, curves.metrics_at, curves.metrics)

    def _say(self, text: str) -> None:
        say(self.ui.trainLabel, text)

    def refresh(self) -> None:
        """Enable what can be done now."""
        ui, watch = self.ui, self.watch
        busy = self.beginning.busy or self.page.packages.busy
        alive = watch is not None and watch.alive
        self.beginning.refresh(alive)
        unfinished = watch is not None and len(watch.done) < len(watch.curves)
        ui.resumeButton.enabled = unfinished and not alive and not busy
        ui.stopButton.enabled = alive or busy
        for widget in (ui.jobsTable, ui.trainProgress, ui.runBox, ui.runLabel, ui.resumeButton, ui.stopButton):
            widget.visible = watch is not None or (busy and widget in (ui.stopButton, ui.resumeButton))


def _is_alive(folder: Path) -> bool:
    try:
        return RunFolder.open(folder).alive
    except PlainError:
        return False
