"""Where the documents are, and what the Makefile offers."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]


def documents() -> list[Path]:
    """The pages whose commands are run."""
    return [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]


def all_pages() -> list[Path]:
    """These, and the other pages in the root."""
    return sorted({*documents(), *ROOT.glob("*.md")})


def make_targets() -> set[str]:
    """The names of the Makefile's targets."""
    text = (ROOT / "Makefile").read_text(encoding="utf-8").replace("\\\n", " ")
    return {name for line in re.findall(r"^\.PHONY:(.*)$", text, re.MULTILINE) for name in line.split()}
