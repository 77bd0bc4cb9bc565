"""All runs of a volume, the user's readings beside them, and what can be written to disk."""

from __future__ import annotations

import csv
import json
import tempfile
from pathlib import Path
from typing import Any

import qt
import slicer
from slicer.i18n import tr as _

from ..report.page import overlay_picture
from ..report.picture import png_bytes
from ..report.write import REPORT_FILE, write_report
from ..scene.nodes import Node, ResultScope
from ..scene.records import keep_review, kept_review
from ..scene.show import CHART, RUNS
from ..scene.tables import READING_COLUMN, TIME_COLUMN, show_reading
from ..staging.result import StagingResult
from .texts import say

REVIEW_FILE = "review.json"


class HistoryPart:
    """The run table and the exports."""

    def __init__(self, ui: Any) -> None:
        self.ui = ui
        self._shown: list[tempfile.TemporaryDirectory[str]] = []

    def close(self) -> None:
        """Remove the reports that were only shown."""
        while self._shown:
            self._shown.pop().cleanup()

    def show(self, volume: Node | None, result: StagingResult | None) -> None:
        """Show the runs of a volume and what was read."""
        runs = _runs(volume)
        if runs is not None:
            _title_columns(runs)
        self.ui.runsView.setMRMLTableNode(runs)
        for button in (self.ui.showReportButton, self.ui.reportButton, self.ui.csvButton):
            button.enabled = result is not None and runs is not None
        # Slice and heat of a result that came back with its scene are made again for the picture.
        self.ui.pictureButton.enabled = result is not None and result.assessable and result.plane is not None
        review = kept_review(slicer.mrmlScene, volume)
        say(self.ui.reviewLabel, "" if review is None else _review_text(review))

    def review(self, volume: Node, result: StagingResult, stage: int) -> None:
        """Keep the user's stage beside the machine's."""
        agrees = stage == result.stage
        keep_review(slicer.mrmlScene, volume, {"stage": stage, "agrees": agrees, "answer": result.stage})
        runs = _runs(volume)
        if runs is not None:
            show_reading(runs, stage)
        self.show(volume, result)

    @staticmethod
    def reading(volume: Node | None) -> int | None:
        """The stage a person read for the last run; None where nobody has."""
        review = kept_review(slicer.mrmlScene, volume)
        stage = None if review is None else review.get("stage")
        return stage if isinstance(stage, int) and stage >= 1 else None

    def show_report(self, volume: Node, result: StagingResult) -> None:
        """Open the report in the web browser, from a folder of its own that goes with the page."""
        folder = tempfile.TemporaryDirectory(
            prefix="sosstaging-report-", dir=slicer.app.temporaryPath, ignore_cleanup_errors=True
        )
        self._shown.append(folder)
        write_report(result, Path(folder.name), self.reading(volume))
        self.show_page(Path(folder.name) / REPORT_FILE, self.ui.reportLabel)

    @staticmethod
    def show_page(page: Path, label: Any) -> None:
        """Open a report that is there in the web browser."""
        opened = qt.QDesktopServices.openUrl(qt.QUrl.fromLocalFile(str(page)))
        problem = _("No program shows web pages here. Save the report and open report.html by hand.")
        say(label, _("The report is shown in the web browser.") if opened else problem)

    @staticmethod
    def runs(volume: Node | None) -> int:
        """How many runs of a volume there are."""
        runs = _runs(volume)
        return 0 if runs is None else int(runs.GetNumberOfRows())

    def write_report_into(self, folder: Path, volume: Node, result: StagingResult) -> None:
        """Write the report; the user's reading, where there is one, beside it."""
        write_report(result, folder, self.reading(volume))
        review = kept_review(slicer.mrmlScene, volume)
        if review is not None:
            (folder / REVIEW_FILE).write_text(json.dumps(review, indent=1) + "\n", encoding="utf-8")
        say(self.ui.reportLabel, _("The report is in {folder}.").format(folder=folder.name))

    def write_csv(self, path: Path) -> None:
        """Write the run table."""
        node = self.ui.runsView.mrmlTableNode()
        if node is None:
            return
        table = node.GetTable()
        columns = range(table.GetNumberOfColumns())
        with path.open("w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file)
            writer.writerow([table.GetColumnName(column) for column in columns])
            for row in range(table.GetNumberOfRows()):
                writer.writerow([_cell(table.GetValue(row, column).ToString()) for column in columns])
        say(self.ui.exportLabel, _("The table is in {file}.").format(file=path.name))

    def write_picture(self, path: Path, result: StagingResult) -> None:
        """Write the midsagittal slice with the heat map."""
        picture = overlay_picture(result)
        if picture is None:
            say(self.ui.exportLabel, _("There is no picture of this result; stage the scan again."))
            return
        path.write_bytes(png_bytes(picture))
        say(self.ui.exportLabel, _("The picture is in {file}.").format(file=path.name))


def _title_columns(runs: Node) -> None:
    """Head the columns in the language of the application; their names, which a CSV file has, stay as they are."""
    titles = {
        "Input": _("Input"),
        "Scheme": _("Scheme"),
        "Result": _("Result"),
        "Stage": _("Stage"),
        "Stage name": _("Stage name"),
        "Expected stage": _("Expected stage"),
        "Plausible stages": _("Plausible stages"),
        "Reasons": _("Reasons"),
        "Model": _("Model"),
        "Model version": _("Model version"),
        "Trained on": _("Trained on"),
        TIME_COLUMN: _("Staged at"),
        READING_COLUMN: _("Stage read by a person"),
    }
    for name, title in titles.items():
        if runs.GetColumnIndex(name) >= 0 and runs.GetColumnTitle(name) != title:
            runs.SetColumnTitle(name, title)


def label_chart(volume: Node, result: StagingResult) -> None:
    """Say what the chart of the probabilities shows in the language of the application."""
    chart = ResultScope(slicer.mrmlScene, volume, volume.GetName()).find(CHART)
    if chart is not None:
        title = _("SOS fusion: stage {stage} of {total}")
        chart.SetTitle(title.format(stage=result.stage, total=len(result.stage_names)))
        chart.SetXAxisTitle(_("Stage ({scheme})").format(scheme=result.scheme))
        chart.SetYAxisTitle(_("Probability"))


def _runs(volume: Node | None) -> Node | None:
    return None if volume is None else ResultScope(slicer.mrmlScene, volume, volume.GetName()).find(RUNS)


def ask_folder(title: str) -> Path | None:
    """Ask for a folder."""
    chosen = qt.QFileDialog.getExistingDirectory(slicer.util.mainWindow(), title)
    return Path(chosen) if chosen else None


def ask_file(title: str, name: str, filters: str) -> Path | None:
    """Ask for a file to write; one without an ending gets that of ``name``."""
    chosen = qt.QFileDialog.getSaveFileName(slicer.util.mainWindow(), title, name, filters)
    # PythonQt answers with the name alone, other bindings with (name, filter).
    chosen = chosen[0] if isinstance(chosen, tuple) else chosen
    if not chosen:
        return None
    path = Path(chosen)
    return path if path.suffix else path.with_name(path.name + Path(name).suffix)


def _cell(text: str) -> str:
    """Keep a text from being taken for a formula by spreadsheets."""
    return "'" + text if text[:1] in ("=", "+", "@") else "" if text == "nan" else text


def _review_text(review: dict[str, Any]) -> str:
    if review.get("agrees"):
        return _("You agreed with stage {stage}.").format(stage=review.get("stage"))
    text = _("You read stage {stage}; the answer given was stage {answer}.")
    return text.format(stage=review.get("stage"), answer=review.get("answer"))
