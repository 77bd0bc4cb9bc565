"""Takes file paths out of what is logged: a path holds a user's name, a hospital's folders, often a patient's name.

Names of files stay, so that a traceback still tells where it came from.
"""

from __future__ import annotations

import logging
import re
import sys
import tempfile
from pathlib import Path

# In quotes a path may hold spaces (tracebacks); elsewhere it ends at one. Two separators at least: "km/h" is no path.
_QUOTED = re.compile(r"""(["'])(?:[A-Za-z]:[\\/]|[\\/]{1,2})(?:[^"'\n]*[\\/])([^"'\n\\/]*)\1""")
_POSIX = re.compile(r"(?<![\w./:<>~-])/(?:[^\s/\"'<>|:;,()]+/)+([^\s/\"'<>|:;,()]*)")
_WINDOWS = re.compile(r"(?<![\w])(?:[A-Za-z]:[\\/]|\\\\)(?:[^\s\\/\"'<>|:;,()]+[\\/])+([^\s\\/\"'<>|:;,()]*)")


def without_paths(text: str) -> str:
    """Return ``text`` with every absolute path cut to its last name."""
    for folder in _own_folders():
        # To the last separator of the line: below these, folders may have spaces in their names.
        text = re.sub(re.escape(folder) + r"""(?:[^\n"'<>|:;,()]*[\\/])?(?!\w*[\\/])""", "…/", text)
    text = _QUOTED.sub(lambda found: f"{found[1]}…/{found[2]}{found[1]}", text)
    text = _WINDOWS.sub(lambda found: f"…/{found[1]}", text)
    text = _POSIX.sub(lambda found: f"…/{found[1]}", text)
    return text


def _own_folders() -> list[str]:
    """Folders whose names may hold spaces, the longest first."""
    folders = {Path.home(), Path(tempfile.gettempdir()), Path(sys.prefix), Path(__file__).resolve().parents[1]}
    return sorted((str(f) for f in folders if len(f.parts) > 1), key=len, reverse=True)


class QuietFilter(logging.Filter):
    """For a program whose log is another's (Slicer's): records leave our loggers without paths."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Clean one record; none is held back."""
        record.msg, record.args = without_paths(record.getMessage()), None
        if record.exc_info and record.exc_info[0] is not None:
            record.exc_text = without_paths(logging.Formatter().formatException(record.exc_info))
            record.exc_info = None
        return True


def quiet_logger(name: str) -> logging.Logger:
    """Return a logger whose records hold no paths, whoever shows them."""
    logger = logging.getLogger(name)
    if not any(isinstance(each, QuietFilter) for each in logger.filters):
        logger.addFilter(QuietFilter())
    return logger
