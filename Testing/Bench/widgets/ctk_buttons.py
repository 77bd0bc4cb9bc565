"""ctk buttons, boxes and text: the ones a module page is built from."""

from __future__ import annotations

from PySide6 import QtCore, QtGui, QtWidgets

from Bench.widgets.kept import kept

_TEXT_FLAGS = int(QtCore.Qt.AlignLeft | QtCore.Qt.AlignVCenter | QtCore.Qt.TextShowMnemonic)
_ARROW = 16  # px, width of the collapse arrow


class ctkPushButton(QtWidgets.QPushButton):
    """A push button whose text is cut with an ellipsis where it does not fit."""

    elideMode = kept(int, int(QtCore.Qt.ElideNone), "update")


class ctkCheckablePushButton(ctkPushButton):
    """A push button that carries a check box."""

    checkBoxToggled = QtCore.Signal(bool)
    checkBoxControlsButton = kept(bool, True)
    checkBoxUserCheckable = kept(bool, True)

    def __init__(self, parent: QtWidgets.QWidget | None = None) -> None:
        super().__init__(parent)
        self.setCheckable(True)
        self.toggled.connect(self.checkBoxToggled.emit)


class ctkMenuButton(QtWidgets.QPushButton):
    """A push button with a menu beside it."""


class ctkCheckBox(QtWidgets.QCheckBox):
    """A check box whose mark can be an icon."""

    indicatorIcon = kept(QtGui.QIcon, QtGui.QIcon())
    indicatorIconSize = kept(QtCore.QSize, QtCore.QSize())


class ctkExpandButton(QtWidgets.QToolButton):
    """A tool button drawn as an arrow that turns when checked."""

    mirrorOnExpand = kept(bool, False)

    def __init__(self, parent: QtWidgets.QWidget | None = None) -> None:
        super().__init__(parent)
        self.setCheckable(True)
        self.setArrowType(QtCore.Qt.RightArrow)


class ctkSearchBox(QtWidgets.QLineEdit):
    """A line edit with a search icon and a clear button."""

    showSearchIcon = kept(bool, False)

    def __init__(self, parent: QtWidgets.QWidget | None = None) -> None:
        super().__init__(parent)
        self.setClearButtonEnabled(True)
        self.setPlaceholderText("Search...")


