"""Modal dialogs in a run without a person: each is answered beforehand, and what was shown is kept.

    dialogs.answer("OK")              # the button to press in the next dialog, or the entry to choose in the next menu
    dialogs.answer_path("/tmp/a.csv") # the file to choose in the next file dialog; "" cancels it
    dialogs.answer_with(function)     # function(dialog) works in the next dialog as a person would

Answers are used in the order given. A dialog nobody has an answer for is closed as with the Escape key, so that the
run goes on, and counts as a complaint; so does an answer nobody asked for. A dialog without any button (a message
that closes by itself) needs no answer. A person at the bench's window gets the real dialogs.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from PySide6 import QtCore, QtGui, QtWidgets

from Bench.pythonqt import rules

Action = Callable[[QtWidgets.QDialog], None]
ESCAPE = "Escape"


@dataclass(frozen=True)
class Shown:
    """One dialog that was opened."""

    kind: str
    title: str
    text: str
    buttons: tuple[str, ...] = ()
    details: str = ""


_shown: list[Shown] = []
_answers: list[str | Action] = []
_paths: list[str] = []
_complaints: list[str] = []
_opened: list[str] = []
_watcher: list[Action] = []
_state = {"person": False, "installed": False}


def answer(button: str) -> None:
    """Press the button with this text (without &) in the next dialog, or choose this entry of the next menu."""
    _answers.append(button)


def answer_path(path: Any) -> None:
    """Choose this path in the next file dialog; an empty text cancels it, line breaks separate several paths."""
    _paths.append(str(path))


def answer_with(function: Action) -> None:
    """Let `function` work in the next dialog; it must close it."""
    _answers.append(function)


def on_dialog(function: Action | None) -> None:
    """Call `function` with each dialog while it is open, before it is answered: for screenshots."""
    _watcher[:] = [function] if function is not None else []


def shown() -> list[Shown]:
    """Return what was shown since the last call and forget it."""
    found = list(_shown)
    _shown.clear()
    return found


def opened() -> list[str]:
    """Return the addresses and files handed to the system (qt.QDesktopServices.openUrl) since the last call."""
    found = list(_opened)
    _opened.clear()
    return found


def complaints() -> list[str]:
    """Return what went unanswered and which answers were not used, and forget both."""
    found = [*_complaints]
    found += [f"the answer {item!r} was given, but no dialog asked" for item in _answers]
    found += [f"the path {item!r} was given, but no file dialog asked" for item in _paths]
    for kept in (_complaints, _answers, _paths):
        kept.clear()
    return found


def reset() -> None:
    """Forget answers, complaints and what was shown."""
    for kept in (_shown, _answers, _paths, _complaints, _opened, _watcher):
        kept.clear()


# Dialogs


def _text(label: str) -> str:
    return label.replace("&", "")


def _buttons(dialog: QtWidgets.QDialog) -> list[QtWidgets.QAbstractButton]:
    """Return the push buttons of a dialog."""
    return [item for item in QtCore.QObject.findChildren(dialog, QtWidgets.QPushButton) if item.isVisibleTo(dialog)]


def _describe(dialog: QtWidgets.QDialog) -> Shown:
    buttons = tuple(_text(button.text) for button in _buttons(dialog))
    if isinstance(dialog, QtWidgets.QMessageBox):
        text = "\n".join(part for part in (dialog.text, dialog.informativeText) if part)
        return Shown("message", dialog.windowTitle, text, buttons, dialog.detailedText)
    labels = QtCore.QObject.findChildren(dialog, QtWidgets.QLabel)
    return Shown(
        dialog.className(), dialog.windowTitle, "\n".join(label.text for label in labels if label.text), buttons
    )


def _exec(plain: Callable[[Any], int]) -> Callable[[Any], int]:
    def run(dialog: QtWidgets.QDialog) -> int:
        if not _state["person"]:
            # Code called by a test runs outside any event loop, where a deleteLater() before exec() (slicer.util does
            # that) would delete the dialog as soon as it opens. In the application it waits for the loop around.
            QtCore.QCoreApplication.removePostedEvents(dialog, QtCore.QEvent.DeferredDelete)
            QtCore.QTimer.singleShot(0, lambda: _respond(dialog))
        return plain(dialog)

    return run


def _respond(dialog: QtWidgets.QDialog) -> None:
    try:
        description = _describe(dialog)
        _shown.append(description)
        for watcher in list(_watcher):
            watcher(dialog)
        if dialog.visible and (description.buttons or _answers):
            _act(dialog, description)
    finally:
        # An open dialog would hang the run; reject() is what Escape does.
        if dialog.visible:
            dialog.reject()


def _act(dialog: QtWidgets.QDialog, description: Shown) -> None:
    if not _answers:
        _complaints.append(f"a dialog was shown and had no answer: {description}")
        return
    wanted = _answers.pop(0)
    if callable(wanted):
        wanted(dialog)
        if dialog.visible:
            _complaints.append(f"the dialog was still open after {wanted!r}: {description}")
        return
    if wanted == ESCAPE:
        return
    pressed = next((button for button in _buttons(dialog) if _text(button.text) == wanted), None)
    if pressed is None:
        _complaints.append(f"no button {wanted!r} in {description}")
    else:
        pressed.click()


# Static functions: Qt would run their dialogs without telling Python


def _message(icon: int) -> Callable[..., int]:
    standard = QtWidgets.QMessageBox

    def show(parent: Any, title: str, text: str, buttons: Any = None, default: Any = None) -> int:
        usual = standard.Yes | standard.No if icon == standard.Question else standard.Ok
        box = standard(icon, title, text, standard.StandardButtons(usual if buttons is None else buttons), parent)
        if default is not None:
            box.setDefaultButton(standard.StandardButton(default))
        return int(box.exec())

    return show


def _file_question(plain: Callable[..., Any], kind: str) -> Callable[..., Any]:
    def ask(*arguments: Any, **named: Any) -> Any:
        if _state["person"]:
            found = plain(*arguments, **named)
            found = found[0] if isinstance(found, tuple) else found  # PySide6 adds the chosen filter
        else:
            found = _path_for(kind, arguments)
        return tuple(found) if isinstance(found, list) else found

    return ask


def _path_for(kind: str, arguments: tuple[Any, ...]) -> str | list[str]:
    title = next((item for item in arguments if isinstance(item, str)), "")
    _shown.append(Shown(kind, title, ""))
    if not _paths:
        _complaints.append(f"a file dialog was opened and had no answer: {kind} {title!r}")
    path = _paths.pop(0) if _paths else ""
    return [part for part in path.split("\n") if part] if kind == "getOpenFileNames" else path


def _menu_exec(plain: Callable[..., Any]) -> Callable[..., Any]:
    def run(menu: QtWidgets.QMenu, *arguments: Any) -> Any:
        if _state["person"]:
            return plain(menu, *arguments)
        entries = {_text(action.text): action for action in menu.actions() if not action.isSeparator()}
        _shown.append(Shown("menu", menu.title, "", tuple(entries)))
        wanted = _answers.pop(0) if _answers else None
        if wanted is None or (wanted != ESCAPE and wanted not in entries):
            _complaints.append(f"a menu with {list(entries)} was opened; the answer was {wanted!r}")
        chosen = entries.get(wanted) if isinstance(wanted, str) else None
        if chosen is not None:
            chosen.trigger()
        return chosen

    return run


def _open_url(plain: Callable[[QtCore.QUrl], bool]) -> Callable[[QtCore.QUrl], bool]:
    def open_url(url: QtCore.QUrl) -> bool:
        if _state["person"]:
            return plain(url)
        _opened.append(QtCore.QUrl(url).toString())
        return True

    return open_url


def _refuse(name: str) -> Callable[..., Any]:
    def ask(*_arguments: Any, **_named: Any) -> Any:
        raise NotImplementedError(
            f"QInputDialog.{name} answers differently in PythonQt and PySide6; make a QInputDialog and call exec_()"
        )

    return ask


def install(person: bool) -> None:
    """Take over modal dialogs; with a person at the window they are real, but file names come back as in PythonQt."""
    _state["person"] = person
    if _state["installed"]:
        return
    _state["installed"] = True
    for cls in (QtWidgets.QDialog, QtWidgets.QMessageBox):
        if "exec" in vars(cls):
            cls.exec = _exec(cls.exec)  # type: ignore[method-assign]
    rules.replace(QtWidgets.QMenu, "exec", _menu_exec(QtWidgets.QMenu.exec))
    for kind in ("getOpenFileName", "getSaveFileName", "getExistingDirectory", "getOpenFileNames"):
        setattr(QtWidgets.QFileDialog, kind, staticmethod(_file_question(getattr(QtWidgets.QFileDialog, kind), kind)))
    services = QtGui.QDesktopServices
    services.openUrl = staticmethod(_open_url(services.openUrl))  # type: ignore[method-assign,assignment]
    box = QtWidgets.QMessageBox
    for name, icon in (("information", box.Information), ("warning", box.Warning), ("critical", box.Critical)):
        setattr(box, name, staticmethod(_message(icon)))
    box.question = staticmethod(_message(box.Question))  # type: ignore[method-assign,assignment]
    for name in ("getText", "getItem", "getInt", "getDouble", "getMultiLineText"):
        setattr(QtWidgets.QInputDialog, name, staticmethod(_refuse(name)))
