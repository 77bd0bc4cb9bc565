"""The smallest classifier that is a method: for tests of what trains methods, not of methods."""

from dataclasses import dataclass, field

import torch
from SOSStagingTrainingLib.learning.batch import Batch
from SOSStagingTrainingLib.learning.methods import Context, Prediction, known, register
from SOSStagingTrainingLib.learning.settings import NetworkSettings
from torch import Tensor, nn
from torch.nn import functional


class TinyNetwork(nn.Module):
    def __init__(self, channels: int, stages: int) -> None:
        super().__init__()
        self.first = nn.Conv2d(channels, 8, 5, 2, 2)
        self.second = nn.Conv2d(8, 16, 3, 2, 1)
        self.drop = nn.Dropout(0.1)
        self.last = nn.Linear(16, stages)

    def forward(self, image: Tensor) -> Tensor:
        maps = functional.gelu(self.second(functional.gelu(self.first(image))))
        return self.last(self.drop(maps.amax((2, 3))))


@dataclass
class Tiny:
    """``most`` is how many cases fit into its make-believe memory; ``breaks_at`` the call at which its loss is NaN."""

    name: str = "tiny"
    needs: tuple[str, ...] = ()
    weights: dict[str, float] = field(default_factory=lambda: {"classification": 1.0})
    crops: tuple = ("none", "none")
    most: int = 1_000
    breaks_at: int = -1
    calls: int = 0

    def network(self, settings: NetworkSettings, channels: int, stages: int) -> nn.Module:
        network = TinyNetwork(channels, stages)
        network.drop.p = settings.drop
        return network

    def losses(
        self, network: nn.Module, batch: Batch, context: Context, generator: torch.Generator
    ) -> dict[str, Tensor]:
        self.calls += 1
        if len(batch) > self.most:
            raise torch.OutOfMemoryError("make-believe device is out of memory")
        loss = functional.cross_entropy(network(batch.image), batch.stage)
        return {"classification": loss * float("nan") if self.calls == self.breaks_at else loss, "noted": loss.detach()}

    def predict(self, network: nn.Module, batch: Batch, context: Context) -> Prediction:
        return Prediction(logits=network(batch.image))


if "tiny" not in known():
    register(Tiny())
