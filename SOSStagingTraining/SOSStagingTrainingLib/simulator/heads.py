"""Whole simulated scans with their ground truth: volumes as a scanner gives them, or slabs as the student sees them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
from SOSStagingLib.scan.geometry import Geometry
from SOSStagingLib.scan.types import SLAB_PLANE_STEP_MM, SLAB_PLANES, SLAB_SIZE, SLAB_SPACING_MM, Scan, Slab

from .ages import AGE_SPREAD, MEAN_AGE
from .faults import pattern_rng
from .fields import F32
from .head import Head, draw_head
from .placement import COARSE_MM, Coarse, Placement, for_each
from .scanner import Scanner, expose
from .supports import add_supports
from .truth import Truth
from .windows import LANDMARKS, Frame, draw_frame, offsets, rotation

CHUNK = 400_000
HEAD_STREAM = 20_000_003
FIELDS_OF_VIEW = (
    "40x40",
    "60x60",
    "80x80",
    "100x100",
    "150x150",
    "160x60",
    "160x100",
    "170x120",
    "230x170",
)
"""Usual cylinders, diameter x height in mm, as makers list them."""
AIMS = {"jaw": (40.0, 62.0), "head": (10.0, 15.0)}
"""Middle of the field before and below the sella, mm: between front and back teeth, or the head (our guess)."""
SOS_FROM_SELLA = (-5.0, -19.0)
"""Mean place (anterior, superior) of the synchondrosis, mm: S-Ba 44 mm at 56 degrees, 0.42 of the way, half its height
in."""
Draw = Callable[[np.random.Generator], Scanner]


@dataclass(frozen=True)
class VolumeSettings:
    """Field of view in mm (right-left, posterior-anterior, inferior-superior), voxel in mm, and where it is centred.

    ``below_sella`` puts the middle of the field that far below the sella, ``before_sella`` that far in front of it.
    """

    size_mm: tuple[float, float, float] = (150.0, 170.0, 150.0)
    voxel_mm: float = 0.4
    below_sella: float = 15.0
    before_sella: float = 10.0
    cylinder: bool = True

    @classmethod
    def field_of_view(cls, name: str, aim: Literal["jaw", "head"] = "head", voxel_mm: float = 0.4) -> VolumeSettings:
        """A usual cylinder (FIELDS_OF_VIEW, or any other diameter x height in mm) aimed at the jaws or the head.

        Raises ValueError for a name that is not two lengths in mm, and for an unknown aim.
        """
        parts = name.lower().split("x")
        if len(parts) != 2 or not all(part.isdigit() and int(part) >= 20 for part in parts):
            raise ValueError(
                f"{name!r} is no field of view: give diameter x height in mm, such as {', '.join(FIELDS_OF_VIEW)}"
            )
        if aim not in AIMS:
            raise ValueError(f"a field of view is aimed at {' or '.join(AIMS)}, not at {aim!r}")
        wide, high = float(parts[0]), float(parts[1])
        before, below = AIMS[aim]
        return cls((wide, wide, high), voxel_mm, below, before)

    def holds_sos(self, margin_mm: float = 10.0) -> bool:
        """Whether a mean head's synchondrosis, with ``margin_mm`` around its centre, lies in the field of view.

        At the jaws only 150x150, 170x120 and 230x170 do, 160x100 ends just above the centre. Aimed at the head all from
        60x60 on do. A head's own size and place may decide otherwise.
        """
        forward = abs(SOS_FROM_SELLA[0] - self.before_sella) + margin_mm
        upward = abs(SOS_FROM_SELLA[1] + self.below_sella) + margin_mm
        return forward <= self.size_mm[1] / 2 and upward <= self.size_mm[2] / 2


@dataclass(frozen=True)
class Pose:
    """Where the head lies in the scanner: head mm = scanner mm @ ``matrix`` + ``offset``."""

    matrix: npt.NDArray[np.float64]
    offset: npt.NDArray[np.float64]

    def to_scanner(self, head_mm: npt.ArrayLike) -> npt.NDArray[np.float64]:
        """Scanner mm of head points [..., 3]."""
        return (np.asarray(head_mm, float) - self.offset) @ self.matrix.T


def volume_shape(settings: VolumeSettings) -> tuple[int, int, int]:
    """Voxels [k, j, i] of a volume."""
    right, anterior, superior = (round(s / settings.voxel_mm) for s in settings.size_mm)
    return superior, anterior, right


def drawn_stage(seed: int) -> int:
    """The stage that the head of a seed gets when none is asked for."""
    return int(np.random.default_rng([HEAD_STREAM, seed]).integers(1, 6))


def draw_whole_head(seed: int, stage: int | None = None) -> tuple[Head, np.random.Generator]:
    """Draw the head of a seed; without ``stage`` all five are equally likely. Age follows the stage loosely."""
    rng = np.random.default_rng([HEAD_STREAM, seed])
    stage = int(rng.integers(1, 6)) if stage is None else stage
    return draw_head(rng, stage, _draw_age(rng, stage), seed), rng


def drawn_age(seed: int) -> float:
    """The age in years that the head of a seed gets when no stage is asked for."""
    rng = np.random.default_rng([HEAD_STREAM, seed])
    return _draw_age(rng, int(rng.integers(1, 6)))


def _draw_age(rng: np.random.Generator, stage: int) -> float:
    return float(np.clip(rng.normal(MEAN_AGE[stage - 1], AGE_SPREAD), 6, 60))


def simulate_volume(
    seed: int,
    stage: int | None = None,
    settings: VolumeSettings | None = None,
    draw: Draw | None = None,
    threads: int = 1,
) -> tuple[Scan, Truth]:
    """One cone-beam scan of a turned and shifted head (roll, yaw N(0, 3), pitch N(0, 8) degrees), with its truth.

    ``draw`` draws the scanner, ``Scanner.draw`` by default. The scan is the same whatever the number of threads.
    """
    settings = settings or VolumeSettings()
    head, rng = draw_whole_head(seed, stage)
    turn = rotation(np.clip(rng.normal(0, 8), -20, 20), *np.clip(rng.normal(0, 3, 2), -10, 10))
    shift = rng.normal(0, [5.0, 8.0, 6.0])
    scanner = (draw or Scanner.draw)(rng)
    shape = volume_shape(settings)
    middle = turn @ np.array([0.0, settings.before_sella, -settings.below_sella]) + shift
    half = (np.array(shape[::-1]) - 1) / 2 * settings.voxel_mm
    geometry = Geometry.from_axes(shape, middle - half, np.eye(3), [settings.voxel_mm] * 3)
    tissue = _tissue_volume(head, geometry, turn, shift, threads)
    pose = Pose(turn, (middle - shift) @ turn)
    voxels = Geometry.from_axes(geometry.shape, -half, np.eye(3), geometry.spacing)
    place = place_array(head, pose, voxels, (settings.size_mm[0] / 2, settings.size_mm[1] / 2), scanner, threads)
    grey = expose(with_supports(tissue, head, pose, place, scanner), scanner, rng, place)
    if settings.cylinder:
        outside_cylinder(grey, scanner)
    landmarks = {name: turn @ head.landmark(name) + shift for name in LANDMARKS}
    origin, normal = midsagittal_plane(head)
    plane = turn @ origin + shift, turn @ normal
    truth = Truth(seed, head.stage, head.fusion_fraction, head.age, landmarks, *plane, scanner, head, turn, shift)
    return Scan(grey, geometry, f"simulated-{seed:05d}", modality="CT"), truth


def _tissue_volume(
    head: Head, geometry: Geometry, turn: npt.NDArray, shift: npt.NDArray, threads: int
) -> npt.NDArray[np.float32]:
    shape, spacing = geometry.shape, geometry.spacing
    out = np.empty(shape, np.float32)
    jj, ii = np.meshgrid(np.arange(shape[1]), np.arange(shape[2]), indexing="ij")
    planes = max(1, CHUNK // (shape[1] * shape[2]))

    def fill(k: int) -> None:
        kk = np.arange(k, min(k + planes, shape[0]))
        ijk = np.stack(np.broadcast_arrays(ii[None], jj[None], kk[:, None, None]), -1).reshape(-1, 3)
        points = (geometry.to_ras(ijk) - shift) @ turn
        out[kk] = head.tissue(points.astype(np.float32), float(spacing[0])).reshape(len(kk), *shape[1:])

    for_each(range(0, shape[0], planes), fill, threads)
    return out


def outside_cylinder(grey: npt.NDArray[np.int16], scanner: Scanner) -> None:
    """Outside the reconstructed cylinder scanners write one constant, below everything measured."""
    j, i = np.ogrid[: grey.shape[1], : grey.shape[2]]
    cj, ci = (grey.shape[1] - 1) / 2, (grey.shape[2] - 1) / 2
    outside = ((j - cj) / (cj + 0.5)) ** 2 + ((i - ci) / (ci + 0.5)) ** 2 > 1
    fill = np.trunc(-1000 * scanner.gain + scanner.offset - 100)
    grey[:, outside] = min(int(scanner.export(np.array(fill))), int(grey.min()))


def place_array(
    head: Head, pose: Pose, voxels: Geometry, radii: tuple[float, float], scanner: Scanner, threads: int = 1
) -> Placement:
    """The array in the scanner, with the head around it and its brackets and fillings."""
    reach = np.array([104.0, 140.0, 140.0])
    middle = pose.to_scanner([0.0, -12.0, -15.0])
    shape = tuple(int(2 * r / COARSE_MM) + 1 for r in reversed(reach))
    grid = Geometry.from_axes((shape[0], shape[1], shape[2]), middle - reach, np.eye(3), [COARSE_MM] * 3)
    around = Coarse(_tissue_volume(head, grid, pose.matrix, -pose.offset @ pose.matrix.T, threads), grid)
    return Placement(voxels, radii, around, pose.to_scanner(dental_metal(head, scanner)), threads)


def dental_metal(head: Head, scanner: Scanner) -> npt.NDArray[np.float64]:
    """Brackets and fillings on the outside of the upper and lower teeth, head mm [n, 3]; one if nothing is asked
    for."""
    rng = pattern_rng(scanner.pattern, 5)
    ans = head.anatomy.extra["ans"]
    count = max(1, scanner.metal)
    angle = rng.permutation(np.linspace(-1.2, 1.2, count)) if count > 1 else rng.uniform(-1.2, 1.2, 1)
    below = np.where(rng.random(count) < 0.6, 17.0, 26.0) + rng.normal(0, 0.7, count)
    return np.column_stack([31 * np.sin(angle), ans[0] - 30 + 36 * np.cos(angle), ans[1] - below])


def with_supports(tissue: F32, head: Head, pose: Pose, place: Placement, scanner: Scanner) -> F32:
    """The tissue with the scanner's chin rest and head band, if it has any."""
    if not (scanner.chin_rest or scanner.head_band):
        return tissue
    marks = {name: pose.to_scanner(head.landmark(name)) for name in ("sella", "nasion")}
    marks["chin"] = pose.to_scanner([0.0, *head.anatomy.extra["chin"]])
    return add_supports(tissue, place, marks, scanner.chin_rest, scanner.head_band)


