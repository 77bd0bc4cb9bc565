"""Writes the figures of docs/model-card.md from the card inside the bundled model, so that page and model agree.

``make model-card`` rewrites what stands between the page's two markers; ``--check`` only says whether it is up to date
and ends with status 1 where it is not. What a card holds beyond the known entries is listed as it is, never dropped.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "SOSStaging"), str(ROOT / "Testing" / "Packaging")]
from SOSStagingLib.model.library import default_model  # noqa: E402
from SOSStagingLib.model.sosmodel import file_sha256, verify  # noqa: E402
from written_part import with_part  # noqa: E402

PAGE = ROOT / "docs" / "model-card.md"
BEGIN = "<!-- Written by `make model-card` from the model's own card. Do not edit by hand. -->"
END = "<!-- End of what is written by `make model-card`. -->"
# Shares of heads, given in percent; an interval stands under the same name with `_95`.
SHARES = {
    "exact": "Exact stage",
    "within_one": "At most one stage off",
    "plausible_holds_true": "Plausible stages hold the true one",
    "refused": "Refused",
    "gradcam_share_20mm_median": "Share of the Grad-CAM within 20 mm of the synchondrosis (median)",
}
NUMBERS = {
    "plausible_mean_size": "Plausible stages (mean number)",
    "sos_error_mm_median": "Synchondrosis found within (median, mm)",
    "sos_error_mm_95": "Synchondrosis found within (95 % of heads, mm)",
    "presence_threshold": "Presence threshold of the measurement",
}
APART = {"n", "seeds", "what", "confusion", "recall"}


def page_text(card: Mapping[str, Any], sha256: str, page: str) -> str:
    """Return the page with its written part made anew; ValueError where it lacks the markers."""
    return with_part(page, BEGIN, END, figures(card, sha256))


def figures(card: Mapping[str, Any], sha256: str) -> str:
    """Return what the card says, as Markdown."""
    parts = [_about(card, sha256), *(_measured(name, values) for name, values in card.get("metrics", {}).items())]
    return "\n\n".join([*parts, "## How it was made", _settings(card)])


def _about(card: Mapping[str, Any], sha256: str) -> str:
    rows = [
        ("Name", f"{card['name']} {card['version']}"),
        ("Made", card.get("created", "not said")),
        ("Stages", f"{card['architecture'].get('stages', 5)}, scheme {card['scheme']}"),
        ("Trained on", f"{card['trained_on']} heads"),
        ("Intended use", card.get("intended_use", "not said")),
        ("Licence", card["licence"]),
        ("SHA-256 of the file", f"`{sha256}`"),
    ]
    return "## The bundled model\n\n" + _table(("what", "as its card says"), rows)


def _measured(name: str, values: Mapping[str, Any]) -> str:
    heading = f"## Measured on {name} heads"
    n, seeds = values.get("n", "not said"), values.get("seeds")
    told = f"n = {n}" + (f", seeds {seeds[0]} to {seeds[-1]}" if seeds else "") + f": {values.get('what', 'not said')}."
    if values.get("refused"):
        told += " Shares are of the heads that were not refused."
    blocks = [heading, told, _table(("figure", "value", "95 % interval"), list(_rows(values)))]
    if "confusion" in values:
        blocks += [
            "Counts, the true stage down and the answer across:",
            _confusion(values),
        ]
    return "\n\n".join(blocks)


def _rows(values: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    intervals = {f"{key}_95" for key in values if f"{key}_95" in values and isinstance(values[f"{key}_95"], list)}
    for key, value in values.items():
        if key in APART or key in intervals:
            continue
        show = _percent if key in SHARES else _plain
        interval = values.get(f"{key}_95") if f"{key}_95" in intervals else None
        text = f"{show(interval[0])} to {show(interval[1])}" if interval else ""
        yield SHARES.get(key) or NUMBERS.get(key) or key.replace("_", " "), show(value), text


def _confusion(values: Mapping[str, Any]) -> str:
    rows = values["confusion"]
    recall = values.get("recall", [None] * len(rows))
    heads = ["true stage", *(f"answer {n}" for n in range(1, len(rows[0]) + 1)), "recall"]
    cells = [
        [str(n), *map(str, row), "" if share is None else _percent(share)]
        for n, (row, share) in enumerate(zip(rows, recall, strict=True), 1)
    ]
    return _table(heads, cells)


def _settings(card: Mapping[str, Any]) -> str:
    rows = [
        (part, key.replace("_", " "), _plain(value))
        for part in ("architecture", "preprocessing", "training", "calibration")
        for key, value in sorted(card.get(part, {}).items())
    ]
    return _table(("part", "setting", "value"), rows)


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join("| " + " | ".join(str(cell).replace("|", "\\|") for cell in line) + " |" for line in lines)


def _percent(value: Any) -> str:
    return f"{100 * value:.1f} %" if isinstance(value, int | float) else _plain(value)


def _plain(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.3g}"
    if isinstance(value, list):
        return ", ".join(_plain(one) for one in value)
    return str(value)


def main() -> int:
    """Rewrite or check the page."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="change nothing; status 1 if the page is out of date")
    check = parser.parse_args().check
    model = default_model()
    if model is None:
        raise SystemExit("There is no bundled model.")
    there = PAGE.read_text(encoding="utf-8")
    wanted = page_text(verify(model), file_sha256(model), there)
    if wanted == there:
        print(f"{PAGE.name} says what the card says.")
        return 0
    if check:
        print(f"{PAGE.name} does not say what the card of {model.name} says. Run: make model-card")
        return 1
    PAGE.write_text(wanted, encoding="utf-8", newline="\n")
    print(f"{PAGE.name} was written from the card of {model.name}.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
