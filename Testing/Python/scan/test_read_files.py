from __future__ import annotations

import itertools

import numpy as np
import pytest
import SimpleITK as sitk
from PIL import Image
from scan.scan_files import LPS, shared, toy_head, write_nrrd
from SOSStagingLib.scan.read import read_scan, safe_case_name
from SOSStagingLib.scan.types import ScanError


def codes(scan):
    return {f.code for f in scan.findings}


def refused(path, **options):
    with pytest.raises(ScanError) as caught:
        read_scan(path, **options)
    assert str(path.parent) not in str(caught.value)
    assert caught.value.text
    return caught.value.code


def ramp(shape=(20, 22, 24)):
    return np.arange(np.prod(shape), dtype=np.int16).reshape(shape)


@pytest.mark.parametrize("name", ["a.nrrd", "a.nii.gz", "a.nii", "a.mha", "a.mhd"])
def test_every_format_puts_voxels_at_the_same_place(tmp_path, name):
    image = sitk.GetImageFromArray(ramp())
    image.SetSpacing((0.4, 0.5, 0.6))
    image.SetOrigin((10, -20, 30))
    angle = np.radians(20)
    image.SetDirection((1, 0, 0, 0, np.cos(angle), -np.sin(angle), 0, np.sin(angle), np.cos(angle)))
    sitk.WriteImage(image, str(tmp_path / name))
    scan = read_scan(tmp_path / name)
    lps = np.array(image.TransformContinuousIndexToPhysicalPoint((3.0, 4.0, 5.0)))
    assert np.allclose(scan.geometry.to_ras((3, 4, 5)), lps * [-1, -1, 1], atol=1e-3)
    assert scan.array.dtype == np.int16
    assert scan.array[5, 4, 3] == ramp()[5, 4, 3]
    assert "orientation_missing" not in codes(scan)


def test_nrrd_in_ras_and_left_handed_axes_keep_every_place(tmp_path):
    fields = "space: right-anterior-superior\nspace directions: (0,0,2) (1,0,0) (0,3,0)\nspace origin: (5,6,7)"
    scan = read_scan(write_nrrd(tmp_path / "ras.nrrd", ramp(), fields))
    assert np.allclose(scan.geometry.to_ras((1, 1, 1)), (6, 9, 9))
    flipped = "space: left-posterior-superior\nspace directions: (1,0,0) (0,1,0) (0,0,-1)\nspace origin: (0,0,0)"
    scan = read_scan(write_nrrd(tmp_path / "left.nrrd", ramp(), flipped))
    assert "left_handed" in codes(scan)
    assert np.allclose(scan.geometry.to_ras((1, 2, 3)), (-1, -2, -3))


@pytest.mark.parametrize("name", ["a.nii", "a.nii.gz", "a.hdr", "a.nrrd", "a.mha"])
@pytest.mark.parametrize("share", [0.5, 0.98])
def test_a_file_that_is_cut_off_is_refused_in_every_format(tmp_path, name, share):
    """ITK itself reads a NIfTI that ends too soon, and fills the head's top with zeros."""
    image = sitk.GetImageFromArray(np.random.default_rng(0).integers(0, 1000, (20, 22, 24)).astype(np.int16))
    sitk.WriteImage(image, str(tmp_path / name))
    assert read_scan(tmp_path / name).array.shape == (20, 22, 24)
    data = tmp_path / name.replace(".hdr", ".img")
    data.write_bytes(data.read_bytes()[: int(share * data.stat().st_size)])
    assert refused(tmp_path / name) == "unreadable"


def test_a_volume_without_spacing_is_refused_until_it_is_given(tmp_path):
    bare = write_nrrd(tmp_path / "bare.nrrd", ramp(), "space: left-posterior-superior")
    assert refused(bare) == "spacing_missing"
    assert np.allclose(read_scan(bare, spacing_mm=0.4).geometry.spacing, 0.4)
    image = sitk.GetImageFromArray(ramp())
    sitk.WriteImage(image, str(tmp_path / "a.mha"))
    lines = (tmp_path / "a.mha").read_bytes().replace(b"ElementSpacing = 1 1 1\n", b"")
    (tmp_path / "a.mha").write_bytes(lines)
    assert refused(tmp_path / "a.mha") == "spacing_missing"


@pytest.mark.parametrize("space", ["spacings: 1 2 3", "space: scanner-xyz\nspace directions: (1,0,0) (0,2,0) (0,0,3)"])
def test_missing_orientation_is_reported(tmp_path, space):
    scan = read_scan(write_nrrd(tmp_path / "a.nrrd", ramp(), space))
    assert "orientation_missing" in codes(scan)
    assert np.allclose(scan.geometry.spacing, (1, 2, 3))


