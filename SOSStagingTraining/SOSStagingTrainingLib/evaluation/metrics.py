"""What a staging is worth, all of it from the confusion of stages, so that one bootstrap serves every figure.

A confusion has the shape [..., stages, stages + 1]: row t - 1 for the true stage t, column g for the stage g given.
Column 0 counts the cases without an answer (a detector that found nothing): wrong for accuracy, recall and within-one,
left out of kappa and MAE, which need a stage. Counts may be fractions (means over seeds).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]

NO_ANSWER = 0


def case_confusions(truth: npt.ArrayLike, given: npt.ArrayLike, stages: int) -> FloatArray:
    """One-hot confusions [n, stages, stages + 1] of ``truth`` [n] (from 1) and ``given`` [n] (from 1, or NO_ANSWER).

    Raises ValueError for a stage outside the scheme, or lists of different lengths.
    """
    true, said = np.asarray(truth, int), np.asarray(given, int)
    if true.shape != said.shape or true.ndim != 1:
        raise ValueError(f"true and given stages must be two lists of one length, not {true.shape} and {said.shape}")
    if true.size and (true.min() < 1 or true.max() > stages or said.min() < NO_ANSWER or said.max() > stages):
        raise ValueError(f"stages must be 1 to {stages}; a given one may also be {NO_ANSWER} for no answer")
    out = np.zeros((true.size, stages, stages + 1))
    out[np.arange(true.size), true - 1, said] = 1.0
    return out


def figures(confusion: npt.ArrayLike) -> dict[str, FloatArray]:
    """Every figure of confusions [..., stages, stages + 1], by name, each [...]; ``recall_of_stage`` [..., stages].

    Precision of a stage never given is 0. Macro means take the stages that occur in the truth; weighted ones weigh by
    how often they occur, so weighted recall equals accuracy, as in scikit-learn. Undefined figures are NaN.
    """
    table = np.asarray(confusion, float)
    support, given = table.sum(-1), table[..., 1:].sum(-2)
    hits = np.diagonal(table[..., 1:], axis1=-2, axis2=-1)
    precision = _ratio(hits, given, empty=0.0)
    recall = _ratio(hits, support)
    f1 = _ratio(2 * hits, support + given, empty=0.0)
    total = support.sum(-1)
    out = {
        "accuracy": _ratio(hits.sum(-1), total),
        "within_one": _ratio((table[..., 1:] * (_distance(table) <= 1)).sum((-2, -1)), total),
        "kappa": quadratic_kappa(table),
        "mae": _ratio((table[..., 1:] * _distance(table)).sum((-2, -1)), given.sum(-1)),
        "answered": _ratio(given.sum(-1), total),
    }
    occurs = support > 0
    for name, value in (("precision", precision), ("recall", recall), ("f1", f1)):
        known = np.where(occurs, value, 0.0)
        out[f"weighted_{name}"] = _ratio((support * known).sum(-1), total)
        out[f"macro_{name}"] = _ratio(known.sum(-1), occurs.sum(-1).astype(float))
    out["recall_of_stage"] = recall
    return out


def quadratic_kappa(confusion: npt.ArrayLike) -> FloatArray:
    """Quadratically weighted kappa (Cohen 1968) of confusions [..., stages, stages + 1], over the answered cases.

    NaN where all cases lie in one stage on both sides.
    """
    table = np.asarray(confusion, float)
    square, cost = table[..., 1:], _distance(table) ** 2
    true, given = square.sum(-1), square.sum(-2)
    seen = (cost * square).sum((-2, -1)) * square.sum((-2, -1))
    by_chance = np.einsum("...i,ij,...j->...", true, cost, given)
    return np.asarray(1 - _ratio(seen, by_chance))


def given_stages(logits: npt.ArrayLike) -> npt.NDArray[np.int64]:
    """The likeliest stage (from 1) of logits or probabilities [..., stages]; NO_ANSWER where they are NaN."""
    values = np.asarray(logits, float)
    unknown = np.isnan(values).any(axis=-1)
    return np.where(unknown, NO_ANSWER, np.where(np.isnan(values), -np.inf, values).argmax(axis=-1) + 1)


def _distance(table: FloatArray) -> FloatArray:
    number = np.arange(table.shape[-2], dtype=float)
    return np.abs(number[:, None] - number[None, :])


def _ratio(above: FloatArray, below: FloatArray, empty: float = np.nan) -> FloatArray:
    """``above / below``, and ``empty`` where ``below`` is zero."""
    return np.divide(above, below, out=np.full(np.shape(below), empty), where=np.asarray(below) > 0)
