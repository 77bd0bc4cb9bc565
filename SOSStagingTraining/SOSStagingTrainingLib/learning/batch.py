"""One batch of views of cases, as every method sees it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
import torch
from torch import Tensor

Device = torch.device | str


@dataclass
class Batch:
    """Views of B cases. Pixel centres have whole numbers: an image of W columns reaches from -0.5 to W - 0.5.

    ``image`` [B, C, H, W] float32: the slab (C planes of it), augmented, greys normalised to about -0.4..0.6.
    ``crop`` [B, C, h, w]: the very same augmented slab, resampled through the box with a margin; h = 0 where the method
    asks for none. A case without a box has the whole view there.
    ``crop_box`` [B, 4]: what the crop shows, (x0, y0, x1, y1) edges in view pixels.
    ``box`` [B, 4]: the raters' ROI, edges in view pixels; NaN where there is none. It is turned with the view about its
    middle but stays upright, with its own size: circumscribing it would teach detectors boxes that are too large.
    ``mask`` [B, 1, H, W] 0/1: the raters' ROI filled, turned with the view; 0 where there is none.
    ``stage`` [B] int64 from 0: the majority. ``soft`` [B, S]: the share of the votes for each stage.
    ``spacing`` [B]: mm per view pixel; NaN where it is not known.
    ``case`` [B] names. ``detected`` [B, 4] and ``confidence`` [B]: the fold's detector's box in view pixels, NaN where
    it found none or the method needs no detector; ``detected_mask`` [B, 1, H, W] that box filled.
    ``valid`` [B, 1, H, W] 0/1: the scan's field of view. ``to_slab`` [B, 2, 3]: view pixel (x, y, 1) to slab pixel.
    ``seed`` [B] int64: differs with case, step and run, and not with how a step is split into batches; see ``draws``.
    """

    image: Tensor
    crop: Tensor
    crop_box: Tensor
    box: Tensor
    mask: Tensor
    stage: Tensor
    soft: Tensor
    spacing: Tensor
    case: list[str]
    detected: Tensor
    detected_mask: Tensor
    confidence: Tensor
    valid: Tensor
    to_slab: Tensor
    seed: Tensor

    def __len__(self) -> int:
        return len(self.case)

    @property
    def has_box(self) -> Tensor:
        """Bool [B]: whether a rater drew the ROI."""
        return ~self.box.isnan().any(1)

    @property
    def has_detection(self) -> Tensor:
        """Bool [B]: whether the detector found the ROI."""
        return ~self.detected.isnan().any(1)

    def to(self, device: Device) -> Batch:
        """The same on another device."""
        tensors = {f.name: getattr(self, f.name) for f in fields(self) if f.name != "case"}
        moved: dict[str, Any] = {name: value.to(device, non_blocking=True) for name, value in tensors.items()}
        return Batch(case=list(self.case), **moved)

    def rows(self, chosen: slice) -> Batch:
        """Some of the cases."""
        return Batch(**{f.name: getattr(self, f.name)[chosen] for f in fields(self)})

    def draws(self, stream: int, *shape: int) -> Tensor:
        """Random numbers from 0 to 1, [B, *shape], the same for a case at a step however the step is split up.

        What a method draws by itself for each case should come from here rather than from a generator for the whole
        batch: then halved batches and several processes learn the same. ``stream`` tells one use from another.
        """
        drawn = [np.random.default_rng([int(s), stream]).random(shape, np.float32) for s in self.seed.tolist()]
        return torch.as_tensor(np.stack(drawn)).to(self.image.device)


def filled(boxes: Tensor, height: int, width: int) -> Tensor:
    """Boxes [B, 4] (edges in pixels, NaN for none) as masks [B, 1, height, width] of 0 and 1, by pixel centres."""
    rows = torch.arange(height, device=boxes.device).view(1, -1, 1)
    cols = torch.arange(width, device=boxes.device).view(1, 1, -1)
    x0, y0, x1, y1 = (boxes[:, n].view(-1, 1, 1) for n in range(4))
    # A comparison with NaN is False, so that a missing box fills nothing.
    return ((cols >= x0) & (cols <= x1) & (rows >= y0) & (rows <= y1)).float()[:, None]


def joined(parts: Sequence[Batch]) -> Batch:
    """Several batches as one."""
    names = [f.name for f in fields(Batch) if f.name != "case"]
    tensors: dict[str, Any] = {name: torch.cat([getattr(part, name) for part in parts]) for name in names}
    return Batch(case=[name for part in parts for name in part.case], **tensors)
