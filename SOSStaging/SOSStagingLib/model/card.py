"""What a model file's card may say. A card comes from anyone: nothing in it may name an address, fill the memory or
reach a number's limits before the network is built.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import Any

MAX_TEXT = 200
TEXTS = ("name", "version", "scheme", "trained_on", "licence")
# "hf-hub:..." and "local-dir:..." make timm fetch a network or read a folder; plain names do neither.
BACKBONE = re.compile(r"[a-z0-9_]+(\.[a-z0-9_]+)?")
SWITCHES = ("weighted", "closer")
SIZES = {"stages": (2, 20), "width": (8, 1024), "magnify": (1, 8)}
CALIBRATION = {"temperature": (0.01, 100.0), "mass": (0.0, 1.0), "coverage": (0.0, 1.0), "presence_threshold": (0, 1)}


def complaint(card: Mapping[str, Any]) -> str | None:
    """Say what in the card cannot be used; None when all of it can."""
    for key in TEXTS:
        value = card.get(key)
        if not isinstance(value, str) or not 0 < len(value) <= MAX_TEXT:
            return f"{key} must be a text of at most {MAX_TEXT} letters"
    for key in ("architecture", "calibration", "sha256"):
        if not isinstance(card.get(key), dict):
            return f"{key} must hold named values"
    return _architecture(card["architecture"]) or _calibration(card["calibration"])


def _architecture(values: Mapping[str, Any]) -> str | None:
    unknown = sorted(values.keys() - SIZES.keys() - {"backbone", *SWITCHES})
    if unknown:
        return f"the architecture holds {', '.join(unknown)[:MAX_TEXT]}, which is not known here"
    backbone = values.get("backbone", "convnext_atto")
    if not isinstance(backbone, str) or len(backbone) > MAX_TEXT or not BACKBONE.fullmatch(backbone):
        return "the backbone must be the plain name of a network"
    for key in SWITCHES:
        if type(values.get(key, False)) is not bool:
            return f"{key} must be true or false"
    for key, (low, high) in SIZES.items():
        value = values.get(key, low)
        if type(value) is not int or not low <= value <= high:
            return f"{key} must be a whole number from {low} to {high}"
    return None


def _calibration(values: Mapping[str, Any]) -> str | None:
    for key, (low, high) in CALIBRATION.items():
        value = values.get(key, high)
        if type(value) not in (int, float) or not math.isfinite(value) or not low <= value <= high:
            return f"the calibration's {key} must be a number from {low:g} to {high:g}"
    return None
