"""From logits to calibrated probabilities and the set of plausible stages. numpy only."""

from __future__ import annotations

from bisect import bisect_left

import numpy as np
import numpy.typing as npt

COLDEST, WARMEST = 0.25, 32.0
TEMPERATURE_SPREAD = 0.5


def probabilities(logits: npt.ArrayLike, temperature: float) -> npt.NDArray[np.float64]:
    """Softmax of logits [..., stages] at ``temperature`` (Guo et al. 2017, arXiv 1706.04599)."""
    scaled = np.asarray(logits, float) / temperature
    scaled = np.exp(scaled - scaled.max(axis=-1, keepdims=True))
    return np.asarray(scaled / scaled.sum(axis=-1, keepdims=True))


def plausible_stages(probs: npt.ArrayLike, mass: float, *, widen: bool = False) -> tuple[int, ...]:
    """The smallest run of neighbouring stages around the likeliest whose probabilities reach ``mass``; stages from 1.

    ``mass`` is chosen on calibration data so that the set holds the true stage at the stated coverage (split conformal
    with contiguous sets, as suits ordinal stages); with 1 all stages are plausible. ``widen`` adds the neighbour on
    each side: a warning about the scan.
    """
    p = np.asarray(probs, float)
    if mass >= 1:
        # No coverage is known. Added up, probabilities may round to 1 before all of them are in.
        return tuple(range(1, p.size + 1))
    low = high = int(p.argmax())
    total = p[low]
    while total < mass and high - low + 1 < p.size:
        left = p[low - 1] if low > 0 else -1.0
        right = p[high + 1] if high + 1 < p.size else -1.0
        if left >= right:
            low -= 1
            total += left
        else:
            high += 1
            total += right
    if widen:
        low, high = max(low - 1, 0), min(high + 1, p.size - 1)
    return tuple(range(low + 1, high + 2))


def fit_temperature(logits: npt.ArrayLike, stages: npt.ArrayLike) -> float:
    """Temperature in 0.25..32 that makes ``stages`` (from 1) likeliest, held near 1 where few cases speak for another.

    Its logarithm is taken to be normal beforehand with the standard deviation `TEMPERATURE_SPREAD`: of a dozen cases
    that happen to be all right the likeliest temperature alone is the coldest there is. Hundreds of cases outweigh it.
    """
    z, y = np.asarray(logits, float), np.asarray(stages, int) - 1
    low, high = COLDEST, WARMEST
    for points in (169, 65):  # the second search, between the neighbours of the first one's best, to a thousandth
        grid = np.geomspace(low, high, points)
        loss = [-np.log(probabilities(z, t)[np.arange(y.size), y] + 1e-12).sum() for t in grid]
        best = int(np.argmin(loss + np.log(grid) ** 2 / (2 * TEMPERATURE_SPREAD**2)))
        low, high = grid[max(best - 1, 0)], grid[min(best + 1, points - 1)]
    return float(grid[best])


def fit_mass(probs: npt.ArrayLike, stages: npt.ArrayLike, coverage: float) -> float:
    """Smallest ``mass`` for which plausible sets hold the true stage in ``coverage`` of the calibration cases.

    Finite-sample rank ceil((n + 1) coverage) as in split conformal prediction.
    """
    p, y = np.asarray(probs, float), np.asarray(stages, int)
    grid = np.linspace(0.3, 0.9999, 281)
    need = min(1.0, np.ceil((y.size + 1) * coverage) / y.size)

    def held(mass: float) -> float:
        return float(np.mean([stage in plausible_stages(row, mass) for row, stage in zip(p, y, strict=True)]))

    # A larger mass only adds stages, so what the sets hold never falls along the grid.
    return float(grid[min(bisect_left(grid, need, key=held), grid.size - 1)])
