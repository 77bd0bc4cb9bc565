"""Calibration before and after temperature scaling, and conformal sets, measured on cases they never saw.

Temperature and conformal mass come from a predictions file's own calibration part and are applied to its held-out
cases. No function here fits on loose logits: whoever wants to fit on held-out cases cannot.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt
from SOSStagingLib.model.calibration import fit_mass, fit_temperature, plausible_stages, probabilities

from .predictions import Predictions, Target, logits_of, stages_of
from .resampling import PatientBootstrap
from .runs import MethodRuns

FloatArray = npt.NDArray[np.float64]

COVERAGE = 0.9
BINS = 10
BINNING = f"{BINS} equally wide bins of the likeliest stage's probability"
CHANCE_DRAWS = 400
TINY = 1e-12
FEWEST = math.ceil(COVERAGE / (1 - COVERAGE) - 1e-9)
"""With fewer calibration cases no conformal set can promise the coverage: ceil((n + 1) c) would exceed n."""


@dataclass(frozen=True)
class FoldCalibration:
    """Temperature and conformal mass of one fold, and how many cases of its calibration part they were fitted on."""

    temperature: float
    mass: float
    cases: int

    def sets(self, logits: FloatArray) -> list[tuple[int, ...]]:
        """Plausible stages (from 1) for logits [n, stages]."""
        return [plausible_stages(row, self.mass) for row in probabilities(logits, self.temperature)]


def fit_fold(part: Predictions) -> FoldCalibration | None:
    """Fit on the calibration part of ``part``, against its labels (what a study has; the true stage without labels).

    None where that part has fewer than FEWEST answered cases.
    """
    logits = logits_of(part.calibration, part.stages)
    answered = ~np.isnan(logits).any(axis=1)
    if answered.sum() < FEWEST:
        return None
    target: Target = "label" if part.calibration[0].label_stage is not None else "true"
    stages = stages_of(part.calibration, target)[answered]
    temperature = fit_temperature(logits[answered], stages)
    mass = fit_mass(probabilities(logits[answered], temperature), stages, COVERAGE)
    return FoldCalibration(temperature, mass, int(answered.sum()))


def calibration_error(probs: npt.ArrayLike, stages: npt.ArrayLike, bins: int = BINS) -> float:
    """Expected calibration error (Naeini 2015, Guo 2017) of probabilities [n, stages] for ``stages`` [n] from 1.

    Mean over equally wide bins of the likeliest stage's probability, weighted by their cases, of the distance between
    mean probability and share right. NaN without cases.
    """
    p, truth = np.asarray(probs, float), np.asarray(stages, int)
    if not truth.size:
        return float("nan")
    confidence, right = p.max(axis=1), p.argmax(axis=1) + 1 == truth
    place = np.clip(np.ceil(confidence * bins).astype(int) - 1, 0, bins - 1)  # bins open on the left: (0.8, 0.9]
    surplus = np.bincount(place, confidence - right, minlength=bins)
    return float(np.abs(surplus).sum() / truth.size)


def error_by_chance(probs: npt.ArrayLike, bins: int = BINS, seed: int = 0) -> float:
    """The calibration error that probabilities [n, stages] have on average where they are exactly right: with few cases
    it is not 0. NaN without cases."""
    p, rng = np.asarray(probs, float), np.random.default_rng(seed)
    if not p.shape[0]:
        return float("nan")
    top, other = p.argmax(axis=1) + 1, np.zeros(p.shape[0], int)  # stage 0: not the likeliest one
    hits = rng.random((CHANCE_DRAWS, p.shape[0])) < p.max(axis=1)
    return float(np.mean([calibration_error(p, np.where(hit, top, other), bins) for hit in hits]))


def calibration_figures(runs: MethodRuns, targets: Sequence[Target], boot: PatientBootstrap) -> dict[str, Any]:
    """Calibration error and log loss before and after, and coverage and size of the sets, each file's cases by its own
    calibration.

    ``boot`` draws the patients of ``runs.cases``. Where a file has no calibration part only ``files_without`` is there:
    figures of some of the folds would pass for those of all. Cases without an answer are left out.
    """
    fitted = [fit_fold(part) for part in runs.parts]
    folds = [fold for fold in fitted if fold is not None]
    if len(folds) < len(fitted):
        return {"files_without": len(fitted) - len(folds)}
    answered = runs.given > 0
    logits = np.where(answered[:, None], runs.logits, 0.0)
    lengths = [len(part.cases) for part in runs.parts]
    chunks = np.split(logits, np.cumsum(lengths)[:-1])
    sets = [stages for fold, chunk in zip(folds, chunks, strict=True) for stages in fold.sets(chunk)]
    warm = np.repeat([fold.temperature for fold in folds], lengths)[:, None]
    size = np.where(answered, [len(stages) for stages in sets], np.nan)
    scaled = {"before": probabilities(logits, 1.0), "after": probabilities(logits / warm, 1.0)}
    out: dict[str, Any] = {
        "files_without": 0,
        "cases_of_file": [fold.cases for fold in folds],
        "temperature_of_file": [round(fold.temperature, 4) for fold in folds],
        "answered": int(answered.sum()),
        "set_size": boot.mean(runs.case_means(size)).to_json(),
        "error_by_chance": _mean_of_files(runs, lambda rows: error_by_chance(scaled["after"][rows])),
        "against": {},
    }
    for target in targets:
        truth = stages_of(runs.rows, target)
        held = np.where(answered, [t in stages for t, stages in zip(truth, sets, strict=True)], np.nan)
        found: dict[str, Any] = {"coverage": boot.mean(runs.case_means(held)).to_json()}
        for when, probs in scaled.items():
            found[f"error_{when}"] = _mean_of_files(runs, partial(_error, probs, truth))
            loss = np.where(answered, -np.log(probs[np.arange(truth.size), truth - 1] + TINY), np.nan)
            found[f"log_loss_{when}"] = boot.mean(runs.case_means(loss)).to_json()
        out["against"][target] = found
    return out


def _error(probs: FloatArray, truth: npt.NDArray[np.int64], rows: npt.NDArray[np.bool_]) -> float:
    return calibration_error(probs[rows], truth[rows])


def _mean_of_files(runs: MethodRuns, figure: Callable[[npt.NDArray[np.bool_]], float]) -> float:
    """Mean over files of a figure of each one's answered rows. Each is another network with a temperature of its own:
    pooled, their errors would cancel."""
    of_file = np.repeat(np.arange(len(runs.parts)), [len(part.cases) for part in runs.parts])
    chosen = [(runs.given > 0) & (of_file == n) for n in range(len(runs.parts))]
    return float(np.nanmean([figure(rows) for rows in chosen]))
