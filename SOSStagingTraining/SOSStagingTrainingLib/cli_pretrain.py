"""``sos pretrain``: the student we ship, from simulated windows alone. torch is imported only when training starts."""

from __future__ import annotations

import argparse
import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from SOSStagingLib.report.files import write_text

from .cli import positive

if TYPE_CHECKING:
    from torch import Tensor

    from .learning.trainer import Recipe

OPTIONS_FILE = "options.json"


def register_pretrain(subparsers: Any) -> None:
    """Add ``sos pretrain``."""
    parser = subparsers.add_parser(
        "pretrain",
        help="train a student on simulated windows and publish a .sosmodel",
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
        "--keep-stages",
        action="store_true",
        help="teach stages by the model of --start and not by the labels (distillation), so that the place is learnt "
        "anew and staging stays",
    )
    parser.add_argument(
        "--closer",
        action="store_true",
        help="teach the model of --start to read stages from 26 mm shown twice as large, by a backbone of its own and "
        "from labels and its own stages; where it finds the synchondrosis stays as it is",
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
        "--real-examples", type=positive, default=6, help="shards of 192 windows in real surroundings (default 6)"
    )
    parser.add_argument(
        "--without",
        action="append",
        default=[],
        choices=["lookalikes", "deformation", "faults"],
        help="leave this out of the simulation, to see what it is good for. May be given several times",
    )
    parser.add_argument("--examples", type=positive, default=30, help="shards of 192 training windows (default 30)")
    parser.add_argument("--steps", type=positive, default=2000)
    parser.add_argument("--minutes", type=float, help="end the training in order after this time")
    parser.add_argument("--batch", type=positive, default=32)
    parser.add_argument("--rate", type=float, default=1.5e-3)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--calibration-heads", type=positive, default=300)
    parser.add_argument("--test-heads", type=positive, default=500)
    parser.add_argument("--workers", type=positive, default=os.cpu_count() or 1)
    parser.set_defaults(run=_pretrain)


def _pretrain(args: argparse.Namespace) -> int:
    from SOSStagingLib.model.library import measured_words
    from SOSStagingLib.model.sosmodel import ModelFileError
    from SOSStagingLib.scan.types import ScanError

    from .learning.publish import publish
    from .learning.trainer import Examples, steps_done, train
    from .learning.weights import NetworkError
    from .simulator.surroundings import SurroundingsError, surroundings

    if problem := _training_problem(args):
        print(f"sos pretrain: {problem}", file=sys.stderr)
        return 2
    try:
        # Read before hours of drawing: a model or a head that cannot be used is told at once.
        backbone, initial, seen = _start(args)
        for path in args.surroundings:
            surroundings(path.resolve())
        options = _options(args, backbone)
        if problem := _begun_otherwise(args.out, options):
            print(f"sos pretrain: {problem}", file=sys.stderr)
            return 2
        _note_options(args.out, options)
        examples = Examples(_draw(args))
    except (SurroundingsError, ScanError, ModelFileError, NetworkError) as error:
        print(f"sos pretrain: {error}", file=sys.stderr)
        return 2
    seconds = args.minutes * 60 if args.minutes else None
    student = train(_recipe(args, backbone), examples, args.out, initial, _tell, seconds)
    model = args.model or args.out / "student.sosmodel"
    run = {
        **options,
        # A model must not be judged on what the one it starts from has seen.
        "surroundings": sorted({*seen, *(path.name for path in args.surroundings)}),
        "windows": _shards(args) * 192,
        "steps": steps_done(args.out),
        "steps_planned": args.steps,
    }
    card = publish(student, backbone, model, run, (args.calibration_heads, args.test_heads), _tell)
    print(f"{model.name}: {measured_words(card)}")
    return 0


def _tell(what: object) -> None:
    print(what, file=sys.stderr, flush=True)


def _shards(args: argparse.Namespace) -> int:
    return int(args.examples + (args.real_examples if args.surroundings else 0))


def _recipe(args: argparse.Namespace, backbone: str) -> Recipe:
    from .learning.closer_look import CLOSER_WEIGHTS
    from .learning.trainer import KEEPING_WEIGHTS, WEIGHTS, Recipe

    weights = CLOSER_WEIGHTS if args.closer else KEEPING_WEIGHTS if args.keep_stages else WEIGHTS
    how = {"steps": args.steps, "batch": args.batch, "rate": args.rate, "seed": args.seed}
    faults = "faults" not in args.without
    kept = {"keep_stages": args.keep_stages, "closer": args.closer}
    return Recipe(backbone=backbone, faults=faults, weights=dict(weights), **kept, **how)


