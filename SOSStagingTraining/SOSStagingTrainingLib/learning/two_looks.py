"""The shipped student as a network that takes a whole view: where to look closer it finds by itself.

A view of 640 pixels is the slab at 0.4 mm, and then both looks are just what the predictor shows the student; in a
coarser one the windows cover the same share of the view. A window's place is the expected position under the first
look's heat, so the stage's error reaches the first look through the sampling of the window.
"""

from __future__ import annotations

from typing import Any, NamedTuple, Self

import torch
from SOSStagingLib.model.student import LOOK_SIZE, STAGED, Student, normalise, peak_position
from SOSStagingLib.scan.types import SLAB_SIZE
from torch import Tensor, nn
from torch.nn import functional

from .settings import NetworkSettings
from .weights import RANDOM, NetworkError, backbone_weights, begin, whole_student

LOOK_SHARE = LOOK_SIZE / SLAB_SIZE
"""The second look's window is this share of the view."""
WHOLE_STUDENT = "whole:"
"""Begins what a network starts from where that is a whole student, its heads as well: whole:simulated, or whole: and
the path of a .sosmodel."""
USUAL: dict[str, Any] = {"backbone": "", "stages": 0, "width": 64, "magnify": 1, "weighted": False, "closer": False}
"""What older cards do not say of a student."""


class Make(NamedTuple):
    """What a ``Student`` is built by, as its own arguments are called."""

    backbone: str
    stages: int
    width: int
    magnify: int
    closer: bool


class FirstLook(NamedTuple):
    """``heat`` [B, landmarks, 32, 32] and ``presence`` [B] as ``Student.coarse``; ``middle`` [B, 2]: (column, row) of
    the synchondrosis in view pixels, differentiable; ``sure`` [B]: the heat's probability near it."""

    heat: Tensor
    presence: Tensor
    middle: Tensor
    sure: Tensor


class TwoLooks(nn.Module):
    """A ``Student`` (attribute ``student``, what is shipped) with its two looks cut from views [B, C, H, W]."""

    def __init__(self, settings: NetworkSettings, channels: int, stages: int) -> None:
        super().__init__()
        if settings.drop or settings.drop_path:
            raise NetworkError("no_drop", "The two-look student has no dropout.", "Set drop and drop_path to 0.")
        make = Make(settings.backbone, stages, settings.width, settings.magnify, settings.closer)
        if settings.start.startswith(WHOLE_STUDENT):
            self.student = whole_start(make, settings.start.removeprefix(WHOLE_STUDENT))
        else:
            # Weighted: the plate is a tenth of the window, and a mean over all of it would hardly move.
            self.student = Student(**make._asdict(), weighted=True)
            for backbone in self.student.backbones:
                begin(backbone, backbone_weights(settings.backbone, settings.start))
        self._steady = settings.start != RANDOM

    def train(self, mode: bool = True) -> Self:
        """As ever; but batch statistics of the backbone that the looks share stay as a pretrained one brings them.

        A mean over what is seen at 2 mm and at 0.4 mm fits neither: in use the network would be another than the one
        that was trained.
        """
        super().train(mode)
        if self._steady:
            for module in self.student.backbone.modules():
                if isinstance(module, nn.modules.batchnorm._BatchNorm):
                    module.eval()
        return self

    def first(self, image: Tensor, valid: Tensor) -> FirstLook:
        """Look at the midsagittal plane of views [B, C, H, W], ``valid`` [B, 1, H, W] 0/1 where there is a picture."""
        middle = image.shape[1] // 2
        shrunk = functional.interpolate(image[:, middle : middle + 1], size=(LOOK_SIZE, LOOK_SIZE), mode="area")
        seen = functional.interpolate(valid, size=(LOOK_SIZE, LOOK_SIZE), mode="area") > 0.5
        said = self.student.coarse(normalise(shrunk, seen))
        place, mass = peak_position(said["heat"][:, :1], LOOK_SIZE / said["heat"].shape[-1])
        step = place.new_tensor([image.shape[-1], image.shape[-2]]) / LOOK_SIZE
        return FirstLook(said["heat"], said["presence"], (place[:, 0] + 0.5) * step - 0.5, mass[:, 0])

    def second(self, image: Tensor, valid: Tensor, window: Tensor) -> dict[str, Tensor]:
        """Look closer at windows [B, 4] of the views; what ``Student.fine`` says, positions in window pixels."""
        return self.student.fine(_shown(image, valid, window))

    def staged(self, window: Tensor) -> Tensor:
        """The part [B, 4] of windows [B, 4] that stages are read from, and that ``features`` and ``gate`` show."""
        if not self.student.closer:
            return window
        edge = (window[:, 2:] - window[:, :2]) * (1 - STAGED) / 2
        return torch.cat([window[:, :2] + edge, window[:, 2:] - edge], 1)

    def whether(self, image: Tensor, valid: Tensor, window: Tensor) -> Tensor:
        """``presence`` [B] of the second look at windows [B, 4] that may hold no plate: what stages takes no part, so
        that its batch statistics remain those of plates."""
        return self.student.where(_shown(image, valid, window))["presence"]


