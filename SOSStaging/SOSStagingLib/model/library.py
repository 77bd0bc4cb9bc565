"""The models there are: those that came with the program, and a folder of the user's own. Imports neither torch nor
slicer."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from .sosmodel import ModelFileError, read_card, verify

SUFFIX = ".sosmodel"
MODEL_FOLDER = Path(__file__).resolve().parents[2] / "Resources" / "Models"
FOLDER_VARIABLE = "SOSSTAGING_MODELS"


def bundled_models() -> list[Path]:
    """Return the model files that came with the program."""
    return sorted(MODEL_FOLDER.glob(f"*{SUFFIX}"))


def default_model() -> Path | None:
    """Return the bundled model that stages where none is chosen, None when there is none."""
    models = bundled_models()
    return models[0] if models else None


def user_models_folder() -> Path:
    """Return where a user's own models are kept: SOSSTAGING_MODELS, or a folder below the user's home."""
    return Path(os.environ.get(FOLDER_VARIABLE) or Path.home() / ".sosstaging" / "models")


def user_models() -> list[Path]:
    """Return the user's own model files."""
    return sorted(user_models_folder().glob(f"*{SUFFIX}"))


def all_models() -> list[Path]:
    """Return every model file, the bundled ones first."""
    return [*bundled_models(), *user_models()]


def add_model(path: Path) -> Path:
    """Copy a model file that is whole into the user's folder and return where it lies then.

    Another file of that name is kept: the new one gets a number. Raises ModelFileError for a damaged or foreign file,
    OSError where it cannot be copied.
    """
    verify(path)
    folder = user_models_folder()
    folder.mkdir(parents=True, exist_ok=True)
    target, n = folder / f"{path.stem}{SUFFIX}", 1
    while target.exists():
        if target.read_bytes() == path.read_bytes():
            return target
        n += 1
        target = folder / f"{path.stem}-{n}{SUFFIX}"
    part = target.with_suffix(".part")
    shutil.copyfile(path, part)
    part.replace(target)
    return target


def remove_model(path: Path) -> None:
    """Delete one of the user's own models. Raises ModelFileError for a bundled one, OSError where it cannot be."""
    if path.parent != user_models_folder():
        text = f"{path.name} came with the program."
        raise ModelFileError("model-bundled", text, "Only models you added can be removed.")
    path.unlink(missing_ok=True)


def card_lines(path: Path) -> list[str]:
    """Say in plain words what a model's card says of it. Raises ModelFileError."""
    card = read_card(path)
    lines = [
        f"{card['name']} {card['version']}. Stage scheme: {card['scheme']}.",
        f"Trained on: {card['trained_on']}. {card.get('intended_use', '')}".strip(),
    ]
    return [*lines, measured_words(card), f"Licence: {card.get('licence', 'not given')}"]


def measured_words(card: Mapping[str, Any]) -> str:
    """Say in plain words what the model reached on cases it had not seen, by its card."""
    metrics = card.get("metrics")
    kind = next((kind for kind in ("real", "simulated") if isinstance(metrics, Mapping) and kind in metrics), "")
    found = _numbers(metrics[kind]) if isinstance(metrics, Mapping) and kind else None
    if found is None:
        return "No accuracy is recorded in its card."
    cases, exact, low, high, within, refused = found
    if kind == "real":
        return (
            f"On {cases} scans of its study that it was not trained on: exact {exact} % (95 % interval {low} to {high} "
            f"%), within one stage {within} %, refused {refused} %. Scans from elsewhere may be read less well."
        )
    return (
        f"On {cases} simulated heads that it was not trained on: exact {exact} % (95 % interval {low} to {high} %), "
        f"within one stage {within} %, refused {refused} %. This says nothing about accuracy on patients."
    )


def _numbers(measured: Any) -> tuple[str, ...] | None:
    """How many cases, and exact, its interval, within one and refused in percent; None where the card lacks any."""
    if not isinstance(measured, Mapping):
        return None
    between = measured.get("exact_95")
    low, high = between if isinstance(between, list | tuple) and len(between) == 2 else (None, None)
    wanted = [measured.get("exact"), low, high, measured.get("within_one"), measured.get("refused")]
    numbers = [share for share in wanted if isinstance(share, int | float) and not isinstance(share, bool)]
    shares = [share for share in numbers if 0 <= share <= 1]
    cases = measured.get("n")
    if type(cases) is not int or len(shares) < len(wanted):
        return None
    return (str(cases), *(f"{100 * share:.0f}" for share in shares))
