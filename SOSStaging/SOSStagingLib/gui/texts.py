"""Small helpers for what the page says."""

from __future__ import annotations

import re
from functools import cache
from types import ModuleType
from typing import Any

import qt
from slicer.i18n import getContext, translate
from slicer.i18n import tr as _

from . import library_texts

_known = [library_texts]


def say(label: Any, text: str) -> None:
    """Show a plain text; an empty one takes no room."""
    label.setTextFormat(qt.Qt.PlainText)
    label.text = text
    label.visible = bool(text)


def shown(text: str) -> str:
    """Return what the library said, which is English, in the language of the application.

    A text may be several sentences, and a value in a sentence a sentence of its own. What is not known stays English.
    """
    known = library_texts.TEXTS[0]
    if not text or _translated(known) == known:
        return text
    if text in _contexts():
        return _translated(text)
    return "\n".join(_sentences(line) for line in text.split("\n"))


def know(texts: ModuleType) -> None:
    """Let ``shown`` know what another library says, from a file made like library_texts.py."""
    if texts not in _known:
        _known.append(texts)
        _contexts.cache_clear()
        _patterns.cache_clear()


@cache
def _contexts() -> dict[str, str]:
    """The context of each text, under which its translation is kept."""
    return {text: getContext(module.__file__) for module in reversed(_known) for text in module.TEXTS}


def _translated(text: str) -> str:
    return translate(_contexts()[text], text)


@cache
def _patterns() -> tuple[tuple[re.Pattern[str], str], ...]:
    """Each text with values as a pattern of them; those with most words of their own first."""
    texts = sorted(_contexts(), key=lambda text: -len(re.sub(r"\{\w+\}", "", text)))
    return tuple((re.compile(_pattern(text), re.DOTALL), text) for text in texts)


def _pattern(text: str) -> str:
    parts = re.split(r"\{(\w+)\}", text)
    # A value does not reach over the end of a sentence, except the last, which may be one.
    free = r"(?:(?!\. ).)+?"
    values = [rf"(?P<{name}>{'[0-9, ]+' if name.startswith('number') else free})" for name in parts[1::2]]
    if values and not parts[-1] and not parts[-2].startswith("number"):
        values[-1] = f"(?P<{parts[-2]}>.+)"
    literals = [re.escape(part) for part in parts[0::2]]
    # After a sentence another may follow; a part of one is only ever a whole value.
    end = r"(?=\s|$)" if text.endswith((".", "?", "!")) else "$"
    return "".join(part for pair in zip(literals, [*values, ""], strict=True) for part in pair) + end


def _sentences(text: str) -> str:
    done: list[str] = []
    rest = text
    while rest:
        found = next(((match, source) for pattern, source in _patterns() if (match := pattern.match(rest))), None)
        if found is None:
            break
        match, source = found
        values = {name: _value(value) for name, value in match.groupdict().items()}
        done.append(_translated(source).format(**values))
        rest = rest[match.end() :].lstrip()
    return " ".join([*done, rest] if rest else done)


def _value(text: str) -> str:
    """A value is a name or a number, or again something the library said."""
    return _sentences(text)


def time_left(seconds: float) -> str:
    """Return the time left as a person would say it."""
    if seconds < 1.0:
        return _("almost done")
    if seconds < 90:
        return _("about {n} s left").format(n=round(seconds))
    return _("about {n} min left").format(n=round(seconds / 60))


def make_bold(widget: Any, scale: float = 1.0) -> None:
    """Set a widget's text bold, and larger where asked; otherwise it follows the application's font."""
    # Only what is set here is taken from a font; size and family go on to follow the application.
    font = qt.QFont()
    font.setBold(True)
    if scale != 1.0:
        font.setPointSizeF(qt.QApplication.font().pointSizeF() * scale)
    widget.setFont(font)