def _draw(args: argparse.Namespace) -> Path:
    """Draw the shards that are not there yet; returns their folder."""
    from .learning.shards import write_shards

    # Faults are put on what is drawn while training goes on.
    without = sorted(set(args.without) - {"faults"})
    folder: Path = args.out / "examples"
    real = [path.resolve() for path in args.surroundings]
    shards = write_shards(folder, args.seed, args.examples, args.workers, real, args.real_examples, without)
    for n, path in enumerate(shards, 1):
        _tell(f"[{n}/{_shards(args)}] {path.name}")
    return folder


def _options(args: argparse.Namespace, backbone: str) -> dict[str, Any]:
    """The options that a run cannot change while it goes on, by their names; files by their SHA-256."""
    from SOSStagingLib.model.sosmodel import file_sha256

    return {
        "backbone": backbone,
        "imagenet": args.imagenet,
        "start": file_sha256(args.start) if args.start else "",
        "surroundings": [[path.name, file_sha256(path)] for path in args.surroundings],
        "without": sorted(set(args.without)),
        "batch": args.batch,
        "rate": args.rate,
        "seed": args.seed,
        # Runs from before there were these have none.
        **({"keep-stages": True} if args.keep_stages else {}),
        **({"closer": True} if args.closer else {}),
    }


def _begun_otherwise(run: Path, options: dict[str, Any]) -> str:
    """What a run that is there was begun with and is not asked for now, or nothing."""
    noted = run / OPTIONS_FILE
    if not noted.exists():
        return ""
    try:
        begun = dict(json.loads(noted.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return f"{noted} cannot be read, so what the run was begun with is not known: give another --out"
    others = [f"--{name}" for name in {**options, **begun} if begun.get(name) != options.get(name)]
    text = f"{run} was begun with another {' and another '.join(others)}: give the same again, or another --out"
    return text if others else ""


def _note_options(run: Path, options: dict[str, Any]) -> None:
    if not (run / OPTIONS_FILE).exists():
        run.mkdir(parents=True, exist_ok=True)
        write_text(run / OPTIONS_FILE, json.dumps(options, indent=1) + "\n")


def _training_problem(args: argparse.Namespace) -> str:
    """What is wrong with the options, or nothing."""
    if args.imagenet and args.start:
        return "--imagenet and --start are two places to start from: give one of them"
    if args.imagenet and args.backbone != "tf_efficientnet_lite0":
        return "--imagenet goes with --backbone tf_efficientnet_lite0 only"
    if args.keep_stages and not args.start:
        return "--keep-stages needs the model whose stages to keep: say which with --start"
    if args.closer and not args.start:
        return "--closer needs the model that is to look closer: say which with --start"
    if args.closer and args.keep_stages:
        return "--closer and --keep-stages teach different things: first --keep-stages, then --closer from its model"
    if args.examples < 2:
        return "--examples must be at least 2: one shard is kept for validation"
    return ""


def _start(args: argparse.Namespace) -> tuple[str, dict[str, Tensor] | None, list[str]]:
    """Backbone, the weights to start from, and the real heads whose surroundings those have seen.

    Raises ModelFileError for a --start that is no model, NetworkError for one of another make.
    """
    from SOSStagingLib.model.predictor import Predictor
    from SOSStagingLib.model.student import Student

    from .learning.imagenet import efficientnet_lite0_features
    from .learning.weights import NetworkError

    if args.start:
        predictor = Predictor.load(args.start, "cpu")
        student, training = predictor.student, predictor.card.get("training", {})
        backbone = str(student.architecture["backbone"])
        # Its weights would fit all the same, and mean something else.
        made = Student(backbone).architecture
        if differing := [name for name, value in student.architecture.items() if value != made[name]]:
            text = f"{args.start.name} cannot be gone on from: it has another {' and another '.join(differing)}."
            raise NetworkError("other_student", text, "Start from a model that sos pretrain made without --closer.")
        return backbone, student.state_dict(), list(training.get("surroundings", []))
    if args.imagenet:
        return args.backbone, {f"backbone.{k}": v for k, v in efficientnet_lite0_features().items()}, []
    return args.backbone, None, []
