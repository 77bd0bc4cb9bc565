"""Simulated scans as files: NRRD, NIfTI, a DICOM CT series, or a slab. The same scan gives the same bytes."""

from __future__ import annotations

import errno
import json
from pathlib import Path
from typing import Literal

import numpy as np
import numpy.typing as npt
import pydicom
import SimpleITK as sitk
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import CTImageStorage, ExplicitVRLittleEndian, generate_uid
from SOSStagingLib.scan.geometry import LPS_TO_RAS, Geometry
from SOSStagingLib.scan.types import SLAB_PLANES, SLAB_SIZE, Scan, Slab

from . import NAME, VERSION
from .truth import Truth

Format = Literal["nrrd", "nifti", "dicom"]
FORMATS: tuple[Format, ...] = ("nrrd", "nifti", "dicom")
SUFFIXES: dict[Format, str] = {"nrrd": ".nrrd", "nifti": ".nii.gz", "dicom": ""}
BYTES_PER_VOXEL: dict[Format, float] = {"nrrd": 1.6, "nifti": 1.6, "dicom": 2.0}
"""Measured on simulated scans: noisy int16 compresses to about this much; DICOM is not compressed."""
BYTES_PER_DICOM_FILE = 2000
USUAL_INTERCEPT = -1024


def volume_bytes(shape: tuple[int, int, int], file_format: Format) -> float:
    """Return about how many bytes a volume [k, j, i] takes on the disk."""
    headers = BYTES_PER_DICOM_FILE * shape[0] if file_format == "dicom" else 0
    return float(np.prod(shape)) * BYTES_PER_VOXEL[file_format] + headers


def slab_bytes() -> float:
    """Return about how many bytes a slab takes on the disk, as NRRD and as array."""
    return 2 * SLAB_PLANES * SLAB_SIZE**2 * BYTES_PER_VOXEL["nrrd"]


def write_volume(folder: Path, name: str, scan: Scan, truth: Truth, file_format: Format) -> list[Path]:
    """Write a volume as ``name`` into ``folder`` and return what was made: one file, or a folder of DICOM slices.

    Raises:
        OSError: the disk is full, or writing failed otherwise.
    """
    path = folder / f"{name}{SUFFIXES[file_format]}"
    if file_format == "dicom":
        write_dicom(path, name, scan, truth)
    else:
        write_image(path, scan.array, scan.geometry)
    return [path]


def write_slab(folder: Path, name: str, slab: Slab) -> list[Path]:
    """Write a slab as 3-plane NRRD in its own place, and as NPZ: ``grey`` int16 and ``valid`` bool, both
    [planes, rows, columns]. The NRRD is left-handed, as slabs are: superior to inferior, posterior to anterior, to the
    right.
    """
    grey = stored_greys(slab)
    image, arrays = folder / f"{name}.nrrd", folder / f"{name}.npz"
    write_image(image, grey, slab.geometry)
    np.savez_compressed(arrays, grey=grey, valid=slab.valid)
    return [image, arrays]


def stored_greys(slab: Slab) -> npt.NDArray[np.int16]:
    """Return a slab's greys as they are written."""
    return np.clip(np.rint(slab.array), -32768, 32767).astype(np.int16)


def write_image(path: Path, array: npt.NDArray[np.int16], geometry: Geometry) -> None:
    """Write an array [k, j, i] through ITK, compressed, in LPS as ITK keeps it; the ending of ``path`` decides.

    Raises:
        OSError: the disk is full, or writing failed otherwise.
    """
    image = sitk.GetImageFromArray(array)
    lps = geometry.directions.copy()
    lps[:2] *= -1
    origin = geometry.origin
    image.SetSpacing([float(s) for s in geometry.spacing])
    image.SetDirection([float(v) for v in lps.flatten()])
    image.SetOrigin([-float(origin[0]), -float(origin[1]), float(origin[2])])
    try:
        sitk.WriteImage(image, str(path), useCompression=True)
        # ITK's NIfTI writer leaves a cut file behind on a full disk and does not say so.
        written = sitk.ReadImage(str(path))
        whole = np.array_equal(sitk.GetArrayViewFromImage(written), array)
    except RuntimeError:
        whole = False
    if not whole:
        raise OSError(errno.EIO, f"{path.name} could not be written in full; the disk may be full")


