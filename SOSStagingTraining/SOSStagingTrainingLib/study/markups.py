"""Boxes as Slicer Markups JSON (.mrk.json), written and read without Slicer.

Slicer writes centre and orientation in the file's own coordinate system (LPS unless told otherwise), the orientation
row by row with the box's axes as columns. A parent transform is not in the file: see ``slicer_folder``.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.interpolate import CubicSpline
from SOSStagingLib.report.files import write_text
from SOSStagingLib.scan.geometry import LPS_TO_RAS, FloatArray

from .roi import FLAT_MM, RoiBox
from .types import StudyError

MARKUPS_SUFFIX = ".mrk.json"
SCHEMA = (
    "https://raw.githubusercontent.com/slicer/slicer/master/Modules/Loadable/Markups/Resources/Schema/"
    "markups-schema-v1.0.3.json#"
)
CURVE_STEPS = 50
"""Points per piece of a closed curve, enough for its bounds to a hundredth of a millimetre."""


def read_rois(path: Path) -> list[RoiBox]:
    """Return the boxes in a Markups file: ROIs as they are, closed curves as their bounding box.

    Other markups (points, lines, angles) are passed over.

    Raises:
        StudyError: not a Markups file, or what is in it is no region: no area, not in millimetres, inside out.
    """
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        markups = list(data["markups"])
    except OSError as error:
        raise StudyError("no_markups", f"{path.name} cannot be read: {error.strerror}.") from error
    except (ValueError, KeyError, TypeError) as error:
        raise StudyError("not_markups", f"{path.name} is not a Slicer Markups file.", "Save it again.") from error
    boxes = []
    for number, markup in enumerate(markups, start=1):
        where = path.name if len(markups) == 1 else f"markup {number} in {path.name}"
        try:
            box = _box(markup, where, path.name.removesuffix(MARKUPS_SUFFIX))
        except (KeyError, TypeError, ValueError) as error:
            raise StudyError("markups_damaged", f"{where} is damaged or incomplete.", "Save it again.") from error
        boxes += [] if box is None else [box]
    return boxes


def _box(markup: Mapping[str, Any], where: str, name: str) -> RoiBox | None:
    kind = markup["type"]
    if kind not in ("ROI", "ClosedCurve"):
        return None
    to_ras = _to_ras(markup, where)
    box = _roi(markup, to_ras, where, name) if kind == "ROI" else _curve(markup, to_ras, where, name)
    if not all(np.isfinite(part).all() for part in (box.center, box.axes, box.size)):
        raise ValueError("not finite")
    if np.count_nonzero(box.size < FLAT_MM) > 1:
        size = " x ".join(f"{edge:.3g}" for edge in box.size)
        raise StudyError("roi_without_area", f"{where} has no area ({size} mm).", "Draw the region again.")
    return box


def _to_ras(markup: Mapping[str, Any], where: str) -> FloatArray:
    """Return the 3x3 matrix from the file's coordinate system to RAS."""
    units = markup.get("coordinateUnits", "mm")
    if any(unit != "mm" for unit in ([units] if isinstance(units, str) else units)):
        raise StudyError("roi_units", f"{where} is in {units}, not in millimetres.", "Save it with units of mm.")
    system = str(markup.get("coordinateSystem", "LPS"))
    if system not in ("LPS", "RAS", "0", "1"):
        raise StudyError("roi_coordinates", f"{where} is in {system} coordinates; only LPS and RAS are known.")
    # Early versions wrote the number of the system: 0 is RAS, 1 is LPS.
    return np.eye(3) if system in ("RAS", "0") else LPS_TO_RAS[:3, :3]


