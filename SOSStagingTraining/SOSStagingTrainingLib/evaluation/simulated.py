"""The student on simulated heads it never saw: stage, location, refusals. Accuracy here is accuracy on simulated
heads only."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from SOSStagingLib.model.calibration import plausible_stages, probabilities
from SOSStagingLib.model.prediction import Prediction
from SOSStagingLib.model.predictor import Predictor
from SOSStagingLib.report.files import plain
from SOSStagingLib.scan.types import Slab

from ..processes import process_pool
from ..simulator.heads import Truth, simulate_slab
from .attention import roi_attention
from .metrics import case_confusions, figures, given_stages
from .resampling import Estimate, PatientBootstrap, estimate


@dataclass(frozen=True)
class Judged:
    """One simulated head, judged: true and raw network values, before calibration."""

    seed: int
    stage: int
    logits: npt.NDArray[np.float32]
    presence: float
    sos_error_mm: float
    cam_share: float


def judge_slabs(
    predictor: Predictor, seeds: Sequence[int], workers: int = 2, cam_peaks: list[float] | None = None
) -> Iterator[Judged]:
    """Simulate the slab of each seed (in parallel) and let the student judge it; Grad-CAM maxima go to
    ``cam_peaks``."""
    with process_pool(workers, fresh=True) as pool:
        ahead = 4 * workers
        waiting = [pool.submit(simulate_slab, seed) for seed in seeds[:ahead]]
        for n in range(len(seeds)):
            slab, truth = waiting.pop(0).result()
            if n + ahead < len(seeds):
                waiting.append(pool.submit(simulate_slab, seeds[n + ahead]))
            prediction = predictor.predict([slab])[0]
            if cam_peaks is not None:
                cam_peaks.append(float(prediction.cam.max()))
            yield judge_slab(prediction, slab, truth)


def judge_slab(prediction: Prediction, slab: Slab, truth: Truth) -> Judged:
    """Compare one answer with its truth; ``cam_share`` is the share of Grad-CAM within 20 mm of the true
    synchondrosis."""
    true = slab.geometry.to_ijk(truth.landmarks["sos"])[:2]
    spacing = slab.geometry.spacing[:2]
    error = float(np.linalg.norm((np.array(prediction.sos_px) - true) * spacing))
    n = prediction.cam.shape[0]
    cell = slab.array.shape[1] / n
    rows, cols = np.mgrid[0:n, 0:n]
    far = np.hypot((cols + 0.5) * cell - 0.5 - true[0], (rows + 0.5) * cell - 0.5 - true[1]) * spacing[0]
    share = roi_attention(prediction.cam, far <= 20).roi_mass
    return Judged(truth.seed, truth.stage, prediction.logits, prediction.presence, error, share)


def summary(judged: Sequence[Judged], calibration: dict[str, Any], bootstrap_seed: int = 0) -> dict[str, Any]:
    """Exact and within-one accuracy with 95 % bootstrap intervals, recall per stage, plausible sets, refusals,
    location, confusion; ``calibration`` is the model card's. Recall is None for a stage that does not occur.

    What the network would refuse by itself counts among the refusals only; the quality gate takes no part. ValueError
    when it refuses all.
    """
    kept = [j for j in judged if j.presence >= calibration["presence_threshold"]]
    if not kept:
        raise ValueError(f"the network refused all {len(judged)} heads, so there is no stage to judge; train it longer")
    logits, truth = np.stack([j.logits for j in kept]), np.array([j.stage for j in kept])
    cases = case_confusions(truth, given_stages(logits), logits.shape[1])
    bootstrap = PatientBootstrap([j.seed for j in kept], seed=bootstrap_seed)
    sums = bootstrap.sums(cases)
    found = {name: estimate(value) for name, value in figures(sums).items() if value.ndim == 1}
    sets = [plausible_stages(p, calibration["mass"]) for p in probabilities(logits, calibration["temperature"])]
    held = bootstrap.mean([t in s for t, s in zip(truth, sets, strict=True)])
    errors = np.array([j.sos_error_mm for j in kept])
    return {
        "n": len(judged),
        "refused": 1 - len(kept) / len(judged),
        "exact": found["accuracy"].value,
        "exact_95": _interval(found["accuracy"]),
        "within_one": found["within_one"].value,
        "within_one_95": _interval(found["within_one"]),
        "recall": plain(figures(sums[0])["recall_of_stage"]),
        "plausible_holds_true": held.value,
        "plausible_holds_true_95": _interval(held),
        "plausible_mean_size": float(np.mean([len(s) for s in sets])),
        "sos_error_mm_median": float(np.median(errors)),
        "sos_error_mm_95": float(np.percentile(errors, 95)),
        "gradcam_share_20mm_median": float(np.median([j.cam_share for j in judged])),
        "confusion": sums[0][:, 1:].astype(int).tolist(),
    }


def _interval(found: Estimate) -> list[float]:
    return [round(found.low, 4), round(found.high, 4)]
