"""``sos simulate`` and ``sos train``. torch is imported only when training starts."""

from __future__ import annotations

import argparse
import os
import shutil
import sys
from pathlib import Path
from typing import Any

BYTES_PER_VOXEL = 1.6
"""Measured on simulated scans: noisy int16 compresses to about this much."""


def register_simulate(subparsers: Any) -> None:
    """Add ``sos simulate``."""
    parser = subparsers.add_parser(
        "simulate",
        help="make simulated head scans with a known stage",
        description="Make simulated cone-beam CT heads: volumes with truth files (stage, synchondrosis, "
        "plane, landmarks) and manifest.json. The same seed gives the same scans; an interrupted run goes on "
        "where it stopped.",
    )
    parser.add_argument("--cases", type=_positive, required=True, help="how many heads")
    parser.add_argument("--out", type=Path, required=True, help="folder to write to")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--stages", type=_stages, help="stages to take in turn, such as 1,2,3,4,5; default: drawn at random"
    )
    parser.add_argument("--voxel", type=float, default=0.4, metavar="MM", help="voxel edge (default 0.4)")
    parser.add_argument(
        "--size", type=_size, default=(150.0, 170.0, 150.0), metavar="RL,PA,IS", help="field of view in mm"
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
    from .simulator.cohort import write_cohort
    from .simulator.heads import VolumeSettings

    if not 0.1 <= args.voxel <= 3:
        print("sos simulate: --voxel must lie between 0.1 and 3 mm", file=sys.stderr)
        return 2
    voxels = args.size[0] * args.size[1] * args.size[2] / args.voxel**3
    need = args.cases * voxels * BYTES_PER_VOXEL
    args.out.mkdir(parents=True, exist_ok=True)
    free = shutil.disk_usage(args.out).free
    print(f"About {need / 1e6:.0f} MB for {args.cases} scans; {free / 1e9:.1f} GB free.", file=sys.stderr)
    if need > free:
        print("sos simulate: not enough room on the disk. Take fewer cases or a larger voxel.", file=sys.stderr)
        return 2
    settings = VolumeSettings(size_mm=args.size, voxel_mm=args.voxel)
    try:
        for n, row in enumerate(write_cohort(args.out, args.cases, args.seed, args.stages, settings, args.workers), 1):
            print(f"[{n}/{args.cases}] {row['file']}  stage {row['stage']}", file=sys.stderr, flush=True)
    except OSError as error:
        print(
            f"sos simulate: writing failed ({error.strerror or error}). Make room and run the same command again.",
            file=sys.stderr,
        )
        return 3
    return 0


def _train(args: argparse.Namespace) -> int:
    from .learning.imagenet import efficientnet_lite0_features
    from .learning.publish import publish
    from .learning.shards import write_shards
    from .learning.trainer import Examples, Recipe, train

    if args.imagenet and args.backbone != "tf_efficientnet_lite0":
        print("sos train: --imagenet goes with --backbone tf_efficientnet_lite0 only", file=sys.stderr)
        return 2
    if args.examples < 2:
        print("sos train: --examples must be at least 2: one shard is kept for validation", file=sys.stderr)
        return 2
    folder = args.out / "examples"
    for n, path in enumerate(write_shards(folder, args.seed, args.examples, args.workers), 1):
        print(f"[{n}/{args.examples}] {path.name}", file=sys.stderr, flush=True)
    recipe = Recipe(backbone=args.backbone, steps=args.steps, batch=args.batch, rate=args.rate, seed=args.seed)
    seconds = args.minutes * 60 if args.minutes else None
    initial = efficientnet_lite0_features() if args.imagenet else None
    student = train(
        recipe, Examples(folder), args.out, initial, lambda e: print(e, file=sys.stderr, flush=True), seconds
    )
    model = args.model or args.out / "student.sosmodel"
    run = {
        "backbone": args.backbone,
        "imagenet": args.imagenet,
        "batch": args.batch,
        "seed": args.seed,
        "windows": args.examples * 192,
    }
    card = publish(
        student,
        args.backbone,
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
