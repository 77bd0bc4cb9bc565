"""Small helpers for what the page says."""

from __future__ import annotations

from typing import Any

import qt
from slicer.i18n import tr as _


def say(label: Any, text: str) -> None:
    """Show a plain text; an empty one takes no room."""
    label.setTextFormat(qt.Qt.PlainText)
    label.text = text
    label.visible = bool(text)


def time_left(seconds: float) -> str:
    """Return the time left as a person would say it."""
    if seconds < 1.0:
        return _("almost done")
    if seconds < 90:
        return _("about {n} s left").format(n=round(seconds))
    return _("about {n} min left").format(n=round(seconds / 60))


def make_bold(widget: Any, scale: float = 1.0) -> None:
    """Set a widget's text bold, and larger where asked; follows the application's font."""
    font = qt.QFont(qt.QApplication.font())
    font.setBold(True)
    if scale != 1.0:
        font.setPointSizeF(font.pointSizeF() * scale)
    widget.setFont(font)
