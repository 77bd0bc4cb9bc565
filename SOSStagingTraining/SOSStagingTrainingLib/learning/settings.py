"""What a method is told: its network, its views, how it is trained, how it distils. Plain values, no torch.

A recipe (``recipe``) is read into these; every one can be overridden for a single method.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from SOSStagingLib.scan.types import PlainError

CropSource = Literal["none", "expert", "detected"]
Labels = Literal["hard", "raters", "ordinal"]
"""The majority's stage; the raters' votes as shares; the raters' votes with some mass on the stages beside."""
Precision = Literal["auto", "float32", "bf16", "fp16"]


class RecipeError(PlainError):
    """A recipe, or what was asked for with it, that cannot be used."""


def require(right: bool, text: str) -> None:
    """Raise RecipeError with this text unless ``right``."""
    if not right:
        raise RecipeError("recipe", text)


@dataclass(frozen=True)
class NetworkSettings:
    """Which network, and what its weights start from.

    ``start``: ``random``, ``simulated`` (our own pretraining on simulated heads, the model we ship), ``package``
    (ImageNet weights installed as a Python package), ``hub`` (timm's weights from the internet), or a file: .sosmodel,
    or .safetensors with timm's names. These start the backbone; ``whole:simulated`` or ``whole:`` and a .sosmodel
    start our own student with its heads. ``width`` is of the layers behind the backbone, where a method has any.
    ``magnify`` and ``closer`` are our own student's: how many times larger its second look is shown to the backbone,
    and whether stages are read from the middle half of it, shown twice as large again. ``drop`` and ``drop_path`` as
    timm has them.
    """

    backbone: str = "convnext_atto"
    start: str = "random"
    width: int = 64
    magnify: int = 1
    closer: bool = False
    drop: float = 0.0
    drop_path: float = 0.0

    def __post_init__(self) -> None:
        require(bool(self.backbone), "network.backbone must name a timm network, such as convnext_atto")
        require(self.width >= 8, f"network.width is {self.width}; at least 8 is needed")
        require(1 <= self.magnify <= 4, f"network.magnify is {self.magnify}; it must be 1 to 4")
        for name in ("drop", "drop_path"):
            require(0 <= getattr(self, name) < 1, f"network.{name} must lie from 0 to below 1")


@dataclass(frozen=True)
class ViewSettings:
    """What a network is shown: the whole slab as ``size`` x ``size`` pixels and, for methods that take one, a crop.

    ``field``: the whole ``slab`` (256 mm), or the smallest square around what the ``scan`` shows of it. ``planes`` of
    the slab (1: the midsagittal one, 3: all) become channels. ``crop`` is the crop's edge in pixels; ``margin`` the
    share of the box that is added on each side of it. The crop is square, in millimetres too.
    """

    size: int = 224
    field: Literal["slab", "scan"] = "scan"
    planes: int = 1
    crop: int = 224
    margin: float = 0.25

    def __post_init__(self) -> None:
        require(32 <= self.size <= 640, f"view.size is {self.size}; it must lie from 32 to 640 pixels")
        require(16 <= self.crop <= 640, f"view.crop is {self.crop}; it must lie from 16 to 640 pixels")
        require(self.planes in (1, 3), f"view.planes is {self.planes}; it must be 1 or 3")
        require(0 <= self.margin <= 4, f"view.margin is {self.margin}; it must lie from 0 to 4")


@dataclass(frozen=True)
class AugmentSettings:
    """How far training views differ from the slab as it is; all 0 shows it as it is. Nothing is mirrored: heads face
    right.

    ``rotation_deg``, ``scale`` (0.1: 10 % smaller to 10 % larger) and ``shift_mm`` are the farthest; ``gain``,
    ``offset``, ``gamma`` and ``shading`` of greys in shares of the slab's own grey range; ``noise`` the strongest.
    ``box_shift`` and ``box_scale`` move and resize the box that a crop is cut by, in shares of its longer side, as
    where a network learns on experts' boxes and is used on a detector's.
    """

    rotation_deg: float = 10.0
    scale: float = 0.1
    shift_mm: float = 10.0
    gain: float = 0.15
    offset: float = 0.1
    gamma: float = 0.2
    shading: float = 0.1
    noise: float = 0.05
    box_shift: float = 0.0
    box_scale: float = 0.0

    def __post_init__(self) -> None:
        for name in self.__dataclass_fields__:
            require(getattr(self, name) >= 0, f"augment.{name} must not be below 0")
        require(self.rotation_deg <= 180, "augment.rotation_deg must be at most 180")
        shares = ("scale", "gain", "gamma", "box_scale")
        require(max(getattr(self, name) for name in shares) < 1, f"augment.{', '.join(shares)} must lie below 1")


