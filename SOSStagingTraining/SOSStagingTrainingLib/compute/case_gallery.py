"""A child process that shows where a published network looks: its answers to held-out cases, each with its Grad-CAM.

``python -m SOSStagingTrainingLib.compute.case_gallery RUN KEY MODEL OUT`` writes OUT/CASE.npz (the map as a volume, its
IJK to RAS matrix, the value that is full colour) and OUT/gallery.json. The model file answers through the same code
that stages a user's scan.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from SOSStagingLib.model.calibration import probabilities
from SOSStagingLib.report.files import write_text
from SOSStagingLib.report.volume import gradcam_volume
from SOSStagingLib.scan.geometry import FloatArray
from SOSStagingLib.scan.types import PlainError

from .run_folder import RunFolder

GALLERY_FILE = "gallery.json"


@dataclass(frozen=True)
class Shown:
    """One held-out case: the label, the network's answer, and the file of its map (empty for a picture)."""

    case: str
    label: int
    given: int
    probability: float
    map_file: str

    @property
    def right(self) -> bool:
        """Whether the answer is the label."""
        return self.label == self.given


@dataclass(frozen=True)
class HeatMap:
    """A Grad-CAM as a volume [k, j, i] with its place, and the value that is full colour."""

    array: npt.NDArray[np.float32]
    ijk_to_ras: FloatArray
    full_scale: float


def write_gallery(run: RunFolder, key: str, model: Path, out: Path) -> list[Shown]:
    """Answer a job's held-out cases with its model file."""
    out.mkdir(parents=True, exist_ok=True)
    shown = list(_answers(run, key, model, out))
    write_text(out / GALLERY_FILE, json.dumps([asdict(one) for one in shown], indent=1) + "\n")
    return shown


def _answers(run: RunFolder, key: str, model: Path, out: Path) -> Iterator[Shown]:
    from SOSStagingLib.model.predictor import Predictor
    from SOSStagingLib.staging.decision import gradcam

    from .worker import assignment_of

    predictor = Predictor.load(model, "cpu")
    study, labels = run.study(), {case.name: case.stage for case in run.frozen().cases}
    for name in assignment_of(run, key).parts.held_out:
        slab = study.slab(name).slab
        prediction = predictor.predict([slab])[0]
        shares = probabilities(np.asarray(prediction.logits, float), 1.0)
        file = ""
        if slab.picture_to_slab is None:
            found = gradcam(prediction, slab, predictor.card)
            array, geometry = gradcam_volume(found)
            file = f"{name}.npz"
            np.savez(out / file, array=array, ijk_to_ras=geometry.ijk_to_ras, full_scale=found.full_scale)
        yield Shown(name, labels[name], int(shares.argmax()) + 1, float(shares.max()), file)


def read_gallery(out: Path) -> list[Shown]:
    """Return what ``write_gallery`` wrote: wrong answers first, the surest in front. Empty where there is none, or a
    damaged one, which is written again when it is asked for."""
    try:
        rows = json.loads((out / GALLERY_FILE).read_text(encoding="utf-8"))
        return sorted((Shown(**row) for row in rows), key=lambda one: (one.right, -one.probability))
    except (FileNotFoundError, ValueError, TypeError):
        return []


def read_map(out: Path, shown: Shown) -> HeatMap:
    """Return the map of a case."""
    with np.load(out / shown.map_file) as data:
        return HeatMap(data["array"], data["ijk_to_ras"], float(data["full_scale"]))


def main(argv: Sequence[str] | None = None) -> int:
    """Run as a program."""
    parser = argparse.ArgumentParser(prog="case_gallery", description="Answer held-out cases with a model file.")
    parser.add_argument("run_folder", type=Path)
    parser.add_argument("key")
    parser.add_argument("model", type=Path)
    parser.add_argument("out", type=Path)
    args = parser.parse_args(argv)
    try:
        write_gallery(RunFolder.open(args.run_folder), args.key, args.model, args.out)
    except (PlainError, OSError) as error:
        sys.stderr.write(f"{error}\n")
        return 2
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
