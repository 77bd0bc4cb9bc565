"""The networks that are compared: a timm backbone, a head whose Grad-CAM has a closed form, and the fusion network.

Each takes pictures [B, C, H, W] and answers with the features [B, F, h, w] its head reads and the logits [B, stages].
"""

from __future__ import annotations

from typing import Any, NamedTuple

import torch
from SOSStagingLib.model.gradcam import StageHead
from timm.layers import LayerNorm2d
from torch import Tensor, nn
from torch.nn import functional

from .settings import NetworkSettings
from .weights import backbone_weights, begin, feature_network


class Answer(NamedTuple):
    """Features [B, F, h, w] as the head reads them, and logits [B, stages]."""

    features: Tensor
    logits: Tensor


class Input(nn.Module):
    """Pictures as a backbone is built for them: one grey plane is shown three times, so that pretrained weights fit.

    A network for the midsagittal plane alone takes it out of a slab of several planes.
    """

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.channels = channels
        self.shown = 3 if channels == 1 else channels

    def forward(self, image: Tensor) -> Tensor:
        """[B, C, H, W] to [B, shown, H, W]; ValueError for a number of planes that the network cannot take."""
        planes = image.shape[1]
        if planes == self.channels and self.channels != 1:
            return image
        if self.channels != 1:
            raise ValueError(f"this network takes pictures of {self.channels} planes, not of {planes}")
        middle = planes // 2
        return image[:, middle : middle + 1].expand(-1, 3, -1, -1)


class StageNetwork(nn.Module):
    """Backbone, normalisation of its deepest map over the channels, and the stage head.

    With ``attention`` it is our reading of "ConvNeXt + Conv Attention" (arXiv 2505.21561, whose block is not
    described): a spatial gate of CBAM's kind (Woo et al. 2018) behind the last stage.
    """

    def __init__(self, settings: NetworkSettings, channels: int, stages: int, attention: bool) -> None:
        super().__init__()
        self.input = Input(channels)
        self.backbone = begun_backbone(settings, self.input.shown)
        width = last_width(self.backbone)
        self.norm = LayerNorm2d(width)
        self.drop = nn.Dropout(settings.drop)
        self.head = StageHead(width, stages, attention)

    def forward(self, image: Tensor) -> Answer:
        """``image`` [B, C, H, W], normalised."""
        features = self.norm(self.backbone(self.input(image))[-1])
        return Answer(features, self.head.classifier(self.drop(self.head.pooled(features))))


class FusionNetwork(nn.Module):
    """A backbone that sees the whole picture and a small one that sees 31 pixels, joined by an attention gate.

    Of the family of "Multimodal Attention-Aware Fusion" (arXiv 2508.01316: one network for global context, one for
    local detail, an attention gate between them). Its parts here are ours: the local network is a BagNet-like stack of
    convolutions, the gate the additive one of Attention U-Net (Oktay et al. 2018, arXiv 1804.03999).
    """

    def __init__(self, settings: NetworkSettings, channels: int, stages: int) -> None:
        super().__init__()
        width = settings.width
        self.input = Input(channels)
        self.backbone = begun_backbone(settings, self.input.shown)
        self.norm = LayerNorm2d(last_width(self.backbone))
        self.project = nn.Conv2d(last_width(self.backbone), width, 1)
        self.local = _local_network(self.input.shown, width)
        self.gate = AttentionGate(width)
        self.fuse = nn.Sequential(nn.Conv2d(2 * width, width, 1), LayerNorm2d(width), nn.GELU())
        self.drop = nn.Dropout(settings.drop)
        self.head = StageHead(width, stages, attention=False)

    def forward(self, image: Tensor) -> Answer:
        """``image`` [B, C, H, W], normalised; the features are at an eighth of its size."""
        shown = self.input(image)
        local = self.local(shown)
        context = self.project(self.norm(self.backbone(shown)[-1]))
        context = functional.interpolate(context, size=local.shape[-2:], mode="bilinear", align_corners=False)
        features = self.fuse(torch.cat([context, self.gate(local, context)], 1))
        return Answer(features, self.head.classifier(self.drop(self.head.pooled(features))))


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


def begun_backbone(settings: NetworkSettings, channels: int) -> nn.Module:
    """The timm backbone of ``settings``, giving its deepest map, with its weights to start from."""
    drop = {"drop_path_rate": settings.drop_path} if settings.drop_path else {}
    backbone = feature_network(settings.backbone, channels, out_indices=(-1,), **drop)
    begin(backbone, backbone_weights(settings.backbone, settings.start, channels))
    return backbone


def last_width(backbone: nn.Module) -> int:
    """Channels of a feature network's deepest map."""
    info: Any = backbone.feature_info
    return int(info.channels()[-1])


def _local_network(channels: int, width: int) -> nn.Sequential:
    """Stride 8; each position sees 31 pixels (BagNet's 33, Brendel and Bethge 2019, arXiv 1904.00760)."""
    widths, layers = [channels, 32, 64, width, width], []
    for before, after, stride in zip(widths[:-1], widths[1:], (2, 2, 2, 1), strict=True):
        layers += [nn.Conv2d(before, after, 3, stride, 1), LayerNorm2d(after), nn.GELU()]
    return nn.Sequential(*layers)
