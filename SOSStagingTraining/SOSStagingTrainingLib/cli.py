"""``sos simulate`` and ``sos train``. torch is imported only when training starts."""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from torch import Tensor

    from .simulator.cohort import Case, CohortSettings

DEFAULT_KAPPA = 0.85


def register_simulate(subparsers: Any) -> None:
    """Add ``sos simulate``."""
    parser = subparsers.add_parser(
        "simulate",
        help="make simulated head scans with a known stage",
        description="Make simulated cone-beam CT heads: scans with truth files (stage, synchondrosis, plane, "
        "landmarks, what the head was drawn from); the folder is a study (see sos study) with the true stages and "
        "boxes. The same seed gives the same bytes; an interrupted run goes on where it stopped.",
    )
    parser.add_argument("--cases", type=_positive, required=True, help="how many heads")
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
    parser.add_argument("--raters", type=_positive, metavar="N", help="also draw the labels of N raters")
    parser.add_argument(
        "--kappa", type=float, metavar="K", help="a rater's expected weighted kappa against the truth (default 0.85)"
    )
    parser.add_argument("--workers", type=_positive, default=os.cpu_count() or 1)
    parser.set_defaults(run=_simulate)


def register_train(subparsers: Any) -> None:
    """Add ``sos train``."""
    parser = subparsers.add_parser(
        "train",
        help="train a student on simulated heads and publish a .sosmodel",
        description="Draw training windows, train the student, calibrate and test it on other "
        "simulated heads, and write a .sosmodel. Everything is kept in the run folder; the same command goes on "
        "where it stopped.",
    )
    parser.add_argument("--out", type=Path, required=True, metavar="RUN", help="run folder")
    parser.add_argument("--model", type=Path, help="where to write the model (default RUN/student.sosmodel)")
    parser.add_argument("--backbone", default="convnext_atto", help="timm backbone (default convnext_atto)")
    parser.add_argument(
        "--imagenet", action="store_true", help="start tf_efficientnet_lite0 from the ImageNet weights of a package"
    )
    parser.add_argument(
        "--start", type=Path, metavar="MODEL", help="start from the weights of this .sosmodel (its own backbone)"
    )
    parser.add_argument(
        "--surroundings",
        type=Path,
        action="append",
        default=[],
        metavar="SCAN",
        help="also draw plates into this real head with a fused synchondrosis; beside it SCAN.mrk.json holds points "
        "labelled basion and dorsum. The model must not be judged on it. May be given several times",
    )
    parser.add_argument(
        "--real-examples", type=_positive, default=6, help="shards of 192 windows in real surroundings (default 6)"
    )
    parser.add_argument("--examples", type=_positive, default=30, help="shards of 192 training windows (default 30)")
    parser.add_argument("--steps", type=_positive, default=2000)
    parser.add_argument("--minutes", type=float, help="end the training in order after this time")
    parser.add_argument("--batch", type=_positive, default=32)
    parser.add_argument("--rate", type=float, default=1.5e-3)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--calibration-heads", type=_positive, default=300)
    parser.add_argument("--test-heads", type=_positive, default=500)
    parser.add_argument("--workers", type=_positive, default=os.cpu_count() or 1)
    parser.set_defaults(run=_train)


def _positive(text: str) -> int:
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
        print(
            f"sos simulate: writing failed ({error.strerror or error}). Make room and run the same command again.",
            file=sys.stderr,
        )
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


def _train(args: argparse.Namespace) -> int:
    from SOSStagingLib.model.sosmodel import ModelFileError, file_sha256
    from SOSStagingLib.scan.types import ScanError

    from .learning.publish import publish
    from .learning.shards import write_shards
    from .learning.trainer import Examples, Recipe, steps_done, train
    from .simulator.surroundings import SurroundingsError, surroundings

    if problem := _training_problem(args):
        print(f"sos train: {problem}", file=sys.stderr)
        return 2
    folder = args.out / "examples"
    whole = args.examples + (args.real_examples if args.surroundings else 0)
    try:
        # Read before hours of drawing: a model or a head that cannot be used is told at once.
        backbone, initial = _start(args)
        for path in args.surroundings:
            surroundings(path.resolve())
        shards = write_shards(
            folder, args.seed, args.examples, args.workers, [p.resolve() for p in args.surroundings], args.real_examples
        )
        for n, path in enumerate(shards, 1):
            print(f"[{n}/{whole}] {path.name}", file=sys.stderr, flush=True)
    except (SurroundingsError, ScanError, ModelFileError) as error:
        print(f"sos train: {error}", file=sys.stderr)
        return 2
    recipe = Recipe(backbone=backbone, steps=args.steps, batch=args.batch, rate=args.rate, seed=args.seed)
    seconds = args.minutes * 60 if args.minutes else None
    student = train(
        recipe, Examples(folder), args.out, initial, lambda e: print(e, file=sys.stderr, flush=True), seconds
    )
    model = args.model or args.out / "student.sosmodel"
    run = {
        "backbone": backbone,
        "imagenet": args.imagenet,
        "start": file_sha256(args.start) if args.start else "",
        "surroundings": [path.name for path in args.surroundings],
        "batch": args.batch,
        "seed": args.seed,
        "windows": whole * 192,
        "steps": steps_done(args.out),
        "steps_planned": args.steps,
        "rate": args.rate,
    }
    card = publish(
        student,
        backbone,
        model,
        run,
        (args.calibration_heads, args.test_heads),
        lambda text: print(text, file=sys.stderr, flush=True),
    )
    measured = card["metrics"]["simulated"]
    print(
        f"{model.name}: exact {measured['exact']:.3f} {measured['exact_95']}, within one {measured['within_one']:.3f}, "
        f"refused {measured['refused']:.3f} on {measured['n']} simulated heads"
    )
    return 0


def _training_problem(args: argparse.Namespace) -> str:
    """What is wrong with the options, or nothing."""
    if args.imagenet and args.start:
        return "--imagenet and --start are two places to start from: give one of them"
    if args.imagenet and args.backbone != "tf_efficientnet_lite0":
        return "--imagenet goes with --backbone tf_efficientnet_lite0 only"
    if args.examples < 2:
        return "--examples must be at least 2: one shard is kept for validation"
    return ""


def _start(args: argparse.Namespace) -> tuple[str, dict[str, Tensor] | None]:
    """Backbone and the weights to start from. Raises ModelFileError for a --start that is no model."""
    from SOSStagingLib.model.predictor import Predictor

    from .learning.imagenet import efficientnet_lite0_features

    if args.start:
        begun = Predictor.load(args.start, "cpu")
        return begun.card["architecture"]["backbone"], begun.student.state_dict()
    if args.imagenet:
        return args.backbone, {f"backbone.{k}": v for k, v in efficientnet_lite0_features().items()}
    return args.backbone, None
