"""One head, every way it may be stored: same stage, same place."""

from __future__ import annotations

from itertools import permutations, product

import numpy as np
import pytest
import SimpleITK as sitk
from scipy.spatial.transform import Rotation
from SOSStagingLib.scan.geometry import LPS_TO_RAS, Geometry
from SOSStagingLib.scan.types import Scan
from SOSStagingLib.staging.result import StagingResult
from SOSStagingLib.staging.stager import Stager
from whole.conftest import SAMPLE, cropped


def scan_of(image: sitk.Image) -> Scan:
    matrix = np.eye(4)
    matrix[:3, :3] = np.array(image.GetDirection()).reshape(3, 3) * image.GetSpacing()
    matrix[:3, 3] = image.GetOrigin()
    array = sitk.GetArrayFromImage(image)
    return Scan(array, Geometry(array.shape, LPS_TO_RAS @ matrix), "head")


@pytest.fixture(scope="module")
def head() -> Scan:
    return scan_of(sitk.ReadImage(str(SAMPLE)))


@pytest.fixture(scope="module")
def at_rest(stager: Stager, head: Scan) -> StagingResult:
    return stager.stage(head)


def reordered(scan: Scan, axes: tuple[int, ...], flips: tuple[bool, ...]) -> Scan:
    """The same voxels at the same places, stored in another axis order and direction (axes are i, j, k)."""
    matrix = np.eye(4)
    matrix[:3, :3] = np.eye(3)[:, list(axes)]
    array = scan.array.transpose([2 - axes[2 - n] for n in range(3)])
    size = array.shape[::-1]
    for axis, flip in enumerate(flips):
        if flip:
            array = np.flip(array, 2 - axis)
            turn = np.eye(4)
            turn[axis, axis], turn[axis, 3] = -1, size[axis] - 1
            matrix = matrix @ turn
    return Scan(np.ascontiguousarray(array), Geometry(array.shape, scan.geometry.ijk_to_ras @ matrix), scan.name)


@pytest.mark.parametrize("axes", list(permutations(range(3))))
def test_axis_orders_and_flips(axes: tuple[int, ...], stager: Stager, head: Scan, at_rest: StagingResult) -> None:
    for flips in product([False, True], repeat=3):
        result = stager.stage(reordered(head, axes, flips))
        assert result.stage == at_rest.stage
        assert np.linalg.norm(result.sos.center_ras_mm - at_rest.sos.center_ras_mm) < 1.0
        np.testing.assert_allclose(result.probabilities, at_rest.probabilities, atol=0.05)


def test_turned_geometry_of_the_same_voxels(stager: Stager, head: Scan, at_rest: StagingResult) -> None:
    """An oblique acquisition: the array as it is, its axes turned in space together with the head."""
    turn = np.eye(4)
    turn[:3, :3] = Rotation.from_euler("xyz", [7, -5, 6], degrees=True).as_matrix()
    turn[:3, 3] = [12.0, -30.0, 8.0]
    moved = Scan(head.array, Geometry(head.geometry.shape, turn @ head.geometry.ijk_to_ras), "oblique")
    result = stager.stage(moved)
    expected = turn[:3, :3] @ at_rest.sos.center_ras_mm + turn[:3, 3]
    assert result.stage == at_rest.stage
    assert np.linalg.norm(result.sos.center_ras_mm - expected) < 2.0


@pytest.mark.parametrize("spacing", [(0.8, 0.8, 1.4), (1.3, 0.7, 1.0), (0.6, 0.6, 0.6)])
def test_anisotropic_resampling(spacing: tuple[float, ...], stager: Stager, head: Scan, at_rest: StagingResult) -> None:
    image = sitk.ReadImage(str(SAMPLE))
    size = [
        int((n - 1) * old / new) + 1 for n, old, new in zip(image.GetSize(), image.GetSpacing(), spacing, strict=True)
    ]
    grid = sitk.Image(size, image.GetPixelID())
    grid.SetSpacing(spacing)
    grid.SetOrigin(image.GetOrigin())
    result = stager.stage(scan_of(sitk.Resample(image, grid, sitk.Transform(), sitk.sitkLinear, -1024)))
    assert result.stage == at_rest.stage
    assert np.linalg.norm(result.sos.center_ras_mm - at_rest.sos.center_ras_mm) < 2.0


def test_cropped_to_the_skull_base(stager: Stager, at_rest: StagingResult) -> None:
    image = sitk.ReadImage(str(SAMPLE))
    crop = cropped(image, (72.0, 40.0, 55.0), (184.0, 175.0, 160.0), 1.0)
    result = stager.stage(scan_of(crop))
    assert result.stage == at_rest.stage
    assert np.linalg.norm(result.sos.center_ras_mm - at_rest.sos.center_ras_mm) < 2.0
