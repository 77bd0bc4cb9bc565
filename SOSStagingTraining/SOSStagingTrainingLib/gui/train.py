"""The section Train: check, start, watch, stop and go on with a run, which does not need Slicer to be open."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import qt
from slicer.i18n import tr as _
from SOSStagingLib.scan.types import PlainError

from ..compute.report import duration
from ..compute.run_folder import RUN_FILE, RunFolder
from ..compute.runner import RUNS_FOLDER
from ..compute.watching import RunWatch
from ..learning.recipe import load_recipe
from ..scene import layouts
from ..scene.case_view import CURVES, remove_owned
from ..scene.curves import Curves
from . import tables
from .child import Ended

CHECK, START = "check", "start"
POLL_MS = 700
RECIPES = ("quick", "ours", "paper")
CLUSTER = "cluster"
NEW = ""
"""The entry for what is agreed on now, among the frozen datasets."""


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
        self._fill_choices()
        self._connect()
        self.on_study()

    def _connect(self) -> None:
        ui = self.ui
        ui.checkButton.connect("clicked(bool)", self._on_check)
        ui.startTrainButton.connect("clicked(bool)", self._on_start)
        ui.resumeButton.connect("clicked(bool)", self._on_resume)
        ui.stopButton.connect("clicked(bool)", self._on_stop)
        ui.runBox.connect("currentIndexChanged(int)", self._on_run_chosen)
        ui.whereBox.connect("currentIndexChanged(int)", lambda _n: self._show_where())
        ui.jobsTable.connect("cellClicked(int,int)", self._on_job)
        ui.findingsTable.connect("cellDoubleClicked(int,int)", self._on_finding)
        tables.prepare(ui.findingsTable, [_("Severity"), _("What was found")], stretched=1)
        tables.prepare(ui.jobsTable, [_("Network"), _("State"), _("Step")])
        ui.findingsTable.setWordWrap(True)

    def _fill_choices(self) -> None:
        about = {"quick": _("quick: minutes, to see the path"), "ours": _("ours"), "paper": _("paper (2505.21561)")}
        tables.choose(self.ui.recipeBox, [(about[name], name) for name in RECIPES])
        tables.choose(self.ui.foldsBox, [(_("The first, for a model"), "1"), (_("All, to compare"), "")])
        where = [
            (_("This computer"), "auto"),
            (_("This computer's CPU"), "cpu"),
            (_("This computer's GPU"), "cuda:0"),
            (_("A cluster (Dask)"), CLUSTER),
        ]
        tables.choose(self.ui.whereBox, where)
        self._show_where()

    def _show_where(self) -> None:
        cluster = tables.chosen(self.ui.whereBox) == CLUSTER
        self.ui.schedulerEdit.visible = cluster
        self.ui.schedulerLabel.visible = cluster

    # The module's life.

    def enter(self) -> None:
        """The module is shown."""
        if self.watch is not None:
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
        remove_owned(self.page.scene, CURVES)
        self.ui.findingsTable.visible = False
        self._offer_runs(None)
        self._offer_datasets()
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

    def _offer_datasets(self) -> None:
        study = self.page.study
        frozen = [] if study is None else [(name, name) for name in study.datasets]
        tables.choose(self.ui.datasetBox, [(_("As they are now"), NEW), *frozen])

    # Before a run.

    def _on_check(self) -> None:
        study = self.page.study
        self._say(_("Checking the study..."))
        least = str(self._least())
        self.page.children.start(CHECK, ["study", "check", study.folder, "--min-per-stage", least], self._on_checked)
        self.refresh()

    def _least(self) -> int:
        return load_recipe(tables.chosen(self.ui.recipeBox)).study.min_per_stage

    def _on_checked(self, ended: Ended) -> None:
        found = [match.groups() for line in ended.err.splitlines() if (match := _FINDING.match(line))]
        words = {"refuse": _("must be mended"), "warning": _("warning"), "info": _("note")}
        rows = [[str(words.get(severity, severity)), str(text)] for severity, text in found]
        tables.fill(self.ui.findingsTable, rows, [text for _severity, text in found])
        self.ui.findingsTable.visible = bool(rows)
        refused = sum(severity == "refuse" for severity, _text in found)
        if ended.status and not found:
            self._say(ended.last_words)
        elif refused:
            self._say(_("{count} things must be mended before training.").format(count=refused))
        else:
            self._say(_("The study can be trained from."))
        self.refresh()

    def _on_finding(self, row: int, _column: int) -> None:
        item, study = self.ui.findingsTable.item(row, 1), self.page.study
        named = [case.name for case in study.cases if item is not None and case.name in item.text()]
        if named:
            self.page.annotate.open_case(max(named, key=len))

    def _on_start(self) -> None:
        study = self.page.study
        dataset = tables.chosen(self.ui.datasetBox)
        self.page.annotate.finish()
        if dataset != NEW:
            self._train(dataset)
            return
        taken = set(study.datasets)
        names = ["train", *(f"train-{n}" for n in range(2, len(taken) + 3))]
        name = next(one for one in names if one not in taken)
        self._say(_("Checking the study and freezing its labels..."))
        freeze = ["study", "freeze", study.folder, name, "--min-per-stage", str(self._least())]
        self.page.children.start(START, freeze, lambda ended: self._on_frozen(ended, name))
        self.refresh()

    def _on_frozen(self, ended: Ended, name: str) -> None:
        if self.page.study is None or name not in self.page.study.datasets:
            self._on_checked(ended)
            self._say(ended.last_words or _("The labels could not be frozen."))
            return
        self._offer_datasets()
        self._train(name)

    def _train(self, dataset: str) -> None:
        recipe = tables.chosen(self.ui.recipeBox)
        out = self.page.study.folder / RUNS_FOLDER / f"{recipe}-{dataset}"
        folds = tables.chosen(self.ui.foldsBox)
        arguments = ["train", "--recipe", recipe, "--study", self.page.study.folder, "--dataset", dataset]
        arguments += ["--out", out, *self._where(), "--detach", *(["--folds", folds] if folds else [])]
        self._say(_("Preparing the run..."))
        self.page.children.start(START, arguments, lambda ended: self._on_started(ended, out))
        self.refresh()

    def _where(self) -> list[str]:
        where = tables.chosen(self.ui.whereBox)
        if where == CLUSTER:
            return ["--scheduler", str(self.ui.schedulerEdit.text).strip()]
        return ["--device", where]

    def _on_started(self, ended: Ended, out: Path) -> None:
        if ended.status or not (out / RUN_FILE).exists():
            self._say(ended.last_words or _("The run could not be started."))
            self.refresh()
            return
        self._say("")
        self.attach(out)

    def _on_resume(self) -> None:
        if self.watch is not None:
            out = self.watch.run.folder
            self._say(_("Going on..."))
            arguments = ["train", "--out", out, *self._where(), "--detach"]
            self.page.children.start(START, arguments, lambda ended: self._on_started(ended, out))
            self.refresh()

    def _on_stop(self) -> None:
        if self.page.children.running(START):
            self.page.children.cancel(START)
            self._say(_("Stopped before it began."))
        elif self.watch is not None:
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
            self._say(str(error))
            self.refresh()
            return
        self._followed, self._was_alive = True, False
        self._offer_runs(folder)
        self._timer.start()
        self.poll()
        self.page.result.on_run(self.watch)

    def _on_run_chosen(self, _index: int) -> None:
        folder = tables.chosen(self.ui.runBox)
        if folder:
            self.attach(Path(folder))

    def poll(self) -> None:
        """Read what is new in the run and show it."""
        watch = self.watch
        if watch is None:
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
        self._show_words(ended)
        self.refresh()
        if not watch.alive and not self.page.children.running(START):
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
            self._say(self._pace())
        elif failed:
            text = str(watch.run.outcome(failed[0]).get("text", ""))
            self._say(_("{job} failed. {text}").format(job=failed[0], text=text))
        elif len(watch.done) == len(watch.curves):
            self._say(_("All networks are trained."))
        elif ended:
            self._say(_("The run has stopped. It can go on where it was."))

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
        self.page.show_layout(layouts.CURVES)
        self._draw()

    def _draw(self) -> None:
        """Draw the curves of the job that is looked at, unless a case is being labelled."""
        key = self._shown_job()
        if key is None or self.watch is None or self.ui.trainSection.collapsed:
            return
        curves = self.watch.curves[key]
        if len(curves.at) > 1:
            if self.watch.alive and self.page.annotate.session is None:
                self.page.show_layout(layouts.CURVES)
            self._loss.show(key, curves.at, curves.terms)
        if len(curves.metrics_at) > 1:
            self._metrics.show(key, curves.metrics_at, curves.metrics)

    def _say(self, text: str) -> None:
        self.ui.trainLabel.text = text

    def refresh(self) -> None:
        """Enable what can be done now."""
        ui, watch = self.ui, self.watch
        study = self.page.study
        busy = self.page.children.running(START)
        ready = study is not None and bool(study.cases)
        alive = watch is not None and watch.alive
        ui.checkButton.enabled = ready and not self.page.children.running(CHECK)
        ui.startTrainButton.enabled = ready and not busy and not alive
        unfinished = watch is not None and len(watch.done) < len(watch.curves)
        ui.resumeButton.enabled = unfinished and not alive and not busy
        ui.stopButton.enabled = alive or busy
        for widget in (ui.jobsTable, ui.trainProgress, ui.runBox, ui.runLabel, ui.resumeButton, ui.stopButton):
            widget.visible = watch is not None or (busy and widget is ui.stopButton)


_FINDING = re.compile(r"(refuse|warning|info)\s+[\w-]+: (.*)")


def _is_alive(folder: Path) -> bool:
    try:
        return RunFolder.open(folder).alive
    except PlainError:
        return False
