"""``sos train``: methods on a study, by a recipe; resumable, here, detached, in parallel or on a cluster."""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from SOSStagingLib.cli_stage import device

from .cli import positive

if TYPE_CHECKING:
    from .compute.execute import Outcome
    from .compute.run_folder import RunFolder
    from .compute.runner import Wanted, Where

EXIT_DONE, EXIT_WRONG_USE, EXIT_NOT_ALL, EXIT_INTERRUPTED = 0, 2, 3, 130
FOLLOW_SECONDS = 1.0

DESCRIPTION = """\
Train the methods of a recipe on a study: for each fold the detector, the teacher, then what they teach, and keep the
answers to the held-out cases for sos evaluate. The study is checked, and frozen if it is not yet, before anything is
trained. Everything is kept in the run folder; whatever interrupts it, the same command, or sos train --out RUN, goes
on to the same weights. Exit status: 0 all done, 2 wrong use or the study cannot be used, 3 some jobs failed,
130 stopped."""


def register_train(subparsers: Any) -> None:
    """Add ``sos train``."""
    parser = subparsers.add_parser(
        "train",
        help="train the methods of a recipe on a study",
        description=DESCRIPTION,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    what = parser.add_argument_group("what is trained")
    what.add_argument("--recipe", help="paper, ours, quick, or a TOML file")
    add_study_options(what)
    what.add_argument("--methods", type=names_of, default=(), metavar="A,B", help="instead of the recipe's own")
    parser.add_argument("--status", action="store_true", help="say how the run stands, and do nothing")
    parser.add_argument("--follow", action="store_true", help="tell what the run that goes on elsewhere is doing")
    parser.add_argument("--stop", action="store_true", help="ask the run to end after the step it is at")
    add_where_options(parser)
    parser.set_defaults(run=_train)


def add_study_options(group: Any) -> None:
    """Options that say which study, which part of it, and where the run goes."""
    group.add_argument("--study", type=Path, help="the study's folder")
    group.add_argument("--out", type=Path, metavar="RUN", help="run folder (default STUDY/runs/RECIPE-DATASET)")
    group.add_argument("--dataset", metavar="NAME", help="the frozen dataset, where the study has several")
    group.add_argument("--folds", type=numbers_of, default=(), metavar="1,2", help="these folds only, from 1")
    group.add_argument("--folds-file", type=Path, metavar="FILE", help="folds made before, instead of the recipe's")
    group.add_argument(
        "--seed", "--seeds", dest="seeds", type=numbers_of, default=(1,), metavar="1,2", help="default 1"
    )
    group.add_argument(
        "--set", action="append", default=[], metavar="KEY=VALUE", help="change the recipe, such as train.epochs=3"
    )
    group.add_argument("--raters", type=names_of, metavar="A,B", help="whose labels count, if the study is frozen now")
    group.add_argument(
        "--predictions", type=Path, metavar="DIR", help="where answers go, and are not made again (default in RUN)"
    )
    group.add_argument("--cache", type=Path, metavar="DIR", help="where slabs are kept (default STUDY/slabs)")


def add_where_options(parser: Any) -> None:
    """Options that say where it is done."""
    where = parser.add_argument_group("where")
    where.add_argument("--device", type=device, default="auto", help="auto (default), cpu, cuda:N or mps")
    where.add_argument("--workers", type=positive, default=1, metavar="N", help="N jobs at once on this computer")
    where.add_argument("--scheduler", default="", metavar="ADDRESS", help="a Dask cluster's, such as tcp://host:8786")
    where.add_argument(
        "--processes", type=positive, default=1, metavar="N", help="each job over N processes (torchrun)"
    )
    where.add_argument("--threads", type=positive, default=0, metavar="N", help="CPU threads for each job")
    where.add_argument("--detach", action="store_true", help="go on in the background, also when this program ends")


def names_of(text: str) -> tuple[str, ...]:
    """Names set apart by commas."""
    return tuple(part.strip() for part in text.split(",") if part.strip())


def numbers_of(text: str) -> tuple[int, ...]:
    """Whole numbers from 0 on, set apart by commas; argparse.ArgumentTypeError where they are not."""
    parts = [part.strip() for part in text.split(",")]
    if not all(part.isdecimal() for part in parts):
        raise argparse.ArgumentTypeError(f"{text!r} is no list of whole numbers such as 1,2")
    return tuple(map(int, parts))


def _train(args: argparse.Namespace) -> int:
    from SOSStagingLib.scan.types import PlainError

    try:
        if args.status or args.follow or args.stop:
            return _look(args)
        return carried_out(opened(args), where_of(args), args.detach)
    except PlainError as error:
        print(f"sos train: {error}", file=sys.stderr)
        return EXIT_WRONG_USE
    except OSError as error:
        print(f"sos train: {error.filename or 'writing failed'}: {error.strerror or error}.", file=sys.stderr)
        return EXIT_NOT_ALL


def opened(args: argparse.Namespace) -> RunFolder:
    """The run that the options ask for: a new one, or one there is."""
    from .compute.run_folder import RunError, RunFolder
    from .learning.recipe import load_recipe

    if args.recipe and args.study:
        return prepared(wanted_of(args, load_recipe(args.recipe, args.set)))
    if args.recipe or args.study or not args.out:
        hint = "Training on simulated windows alone is sos pretrain."
        raise RunError("which_run", "Say --recipe and --study, or --out RUN to go on with a run.", hint)
    return RunFolder.open(args.out)


def wanted_of(args: argparse.Namespace, recipe: Any) -> Wanted:
    """What the options ask for."""
    from .compute.runner import Wanted

    places = {"out": args.out, "dataset": args.dataset, "folds_file": args.folds_file, "cache": args.cache}
    methods = getattr(args, "methods", ())
    places["predictions"] = args.predictions
    jobs = {"methods": methods, "folds": args.folds, "seeds": args.seeds, "raters": args.raters}
    return Wanted(recipe, args.study, **places, **jobs)


def where_of(args: argparse.Namespace) -> Where:
    """Where the options say it is done."""
    from .compute.run_folder import RunError
    from .compute.runner import Where

    if sum([args.workers > 1, bool(args.scheduler), args.processes > 1]) > 1:
        raise RunError("where", "--workers, --scheduler and --processes are three ways: take one of them.")
    return Where(args.device, args.workers, args.scheduler, args.processes, args.threads)


def prepared(wanted: Wanted) -> RunFolder:
    """Check the study and write the run folder, with what happens on stderr."""
    from SOSStagingLib.cli_stage import ProgressBar

    from .compute.runner import prepare

    bar = ProgressBar()
    try:
        return prepare(wanted, _say, bar.show)
    finally:
        bar.clear()


def carried_out(run: RunFolder, where: Where, detach: bool = False) -> int:
    """Work through the run, or start a process that does; returns the exit status."""
    from .compute.processes import start_detached

    if detach:
        process = start_detached(run, _options(where))
        print(f"{run.folder}: goes on in the background as process {process}")
        print(f"sos train --out {run.folder} --status, --follow or --stop")
        return EXIT_DONE
    return _ended(run, _performed(run, where))


def _performed(run: RunFolder, where: Where) -> Outcome:
    from SOSStagingLib.cli_stage import ProgressBar

    from .compute.report import Reporter
    from .compute.runner import perform

    bar = ProgressBar()
    try:
        with Reporter(run, _say):
            return perform(run, where, lambda: None, bar.show)
    finally:
        bar.clear()


def _options(where: Where) -> list[str]:
    options = ["--device", where.device, "--workers", str(where.workers), "--processes", str(where.processes)]
    options += ["--scheduler", where.scheduler] if where.scheduler else []
    return options + (["--threads", str(where.threads)] if where.threads else [])


def _ended(run: RunFolder, outcome: Outcome) -> int:
    """Say how it ended and what to do next."""
    for key in outcome.failed:
        print(f"sos train: {key} failed. {run.outcome(key).get('text', '')}", file=sys.stderr)
    if outcome.left:
        text = f"{len(outcome.left)} jobs were not begun: {', '.join(outcome.left[:4])}"
        print(f"sos train: {text}{' and more' * (len(outcome.left) > 4)}.", file=sys.stderr)
    if outcome.failed:
        return EXIT_NOT_ALL
    if outcome.stopped or outcome.left:
        print(f"sos train: stopped. Go on with: sos train --out {run.folder}", file=sys.stderr)
        return EXIT_INTERRUPTED
    if any(run.predictions.glob("*.json")):
        print(f"Predictions in {run.predictions}. Compare them: sos evaluate {run.predictions}")
    return EXIT_DONE


def _look(args: argparse.Namespace) -> int:
    """Say how a run stands, follow it, or ask it to stop."""
    from .compute.report import Reporter, status_text
    from .compute.run_folder import RunError, RunFolder

    if not args.out:
        raise RunError("which_run", "Say which run with --out RUN.")
    run = RunFolder.open(args.out)
    if args.stop:
        run.request_stop()
        _say("The run ends after the step it is at." if run.alive else "No program works on this run.")
    if args.follow:
        with Reporter(run, _say):
            while run.alive:
                time.sleep(FOLLOW_SECONDS)
    print(status_text(run))
    return EXIT_DONE


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)
