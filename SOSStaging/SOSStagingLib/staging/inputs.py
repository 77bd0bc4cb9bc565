"""Which scans the user means, which result folder is whose, and whether a scan has changed since."""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from itertools import chain, count
from pathlib import Path
from typing import Any

from ..report.files import write_text
from ..scan.read import DICOM_SUFFIXES, PICTURE_SUFFIXES, VOLUME_SUFFIXES, safe_case_name

SCAN_SUFFIXES = (*VOLUME_SUFFIXES, *PICTURE_SUFFIXES, ".zip")
DETACHED_HEADERS = (".mhd", ".nhdr", ".hdr", ".img")
MARKER_FILE = ".sosstaging.json"


def path_in_line(line: str) -> list[str]:
    """The path in a line of a list: one, or none in an empty line and in a remark (``#``). Quotes are taken off."""
    path = line.strip().lstrip("\ufeff").strip('"')  # Windows' Notepad begins a file with a mark
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
        name = next(name for name in _numbered(safe_case_name(path)) if name.casefold() not in taken)
        # Some file systems do not tell upper from lower case.
        taken.add(name.casefold())
        cases.append(Case(name, path))
    return cases


def _numbered(base: str) -> Iterator[str]:
    yield base
    yield from (f"{base}-{n}" for n in count(2))


@dataclass(frozen=True)
class Marker:
    """What a result folder remembers of its scan, as hashes: ``place``, where it lay; ``files``, its files' names,
    sizes and times of change; ``content``, what is in them; and ``key``, all that made its results, None while there
    are none to keep."""

    place: str | None
    files: str | None
    content: str | None = None
    key: str | None = None

    @classmethod
    def of(cls, path: Path) -> Marker:
        """The marker of a scan, its content unread."""
        place = hashlib.sha256(os.fsencode(path.resolve())).hexdigest()
        return cls(place, fingerprint(path, {}) if _files_of(path) else None)

    def with_content(self, path: Path) -> Marker:
        """The same with the hash of what is in the scan's files; without it where they may not be read."""
        return self if self.content or self.files is None else replace(self, content=_content(path))

    @classmethod
    def read(cls, folder: Path) -> Marker | None:
        """The marker in a result folder; None where there is none, or it is damaged."""
        try:
            data = json.loads((folder / MARKER_FILE).read_text(encoding="utf-8"))
            return cls(data.get("place"), data.get("files"), data.get("content"), data["key"])
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            return None

    def write(self, folder: Path) -> None:
        """Write it into a result folder, which is made. Raises OSError."""
        folder.mkdir(parents=True, exist_ok=True)
        write_text(folder / MARKER_FILE, json.dumps(asdict(self)) + "\n")


def _own(path: Path, known: Mapping[str, Marker]) -> list[str]:
    """The folders, of those ``known``, that hold a scan's results. A file that was moved or touched is the same scan;
    another one may lie where it lay. Where there is none now, the place tells."""
    if not known:
        return []
    now = Marker.of(path)
    if now.files is not None:
        same = [name for name, marker in known.items() if marker.files == now.files]
        if same:
            return same
    there = [name for name, marker in known.items() if marker.place == now.place]
    if not there or now.files is None:
        return there
    content = _content(path)  # once: a cohort may hold hundreds of folders named DICOM
    return [name for name in there if content in (None, known[name].content)]


def settled(cases: Sequence[Case], out: Path) -> list[Case]:
    """Give every scan the result folder it had before in ``out``, and a new one a folder that is nobody else's."""
    try:
        folders = [folder for folder in out.iterdir() if (folder / MARKER_FILE).exists()]
    except OSError:
        folders = []
    known = {folder.name: marker for folder in sorted(folders) if (marker := Marker.read(folder)) is not None}
    taken: set[str] = set()
    found = []
    for case in cases:
        base = safe_case_name(case.path)
        like = re.compile(rf"{re.escape(base)}(-\d+)?", re.IGNORECASE)
        before = _own(case.path, {name: marker for name, marker in known.items() if like.fullmatch(name)})
        others = {name.casefold() for name in known if name not in before}
        fresh = (name for name in _numbered(base) if name.casefold() not in others)
        name = next(name for name in chain(before, fresh) if name.casefold() not in taken)
        taken.add(name.casefold())
        found.append(Case(name, case.path))
    return found


def fingerprint(path: Path, settings: Mapping[str, Any]) -> str:
    """Return a hash of the scan's files (names, sizes, times of change) and of everything else that makes a result.

    Like make, it trusts size and time: hashing the contents of a cohort would take as long as staging it.
    """
    base = path if path.is_dir() else path.parent
    files = [(os.path.relpath(f, base), *_stamp(f)) for f in sorted(_files_of(path))]
    text = json.dumps({"files": files, "settings": settings}, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def _content(path: Path) -> str | None:
    """Hash of what is in a scan's files; None where they may not be read: that is for the reader to say."""
    digest = hashlib.sha256()
    try:
        for file in sorted(_files_of(path), key=lambda file: file.name):
            with file.open("rb") as stream:
                digest.update(hashlib.file_digest(stream, "sha256").digest())
    except OSError:
        return None
    return digest.hexdigest()


def _files_of(path: Path) -> list[Path]:
    if path.is_dir():
        return [p for p in path.rglob("*") if p.is_file()]
    if path.name.lower().endswith(DETACHED_HEADERS) and path.exists():
        return [p for p in path.parent.iterdir() if p.name.partition(".")[0] == path.name.partition(".")[0]]
    return [path] if path.exists() else []


def _stamp(path: Path) -> tuple[int, int]:
    status = path.stat()
    return status.st_size, status.st_mtime_ns
