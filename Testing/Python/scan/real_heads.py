"""Real head CTs for the tests of this room, and moves of them. Only the bundled crop is always there."""

from __future__ import annotations

from dataclasses import replace
from itertools import permutations, product
from pathlib import Path

import numpy as np
import pytest
import SimpleITK as sitk
from scipy import ndimage
from scipy.spatial.transform import Rotation
from SOSStagingLib.scan.geometry import LPS_TO_RAS, Geometry
from SOSStagingLib.scan.types import Plane, Scan

ROOT = Path(__file__).resolve().parents[3]
DEMO_HEAD = ROOT / "SOSStaging" / "Resources" / "SampleData" / "vhp_female_head.nrrd"
DATA = ROOT.parent / "shared" / "data"
AIR = -1024
SOS_RAS = np.array([-128.0, -118.4, 107.6])
"""The Visible Human Female's SOS reference point, also in the crop's frame."""


def load(path: Path) -> Scan:
    if not path.exists():
        pytest.skip(
            f"{path.name} is not on this machine: only needed for the check on real heads beyond the bundled one"
        )
    image = sitk.ReadImage(str(path))
    array = sitk.GetArrayFromImage(image)
    matrix = np.eye(4)
    matrix[:3, :3] = np.array(image.GetDirection()).reshape(3, 3) * image.GetSpacing()
    matrix[:3, 3] = image.GetOrigin()
    return Scan(array, Geometry(array.shape, LPS_TO_RAS @ matrix), path.stem)


def resampled(scan: Scan, geometry: Geometry, move: np.ndarray | None = None) -> Scan:
    """The head moved by the 4x4 RAS map ``move``, on another grid, air outside."""
    to_index = scan.geometry.ras_to_ijk @ np.linalg.inv(np.eye(4) if move is None else move) @ geometry.ijk_to_ras
    flip = np.eye(4)[[2, 1, 0, 3]]
    matrix = flip @ to_index @ flip
    array = ndimage.affine_transform(
        scan.array, matrix[:3, :3], matrix[:3, 3], geometry.shape, order=1, mode="constant", cval=AIR
    )
    return replace(scan, array=array, geometry=geometry)


def rigid(degrees: tuple[float, float, float], shift: tuple[float, float, float], center: np.ndarray) -> np.ndarray:
    turn = Rotation.from_euler("xyz", degrees, degrees=True).as_matrix()
    move = np.eye(4)
    move[:3, :3], move[:3, 3] = turn, center + np.array(shift) - turn @ center
    return move


def moved_plane(plane: Plane, move: np.ndarray) -> Plane:
    return Plane(move[:3, :3] @ plane.origin_ras_mm + move[:3, 3], move[:3, :3] @ plane.normal_ras)


def error(found: Plane, true: Plane, near: np.ndarray) -> tuple[float, float]:
    """Millimetres between the planes at the point of the true plane nearest to ``near``, and degrees."""
    point = near - true.distance(near) * true.normal_ras
    cosine = min(1.0, abs(float(found.normal_ras @ true.normal_ras)))
    return abs(float(found.distance(point))), float(np.degrees(np.arccos(cosine)))


def axis_orders(scan: Scan) -> list[Scan]:
    """The same head in all 48 orders and flips of its axes; every voxel keeps its physical place."""
    orders = []
    for order, flips in product(permutations(range(3)), product((False, True), repeat=3)):
        array = scan.array.transpose(order)
        array = np.ascontiguousarray(array[tuple(slice(None, None, -1 if f else 1) for f in flips)])
        to_old = np.zeros((4, 4))
        to_old[3, 3] = 1
        for new_axis, (old_axis, flipped) in enumerate(zip(order, flips, strict=True)):
            to_old[2 - old_axis, 2 - new_axis] = -1 if flipped else 1
            to_old[2 - old_axis, 3] = array.shape[new_axis] - 1 if flipped else 0
        orders.append(replace(scan, array=array, geometry=Geometry(array.shape, scan.geometry.ijk_to_ras @ to_old)))
    return orders


def cylinder(scan: Scan, radius_mm: float, offset_mm: float, padding: float) -> Scan:
    """The head in an upright cylindrical field of view, a constant outside."""
    geometry = scan.geometry
    j, i = np.mgrid[: geometry.shape[1], : geometry.shape[2]]
    ras = geometry.to_ras(np.stack([i, j, np.zeros_like(i)], -1)) - geometry.center_ras
    array = scan.array.copy()
    array[:, np.hypot(ras[..., 0] - offset_mm, ras[..., 1]) > radius_mm] = padding
    return replace(scan, array=array)
