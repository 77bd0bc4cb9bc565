"""``sos packages``: is everything there that staging or training needs, and how it is installed without a network."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from .cli import EXIT_DONE, EXIT_NOT_ALL, EXIT_WRONG_USE
from .packages.purposes import AGPL, PURPOSES


def register(subparsers: Any) -> None:
    """Add ``sos packages check``, ``install`` and ``download``."""
    parser = subparsers.add_parser("packages", help="check and install what the network needs")
    actions = parser.add_subparsers(metavar="ACTION", required=True)
    _action(actions, "check", "say what is installed, missing or broken; exit status 3 where something is", check)
    made = _action(actions, "install", "install what is missing, put in anew what is broken", install)
    made.add_argument("--wheels", type=Path, metavar="DIR", help="take wheels from this folder alone, no network")
    made.add_argument("--accept-agpl", action="store_true", help="yolo only: agree to install software under AGPL-3.0")
    got = _action(actions, "download", "fill a folder with wheels for a computer of the same kind", download)
    got.add_argument("--to", type=Path, required=True, metavar="DIR", help="the folder")


def _action(actions: Any, name: str, text: str, run: Callable[..., int]) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = actions.add_parser(name, help=text, description=f"{text[0].upper()}{text[1:]}.")
    parser.add_argument("purpose", choices=PURPOSES, help="what for")
    parser.set_defaults(run=run)
    return parser


def check(args: argparse.Namespace) -> int:
    """Print what is installed."""
    from .packages.check import check

    found = check(args.purpose)
    for name, version in found.versions.items():
        print(f"{name} {version or '-'}")
    print(found.text)
    return EXIT_DONE if found.ready else EXIT_NOT_ALL


def install(args: argparse.Namespace) -> int:
    """Install, from the index or from a folder."""
    from .packages.check import check
    from .packages.install import InstallError, install

    if args.purpose == "yolo" and not args.accept_agpl:
        print(f"{AGPL}\n\nTo install it, agree with --accept-agpl. Nothing was installed.", file=sys.stderr)
        return EXIT_WRONG_USE
    found = check(args.purpose)
    if found.ready:
        print(found.text)
        return EXIT_DONE
    try:
        install(args.purpose, found, args.wheels, tell=print)
    except InstallError as error:
        print(f"sos packages: {error}", file=sys.stderr)
        return EXIT_NOT_ALL
    after = check(args.purpose)
    print(after.text)
    return EXIT_DONE if after.ready else EXIT_NOT_ALL


def download(args: argparse.Namespace) -> int:
    """Fill a folder with wheels."""
    from .packages.install import InstallError, download

    try:
        download(args.purpose, args.to)
    except InstallError as error:
        print(f"sos packages: {error}", file=sys.stderr)
        return EXIT_NOT_ALL
    return EXIT_DONE
