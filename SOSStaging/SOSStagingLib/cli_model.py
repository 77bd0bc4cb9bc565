"""``sos model``: what a model file is, what it was trained on and how well it did."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from .cli import EXIT_DONE, EXIT_WRONG_USE
from .model.library import bundled_models


def register(subparsers: Any) -> None:
    """Add ``sos model show`` and ``sos model list``."""
    parser = subparsers.add_parser("model", help="show model files", description="Show and check model files.")
    actions = parser.add_subparsers(metavar="ACTION", required=True)
    shown = actions.add_parser("show", help="check a model file and show its card")
    shown.add_argument("file", type=Path, metavar="FILE", help="a .sosmodel file")
    shown.add_argument("--json", action="store_true", help="print the whole card as JSON")
    shown.set_defaults(run=show)
    listed = actions.add_parser("list", help="list the bundled model files")
    listed.add_argument("--json", action="store_true", help="print one JSON line for each")
    listed.set_defaults(run=list_models)


def show(args: argparse.Namespace) -> int:
    """Check a file and print its card."""
    from .model.sosmodel import ModelFileError, file_sha256, verify

    try:
        card = {**verify(args.file), "file_sha256": file_sha256(args.file)}
    except ModelFileError as error:
        print(f"sos model: {error}", file=sys.stderr)
        return EXIT_WRONG_USE
    print(json.dumps(card, indent=2) if args.json else card_text(card))
    return EXIT_DONE


def list_models(args: argparse.Namespace) -> int:
    """Print the bundled models, the default first."""
    from .model.sosmodel import ModelFileError, read_card

    for path in bundled_models():
        try:
            card = read_card(path)
        except ModelFileError as error:
            print(f"{path.name}: {error}", file=sys.stderr)
            continue
        facts = {"file": str(path), **{key: card.get(key) for key in ("name", "version", "scheme", "trained_on")}}
        trained = f"trained on {facts['trained_on']} heads"
        line = f"{card['name']} {card['version']}  {card['scheme']}  {trained}  {path}"
        print(json.dumps(facts) if args.json else line)
    return EXIT_DONE


def card_text(card: Mapping[str, Any], indent: str = "") -> str:
    """Return a card as indented lines, nested parts below their names."""
    lines = []
    for key, value in card.items():
        label = f"{indent}{key.replace('_', ' ')}:"
        if isinstance(value, Mapping):
            lines += [label, card_text(value, indent + "  ")]
        else:
            shown = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
            lines.append(f"{label} {shown}")
    return "\n".join(lines)
