"""The plane lies on the midline, follows the head, and holds in the fields of view of CBCT scanners."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scan.real_heads import DATA, DEMO_HEAD, SOS_RAS, cylinder, error, load, moved_plane, resampled, rigid
from SOSStagingLib.scan.geometry import Geometry
from SOSStagingLib.scan.midsagittal import find_plane
from SOSStagingLib.scan.types import Plane, Scan

MIDLINE_LPS = {
    "vhp_female_head_ct.nrrd": [(128, 118.4, 107.6), (128, 132, 88), (128, 117.5, 127.5)],
    "vtk_headsq_ct.nrrd": [(99.2, 102.6, 108.6), (99.2, 123, 95), (99.2, 94, 127)],
    "ge_tilted_head_ct_regridded.nrrd": [(-2, -10.9, -3.1)],
}
VHP_MIDLINE_LPS = {
    "frontal crest": (133.1, 54.9, 150),
    "nasal bones": (133.9, 40.0, 125),
    "anterior nasal spine": (131.0, 48.0, 86),
    "dens": (127.2, 128.0, 76),
    "basion": (128.0, 130.4, 88),
    "dorsum": (129.2, 117.0, 127),
    "internal occipital protuberance": (123.3, 197.0, 108),
}
"""Set by eye on axial slices of the head, about 1 mm. The three points above share one sagittal column, so they say
little about the plane's angle."""
POSES = [((10, 10, -10), (10, 0, 5)), ((-8, -9, 9), (-10, 4, 0)), ((0, 10, 3), (3, -8, -10)), ((5, 0, -10), (-7, 7, 7))]


@pytest.fixture(scope="module")
def head() -> Scan:
    return load(DEMO_HEAD)


@pytest.fixture(scope="module")
def rest(head: Scan) -> Plane:
    return find_plane(head)


def two_sided(shape: tuple[int, int, int], grey: np.ndarray) -> Scan:
    matrix = np.diag([2.0, 2.0, 2.0, 1.0])
    return Scan(grey, Geometry(shape, matrix), "made")


def test_bundled_head_has_its_plane_on_the_midline(rest: Plane) -> None:
    for lps in MIDLINE_LPS["vhp_female_head_ct.nrrd"]:
        assert abs(rest.distance(np.array(lps) * [-1, -1, 1])) < 2
    assert rest.confidence > 0.8


def test_plane_runs_along_the_midline_structures_from_nose_to_occiput(rest: Plane) -> None:
    points = np.array(list(VHP_MIDLINE_LPS.values())) * [-1, -1, 1]
    assert np.abs(rest.distance(points)).max() < 2
    normal = np.linalg.svd(points - points.mean(axis=0))[2][2]
    assert np.degrees(np.arccos(abs(normal @ rest.normal_ras))) < 2


@pytest.mark.parametrize("name", MIDLINE_LPS)
def test_plane_passes_the_midline_of_real_heads(name: str) -> None:
    plane = find_plane(load(DATA / name))
    for lps in MIDLINE_LPS[name]:
        assert abs(plane.distance(np.array(lps) * [-1, -1, 1])) < 3


@pytest.mark.parametrize(("degrees", "shift"), POSES)
def test_plane_follows_the_head(degrees: tuple, shift: tuple) -> None:
    head = load(DATA / "vhp_female_head_ct.nrrd")
    move = rigid(degrees, shift, head.geometry.center_ras)
    found = find_plane(resampled(head, head.geometry, move))
    sos = move[:3, :3] @ SOS_RAS + move[:3, 3]
    millimetres, angle = error(found, moved_plane(find_plane(head), move), sos)
    assert millimetres < 1
    assert angle < 2


@pytest.mark.parametrize(("offset", "padding"), [(0, -1024), (9, 0), (-9, -3000)])
def test_cylindrical_field_of_view_does_not_pull_the_plane(
    head: Scan, rest: Plane, offset: float, padding: float
) -> None:
    millimetres, angle = error(find_plane(cylinder(head, 66, offset, padding)), rest, SOS_RAS)
    assert millimetres < 1
    assert angle < 2


