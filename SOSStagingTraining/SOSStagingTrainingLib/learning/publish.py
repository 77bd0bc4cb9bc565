"""From a trained student to a .sosmodel: calibration on simulated heads kept for that, a test on others, the card."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from safetensors.torch import save as save_safetensors
from SOSStagingLib.model.calibration import fit_mass, fit_temperature, probabilities
from SOSStagingLib.model.predictor import Predictor
from SOSStagingLib.model.sosmodel import write_model
from SOSStagingLib.model.student import Student

from ..evaluation.simulated import Judged, judge_slabs, summary

CALIBRATION_SEEDS = 1_000_000
TEST_SEEDS = 2_000_000
COVERAGE = 0.9
REFUSED_SHARE = 0.005
"""Share of calibration heads with the synchondrosis in view that the presence threshold may refuse."""
PRESENCE_MARGIN = 0.25
"""A few hundred heads say little about so rare a thing: the threshold is that much of what they give."""

Note = Callable[[str], None]


def weights_bytes(student: Student) -> bytes:
    """safetensors bytes, floating tensors stored in half precision."""
    tensors = {k: (v.half() if v.is_floating_point() else v).contiguous() for k, v in student.state_dict().items()}
    return save_safetensors(tensors)


def base_card(student: Student, backbone: str, name: str, version: str, run: dict[str, Any]) -> dict[str, Any]:
    """The card before calibration: what it is, what it was trained on, what it is for."""
    return {
        "name": name,
        "version": version,
        "created": datetime.date.today().isoformat(),
        "architecture": {**student.architecture, "backbone": backbone},
        "scheme": "bassed-5",
        "preprocessing": {
            "slab": "640x640 at 0.4 mm, 3 planes 1.5 mm apart",
            "normalisation": "2nd to 98th percentile",
        },
        "calibration": {"temperature": 1.0, "coverage": COVERAGE, "mass": COVERAGE, "presence_threshold": 0.5},
        "gradcam_full_scale": 1.0,
        "trained_on": "simulated",
        "intended_use": _intended_use(run.get("surroundings", [])),
        "licence": "Apache-2.0",
        "training": run,
    }


def _intended_use(surroundings: list[str]) -> str:
    seen = f" and on drawn plates in the real surroundings of {', '.join(surroundings)}" if surroundings else " only"
    judged = " What it says of those heads shows nothing." if surroundings else ""
    return f"Demonstration. Trained on simulated heads{seen}; never tested on real scans with known stages.{judged}"


def calibrated_card(card: dict[str, Any], judged: list[Judged], cam_peaks: list[float]) -> dict[str, Any]:
    """The card with temperature, conformal mass, presence threshold and Grad-CAM scale fitted on ``judged``."""
    logits, stages = np.stack([j.logits for j in judged]), np.array([j.stage for j in judged])
    temperature = fit_temperature(logits, stages)
    mass = fit_mass(probabilities(logits, temperature), stages, COVERAGE)
    rare = float(np.quantile([j.presence for j in judged], REFUSED_SHARE))
    presence = float(np.clip(PRESENCE_MARGIN * rare, 0.05, 0.5))
    calibration = {
        "temperature": temperature,
        "coverage": COVERAGE,
        "mass": mass,
        "presence_threshold": presence,
        "measured_on": f"{len(judged)} simulated heads",
    }
    return {**card, "calibration": calibration, "gradcam_full_scale": float(np.percentile(cam_peaks, 90))}


@contextmanager
def drafted(path: Path) -> Iterator[Path]:
    """A file to write the model into while it is made; it takes ``path``'s place at the end, and goes if that fails."""
    draft = path.with_name(f".{path.name}.draft")
    try:
        yield draft
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


def publish(
    student: Student,
    backbone: str,
    path: Path,
    run: dict[str, Any],
    heads: tuple[int, int],
    note: Note = lambda text: None,
) -> dict[str, Any]:
    """Calibrate on ``heads[0]`` and test on ``heads[1]`` simulated heads, write ``path``; returns the card."""
    with drafted(path) as draft:
        return _published(student, base_card(student, backbone, path.stem, "0.1.0", run), draft, heads, note)


def _published(
    student: Student, card: dict[str, Any], path: Path, heads: tuple[int, int], note: Note
) -> dict[str, Any]:
    blob = weights_bytes(student)
    write_model(path, blob, card)
    predictor = Predictor.load(path, "cpu")
    note(f"calibrating on {heads[0]} simulated heads")
    peaks: list[float] = []
    judged = list(judge_slabs(predictor, range(CALIBRATION_SEEDS, CALIBRATION_SEEDS + heads[0]), cam_peaks=peaks))
    card = calibrated_card(card, judged, peaks)
    write_model(path, blob, card)
    note(f"testing on {heads[1]} other simulated heads")
    tested = list(judge_slabs(predictor, range(TEST_SEEDS, TEST_SEEDS + heads[1])))
    measured = summary(tested, card["calibration"])
    card["metrics"] = {
        "simulated": {
            **measured,
            "what": "simulated heads never used in training; slabs cut with the plane finder's kind of error",
            "seeds": [TEST_SEEDS, TEST_SEEDS + heads[1] - 1],
        }
    }
    return write_model(path, blob, card)
