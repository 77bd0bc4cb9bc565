"""A plate of known stage written into the clivus of a real head scan.

Real adults are stage 4 or 5, so no public head shows an open plate; here the simulator's own ``Synchondrosis`` is drawn
into one, between the faces of its real bone and in its own greys. What is implanted is still a drawing: it says whether
a model reads the plate in real surroundings, not how it does on children.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.ndimage import affine_transform, gaussian_filter
from SOSStagingLib.scan.geometry import FloatArray, Geometry
from SOSStagingLib.scan.sampling import ras_view, trilinear
from SOSStagingLib.scan.types import Scan

from .fields import F32, soft
from .real_clivus import Clivus, Faces, Greys, PlateFrame, RealBone
from .synchondrosis import Synchondrosis

TAG = 40_000_003
FIELD_MM = (150.0, 170.0, 150.0)
"""Right, anterior, superior: the simulator's own field of view, enough for the quality gate and the plane finder."""
FIELD_CENTER_MM = (0.0, 20.0, -15.0)
"""Middle of the field seen from the dorsum: the simulator's, 10 mm before and 15 mm below the sella."""
REACH_MM = 6.0
"""Nothing farther from the middle of the plate than this changes."""
RAMP = 1.6
"""A linear ramp this many voxels wide is about as blurred as a scan of that voxel, read linearly between voxels."""
WIDEST_RAMP_MM = 1.2
"""Edges of the plate are never more blurred than this: in a coarse scan no open plate would be left to see."""
NOISE_FROM_MM = 12.0


@dataclass(frozen=True)
class ImplantTruth:
    """What is known about an implanted plate. Points in RAS mm of the scan; normals are unit vectors.

    ``landmarks`` holds basion, dorsum, sos (the plate's centre), endocranial and ectocranial (its two ends).
    """

    seed: int
    stage: int
    fusion_fraction: float
    clivus_fraction: float
    tilt_deg: float
    height_mm: float
    width_mm: float
    landmarks: dict[str, FloatArray]
    plane_normal: FloatArray
    plate_normal: FloatArray

    def to_json(self) -> dict[str, Any]:
        """Return plain JSON values."""
        return {
            "seed": self.seed,
            "stage": self.stage,
            "fusion_fraction": round(self.fusion_fraction, 4),
            "clivus_fraction": round(self.clivus_fraction, 4),
            "tilt_deg": round(self.tilt_deg, 2),
            "height_mm": round(self.height_mm, 2),
            "width_mm": round(self.width_mm, 2),
            "landmarks_ras_mm": {k: [round(float(c), 3) for c in v] for k, v in self.landmarks.items()},
            "plane": {
                "origin_ras_mm": [round(float(c), 3) for c in self.landmarks["sos"]],
                "normal_ras": [round(float(c), 5) for c in self.plane_normal],
            },
            "plate_normal_ras": [round(float(c), 5) for c in self.plate_normal],
        }


def implant(
    scan: Scan,
    clivus: Clivus,
    stage: int,
    seed: int,
    voxel_mm: float = 0.4,
    field_mm: Sequence[float] = FIELD_MM,
) -> tuple[Scan, ImplantTruth]:
    """The skull base of ``scan`` at ``voxel_mm``, with a plate of ``stage`` (1 to 5, Bassed) drawn into its clivus.

    The field (right, anterior, superior, mm) is cut round the sella and ends where the scan does; every voxel keeps its
    place in RAS, and beyond 6 mm from the plate its linearly interpolated grey. A seed gives one place for all stages;
    stage 5 is the head as it is. The head must have a fused plate. Raises ValueError for a picture, a wrong stage or
    size, landmarks outside the scan or without bone between them, and a clivus without room for a plate.
    """
    _check(scan, clivus, stage, voxel_mm, field_mm)
    view, geometry = ras_view(scan.array, scan.geometry)
    rng = np.random.default_rng([TAG, seed, stage])
    plan = Plan.draw(RealBone(view, geometry, clivus), np.random.default_rng([TAG, seed]), rng, stage, voxel_mm)
    array, grid = _resampled(view, geometry, clivus, voxel_mm, field_mm)
    if plan.plate.stage() < 5:
        _write(array, grid, plan)
    truth = ImplantTruth(
        seed,
        plan.plate.stage(),
        plan.fusion_fraction,
        plan.fraction,
        plan.tilt,
        plan.height,
        plan.plate.width,
        {"basion": clivus.basion, "dorsum": clivus.dorsum, **plan.points()},
        clivus.normal,
        plan.frame.axes[2],
    )
    return replace(scan, array=array, geometry=grid, name=f"{scan.name}-stage{stage}-{seed:03d}"), truth


