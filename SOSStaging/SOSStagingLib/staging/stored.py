"""A StagingResult read back from the folder its report was written to."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import SimpleITK as sitk

from ..scan.geometry import Geometry
from ..scan.types import Finding, Plane, QualityReport
from .result import DEFAULT_COVERAGE, RESULT_FORMAT, GradCam, ModelInfo, SosLocation, StagingResult

RESULT_FILE = "result.json"
GRADCAM_FILE = "gradcam.nrrd"
RUNNER_UP_FILE = "gradcam-runner-up.nrrd"


def load_result(folder: Path) -> StagingResult:
    """Return the stored result, without its slab. Raises OSError or ValueError when it is missing or damaged."""
    try:
        data = json.loads((folder / RESULT_FILE).read_text(encoding="utf-8"))
        if data["format"] != RESULT_FORMAT:
            raise ValueError(f"{RESULT_FILE} has the format {data['format']!r}, this version reads {RESULT_FORMAT!r}")
        heat = None if data["gradcam"] is None else _heat(data["gradcam"], folder / GRADCAM_FILE)
        second = folder / RUNNER_UP_FILE
        return result_from_json(data, heat, _heat(data["runner_up"], second) if second.exists() else None)
    except (KeyError, TypeError, AttributeError, RuntimeError) as error:
        raise ValueError(f"{RESULT_FILE} is damaged: {error!r}") from error


def result_from_json(
    data: Mapping[str, Any],
    heat: npt.NDArray[np.float32] | None = None,
    runner_up: npt.NDArray[np.float32] | None = None,
) -> StagingResult:
    """Return the result that ``to_json`` told of, with the Grad-CAM ``heat`` [rows, columns] where it is at hand, else
    an empty one; the ``runner_up`` map only where it is at hand. Raises KeyError, TypeError, ValueError or
    AttributeError for anything else."""
    findings = tuple(Finding(**f) for f in data["quality"]["findings"])
    by_code = {f.code: f for f in findings}
    reasons = tuple(by_code.get(r["code"]) or Finding(r["code"], "refuse", r["text"]) for r in data["reasons"])
    probabilities = data["probabilities"]
    return StagingResult(
        input_name=data["input"],
        scheme=data["scheme"],
        stage_names=tuple(data["stage_names"]),
        assessable=data["assessable"],
        reasons=reasons,
        stage=data["stage"],
        probabilities=None if probabilities is None else tuple(probabilities),
        expected_stage=data["expected_stage"],
        plausible_stages=tuple(data["plausible_stages"]),
        plausible_coverage=DEFAULT_COVERAGE if data["plausible_coverage"] is None else data["plausible_coverage"],
        sos=_sos(data["sos"]),
        plane=_plane(data["plane"]),
        quality=QualityReport(findings),
        gradcam=_gradcam(data["gradcam"], heat),
        runner_up=None if runner_up is None else _gradcam(data.get("runner_up"), runner_up),
        kind=data["kind"],
        model=None if data["model"] is None else ModelInfo(**data["model"]),
        software=dict(data["software"]),
        seconds=dict(data["seconds"]),
    )


def _sos(data: Mapping[str, Any] | None) -> SosLocation | None:
    if data is None:
        return None
    center, box, pixel = (data.get(key) for key in ("centre_ras_mm", "box_ras_mm", "centre_px"))
    return SosLocation(
        (float("nan"), float("nan")),  # of the slab, which is not stored
        center_ras_mm=None if center is None else np.array(center, float),
        box_ras_mm=None if box is None else np.array(box, float),
        center_px=None if pixel is None else (float(pixel[0]), float(pixel[1])),
        confidence=float(data["confidence"]),
    )


def _plane(data: Mapping[str, Any] | None) -> Plane | None:
    return None if data is None else Plane.from_json(data)


def _gradcam(data: Mapping[str, Any] | None, heat: npt.NDArray[np.float32] | None) -> GradCam | None:
    if data is None:
        return None
    geometry = Geometry.from_json(data["geometry"])
    return GradCam(
        np.zeros(geometry.shape[1:], np.float32) if heat is None else heat,
        geometry,
        data["full_scale"],
        data["share_in_sos_box"],
        float("nan") if data["share_within_20mm"] is None else data["share_within_20mm"],
    )


def _heat(data: Mapping[str, Any], path: Path) -> npt.NDArray[np.float32]:
    """Take the map from the middle plane of the volume beside the result."""
    volume = sitk.GetArrayFromImage(sitk.ReadImage(str(path)))
    if volume.shape[1:] != Geometry.from_json(data["geometry"]).shape[1:]:
        raise ValueError(f"{path.name} does not belong to {RESULT_FILE}")
    return np.asarray(volume[volume.shape[0] // 2], np.float32)
