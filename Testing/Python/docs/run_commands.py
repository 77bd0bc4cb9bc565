"""Runs `sos` commands one after another in one process, in the folder it is started in, as a user would one by one.

Reads ``[[how, words], ...]`` as JSON from stdin; ``how`` is run, or parse: then the real parser reads the words and
nothing is done. Writes one JSON line for each command to the file named as its argument.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import json
import runpy
import sys
import time
import traceback
from collections.abc import Callable, Sequence
from pathlib import Path

from SOSStagingLib import cli


class Parsed(Exception):
    """The words were understood."""


def run(words: Sequence[str]) -> int:
    """Do what a command says."""
    return cli.main(list(words[1:]))


def parse(words: Sequence[str]) -> int:
    """Only read the words of a `sos` command or of one of our scripts."""
    if words[0] == "sos":
        known, unknown = cli.build_parser().parse_known_args(cli._with_negative_lists(list(words[1:])))
        return 0 if known.run is not None and not known.any_options and not unknown else cli.EXIT_WRONG_USE
    return parse_script(Path(words[1]), words[2:])


def parse_script(path: Path, words: Sequence[str]) -> int:
    """Let a script's own parser read the words, and stop it there."""
    if "parse_args" not in path.read_text(encoding="utf-8"):
        return cli.EXIT_WRONG_USE if words else 0
    original = argparse.ArgumentParser.parse_args

    def parse_and_stop(self: argparse.ArgumentParser, *args: object, **more: object) -> argparse.Namespace:
        original(self, *args, **more)  # type: ignore[call-overload]
        raise Parsed

    argparse.ArgumentParser.parse_args = parse_and_stop  # type: ignore[method-assign, assignment]
    before = sys.argv, list(sys.path)
    sys.argv, sys.path[:0] = [str(path), *words], [str(path.parent)]
    try:
        runpy.run_path(str(path), run_name="__main__")
    except Parsed:
        return 0
    finally:
        argparse.ArgumentParser.parse_args = original  # type: ignore[method-assign]
        sys.argv, sys.path[:] = before
    return cli.EXIT_WRONG_USE


def told(do: Callable[[Sequence[str]], int], words: Sequence[str]) -> dict[str, object]:
    """Run one command and return its status, what it printed and how long it took."""
    said, start = io.StringIO(), time.monotonic()
    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
        try:
            status = do(words)
        except SystemExit as stop:
            status = stop.code if isinstance(stop.code, int) else 1
        except Exception:
            traceback.print_exc()
            status = -1
    return {"status": status, "said": said.getvalue(), "seconds": round(time.monotonic() - start, 1)}


def main() -> None:
    """Run what stdin says."""
    with Path(sys.argv[1]).open("w", encoding="utf-8") as out:
        for how, words in json.load(sys.stdin):
            out.write(json.dumps(told(run if how == "run" else parse, words)) + "\n")
            out.flush()


if __name__ == "__main__":
    main()
