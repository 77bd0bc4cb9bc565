"""The study a program works with: open or make one, add cases, label, compare, check, freeze, fold, export."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from SOSStagingLib.report.files import write_text
from SOSStagingLib.staging.protocol import ProgressCallback

from . import check as checking
from . import dataset as freezing
from . import export as exporting
from . import slicer_folder
from .agreement import Agreement, Consensus, Labels, Ties, agreement, consensus
from .dataset import Dataset, read_dataset
from .folds import Folds, split, units
from .ledger import FIRST_READING, Entry
from .records import StudyRecords
from .roi import RoiBox
from .store import FOLD_FOLDER, FROZEN_FOLDER
from .types import TRUTH, StudyError, StudyFinding
from .worklist import WorkItem, order, worklist


class Study(StudyRecords):
    """A study: its records (see ``StudyRecords``), and what follows from them."""

    def worklist(self, rater: str, *, review_share: float = 0.0, seed: int = 1) -> list[WorkItem]:
        """Return what a rater has still to label, in an order of their own; a share of it for a second reading."""
        names, used = [case.name for case in self.cases], {case.name for case in self.used}
        return worklist(names, used, self.ledger(rater), review_share, seed)

    def order(self, rater: str, *, review_share: float = 0.0, seed: int = 1) -> list[WorkItem]:
        """Return a rater's whole list, what is labelled already with what is not, and excluded cases too: a case's
        place in it names the case without telling anything about it, and stays its own."""
        return order([case.name for case in self.cases], rater, review_share, seed)

    # What raters agree on.

    def chosen_raters(self, raters: Sequence[str] | None = None) -> tuple[str, ...]:
        """Return the raters whose labels count: those named, or all; the truth only where nobody else labelled."""
        if raters is None:
            return tuple(r for r in self.raters if r != TRUTH) or self.raters
        unknown = [rater for rater in raters if rater not in self.raters]
        if unknown:
            known = ", ".join(self.raters) or "nobody yet"
            raise StudyError("unknown_rater", f"{', '.join(unknown)} labelled nothing here.", f"Who did: {known}.")
        return tuple(dict.fromkeys(raters))

    def stages(self, rater: str, reading: int = FIRST_READING) -> dict[str, int | None]:
        """Return a rater's stages by case in use, of the study's scheme only; None where it cannot be judged."""
        known, top = {case.name for case in self.used}, len(self.scheme.stages)
        usable = {
            name: entry.stage
            for name, entry in self.labels(rater, reading).items()
            if name in known and entry.scheme == self.scheme.id
        }
        return {name: stage for name, stage in usable.items() if stage is None or 1 <= stage <= top}

    def consensus(self, raters: Sequence[str] | None = None, *, ties: Ties = "leave out") -> dict[str, Consensus]:
        """Return majority and soft label of each case that any of these raters labelled, from their first readings."""
        given = {rater: self.stages(rater) for rater in self.chosen_raters(raters)}
        votes = {case.name: {r: s[case.name] for r, s in given.items() if case.name in s} for case in self.used}
        top = len(self.scheme.stages)
        return {name: consensus(said, top, ties) for name, said in votes.items() if said}

    def boxes(self, raters: Sequence[str] | None = None) -> dict[str, dict[str, tuple[RoiBox, ...]]]:
        """Return each case's boxes by rater. Where none of these raters drew any box in the study, the truth's."""
        entries = self.box_entries(raters).items()
        return {name: {rater: self.boxes_of(entry) for rater, entry in drawn.items()} for name, drawn in entries}

    def box_entries(self, raters: Sequence[str] | None = None) -> dict[str, dict[str, Entry]]:
        """Return the entries behind ``boxes``, their files unread."""
        chosen = [r for r in self.chosen_raters(raters) if self.ledger(r).rois()] or [TRUTH]
        known = {case.name for case in self.used}
        found: dict[str, dict[str, Entry]] = {}
        for rater in chosen:
            for name, entry in self.ledger(rater).rois().items():
                if name in known:
                    found.setdefault(name, {})[rater] = entry
        return found

    def agreement(self, raters: Sequence[str] | None = None, *, seed: int = 1) -> list[Agreement]:
        """Compare each pair of raters, then each rater with the truth if there is one, then readings of one rater."""
        chosen = [r for r in (self.raters if raters is None else self.chosen_raters(raters)) if r != TRUTH]
        others = [*chosen, *([TRUTH] if TRUTH in self.raters else [])]
        pairs: list[tuple[str, Labels, str, Labels]] = []
        for n, first in enumerate(chosen):
            pairs += [(first, self.stages(first), second, self.stages(second)) for second in others[n + 1 :]]
        for rater in chosen:
            again = self.stages(rater, FIRST_READING + 1)
            if again:
                pairs.append((rater, self.stages(rater), f"{rater}, second reading", again))
        unit_of, top = units(self.cases), len(self.scheme.stages)
        return [agreement((a, b), first, second, top, unit_of, seed) for a, first, b, second in pairs]

    # Checking, freezing, folding.

    def check(
        self,
        *,
        read_scans: bool = False,
        min_per_stage: int = checking.MIN_PER_STAGE,
        raters: Sequence[str] | None = None,
        ties: Ties = "leave out",
        progress: ProgressCallback | None = None,
    ) -> list[StudyFinding]:
        """Return what is wrong, the worst first; see ``check.check_study``."""
        return checking.check_study(
            self, read_scans=read_scans, min_per_stage=min_per_stage, raters=raters, ties=ties, progress=progress
        )

    def freeze(
        self,
        name: str,
        *,
        raters: Sequence[str] | None = None,
        ties: Ties = "leave out",
        min_per_stage: int = checking.MIN_PER_STAGE,
        read_scans: bool = True,
        progress: ProgressCallback | None = None,
    ) -> Dataset:
        """Check the study and write what was agreed under one hash, never to be changed; see ``dataset.freeze``."""
        return freezing.freeze(
            self, name, raters=raters, ties=ties, min_per_stage=min_per_stage, read_scans=read_scans, progress=progress
        )

    @property
    def datasets(self) -> tuple[str, ...]:
        """The names of the frozen datasets."""
        return tuple(sorted(path.stem for path in (self.folder / FROZEN_FOLDER).glob("*.json")))

    def frozen_file(self, name: str) -> Path:
        """Return where a frozen dataset is kept."""
        return self.folder / FROZEN_FOLDER / f"{name}.json"

    def dataset(self, name: str) -> Dataset:
        """Return a frozen dataset, checked against its hash."""
        return read_dataset(self.frozen_file(name))

    def folds(self, dataset: Dataset, k: int = 5, seed: int = 1) -> Folds:
        """Split a dataset by patient, stratified by stage, and keep the folds; the same for the same seed."""
        stage_of = {case.name: case.stage for case in dataset.cases}
        fold_of = split(stage_of, units(dataset.cases), dataset.stages, k, seed)
        found = Folds(dataset.manifest_sha256, k, seed, fold_of)
        path = self.folder / FOLD_FOLDER / f"{dataset.name}-{k}-{seed}.json"
        text = json.dumps(found.to_json(), indent=1)
        # A study on a share that may only be read can be trained from where its folds are there.
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.parent.mkdir(exist_ok=True)
            write_text(path, text)
        return found

    def check_folds(self, dataset: Dataset, folds: Folds) -> list[StudyFinding]:
        """Return what is wrong with folds, such as a patient in two of them."""
        return checking.check_folds(dataset, folds)

    # In and out.

    def import_slicer_folder(
        self,
        folder: Path,
        table: Path | None = None,
        *,
        rater: str = slicer_folder.DEFAULT_RATER,
        progress: ProgressCallback | None = None,
    ) -> slicer_folder.Imported:
        """Take over scans, Markups and a table of stages from a folder; see ``slicer_folder.import_folder``."""
        return slicer_folder.import_folder(self, folder, table, rater=rater, progress=progress)

    def export_yolo(
        self,
        dataset: Dataset,
        out: Path,
        *,
        folds: Folds | None = None,
        classes: exporting.Classes = "sos",
        progress: ProgressCallback | None = None,
    ) -> exporting.Exported:
        """Write slices and boxes for YOLO; see ``export.export_yolo``."""
        return exporting.export_yolo(self, dataset, out, folds=folds, classes=classes, progress=progress)

    def export_coco(
        self,
        dataset: Dataset,
        out: Path,
        *,
        folds: Folds | None = None,
        classes: exporting.Classes = "sos",
        progress: ProgressCallback | None = None,
    ) -> exporting.Exported:
        """Write slices and boxes in COCO's form; see ``export.export_coco``."""
        return exporting.export_coco(self, dataset, out, folds=folds, classes=classes, progress=progress)
