"""Which scans the user means, what their result folders are called, and whether a scan has changed since."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..scan.read import DICOM_SUFFIXES, PICTURE_SUFFIXES, VOLUME_SUFFIXES, safe_case_name

SCAN_SUFFIXES = (*VOLUME_SUFFIXES, *PICTURE_SUFFIXES, ".zip")
DETACHED_HEADERS = (".mhd", ".nhdr", ".hdr", ".img")
MARKER_FILE = ".sosstaging.json"


def path_in_line(line: str) -> list[str]:
    """The path in a line of a list: one, or none in an empty line and in a remark (``#``). Quotes are taken off."""
    path = line.strip().strip('"')
    return [] if not path or path.startswith("#") else [path]


@dataclass(frozen=True)
class Case:
    """One scan and the name of its result folder."""

    name: str
    path: Path


def find_cases(paths: Iterable[Path], out: Path | None = None) -> list[Case]:
    """List the scans behind files and folders, each with a name of its own, in a stable order.

    A folder that holds DICOM files is one scan; of any other folder all scans below it are taken, except those in
    ``out`` and in result folders of an earlier run; where ``out`` is such a folder itself, results lie beside the
    scans. A path that does not exist stays in the list: reading says so.
    """
    scans: list[Path] = []
    for path in paths:
        left_out = None if out is None or path.resolve() == out.resolve() else out.resolve()
        found = _scans_in(path, left_out) if path.is_dir() else []
        scans += found or [path]
    return _named(scans)


def _scans_in(folder: Path, out: Path | None) -> list[Path]:
    try:
        entries = sorted(e for e in folder.iterdir() if not e.name.startswith("."))
        if folder.resolve() == out or (folder / MARKER_FILE).exists():
            return []
        files = [e for e in entries if e.is_file()]
        if any(_is_dicom(file) for file in files):
            return [folder]
        found = [file for file in files if _is_scan_file(file)]
        for entry in entries:
            # A linked folder may lead back to where we are.
            if entry.is_dir() and not entry.is_symlink():
                found += _scans_in(entry, out)
    except OSError:
        return [folder]
    return found


def _is_dicom(path: Path) -> bool:
    if path.name.lower().endswith(DICOM_SUFFIXES):
        return True
    with path.open("rb") as file:
        return file.read(132)[128:] == b"DICM"


def _is_scan_file(path: Path) -> bool:
    name = path.name.lower()
    # The voxels of an Analyze pair; its header is the scan.
    if name.endswith(".img") and path.with_suffix(".hdr").exists():
        return False
    return name.endswith(SCAN_SUFFIXES)


def _named(scans: Sequence[Path]) -> list[Case]:
    cases: list[Case] = []
    taken: set[str] = set()
    for path in scans:
        base = safe_case_name(path)
        name, n = base, 1
        # Some file systems do not tell upper from lower case.
        while name.casefold() in taken:
            n += 1
            name = f"{base}-{n}"
        taken.add(name.casefold())
        cases.append(Case(name, path))
    return cases


def fingerprint(path: Path, settings: Mapping[str, Any]) -> str:
    """Return a hash of the scan's files (names, sizes, times of change) and of everything else that makes a result.

    Like make, it trusts size and time: hashing the contents of a cohort would take as long as staging it.
    """
    base = path if path.is_dir() else path.parent
    files = [(os.path.relpath(f, base), *_stamp(f)) for f in sorted(_files_of(path))]
    text = json.dumps({"files": files, "settings": settings}, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def _files_of(path: Path) -> list[Path]:
    if path.is_dir():
        return [p for p in path.rglob("*") if p.is_file()]
    if path.name.lower().endswith(DETACHED_HEADERS) and path.exists():
        return [p for p in path.parent.iterdir() if p.name.partition(".")[0] == path.name.partition(".")[0]]
    return [path] if path.exists() else []


def _stamp(path: Path) -> tuple[int, int]:
    status = path.stat()
    return status.st_size, status.st_mtime_ns
