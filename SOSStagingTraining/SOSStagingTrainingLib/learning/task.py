"""One network to be trained: by which method, on which cases, in which order; and how it does on validation cases."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import nn

from .methods import Context, Method
from .paired_views import PairedViews, case_seed, epoch_order
from .settings import CropSource, MethodSettings


@dataclass(frozen=True)
class Task:
    """One network to be trained: by which method, on which cases, and where it is kept."""

    method: Method
    settings: MethodSettings
    views: PairedViews
    context: Context
    training: tuple[str, ...]
    validation: tuple[str, ...]
    stages: int
    seed: int
    folder: Path

    @property
    def weights(self) -> dict[str, float]:
        """Weight of each loss term."""
        return {**self.method.weights, **self.settings.weights}

    @property
    def crops(self) -> tuple[CropSource, CropSource]:
        """What crops are cut by, in training and for held-out cases."""
        return self.settings.crops or self.method.crops

    @property
    def batch(self) -> int:
        """Cases in a step, at most all of them."""
        return min(self.settings.train.batch, len(self.training))

    @property
    def steps_per_epoch(self) -> int:
        """Steps that show every case once; the last one is filled up from the beginning."""
        return -(-len(self.training) // self.batch)

    @property
    def steps(self) -> int:
        """Steps in all."""
        return self.settings.train.epochs * self.steps_per_epoch

    def build(self) -> nn.Module:
        """The network before training: the same for the same seed."""
        torch.manual_seed(self.seed)
        return self.method.network(self.settings.network, self.settings.view.planes, self.stages)

    def cases_of(self, step: int) -> tuple[list[str], list[int]]:
        """The cases of a step and the seed of each one's view."""
        epoch, place = divmod(step, self.steps_per_epoch)
        order = epoch_order(len(self.training), self.seed, epoch)
        rows = np.arange(place * self.batch, (place + 1) * self.batch) % len(order)
        return [self.training[order[r]] for r in rows], [case_seed(self.seed, step, n) for n in range(self.batch)]


@torch.no_grad()
def validation_metrics(task: Task, network: nn.Module) -> dict[str, float]:
    """Mean negative log-likelihood of the label, accuracy and mean absolute error in stages on the validation cases."""
    network.eval()
    likelihood, error = [], []
    size = task.settings.train.micro_batch or task.batch
    for start in range(0, len(task.validation), size):
        batch = task.views.plain(task.validation[start : start + size], task.crops[1])
        logits = task.method.predict(network, batch, task.context).logits
        if logits is None:
            return {}
        logits = logits.float().cpu()
        stage = batch.stage.cpu()
        likelihood.append(-logits.log_softmax(1).gather(1, stage[:, None])[:, 0])
        error.append((logits.argmax(1) - stage).abs().float())
    errors = torch.cat(error)
    return {
        "nll": float(torch.cat(likelihood).mean()),
        "accuracy": float((errors == 0).float().mean()),
        "mae": float(errors.mean()),
    }


def as_fast(network: nn.Module) -> nn.Module:
    """The network with its kernels laid out channels last, as convolutions like them; nothing else changes."""
    return network.to(memory_format=torch.channels_last)
