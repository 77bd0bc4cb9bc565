"""The classifiers that students are compared with: of the whole slice, or of a crop, learnt from labels alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import torch
from SOSStagingLib.model.gradcam import gradcam
from torch import Tensor, nn

from .batch import Batch
from .distillation import cross_entropy, label_shares
from .maps import on_view, paste
from .methods import Context, Prediction, register
from .networks import FusionNetwork, StageNetwork
from .settings import CropSource, Labels, NetworkSettings
from .weights import NetworkError

Crops = tuple[CropSource, CropSource]
Build = Callable[[NetworkSettings, int, int], nn.Module]
WHOLE: Crops = ("none", "none")


def with_attention(settings: NetworkSettings, channels: int, stages: int) -> nn.Module:
    """Backbone, attention gate, linear layer: the paper's "ConvNeXt + Conv Attention" with a ConvNeXt."""
    return StageNetwork(settings, channels, stages, attention=True)


def without_attention(settings: NetworkSettings, channels: int, stages: int) -> nn.Module:
    """Backbone and linear layer."""
    return StageNetwork(settings, channels, stages, attention=False)


@dataclass(frozen=True)
class Classifier:
    """A classifier of crops where it asks for any, otherwise of whole views.

    ``families`` are the beginnings of timm names it may have as backbone, so that a table's row is what it is called;
    empty for any. ``labels`` is what it learns from.
    """

    name: str
    build: Build = with_attention
    families: tuple[str, ...] = ()
    crops: Crops = WHOLE
    needs: tuple[str, ...] = ()
    labels: Labels = "hard"
    weights: dict[str, float] = field(default_factory=lambda: {"classification": 1.0})

    def network(self, settings: NetworkSettings, channels: int, stages: int) -> nn.Module:
        """See ``Method.network``; NetworkError for a backbone of another family."""
        if self.families and not settings.backbone.startswith(self.families):
            text = f"The method {self.name} is not what it is called with the backbone {settings.backbone}."
            raise NetworkError("other_family", text, f"Take one that begins with {' or '.join(self.families)}.")
        return self.build(settings, channels, stages)

    def losses(
        self, network: nn.Module, batch: Batch, context: Context, generator: torch.Generator
    ) -> dict[str, Tensor]:
        """``classification``: cross-entropy."""
        shares = label_shares(batch.stage, batch.soft, context.labels or self.labels, smoothing=context.smoothing)
        return {"classification": cross_entropy(network(self._shown(batch)).logits, shares)}

    def predict(self, network: nn.Module, batch: Batch, context: Context) -> Prediction:
        """Logits, and Grad-CAM of the predicted stage over the view; a crop's is laid where the crop was cut."""
        return predicted(network, self._shown(batch), batch, crops=self.crops != WHOLE)

    def _shown(self, batch: Batch) -> Tensor:
        return batch.image if self.crops == WHOLE else batch.crop


def predicted(network: Any, shown: Tensor, batch: Batch, *, crops: bool) -> Prediction:
    """Answer to what is ``shown`` of a batch, its views or its crops, with Grad-CAM on an absolute scale."""
    answer = network(shown)
    cam = gradcam(network.head, answer.features.float(), answer.logits.argmax(1))
    view = (batch.image.shape[-2], batch.image.shape[-1])
    if not crops:
        return Prediction(logits=answer.logits, cam=on_view(cam, view))
    laid, reach = (paste(map_, batch.crop_box, view) for map_ in (cam, torch.ones_like(cam)))
    return Prediction(logits=answer.logits, cam=laid, cam_reach=reach)


for _method in (
    Classifier("baseline"),
    Classifier("teacher", crops=("expert", "expert")),
    # The crop classifier of the two-stage pipeline learns on experts' boxes and is used on the detector's.
    Classifier("two_stage", crops=("expert", "detected"), needs=("detector:yolo",)),
    Classifier("fusion", FusionNetwork),
    Classifier("vit", without_attention, families=("vit_", "deit_", "test_vit")),
    Classifier("resnet", without_attention, families=("resnet", "test_resnet")),
    Classifier("efficientnet", without_attention, families=("efficientnet", "tf_efficientnet", "test_efficientnet")),
):
    register(_method)
