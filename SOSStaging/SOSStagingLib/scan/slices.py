"""Slice planes to a regular grid: gantry tilt, sheared axes and unequal slice distances are undone here."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from .geometry import FloatArray, Geometry
from .types import Finding, ScanError

# A tenth of a degree moves the far end of a 200 mm stack by 0.35 mm, less than one CBCT voxel.
SHEAR_TOLERANCE = float(np.tan(np.radians(0.1)))
# Positions are often rounded to 0.01 mm, and vendors round to 0.1 mm on thick slices.
DISTANCE_TOLERANCE_MM = 0.02
DISTANCE_TOLERANCE_SHARE = 0.02
# Above this distance between two slices nothing can be said about the bone between them (design: 8 mm in any axis).
MAX_GAP_MM = 8.0
# A gap this many times the usual slice distance means that slices are missing, not that the protocol changed.
MISSING_SLICE_RATIO = 1.9


@dataclass(frozen=True)
class SliceStack:
    """Parallel slice planes in RAS mm, sorted along ``normal``.

    ``row_axis`` points along increasing column index i, ``column_axis`` along increasing row index j; both unit and
    orthogonal. ``positions`` [n, 3] are the centres of the first pixel of each slice. ``spacing`` is (i, j) in mm.
    """

    row_axis: FloatArray
    column_axis: FloatArray
    spacing: tuple[float, float]
    positions: FloatArray

    @property
    def normal(self) -> FloatArray:
        """Unit normal of the slice planes."""
        return np.cross(self.row_axis, self.column_axis)

    @property
    def distances(self) -> FloatArray:
        """Distance of each slice plane to the next one along the normal, mm, [n - 1]."""
        return np.diff(self.positions @ self.normal)

    @property
    def drift(self) -> FloatArray:
        """In-plane position (i, j), mm, of each slice relative to the first one, [n, 2]."""
        offsets = self.positions - self.positions[0]
        return np.stack([offsets @ self.row_axis, offsets @ self.column_axis], axis=1)

    def is_regular(self) -> bool:
        """Tell whether the slices already form an orthogonal grid with one slice distance."""
        distances = self.distances
        mean = float(distances.mean())
        length = float(distances.sum())
        even = np.abs(distances - mean).max() <= max(DISTANCE_TOLERANCE_MM, DISTANCE_TOLERANCE_SHARE * mean)
        return bool(even) and float(np.abs(self.drift).max()) <= max(0.1, SHEAR_TOLERANCE * length)

    def regular_geometry(self, shape: tuple[int, int, int]) -> Geometry:
        """Return the grid's geometry; only meaningful when ``is_regular``."""
        directions = np.stack([self.row_axis, self.column_axis, self.normal], axis=1)
        step = float(self.distances.mean())
        return Geometry.from_axes(shape, self.positions[0], directions, (*self.spacing, step))


def stack_from_matrix(matrix: FloatArray, slices: int) -> SliceStack:
    """Read the slice planes of a sheared affine volume; ``matrix`` maps (i, j, k, 1) to RAS mm.

    Raises:
        ScanError: the axes within a slice are not orthogonal.
    """
    spacing = np.linalg.norm(matrix[:3, :2], axis=0)
    row_axis, column_axis = (matrix[:3, :2] / spacing).T
    if abs(float(row_axis @ column_axis)) > 0.01:
        raise ScanError(
            "skewed_axes",
            "The rows and columns of the slices do not stand at right angles.",
            "Export the scan again as DICOM or on a regular grid.",
        )
    column_axis = column_axis - row_axis * float(row_axis @ column_axis)
    column_axis /= np.linalg.norm(column_axis)
    positions = matrix[:3, 3] + np.arange(slices)[:, None] * matrix[:3, 2]
    return SliceStack(row_axis, column_axis, (float(spacing[0]), float(spacing[1])), positions)


def is_orthogonal(matrix: FloatArray) -> bool:
    """Tell whether the three axes of an affine matrix stand at right angles, to a tenth of a degree or so."""
    axes = matrix[:3, :3] / np.linalg.norm(matrix[:3, :3], axis=0)
    return bool(np.abs(axes.T @ axes - np.eye(3)).max() <= 2 * SHEAR_TOLERANCE)


def to_regular_grid(
    volume: npt.NDArray[Any], stack: SliceStack
) -> tuple[npt.NDArray[Any], Geometry, tuple[Finding, ...]]:
    """Resample slices [n, rows, columns], in the order of ``stack``, onto an orthogonal regular grid.

    The grid keeps the slice planes' own axes. Each of its planes is interpolated linearly between the two slices that
    enclose it, both shifted (bilinear) to the place in the patient that they were taken from. Where a slice does not
    reach, the volume's lowest grey is filled in. The dtype is kept.
    """
    if stack.normal @ (stack.positions[-1] - stack.positions[0]) < 0:
        volume, stack = volume[::-1], _reversed(stack)
    if len(stack.positions) < 2 or float(stack.distances.min()) <= 0:
        raise ScanError("slice_positions", "The slices do not follow one another in space.", "Export the scan again.")
    if stack.is_regular():
        return volume, stack.regular_geometry(_shape3(volume)), ()
    return (*_resample(volume, stack), _describe(stack))


def _reversed(stack: SliceStack) -> SliceStack:
    return SliceStack(stack.row_axis, stack.column_axis, stack.spacing, stack.positions[::-1].copy())


