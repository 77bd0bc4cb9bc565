"""What the trainer asks of a method, and which methods there are.

A method is a network, named loss terms and an answer; it owns no state besides its network. The trainer owns
optimiser, averaging, autocast, checkpoints, resuming and stopping. A detector is a method whose answer is a box.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, runtime_checkable

import torch
from torch import Tensor, nn

from .batch import Batch
from .settings import CropSource, DistilSettings, Labels, MethodSettings, NetworkSettings, RecipeError

if TYPE_CHECKING:
    from .slabs import Slabs

__all__ = [
    "AnyMethod", "Batch", "Context", "Detection", "Fold", "Method", "NetworkSettings", "Prediction", "SelfTrained",
    "known", "method", "register",
]  # fmt: skip


@dataclass(frozen=True)
class Detection:
    """Where a detector saw the synchondrosis: (x0, y0, x1, y1) edges in slab pixels, and how sure it is, 0 to 1."""

    box: tuple[float, float, float, float]
    confidence: float


@dataclass(frozen=True)
class Context:
    """What other jobs of the same fold give a method. The networks are in eval mode and need no gradient.

    ``teachers`` in the order of the seeds they were trained with; empty where the method needs none. ``detections`` by
    case (also in each batch, in its own pixels). ``smoothing`` of hard labels;
    ``labels`` to learn a stage from (None: the method's own).
    """

    teachers: tuple[nn.Module, ...] = ()
    detections: Mapping[str, Detection] = field(default_factory=dict)
    distil: DistilSettings = field(default_factory=DistilSettings)
    smoothing: float = 0.0
    labels: Labels | None = None

    @property
    def temperature(self) -> float:
        """T of the softened logits."""
        return self.distil.temperature


@dataclass(frozen=True)
class Prediction:
    """A method's answer to a batch, before calibration.

    ``logits`` [B, S], None from a detector. ``box`` [B, 4] in view pixels (NaN: nothing found) and ``confidence`` [B].
    ``cam`` [B, 1, h, w]: Grad-CAM over the view, never negative, on one absolute scale; h and w divide the view's.
    ``cam_reach`` [B, 1, h, w]: 1 where the network looked so closely that the map can be other than 0 there, else 0;
    None for the whole view.
    ``fraction`` [B]: how much of the synchondrosis has fused. ``presence`` [B]: whether it is in view, 0 to 1.
    """

    logits: Tensor | None = None
    box: Tensor | None = None
    confidence: Tensor | None = None
    cam: Tensor | None = None
    cam_reach: Tensor | None = None
    fraction: Tensor | None = None
    presence: Tensor | None = None


@runtime_checkable
class Method(Protocol):
    """A method the trainer trains.

    ``needs``: jobs of the same fold and seed that must be finished: ``teacher``, ``detector:localiser``,
    ``detector:yolo``. ``weights`` of the loss terms, which a recipe may replace. ``crops``: what its crops are cut by
    in training and for held-out cases.
    """

    @property
    def name(self) -> str:
        """How recipes and tables call it."""

    @property
    def needs(self) -> tuple[str, ...]:
        """Jobs that come first."""

    @property
    def weights(self) -> dict[str, float]:
        """Weight of each loss term; a term without one is only written down."""

    @property
    def crops(self) -> tuple[CropSource, CropSource]:
        """Crops in training and for held-out cases."""

    def network(self, settings: NetworkSettings, channels: int, stages: int) -> nn.Module:
        """Build the network, its weights started as the settings say."""

    def losses(
        self, network: nn.Module, batch: Batch, context: Context, generator: torch.Generator
    ) -> dict[str, Tensor]:
        """Return named, unweighted scalars: means over the batch."""

    def predict(self, network: nn.Module, batch: Batch, context: Context) -> Prediction:
        """Answer a batch; the network is in eval mode."""


@dataclass(frozen=True)
class Fold:
    """What a method that trains by itself is given: slabs, which cases are for what, and where to work.

    Nothing but ``training`` and ``validation`` may be learnt from. ``note`` takes one line for the log;
    ``between`` is to be called every so often, and raises where the run was asked to stop.
    """

    folder: Path
    slabs: Slabs
    training: tuple[str, ...]
    validation: tuple[str, ...]
    settings: MethodSettings
    seed: int
    device: str
    note: Callable[[str], None]
    between: Callable[[], None] = lambda: None


@runtime_checkable
class SelfTrained(Protocol):
    """A detector that brings its own training, such as YOLO in a process of its own; it resumes as it can."""

    @property
    def name(self) -> str:
        """How recipes call it."""

    @property
    def needs(self) -> tuple[str, ...]:
        """Jobs that come first."""

    def refuse_unready(self) -> None:
        """Raise a PlainError where it could not begin, such as for want of a package."""

    def fit(self, fold: Fold) -> int:
        """Train, and return how many weights it has; they and logs go to the fold's folder. A PlainError says what is
        missing."""

    def find(self, fold: Fold, cases: Sequence[str]) -> dict[str, Detection]:
        """Return what it finds, by case; cases where it finds nothing are left out."""


AnyMethod = Method | SelfTrained

_MODULES: tuple[str, ...] = ("compared", "students", "ours", "detectors.localiser", "detectors.yolo")
"""Modules of this package that register methods when they are imported."""
_REGISTERED: dict[str, AnyMethod] = {}


def register(found: AnyMethod) -> None:
    """Make a method known by its name; the same name twice is a mistake of the program."""
    if found.name in _REGISTERED:
        raise ValueError(f"two methods are called {found.name}")
    _REGISTERED[found.name] = found


def known() -> dict[str, AnyMethod]:
    """All methods by name."""
    for module in _MODULES:
        import_module(f".{module}", __package__)
    return dict(_REGISTERED)


def method(name: str) -> AnyMethod:
    """Return a method by name; RecipeError names those there are."""
    found = known()
    if name not in found:
        raise RecipeError("unknown_method", f"There is no method {name}.", f"There are {', '.join(sorted(found))}.")
    return found[name]
