"""The student: one network that reads the full midsagittal slab, finds the synchondrosis and looks closer there by
itself.

First look: the whole slab at 2 mm finds the synchondrosis and other landmarks. Second look: a window of 51 mm at the
slab's own 0.4 mm around that place gives the stage. Both looks share one timm backbone; there is no detector and no
crop from outside. A student that looks ``closer`` stages the middle 26 mm of that window, shown twice as large, by a
backbone of its own, or by several, whose answers it averages.
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
    ``members``: how many backbones of their own look there; the stage is the mean of what they say (a deep ensemble,
    Lakshminarayanan et al. 2017, arXiv 1612.01474, behind one way of looking). ``weighted``: see ``StageHead``.
    ValueError for several members that do not look closer.
    """

    def __init__(
        self,
        backbone: str = "convnext_atto",
        stages: int = 5,
        width: int = 64,
        magnify: int = 1,
        weighted: bool = False,
        closer: bool = False,
        members: int = 1,
    ) -> None:
        super().__init__()
        if members != 1 and not closer:
            raise ValueError("a student of several members looks closer")
        self.architecture: dict[str, Any] = {"backbone": backbone, "stages": stages, "width": width}
        self.architecture |= {"magnify": magnify, "weighted": weighted, "closer": closer, "members": members}
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
        self.stage_features = smooth(width * members, 96 * members, members)
        self.head = StageHead(96 * members, stages, weighted=weighted, members=members)
        self.fraction = nn.Linear(96 * members, 1)
        if closer:
            self.details = nn.ModuleList([Detail(backbone, width) for _ in range(members)])

    @property
    def backbones(self) -> list[nn.Module]:
        """All that can begin with a backbone's pretrained weights."""
        own = [getattr(detail, "backbone") for detail in self.details] if self.closer else []  # noqa: B009
        return [self.backbone, *own]

    def coarse(self, image: Tensor) -> dict[str, Tensor]:
        """First look. ``image`` [B, 1, 128, 128] normalised; gives ``heat`` [B, landmarks, 32, 32] and ``presence``
        [B]."""
        maps = self.backbone(image.expand(-1, 3, -1, -1))[-4:]
        high, middle = self.coarse_pyramid(maps)
        summary = torch.cat([maps[-1].mean((2, 3)), middle.amax((2, 3))], 1)
        return {"heat": self.coarse_heat(high), "presence": self.coarse_presence(summary).squeeze(1)}

    def fine(self, image: Tensor, spots: Tensor | None = None) -> dict[str, Tensor]:
        """Second look. ``image`` [B, 3, 128, 128] normalised slab planes. ``spots`` [B, M, 3], in training: by how many
        pixels (x, y) beside the middle, and how many times as large, is what each member is shown.

        Gives ``features`` [B, 96 M, 16, 16] of M members, ``logits`` [B, stages] and those of ``each`` member
        [B, M, stages], ``fraction`` [B] (bridged, 0..1), ``heat`` [B, 3, 32, 32] of the plate's centre and ends,
        ``presence`` [B] and ``gate`` [B, M, 16, 16] before the sigmoid; maps have ``magnify`` times as many rows and
        columns. ``features`` and ``gate`` are of the middle ``STAGED`` share of the window alone where it looks
        ``closer``.
        """
        where, middle = self._where(image)
        features = self._closest(image, spots) if self.closer else self.stage_features(middle)
        pooled = self.head.pooled(features)
        return {
            **where,
            "features": features,
            "logits": self.head.classifier(pooled),
            "each": self.head.each(pooled),
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

    def _closest(self, image: Tensor, spots: Tensor | None) -> Tensor:
        """Stage features of the middle of the second look, or of a spot beside it for each member."""
        if spots is None:
            edge = round(image.shape[-1] * (1 - STAGED) / 2)
            middle = image[..., edge:-edge, edge:-edge]
            middle = functional.interpolate(middle, scale_factor=self.magnify / STAGED, mode="bilinear")
            shown = [middle] * len(self.details)
        else:
            shown = [_spot(image, spots[:, n], self.magnify) for n in range(len(self.details))]
        maps = [detail(picture) for detail, picture in zip(self.details, shown, strict=True)]
        features: Tensor = self.stage_features(torch.cat(maps, 1))
        return features

    def cam(self, fine: dict[str, Tensor], stage: Tensor | None = None) -> Tensor:
        """Grad-CAM [B, 16, 16] (times ``magnify``, and twice as fine where it looks ``closer``) of class ``stage``
        [B], by default the likeliest, over the second look; absolute scale, 0 where no stage is read from."""
        cam = gradcam(self.head, fine["features"], fine["logits"].argmax(1) if stage is None else stage)
        if not self.closer:
            return cam
        beside = round(cam.shape[-1] * (1 / STAGED - 1) / 2)
        return functional.pad(cam, (beside, beside, beside, beside))


def _spot(image: Tensor, spot: Tensor, magnify: int) -> Tensor:
    """What lies at spots [B, 3] of pictures [B, C, H, W] as ``Student.fine`` counts them."""
    half = STAGED * spot[:, 2]
    across, down = (2 * spot[:, n] / image.shape[-1] for n in (0, 1))
    none = torch.zeros_like(half)
    matrix = torch.stack([torch.stack([half, none, across], 1), torch.stack([none, half, down], 1)], 1)
    size = [*image.shape[:2], image.shape[-2] * magnify, image.shape[-1] * magnify]
    grid = functional.affine_grid(matrix.to(image.dtype), size, align_corners=False)
    return functional.grid_sample(image, grid, mode="bilinear", padding_mode="border", align_corners=False)


def smooth(channels: int, width: int, members: int = 1) -> nn.Sequential:
    """3 x 3 convolution, normalisation over the image, GELU; of each member's channels alone."""
    convolution = nn.Conv2d(channels, width, 3, padding=1, groups=members)
    return nn.Sequential(convolution, nn.GroupNorm(8 * members, width), nn.GELU())


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