@dataclass(frozen=True)
class Plan:
    """Which plate goes where in a real head: drawn once, written into a volume or read at single points."""

    bone: RealBone
    frame: PlateFrame
    drawing: _Drawing
    fraction: float
    tilt: float

    @classmethod
    def draw(
        cls, bone: RealBone, place: np.random.Generator, rng: np.random.Generator, stage: int, voxel_mm: float
    ) -> Plan:
        """Draw the place from ``place`` and the plate from ``rng``. Raises ValueError where no plate fits."""
        frame, fraction, tilt = bone.place(place)
        faces, greys = bone.measured(frame)
        plate = Synchondrosis.draw(rng, stage)
        deep = float(np.linalg.norm(frame.axes[1] * bone.geometry.spacing))
        return cls(bone, frame, _Drawing.draw(rng, plate, faces, greys, deep, voxel_mm), fraction, tilt)

    @property
    def plate(self) -> Synchondrosis:
        """The plate."""
        return self.drawing.plate

    @property
    def height(self) -> float:
        """Height of the plate in the midsagittal plane, mm."""
        points = self.points()
        return float(np.linalg.norm(points["ectocranial"] - points["endocranial"]))

    @property
    def fusion_fraction(self) -> float:
        """Bridged fraction of the plate's midsagittal height."""
        return self.plate.bridged_fraction(self.height)

    def points(self) -> dict[str, FloatArray]:
        """Centre (``sos``) and ends of the plate in the midsagittal plane, RAS mm, on its bowed middle."""
        zero = np.zeros(1, np.float32)
        endo, ecto, _ = (float(v[0]) for v in self.drawing.faces.at(zero, zero))
        ends = (("sos", 0.5), ("endocranial", 0.0), ("ectocranial", 1.0))
        return {name: self.frame.points(0.0, endo + e * (ecto - endo), -_bow(self.plate, e)) for name, e in ends}

    def painted(self, old: F32, ras: FloatArray, spacing_mm: float) -> tuple[F32, npt.NDArray[np.bool_]]:
        """New greys [k, j, i] and where they changed, from old greys at RAS points [k, j, i, 3], ``spacing_mm``
        apart."""
        noise = _borrowed_noise(self.bone, ras, self.frame, self.drawing, spacing_mm)
        xdw = self.frame.coordinates(ras.reshape(-1, 3))
        new, changed = self.drawing.paint(old.reshape(-1).astype(np.float32), xdw, noise.reshape(-1))
        return new.reshape(old.shape), changed.reshape(old.shape)


def _check(scan: Scan, clivus: Clivus, stage: int, voxel_mm: float, field_mm: Sequence[float]) -> None:
    if scan.kind != "volume" or min(scan.array.shape) < 2:
        raise ValueError(f"{scan.name} is a picture or a single slice: a plate can only be implanted into a volume")
    if stage not in (1, 2, 3, 4, 5):
        raise ValueError(f"the stage is {stage}, but must be 1 to 5 (Bassed)")
    if not 0.1 <= voxel_mm <= 1.0:
        raise ValueError(f"the voxel is {voxel_mm} mm, but must be 0.1 to 1 mm: an open plate is 1 to 3 mm wide")
    if len(field_mm) != 3 or min(field_mm) < 60:
        raise ValueError(f"the field is {tuple(field_mm)} mm, but must be at least 60 mm in each direction")
    corners = scan.geometry.corners_ras
    spans = ", ".join(
        f"{axis} {low:.0f} to {high:.0f}" for axis, low, high in zip("RAS", corners.min(0), corners.max(0), strict=True)
    )
    for name in ("basion", "dorsum"):
        point = getattr(clivus, name)
        index = scan.geometry.to_ijk(point)
        if (index < 0).any() or (index > np.array(scan.array.shape[::-1]) - 1).any():
            raise ValueError(
                f"the {name} at {point.round(1).tolist()} lies outside the scan, which spans {spans} mm: give it in "
                "RAS millimetres of this scan (LPS points need the signs of their first two numbers turned)"
            )


