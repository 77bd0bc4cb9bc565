"""``sos publish``: a model file of a student that a run has trained."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from SOSStagingLib.model.library import SUFFIX

from .cli import positive
from .cli_train import EXIT_DONE, EXIT_NOT_ALL, EXIT_WRONG_USE

DESCRIPTION = """\
Write the .sosmodel of a finished job: its student, calibrated on the fold's calibration part and measured on the
held-out cases through the same code that stages a user's scan. Exit status: 0 done, 2 it cannot be published,
3 writing failed."""


def register_publish(subparsers: Any) -> None:
    """Add ``sos publish``."""
    parser = subparsers.add_parser(
        "publish",
        help="make a model file of a student that a run has trained",
        description=DESCRIPTION,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("run_folder", type=Path, metavar="RUN", help="the run's folder")
    parser.add_argument("--method", default="ours", help="default ours")
    parser.add_argument("--fold", type=positive, default=1, help="default 1")
    parser.add_argument("--seed", type=int, default=1, help="default 1")
    parser.add_argument("--out", type=Path, metavar="MODEL", help="default RUN/METHOD.sosmodel")
    parser.add_argument(
        "--licence", default="", metavar="TEXT", help="what you give the model away under, such as CC-BY-4.0"
    )
    parser.set_defaults(run=_publish)


def _publish(args: argparse.Namespace) -> int:
    from SOSStagingLib.model.library import measured_words
    from SOSStagingLib.scan.types import PlainError

    from .evaluation.predictions import PredictionsError

    try:
        card = _published(args)
    except (PlainError, PredictionsError, ValueError) as error:
        print(f"sos publish: {error}", file=sys.stderr)
        return EXIT_WRONG_USE
    except OSError as error:
        print(f"sos publish: {error.filename or 'writing failed'}: {error.strerror or error}.", file=sys.stderr)
        return EXIT_NOT_ALL
    print(f"{_path(args).name}: {measured_words(card)}")
    return EXIT_DONE


def _path(args: argparse.Namespace) -> Path:
    path: Path = args.out or args.run_folder / f"{args.method}{SUFFIX}"
    return path


def _refuse_other_files(path: Path) -> None:
    """A model is never written over anything else, nor under a name by which it would not be found."""
    from SOSStagingLib.scan.types import PlainError

    if path.is_dir():
        raise PlainError(
            "not_a_model", f"{path} is a folder.", f"Say a file in it, such as {path / ('model' + SUFFIX)}."
        )
    if path.suffix != SUFFIX:
        text = f"{path.name} does not end in {SUFFIX}, by which a model is known."
        raise PlainError("not_a_model", text, f"Say --out {path.with_suffix(SUFFIX)}.")


def _published(args: argparse.Namespace) -> dict[str, Any]:
    from .compute.run_folder import RunError, RunFolder
    from .compute.worker import assignment_of
    from .evaluation.files import read_folder

    _refuse_other_files(_path(args))
    run = RunFolder.open(args.run_folder)
    key = f"{args.method}.fold{args.fold}.seed{args.seed}"
    assignment = assignment_of(run, key)
    if run.state(key) != "done":
        raise RunError("not_done", f"The job {key} is not finished.", f"Finish it: sos train --out {run.folder}.")
    import torch

    from .learning.publish_run import publish_job
    from .learning.work import finished_network

    network = finished_network(assignment, assignment.job, torch.device("cpu"))
    return publish_job(assignment, network, _path(args), read_folder(run.predictions), _say, args.licence)


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)
