"""Small helpers for the page's tables and choices."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import qt


def prepare(table: Any, headers: Sequence[str], stretched: int | None = 0) -> None:
    """Give a table its columns; one of them takes what width is left, or with None all keep to what is in them."""
    table.setColumnCount(len(headers))
    table.setHorizontalHeaderLabels(list(headers))
    table.verticalHeader().setVisible(False)
    header = table.horizontalHeader()
    for column in range(len(headers)):
        mode = qt.QHeaderView.Stretch if column == stretched else qt.QHeaderView.ResizeToContents
        header.setSectionResizeMode(column, mode)


def in_lines(name: str, longest: int = 13) -> str:
    """A name with underscores in lines of about so many characters, for a narrow column."""
    lines = [""]
    for part in re.findall(r"[^_]*_|[^_]+", name):
        if lines[-1] and len(lines[-1] + part) > longest:
            lines.append("")
        lines[-1] += part
    return "\n".join(lines)


def fill(table: Any, rows: Sequence[Sequence[str]], tips: Sequence[str] = ()) -> None:
    """Show rows of texts, touching only the cells that change; without a tip of its own a cell tells its whole text."""
    if table.rowCount != len(rows):
        table.setRowCount(len(rows))
    for n, row in enumerate(rows):
        for column, text in enumerate(row):
            item = table.item(n, column)
            if item is None:
                item = qt.QTableWidgetItem(text)
                table.setItem(n, column, item)
            elif item.text() != text:
                item.setText(text)
            item.setToolTip(tips[n] if n < len(tips) else text)


def choose(box: Any, entries: Sequence[tuple[str, str]], wanted: str | None = None) -> None:
    """Offer entries (text, value) without telling anyone; the one chosen stays where it still is there."""
    kept = box.itemData(box.currentIndex) if box.count and wanted is None else wanted
    was = box.blockSignals(True)
    box.clear()
    for text, value in entries:
        box.addItem(text, value)
    values = [value for _text, value in entries]
    box.setCurrentIndex(values.index(kept) if kept in values else (0 if values else -1))
    box.blockSignals(was)


def chosen(box: Any) -> str:
    """The value of the entry that is chosen, empty without one."""
    value = box.itemData(box.currentIndex) if box.currentIndex >= 0 else None
    return "" if value is None else str(value)
