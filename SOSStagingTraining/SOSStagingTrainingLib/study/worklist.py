"""What a rater has still to label: every rater in an order of their own, some cases twice without being told."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from .ledger import FIRST_READING, Ledger

SECOND_READING = FIRST_READING + 1


@dataclass(frozen=True)
class WorkItem:
    """A case to label and the reading to label it under. A second reading is to be shown like a first one."""

    case: str
    reading: int


def worklist(cases: Sequence[str], ledger: Ledger, review_share: float, seed: int) -> list[WorkItem]:
    """Return what is left of a rater's list, skipped cases last.

    The order is random, fixed by seed and rater. ``review_share`` (0..1) of the cases come a second time, at least half
    the list after the first, mixed with first readings as far as these reach.
    """
    stream = int.from_bytes(hashlib.sha256(ledger.rater.encode()).digest()[:8], "little")
    rng = np.random.default_rng([seed, stream])
    order = [cases[n] for n in rng.permutation(len(cases))]
    again = set(rng.permutation(len(cases))[: round(review_share * len(cases))].tolist())
    later = rng.uniform(0.5, 1.0, len(cases)) * len(cases)
    keyed = [(float(n), WorkItem(case, FIRST_READING)) for n, case in enumerate(order)]
    keyed += [(n + float(later[n]), WorkItem(order[n], SECOND_READING)) for n in sorted(again)]
    items = [item for _, item in sorted(keyed, key=lambda pair: pair[0])]
    done = {reading: ledger.labels(reading) for reading in (FIRST_READING, SECOND_READING)}
    skipped = {reading: ledger.skips(reading) for reading in (FIRST_READING, SECOND_READING)}
    left = [item for item in items if item.case not in done[item.reading]]
    return sorted(left, key=lambda item: item.case in skipped[item.reading])