@dataclass(frozen=True)
class TrainSettings:
    """How long and how fast a network is trained.

    ``batch`` is what one step of the optimiser sees; ``micro_batch`` (0: all of it) what is in memory at once.
    ``patience`` ends the training after so many epochs without a better validation (0: never) and keeps the best
    weights. ``ema`` averages the weights over steps (0: not). ``rate`` is the highest; ``warmup`` epochs lead up to
    it. ``decay`` is AdamW's and SGD's weight decay. ``labels`` are what a stage is learnt from: ``hard`` the
    majority's, ``raters`` the raters' votes as shares, ``ordinal`` those with some mass on the stages beside, ``own``
    the method's choice; ``label_smoothing`` is of hard ones. ``clip`` bounds the norm of the gradient (0: not). A
    checkpoint is written every ``save_minutes`` and at the end of each epoch.
    """

    epochs: int = 60
    batch: int = 16
    micro_batch: int = 0
    optimiser: Literal["adamw", "sgd"] = "adamw"
    rate: float = 1e-3
    schedule: Literal["cosine", "constant"] = "cosine"
    warmup: float = 2.0
    decay: float = 0.05
    ema: float = 0.0
    clip: float = 2.0
    patience: int = 0
    labels: Labels | Literal["own"] = "own"
    label_smoothing: float = 0.0
    precision: Precision = "auto"
    save_minutes: float = 5.0

    def __post_init__(self) -> None:
        for name in ("epochs", "batch"):
            require(getattr(self, name) >= 1, f"train.{name} must be at least 1")
        for name in ("micro_batch", "warmup", "decay", "clip", "patience", "save_minutes"):
            require(getattr(self, name) >= 0, f"train.{name} must not be below 0")
        require(self.rate > 0, "train.rate must be above 0")
        require(0 <= self.ema < 1, "train.ema must lie from 0 to below 1")
        require(0 <= self.label_smoothing < 1, "train.label_smoothing must lie from 0 to below 1")


@dataclass(frozen=True)
class DistilSettings:
    """How a student learns from a teacher and from a mask; each is a choice the paper leaves open or an ablation of it.

    ``temperature`` softens both sides; ``t_squared`` multiplies the divergence by its square (Hinton 2015).
    ``spatial`` aligns the teacher's map of logits with the student's through the box instead of the class logits.
    ``cam_class`` is the stage whose Grad-CAM meets the mask, ``cam_normalise`` divides it by its own detached maximum.
    ``mask`` is what it meets: the detector's box filled, or the expert's.
    """

    temperature: float = 3.0
    t_squared: bool = False
    spatial: bool = False
    cam_class: Literal["true", "predicted"] = "true"
    cam_normalise: bool = True
    mask: Literal["detected", "expert"] = "detected"

    def __post_init__(self) -> None:
        require(self.temperature > 0, "distil.temperature must be above 0")


@dataclass(frozen=True)
class MethodSettings:
    """One method of a run, all told.

    ``name`` is what it is called in the run and in the table; ``base`` the registered method it is, so that one method
    can be there several times with other settings. ``weights`` replace the method's own weights of its loss terms,
    those that are named. ``crops``: what its crops are cut by in training and for held-out cases (None: the method's
    own). ``needs`` says which jobs of the run stand for one the method needs, such as
    teacher: (teacher_wide,); several teachers are taken together.
    """

    name: str
    base: str
    network: NetworkSettings = field(default_factory=NetworkSettings)
    view: ViewSettings = field(default_factory=ViewSettings)
    augment: AugmentSettings = field(default_factory=AugmentSettings)
    train: TrainSettings = field(default_factory=TrainSettings)
    distil: DistilSettings = field(default_factory=DistilSettings)
    weights: Mapping[str, float] = field(default_factory=dict)
    crops: tuple[CropSource, CropSource] | None = None
    needs: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
