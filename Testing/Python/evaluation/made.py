"""Predictions made up for the tests: how sure and how right a method is, is given."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from SOSStagingTrainingLib.evaluation.predictions import CasePrediction, Predictions, RunHeader

HEADER = RunHeader(
    method="student",
    fold=1,
    folds=1,
    seed=1,
    data="simulated",
    recipe="ours",
    manifest_sha256="ab" * 32,
    parameters=3_400_000,
    seconds_per_scan=0.07,
    device="cpu",
    command="sos study run",
    date="2026-11-23",
)
STAGES = 5


def answer(truth: int, right: bool, sure: float = 3.0) -> tuple[float, ...]:
    """Logits whose largest is the true stage's, or a neighbour's."""
    stage = truth if right else truth % STAGES + 1
    return tuple(sure if n + 1 == stage else 0.0 for n in range(STAGES))


def cases(right: list[bool], first: int = 0, per_patient: int = 1, **extra: float) -> tuple[CasePrediction, ...]:
    """One case for each entry, stages in turn; the label is the true stage but for every tenth case."""
    out = []
    for n, hit in enumerate(right, first):
        truth = n % STAGES + 1
        label = truth % STAGES + 1 if n % 10 == 9 else truth
        patient = f"p{n // per_patient:04d}"
        out.append(CasePrediction(f"head-{n:04d}", patient, answer(truth, hit), truth, label, **extra))
    return tuple(out)


def run(method: str, right: list[bool], fold: int = 1, folds: int = 1, seed: int = 1, first: int = 0) -> Predictions:
    """A run without a calibration part."""
    return Predictions(replace(HEADER, method=method, fold=fold, folds=folds, seed=seed), cases(right, first))


def some_right(share: float, n: int, seed: int) -> list[bool]:
    """Answers of which about ``share`` are right."""
    return [bool(hit) for hit in np.random.default_rng(seed).random(n) < share]
