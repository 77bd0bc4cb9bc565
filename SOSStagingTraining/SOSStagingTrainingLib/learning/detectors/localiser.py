"""Our own detector: a heat map of the box's middle and the box's size, read off a picture of 128 pixels.

It sees what the student's first look sees, and learns on the same random views. The default: small, quick on a CPU,
nothing to install.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from SOSStagingLib.model.predictor import choose_device
from SOSStagingLib.model.student import LOOK_SIZE, Pyramid, normalise, peak_position
from SOSStagingLib.report.files import write_atomic, write_text
from torch import Tensor, nn
from torch.nn import functional

from ..losses import heat_loss
from ..views import random_view
from ..weights import RANDOM, backbone_weights, begin, feature_network
from .types import Detection, Detections, DetectorError, Note, Picture, with_boxes

WIDTH = 64
ROOM = 16
"""Pixels that views may be shifted by: pictures are shrunk to LOOK_SIZE + ROOM for training."""
TRAINED, UNDER_WAY, ABOUT = "localiser.safetensors", "localiser.pt", "localiser.json"


@dataclass(frozen=True)
class LocaliserSettings:
    """How to train: ``backbone`` and ``weights`` as in ``NetworkSettings``, ``rate`` the highest learning rate."""

    backbone: str = "convnext_atto"
    weights: str = RANDOM
    steps: int = 600
    batch: int = 16
    rate: float = 1e-3
    weight_decay: float = 0.05
    seed: int = 1
    save_every: int = 50
    device: str = "auto"


class Localiser(nn.Module):
    """Pictures [B, 1, 128, 128] to heat logits of the box's middle and log sizes."""

    def __init__(self, backbone: str, weights: str = RANDOM) -> None:
        super().__init__()
        self.backbone = feature_network(backbone)
        begin(self.backbone, backbone_weights(backbone, weights))
        info: Any = self.backbone.feature_info
        self.pyramid = Pyramid(info.channels()[-4:], WIDTH)
        self.heat = nn.Conv2d(WIDTH, 1, 1)
        self.size = nn.Conv2d(WIDTH, 2, 1)

    def forward(self, image: Tensor) -> tuple[Tensor, Tensor]:
        """Heat logits [B, 1, 32, 32], and at each place the box's log2 (width, height) in picture widths, less -2:
        [B, 2, 32, 32]."""
        high, _ = self.pyramid(self.backbone(image.expand(-1, 3, -1, -1))[-4:])
        return self.heat(high), self.size(high)

    def boxes(self, image: Tensor) -> tuple[Tensor, Tensor]:
        """Boxes [B, 4] as shares of the picture's width, and confidence [B]: the heat's mass near its peak."""
        heat, size = self(image)
        middle, mass = peak_position(heat, LOOK_SIZE / heat.shape[-1])
        at = (middle[:, 0] + 0.5) / LOOK_SIZE
        half = torch.exp2(_where_hot(heat, size) - 2) / 2
        return torch.cat([at - half, at + half], 1), mass[:, 0]


def localiser_losses(network: Localiser, image: Tensor, sides: Tensor, usable: Tensor) -> dict[str, Tensor]:
    """``heat``: cross-entropy to a Gaussian at the middle; ``size``: difference in log2 of width and height.

    ``sides`` [B, 5, 2]: (column, row) of the box's middle and the middles of its left, right, top and bottom side in
    the view's pixels; ``usable`` [B]: the box is in the view.
    """
    heat, size = network(image)
    width = (sides[:, 2] - sides[:, 1]).norm(dim=1)
    height = (sides[:, 4] - sides[:, 3]).norm(dim=1)
    wanted = torch.log2(torch.stack([width, height], 1).clamp_min(1.0) / LOOK_SIZE) + 2
    apart = (_where_hot(heat.detach(), size) - wanted).abs().mean(1)
    return {
        "heat": heat_loss(heat, sides[:, :1], usable),
        "size": (apart * usable).sum() / usable.sum().clamp_min(1),
    }


