"""The plain supervised run that makes the first student. Resumable: a checkpoint after every ``save_every`` steps."""

from __future__ import annotations

import copy
import json
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import torch
from SOSStagingLib.model.student import Student, peak_position
from torch import Tensor
from torch.nn import functional

from .closer_look import SHIFT_PX, closer_losses, closer_student
from .losses import attention_losses, heat_loss, kept_losses, ordinal_loss
from .shards import REAL
from .views import View, random_view
from .weights import wake_layer_scale

WEIGHTS = {
    **{"stage": 1.0, "fraction": 2.0, "coarse_heat": 0.25, "fine_heat": 0.2, "presence": 0.5, "gate": 0.3},
    **{"attention": 0.3},
}
KEEPING_WEIGHTS = {"stage": 2.0, "fraction": 2.0, "coarse_heat": 0.25, "fine_heat": 0.2, "presence": 0.5, "gate": 1.0}
"""Weights of the loss terms, and those of a run that keeps the stages of the student it starts from."""


@dataclass(frozen=True)
class Recipe:
    """How to train. Weights of the loss terms are ours; the attention term is the paper's (arXiv 2505.21561),
    heavier."""

    backbone: str = "convnext_atto"
    steps: int = 2000
    batch: int = 32
    rate: float = 1.0e-3
    weight_decay: float = 0.05
    warmup: int = 100
    ema: float = 0.995
    seed: int = 1
    save_every: int = 100
    faults: bool = True
    """Whether the views are spoiled as scanners do."""
    keep_stages: bool = False
    """Whether stages are taught by the student that the run starts from, and not by the labels."""
    closer: bool = False
    """Whether the student that the run starts from is taught to look closer, and nothing else (``closer_look``)."""
    weights: dict[str, float] = field(default_factory=WEIGHTS.copy)


class Examples:
    """Shards of training windows held in memory as float16; shards written while training goes on are picked up."""

    def __init__(self, folder: Path, hold_out: int = 1) -> None:
        self.folder = folder
        self.hold_out = hold_out
        self._loaded: dict[str, dict[str, np.ndarray]] = {}

    def refresh(self) -> int:
        """Load new shards; returns how many are held."""
        for path in sorted(self.folder.glob("shard-*.npz")):
            if path.name not in self._loaded:
                with np.load(path) as data:
                    self._loaded[path.name] = {k: data[k] for k in data.files}
        return len(self._loaded)

    def batch(self, rng: np.random.Generator, size: int) -> dict[str, Tensor]:
        """A random batch from the training shards (the first ``hold_out`` shards are kept for validation); ``real``
        tells windows in the surroundings of a real head."""
        names = sorted(self._loaded)[self.hold_out :]
        picks = [(names[int(rng.integers(len(names)))], rng.random()) for _ in range(size)]
        rows = [{k: v[int(r * len(v))] for k, v in self._loaded[n].items()} for n, r in picks]
        for row, (name, _) in zip(rows, picks, strict=True):
            row["real"] = np.array(REAL in name)
        return {k: torch.as_tensor(np.stack([row[k] for row in rows])) for k in rows[0]}

    def validation(self) -> dict[str, Tensor]:
        """Everything in the held-out shards."""
        names = sorted(self._loaded)[: self.hold_out]
        return {k: torch.as_tensor(np.concatenate([self._loaded[n][k] for n in names])) for k in self._loaded[names[0]]}


def losses(
    student: Student,
    batch: dict[str, Tensor],
    generator: torch.Generator,
    faults: bool = True,
    kept: Student | None = None,
) -> dict[str, Tensor]:
    """All loss terms on one randomly viewed batch, spoiled as scanners do with ``faults``; with the stages of ``kept``
    instead of the labels where it is given, or beside them where the student is taught to look closer."""
    if student.closer and kept is not None:
        view = _fine_view(batch, generator, SHIFT_PX, faults)
        shown = view.image.contiguous(memory_format=torch.channels_last)
        here = batch["fine_present"] & ~view.spoiled
        return closer_losses(student, shown, view.points, batch, here, kept)
    coarse_view = random_view(
        batch["coarse"].float()[:, None],
        batch["landmarks"].float(),
        generator,
        shift=10,
        noise=0.08,
        blur=0.9,
        cut=0.5,
        slices=4,
        faults=faults,
    )
    fine_view = _fine_view(batch, generator, 16, faults)
    channels_last = torch.channels_last
    coarse = student.coarse(coarse_view.image.contiguous(memory_format=channels_last))
    fine_image = fine_view.image.contiguous(memory_format=channels_last)
    fine = student.fine(fine_image)
    at = coarse_view.points[:, 0].nan_to_num(-1e3)
    in_coarse = ((at > 3) & (at < 124)).all(1)
    coarse_here = batch["coarse_present"] & ~coarse_view.spoiled & in_coarse
    fine_here = batch["fine_present"] & ~fine_view.spoiled
    # The sinus of a real head leaves bone for an open plate only low in the clivus: taught beside the usual place of
    # closed ones, it would draw the place of every adult there.
    closed = batch["stage"] == fine["logits"].shape[1]
    placed = ~batch["real"] | closed if kept is not None else torch.ones_like(fine_here)
    terms = {
        "coarse_heat": heat_loss(coarse["heat"], coarse_view.points, coarse_here & placed),
        "fine_heat": heat_loss(fine["heat"], fine_view.points, fine_here & placed),
        "presence": _presence(coarse["presence"], coarse_here) + _presence(fine["presence"], fine_here),
    }
    if kept is not None:
        return terms | kept_losses(fine, kept, fine_image)
    terms |= {
        "stage": ordinal_loss(fine["logits"], batch["stage"], fine_here),
        "fraction": ((fine["fraction"] - batch["fraction"]).abs() * fine_here).sum() / fine_here.sum().clamp_min(1),
    }
    terms.update(attention_losses(student, fine, fine_view.points, batch["stage"], fine_here))
    return terms


