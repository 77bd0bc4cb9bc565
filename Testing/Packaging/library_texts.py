"""Collects what the library may say to a user, so that the page can show it in another language.

The rooms that read, judge and report know nothing of Slicer or of languages: they speak English, and some of them do so
in a child process. Their sentences are read from their source here and listed, marked for translation, in
gui/library_texts.py of each module, where SOSStagingLib/gui/texts.py finds the sentence a text was made from.
"""

from __future__ import annotations

import ast
import itertools
import json
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
MODULES = ("SOSStaging", "SOSStagingTraining")
# What the page shows comes from these; what only programmers see (ValueError, logs) is not looked at.
SOURCES = {
    "SOSStaging": ("scan", "staging", "packages", "model/library.py", "model/sosmodel.py", "model/predictor.py",
                   "report/words.py", "scene/scans.py"),
    "SOSStagingTraining": ("study", "compute", "learning", "learning/detectors"),
}  # fmt: skip
FOR_PROGRAMMERS = {
    "ValueError", "AssertionError", "RuntimeError", "TypeError", "KeyError", "add_argument", "ArgumentParser"
}  # fmt: skip
LOGS = {"debug", "info", "warning", "error", "exception"}
# Parts of sentences; whole sentences are known by their beginning.
FRAGMENTS = re.compile(
    r"it was turned round|its greys already|distance between slices|slice thickness|not given$|said nothing|"
    r"ended with exit status|gave no answer within|Licence: |\{\w+\} % coverage|1 case|\{\w+\} cases \(|"
    r"timm knows no network"
)
WORDS = {
    "SOSStaging": ("axial", "coronal", "sagittal", "weights", "card", "{numbers} and {number}"),
    "SOSStagingTraining": ("{number} patients", "1 patient", "label", "box"),
}
# Of this file only what the page shows; the rest is the report's, which is English.
SHOWN_WORDS = {"plausible", "certainty", "_evidence", "training_statement"}
HEADER = '''"""What the library may say to a user. Written by `make translations` from its source; do not edit."""

from __future__ import annotations

# ruff: noqa: E501


def _(text: str) -> str:
    """Mark a text for translation; SOSStagingLib/gui/texts.py translates it when it is shown."""
    return text


# fmt: off
TEXTS = (
'''
FOOTER = ")\n# fmt: on\n"


def template(node: ast.AST) -> str | None:
    """Return a string or f-string with its values as {name}; None for anything else."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        numbers = itertools.count(1)
        return re.sub(r"\{:[^}]*\}", lambda _found: f"{{value{next(numbers)}}}", node.value)
    if not isinstance(node, ast.JoinedStr):
        return None
    names: list[str] = []
    parts: list[str] = []
    for value in node.values:
        if isinstance(value, ast.FormattedValue):
            names.append(_name(value.value, names))
            parts.append(f"{{{names[-1]}}}")
        else:
            parts.append(str(value.value) if isinstance(value, ast.Constant) else "")
    return "".join(parts)


def _name(node: ast.AST, taken: list[str]) -> str:
    named = node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""
    name = named.lower().strip("_") or "value"
    return name if name not in taken else f"{name}{1 + sum(t.startswith(name) for t in taken)}"


def texts_of(path: Path) -> Iterator[str]:
    """Yield the sentences of one source file, in its order."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    passed = {id(node) for skipped in _skipped(path, tree) for node in ast.walk(skipped)}
    nodes = [node for node in ast.walk(tree) if isinstance(node, ast.expr) and id(node) not in passed]
    for node in sorted(nodes, key=lambda node: (node.lineno, node.col_offset)):
        text = template(node)
        if text and _for_users(text):
            yield text.strip()


def _skipped(path: Path, tree: ast.AST) -> Iterator[ast.AST]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            yield node  # a docstring
        elif path.name == "words.py" and isinstance(node, ast.Module):
            yield from (part for part in node.body if getattr(part, "name", "") not in SHOWN_WORDS)
        elif isinstance(node, ast.JoinedStr):
            yield from node.values
        elif isinstance(node, ast.Call):
            called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if called in FOR_PROGRAMMERS or (called in LOGS and isinstance(node.func, ast.Attribute)):
                yield node


def _for_users(text: str) -> bool:
    plain = re.sub(r"\{\w+\}", "", text).strip()
    if FRAGMENTS.match(text):
        return True
    sentence = text.strip()[:1].isupper() or text.startswith(("{", " "))
    return sentence and len(re.findall(r"[A-Za-z]{2,}", plain)) >= 2 and " " in plain


def scheme_texts(path: Path) -> Iterator[str]:
    """Yield the names and descriptions of a scheme's stages."""
    data = json.loads(path.read_text(encoding="utf-8"))
    for stage in data["stages"]:
        yield from (str(stage[key]) for key in ("name", "description") if stage.get(key))


def library(module: str) -> Path:
    """Return the folder of a module's library."""
    return ROOT / module / f"{module}Lib"


def target(module: str) -> Path:
    """Return the file the texts of a module are listed in."""
    return library(module) / "gui" / "library_texts.py"


def collected(module: str) -> list[str]:
    """Return all texts of a module once, in a steady order."""
    rooms = [library(module) / source for source in SOURCES[module]]
    files = [file for room in rooms for file in (sorted(room.glob("*.py")) if room.is_dir() else [room])]
    texts = [text for file in files for text in texts_of(file)]
    schemes = sorted((ROOT / module / "Resources" / "Schemes").glob("*.json"))
    texts += [text for path in schemes for text in scheme_texts(path)]
    return list(dict.fromkeys([*texts, *WORDS[module]]))


def written(module: str) -> str:
    """Return the source of a module's gui/library_texts.py."""
    # Double quotes always: Slicer's extraction reads them best.
    lines = [f"    _({json.dumps(text, ensure_ascii=False)}),\n" for text in collected(module)]
    return HEADER + "".join(lines) + FOOTER
