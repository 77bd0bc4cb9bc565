"""What a person makes of an answer: their own reading, the report, the table and the picture."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from slicer.i18n import tr as _

from ..scan.types import PlainError
from ..scene.nodes import Node
from ..scene.reports import complete
from ..staging.result import StagingResult
from .history_part import HistoryPart, ask_file, ask_folder
from .texts import say, shown

Shown = tuple[Node | None, StagingResult | None]


class ExportPart:
    """The buttons below the result. ``current`` gives the scan and the answer that are shown."""

    def __init__(self, ui: Any, history: HistoryPart, current: Callable[[], Shown]) -> None:
        self.ui, self._history, self._current = ui, history, current
        for button, action in (
            (ui.acceptButton, self._accept),
            (ui.correctButton, self._correct),
            (ui.showReportButton, self._show_report),
            (ui.reportButton, self._write_report),
            (ui.csvButton, self._write_csv),
            (ui.pictureButton, self._write_picture),
        ):
            button.connect("clicked(bool)", lambda _checked, action=action: action())

    def _accept(self) -> None:
        volume, result = self._current()
        if volume is not None and result is not None and result.stage is not None:
            self._history.review(volume, result, result.stage)

    def _correct(self) -> None:
        volume, result = self._current()
        if self.ui.reviewBox.currentIndex < 0:
            say(self.ui.exportLabel, _("Choose the stage that you read yourself first."))
        elif volume is not None and result is not None:
            self._history.review(volume, result, self.ui.reviewBox.currentIndex + 1)

    def _show_report(self) -> None:
        volume, result = self._current()
        if volume is not None and result is not None:
            self._written(lambda: self._history.show_report(volume, complete(volume, result)), self.ui.reportLabel)

    def _write_report(self) -> None:
        folder = ask_folder(_("Folder for the report"))
        volume, result = self._current()
        if folder is not None and volume is not None and result is not None:
            self._written(
                lambda: self._history.write_report_into(folder, volume, complete(volume, result)), self.ui.reportLabel
            )

    def _write_csv(self) -> None:
        path = ask_file(_("Write the table"), "sos-runs.csv", "CSV (*.csv)")
        if path is not None:
            self._written(lambda: self._history.write_csv(path), self.ui.exportLabel)

    def _write_picture(self) -> None:
        path = ask_file(_("Write the picture"), "sos.png", "PNG (*.png)")
        volume, result = self._current()
        if path is not None and volume is not None and result is not None:
            self._written(lambda: self._history.write_picture(path, complete(volume, result)), self.ui.exportLabel)

    def _written(self, write: Callable[[], None], label: Any) -> None:
        try:
            write()
        except OSError as error:
            text = _("Nothing was written: {why}. Choose another folder.")
            say(label, text.format(why=error.strerror or error))
        except PlainError as error:
            say(label, shown(str(error)))
