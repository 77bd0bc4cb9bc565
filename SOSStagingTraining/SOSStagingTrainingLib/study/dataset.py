"""A frozen dataset: what was agreed, from which labels, about which scans, under one hash that any change breaks."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from SOSStagingLib.report.files import write_text
from SOSStagingLib.scan.geometry import FloatArray, Geometry
from SOSStagingLib.scan.types import Plane
from SOSStagingLib.staging.protocol import ProgressCallback

from .agreement import Ties
from .check import MIN_PER_STAGE, check_study
from .roi import BoolArray, RoiBox, pixel_bounds, roi_mask
from .types import RATER_NAME, StudyError

if TYPE_CHECKING:
    from .study import Study

DATASET_FORMAT = "sosstaging.dataset/1"
NOT_HASHED = ("name", "manifest_sha256", "created")
FINDINGS_SHOWN = 3


@dataclass(frozen=True)
class FrozenCase:
    """One case of a frozen dataset: its scan by content hash, the agreed stage, and each rater's boxes.

    ``soft`` is the share of votes per stage. ``plane`` is where the slab is to be cut; None for pictures.
    """

    name: str
    kind: str
    sha256: str
    patient: str
    group: str | None
    stage: int
    soft: tuple[float, ...]
    votes: Mapping[str, int | None]
    rois: Mapping[str, tuple[RoiBox, ...]]
    plane: Plane | None

    def roi_share(self, grid: Geometry) -> FloatArray:
        """Return which share of the raters who drew boxes drew one over each voxel of a grid, [planes, rows, columns].

        ``grid`` is a ``CaseSlab.grid``. All zero where nobody drew any.
        """
        total = np.zeros(grid.shape)
        for boxes in self.rois.values():
            total += roi_mask(boxes, grid)
        return total / max(len(self.rois), 1)

    def roi_mask(self, grid: Geometry) -> BoolArray:
        """Return where at least half of the raters who drew boxes drew one, [planes, rows, columns]."""
        share = self.roi_share(grid)
        return np.asarray((share >= 0.5) & (share > 0))

    def pixel_bounds(self, grid: Geometry) -> FloatArray | None:
        """Return (column, row, column, row) of the box in the middle plane of a grid, the median over raters; see
        ``roi.pixel_bounds``."""
        found = [bounds for boxes in self.rois.values() if (bounds := pixel_bounds(boxes, grid)) is not None]
        return np.median(found, axis=0) if found else None

    def to_json(self) -> dict[str, Any]:
        """Return plain JSON values."""
        plane = None if self.plane is None else self.plane.to_json()
        rois = {rater: [box.to_json() for box in boxes] for rater, boxes in self.rois.items()}
        return {
            **{"case": self.name, "kind": self.kind, "sha256": self.sha256},
            **{"patient": self.patient, "group": self.group, "stage": self.stage},
            **{"soft": list(self.soft), "votes": dict(self.votes), "rois": rois, "plane": plane},
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> FrozenCase:
        """Build from what ``to_json`` returned."""
        plane = None if data["plane"] is None else Plane.from_json(data["plane"])
        rois = {rater: tuple(RoiBox.from_json(box) for box in boxes) for rater, boxes in data["rois"].items()}
        of_scan = (data["case"], data["kind"], data["sha256"], data["patient"], data["group"])
        return cls(*of_scan, data["stage"], tuple(data["soft"]), data["votes"], rois, plane)


@dataclass(frozen=True)
class Dataset:
    """A frozen dataset.

    ``manifest_sha256`` covers all but the dataset's name and the time it was frozen; where the scans lie is not in it.
    ``left_out`` says of each case that is not in it why. Accuracies measured on a ``simulated`` one are accuracies on
    simulated scans.
    """

    name: str
    manifest_sha256: str
    scheme: str
    stages: int
    simulated: bool
    raters: tuple[str, ...]
    ties: Ties
    cases: tuple[FrozenCase, ...]
    left_out: Mapping[str, str]

    @property
    def stage_counts(self) -> dict[int, int]:
        """How many cases each stage has."""
        found = Counter(case.stage for case in self.cases)
        return {stage: found[stage] for stage in range(1, self.stages + 1)}

    @cached_property
    def labels_sha256(self) -> str:
        """Hash of all that ``manifest_sha256`` covers but the scans' bytes: cases, patients, votes, boxes, planes.

        A cohort drawn again from its seed on another processor keeps this one, while some voxels are rounded otherwise.
        """
        cases = [{key: value for key, value in case.to_json().items() if key != "sha256"} for case in self.cases]
        settings = (self.scheme, self.stages, self.simulated, self.raters, self.ties)
        return _sha256(_hashed(*settings, cases, self.left_out))

    def case(self, name: str) -> FrozenCase:
        """Return a case by name; KeyError if it is not in the dataset."""
        return {case.name: case for case in self.cases}[name]


def freeze(
    study: Study,
    name: str,
    *,
    raters: Sequence[str] | None = None,
    ties: Ties = "leave out",
    min_per_stage: int = MIN_PER_STAGE,
    read_scans: bool = True,
    progress: ProgressCallback | None = None,
) -> Dataset:
    """Check the study, put together what was agreed and write it, never to be changed, under a name.

    Raises:
        StudyError: the check refuses, nothing is agreed on, or the name is taken by another dataset.
    """
    if not RATER_NAME.fullmatch(name):
        raise StudyError("bad_name", f"{name!r} cannot be a dataset's name.", "Use letters, digits, dots and hyphens.")
    found = check_study(
        study, read_scans=read_scans, min_per_stage=min_per_stage, raters=raters, ties=ties, progress=progress
    )
    refused = [finding.text for finding in found if finding.severity == "refuse"]
    if refused:
        more = f" And {len(refused) - FINDINGS_SHOWN} more." if len(refused) > FINDINGS_SHOWN else ""
        text = f"The study cannot be frozen. {' '.join(refused[:FINDINGS_SHOWN])}{more}"
        raise StudyError("study_refused", text, "sos study check says all.")
    content = _content(study, raters, ties)
    if not content["cases"]:
        raise StudyError("nothing_agreed", "There is no case with an agreed stage.", "Label some first.")
    _write(study.frozen_file(name), name, content)
    return read_dataset(study.frozen_file(name))


def _content(study: Study, raters: Sequence[str] | None, ties: Ties) -> dict[str, Any]:
    """Put together all that the manifest hash covers."""
    chosen = study.chosen_raters(raters)
    agreed, boxes = study.consensus(chosen, ties=ties), study.boxes(chosen)
    cases, left_out = [], {}
    for case in sorted(study.cases, key=lambda c: c.name):
        said = agreed.get(case.name)
        if case.excluded is not None:
            left_out[case.name] = f"excluded: {case.excluded}" if case.excluded else "excluded"
            continue
        if said is None or said.stage is None:
            left_out[case.name] = "not labelled" if said is None else said.why
            continue
        of_scan = (case.name, case.kind, case.sha256, case.patient, case.group)
        plane = study.plane_of(case.name, chosen)
        frozen = FrozenCase(*of_scan, said.stage, said.soft, said.votes, boxes.get(case.name, {}), plane)
        cases.append(frozen.to_json())
    settings = (study.scheme.id, len(study.scheme.stages), study.simulated, chosen, ties)
    return _hashed(*settings, cases, left_out)


def _hashed(
    scheme: str,
    stages: int,
    simulated: bool,
    raters: Sequence[str],
    ties: Ties,
    cases: list[dict[str, Any]],
    left_out: Mapping[str, str],
) -> dict[str, Any]:
    """What a hash is taken of, and what the file of a frozen dataset holds."""
    return {
        **{"format": DATASET_FORMAT, "scheme": scheme, "stages": stages, "simulated": simulated},
        **{"raters": list(raters), "ties": ties, "cases": cases, "left_out": dict(left_out)},
    }


def is_current(study: Study, dataset: Dataset) -> bool:
    """Whether the same raters' labels and boxes are still those that were frozen."""
    return _sha256(_content(study, dataset.raters, dataset.ties)) == dataset.manifest_sha256


