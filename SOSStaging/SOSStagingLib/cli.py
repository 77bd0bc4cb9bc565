"""The ``sos`` command. Each library registers its subcommands through entry points; nothing here imports torch."""

from __future__ import annotations

import argparse
import importlib
import logging
import os
import re
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from importlib import metadata
from typing import Any

from . import __version__
from .quiet_paths import quiet_logger

COMMAND_GROUP = "sosstaging.commands"
EXIT_DONE, EXIT_WRONG_USE, EXIT_NOT_ALL, EXIT_INTERRUPTED = 0, 2, 3, 130
# Also there when the library runs from its folder, as it does inside Slicer.
OWN_COMMANDS = {
    "stage": "SOSStagingLib.cli_stage:register",
    "model": "SOSStagingLib.cli_model:register",
    "packages": "SOSStagingLib.cli_packages:register",
}
TRAINING_COMMANDS = {
    "simulate": "make simulated heads with a known stage (needs the training library)",
    "pretrain": "train a student on simulated windows (needs the training library)",
    "study": "keep cases, labels and boxes (needs the training library)",
    "train": "train methods on a study (needs the training library)",
    "experiment": "train and compare variants of a method (needs the training library)",
    "evaluate": "compare methods by their predictions on held-out cases (needs the training library)",
    "publish": "make a model file of what was trained (needs the training library)",
}
TRAINING_MISSING = (
    "The training library (SOSStagingTrainingLib) is not installed, so `sos {name}` cannot run. "
    "It comes with the SOSStagingTraining module: install it beside SOSStaging, for example with "
    "`pip install -e .` in a checkout of SlicerSOSStaging."
)
NUMBER_LIST = re.compile(r"-[\d.]+(e[+-]?\d+)?(,|$)", re.IGNORECASE)

Register = Callable[[Any], None]

log = quiet_logger(__name__)


def take_lists(parser: argparse.ArgumentParser) -> None:
    """Let a command take ``@FILE``: paths in a text file, one in each line; empty lines and remarks are none."""

    def path_of(line: str) -> list[str]:
        from .staging.inputs import path_in_line

        return path_in_line(line)

    parser.fromfile_prefix_chars = "@"
    parser.convert_arg_line_to_args = path_of  # type: ignore[method-assign, assignment]


def main(argv: Sequence[str] | None = None) -> int:
    """Run ``sos`` and return its exit code: 0 done, 2 wrong use, 3 some refused or failed, 130 interrupted."""
    return _run(build_parser(), sys.argv[1:] if argv is None else argv)


def run_commands(targets: Mapping[str, str], argv: Sequence[str]) -> int:
    """Run one of a library's own commands (``module:register`` by name) where nothing is installed; as ``main``."""
    return _run(_parser({name: partial(_load, target) for name, target in targets.items()}), argv)


def _run(parser: argparse.ArgumentParser, argv: Sequence[str]) -> int:
    args, unknown = parser.parse_known_args(_with_negative_lists(argv))
    if unknown and not args.any_options:
        parser.error(f"unrecognized arguments: {' '.join(unknown)}")
    logging.basicConfig(level=logging.DEBUG if args.verbose else logging.CRITICAL, format="%(name)s: %(message)s")
    if args.run is None:
        parser.print_help(sys.stderr)
        return EXIT_WRONG_USE
    try:
        return int(args.run(args))
    except KeyboardInterrupt:
        print("\nInterrupted. What was finished is kept; the same command goes on from there.", file=sys.stderr)
        return EXIT_INTERRUPTED
    except BrokenPipeError:
        # Whoever read our output has gone (`sos ... | head`); Python would complain once more while flushing.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return EXIT_NOT_ALL


def build_parser() -> argparse.ArgumentParser:
    """Return the parser with the subcommands of all installed libraries."""
    return _parser(dict(_commands()))


def _parser(commands: Mapping[str, Callable[[], Register]]) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="sos",
        description="Stage fusion of the spheno-occipital synchondrosis (SOS) on head CT and cone-beam CT scans. "
        "For research; not a medical device.",
    )
    parser.add_argument("--version", action="version", version=f"sos {__version__}")
    parser.add_argument("--verbose", action="store_true", help="write the log to stderr, tracebacks included")
    parser.set_defaults(run=None, any_options=False)
    subparsers = parser.add_subparsers(metavar="COMMAND", title="commands")
    for name, register in commands.items():
        register_or_explain(subparsers, name, register)
    return parser


def _commands() -> Iterator[tuple[str, Callable[[], Register]]]:
    """Give each command's name and what loads its ``register`` function; own commands first."""
    found = {point.name: point.load for point in metadata.entry_points(group=COMMAND_GROUP)}
    for name, target in OWN_COMMANDS.items():
        yield name, partial(_load, target)
    for name in [*TRAINING_COMMANDS, *sorted(found.keys() - OWN_COMMANDS.keys() - TRAINING_COMMANDS.keys())]:
        yield name, found.get(name, _no_training_library)


def _load(target: str) -> Register:
    module, _, name = target.partition(":")
    return getattr(importlib.import_module(module), name)


def _no_training_library() -> Register:
    raise ModuleNotFoundError("no entry point", name="SOSStagingTrainingLib")


def register_or_explain(subparsers: Any, name: str, load: Callable[[], Register]) -> None:
    """Add a command; one whose library is missing or broken is listed all the same and says so when called."""
    try:
        load()(subparsers)
    except Exception as error:
        log.debug("the command %s could not be loaded", name, exc_info=True)
        missing = isinstance(error, ModuleNotFoundError) and (error.name or "").startswith("SOSStagingTrainingLib")
        text = f"The command `sos {name}` could not be loaded ({type(error).__name__}: {error})."
        text = TRAINING_MISSING.format(name=name) if missing and name in TRAINING_COMMANDS else text
        command = subparsers.add_parser(name, help=TRAINING_COMMANDS.get(name, "not available"), add_help=False)
        command.add_argument("anything", nargs="*")
        command.set_defaults(run=lambda _: _say(text), any_options=True)


def _say(text: str) -> int:
    print(text, file=sys.stderr)
    return EXIT_WRONG_USE


def _with_negative_lists(argv: Sequence[str]) -> list[str]:
    """Let ``--plane -1.5,2,3,...`` through: argparse takes a value that starts with a minus sign for an option."""
    out: list[str] = []
    for word in argv:
        if out and NUMBER_LIST.match(word) and "," in word and re.fullmatch(r"--[a-z-]+", out[-1]):
            out[-1] = f"{out[-1]}={word}"
        else:
            out.append(word)
    return out


if __name__ == "__main__":
    raise SystemExit(main())
