"""The Grad-CAM volume lies where the Grad-CAM lies, is thick, fades, and survives the file."""

import numpy as np
import pytest
import SimpleITK as sitk
from report.made_results import SOS_PX, make_gradcam, make_slab
from SOSStagingLib.report.colours import SHOWN_FROM
from SOSStagingLib.report.volume import fade, gradcam_volume, write_gradcam_nrrd

POSES = pytest.mark.parametrize(("yaw", "roll"), [(0, 0), (9, -7)])


@POSES
def test_middle_plane_is_the_gradcam_itself(yaw, roll):
    cam = make_gradcam(make_slab(yaw, roll))
    array, geometry = gradcam_volume(cam)
    middle = array.shape[0] // 2
    assert array.dtype == np.float32
    assert array.shape == geometry.shape
    np.testing.assert_array_equal(array[middle], cam.array)
    np.testing.assert_allclose(geometry.to_ras((5, 9, middle)), cam.geometry.to_ras((5, 9, 0)), atol=1e-9)


@POSES
def test_at_least_20_mm_thick_right_handed_and_across_the_plane(yaw, roll):
    slab = make_slab(yaw, roll)
    _, geometry = gradcam_volume(make_gradcam(slab))
    first, last = (geometry.to_ras((0, 0, k)) for k in (0, geometry.shape[0] - 1))
    across = slab.geometry.directions[:, 2]
    assert abs((last - first) @ across) >= 20
    assert np.linalg.norm(np.cross(last - first, across)) < 1e-6
    assert np.linalg.det(geometry.ijk_to_ras[:3, :3]) > 0


def test_fades_with_distance_and_ends_below_what_is_shown():
    array, _ = gradcam_volume(make_gradcam(make_slab(), peak=1.0))
    peaks = array.max(axis=(1, 2))
    middle = len(peaks) // 2
    assert (np.diff(peaks[: middle + 1]) > 0).all()
    np.testing.assert_allclose(peaks, peaks[::-1])
    assert peaks[0] < SHOWN_FROM < fade(10.0)


@POSES
def test_file_holds_the_same_values_at_the_same_ras(tmp_path, yaw, roll):
    slab = make_slab(yaw, roll)
    cam = make_gradcam(slab)
    write_gradcam_nrrd(tmp_path / "gradcam.nrrd", cam)
    image = sitk.ReadImage(str(tmp_path / "gradcam.nrrd"))
    array, geometry = gradcam_volume(cam)
    np.testing.assert_array_equal(sitk.GetArrayFromImage(image), array)
    for ijk in ((0, 0, 0), (10, 3, 7)):
        lps = image.TransformIndexToPhysicalPoint(ijk)
        np.testing.assert_allclose(np.array(lps) * (-1, -1, 1), geometry.to_ras(ijk), atol=1e-6)
    sos_ras = slab.geometry.to_ras((*SOS_PX, 1))
    index = image.TransformPhysicalPointToIndex((sos_ras * (-1, -1, 1)).tolist())
    assert image[index] > 0.8 * array.max()
    assert float(image.GetMetaData("sosstaging_full_scale")) == 1.0


def test_not_finite_evidence_becomes_none_and_thickness_is_checked():
    cam = make_gradcam(make_slab())
    cam.array[0, 0] = np.nan
    assert np.isfinite(gradcam_volume(cam)[0]).all()
    with pytest.raises(ValueError, match="must be positive"):
        gradcam_volume(cam, thickness_mm=0)
