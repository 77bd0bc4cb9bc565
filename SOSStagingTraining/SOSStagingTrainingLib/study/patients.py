"""Whose scan it is, where the file says so: a pseudonym of the DICOM patient ID."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pydicom
from pydicom.errors import InvalidDicomError

FILES_TRIED = 5
DIGITS = 10


def patient_pseudonym(path: Path) -> str | None:
    """Return ``p-`` and ten digits of a hash of the patient ID in a DICOM file or folder, None without one.

    It keeps scans of one patient together without writing the ID down. It is no protection: whoever has the scans, or
    can guess IDs, can find out whose they are.
    """
    files = sorted(p for p in path.rglob("*") if p.is_file()) if path.is_dir() else [path]
    for file in files[:FILES_TRIED]:
        try:
            header = pydicom.dcmread(file, stop_before_pixels=True, specific_tags=["PatientID"])
        except (InvalidDicomError, OSError):
            continue
        known = str(header.get("PatientID") or "").strip()
        if known:
            return f"p-{hashlib.sha256(known.encode()).hexdigest()[:DIGITS]}"
    return None
