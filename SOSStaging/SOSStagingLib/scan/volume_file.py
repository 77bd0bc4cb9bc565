"""NRRD, NIfTI and MetaImage files through ITK, with the orientation checks ITK leaves out."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import SimpleITK as sitk

from .geometry import LPS_TO_RAS, FloatArray, Geometry
from .grey import repair_greys
from .nifti import is_cut_off
from .orientation import has_orientation, has_spacing, missing_orientation, upright_sagittal
from .picture import picture_scan, to_grey
from .slices import is_orthogonal, stack_from_matrix, to_regular_grid
from .types import Facing, Finding, Scan, ScanError

# 2000 x 1000 x 1000 voxels; no CBCT comes near, a broken header easily does.
MAX_VOXELS = 2_000_000_000
NIFTI_SUFFIXES = (".nii", ".nii.gz", ".hdr", ".img")
NIFTI_PERMISSIVE = "ITK_NIFTI_SFORM_PERMISSIVE"


def read_volume_file(path: Path, name: str, spacing_mm: float | None, facing: Facing) -> Scan:
    """Read a volume, or a 2-D image as picture, from one of ITK's formats.

    ``spacing_mm`` replaces a spacing that the file does not hold (all axes 1.0); otherwise the file's own is kept.

    Raises:
        ScanError: unreadable, 4-D, colour, one slice that is not sagittal, axes that cannot be undone.
    """
    if path.name.lower().endswith(NIFTI_SUFFIXES) and is_cut_off(path):
        raise _unreadable()
    with _quiet_itk(), _tolerant_nifti():
        reader = _open(path)
        _check_kind(reader)
        image = _execute(reader)
    metadata = {key: reader.GetMetaData(key) for key in reader.GetMetaDataKeys()}
    pixels = sitk.GetArrayFromImage(image)
    if image.GetDimension() == 2:
        return _flat_picture(pixels, image.GetSpacing(), name, spacing_mm, facing)
    matrix = _matrix(image, metadata)
    oriented = has_orientation(path, metadata)
    if pixels.shape[0] == 1 or min(pixels.shape) == 1:
        return _one_slice(pixels, matrix, oriented, name, spacing_mm, facing)
    if not has_spacing(path) and not spacing_mm:
        raise ScanError(
            "spacing_missing",
            "The file does not say how large its voxels are, so nothing in it can be measured.",
            "Export it again with its spacing, or give that (--spacing) where the voxels are cubes.",
        )
    return _volume(pixels, matrix, oriented, name, spacing_mm)


@contextmanager
def _quiet_itk() -> Iterator[None]:
    """Keep ITK's warnings, which print full paths, off the terminal."""
    before = sitk.ProcessObject.GetGlobalWarningDisplay()
    sitk.ProcessObject.SetGlobalWarningDisplay(False)
    try:
        yield
    finally:
        sitk.ProcessObject.SetGlobalWarningDisplay(before)


@contextmanager
def _tolerant_nifti() -> Iterator[None]:
    """Let ITK read a NIfTI whose sform is sheared (gantry tilt); the geometry is taken from that sform afterwards."""
    before = os.environ.get(NIFTI_PERMISSIVE)
    os.environ[NIFTI_PERMISSIVE] = "1"
    try:
        yield
    finally:
        if before is None:
            del os.environ[NIFTI_PERMISSIVE]
        else:
            os.environ[NIFTI_PERMISSIVE] = before


def _open(path: Path) -> sitk.ImageFileReader:
    reader = sitk.ImageFileReader()
    reader.SetFileName(str(path))
    try:
        reader.ReadImageInformation()
    except RuntimeError as error:
        raise _unreadable() from error
    return reader


def _unreadable() -> ScanError:
    return ScanError(
        "unreadable",
        "The file cannot be read as a scan: it is damaged, cut off, or not what its name says.",
        "Export it again, for example as NRRD or DICOM.",
    )


def _check_kind(reader: sitk.ImageFileReader) -> None:
    size = reader.GetSize()
    if len(size) > 3 and any(n > 1 for n in size[3:]):
        raise ScanError(
            "four_dimensional",
            f"The file holds {int(np.prod(size[3:]))} volumes (a time series or several channels), not one scan.",
            "Export a single volume.",
        )
    if reader.GetNumberOfComponents() > 1 and len(size) > 2:
        raise ScanError("colour_volume", "The volume is in colour or holds vectors: it is not a CT or CBCT.")
    if np.prod([float(n) for n in size]) > MAX_VOXELS:
        raise ScanError("too_large", "The file claims more voxels than any head scan has; its header may be damaged.")


