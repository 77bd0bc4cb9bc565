"""The section Result: compare the methods of a run, look at right and wrong cases, publish a model."""

from __future__ import annotations

import contextlib
import json
import logging
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import slicer
from slicer.i18n import tr as _
from SOSStagingLib.gui.texts import say, shown
from SOSStagingLib.model.library import SUFFIX, measured_words, user_models_folder
from SOSStagingLib.model.sosmodel import read_card
from SOSStagingLib.scan.types import PlainError

from ..compute.case_gallery import Shown, read_gallery, read_map
from ..compute.watching import RunWatch
from ..scene import case_view, layouts
from . import tables
from .child import Ended
from .reading import CaseReading, Read
from .steps import Steps

PURPOSE = "train"
COMPARE, PUBLISH, GALLERY = "compare", "publish", "gallery"
COMPARISON_FOLDER, COMPARISON_FILE, GALLERY_FOLDER = "comparison", "comparison.json", "gallery"
GALLERY_PROGRAM = "SOSStagingTrainingLib.compute.case_gallery"
DETECTORS = ("localiser", "yolo")
FIRST_CHOICE = "ours"
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Network:
    """One finished job of a run: the run's folder and the job's key."""

    run: Path
    key: str

    @property
    def gallery(self) -> Path:
        """Where its answers to held-out cases lie."""
        return self.run / GALLERY_FOLDER / self.key


