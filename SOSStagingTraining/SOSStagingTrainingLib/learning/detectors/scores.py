"""How well a detector finds what experts boxed: average precision as COCO counts it, for one kind of thing.

A detection is right where its intersection over union with a box not yet found reaches the threshold; the surest
detections are counted first. Average precision is the mean of the interpolated precision at 101 levels of recall (Lin
et al. 2014, arXiv 1405.0312); mAP50-95 is its mean over the thresholds 0.50, 0.55 ... 0.95.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from .types import Box, Detections

THRESHOLDS = tuple(float(t) for t in np.linspace(0.5, 0.95, 10).round(2))


@dataclass(frozen=True)
class DetectorScores:
    """Average precisions, mean overlap of the surest detection with the box (0 where nothing was found), the share of
    boxed pictures where anything was found, and how many boxed pictures there were."""

    map50: float
    map50_95: float
    mean_iou: float
    found: float
    n: int


def overlap(a: Box, b: Box) -> float:
    """Intersection over union of two boxes, 0 for boxes without area."""
    width = min(a[2], b[2]) - max(a[0], b[0])
    height = min(a[3], b[3]) - max(a[1], b[1])
    if width <= 0 or height <= 0:
        return 0.0
    shared = width * height
    return shared / (_area(a) + _area(b) - shared)


def scores(found: Sequence[Detections], boxes: Sequence[Box | None]) -> DetectorScores:
    """Compare what was found on each picture with its one box; ValueError where no picture has one.

    On pictures without a box every detection is a false one.
    """
    if len(found) != len(boxes):
        raise ValueError(f"there are detections of {len(found)} pictures and boxes of {len(boxes)}")
    boxed = [(best, box) for best, box in zip(found, boxes, strict=True) if box is not None]
    if not boxed:
        raise ValueError("no picture has a box to compare with")
    precisions = [average_precision(found, boxes, threshold) for threshold in THRESHOLDS]
    overlaps = [overlap(best[0].box, box) if best else 0.0 for best, box in boxed]
    share = float(np.mean([bool(best) for best, _ in boxed]))
    return DetectorScores(
        precisions[0], float(np.mean(precisions)), float(np.mean(overlaps)), share, len(boxed)
    )


def average_precision(found: Sequence[Detections], boxes: Sequence[Box | None], threshold: float) -> float:
    """Average precision at one overlap threshold."""
    right, confidence = [], []
    for detections, box in zip(found, boxes, strict=True):
        taken = False
        for detection in sorted(detections, key=lambda d: -d.confidence):
            hit = not taken and box is not None and overlap(detection.box, box) >= threshold
            taken = taken or hit
            right.append(hit)
            confidence.append(detection.confidence)
    wanted = sum(box is not None for box in boxes)
    order = np.argsort(-np.array(confidence), kind="stable")
    return _area_under(np.array(right, bool)[order], wanted)


def _area(box: Box) -> float:
    return max(box[2] - box[0], 0.0) * max(box[3] - box[1], 0.0)


def _area_under(right: npt.NDArray[np.bool_], wanted: int) -> float:
    if not len(right):
        return 0.0
    hits = np.cumsum(right)
    recall, precision = hits / wanted, hits / np.arange(1, len(right) + 1)
    best_from_here = np.maximum.accumulate(precision[::-1])[::-1]
    at = np.searchsorted(recall, np.linspace(0, 1, 101), side="left")
    return float(np.where(at < len(recall), best_from_here[np.minimum(at, len(recall) - 1)], 0.0).mean())
