"""From the student's raw answer to what is told: calibrated stage, where the SOS is, Grad-CAM in RAS, and refusals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from ..model import calibration
from ..model.prediction import Prediction
from ..scan.geometry import FloatArray, Geometry
from ..scan.midsagittal import FOUND_CONFIDENCE
from ..scan.types import Finding, Kind, Plane, Slab
from .result import GradCam, SosLocation

EDGE_MM = 3.0
BOX_HALF_WIDTH_MM = 10.0
NEAR_MM = 20.0
SURE_PLANE_CONFIDENCE = 0.5
"""Of 300 planes (60 simulated heads in fields of 150, 80, 60, 50 and 40 mm) 14 lie below FOUND_CONFIDENCE, 11 of
them in 40 mm; of the 233 at or above this, 5 are off, by at most 6 degrees and, once, 7 mm at the synchondrosis."""
MOST_TURNED_COSINE = 0.7
"""A plane given whose normal has less of right in it is turned by more than 45 degrees: it is another kind of plane."""
OFF_PLANE_MM, OFF_PLANE_DEG = 2.5, 5.0
"""Farther apart than two good planes: the one found is within 1 mm and 2 degrees on 95 of 100 simulated heads, and the
worst of those 100 was off by 1.1 mm and 2.4 degrees."""
WIDEST_PLATE_MM = 3.0
"""Open plates are 1.73 +- 0.46 mm wide, 2.30 +- 0.47 after expansion (Leonardi 2010): hardly one is wider than this."""


TURNED = {
    "back to front": "Turned back to front the synchondrosis is recognised: the file probably says wrongly how the "
    "patient lies. Export the scan again.",
    "upside down": "Turned upside down the synchondrosis is recognised: the file probably says wrongly how the "
    "patient lies. Export the scan again.",
}


@dataclass(frozen=True)
class Answer:
    """Calibrated probabilities in scheme order and what follows from them; stages count from 1."""

    probabilities: tuple[float, ...]
    stage: int
    expected_stage: float
    plausible_stages: tuple[int, ...]
    coverage: float


def most_present(predictions: Sequence[Prediction]) -> int:
    """Return the index of the slab on which the SOS is seen most surely."""
    return int(np.argmax([p.presence if np.isfinite(p.presence) else -1.0 for p in predictions]))


def hides_open_plate(findings: Sequence[Finding]) -> bool:
    """Tell whether slices or voxels are coarser than the widest open plate, so that one may lie unseen between them."""
    coarse = [f.value for f in findings if f.code in ("spacing_coarse", "slices_coarse")]
    return any(isinstance(value, float) and value > WIDEST_PLATE_MM for value in coarse)


def answer(prediction: Prediction, card: Mapping[str, Any], widen: bool, *, hidden: bool = False) -> Answer:
    """Calibrate the logits with the card's temperature.

    ``widen`` enlarges the plausible set; ``hidden`` (see ``hides_open_plate``) makes every stage plausible.
    """
    settings = card["calibration"]
    probabilities = np.asarray(calibration.probabilities(prediction.logits, float(settings["temperature"])), float)
    stage = int(np.argmax(probabilities)) + 1
    plausible = set(calibration.plausible_stages(probabilities, float(settings["mass"]), widen=widen)) | {stage}
    if hidden:
        plausible = set(range(1, len(probabilities) + 1))
    expected = float(probabilities @ np.arange(1, len(probabilities) + 1))
    return Answer(
        tuple(float(p) for p in probabilities),
        stage,
        expected,
        tuple(sorted(int(s) for s in plausible)),
        float(settings["coverage"]),
    )


def refusals(prediction: Prediction, slab: Slab, card: Mapping[str, Any]) -> list[Finding]:
    """Return why the student's answer must not be told; empty when it may."""
    numbers = [prediction.presence, *prediction.sos_px, *prediction.box_px, *prediction.logits]
    if not np.isfinite(numbers).all():
        text = "The network gave no usable answer for this scan (its output holds numbers that are not finite)."
        return [Finding("network_not_finite", "refuse", text)]
    limit = float(card["calibration"]["presence_threshold"])
    if prediction.presence < limit:
        text = (
            "The spheno-occipital synchondrosis could not be recognised in the midsagittal plane: it may lie outside "
            "the scan, be hidden by noise or artefacts, or the plane may be off. "
            "Check that the scan shows the clivus and that the plane lies in the middle of the head."
        )
        if slab.picture_to_slab is not None:
            text = (
                "The spheno-occipital synchondrosis could not be recognised in the picture. Check that it shows the "
                "clivus and is upright, and, where they were given, its pixel size and the side the nose is on."
            )
        return [Finding("sos_not_found", "refuse", text, round(float(prediction.presence), 4), limit)]
    if not _inside(slab, prediction.sos_px, EDGE_MM):
        text = (
            "The spheno-occipital synchondrosis lies too close to the edge of the scan's field of view "
            "(or outside it) to be judged."
        )
        return [Finding("sos_at_edge", "refuse", text, None, EDGE_MM)]
    return []


