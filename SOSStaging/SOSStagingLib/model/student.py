"""The student: one network that reads the full midsagittal slab, finds the synchondrosis and looks closer there by
itself.

First look: the whole slab at 2 mm finds the synchondrosis and other landmarks. Second look: a window of 51 mm at the
slab's own 0.4 mm around that place gives the stage. Both looks share one timm backbone; there is no detector and no
crop from outside. A student that looks ``closer`` stages the middle 26 mm of that window, shown twice as large, by a
backbone of its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import timm
import torch
from torch import Tensor, nn
from torch.nn import functional

from .gradcam import StageHead, gradcam

LANDMARKS = ("sos", "basion", "dorsum", "sella", "nasion", "pns", "opisthion")
PLATE_POINTS = ("sos", "endocranial", "ectocranial")
LOOK_SIZE = 128
COARSE_FACTOR = 5
"""Slab pixels per coarse pixel: 0.4 mm to 2 mm."""
STAGED = 0.5
"""Share of the second look's sides that the stage is read from where the student looks closer."""


class Pyramid(nn.Module):
    """Top-down feature pyramid (Lin et al. 2017): backbone maps to one map at stride 4 and one at stride 8."""

    def __init__(self, channels: Sequence[int], width: int = 64) -> None:
        super().__init__()
        self.lateral = nn.ModuleList([nn.Conv2d(c, width, 1) for c in channels])
        self.smooth4 = smooth(width, width)
        self.smooth8 = smooth(width, width)

    def forward(self, maps: Sequence[Tensor]) -> tuple[Tensor, Tensor]:
        """Maps at strides 4, 8, 16, 32 to ([B, width, H/4, W/4], [B, width, H/8, W/8])."""
        levels = top_down(self.lateral, maps)
        return self.smooth4(levels[-1]), self.smooth8(levels[-2])


class Detail(nn.Module):
    """A backbone of its own with a top-down way to its map at stride 8, for what the stage is read from."""

    def __init__(self, backbone: str, width: int) -> None:
        super().__init__()
        self.backbone = feature_maps(backbone)
        self.lateral = nn.ModuleList([nn.Conv2d(c, width, 1) for c in last_channels(self.backbone)[1:]])
        self.smooth = smooth(width, width)

    def forward(self, image: Tensor) -> Tensor:
        """[B, 3, H, W] to [B, width, H/8, W/8]."""
        return self.smooth(top_down(self.lateral, self.backbone(image)[-3:])[-1])


