"""Batches of drawn slices: a bright bar on grey grain stands for the synchondrosis, its place and length differ by
case."""

from __future__ import annotations

import torch
from SOSStagingTrainingLib.learning.batch import Batch, filled
from torch import Tensor
from torch.nn import functional

STAGES = 5


def made_batch(cases: int = 4, size: int = 128, planes: int = 1, crop: int = 64, seed: int = 0) -> Batch:
    """Stage n has a bar of n + 1 parts; boxes hold the bar, crops are twice as large; detections are the boxes."""
    generator = torch.Generator().manual_seed(seed)
    image = 0.1 * torch.randn(cases, planes, size, size, generator=generator)
    stage = torch.arange(cases) % STAGES
    part = size // 32
    corner = torch.randint(size // 4, size // 2, (cases, 2), generator=generator)
    for n in range(cases):
        x, y = corner[n].tolist()
        image[n, :, y : y + 2 * part, x : x + (int(stage[n]) + 1) * part] += 2.0
    low = corner.float() - 0.5
    box = torch.cat([low, low + torch.tensor([5.0 * part, 2.0 * part])], 1)
    middle, half = (box[:, :2] + box[:, 2:]) / 2, 5.0 * part
    crop_box = torch.cat([middle - half, middle + half], 1)
    return Batch(
        image=image, crop=cropped(image, crop_box, crop), crop_box=crop_box, box=box, mask=filled(box, size, size),
        stage=stage, soft=functional.one_hot(stage, STAGES).float(), spacing=torch.full((cases,), 256 / size),
        case=[f"case-{n}" for n in range(cases)], detected=box.clone(), detected_mask=filled(box, size, size),
        confidence=torch.full((cases,), 0.8), valid=torch.ones(cases, 1, size, size),
        to_slab=torch.eye(3)[:2].expand(cases, 2, 3) * 640 / size, seed=torch.arange(cases) + 1000 * seed,
    )  # fmt: skip


def cropped(image: Tensor, box: Tensor, size: int) -> Tensor:
    """What boxes [B, 4] show of views."""
    step = (torch.arange(size) + 0.5) / size
    x = box[:, :1] + (box[:, 2:3] - box[:, :1]) * step
    y = box[:, 1:2] + (box[:, 3:] - box[:, 1:2]) * step
    x, y = 2 * (x + 0.5) / image.shape[-1] - 1, 2 * (y + 0.5) / image.shape[-2] - 1
    grid = torch.stack(torch.broadcast_tensors(x[:, None, :], y[:, :, None]), -1)
    return functional.grid_sample(image, grid, align_corners=False)
