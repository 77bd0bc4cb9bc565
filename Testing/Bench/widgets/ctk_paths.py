"""ctk widgets for paths and choices, and the message box."""

from __future__ import annotations

from pathlib import Path

from PySide6 import QtCore, QtWidgets

from Bench.widgets.kept import kept

# The enum values of ctkComboBox::ScrollEffect and ctkPathLineEdit::Filters these classes decide by
_NEVER_SCROLL, _SCROLL_WITH_FOCUS = 0, 2
_DIRS, _FILES = 1, 2


class ctkComboBox(QtWidgets.QComboBox):
    """A combo box with a text for "nothing chosen" that the mouse wheel can leave alone."""

    defaultText = kept(str, "", "_show_default")
    elideMode = kept(int, int(QtCore.Qt.ElideNone))
    forceDefault = kept(bool, False)
    scrollWheelEffect = kept(int, 1)

    def _show_default(self) -> None:
        self.setPlaceholderText(self.defaultText)

    def _get_data(self) -> str:
        return str(self.currentData or "")

    def _set_data(self, text: str) -> None:
        self.setCurrentIndex(self.findData(text))

    currentUserDataAsString = QtCore.Property(str, _get_data, _set_data)

    @QtCore.Slot(str)
    def setCurrentUserDataAsString(self, text: str) -> None:
        self._set_data(text)

    def wheelEvent(self, event: QtCore.QEvent) -> None:
        effect = self.scrollWheelEffect
        if effect == _NEVER_SCROLL or (effect == _SCROLL_WITH_FOCUS and not self.hasFocus()):
            event.ignore()
            return
        super().wheelEvent(event)


class ctkPathLineEdit(QtWidgets.QWidget):
    """A path one can type, choose from those used before, or browse for."""

    currentPathChanged = QtCore.Signal(str)
    validInputChanged = QtCore.Signal(bool)
    filters = kept(int, 2)
    label = kept(str, "")
    nameFilters = kept("QStringList", [])
    settingKey = kept(str, "", "_read_history")
    showBrowseButton = kept(bool, True, "_show_buttons")
    showHistoryButton = kept(bool, True, "_show_buttons")
    minimumContentsLength = kept(int, 0)

    def __init__(self, parent: QtWidgets.QWidget | None = None) -> None:
        super().__init__(parent)
        self._edit = QtWidgets.QComboBox()
        self._edit.setEditable(True)
        self._edit.setSizePolicy(QtWidgets.QSizePolicy.Ignored, QtWidgets.QSizePolicy.Fixed)
        self._browse = QtWidgets.QToolButton()
        self._browse.setText("...")
        self._browse.setToolTip("Open a dialog")
        layout = QtWidgets.QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._edit, 1)
        layout.addWidget(self._browse)
        self.setFocusProxy(self._edit)
        self._edit.editTextChanged.connect(self._on_text)
        self._browse.clicked.connect(self.browse)

    def _on_text(self, text: str) -> None:
        self.currentPathChanged.emit(text)
        self.validInputChanged.emit(Path(text).exists())

    def _get_path(self) -> str:
        return self._edit.currentText

    def _set_path(self, path: str) -> None:
        if path != self._edit.currentText:
            self._edit.setEditText(path)

    currentPath = QtCore.Property(str, _get_path, _set_path)

    def _show_buttons(self) -> None:
        self._browse.setVisible(self.showBrowseButton)

    def _read_history(self) -> None:
        self.retrieveHistory()

    @QtCore.Slot(str)
    def setCurrentPath(self, path: str) -> None:
        self._set_path(path)

    @QtCore.Slot()
    def browse(self) -> None:
        wants_folder = bool(self.filters & _DIRS) and not self.filters & _FILES
        choose = QtWidgets.QFileDialog.getExistingDirectory if wants_folder else QtWidgets.QFileDialog.getOpenFileName
        path = choose(self, self.label, self.currentPath)
        if path:
            self._set_path(path)
            self.addCurrentPathToHistory()

    @QtCore.Slot()
    def retrieveHistory(self) -> None:
        text = self._edit.currentText
        blocker = QtCore.QSignalBlocker(self._edit)
        self._edit.clear()
        self._edit.addItems(_history(self.settingKey))
        self._edit.setEditText(text)
        blocker.unblock()

    @QtCore.Slot()
    def addCurrentPathToHistory(self) -> None:
        if not self.settingKey:
            return
        used = [self.currentPath, *(path for path in _history(self.settingKey) if path != self.currentPath)]
        QtCore.QSettings().setValue(self.settingKey, used[:10])
        self.retrieveHistory()

    def comboBox(self) -> QtWidgets.QComboBox:
        return self._edit


def _history(key: str) -> list[str]:
    found = QtCore.QSettings().value(key) if key else None
    return [found] if isinstance(found, str) else list(found or [])


class ctkDirectoryButton(QtWidgets.QWidget):
    """A button that shows a folder and opens a dialog for another."""

    directoryChanged = QtCore.Signal(str)
    directorySelected = QtCore.Signal(str)
    caption = kept(str, "")
    text = kept(str, "", "_show")

    def __init__(self, parent: QtWidgets.QWidget | None = None) -> None:
        super().__init__(parent)
        self._button = QtWidgets.QPushButton()
        layout = QtWidgets.QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._button)
        self.setFocusProxy(self._button)
        self._folder = str(Path.cwd())
        self._button.clicked.connect(self.browse)
        self._show()

    def _show(self) -> None:
        self._button.setText(self.text or self._folder)

    def _get_directory(self) -> str:
        return self._folder

    def _set_directory(self, path: str) -> None:
        if path == self._folder:
            return
        self._folder = path
        self._show()
        self.directoryChanged.emit(path)

    directory = QtCore.Property(str, _get_directory, _set_directory)

    @QtCore.Slot(result=str)
    def browse(self) -> str:
        path = QtWidgets.QFileDialog.getExistingDirectory(self, self.caption, self._folder)
        if path:
            self._set_directory(path)
            self.directorySelected.emit(path)
        return path


class ctkMessageBox(QtWidgets.QMessageBox):
    """A message box with "do not show again"."""

    dontShowAgainSettingsKey = kept(str, "", "_read_setting")
    dontShowAgainVisible = kept(bool, False, "_show_box")

    def __init__(self, parent: QtWidgets.QWidget | None = None) -> None:
        super().__init__(parent)
        self._box = QtWidgets.QCheckBox("Don't show this message again")
        self._box.hide()
        self.finished.connect(self.onFinished)

    def _show_box(self) -> None:
        if self.dontShowAgainVisible:
            self.setCheckBox(self._box)

    def _read_setting(self) -> None:
        self.dontShowAgainVisible = True

    def _get_dont(self) -> bool:
        return self._box.checked

    def _set_dont(self, value: bool) -> None:
        self._box.setChecked(value)

    dontShowAgain = QtCore.Property(bool, _get_dont, _set_dont)

    @QtCore.Slot(bool)
    def setDontShowAgain(self, value: bool) -> None:
        self._set_dont(value)

    @QtCore.Slot(int)
    def onFinished(self, result: int) -> None:
        if self.dontShowAgainSettingsKey and self._box.checked:
            QtCore.QSettings().setValue(self.dontShowAgainSettingsKey, result)
