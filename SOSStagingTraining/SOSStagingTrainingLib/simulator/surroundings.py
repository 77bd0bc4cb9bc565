"""Real surroundings: training windows cut from a warped real head whose clivus holds a plate of known stage.

What lies around the synchondrosis is then not only our own drawing. The user names a head scan with a fused plate and
two points on it, basion and the tip of the dorsum sellae, as Slicer's Markups save them. A model that saw a head's
surroundings must not be judged on that head.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from SOSStagingLib.scan.geometry import LPS_TO_RAS, FloatArray
from SOSStagingLib.scan.midsagittal import find_plane
from SOSStagingLib.scan.read import read_scan
from SOSStagingLib.scan.sampling import ras_view, trilinear

from .fields import F32, Waves
from .implant import Plan
from .real_clivus import FRACTIONS, Clivus, RealBone
from .windows import KIND_SHARE, KINDS, Sample, draw_sample

MARKUPS = ".mrk.json"
VOXEL_MM = 0.4
STRETCH = 0.04
"""Standard deviation of the logarithm of the stretch along each axis."""
SIZES = (0.84, 1.06)
"""A real adult's head is shown from the size of a child's on."""
DEEPEST_WAVE_MM = 3.0
CONTRAST = (0.5, 1.1)
"""How much of the bone's height above soft tissue is kept: cone-beam scans show less than CT (domain, section 8)."""
SOFT = 1.08


class SurroundingsError(ValueError):
    """A scan cannot lend its surroundings; the message says why and what to do."""


@dataclass(frozen=True)
class Surroundings:
    """A real head's bone around the clivus and its name."""

    bone: RealBone
    name: str

    @classmethod
    def read(cls, path: Path) -> Surroundings:
        """Read a scan and its points from the Markups file beside it (same name, .mrk.json).

        Raises SurroundingsError where the points are missing or do not fit the scan.
        """
        scan = read_scan(path)
        points = _markups_points(path.with_name(path.name.split(".")[0] + MARKUPS))
        plane = find_plane(scan)
        view, geometry = ras_view(scan.array, scan.geometry)
        try:
            clivus = Clivus(points["basion"], points["dorsum"], np.asarray(plane.normal_ras))
            return cls(RealBone(view, geometry, clivus), scan.name)
        except ValueError as error:
            raise SurroundingsError(f"{path.name} cannot lend its surroundings: {error}") from error

    def draw(self, rng: np.random.Generator, stage: int, warp: Warp) -> RealHead:
        """This head under ``warp`` with a plate of ``stage`` in it. Raises SurroundingsError where none fits."""
        try:
            plan = Plan.draw(self.bone, rng, rng, stage, VOXEL_MM)
        except ValueError as error:
            raise SurroundingsError(f"{self.name} cannot lend its surroundings: {error}") from error
        return RealHead(plan, warp, rng.uniform(*CONTRAST), rng.uniform(*FRACTIONS[0]))


def _markups_points(path: Path) -> dict[str, FloatArray]:
    """RAS mm of the points labelled basion and dorsum in a Slicer Markups file."""
    if not path.exists():
        raise SurroundingsError(
            f"{path.name} is missing: mark the basion and the tip of the dorsum sellae with Slicer's Markups (a point "
            "list with points labelled basion and dorsum) and save it beside the scan under that name"
        )
    found: dict[str, FloatArray] = {}
    try:
        for markup in json.loads(path.read_text(encoding="utf-8"))["markups"]:
            flip = np.eye(3) if markup.get("coordinateSystem", "LPS") in ("RAS", "0") else LPS_TO_RAS[:3, :3]
            for point in markup["controlPoints"]:
                found[str(point["label"]).strip().lower()] = flip @ np.array(point["position"], float)
    except (ValueError, KeyError, TypeError) as error:
        raise SurroundingsError(f"{path.name} is no Markups file that can be read ({error})") from error
    missing = [name for name in ("basion", "dorsum") if name not in found]
    if missing:
        raise SurroundingsError(f"{path.name} holds no point labelled {' or '.join(missing)}")
    return found


