"""A study's files: one lock, a manifest replaced in one step, ledgers that are only appended to.

Whoever dies halfway leaves either nothing or one torn last line, which readers report and the next writer closes off.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

from SOSStagingLib.report.files import write_text

from .types import StudyError

MANIFEST_FILE = "manifest.json"
STUDY_FORMAT = "sosstaging.study/1"
LABEL_FOLDER, ROI_FOLDER, FROZEN_FOLDER, FOLD_FOLDER = "labels", "rois", "frozen", "folds"
LOCK_FILE = ".study.lock"
LOCK_SECONDS = 60.0
_LOCK_STEP = 0.01


@contextmanager
def locked(folder: Path, seconds: float = LOCK_SECONDS) -> Iterator[None]:
    """Keep other programs from writing to the study meanwhile. The system lets go of the lock when a program dies.

    Raises:
        StudyError: another program held it for ``seconds``.
    """
    with (folder / LOCK_FILE).open("a+b") as handle:
        begun = time.monotonic()
        while not take_lock(handle):
            if time.monotonic() - begun > seconds:
                raise StudyError("study_busy", f"Another program is writing to {folder.name}.", "Try again later.")
            time.sleep(_LOCK_STEP)
        try:
            yield
        finally:
            give_lock_back(handle)


if sys.platform == "win32":
    import msvcrt

    def take_lock(handle: BinaryIO) -> bool:
        """Lock an open file if nobody else has; never waits."""
        try:
            handle.seek(0)
            msvcrt.locking(handle.fileno(), msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

    def give_lock_back(handle: BinaryIO) -> None:
        """Let go of the lock."""
        handle.seek(0)
        msvcrt.locking(handle.fileno(), msvcrt.LK_UNLCK, 1)
else:
    import fcntl

    def take_lock(handle: BinaryIO) -> bool:
        """Lock an open file if nobody else has; never waits."""
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def give_lock_back(handle: BinaryIO) -> None:
        """Let go of the lock."""
        fcntl.flock(handle, fcntl.LOCK_UN)


def append_lines(folder: Path, path: Path, objects: Sequence[Mapping[str, Any]]) -> None:
    """Append JSON objects to a ledger, one per line, all or none, and on the disk when this returns.

    Raises:
        OSError: the disk is full, or writing failed otherwise; the ledger is as it was.
        StudyError: the study is locked for too long.
    """
    data = b"".join(_line(item) for item in objects)
    path.parent.mkdir(parents=True, exist_ok=True)
    with locked(folder), path.open("ab", buffering=0) as handle:
        before = os.fstat(handle.fileno()).st_size
        if before and not _ends_a_line(path):
            data = b"\n" + data
        try:
            rest = memoryview(data)
            while rest:
                rest = rest[handle.write(rest) :]
            os.fsync(handle.fileno())
        except OSError:
            handle.truncate(before)
            raise


def _line(item: Mapping[str, Any]) -> bytes:
    return json.dumps(item, ensure_ascii=False, allow_nan=False).encode("utf-8", errors="replace") + b"\n"


def _ends_a_line(path: Path) -> bool:
    with path.open("rb") as handle:
        handle.seek(-1, os.SEEK_END)
        return handle.read(1) == b"\n"


def read_lines(path: Path) -> tuple[list[tuple[int, dict[str, Any]]], list[int]]:
    """Return the objects of a ledger with their line numbers, and the numbers of lines that are none."""
    found: list[tuple[int, dict[str, Any]]] = []
    damaged: list[int] = []
    for number, line in enumerate(path.read_bytes().split(b"\n"), start=1):
        if not line.strip():
            continue
        try:
            item = json.loads(line)
        except ValueError:
            item = None
        if isinstance(item, dict):
            found.append((number, item))
        else:
            damaged.append(number)
    return found, damaged


def read_manifest(folder: Path) -> dict[str, Any]:
    """Return manifest.json as it is.

    Raises:
        StudyError: there is none, it is damaged, or another kind of file.
    """
    try:
        data = json.loads((folder / MANIFEST_FILE).read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise StudyError(
            "no_study", f"{folder.name} is not a study: it has no {MANIFEST_FILE}.", "Make one: sos study create."
        ) from error
    except (OSError, ValueError) as error:
        raise StudyError("manifest_damaged", f"{MANIFEST_FILE} of {folder.name} cannot be read.") from error
    found = data.get("format") if isinstance(data, dict) else None
    if found != STUDY_FORMAT or not isinstance(data.get("cases"), list):
        text = f"{MANIFEST_FILE} of {folder.name} has the format {found!r}; this version reads {STUDY_FORMAT!r}."
        raise StudyError("other_format", text)
    return data


def write_manifest(folder: Path, data: Mapping[str, Any]) -> None:
    """Replace manifest.json in one step, one case per line. Only under the lock, after reading it there."""
    head = json.dumps({key: value for key, value in data.items() if key != "cases"}, ensure_ascii=False, indent=1)
    rows = ",\n".join("  " + json.dumps(row, ensure_ascii=False, allow_nan=False) for row in data["cases"])
    cases = f"[\n{rows}\n ]" if rows else "[]"
    write_text(folder / MANIFEST_FILE, f'{head[:-2]},\n "cases": {cases}\n}}\n')


def change_manifest(folder: Path, change: Callable[[dict[str, Any]], None]) -> dict[str, Any]:
    """Read, change and replace the manifest while no other program can; returns the new one."""
    with locked(folder):
        data = read_manifest(folder)
        change(data)
        write_manifest(folder, data)
    return data
