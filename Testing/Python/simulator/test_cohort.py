"""``sos simulate``: formats that any reader opens at the same place, truth files, resuming, and what goes wrong."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pydicom
import pytest
import SimpleITK as sitk
from SOSStagingLib.cli import main
from SOSStagingLib.scan.geometry import Geometry
from SOSStagingLib.scan.read import read_scan
from SOSStagingLib.scan.types import Scan
from SOSStagingTrainingLib.simulator.export import Format, write_slab, write_volume
from SOSStagingTrainingLib.simulator.heads import VolumeSettings, simulate_slab, simulate_volume
from SOSStagingTrainingLib.simulator.truth import Truth, draw_sex, plate_volume, stages_by_scheme

COARSE = VolumeSettings(size_mm=(50.0, 60.0, 40.0), voxel_mm=2.0, below_sella=12.0, before_sella=0.0)
QUICK = ["simulate", "--cases", "2", "--voxel", "3", "--size", "30,36,24", "--seed", "4"]


@pytest.fixture(scope="module")
def made() -> tuple[Scan, Truth]:
    return simulate_volume(3, 2, COARSE)


@pytest.fixture(scope="module")
def uneven(made: tuple[Scan, Truth]) -> Scan:
    """The same greys on a turned grid whose three spacings differ."""
    scan, _ = made
    c, s = np.cos(0.2), np.sin(0.2)
    turned = np.array([[c, -s, 0], [s, c, 0], [0, 0, 1]])
    return replace(scan, geometry=Geometry.from_axes(scan.array.shape, (-31.5, 12.25, 7.0), turned, (0.4, 0.6, 1.5)))


def contents(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


@pytest.mark.parametrize("file_format", ["nrrd", "nifti", "dicom"])
def test_the_project_reads_back_greys_and_place(
    file_format: Format, tmp_path: Path, made: tuple[Scan, Truth], uneven: Scan
) -> None:
    for name, scan in (("head-0001", made[0]), ("head-0002", uneven)):
        (path,) = write_volume(tmp_path, name, scan, made[1], file_format)
        back = read_scan(path)
        assert np.array_equal(back.array, scan.array) and back.array.dtype == np.int16
        assert np.allclose(back.geometry.ijk_to_ras, scan.geometry.ijk_to_ras, atol=1e-4)
        assert not [f for f in back.findings if f.severity != "info"]


def test_gdcm_reads_the_series_with_the_same_greys_and_place(
    tmp_path: Path, made: tuple[Scan, Truth], uneven: Scan
) -> None:
    write_volume(tmp_path, "head-0001", uneven, made[1], "dicom")
    (series,) = sitk.ImageSeriesReader.GetGDCMSeriesIDs(str(tmp_path / "head-0001"))
    image = sitk.ReadImage(sitk.ImageSeriesReader.GetGDCMSeriesFileNames(str(tmp_path / "head-0001"), series))
    assert np.array_equal(sitk.GetArrayFromImage(image), uneven.array)
    for index in ([0, 0, 0], [5, 7, 9]):
        right, anterior, superior = uneven.geometry.to_ras(index)
        at = image.TransformIndexToPhysicalPoint(index)
        assert np.allclose(at, (-right, -anterior, superior), atol=1e-3)


def test_dicom_headers_say_it_is_simulated_and_follow_from_the_seed(tmp_path: Path, made: tuple[Scan, Truth]) -> None:
    scan, truth = made
    for run in ("one", "two"):
        (tmp_path / run).mkdir()
        write_volume(tmp_path / run, "head-0001-stage-2", scan, truth, "dicom")
    assert contents(tmp_path / "one") == contents(tmp_path / "two")
    headers = [pydicom.dcmread(path) for path in sorted((tmp_path / "one").rglob("*.dcm"))]
    assert len(headers) == scan.array.shape[0] == len({ds.SOPInstanceUID for ds in headers})
    assert len({(ds.StudyInstanceUID, ds.SeriesInstanceUID, ds.FrameOfReferenceUID) for ds in headers}) == 1
    first = headers[0]
    assert first.SOPClassUID == first.file_meta.MediaStorageSOPClassUID == pydicom.uid.CTImageStorage
    assert first.SOPInstanceUID == first.file_meta.MediaStorageSOPInstanceUID and first.SOPInstanceUID.is_valid
    assert str(first.PatientName) == "Simulated^Head-0001" and first.Manufacturer == "SOSStaging simulator"
    assert first.Modality == "CT" and first.StudyDate == first.PatientBirthDate == ""
    write_volume(tmp_path, "head-0002-stage-2", scan, truth, "dicom")
    assert pydicom.dcmread(tmp_path / "head-0002-stage-2" / "0001.dcm").SOPInstanceUID != first.SOPInstanceUID


def test_greys_beyond_twelve_bits_survive_dicom(tmp_path: Path, made: tuple[Scan, Truth]) -> None:
    scan, truth = made
    wide = scan.array.copy()
    wide[0, 0, :3] = -32768, 32767, 0
    write_volume(tmp_path, "wide", replace(scan, array=wide), truth, "dicom")
    assert np.array_equal(read_scan(tmp_path / "wide").array, wide)


def test_a_slab_lies_where_its_truth_says(tmp_path: Path) -> None:
    slab, truth = simulate_slab(11, 1)
    image_file, array_file = write_slab(tmp_path, "head-0001", slab)
    image, arrays = sitk.ReadImage(str(image_file)), np.load(array_file)
    assert arrays["grey"].dtype == np.int16 and np.array_equal(arrays["valid"], slab.valid)
    assert np.array_equal(arrays["grey"], np.rint(slab.array))
    assert np.array_equal(sitk.GetArrayFromImage(image), arrays["grey"])
    right, anterior, superior = truth.landmarks["sos"]
    found = image.TransformPhysicalPointToContinuousIndex((-right, -anterior, superior))
    assert np.allclose(found, slab.geometry.to_ijk(truth.landmarks["sos"]), atol=1e-3)


def test_the_truth_tells_stage_place_and_sex(made: tuple[Scan, Truth]) -> None:
    _, truth = made
    told = json.loads(json.dumps(truth.to_json()))
    assert told["stages"] == {"bassed-5": 2, "four-stage": 2, "three-stage": 2}
    assert stages_by_scheme(4) == {"bassed-5": 4, "four-stage": 4, "three-stage": 3}
    assert told["sex"] in ("female", "male") and told["simulator"].startswith("SOSStaging simulator")
    assert told["parameters"]["synchondrosis"]["width"] == pytest.approx(truth.head.synchondrosis.width, abs=1e-4)
    low, high = np.array(told["sos"]["box_ras_mm"])
    ends = told["sos"]["plate_ends_ras_mm"]
    for point in (told["sos"]["centre_ras_mm"], ends["endocranial"], ends["ectocranial"]):
        assert ((np.array(point) > low - 1.5) & (np.array(point) < high + 1.5)).all()
    assert ((high - low) < [45, 22, 18]).all()
    assert ends["endocranial"][1] < ends["ectocranial"][1]  # posterior, towards the brain stem


def test_the_box_does_not_depend_on_how_far_the_plate_has_fused(made: tuple[Scan, Truth]) -> None:
    head = made[1].head
    fused = replace(head, synchondrosis=replace(head.synchondrosis, front=1.3))
    assert fused.stage == 5
    assert np.array_equal(plate_volume(head), plate_volume(fused))


def test_heads_young_for_their_stage_are_more_often_girls() -> None:
    girls = [np.mean([draw_sex(seed, 3, age) == "female" for seed in range(400)]) for age in (8.0, 14.0, 20.0)]
    assert girls[0] > 0.6 > girls[1] > 0.4 > girls[2]


def test_the_bytes_do_not_depend_on_the_workers_and_other_settings_are_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command = [*QUICK, "--format", "dicom", "--raters", "2", "--stages", "1,4"]
    for workers in ("1", "2"):
        assert main([*command, "--workers", workers, "--out", str(tmp_path / workers)]) == 0
    first = contents(tmp_path / "1")
    assert first == contents(tmp_path / "2")
    assert {Path(name).parts[0] for name in first} == {
        *("manifest.json", "labels.csv", "head-0001-stage-1", "head-0002-stage-4"),
        *("head-0001-stage-1.truth.json", "head-0002-stage-4.truth.json"),
        *("labels", "rois", ".study.lock"),
    }
    with (tmp_path / "1" / "labels.csv").open(newline="") as file:
        labels = list(csv.DictReader(file))
    assert [(row["case"], row["rater"], row["scheme"]) for row in labels[1:3]] == [
        ("head-0002-stage-4", "rater-1", "bassed-5"),
        ("head-0001-stage-1", "rater-2", "bassed-5"),
    ]
    capsys.readouterr()
    assert main([*command[:-4], "--stages", "1,4", "--voxel", "2.5", "--out", str(tmp_path / "1")]) == 2
    assert "voxel mm 3.0, not 2.5" in capsys.readouterr().err
    assert contents(tmp_path / "1") == first


@pytest.mark.skipif(os.name != "posix", reason="needs a limit on file sizes")
@pytest.mark.parametrize("file_format", ["nrrd", "nifti", "dicom"])
def test_a_full_disk_is_said_and_leaves_nothing_half_written(file_format: str, tmp_path: Path) -> None:
    import resource

    out = tmp_path / "out"
    command = [*QUICK, "--format", file_format, "--workers", "1", "--out", str(out)]
    # A limit on the size of a file fails a write halfway, as a full disk does.
    run = subprocess.run(
        [sys.executable, "-m", "SOSStagingLib.cli", *command],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (700, 700)),
        capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert run.returncode == 3 and "Make room" in run.stderr and "Traceback" not in run.stderr
    assert list(out.iterdir()) == []


@pytest.mark.parametrize(
    "wrong",
    [
        ["--format", "png"],
        ["--slabs", "--voxel", "1"],
        ["--field", "80by80"],
        ["--field", "80x80", "--size", "60,60,60"],
        ["--kappa", "0.8"],
        ["--raters", "2", "--kappa", "1.5"],
        ["--raters", "2", "--stages", "3"],
        ["--seed", "-1"],
    ],
)
def test_options_that_do_not_fit_are_refused_before_anything_is_made(
    tmp_path: Path, wrong: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    try:
        code = main(["simulate", "--cases", "2", "--out", str(tmp_path / "out"), *wrong])
    except SystemExit as stop:
        code = int(stop.code or 0)
    assert code == 2 and wrong[0].strip("-")[:5] in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_a_usual_field_of_view_is_as_large_as_its_name_says(tmp_path: Path) -> None:
    asked = ["simulate", "--cases", "1", "--voxel", "2.5", "--field", "60x40", "--aim", "jaw", "--out", str(tmp_path)]
    assert main(asked) == 0
    (path,) = tmp_path.glob("*.nrrd")
    image = sitk.ReadImage(str(path))
    assert image.GetSize() == (24, 24, 16)
    truth = json.loads(next(tmp_path.glob("*.truth.json")).read_text())
    lowest = image.TransformIndexToPhysicalPoint((0, 0, 15))[2]
    assert truth["sos"]["centre_ras_mm"][2] > lowest
