"""Students of arXiv 2505.21561: the baseline's network on the whole slice, taught by a teacher that sees the crop and
by a mask of where to look."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn

from .batch import Batch
from .compared import Classifier, Crops
from .distillation import (
    PAPER_WEIGHTS,
    attention_mse,
    cross_entropy,
    feature_cosine,
    label_shares,
    logit_map,
    softened_kl,
    spatial_kl,
)
from .maps import covers_part, through
from .methods import Context, Prediction, register
from .networks import Answer


class Taught(NamedTuple):
    """What teachers say of crops: logits [B, S] and logit map [B, S, m, n], each the mean over teachers, and the
    features of each. ``usable`` [B]: there was a crop to see."""

    logits: Tensor
    map: Tensor
    features: tuple[Tensor, ...]
    usable: Tensor


def taught(teachers: Sequence[nn.Module], batch: Batch) -> Taught:
    """Ask the teachers about a batch's crops; no gradient. ValueError where there is no teacher or no crop."""
    if not teachers or not batch.crop.shape[-1]:
        raise ValueError("a student needs a finished teacher and crops for it to see")
    with torch.no_grad():
        answers: list[tuple[Any, Answer]] = [(teacher, teacher(batch.crop)) for teacher in teachers]
        logits = torch.stack([answer.logits for _, answer in answers]).mean(0)
        maps = torch.stack([logit_map(teacher.head, answer.features) for teacher, answer in answers]).mean(0)
    usable = covers_part(batch.crop_box, view_of(batch))
    return Taught(logits, maps, tuple(answer.features for _, answer in answers), usable)


def view_of(batch: Batch) -> tuple[int, int]:
    """Rows and columns of a batch's views."""
    return batch.image.shape[-2], batch.image.shape[-1]


@dataclass(frozen=True)
class PaperStudent:
    """The paper's student; with other terms in ``weights``, an ablation of it or more than it.

    The network and the answer are the baseline's: neither teacher nor mask nor crop is there when it is used.
    """

    name: str
    weights: dict[str, float]
    needs: tuple[str, ...]
    crops: Crops
    baseline: Classifier = field(default_factory=lambda: Classifier("baseline"))

    def network(self, settings: Any, channels: int, stages: int) -> nn.Module:
        """See ``Method.network``."""
        return self.baseline.network(settings, channels, stages)

    def losses(
        self, network: nn.Module, batch: Batch, context: Context, generator: torch.Generator
    ) -> dict[str, Tensor]:
        """``classification``, and those of ``distillation``, ``features`` and ``attention`` that the student has."""
        answer = network(batch.image)
        shares = label_shares(batch.stage, batch.soft, context.labels or "hard", smoothing=context.smoothing)
        terms = {"classification": cross_entropy(answer.logits, shares)}
        teacher = taught(context.teachers, batch) if "teacher" in self.needs else None
        if teacher is not None and "distillation" in self.weights:
            terms["distillation"] = distillation(network, answer, teacher, batch, context)
        if teacher is not None and "features" in self.weights:
            terms["features"] = aligned_features(answer, teacher, batch)
        if "attention" in self.weights:
            terms["attention"] = attention(network, answer, batch, context)
        return terms

    def predict(self, network: nn.Module, batch: Batch, context: Context) -> Prediction:
        """See ``Method.predict``."""
        return self.baseline.predict(network, batch, context)


def distillation(network: Any, answer: Answer, teacher: Taught, batch: Batch, context: Context) -> Tensor:
    """KL to the teacher at the recipe's temperature: of the class logits, or place by place through the crop."""
    chosen = context.distil
    if not chosen.spatial:
        return softened_kl(
            answer.logits, teacher.logits, chosen.temperature, t_squared=chosen.t_squared, usable=teacher.usable
        )
    return spatial_kl(
        logit_map(network.head, answer.features), teacher.map, batch.crop_box, view_of(batch), chosen.temperature,
        t_squared=chosen.t_squared, usable=teacher.usable,
    )  # fmt: skip


def aligned_features(answer: Answer, teacher: Taught, batch: Batch) -> Tensor:
    """The student's features, read through the crop, against each teacher's: networks alike, at one scale."""
    apart = [
        feature_cosine(
            through(answer.features, batch.crop_box, view_of(batch), (other.shape[-2], other.shape[-1])),
            other.float(),
            teacher.usable,
        )
        for other in teacher.features
    ]
    return torch.stack(apart).mean()


def attention(network: Any, answer: Answer, batch: Batch, context: Context) -> Tensor:
    """Grad-CAM against the mask the recipe names, where there is one."""
    chosen = context.distil
    detected = chosen.mask == "detected"
    mask, usable = (batch.detected_mask, batch.has_detection) if detected else (batch.mask, batch.has_box)
    classes = batch.stage if chosen.cam_class == "true" else answer.logits.argmax(1)
    return attention_mse(network.head, answer.features, classes, mask, normalise=chosen.cam_normalise, usable=usable)


def _paper(*terms: str) -> dict[str, float]:
    return {term: PAPER_WEIGHTS[term] for term in terms}


for _student in (
    PaperStudent("student_paper", dict(PAPER_WEIGHTS), ("teacher", "detector:yolo"), ("expert", "none")),
    PaperStudent("student_kd_only", _paper("distillation", "classification"), ("teacher",), ("expert", "none")),
    PaperStudent("student_attention_only", _paper("attention", "classification"), ("detector:yolo",), ("none", "none")),
    # Not the paper's: features are compared as well, through the crop. Its teacher must have the same backbone.
    PaperStudent(
        "student_features",
        {**_paper("distillation", "classification"), "features": 0.5},
        ("teacher",),
        ("expert", "none"),
    ),
):
    register(_student)
