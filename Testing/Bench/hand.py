"""A person's mouse and keyboard: events go to Qt widgets, never to the objects behind them."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from PySide6 import QtCore, QtGui, QtWidgets
from PySide6.QtTest import QTest

_STEPS = 8  # moves of a drag
_WHEEL_STEP = 120  # eighths of a degree, one notch


def click(widget: QtWidgets.QWidget, at: QtCore.QPoint | None = None) -> None:
    """Click a widget with the left button, in its middle or at a point.

    Raises:
        AssertionError: a person could not: the widget is hidden or disabled.
    """
    name = QtCore.QObject.objectName(widget)
    assert widget.isVisible(), f"{name} is not visible, nobody can click it"
    assert widget.isEnabled(), f"{name} is disabled, a click does nothing"
    if at is None and isinstance(widget, (QtWidgets.QCheckBox, QtWidgets.QRadioButton)):
        at = QtCore.QPoint(8, widget.height // 2)  # beside the text the box is not hit where the widget is wide
    QTest.mouseClick(widget, QtCore.Qt.LeftButton, QtCore.Qt.NoModifier, at or widget.rect.center())
    process()


def type_text(widget: QtWidgets.QWidget, text: str) -> None:
    """Type into a widget; what is on no key (an accent, another script) as input methods give it."""
    for letter in text:
        if letter.isascii():
            QTest.keyClicks(widget, letter)
        else:
            given = QtGui.QInputMethodEvent()
            given.setCommitString(letter)
            QtCore.QCoreApplication.sendEvent(widget, given)
    process()


def press(widget: QtWidgets.QWidget, key: int | str, modifiers: Any = QtCore.Qt.NoModifier) -> None:
    """Press and release one key, or a shortcut such as "Ctrl+S"."""
    if isinstance(key, str) and len(key) > 1:
        QTest.keySequence(widget, QtGui.QKeySequence(key))
    else:
        QTest.keyClick(widget, key if isinstance(key, str) else QtCore.Qt.Key(key), modifiers)
    process()


def choose(box: QtWidgets.QComboBox, text: str) -> None:
    """Choose an entry of a combo box by its text, with the keys."""
    index = box.findText(text)
    assert index >= 0, f"no entry {text!r} among {[box.itemText(i) for i in range(box.count)]}"
    while box.currentIndex != index:
        before = box.currentIndex
        press(box, QtCore.Qt.Key_Down if index > before else QtCore.Qt.Key_Up)
        assert box.currentIndex != before, f"the keys do not reach {text!r}"


def choose_node(selector: QtWidgets.QWidget, node: Any) -> None:
    """Choose a node in a qMRMLNodeComboBox as a person does; None for the entry without a node."""
    box = QtCore.QObject.findChild(selector, QtWidgets.QComboBox)
    index = box.findData(node.GetID() if node is not None else "")
    assert index >= 0, f"{QtCore.QObject.objectName(selector)} does not offer that node"
    box.setCurrentIndex(index)
    box.activated.emit(index)
    process()


def process() -> None:
    """Let Qt work through what waits."""
    QtWidgets.QApplication.processEvents()
    QtWidgets.QApplication.sendPostedEvents(None, QtCore.QEvent.DeferredDelete)


# Views


def slice_view(name: str = "Red") -> QtWidgets.QWidget:
    """Return the view of a slice by its name."""
    import slicer

    return slicer.app.layoutManager().sliceWidget(name).sliceView()


def point_of(view: QtWidgets.QWidget, ras: Sequence[float]) -> QtCore.QPointF:
    """Return where a RAS point (mm) lies in a slice view, in the widget's pixels."""
    x, y, _ = view.convertRASToXYZ(list(ras))
    return QtCore.QPointF(x, view.height - 1 - y)


def move(view: QtWidgets.QWidget, at: QtCore.QPointF) -> None:
    """Move the mouse, no button down."""
    _send(view, QtCore.QEvent.MouseMove, at, QtCore.Qt.NoButton, QtCore.Qt.NoButton)