def midsagittal_plane(head: Head) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Origin and unit normal (towards the right), head mm, of the midsagittal plane: the least-squares plane through
    the midline surface of skull base and face, which the head's own asymmetry bends.
    """
    y, z = np.meshgrid(np.linspace(-60, 80, 15), np.linspace(-60, 40, 11))
    bent = head.anatomy.waves.undo(np.stack([np.zeros_like(y), y, z], axis=-1).reshape(-1, 3))
    origin = bent.mean(axis=0)
    normal = np.linalg.svd(bent - origin)[2][2]
    return origin, normal if normal[0] > 0 else -normal


def simulate_slab(seed: int, stage: int | None = None, draw: Draw | None = None) -> tuple[Slab, Truth]:
    """The slab the student would see for a seed's head, sampled without making the volume.

    The plane is off as the plane finder's is (about 1 mm and 1 degree), the field of view ends at random but holds the
    synchondrosis by at least 25 mm. RAS is the head's own frame. ``draw`` draws the scanner, by default
    ``Scanner.draw``.
    """
    head, rng = draw_whole_head(seed, stage)
    frame = _centred(draw_frame(rng, head, 0.7), head, rng)
    cols = offsets(SLAB_SIZE, SLAB_SPACING_MM)
    points = frame.points(cols, cols, offsets(SLAB_PLANES, SLAB_PLANE_STEP_MM)).reshape(-1, 3)
    tissue = np.concatenate([head.tissue(points[i : i + CHUNK], SLAB_SPACING_MM) for i in range(0, len(points), CHUNK)])
    scanner = (draw or Scanner.draw)(rng)
    shape = (SLAB_PLANES, SLAB_SIZE, SLAB_SIZE)
    seen = _field_of_view(frame, head, rng)
    pose, place = _slab_placement(head, frame, seen, scanner)
    stored = expose(with_supports(tissue.reshape(shape), head, pose, place, scanner), scanner, rng, place)
    grey = stored.astype(np.float32)
    spacing = np.array([SLAB_SPACING_MM, SLAB_SPACING_MM, SLAB_PLANE_STEP_MM])
    directions = np.stack([frame.axes[0], -frame.axes[1], frame.axes[2]], axis=1)
    origin = frame.center - (directions * spacing) @ ((np.array(shape) - 1) / 2)[::-1]
    geometry = Geometry.from_axes(shape, origin, directions, spacing)
    valid = np.broadcast_to(seen, shape).copy()
    air = scanner.gain * -1000 + scanner.offset
    grey[~valid] = np.float32(air if scanner.bits == 16 else scanner.export(np.array(air)))
    landmarks = {name: head.landmark(name) for name in LANDMARKS} | {"endocranial": head.plate_points()[1]}
    plane, rest = midsagittal_plane(head), (np.eye(3), np.zeros(3))
    truth = Truth(seed, head.stage, head.fusion_fraction, head.age, landmarks, *plane, scanner, head, *rest)
    return Slab(grey, valid, geometry), truth


def _slab_placement(head: Head, frame: Frame, seen: npt.NDArray[np.bool_], scanner: Scanner) -> tuple[Pose, Placement]:
    """Pose and placement of a slab whose scanner stands upright on the frame, with the axis amid what is ``seen``."""
    rows, columns = (np.flatnonzero(seen.any(axis=axis)) for axis in (1, 0))
    ends = offsets(SLAB_SIZE, SLAB_SPACING_MM)
    front, up = (ends[c[0]] / 2 + ends[c[-1]] / 2 for c in (columns, rows))
    radius = float(ends[columns[-1]] - ends[columns[0]] + SLAB_SPACING_MM) / 2
    turn = np.stack([frame.axes[2], frame.axes[0], frame.axes[1]])
    pose = Pose(turn, frame.center + front * frame.axes[0] - up * frame.axes[1])
    directions = np.array([[0.0, 0.0, 1.0], [1.0, 0.0, 0.0], [0.0, -1.0, 0.0]])
    origin = np.array([-(SLAB_PLANES - 1) / 2 * SLAB_PLANE_STEP_MM, ends[0] - front, up - ends[0]])
    spacing = [SLAB_SPACING_MM, SLAB_SPACING_MM, SLAB_PLANE_STEP_MM]
    voxels = Geometry.from_axes((SLAB_PLANES, SLAB_SIZE, SLAB_SIZE), origin, directions, spacing)
    return pose, place_array(head, pose, voxels, (radius, radius), scanner)


def _centred(frame: Frame, head: Head, rng: np.random.Generator) -> Frame:
    """Put the slab's middle near the middle of the head, as the slab cutter does, give or take."""
    shift = np.clip(rng.normal(0, 12, 2), -30, 30)
    middle = np.array([0.0, -10.0, -15.0]) * head.anatomy.scale
    middle = middle - ((middle - frame.center) @ frame.axes[2]) * frame.axes[2]
    return Frame(middle + shift[0] * frame.axes[0] + shift[1] * frame.axes[1], frame.axes)


def _field_of_view(frame: Frame, head: Head, rng: np.random.Generator) -> npt.NDArray[np.bool_]:
    sos = frame.project(head.landmark("sos"))
    mm = offsets(SLAB_SIZE, SLAB_SPACING_MM)
    kept = np.ones((SLAB_SIZE, SLAB_SIZE), bool)
    for axis, at in ((1, sos[0]), (0, sos[1])):
        for sign in (-1, 1):
            if rng.random() < 0.6:
                inside = sign * (mm - at) < rng.uniform(25, 110)
                kept &= inside[None, :] if axis == 1 else inside[:, None]
    return kept
