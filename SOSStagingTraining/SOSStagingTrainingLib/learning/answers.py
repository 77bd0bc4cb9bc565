"""A trained network's answers to held-out cases, as rows of a predictions file or as a detector's boxes."""

from __future__ import annotations

import json
import math
import statistics
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from SOSStagingLib.report.files import write_text
from SOSStagingLib.scan.types import SLAB_SPACING_MM
from torch import Tensor, nn
from torch.nn import functional

from ..evaluation.attention import BLUR_MM, NEARBY_MM, deletion, roi_attention
from ..evaluation.predictions import CasePrediction
from ..study.study import Study
from .batch import Batch
from .methods import Detection, Prediction
from .paired_views import to_slab_box
from .task import Task

DETECTIONS_FILE = "detections.json"
TIMED_CASES = 5

Row = dict[str, Any]
Predict = Callable[[Batch], Prediction]


@torch.no_grad()
def answered(task: Task, network: nn.Module, cases: Sequence[str], size: int) -> Iterator[tuple[Batch, Prediction]]:
    """Batches of cases as they are, with the network's answers."""
    network.eval()
    for start in range(0, len(cases), size):
        batch = task.views.plain(cases[start : start + size], task.crops[1])
        yield batch, task.method.predict(network, batch, task.context)


def case_rows(
    task: Task,
    network: nn.Module,
    study: Study,
    cases: Sequence[str],
    size: int,
    *,
    drop: bool,
    between: Callable[[], None] = lambda: None,
) -> tuple[CasePrediction, ...]:
    """Rows of a predictions file; ``drop`` also blurs the hottest region of each Grad-CAM away, which takes as long as
    ten answers. ``between`` is called after each case, and may raise to end it.

    A case in which the detector found nothing gets no answer, which counts as wrong; one without the expert's box that
    a method is asked with has no row, and is left out where the method is compared with others.
    """
    rows = []
    drop = drop and task.crops[1] == "none"
    for batch, said in answered(task, network, cases, size):
        for n in range(len(batch)):
            one = batch.rows(slice(n, n + 1))
            seen = task.views.has_crop(one.case[0], task.crops[1])
            if not seen and task.crops[1] == "expert":
                continue
            row = _measured(one, _one(said, n)) if seen else {"logits": None}
            if drop and seen and said.cam is not None:
                row |= _dropped(task, network, one, _one(said, n))
            rows.append(_row(task, study, one.case[0], row))
            between()
    return tuple(rows)


def _one(said: Prediction, n: int) -> Prediction:
    values = {name: None if value is None else value[n : n + 1].float().cpu() for name, value in vars(said).items()}
    return Prediction(**values)


def _row(task: Task, study: Study, name: str, values: Row) -> CasePrediction:
    frozen = task.views.slabs.cases[name]
    true = study.case(name).more.get("stage") if study.simulated else None
    return CasePrediction(name, frozen.patient, true_stage=true, label_stage=frozen.stage, **values)


def _measured(batch: Batch, said: Prediction) -> Row:
    """What one answer [1] comes to: logits, and how well it looks where the ROI is."""
    if said.logits is None:
        raise ValueError("a method without logits has no rows")
    row: Row = {"logits": tuple(float(v) for v in said.logits[0])}
    for name in ("fraction", "presence"):
        value = getattr(said, name)
        row[name] = None if value is None else float(value[0].clamp(0, 1))
    if said.box is not None and bool(batch.has_box):
        row["sos_error_mm"] = _distance_mm(batch, said.box[0])
    if said.cam is not None and bool(batch.has_box):
        found = roi_attention(_on_pixels(said.cam, batch), _pixels(batch.mask), _reached(said, batch))
        row |= {"roi_mass": found.roi_mass, "peak_inside": found.peak_inside, "uniform_share": found.uniform_share}
    return row


def _on_pixels(cam: Tensor, batch: Batch) -> npt.NDArray[np.float32]:
    """A map [1, 1, h, w] on the view's pixels: its cells may be larger than an ROI."""
    size = (batch.image.shape[-2], batch.image.shape[-1])
    return functional.interpolate(cam.float().cpu(), size=size, mode="bilinear", align_corners=False)[0, 0].numpy()


def _reached(said: Prediction, batch: Batch) -> npt.NDArray[np.bool_]:
    """The part of the field of view where the map can be other than 0; all of it where that is nowhere."""
    valid = _pixels(batch.valid)
    if said.cam_reach is None:
        return valid
    reach = functional.interpolate(said.cam_reach.float(), size=valid.shape, mode="nearest")
    return reached if (reached := valid & _pixels(reach)).any() else valid