def _sha256(content: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def _write(path: Path, name: str, content: Mapping[str, Any]) -> None:
    sha256 = _sha256(content)
    if path.exists():
        if read_dataset(path).manifest_sha256 == sha256:
            return
        text = f"There is another frozen dataset named {name}; it is never changed."
        raise StudyError("frozen_exists", text, "Take another name.")
    path.parent.mkdir(exist_ok=True)
    created = datetime.now(UTC).isoformat(timespec="seconds")
    write_text(path, json.dumps({"name": name, "manifest_sha256": sha256, "created": created, **content}, indent=1))


def read_dataset(path: Path) -> Dataset:
    """Read a frozen dataset.

    Raises:
        StudyError: there is none, it is damaged, of another kind, or no longer what its hash says.
    """
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        if data["format"] != DATASET_FORMAT:
            raise ValueError("another format")
        cases = tuple(FrozenCase.from_json(case) for case in data["cases"])
        settings = (data["scheme"], data["stages"], data["simulated"], tuple(data["raters"]), data["ties"])
        dataset = Dataset(data["name"], data["manifest_sha256"], *settings, cases, data["left_out"])
    except FileNotFoundError as error:
        text = f"There is no frozen dataset named {path.stem}."
        raise StudyError("no_dataset", text, "Make it: sos study freeze.") from error
    except (OSError, KeyError, TypeError, ValueError) as error:
        text = f"The frozen dataset {path.stem} is damaged or of another kind."
        raise StudyError("dataset_damaged", text, "Freeze the study again under another name.") from error
    if dataset.manifest_sha256 != _sha256({key: value for key, value in data.items() if key not in NOT_HASHED}):
        text = f"The frozen dataset {path.stem} was changed after it was frozen: its hash does not fit."
        raise StudyError("dataset_changed", text, "Freeze the study again under another name.")
    return dataset
