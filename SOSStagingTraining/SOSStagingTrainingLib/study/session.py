"""One rater at work: what is shown next, what was shown before, and what is written down of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from .ledger import FIRST_READING, Entry
from .roi import RoiBox
from .study import Study
from .types import StudyError, checked_rater
from .worklist import WorkItem


@dataclass(frozen=True)
class Tally:
    """How far a rater has come: readings done and all there are, second ones included."""

    done: int
    total: int


class Session:
    """A rater's way through a study. Everything is in the ledger at once; a new session goes on where one stopped.

    ``review_share`` (0..1) of the cases come a second time, without a word about it. ``current`` is the case that is
    shown, None when nothing is left.
    """

    def __init__(self, study: Study, rater: str, review_share: float = 0.0, seed: int = 1) -> None:
        self.study, self.rater = study, checked_rater(rater)
        self._share, self._seed = review_share, seed
        self._path = _been_through(study, rater)
        self._at = len(self._path)
        self.current: WorkItem | None = None

    # Where one is.

    @property
    def tally(self) -> Tally:
        """How far the rater has come."""
        used = {case.name for case in self.study.used}
        total = sum(item.case in used for item in self.order())
        return Tally(total - len(self._left()), total)

    @property
    def number(self) -> int:
        """The place of the current case in the rater's own order, from 1, by which it is called: a name may tell the
        stage. A second reading has a place of its own. 0 where no case is shown."""
        if self.current is None:
            return 0
        places = {item: n for n, item in enumerate(self.order(), 1)}
        return places.get(self.current, len(places) + 1)

    def order(self) -> list[WorkItem]:
        """The rater's whole list."""
        return self.study.order(self.rater, review_share=self._share, seed=self._seed)

    @property
    def can_go_back(self) -> bool:
        """Whether there is a case before this one."""
        return self._at > 0

    @property
    def given(self) -> Entry | None:
        """What the rater said of the current case in this reading, None where nothing yet."""
        if self.current is None:
            return None
        return self.study.labels(self.rater, self.current.reading).get(self.current.case)

    @property
    def box(self) -> RoiBox | None:
        """The rater's own box of the current case; in a second reading it is not shown."""
        if self.current is None or self.current.reading > FIRST_READING:
            return None
        drawn = self.study.rois(self.current.case, self.rater)
        return drawn[0] if drawn else None

    def upcoming(self, count: int = 2) -> list[str]:
        """The cases that follow, so that they can be read ahead."""
        return [item.case for item in self._left() if item != self.current][:count]

    # Going on.

    def go_on(self) -> WorkItem | None:
        """Show what comes next: later cases one has been at already, then the worklist."""
        if self._at + 1 < len(self._path):
            self._at += 1
            self.current = self._path[self._at]
            return self.current
        left = self._left()
        others = [item for item in left if item != self.current]
        self.current = next(iter(others or left), None)
        if self.current is not None:
            self._path = [item for item in self._path if item != self.current] + [self.current]
        self._at = len(self._path) - (self.current is not None)
        return self.current

    def back(self) -> WorkItem | None:
        """Show the case before."""
        if self.can_go_back:
            self._at -= 1
            self.current = self._path[self._at]
        return self.current

    def show(self, case: str, reading: int = FIRST_READING) -> WorkItem:
        """Show a case out of turn, to look at it or to correct it."""
        self.study.case(case)
        self.current = WorkItem(case, reading)
        self._path = [item for item in self._path if item != self.current] + [self.current]
        self._at = len(self._path) - 1
        return self.current

    # Writing down.

    def label(self, stage: int | None, box: RoiBox | None = None, note: str = "") -> Entry:
        """Write down a stage (None: cannot be judged), with the box where it is not written yet."""
        item = self._item()
        rois = [] if box is None or _same(box, self.box) else [box]
        return self.study.append_label(item.case, self.rater, stage, reading=item.reading, rois=rois, note=note)

    def draw(self, box: RoiBox) -> Entry | None:
        """Write down a box by itself, as it is drawn; None where it is the one that is written already."""
        if _same(box, self.box):
            return None
        return self.study.append_rois(self._item().case, self.rater, [box])

    def note(self, text: str) -> Entry:
        """Write down a remark."""
        return self.study.append_note(self._item().case, self.rater, text)

    def skip(self, reason: str = "") -> Entry:
        """Pass the case over; it comes again at the end."""
        item = self._item()
        return self.study.skip(item.case, self.rater, reason, reading=item.reading)

    def undo(self) -> WorkItem:
        """Take back what was written last and show its case again.

        Raises:
            StudyError: nothing is written.
        """
        gone = self.study.withdraw(self.rater)[0]
        reading = gone.reading if gone.event in ("label", "skip") else FIRST_READING
        self.current = WorkItem(gone.case, reading)
        self._path = [item for item in self._path if item != self.current] + [self.current]
        self._at = len(self._path) - 1
        return self.current

    def _item(self) -> WorkItem:
        if self.current is None:
            raise StudyError("no_case", "No case is shown.", "Go on to the next one.")
        return self.current

    def _left(self) -> list[WorkItem]:
        return self.study.worklist(self.rater, review_share=self._share, seed=self._seed)


def _been_through(study: Study, rater: str) -> list[WorkItem]:
    """What the rater has labelled or skipped, in the order of the last word about each."""
    known = {case.name for case in study.used}
    path: dict[WorkItem, None] = {}
    for entry in study.ledger(rater).standing:
        if entry.event in ("label", "skip") and entry.case in known:
            item = WorkItem(entry.case, entry.reading)
            path.pop(item, None)
            path[item] = None
    return list(path)


def _same(first: RoiBox, second: RoiBox | None) -> bool:
    if second is None:
        return False
    near: Sequence[bool] = [
        bool(abs(a - b).max() < 1e-6) for a, b in ((first.center, second.center), (first.size, second.size))
    ]
    return all(near)
