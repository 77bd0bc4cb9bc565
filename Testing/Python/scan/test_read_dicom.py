from __future__ import annotations

import tempfile
import zipfile
from pathlib import Path

import numpy as np
import pytest
import SimpleITK as sitk
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence
from scan.scan_files import dicom_slice, save, shared, toy_head, write_series
from scipy import ndimage
from SOSStagingLib.scan import archive
from SOSStagingLib.scan.read import read_scan
from SOSStagingLib.scan.types import ScanError


def codes(scan):
    return {f.code for f in scan.findings}


def refused(path, **options):
    with pytest.raises(ScanError) as caught:
        read_scan(path, **options)
    assert str(path.parent) not in str(caught.value)
    return caught.value.code


def stored_head(slices=20):
    head = toy_head((40, 45, 40), 4.0)[10 : 10 + slices]
    return (head.astype(int) + 1024).clip(0).astype(np.uint16)


def test_series_is_sorted_by_position_and_rescaled(tmp_path):
    stored = stored_head()
    scan = read_scan(write_series(tmp_path / "s", stored, np.arange(20) * 4.0, SliceThickness=4.0))
    assert scan.array.dtype == np.int16
    assert np.array_equal(scan.array, stored.astype(int) - 1024)
    assert np.allclose(scan.geometry.spacing, (2, 2, 4))
    assert np.allclose(scan.geometry.to_ras((1, 2, 3)), (-2, -4, 12))
    assert scan.modality == "CT"
    assert codes(scan) == set()


def test_positions_win_over_thickness(tmp_path):
    scan = read_scan(write_series(tmp_path / "s", stored_head(), np.arange(20) * 3.0, SliceThickness=5.0))
    assert np.allclose(scan.geometry.spacing[2], 3)
    assert "positions_win" in codes(scan)


def test_tilt_and_uneven_distances_are_undone(tmp_path):
    """A straight rod along z, seen in slices that are pushed back and unevenly spaced, is straight again."""
    heights = np.cumsum([0, 4, 4, 4, 1, 7, 7, 7, 4, 4])
    tilt = 0.3
    stored = np.zeros((10, 60, 30), np.uint16)
    for plane, z in zip(stored, heights, strict=True):
        plane[:] = 24
        plane[28:33, 10:20] = 2000
        plane[:] = ndimage.shift(plane, (-tilt * z / 2, 0), order=1, mode="nearest")
    scan = read_scan(write_series(tmp_path / "s", stored, heights, drift=tilt))
    assert {"gantry_tilt", "slice_distance_varies", "slices_coarse"} <= codes(scan)
    kji = np.moveaxis(scan.geometry.to_ijk([(-30.0, -60.0, z) for z in np.arange(1, 42)])[:, ::-1], -1, 0)
    assert (ndimage.map_coordinates(scan.array.astype(float), kji, order=1) > 900).all()


def test_missing_slice_is_a_warning_and_a_wide_gap_refuses(tmp_path):
    heights = np.delete(np.arange(21) * 2.0, 9)
    assert "slice_gap" in codes(read_scan(write_series(tmp_path / "a", stored_head(), heights)))
    heights = np.arange(20) * 2.0 + np.where(np.arange(20) > 9, 10, 0)
    found = list(read_scan(write_series(tmp_path / "b", stored_head(), heights)).findings)
    assert [f.severity for f in found if f.code == "slice_gap"] == ["refuse"]


def test_inverted_display_is_turned_only_when_the_values_are(tmp_path):
    stored = stored_head()
    heights = np.arange(20) * 4.0
    straight = read_scan(write_series(tmp_path / "a", stored, heights, PhotometricInterpretation="MONOCHROME1"))
    assert np.array_equal(straight.array, stored.astype(int) - 1024)
    turned = (int(stored.max()) + int(stored.min()) - stored.astype(int)).astype(np.uint16)
    fixed = read_scan(write_series(tmp_path / "b", turned, heights, PhotometricInterpretation="MONOCHROME1"))
    assert np.array_equal(fixed.array, stored.astype(int) - 1024)
    assert "monochrome1" in codes(fixed)


