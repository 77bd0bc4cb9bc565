"""What must never get a stage: wrong inputs, and parts of good heads at a spacing that cannot give them away."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import SimpleITK as sitk
from SOSStagingLib.cli import main
from SOSStagingLib.staging.result import StagingResult
from SOSStagingLib.staging.stager import Stager
from whole.conftest import SAMPLE, cropped

SOS_LPS = (128.0, 118.4, 107.6)


def assert_refused(result: StagingResult) -> None:
    assert not result.assessable
    assert result.stage is None
    assert result.probabilities is None
    assert result.reasons
    for reason in result.reasons:
        assert reason.text.endswith((".", "?", "!", ")"))
        assert "Traceback" not in reason.text
        assert "internal" not in reason.code


@pytest.mark.parametrize(
    "name",
    [
        "wrong_abdomen_ct_3mm.nii.gz",
        "wrong_abdomen_mr_3mm.nii.gz",
        "wrong_head_mr.nrrd",
        "philips_skull_phantom_ct.nrrd",
        "vhp_female_jaw_smallfov_derived.nrrd",
    ],
)
def test_wrong_scans(name: str, stager: Stager, shared: Callable[[str], Path]) -> None:
    assert_refused(stager.stage(shared(name)))


VHP_PARTS = {
    "vault only": ((30.0, 30.0, 150.0), (226.0, 226.0, 228.0)),
    "below C1 only": ((30.0, 30.0, 2.0), (226.0, 226.0, 62.0)),
    "one half": ((134.0, 30.0, 30.0), (226.0, 226.0, 200.0)),
}


@pytest.mark.parametrize("part", VHP_PARTS)
def test_parts_of_a_good_head_at_fine_spacing(part: str, stager: Stager, shared, tmp_path: Path) -> None:
    image = sitk.ReadImage(str(shared("vhp_female_head_ct.nrrd")))
    path = tmp_path / "part.nrrd"
    sitk.WriteImage(cropped(image, *VHP_PARTS[part], 0.4), str(path))
    assert_refused(stager.stage(path))


def test_abdomen_at_fine_spacing(stager: Stager, shared, tmp_path: Path) -> None:
    image = sitk.ReadImage(str(shared("wrong_abdomen_ct_3mm.nii.gz")))
    corners = np.array([image.TransformContinuousIndexToPhysicalPoint(c) for c in ((25, 20, 30), (96, 80, 90))])
    path = tmp_path / "abdomen.nrrd"
    sitk.WriteImage(cropped(image, tuple(corners.min(0)), tuple(corners.max(0)), 0.4), str(path))
    assert_refused(stager.stage(path))


def test_inverted_contrast(stager: Stager, tmp_path: Path) -> None:
    image = cropped(sitk.ReadImage(str(SAMPLE)), (60.0, 25.0, 55.0), (196.0, 185.0, 165.0), 0.5)
    sitk.WriteImage(sitk.Cast(1000 - sitk.Cast(image, sitk.sitkInt32), sitk.sitkInt16), str(tmp_path / "inverted.nrrd"))
    assert_refused(stager.stage(tmp_path / "inverted.nrrd"))


def written(path: Path, array: np.ndarray, spacing: float = 1.0, vector: bool = False) -> Path:
    image = sitk.GetImageFromArray(array, isVector=vector)
    if image.GetDimension() <= 3:
        image.SetSpacing([spacing] * image.GetDimension())
    sitk.WriteImage(image, str(path))
    return path


def bad_volumes(folder: Path) -> dict[str, Path]:
    rng = np.random.default_rng(0)
    head = sitk.GetArrayFromImage(sitk.ReadImage(str(SAMPLE)))
    with zipfile.ZipFile(folder / "cut.zip", "w") as archive:
        archive.writestr("a.dcm", b"\0" * 128 + b"DICM" + rng.bytes(5000))
    data = (folder / "cut.zip").read_bytes()
    (folder / "cut.zip").write_bytes(data[: len(data) // 2])
    (folder / "empty.nrrd").write_bytes(b"")
    (folder / "text.nrrd").write_text("This is a letter, not a scan.\n" * 20)
    return {
        "empty file": folder / "empty.nrrd",
        "text renamed": folder / "text.nrrd",
        "truncated zip": folder / "cut.zip",
        "one axial slice": written(folder / "axial.nrrd", head[60:61]),
        "all zeros": written(folder / "zeros.nrrd", np.zeros((60, 80, 80), np.int16)),
        "all nan": written(folder / "nan.nrrd", np.full((60, 80, 80), np.nan, np.float32)),
        "noise": written(folder / "noise.nrrd", rng.normal(0, 300, (100, 120, 120)).astype(np.int16), 1.2),
        "4-D": written(folder / "four.nrrd", np.zeros((3, 40, 40, 40), np.float32)),
        "RGB": written(folder / "rgb.nrrd", np.zeros((40, 40, 40, 3), np.uint8), vector=True),
        "8x8x8": written(folder / "tiny.nrrd", rng.integers(-1000, 1000, (8, 8, 8)).astype(np.int16)),
        "0.01 mm": written(folder / "fine.nrrd", head, 0.01),
        "50 mm": written(folder / "coarse.nrrd", head, 50.0),
    }


def test_unusable_files_by_the_command_line(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    paths = bad_volumes(tmp_path)
    out = tmp_path / "out"
    assert main(["stage", *map(str, paths.values()), "--out", str(out)]) == 3
    printed = "".join(capfd.readouterr())
    assert "Traceback" not in printed
    results = [json.loads(p.read_text()) for p in sorted(out.glob("*/result.json"))]
    assert len(results) == len(paths)
    for result in results:
        assert result["stage"] is None, result["input"]
        assert result["probabilities"] is None
        assert result["reasons"]
        assert str(tmp_path) not in json.dumps(result)


def pictures(folder: Path) -> dict[str, Path]:
    head = sitk.GetArrayFromImage(sitk.ReadImage(str(SAMPLE))).astype(float)
    grey = np.clip((head + 300) / 1600, 0, 1) * 255
    rng = np.random.default_rng(1)
    yy, xx = np.mgrid[0:300, 0:400]
    scene = 120 + 60 * np.sin(xx / 37) + 40 * np.cos(yy / 23) + 60 * (np.hypot(xx - 200, yy - 150) < 70)
    big = {"axial.png": grey[58], "coronal.png": grey[::-1, 98, :], "scene.png": scene + rng.normal(0, 5, scene.shape)}
    paths = {}
    for name, array in big.items():
        image = sitk.GetImageFromArray(np.clip(array, 0, 255).astype(np.uint8))
        if array.shape[0] < 200:
            image = sitk.Expand(image, [2, 2], sitk.sitkLinear)
        sitk.WriteImage(image, str(folder / name))
        paths[name] = folder / name
    return paths


@pytest.mark.parametrize("name", ["axial.png", "coronal.png", "scene.png"])
@pytest.mark.parametrize("spacing", [None, 0.5])
def test_pictures_that_are_no_midsagittal_slice(
    name: str, spacing: float | None, stager: Stager, tmp_path: Path
) -> None:
    assert_refused(stager.stage(pictures(tmp_path)[name], spacing_mm=spacing))
