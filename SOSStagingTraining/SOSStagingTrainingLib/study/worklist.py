"""What a rater has still to label: every rater in an order of their own, some cases twice without being told."""

from __future__ import annotations

import hashlib
from collections.abc import Container, Sequence
from dataclasses import dataclass

import numpy as np

from .ledger import FIRST_READING, Ledger

SECOND_READING = FIRST_READING + 1


@dataclass(frozen=True)
class WorkItem:
    """A case to label and the reading to label it under. A second reading is to be shown like a first one."""

    case: str
    reading: int


def order(cases: Sequence[str], rater: str, review_share: float, seed: int) -> list[WorkItem]:
    """Return a rater's whole list: random, fixed by seed and rater.

    ``review_share`` (0..1) of the cases come a second time, at least half the list after the first, mixed with first
    readings as far as these reach.
    """
    stream = int.from_bytes(hashlib.sha256(rater.encode()).digest()[:8], "little")
    rng = np.random.default_rng([seed, stream])
    names = [cases[n] for n in rng.permutation(len(cases))]
    again = set(rng.permutation(len(cases))[: round(review_share * len(cases))].tolist())
    later = rng.uniform(0.5, 1.0, len(cases)) * len(cases)
    keyed = [(float(n), WorkItem(case, FIRST_READING)) for n, case in enumerate(names)]
    keyed += [(n + float(later[n]), WorkItem(names[n], SECOND_READING)) for n in sorted(again)]
    return [item for _, item in sorted(keyed, key=lambda pair: pair[0])]


def worklist(
    cases: Sequence[str], used: Container[str], ledger: Ledger, review_share: float, seed: int
) -> list[WorkItem]:
    """Return what is left of a rater's list (see ``order``) of the cases in use, skipped cases last."""
    done = {reading: ledger.labels(reading) for reading in (FIRST_READING, SECOND_READING)}
    skipped = {reading: ledger.skips(reading) for reading in (FIRST_READING, SECOND_READING)}
    items = order(cases, ledger.rater, review_share, seed)
    left = [item for item in items if item.case in used and item.case not in done[item.reading]]
    return sorted(left, key=lambda item: item.case in skipped[item.reading])