class ctkCollapsibleButton(QtWidgets.QAbstractButton):
    """A header with an arrow; collapsing hides every child widget."""

    contentsCollapsed = QtCore.Signal(bool)
    contentsFrameShape = kept(int, int(QtWidgets.QFrame.NoFrame), "update")
    contentsFrameShadow = kept(int, int(QtWidgets.QFrame.Plain), "update")
    contentsLineWidth = kept(int, 1, "update")
    contentsMidLineWidth = kept(int, 0, "update")
    collapsedHeight = kept(int, 0, "updateGeometry")
    flat = kept(bool, False, "update")

    def __init__(self, parent: QtWidgets.QWidget | str | None = None) -> None:
        super().__init__(parent if isinstance(parent, QtWidgets.QWidget) else None)
        self._collapsed = False
        if isinstance(parent, str):
            self.setText(parent)
        self.setCheckable(True)
        self.setChecked(True)
        self.setSizePolicy(QtWidgets.QSizePolicy.Minimum, QtWidgets.QSizePolicy.Preferred)
        self.setFocusPolicy(QtCore.Qt.StrongFocus)
        self.toggled.connect(self._on_toggled)
        self._make_room()

    def _get_collapsed(self) -> bool:
        return self._collapsed

    def _set_collapsed(self, value: bool) -> None:
        if value == self._collapsed:
            return
        self._collapsed = value
        self.setChecked(not value)
        for child in self.children():
            if isinstance(child, QtWidgets.QWidget) and not child.isWindow():
                child.setVisible(not value)
        self._make_room()
        self.updateGeometry()
        self.contentsCollapsed.emit(value)

    collapsed = QtCore.Property(bool, _get_collapsed, _set_collapsed)

    def _on_toggled(self, checked: bool) -> None:
        self._set_collapsed(not checked)

    def _header(self) -> int:
        return self.fontMetrics().height() + 8

    def _make_room(self) -> None:
        self.setContentsMargins(0, self._header(), 0, 0)

    def childEvent(self, event: QtCore.QChildEvent) -> None:
        child = event.child()
        if event.added() and self._collapsed and isinstance(child, QtWidgets.QWidget):
            child.setVisible(False)
        super().childEvent(event)

    def changeEvent(self, event: QtCore.QEvent) -> None:
        if event.type() == QtCore.QEvent.FontChange:
            self._make_room()
        super().changeEvent(event)

    def hitButton(self, position: QtCore.QPoint) -> bool:
        return position.y() < self._header()

    def minimumSizeHint(self) -> QtCore.QSize:
        width = self.fontMetrics().horizontalAdvance(self.text) + _ARROW + 12
        header = QtCore.QSize(width, self._header())
        if self._collapsed or self.layout() is None:
            return header
        inside = self.layout().totalMinimumSize()
        return QtCore.QSize(max(width, inside.width()), max(header.height(), inside.height()))

    def sizeHint(self) -> QtCore.QSize:
        if self._collapsed or self.layout() is None:
            return self.minimumSizeHint
        return self.layout().totalSizeHint().expandedTo(self.minimumSizeHint)

    def paintEvent(self, event: QtGui.QPaintEvent) -> None:
        painter = QtGui.QPainter(self)
        option = QtWidgets.QStyleOptionButton()
        option.initFrom(self)
        option.rect = QtCore.QRect(0, 0, self.width, self._header())
        option.features = QtWidgets.QStyleOptionButton.Flat
        style = self.style()
        painter.fillRect(option.rect, self.palette.button())
        arrow = QtWidgets.QStyleOption(option)
        arrow.rect = QtCore.QRect(4, 0, _ARROW, self._header())
        kind = QtWidgets.QStyle.PE_IndicatorArrowRight if self._collapsed else QtWidgets.QStyle.PE_IndicatorArrowDown
        style.drawPrimitive(kind, arrow, painter, self)
        text = option.rect.adjusted(_ARROW + 8, 0, -4, 0)
        style.drawItemText(painter, text, _TEXT_FLAGS, self.palette, self.enabled, self.text)
        if self.hasFocus():
            painter.setPen(QtGui.QPen(self.palette.highlight().color(), 1, QtCore.Qt.DotLine))
            painter.drawRect(option.rect.adjusted(1, 1, -2, -2))
        painter.end()


class ctkCollapsibleGroupBox(QtWidgets.QGroupBox):
    """A checkable group box; unchecking hides its content."""

    collapsedHeight = kept(int, 14)

    def __init__(self, parent: QtWidgets.QWidget | None = None) -> None:
        super().__init__(parent)
        self.setCheckable(True)
        self.toggled.connect(self._show_content)

    def _get_collapsed(self) -> bool:
        return not self.checked

    def _set_collapsed(self, value: bool) -> None:
        self.setChecked(not value)

    collapsed = QtCore.Property(bool, _get_collapsed, _set_collapsed)

    def _show_content(self, shown: bool) -> None:
        for child in self.children():
            if isinstance(child, QtWidgets.QWidget):
                child.setVisible(shown)
        self.setMaximumHeight(16777215 if shown else self.fontMetrics().height() + self.collapsedHeight)


class ctkFittedTextBrowser(QtWidgets.QTextBrowser):
    """A text browser as high as its text."""

    collapsed = kept(bool, True)

    def __init__(self, parent: QtWidgets.QWidget | None = None) -> None:
        super().__init__(parent)
        self.setVerticalScrollBarPolicy(QtCore.Qt.ScrollBarAlwaysOff)
        self.setSizePolicy(QtWidgets.QSizePolicy.Preferred, QtWidgets.QSizePolicy.Fixed)
        self.textChanged.connect(self._fit)

    def _fit(self) -> None:
        document = self.document
        document.setTextWidth(self.viewport().width)
        self.setFixedHeight(int(document.size.height()) + 2 * self.frameWidth)

    def resizeEvent(self, event: QtGui.QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()
