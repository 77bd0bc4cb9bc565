"""Whether a file really says how the patient lies, and what a single slice with a known direction is."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from .geometry import FloatArray
from .types import Facing, Finding, ScanError

# A slice counts as sagittal when its normal is within 37 degrees of left-right: beyond it the midline is not followed.
SAGITTAL_COSINE = 0.8

HEADER_BYTES = 65536


def header_lines(path: Path) -> list[str]:
    """Return the text lines of an NRRD or MetaImage header, up to the blank line or the raw data."""
    with path.open("rb") as file:
        text = file.read(HEADER_BYTES).decode("latin-1")
    lines: list[str] = []
    for line in text.splitlines():
        if not line.strip():
            break
        lines.append(line)
        if re.match(r"\s*ElementDataFile\s*=", line):
            break
    return lines


def has_orientation(path: Path, metadata: dict[str, str]) -> bool:
    """Tell whether a volume file records the patient's axes.

    ``metadata`` is ITK's dictionary. ITK fills a missing orientation with identity, so the header itself is asked:
    NRRD needs a `space` with patient directions, NIfTI a qform or sform code, MetaImage a matrix.
    """
    name = path.name.lower()
    if name.endswith((".nrrd", ".nhdr")):
        return bool(re.search(r"left|right", metadata.get("NRRD_space", "")))
    if name.endswith((".mha", ".mhd")):
        return any(re.match(r"\s*(TransformMatrix|Orientation|Rotation)\s*=", line) for line in header_lines(path))
    return any(_code(metadata, key) > 0 for key in ("qform_code", "sform_code"))


def has_spacing(path: Path) -> bool:
    """Tell whether a volume file records how large its voxels are; ITK fills in 1 mm where an NRRD or MetaImage header
    does not. A NIfTI header always holds numbers for it."""
    name = path.name.lower()
    if name.endswith((".nrrd", ".nhdr")):
        return any(re.match(r"\s*(spacings|space directions)\s*:", line) for line in header_lines(path))
    if name.endswith((".mha", ".mhd")):
        return any(re.match(r"\s*Element(Spacing|Size)\s*=", line) for line in header_lines(path))
    return True


def _code(metadata: dict[str, str], key: str) -> int:
    try:
        return int(metadata.get(key, "0"))
    except ValueError:
        return 0


def missing_orientation() -> Finding:
    """Return the warning for a volume without recorded axes; quality refuses it if the head contradicts the guess."""
    return Finding(
        "orientation_missing",
        "warning",
        "The file does not say how the patient lies. It was read as left-posterior-superior; left, right and up could "
        "not be verified. Check the plane before trusting the stage.",
    )


def slice_name(normal: FloatArray) -> str:
    """Name the anatomical plane a slice with this RAS normal lies in."""
    return ("sagittal", "coronal", "axial")[int(np.argmax(np.abs(normal)))]


def upright_sagittal(
    pixels: npt.NDArray[Any], row_axis: FloatArray, column_axis: FloatArray
) -> tuple[npt.NDArray[Any], Facing, bool]:
    """Turn a sagittal slice [rows, columns] upright and tell which way it faces.

    ``row_axis`` is the RAS direction of increasing column index, ``column_axis`` of increasing row index. Returns the
    pixels with rows running downwards in the patient, the facing, and whether anything was turned.

    Raises:
        ScanError: the slice is not sagittal.
    """
    normal = np.cross(row_axis, column_axis)
    if abs(float(normal[0])) < SAGITTAL_COSINE:
        raise ScanError(
            "single_slice",
            f"This is a single {slice_name(normal)} slice: the synchondrosis cannot be judged on it.",
            "Give the whole scan, or a midsagittal slice.",
        )
    turned = False
    if abs(row_axis[2]) > abs(column_axis[2]):
        pixels, row_axis, column_axis, turned = pixels.T, column_axis, row_axis, True
    if column_axis[2] > 0:
        pixels, turned = pixels[::-1], True
    return np.ascontiguousarray(pixels), "right" if row_axis[1] > 0 else "left", turned
