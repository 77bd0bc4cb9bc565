"""A case's scan: what is noted of it when it is added, and the slab that labels and boxes are about."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import SimpleITK as sitk
from SOSStagingLib.scan.geometry import LPS_TO_RAS, FloatArray, Geometry
from SOSStagingLib.scan.midsagittal import find_plane
from SOSStagingLib.scan.orientation import has_orientation, upright_sagittal
from SOSStagingLib.scan.read import read_scan
from SOSStagingLib.scan.sampling import ras_view
from SOSStagingLib.scan.slab import cut_slab, picture_slabs
from SOSStagingLib.scan.types import Facing, Plane, Scan, Slab

from .roi import middle_plane
from .types import Case, StudyError

PLANE_DIGITS = 4
USUAL_SCALE = 2
"""Which of the sizes that ``picture_slabs`` tries for a picture of unknown spacing: the middle one, a whole head."""


@dataclass(frozen=True)
class CaseSlab:
    """A case's slab with the grid on which its boxes are cut.

    ``grid`` maps the slab's (column, row, plane) to the millimetres that boxes are drawn in: the slab's own geometry
    for volumes, where Slicer shows the picture for pictures. ``plane`` is None for pictures.
    """

    slab: Slab
    grid: Geometry
    plane: Plane | None


def examine(path: Path, *, spacing_mm: float | None = None, facing: Facing = "auto") -> dict[str, Any]:
    """Read a scan and return what ``types.Case`` notes of it: kind, content hash, geometry, plane, spacing, facing.

    Raises:
        ScanError: it cannot be read.
    """
    scan = read_scan(path, spacing_mm=spacing_mm, facing=facing)
    if scan.kind == "volume":
        return volume_facts(scan)
    return {
        "kind": "picture",
        "sha256": scan_sha256(scan),
        "geometry": picture_geometry(path, scan.geometry.shape),
        "spacing_mm": float(scan.geometry.spacing[0]) if scan.spacing_known else None,
        "facing": scan.facing,
    }


def volume_facts(scan: Scan) -> dict[str, Any]:
    """Return what ``types.Case`` notes of a volume."""
    plane = rounded_plane(find_plane(scan))
    return {"kind": "volume", "sha256": scan_sha256(scan), "geometry": scan.geometry, "plane": plane}


def rounded_plane(plane: Plane) -> Plane:
    """Return the plane to a ten-thousandth of a millimetre, so that it is the same on every computer."""
    origin, normal = np.round(plane.origin_ras_mm, PLANE_DIGITS), np.round(plane.normal_ras, PLANE_DIGITS + 2)
    return Plane(origin, normal, round(plane.confidence, 3), plane.source)


def scan_sha256(scan: Scan) -> str:
    """Return the content hash of a scan: the same in every file format and axis order."""
    return content_sha256(scan.array, scan.geometry if scan.kind == "volume" else None)


def content_sha256(array: npt.NDArray[Any], geometry: Geometry | None) -> str:
    """Return the SHA-256 of an array's shape and grey values [k, j, i], for a volume in RAS order."""
    view = array if geometry is None else ras_view(array, geometry)[0]
    digest = hashlib.sha256(repr(view.shape).encode())
    for plane in view:
        # Adding zero makes -0.0 the same as 0.0; 16-bit integers fit into float32 exactly.
        digest.update((np.ascontiguousarray(plane, "<f4") + 0).tobytes())
    return digest.hexdigest()


def picture_geometry(path: Path, shape: tuple[int, int, int]) -> Geometry:
    """Return where Slicer shows the pixels (x, y, 0) of a picture as this project reads it, in RAS mm.

    Slicer reads pictures through ITK: a PNG lies at spacing 1 with x to the left and y to posterior; a slice with a
    known orientation lies in the patient, and is turned upright when it is read here.

    Raises:
        StudyError: the place of its pixels is not known (multi-file DICOM and the like).
    """
    try:
        matrix, flat, oriented = _itk_slice(path)
    except RuntimeError as error:
        raise _placeless(path) from error
    index = np.arange(int(np.prod(flat))).reshape(flat)
    if oriented:
        axes = matrix[:, :2] / np.linalg.norm(matrix[:, :2], axis=0)
        index = upright_sagittal(index, axes[:, 0], axes[:, 1])[0]
    if index.shape != shape[1:]:
        raise _placeless(path)
    corner, right, below = (_place(matrix, int(index[at]), flat) for at in ((0, 0), (0, 1), (1, 0)))
    out = np.eye(4)
    out[:3, 0], out[:3, 1], out[:3, 3] = right - corner, below - corner, corner
    normal = np.cross(out[:3, 0], out[:3, 1])
    out[:3, 2] = normal / np.linalg.norm(normal)
    return Geometry(shape, out)


