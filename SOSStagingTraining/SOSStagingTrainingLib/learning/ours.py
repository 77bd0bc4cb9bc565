"""Our student: two looks of one network, taught on a study by the teacher that the paper's student has too.

The second look covers what the teacher's crop shows, at the scan's own resolution (or, where it looks closer, twice as
large), so that what both say of it can be compared, and their features place by place; the paper aligns a crop with a
whole slice. The first look learns where to look from the raters' boxes, and through the window it places from the stage
itself. Labels are the raters' votes, softened towards neighbouring stages.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import torch
from SOSStagingLib.model.gradcam import gradcam
from SOSStagingLib.model.predictor import LOOKS, SHIFT_PX
from SOSStagingLib.model.student import LOOK_SIZE, peak_position
from torch import Tensor, nn
from torch.nn import functional

from .absent import presence
from .batch import Batch
from .compared import Crops
from .distillation import (
    attention_mse,
    attention_transfer,
    cross_entropy,
    label_shares,
    mean_over,
    softened_kl,
)
from .losses import heat_errors
from .maps import has_box, paste, through
from .methods import Context, Prediction, register
from .settings import NetworkSettings
from .students import Taught, taught, view_of
from .two_looks import FirstLook, TwoLooks, cut, in_view, in_window, window_around

LOOK = (LOOK_SIZE, LOOK_SIZE)
JITTER = 0.0125
"""Farthest, as a share of the view, that a training window lies off the box: 3.2 mm of a slab."""
NEAR = 0.04
"""So near, as a share of the view, must the first look have come for its window to be taken."""
AT_REST_PX = 2.0
PLACES = 1
"""The stream of random numbers that places windows; see ``Batch.draws``."""


@dataclass(frozen=True)
class Ours:
    """The two-look student as a method. Weights of the terms are ours.

    The teacher's logit map is not asked for place by place: a crop's network, with its wide view, names the stage
    everywhere, and a gate taught so hardly shuts.
    """

    name: str = "ours"
    needs: tuple[str, ...] = ("teacher",)
    crops: Crops = ("expert", "none")
    weights: dict[str, float] = field(
        default_factory=lambda: {
            **{"classification": 0.4, "distillation": 0.6, "features": 0.1},
            **{"attention": 0.1, "gate": 1.0, "coarse_heat": 0.25, "fine_heat": 0.2, "presence": 0.3},
        }
    )

    def network(self, settings: NetworkSettings, channels: int, stages: int) -> nn.Module:
        """See ``Method.network``; slabs of one or three planes."""
        return TwoLooks(settings, channels, stages)

    def losses(self, network: Any, batch: Batch, context: Context, generator: torch.Generator) -> dict[str, Tensor]:
        """``classification`` and ``presence``; ``coarse_heat`` and ``fine_heat``: where; ``gate`` and ``attention``:
        the second look's gate and Grad-CAM against the ROI; ``distillation`` and ``features``: class logits and
        activations against the teacher's."""
        first = network.first(batch.image, batch.valid)
        window = window_around(_place(first, batch), view_of(batch))
        fine, staged = network.second(batch.image, batch.valid, window), network.staged(window)
        shares = label_shares(batch.stage, batch.soft, context.labels or "ordinal", smoothing=context.smoothing)
        return {
            "classification": cross_entropy(fine["logits"], shares),
            "presence": presence(network, first, fine, batch),
            **_where(first, fine, window, batch),
            **_attention(network.student.head, fine, staged, batch, context),
            **_taught(fine, staged, taught(context.teachers, batch), batch, context),
        }

    def predict(self, network: Any, batch: Batch, context: Context) -> Prediction:
        """Look as the predictor does: again around the better position until it rests, then from four sides.

        Grad-CAM is composed on the whole view: the mean of the second looks' maps, each where its window lies, times
        how sure the first look is that this is the place.
        """
        view = view_of(batch)
        first = network.first(batch.image, batch.valid)
        window, fine, found = _rested(network, first.middle, batch)
        looks = [(window, fine)]
        for shift in _shifts(window):
            window = window_around(found + shift, view)
            looks.append((window, network.second(batch.image, batch.valid, window)))
        staged = [network.staged(window) for window, _ in looks]
        logits = torch.stack([said["logits"] for _, said in looks]).mean(0)
        seen = torch.stack([said["presence"] for _, said in looks]).mean(0)
        stage, head = logits.argmax(1), network.student.head
        maps = [gradcam(head, said["features"].float(), stage) for _, said in looks]
        laid = [paste(map_, where, view) for map_, where in zip(maps, staged, strict=True)]
        reach = [paste(torch.ones_like(map_), where, view) for map_, where in zip(maps, staged, strict=True)]
        return Prediction(
            logits=logits,
            box=_box(looks[0]),
            confidence=first.sure.clamp(0, 1),
            cam=torch.stack(laid).mean(0) * first.sure[:, None, None, None],
            cam_reach=torch.stack(reach).amax(0),
            presence=torch.sigmoid(torch.minimum(first.presence, seen)),
        )


