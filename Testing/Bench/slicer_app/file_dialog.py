"""A module's own dialog for files: its class `<Name>FileDialog` gets files dropped on the window."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from PySide6 import QtCore, QtGui, QtWidgets

from Bench.widgets.kept import kept

ANY_DATA = "Any Data"


class qSlicerFileDialog(QtCore.QObject):
    """Base of the dialogs for reading and writing."""


class qSlicerStandardFileDialog(qSlicerFileDialog):
    """A dialog with a file type."""

    action = kept(int, 0)
    description = kept(str, "")
    fileType = kept(str, "")


class qSlicerScriptedFileDialog(qSlicerStandardFileDialog):
    """The object a module's `<Name>FileDialog` gets."""

    def __init__(self, parent: QtCore.QObject | None = None) -> None:
        super().__init__(parent)
        self._self: Any = None
        self._mime: QtCore.QMimeData | None = None
        self._event: QtGui.QDropEvent | None = None
        self._accepted = False

    def self(self) -> Any:
        return self._self

    def mimeData(self) -> QtCore.QMimeData | None:
        return self._mime

    def dropEvent(self) -> QtGui.QDropEvent | None:
        return self._event

    @QtCore.Slot(bool)
    def acceptMimeData(self, accept: bool) -> None:
        self._accepted = accept

    def _takes(self, data: QtCore.QMimeData) -> bool:
        self._accepted, self._mime = False, data
        if hasattr(self._self, "isMimeDataAccepted"):
            self._self.isMimeDataAccepted()
        return self._accepted

    def _drop(self, event: QtGui.QDropEvent) -> None:
        self._mime, self._event = event.mimeData(), event
        self._self.dropEvent()
        self._event = None


def reader_for(dialogs: Sequence[qSlicerScriptedFileDialog], data: QtCore.QMimeData) -> Any:
    """Return the dialog that shall take dropped files; None for Slicer's own readers, "" where the person cancels.

    As in Slicer the person is asked once a module's dialog takes the files, for Slicer's own readers take any file.
    """
    fitting = {dialog.description: dialog for dialog in dialogs if dialog._takes(data)}
    if not fitting:
        return None
    question = QtWidgets.QInputDialog()
    question.setWindowTitle("Select a reader")
    question.setLabelText("Select a reader to use for your data?")
    question.setComboBoxItems([*fitting, ANY_DATA])
    if not question.exec():
        return ""
    return fitting.get(question.textValue())


def local_files(data: QtCore.QMimeData) -> list[str]:
    """Return the dropped paths that are files."""
    return [url.toLocalFile() for url in data.urls() if Path(url.toLocalFile()).is_file()]