def _placeless(path: Path) -> StudyError:
    text = f"Where the pixels of {path.name} lie in Slicer cannot be told."
    return StudyError("picture_place", text, "Export the slice as PNG or NRRD.")


def _itk_slice(path: Path) -> tuple[FloatArray, tuple[int, int], bool]:
    """Return the map [3, 3] from (column, row, 1) of the one slice in a file to RAS mm, its (rows, columns), and
    whether the file says how the slice lies in the patient."""
    reader = sitk.ImageFileReader()
    reader.SetFileName(str(path))
    reader.ReadImageInformation()
    size, n = reader.GetSize(), reader.GetDimension()
    vectors, origin = np.zeros((3, n)), np.zeros(3)
    vectors[:n] = np.array(reader.GetDirection()).reshape(n, n) * np.array(reader.GetSpacing())
    origin[:n] = reader.GetOrigin()
    # The axis with one voxel is the slice's normal; of the others the faster one runs along the columns.
    normal = 2 - int(np.argmin(size[::-1])) if n == 3 else 2
    column, row = (axis for axis in range(3) if axis != normal)
    matrix = LPS_TO_RAS[:3, :3] @ np.column_stack([vectors[:, [column, row]], origin])
    known = {key: reader.GetMetaData(key) for key in reader.GetMetaDataKeys()}
    # DICOM's keys are tags; a CT slice always has an orientation.
    oriented = n == 3 and ("0020|0037" in known or has_orientation(path, known))
    return matrix, (size[row], size[column]), oriented


def _place(matrix: FloatArray, number: int, shape: tuple[int, int]) -> FloatArray:
    row, column = divmod(number, shape[1])
    return np.asarray(matrix @ [column, row, 1.0])


def load_slab(case: Case, path: Path, plane: Plane | None = None) -> CaseSlab:
    """Read a case and cut its slab: at ``plane`` where a rater moved it, otherwise at the case's own plane.

    A picture whose spacing or facing is not known is taken at a whole head's scale, facing right.

    Raises:
        ScanError: the scan cannot be read.
        StudyError: it is not what it was when it was added.
    """
    scan = read_scan(path, spacing_mm=case.spacing_mm, facing=case.facing)
    if scan_sha256(scan) != case.sha256:
        raise changed(case)
    if case.kind == "picture":
        return _picture_slab(case, scan)
    if case.kind == "slab":
        return _stored_slab(scan, path)
    used = plane or case.plane or rounded_plane(find_plane(scan))
    slab = cut_slab(scan, used)
    return CaseSlab(slab, slab.geometry, used)


def changed(case: Case) -> StudyError:
    """Return the error for a scan that is not the one that was added."""
    text = f"The scan of {case.name} is not the one that was added: its grey values differ."
    return StudyError("scan_changed", text, "Put the first file back, or add the new one under another name.")


def _stored_slab(scan: Scan, path: Path) -> CaseSlab:
    arrays = path.with_suffix(".npz")
    with np.load(arrays) as stored:
        valid = np.asarray(stored["valid"], bool)
    slab = Slab(scan.array.astype(np.float32), valid, scan.geometry)
    return CaseSlab(slab, scan.geometry, middle_plane(scan.geometry))


def _picture_slab(case: Case, scan: Scan) -> CaseSlab:
    choices = picture_slabs(scan)
    # Facings change fastest; the first one is as given, face to the right.
    facings = 2 if scan.facing == "auto" else 1
    slab = choices[0] if scan.spacing_known else choices[USUAL_SCALE * facings]
    if slab.picture_to_slab is None:
        raise AssertionError("a picture's slab knows its picture")
    back = np.linalg.inv(slab.picture_to_slab)
    to_pixel = np.eye(4)
    to_pixel[:2, :2], to_pixel[:2, 3] = back[:2, :2], back[:2, 2]
    # All planes of the slab show the one picture: they lie together, a thousandth of a millimetre apart.
    to_pixel[2, 2], to_pixel[2, 3] = 1e-3, -1e-3 * (slab.geometry.shape[0] // 2)
    grid = Geometry(slab.geometry.shape, case.geometry.ijk_to_ras @ to_pixel)
    return CaseSlab(slab, grid, None)