def _fine_view(batch: dict[str, Tensor], generator: torch.Generator, shift: float, faults: bool) -> View:
    return random_view(
        batch["fine"].float(),
        batch["fine_points"].float(),
        generator,
        shift=shift,
        noise=0.2,
        blur=1.5,
        cut=0.15,
        slices=18,
        faults=faults,
    )


def _presence(logit: Tensor, present: Tensor) -> Tensor:
    return functional.binary_cross_entropy_with_logits(logit, present.float())


@torch.inference_mode()
def validate(student: Student, data: dict[str, Tensor], seed: int = 7) -> dict[str, float]:
    """Exact and within-one stage accuracy, location errors (mm) and presence accuracy on held-out windows, once
    viewed."""
    student.eval()
    generator = torch.Generator().manual_seed(seed)
    rights, ones, coarse_mm, fine_mm, presence = [], [], [], [], []
    for start in range(0, len(data["stage"]), 64):
        b = {k: v[start : start + 64] for k, v in data.items()}
        cv = random_view(
            b["coarse"].float()[:, None], b["landmarks"], generator, shift=10, noise=0.08, blur=0.9, cut=0.3, slices=1
        )
        fv = random_view(
            b["fine"].float(), b["fine_points"], generator, shift=12, noise=0.12, blur=1.0, cut=0.0, slices=1
        )
        coarse, fine = student.coarse(cv.image), student.fine(fv.image)
        here = b["fine_present"] & ~fv.spoiled
        error = (fine["logits"].argmax(1) + 1 - b["stage"]).abs()[here]
        rights.append(error == 0)
        ones.append(error <= 1)
        fine_mm.append(0.4 * (peak_position(fine["heat"], 4)[0][:, 0] - fv.points[:, 0]).norm(dim=1)[here])
        seen = b["coarse_present"] & ~cv.spoiled
        coarse_mm.append(2.0 * (peak_position(coarse["heat"], 4)[0][:, 0] - cv.points[:, 0]).norm(dim=1)[seen])
        presence.append((fine["presence"] > 0) == here)
        presence.append((coarse["presence"] > 0) == seen)
    student.train()
    coarse_all, fine_all = torch.cat(coarse_mm), torch.cat(fine_mm)
    return {
        "exact": float(torch.cat(rights).float().mean()),
        "within_one": float(torch.cat(ones).float().mean()),
        "coarse_mm_median": float(coarse_all.median()),
        "coarse_mm_95": float(coarse_all.quantile(0.95)),
        "fine_mm_95": float(fine_all.quantile(0.95)),
        "presence": float(torch.cat(presence).float().mean()),
    }


def train(
    recipe: Recipe,
    examples: Examples,
    run: Path,
    initial: dict[str, Tensor] | None = None,
    log: Callable[[dict[str, Any]], None] = lambda event: None,
    seconds: float | None = None,
) -> Student:
    """Train and return the averaged (EMA) student; ``run`` holds recipe.json, events.jsonl and checkpoint.pt.

    ``initial`` are weights by the student's own names, all of them or the backbone's alone; all of them where its
    stages are kept or it is taught to look closer. ``seconds`` ends the run early but in order: the learning rate
    follows steps or time, whichever is further on.
    """
    run.mkdir(parents=True, exist_ok=True)
    (run / "recipe.json").write_text(json.dumps(asdict(recipe), indent=1))
    student, average, kept = _students(recipe, initial)
    average.load_state_dict(student.state_dict())
    learning = [value for value in student.parameters() if value.requires_grad]
    optimiser = torch.optim.AdamW(learning, lr=recipe.rate, weight_decay=recipe.weight_decay)
    step, spent = _resume(run, student, average, optimiser)
    started = time.monotonic() - spent
    examples.refresh()
    while step < recipe.steps:
        used = time.monotonic() - started
        progress = max(step / recipe.steps, used / seconds if seconds else 0.0)
        if progress >= 1:
            break
        if step % 50 == 0:
            examples.refresh()
        rng = np.random.default_rng([recipe.seed, step])
        generator = torch.Generator().manual_seed(recipe.seed * 1_000_003 + step)
        # A plain float: the optimiser's state is read back without pickle.
        rate = float(recipe.rate * min(1, (step + 1) / recipe.warmup) * (0.5 + 0.5 * np.cos(np.pi * progress)) + 1e-6)
        terms = losses(student, examples.batch(rng, recipe.batch), generator, recipe.faults, kept)
        _descend(student, optimiser, rate, [recipe.weights[name] * value for name, value in terms.items()])
        step += 1
        _average(average, student, min(recipe.ema, (1 + step) / (10 + step)))
        if step % 20 == 0:
            event = {
                "step": step,
                "seconds": round(used, 1),
                "rate": rate,
                **{k: round(float(v.detach()), 4) for k, v in terms.items()},
            }
            _event(run, event, log)
        if step % recipe.save_every == 0:
            _save(run, student, average, optimiser, step, time.monotonic() - started)
            _event(run, {"step": step, "validation": validate(average, examples.validation())}, log)
    _save(run, student, average, optimiser, step, time.monotonic() - started)
    return average.eval()


