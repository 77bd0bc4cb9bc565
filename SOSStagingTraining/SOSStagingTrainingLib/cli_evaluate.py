"""``sos evaluate``: predictions files in, the comparison table out. Nothing here imports torch."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

DESCRIPTION = """\
Compare methods by their predictions on held-out cases. Reads every *.predictions.json below the folder (one for each
method, fold and seed) and prints the table: accuracy, precision, recall, F1, weighted kappa, MAE, within-one, recall
of each stage, calibration error before and after temperature scaling, 90 % sets with their measured coverage,
attention, and paired differences, with 95 % intervals over patients and n in every row; against the true stage and
against the label, where the files hold them. Writes comparison.md, .csv, .json and confusion-*.svg. When further
predictions are there, the same command renews the table. Exit status: 0 done, 2 the files cannot be compared,
3 writing failed."""


def register_evaluate(subparsers: Any) -> None:
    """Add ``sos evaluate``."""
    parser = subparsers.add_parser(
        "evaluate",
        help="compare methods by their predictions on held-out cases",
        description=DESCRIPTION,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("predictions", type=Path, metavar="PREDICTIONS_DIR", help="folder with the predictions files")
    parser.add_argument("--out", type=Path, metavar="DIR", help="where the table goes (default: PREDICTIONS_DIR)")
    parser.add_argument("--baseline", metavar="NAME", help="the method without a teacher")
    parser.add_argument("--teacher", metavar="NAME", help="the method that sees the expert's crop")
    parser.add_argument(
        "--student", metavar="NAME", help="our method: compared with every other; with the two above, gap closed"
    )
    parser.add_argument("--pipeline", metavar="NAME", help="the two-stage pipeline to compare the student with")
    parser.add_argument("--draws", type=_draws, default=20000, help="bootstrap draws of patients (default 20000)")
    parser.add_argument("--seed", type=_seed, default=0, help="seed of the bootstrap (default 0)")
    parser.set_defaults(run=_evaluate)


def _draws(text: str) -> int:
    if not text.isdecimal() or not 100 <= int(text) <= 100_000:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number from 100 to 100000")
    return int(text)


def _seed(text: str) -> int:
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from 0 on")
    return int(text)


def _evaluate(args: argparse.Namespace) -> int:
    from .evaluation.comparison import Draws, Roles, compare
    from .evaluation.files import read_folder
    from .evaluation.predictions import PredictionsError
    from .evaluation.table import markdown, write_table

    if wrong := _wrong_roles(args):
        print(f"sos evaluate: {wrong}.", file=sys.stderr)
        return 2
    roles = Roles(args.baseline, args.teacher, args.student, args.pipeline)
    try:
        comparison = compare(read_folder(args.predictions), roles, Draws(args.draws, args.seed))
    except PredictionsError as error:
        print(f"sos evaluate: {error}.", file=sys.stderr)
        return 2
    print(markdown(comparison), end="")
    folder = args.out or args.predictions
    try:
        written = write_table(folder, comparison)
    except OSError as error:
        print(f"sos evaluate: the table cannot be written to {folder}: {error.strerror or error}.", file=sys.stderr)
        return 3
    print(f"Written to {folder}: {', '.join(path.name for path in written)}", file=sys.stderr)
    return 0


def _wrong_roles(args: argparse.Namespace) -> str | None:
    """Say which roles do not go together; None when they do."""
    if bool(args.baseline) != bool(args.teacher):
        return "gap closed needs --baseline and --teacher together, and --student"
    if (args.baseline or args.pipeline) and not args.student:
        return "say with --student which method the others are compared with"
    names = [name for name in (args.baseline, args.teacher, args.student, args.pipeline) if name]
    if len(set(names)) < len(names):
        return "each of --baseline, --teacher, --student and --pipeline must name another method"
    return None
