"""Writing files so that a reader sees either the old file or the whole new one."""

from __future__ import annotations

import math
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np


def write_atomic(path: Path, write: Callable[[Path], object]) -> None:
    """Let ``write`` fill a file beside ``path``, with the same ending, and put it in place in one step."""
    partial = path.with_name(f".{path.stem}.{os.getpid()}.partial{path.suffix}")
    try:
        write(partial)
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)


def write_text(path: Path, text: str) -> None:
    """Write UTF-8 text in one step, with line ends as given."""
    write_atomic(path, lambda partial: partial.write_bytes(text.encode("utf-8", errors="replace")))


def plain(value: Any) -> Any:
    """Return ``value`` with numpy scalars and arrays as plain ones and numbers that JSON cannot hold as None."""
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if isinstance(value, np.ndarray):
        return plain(value.tolist())
    if isinstance(value, np.generic):
        return plain(value.item())
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value
