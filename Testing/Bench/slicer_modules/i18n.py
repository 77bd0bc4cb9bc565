"""slicer.i18n: the text itself, or its translation where a translator is installed in the application."""

from __future__ import annotations

import sys
from pathlib import Path

from PySide6 import QtCore

FILEPATH_TO_CONTEXT: dict[str, str] = {}


def getContext(sourceFile: str) -> str:
    """Return the translation context of a file: its name, after the folder's where that is a package."""
    if sourceFile not in FILEPATH_TO_CONTEXT:
        path = Path(sourceFile)
        packaged = (path.parent / "__init__.py").is_file()
        FILEPATH_TO_CONTEXT[sourceFile] = f"{path.parent.name}.{path.stem}" if packaged else path.stem
    return FILEPATH_TO_CONTEXT[sourceFile]


def translate(context: str, text: str) -> str:
    """Return `text` in the application's language."""
    return QtCore.QCoreApplication.translate(context, text)


def tr(text: str) -> str:
    """Return `text` in the application's language, in the context of the calling file."""
    return translate(getContext(sys._getframe(1).f_code.co_filename), text)
