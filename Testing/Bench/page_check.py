"""What a person would dislike on a page: too wide, cut text, unreadable tables, overlap, no tooltip, jumps of Tab.

    bench.look(font_scale=1.5)
    assert not page_check.complaints(page.parent)

Widgets are named by their object name. The page must be shown; what is hidden is not looked at.
"""

from __future__ import annotations

from collections.abc import Iterator

from PySide6 import QtCore, QtGui, QtWidgets

from Bench.widgets.ctk_buttons import ctkCollapsibleButton

_SLACK = 2  # px
_BUTTON_MARGIN = 8  # px, both sides of a button's text together
_INDICATOR = 20  # px, the mark of a check box or radio button with its gap
_ARROW = 24  # px, the arrow of a combo box with its frame
_CELL_MARGIN = 6  # px, both sides of a cell's text together
_READABLE = 8  # characters of a cut cell that tell what it says, if its tooltip has the rest
_CONTROLS = (
    QtWidgets.QAbstractButton,
    QtWidgets.QComboBox,
    QtWidgets.QLineEdit,
    QtWidgets.QTextEdit,
    QtWidgets.QPlainTextEdit,
    QtWidgets.QAbstractSpinBox,
    QtWidgets.QAbstractSlider,
    QtWidgets.QAbstractItemView,
)
# The inside of these is their own business.
_CLOSED = (
    QtWidgets.QComboBox,
    QtWidgets.QAbstractSpinBox,
    QtWidgets.QAbstractItemView,
    QtWidgets.QTextEdit,
    QtWidgets.QPlainTextEdit,
    QtWidgets.QScrollBar,
)


def complaints(page: QtWidgets.QWidget) -> list[str]:
    """Return everything found on a page."""
    found = [*too_wide(page), *cut_texts(page), *cut_cells(page), *misplaced(page)]
    return [*found, *without_tooltip(page), *tab_jumps(page)]


def _name(widget: QtWidgets.QWidget) -> str:
    return QtCore.QObject.objectName(widget) or f"a {type(widget).__name__} in {_name(widget.parentWidget())}"


def _shown(page: QtWidgets.QWidget) -> Iterator[QtWidgets.QWidget]:
    """Yield the visible widgets below a page, closed ones without their inside."""
    for child in QtCore.QObject.children(page):
        if isinstance(child, QtWidgets.QWidget) and child.visible and not child.isWindow():
            yield child
            if not isinstance(child, _CLOSED):
                yield from _shown(child)


# Text


def cut_texts(page: QtWidgets.QWidget) -> list[str]:
    """Return the widgets whose text does not fit."""
    return [f"{_name(w)}: the text {_text(w)!r} does not fit" for w in _shown(page) if _is_cut(w)]


def cut_cells(page: QtWidgets.QWidget) -> list[str]:
    """Return the headings and cells of tables that cannot be read: cut ones must show something and have a tooltip."""
    found = []
    for table in (widget for widget in _shown(page) if isinstance(widget, QtWidgets.QTableWidget)):
        for column in (n for n in range(table.columnCount) if not table.isColumnHidden(n)):
            room = table.columnWidth(column) + _SLACK - _CELL_MARGIN
            header = table.horizontalHeaderItem(column)
            if header is not None and _advance(table.horizontalHeader(), header.text()) > room:
                found.append(f"{_name(table)}: the heading {header.text()!r} does not fit")
            items = (table.item(row, column) for row in range(table.rowCount))
            lost = (item for item in items if item is not None and _is_lost(table, item.text(), item.toolTip(), room))
            found += [f"{_name(table)}: {item.text()!r} cannot be read" for item in lost]
    return found


def _is_lost(table: QtWidgets.QTableWidget, text: str, tip: str, room: int) -> bool:
    if _advance(table, text) <= room:
        return False
    metrics = QtGui.QFontMetrics(table.font)
    shown = min(len(metrics.elidedText(line, QtCore.Qt.ElideRight, room)) for line in text.split("\n"))
    return not tip or shown <= _READABLE


def _text(widget: QtWidgets.QWidget) -> str:
    return widget.currentText if isinstance(widget, QtWidgets.QComboBox) else getattr(widget, "text", "")


def _is_cut(widget: QtWidgets.QWidget) -> bool:
    if isinstance(widget, QtWidgets.QLabel):
        return bool(widget.text) and _is_label_cut(widget)
    if isinstance(widget, QtWidgets.QComboBox):
        return widget.width + _SLACK < _advance(widget, widget.currentText) + _ARROW
    if isinstance(widget, QtWidgets.QAbstractButton):
        return _is_button_cut(widget)
    return False


def _is_label_cut(label: QtWidgets.QLabel) -> bool:
    if label.wordWrap:
        return label.height + _SLACK < label.heightForWidth(label.width)
    return (
        label.width + _SLACK < label.minimumSizeHint.width() or label.height + _SLACK < label.minimumSizeHint.height()
    )