def _pixels(mask: Tensor) -> npt.NDArray[np.bool_]:
    return mask[0, 0].cpu().numpy() > 0


def _distance_mm(batch: Batch, box: Tensor) -> float | None:
    truth = batch.box[0].cpu()
    apart = ((box[:2] + box[2:]) - (truth[:2] + truth[2:])).norm() / 2
    distance = float(apart) * float(batch.spacing[0])
    return distance if math.isfinite(distance) else None


@torch.no_grad()
def _dropped(task: Task, network: nn.Module, batch: Batch, said: Prediction) -> Row:
    """Fall of the stage's probability when the map's hottest region is blurred, and beside it random regions."""
    if said.cam is None:
        return {}
    spacing = float(batch.spacing[0])
    spacing = spacing if math.isfinite(spacing) else SLAB_SPACING_MM

    def probabilities(image: npt.NDArray[np.float32]) -> npt.ArrayLike:
        shown = torch.from_numpy(np.ascontiguousarray(image)).to(batch.image)[None]
        logits = task.method.predict(network, replace(batch, image=shown), task.context).logits
        return [] if logits is None else logits[0].float().softmax(0).cpu().numpy()

    image, blur = batch.image[0].cpu().numpy(), BLUR_MM / spacing
    cam, valid = _on_pixels(said.cam, batch), _pixels(batch.valid)
    # Where the network never looks for a stage a random region takes nothing from it, whatever the map is worth.
    nearby = _near(batch, NEARBY_MM / spacing) & _reached(said, batch)
    try:
        found = deletion(image, cam, probabilities, valid=valid, nearby=nearby, blur_px=blur)
    except ValueError:  # so small a view that no second region fits beside the hot one
        return {}
    return {"hot_drop": found.hot_drop, "random_drop": found.random_drop}


def _near(batch: Batch, reach: float) -> npt.NDArray[np.bool_]:
    """What lies within ``reach`` pixels of the ROI's middle, [H, W]; everything where there is none."""
    height, width = batch.mask.shape[-2:]
    if not bool(batch.has_box):
        return np.ones((height, width), bool)
    x, y = ((batch.box[0, :2] + batch.box[0, 2:]) / 2).tolist()
    rows, columns = np.ogrid[:height, :width]
    return np.asarray(np.hypot(columns - x, rows - y) <= reach)


@torch.no_grad()
def seconds_per_scan(task: Task, network: nn.Module, cases: Sequence[str]) -> float:
    """Median seconds for one view through the network, first one aside."""
    taken = []
    for name in (cases[0], *cases[:TIMED_CASES]):
        batch = task.views.plain([name], task.crops[1])
        begun = time.perf_counter()
        said = task.method.predict(network, batch, task.context)
        # Reading a number waits for the device.
        float((said.box if said.logits is None else said.logits).sum())  # type: ignore[union-attr]
        taken.append(time.perf_counter() - begun)
    return statistics.median(taken[1:])


def detections(task: Task, network: nn.Module, cases: Sequence[str], size: int) -> dict[str, Detection]:
    """The boxes a detector of ours finds, in slab pixels."""
    found = {}
    for batch, said in answered(task, network, cases, size):
        if said.box is None or said.confidence is None:
            raise ValueError(f"{task.settings.base} gives neither stages nor boxes")
        for n, name in enumerate(batch.case):
            box = said.box[n].float().cpu().numpy()
            if np.isfinite(box).all():
                at = to_slab_box(box, batch.to_slab[n].cpu().numpy())
                x0, y0, x1, y1 = (float(v) for v in at)
                found[name] = Detection((x0, y0, x1, y1), float(said.confidence[n].clamp(0, 1)))
    return found


def write_detections(folder: Path, found: Mapping[str, Detection]) -> None:
    """Keep a detector's boxes."""
    rows = {name: [*(round(v, 3) for v in d.box), round(d.confidence, 5)] for name, d in sorted(found.items())}
    write_text(folder / DETECTIONS_FILE, json.dumps(rows, indent=0) + "\n")


def read_detections(folder: Path) -> dict[str, Detection]:
    """Read what ``write_detections`` kept."""
    rows = json.loads((folder / DETECTIONS_FILE).read_text(encoding="utf-8"))
    return {name: Detection((row[0], row[1], row[2], row[3]), row[4]) for name, row in rows.items()}