@dataclass(frozen=True)
class Warp:
    """How a head is changed: q (head mm) lies at ``stretch * (q + waves(q))`` from the dorsum, along the head's own
    axes."""

    stretch: FloatArray
    waves: Waves

    @classmethod
    def draw(cls, rng: np.random.Generator) -> Warp:
        """Draw size, stretch, mirror image and waves."""
        stretch = np.exp(rng.normal(0, STRETCH, 3)) / rng.uniform(*SIZES)
        mirror = np.array([rng.choice([-1.0, 1.0]), 1.0, 1.0])
        return cls(stretch * mirror, Waves.draw(rng, rng.uniform(0, DEEPEST_WAVE_MM), rng.uniform(0, 0.6)))

    def __call__(self, points: F32) -> FloatArray:
        """Where head points [n, 3] are read in the real head's axes, mm from the dorsum."""
        moved = np.stack(self.waves.displacement(*points.T), axis=-1)
        return (points + moved) * self.stretch

    def undo(self, point: FloatArray) -> FloatArray:
        """The head point that is read at ``point``."""
        return self.waves.undo(point / self.stretch)


@dataclass(frozen=True)
class RealHead:
    """A ``HeadLike`` read from a scan: head mm have their origin at the dorsum; x right, y anterior, z superior.

    ``closed_at`` is where from basion to dorsum a plate lay that has left nothing to see. It does not follow the bone
    that is left there: where an adult's sinus has grown over the usual place, visible plates are drawn lower, and a
    student must not learn that as the place of closed ones.
    """

    plan: Plan
    warp: Warp
    contrast: float
    closed_at: float

    @property
    def stage(self) -> int:
        """Bassed stage of the plate drawn in."""
        return self.plan.plate.stage()

    @property
    def fusion_fraction(self) -> float:
        """Bridged fraction of the plate's midsagittal height."""
        return self.plan.fusion_fraction

    @property
    def _axes(self) -> FloatArray:
        right = self.plan.bone.clivus.normal
        forward = np.cross(np.array([0.0, 0.0, 1.0]), right)
        forward /= np.linalg.norm(forward)
        return np.stack([right, forward, np.cross(right, forward)])

    def _place(self, ras: FloatArray) -> FloatArray:
        return self.warp.undo(self._axes @ (ras - self.plan.bone.clivus.dorsum))

    @property
    def _plate(self) -> dict[str, FloatArray]:
        """Centre and ends of the plate in the midsagittal plane, RAS mm."""
        points, clivus = self.plan.points(), self.plan.bone.clivus
        if self.stage < 5:
            return points
        along = (self.closed_at - self.plan.fraction) * (clivus.dorsum - clivus.basion)
        return {name: point + along for name, point in points.items()}

    def landmark(self, name: str) -> npt.NDArray[np.float64]:
        """Head mm of sos, basion and dorsum; NaN for others."""
        clivus = self.plan.bone.clivus
        known = {"basion": clivus.basion, "dorsum": clivus.dorsum, "sos": self._plate["sos"]}
        return self._place(known[name]) if name in known else np.full(3, np.nan)

    def plate_points(self) -> npt.NDArray[np.float64]:
        """Centre, endocranial and ectocranial end of the plate, [3, 3] head mm."""
        points = self._plate
        return np.stack([self._place(points[n]) for n in ("sos", "endocranial", "ectocranial")])

    def tissue(self, points: F32, edge: float) -> F32:
        """Tissue values [n] at head points [n, 3]; ``edge`` is not used: a scan has its own sharpness."""
        bone, greys = self.plan.bone, self.plan.drawing.greys
        # RealBone's noise filter wants a grid; a window's points run along its rows.
        ras = self.warp(points) @ self._axes + bone.clivus.dorsum
        rows = ras.reshape(1, 1, -1, 3)
        grey = trilinear(bone.array, bone.geometry, rows, outside=greys.air)
        if self.stage < 5:
            new, changed = self.plan.painted(grey, rows, edge)
            grey = np.where(changed, new, grey)
        value = (grey.ravel() - greys.air) / (greys.soft - greys.air)
        return np.asarray(value + np.clip(value - SOFT, 0, None) * (self.contrast - 1), np.float32)


@lru_cache(maxsize=4)
def surroundings(path: Path) -> Surroundings:
    """``Surroundings.read``, once for each process."""
    return Surroundings.read(path)


def draw_real_sample(path: Path, seed: int, index: int) -> list[Sample]:
    """Three training examples in one warped real head, as ``draw_training_sample`` draws them in simulated ones."""
    rng = np.random.default_rng([seed, index, 1])
    kinds = [k for k in KINDS if k not in ("mr", "plastic", "nohead")]
    share: Any = np.array([s for k, s in zip(KINDS, KIND_SHARE, strict=True) if k in kinds])
    around, warp = surroundings(path), Warp.draw(rng)
    heads = [around.draw(rng, int(rng.integers(1, 6)), warp) for _ in range(3)]
    return [draw_sample(rng, head, str(rng.choice(kinds, p=share / share.sum()))) for head in heads]