def write_dicom(folder: Path, name: str, scan: Scan, truth: Truth) -> None:
    """Write a CT series: one uncompressed CT Image Storage file per slice k, numbered from 1.

    Stored values are unsigned, 12 bits where that is enough and up to 16 otherwise, with the rescale intercept that
    gives the grey values back exactly. Rescale Type is US (unspecified): cone-beam greys are not Hounsfield units. UIDs
    follow from the simulator's version, the head's seed, the case's name and the grid. There are no dates.

    Raises:
        ValueError: the axes (i, j, k) are left-handed, which a series of slices cannot say.
    """
    geometry = scan.geometry
    if np.linalg.det(geometry.directions) < 0:
        raise ValueError("a DICOM series cannot hold a volume with left-handed axes; flip one axis first")
    folder.mkdir()
    intercept = min(USUAL_INTERCEPT, int(scan.array.min()) // 1024 * 1024)
    stored = (scan.array.astype(np.int32) - intercept).astype("<u2")
    entropy = [NAME, VERSION, str(truth.seed), name, json.dumps(geometry.to_json())]
    common = _series_header(name, truth, entropy)
    _image_header(common, geometry, intercept, max(12, int(stored.max()).bit_length()), truth)
    lps = np.linalg.inv(LPS_TO_RAS)
    for k, pixels in enumerate(stored):
        slice_ = Dataset(common)
        slice_.SOPInstanceUID = generate_uid(entropy_srcs=[*entropy, f"slice {k}"])
        slice_.InstanceNumber = k + 1
        slice_.ImagePositionPatient = _decimals(lps[:3, :3] @ geometry.to_ras([0, 0, k]))
        slice_.PixelData = pixels.tobytes()
        _save(slice_, folder / f"{k + 1:04d}.dcm")


def _series_header(name: str, truth: Truth, entropy: list[str]) -> Dataset:
    """Patient, study, series, frame of reference and equipment; empty where the standard wants the field but it is
    unknown."""
    ds = Dataset()
    ds.SOPClassUID = CTImageStorage
    ds.PatientName = "Simulated^" + name.split("-stage-")[0].capitalize()
    ds.PatientID = f"SIMULATED-{truth.seed}"
    ds.PatientBirthDate = ""
    ds.PatientSex = truth.sex[0].upper()
    ds.PatientAge = f"{int(truth.age):03d}Y"
    ds.PatientComments = f"Not a patient: made by {NAME} {VERSION}"
    for keyword in ("StudyDate", "StudyTime", "ReferringPhysicianName", "AccessionNumber"):
        setattr(ds, keyword, "")
    ds.StudyID = str(truth.seed)[-16:]
    ds.StudyDescription, ds.SeriesDescription = "Simulated head", "Simulated cone-beam CT"
    ds.StudyInstanceUID = generate_uid(entropy_srcs=[*entropy, "study"])
    ds.SeriesInstanceUID = generate_uid(entropy_srcs=[*entropy, "series"])
    ds.FrameOfReferenceUID = generate_uid(entropy_srcs=[*entropy, "frame of reference"])
    ds.PositionReferenceIndicator = ""
    ds.Modality, ds.SeriesNumber, ds.AcquisitionNumber = "CT", 1, 1
    ds.BodyPartExamined, ds.PatientPosition = "HEAD", "HFS"
    ds.Manufacturer, ds.ManufacturerModelName, ds.SoftwareVersions = NAME, NAME, VERSION
    return ds


def _image_header(ds: Dataset, geometry: Geometry, intercept: int, bits: int, truth: Truth) -> None:
    """Image plane, pixels and CT image: what all slices share."""
    lps = np.linalg.inv(LPS_TO_RAS)[:3, :3]
    spacing = geometry.spacing
    ds.ImageType = ["ORIGINAL", "PRIMARY", "AXIAL"]
    ds.BurnedInAnnotation = "NO"
    ds.ImageOrientationPatient = _decimals((lps @ geometry.directions[:, :2]).T.ravel())
    ds.PixelSpacing = _decimals(spacing[[1, 0]])
    (ds.SliceThickness,) = (ds.SpacingBetweenSlices,) = _decimals(spacing[2:])
    ds.Rows, ds.Columns = geometry.shape[1:]
    ds.SamplesPerPixel, ds.PhotometricInterpretation, ds.PixelRepresentation = 1, "MONOCHROME2", 0
    ds.BitsAllocated, ds.BitsStored, ds.HighBit = 16, bits, bits - 1
    ds.RescaleSlope, ds.RescaleIntercept, ds.RescaleType = 1, intercept, "US"
    ds.KVP = None
    # Air to dense bone, wherever this scanner's gain and offset put them.
    ds.WindowCenter = round(truth.scanner.offset + 0.25 * 1000 * truth.scanner.gain)
    ds.WindowWidth = round(2500 * truth.scanner.gain)


def _decimals(values: npt.NDArray[np.float64]) -> list[str]:
    # A decimal string holds 16 characters at most; adding zero turns -0.0 into 0.0.
    return [f"{round(float(v), 6) + 0.0:.6f}" for v in values]


def _save(ds: Dataset, path: Path) -> None:
    ds.file_meta = FileMetaDataset()
    ds.file_meta.MediaStorageSOPClassUID = ds.SOPClassUID
    ds.file_meta.MediaStorageSOPInstanceUID = ds.SOPInstanceUID
    ds.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    if int(pydicom.__version__.split(".")[0]) >= 3:
        ds.save_as(path, enforce_file_format=True)
    else:
        ds.is_little_endian, ds.is_implicit_VR = True, False
        ds.save_as(path, write_like_original=False)