def _execute(reader: sitk.ImageFileReader) -> sitk.Image:
    size = reader.GetSize()
    if len(size) > 3:
        # A fourth axis of length one is only a way of writing; it is dropped.
        reader.SetExtractSize([*size[:3], *[0] * (len(size) - 3)])
    try:
        return reader.Execute()
    except RuntimeError as error:
        raise _unreadable() from error


def _matrix(image: sitk.Image, metadata: dict[str, str]) -> FloatArray:
    """Return the 4x4 map from (i, j, k) to RAS mm, from the file's own sheared sform where ITK had to straighten it."""
    matrix = np.eye(4)
    direction = np.array(image.GetDirection()).reshape(3, 3)
    matrix[:3, :3] = direction * np.array(image.GetSpacing())
    matrix[:3, 3] = image.GetOrigin()
    matrix = LPS_TO_RAS @ matrix
    sform = _sform(metadata)
    return matrix if sform is None or is_orthogonal(sform) else sform


def _sform(metadata: dict[str, str]) -> FloatArray | None:
    if metadata.get("sform_code", "0") == "0" or "srow_x" not in metadata:
        return None
    matrix = np.eye(4)
    matrix[:3] = [[float(v) for v in metadata[f"srow_{axis}"].split()] for axis in "xyz"]
    return matrix if abs(np.linalg.det(matrix)) > 1e-9 else None


def _flat_picture(
    pixels: npt.NDArray[Any], spacing: tuple[float, ...], name: str, spacing_mm: float | None, facing: Facing
) -> Scan:
    return picture_scan(to_grey(pixels), name, spacing_mm or _square(spacing), facing)


def _square(spacing: tuple[float, ...]) -> float | None:
    """Pixel size of a picture; 1.0 is what files without one hold, and unequal sides cannot be one number."""
    if abs(spacing[0] - spacing[1]) > 0.01 * spacing[0] or spacing[0] == 1.0:
        return None
    return float(spacing[0])


def _one_slice(
    pixels: npt.NDArray[Any], matrix: FloatArray, oriented: bool, name: str, spacing_mm: float | None, facing: Facing
) -> Scan:
    axis = int(np.argmin(pixels.shape))
    flat = pixels.take(0, axis)
    # Array axes are (k, j, i): the two left over, fast one last, are columns and rows of the slice.
    column_index, row_index = [n for n in (0, 1, 2) if n != 2 - axis]
    vectors = matrix[:3, [column_index, row_index]]
    spacing = np.linalg.norm(vectors, axis=0)
    row_axis, column_axis = (vectors / spacing).T
    size = spacing_mm or _square((float(spacing[0]), float(spacing[1])))
    findings: tuple[Finding, ...] = ()
    if not oriented:
        return picture_scan(flat, name, size, facing)
    flat, seen, turned = upright_sagittal(flat, row_axis, column_axis)
    if turned:
        findings = (Finding("picture_turned", "info", "The slice was turned upright, as its header says."),)
    return picture_scan(flat, name, size, seen if facing == "auto" else facing, findings)


def _volume(pixels: npt.NDArray[Any], matrix: FloatArray, oriented: bool, name: str, spacing_mm: float | None) -> Scan:
    findings: list[Finding] = [] if oriented else [missing_orientation()]
    spacing = np.linalg.norm(matrix[:3, :3], axis=0)
    if spacing_mm and np.allclose(spacing, 1.0, atol=1e-6):
        matrix = matrix @ np.diag([spacing_mm, spacing_mm, spacing_mm, 1.0])
        text = f"The file does not hold a real spacing; {spacing_mm:g} mm was given by the user."
        findings.append(Finding("spacing_given", "warning", text, spacing_mm))
    elif spacing_mm:
        text = "The spacing given was not used: the file has its own."
        findings.append(Finding("spacing_ignored", "info", text, spacing_mm))
    pixels, repaired = repair_greys(pixels)
    shape = pixels.shape[0], pixels.shape[1], pixels.shape[2]
    if is_orthogonal(matrix):
        geometry = Geometry(shape, matrix)
    else:
        pixels, geometry, found = to_regular_grid(pixels, stack_from_matrix(matrix, shape[0]))
        findings += found
    if np.linalg.det(matrix[:3, :3]) < 0:
        text = "The volume's axes are left-handed; every voxel was kept at its place in the patient."
        findings.append(Finding("left_handed", "info", text))
    return Scan(pixels, geometry, name, "volume", None, True, "auto", (*findings, *repaired))
