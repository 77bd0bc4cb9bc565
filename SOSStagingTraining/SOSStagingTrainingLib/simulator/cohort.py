"""Cohorts of simulated scans on disk: a scan and a truth file per case, together a study, the same bytes for a seed.

A case is made in a folder NAME.part and moved into place when it is whole, the truth file last; an interrupted cohort
goes on where it stopped.
"""

from __future__ import annotations

import json
import multiprocessing
import shutil
import signal
from collections.abc import Iterator, Sequence
from concurrent.futures import as_completed
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from SOSStagingLib.scan.types import Scan, Slab

from ..processes import process_pool
from ..study.types import StudyError
from . import VERSION
from .as_study import case_row, refuse_other_study, write_study
from .export import SUFFIXES, Format, slab_bytes, volume_bytes, write_slab, write_volume
from .heads import VolumeSettings, drawn_stage, simulate_slab, simulate_volume, volume_shape

SEEDS_PER_COHORT = 100_000


class CohortError(ValueError):
    """The cohort cannot be written here; the message says why in plain words."""


@dataclass(frozen=True)
class CohortSettings:
    """What is made of each head: a volume in a file format, or the slab the student sees (then always NRRD)."""

    volume: VolumeSettings = field(default_factory=VolumeSettings)
    file_format: Format = "nrrd"
    slabs: bool = False

    def to_json(self) -> dict[str, Any]:
        """Return plain JSON values."""
        if self.slabs:
            return {"kind": "slab", "format": "nrrd"}
        aim = {"before_sella_mm": self.volume.before_sella, "below_sella_mm": self.volume.below_sella}
        grid = {"voxel_mm": self.volume.voxel_mm, "size_mm": list(self.volume.size_mm), **aim}
        return {"kind": "volume", "format": self.file_format, **grid}

    def bytes_per_case(self) -> float:
        """Return about how much room a case takes on the disk."""
        return slab_bytes() if self.slabs else volume_bytes(volume_shape(self.volume), self.file_format)


@dataclass(frozen=True)
class Case:
    """One head to make; ``stage`` is None where the seed draws it."""

    name: str
    seed: int
    stage: int | None

    @property
    def true_stage(self) -> int:
        """The stage it will have."""
        return drawn_stage(self.seed) if self.stage is None else self.stage

    def made_with(self, settings: CohortSettings) -> dict[str, Any]:
        """All that the case's bytes depend on."""
        return {"version": VERSION, "seed": self.seed, "stage": self.stage, **settings.to_json()}

    def files(self, folder: Path, settings: CohortSettings) -> list[Path]:
        """The scan's files or folder, the one to open first."""
        if settings.slabs:
            return [folder / f"{self.name}.nrrd", folder / f"{self.name}.npz"]
        return [folder / f"{self.name}{SUFFIXES[settings.file_format]}"]

    def truth_file(self, folder: Path) -> Path:
        """The truth file, there only when the case is whole."""
        return folder / f"{self.name}.truth.json"

    def part(self, folder: Path) -> Path:
        """Where the case is being made."""
        return folder / f"{self.name}.part"


@dataclass(frozen=True)
class CaseWritten:
    """A case that is on the disk: its row of manifest.json, and whether it was there already."""

    row: dict[str, Any]
    resumed: bool


def plan_cases(cases: int, seed: int, stages: Sequence[int] | None) -> list[Case]:
    """Return the cases of a cohort; ``stages`` are taken in turn."""
    planned = []
    for n in range(cases):
        stage = stages[n % len(stages)] if stages else None
        name = f"head-{n + 1:04d}" + (f"-stage-{stage}" if stages else "")
        planned.append(Case(name, seed * SEEDS_PER_COHORT + n, stage))
    return planned


def write_cohort(
    folder: Path, cases: Sequence[Case], seed: int, settings: CohortSettings, workers: int
) -> Iterator[CaseWritten]:
    """Write the cases, yielding each as it is done; ends with what makes the folder a study. Nothing half-written
    stays.

    Raises:
        CohortError: cases of another cohort, or a study of real scans, lie in the folder.
        OSError: the disk is full, or writing failed otherwise.
        BrokenExecutor: the system ended a worker process, as it does when memory runs out.
    """
    folder.mkdir(parents=True, exist_ok=True)
    try:
        refuse_other_study(folder)
    except StudyError as error:
        raise CohortError(str(error).removesuffix(".")) from error
    for case in cases:
        _refuse_other(case, folder, settings)
    rows = []
    for done in _written(folder, cases, settings, workers):
        rows.append(done.row)
        yield done
    write_study(folder, seed, sorted(rows, key=lambda row: str(row["case"])))


