"""The answer at a glance: stage and drawing, probability bars, how sure and why, findings; or "Not assessable"."""

from __future__ import annotations

from functools import cache
from typing import Any

import qt
from slicer.i18n import tr as _

from ..model.scheme import SchemeError, Stage, StageScheme, load_scheme
from ..report import words
from ..report.drawing import stage_svg
from ..staging.result import StagingResult
from .texts import make_bold, say, shown

PICTURE_HEIGHT = 64
BAR_DRAWING_HEIGHT = 26


@cache
def drawing(stage: Stage, height: int) -> Any:
    """Return a pixmap of the clivus at this stage."""
    svg = stage_svg(stage, height).replace("<svg ", f'<svg xmlns="http://www.w3.org/2000/svg" width="{height}" ', 1)
    pixmap = qt.QPixmap()
    pixmap.loadFromData(qt.QByteArray(svg.encode("utf-8")), "SVG")
    return pixmap


def scheme_of(result: StagingResult) -> StageScheme | None:
    """Return the scheme where it is known here and has the result's stages."""
    try:
        scheme = load_scheme(result.scheme)
    except SchemeError:
        return None
    return scheme if len(scheme.stages) == len(result.stage_names) else None


class ResultPart:
    """Shows one result, or that there is none yet."""

    def __init__(self, ui: Any) -> None:
        self.ui = ui
        self.bars: list[Any] = []
        self._grid = qt.QGridLayout(ui.bars)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setColumnStretch(1, 3)
        self._grid.setColumnStretch(2, 2)
        # The first drawing loads Qt's SVG reader, which takes longer than a result may hold up the window.
        for stage in load_scheme().stages:
            drawing(stage, PICTURE_HEIGHT)
            drawing(stage, BAR_DRAWING_HEIGHT)
        self.show(None)

    def show(self, result: StagingResult | None, reading: int | None = None) -> None:
        """Show a result; None for "nothing yet". ``reading`` is the stage a person gave it before."""
        ui = self.ui
        self._clear_bars()
        make_bold(ui.headlineLabel, 1.35)
        staged = result is not None and result.assessable
        for widget in (ui.drawingLabel, ui.bars, ui.reviewRow):
            widget.visible = staged
        ui.resultSection.visible = result is not None
        if result is None:
            for label in (ui.headlineLabel, ui.meaningLabel, ui.certaintyLabel, ui.qualityLabel, ui.noteLabel):
                say(label, "")
        elif staged:
            self._show_stage(result, reading)
        else:
            self._show_refusal(result)

    def _show_stage(self, result: StagingResult, reading: int | None) -> None:
        ui, scheme = self.ui, scheme_of(result)
        assert result.stage is not None
        name = shown(result.stage_names[result.stage - 1])
        say(ui.headlineLabel, _headline(result, name))
        ui.drawingLabel.visible = scheme is not None
        if scheme is not None:
            ui.drawingLabel.setPixmap(drawing(scheme.stage(result.stage), PICTURE_HEIGHT))
        say(ui.meaningLabel, "" if scheme is None else shown(scheme.stage(result.stage).description))
        self._make_bars(result, scheme)
        say(ui.certaintyLabel, "\n".join(shown(sentence) for sentence in words.certainty(result)))
        say(ui.qualityLabel, _findings(result))
        say(ui.noteLabel, _note(result))
        ui.reviewBox.clear()
        ui.reviewBox.addItems([f"{n} {shown(text)}" for n, text in enumerate(result.stage_names, start=1)])
        # Nobody has read it yet: what the program says must not stand there as what a person reads.
        ui.reviewBox.setPlaceholderText(_("not read yet"))
        ui.reviewBox.setCurrentIndex((reading or 0) - 1)

    def _show_refusal(self, result: StagingResult) -> None:
        ui = self.ui
        say(ui.headlineLabel, _("\u26a0 Not assessable"))
        ui.drawingLabel.visible = False
        say(ui.meaningLabel, _("No stage is given for this scan. Do not read one from the pictures either."))
        reasons = "\n".join(f"\u2022 {shown(reason.text)}" for reason in result.reasons)
        say(ui.certaintyLabel, _("Why:\n{reasons}").format(reasons=reasons))
        say(ui.qualityLabel, _findings(result, without={reason.code for reason in result.reasons}))
        advice = _(
            "What to do: check that this is a head scan that holds the skull base; try another reconstruction of the "
            "same scan; set the plane by hand below if it is off. Do not take another scan for this reading."
        )
        say(ui.noteLabel, advice)

    def _make_bars(self, result: StagingResult, scheme: StageScheme | None) -> None:
        for row, (name, share) in enumerate(zip(result.stage_names, result.probabilities or (), strict=True)):
            number = row + 1
            label = qt.QLabel(self._row_text(number, name, result))
            label.setWordWrap(True)
            label.setSizePolicy(qt.QSizePolicy.Ignored, qt.QSizePolicy.Preferred)
            if number == result.stage:
                make_bold(label)
            picture = qt.QLabel()
            if scheme is not None:
                picture.setPixmap(drawing(scheme.stage(number), BAR_DRAWING_HEIGHT))
            bar = qt.QProgressBar()
            bar.setObjectName(f"bar{number}")
            bar.setRange(0, 1000)
            bar.setValue(round(1000 * share))
            bar.setFormat(words.percent(share))
            bar.setToolTip(_("Probability of stage {n}.").format(n=number))
            for column, widget in enumerate((picture, label, bar)):
                self._grid.addWidget(widget, row, column)
                self.bars.append(widget)

    @staticmethod
    def _row_text(number: int, name: str, result: StagingResult) -> str:
        text = f"{number} {shown(name)}"
        return _("{stage} (plausible)").format(stage=text) if number in result.plausible_stages else text

    def _clear_bars(self) -> None:
        for widget in self.bars:
            widget.hide()
            widget.setParent(None)
            widget.deleteLater()
        self.bars = []


def _headline(result: StagingResult, name: str) -> str:
    """The answer where only one stage is plausible; else what may be, and the most probable."""
    stages, total = words.stages(result), len(result.stage_names)
    if not stages:
        return str(_("Stage not determined. Most probable: {stage}, {name}").format(stage=result.stage, name=name))
    if stages == str(result.stage):
        return str(_("Stage {stage} of {total}: {name}").format(stage=stages, total=total, name=name))
    if len(result.plausible_stages) == 2:
        text = _("Stage {first} or {last} of {total}. Most probable: {stage}, {name}")
    else:
        text = _("Stage {first} to {last} of {total}. Most probable: {stage}, {name}")
    first, last = result.plausible_stages[0], result.plausible_stages[-1]
    return str(text.format(first=first, last=last, total=total, stage=result.stage, name=name))


def _note(result: StagingResult) -> str:
    note = str(shown(words.training_statement(result)))
    note += "\n" + _("Research only. Not a medical device. Not for diagnosis, treatment or age decisions.")
    if result.model is None:
        return note
    answered = _("Answered by {model} {version}.").format(model=result.model.name, version=result.model.version)
    return f"{answered} {note}"


def _findings(result: StagingResult, without: set[str] | None = None) -> str:
    found = [f for f in result.quality.findings if f.code not in (without or set())]
    if not found:
        return _("The scan itself: nothing to complain about.") if result.assessable else ""
    signs = {"refuse": "\u26a0", "warning": "\u26a0", "info": "\u2022"}
    return _("The scan itself:\n{list}").format(list="\n".join(f"{signs[f.severity]} {shown(f.text)}" for f in found))
