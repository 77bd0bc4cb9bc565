"""How the window looks: font size, light or dark. Slicer's own style is Fusion with colours like these."""

from __future__ import annotations

from typing import Any

from PySide6 import QtGui, QtWidgets

_POINTS = 9.0  # of the font at scale 1
# Role -> grey or colour of the dark palette
_DARK = {
    QtGui.QPalette.Window: "#2b2b2b",
    QtGui.QPalette.WindowText: "#e6e6e6",
    QtGui.QPalette.Base: "#1e1e1e",
    QtGui.QPalette.AlternateBase: "#262626",
    QtGui.QPalette.Text: "#e6e6e6",
    QtGui.QPalette.PlaceholderText: "#9a9a9a",
    QtGui.QPalette.Button: "#383838",
    QtGui.QPalette.ButtonText: "#e6e6e6",
    QtGui.QPalette.BrightText: "#ffffff",
    QtGui.QPalette.Highlight: "#3d7ab8",
    QtGui.QPalette.HighlightedText: "#ffffff",
    QtGui.QPalette.Link: "#6fb1f0",
    QtGui.QPalette.ToolTipBase: "#383838",
    QtGui.QPalette.ToolTipText: "#e6e6e6",
    QtGui.QPalette.Light: "#4a4a4a",
    QtGui.QPalette.Midlight: "#404040",
    QtGui.QPalette.Mid: "#242424",
    QtGui.QPalette.Dark: "#1a1a1a",
    QtGui.QPalette.Shadow: "#000000",
}
_GREYED = ("WindowText", "Text", "ButtonText")


def apply(app: Any, font_scale: float = 1.0, dark: bool = False) -> None:
    """Give the whole application a font size and a palette."""
    app.setStyle("Fusion")
    font = QtGui.QFont(QtWidgets.QApplication.font())
    font.setPointSizeF(_POINTS * font_scale)
    app.setFont(font)
    app.setPalette(_dark_palette() if dark else QtWidgets.QStyleFactory.create("Fusion").standardPalette())


def _dark_palette() -> QtGui.QPalette:
    palette = QtGui.QPalette()
    for role, colour in _DARK.items():
        palette.setColor(role, QtGui.QColor(colour))
    for name in _GREYED:
        palette.setColor(QtGui.QPalette.Disabled, getattr(QtGui.QPalette, name), QtGui.QColor("#808080"))
    return palette
