"""Finds the command lines of Markdown pages."""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass
from pathlib import Path

SHELLS = {"sh", "bash", "console", "shell"}
# In a block of no language these still are command lines; everything else there is a picture of a folder or a table.
PROGRAMS = re.compile(r"(\$ )?(\w+=\S+ )*(make|sos|cd|git|pip|python3?|PythonSlicer|\.venv/\S+)( |$)")
FENCE = re.compile(r"^ *(`{3,}|~{3,}) *(\w*)")
ASSIGNMENT = re.compile(r"\w+=")


@dataclass(frozen=True)
class Command:
    """One command line as a page has it."""

    page: str
    line: int
    text: str

    @property
    def words(self) -> tuple[str, ...]:
        """The words as a shell would split them, without variables set before them."""
        words = shlex.split(self.text, comments=True)
        while words and ASSIGNMENT.match(words[0]):
            words.pop(0)
        return tuple(words)

    def __str__(self) -> str:
        return f"{self.page}:{self.line}: {self.text}"


def commands(page: Path, name: str) -> list[Command]:
    """Return a page's command lines in order, comments taken off, continued lines joined."""
    found: list[Command] = []
    language: str | None = None
    fence, pending = "", ""
    for number, line in enumerate(page.read_text(encoding="utf-8").splitlines(), 1):
        mark = FENCE.match(line)
        if mark is not None and (language is None or mark[1].startswith(fence)):
            language, fence, pending = (mark[2].lower(), mark[1], "") if language is None else (None, "", "")
            continue
        if language is None or not (language in SHELLS or (not language and (pending or PROGRAMS.match(line.strip())))):
            continue
        text = pending + line.strip().removeprefix("$ ")
        pending = text[:-1].rstrip() + " " if text.endswith("\\") else ""
        if not pending and shlex.split(text, comments=True):
            found.append(Command(name, number, _without_comment(text)))
    return found


def _without_comment(text: str) -> str:
    return re.sub(r"\s+#.*$", "", text)
