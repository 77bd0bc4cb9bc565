"""A file, folder or archive becomes a Scan in physical space, or a ScanError says why not."""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path

from .archive import unpacked
from .dicom import read_dicom
from .picture import read_picture
from .types import Facing, Scan, ScanError
from .volume_file import read_volume_file

PICTURE_SUFFIXES = (".png", ".jpg", ".jpeg", ".bmp", ".tif", ".tiff")
VOLUME_SUFFIXES = (".nrrd", ".nhdr", ".nii", ".nii.gz", ".mha", ".mhd", ".hdr", ".img")
DICOM_SUFFIXES = (".dcm", ".dicom", ".ima")
KNOWN = "NRRD, NIfTI, MetaImage, DICOM (file, folder or zip), PNG or JPEG"
MAX_FOLDER_FILES = 20_000
MAX_NAME = 80


def read_scan(path: Path, *, spacing_mm: float | None = None, facing: Facing = "auto") -> Scan:
    """Read a head scan or one midsagittal picture.

    Args:
        path: NRRD, NIfTI, MetaImage, DICOM file, DICOM folder, DICOM zip, or a picture.
        spacing_mm: pixel size in mm. For a picture it wins over the header; for a volume it is only used where the
            file has none (missing, or 1.0 in all axes).
        facing: which way a picture faces, kept as given unless the header of a sagittal slice tells.

    Raises:
        ScanError: whatever the reason, in plain words and without the path.
    """
    path = Path(path)
    if spacing_mm is not None and not 0 < spacing_mm < 1000:
        raise ScanError("bad_spacing_option", "The spacing must be a positive number of millimetres.")
    try:
        return _read(path, spacing_mm, facing)
    except ScanError:
        raise
    except PermissionError as error:
        text = "This program may not read the input: its access rights forbid it."
        raise ScanError("not_permitted", text, "Change them, or copy the scan to a folder of yours.") from error
    except MemoryError as error:
        raise ScanError("too_large", "The scan is too large for this computer's memory.") from error
    except Exception as error:  # whatever a damaged file makes a reader raise, one bad scan must not stop the rest
        raise ScanError(
            "unreadable", "The input is damaged or in a form that is not understood.", f"Known: {KNOWN}."
        ) from error


def safe_case_name(path: Path) -> str:
    """Return the file or folder name without its extensions, made safe as a folder name on any system."""
    path = Path(path)
    name = path.name or path.resolve().name
    lower = name.lower()
    known = (*VOLUME_SUFFIXES, *PICTURE_SUFFIXES, *DICOM_SUFFIXES, ".zip")
    suffix = next((s for s in sorted(known, key=len, reverse=True) if lower.endswith(s)), "")
    if suffix and not path.is_dir():
        name = name[: -len(suffix)]
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    safe = re.sub(r"[^A-Za-z0-9._-]+", "_", plain).strip("._-")[:MAX_NAME].rstrip("._-")
    # Windows reserves these whatever follows the first dot.
    if re.fullmatch(r"(?i)(con|prn|aux|nul|com\d|lpt\d)(\..*)?", safe):
        safe = f"scan_{safe}"
    return safe or "scan"


def _read(path: Path, spacing_mm: float | None, facing: Facing) -> Scan:
    name = path.name or path.resolve().name
    if path.is_dir():
        return read_dicom(_folder_files(path), name, spacing_mm, facing)
    if not path.is_file():
        raise ScanError("not_found", f"There is no file or folder named {name}.")
    with path.open("rb") as file:
        head = file.read(132)
    if not head:
        raise ScanError("empty_file", "The file is empty.", "Copy or export it again.")
    kind = _kind(name.lower(), head)
    if kind == "zip":
        with unpacked(path) as files:
            return read_dicom(files, name, spacing_mm, facing)
    if kind == "dicom":
        return read_dicom([path], name, spacing_mm, facing)
    if kind == "picture":
        return read_picture(path, name, spacing_mm, facing)
    return read_volume_file(path, name, spacing_mm, facing)


def _folder_files(path: Path) -> list[Path]:
    files = sorted(p for p in path.rglob("*") if p.is_file() and not p.name.startswith("."))
    if len(files) > MAX_FOLDER_FILES:
        raise ScanError("too_many_files", "The folder holds too many files for one scan.", "Give one scan's folder.")
    return files


def _kind(lower: str, head: bytes) -> str:
    """Name the reader: what the bytes say counts before what the name says."""
    if head[128:132] == b"DICM":
        return "dicom"
    if head[:4] == b"PK\x03\x04" or lower.endswith(".zip"):
        return "zip"
    if head[:8] == b"\x89PNG\r\n\x1a\n" or head[:3] == b"\xff\xd8\xff" or lower.endswith(PICTURE_SUFFIXES):
        return "picture"
    if head[:4] == b"NRRD" or lower.endswith(VOLUME_SUFFIXES):
        return "volume"
    if lower.endswith(DICOM_SUFFIXES):
        return "dicom"
    raise ScanError("unknown_format", "This kind of file is not known.", f"Known: {KNOWN}.")