def _resampled(
    view: npt.NDArray, geometry: Geometry, clivus: Clivus, voxel_mm: float, field_mm: Sequence[float]
) -> tuple[npt.NDArray, Geometry]:
    """The field of view on a finer grid with the scan's own axes, linear between voxels; and its geometry."""
    center = geometry.to_ijk(clivus.dorsum + np.array(FIELD_CENTER_MM))
    half = np.array(field_mm) / 2 / geometry.spacing
    low = np.maximum(center - half, 0)
    high = np.minimum(center + half, np.array(view.shape[::-1]) - 1)
    step = voxel_mm / geometry.spacing
    size = np.floor((high - low) / step + 1e-6).astype(int) + 1
    shape = (int(size[2]), int(size[1]), int(size[0]))
    grid = Geometry.from_axes(shape, geometry.to_ras(low), geometry.directions, [voxel_mm] * 3)
    # scipy rounds where the greys are integers.
    array = affine_transform(view, step[::-1], low[::-1], shape, view.dtype, order=1, mode="nearest")
    return array, grid


def _bow(plate: Synchondrosis, e: Any) -> Any:
    return plate.bow * (4 * e * (1 - e) - 0.5)


def _write(array: npt.NDArray, grid: Geometry, plan: Plan) -> None:
    """Draw into the voxels near the plate; the others are not touched."""
    faces = plan.drawing.faces
    lowest, highest = float(faces.endo.min()) - 4, float(faces.ecto.max()) + 4
    corners = plan.frame.points(
        np.array([-14.0, 14])[:, None, None], np.array([lowest, highest])[:, None], np.array([-7.0, 7])
    )
    index = grid.to_ijk(corners).reshape(-1, 3)
    low = np.maximum(np.floor(index.min(0)), 0).astype(int)
    high = np.minimum(np.ceil(index.max(0)) + 1, array.shape[::-1]).astype(int)
    box = tuple(slice(a, b) for a, b in zip(low[::-1], high[::-1], strict=True))
    k, j, i = np.meshgrid(*(np.arange(s.start, s.stop) for s in box), indexing="ij")
    old = array[box]
    new, changed = plan.painted(old, grid.to_ras(np.stack([i, j, k], axis=-1)), float(grid.spacing[0]))
    if np.issubdtype(array.dtype, np.integer):
        limits = np.iinfo(array.dtype)
        new = np.clip(np.rint(new), limits.min, limits.max)
    array[box] = np.where(changed, new.astype(array.dtype), old)


def _borrowed_noise(bone: RealBone, ras: FloatArray, frame: PlateFrame, drawing: _Drawing, voxel_mm: float) -> F32:
    """The scan's own noise, [k, j, i], from the brain behind the points: what is drawn must not be smoother."""
    back = float(drawing.faces.ecto.max()) + NOISE_FROM_MM
    brain = trilinear(bone.array, bone.geometry, ras - back * frame.axes[1], drawing.greys.soft)
    grain = brain - gaussian_filter(brain, 2 * drawing.resolution / voxel_mm)
    sigma = 1.4826 * float(np.median(np.abs(grain)))
    return np.clip(grain, -3 * sigma, 3 * sigma)


