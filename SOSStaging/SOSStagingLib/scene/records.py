"""What was found and what was decided, kept in the scene as text, so that a saved scene brings the page back."""

from __future__ import annotations

import json
from typing import Any

import numpy as np

from ..report.files import plain
from ..staging.result import StagingResult
from ..staging.stored import result_from_json
from .nodes import Node, ResultScope
from .scans import ijk_to_ras

RECORD = "record"
REVIEW_KEY = "review"
PLACE_KEY = "ijk_to_ras"
PLACE_SLACK = 1e-3
"""How far an element of a matrix may be off after saving and reading a scan, mm."""


def keep_result(scene: Node, volume: Node, result: StagingResult) -> Node:
    """Keep a result beside its volume; an earlier review of the same volume goes with the answer it was about."""
    node = _scope(scene, volume).get_or_add(RECORD, "vtkMRMLTextNode", f"{volume.GetName()} SOS result")
    data = {"result": plain(result.to_json()), PLACE_KEY: ijk_to_ras(volume).ravel().tolist()}
    node.SetText(json.dumps(data, indent=1, allow_nan=False))
    return node


def has_moved(scene: Node, volume: Node) -> bool:
    """Whether the scan's voxels lie elsewhere in its own space than when its result was kept, as after a transform was
    hardened: the result's places are wrong then. Results of earlier versions do not tell."""
    data = _data(scene, volume)
    before = None if data is None else data.get(PLACE_KEY)
    if not isinstance(before, list) or len(before) != 16:
        return False
    return bool(np.abs(np.array(before, float) - ijk_to_ras(volume).ravel()).max() > PLACE_SLACK)


def kept_result(scene: Node, volume: Node | None) -> StagingResult | None:
    """Return the volume's last result, without slab and heat map; None where there is none or it is damaged."""
    data = _data(scene, volume)
    try:
        return None if data is None else result_from_json(data["result"])
    except (KeyError, TypeError, ValueError, AttributeError):
        return None


def keep_review(scene: Node, volume: Node, review: dict[str, Any]) -> None:
    """Keep a person's verdict beside the machine's answer, which stays as it is."""
    data = _data(scene, volume)
    node = _scope(scene, volume).find(RECORD)
    if data is not None and node is not None:
        node.SetText(json.dumps({**data, REVIEW_KEY: review}, indent=1, allow_nan=False))


def kept_review(scene: Node, volume: Node | None) -> dict[str, Any] | None:
    """Return the verdict kept for a volume's last result."""
    data = _data(scene, volume)
    review = None if data is None else data.get(REVIEW_KEY)
    return review if isinstance(review, dict) else None


def forget(scene: Node, volume: Node) -> None:
    """Remove what was kept for a volume."""
    _scope(scene, volume).remove(RECORD)


def _scope(scene: Node, volume: Node) -> ResultScope:
    return ResultScope(scene, volume, volume.GetName())


def _data(scene: Node, volume: Node | None) -> dict[str, Any] | None:
    node = None if volume is None else _scope(scene, volume).find(RECORD)
    if node is None:
        return None
    try:
        data = json.loads(node.GetText())
    except ValueError:
        return None
    return data if isinstance(data, dict) else None
