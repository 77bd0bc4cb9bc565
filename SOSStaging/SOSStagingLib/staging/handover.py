"""A scan handed to the worker, and its result handed back: folders of plain files.

A scan held by another program is large. ``ScanWriter`` writes it a piece at a time, so that a window stays live
meanwhile; the worker maps the file instead of reading it twice.
"""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import numpy.typing as npt

from ..report.files import plain
from ..report.volume import write_gradcam_nrrd
from ..scan.geometry import Geometry
from ..scan.types import Finding, Scan
from .protocol import load_slabs, save_slabs
from .result import StagingResult
from .stored import GRADCAM_FILE, RESULT_FILE, RUNNER_UP_FILE, load_result

ARRAY_FILE, SCAN_FILE, SLAB_FILE = "array.npy", "scan.json", "slab.npz"
PIECE_BYTES = 2 << 20
STEP_SECONDS = 0.015


class ScanWriter:
    """Writes one scan into a folder: each ``step`` as many pieces of about 2 MB as take some milliseconds, so that a
    slow disk holds the window up by one small piece at most."""

    def __init__(self, scan: Scan, folder: Path) -> None:
        self._folder = folder
        self._array = scan.array
        self._about = _about(scan)
        self._next = 0
        per_slice = max(1, scan.array[0].nbytes)
        self.slices = max(1, PIECE_BYTES // per_slice)
        self._file: BinaryIO | None = None

    @property
    def share(self) -> float:
        """How much is written, 0 to 1."""
        return self._next / len(self._array)

    def step(self) -> bool:
        """Write some more; True when the scan is whole. Raises OSError, for a full disk above all."""
        if self._file is None:
            self._folder.mkdir(parents=True, exist_ok=True)
            self._file = (self._folder / ARRAY_FILE).open("wb")
            _write_header(self._file, self._array)
        end = time.monotonic() + STEP_SECONDS
        while self._next < len(self._array):
            piece = np.ascontiguousarray(self._array[self._next : self._next + self.slices])
            self._file.write(piece.data)
            self._next = min(len(self._array), self._next + self.slices)
            if time.monotonic() >= end:
                break
        if self._next < len(self._array):
            return False
        self.close()
        # Written last: where it is, the scan is whole.
        (self._folder / SCAN_FILE).write_text(json.dumps(self._about), encoding="utf-8")
        return True

    def close(self) -> None:
        """Close the file; a scan that is not whole stays unusable."""
        if self._file is not None:
            self._file.close()
            self._file = None


def _write_header(file: BinaryIO, array: npt.NDArray[Any]) -> None:
    header = {"descr": np.lib.format.dtype_to_descr(array.dtype), "fortran_order": False, "shape": array.shape}
    np.lib.format.write_array_header_2_0(file, header)


def _about(scan: Scan) -> dict[str, Any]:
    return {
        "geometry": scan.geometry.to_json(),
        "name": scan.name,
        "kind": scan.kind,
        "modality": scan.modality,
        "spacing_known": scan.spacing_known,
        "facing": scan.facing,
        "findings": [finding.to_json() for finding in scan.findings],
    }


def load_scan(folder: Path) -> Scan:
    """Read what ``ScanWriter`` wrote; the array is mapped, not loaded. Raises OSError, ValueError or KeyError."""
    about: Mapping[str, Any] = json.loads((folder / SCAN_FILE).read_text(encoding="utf-8"))
    return Scan(
        np.load(folder / ARRAY_FILE, mmap_mode="r", allow_pickle=False),
        Geometry.from_json(about["geometry"]),
        about["name"],
        about["kind"],
        about["modality"],
        about["spacing_known"],
        about["facing"],
        tuple(Finding(**finding) for finding in about["findings"]),
    )


def save_result(folder: Path, result: StagingResult) -> None:
    """Write a result with its slab, so that nothing is lost on the way between processes."""
    folder.mkdir(parents=True, exist_ok=True)
    if result.gradcam is not None:
        write_gradcam_nrrd(folder / GRADCAM_FILE, result.gradcam, result.model)
    if result.runner_up is not None:
        write_gradcam_nrrd(folder / RUNNER_UP_FILE, result.runner_up, result.model)
    if result.slab is not None:
        save_slabs(folder / SLAB_FILE, [result.slab])
    text = json.dumps(plain(result.to_json()), allow_nan=False)
    (folder / RESULT_FILE).write_text(text, encoding="utf-8")


def read_result(folder: Path) -> StagingResult:
    """Read what ``save_result`` wrote, slab included. Raises OSError or ValueError when it is missing or damaged."""
    result = load_result(folder)
    slab = folder / SLAB_FILE
    return replace(result, slab=load_slabs(slab)[0]) if slab.exists() else result