@dataclass(frozen=True)
class _Drawing:
    """One plate with the bone and the greys it is drawn in; lengths in mm, greys as in the scan."""

    plate: Synchondrosis
    faces: Faces
    greys: Greys
    resolution: float
    edge: float
    cartilage: float
    half_breadth: float

    @classmethod
    def draw(
        cls,
        rng: np.random.Generator,
        plate: Synchondrosis,
        faces: Faces,
        greys: Greys,
        resolution: float,
        voxel_mm: float,
    ) -> _Drawing:
        """Draw what is not part of the plate: its breadth (our guess) and the grey of cartilage.

        Cartilage is as in the simulator: 0.04 to 0.22 of the step from air to soft tissue darker than marrow, and at
        most 0.16 above soft tissue. Adult marrow is fatty in places: cartilage is darker than those, too, though hardly
        darker than soft tissue.
        """
        unit = greys.soft - greys.air
        below, above = rng.uniform(0.04, 0.22) * unit, rng.uniform(-0.02, 0.16) * unit
        cartilage = min(greys.marrow - below, greys.soft + above, greys.fatty - 0.04 * unit)
        cartilage = max(cartilage, greys.soft - 0.02 * unit)
        resolution = max(resolution, voxel_mm)
        edge = min(RAMP * resolution, WIDEST_RAMP_MM)
        return cls(plate, faces, greys, resolution, edge, cartilage, rng.uniform(10.0, 12.0))

    def paint(self, value: F32, xdw: F32, noise: F32) -> tuple[F32, npt.NDArray[np.bool_]]:
        """New greys [n] and where they changed, from old greys [n], plate coordinates [3, n] and noise [n].

        The order is the simulator's: cortices end, borders turn sclerotic, cartilage lies between them, or a scar.
        """
        x, d, w = xdw
        plate, g = self.plate, self.greys
        endo, ecto, solid = self.faces.at(x, w)
        e = np.clip((d - endo) / np.maximum(ecto - endo, 1), 0, 1)
        height = float(np.median(self.faces.ecto - self.faces.endo))
        outside = np.maximum(endo - d, d - ecto)
        body = self._body(value, x, w, outside, solid)
        from_plate = np.abs(w + _bow(plate, e) + 0.25 * plate.noise(x, d, w, 3.0)).astype(np.float32)
        gap = from_plate - plate.half_width(e)
        openness = soft(plate.bone_field(e, x, height), 1.0 + self.edge) * body
        within = soft(outside, RAMP * self.resolution)
        beside = np.where(e < 0.5, g.soft, g.ecto).astype(np.float32)
        marrow = beside + (g.marrow - beside) * within + noise
        cartilage = beside + (self.cartilage - beside) * within + noise
        new = value.copy()
        cortical = soft(-outside - 3.0 - self.resolution, 1.0) * np.clip(
            (value - marrow) / (0.25 * max(g.cortex - g.marrow, 1e-6)), 0, 1
        )
        _over(new, soft(gap - plate.cortex_stop, 1.5) * openness * cortical, marrow)
        _over(new, soft(gap - 0.7, 0.7) * openness * within * plate.sclerosis, g.cortex + noise)
        _over(new, soft(gap, max(self.edge, 0.35)) * openness, cartilage)
        if plate.scar > 0:
            line = soft(from_plate - plate.scar_width, max(self.edge, 0.3)) * body * within * plate.scar
            line = line * np.clip(0.75 + 0.5 * plate.noise(x, d, w, 4.0), 0.15, 1)
            _over(new, line, (g.marrow + 3 * g.cortex) / 4 if plate.scar_bright else self.cartilage)
        return new, new != value

    def _body(self, value: F32, x: F32, w: F32, outside: F32, solid: F32) -> F32:
        """How far a voxel may change, 0..1: bone of the plate's breadth and what the scan blurs around it; no air."""
        g = self.greys
        full = np.clip((value - g.air_limit) / max(0.8 * (g.soft - g.air_limit), 1e-6), 0, 1)
        rim = soft(outside - self.resolution, self.resolution)
        near = soft(np.abs(x) - self.half_breadth, 2.0) * soft(np.abs(w) - REACH_MM + 0.75, 1.5)
        return np.asarray(full * rim * near * solid, np.float32)


def _over(value: F32, mask: F32, paint: F32 | float) -> None:
    value += mask * (paint - value)