def test_off_center_crop_does_not_pull_the_plane(head: Scan, rest: Plane) -> None:
    geometry = head.geometry
    matrix = np.array(geometry.ijk_to_ras)
    matrix[:3, 3] = geometry.to_ras([30, 0, 0])
    array = head.array[:, :, 30:]
    millimetres, angle = error(
        find_plane(replace(head, array=array, geometry=Geometry(array.shape, matrix))), rest, SOS_RAS
    )
    assert millimetres < 1
    assert angle < 2


@pytest.mark.parametrize("side_mm", [60, 80, 100])
def test_small_fields_of_view_around_the_skull_base(head: Scan, rest: Plane, side_mm: int) -> None:
    middle = head.geometry.to_ijk(SOS_RAS)
    half = side_mm / 2 / head.geometry.spacing
    low, high = (np.maximum(np.round(middle + sign * half), 0).astype(int) for sign in (-1, 1))
    array = head.array[low[2] : high[2], low[1] : high[1], low[0] : high[0]]
    matrix = np.array(head.geometry.ijk_to_ras)
    matrix[:3, 3] = head.geometry.to_ras(low)
    found = find_plane(replace(head, array=array, geometry=Geometry(array.shape, matrix)))
    millimetres, angle = error(found, rest, SOS_RAS)
    assert millimetres < 1
    assert angle < 4


def test_noise_does_not_pull_the_plane(head: Scan, rest: Plane) -> None:
    noise = np.random.default_rng(1).normal(0, 200, head.array.shape)
    millimetres, angle = error(find_plane(replace(head, array=(head.array + noise).astype(np.int16))), rest, SOS_RAS)
    assert millimetres < 0.5
    assert angle < 1


@pytest.mark.parametrize(("gain", "offset"), [(1, 1024), (0.25, -50), (0.0625, 64)])
def test_grey_scale_does_not_matter(head: Scan, rest: Plane, gain: float, offset: float) -> None:
    grey = (head.array * gain + offset).astype(np.int16)
    millimetres, angle = error(find_plane(replace(head, array=grey)), rest, SOS_RAS)
    assert millimetres < 0.2
    assert angle < 0.5


def test_removed_soft_tissue_leaves_the_plane(head: Scan, rest: Plane) -> None:
    bone = np.where(head.array > 200, head.array, head.array.min())
    millimetres, angle = error(find_plane(replace(head, array=bone)), rest, SOS_RAS)
    assert millimetres < 1
    assert angle < 2


def test_noise_alone_gives_no_confidence() -> None:
    grey = np.random.default_rng(2).normal(0, 100, (70, 70, 70)).astype(np.int16)
    assert find_plane(two_sided(grey.shape, grey)).confidence < 0.15


def test_one_half_of_a_head_gives_less_confidence(head: Scan, rest: Plane) -> None:
    half = np.where(np.arange(head.array.shape[2]) < 74, head.array, -1024).astype(np.int16)
    assert find_plane(replace(head, array=half)).confidence < 0.6 * rest.confidence


@pytest.mark.parametrize(
    "grey",
    [
        np.zeros((40, 40, 40), np.int16),
        np.full((20, 20, 20), np.nan, np.float32),
        np.zeros((1, 1, 1)),
        np.random.default_rng(3).normal(size=(8, 8, 8)),
        np.random.default_rng(3).normal(size=(1, 64, 64)),
        np.random.default_rng(3).integers(0, 255, (3, 64, 64)).astype(np.uint8),
    ],
    ids=["zeros", "nan", "voxel", "tiny", "slice", "three slices"],
)
def test_nothing_to_see_gives_a_plane_without_confidence(grey: np.ndarray) -> None:
    plane = find_plane(two_sided(grey.shape, grey))
    assert np.isfinite(plane.origin_ras_mm).all()
    assert 0 <= plane.confidence < 0.2


def test_a_few_unmeasured_voxels_do_not_matter(head: Scan, rest: Plane) -> None:
    grey = head.array.astype(np.float32)
    grey[:20] = np.nan
    millimetres, angle = error(find_plane(replace(head, array=grey)), rest, SOS_RAS)
    assert millimetres < 1
    assert angle < 2