def drag(
    view: QtWidgets.QWidget,
    start: Sequence[float],
    end: Sequence[float],
    button: int = QtCore.Qt.LeftButton,
    release: bool = True,
) -> None:
    """Drag in a slice view from one RAS point (mm) to another; without release the button stays down."""
    drag_pixels(view, point_of(view, start), point_of(view, end), button, release)


def drag_pixels(
    view: QtWidgets.QWidget,
    start: QtCore.QPointF,
    end: QtCore.QPointF,
    button: int = QtCore.Qt.LeftButton,
    release: bool = True,
) -> None:
    """Drag in any widget, in its pixels."""
    held = QtCore.Qt.MouseButton(button)
    move(view, start)
    _send(view, QtCore.QEvent.MouseButtonPress, start, held, held)
    for i in range(1, _STEPS + 1):
        _send(view, QtCore.QEvent.MouseMove, start + (end - start) * (i / _STEPS), QtCore.Qt.NoButton, held)
    if release:
        _send(view, QtCore.QEvent.MouseButtonRelease, end, held, QtCore.Qt.NoButton)
    process()


def click_at(view: QtWidgets.QWidget, ras: Sequence[float], button: int = QtCore.Qt.LeftButton) -> None:
    """Click in a slice view at a RAS point (mm)."""
    at, held = point_of(view, ras), QtCore.Qt.MouseButton(button)
    move(view, at)
    _send(view, QtCore.QEvent.MouseButtonPress, at, held, held)
    _send(view, QtCore.QEvent.MouseButtonRelease, at, held, QtCore.Qt.NoButton)
    process()


def wheel(view: QtWidgets.QWidget, notches: int, modifiers: Any = QtCore.Qt.NoModifier) -> None:
    """Turn the mouse wheel over the middle of a widget; positive is away from the person."""
    middle = QtCore.QPointF(view.rect.center())
    for _ in range(abs(notches)):
        event = QtGui.QWheelEvent(
            middle,
            QtCore.QPointF(view.mapToGlobal(middle.toPoint())),
            QtCore.QPoint(),
            QtCore.QPoint(0, _WHEEL_STEP if notches > 0 else -_WHEEL_STEP),
            QtCore.Qt.NoButton,
            modifiers,
            QtCore.Qt.NoScrollPhase,
            False,
        )
        QtWidgets.QApplication.sendEvent(view, event)
    process()


def _send(widget: QtWidgets.QWidget, kind: Any, at: QtCore.QPointF, button: Any, held: Any) -> None:
    everywhere = QtCore.QPointF(widget.mapToGlobal(at.toPoint()))
    event = QtGui.QMouseEvent(kind, at, everywhere, button, held, QtCore.Qt.NoModifier)
    QtWidgets.QApplication.sendEvent(widget, event)
    process()


# Files


def drop(widget: QtWidgets.QWidget, paths: Iterable[str | Path]) -> bool:
    """Drop files on a widget, or on the nearest parent that takes them; return whether one did."""
    data = QtCore.QMimeData()
    data.setUrls([QtCore.QUrl.fromLocalFile(str(path)) for path in paths])
    target: QtWidgets.QWidget | None = widget
    while target is not None:
        if target.acceptDrops and _drop_on(target, data):
            return True
        target = target.parentWidget()
    return False


def _drop_on(target: QtWidgets.QWidget, data: QtCore.QMimeData) -> bool:
    copy, left, none = QtCore.Qt.CopyAction, QtCore.Qt.LeftButton, QtCore.Qt.NoModifier
    middle = target.rect.center()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # older PySide6 has only this constructor
        entering = QtGui.QDragEnterEvent(middle, copy, data, left, none)
    entering.ignore()
    QtWidgets.QApplication.sendEvent(target, entering)
    if not entering.isAccepted():
        return False
    dropping = QtGui.QDropEvent(QtCore.QPointF(middle), copy, data, left, none)
    QtWidgets.QApplication.sendEvent(target, dropping)
    process()
    return dropping.isAccepted()
