"""Optimiser, learning rate and the average of the weights."""

from __future__ import annotations

import copy
import math

import torch
from torch import nn

from .settings import TrainSettings

LEAST_RATE = 0.001
"""The cosine ends at this share of the highest rate."""
SGD_MOMENTUM = 0.9


def make_optimiser(network: nn.Module, settings: TrainSettings) -> torch.optim.Optimizer:
    """AdamW or SGD; biases, norms and other vectors do not decay."""
    trained = [p for p in network.parameters() if p.requires_grad]
    groups = [
        {"params": [p for p in trained if p.ndim > 1], "weight_decay": settings.decay},
        {"params": [p for p in trained if p.ndim <= 1], "weight_decay": 0.0},
    ]
    if settings.optimiser == "sgd":
        return torch.optim.SGD(groups, lr=settings.rate, momentum=SGD_MOMENTUM, nesterov=True)
    return torch.optim.AdamW(groups, lr=settings.rate)


def rate_at(settings: TrainSettings, step: int, steps: int, steps_per_epoch: int) -> float:
    """Learning rate of a step: a straight line up over the warm-up, then the schedule."""
    warmup = round(settings.warmup * steps_per_epoch)
    if step < warmup:
        return settings.rate * (step + 1) / warmup
    if settings.schedule == "constant":
        return settings.rate
    done = (step - warmup) / max(steps - warmup, 1)
    return settings.rate * (LEAST_RATE + (1 - LEAST_RATE) * 0.5 * (1 + math.cos(math.pi * done)))


def set_rate(optimiser: torch.optim.Optimizer, rate: float) -> None:
    """Give every group of parameters a learning rate."""
    for group in optimiser.param_groups:
        group["lr"] = rate


def average_of(network: nn.Module) -> nn.Module:
    """A copy of a network for ``update_average``, in eval mode and without gradients."""
    return copy.deepcopy(network).eval().requires_grad_(False)


def update_average(average: nn.Module, network: nn.Module, keep: float, step: int) -> None:
    """Move the average a little towards the network; early on by more, so that it forgets the start."""
    keep = min(keep, (1 + step) / (10 + step))
    with torch.no_grad():
        for mine, other in zip(average.state_dict().values(), network.state_dict().values(), strict=True):
            if mine.dtype.is_floating_point:
                mine.lerp_(other.to(mine.dtype), 1 - keep)
            else:
                mine.copy_(other)
