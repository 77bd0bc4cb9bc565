"""Keeping files safe: written in one step and on the disk, and a full disk told as such. No torch."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from SOSStagingLib.report.files import write_atomic
from SOSStagingLib.scan.types import PlainError

NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


class DiskFullError(PlainError):
    """The disk, or a quota on it, is full. What was kept before is still there."""


@contextmanager
def refused_for_room(path: Path) -> Iterator[None]:
    """Turn the system's refusal for lack of room into words."""
    try:
        yield
    except OSError as error:
        if error.errno not in NO_ROOM:
            raise
        text = f"The disk is full: {path.name} could not be written to {path.parent}."
        hint = "What was kept before is whole. Make room and start the same command again: it goes on from there."
        raise DiskFullError("disk_full", text, hint) from error


def keep(path: Path, content: bytes) -> None:
    """Write a file in one step; when this returns it is on the disk. DiskFullError where there is no room."""
    with refused_for_room(path):
        write_atomic(path, lambda part: _write_through(part, content))


def _write_through(path: Path, content: bytes) -> None:
    with path.open("wb") as handle:
        handle.write(content)
        handle.flush()
        os.fsync(handle.fileno())