def _middle(batch: Batch) -> Tensor:
    """Middle [B, 2] of the boxes in view pixels; NaN where there is none."""
    return batch.box.unflatten(1, (2, 2)).mean(1)


def _place(first: FirstLook, batch: Batch) -> Tensor:
    """Where to look closer [B, 2]: near the box, or half of the time where the first look says, if that is near."""
    extent = first.middle.new_tensor([batch.image.shape[-1], batch.image.shape[-2]])
    drawn = batch.draws(PLACES, 3)
    truth = torch.where(has_box(batch.box)[:, None], _middle(batch), first.middle.detach())
    near = ((first.middle - truth).abs() < NEAR * extent).all(1)
    beside = truth + (2 * drawn[:, :2] - 1) * JITTER * extent
    follows = (near & (drawn[:, 2] < 0.5)) | ~has_box(batch.box)
    return torch.where(follows[:, None], first.middle, beside)


def _where(first: FirstLook, fine: dict[str, Tensor], window: Tensor, batch: Batch) -> dict[str, Tensor]:
    usable = has_box(batch.box)
    rows, columns = view_of(batch)
    step = batch.box.new_tensor([columns, rows]) / LOOK_SIZE
    coarse = ((_middle(batch) + 0.5) / step - 0.5)[:, None]
    # A box's upper left and lower right corners are about the plate's ends: faces look to the right.
    ends = batch.box.unflatten(1, (2, 2))
    points = in_window(torch.cat([_middle(batch)[:, None], ends], 1), window.detach())
    return {
        "coarse_heat": heat_errors(first.heat[:, :1], coarse, usable, LOOK_SIZE)[0].mean(),
        "fine_heat": heat_errors(fine["heat"], points, usable, LOOK_SIZE)[0].mean(),
    }


def _attention(head: Any, fine: dict[str, Tensor], staged: Tensor, batch: Batch, context: Context) -> dict[str, Tensor]:
    usable, chosen = has_box(batch.box), context.distil
    mask = cut(batch.mask, staged.detach())
    classes = batch.stage if chosen.cam_class == "true" else fine["logits"].argmax(1)
    gate = fine["gate"].float()
    wanted = functional.interpolate(mask, size=gate.shape[-2:], mode="area")
    apart = functional.binary_cross_entropy_with_logits(gate, wanted, reduction="none")
    attention = attention_mse(head, fine["features"], classes, mask, normalise=chosen.cam_normalise, usable=usable)
    return {"gate": mean_over(apart, usable), "attention": attention}


def _taught(
    fine: dict[str, Tensor], staged: Tensor, teacher: Taught, batch: Batch, context: Context
) -> dict[str, Tensor]:
    """Compare the second look, features read through the teacher's crop, with what the teacher says of that crop."""
    region = in_window(batch.crop_box.unflatten(1, (2, 2)), staged.detach()).flatten(1)
    features = [
        attention_transfer(through(fine["features"], region, LOOK, _size(other)), other.float(), teacher.usable)
        for other in teacher.features
    ]
    heat, squared = context.distil.temperature, context.distil.t_squared
    return {
        "distillation": softened_kl(fine["logits"], teacher.logits, heat, t_squared=squared, usable=teacher.usable),
        "features": torch.stack(features).mean(),
    }


def _size(map_: Tensor) -> tuple[int, int]:
    return map_.shape[-2], map_.shape[-1]


def _rested(network: TwoLooks, middle: Tensor, batch: Batch) -> tuple[Tensor, dict[str, Tensor], Tensor]:
    """Window, second look, and position found, once looking again no longer moves it much."""
    for _ in range(LOOKS):
        window = window_around(middle, view_of(batch))
        fine = network.second(batch.image, batch.valid, window)
        found = in_view(_points(fine), window)[:, 0]
        moved = in_window(torch.stack([found, middle], 1), window).diff(dim=1)[:, 0].abs().amax(1)
        middle = torch.where((moved < AT_REST_PX)[:, None], middle, found)
        if bool((moved < AT_REST_PX).all()):
            break
    return window, fine, found


def _points(fine: dict[str, Tensor]) -> Tensor:
    """The plate's middle and ends [B, 3, 2] in window pixels."""
    return peak_position(fine["heat"], LOOK_SIZE / fine["heat"].shape[-1])[0]


def _shifts(window: Tensor) -> list[Tensor]:
    """Steps [B, 2] to four sides, in view pixels."""
    step = (window[:, 2:] - window[:, :2]) / LOOK_SIZE * SHIFT_PX
    sides = ((1, 0), (-1, 0), (0, 1), (0, -1))
    return [step * step.new_tensor(side) for side in sides]


def _box(look: tuple[Tensor, dict[str, Tensor]]) -> Tensor:
    """Box [B, 4] in view pixels around what the second look sees of the plate."""
    window, fine = look
    points = in_view(_points(fine), window)
    return torch.cat([points.amin(1), points.amax(1)], 1)


register(Ours())