def _roi(markup: Mapping[str, Any], to_ras: FloatArray, where: str, name: str) -> RoiBox:
    if markup.get("insideOut"):
        raise StudyError("roi_inside_out", f"{where} means what lies outside the box.", "Switch inside out off.")
    center, size = np.array(markup["center"], float), np.array(markup["size"], float)
    orientation = markup.get("orientation") or np.eye(3).ravel().tolist()
    axes = to_ras @ np.array(orientation, float).reshape(3, 3)
    lengths = np.linalg.norm(axes, axis=0)
    if center.shape != (3,) or size.shape != (3,) or (size < 0).any() or not (lengths > 0).all():
        raise ValueError("no box")
    return RoiBox(to_ras @ center, axes / lengths, size, _label(markup, name))


def _curve(markup: Mapping[str, Any], to_ras: FloatArray, where: str, name: str) -> RoiBox:
    """Return the box around a closed curve, one face of it in the curve's own plane.

    The curve is the periodic cubic spline through its points that Slicer draws, with equal parameter steps.
    """
    points = [p["position"] for p in markup["controlPoints"] if p.get("positionStatus", "defined") == "defined"]
    if len(points) < 3:
        text = f"{where} is a closed curve of {len(points)} points; three are needed to enclose anything."
        raise StudyError("roi_without_area", text, "Draw the region again.")
    ring = np.array([*points, points[0]], float) @ to_ras.T
    steps = np.linspace(0, len(points), CURVE_STEPS * len(points) + 1)
    curve = CubicSpline(np.arange(len(ring)), ring, bc_type="periodic")(steps)
    middle = curve.mean(axis=0)
    principal = np.linalg.svd(curve - middle, full_matrices=False)[2]
    if np.ptp((curve - middle) @ principal[1]) < FLAT_MM:
        raise StudyError("roi_without_area", f"{where} is a straight line.", "Draw the region again.")
    axes = _upright_axes(principal[2])
    along = (curve - middle) @ axes
    low, high = along.min(axis=0), along.max(axis=0)
    return RoiBox(middle + axes @ ((low + high) / 2), axes, high - low, _label(markup, name), "closed curve")


def _upright_axes(normal: npt.NDArray[np.float64]) -> FloatArray:
    """Return axes [3, 3] as columns: the patient's axes, turned so that the one nearest to ``normal`` is ``normal``.

    For a curve on a sagittal slice: the normal towards the right, anterior within the slice, and the third.
    """
    axis = int(np.argmax(np.abs(normal)))
    first = normal * np.sign(normal[axis])
    second = np.eye(3)[(axis + 1) % 3]
    second = second - (second @ first) * first
    second = second / np.linalg.norm(second)
    axes = np.empty((3, 3))
    axes[:, axis], axes[:, (axis + 1) % 3], axes[:, (axis + 2) % 3] = first, second, np.cross(first, second)
    return axes


def _label(markup: Mapping[str, Any], name: str) -> str:
    return str(markup.get("name") or name)


def rois_text(boxes: Sequence[RoiBox]) -> str:
    """Return boxes as a Markups file that Slicer opens, in LPS; the same boxes give the same text."""
    to_lps = LPS_TO_RAS[:3, :3]
    markups = [
        {
            "type": "ROI",
            "name": box.label,
            "coordinateSystem": "LPS",
            "coordinateUnits": "mm",
            "roiType": "Box",
            "center": _numbers(to_lps @ box.center),
            "orientation": _numbers((to_lps @ box.axes).ravel()),
            "size": _numbers(box.size),
            "insideOut": False,
            # Slicer takes a box without its point for one that is not placed yet.
            "controlPoints": [{"id": "1", "position": _numbers(to_lps @ box.center), "positionStatus": "defined"}],
        }
        for box in boxes
    ]
    return json.dumps({"@schema": SCHEMA, "markups": markups}, indent=1)


def _numbers(values: FloatArray) -> list[float]:
    # Adding zero turns -0.0 into 0.0.
    return [round(float(v), 9) + 0.0 for v in values]


def write_rois(path: Path, boxes: Sequence[RoiBox]) -> None:
    """Write boxes as a Markups file in one step."""
    write_text(path, rois_text(boxes))