def _is_button_cut(button: QtWidgets.QAbstractButton) -> bool:
    only_icon = isinstance(button, QtWidgets.QToolButton) and button.toolButtonStyle == QtCore.Qt.ToolButtonIconOnly
    if not button.text or (only_icon and not button.icon.isNull()):
        return False
    marked = isinstance(button, (QtWidgets.QCheckBox, QtWidgets.QRadioButton, ctkCollapsibleButton))
    icon = 0 if button.icon.isNull() else button.iconSize.width() + 4
    need = _advance(button, button.text) + icon + (_INDICATOR if marked else _BUTTON_MARGIN)
    return button.width + _SLACK < need


def _advance(widget: QtWidgets.QWidget, text: str) -> int:
    plain = text.replace("&&", "\0").replace("&", "").replace("\0", "&")
    return max(QtGui.QFontMetrics(widget.font).horizontalAdvance(line) for line in plain.split("\n"))


# Places


def too_wide(page: QtWidgets.QWidget) -> list[str]:
    """Return what makes a page wider than the panel it lies in, where its right side is out of sight."""
    panel = page.parentWidget()
    if panel is None or not isinstance(panel.parentWidget(), QtWidgets.QScrollArea) or page.width <= panel.width:
        return []
    room = panel.width
    single = [widget for widget in _shown(page) if not _shown_inside(widget)]
    wide = [w for w in single if max(w.minimumSizeHint.width(), w.minimumWidth) > room - 2 * _SLACK]
    return [f"the page is {page.width} px wide in a panel of {room} px", *(f"{_name(w)} needs more" for w in wide)]


def _shown_inside(widget: QtWidgets.QWidget) -> bool:
    return not isinstance(widget, _CLOSED) and any(True for _ in _shown(widget))


def misplaced(page: QtWidgets.QWidget) -> list[str]:
    """Return widgets that stick out of their parent or lie on each other."""
    found = []
    for holder in [page, *_shown(page)]:
        if holder.layout() is None or isinstance(holder, (*_CLOSED, QtWidgets.QStackedWidget)):
            continue
        inside = [c for c in QtCore.QObject.children(holder) if isinstance(c, QtWidgets.QWidget) and c.visible]
        inside = [child for child in inside if not child.isWindow()]
        for i, child in enumerate(inside):
            if child.geometry.right() > holder.width + _SLACK:
                found.append(f"{_name(child)} sticks out of {_name(holder)} on the right")
            for other in inside[i + 1 :]:
                common = child.geometry.intersected(other.geometry)
                if common.width() > _SLACK and common.height() > _SLACK:
                    found.append(f"{_name(child)} and {_name(other)} lie on each other")
    return found


# Help and keys


def without_tooltip(page: QtWidgets.QWidget) -> list[str]:
    """Return the named controls without a tooltip; sections count as headings."""
    found = []
    for widget in _shown(page):
        named = QtCore.QObject.objectName(widget)
        is_control = isinstance(widget, _CONTROLS) or type(widget).__name__.startswith(("ctk", "qMRML", "qSlicer"))
        is_holder = isinstance(widget, (ctkCollapsibleButton, QtWidgets.QScrollBar)) or type(widget).__name__ in (
            "qMRMLWidget",
            "qSlicerWidget",
            "ctkCollapsibleGroupBox",
        )
        if named and not named.startswith("qt_") and is_control and not is_holder and not widget.toolTip:
            found.append(f"{named} has no tooltip")
    return found


def tab_order(page: QtWidgets.QWidget) -> list[str]:
    """Return the names of the controls in the order the Tab key goes through them."""
    return [_name(widget) for widget in _tab_chain(page)]


def tab_jumps(page: QtWidgets.QWidget) -> list[str]:
    """Return where the Tab key goes upwards on the page."""
    chain = _tab_chain(page)
    tops = [widget.mapTo(page, QtCore.QPoint(0, 0)).y() for widget in chain]
    pairs = zip(chain, chain[1:], tops, tops[1:], strict=False)
    return [f"Tab goes up from {_name(a)} to {_name(b)}" for a, b, y, below in pairs if below + b.height <= y]


def _tab_chain(page: QtWidgets.QWidget) -> list[QtWidgets.QWidget]:
    chain, widget = [], page.nextInFocusChain()
    while widget is not None and widget is not page:
        takes_tab = int(widget.focusPolicy) & int(QtCore.Qt.TabFocus) and widget.enabled and widget.focusProxy() is None
        if takes_tab and widget.visible and page.isAncestorOf(widget) and not isinstance(widget, QtWidgets.QScrollBar):
            chain.append(widget)
        widget = widget.nextInFocusChain()
    return chain
