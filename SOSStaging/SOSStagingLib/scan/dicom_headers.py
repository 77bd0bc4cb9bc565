"""DICOM headers: one Frame per slice plane, grouped into series, the most plausible one chosen."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pydicom
from pydicom.dataset import Dataset
from pydicom.errors import InvalidDicomError

from .geometry import FloatArray
from .types import Finding, ScanError

LPS_TO_RAS_3 = np.array([-1.0, -1.0, 1.0])
Axes = tuple[FloatArray, FloatArray]


@dataclass(frozen=True)
class Frame:
    """One slice plane: where its pixels are stored and where it lies (RAS mm; None = not recorded).

    ``axes`` are the unit directions of increasing column index and of increasing row index; ``spacing`` is (i, j).
    """

    path: Path
    index: int
    number: float
    axes: Axes | None
    position: FloatArray | None
    spacing: tuple[float, float] | None
    thickness: float | None
    between: float | None
    rescale: tuple[float, float] | None


@dataclass(frozen=True)
class Series:
    """Slices that belong together. ``samples`` is 3 for colour; ``patient`` is the patient ID, to compare only, and
    ``number`` the series' number."""

    key: tuple[Any, ...]
    frames: tuple[Frame, ...]
    modality: str | None
    photometric: str
    samples: int
    localizer: bool
    patient: str = ""
    number: int | None = None

    @property
    def has_positions(self) -> bool:
        """Tell whether each slice records its own place and the places differ."""
        if any(f.position is None or f.axes is None for f in self.frames):
            return False
        places = np.array([f.position for f in self.frames])
        return bool(np.ptp(places, axis=0).max() > 0) if len(places) > 1 else True

    @property
    def axial(self) -> bool:
        """Tell whether the slices are roughly axial."""
        axes = self.frames[0].axes
        return axes is not None and abs(float(np.cross(*axes)[2])) > 0.7


def read_headers(files: Sequence[Path]) -> list[Series]:
    """Read all headers and group their slices.

    Raises:
        ScanError: none of the files is a DICOM image.
    """
    groups: dict[tuple[Any, ...], list[Frame]] = {}
    facts: dict[tuple[Any, ...], Dataset] = {}
    seen: set[str] = set()
    for path in files:
        header = _header(path)
        uid = "" if header is None else str(header.get("SOPInstanceUID", path))
        if header is None or uid in seen:
            continue
        seen.add(uid)
        for frame in _frames(path, header):
            key = _series_key(header, frame)
            groups.setdefault(key, []).append(frame)
            facts.setdefault(key, header)
    if not groups:
        raise ScanError("no_dicom", "There is no DICOM image here.", "Give the folder or zip of one head scan.")
    return [_series(key, frames, facts[key]) for key, frames in groups.items()]


def choose_series(series: Sequence[Series]) -> tuple[Series, tuple[Finding, ...]]:
    """Choose the series most like a head CT: CT, no localizer, a stack, axial, then the most slices.

    Raises:
        ScanError: the series are of several patients.
    """
    if len({one.patient for one in series if one.patient}) > 1:
        raise ScanError(
            "several_patients",
            "The folder holds scans of several patients.",
            "Give the folder of one scan; Slicer's DICOM database, or the CD's viewer, can sort them.",
        )
    best = max(
        series, key=lambda s: (not s.localizer, len(s.frames) >= 8, s.modality in (None, "CT"), s.axial, len(s.frames))
    )
    if len(series) == 1:
        return best, ()
    slices = len(best.frames)
    text = f"There are {len(series)} image series here; the most plausible one ({slices} slices) was used."
    if best.number is not None:
        text = (
            f"There are {len(series)} image series here; the most plausible one (number {best.number}, "
            f"{slices} slices) was used."
        )
    return best, (Finding("several_series", "info", text, len(series)),)


def _header(path: Path) -> Dataset | None:
    """Read a header; None when the file is no DICOM image."""
    header: Dataset | None
    try:
        header = pydicom.dcmread(path, stop_before_pixels=True)
    except InvalidDicomError:
        header = _bare_header(path)
    except (OSError, EOFError, ValueError, KeyError, AttributeError, TypeError, NotImplementedError):
        return None
    if header is None or "Rows" not in header or "Columns" not in header:
        return None
    return header


def _bare_header(path: Path) -> Dataset | None:
    """Read old DICOM without the 128-byte preamble; anything else read that way has no SOP class."""
    try:
        header = pydicom.dcmread(path, stop_before_pixels=True, force=True)
        return header if "SOPClassUID" in header else None
    except Exception:  # pydicom raises many kinds on bytes that were never DICOM; all mean the same here
        return None


