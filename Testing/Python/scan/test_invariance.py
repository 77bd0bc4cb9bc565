"""One head in any axis order, flip, oblique frame or spacing: the same plane and slab in physical space."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scan.real_heads import DEMO_HEAD, SOS_RAS, axis_orders, error, load, moved_plane, resampled, rigid
from SOSStagingLib.scan.geometry import Geometry
from SOSStagingLib.scan.midsagittal import find_plane
from SOSStagingLib.scan.slab import cut_slab
from SOSStagingLib.scan.types import Plane, Scan


@pytest.fixture(scope="module")
def head() -> Scan:
    return load(DEMO_HEAD)


@pytest.fixture(scope="module")
def rest(head: Scan) -> Plane:
    return find_plane(head)


def test_every_axis_order_is_the_same_head(head: Scan) -> None:
    grid = Geometry.from_axes((90, 100, 80), head.geometry.to_ras([28, 30, 15]), head.geometry.directions, (1.2, 1, 1))
    orders = axis_orders(resampled(head, grid))
    rest = find_plane(orders[0])
    center = cut_slab(orders[0], rest).geometry.center_ras
    handedness = [np.linalg.det(s.geometry.ijk_to_ras[:3, :3]) > 0 for s in orders]
    assert len(orders) == 48
    assert sum(handedness) == 24
    for scan in orders:
        plane = find_plane(scan)
        assert plane.origin_ras_mm == pytest.approx(rest.origin_ras_mm, abs=1e-6)
        assert plane.normal_ras == pytest.approx(rest.normal_ras, abs=1e-8)
        assert cut_slab(scan, plane).geometry.center_ras == pytest.approx(center, abs=1e-6)


def test_axis_order_of_fine_voxels_makes_no_difference(head: Scan) -> None:
    old = head.geometry
    center = old.center_ras - np.array([36.0, -36, 24])
    grid = Geometry.from_axes((100, 160, 120), center, np.diag([1.0, -1, 1]), (0.6, 0.45, 0.5))
    orders = axis_orders(resampled(head, grid))
    first = find_plane(orders[0])
    for scan in orders[5::9]:
        plane = find_plane(scan)
        assert plane.origin_ras_mm == pytest.approx(first.origin_ras_mm, abs=1e-6)
        assert plane.normal_ras == pytest.approx(first.normal_ras, abs=1e-8)


def test_every_axis_order_gives_the_same_slab(head: Scan, rest: Plane) -> None:
    slab = cut_slab(head, rest)
    for scan in axis_orders(head)[::7]:
        other = cut_slab(scan, rest)
        assert np.abs(other.array - slab.array).max() < 0.01
        assert np.array_equal(other.valid, slab.valid)


@pytest.mark.parametrize("degrees", [(12, -8, 9), (-15, 6, -12)])
def test_oblique_frame_turns_the_plane_with_it(head: Scan, rest: Plane, degrees: tuple) -> None:
    move = rigid(degrees, (30, -20, 10), head.geometry.center_ras)
    turned = replace(head, geometry=Geometry(head.geometry.shape, move @ head.geometry.ijk_to_ras))
    found = find_plane(turned)
    expected = moved_plane(rest, move)
    sos = move[:3, :3] @ SOS_RAS + move[:3, 3]
    millimetres, angle = error(found, expected, sos)
    assert millimetres < 0.5
    assert angle < 0.5


@pytest.mark.parametrize("spacing", [(0.8, 1.3, 2.5), (2.2, 0.9, 1.1), (1.5, 1.5, 0.7)])
def test_anisotropic_spacing_keeps_the_plane_and_the_slab(head: Scan, rest: Plane, spacing: tuple) -> None:
    old = head.geometry
    counts = [int(n * a / b) for n, a, b in zip(old.shape[::-1], old.spacing, spacing, strict=True)]
    grid = Geometry.from_axes((counts[2], counts[1], counts[0]), old.origin, old.directions, spacing)
    scan = resampled(head, grid)
    found = find_plane(scan)
    millimetres, angle = error(found, rest, SOS_RAS)
    assert millimetres < 0.5
    assert angle < 1
    shift = cut_slab(scan, found).geometry.center_ras - cut_slab(head, rest).geometry.center_ras
    assert np.linalg.norm(shift) < 2
