"""Before a run: recipe, labels and where; the check of the study; beginning a run, or going on with one, in the
background."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from slicer.i18n import tr as _
from SOSStagingLib.gui.texts import shown
from SOSStagingLib.scan.types import PlainError

from ..compute.run_folder import LOG_FILE, RUN_FILE, RunError, RunFolder
from ..compute.runner import RUNS_FOLDER
from ..compute.watching import RunWatch
from ..learning.recipe import SUFFIX, load_recipe
from ..study.study import Study
from . import tables
from .child import Ended

CHECK, START = "check", "start"
PURPOSE = "train"
BEGIN_SECONDS = 300.0
"""A run that nobody has taken in hand by then will not begin: loading PyTorch from a slow disk takes a minute."""
RECIPES = ("quick", "ours", "paper")
RECIPES_FOLDER = "recipes"
"""In a study's folder, for recipes of its own."""
CLUSTER = "cluster"
NEW = ""
"""The entry for what is agreed on now, among the frozen datasets."""
_FINDING = re.compile(r"(refuse|warning|info)\s+[\w-]+: (.*)")


@dataclass(frozen=True)
class Begun:
    """A process was started in the background: how long the run's log was then, and when."""

    log_size: int
    at: float


class Beginning:
    """Everything from the choices to a process in the background; ``attach`` is given the run's folder then, and
    ``tell`` what is to be said."""

    def __init__(self, page: Any, attach: Callable[[Path], None], tell: Callable[[str], None]) -> None:
        self.page, self.ui = page, page.ui
        self._attach, self._say = attach, tell
        self._begun: Begun | None = None
        ui = self.ui
        ui.checkButton.connect("clicked(bool)", self._on_check)
        ui.startTrainButton.connect("clicked(bool)", self._on_start)
        ui.whereBox.connect("currentIndexChanged(int)", lambda _n: self._show_where())
        ui.findingsTable.connect("cellDoubleClicked(int,int)", self._on_finding)
        tables.prepare(ui.findingsTable, [_("Severity"), _("What was found")], stretched=1)
        ui.findingsTable.setWordWrap(True)
        self._fill_choices()

    # Choices.

    def on_study(self) -> None:
        """Another study is open: offer what is there. What had not begun in the one before is not begun in this one."""
        if self.cancel():
            self._say(_("The training was not begun: another study was opened."))
        self.page.children.cancel(CHECK)
        self.forget()
        self.ui.findingsTable.visible = False
        self._offer_recipes()
        self._offer_datasets()

    def _fill_choices(self) -> None:
        self._offer_recipes()
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

    def _offer_recipes(self) -> None:
        """The program's recipes, and those that lie in the study's own folder for them."""
        about = {"quick": _("Quick (minutes)"), "ours": _("Ours"), "paper": _("As in the paper")}
        study = self.page.study
        own = [] if study is None else sorted((study.folder / RECIPES_FOLDER).glob(f"*{SUFFIX}"))
        entries = [(about[name], name) for name in RECIPES] + [(path.stem, str(path)) for path in own]
        tables.choose(self.ui.recipeBox, entries)

    def _offer_datasets(self) -> None:
        study = self.page.study
        frozen = [] if study is None else [(name, name) for name in study.datasets]
        tables.choose(self.ui.datasetBox, [(_("As they are now"), NEW), *frozen])

    # Checking and beginning.

    def _on_check(self) -> None:
        study, least = self.page.study, self._least()
        if least is None or not self.page.there(self._say):
            return
        self._say(_("Checking the study..."))
        arguments = ["study", "check", study.folder, "--min-per-stage", str(least)]
        self.page.children.start(CHECK, arguments, self._on_checked)
        self.page.train.refresh()

    def _least(self) -> int | None:
        """How many patients the recipe wants of each stage; None where the recipe cannot be used, which is told."""
        try:
            return load_recipe(tables.chosen(self.ui.recipeBox)).study.min_per_stage
        except PlainError as error:
            self._say(shown(str(error)))
            return None

    def _on_checked(self, ended: Ended) -> bool:
        """Show what was found; tell whether any of it must be mended."""
        found = [match.groups() for line in ended.err.splitlines() if (match := _FINDING.match(line))]
        words = {"refuse": _("must be mended"), "warning": _("warning"), "info": _("note")}
        rows = [[str(words.get(severity, severity)), shown(str(text))] for severity, text in found]
        tables.fill(self.ui.findingsTable, rows, [text for _severity, text in found])
        self.ui.findingsTable.visible = bool(rows)
        self.ui.findingsTable.resizeRowsToContents()
        refused = [shown(str(text)) for severity, text in found if severity == "refuse"]
        if ended.status and not found:
            self._say(ended.last_words)
        elif len(refused) == 1:
            self._say(_("Before training must be mended: {what}").format(what=refused[0]))
        elif refused:
            self._say(_("{count} things must be mended before training.").format(count=len(refused)))
        else:
            self._say(_("The study can be trained from."))
        self.page.train.refresh()
        return bool(refused)

    def _on_finding(self, row: int, _column: int) -> None:
        item, study = self.ui.findingsTable.item(row, 1), self.page.study
        named = [case.name for case in study.cases if item is not None and case.name in item.text()]
        if named:
            self.page.annotate.open_case(max(named, key=len))

    def _on_start(self) -> None:
        if self._where():
            study = self.page.study
            self.page.packages.when_ready(PURPOSE, lambda: self._begin(study))

    def _begin(self, study: Study | None) -> None:
        if study is not self.page.study:  # another was opened while the packages were looked at
            return
        self.ui.findingsTable.visible = False
        least = self._least()
        if study is None or least is None or self.busy or not self.page.there(self._say):
            return
        dataset = tables.chosen(self.ui.datasetBox)
        self.page.annotate.finish()
        if dataset != NEW:
            self._train(dataset)
            return
        taken = set(study.datasets)
        names = ["train", *(f"train-{n}" for n in range(2, len(taken) + 3))]
        name = next(one for one in names if one not in taken)
        self._say(_("Checking the study and freezing its labels..."))
        freeze = ["study", "freeze", study.folder, name, "--min-per-stage", str(least)]
        self.page.children.start(START, freeze, lambda ended: self._on_frozen(ended, name))
        self.page.train.refresh()

    def _on_frozen(self, ended: Ended, name: str) -> None:
        if self.page.study is None or name not in self.page.study.datasets:
            if not self._on_checked(ended):
                self._say(ended.last_words or _("The labels could not be frozen."))
            return
        self._offer_datasets()
        self._train(name)

    def _train(self, dataset: str) -> None:
        recipe = tables.chosen(self.ui.recipeBox)
        out = folder_for(self.page.study.folder / RUNS_FOLDER / f"{Path(recipe).stem}-{dataset}", recipe)
        folds = tables.chosen(self.ui.foldsBox)
        arguments = ["train", "--recipe", recipe, "--study", self.page.study.folder, "--dataset", dataset]
        arguments += ["--out", out, *self._where(), "--detach", *(["--folds", folds] if folds else [])]
        self._say(_("Preparing the run..."))
        self._launch(arguments, out)

    def _launch(self, arguments: Sequence[str | Path], out: Path) -> None:
        log = out / LOG_FILE
        size = log.stat().st_size if log.exists() else 0
        self.page.children.start(START, arguments, lambda ended: self._on_started(ended, out, size))
        self.page.train.refresh()

    def _where(self) -> list[str]:
        where = tables.chosen(self.ui.whereBox)
        if where != CLUSTER:
            return ["--device", where]
        address = str(self.ui.schedulerEdit.text).strip()
        if not address:
            self._say(_("Give the cluster's address, such as tcp://host:8786."))
        return ["--scheduler", address] if address else []

    def _on_started(self, ended: Ended, out: Path, log_size: int) -> None:
        if ended.status or not (out / RUN_FILE).exists():
            self._say(ended.last_words or _("The run could not be started."))
            self.page.train.refresh()
            return
        self._say(_("The run begins..."))
        self._begun = Begun(log_size, time.monotonic())
        self._attach(out)

    def resume(self, out: Path) -> None:
        """Go on with a run where it stopped."""
        if self._where():
            self.page.packages.when_ready(PURPOSE, lambda: self._go_on(out))

    def _go_on(self, out: Path) -> None:
        if not self.busy:
            self._say(_("Going on..."))
            self._launch(["train", "--out", out, *self._where(), "--detach"], out)

    @property
    def busy(self) -> bool:
        """Whether a run is being begun."""
        return self._begun is not None or bool(self.page.children.running(START))

    def refresh(self, alive: bool) -> None:
        """Enable what can be done now; ``alive`` where a run is at work already."""
        study = self.page.study
        ready = study is not None and self.page.there() and bool(study.used)
        self.ui.checkButton.enabled = ready and not self.page.children.running(CHECK)
        self.ui.startTrainButton.enabled = ready and not alive and not self.busy and not self.page.packages.busy

    def cancel(self) -> bool:
        """Stop what has not begun; False where there is nothing such."""
        if self.page.packages.busy:
            self.page.packages.cancel()
            return True
        if self.page.children.running(START):
            self.page.children.cancel(START)
            self._say(_("Stopped before it began."))
            return True
        return False

    def forget(self) -> None:
        """Another run is looked at than the one that begins."""
        self._begun = None

    def is_beginning(self, watch: RunWatch) -> bool:
        """Whether the process in the background has still to take the run in hand; why it does not is told."""
        if self._begun is None:
            return False
        why = "" if watch.alive else watch.complaint(self._begun.log_size)
        late = time.monotonic() - self._begun.at > BEGIN_SECONDS
        if not (watch.alive or why or late or len(watch.done) == len(watch.curves)):
            return True
        self._begun = None
        if why or late:
            self._say(why or _("The run did not begin. Its file log.txt may say why."))
        return bool(why or late)


def folder_for(out: Path, recipe: str) -> Path:
    """The folder for a run: the one of the same recipe if there is one, else a new one beside those of other recipes.

    A recipe keeps its name when it is edited, and one of the study's own may be named like one of the program's.
    """
    wanted, number, folder = load_recipe(recipe), 1, out
    while (folder / RUN_FILE).exists():
        try:
            if RunFolder.open(folder).recipe == wanted:
                break
        except RunError:
            pass  # damaged: it stays as it is
        number += 1
        folder = out.with_name(f"{out.name}-{number}")
    return folder