class HeatmapDetector:
    """The localiser as a ``Detector``. Cut short at any moment, training goes on to the same weights."""

    name = "localiser"

    def __init__(self, folder: Path, settings: LocaliserSettings | None = None) -> None:
        self.folder = folder
        self.settings = settings or LocaliserSettings()
        self.device = choose_device(self.settings.device)

    def train(self, pictures: Sequence[Picture], note: Note = lambda text: None) -> None:
        """See ``Detector.train``."""
        if (self.folder / TRAINED).is_file():
            return
        boxed = with_boxes(pictures, self.name)
        self.folder.mkdir(parents=True, exist_ok=True)
        write_text(self.folder / ABOUT, json.dumps(asdict(self.settings), indent=1))
        torch.manual_seed(self.settings.seed)
        network = Localiser(self.settings.backbone, self.settings.weights).to(self.device).train()
        self._steps(network, boxed, note)
        tensors = {name: value.detach().cpu().contiguous() for name, value in network.state_dict().items()}
        write_atomic(self.folder / TRAINED, lambda path: save_file(tensors, path))
        (self.folder / UNDER_WAY).unlink(missing_ok=True)

    def detect(self, pictures: Sequence[Picture]) -> list[Detections]:
        """See ``Detector.detect``; one box for each picture."""
        network = self._load()
        found: list[Detections] = []
        for start in range(0, len(pictures), 64):
            some = pictures[start : start + 64]
            image = normalise(torch.stack([_square(picture, LOOK_SIZE) for picture in some])).to(self.device)
            with torch.inference_mode():
                shares, confidence = network.boxes(image)
            for picture, share, sure in zip(some, shares.cpu().tolist(), confidence.cpu().tolist(), strict=True):
                longest = max(picture.greys.shape)
                left, top, right, bottom = (longest * value for value in share)
                found.append((Detection((left, top, right, bottom), min(sure, 1.0)),))
        return found

    def _steps(self, network: Localiser, pictures: Sequence[Picture], note: Note) -> None:
        settings = self.settings
        images = torch.stack([_square(picture, LOOK_SIZE + ROOM) for picture in pictures])
        sides = torch.stack([_sides(picture, LOOK_SIZE + ROOM) for picture in pictures])
        optimiser = torch.optim.AdamW(network.parameters(), lr=settings.rate, weight_decay=settings.weight_decay)
        for step in range(self._resume(network, optimiser), settings.steps):
            for group in optimiser.param_groups:
                group["lr"] = _rate(settings, step)
            generator = torch.Generator().manual_seed(settings.seed * 1_000_003 + step)
            terms = self._step(network, images, sides, generator)
            optimiser.zero_grad(set_to_none=True)
            torch.stack(list(terms.values())).sum().backward()
            nn.utils.clip_grad_norm_(network.parameters(), 2.0)
            optimiser.step()
            if (step + 1) % settings.save_every == 0:
                said = ", ".join(f"{name} {float(value.detach()):.3f}" for name, value in terms.items())
                note(f"localiser: step {step + 1} of {settings.steps}, {said}")
                state = {"network": network.state_dict(), "optimiser": optimiser.state_dict(), "step": step + 1}
                write_atomic(self.folder / UNDER_WAY, lambda path, state=state: torch.save(state, path))

    def _step(
        self, network: Localiser, images: Tensor, sides: Tensor, generator: torch.Generator
    ) -> dict[str, Tensor]:
        chosen = torch.randint(len(images), (self.settings.batch,), generator=generator)
        view = random_view(
            images[chosen], sides[chosen], generator, shift=ROOM / 2, noise=0.08, blur=0.9, cut=0.3, slices=4
        )
        inside = ((view.points[:, 0] > 2) & (view.points[:, 0] < LOOK_SIZE - 3)).all(1)
        usable = (inside & ~view.spoiled).to(self.device)
        return localiser_losses(network, view.image.to(self.device), view.points.to(self.device), usable)

    def _resume(self, network: Localiser, optimiser: torch.optim.Optimizer) -> int:
        path = self.folder / UNDER_WAY
        if not path.is_file():
            return 0
        state = torch.load(path, map_location=self.device, weights_only=True)
        network.load_state_dict(state["network"])
        optimiser.load_state_dict(state["optimiser"])
        return int(state["step"])

    def _load(self) -> Localiser:
        try:
            about = json.loads((self.folder / ABOUT).read_text(encoding="utf-8"))
            network = Localiser(about["backbone"])
            network.load_state_dict(load_file(self.folder / TRAINED))
        except FileNotFoundError as error:
            raise DetectorError("not_trained", f"There is no trained localiser in {self.folder.name}.") from error
        except (OSError, ValueError, KeyError, RuntimeError, SafetensorError) as error:
            text = f"The localiser in {self.folder.name} is damaged."
            raise DetectorError("detector_damaged", text, "Remove that folder and train it again.") from error
        return network.eval().to(self.device)


def _rate(settings: LocaliserSettings, step: int) -> float:
    warm = min(1.0, (step + 1) / max(1, settings.steps // 10))
    return float(settings.rate * warm * (0.5 + 0.5 * np.cos(np.pi * step / settings.steps)))


def _where_hot(heat: Tensor, values: Tensor) -> Tensor:
    """Mean of ``values`` [B, K, h, w] under the heat's probability [B, 1, h, w]."""
    return (heat.float().flatten(2).softmax(2) * values.flatten(2)).sum(2)


def _square(picture: Picture, size: int) -> Tensor:
    """The picture shrunk to [1, size, size], greys from 0 to 1; what a square has more of is black."""
    rows, columns = picture.greys.shape
    longest = max(rows, columns)
    grey = torch.as_tensor(np.ascontiguousarray(picture.greys, np.float32) / 255)
    padded = functional.pad(grey, (0, longest - columns, 0, longest - rows))
    return functional.interpolate(padded[None, None], size=(size, size), mode="area")[0]


def _sides(picture: Picture, size: int) -> Tensor:
    """(column, row) [5, 2] of the box's middle and of its left, right, top and bottom side, pixels of ``_square``."""
    if picture.box is None:
        raise ValueError(f"{picture.name} has no box")
    left, top, right, bottom = picture.box
    x, y = (left + right) / 2, (top + bottom) / 2
    points = torch.tensor([[x, y], [left, y], [right, y], [x, top], [x, bottom]])
    return points * (size / max(picture.greys.shape)) - 0.5
