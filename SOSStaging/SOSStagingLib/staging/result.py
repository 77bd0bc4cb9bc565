"""The one answer the tool gives: a frozen StagingResult with a versioned JSON form."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from ..scan.geometry import FloatArray, Geometry
from ..scan.types import Finding, Plane, QualityReport, Slab

RESULT_FORMAT = "sosstaging.result/1"
DEFAULT_COVERAGE = 0.9


@dataclass(frozen=True)
class ModelInfo:
    """Which model answered, and what it was trained on (``simulated`` or ``real``)."""

    name: str
    version: str
    sha256: str
    trained_on: str

    def to_json(self) -> dict[str, Any]:
        """Return plain JSON values."""
        return {"name": self.name, "version": self.version, "sha256": self.sha256, "trained_on": self.trained_on}


@dataclass(frozen=True)
class SosLocation:
    """Where the student sees the synchondrosis.

    ``center_ras_mm`` and ``box_ras_mm`` ([2, 3]: min and max corner) for volumes; ``center_px`` (x, y) for pictures,
    0-based from the top left of the picture as given. ``center_slab_px`` is (column, row) in the slab.
    """

    center_slab_px: tuple[float, float]
    center_ras_mm: FloatArray | None = None
    box_ras_mm: FloatArray | None = None
    center_px: tuple[float, float] | None = None
    confidence: float = 0.0


@dataclass(frozen=True)
class GradCam:
    """Grad-CAM of the predicted stage on a coarse grid in the midsagittal plane.

    ``array`` float32 [rows, columns], absolute scale: 0 = no evidence, ``full_scale`` = as strong as the strong end
    seen in validation; never rescaled per image. ``geometry`` has shape (1, rows, columns) and maps to RAS mm.
    """

    array: npt.NDArray[np.float32]
    geometry: Geometry
    full_scale: float
    share_in_box: float
    share_within_20mm: float


@dataclass(frozen=True)
class StagingResult:
    """A stage with calibrated probabilities, or "not assessable" and why.

    ``stage`` counts from 1; it, ``probabilities`` (scheme order), ``expected_stage`` and ``plausible_stages`` are None
    or empty when ``assessable`` is False, and then ``reasons`` says why. ``stage_names`` are the scheme's names in
    order. ``slab`` is what the student saw (not in the JSON). ``input_name`` is only the file or folder name.
    ``runner_up`` is the Grad-CAM of ``runner_up_stage``, where the engine gave it.
    """

    input_name: str
    scheme: str
    stage_names: tuple[str, ...]
    assessable: bool
    reasons: tuple[Finding, ...] = ()
    stage: int | None = None
    probabilities: tuple[float, ...] | None = None
    expected_stage: float | None = None
    plausible_stages: tuple[int, ...] = ()
    plausible_coverage: float = DEFAULT_COVERAGE
    sos: SosLocation | None = None
    plane: Plane | None = None
    quality: QualityReport = field(default_factory=QualityReport)
    gradcam: GradCam | None = None
    runner_up: GradCam | None = None
    slab: Slab | None = None
    kind: str = "volume"
    model: ModelInfo | None = None
    software: dict[str, str] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.assessable != (self.stage is not None) or self.assessable != (self.probabilities is not None):
            raise ValueError("a result has a stage and probabilities exactly when it is assessable")
        if not self.assessable and not self.reasons:
            raise ValueError("a result that is not assessable must say why")

    @property
    def runner_up_stage(self) -> int | None:
        """The second likeliest stage."""
        if self.probabilities is None or len(self.probabilities) < 2:
            return None
        return int(np.argsort(-np.asarray(self.probabilities), kind="stable")[1]) + 1

    @property
    def scale_known(self) -> bool:
        """Whether millimetres mean anything: False for a picture of unknown pixel size."""
        return not any(finding.code == "spacing_unknown" for finding in self.quality.findings)

    @property
    def stated_coverage(self) -> float | None:
        """The coverage of ``plausible_stages``; None where there are none, or nothing is ruled out."""
        some = 0 < len(self.plausible_stages) < len(self.stage_names)
        return self.plausible_coverage if some else None

    def to_json(self) -> dict[str, Any]:
        """Return the versioned JSON form (docs: output contract in the README)."""
        return {
            "format": RESULT_FORMAT,
            "input": self.input_name,
            "kind": self.kind,
            "scheme": self.scheme,
            "stage_names": list(self.stage_names),
            "stage": self.stage,
            "probabilities": None if self.probabilities is None else [float(p) for p in self.probabilities],
            "expected_stage": self.expected_stage,
            "plausible_stages": list(self.plausible_stages),
            "plausible_coverage": self.stated_coverage,
            "assessable": self.assessable,
            "reasons": [{"code": r.code, "text": r.text} for r in self.reasons],
            "sos": None if self.sos is None else _sos_json(self.sos),
            "plane": None if self.plane is None else self.plane.to_json(),
            "quality": self.quality.to_json(),
            "gradcam": None if self.gradcam is None else _cam_json(self.gradcam, self.scale_known),
            "runner_up": None if self.runner_up is None else _cam_json(self.runner_up, self.scale_known),
            "model": None if self.model is None else self.model.to_json(),
            "software": dict(self.software),
            "seconds": {k: round(float(v), 4) for k, v in self.seconds.items()},
        }


def _sos_json(sos: SosLocation) -> dict[str, Any]:
    out: dict[str, Any] = {"confidence": round(float(sos.confidence), 4)}
    if sos.center_ras_mm is not None:
        out["centre_ras_mm"] = [float(v) for v in sos.center_ras_mm]
    if sos.box_ras_mm is not None:
        out["box_ras_mm"] = [[float(v) for v in corner] for corner in sos.box_ras_mm]
    if sos.center_px is not None:
        out["centre_px"] = [float(v) for v in sos.center_px]
    return out


def _cam_json(cam: GradCam, scale_known: bool) -> dict[str, Any]:
    return {
        "full_scale": float(cam.full_scale),
        "share_in_sos_box": float(cam.share_in_box),
        "share_within_20mm": float(cam.share_within_20mm) if scale_known else None,
        "geometry": cam.geometry.to_json(),
    }
