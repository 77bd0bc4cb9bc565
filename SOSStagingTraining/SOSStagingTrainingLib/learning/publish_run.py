"""From a finished job of a run to a .sosmodel: calibrated on the fold's calibration part, measured on its held-out
cases, both through the very predictor that SOSStaging uses."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from SOSStagingLib.model.prediction import Prediction
from SOSStagingLib.model.predictor import Predictor
from SOSStagingLib.model.sosmodel import write_model
from SOSStagingLib.model.student import Student
from SOSStagingLib.scan.types import SLAB_SPACING_MM
from torch import nn

from ..evaluation.attention import roi_attention
from ..evaluation.calibration import FEWEST
from ..evaluation.comparison import Roles, compare
from ..evaluation.predictions import Predictions
from ..evaluation.simulated import Judged, summary
from ..study.dataset import FrozenCase
from ..study.images import CaseSlab
from .publish import base_card, calibrated_card, drafted, weights_bytes
from .settings import RecipeError
from .work import Assignment

ATTENTION_MM = 20.0
VERSION = "0.2.0"
NO_LICENCE = "not stated"
AGPL_DETECTOR = "yolo"

Note = Callable[[str], None]


def student_of(network: nn.Module, method: str) -> Student:
    """The student inside a trained network; RecipeError where there is none that SOSStaging could open."""
    student = getattr(network, "student", network)
    if not isinstance(student, Student):
        text = f"What the method {method} trains is not a student that SOSStaging can open."
        raise RecipeError("no_student", text, "Publish the method ours, or one based on it.")
    return student


def publish_job(
    assignment: Assignment,
    network: nn.Module,
    path: Path,
    answers: Sequence[Predictions],
    note: Note,
    licence: str = "",
) -> dict[str, Any]:
    """Calibrate, measure and write the model; returns its card.

    ``answers`` are the run's predictions: the table of all methods goes onto the card. ``licence`` is what whoever
    trained it gives it away under; empty: not stated.
    """
    student = student_of(network, assignment.job.method).cpu()
    if not assignment.parts.calibration:
        text = "The run keeps no cases for calibration, and a model is not published without."
        raise RecipeError("no_calibration", text, "Train it with study.calibration above 0.")
    # What lies at the path stays until the new model is whole.
    with drafted(path) as draft:
        card = {**_card(assignment, student, path.stem), "licence": licence or NO_LICENCE}
        if any(other.method.startswith(AGPL_DETECTOR) for other in map(assignment.other, assignment.job.before)):
            note("its mask came from YOLO: Ultralytics holds that models trained so fall under AGPL-3.0")
        return _published(assignment, student, card, draft, answers, note)


def _published(
    assignment: Assignment,
    student: Student,
    card: dict[str, Any],
    path: Path,
    answers: Sequence[Predictions],
    note: Note,
) -> dict[str, Any]:
    blob = weights_bytes(student)
    write_model(path, blob, card)
    predictor = Predictor.load(path, "cpu")
    parts, peaks = assignment.parts, list[float]()
    note(f"calibrating on {len(parts.calibration)} cases")
    card = calibrated_card(card, list(_judged(assignment, predictor, parts.calibration, peaks)), peaks)
    kind = "simulated" if assignment.dataset.simulated else "real"
    card["calibration"]["measured_on"] = f"{len(parts.calibration)} {kind} cases of the study"
    if len(parts.calibration) < FEWEST:
        # So few cases promise no coverage, and would only make probabilities look sure.
        card["calibration"] |= {"mass": 1.0, "temperature": 1.0}
        note(f"with fewer than {FEWEST} calibration cases nothing is calibrated: all stages stay plausible")
    write_model(path, blob, card)
    note(f"measuring on {len(parts.held_out)} held-out cases")
    predictor = Predictor.load(path, "cpu")
    measured = summary(list(_judged(assignment, predictor, parts.held_out, [])), card["calibration"])
    what = f"{kind} cases of fold {assignment.job.fold}, never used in training; stages are the {_whose(assignment)}"
    card["metrics"] = {kind: {**measured, "what": what}, "compared": compared(answers)}
    return write_model(path, blob, card)


def _whose(assignment: Assignment) -> str:
    return "true ones" if assignment.dataset.simulated else "raters' majority"


def _card(assignment: Assignment, student: Student, name: str) -> dict[str, Any]:
    job, dataset, settings = assignment.job, assignment.dataset, assignment.settings
    kind = "simulated" if dataset.simulated else "real"
    run = {
        **{"recipe": assignment.recipe.name, "method": job.method, "fold": job.fold, "seed": job.seed},
        **{"folds": assignment.recipe.study.folds, "manifest_sha256": dataset.manifest_sha256},
        **{"cases": len(assignment.parts.training), "raters": list(dataset.raters), "start": settings.network.start},
        **{"backbone": settings.network.backbone, "width": settings.network.width, "epochs": settings.train.epochs},
    }
    card = base_card(student, settings.network.backbone, name, VERSION, run)
    seen = "simulated heads" if dataset.simulated else "real scans"
    tested = "; never tested on real scans with known stages" if dataset.simulated else ""
    use = f"Demonstration. Trained on {len(assignment.parts.training)} {seen} of one study{tested}."
    return {**card, "scheme": dataset.scheme, "trained_on": kind, "intended_use": use}


def _judged(assignment: Assignment, predictor: Predictor, names: Sequence[str], peaks: list[float]) -> Iterator[Judged]:
    """Let the model judge cases' slabs as a user's scan; Grad-CAM maxima go to ``peaks``."""
    patients = {p: n for n, p in enumerate(sorted({case.patient for case in assignment.dataset.cases}))}
    for name in names:
        case = assignment.dataset.case(name)
        cut = assignment.study.slab(name, case.plane)
        said = predictor.predict([cut.slab])[0]
        peaks.append(float(said.cam.max()))
        true = assignment.study.case(name).more.get("stage") if assignment.dataset.simulated else None
        error, share = _looks_at(said, case, cut)
        yield Judged(patients[case.patient], true or case.stage, said.logits, said.presence, error, share)


def _looks_at(said: Prediction, case: FrozenCase, cut: CaseSlab) -> tuple[float, float]:
    """Distance in mm of the place found from the middle of the experts' box, and the share of Grad-CAM near that; NaN
    where there is no box."""
    box = case.pixel_bounds(cut.grid)
    if box is None:
        return math.nan, math.nan
    middle = (box[:2] + box[2:]) / 2
    error = float(np.linalg.norm(np.array(said.sos_px) - middle)) * SLAB_SPACING_MM
    cells = said.cam.shape[0]
    size = cut.slab.array.shape[1] / cells
    rows, columns = np.mgrid[0:cells, 0:cells]
    far = np.hypot((columns + 0.5) * size - 0.5 - middle[0], (rows + 0.5) * size - 0.5 - middle[1]) * SLAB_SPACING_MM
    return error, roi_attention(said.cam, far <= ATTENTION_MM).roi_mass


def compared(answers: Sequence[Predictions]) -> dict[str, Any]:
    """The run's table in short: each method's n, accuracy and weighted kappa with 95 % intervals."""
    table = compare(list(answers), Roles())
    return {row["method"]: _in_short(row, table["targets"][0]) for row in table["methods"]}


def _in_short(row: Mapping[str, Any], target: str) -> dict[str, Any]:
    found = row["against"][target]
    figures = {name: [found[name][part] for part in ("value", "low", "high")] for name in ("accuracy", "kappa")}
    return {"n": row["n"], "folds": row["files"], "against": target, **figures}