class Student(nn.Module):
    """Two looks with one backbone. ``backbone`` is a timm name whose last four maps have strides 4, 8, 16 and 32.

    ``magnify``: how many times larger the second look's picture is shown to the backbone, so that what is 1 to 2 mm
    wide is not lost in its first strides; maps get as much finer, positions stay in the window's own pixels.
    ``closer``: the stage is read from the middle half of the second look's window alone, shown twice as large again to
    a backbone of its own, which need not see heads at 2 mm as well.
    ``weighted``: see ``StageHead``.
    """

    def __init__(
        self,
        backbone: str = "convnext_atto",
        stages: int = 5,
        width: int = 64,
        magnify: int = 1,
        weighted: bool = False,
        closer: bool = False,
    ) -> None:
        super().__init__()
        self.architecture: dict[str, Any] = {"backbone": backbone, "stages": stages, "width": width}
        self.architecture |= {"magnify": magnify, "weighted": weighted, "closer": closer}
        self.magnify = magnify
        self.closer = closer
        self.backbone = feature_maps(backbone)
        channels = last_channels(self.backbone)
        self.coarse_pyramid = Pyramid(channels, width)
        self.fine_pyramid = Pyramid(channels, width)
        self.coarse_heat = nn.Conv2d(width, len(LANDMARKS), 1)
        self.coarse_presence = nn.Linear(channels[-1] + width, 1)
        self.fine_heat = nn.Conv2d(width, len(PLATE_POINTS), 1)
        self.fine_presence = nn.Linear(channels[-1] + width, 1)
        self.stage_features = smooth(width, 96)
        self.head = StageHead(96, stages, weighted=weighted)
        self.fraction = nn.Linear(96, 1)
        if closer:
            self.detail = Detail(backbone, width)

    def reads_stage(self, name: str) -> bool:
        """Whether the parameter of this name takes part in nothing but the stage, in a student that looks
        ``closer``."""
        return name.startswith(("detail.", "stage_features.", "head.", "fraction."))

    @property
    def backbones(self) -> list[nn.Module]:
        """All that can begin with a backbone's pretrained weights."""
        return [self.backbone, self.detail.backbone] if self.closer else [self.backbone]

    def coarse(self, image: Tensor) -> dict[str, Tensor]:
        """First look. ``image`` [B, 1, 128, 128] normalised; gives ``heat`` [B, landmarks, 32, 32] and ``presence``
        [B]."""
        maps = self.backbone(image.expand(-1, 3, -1, -1))[-4:]
        high, middle = self.coarse_pyramid(maps)
        summary = torch.cat([maps[-1].mean((2, 3)), middle.amax((2, 3))], 1)
        return {"heat": self.coarse_heat(high), "presence": self.coarse_presence(summary).squeeze(1)}

    def fine(self, image: Tensor) -> dict[str, Tensor]:
        """Second look. ``image`` [B, 3, 128, 128] normalised slab planes.

        Gives ``features`` [B, 96, 16, 16], ``logits`` [B, stages], ``fraction`` [B] (bridged, 0..1), ``heat`` [B, 3,
        32, 32] of the plate's centre and ends, ``presence`` [B] and ``gate`` [B, 1, 16, 16] before the sigmoid; maps
        have ``magnify`` times as many rows and columns. ``features`` and ``gate`` are of the middle ``STAGED`` share
        of the window alone where it looks ``closer``.
        """
        where, middle = self._where(image)
        return {**where, **self._read(self._closest(image) if self.closer else self.stage_features(middle))}

    def staged(self, image: Tensor) -> dict[str, Tensor]:
        """``features``, ``logits``, ``fraction`` and ``gate`` of ``fine`` alone, of a student that looks ``closer``;
        ValueError for another, which finds place and stage in one."""
        if not self.closer:
            raise ValueError("this student reads no stage apart from the place")
        return self._read(self._closest(image))

    def _read(self, features: Tensor) -> dict[str, Tensor]:
        pooled = self.head.pooled(features)
        return {
            "features": features,
            "logits": self.head.classifier(pooled),
            "fraction": torch.sigmoid(self.fraction(pooled)).squeeze(1),
            "gate": self.head.gate_logits(features),
        }

    def where(self, image: Tensor) -> dict[str, Tensor]:
        """``heat`` and ``presence`` of ``fine`` alone, for windows that may hold no plate to stage."""
        return self._where(image)[0]

    def _where(self, image: Tensor) -> tuple[dict[str, Tensor], Tensor]:
        maps = self.backbone(self._magnified(image))[-4:]
        high, middle = self.fine_pyramid(maps)
        summary = torch.cat([maps[-1].mean((2, 3)), middle.amax((2, 3))], 1)
        return {"heat": self.fine_heat(high), "presence": self.fine_presence(summary).squeeze(1)}, middle

    def _magnified(self, image: Tensor) -> Tensor:
        if self.magnify == 1:
            return image
        return functional.interpolate(image, scale_factor=float(self.magnify), mode="bilinear")

    def _closest(self, image: Tensor) -> Tensor:
        """Stage features of the middle of the second look."""
        edge = round(image.shape[-1] * (1 - STAGED) / 2)
        shown = functional.interpolate(
            image[..., edge:-edge, edge:-edge], scale_factor=self.magnify / STAGED, mode="bilinear"
        )
        features: Tensor = self.stage_features(self.detail(shown))
        return features

    def cam(self, fine: dict[str, Tensor], stage: Tensor | None = None) -> Tensor:
        """Grad-CAM [B, 16, 16] (times ``magnify``, and twice as fine where it looks ``closer``) of class ``stage``
        [B], by default the likeliest, over the second look; absolute scale, 0 where no stage is read from."""
        cam = gradcam(self.head, fine["features"], fine["logits"].argmax(1) if stage is None else stage)
        if not self.closer:
            return cam
        beside = round(cam.shape[-1] * (1 / STAGED - 1) / 2)
        return functional.pad(cam, (beside, beside, beside, beside))


