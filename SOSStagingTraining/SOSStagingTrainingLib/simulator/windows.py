"""Slabs and their two training windows, sampled straight from the head without making a volume.

The coarse window is the middle sagittal plane at 2 mm, what the student's first look sees; the fine window is the slab
around the synchondrosis at the slab's own 0.4 mm. Wrong inputs (other planes, other contrasts, no head at all) come
from here too.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field, replace
from typing import Protocol

import numpy as np
import numpy.typing as npt
from scipy.ndimage import gaussian_filter
from SOSStagingLib.scan.types import SLAB_PLANE_STEP_MM, SLAB_PLANES, SLAB_SPACING_MM

from .ages import AGE_SPREAD, MEAN_AGE
from .anatomy import draw_anatomy
from .fields import F32
from .head import Head, draw_head

LANDMARKS = ("sos", "basion", "dorsum", "sella", "nasion", "pns", "opisthion")
COARSE_MM, COARSE_SIZE = 2.0, 144
FINE_SIZE = 176
KINDS = ("head", "elsewhere", "parasagittal", "otherplane", "mirrored", "mr", "plastic", "nohead")
UNRELATED_SHARE = 0.5
"""Share of training heads whose plates are drawn without regard to their age and shape."""
KIND_SHARE = (0.70, 0.08, 0.07, 0.05, 0.02, 0.03, 0.02, 0.03)
PARTS = ("lookalikes", "deformation")
"""What can be left out of heads to see what it is good for."""


class HeadLike(Protocol):
    """What windows are cut from: a simulated head, or a real one with a plate drawn into it. Head mm as in ``Head``."""

    @property
    def stage(self) -> int:
        """Bassed stage."""

    @property
    def fusion_fraction(self) -> float:
        """Bridged fraction of the plate's midsagittal height."""

    def landmark(self, name: str) -> npt.NDArray[np.float64]:
        """Head mm (x, y, z) of a landmark of LANDMARKS; NaN where it is not known."""

    def plate_points(self) -> npt.NDArray[np.float64]:
        """Centre, endocranial and ectocranial end of the plate in the midsagittal plane, [3, 3] head mm."""

    def tissue(self, points: F32, edge: float) -> F32:
        """Tissue values [n] (air 0, brain 1) at points [n, 3]; edges are ``edge`` mm wide."""


@dataclass(frozen=True)
class Frame:
    """A sagittal-like frame in the head: centre and unit axes anterior, superior, right (rows of ``axes``), head mm."""

    center: npt.NDArray[np.float64]
    axes: npt.NDArray[np.float64]

    def points(self, cols: F32, rows: F32, planes: F32, center: npt.ArrayLike = (0.0, 0.0)) -> F32:
        """Points [planes, rows, cols, 3]; offsets in mm: columns to anterior, rows to inferior, planes to the right."""
        a = np.asarray(cols, np.float64)[None, None, :, None] + np.asarray(center, float)[0]
        s = -(np.asarray(rows, np.float64)[None, :, None, None] + np.asarray(center, float)[1])
        r = np.asarray(planes, np.float64)[:, None, None, None]
        return (self.center + a * self.axes[0] + s * self.axes[1] + r * self.axes[2]).astype(np.float32)

    def project(self, point: npt.ArrayLike) -> npt.NDArray[np.float64]:
        """(column mm, row mm, plane mm) of a head point."""
        d = np.asarray(point, float) - self.center
        return np.array([d @ self.axes[0], -(d @ self.axes[1]), d @ self.axes[2]])


def rotation(pitch: float, yaw: float, roll: float) -> npt.NDArray[np.float64]:
    """Rotation matrix about x (pitch), z (yaw), y (roll), degrees."""
    p, t, r = np.radians([pitch, yaw, roll])
    rx = np.array([[1, 0, 0], [0, np.cos(p), -np.sin(p)], [0, np.sin(p), np.cos(p)]])
    rz = np.array([[np.cos(t), -np.sin(t), 0], [np.sin(t), np.cos(t), 0], [0, 0, 1]])
    ry = np.array([[np.cos(r), 0, np.sin(r)], [0, 1, 0], [-np.sin(r), 0, np.cos(r)]])
    return np.asarray(rz @ ry @ rx)


def draw_frame(rng: np.random.Generator, head: HeadLike, plane_error: float = 1.0) -> Frame:
    """A frame as the plane finder gives it: pitch of the head free, small yaw, roll and lateral error, shifted in
    plane."""
    pitch = float(np.clip(rng.normal(0, 9), -28, 28))
    matrix = rotation(pitch, rng.normal(0, 0.9 * plane_error), rng.normal(0, 0.9 * plane_error))
    axes = np.stack([matrix @ [0, 1, 0], matrix @ [0, 0, 1], matrix @ [1, 0, 0]])
    lateral = float(np.clip(rng.normal(0, 0.9 * plane_error), -3, 3))
    sos = head.landmark("sos")
    around = np.array([rng.uniform(-55, 55), rng.uniform(-70, 70)])
    center = sos + lateral * axes[2] + around[0] * axes[0] + around[1] * axes[1]
    return Frame(center, axes)


