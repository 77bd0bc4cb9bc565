"""What a student is taught with: each term a small function of tensors, the sum is taken by the trainer.

The terms of arXiv 2505.21561 (Milani et al. 2025) are ``softened_kl``, ``attention_mse`` and ``cross_entropy`` with
the weights of ``PAPER_WEIGHTS``. What the paper does not say is a flag. Boxes are (x0, y0, x1, y1), edges in pixels
whose centres have whole numbers; NaN where there is none. Terms are means over the whole batch: an example that cannot
be used counts as 0, so that a batch means the same however it is split.
"""

from __future__ import annotations

from collections.abc import Mapping

import torch
from SOSStagingLib.model.gradcam import StageHead, gradcam
from torch import Tensor
from torch.nn import functional

from .maps import has_box, through
from .settings import Labels

PAPER_WEIGHTS: Mapping[str, float] = {"attention": 0.01, "distillation": 0.8, "classification": 0.2}
PAPER_TEMPERATURE = 3.0


def mean_over(values: Tensor, usable: Tensor | None = None) -> Tensor:
    """Mean of ``values`` [B, ...] over the batch, examples that are not ``usable`` [B] bool counting as 0."""
    each = values.flatten(1).mean(1) if values.ndim > 1 else values
    return each.mean() if usable is None else torch.where(usable, each, torch.zeros_like(each)).mean()


def cross_entropy(logits: Tensor, target: Tensor) -> Tensor:
    """Mean cross-entropy of ``logits`` [B, S] to label shares ``target`` [B, S]."""
    return -(target * logits.float().log_softmax(1)).sum(1).mean()


def softened_kl(
    student: Tensor,
    teacher: Tensor,
    temperature: float = PAPER_TEMPERATURE,
    *,
    t_squared: bool = False,
    usable: Tensor | None = None,
) -> Tensor:
    """KL(teacher || student) of the softmax over classes at a temperature (Hinton et al. 2015, arXiv 1503.02531).

    ``student`` and ``teacher`` [B, S] or [B, S, h, w], where the mean over positions is taken. ``t_squared`` multiplies
    by T squared, which keeps the gradient's size when T changes; the paper does not say whether it does. No gradient
    reaches the teacher.
    """
    wanted = (teacher.detach().float() / temperature).log_softmax(1)
    given = (student.float() / temperature).log_softmax(1)
    divergence = functional.kl_div(given, wanted, reduction="none", log_target=True).sum(1)
    return mean_over(divergence, usable) * (temperature**2 if t_squared else 1.0)


def logit_map(head: StageHead, features: Tensor) -> Tensor:
    """What each position says: [B, S, h, w], whose mean over positions is the logits [B, S]."""
    by_class = torch.einsum("bkhw,sk->bshw", head.gated(features), head.classifier.weight)
    return by_class + head.classifier.bias.view(1, -1, 1, 1)


def spatial_kl(
    student: Tensor,
    teacher: Tensor,
    region: Tensor,
    view: tuple[int, int],
    temperature: float = PAPER_TEMPERATURE,
    *,
    t_squared: bool = False,
    usable: Tensor | None = None,
) -> Tensor:
    """``softened_kl`` of logit maps place by place, the student's read through the region that the teacher saw.

    ``student`` [B, S, h, w] covers the view of ``view`` = (rows, columns) pixels, ``teacher`` [B, S, m, n] the
    ``region`` [B, 4] of it. The paper's "spatial logits" may mean this; plain class logits are the likelier reading.
    """
    seen = through(student, region, view, (teacher.shape[-2], teacher.shape[-1]))
    return softened_kl(
        seen, teacher, temperature, t_squared=t_squared, usable=has_box(region) if usable is None else usable
    )


def attention_mse(
    head: StageHead,
    features: Tensor,
    classes: Tensor,
    mask: Tensor,
    *,
    normalise: bool = True,
    usable: Tensor | None = None,
) -> Tensor:
    """Mean squared difference of Grad-CAM of ``classes`` [B] and the ROI ``mask`` [B, 1, H, W], on the features' grid.

    Which class and which scale the paper does not say: by default callers give the true one, and the map is divided by
    its own detached maximum. The mask is averaged over each cell of the grid.
    """
    return mean_over(attention_errors(head, features, classes, mask, normalise=normalise), usable)


def attention_errors(
    head: StageHead, features: Tensor, classes: Tensor, mask: Tensor, *, normalise: bool = True
) -> Tensor:
    """``attention_mse`` of each example, [B]."""
    cam = gradcam(head, features, classes, normalise=normalise)
    wanted = functional.interpolate(mask.float(), size=cam.shape[-2:], mode="area")[:, 0]
    return (cam - wanted).square().mean((1, 2))


def feature_cosine(student: Tensor, teacher: Tensor, usable: Tensor | None = None) -> Tensor:
    """1 - cosine between two maps [B, K, h, w] at each place: what ROI-aligned features of like networks are compared
    by. No gradient reaches the teacher."""
    return mean_over(1 - functional.cosine_similarity(student, teacher.detach(), dim=1), usable)


def attention_transfer(student: Tensor, teacher: Tensor, usable: Tensor | None = None) -> Tensor:
    """Squared distance of the unit-length maps of mean squared activation (Zagoruyko and Komodakis 2017, arXiv
    1612.03928); the two [B, K, h, w] may differ in channels. No gradient reaches the teacher."""
    mine, other = (functional.normalize(m.pow(2).mean(1).flatten(1), dim=1) for m in (student, teacher.detach()))
    return mean_over((mine - other).pow(2).sum(1), usable)


def ordinal_shares(target: Tensor, spread: float) -> Tensor:
    """Label shares [B, S] with mass passed on to other stages, falling by exp(-1/spread) from stage to stage.

    For a hard label these are the soft labels of Diaz and Marathe 2019 (SORD) for the absolute distance. ``spread`` is
    above 0.
    """
    stage = torch.arange(target.shape[1], device=target.device, dtype=target.dtype)
    return target @ (-(stage[:, None] - stage).abs() / spread).softmax(1)


def label_shares(stage: Tensor, soft: Tensor, kind: Labels, *, smoothing: float = 0.0, spread: float = 0.35) -> Tensor:
    """The labels [B, S] to learn from: ``stage`` [B] counts from 0, ``soft`` [B, S] are the raters' shares.

    ``smoothing`` of hard labels gives as much to all stages together; ``spread`` is of ordinal ones.
    """
    if kind == "hard":
        return functional.one_hot(stage, soft.shape[1]).to(soft.dtype) * (1 - smoothing) + smoothing / soft.shape[1]
    return soft if kind == "raters" else ordinal_shares(soft, spread)