class ResultSection:
    """What a run has come to. What takes long runs in child processes; what they wrote is shown."""

    def __init__(self, page: Any) -> None:
        self.page, self.ui = page, page.ui
        self.watch: RunWatch | None = None
        self._shown: list[Shown] = []
        self._wanted: Shown | None = None
        self._reading: CaseReading | None = None
        self._comparison: dict[str, Any] = {}
        self._steps = Steps()
        self._picked = ""
        self._connect()
        self.on_run(None)

    def _connect(self) -> None:
        ui = self.ui
        ui.compareButton.connect("clicked(bool)", self._on_compare)
        ui.methodBox.connect("currentIndexChanged(int)", lambda _n: self._on_picked())
        ui.galleryButton.connect("clicked(bool)", self._on_gallery)
        ui.galleryTable.connect("cellClicked(int,int)", self._on_case)
        ui.publishButton.connect("clicked(bool)", self._on_publish)
        tables.prepare(ui.comparisonTable, [_("Method"), "n", _("Exact"), _("±1"), _("Kappa")], stretched=None)
        tables.prepare(ui.galleryTable, [_("Case"), _("Label"), _("Said"), _("Sure")])

    # Which run, which network.

    def on_run(self, watch: RunWatch | None) -> None:
        """Another run is looked at, or more of it is finished."""
        other = watch is None or self.watch is None or watch.run.folder != self.watch.run.folder
        self.watch = watch
        finished = [] if watch is None else [key for key in watch.done if key.split(".")[0] not in DETECTORS]
        wanted = next((key for key in finished if key.split(".")[0] == FIRST_CHOICE), None)
        if other:
            self._picked = ""
        entries = [(key.replace(".fold", _(", fold ")).removesuffix(".seed1"), key) for key in finished]
        tables.choose(self.ui.methodBox, entries, self._picked if self._picked in finished else wanted)
        if other:
            self._comparison = {}
            self._read_comparison()
            self._say("" if watch is not None else _("Train first: results of a run are shown here."))
            self.ui.modelNameEdit.text = "" if watch is None else f"{watch.run.study_folder.name}-{FIRST_CHOICE}"
        self._on_method()

    def _on_picked(self) -> None:
        # Networks that finish later do not take the place of the one that the user looks at.
        self._picked = self._key
        self._on_method()

    def _on_method(self) -> None:
        self._show_confusion()
        self._show_gallery()
        self.refresh()

    @property
    def _key(self) -> str:
        return tables.chosen(self.ui.methodBox)

    # The comparison.

    def _on_compare(self) -> None:
        if self.watch is None:
            return
        run = self.watch.run
        self._say(_("Comparing..."))
        arguments = ["evaluate", run.predictions, "--out", run.folder / COMPARISON_FOLDER]
        self.page.children.start(COMPARE, arguments, self._on_compared)
        self.refresh()

    def _on_compared(self, ended: Ended) -> None:
        self._say(ended.last_words if ended.status else "")
        self._read_comparison()
        self._show_confusion()
        self.refresh()

    def _read_comparison(self) -> None:
        self._comparison = {}
        if self.watch is not None:
            path = self.watch.run.folder / COMPARISON_FOLDER / COMPARISON_FILE
            # A file that was damaged is as good as none: Compare methods writes it again.
            with contextlib.suppress(ValueError, OSError):
                self._comparison = json.loads(path.read_text(encoding="utf-8"))
        rows = self._comparison.get("methods", [])
        tips = [row["method"] for row in rows]
        tables.fill(self.ui.comparisonTable, [_comparison_row(row, self._target) for row in rows], tips)
        self.ui.comparisonTable.resizeRowsToContents()
        self.ui.comparisonTable.visible = bool(rows)

    @property
    def _target(self) -> str:
        return str((self._comparison.get("targets") or ["label"])[0])

    def _show_confusion(self) -> None:
        method = self._key.split(".")[0]
        row = next((row for row in self._comparison.get("methods", []) if row["method"] == method), None)
        table = self.ui.confusionTable
        table.visible = row is not None
        if row is None:
            return
        # The column for no answer comes first in the figures and last in the table.
        counts = [[*line[1:], line[0]] for line in row["against"][self._target]["confusion"]]
        stages, answers = len(counts), len(counts[0])
        heads = [str(n) for n in range(1, stages + 1)] + [_("none")] * (answers - stages)
        tables.prepare(table, [_("Stage"), *heads])
        # The diagonal is marked: what lies on it is right.
        cells = [
            [f"{value:g}" if n != m else f"[{value:g}]" for m, value in enumerate(line)]
            for n, line in enumerate(counts)
        ]
        tables.fill(table, [[str(n), *line] for n, line in enumerate(cells, 1)])

    # Right and wrong cases.

    @property
    def _network(self) -> Network | None:
        return None if self.watch is None or not self._key else Network(self.watch.run.folder, self._key)

    @property
    def _gallery_folder(self) -> Path | None:
        network = self._network
        return None if network is None else network.gallery

    def _on_gallery(self) -> None:
        network = self._network
        if network is not None:
            self.page.packages.when_ready(PURPOSE, lambda: self._look(network), self.ui.resultLabel)

    # Another network may be chosen while this one answers: it stays the one that was chosen at the click.

    def _look(self, network: Network) -> None:
        self._say(_("Asking the network about the held-out cases..."))
        model = network.gallery / f"model{SUFFIX}"
        if model.exists():
            self._ask(network, model)
        else:
            self._publish(GALLERY, network, model, lambda ended: self._on_model_for_gallery(ended, network, model))
        self.refresh()

    def _on_model_for_gallery(self, ended: Ended, network: Network, model: Path) -> None:
        if ended.status:
            self._say(ended.last_words)
            self.refresh()
        else:
            self._ask(network, model)

    def _ask(self, network: Network, model: Path) -> None:
        arguments = [network.run, network.key, model, network.gallery]
        done = partial(self._on_answers, network)
        self.page.children.start(GALLERY, arguments, done, module=GALLERY_PROGRAM)

    def _on_answers(self, network: Network, ended: Ended) -> None:
        if network == self._network:
            self._show_gallery()
            right = sum(one.right for one in self._shown)
            text = _("{right} of {all} held-out cases are right. Choose one to see it.")
            self._say(ended.last_words if ended.status else text.format(right=right, all=len(self._shown)))
        else:
            self._say("")
        self.refresh()

    def _show_gallery(self) -> None:
        folder = self._gallery_folder
        self._shown = [] if folder is None else read_gallery(folder)
        rows = [
            [("✓ " if one.right else "✗ ") + one.case, str(one.label), str(one.given), f"{100 * one.probability:.0f} %"]
            for one in self._shown
        ]
        tables.fill(self.ui.galleryTable, rows)
        self.ui.galleryTable.visible = bool(rows)

    def _on_case(self, row: int, _column: int) -> None:
        if self.watch is None or not 0 <= row < len(self._shown):
            return
        self.page.annotate.finish()
        self._steps.stop()
        self._wanted = self._shown[row]
        if self._reading is None:
            self._reading = CaseReading(
                self.watch.run.study_folder, self._on_ready, lambda _name: None, lambda _name, why: self._say(why)
            )
        self._say(_("Opening {case}...").format(case=self._wanted.case))
        self._reading.ask(self._wanted.case)
        self._on_ready(self._wanted.case)

    def _on_ready(self, name: str) -> None:
        wanted, folder = self._wanted, self._gallery_folder
        found = None if self._reading is None else self._reading.read(name)
        if wanted is None or wanted.case != name or found is None or folder is None or not self.page.entered:
            return
        self._wanted = None
        self._steps.start(self._showing(wanted, found, folder))

    def _showing(self, wanted: Shown, found: Read, folder: Path) -> Iterator[None]:
        """Put a case into the views; the loop breathes at every yield."""
        name, scene = wanted.case, self.page.scene
        case = self.page.study.case(name)
        volume = yield from case_view.show_scan(scene, case, name, np.asarray(found.voxels), found.window)
        if not scene.IsNodePresent(volume):
            return
        with slicer.util.RenderBlocker():
            self.page.show_layout(layouts.ONE_PICTURE if case.kind == "picture" else layouts.ONE_SAGITTAL)
            # All of it: a network that looks at the wrong place must be seen to.
            case_view.turn_views(scene, case, volume, case_view.guessed_box(case).center, whole=True)
        yield
        self._show_box(name)
        yield
        hottest = self._heat_or_say(folder, wanted)
        text = _("{case}: label {label}, the network said {given}.")
        text = text.format(case=name, label=wanted.label, given=wanted.given)
        if hottest is not None:
            more = _("Its strongest evidence is {percent} % of full colour.")
            text = f"{text} {more.format(percent=min(round(100 * hottest), 100))}"
        self._say(text)

    def _show_box(self, name: str) -> None:
        """Show where a rater saw the synchondrosis, so that the heat can be compared with it."""
        study = self.page.study
        entry = next(iter(study.box_entries().get(name, {}).values()), None)
        with contextlib.suppress(PlainError, OSError):
            boxes = () if entry is None else study.boxes_of(entry)
            if boxes:
                case_view.show_box(self.page.scene, boxes[0], free=False)

    def _heat_or_say(self, folder: Path, shown: Shown) -> float | None:
        try:
            return self._show_heat(folder, shown) if shown.map_file else None
        except (OSError, ValueError, KeyError):
            log.exception("the map of %s", shown.case)
            return None

    def _show_heat(self, folder: Path, shown: Shown) -> float:
        """Show a case's Grad-CAM; return its strongest value as a share of full scale."""
        heat = read_map(folder, shown)
        title = _("{case} Grad-CAM").format(case=shown.case)
        case_view.show_heat(self.page.scene, title, heat.array, heat.ijk_to_ras, heat.full_scale)
        return float(heat.array.max()) / heat.full_scale

    def close(self) -> None:
        """The page or the study goes."""
        if self._reading is not None:
            self._reading.close()
            self._reading = None
        self._wanted = None
        self._steps.stop()

    # Publishing.

    def _on_publish(self) -> None:
        name = str(self.ui.modelNameEdit.text).strip()
        if not name or Path(name).name != name:
            self._say(_("Give the model a name that can be a file's name."))
            return
        path = user_models_folder() / f"{name}{SUFFIX}"
        if path.exists():
            self._say(_("There is a model named {name} already. Take another name.").format(name=name))
            return
        network = self._network
        if network is not None:
            self.page.packages.when_ready(PURPOSE, lambda: self._publish_as(network, path), self.ui.resultLabel)

    def _publish_as(self, network: Network, path: Path) -> None:
        self._say(_("Calibrating and measuring the network..."))
        self._publish(PUBLISH, network, path, lambda ended: self._on_published(ended, path))
        self.refresh()

    def _publish(self, purpose: str, network: Network, path: Path, done: Any) -> None:
        method, fold, seed = network.key.split(".")
        path.parent.mkdir(parents=True, exist_ok=True)
        arguments = ["publish", network.run, "--method", method, "--fold", fold.removeprefix("fold")]
        self.page.children.start(purpose, [*arguments, "--seed", seed.removeprefix("seed"), "--out", path], done)

    def _on_published(self, ended: Ended, path: Path) -> None:
        if ended.status or not path.exists():
            self._say(ended.last_words or _("The model could not be published."))
        else:
            measured = shown(measured_words(read_card(path)))
            self._say(_("SOS Staging offers {name} now. {measured}").format(name=path.stem, measured=measured))
        self.refresh()

    # What the section says.

    def _say(self, text: str) -> None:
        say(self.ui.resultLabel, text)

    def refresh(self) -> None:
        """Enable what can be done now."""
        ui, running = self.ui, self.page.children.running
        finished = self.watch is not None and bool(self._key)
        ui.compareButton.enabled = finished and not running(COMPARE)
        ui.galleryButton.enabled = finished and not running(GALLERY)
        ui.publishButton.enabled = finished and not running(PUBLISH)
        for widget in (ui.methodBox, ui.modelNameEdit):
            widget.enabled = finished


def _comparison_row(row: dict[str, Any], target: str) -> list[str]:
    scores = row["against"][target]
    shares = [_interval(scores[name], 100) for name in ("accuracy", "within_one")]
    return [tables.in_lines(row["method"]), str(row["n"]), *shares, _interval(scores["kappa"], 1)]


def _interval(found: dict[str, Any] | None, scale: int) -> str:
    if found is None or found.get("value") is None:
        return "–"
    digits = 0 if scale == 100 else 2
    text = f"{scale * found['value']:.{digits}f}"
    if found.get("low") is not None and found.get("high") is not None:
        # On a line of its own: the panel is narrow.
        text += f"\n({scale * found['low']:.{digits}f}–{scale * found['high']:.{digits}f})"
    return text
