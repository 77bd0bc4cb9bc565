"""Modal dialogs in a run without a person: what was shown is kept, the answer is given beforehand.

With no answer waiting, a dialog is closed as with the Escape key (a plain message with its only button) and noted, so that an
unexpected dialog shows in `shown()` rather than hanging the run. A person at the bench's window gets the real dialogs.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from PySide6 import QtCore, QtWidgets


@dataclass(frozen=True)
class Shown:
    """One dialog that was opened."""

    kind: str
    title: str
    text: str
    buttons: tuple[str, ...] = ()
    details: str = ""


_shown: list[Shown] = []
_answers: list[str] = []
_paths: list[str] = []
_person: list[bool] = []
_watcher: list[Callable[[QtWidgets.QDialog], None]] = []


def answer(button: str) -> None:
    """Press the button with this text (without &) in the next message box."""
    _answers.append(button)


def answer_path(path: str) -> None:
    """Choose this path in the next file dialog; an empty text cancels it."""
    _paths.append(str(path))


def on_dialog(function: Callable[[QtWidgets.QDialog], None] | None) -> None:
    """Call `function` with each dialog while it is open, before it is answered (for screenshots, or to act in it)."""
    _watcher[:] = [function] if function is not None else []


def shown() -> list[Shown]:
    """Return what was shown since the last call and forget it."""
    found = list(_shown)
    _shown.clear()
    return found


def reset() -> None:
    """Forget answers and what was shown."""
    for kept in (_shown, _answers, _paths, _watcher):
        kept.clear()


def _text(label: str) -> str:
    return label.replace("&", "")


def _describe(box: QtWidgets.QDialog) -> Shown:
    if isinstance(box, QtWidgets.QMessageBox):
        buttons = tuple(_text(button.text) for button in box.buttons())
        text = "\n".join(part for part in (box.text, box.informativeText) if part)
        return Shown("message", box.windowTitle, text, buttons, box.detailedText)
    labels = QtCore.QObject.findChildren(box, QtWidgets.QLabel)
    return Shown(box.className(), box.windowTitle, "\n".join(label.text for label in labels if label.text))


def _exec(plain: Callable[[Any], int]) -> Callable[[Any], int]:
    def run(box: QtWidgets.QDialog) -> int:
        if _person:
            return plain(box)
        QtCore.QTimer.singleShot(0, lambda: _respond(box))
        return plain(box)

    return run


def _respond(box: QtWidgets.QDialog) -> None:
    _shown.append(_describe(box))
    for watcher in list(_watcher):
        watcher(box)
    if not box.visible:
        return
    if isinstance(box, QtWidgets.QMessageBox):
        _press(box)
    else:
        box.reject()


def _press(box: QtWidgets.QMessageBox) -> None:
    wanted = _answers.pop(0) if _answers else None
    buttons = list(box.buttons())
    for button in buttons:
        if wanted is not None and _text(button.text) == wanted:
            button.click()
            return
    escape = box.escapeButton()
    if escape is not None or len(buttons) == 1:
        (escape or buttons[0]).click()
    else:
        box.reject()


def _file_question(plain: Callable[..., Any], kind: str) -> Callable[..., Any]:
    def ask(*arguments: Any, **named: Any) -> Any:
        if _person:
            found = plain(*arguments, **named)
            return found[0] if isinstance(found, tuple) else found
        title = next((item for item in arguments if isinstance(item, str)), "")
        _shown.append(Shown(kind, title, ""))
        path = _paths.pop(0) if _paths else ""
        if kind == "getOpenFileNames":
            return tuple(part for part in path.split("\n") if part)
        return path

    return ask


def install(person: bool) -> None:
    """Take over modal dialogs; `person` leaves them as they are, but for PythonQt's way of returning file names."""
    _person[:] = [True] if person else []
    if "exec" in _installed:
        return
    _installed.add("exec")
    for cls in (QtWidgets.QDialog, QtWidgets.QMessageBox):
        if "exec" in vars(cls):
            cls.exec = _exec(cls.exec)  # type: ignore[method-assign]
    for kind in ("getOpenFileName", "getSaveFileName", "getExistingDirectory", "getOpenFileNames"):
        plain = getattr(QtWidgets.QFileDialog, kind)
        setattr(QtWidgets.QFileDialog, kind, staticmethod(_file_question(plain, kind)))


_installed: set[str] = set()
