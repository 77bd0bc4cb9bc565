"""What the student is asked for, each term a small function; the sum is taken by the trainer."""

from __future__ import annotations

import torch
from SOSStagingLib.model.gradcam import gradcam
from SOSStagingLib.model.student import LOOK_SIZE, Student
from torch import Tensor
from torch.nn import functional


def heat_loss(heat: Tensor, points: Tensor, usable: Tensor) -> Tensor:
    """Cross-entropy between each heat map's softmax and a Gaussian at its point.

    ``heat`` [B, K, h, w], ``points`` [B, K, 2] (column, row) in input pixels, ``usable`` [B] bool; NaN or outside
    points count not.
    """
    errors, counted = heat_errors(heat, points, usable, LOOK_SIZE)
    return errors.sum() / counted.sum().clamp_min(1)


def heat_errors(heat: Tensor, points: Tensor, usable: Tensor, width: int) -> tuple[Tensor, Tensor]:
    """``heat_loss`` of each map and which of them count, both [B, K]; ``width`` of the input in pixels."""
    h, w = heat.shape[-2:]
    stride = width / w
    cell = (points + 0.5) / stride - 0.5
    inside = ((cell > -0.5) & (cell < w - 0.5)).all(-1) & usable[:, None]
    cell = torch.where(inside[..., None], cell, torch.zeros_like(cell))
    rows = torch.arange(h, device=heat.device).view(1, 1, h, 1)
    cols = torch.arange(w, device=heat.device).view(1, 1, 1, w)
    far = (rows - cell[..., 1, None, None]) ** 2 + (cols - cell[..., 0, None, None]) ** 2
    target = torch.exp(-far / (2 * 0.8**2)).flatten(2)
    target = target / target.sum(2, keepdim=True).clamp_min(1e-9)
    loss = -(target * heat.float().flatten(2).log_softmax(2)).sum(2)
    return loss * inside, inside


def ordinal_loss(logits: Tensor, stage: Tensor, usable: Tensor, neighbour: float = 0.04) -> Tensor:
    """Cross-entropy to a stage label that leaves ``neighbour`` on each adjacent stage; ``stage`` [B] from 1."""
    n = logits.shape[1]
    target = torch.zeros_like(logits)
    index = (stage - 1).clamp(0, n - 1).long()
    target.scatter_(1, index[:, None], 1.0)
    side = torch.zeros_like(target)
    side[:, 1:] += target[:, :-1] * neighbour
    side[:, :-1] += target[:, 1:] * neighbour
    target = target * (1 - side.sum(1, keepdim=True)) + side
    loss = -(target * logits.log_softmax(1)).sum(1)
    return (loss * usable).sum() / usable.sum().clamp_min(1)


def kept_losses(fine: dict[str, Tensor], kept: Student, image: Tensor) -> dict[str, Tensor]:
    """How far ``Student.fine``'s answers to ``image`` are from those of a student that is not trained: ``stage`` (KL of
    its probabilities), ``fraction`` (MAE), ``gate`` (MSE after the sigmoid)."""
    with torch.no_grad():
        other = kept.fine(image)
    gates = torch.sigmoid(fine["gate"]), torch.sigmoid(other["gate"])
    stage = functional.kl_div(fine["logits"].log_softmax(1), other["logits"].softmax(1), reduction="batchmean")
    fraction = (fine["fraction"] - other["fraction"]).abs().mean()
    return {"stage": stage, "fraction": fraction, "gate": functional.mse_loss(*gates)}


def roi_mask(points: Tensor, size: int, reach_px: float) -> Tensor:
    """Mask [B, size, size] of cells within ``reach_px`` of the plate, the line between ``points`` 1 and 2 [B, 3, 2]."""
    stride = LOOK_SIZE / size
    axis = (torch.arange(size, device=points.device) + 0.5) * stride - 0.5
    grid = torch.stack(torch.meshgrid(axis, axis, indexing="xy"), -1).view(1, -1, 2)
    a, b = points[:, 1, None], points[:, 2, None]
    along = ((grid - a) * (b - a)).sum(-1) / ((b - a) ** 2).sum(-1).clamp_min(1e-6)
    nearest = a + along.clamp(0, 1)[..., None] * (b - a)
    return ((grid - nearest).norm(dim=-1) < reach_px).float().view(-1, size, size)


def attention_losses(
    student: Student, fine: dict[str, Tensor], points: Tensor, stage: Tensor, usable: Tensor
) -> dict[str, Tensor]:
    """``gate``: the attention gate against the plate's surroundings; ``attention``: MSE of Grad-CAM (true stage, own
    maximum 1)."""
    rows = torch.where(usable)[0]
    if rows.numel() == 0:
        zero = fine["logits"].sum() * 0
        return {"gate": zero, "attention": zero}
    mask = roi_mask(points[rows], fine["gate"].shape[-1], 17.0)
    gate = functional.binary_cross_entropy_with_logits(fine["gate"][rows, 0], mask)
    cam = gradcam(student.head, fine["features"][rows], (stage[rows] - 1).long(), normalise=True)
    return {"gate": gate, "attention": ((cam - mask) ** 2).mean()}
