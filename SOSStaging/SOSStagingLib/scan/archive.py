"""Zip archives are unpacked under names of our own into a temporary folder: nothing in them chooses where to write."""

from __future__ import annotations

import shutil
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from .types import ScanError

# A large DICOM head CBCT is 1-2 GB in about a thousand files; far beyond that it is something else, or a zip bomb.
MAX_FILES = 20_000
MAX_BYTES = 6 * 1024**3
CHUNK = 1 << 20
# Uncompressed DICOM of a head in much air packs to a twentieth; a bomb to a thousandth.
MAX_RATIO = 200
SMALL_BYTES = 200 * 1024**2


@contextmanager
def unpacked(path: Path) -> Iterator[list[Path]]:
    """Unpack a zip and yield its files in archive order; the temporary folder is gone afterwards.

    Entries become ``000000.dcm``, ``000001.dcm`` ... whatever their names say, so no path can lead out of the folder.

    Raises:
        ScanError: damaged, encrypted, too many files, too large, or too large for the disk.
    """
    with tempfile.TemporaryDirectory(prefix="sosstaging-") as folder:
        try:
            files = _unpack(path, Path(folder))
        except (zipfile.BadZipFile, zlib.error, EOFError, ValueError) as error:
            raise ScanError(
                "damaged_zip", "The zip archive is damaged or incomplete.", "Copy or download it again."
            ) from error
        except (RuntimeError, NotImplementedError) as error:
            raise ScanError(
                "locked_zip",
                "The zip archive is encrypted or packed in an unusual way.",
                "Unpack it and give the folder.",
            ) from error
        yield files


def _unpack(path: Path, folder: Path) -> list[Path]:
    files: list[Path] = []
    room = MAX_BYTES
    with zipfile.ZipFile(path) as archive:
        entries = [entry for entry in archive.infolist() if not entry.is_dir()]
        _refuse_bombs(entries, path.stat().st_size, shutil.disk_usage(folder).free)
        for number, entry in enumerate(entries):
            target = folder / f"{number:06d}.dcm"
            room -= _copy(archive, entry, target, room)
            files.append(target)
    return files


def _refuse_bombs(entries: list[zipfile.ZipInfo], packed: int, free: int) -> None:
    """Look at what the archive says of itself before anything is written."""
    size = sum(entry.file_size for entry in entries)
    if len(entries) > MAX_FILES or size > MAX_BYTES or (size > SMALL_BYTES and size > MAX_RATIO * packed):
        raise _too_large()
    if size > free:
        text = f"The zip archive takes {size / 1024**3:.1f} GB unpacked; the disk has {free / 1024**3:.1f} GB free."
        raise ScanError("disk_full", text, "Make room on the disk for temporary files.")


def _copy(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, target: Path, room: int) -> int:
    """Copy one entry and return its size; the declared size is not trusted."""
    written = 0
    with archive.open(entry) as source, target.open("wb") as sink:
        while chunk := source.read(CHUNK):
            written += len(chunk)
            if written > room:
                raise _too_large()
            sink.write(chunk)
    return written


def _too_large() -> ScanError:
    return ScanError(
        "zip_too_large",
        f"The zip archive holds more than {MAX_FILES} files, or unpacks to more than {MAX_BYTES // 1024**3} GB or "
        f"{MAX_RATIO} times its size.",
        "Give only the series of the head scan.",
    )
