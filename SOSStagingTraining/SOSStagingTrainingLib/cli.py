"""``sos simulate``. Nothing here imports torch."""

from __future__ import annotations

import argparse
import errno
import os
import shutil
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .simulator.cohort import Case, CohortSettings

DEFAULT_KAPPA = 0.85


def register_simulate(subparsers: Any) -> None:
    """Add ``sos simulate``."""
    parser = subparsers.add_parser(
        "simulate",
        help="make simulated head scans with a known stage",
        description="Make simulated cone-beam CT heads: scans with truth files (stage, synchondrosis, plane, "
        "landmarks, what the head was drawn from); the folder is a study (see sos study) with the true stages and "
        "boxes. The same seed gives the same bytes on the same kind of computer; an interrupted run goes on where it "
        "stopped.",
    )
    parser.add_argument("--cases", type=positive, required=True, help="how many heads")
    parser.add_argument("--out", type=Path, required=True, help="folder to write to")
    parser.add_argument("--seed", type=_whole, default=1)
    parser.add_argument(
        "--stages", type=_stages, help="stages to take in turn, such as 1,2,3,4,5; default: drawn at random"
    )
    parser.add_argument(
        "--format",
        choices=("nrrd", "nifti", "dicom"),
        help="nrrd (default), nifti (.nii.gz), or dicom: a folder of CT slices for each head",
    )
    parser.add_argument("--voxel", type=float, metavar="MM", help="voxel edge (default 0.4)")
    parser.add_argument("--size", type=_size, metavar="RL,PA,IS", help="field of view in mm (default 150,170,150)")
    parser.add_argument(
        "--field",
        metavar="DxH",
        help="a usual cylinder instead of --size, diameter x height in mm, such as 80x80 or 160x100",
    )
    parser.add_argument(
        "--aim", choices=("head", "jaw"), default="head", help="what --field is aimed at (jaw: often without the SOS)"
    )
    parser.add_argument(
        "--slabs",
        action="store_true",
        help="write the midsagittal slab that the student sees (NRRD, and int16 arrays as NPZ) instead of a volume",
    )
    parser.add_argument("--raters", type=positive, metavar="N", help="also draw the labels of N raters")
    parser.add_argument(
        "--kappa", type=float, metavar="K", help="a rater's expected weighted kappa against the truth (default 0.85)"
    )
    parser.add_argument("--workers", type=positive, default=os.cpu_count() or 1)
    parser.set_defaults(run=_simulate)


def positive(text: str) -> int:
    """Check a whole number from 1 on, for argparse."""
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError("must be at least 1")
    return value


def _whole(text: str) -> int:
    value = int(text)
    if value < 0:
        raise argparse.ArgumentTypeError("must not be negative")
    return value


def _stages(text: str) -> tuple[int, ...]:
    stages = tuple(int(part) for part in text.split(","))
    if not stages or any(not 1 <= s <= 5 for s in stages):
        raise argparse.ArgumentTypeError("stages are 1 to 5, separated by commas")
    return stages


def _size(text: str) -> tuple[float, float, float]:
    parts = tuple(float(part) for part in text.split(","))
    if len(parts) != 3 or min(parts) < 20:
        raise argparse.ArgumentTypeError("give three lengths in mm, each at least 20")
    return parts[0], parts[1], parts[2]


def _simulate(args: argparse.Namespace) -> int:
    from concurrent.futures import BrokenExecutor

    from .simulator.cohort import CohortError, plan_cases
    from .simulator.raters import RaterError, confusion, write_labels

    try:
        settings = _cohort_settings(args)
        cases = plan_cases(args.cases, args.seed, args.stages)
        stages = [case.true_stage for case in cases]
        if args.raters:
            confusion(stages, args.kappa or DEFAULT_KAPPA)  # say now, not after hours, that this cannot be done
        if not _room_for(args.out, args.cases * settings.bytes_per_case(), args.cases):
            return 2
        _make_cohort(args, cases, settings)
        if args.raters:
            names = [case.name for case in cases]
            write_labels(args.out, names, stages, args.raters, args.kappa or DEFAULT_KAPPA, args.seed)
    except (CohortError, RaterError) as error:
        print(f"sos simulate: {error}.", file=sys.stderr)
        return 2
    except BrokenExecutor:
        text = "a worker process was ended by the system, probably for lack of memory. Take fewer --workers"
        print(f"sos simulate: {text} and run the same command again.", file=sys.stderr)
        return 3
    except OSError as error:
        forbidden = error.errno in (errno.EACCES, errno.EPERM, errno.EROFS)
        what = "Say another --out, or change its rights," if forbidden else "Make room"
        text = f"writing failed ({error.strerror or error}). {what} and run the same command again"
        print(f"sos simulate: {text}.", file=sys.stderr)
        return 3
    return 0


def _cohort_settings(args: argparse.Namespace) -> CohortSettings:
    """Check the options against one another; CohortError says which do not fit."""
    from .simulator.cohort import CohortError, CohortSettings
    from .simulator.heads import VolumeSettings

    if args.kappa is not None and not args.raters:
        raise CohortError("--kappa says how well raters agree with the truth: say how many with --raters")
    if args.slabs:
        if args.format or args.voxel or args.size or args.field:
            raise CohortError("--slabs are NRRD on one fixed grid: leave out --format, --voxel, --size and --field")
        return CohortSettings(slabs=True)
    default = VolumeSettings()
    voxel = default.voxel_mm if args.voxel is None else args.voxel
    if not 0.1 <= voxel <= 3:
        raise CohortError("--voxel must lie between 0.1 and 3 mm")
    if args.field and args.size:
        raise CohortError("--field and --size both say how large the field of view is: give one of them")
    if args.field:
        try:
            return CohortSettings(VolumeSettings.field_of_view(args.field, args.aim, voxel), args.format or "nrrd")
        except ValueError as error:
            raise CohortError(str(error)) from error
    volume = VolumeSettings(size_mm=args.size or default.size_mm, voxel_mm=voxel)
    return CohortSettings(volume, args.format or "nrrd")


def _room_for(folder: Path, need: float, cases: int) -> bool:
    folder.mkdir(parents=True, exist_ok=True)
    free = shutil.disk_usage(folder).free
    print(f"About {need / 1e6:.0f} MB for {cases} scans; {free / 1e9:.1f} GB free.", file=sys.stderr)
    if need > free:
        print("sos simulate: not enough room on the disk. Take fewer cases or a larger voxel.", file=sys.stderr)
    return need <= free


def _make_cohort(args: argparse.Namespace, cases: list[Case], settings: CohortSettings) -> None:
    """Write the cohort with a line on stderr for each case, and a bar below them on a terminal."""
    from SOSStagingLib.cli_stage import ProgressBar
    from SOSStagingLib.staging.protocol import Progress

    from .simulator.cohort import write_cohort

    bar, start, made = ProgressBar(), time.monotonic(), 0
    bar.show(Progress("simulating", 0, len(cases)))
    try:
        for n, done in enumerate(write_cohort(args.out, cases, args.seed, settings, args.workers), 1):
            made += not done.resumed
            note = " (from an earlier run)" if done.resumed else ""
            bar.clear()
            text = f"[{n}/{len(cases)}] {done.row['file']}  stage {done.row['stage']}{note}"
            print(text, file=sys.stderr, flush=True)
            eta = (time.monotonic() - start) / made * (len(cases) - n) if made else None
            bar.show(Progress("simulating", n, len(cases), eta))
    finally:
        bar.clear()
