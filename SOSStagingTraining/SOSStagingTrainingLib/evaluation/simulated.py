"""The student on simulated heads it never saw: stage, location, refusals. Accuracy here is accuracy on simulated
heads only."""

from __future__ import annotations

import multiprocessing
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from SOSStagingLib.model.calibration import plausible_stages, probabilities
from SOSStagingLib.model.prediction import Prediction
from SOSStagingLib.model.predictor import Predictor
from SOSStagingLib.scan.types import Slab

from ..simulator.heads import Truth, simulate_slab


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
    with ProcessPoolExecutor(workers, mp_context=multiprocessing.get_context("spawn")) as pool:
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
    mass = float(prediction.cam.sum())
    share = float(prediction.cam[far <= 20].sum()) / mass if mass > 0 else 0.0
    return Judged(truth.seed, truth.stage, prediction.logits, prediction.presence, error, share)


def summary(judged: Sequence[Judged], calibration: dict[str, Any], bootstrap_seed: int = 0) -> dict[str, Any]:
    """Exact and within-one accuracy with 95 % bootstrap intervals, recall per stage, plausible sets, refusals,
    location, confusion; ``calibration`` is the model card's.

    What the network would refuse by itself counts among the refusals only; the quality gate takes no part.
    """
    truth = np.array([j.stage for j in judged])
    stage = np.array([int(np.argmax(j.logits)) + 1 for j in judged])
    kept = np.array([j.presence >= calibration["presence_threshold"] for j in judged])
    n_stages = len(judged[0].logits)
    exact, near = (stage == truth)[kept], (np.abs(stage - truth) <= 1)[kept]
    rng = np.random.default_rng(bootstrap_seed)
    confusion = np.zeros((n_stages, n_stages), int)
    np.add.at(confusion, (truth[kept] - 1, stage[kept] - 1), 1)
    errors = np.array([j.sos_error_mm for j in judged])[kept]
    probs = [probabilities(j.logits, calibration["temperature"]) for j in judged]
    sets = [plausible_stages(p, calibration["mass"]) for p, k in zip(probs, kept, strict=True) if k]
    held = np.array([t in s for t, s in zip(truth[kept], sets, strict=True)])
    return {
        "n": len(judged),
        "refused": float(1 - kept.mean()),
        "exact": float(exact.mean()),
        "exact_95": _interval(exact, rng),
        "within_one": float(near.mean()),
        "within_one_95": _interval(near, rng),
        "recall": [float(row[i] / max(row.sum(), 1)) for i, row in enumerate(confusion)],
        "plausible_holds_true": float(held.mean()),
        "plausible_holds_true_95": _interval(held, rng),
        "plausible_mean_size": float(np.mean([len(s) for s in sets])),
        "sos_error_mm_median": float(np.median(errors)),
        "sos_error_mm_95": float(np.percentile(errors, 95)),
        "gradcam_share_20mm_median": float(np.median([j.cam_share for j in judged])),
        "confusion": confusion.tolist(),
    }


def _interval(hits: npt.NDArray[np.bool_], rng: np.random.Generator) -> list[float]:
    means = hits[rng.integers(0, hits.size, (2000, hits.size))].mean(axis=1)
    return [round(float(v), 4) for v in np.percentile(means, [2.5, 97.5])]
