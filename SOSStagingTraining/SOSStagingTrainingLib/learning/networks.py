"""The networks that are compared: a timm backbone, a head whose Grad-CAM has a closed form, and the fusion network.

Each takes pictures [B, C, H, W] and answers with the features [B, F, h, w] its head reads and the logits [B, stages].
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import torch
from SOSStagingLib.model.gradcam import StageHead
from timm.layers import LayerNorm2d
from torch import Tensor, nn
from torch.nn import functional

from .weights import RANDOM, backbone_weights, begin, feature_network

LOCAL_WIDTH = 128


@dataclass(frozen=True)
class NetworkSettings:
    """What a recipe says of one network: timm backbone, attention block or not, and where its weights come from (see
    ``weights.backbone_weights``)."""

    backbone: str = "convnext_atto"
    attention: bool = True
    weights: str = RANDOM


class Answer(NamedTuple):
    """Features [B, F, h, w] as the head reads them, and logits [B, stages]."""

    features: Tensor
    logits: Tensor


def input_channels(channels: int) -> int:
    """Channels the backbone is built for: one grey channel is shown three times, so that pretrained weights fit."""
    return 3 if channels == 1 else channels


def as_input(image: Tensor) -> Tensor:
    """[B, C, H, W] with one channel repeated three times."""
    return image.expand(-1, 3, -1, -1) if image.shape[1] == 1 else image


class StageNetwork(nn.Module):
    """Backbone, normalisation of its deepest map over the channels, and the stage head.

    With attention it is our reading of "ConvNeXt + Conv Attention" (arXiv 2505.21561, whose block is not described):
    a spatial gate of CBAM's kind (Woo et al. 2018) behind the last stage.
    """

    def __init__(self, settings: NetworkSettings, channels: int, stages: int) -> None:
        super().__init__()
        wide = input_channels(channels)
        self.backbone = feature_network(settings.backbone, wide, out_indices=(-1,))
        begin(self.backbone, backbone_weights(settings.backbone, settings.weights, wide))
        width = last_width(self.backbone)
        self.norm = LayerNorm2d(width)
        self.head = StageHead(width, stages, settings.attention)

    def forward(self, image: Tensor) -> Answer:
        """``image`` [B, C, H, W], normalised."""
        features = self.norm(self.backbone(as_input(image))[-1])
        return Answer(features, self.head(features))


class FusionNetwork(nn.Module):
    """A backbone that sees the whole picture and a small one that sees 31 pixels, joined by an attention gate.

    Of the family of "Multimodal Attention-Aware Fusion" (arXiv 2508.01316: one network for global context, one for
    local detail, an attention gate between them). Its parts here are ours: the local network is a BagNet-like stack of
    convolutions, the gate the additive one of Attention U-Net (Oktay et al. 2018, arXiv 1804.03999).
    """

    def __init__(self, settings: NetworkSettings, channels: int, stages: int) -> None:
        super().__init__()
        wide = input_channels(channels)
        self.backbone = feature_network(settings.backbone, wide, out_indices=(-1,))
        begin(self.backbone, backbone_weights(settings.backbone, settings.weights, wide))
        self.norm = LayerNorm2d(last_width(self.backbone))
        self.project = nn.Conv2d(last_width(self.backbone), LOCAL_WIDTH, 1)
        self.local = _local_network(wide)
        self.gate = AttentionGate(LOCAL_WIDTH)
        self.fuse = nn.Sequential(nn.Conv2d(2 * LOCAL_WIDTH, LOCAL_WIDTH, 1), LayerNorm2d(LOCAL_WIDTH), nn.GELU())
        self.head = StageHead(LOCAL_WIDTH, stages, attention=False)

    def forward(self, image: Tensor) -> Answer:
        """``image`` [B, C, H, W], normalised; the features are at an eighth of its size."""
        shown = as_input(image)
        local = self.local(shown)
        context = self.project(self.norm(self.backbone(shown)[-1]))
        context = functional.interpolate(context, size=local.shape[-2:], mode="bilinear", align_corners=False)
        features = self.fuse(torch.cat([context, self.gate(local, context)], 1))
        return Answer(features, self.head(features))


class AttentionGate(nn.Module):
    """Local features times sigmoid(psi(relu(A local + B context))): context says where detail counts."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.local = nn.Conv2d(width, width // 2, 1)
        self.context = nn.Conv2d(width, width // 2, 1)
        self.psi = nn.Conv2d(width // 2, 1, 1)

    def forward(self, local: Tensor, context: Tensor) -> Tensor:
        """Both [B, width, h, w]; gives the gated local features."""
        return local * torch.sigmoid(self.psi(functional.relu(self.local(local) + self.context(context))))


def last_width(backbone: nn.Module) -> int:
    """Channels of a feature network's deepest map."""
    info: Any = backbone.feature_info
    return int(info.channels()[-1])


def parameters(network: nn.Module) -> int:
    """How many numbers are learnt."""
    return sum(value.numel() for value in network.parameters() if value.requires_grad)


def _local_network(channels: int) -> nn.Sequential:
    """Stride 8; each position sees 31 pixels (BagNet's 33, Brendel and Bethge 2019, arXiv 1904.00760)."""
    widths, layers = [channels, 32, 64, LOCAL_WIDTH, LOCAL_WIDTH], []
    for before, after, stride in zip(widths[:-1], widths[1:], (2, 2, 2, 1), strict=True):
        layers += [nn.Conv2d(before, after, 3, stride, 1), nn.GroupNorm(8, after), nn.GELU()]
    return nn.Sequential(*layers)