def smooth(channels: int, width: int) -> nn.Sequential:
    """3 x 3 convolution, normalisation over the image, GELU."""
    return nn.Sequential(nn.Conv2d(channels, width, 3, padding=1), nn.GroupNorm(8, width), nn.GELU())


def top_down(lateral: nn.ModuleList, maps: Sequence[Tensor]) -> list[Tensor]:
    """A backbone's maps, each with those below it added, from the deepest to the finest; ``lateral`` in the order of
    ``maps`` brings them to one width."""
    levels = [lateral[-1](maps[-1])]
    for layer, map_ in zip(reversed(lateral[:-1]), reversed(maps[:-1]), strict=True):
        levels.append(layer(map_) + functional.interpolate(levels[-1], scale_factor=2.0, mode="nearest"))
    return levels


def feature_maps(backbone: str) -> nn.Module:
    """The timm network of this name without weights, giving its maps, the deepest last."""
    return timm.create_model(backbone, pretrained=False, features_only=True)


def last_channels(backbone: nn.Module) -> list[int]:
    """Channels of a feature network's last four maps."""
    channels: list[int] = getattr(backbone, "feature_info").channels()[-4:]  # noqa: B009
    return channels


def normalise(image: Tensor, valid: Tensor | None = None) -> Tensor:
    """Grey values to about 0..1 by the 2nd and 98th percentile of the valid pixels of each example, all channels
    together.

    No threshold on HU: cone-beam greys are not HU. ``image`` [B, C, H, W]; outside ``valid`` the low percentile is
    put in.
    """
    flat = image.flatten(1).float()
    rows = []
    for i, row in enumerate(flat):
        kept = row if valid is None else row[valid[i].flatten()]
        kept = kept if kept.numel() > 16 else row
        order = kept.sort().values
        low, high = order[int(0.02 * (order.numel() - 1))], order[int(0.98 * (order.numel() - 1))]
        scaled = (image[i] - low) / (high - low).clamp_min(1e-6)
        rows.append(scaled if valid is None else torch.where(valid[i], scaled, torch.zeros_like(scaled)))
    return torch.stack(rows).clamp(-0.5, 2.0) - 0.4


def peak_position(heat: Tensor, stride: float) -> tuple[Tensor, Tensor]:
    """Sub-cell position of the strongest peak of heat logits [B, K, h, w].

    Returns (column, row) [B, K, 2] in input pixels (centre of pixel 0 is 0) and the probability mass near the peak
    [B, K].
    """
    b, k, h, w = heat.shape
    probability = heat.float().flatten(2).softmax(2).view(b, k, h, w)
    smooth = functional.avg_pool2d(probability, 3, 1, 1, divisor_override=1)
    at = smooth.flatten(2).argmax(2)
    row, col = at // w, at % w
    rows = torch.arange(h, device=heat.device).view(1, 1, h, 1)
    cols = torch.arange(w, device=heat.device).view(1, 1, 1, w)
    near = ((rows - row[..., None, None]).abs() <= 2) & ((cols - col[..., None, None]).abs() <= 2)
    local = probability * near
    mass = local.sum((2, 3)).clamp_min(1e-9)
    r = (local * rows).sum((2, 3)) / mass
    c = (local * cols).sum((2, 3)) / mass
    return torch.stack([(c + 0.5) * stride - 0.5, (r + 0.5) * stride - 0.5], -1), mass
