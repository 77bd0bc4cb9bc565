"""The slab shows the head facing right at a fixed spacing, in the right physical place; pictures are laid exactly."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scan.real_heads import DEMO_HEAD, SOS_RAS, cylinder, load, resampled, rigid
from scipy import ndimage
from SOSStagingLib.scan.geometry import Geometry
from SOSStagingLib.scan.slab import ASSUMED_SIZES_MM, cut_slab, picture_slabs
from SOSStagingLib.scan.types import (
    SLAB_PLANE_STEP_MM,
    SLAB_PLANES,
    SLAB_SIZE,
    SLAB_SPACING_MM,
    Plane,
    Scan,
)

SAGITTAL = Plane(np.array([0.0, 0, 0]), np.array([1.0, 0, 0]))
TILTED = Plane(np.array([3.0, -2, 5]), np.array([1.0, 0.12, -0.2]))


def ramp(geometry: Geometry, slope: np.ndarray) -> Scan:
    k, j, i = np.meshgrid(*(np.arange(n) for n in geometry.shape), indexing="ij")
    return Scan((geometry.to_ras(np.stack([i, j, k], -1)) @ slope).astype(np.float32), geometry, "ramp")


def box(size_mm: tuple[float, float, float], spacing: float = 2.0, margin: float = 20.0) -> Scan:
    """A block of tissue in air, (R, A, S) mm, centred on RAS 0."""
    counts = [int((s + 2 * margin) / spacing) for s in size_mm]
    shape = (counts[2], counts[1], counts[0])
    matrix = np.diag([spacing] * 3 + [1.0])
    matrix[:3, 3] = -spacing * (np.array(counts) - 1) / 2
    geometry = Geometry(shape, matrix)
    k, j, i = np.meshgrid(*(np.arange(n) for n in shape), indexing="ij")
    ras = np.abs(geometry.to_ras(np.stack([i, j, k], -1)))
    noise = np.random.default_rng(0).normal(0, 5, shape)  # a measured volume has no constant columns
    return Scan(np.where((ras <= np.array(size_mm) / 2).all(-1), 1000 + noise, noise).astype(np.int16), geometry, "box")


def picture(array: np.ndarray, spacing: float | None = None, facing: str = "right") -> Scan:
    matrix = np.diag([spacing or 1.0, spacing or 1.0, 1.0, 1.0])
    geometry = Geometry((1, *array.shape), matrix)
    return Scan(array[None], geometry, "p", kind="picture", spacing_known=spacing is not None, facing=facing)


def test_slab_has_the_shape_spacing_and_axes_of_the_contract() -> None:
    slab = cut_slab(box((150, 180, 200)), TILTED)
    geometry = slab.geometry
    assert slab.array.shape == slab.valid.shape == geometry.shape == (SLAB_PLANES, SLAB_SIZE, SLAB_SIZE)
    assert slab.array.dtype == np.float32
    assert geometry.spacing == pytest.approx([SLAB_SPACING_MM, SLAB_SPACING_MM, SLAB_PLANE_STEP_MM])
    columns, rows, planes = geometry.directions.T
    assert planes == pytest.approx(TILTED.normal_ras)
    assert columns[1] > 0.9
    assert rows[2] < -0.9
    assert geometry.directions.T @ geometry.directions == pytest.approx(np.eye(3), abs=1e-12)
    assert TILTED.distance(geometry.center_ras) == pytest.approx(0, abs=1e-9)


@pytest.mark.parametrize("plane", [SAGITTAL, TILTED])
def test_every_sample_shows_its_own_place(plane: Plane) -> None:
    matrix = rigid((4, -7, 11), (0, 0, 0), np.zeros(3)) @ np.diag([0.9, 1.4, 2.0, 1])
    matrix[:3, 3] += [-60, -80, -80]
    scan = ramp(Geometry((90, 120, 130), matrix), np.array([3.0, -2.0, 1.0]))
    slab = cut_slab(scan, plane)
    index = np.argwhere(ndimage.binary_erosion(slab.valid, iterations=1, structure=np.ones((1, 9, 9))))[::997]
    ras = slab.geometry.to_ras(index[:, ::-1])
    assert len(index) > 100
    assert slab.array[tuple(index.T)] == pytest.approx(ras @ [3.0, -2.0, 1.0], abs=1e-2)


def test_fine_voxels_are_averaged_without_moving() -> None:
    geometry = Geometry.from_axes((160, 160, 40), [-4, -16, -16], np.eye(3), (0.2, 0.2, 0.2))
    scan = ramp(geometry, np.array([0.0, 10.0, 10.0]))
    slab = cut_slab(scan, SAGITTAL)
    index = np.argwhere(ndimage.binary_erosion(slab.valid, iterations=1, structure=np.ones((1, 5, 5))))[::31]
    ras = slab.geometry.to_ras(index[:, ::-1])
    assert slab.array[tuple(index.T)] == pytest.approx(ras @ [0, 10.0, 10.0], abs=1e-2)
    noisy = replace(scan, array=np.random.default_rng(0).normal(0, 100, scan.array.shape).astype(np.float32))
    assert cut_slab(noisy, SAGITTAL).array[slab.valid].std() < 45


def test_outside_the_volume_is_air_and_not_valid() -> None:
    scan = box((60, 60, 60), margin=10)
    slab = cut_slab(scan, SAGITTAL)
    side = 80 / SLAB_SPACING_MM
    assert slab.valid[1].sum() == pytest.approx(side**2, rel=0.02)
    assert np.ptp(slab.array[~slab.valid]) == 0
    assert abs(slab.array[~slab.valid][0]) < 20
    assert not slab.valid[:, 0].any()


def test_padding_of_a_cylinder_is_not_valid() -> None:
    head = load(DEMO_HEAD)
    slab = cut_slab(cylinder(head, 60, 0, -3000), Plane(SOS_RAS, np.array([1.0, 0, 0])))
    assert 104 < slab.valid[1].any(axis=0).sum() * SLAB_SPACING_MM <= 120
    assert slab.array.min() > -1100


def test_small_head_is_centred() -> None:
    slab = cut_slab(box((140, 170, 190)), SAGITTAL)
    assert slab.geometry.center_ras == pytest.approx([0, 0, 0], abs=1.5)


def test_tall_body_shows_the_vertex_near_the_top() -> None:
    slab = cut_slab(box((150, 180, 600), spacing=4.0), SAGITTAL)
    top = slab.geometry.to_ijk([0, 0, 300.0])[1] * SLAB_SPACING_MM
    assert 5 < top < 20
    assert abs(slab.geometry.center_ras[1]) < 1.5


def test_slab_center_moves_smoothly_with_the_height_of_the_tissue() -> None:
    tops = []
    for height in range(216, 270, 6):
        slab = cut_slab(box((140, 170, height), margin=30), SAGITTAL)
        tops.append(slab.geometry.to_ijk([0, 0, height / 2])[1] * SLAB_SPACING_MM)
    assert np.abs(np.diff(tops)).max() < 5


def test_slab_hardly_moves_with_pose_and_noise() -> None:
    head = load(DEMO_HEAD)
    plane = Plane(SOS_RAS, np.array([1.0, 0, 0]))
    center = cut_slab(head, plane).geometry.center_ras
    noise = np.random.default_rng(5).normal(0, 150, head.array.shape)
    noisy = replace(head, array=(head.array + noise).astype(np.int16))
    assert np.linalg.norm(cut_slab(noisy, plane).geometry.center_ras - center) < 3
    move = rigid((3, 0, 0), (0, 2, -2), head.geometry.center_ras)
    turned = cut_slab(resampled(head, head.geometry, move), plane).geometry.center_ras
    assert np.linalg.norm(turned - (move[:3, :3] @ center + move[:3, 3])) < 5


def test_nothing_but_air_gives_a_slab() -> None:
    scan = box((60, 60, 60))
    slab = cut_slab(replace(scan, array=np.zeros_like(scan.array)), SAGITTAL)
    assert (slab.array == 0).all()


@pytest.mark.parametrize(("facing", "mirrored"), [("right", False), ("left", True)])
def test_picture_pixels_land_where_the_map_says(facing: str, mirrored: bool) -> None:
    y, x = np.mgrid[:300, :420]
    grey = np.exp(-((x - 350.0) ** 2 + (y - 100.0) ** 2) / 50).astype(np.float32)
    (slab,) = picture_slabs(picture(grey, 0.5, facing))
    column, row, _ = slab.picture_to_slab @ [350, 100, 1]
    peak = ndimage.center_of_mass(slab.array[1])
    assert (peak[1], peak[0]) == pytest.approx((column, row), abs=0.2)
    assert bool(np.linalg.det(slab.picture_to_slab) < 0) is mirrored
    assert column == pytest.approx((639 / 2) + (-1 if mirrored else 1) * (350 - 419 / 2) * 0.5 / SLAB_SPACING_MM)


def test_picture_lies_in_the_plane_of_zero_right() -> None:
    (slab,) = picture_slabs(picture(np.random.default_rng(0).random((200, 200)).astype(np.float32), 0.8))
    assert slab.geometry.center_ras == pytest.approx([0, 0, 0], abs=1e-9)
    assert slab.geometry.directions[:, 0] == pytest.approx([0, 1, 0])
    assert slab.geometry.directions[:, 1] == pytest.approx([0, 0, -1])
    assert all(np.array_equal(slab.array[p], slab.array[1]) for p in range(SLAB_PLANES))
    assert slab.valid[1].sum() == (160 / SLAB_SPACING_MM) ** 2


def test_picture_of_unknown_scale_and_side_is_read_in_several_ways() -> None:
    grey = np.random.default_rng(0).random((300, 400)).astype(np.float32)
    slabs = picture_slabs(picture(grey, None, "auto"))
    assert len(slabs) == 2 * len(ASSUMED_SIZES_MM)
    widths = sorted({round(float(s.valid[1].any(axis=0).sum() * SLAB_SPACING_MM)) for s in slabs})
    assert widths == [round(s) for s in ASSUMED_SIZES_MM]
    assert sum(np.linalg.det(s.picture_to_slab) < 0 for s in slabs) == len(ASSUMED_SIZES_MM)


def test_mirrored_reading_is_the_mirror_image() -> None:
    grey = np.random.default_rng(0).random((256, 256)).astype(np.float32)
    given, mirrored = picture_slabs(picture(grey, 0.6, "auto"))
    assert np.allclose(given.array, mirrored.array[:, :, ::-1], atol=1e-4)


def test_a_volume_is_no_picture() -> None:
    with pytest.raises(ValueError, match="rows, columns"):
        picture_slabs(box((60, 60, 60)))
