"""The Grad-CAM as a volume in the scan's physical space, for gradcam.nrrd and for Slicer's overlay alike."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt
import SimpleITK as sitk

from ..scan.geometry import LPS_TO_RAS, FloatArray, Geometry
from ..staging.result import GradCam, ModelInfo

THICKNESS_MM = 24.0
PLANE_STEP_MM = 2.0


def fade(distance_mm: npt.ArrayLike, thickness_mm: float = THICKNESS_MM) -> FloatArray:
    """Return the weight of the Grad-CAM at a distance from its plane: 1 on it, below SHOWN_FROM at half the thickness.

    A Gaussian whose standard deviation is a quarter of the thickness, so that the heat fades out before the volume
    ends and shows no hard edge in axial and coronal views.
    """
    sigma = thickness_mm / 4.0
    return np.exp(-0.5 * (np.asarray(distance_mm, float) / sigma) ** 2)


def gradcam_volume(gradcam: GradCam, thickness_mm: float = THICKNESS_MM) -> tuple[npt.NDArray[np.float32], Geometry]:
    """Spread the Grad-CAM over planes parallel to its own.

    Returns float32 [planes, rows, columns] on the absolute scale of the Grad-CAM and its geometry in RAS mm. The rows
    and columns are those of the Grad-CAM; the planes are an odd number, the middle one is the Grad-CAM itself. The
    volume is right-handed whatever the Grad-CAM's geometry, as volume rendering and some readers need it.
    """
    if thickness_mm <= 0:
        raise ValueError(f"the thickness of the Grad-CAM volume must be positive, not {thickness_mm}")
    half = max(1, int(np.ceil(thickness_mm / 2.0 / PLANE_STEP_MM)))
    offsets = np.arange(-half, half + 1) * PLANE_STEP_MM
    source = np.nan_to_num(np.asarray(gradcam.array, np.float32))
    array = source[None] * fade(offsets, thickness_mm).astype(np.float32)[:, None, None]
    in_plane = gradcam.geometry.ijk_to_ras[:3, :2]
    normal = np.cross(in_plane[:, 0], in_plane[:, 1])
    matrix = np.eye(4)
    matrix[:3, :2] = in_plane
    matrix[:3, 2] = PLANE_STEP_MM * normal / np.linalg.norm(normal)
    matrix[:3, 3] = gradcam.geometry.origin - half * matrix[:3, 2]
    return array, Geometry((len(offsets), *source.shape), matrix)


def write_gradcam_nrrd(path: Path, gradcam: GradCam, model: ModelInfo | None = None) -> None:
    """Write the Grad-CAM volume as compressed NRRD (LPS inside, as SimpleITK does it)."""
    array, geometry = gradcam_volume(gradcam)
    image = to_sitk(array, geometry)
    image.SetMetaData("sosstaging_full_scale", repr(float(gradcam.full_scale)))
    if model is not None:
        image.SetMetaData("sosstaging_model_sha256", model.sha256)
    sitk.WriteImage(image, str(path), useCompression=True)


def to_sitk(array: npt.NDArray[np.float32], geometry: Geometry) -> sitk.Image:
    """Return a SimpleITK image of ``array`` [k, j, i] lying where ``geometry`` (RAS) says."""
    lps = np.linalg.inv(LPS_TO_RAS) @ geometry.ijk_to_ras
    spacing = geometry.spacing
    image = sitk.GetImageFromArray(array)
    image.SetSpacing([float(s) for s in spacing])
    image.SetOrigin([float(v) for v in lps[:3, 3]])
    image.SetDirection([float(v) for v in (lps[:3, :3] / spacing[None, :]).ravel()])
    return image