def turned_slabs(slab: Slab) -> dict[str, Slab]:
    """Return a slab as it would be if the file had said otherwise how the patient lies: where the synchondrosis is
    recognised then, the file is probably wrong."""
    flips = {"back to front": np.s_[:, :, ::-1], "upside down": np.s_[:, ::-1, :]}
    return {
        name: replace(slab, array=np.ascontiguousarray(slab.array[flip]), valid=np.ascontiguousarray(slab.valid[flip]))
        for name, flip in flips.items()
    }


def turned_hint(how: str) -> Finding:
    """Say that the scan is probably stored turned ``how``."""
    return Finding("orientation_doubtful", "refuse", TURNED[how])


def plane_finding(plane: Plane) -> Finding | None:
    """Return a refusal where no midsagittal plane was found, a warning where it is unsure; a user's plane is sure.

    A slice beside or across the midline shows other bones, and what they look like is no stage.
    """
    confidence = round(float(plane.confidence), 3)
    if plane.source == "user" or plane.confidence >= SURE_PLANE_CONFIDENCE:
        return None
    if plane.confidence < FOUND_CONFIDENCE:
        text = (
            "The midsagittal plane could not be found: there is no plane on whose two sides the bones in view are "
            "alike. Set the plane by hand and stage again."
        )
        return Finding("plane_not_found", "refuse", text, confidence, FOUND_CONFIDENCE)
    text = "The midsagittal plane could be found only with low confidence. Check it, and set it by hand if it is off."
    return Finding("plane_unsure", "warning", text, confidence, SURE_PLANE_CONFIDENCE)


def given_plane_refusal(plane: Plane, geometry: Geometry) -> Finding | None:
    """Return why a plane that a user gave cannot be staged on; None where it can."""
    if abs(float(plane.normal_ras[0])) < MOST_TURNED_COSINE:
        text = (
            "The plane given is no sagittal one: its normal must point to the right or left of the patient. "
            "Give a point and the normal in RAS mm."
        )
        return Finding("plane_not_sagittal", "refuse", text, round(float(plane.normal_ras[0]), 3), MOST_TURNED_COSINE)
    beside = plane.distance(geometry.corners_ras)
    if beside.min() > 0 or beside.max() < 0:
        text = (
            "The plane given does not pass through the scan. Check the point, and that its signs are those of RAS: "
            "right, anterior and superior count up."
        )
        return Finding("plane_outside", "refuse", text, round(float(np.abs(beside).min()), 1))
    return None


def given_plane_warning(given: Plane, found: Plane) -> Finding | None:
    """Return a warning where a user's plane lies off the one found by itself, where that one is sure."""
    if found.confidence < SURE_PLANE_CONFIDENCE:
        return None
    off = abs(float(found.distance(given.origin_ras_mm)))
    turned = float(np.degrees(np.arccos(np.clip(found.normal_ras @ given.normal_ras, -1, 1))))
    if off <= OFF_PLANE_MM and turned <= OFF_PLANE_DEG:
        return None
    text = (
        f"The plane given lies {off:.1f} mm from the one that was found by symmetry, and {turned:.0f} degrees turned "
        "to it. Beside the midline other bones are seen: check it."
    )
    return Finding("plane_apart", "warning", text, round(off, 2), OFF_PLANE_MM)


def locate(prediction: Prediction, slab: Slab, kind: Kind) -> SosLocation:
    """Put the SOS into RAS mm (volumes) or into pixels of the picture as given."""
    column, row = prediction.sos_px
    if kind == "picture":
        return SosLocation((column, row), center_px=_picture_px(slab, column, row), confidence=prediction.presence)
    return SosLocation(
        (column, row),
        center_ras_mm=_ras(slab, column, row),
        box_ras_mm=_box_ras(slab, prediction.box_px),
        confidence=prediction.presence,
    )


