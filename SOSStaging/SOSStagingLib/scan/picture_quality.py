"""The quality gate for single pictures: size, contrast, noise, and whether it can be a sagittal slice at all."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from scipy import ndimage

from .overview import Float32Array, grey_levels
from .types import Finding, Scan

MAX_SPACING_MM = 8.0
MIN_SPACING_MM = 0.03
COARSE_MM = 1.0
MIN_SIDE_MM = 40.0  # sella to basion is 44 mm in an adult
MIN_LEVELS = 16  # a drawing or a mask has fewer greys
MIN_CORRELATION = 0.3
# A radiograph superimposes both halves of the head; the synchondrosis cannot be staged on it.
PROJECTIONS = frozenset({"CR", "DX", "RG", "PX", "IO"})
# The face lies on one side of a sagittal slice only, the two halves of a coronal or axial one are alike. The mean of
# two correlations with the mirror image, of greys and of edges, depends less on the display window than either.
MIRROR_LIMIT = 0.7
MIRROR_PIXELS = 96
MIRROR_TILTS_DEG = (-8, -4, 0, 4, 8)


def check_picture(scan: Scan) -> Iterator[Finding]:
    """Judge one picture [1, rows, columns]."""
    if scan.modality in PROJECTIONS:
        text = f"This is a projection radiograph ({scan.modality}), not a slice: both halves of the head overlap in it."
        yield Finding("projection", "refuse", text, scan.modality)
        return
    yield from _spacing(scan)
    pixels = scan.array[0].astype(np.float32)
    inner = _without_margin(pixels)
    levels = grey_levels(inner) if inner.size else None
    if levels is None:
        yield Finding("constant", "refuse", "The picture is empty: all its pixels have the same grey value.")
        return
    yield from _content(inner, levels.low_threshold, levels.high_threshold)


def _spacing(scan: Scan) -> Iterator[Finding]:
    if not scan.spacing_known:
        text = "The pixel size is unknown, so the size of what is seen cannot be checked."
        yield Finding("spacing_unknown", "warning", text)
        return
    spacing = float(scan.geometry.spacing[0])
    side = spacing * max(scan.array.shape[1:])
    if not MIN_SPACING_MM <= spacing <= MAX_SPACING_MM:
        text = f"A pixel size of {spacing:.3g} mm is not possible for a head scan."
        yield Finding("spacing", "refuse", text, round(spacing, 4), f"{MIN_SPACING_MM} to {MAX_SPACING_MM}")
    elif side < MIN_SIDE_MM:
        text = f"The picture shows only {side:.0f} mm: the skull base around the synchondrosis does not fit in."
        yield Finding("field_of_view", "refuse", text, round(side, 1), MIN_SIDE_MM)
    elif spacing > COARSE_MM + 1e-6:
        text = f"The pixels are {spacing:.2g} mm large: too coarse to see a narrow gap."
        yield Finding("spacing_coarse", "warning", text, round(spacing, 3), COARSE_MM)


def _without_margin(pixels: Float32Array) -> Float32Array:
    """Cut off rows and columns at the edges that hold one single grey, such as the paper around a figure."""
    rows, columns = (np.flatnonzero(np.ptp(pixels, axis=axis) > 0) for axis in (1, 0))
    if not len(rows) or not len(columns):
        return pixels[:0, :0]
    return pixels[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]


def _content(pixels: Float32Array, low: float, high: float) -> Iterator[Finding]:
    levels = len(np.unique(pixels))
    correlation = _neighbour_correlation(pixels)
    frame = np.concatenate([pixels[0], pixels[-1], pixels[:, 0], pixels[:, -1]])
    dark, bright = float((frame < low).mean()), float((frame >= high).mean())
    if levels < MIN_LEVELS:
        text = f"The picture has only {levels} greys: it is a drawing or a mask, not a slice of a scan."
        yield Finding("drawing", "refuse", text, levels, MIN_LEVELS)
    elif correlation < MIN_CORRELATION:
        text = "The picture holds noise without any structure."
        yield Finding("no_structure", "refuse", text, round(correlation, 3), MIN_CORRELATION)
    elif bright > 0.6 and dark < 0.1:
        text = "The contrast looks inverted: the space around the head must be dark and bone bright."
        yield Finding("inverted", "refuse", text, round(bright, 2), 0.6)
    else:
        yield from _symmetry(pixels)


def _neighbour_correlation(pixels: Float32Array) -> float:
    centred = pixels - pixels.mean()
    power = float((centred**2).sum())
    pairs = float((centred[1:] * centred[:-1]).sum() + (centred[:, 1:] * centred[:, :-1]).sum())
    return pairs / (2 * power)


def _symmetry(pixels: Float32Array) -> Iterator[Finding]:
    small = ndimage.zoom(pixels, MIRROR_PIXELS / max(pixels.shape), order=1)
    low, high = np.percentile(small, [1, 99])
    small = np.clip((small - low) / max(float(high - low), 1e-6), 0, 1)
    greys, edges = _mirror_match(small), _mirror_match(ndimage.gaussian_gradient_magnitude(small, 1.0))
    match = (greys + edges) / 2
    if match > MIRROR_LIMIT:
        text = (
            "The picture is the same on its left and right, as a coronal or axial slice is; a sagittal one is needed."
        )
        yield Finding("not_sagittal", "refuse", text, round(match, 2), MIRROR_LIMIT)


def _mirror_match(pixels: Float32Array) -> float:
    """Best correlation with the own left-right mirror image over shifts of a third of the width and small tilts."""
    best = -1.0
    reach = pixels.shape[1] // 3
    for tilt in MIRROR_TILTS_DEG:
        turned = ndimage.rotate(pixels, tilt, reshape=False, order=1, mode="nearest") if tilt else pixels
        for shift in range(-reach, reach + 1, 2):
            part = turned[:, max(0, shift) : turned.shape[1] + min(0, shift)]
            if float(part.std()) > 1e-6:
                best = max(best, float(np.corrcoef(part.ravel(), part[:, ::-1].ravel())[0, 1]))
    return best
