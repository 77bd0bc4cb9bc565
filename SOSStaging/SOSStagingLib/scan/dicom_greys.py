"""DICOM pixels to grey values with air low."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pydicom
import SimpleITK as sitk

from .dicom_headers import Frame, Series
from .grey import air_is_high, inverted
from .types import Finding, ScanError

# Of a file's pixels: 2000 slices of 1000 x 1000. The best packing of a slice of air stays under a five hundredth.
MAX_PIXELS = 2_000_000_000
MAX_RATIO = 500
DEFLATED = "1.2.840.10008.1.2.1.99"


@dataclass(frozen=True)
class GreyNotes:
    """What was done to the stored values."""

    rescale_missing: bool = False
    monochrome1: bool = False
    turned: bool = False


def read_frames(series: Series) -> tuple[npt.NDArray[Any], GreyNotes]:
    """Read all slices, [n, rows, columns(, samples)], rescaled and with air low.

    Raises:
        ScanError: pixels that are missing, cut off or packed in a way that nothing here can unpack.
    """
    stored, rescaled = _stored(series.frames)
    array = stored if rescaled else _rescale(stored, [f.rescale or (1.0, 0.0) for f in series.frames])
    missing = not rescaled and series.frames[0].rescale is None and series.modality in (None, "CT")
    first = series.photometric == "MONOCHROME1"
    turn = first and _needs_turning(array)
    return (inverted(array) if turn else array), GreyNotes(missing and series.samples == 1, first, turn)


def grey_findings(notes: GreyNotes) -> tuple[Finding, ...]:
    """Tell what was done to the stored values."""
    findings = []
    if notes.rescale_missing:
        text = "The files do not say how stored values become Hounsfield units; the stored values were used."
        findings.append(Finding("rescale_missing", "info", text))
    if notes.monochrome1:
        done = "it was turned round" if notes.turned else "its greys already have air low and were kept"
        text = f"The scan is marked for display with bone dark (MONOCHROME1); {done}."
        findings.append(Finding("monochrome1", "info", text))
    return tuple(findings)


def _needs_turning(array: npt.NDArray[Any]) -> bool:
    """MONOCHROME1 only speaks of display: some exports turn the values too, some do not. The air outside decides."""
    seen = air_is_high(array)
    return True if seen is None else seen


def _stored(frames: tuple[Frame, ...]) -> tuple[npt.NDArray[Any], bool]:
    """Stack the frames' stored values; True when the decoder has already rescaled them."""
    out: npt.NDArray[Any] | None = None
    rescaled = False
    path: Path | None = None
    pixels: npt.NDArray[Any] = np.empty(0)
    for k, frame in enumerate(frames):
        if frame.path != path:
            pixels, rescaled = _decode(frame.path)
            path = frame.path
        if frame.index >= len(pixels) or (out is not None and pixels.shape[1:] != out.shape[1:]):
            raise _damaged()
        if out is None:
            out = np.empty((len(frames), *pixels.shape[1:]), pixels.dtype)
        elif pixels.dtype != out.dtype:
            out = out.astype(np.result_type(out.dtype, pixels.dtype))
        out[k] = pixels[frame.index]
    assert out is not None
    return out, rescaled


def _decode(path: Path) -> tuple[npt.NDArray[Any], bool]:
    """Decode one file to [frames, rows, columns(, samples)]: pydicom first, GDCM for what it cannot unpack."""
    _refuse_impossible(path)
    try:
        dataset = pydicom.dcmread(path, force=True)
        if "TransferSyntaxUID" not in dataset.file_meta:
            dataset.file_meta.TransferSyntaxUID = pydicom.uid.ImplicitVRLittleEndian
        pixels = np.asarray(dataset.pixel_array)
        rescaled = False
    except Exception:  # pydicom raises many kinds here (missing decoder, short data); GDCM gets a second try
        pixels, rescaled = _decode_gdcm(path), True
        dataset = None
    flat = 2 if dataset is None else 2 + (int(dataset.get("SamplesPerPixel", 1) or 1) > 1)
    return (pixels[None] if pixels.ndim == flat else pixels), rescaled


def _refuse_impossible(path: Path) -> None:
    """Refuse a header that claims more pixels than its file can hold: GDCM would take memory for all of them."""
    dataset = pydicom.dcmread(path, stop_before_pixels=True, force=True)
    try:
        counts = [int(dataset.get(name, 1) or 1) for name in ("Rows", "Columns", "NumberOfFrames", "SamplesPerPixel")]
        bits = int(dataset.get("BitsAllocated", 16) or 16)
    except (TypeError, ValueError) as error:
        raise _damaged() from error
    claimed, there = float(np.prod([float(n) for n in counts])), path.stat().st_size
    syntax = dataset.file_meta.get("TransferSyntaxUID", None)
    packed = syntax is not None and (syntax == DEFLATED or (syntax.is_transfer_syntax and syntax.is_compressed))
    if claimed > MAX_PIXELS:
        raise ScanError("too_large", "The file claims more pixels than any head scan has; its header may be damaged.")
    if min(counts) < 1 or claimed * bits / 8 > there * (MAX_RATIO if packed else 1):
        raise _damaged()


def _decode_gdcm(path: Path) -> npt.NDArray[Any]:
    try:
        image = sitk.ReadImage(str(path), imageIO="GDCMImageIO")
    except RuntimeError as error:
        raise _damaged() from error
    pixels = sitk.GetArrayFromImage(image)
    return pixels if image.GetNumberOfComponentsPerPixel() == 1 else pixels[..., :3]


def _damaged() -> ScanError:
    return ScanError(
        "damaged_dicom", "A DICOM file is damaged, cut off or packed in an unknown way.", "Export the scan again."
    )


def _rescale(stored: npt.NDArray[Any], rescales: list[tuple[float, float]]) -> npt.NDArray[Any]:
    """Apply slope and intercept per slice, in the smallest type that holds the result."""
    if all(slope == 1 and intercept == 0 for slope, intercept in rescales):
        return stored
    slope, intercept = rescales[0]
    whole = slope == 1 and float(intercept).is_integer()
    if stored.dtype.kind in "iu" and whole and all(r == rescales[0] for r in rescales):
        return _shift(stored, int(intercept))
    out = np.empty(stored.shape, np.float32)
    for plane, source, (factor, offset) in zip(out, stored, rescales, strict=True):
        np.multiply(source, np.float32(factor), out=plane)
        plane += np.float32(offset)
    return out


def _shift(stored: npt.NDArray[Any], offset: int) -> npt.NDArray[Any]:
    low, high = int(stored.min()) + offset, int(stored.max()) + offset
    for kind in (np.int16, np.uint16, np.int32):
        if np.iinfo(kind).min <= low and high <= np.iinfo(kind).max:
            # Integer arithmetic wraps, so the sum is exact even where the stored value itself does not fit.
            return stored.astype(kind) + np.array(offset).astype(kind)
    return stored.astype(np.float32) + np.float32(offset)