def test_missing_rescale_is_reported_and_missing_spacing_refused(tmp_path):
    heights = np.arange(20) * 4.0
    raw = read_scan(write_series(tmp_path / "a", stored_head(), heights, RescaleSlope=None, RescaleIntercept=None))
    assert "rescale_missing" in codes(raw)
    folder = write_series(tmp_path / "b", stored_head(), heights, PixelSpacing=None)
    assert refused(folder) == "spacing_missing"
    scan = read_scan(folder, spacing_mm=0.5)
    assert np.allclose(scan.geometry.spacing, (0.5, 0.5, 4))


def test_the_largest_axial_series_is_chosen_and_copies_are_ignored(tmp_path):
    write_series(tmp_path / "s" / "a", stored_head(), np.arange(20) * 4.0)
    write_series(tmp_path / "s" / "b", stored_head(3), np.arange(3) * 4.0, series="1.2.4")
    (tmp_path / "s" / "copy.dcm").write_bytes((tmp_path / "s" / "a" / "001.dcm").read_bytes())
    (tmp_path / "s" / "notes.txt").write_text("hello")
    scan = read_scan(tmp_path / "s")
    assert scan.array.shape[0] == 20
    assert codes(scan) == {"several_series", "positions_win"}


def test_a_folder_of_several_patients_is_refused(tmp_path):
    write_series(tmp_path / "s" / "a", stored_head(), np.arange(20) * 4.0, PatientID="one")
    write_series(tmp_path / "s" / "b", stored_head(3), np.arange(3) * 4.0, series="1.2.4", PatientID="two")
    assert refused(tmp_path / "s") == "several_patients"


def multiframe(stored, **tags):
    return dicom_slice(stored, ImagePositionPatient=None, SliceThickness=None, **tags)


def test_multiframe_reads_functional_groups(tmp_path):
    stored = stored_head()
    ds = multiframe(stored, PixelSpacing=None, ImageOrientationPatient=None, RescaleSlope=None, RescaleIntercept=None)
    shared_group, measures, plane, values = Dataset(), Dataset(), Dataset(), Dataset()
    measures.PixelSpacing, measures.SliceThickness = [0.5, 0.25], 9.0
    plane.ImageOrientationPatient = [1, 0, 0, 0, 1, 0]
    values.RescaleSlope, values.RescaleIntercept = 2, -1000
    shared_group.PixelMeasuresSequence = Sequence([measures])
    shared_group.PlaneOrientationSequence = Sequence([plane])
    shared_group.PixelValueTransformationSequence = Sequence([values])
    ds.SharedFunctionalGroupsSequence = Sequence([shared_group])
    frames = []
    for n in range(len(stored)):
        place, frame = Dataset(), Dataset()
        place.ImagePositionPatient = [10, 20, 30 - 0.7 * n]
        frame.PlanePositionSequence = Sequence([place])
        frames.append(frame)
    ds.PerFrameFunctionalGroupsSequence = Sequence(frames)
    scan = read_scan(save(ds, tmp_path / "multi.dcm"))
    assert np.allclose(scan.geometry.spacing, (0.25, 0.5, 0.7))
    assert np.allclose(scan.geometry.to_ras((0, 0, 0)), (-10, -20, 30 - 0.7 * 19))
    assert np.allclose(scan.array, stored[::-1].astype(float) * 2 - 1000)


def test_multiframe_without_positions_uses_the_stated_distance(tmp_path):
    ds = multiframe(stored_head(), SpacingBetweenSlices=-0.6)
    scan = read_scan(save(ds, tmp_path / "multi.dcm"))
    assert np.allclose(scan.geometry.spacing, (2, 2, 0.6))
    assert "positions_missing" in codes(scan)
    bare = multiframe(stored_head())
    assert refused(save(bare, tmp_path / "bare.dcm")) == "spacing_missing"


def test_single_dicom_image_is_a_picture_or_a_refused_slice(tmp_path):
    pixels = np.random.default_rng(0).integers(0, 2000, (100, 90)).astype(np.uint16)
    assert refused(save(dicom_slice(pixels), tmp_path / "axial.dcm")) == "single_slice"
    sagittal = dicom_slice(pixels, ImageOrientationPatient=[0, 1, 0, 0, 0, -1], PixelSpacing=[0.3, 0.3])
    scan = read_scan(save(sagittal, tmp_path / "sagittal.dcm"))
    assert (scan.kind, scan.facing, scan.spacing_known) == ("picture", "left", True)
    assert np.allclose(scan.geometry.spacing[:2], 0.3)
    capture = dicom_slice(pixels, ImageOrientationPatient=None, ImagePositionPatient=None, PixelSpacing=None)
    assert not read_scan(save(capture, tmp_path / "capture.dcm")).spacing_known