@dataclass
class Sample:
    """One training example. Arrays float16, tissue scale (air 0, brain 1); positions (column, row) in window pixels."""

    coarse: npt.NDArray[np.float16]
    fine: npt.NDArray[np.float16]
    kind: str
    stage: int = 0
    fraction: float = 0.0
    coarse_present: bool = False
    fine_present: bool = False
    landmarks: npt.NDArray[np.float32] = field(default_factory=lambda: np.full((len(LANDMARKS), 2), np.nan, np.float32))
    fine_points: npt.NDArray[np.float32] = field(default_factory=lambda: np.full((3, 2), np.nan, np.float32))


def offsets(n: int, step: float) -> F32:
    """``n`` sample positions ``step`` mm apart, centred on 0."""
    return ((np.arange(n) - (n - 1) / 2) * step).astype(np.float32)


def coarse_window(head: HeadLike, frame: Frame) -> F32:
    """The middle plane at 2 mm, box-averaged from 1 mm samples, [COARSE_SIZE, COARSE_SIZE]."""
    grid = offsets(2 * COARSE_SIZE, COARSE_MM / 2)
    values = head.tissue(frame.points(grid, grid, np.zeros(1, np.float32)).reshape(-1, 3), 1.0)
    return values.reshape(COARSE_SIZE, 2, COARSE_SIZE, 2).mean(axis=(1, 3))


def fine_window(head: HeadLike, frame: Frame, center_mm: npt.ArrayLike, size: int = FINE_SIZE) -> F32:
    """The slab's planes at 0.4 mm around ``center_mm`` (column, row mm in the frame), [SLAB_PLANES, size, size]."""
    grid = offsets(size, SLAB_SPACING_MM)
    points = frame.points(grid, grid, offsets(SLAB_PLANES, SLAB_PLANE_STEP_MM), center_mm)
    return head.tissue(points.reshape(-1, 3), 0.45).reshape(SLAB_PLANES, size, size)


def draw_sample(rng: np.random.Generator, head: HeadLike, kind: str) -> Sample:
    """Draw one training example of ``kind`` from ``head``."""
    if kind == "nohead":
        return _no_head(rng)
    if kind in ("mr", "plastic"):
        head = _foreign(rng, kind, head)
    frame = draw_frame(rng, head)
    if kind == "parasagittal":
        shift = rng.uniform(15, 50) * rng.choice([-1, 1])
        frame = Frame(frame.center + shift * frame.axes[2], frame.axes)
    if kind == "otherplane":
        return _other_plane(rng, head, frame)
    sos = frame.project(head.landmark("sos"))
    center = sos[:2] + np.clip(rng.normal(0, 4, 2), -9, 9)
    if kind == "elsewhere":
        away = rng.uniform(0, 2 * np.pi)
        center = sos[:2] + rng.uniform(24, 75) * np.array([np.cos(away), np.sin(away)])
    sample = Sample(
        coarse_window(head, frame).astype(np.float16), fine_window(head, frame, center).astype(np.float16), kind
    )
    if kind in ("head", "elsewhere"):
        _label(sample, head, frame, center)
    if kind == "mirrored":
        sample.coarse, sample.fine = sample.coarse[:, ::-1].copy(), sample.fine[..., ::-1].copy()
        if rng.random() < 0.4:
            sample.coarse, sample.fine = sample.coarse[::-1].copy(), sample.fine[:, ::-1].copy()
    return sample


def _label(sample: Sample, head: HeadLike, frame: Frame, center: npt.NDArray[np.float64]) -> None:
    half = (COARSE_SIZE - 1) / 2
    for i, name in enumerate(LANDMARKS):
        sample.landmarks[i] = frame.project(head.landmark(name))[:2] / COARSE_MM + half
    sample.coarse_present = True
    sample.stage, sample.fraction = head.stage, head.fusion_fraction
    if sample.kind == "head":
        sample.fine_present = True
        half = (FINE_SIZE - 1) / 2
        for i, p in enumerate(head.plate_points()):
            sample.fine_points[i] = (frame.project(p)[:2] - center) / SLAB_SPACING_MM + half


def _foreign(rng: np.random.Generator, kind: str, head: HeadLike) -> Head:
    """The simulated head with other tissue values. Raises ValueError for a real head, whose values are its own."""
    if not isinstance(head, Head):
        raise ValueError(f"a {kind} sample can only be made from a simulated head")
    return replace(head, anatomy=replace(head.anatomy, values=_foreign_values(rng, kind, head.anatomy.values)))


