"""The model file .sosmodel: a zip with safetensors weights and card.json. Written, verified, refused; torch-free
except weights.

No pickle is ever read. The card holds architecture, scheme, preprocessing, calibration, metrics and what they were
measured on, licence, and the SHA-256 of the weights.
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
import zipfile
import zlib
from pathlib import Path
from typing import Any

from ..scan.types import PlainError
from .card import complaint

FORMAT = 1
CARD, WEIGHTS = "card.json", "weights.safetensors"
REQUIRED = ("format", "name", "version", "architecture", "scheme", "calibration", "trained_on", "licence", "sha256")
MAX_WEIGHTS_BYTES = 500_000_000
MAX_CARD_BYTES = 1_000_000
# What zipfile raises where an archive is cut, changed, encrypted or packed in an unknown way.
UNREADABLE = (zipfile.BadZipFile, zlib.error, OSError, EOFError, RuntimeError, NotImplementedError, ValueError)


class ModelFileError(PlainError):
    """A model file that cannot be used."""

    def __init__(self, code: str, text: str, hint: str = "Choose another model file, or get this one again.") -> None:
        super().__init__(code, text, hint)


def write_model(path: Path, weights: bytes, card: dict[str, Any]) -> dict[str, Any]:
    """Write weights (safetensors bytes) and card; returns the card as written. The same input gives the same bytes."""
    full = {**card, "format": FORMAT, "sha256": {WEIGHTS: hashlib.sha256(weights).hexdigest()}}
    missing = [key for key in REQUIRED if key not in full]
    if missing:
        raise ValueError(f"the card lacks {', '.join(missing)}")
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, part = tempfile.mkstemp(dir=path.parent, suffix=".part")
    os.close(handle)
    try:
        with zipfile.ZipFile(part, "w", zipfile.ZIP_STORED) as archive:
            for name, data in ((CARD, json.dumps(full, indent=1, sort_keys=True).encode()), (WEIGHTS, weights)):
                archive.writestr(zipfile.ZipInfo(name, (2026, 1, 1, 0, 0, 0)), data)
        Path(part).chmod(0o644)
        Path(part).replace(path)
    finally:
        Path(part).unlink(missing_ok=True)
    return full


def read_card(path: Path) -> dict[str, Any]:
    """Read and check the card only; raises ModelFileError for a damaged, foreign or too new file."""
    with _opened(path) as archive:
        return _card(archive, path)


def verify(path: Path) -> dict[str, Any]:
    """Check card and the weights' SHA-256; returns the card."""
    card, _ = read_model(path)
    return card


def read_model(path: Path) -> tuple[dict[str, Any], bytes]:
    """Read card and weights, both checked."""
    with _opened(path) as archive:
        card = _card(archive, path)
        weights = _part(archive, path, WEIGHTS, "weights", MAX_WEIGHTS_BYTES)
    if hashlib.sha256(weights).hexdigest() != card["sha256"].get(WEIGHTS):
        raise ModelFileError("model-damaged", f"{path.name} is damaged: its weights differ from what its card says.")
    return card, weights


def file_sha256(path: Path) -> str:
    """SHA-256 of the whole file, hex."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _opened(path: Path) -> zipfile.ZipFile:
    if not path.is_file():
        raise ModelFileError("model-missing", f"There is no model file {path.name}.")
    try:
        return zipfile.ZipFile(path)
    except PermissionError as error:
        raise ModelFileError(
            "model-forbidden", f"This program may not read {path.name}: its access rights forbid it."
        ) from error
    except UNREADABLE as error:
        raise ModelFileError("model-foreign", f"{path.name} is not a .sosmodel file, or it is cut short.") from error


def _card(archive: zipfile.ZipFile, path: Path) -> dict[str, Any]:
    names = set(archive.namelist())
    if CARD not in names or WEIGHTS not in names:
        raise ModelFileError(
            "model-foreign", f"{path.name} is a zip file but not a .sosmodel: card or weights are missing."
        )
    data = _part(archive, path, CARD, "card", MAX_CARD_BYTES)
    try:
        card = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise ModelFileError("model-damaged", f"{path.name} is damaged: its card cannot be read.") from error
    if not isinstance(card, dict) or not isinstance(card.get("format"), int):
        raise ModelFileError("model-foreign", f"{path.name} has no usable card.")
    if card["format"] > FORMAT:
        raise ModelFileError(
            "model-too-new",
            f"{path.name} was written by a newer version of SOSStaging.",
            "Update SOSStaging to use it.",
        )
    missing = [key for key in REQUIRED if key not in card]
    if missing or not isinstance(card["sha256"], dict):
        raise ModelFileError("model-damaged", f"The card of {path.name} lacks {', '.join(missing) or 'its checksums'}.")
    wrong = complaint(card)
    if wrong is not None:
        raise ModelFileError("model-card", f"The card of {path.name} cannot be used: {wrong}.")
    return card


def _part(archive: zipfile.ZipFile, path: Path, name: str, what: str, limit: int) -> bytes:
    """Read one part. Parts are stored as they are, so that none can be larger than the file on the disk."""
    entry = archive.getinfo(name)
    if entry.file_size > limit:
        raise ModelFileError("model-too-large", f"{path.name} is too large: its {what} take more than {limit} bytes.")
    if entry.compress_type != zipfile.ZIP_STORED or entry.file_size != entry.compress_size:
        raise ModelFileError("model-foreign", f"{path.name} is packed otherwise than a .sosmodel file.")
    try:
        return archive.read(entry)
    except UNREADABLE as error:
        raise ModelFileError("model-damaged", f"{path.name} is damaged: its {what} cannot be read.") from error
