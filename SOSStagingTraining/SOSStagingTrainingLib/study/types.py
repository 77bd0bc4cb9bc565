"""What a study consists of: cases, and what can be wrong with them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from SOSStagingLib.scan.geometry import Geometry
from SOSStagingLib.scan.types import Facing, PlainError, Plane, Severity

CaseKind = Literal["volume", "picture", "slab"]
TRUTH = "truth"
"""The rater under whose name simulated studies keep what is true."""
ASSUMED = "patient_assumed"
EXCLUDED = "excluded"
RATER_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,39}")


class StudyError(PlainError):
    """A study cannot do what was asked: a code, plain words, and what to do next."""


@dataclass(frozen=True)
class StudyFinding:
    """One thing wrong or noteworthy in a study. ``refuse`` means: nothing may be trained from it before it is mended.

    ``case`` and ``rater`` say where, so that a program can lead there; the text says it for a reader.
    """

    code: str
    severity: Severity
    text: str
    case: str | None = None
    rater: str | None = None

    def to_json(self) -> dict[str, Any]:
        """Return plain JSON values."""
        return {"code": self.code, "severity": self.severity, "text": self.text, "case": self.case, "rater": self.rater}


@dataclass(frozen=True)
class Case:
    """One scan, picture or simulated slab of a study.

    ``file`` is relative to the study folder where it lies in or beside it. ``geometry`` maps the scan's array indices
    to RAS mm; for a picture it maps pixels (x, y, 0) to where Slicer shows them, so that boxes drawn there fit.
    ``plane`` is the midsagittal plane as found when the case was added, None for pictures. ``sha256`` is of the grey
    values, whatever the file format. ``excluded`` says why a case is out of use (perhaps nothing); None where it is in
    use. Cases that share a patient or a group stay together in folds. ``more`` holds what
    else the manifest says, such as a simulated head's seed.
    """

    name: str
    file: str
    kind: CaseKind
    patient: str
    sha256: str
    geometry: Geometry
    group: str | None = None
    plane: Plane | None = None
    spacing_mm: float | None = None
    facing: Facing = "auto"
    excluded: str | None = None
    more: Mapping[str, Any] = field(default_factory=dict)

    @property
    def patient_assumed(self) -> bool:
        """Whether nobody said whose scan it is, so that it counts as a patient of its own."""
        return bool(self.more.get(ASSUMED, self.patient == self.name))

    def to_row(self) -> dict[str, Any]:
        """Return the case's row of manifest.json."""
        row: dict[str, Any] = {"case": self.name, "file": self.file, "kind": self.kind, "patient": self.patient}
        if self.group is not None:
            row["group"] = self.group
        row |= {**self.more, "sha256": self.sha256, "geometry": self.geometry.to_json()}
        if self.plane is not None:
            row["plane"] = self.plane.to_json()
        if self.kind == "picture":
            row |= {"spacing_mm": self.spacing_mm, "facing": self.facing}
        if self.excluded is not None:
            row[EXCLUDED] = self.excluded
        return row

    @classmethod
    def from_row(cls, row: Mapping[str, Any]) -> Case:
        """Build from a row of manifest.json; ValueError, KeyError or TypeError where it is not one."""
        of_scan = {"sha256", "geometry", "plane", "spacing_mm", "facing"}
        known = {"case", "file", "kind", "patient", "group", EXCLUDED, *of_scan}
        if row["kind"] not in ("volume", "picture", "slab"):
            raise ValueError(f"unknown kind {row['kind']!r}")
        if row["kind"] == "volume" and row.get("plane") is None:
            raise ValueError("a volume without plane")
        return cls(
            name=str(row["case"]),
            file=str(row["file"]),
            kind=row["kind"],
            patient=str(row["patient"]),
            sha256=str(row["sha256"]),
            geometry=Geometry.from_json(row["geometry"]),
            group=row.get("group"),
            plane=None if row.get("plane") is None else Plane.from_json(row["plane"]),
            spacing_mm=row.get("spacing_mm"),
            facing=row.get("facing", "auto"),
            excluded=row.get(EXCLUDED),
            more={key: value for key, value in row.items() if key not in known},
        )


def checked_rater(name: str) -> str:
    """Return a rater's name if it can be one; it becomes a file name.

    Raises:
        StudyError: it cannot.
    """
    if not RATER_NAME.fullmatch(name):
        raise StudyError(
            "bad_rater_name",
            f"{name!r} cannot be a rater's name.",
            "Use 1 to 40 letters, digits, dots, hyphens or underscores, such as a pseudonym.",
        )
    return name
