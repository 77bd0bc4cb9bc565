"""Our own detector: a heat map of the box's middle, and the box's size read off where the heat is.

The default: small, quick on a CPU, nothing to install. It is trained like any other method; views of 128 pixels are
what the student's first look sees, and are enough.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import torch
from SOSStagingLib.model.student import Pyramid, normalise, peak_position
from torch import Tensor, nn
from torch.nn import functional

from ..batch import Batch
from ..compared import WHOLE, Crops
from ..losses import heat_errors
from ..maps import has_box
from ..methods import Context, Prediction, register
from ..settings import NetworkSettings
from ..weights import backbone_weights, begin, feature_network

STRIDE = 32
"""The backbone's deepest map must divide the picture."""
USUAL_SHARE = 0.25
"""Sizes are learnt as powers of two of this share of the picture."""


class Localiser(nn.Module):
    """One grey plane [B, 1, H, W] to heat logits of the box's middle and its log size."""

    def __init__(self, settings: NetworkSettings) -> None:
        super().__init__()
        self.backbone = feature_network(settings.backbone)
        begin(self.backbone, backbone_weights(settings.backbone, settings.start))
        info: Any = self.backbone.feature_info
        self.pyramid = Pyramid(info.channels()[-4:], settings.width)
        self.heat = nn.Conv2d(settings.width, 1, 1)
        self.size = nn.Conv2d(settings.width, 2, 1)

    def forward(self, image: Tensor) -> tuple[Tensor, Tensor]:
        """Heat logits [B, 1, H/4, W/4], and log2 of (width, height) in USUAL_SHARE of the picture, [B, 2]: its mean
        where the heat is."""
        high, _ = self.pyramid(self.backbone(image.expand(-1, 3, -1, -1))[-4:])
        heat = self.heat(high).float()
        # What is said of the size at a place must not move the heat.
        where = heat.detach().flatten(2).softmax(2)
        return heat, (where * self.size(high).float().flatten(2)).sum(2)


@dataclass(frozen=True)
class HeatmapLocaliser:
    """The localiser as a method whose answer is a box."""

    name: str = "localiser"
    needs: tuple[str, ...] = ()
    crops: Crops = WHOLE
    weights: dict[str, float] = field(default_factory=lambda: {"heat": 1.0, "size": 1.0})

    def network(self, settings: NetworkSettings, channels: int, stages: int) -> nn.Module:
        """See ``Method.network``; only the midsagittal plane is looked at."""
        return Localiser(settings)

    def losses(
        self, network: nn.Module, batch: Batch, context: Context, generator: torch.Generator
    ) -> dict[str, Tensor]:
        """``heat``: cross-entropy to a Gaussian at the box's middle; ``size``: difference in log2 of width and
        height."""
        shown = _shown(batch)
        heat, size = network(shown)
        # Edges of pixels count from the corner here, in shares of the view.
        corners = ((batch.box + 0.5) / _extent(batch)).unflatten(1, (2, 2))
        extent = batch.box.new_tensor([shown.shape[-1], shown.shape[-2]])
        usable = has_box(batch.box)
        middle = corners.mean(1) * extent - 0.5
        errors, _ = heat_errors(heat, middle[:, None], usable, shown.shape[-1])
        wanted = torch.log2((corners[:, 1] - corners[:, 0]).clamp_min(1e-3) / USUAL_SHARE)
        apart = (size - torch.where(usable[:, None], wanted, size.detach())).abs()
        return {"heat": errors.mean(), "size": apart.mean()}

    def predict(self, network: nn.Module, batch: Batch, context: Context) -> Prediction:
        """One box for each view; its confidence is the heat's probability near its peak."""
        shown = _shown(batch)
        heat, size = network(shown)
        middle, mass = peak_position(heat, shown.shape[-1] / heat.shape[-1])
        at = (middle[:, 0] + 0.5) / middle.new_tensor([shown.shape[-1], shown.shape[-2]])
        half = torch.exp2(size) * USUAL_SHARE / 2
        box = torch.cat([at - half, at + half], 1) * _extent(batch) - 0.5
        return Prediction(box=box, confidence=mass[:, 0].clamp(0, 1))


def _extent(batch: Batch) -> Tensor:
    rows, columns = batch.image.shape[-2:]
    return batch.box.new_tensor([columns, rows, columns, rows])


def _shown(batch: Batch) -> Tensor:
    """The midsagittal plane [B, 1, H, W], at a size that the backbone's strides divide."""
    middle = batch.image.shape[1] // 2
    size = [STRIDE * max(2, round(edge / STRIDE)) for edge in batch.image.shape[-2:]]
    plane = functional.interpolate(batch.image[:, middle : middle + 1], size=size, mode="area")
    seen = functional.interpolate(batch.valid, size=size, mode="area") > 0.5
    return normalise(plane, seen)


register(HeatmapLocaliser())
