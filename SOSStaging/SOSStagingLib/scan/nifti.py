"""Whether a NIfTI file holds all the voxels that its header tells of: ITK reads one that is cut off, the rest as 0."""

from __future__ import annotations

import gzip
import math
import struct
import zlib
from io import BufferedReader
from pathlib import Path

HEADER_BYTES = 540
PIECE = 1 << 22
GZIP_MAGIC = b"\x1f\x8b"


def is_cut_off(path: Path) -> bool:
    """Tell whether the file at ``path`` (.nii, .nii.gz, or .hdr or .img of a pair) ends before its last voxel.

    False where that cannot be told: the header is then for ITK to judge.
    """
    pair = path.suffix.lower() in (".hdr", ".img")
    head, data = (path.with_suffix(".hdr"), path.with_suffix(".img")) if pair else (path, path)
    try:
        wanted = _wanted(_beginning(head), pair)
        return wanted is not None and not _holds(data, wanted)
    except (OSError, struct.error):
        return False


def _beginning(path: Path) -> bytes:
    with _opened(path) as stream:
        return stream.read(HEADER_BYTES)


def _opened(path: Path) -> gzip.GzipFile | BufferedReader:
    with path.open("rb") as stream:
        packed = stream.read(2) == GZIP_MAGIC
    return gzip.open(path) if packed else path.open("rb")


def _wanted(head: bytes, pair: bool) -> int | None:
    """How many bytes there must be up to the last voxel (sections 2 and 3 of the NIfTI-1 and NIfTI-2 headers)."""
    order = next((o for o in "<>" if struct.unpack_from(f"{o}i", head)[0] in (348, 540)), None)
    if order is None:
        return None
    if struct.unpack_from(f"{order}i", head)[0] == 348:
        dims, bits = struct.unpack_from(f"{order}8h", head, 40), struct.unpack_from(f"{order}h", head, 72)[0]
        offset = struct.unpack_from(f"{order}f", head, 108)[0]
    else:
        dims, bits = struct.unpack_from(f"{order}8q", head, 16), struct.unpack_from(f"{order}h", head, 14)[0]
        offset = float(struct.unpack_from(f"{order}q", head, 168)[0])
    sizes = dims[1 : dims[0] + 1]
    if not 1 <= dims[0] <= 7 or min(sizes) < 1 or bits < 1 or not 0 <= offset < 1e9:
        return None
    return (0 if pair else int(offset)) + math.prod(sizes) * bits // 8


def _holds(path: Path, wanted: int) -> bool:
    with _opened(path) as stream:
        if not isinstance(stream, gzip.GzipFile):
            return path.stat().st_size >= wanted
        try:
            while wanted > 0:
                piece = stream.read(min(PIECE, wanted))
                if not piece:
                    return False
                wanted -= len(piece)
        except (EOFError, gzip.BadGzipFile, zlib.error):
            return False
    return True
