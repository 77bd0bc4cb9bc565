"""How much of the gap between baseline and teacher a student closes, and whether that may be said at all."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from .resampling import Estimate, FloatArray, PatientBootstrap, estimate

SMALLEST_GAP = 3.0
"""Points. A share of a smaller gap is a share of noise."""
TEACHER_BAR = -1.5
"""Points the student may differ from the teacher where the gap says nothing."""
PIPELINE_BAR = -1.0
"""Points above which the whole interval of student minus pipeline must lie."""
POINTS = 100.0


@dataclass(frozen=True)
class GapClosed:
    """Differences of accuracy in points on the same cases, and what follows.

    ``closed`` is (student - baseline) / (teacher - baseline), None where the rule forbids it; ``why_not`` then says
    why, and ``meets_bar`` whether the student is at most 1.5 points below the teacher instead.
    """

    gap: Estimate
    gain: Estimate
    student_minus_teacher: Estimate
    closed: Estimate | None
    why_not: str | None
    meets_bar: bool | None


def gap_closed(
    baseline: npt.ArrayLike, teacher: npt.ArrayLike, student: npt.ArrayLike, bootstrap: PatientBootstrap
) -> GapClosed:
    """Judge the share of right answers of each case (0..1, mean over seeds), [cases] for each method, same order.

    Not reported where the gap's 95 % interval includes 0 or the gap is under 3 points.
    """
    sums = bootstrap.sums(np.stack([baseline, teacher, student, np.ones(len(np.asarray(baseline)))], axis=-1))
    low, high, ours = (np.round(sums[:, n] / sums[:, 3] * POINTS, 9) for n in range(3))
    gap, beside = estimate(high - low), estimate(ours - high)
    why_not = _why_not(gap)
    closed = None
    if why_not is None:
        closed = _closed(ours - low, high - low)
    meets = None if why_not is None else bool(beside.value >= TEACHER_BAR - 1e-9)
    return GapClosed(gap, estimate(ours - low), beside, closed, why_not, meets)


def _closed(gain: FloatArray, gap: FloatArray) -> Estimate:
    """The share, and its interval; draws without a gap belong to its upper end, whatever their quotient is."""
    share = np.full(gap.shape, np.inf)
    np.divide(gain, gap, out=share, where=gap > 0)
    low, high = np.percentile(share[1:], [2.5, 97.5], method="nearest")
    return Estimate(float(share[0]), float(low), float(high))


def _why_not(gap: Estimate) -> str | None:
    if gap.holds(0.0):
        return "the 95 % interval of the gap includes 0"
    if gap.value < SMALLEST_GAP - 1e-9:
        return f"the gap is under {SMALLEST_GAP:g} points"
    return None


def above_pipeline(student_minus_pipeline: Estimate) -> bool:
    """Whether the interval (points) of student minus two-stage pipeline lies wholly above -1 point."""
    return student_minus_pipeline.low > PIPELINE_BAR
