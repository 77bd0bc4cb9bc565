"""What passes between reading, quality, plane, slab and the student."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from .geometry import FloatArray, Geometry

Severity = Literal["info", "warning", "refuse"]
Kind = Literal["volume", "picture"]
Facing = Literal["left", "right", "auto"]


@dataclass(frozen=True)
class Finding:
    """One thing noticed about a scan, in words a clinician understands.

    ``refuse`` means: no stage may be given. ``warning`` widens the plausible set. ``info`` is only reported.
    """

    code: str
    severity: Severity
    text: str
    value: float | str | None = None
    limit: float | str | None = None

    def to_json(self) -> dict[str, Any]:
        """Return plain JSON values."""
        return {
            "code": self.code,
            "severity": self.severity,
            "text": self.text,
            "value": self.value,
            "limit": self.limit,
        }


class PlainError(Exception):
    """Something went wrong that a user must be told: a code, plain words, and what to do next."""

    def __init__(self, code: str, text: str, hint: str = "") -> None:
        super().__init__(f"{text} {hint}".strip())
        self.code = code
        self.text = text
        self.hint = hint

    def finding(self) -> Finding:
        """Return the same message as a refusing finding."""
        return Finding(self.code, "refuse", f"{self.text} {self.hint}".strip())


class ScanError(PlainError):
    """The input cannot become a scan."""


@dataclass(frozen=True)
class Scan:
    """A head scan in physical space, or one midsagittal picture.

    ``array`` is [k, j, i] (a picture is [1, rows, columns] as given, before any mirroring), any real dtype, grey values
    with air low. For a picture ``geometry`` only holds the pixel spacing; ``spacing_known`` tells if that is real.
    """

    array: npt.NDArray[Any]
    geometry: Geometry
    name: str
    kind: Kind = "volume"
    modality: str | None = None
    spacing_known: bool = True
    facing: Facing = "auto"
    findings: tuple[Finding, ...] = ()

    def with_findings(self, *findings: Finding) -> Scan:
        """Return the same scan with findings added."""
        return replace(self, findings=self.findings + findings)


@dataclass(frozen=True)
class QualityReport:
    """Everything noticed about a scan, each with value, limit and plain words."""

    findings: tuple[Finding, ...] = ()

    @property
    def refusals(self) -> tuple[Finding, ...]:
        """The findings that forbid a stage."""
        return tuple(f for f in self.findings if f.severity == "refuse")

    @property
    def warnings(self) -> tuple[Finding, ...]:
        """The findings that widen the plausible set."""
        return tuple(f for f in self.findings if f.severity == "warning")

    def plus(self, *findings: Finding) -> QualityReport:
        """Return a report with more findings."""
        return QualityReport(self.findings + findings)

    def to_json(self) -> dict[str, Any]:
        """Return plain JSON values."""
        return {"findings": [f.to_json() for f in self.findings]}


@dataclass(frozen=True)
class Plane:
    """The midsagittal plane in RAS mm. ``normal_ras`` is a unit vector towards the patient's right (its R part > 0)."""

    origin_ras_mm: FloatArray
    normal_ras: FloatArray
    confidence: float = 1.0
    source: Literal["automatic", "user"] = "automatic"

    def __post_init__(self) -> None:
        normal = np.array(self.normal_ras, float)
        length = float(np.linalg.norm(normal))
        if length < 1e-9:
            raise ValueError("the plane's normal has zero length")
        normal = normal / length
        object.__setattr__(self, "normal_ras", -normal if normal[0] < 0 else normal)
        object.__setattr__(self, "origin_ras_mm", np.array(self.origin_ras_mm, float))

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Plane:
        """Build from what ``to_json`` returned; ValueError, KeyError or TypeError where it is not that."""
        origin, normal = np.array(data["origin_ras_mm"], float), np.array(data["normal_ras"], float)
        return cls(origin, normal, data["confidence"], data["source"])

    @property
    def yaw_deg(self) -> float:
        """Turn about the superior axis against the sagittal plane, degrees."""
        return float(np.degrees(np.arctan2(self.normal_ras[1], self.normal_ras[0])))

    @property
    def roll_deg(self) -> float:
        """Tilt about the anterior axis against the sagittal plane, degrees."""
        return float(np.degrees(np.arctan2(self.normal_ras[2], self.normal_ras[0])))

    def distance(self, ras: npt.ArrayLike) -> FloatArray:
        """Signed distance of RAS points [..., 3] to the plane in mm, positive to the patient's right."""
        return (np.asarray(ras, float) - self.origin_ras_mm) @ self.normal_ras

    def to_json(self) -> dict[str, Any]:
        """Return plain JSON values."""
        return {
            "origin_ras_mm": [float(v) for v in self.origin_ras_mm],
            "normal_ras": [float(v) for v in self.normal_ras],
            "yaw_deg": self.yaw_deg,
            "roll_deg": self.roll_deg,
            "confidence": float(self.confidence),
            "source": self.source,
        }


@dataclass(frozen=True)
class Slab:
    """Sagittal planes resampled at fixed spacing around the midsagittal plane: what the student sees.

    ``array`` is float32 [planes, rows, columns], raw grey values; rows run superior to inferior, columns posterior to
    anterior (the head faces right), planes towards the patient's right, the middle one is the midsagittal plane.
    ``valid`` is bool of the same shape: False outside the field of view (there ``array`` holds the scan's air value).
    ``geometry`` maps (i=column, j=row, k=plane) to RAS mm; for a picture it is the picture laid in the plane R=0.
    ``picture_to_slab`` is, for pictures only, the 3x3 affine from picture pixel (x, y, 1), 0-based from the top left of
    the picture as given, to slab (column, row, 1).
    """

    array: npt.NDArray[np.float32]
    valid: npt.NDArray[np.bool_]
    geometry: Geometry
    picture_to_slab: FloatArray | None = None
    findings: tuple[Finding, ...] = field(default=())


SLAB_SPACING_MM = 0.4
SLAB_SIZE = 640
SLAB_PLANES = 3
SLAB_PLANE_STEP_MM = 1.5
