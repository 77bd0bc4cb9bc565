"""A confusion of stages as a picture: SVG made by hand, like the report's drawings, in the report's colours."""

from __future__ import annotations

from html import escape

import numpy as np
import numpy.typing as npt

_CELL, _LEFT, _TOP = 54, 74, 66
_INK, _PALE, _DARK = "#1d2733", "#ffffff", "#1f4e79"


def confusion_svg(confusion: npt.ArrayLike, title: str, rows_are: str = "true") -> str:
    """Return a standalone SVG of a confusion [stages, stages + 1] as ``metrics`` has it: rows true or
    label, columns given.

    Shade is the share of the row; the number is the count (a mean over seeds may be fractional). The column for no
    answer stands last and only where there are such cases.
    """
    table = np.asarray(confusion, float)
    missing = table[:, :1]
    shown = np.hstack([table[:, 1:], missing]) if missing.any() else table[:, 1:]
    share = shown / np.maximum(shown.sum(axis=1, keepdims=True), 1e-12)
    names = [str(n + 1) for n in range(table.shape[0])] + ["none"]
    rows, columns = shown.shape
    width, height = max(_LEFT + columns * _CELL + 16, 7 * len(title) + 20), _TOP + rows * _CELL + 14
    parts = [_text(10, 22, title, anchor="start", size=13)]
    parts.append(_text(_LEFT + columns * _CELL / 2, 42, "stage given"))
    parts.append(_text(36, _TOP + rows * _CELL / 2, rows_are, anchor="end"))
    parts += [_text(_LEFT + (c + 0.5) * _CELL, 60, names[c]) for c in range(columns)]
    for r in range(rows):
        parts.append(_text(_LEFT - 14, _TOP + (r + 0.5) * _CELL + 4, names[r]))
        parts += [_cell(r, c, shown[r, c], share[r, c]) for c in range(columns)]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-label="{escape(title)}" width="{width}" '
        f'height="{height}" viewBox="0 0 {width} {height}" font-family="sans-serif">'
        f'<rect width="100%" height="100%" fill="#ffffff"/>{"".join(parts)}</svg>\n'
    )


def _cell(row: int, column: int, count: float, share: float) -> str:
    x, y = _LEFT + column * _CELL, _TOP + row * _CELL
    box = f'<rect x="{x}" y="{y}" width="{_CELL}" height="{_CELL}" fill="{_shade(share)}" stroke="#d9dfe5"/>'
    number = f"{count:.0f}" if abs(count - round(count)) < 0.05 else f"{count:.1f}"
    colour = _PALE if share > 0.5 else _INK
    return box + _text(x + _CELL / 2, y + _CELL / 2 + 5, number if count else "", colour=colour, size=15)


def _shade(share: float) -> str:
    pale, dark = (np.array([int(c[n : n + 2], 16) for n in (1, 3, 5)]) for c in (_PALE, _DARK))
    return "#" + "".join(f"{round(v):02x}" for v in pale + (dark - pale) * share)


def _text(x: float, y: float, text: str, anchor: str = "middle", colour: str = _INK, size: int = 12) -> str:
    place = f'x="{x:g}" y="{y:g}" font-size="{size}" text-anchor="{anchor}" fill="{colour}"'
    return f"<text {place}>{escape(text)}</text>"
