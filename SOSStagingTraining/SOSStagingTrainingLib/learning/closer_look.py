"""A student that is there learns to look closer: its place stays as it is, its stages are learnt anew.

Where the synchondrosis is and whether it is in view is left to the weights of the student that the run starts from, all
of them held. What it then reads stages from, the middle 26 mm of the second look shown twice as large to a backbone of
its own (``Student`` with ``closer``), is taught by the labels and by the stages that the student of the start gives the
same view: it has learnt from more heads, and from views that a short run hardly sees.
"""

from __future__ import annotations

import torch
from SOSStagingLib.model.student import LOOK_SIZE, STAGED, Student
from torch import Tensor
from torch.nn import functional

from .losses import attention_losses, ordinal_loss

CLOSER_WEIGHTS = {"stage": 1.0, "kept": 1.0, "fraction": 2.0, "gate": 0.3, "attention": 0.3}
SHIFT_PX = 12
"""Farthest, in window pixels, that the plate of a training view lies off its middle: 4.8 mm, about as far as real heads
are placed off."""


def closer_student(start: dict[str, Tensor], backbone: str) -> Student:
    """A student that looks closer, ready to learn, with the place of the one whose weights these are, and its backbone
    twice.

    Raises RuntimeError where they are not all weights of a student of this backbone that looks no closer.
    """
    student = Student(backbone, weighted=True, closer=True)
    place = {name: value for name, value in start.items() if not student.reads_stage(name)}
    again = {f"detail.{name}": value for name, value in start.items() if name.startswith("backbone.")}
    missing, unknown = student.load_state_dict({**place, **again}, strict=False)
    wanting = [name for name in missing if not student.reads_stage(name) or name.startswith("detail.backbone.")]
    if wanting or unknown:
        raise RuntimeError(f"the weights to start from do not fit: {', '.join([*wanting, *unknown][:5])}")
    # Every weight that finds the place is held, and the batch statistics with them.
    for name, value in student.named_parameters():
        value.requires_grad_(student.reads_stage(name))
    student.train().backbone.eval()
    return student


def closer_losses(
    student: Student, image: Tensor, points: Tensor, batch: dict[str, Tensor], here: Tensor, kept: Student
) -> dict[str, Tensor]:
    """Terms of views ``image`` [B, 3, 128, 128] with the plate's ``points`` [B, 3, 2], where it is ``here`` [B]:
    ``stage``, ``fraction``, ``gate`` and ``attention`` by the labels, ``kept``: KL to the stages of ``kept``. What is
    shown larger has a narrower ROI around the plate: as many pixels, 3.4 mm."""
    fine = student.staged(image)
    with torch.no_grad():
        other = kept.fine(image)["logits"]
    apart = functional.kl_div(fine["logits"].log_softmax(1), other.softmax(1), reduction="none").sum(1)
    wrong = (fine["fraction"] - batch["fraction"]).abs()
    count = here.sum().clamp_min(1)
    return {
        "stage": ordinal_loss(fine["logits"], batch["stage"], here),
        "kept": (apart * here).sum() / count,
        "fraction": (wrong * here).sum() / count,
        **attention_losses(student, fine, closer_points(points), batch["stage"], here),
    }


def closer_points(points: Tensor) -> Tensor:
    """Window pixels [B, K, 2] in the pixels of what is shown larger, of which there are as many."""
    return (points + 0.5 - LOOK_SIZE * (1 - STAGED) / 2) / STAGED - 0.5
