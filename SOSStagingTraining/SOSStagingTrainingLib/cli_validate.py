"""``sos validate``: external validation, the finished networks of a run on a study they did not learn from."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from SOSStagingLib.cli_stage import device

from .cli import positive
from .cli_train import EXIT_DONE, EXIT_INTERRUPTED, EXIT_NOT_ALL, EXIT_WRONG_USE, names_of, numbers_of

DESCRIPTION = """\
External validation: ask the finished networks of a run about every case of another study, such as another hospital's.
Nothing is trained or fitted there. Each network answers all cases, so with five folds each case is answered five times
and counts as their mean. The answers lie in OUT for sos evaluate; an interrupted command goes on where it stopped.
Scans that the run's own study holds too are refused. Exit status: 0 done, 2 wrong use or the study cannot be used,
3 writing failed, 130 stopped."""


def register_validate(subparsers: Any) -> None:
    """Add ``sos validate``."""
    parser = subparsers.add_parser(
        "validate",
        help="ask the networks of a run about another study",
        description=DESCRIPTION,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("run_folder", type=Path, metavar="RUN", help="a run with finished networks")
    parser.add_argument("--study", type=Path, required=True, help="the other study's folder")
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="where the answers go")
    parser.add_argument("--dataset", metavar="NAME", help="the frozen dataset, where the study has several")
    parser.add_argument("--methods", type=names_of, default=(), metavar="A,B", help="these methods only")
    parser.add_argument("--folds", type=numbers_of, default=(), metavar="1,2", help="the networks of these folds only")
    parser.add_argument(
        "--seed", "--seeds", dest="seeds", type=numbers_of, default=(), metavar="1,2", help="these only"
    )
    parser.add_argument("--cache", type=Path, metavar="DIR", help="where slabs are kept (default STUDY/slabs)")
    parser.add_argument("--device", type=device, default="auto", help="auto (default), cpu, cuda:N or mps")
    parser.add_argument("--threads", type=positive, default=0, metavar="N", help="CPU threads")
    parser.set_defaults(run=_validate)


def _validate(args: argparse.Namespace) -> int:
    from SOSStagingLib.cli_stage import ProgressBar
    from SOSStagingLib.scan.types import PlainError

    from .evaluation.predictions import PredictionsError

    bar = ProgressBar()
    try:
        for name in _asked(args, bar):
            bar.clear()
            print(args.out / name)
    except (PlainError, PredictionsError) as error:
        bar.clear()
        print(f"sos validate: {error}", file=sys.stderr)
        return EXIT_WRONG_USE
    except OSError as error:
        bar.clear()
        what = f"{error.filename or 'writing failed'}: {error.strerror or error}"
        print(f"sos validate: {what}.", file=sys.stderr)
        return EXIT_NOT_ALL
    except KeyboardInterrupt:
        bar.clear()
        print("sos validate: stopped. The same command goes on with the networks that are left.", file=sys.stderr)
        return EXIT_INTERRUPTED
    print(f"Compare them: sos evaluate {args.out}")
    return EXIT_DONE


def _asked(args: argparse.Namespace, bar: Any) -> Any:
    from .compute.external import ask_all, asked_of, jobs_of
    from .compute.run_folder import RunFolder
    from .study.study import Study

    def note(text: str) -> None:
        print(text, file=sys.stderr, flush=True)

    run = RunFolder.open(args.run_folder)
    jobs = jobs_of(run, args.methods, args.folds, args.seeds)
    asked = asked_of(run, Study.open(args.study), args.out, args.dataset, args.cache, note)
    yield from ask_all(asked, jobs, args.device, args.threads, bar.show)