def gradcam(prediction: Prediction, slab: Slab, card: Mapping[str, Any]) -> GradCam:
    """Give the map its place in RAS and measure how much of it lies on the SOS (0 for an empty map)."""
    return _placed(np.asarray(prediction.cam, np.float32), prediction, slab, card)


def runner_up(prediction: Prediction, slab: Slab, card: Mapping[str, Any]) -> GradCam | None:
    """The same for the second likeliest stage; None where the engine gave no such map."""
    if prediction.runner_up_cam is None:
        return None
    return _placed(np.asarray(prediction.runner_up_cam, np.float32), prediction, slab, card)


def _placed(cam: npt.NDArray[np.float32], prediction: Prediction, slab: Slab, card: Mapping[str, Any]) -> GradCam:
    geometry = _cam_geometry(slab, cam.shape[0], cam.shape[1])
    rows, columns = np.meshgrid(np.arange(cam.shape[0]), np.arange(cam.shape[1]), indexing="ij")
    centers = geometry.to_ras(np.stack([columns, rows, np.zeros_like(rows)], -1))
    near = np.linalg.norm(centers - _ras(slab, *prediction.sos_px), axis=-1) <= NEAR_MM
    in_slab = slab.geometry.to_ijk(centers)
    left, top, right, bottom = prediction.box_px
    in_box = (left <= in_slab[..., 0]) & (in_slab[..., 0] <= right) & (top <= in_slab[..., 1])
    in_box &= in_slab[..., 1] <= bottom
    return GradCam(
        cam,
        geometry,
        float(card["gradcam_full_scale"]),
        share_in_box=_share(cam, in_box),
        share_within_20mm=_share(cam, near),
    )


def _share(cam: np.ndarray, mask: np.ndarray) -> float:
    mass = np.clip(np.nan_to_num(cam.astype(float)), 0.0, None)
    total = float(mass.sum())
    return float(mass[mask].sum()) / total if total > 0 else 0.0


def _middle(slab: Slab) -> int:
    return slab.array.shape[0] // 2


def _ras(slab: Slab, column: float, row: float) -> FloatArray:
    return slab.geometry.to_ras([column, row, _middle(slab)])


def _picture_px(slab: Slab, column: float, row: float) -> tuple[float, float]:
    if slab.picture_to_slab is None:
        raise ValueError("the slab of a picture must carry picture_to_slab")
    x, y, w = np.linalg.solve(np.asarray(slab.picture_to_slab, float), [column, row, 1.0])
    return float(x / w), float(y / w)


def _box_ras(slab: Slab, box_px: tuple[float, float, float, float]) -> FloatArray:
    """Return min and max RAS corner of the box, +-10 mm to either side of the plane."""
    left, top, right, bottom = box_px
    corners = np.array([_ras(slab, x, y) for x in (left, right) for y in (top, bottom)])
    lateral = slab.geometry.directions[:, 2] * BOX_HALF_WIDTH_MM
    corners = np.concatenate([corners - lateral, corners + lateral])
    return np.stack([corners.min(0), corners.max(0)])


def _cam_geometry(slab: Slab, rows: int, columns: int) -> Geometry:
    """Return the grid of cell centres in the midsagittal plane."""
    height, width = slab.array.shape[1:]
    step = np.array([width / columns, height / rows])
    to_slab = np.diag([step[0], step[1], 1.0, 1.0])
    to_slab[:3, 3] = [(step[0] - 1) / 2, (step[1] - 1) / 2, _middle(slab)]
    return Geometry((1, rows, columns), slab.geometry.ijk_to_ras @ to_slab)


def _inside(slab: Slab, sos_px: tuple[float, float], margin_mm: float) -> bool:
    """Tell whether the disc of ``margin_mm`` around a slab pixel lies wholly in the field of view."""
    spacing = slab.geometry.spacing
    column, row = sos_px
    reach = (int(np.ceil(margin_mm / spacing[0])), int(np.ceil(margin_mm / spacing[1])))
    x = np.arange(round(column) - reach[0], round(column) + reach[0] + 1)
    y = np.arange(round(row) - reach[1], round(row) + reach[1] + 1)
    distance = np.hypot((x[None, :] - column) * spacing[0], (y[:, None] - row) * spacing[1])
    yy, xx = (a[distance <= margin_mm] for a in np.meshgrid(y, x, indexing="ij"))
    valid = slab.valid[_middle(slab)]
    if yy.min() < 0 or xx.min() < 0 or yy.max() >= valid.shape[0] or xx.max() >= valid.shape[1]:
        return False
    return bool(valid[yy, xx].all())
