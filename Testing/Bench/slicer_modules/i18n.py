"""slicer.i18n: the text itself, for the bench speaks the language of the sources."""

from __future__ import annotations

import sys
from pathlib import Path

from PySide6 import QtCore

FILEPATH_TO_CONTEXT: dict[str, str] = {}


def getContext(sourceFile: str) -> str:
    """Return the translation context of a module's file: its name, with the folder for a package's __init__."""
    if sourceFile not in FILEPATH_TO_CONTEXT:
        path = Path(sourceFile)
        FILEPATH_TO_CONTEXT[sourceFile] = path.parent.name if path.stem == "__init__" else path.stem
    return FILEPATH_TO_CONTEXT[sourceFile]


def translate(context: str, text: str) -> str:
    """Return `text` in the application's language."""
    return QtCore.QCoreApplication.translate(context, text)


def tr(text: str) -> str:
    """Return `text` in the application's language, in the context of the calling file."""
    return translate(getContext(sys._getframe(1).f_code.co_filename), text)
