"""From a file (or a Scan) to the slabs the student judges: read, quality, plane, slab. No network, no exceptions."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from ..quiet_paths import quiet_logger
from ..scan.midsagittal import find_plane
from ..scan.quality import check_scan
from ..scan.read import read_scan
from ..scan.slab import cut_slab, picture_slabs
from ..scan.types import Facing, Finding, Kind, Plane, QualityReport, Scan, ScanError, Slab
from .decision import given_plane_refusal, given_plane_warning, plane_finding
from .protocol import Progress, ProgressCallback, WorkerError

STEPS = ("read", "quality", "plane", "slab", "network")

log = quiet_logger(__name__)


class StagingCancelled(Exception):
    """The user stopped the staging; there is no result."""


@dataclass(frozen=True)
class ScanOptions:
    """What the user says about a scan: its plane, spacing and facing always win over what is found."""

    plane: Plane | None = None
    spacing_mm: float | None = None
    facing: Facing = "auto"


@dataclass
class Prepared:
    """A scan on its way to the network. ``slabs`` is empty exactly when ``reasons`` says why."""

    name: str
    kind: Kind = "volume"
    quality: QualityReport = field(default_factory=QualityReport)
    plane: Plane | None = None
    slabs: list[Slab] = field(default_factory=list)
    reasons: tuple[Finding, ...] = ()
    seconds: dict[str, float] = field(default_factory=dict)

    def refuse(self, *reasons: Finding) -> None:
        """Stop here, for these reasons; they are in the quality report as well."""
        self.reasons += reasons
        self.slabs = []
        self.quality = merged(self.quality, reasons)

    @contextmanager
    def timed(self, step: str) -> Iterator[None]:
        """Note the seconds a step takes, also when it fails."""
        begun = time.perf_counter()
        try:
            yield
        finally:
            self.seconds[step] = self.seconds.get(step, 0.0) + time.perf_counter() - begun


def merged(report: QualityReport, findings: tuple[Finding, ...]) -> QualityReport:
    """Add findings, each one once."""
    return report.plus(*(f for f in dict.fromkeys(findings) if f not in report.findings))


def report_step(progress: ProgressCallback | None, step: str) -> None:
    """Tell that a step begins."""
    if progress is not None:
        progress(Progress(step, STEPS.index(step), len(STEPS)))


def failure(error: Exception) -> Finding:
    """Put any exception into a reason in plain words; its traceback goes to the log only."""
    if isinstance(error, ScanError | WorkerError):
        return error.finding()
    if isinstance(error, MemoryError):
        text = "The scan needs more memory than this computer has free. Close other programs or crop the scan."
        return Finding("out_of_memory", "refuse", text)
    log.error("staging failed unexpectedly", exc_info=error)
    text = "The scan could not be staged because of an unexpected error in the program. Please report it with the log."
    return Finding("internal", "refuse", text, type(error).__name__)


def prepare(source: Path | Scan, options: ScanOptions, progress: ProgressCallback | None = None) -> Prepared:
    """Read a scan and cut what the student judges. A scan that cannot be judged comes back with reasons."""
    prepared = Prepared(source.name or Path(source.name).resolve().name)
    try:
        _prepare(prepared, source, options, progress)
    except StagingCancelled:
        raise
    except Exception as error:
        prepared.refuse(failure(error))
    return prepared


def _prepare(prepared: Prepared, source: Path | Scan, options: ScanOptions, progress: ProgressCallback | None) -> None:
    report_step(progress, "read")
    with prepared.timed("read"):
        scan = source if isinstance(source, Scan) else _read(source, options)
    prepared.kind = scan.kind
    prepared.quality = merged(QualityReport(), scan.findings)
    report_step(progress, "quality")
    with prepared.timed("quality"):
        prepared.quality = merged(prepared.quality, check_scan(scan).findings)
    if prepared.quality.refusals:
        prepared.refuse(*prepared.quality.refusals)
        return
    if scan.kind == "volume":
        report_step(progress, "plane")
        with prepared.timed("plane"):
            prepared.plane, found = _plane(scan, options.plane, isinstance(source, Path))
        prepared.quality = merged(prepared.quality, found)
        if prepared.quality.refusals:
            prepared.refuse(*prepared.quality.refusals)
            return
    report_step(progress, "slab")
    with prepared.timed("slab"):
        slabs = picture_slabs(scan) if prepared.plane is None else [cut_slab(scan, prepared.plane)]
    usable = [slab for slab in slabs if not any(f.severity == "refuse" for f in slab.findings)]
    if not usable:
        # Every candidate is refused: the first one's reasons stand for all.
        refused = tuple(f for f in slabs[0].findings if f.severity == "refuse") if slabs else (_no_slab(),)
        prepared.refuse(*refused)
        return
    prepared.slabs = usable


def _plane(scan: Scan, given: Plane | None, compare: bool) -> tuple[Plane, tuple[Finding, ...]]:
    """The plane to look at, and what is to be said of it. A plane given is compared with the one found, which takes a
    second or two, but for scans already in memory: whoever moves the plane in a window sees where it is."""
    if given is None:
        found = find_plane(scan)
        unsure = plane_finding(found)
        return found, (unsure,) if unsure else ()
    told = given_plane_refusal(given, scan.geometry)
    if told is None and compare:
        told = given_plane_warning(given, find_plane(scan))
    return given, (told,) if told else ()


def _read(path: Path, options: ScanOptions) -> Scan:
    return read_scan(path, spacing_mm=options.spacing_mm, facing=options.facing)


def _no_slab() -> Finding:
    return Finding("no_slab", "refuse", "No midsagittal slice could be made from this picture.")
