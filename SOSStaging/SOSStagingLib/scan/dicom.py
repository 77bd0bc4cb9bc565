"""DICOM to a Scan: which series, where its slices lie, and what its grey values mean."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from .dicom_greys import grey_findings, read_frames
from .dicom_headers import Frame, Series, choose_series, read_headers
from .grey import repair_greys
from .orientation import missing_orientation, upright_sagittal
from .picture import picture_scan, to_grey
from .slices import SliceStack, to_regular_grid
from .types import Facing, Finding, Scan, ScanError

SPACING_HINT = "Give the pixel size with --spacing MM if you know it."
# Positions this close are one place: repeated or multi-phase slices.
SAME_PLACE_MM = 0.01


def read_dicom(files: Sequence[Path], name: str, spacing_mm: float | None, facing: Facing) -> Scan:
    """Read the most plausible image series among DICOM files.

    A lone sagittal slice or an image without orientation becomes a picture.

    Raises:
        ScanError: no image among the files, a lone axial or coronal slice, or geometry that cannot be known.
    """
    series, findings = choose_series(read_headers(files))
    if len(series.frames) == 1:
        scan = _read_single(series, name, spacing_mm, facing)
    else:
        scan = _read_volume(series, name, spacing_mm)
    return replace(scan, findings=findings + scan.findings)


def _read_single(series: Series, name: str, spacing_mm: float | None, facing: Facing) -> Scan:
    frame = series.frames[0]
    findings: list[Finding] = []
    pixels, notes = read_frames(series)
    grey = to_grey(pixels[0])
    spacing = spacing_mm or _picture_spacing(frame)
    if frame.axes is not None:
        grey, seen, turned = upright_sagittal(grey, *frame.axes)
        facing = seen if facing == "auto" else facing
        if turned:
            findings.append(Finding("picture_turned", "info", "The slice was turned upright, as its header says."))
    found = (*grey_findings(notes), *findings)
    return picture_scan(grey, name, spacing, facing, found, series.modality)


def _picture_spacing(frame: Frame) -> float | None:
    """Pixel size of a lone slice; a picture needs square pixels, else it stays unknown."""
    if frame.spacing is None or abs(frame.spacing[0] - frame.spacing[1]) > 0.01 * frame.spacing[0]:
        return None
    return frame.spacing[0]


def _read_volume(series: Series, name: str, spacing_mm: float | None) -> Scan:
    if series.samples > 1:
        raise ScanError("colour_volume", "The scan is in colour: it is not a CT or CBCT.", "Give the original scan.")
    series, order_findings = _without_repeats(series)
    stack, place_findings = _slice_stack(series, spacing_mm)
    volume, notes = read_frames(series)
    volume, geometry, grid_findings = to_regular_grid(volume, stack)
    volume, repaired = repair_greys(volume)
    findings = (*order_findings, *place_findings, *grey_findings(notes), *grid_findings, *repaired)
    return Scan(volume, geometry, name, "volume", series.modality, True, "auto", findings)


def _without_repeats(series: Series) -> tuple[Series, tuple[Finding, ...]]:
    """Sort slices along their normal and keep the first of those that lie at the same place."""
    if not series.has_positions:
        return replace(series, frames=tuple(sorted(series.frames, key=lambda f: f.number))), ()
    axes = series.frames[0].axes
    assert axes is not None
    normal = np.cross(*axes)
    heights = {id(f): float(f.position @ normal) for f in series.frames if f.position is not None}
    ordered = sorted(series.frames, key=lambda f: (round(heights[id(f)], 2), f.number))
    kept = [ordered[0]]
    for frame in ordered[1:]:
        if heights[id(frame)] - heights[id(kept[-1])] > SAME_PLACE_MM:
            kept.append(frame)
    repeats = len(ordered) - len(kept)
    if len(kept) < 2:
        raise ScanError("slice_positions", "All slices claim to lie at one place.", "Export the scan again.")
    if not repeats:
        return replace(series, frames=tuple(kept)), ()
    text = f"{repeats} slices lie at the same place as others (repeated or several phases); the first were used."
    return replace(series, frames=tuple(kept)), (Finding("repeated_slices", "warning", text, repeats),)


def _slice_stack(series: Series, spacing_mm: float | None) -> tuple[SliceStack, tuple[Finding, ...]]:
    frame = series.frames[0]
    findings: list[Finding] = []
    spacing = frame.spacing or ((spacing_mm, spacing_mm) if spacing_mm else None)
    if spacing is None:
        raise ScanError("spacing_missing", "The DICOM files do not say how large a pixel is.", SPACING_HINT)
    if frame.spacing is None:
        text = f"The files do not say how large a pixel is; {spacing_mm:g} mm was given by the user."
        findings.append(Finding("spacing_given", "warning", text, spacing_mm))
    if series.has_positions and frame.axes is not None:
        positions = np.array([f.position for f in series.frames])
        stack = SliceStack(*frame.axes, spacing, positions)
        findings += _thickness_finding(stack, frame.thickness)
        return stack, tuple(findings)
    stack, found = _stack_without_positions(series, spacing, spacing_mm)
    return stack, (*findings, *found)


def _stack_without_positions(
    series: Series, spacing: tuple[float, float], spacing_mm: float | None
) -> tuple[SliceStack, tuple[Finding, ...]]:
    """Stack slices in the order they are numbered, at the distance the header states for all of them."""
    frame = series.frames[0]
    step = frame.between or frame.thickness or spacing_mm
    if not step:
        raise ScanError("spacing_missing", "The DICOM files do not say how far apart the slices lie.", SPACING_HINT)
    source = "distance between slices" if frame.between else "slice thickness" if frame.thickness else "user's spacing"
    text = f"The files give no slice positions; the {source} ({step:g} mm) was used and could not be verified."
    findings = [Finding("positions_missing", "warning", text, step)]
    if frame.axes is None:
        findings.append(missing_orientation())
    default = np.array([-1.0, 0, 0]), np.array([0, -1.0, 0])
    row_axis, column_axis = frame.axes or default
    heights = np.arange(len(series.frames), dtype=np.float64) * step
    positions = np.outer(heights, np.cross(row_axis, column_axis))
    return SliceStack(row_axis, column_axis, spacing, positions), tuple(findings)


def _thickness_finding(stack: SliceStack, thickness: float | None) -> list[Finding]:
    usual = float(np.median(stack.distances))
    if thickness is None or abs(usual - thickness) <= 0.05 * max(usual, thickness):
        return []
    text = (
        f"The slices are {usual:.2f} mm apart although their stated thickness is {thickness:g} mm; "
        "the positions were used."
    )
    return [Finding("positions_win", "info", text, round(usual, 3), thickness)]