def _students(recipe: Recipe, initial: dict[str, Tensor] | None) -> tuple[Student, Student, Student | None]:
    """The student as it begins, the one for its average, and a held copy of it where its stages are to be kept."""
    torch.manual_seed(recipe.seed)
    if recipe.closer:
        return _closer_students(recipe, initial or {})
    student, average = Student(recipe.backbone), Student(recipe.backbone)
    wake_layer_scale(student.backbone)
    if initial:
        _begin_with(student, initial)
    student = student.to(memory_format=torch.channels_last).train()
    if not recipe.keep_stages:
        return student, average, None
    kept = copy.deepcopy(student).eval().requires_grad_(False)
    # With the batch statistics held too, both read the same stages at the first step, whatever is in the batch.
    student.backbone.eval()
    return student, average, kept


def _closer_students(recipe: Recipe, start: dict[str, Tensor]) -> tuple[Student, Student, Student]:
    kept = Student(recipe.backbone)
    kept.load_state_dict(start)
    student = closer_student(start, recipe.backbone).to(memory_format=torch.channels_last)
    average = Student(recipe.backbone, weighted=True, closer=True)
    return student, average, kept.to(memory_format=torch.channels_last).eval().requires_grad_(False)


def _descend(student: Student, optimiser: torch.optim.Optimizer, rate: float, terms: list[Tensor]) -> None:
    for group in optimiser.param_groups:
        group["lr"] = rate
    optimiser.zero_grad(set_to_none=True)
    torch.stack(terms).sum().backward()
    torch.nn.utils.clip_grad_norm_(student.parameters(), 2.0)
    optimiser.step()


def steps_done(run: Path) -> int:
    """How many steps a run's last checkpoint has behind it."""
    return int(torch.load(run / "checkpoint.pt", map_location="cpu", weights_only=True)["step"])


def _begin_with(student: Student, initial: dict[str, Tensor]) -> None:
    """Load the backbone alone or the whole student; raises RuntimeError where any of its tensors is missing."""
    missing, unknown = student.load_state_dict(initial, strict=False)
    alone = all(name.startswith("backbone.") for name in initial)
    wanting = [name for name in missing if not alone or name.startswith("backbone.")]
    if wanting or unknown:
        raise RuntimeError(f"the weights to start from do not fit: {', '.join([*wanting, *unknown][:5])}")


def _average(average: Student, student: Student, keep: float) -> None:
    with torch.no_grad():
        for mine, other in zip(average.state_dict().values(), student.state_dict().values(), strict=True):
            if mine.dtype.is_floating_point:
                mine.lerp_(other, 1 - keep)
            else:
                mine.copy_(other)


def _event(run: Path, event: dict[str, Any], log: Callable[[dict[str, Any]], None]) -> None:
    with (run / "events.jsonl").open("a") as handle:
        handle.write(json.dumps(event) + "\n")
    log(event)


def _save(
    run: Path, student: Student, average: Student, optimiser: torch.optim.Optimizer, step: int, spent: float
) -> None:
    part = run / "checkpoint.part"
    torch.save(
        {
            "student": student.state_dict(),
            "average": average.state_dict(),
            "optimiser": optimiser.state_dict(),
            "step": step,
            "spent": spent,
        },
        part,
    )
    part.replace(run / "checkpoint.pt")


def _resume(run: Path, student: Student, average: Student, optimiser: torch.optim.Optimizer) -> tuple[int, float]:
    path = run / "checkpoint.pt"
    if not path.exists():
        return 0, 0.0
    state = torch.load(path, weights_only=True)
    student.load_state_dict(state["student"])
    average.load_state_dict(state["average"])
    optimiser.load_state_dict(state["optimiser"])
    return int(state["step"]), float(state["spent"])
