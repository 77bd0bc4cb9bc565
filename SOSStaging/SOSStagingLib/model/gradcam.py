"""Grad-CAM through the stage head alone, in closed form: one formula, used for display and inside the training loss.

Grad-CAM (Selvaraju et al. 2017, arXiv 1610.02391): ``relu(sum_k alpha_k F_k)`` with ``alpha_k`` the mean over positions
of d logit_c / d F_k. The head between the features F and the logits is a convolutional spatial attention gate, a global
mean and a linear layer, so the gradient is written down here instead of asking autograd for it; nothing goes back
through the backbone.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

SHUT = -1.5
"""What a weighted gate's bias begins with: the log-odds of the share, 18 %, that boxes have of what is seen closer."""


class StageHead(nn.Module):
    """Convolutional attention gate, global mean pooling, linear layer: features [B, C, h, w] to logits [B, stages].

    The gate is the spatial part of CBAM (Woo et al. 2018): sigmoid(conv7x7([mean_c F, max_c F])). Without
    ``attention`` there is none, and the features are averaged as they are. ``weighted``: the gate is divided by its
    mean, so that what is averaged counts the same however small the place is that the gate leaves; it begins nearly
    shut, as most of what is seen is not the plate.
    """

    def __init__(self, channels: int, stages: int, attention: bool = True, weighted: bool = False) -> None:
        super().__init__()
        self.weighted = weighted
        self.gate = nn.Conv2d(2, 1, 7, padding=3) if attention else None
        if self.gate is not None and self.gate.bias is not None and weighted:
            nn.init.constant_(self.gate.bias, SHUT)
        self.classifier = nn.Linear(channels, stages)

    def gate_logits(self, features: Tensor) -> Tensor:
        """Attention before the sigmoid, [B, 1, h, w]; ValueError where the head has none."""
        if self.gate is None:
            raise ValueError("this head has no attention gate")
        mean, peak = features.mean(1, keepdim=True), features.amax(1, keepdim=True)
        return self.gate(torch.cat([mean, peak], 1))

    def gated(self, features: Tensor) -> Tensor:
        """Features times their attention, [B, C, h, w]."""
        if self.gate is None:
            return features
        gate = torch.sigmoid(self.gate_logits(features))
        return features * (gate / gate.mean((2, 3), keepdim=True) if self.weighted else gate)

    def pooled(self, features: Tensor) -> Tensor:
        """Gated mean of the features, [B, C]."""
        return self.gated(features).mean((2, 3))

    def forward(self, features: Tensor) -> Tensor:
        """Logits [B, stages]."""
        return self.classifier(self.pooled(features))


def channel_weights(head: StageHead, features: Tensor, target: Tensor) -> Tensor:
    """Mean over positions of d logit[target] / d features, [B, C], in closed form.

    With A = sigmoid(u), u = conv([m, M]), m and M the mean and maximum over channels, P = sum_k W_k F_k and n
    positions: d logit / dF_k = (W_k A + J_m/C + J_M [k is the maximum]) / n, where J = conv_transpose(P A (1 - A)).
    Without a gate A = 1 and J = 0. In a weighted head the sum of A stands for n, and P less its mean under A for P.
    """
    channels, n = features.shape[1], features.shape[2] * features.shape[3]
    weights = head.classifier.weight[target]
    if head.gate is None:
        return weights / n
    gate = torch.sigmoid(head.gate_logits(features))
    area = gate.sum((2, 3))
    share = area if head.weighted else torch.full_like(area, n)
    evidence = torch.einsum("bkhw,bk->bhw", features, weights).unsqueeze(1)
    if head.weighted:
        evidence = evidence - ((evidence * gate).sum((2, 3)) / area)[..., None, None]
    back = functional.conv_transpose2d(evidence * gate * (1 - gate), head.gate.weight, padding=3)
    peak_of = features.argmax(1, keepdim=True)
    by_peak = torch.zeros_like(weights).scatter_add(1, peak_of.flatten(1), back[:, 1].flatten(1))
    total = weights * area + back[:, :1].sum((2, 3)) / channels + by_peak
    return total / (n * share)


def gradcam(head: StageHead, features: Tensor, target: Tensor, *, normalise: bool = False) -> Tensor:
    """Grad-CAM [B, h, w] of class ``target`` [B], never negative.

    Shown (``normalise=False``), it is on one absolute scale: times the squared number of positions, so that without the
    gate its mean would be the class's share of the logit; no per-image rescaling, an empty map stays empty. In a loss
    (``normalise=True``) it is divided by its own detached maximum.
    """
    n = features.shape[2] * features.shape[3]
    # In the weights' own precision also under autocast: the head is small and the scale absolute.
    with torch.autocast(features.device.type, enabled=False):
        features = features.to(head.classifier.weight.dtype)
        alpha = channel_weights(head, features, target) * n
        cam = functional.relu(torch.einsum("bkhw,bk->bhw", features, alpha))
    if normalise:
        cam = cam / cam.detach().amax((1, 2), keepdim=True).clamp_min(1e-6)
    return cam