def test_nifti_without_forms_is_reported_and_sheared_sform_is_undone(tmp_path):
    nib = pytest.importorskip("nibabel")
    plain = nib.Nifti1Image(ramp(), None)
    nib.save(plain, tmp_path / "none.nii")
    assert "orientation_missing" in codes(read_scan(tmp_path / "none.nii"))
    affine = np.diag([1.0, 1.0, 2.0, 1.0])
    affine[1, 2] = 0.7
    array = np.zeros((21, 41, 15), np.int16)  # i, j, k
    array[10, 20, :] = 1000
    tilted = nib.Nifti1Image(array, affine)
    tilted.set_sform(affine, 1)
    tilted.set_qform(None, 0)
    nib.save(tilted, tmp_path / "tilted.nii")
    scan = read_scan(tmp_path / "tilted.nii")
    assert "gantry_tilt" in codes(scan)
    for k in (0, 7, 14):
        i, j, z = scan.geometry.to_ijk((affine @ [10, 20, k, 1])[:3])
        column = scan.array[round(z), :, round(i)].astype(float)
        assert abs((column * np.arange(len(column))).sum() / column.sum() - j) < 0.05


def test_user_spacing_only_replaces_a_missing_one(tmp_path):
    one = read_scan(write_nrrd(tmp_path / "one.nrrd", ramp(), LPS.format(1)), spacing_mm=0.3)
    assert np.allclose(one.geometry.spacing, 0.3)
    assert "spacing_given" in codes(one)
    real = read_scan(write_nrrd(tmp_path / "real.nrrd", ramp(), LPS.format(0.5)), spacing_mm=0.3)
    assert np.allclose(real.geometry.spacing, 0.5)
    assert "spacing_ignored" in codes(real)


def test_nan_becomes_air_and_wrapped_sign_is_restored(tmp_path):
    head = toy_head()
    floats = head.astype(np.float32)
    floats[:4] = np.nan
    scan = read_scan(write_nrrd(tmp_path / "nan.nrrd", floats, LPS.format(2)))
    assert "nan_replaced" in codes(scan)
    assert (scan.array[:4] == np.nanmin(floats)).all()
    scan = read_scan(write_nrrd(tmp_path / "wrap.nrrd", head.view(np.uint16), LPS.format(2)))
    assert "sign_wrap" in codes(scan)
    assert np.array_equal(scan.array, head)
    offset = (head.astype(int) + 1200).astype(np.uint16)
    scan = read_scan(write_nrrd(tmp_path / "offset.nrrd", offset, LPS.format(2)))
    assert codes(scan) == {"offset_greys"}
    assert np.array_equal(scan.array, offset)