def zipped(tmp_path, folder):
    path = tmp_path / "series.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as target:
        for file in sorted(folder.iterdir()):
            target.write(file, f"x/{file.name}")
    return path


def test_zip_is_read_and_leaves_nothing_behind(tmp_path, monkeypatch):
    path = zipped(tmp_path, write_series(tmp_path / "s", stored_head(), np.arange(20) * 4.0))
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(scratch))
    assert read_scan(path).array.shape == (20, 45, 40)
    (tmp_path / "cut.zip").write_bytes(path.read_bytes()[:-2000])
    assert refused(tmp_path / "cut.zip") == "damaged_zip"
    damaged = bytearray(path.read_bytes())
    damaged[500:600] = bytes(100)
    (tmp_path / "damaged.zip").write_bytes(damaged)
    assert refused(tmp_path / "damaged.zip") == "damaged_zip"
    assert list(scratch.iterdir()) == []


def test_zip_cannot_write_outside_nor_fill_the_disk(tmp_path, monkeypatch):
    path = tmp_path / "evil.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as target:
        target.writestr("../../evil.dcm", b"x" * 100)
        target.writestr(str(tmp_path / "absolute.dcm"), b"x" * 100)
    before = set(tmp_path.rglob("*"))
    assert refused(path) == "no_dicom"
    assert set(tmp_path.rglob("*")) == before
    assert not (Path(tempfile.gettempdir()).parent / "evil.dcm").exists()
    monkeypatch.setattr(archive, "MAX_BYTES", 150)
    assert refused(path) == "zip_too_large"
    monkeypatch.setattr(archive, "MAX_FILES", 1)
    assert refused(path) == "zip_too_large"


def test_cut_dicom_file_and_folder_without_dicom_are_refused(tmp_path):
    folder = write_series(tmp_path / "s", stored_head(), np.arange(20) * 4.0)
    file = folder / "010.dcm"
    file.write_bytes(file.read_bytes()[:-1500])
    assert refused(folder) == "damaged_dicom"
    (tmp_path / "none").mkdir()
    assert refused(tmp_path / "none") == "no_dicom"


def test_gantry_tilted_series_matches_the_reference_regridding():
    scan = read_scan(shared("ge_tilted_head_ct_dicom.zip"))
    reference = read_scan(shared("ge_tilted_head_ct_regridded.nrrd"))
    assert {"gantry_tilt", "slice_distance_varies"} <= codes(scan)
    k, j, i = np.meshgrid(*[np.arange(0, n, 3) for n in reference.array.shape], indexing="ij")
    kji = np.moveaxis(scan.geometry.to_ijk(reference.geometry.to_ras(np.stack([i, j, k], -1)))[..., ::-1], -1, 0)
    ours = ndimage.map_coordinates(scan.array, kji, output=np.float32, order=1, cval=-1024)
    theirs = reference.array[::3, ::3, ::3].astype(np.float32)
    inside = (theirs > -900) & (ours > -900)
    assert inside.mean() > 0.2
    assert np.corrcoef(ours[inside], theirs[inside])[0, 1] > 0.98
    assert np.median(np.abs(ours[inside] - theirs[inside])) < 10


def test_compressed_slices_are_read(tmp_path):
    head = toy_head((40, 45, 40), 4.0)[10:18].clip(-1024)
    for k, plane in enumerate(head):
        image = sitk.GetImageFromArray(plane[None])
        image.SetSpacing((2, 2, 4))
        image.SetOrigin((0, 0, 4 * k))
        tags = {"0008|0060": "CT", "0020|000e": "1.2.3", "0020|0032": f"0\\0\\{4 * k}", "0028|1052": "-1024"}
        for tag, value in {**tags, "0020|0037": "1\\0\\0\\0\\1\\0", "0028|1053": "1"}.items():
            image.SetMetaData(tag, value)
        writer = sitk.ImageFileWriter()
        writer.KeepOriginalImageUIDOn()
        writer.SetUseCompression(True)
        writer.SetCompressor("JPEG")
        writer.SetFileName(str(tmp_path / f"{k}.dcm"))
        writer.Execute(image)
    scan = read_scan(tmp_path)
    assert np.array_equal(scan.array, head)
    assert np.allclose(scan.geometry.spacing, (2, 2, 4))