def _shown(image: Tensor, valid: Tensor, window: Tensor) -> Tensor:
    planes = cut(image, window)
    planes = planes.expand(-1, 3, -1, -1) if planes.shape[1] == 1 else planes
    seen = cut(valid, window) > 0.5
    return normalise(planes, seen.expand_as(planes))


def window_around(middle: Tensor, view: tuple[int, int]) -> Tensor:
    """The second look's window (x0, y0, x1, y1), edges in view pixels, around ``middle`` [B, 2], kept in the view.

    Its pixels lie on the view's where they are as large. The gradient goes to ``middle`` where the window is free.
    """
    size = middle.new_tensor([view[1], view[0]])
    edge = size * LOOK_SHARE
    corner = middle - edge / 2
    # Rounded for the value only, so that nothing is blurred by sampling between pixels.
    corner = corner + ((corner + 0.5).round() - 0.5 - corner).detach()
    corner = torch.minimum(torch.maximum(corner, torch.full_like(corner, -0.5)), size - 0.5 - edge)
    return torch.cat([corner, corner + edge], 1)


def cut(image: Tensor, window: Tensor) -> Tensor:
    """Sample views [B, C, H, W] in windows [B, 4]: [B, C, 128, 128], what lies outside a view being 0."""
    step = (torch.arange(LOOK_SIZE, device=image.device) + 0.5) / LOOK_SIZE
    # 0 is the left or upper edge of the view and 1 the other one.
    across = (window[:, :1] + (window[:, 2:3] - window[:, :1]) * step + 0.5) / image.shape[-1]
    down = (window[:, 1:2] + (window[:, 3:] - window[:, 1:2]) * step + 0.5) / image.shape[-2]
    grid = torch.stack(torch.broadcast_tensors(across[:, None, :], down[:, :, None]), -1)
    return functional.grid_sample(image, 2 * grid.to(image.dtype) - 1, mode="bilinear", align_corners=False)


def in_window(points: Tensor, window: Tensor) -> Tensor:
    """View points [B, K, 2] in pixels of the windows [B, 4]."""
    scale = LOOK_SIZE / (window[:, 2:] - window[:, :2])
    return (points - window[:, None, :2]) * scale[:, None] - 0.5


def in_view(points: Tensor, window: Tensor) -> Tensor:
    """Points [B, K, 2] in pixels of the windows [B, 4], in view pixels."""
    scale = (window[:, 2:] - window[:, :2]) / LOOK_SIZE
    return (points + 0.5) * scale[:, None] + window[:, None, :2]


def whole_start(make: Make, start: str) -> Student:
    """A student with all the weights of the one in ``start``; NetworkError where that is of another make."""
    architecture, tensors = whole_student(make.backbone, start)
    student = Student(**make._asdict(), weighted=architecture.get("weighted", USUAL["weighted"]))
    mine = student.architecture
    differing = [name for name in mine if architecture.get(name, USUAL[name]) != mine[name]]
    if differing:
        text = f"The student to start from has another {' and another '.join(differing)}."
        hint = "Set that under network as it has it, or start from its backbone alone: leave out whole:."
        raise NetworkError("other_student", text, hint)
    student.load_state_dict(tensors)
    return student
