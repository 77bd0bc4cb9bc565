"""Teaching the two looks to say that there is no synchondrosis: every case of a study has one, so it is taken away.

Some views are cut as smaller fields of view are, above the jaw or behind the face, so that the first look has nothing
to find; some windows are taken beside it, so that the second look sees bone and brain but no synchondrosis.
"""

from __future__ import annotations

import math
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional

from .batch import Batch
from .maps import has_box
from .two_looks import FirstLook, window_around

STREAM = 2
"""The stream of random numbers that chooses; see ``Batch.draws``."""
SHARE = 0.25
"""Share of the views that are cut, and of the windows that are taken elsewhere."""
BESIDE = (0.08, 0.3)
"""How far from the box's middle a window elsewhere lies, as a share of the view: 20 to 77 mm of a slab."""
ROOM = 0.01


def presence(network: Any, first: FirstLook, fine: dict[str, Tensor], batch: Batch) -> Tensor:
    """Cross-entropy of both looks' presence: 1 where the box is looked at, 0 where it was taken away. Mean over the
    batch; cases without a box count not."""
    boxed = has_box(batch.box)
    there = _errors(first.presence, 1.0) + _errors(fine["presence"], 1.0)
    drawn = batch.draws(STREAM, 4)
    total = torch.where(boxed, there, torch.zeros_like(there)).sum()
    cut, elsewhere = (torch.where(boxed & (drawn[:, n] < SHARE))[0] for n in (0, 1))
    if len(cut):
        seen = without(batch.valid[cut], batch.box[cut], drawn[cut, 2] < 0.5)
        total = total + _errors(network.first(batch.image[cut], seen).presence, 0.0).sum()
    if len(elsewhere):
        window, gone = beside(batch, elsewhere, drawn[elsewhere, 2:])
        said = network.whether(batch.image[elsewhere], batch.valid[elsewhere], window)
        total = total + (_errors(said, 0.0) * gone).sum()
    return total / len(batch)


def without(valid: Tensor, box: Tensor, jaw: Tensor) -> Tensor:
    """``valid`` [B, 1, H, W] with the box cut away: all above its lower edge where ``jaw`` [B], else all behind its
    front edge (faces look to the right)."""
    height, width = valid.shape[-2:]
    rows = torch.arange(height, device=valid.device).view(1, 1, -1, 1)
    columns = torch.arange(width, device=valid.device).view(1, 1, 1, -1)
    below = rows > (box[:, 3] + ROOM * height).view(-1, 1, 1, 1)
    before = columns > (box[:, 2] + ROOM * width).view(-1, 1, 1, 1)
    return valid * torch.where(jaw.view(-1, 1, 1, 1), below, before)


def beside(batch: Batch, rows: Tensor, drawn: Tensor) -> tuple[Tensor, Tensor]:
    """Windows [n, 4] away from the box of the cases ``rows`` [n], by random numbers ``drawn`` [n, 2], and which of them
    the view's edge did not push back onto it, [n] bool."""
    height, width = batch.image.shape[-2:]
    extent = batch.box.new_tensor([width, height])
    middle = batch.box[rows].unflatten(1, (2, 2)).mean(1)
    angle = 2 * math.pi * drawn[:, :1]
    far = BESIDE[0] + (BESIDE[1] - BESIDE[0]) * drawn[:, 1:]
    window = window_around(middle + far * extent * torch.cat([torch.cos(angle), torch.sin(angle)], 1), (height, width))
    apart = (window.unflatten(1, (2, 2)).mean(1) - middle) / extent
    return window, apart.norm(dim=1) > 0.9 * BESIDE[0]


def _errors(logit: Tensor, there: float) -> Tensor:
    return functional.binary_cross_entropy_with_logits(
        logit.float(), torch.full_like(logit, there, dtype=torch.float32), reduction="none"
    )