def _written(folder: Path, cases: Sequence[Case], settings: CohortSettings, workers: int) -> Iterator[CaseWritten]:
    others = set(multiprocessing.active_children())
    pool = process_pool(workers, begin=_die_of_interrupts)
    # Workers that would have nothing to do help with the cases there are.
    threads = max(1, workers // max(1, len(cases)))
    try:
        for job in as_completed([pool.submit(write_case, folder, case, settings, threads) for case in cases]):
            yield job.result()
    except BaseException:
        # Cases take minutes: whoever stops, or has no room left, need not wait for those in work.
        for process in set(multiprocessing.active_children()) - others:
            process.terminate()
        raise
    finally:
        pool.shutdown(cancel_futures=True)
        for case in cases:
            shutil.rmtree(case.part(folder), ignore_errors=True)


def _die_of_interrupts() -> None:
    # Ctrl-C reaches the workers too; a traceback from each would bury what the command has to say.
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def write_case(folder: Path, case: Case, settings: CohortSettings, threads: int = 1) -> CaseWritten:
    """Write one case unless it is already there; ``threads`` work on a volume."""
    files, truth_file = case.files(folder, settings), case.truth_file(folder)
    resumed = all(path.exists() for path in files) and _made_with(truth_file) == case.made_with(settings)
    row = _read_truth(truth_file).get("manifest_row") if resumed else None
    if row is None:
        _make(folder, case, settings, threads)
        return CaseWritten(_read_truth(truth_file)["manifest_row"], resumed=False)
    return CaseWritten(row, resumed=True)


def _make(folder: Path, case: Case, settings: CohortSettings, threads: int) -> None:
    part = case.part(folder)
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir()
    try:
        written = _write_parts(part, case, settings, threads)
        for path in written:
            _move(path, folder / path.name)
    finally:
        shutil.rmtree(part, ignore_errors=True)


def _write_parts(part: Path, case: Case, settings: CohortSettings, threads: int) -> list[Path]:
    """Write scan and truth; returns them in the order they are to be moved in."""
    about: dict[str, Any] = {"made_with": case.made_with(settings)}
    scanned: Scan | Slab
    if settings.slabs:
        scanned, truth = simulate_slab(case.seed, case.stage)
        written = write_slab(part, case.name, scanned)
        about["slab_geometry"] = scanned.geometry.to_json()
    else:
        scanned, truth = simulate_volume(case.seed, case.stage, settings.volume, threads=threads)
        written = write_volume(part, case.name, scanned, truth, settings.file_format)
    more = {"seed": case.seed, "stage": truth.stage}
    about["manifest_row"] = case_row(case.name, written[0].name, scanned, more)
    truth_file = case.truth_file(part)
    truth_file.write_text(json.dumps({**truth.to_json(), **about}, indent=1), encoding="utf-8")
    return [*written, truth_file]


def _move(source: Path, target: Path) -> None:
    if target.is_dir():
        # Left by a run that was killed between moving the series and its truth.
        shutil.rmtree(target)
    source.replace(target)


def _made_with(truth_file: Path) -> dict[str, Any] | None:
    found = _read_truth(truth_file).get("made_with")
    return found if isinstance(found, dict) else None


def _read_truth(truth_file: Path) -> dict[str, Any]:
    """Return a truth file's content, empty where there is none that can be read."""
    try:
        found = json.loads(truth_file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _refuse_other(case: Case, folder: Path, settings: CohortSettings) -> None:
    there, wanted = _made_with(case.truth_file(folder)), case.made_with(settings)
    if there is None or there == wanted:
        return
    key = next(k for k in [*wanted, *there] if there.get(k) != wanted.get(k))
    found = f"{key.replace('_', ' ')} {there.get(key)}, not {wanted.get(key)}"
    raise CohortError(f"{folder.name} already holds {case.name} with {found}. Give another folder, or delete this one")