def test_unreadable_volumes_say_why(tmp_path):
    (tmp_path / "empty.nrrd").write_bytes(b"")
    (tmp_path / "text.nrrd").write_text("this is a letter, not a scan\n" * 20)
    (tmp_path / "letter.doc").write_text("hello")
    (tmp_path / "text.nii.gz").write_text("nothing here either")
    whole = write_nrrd(tmp_path / "whole.nrrd", ramp(), LPS.format(1)).read_bytes()
    (tmp_path / "cut.nrrd").write_bytes(whole[: len(whole) // 2])
    nan = np.full((20, 20, 20), np.nan, np.float32)
    assert refused(tmp_path / "empty.nrrd") == "empty_file"
    assert refused(tmp_path / "text.nrrd") == "unreadable"
    assert refused(tmp_path / "text.nii.gz") == "unreadable"
    assert refused(tmp_path / "cut.nrrd") == "unreadable"
    assert refused(tmp_path / "letter.doc") == "unknown_format"
    assert refused(tmp_path / "gone.nrrd") == "not_found"
    assert refused(write_nrrd(tmp_path / "nan.nrrd", nan, LPS.format(1))) == "all_nan"
    assert refused(write_nrrd(tmp_path / "t.nrrd", np.stack([ramp()] * 2), "spacings: 1 1 1 1")) == "four_dimensional"


def test_colour_volume_and_single_axial_slice_are_refused(tmp_path):
    rgb = sitk.GetImageFromArray(np.zeros((20, 20, 20, 3), np.uint8), isVector=True)
    sitk.WriteImage(rgb, str(tmp_path / "rgb.nrrd"))
    assert refused(tmp_path / "rgb.nrrd") == "colour_volume"
    axial = sitk.GetImageFromArray(np.zeros((1, 90, 90), np.int16))
    sitk.WriteImage(axial, str(tmp_path / "axial.nii.gz"))
    assert refused(tmp_path / "axial.nii.gz") == "single_slice"


def test_one_sagittal_slice_becomes_an_upright_picture(tmp_path):
    pixels = np.tile(np.arange(90, dtype=np.int16), (100, 1))  # i runs to posterior, j to superior
    fields = "space: left-posterior-superior\nspace directions: (0,0.5,0) (0,0,0.5) (0.5,0,0)\nspace origin: (0,0,0)"
    scan = read_scan(write_nrrd(tmp_path / "s.nrrd", pixels[None], fields))
    assert (scan.kind, scan.facing, scan.array.shape) == ("picture", "left", (1, 100, 90))
    assert scan.spacing_known
    assert np.allclose(scan.geometry.spacing[:2], 0.5)
    assert np.array_equal(scan.array[0], pixels[::-1])


def test_pictures_are_read_as_given(tmp_path):
    grey = np.random.default_rng(0).integers(0, 255, (120, 100)).astype(np.uint8)
    Image.fromarray(grey).save(tmp_path / "a.png", dpi=(300, 300))
    scan = read_scan(tmp_path / "a.png", facing="left")
    assert (scan.kind, scan.spacing_known, scan.facing) == ("picture", False, "left")
    assert np.array_equal(scan.array[0], grey)
    scan = read_scan(tmp_path / "a.png", spacing_mm=0.4)
    assert scan.spacing_known
    assert np.allclose(scan.geometry.spacing[:2], 0.4)
    Image.fromarray(np.stack([grey] * 3 + [np.full_like(grey, 255)], -1)).save(tmp_path / "rgba.png")
    assert np.array_equal(read_scan(tmp_path / "rgba.png").array[0], grey)
    deep = grey.astype(np.uint16) * 200
    Image.fromarray(deep).save(tmp_path / "deep.png")
    assert read_scan(tmp_path / "deep.png").array.max() > 40000
    flat = read_scan(write_nrrd(tmp_path / "flat.nrrd", grey, "spacings: 0.25 0.25"))
    assert flat.kind == "picture"
    assert np.allclose(flat.geometry.spacing[:2], 0.25)


def test_unfit_pictures_are_refused(tmp_path):
    colour = np.random.default_rng(0).integers(0, 255, (100, 100, 3)).astype(np.uint8)
    Image.fromarray(colour).save(tmp_path / "photo.jpg")
    assert refused(tmp_path / "photo.jpg") == "colour_picture"
    Image.fromarray(colour[:50, :50, 0]).save(tmp_path / "small.png")
    assert refused(tmp_path / "small.png") == "picture_too_small"
    (tmp_path / "broken.png").write_bytes((tmp_path / "small.png").read_bytes()[:300])
    assert refused(tmp_path / "broken.png") == "unreadable"


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("head.nii.gz", "head"),
        ("My scan (2).nrrd", "My_scan_2"),
        ("../x/é à.zip", "e_a"),
        ("...", "scan"),
        ("con.dcm", "scan_con"),
        ("v1.2.png", "v1.2"),
    ],
)
def test_safe_case_name(tmp_path, name, safe):
    assert safe_case_name(tmp_path / name) == safe


def test_the_48_axis_orders_keep_every_place(tmp_path):
    array = ramp((6, 7, 8))
    base = np.diag([0.5, 0.6, 0.7])
    for order in itertools.permutations(range(3)):
        for signs in itertools.product((1, -1), repeat=3):
            axes = base[:, order] * signs
            turned = array.transpose([2 - order[2 - n] for n in range(3)])
            turned = turned[tuple(slice(None, None, signs[2 - n]) for n in range(3))]
            start = [0 if s > 0 else n - 1 for s, n in zip(signs, turned.shape[::-1], strict=True)]
            origin = -axes @ start
            text = " ".join("({:.9g},{:.9g},{:.9g})".format(*axes[:, n]) for n in range(3))
            fields = f"space: left-posterior-superior\nspace directions: {text}\n"
            fields += "space origin: ({:.9g},{:.9g},{:.9g})".format(*origin)
            scan = read_scan(write_nrrd(tmp_path / "a.nrrd", np.ascontiguousarray(turned), fields))
            i, j, k = np.rint(scan.geometry.to_ijk((-0.5 * 3, -0.6 * 4, 0.7 * 5))).astype(int)
            assert scan.array[k, j, i] == array[5, 4, 3]


def test_shared_left_and_offset_scans_are_read():
    assert "offset_greys" in codes(read_scan(shared("vtk_headsq_ct.nrrd")))
    assert "left_handed" in codes(read_scan(shared("scct_ct_template_2mm.nii.gz")))
