"""Whole simulated scans with their ground truth: volumes as a scanner gives them, or slabs as the student sees them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from SOSStagingLib.scan.geometry import Geometry
from SOSStagingLib.scan.types import SLAB_PLANE_STEP_MM, SLAB_PLANES, SLAB_SIZE, SLAB_SPACING_MM, Scan, Slab

from .head import Head, draw_head
from .scanner import Scanner, expose
from .truth import AGE_SPREAD, MEAN_AGE, Truth
from .windows import LANDMARKS, Frame, draw_frame, offsets, plate_points, rotation

CHUNK = 400_000
HEAD_STREAM = 20_000_003


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
    age = float(np.clip(rng.normal(MEAN_AGE[stage - 1], AGE_SPREAD), 6, 60))
    return draw_head(rng, stage, age, seed), rng


def simulate_volume(seed: int, stage: int | None = None, settings: VolumeSettings | None = None) -> tuple[Scan, Truth]:
    """One cone-beam scan of a turned and shifted head (roll, yaw N(0, 3), pitch N(0, 8) degrees), with its truth."""
    settings = settings or VolumeSettings()
    head, rng = draw_whole_head(seed, stage)
    turn = rotation(np.clip(rng.normal(0, 8), -20, 20), *np.clip(rng.normal(0, 3, 2), -10, 10))
    shift = rng.normal(0, [5.0, 8.0, 6.0])
    scanner = Scanner.draw(rng)
    shape = volume_shape(settings)
    middle = turn @ np.array([0.0, settings.before_sella, -settings.below_sella]) + shift
    half = (np.array(shape[::-1]) - 1) / 2 * settings.voxel_mm
    geometry = Geometry.from_axes(shape, middle - half, np.eye(3), [settings.voxel_mm] * 3)
    tissue = _tissue_volume(head, geometry, turn, shift)
    teeth = geometry.to_ijk(turn @ np.array([0.0, 60.0, -60.0]) + shift)[::-1]
    center = (np.array(shape) - 1) / 2
    grey = expose(tissue, [settings.voxel_mm] * 3, scanner, rng, center, teeth)
    if settings.cylinder:
        _outside_cylinder(grey, scanner)
    landmarks = {name: turn @ head.landmark(name) + shift for name in LANDMARKS}
    origin, normal = midsagittal_plane(head)
    plane = turn @ origin + shift, turn @ normal
    truth = Truth(seed, head.stage, head.fusion_fraction, head.age, landmarks, *plane, scanner, head, turn, shift)
    return Scan(grey, geometry, f"simulated-{seed:05d}", modality="CT"), truth


def _tissue_volume(head: Head, geometry: Geometry, turn: npt.NDArray, shift: npt.NDArray) -> npt.NDArray[np.float32]:
    shape, spacing = geometry.shape, geometry.spacing
    out = np.empty(shape, np.float32)
    jj, ii = np.meshgrid(np.arange(shape[1]), np.arange(shape[2]), indexing="ij")
    planes = max(1, CHUNK // (shape[1] * shape[2]))
    for k in range(0, shape[0], planes):
        kk = np.arange(k, min(k + planes, shape[0]))
        ijk = np.stack(np.broadcast_arrays(ii[None], jj[None], kk[:, None, None]), -1).reshape(-1, 3)
        points = (geometry.to_ras(ijk) - shift) @ turn
        out[kk] = head.tissue(points.astype(np.float32), float(spacing[0])).reshape(len(kk), *shape[1:])
    return out


def _outside_cylinder(grey: npt.NDArray[np.int16], scanner: Scanner) -> None:
    """Outside the reconstructed cylinder scanners write one constant, at or below air."""
    j, i = np.ogrid[: grey.shape[1], : grey.shape[2]]
    cj, ci = (grey.shape[1] - 1) / 2, (grey.shape[2] - 1) / 2
    outside = ((j - cj) / (cj + 0.5)) ** 2 + ((i - ci) / (ci + 0.5)) ** 2 > 1
    grey[:, outside] = int(np.clip(-1000 * scanner.gain + scanner.offset - 100, -32768, 32767))


def midsagittal_plane(head: Head) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Origin and unit normal (towards the right), head mm, of the midsagittal plane: the least-squares plane through
    the midline surface of skull base and face, which the head's own asymmetry bends.
    """
    y, z = np.meshgrid(np.linspace(-60, 80, 15), np.linspace(-60, 40, 11))
    bent = head.anatomy.waves.undo(np.stack([np.zeros_like(y), y, z], axis=-1).reshape(-1, 3))
    origin = bent.mean(axis=0)
    normal = np.linalg.svd(bent - origin)[2][2]
    return origin, normal if normal[0] > 0 else -normal


def simulate_slab(seed: int, stage: int | None = None) -> tuple[Slab, Truth]:
    """The slab the student would see for a seed's head, sampled without making the volume.

    The plane is off as the plane finder's is (about 1 mm and 1 degree), the field of view ends at random but holds the
    synchondrosis by at least 25 mm. RAS is the head's own frame.
    """
    head, rng = draw_whole_head(seed, stage)
    frame = _centred(draw_frame(rng, head, 0.7), head, rng)
    cols = offsets(SLAB_SIZE, SLAB_SPACING_MM)
    points = frame.points(cols, cols, offsets(SLAB_PLANES, SLAB_PLANE_STEP_MM)).reshape(-1, 3)
    tissue = np.concatenate([head.tissue(points[i : i + CHUNK], SLAB_SPACING_MM) for i in range(0, len(points), CHUNK)])
    scanner = Scanner.draw(rng)
    spacing = [SLAB_PLANE_STEP_MM, SLAB_SPACING_MM, SLAB_SPACING_MM]
    shape = (SLAB_PLANES, SLAB_SIZE, SLAB_SIZE)
    teeth = frame.project(np.array([0.0, 60.0, -60.0]))[:2] / SLAB_SPACING_MM + SLAB_SIZE / 2
    middle = (np.array(shape) - 1) / 2
    grey = expose(tissue.reshape(shape), spacing, scanner, rng, middle, [middle[0], teeth[1], teeth[0]]).astype(
        np.float32
    )
    directions = np.stack([frame.axes[0], -frame.axes[1], frame.axes[2]], axis=1)
    origin = frame.center - (directions * np.array(spacing[::-1])) @ middle[::-1]
    geometry = Geometry.from_axes(shape, origin, directions, spacing[::-1])
    valid = np.broadcast_to(_field_of_view(frame, head, rng), shape).copy()
    grey[~valid] = np.float32(scanner.gain * -1000 + scanner.offset)
    landmarks = {name: head.landmark(name) for name in LANDMARKS} | {"endocranial": plate_points(head)[1]}
    plane, pose = midsagittal_plane(head), (np.eye(3), np.zeros(3))
    truth = Truth(seed, head.stage, head.fusion_fraction, head.age, landmarks, *plane, scanner, head, *pose)
    return Slab(grey, valid, geometry), truth


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
