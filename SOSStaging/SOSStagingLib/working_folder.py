"""Where a child process is started: a folder that is there."""

from __future__ import annotations

import tempfile
from pathlib import Path


def working_folder() -> str | None:
    """The folder to start a child in: None for the current one, another where that is gone and no Python can start.

    Slicer is left in a temporary folder that it then removes when a scene file turns out to be damaged.
    """
    try:
        Path.cwd()
    except OSError:
        return tempfile.gettempdir()
    return None
