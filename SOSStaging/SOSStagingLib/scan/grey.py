"""Grey values as stored: what is broken beyond doubt is repaired, what is unusual is reported. Nothing assumes HU."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from .types import Finding, ScanError

# 16-bit air read with the wrong sign lies just below 65536; real unsigned scans leave no such empty range below it.
WRAP_EMPTY_BINS = 128
WRAP_BIN = 64


def repair_greys(array: npt.NDArray[Any]) -> tuple[npt.NDArray[Any], tuple[Finding, ...]]:
    """Return an array of a plain dtype without NaN, infinity or wrapped sign, and what was found.

    Raises:
        ScanError: nothing but NaN, complex numbers, or no voxels at all.
    """
    if array.size == 0:
        raise ScanError("empty_image", "The image has no voxels.")
    if array.dtype.kind == "c":
        raise ScanError("complex_values", "The image holds complex numbers, not grey values.")
    array = _plain_dtype(array)
    findings: list[Finding] = []
    if array.dtype.kind == "f":
        array, found = _without_nan(array)
        findings += found
    if array.dtype == np.uint16 and _sign_wrapped(array):
        array = array.view(np.int16)
        text = "The grey values of air had wrapped to the top of the 16-bit range; their sign was restored."
        findings.append(Finding("sign_wrap", "info", text))
    return array, tuple(findings) + _describe(array)


def _plain_dtype(array: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Keep 8- and 16-bit integers and float32 as they are; fit wider types into the smallest that holds them."""
    if array.dtype.kind == "b":
        return array.astype(np.uint8)
    native = array.dtype.newbyteorder("=")
    if array.dtype != native:
        array = array.astype(native)
    if array.dtype.kind in "iu" and array.dtype.itemsize > 2:
        low, high = int(array.min()), int(array.max())
        for small in (np.int16, np.uint16):
            if np.iinfo(small).min <= low and high <= np.iinfo(small).max:
                return array.astype(small)
        return array.astype(np.float32)
    return array.astype(np.float32) if array.dtype.kind == "f" and array.dtype != np.float32 else array


def _without_nan(array: npt.NDArray[Any]) -> tuple[npt.NDArray[Any], list[Finding]]:
    finite = np.isfinite(array)
    share = 1.0 - float(finite.mean())
    if share == 0:
        return array, []
    if share == 1:
        raise ScanError("all_nan", "The image holds no numbers at all (only NaN).", "Export the scan again.")
    air = array.min(where=finite, initial=np.inf)
    text = f"{100 * share:.2g} % of the voxels were not numbers (NaN); they were set to the lowest grey, air."
    return np.where(finite, array, air), [Finding("nan_replaced", "info", text, round(share, 4))]


def _sign_wrapped(array: npt.NDArray[Any]) -> bool:
    sample = array.reshape(-1)[:: max(1, array.size // 2_000_000)]
    counts = np.bincount(sample // WRAP_BIN, minlength=65536 // WRAP_BIN)
    top = len(counts) * 3 // 4
    if counts[top:].sum() < 0.02 * sample.size:
        return False
    # Values of either sign meet at 0: both ends of the unsigned range are filled and a wide stretch between is empty.
    filled = np.flatnonzero(counts)
    gaps = np.diff(filled)
    widest = int(gaps.argmax())
    return bool(filled[0] == 0 and gaps[widest] > WRAP_EMPTY_BINS and filled[widest + 1] >= len(counts) // 2)


def _describe(array: npt.NDArray[Any]) -> tuple[Finding, ...]:
    low, high = float(array.min()), float(array.max())
    if array.dtype.itemsize == 1 or (array.dtype.kind in "iu" and high - low <= 255):
        text = "The scan has at most 256 grey levels (8 bit): fine contrast may be lost."
        return (Finding("eight_bit", "info", text, high - low),)
    if low >= 0:
        text = "The grey values start at 0 or above: they are not Hounsfield units. They are used as they are."
        return (Finding("offset_greys", "info", text, low),)
    return ()


def air_is_high(array: npt.NDArray[Any]) -> bool | None:
    """Tell whether the space around the head holds the high greys; None when the border does not show it.

    The outermost voxels of a head scan are mostly air or the fill outside a cylinder. They are compared with the range
    between the darkest and the brightest twentieth of all voxels.
    """
    steps = tuple(slice(None, None, max(1, n // 64)) for n in array.shape)
    small = array[steps].astype(np.float32)
    low, high = np.percentile(small, [5, 95])
    if high <= low:
        return None
    faces = [small.take(end, axis).ravel() for axis in range(small.ndim) for end in (0, -1) if small.shape[axis] > 2]
    if not faces:
        return None
    border = (float(np.median(np.concatenate(faces))) - low) / (high - low)
    return True if border > 0.8 else False if border < 0.2 else None


def inverted(array: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Return the array with its grey scale turned round within its own range, same dtype."""
    low, high = array.min(), array.max()
    if array.dtype.kind == "f":
        return (low + high) - array
    out = np.empty_like(array)
    for source, target in zip(array, out, strict=True):
        target[...] = int(low) + int(high) - source.astype(np.int64)
    return out
