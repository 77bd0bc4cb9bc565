"""``python -m SOSStagingTrainingLib``: the training commands, installed or not."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from SOSStagingLib.cli import run_commands

from .commands import COMMANDS


def main(argv: Sequence[str] | None = None) -> int:
    """Run one of this library's commands and return its exit code, as ``sos`` does."""
    return run_commands(COMMANDS, sys.argv[1:] if argv is None else argv)


if __name__ == "__main__":
    raise SystemExit(main())
