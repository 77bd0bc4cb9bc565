"""How well a detector finds what experts boxed: average precision as COCO counts it, for one thing on each slice.

A detection is right where its intersection over union with the box reaches the threshold; the surest are counted
first. Average precision is the mean of the interpolated precision at 101 levels of recall (Lin et al. 2014, arXiv
1405.0312); mAP50-95 is its mean over the thresholds 0.50, 0.55 ... 0.95.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ..methods import Detection

Box = tuple[float, float, float, float]
THRESHOLDS = tuple(float(t) for t in np.linspace(0.5, 0.95, 10).round(2))


@dataclass(frozen=True)
class DetectorScores:
    """Average precisions, mean overlap with the box (0 where nothing was found), the share of cases where anything was
    found, and how many cases there were."""

    map50: float
    map50_95: float
    mean_iou: float
    found: float
    n: int


def overlap(a: Box, b: Box) -> float:
    """Intersection over union of two boxes (x0, y0, x1, y1); 0 where one has no area."""
    width = min(a[2], b[2]) - max(a[0], b[0])
    height = min(a[3], b[3]) - max(a[1], b[1])
    if width <= 0 or height <= 0:
        return 0.0
    shared = width * height
    return shared / ((a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1]) - shared)


def scores(found: Mapping[str, Detection], boxes: Mapping[str, Box]) -> DetectorScores:
    """Compare detections with experts' boxes, both by case in the same pixels; ValueError where there is no box.

    Detections on cases without a box are left out: nobody said that there is nothing.
    """
    if not boxes:
        raise ValueError("no case has a box to compare with")
    pairs = [(found[case], box) for case, box in boxes.items() if case in found]
    overlaps = np.array([overlap(detection.box, box) for detection, box in pairs])
    sure = np.array([detection.confidence for detection, _ in pairs])
    precisions = [average_precision(overlaps >= threshold, sure, len(boxes)) for threshold in THRESHOLDS]
    mean_iou = float(overlaps.sum() / len(boxes))
    return DetectorScores(precisions[0], float(np.mean(precisions)), mean_iou, len(pairs) / len(boxes), len(boxes))


def average_precision(right: npt.NDArray[np.bool_], confidence: npt.NDArray[np.float64], wanted: int) -> float:
    """Average precision of detections that are ``right`` or not, [n], where ``wanted`` things were to be found."""
    if not len(right):
        return 0.0
    hits = np.cumsum(right[np.argsort(-confidence, kind="stable")])
    recall, precision = hits / wanted, hits / np.arange(1, len(hits) + 1)
    best_from_here = np.maximum.accumulate(precision[::-1])[::-1]
    at = np.searchsorted(recall, np.linspace(0, 1, 101), side="left")
    return float(np.where(at < len(recall), best_from_here[np.minimum(at, len(recall) - 1)], 0.0).mean())
