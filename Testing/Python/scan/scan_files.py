"""Small real files for the reading tests: DICOM series, NRRD with chosen headers, an ellipsoid head."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pydicom
import pytest
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import CTImageStorage, ExplicitVRLittleEndian, generate_uid

SHARED = Path(__file__).resolve().parents[4] / "shared" / "data"


def shared(name: str) -> Path:
    path = SHARED / name
    if not path.exists():
        pytest.skip(f"{name} is not on this machine (../shared/data)")
    return path


def toy_head(shape=(80, 90, 80), spacing=2.0, rng=None):
    """HU-like head [k, j, i] in LPS order: skull shell, brain, airway and sinuses, mandible-wide skull base."""
    rng = rng or np.random.default_rng(0)
    k, j, i = np.meshgrid(*[(np.arange(n) - (n - 1) / 2) * spacing for n in shape], indexing="ij")
    r = np.sqrt((i / 72) ** 2 + (j / 84) ** 2 + (k / 76) ** 2)
    head = np.full(shape, -1000.0)
    head[r < 1] = 40
    head[(r < 0.95) & (r > 0.86)] = 900 + 500 * np.sin(i[(r < 0.95) & (r > 0.86)] / 5)
    head[(np.abs(k + 30) < 8) & (r < 0.9) & (np.abs(i) > 20)] = 600
    head[(np.abs(i) < 14) & (j < -20) & (j > -60) & (np.abs(k + 40) < 15) & (r < 0.85)] = -1000
    head[(j > 15) & (k < -35)] = -1000  # below the occiput: a head is only symmetrical from left to right
    return (head + rng.normal(0, 30, shape)).astype(np.int16)


def write_nrrd(path: Path, array: np.ndarray, fields: str) -> Path:
    kinds = {"int16": "short", "uint16": "ushort", "uint8": "uchar", "float32": "float"}
    sizes = " ".join(str(n) for n in array.shape[::-1])
    head = f"NRRD0004\ntype: {kinds[array.dtype.name]}\ndimension: {array.ndim}\nsizes: {sizes}\n"
    path.write_bytes((head + f"endian: little\nencoding: raw\n{fields}\n\n").encode() + array.tobytes())
    return path


LPS = "space: left-posterior-superior\nspace directions: ({0},0,0) (0,{0},0) (0,0,{0})\nspace origin: (0,0,0)"


def dicom_slice(pixels: np.ndarray, position=(0, 0, 0), *, series="1.2.3", number=1, **tags) -> Dataset:
    """One CT image; tags with value None are left out."""
    ds = Dataset()
    ds.file_meta = FileMetaDataset()
    ds.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    ds.file_meta.MediaStorageSOPClassUID = CTImageStorage
    ds.SOPClassUID, ds.SOPInstanceUID = CTImageStorage, generate_uid()
    ds.file_meta.MediaStorageSOPInstanceUID = ds.SOPInstanceUID
    ds.SeriesInstanceUID, ds.InstanceNumber = series, number
    ds.Rows, ds.Columns = pixels.shape[-2:]
    if pixels.ndim == 3:
        ds.NumberOfFrames = pixels.shape[0]
    ds.SamplesPerPixel, ds.BitsAllocated, ds.BitsStored, ds.HighBit = 1, 16, 16, 15
    ds.PixelRepresentation = int(pixels.dtype.kind == "i")
    ds.PixelData = pixels.tobytes()
    values = {
        "Modality": "CT",
        "PhotometricInterpretation": "MONOCHROME2",
        "PixelSpacing": [2.0, 2.0],
        "SliceThickness": 2.0,
        "ImageOrientationPatient": [1, 0, 0, 0, 1, 0],
        "ImagePositionPatient": list(position),
        "RescaleSlope": 1,
        "RescaleIntercept": -1024,
        **tags,
    }
    for key, value in values.items():
        if value is not None:
            setattr(ds, key, value)
    return ds


def save(ds: Dataset, path: Path) -> Path:
    ds.save_as(path, enforce_file_format=True) if pydicom.__version__ >= "3" else ds.save_as(path, False)
    return path


def write_series(folder: Path, stored: np.ndarray, heights, drift=0.0, **tags) -> Path:
    """Axial slices at ``heights`` mm, each pushed back by ``drift`` mm per mm of height."""
    folder.mkdir(parents=True, exist_ok=True)
    for n, (plane, z) in enumerate(zip(stored, heights, strict=True)):
        position = (0, drift * float(z), float(z))
        save(dicom_slice(plane, position, number=n + 1, **tags), folder / f"{len(stored) - n:03d}.dcm")
    return folder
