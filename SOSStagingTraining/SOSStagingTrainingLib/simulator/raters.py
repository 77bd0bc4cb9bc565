"""Labels as raters would give them: the true stage, or by mistake a neighbouring one.

How often a rater slips is solved for, so that the expected agreement with the truth is the weighted kappa asked for.
That slips go to neighbours, as often up as down, and equally from every stage, is our assumption.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
from scipy.optimize import brentq
from SOSStagingLib.model.scheme import DEFAULT_SCHEME
from SOSStagingLib.report.files import write_text

from ..study.agreement import weighted_kappa
from ..study.ledger import Entry
from .as_study import append_new

FloatArray = npt.NDArray[np.float64]
LABELS_FILE = "labels.csv"
RATER_STREAM = 20_000_021
STAGES = 5
MOST_SLIPS = 8


class RaterError(ValueError):
    """These raters cannot be made; the message says why in plain words."""


def draw_labels(true_stages: Sequence[int], kappa: float, seed: int, rater: int, stages: int = STAGES) -> list[int]:
    """Draw one rater's labels, in the order of ``true_stages`` (1 to ``stages``).

    Args:
        true_stages: one for each case.
        kappa: expected quadratically weighted kappa against the truth, above 0 and at most 1. In a small sample the
            kappa found scatters about it.
        seed: together with ``rater`` fixes the labels; raters slip independently of one another.

    Raises:
        RaterError: no kappa can be defined for these stages, or this one cannot be reached.
    """
    given = confusion(true_stages, kappa, stages).cumsum(axis=1)
    chance = np.random.default_rng([RATER_STREAM, seed, rater]).random(len(true_stages))
    return [
        int(np.searchsorted(given[t - 1, :-1], c, side="right")) + 1 for t, c in zip(true_stages, chance, strict=True)
    ]


def confusion(true_stages: Sequence[int], kappa: float, stages: int = STAGES) -> FloatArray:
    """Return P(label | true stage), [stages, stages], that gives ``kappa`` against ``true_stages``.

    A rater slips to a neighbouring stage with one probability. Only where even slipping every time leaves too good a
    kappa (below about 0.75 for equally common stages) the label may slip again from there, as few times as needed.
    """
    if not 0 < kappa <= 1:
        raise RaterError(f"the kappa of a rater must lie above 0 and be at most 1, not {kappa:g}")
    share = np.bincount(np.asarray(true_stages) - 1, minlength=stages) / len(true_stages)
    for times in range(1, MOST_SLIPS + 1):
        if expected_kappa(share, _slips(1.0, times, stages)) <= kappa:
            chance = brentq(lambda p, n=times: expected_kappa(share, _slips(p, n, stages)) - kappa, 0.0, 1.0)
            return _slips(float(chance), times, stages)
    raise RaterError(f"a kappa of {kappa:g} is too low for raters who slip to neighbouring stages; take 0.3 or more")


def expected_kappa(share: npt.ArrayLike, given: FloatArray) -> float:
    """Quadratically weighted kappa (Cohen 1968) of labels drawn from ``given`` [true, label] against the truth, whose
    stages have the shares ``share``."""
    kappa = weighted_kappa(np.asarray(share, float)[:, None] * given)
    if kappa is None:
        raise RaterError("raters need cases of at least two different true stages, or no kappa is defined")
    return kappa


def _slips(chance: float, times: int, stages: int) -> FloatArray:
    """P(label | true stage) after ``times`` chances to slip to a neighbour; the end stages have only one."""
    one = np.eye(stages) * (1 - chance)
    for n in range(stages):
        neighbours = [m for m in (n - 1, n + 1) if 0 <= m < stages]
        one[n, neighbours] = chance / len(neighbours)
    return np.asarray(np.linalg.matrix_power(one, times))


def write_labels(
    folder: Path, cases: Sequence[str], true_stages: Sequence[int], raters: int, kappa: float, seed: int
) -> None:
    """Draw the labels of raters 1 to ``raters``, each with this expected ``kappa``, into the study's ledgers, and the
    same as a table, labels.csv (case, rater, scheme, stage), for a spreadsheet."""
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\n")
    table.writerow(("case", "rater", "scheme", "stage"))
    for rater in range(1, raters + 1):
        labels = draw_labels(true_stages, kappa, seed, rater)
        name = f"rater-{rater}"
        given = list(zip(cases, labels, strict=True))
        table.writerows((case, name, DEFAULT_SCHEME, stage) for case, stage in given)
        entries = [Entry("", "label", case, name, scheme=DEFAULT_SCHEME, stage=stage) for case, stage in given]
        append_new(folder, name, [entry.derived() for entry in entries])
    write_text(folder / LABELS_FILE, text.getvalue())