def _series_key(header: Dataset, frame: Frame) -> tuple[Any, ...]:
    axes = None if frame.axes is None else tuple(np.round(np.concatenate(frame.axes), 2) + 0.0)
    several = int(header.get("NumberOfFrames", 1) or 1) > 1
    own = str(header.get("SOPInstanceUID", frame.path.name)) if several else ""
    return (str(header.get("SeriesInstanceUID", "")), int(header.Rows), int(header.Columns), axes, own)


def _series(key: tuple[Any, ...], frames: list[Frame], header: Dataset) -> Series:
    kind = [str(part).upper() for part in header.get("ImageType", None) or []]
    return Series(
        key=key,
        frames=tuple(frames),
        modality=str(header.get("Modality", "") or "") or None,
        photometric=str(header.get("PhotometricInterpretation", "MONOCHROME2")),
        samples=int(header.get("SamplesPerPixel", 1) or 1),
        localizer="LOCALIZER" in kind,
        patient=str(header.get("PatientID", "") or "").strip(),
        number=None if (number := _number(header.get("SeriesNumber"))) is None else int(number),
    )


def _frames(path: Path, header: Dataset) -> Iterator[Frame]:
    count = int(header.get("NumberOfFrames", 1) or 1)
    shared = _first(header, "SharedFunctionalGroupsSequence")
    own = list(header.get("PerFrameFunctionalGroupsSequence", None) or [])
    number = _number(header.get("InstanceNumber")) or 0.0
    for index in range(count):
        groups = [part for part in (own[index] if index < len(own) else None, shared) if part is not None]
        yield _frame(path, header, groups, index, number + index / count, alone=count == 1)


def _frame(path: Path, header: Dataset, groups: list[Dataset], index: int, number: float, alone: bool) -> Frame:
    measures = _group(groups, "PixelMeasuresSequence") or header
    plane = _group(groups, "PlaneOrientationSequence") or header
    place = _group(groups, "PlanePositionSequence") or (header if alone else Dataset())
    values = _group(groups, "PixelValueTransformationSequence") or header
    spacing = _numbers(measures.get("PixelSpacing"), 2)
    slope, intercept = _number(values.get("RescaleSlope")), _number(values.get("RescaleIntercept"))
    position = _numbers(place.get("ImagePositionPatient"), 3)
    return Frame(
        path=path,
        index=index,
        number=number,
        axes=_axes(_numbers(plane.get("ImageOrientationPatient"), 6)),
        position=None if position is None else position * LPS_TO_RAS_3,
        # DICOM gives the distance of rows (j) first.
        spacing=None if spacing is None or min(spacing) <= 0 else (float(spacing[1]), float(spacing[0])),
        thickness=_positive(measures.get("SliceThickness")),
        between=_positive(measures.get("SpacingBetweenSlices")),
        rescale=None if slope is None and intercept is None else (1.0 if slope is None else slope, intercept or 0.0),
    )


def _group(groups: list[Dataset], name: str) -> Dataset | None:
    return next((part for group in groups if (part := _first(group, name)) is not None), None)


def _first(dataset: Dataset, name: str) -> Dataset | None:
    sequence = dataset.get(name)
    return sequence[0] if sequence else None


def _axes(cosines: FloatArray | None) -> Axes | None:
    """Unit, orthogonal row and column directions in RAS; None when they are not usable."""
    if cosines is None:
        return None
    row, column = cosines[:3] * LPS_TO_RAS_3, cosines[3:] * LPS_TO_RAS_3
    if min(np.linalg.norm(row), np.linalg.norm(column)) < 0.5:
        return None
    row = row / np.linalg.norm(row)
    column = column - row * float(row @ column)
    if np.linalg.norm(column) < 0.5:
        return None
    return row, column / np.linalg.norm(column)


def _numbers(value: Any, count: int) -> FloatArray | None:
    try:
        numbers = np.array([float(v) for v in value], float)
    except (TypeError, ValueError):
        return None
    return numbers if len(numbers) == count and np.isfinite(numbers).all() else None


def _number(value: Any) -> float | None:
    try:
        return None if value in (None, "") else float(value)
    except (TypeError, ValueError):
        return None


def _positive(value: Any) -> float | None:
    number = _number(value)
    # Some scanners write a negative distance for slices numbered downwards (Slicer pull request 7987).
    return abs(number) if number else None