def _shape3(volume: npt.NDArray[Any]) -> tuple[int, int, int]:
    return volume.shape[0], volume.shape[1], volume.shape[2]


def _resample(volume: npt.NDArray[Any], stack: SliceStack) -> tuple[npt.NDArray[Any], Geometry]:
    spacing = np.array(stack.spacing)
    drift = stack.drift / spacing
    low = np.floor(drift.min(axis=0))
    extra = np.ceil(drift.max(axis=0) - low).astype(int)
    rows, columns = volume.shape[1] + int(extra[1]), volume.shape[2] + int(extra[0])
    step, heights = _grid_heights(stack)
    fill = float(volume.min())
    out = np.empty((len(heights), rows, columns), volume.dtype)
    shifted = _shifted_slices(volume, drift - low, (rows, columns), fill)
    for plane, blended in zip(out, _blend(shifted, stack, heights), strict=True):
        plane[...] = np.rint(blended) if volume.dtype.kind in "iu" else blended
    corner = low * spacing
    origin = stack.positions[0] + corner[0] * stack.row_axis + corner[1] * stack.column_axis
    directions = np.stack([stack.row_axis, stack.column_axis, stack.normal], axis=1)
    return out, Geometry.from_axes(_shape3(out), origin, directions, (*stack.spacing, step))


def _grid_heights(stack: SliceStack) -> tuple[float, FloatArray]:
    """Step (mm) and heights of the new planes above the first slice.

    As fine as the closest two slices, so that no slice is averaged away, but not finer than the pixels or an eighth of
    the usual distance: two almost coinciding slices must not blow the volume up.
    """
    distances = stack.distances
    usual = float(np.median(distances))
    step = min(usual, max(float(distances.min()), min(stack.spacing), usual / 8))
    length = float(distances.sum())
    count = round(length / step) + 1
    return length / (count - 1), np.linspace(0, length, count)


def _shifted_slices(
    volume: npt.NDArray[Any], shifts: FloatArray, size: tuple[int, int], fill: float
) -> Iterator[npt.NDArray[np.float32]]:
    for plane, (di, dj) in zip(volume, shifts, strict=True):
        moved = _shift_rows(plane.astype(np.float32), float(dj), size[0], fill)
        yield np.ascontiguousarray(_shift_rows(moved.T, float(di), size[1], fill).T)


def _shift_rows(plane: npt.NDArray[np.float32], shift: float, rows: int, fill: float) -> npt.NDArray[np.float32]:
    """Move rows down by ``shift`` (at least 0, may be a fraction) into a plane with ``rows`` rows."""
    whole = int(np.floor(shift + 1e-6))
    part = np.float32(max(0.0, shift - whole))
    out = np.full((rows, plane.shape[1]), fill, np.float32)
    out[whole : whole + len(plane)] = plane
    if part > 1e-4:
        # Row r shows what lies `part` of a row above it; the first row has no neighbour there and keeps its own grey.
        out[whole + 1 : whole + len(plane)] += part * (plane[:-1] - plane[1:])
    return out


def _blend(
    slices: Iterable[npt.NDArray[np.float32]], stack: SliceStack, heights: FloatArray
) -> Iterator[npt.NDArray[np.float32]]:
    """Yield one plane per height, linear between the two slices that enclose it."""
    tops = np.concatenate([[0.0], np.cumsum(stack.distances)])
    source = iter(slices)
    below, above = next(source), next(source)
    upper = 1
    for height in heights:
        while upper < len(tops) - 1 and height > tops[upper]:
            below, above = above, next(source)
            upper += 1
        weight = np.float32(np.clip((height - tops[upper - 1]) / (tops[upper] - tops[upper - 1]), 0, 1))
        yield below + weight * (above - below)


def _describe(stack: SliceStack) -> tuple[Finding, ...]:
    distances, length = stack.distances, float(stack.distances.sum())
    low, usual, high = float(distances.min()), float(np.median(distances)), float(distances.max())
    findings = []
    tilt = float(np.degrees(np.arctan2(np.linalg.norm(stack.drift[-1]), length)))
    if tilt > 0.1:
        text = f"The slices are tilted by {tilt:.1f} degrees (gantry tilt); the scan was put back at right angles."
        findings.append(Finding("gantry_tilt", "info", text, round(tilt, 2)))
    if high - low > max(DISTANCE_TOLERANCE_MM, DISTANCE_TOLERANCE_SHARE * usual):
        text = f"The distance between slices varies from {low:.2f} to {high:.2f} mm; they were resampled evenly."
        findings.append(Finding("slice_distance_varies", "info", text, round(high, 3)))
    findings.extend(_gap_findings(high, usual))
    return tuple(findings)


def _gap_findings(high: float, usual: float) -> Iterator[Finding]:
    if high > MAX_GAP_MM:
        text = f"There is a stretch of {high:.1f} mm without any slice: bone between cannot be judged."
        yield Finding("slice_gap", "refuse", text, round(high, 2), MAX_GAP_MM)
    elif high > MISSING_SLICE_RATIO * usual:
        text = f"Slices seem to be missing: one gap is {high:.1f} mm where {usual:.1f} mm is usual."
        yield Finding("slice_gap", "warning", text, round(high, 2), round(MISSING_SLICE_RATIO * usual, 2))
    if high > 1.0:
        text = f"The slices lie up to {high:.1f} mm apart: too coarse to see a narrow gap."
        yield Finding("slices_coarse", "warning", text, round(high, 2), 1.0)