def _foreign_values(rng: np.random.Generator, kind: str, values: dict[str, float]) -> dict[str, float]:
    if kind == "plastic":
        same = rng.uniform(1.2, 2.4)
        bone = dict.fromkeys(("marrow", "cortex", "vault", "diploe", "tooth", "cartilage"), same)
        fill = 0.0 if rng.random() < 0.8 else rng.uniform(0, 0.5)
        return {**values, **bone, "texture": 0.01, "muscle": fill, "fat": fill, "brain": fill}
    dark = rng.uniform(0.02, 0.25)
    return {
        **values,
        "cortex": dark,
        "vault": dark,
        "tooth": dark,
        "brain": rng.uniform(0.6, 1.2),
        "muscle": rng.uniform(0.3, 0.9),
        "fat": rng.uniform(0.9, 2.0),
        "marrow": rng.uniform(0.3, 1.6),
        "diploe": rng.uniform(0.3, 1.5),
        "cartilage": rng.uniform(0.3, 1.0),
    }


def _other_plane(rng: np.random.Generator, head: HeadLike, frame: Frame) -> Sample:
    a, s, r = frame.axes
    axes = {0: (r, s, a), 1: (-r, s, a), 2: (r, a, s), 3: (a, -s, r), 4: (-s, a, r), 5: (s, a, r)}[int(rng.integers(6))]
    center = frame.center + rng.uniform(-60, 60) * axes[2] * (0 if axes[2] is r else 1)
    turned = Frame(center, np.stack(axes))
    window = rng.uniform(-50, 50, 2)
    return Sample(
        coarse_window(head, turned).astype(np.float16),
        fine_window(head, turned, window).astype(np.float16),
        "otherplane",
    )


def _no_head(rng: np.random.Generator) -> Sample:
    coarse = _shapes(rng, COARSE_SIZE)
    fine = _shapes(rng, FINE_SIZE)
    return Sample(coarse.astype(np.float16), np.stack([fine] * SLAB_PLANES).astype(np.float16), "nohead")


def _shapes(rng: np.random.Generator, size: int) -> F32:
    """A picture without a head: a trunk of random ellipses, text-like bars, gradients or plain noise."""
    yy, xx = np.mgrid[0:size, 0:size].astype(np.float32) / size - 0.5
    choice = rng.integers(4)
    image = np.zeros((size, size), np.float32)
    if choice == 0:
        image[np.hypot(xx / rng.uniform(0.3, 0.6), yy / rng.uniform(0.3, 0.8)) < 1] = rng.uniform(0.8, 1.1)
    elif choice == 1:
        image += xx * rng.normal(0, 2) + yy * rng.normal(0, 2) + rng.uniform(0, 1)
    elif choice == 2:
        return gaussian_filter(rng.standard_normal((size, size)), rng.uniform(0, 4)).astype(np.float32) * rng.uniform(
            0.5, 4
        )
    for _ in range(rng.integers(2, 25)):
        cx, cy, angle = rng.uniform(-0.45, 0.45), rng.uniform(-0.45, 0.45), rng.uniform(0, 3.14)
        u = (xx - cx) * np.cos(angle) + (yy - cy) * np.sin(angle)
        w = -(xx - cx) * np.sin(angle) + (yy - cy) * np.cos(angle)
        power = rng.choice([2, 8])
        r = (np.abs(u / rng.uniform(0.01, 0.25)) ** power + np.abs(w / rng.uniform(0.01, 0.2)) ** power) ** (1 / power)
        mask = (r < 1) if rng.random() < 0.7 else (np.abs(r - 0.9) < 0.1)
        image[mask] = rng.uniform(0, 1.3) if rng.random() < 0.7 else rng.uniform(1.3, 2.6)
    return gaussian_filter(image, rng.uniform(0.2, 1.5)).astype(np.float32)


def draw_training_sample(seed: int, index: int, without: Collection[str] = ()) -> list[Sample]:
    """Three examples from one anatomy with different plates: the head's shape and age must not give the stage away.

    In half of the heads the plates fit the age as they do in patients: where a scan hides the plate, the rest of the
    head may say something, but never much. ``without`` names parts of PARTS that are left out; the examples are
    the same but for them. Raises ValueError for others.
    """
    if unknown := set(without) - set(PARTS):
        raise ValueError(f"{', '.join(sorted(unknown))}: only {' and '.join(PARTS)} can be left out of heads")
    rng = np.random.default_rng([seed, index])
    age = float(np.clip(rng.normal(rng.choice(MEAN_AGE), AGE_SPREAD), 6, 60))
    anatomy = draw_anatomy(rng, age, "lookalikes" not in without)
    if "deformation" in without:
        still = np.float32(0)
        anatomy = replace(anatomy, waves=replace(anatomy.waves, symmetric=still, asymmetric=still))
    fitting = stage_shares(age)
    shares = [0.2] * 5 if rng.random() < UNRELATED_SHARE else fitting
    heads = [draw_head(rng, int(rng.choice(5, p=shares)) + 1, age, index, anatomy) for _ in range(3)]
    return [draw_sample(rng, head, str(rng.choice(KINDS, p=KIND_SHARE))) for head in heads]


def stage_shares(age: float) -> npt.NDArray[np.float64]:
    """How likely each stage is at ``age`` years where all stages are equally frequent, [5]."""
    near = np.exp(-0.5 * ((np.clip(age, MEAN_AGE[0], MEAN_AGE[-1]) - np.array(MEAN_AGE)) / AGE_SPREAD) ** 2)
    return np.asarray(near / near.sum())
