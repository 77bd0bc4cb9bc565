"""The slabs of a frozen dataset's cases: cut once, kept as one .npz each, read again as they are needed. No torch."""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections import OrderedDict
from collections.abc import Iterator
from concurrent.futures import Executor, as_completed
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from SOSStagingLib.report.files import write_atomic
from SOSStagingLib.scan.geometry import FloatArray, Geometry
from SOSStagingLib.scan.types import SLAB_SPACING_MM, PlainError
from SOSStagingLib.staging.protocol import Progress, ProgressCallback

from ..study.dataset import Dataset, FrozenCase
from ..study.study import Study
from ..study.types import StudyError

CACHE_FORMAT = 1
CACHE_FOLDER = "slabs"
LOW_SHARE, HIGH_SHARE = 2.0, 98.0
LEAST_GREY, MOST_GREY = -4.0, 12.0
MEMORY_BYTES = 3_000_000_000
NAMED_AT_MOST = 10

BoolArray = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class StoredSlab:
    """A case's slab as training needs it.

    ``array`` float16 [planes, rows, columns]: 0 and 1 are the 2nd and 98th percentile of the field of view, as in
    ``model.student.normalise``; 0 outside. ``valid`` and ``roi`` bool [rows, columns] of the middle plane: field of
    view, and where at least half of the raters who drew boxes drew one. ``box`` (x0, y0, x1, y1): edges of the ROI in
    pixels, None where nobody drew any. ``spacing`` mm per pixel, NaN for a picture whose scale is not known.
    """

    array: npt.NDArray[np.float16]
    valid: BoolArray
    roi: BoolArray
    box: FloatArray | None
    spacing: float

    @property
    def nbytes(self) -> int:
        """Bytes in memory."""
        return self.array.nbytes + self.valid.nbytes + self.roi.nbytes

    @property
    def middle(self) -> npt.NDArray[np.float16]:
        """The midsagittal plane."""
        return self.array[len(self.array) // 2]


class Slabs:
    """The slabs of a dataset, read from ``folder`` where ``cut_slabs`` has put them.

    As many as fit into ``memory`` bytes stay in memory; ``planes`` 1 keeps the midsagittal one only.
    """

    def __init__(self, dataset: Dataset, folder: Path, planes: int = 3, memory: int = MEMORY_BYTES) -> None:
        self.dataset = dataset
        self.folder = folder
        self.planes = planes
        self.cases: dict[str, FrozenCase] = {case.name: case for case in dataset.cases}
        self._memory = memory
        self._held: OrderedDict[str, StoredSlab] = OrderedDict()

    def __getitem__(self, name: str) -> StoredSlab:
        """Return a case's slab; StudyError where its file is missing or damaged."""
        if name in self._held:
            self._held.move_to_end(name)
            return self._held[name]
        slab = self._read(self.cases[name])
        self._held[name] = slab
        while len(self._held) > 1 and sum(held.nbytes for held in self._held.values()) > self._memory:
            self._held.popitem(last=False)
        return slab

    def _read(self, case: FrozenCase) -> StoredSlab:
        path = slab_file(self.folder, case)
        try:
            with np.load(path) as data:
                array, valid = data["array"], np.unpackbits(data["valid"]).astype(bool)
                grid, spacing = _middle_grid(data["ijk_to_ras"], array.shape), float(data["spacing"])
        except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as error:
            text = f"The slab of {case.name} cannot be read from {path.name}."
            raise StudyError("slab_damaged", text, "Delete that file and start the same command again.") from error
        if self.planes == 1:
            array = array[len(array) // 2 :][:1].copy()
        roi, bounds = case.roi_mask(grid)[0], case.pixel_bounds(grid)
        return StoredSlab(array, valid[: roi.size].reshape(roi.shape), roi, bounds, spacing)


def slab_file(folder: Path, case: FrozenCase) -> Path:
    """Where a case's slab is kept: the name changes with the scan and its plane."""
    plane = None if case.plane is None else case.plane.to_json()
    key = hashlib.sha256(json.dumps([CACHE_FORMAT, case.sha256, plane]).encode()).hexdigest()
    return folder / f"{case.name}-{key[:12]}.npz"


def uncut(dataset: Dataset, folder: Path) -> list[FrozenCase]:
    """The cases that have no slab in ``folder`` yet."""
    return [case for case in dataset.cases if not slab_file(folder, case).exists()]


def cut_slabs(
    study: Study,
    dataset: Dataset,
    folder: Path,
    pool: Executor | None = None,
    progress: ProgressCallback | None = None,
) -> None:
    """Cut the slab of every case that has none in ``folder`` yet; ``pool`` does several at once.

    Raises:
        StudyError: scans are missing, unreadable or changed; all of them are named.
        OSError: writing failed.
    """
    folder.mkdir(parents=True, exist_ok=True)
    wanted = uncut(dataset, folder)
    problems = []
    for n, (case, problem) in enumerate(_cut_all(study.folder, wanted, folder, pool), 1):
        if problem:
            problems.append(f"{case.name}: {problem}")
        if progress is not None:
            progress(Progress("cutting slabs", n, len(wanted)))
    if problems:
        more = f" And {len(problems) - NAMED_AT_MOST} more." if len(problems) > NAMED_AT_MOST else ""
        text = f"{len(problems)} scans cannot be trained from. {' '.join(sorted(problems)[:NAMED_AT_MOST])}{more}"
        hint = "Mend them, or exclude them (sos study exclude), and freeze the study again."
        raise StudyError("scans_unusable", text, hint)


def _cut_all(
    study: Path, wanted: list[FrozenCase], folder: Path, pool: Executor | None
) -> Iterator[tuple[FrozenCase, str]]:
    if pool is None:
        yield from ((case, cut_one(study, case, folder)) for case in wanted)
        return
    jobs = {pool.submit(cut_one, study, case, folder): case for case in wanted}
    for job in as_completed(jobs):
        yield jobs[job], job.result()


def cut_one(study_folder: Path, case: FrozenCase, folder: Path) -> str:
    """Cut and keep one case's slab; returns what is wrong with its scan, or nothing."""
    study = Study.open(study_folder)
    try:
        found = study.case(case.name)
        if found.sha256 != case.sha256:
            return "the study now has another scan under this name."
        cut = study.slab(case.name, case.plane)
    except FileNotFoundError:
        return "its scan is missing."
    except PlainError as error:
        return str(error)
    slab = cut.slab
    refused = next((f.text for f in slab.findings if f.severity == "refuse"), None)
    if refused or not slab.valid[slab.valid.shape[0] // 2].any():
        return refused or "its midsagittal plane lies outside the scan."
    known = found.kind != "picture" or found.spacing_mm is not None
    content = {
        "array": _scaled(slab.array, slab.valid),
        "valid": np.packbits(slab.valid[slab.valid.shape[0] // 2]),
        "ijk_to_ras": cut.grid.ijk_to_ras,
        "spacing": np.float64(SLAB_SPACING_MM if known else np.nan),
    }
    write_atomic(slab_file(folder, case), lambda part: _save(part, content))
    return ""


def _save(path: Path, content: dict[str, Any]) -> None:
    with path.open("wb") as handle:
        np.savez(handle, **content)


def _scaled(array: npt.NDArray[np.float32], valid: BoolArray) -> npt.NDArray[np.float16]:
    low, high = np.percentile(array[valid], [LOW_SHARE, HIGH_SHARE])
    scaled = np.where(valid, (array - low) / max(high - low, 1e-6), 0)
    return np.clip(scaled, LEAST_GREY, MOST_GREY).astype(np.float16)


def _middle_grid(ijk_to_ras: FloatArray, shape: tuple[int, ...]) -> Geometry:
    """The grid of a slab's middle plane alone."""
    step = np.eye(4)
    step[2, 3] = shape[0] // 2
    return Geometry((1, shape[1], shape[2]), ijk_to_ras @ step)
