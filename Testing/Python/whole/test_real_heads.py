"""Real head CTs, adults with a fused synchondrosis: found, staged 4 or 5, explained at the right place."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import SimpleITK as sitk
from SOSStagingLib.cli import main
from SOSStagingLib.scan.types import Scan
from SOSStagingLib.staging.stager import Stager
from whole.conftest import SAMPLE

VHP = (128.0, 118.4, 107.6)
GE = (-2.0, -10.9, -3.1)
HEADS = {
    "vhp_female_head_ct.nrrd": VHP,
    "vtk_headsq_ct.nrrd": (99.2, 102.6, 108.6),
    "ge_tilted_head_ct_dicom.zip": GE,
    "ge_tilted_head_ct_regridded.nrrd": GE,
}


def check(result, reference_lps: tuple[float, float, float]) -> None:
    reference = np.array([-reference_lps[0], -reference_lps[1], reference_lps[2]])
    assert result.assessable, [r.text for r in result.reasons]
    assert np.linalg.norm(result.sos.center_ras_mm - reference) < 8
    assert abs(result.plane.distance(reference) / result.plane.normal_ras[0]) < 3
    assert result.gradcam.share_within_20mm >= 0.5


def test_slices_too_far_apart_leave_every_stage_plausible(stager: Stager, shared: Callable[[str], Path]) -> None:
    assert stager.stage(shared("ge_tilted_head_ct_dicom.zip")).plausible_stages == (1, 2, 3, 4, 5)


@pytest.mark.parametrize("name", HEADS)
def test_adult_is_staged_fused(name: str, stager: Stager, shared: Callable[[str], Path]) -> None:
    assert stager.stage(shared(name)).stage in (4, 5)


@pytest.mark.parametrize("name", HEADS)
def test_real_head(name: str, stager: Stager, shared: Callable[[str], Path]) -> None:
    check(stager.stage(shared(name)), HEADS[name])


def test_bundled_head_is_staged_by_the_command_line(tmp_path: Path) -> None:
    assert main(["stage", str(SAMPLE), "--out", str(tmp_path)]) == 0
    folder = tmp_path / "vhp_female_head"
    result = json.loads((folder / "result.json").read_text())
    assert result["stage"] in (4, 5)
    assert result["model"]["trained_on"] == "simulated"
    reference = np.array([-VHP[0], -VHP[1], VHP[2]])
    assert np.linalg.norm(np.array(result["sos"]["centre_ras_mm"]) - reference) < 8
    heat = sitk.ReadImage(str(folder / "gradcam.nrrd"))
    array = sitk.GetArrayFromImage(heat)
    k, j, i = (int(v) for v in np.unravel_index(array.argmax(), array.shape))
    hottest = np.array(heat.TransformIndexToPhysicalPoint((i, j, k)))
    assert np.linalg.norm(hottest - VHP) < 20
    assert {p.name for p in folder.iterdir()} >= {"result.json", "report.html", "overlay.png", "gradcam.nrrd"}
    assert (tmp_path / "cohort.csv").exists()


def test_soft_tissue_set_to_air_is_not_a_reason_to_refuse(stager: Stager) -> None:
    image = sitk.ReadImage(str(SAMPLE))
    dry = sitk.Cast(image * sitk.Cast(image > 150, image.GetPixelID()), image.GetPixelID())
    dry = dry + sitk.Cast((image <= 150) * -1000, image.GetPixelID())
    from SOSStagingLib.scan.geometry import LPS_TO_RAS, Geometry

    matrix = np.eye(4)
    matrix[:3, 3] = image.GetOrigin()
    scan = Scan(sitk.GetArrayFromImage(dry), Geometry(image.GetSize()[::-1], LPS_TO_RAS @ matrix), "dry")
    result = stager.stage(scan)
    assert result.assessable, [r.text for r in result.reasons]


def test_a_picture_of_the_slice_is_staged_whichever_way_it_faces(stager: Stager, tmp_path: Path) -> None:
    image = sitk.ReadImage(str(SAMPLE))
    array = sitk.GetArrayFromImage(image).astype(float)
    index = image.TransformPhysicalPointToIndex(VHP)
    # LPS: columns run to posterior, so the face looks left; rows are turned so that superior is up.
    slice_ = np.clip((array[::-1, :, index[0]] + 300) / 1600, 0, 1)
    left = sitk.GetImageFromArray((slice_ * 255).astype(np.uint8))
    right = sitk.GetImageFromArray((slice_[:, ::-1] * 255).astype(np.uint8))
    height, width = slice_.shape
    x, y = float(index[1]), float(height - 1 - index[2])
    for name, picture, at in (("left", left, (x, y)), ("right", right, (width - 1 - x, y))):
        path = tmp_path / f"{name}.png"
        sitk.WriteImage(picture, str(path))
        known = stager.stage(path, spacing_mm=1.0)
        assert known.assessable, [r.text for r in known.reasons]
        assert np.hypot(known.sos.center_px[0] - at[0], known.sos.center_px[1] - at[1]) < 8
        unknown = stager.stage(path)
        assert unknown.assessable, [r.text for r in unknown.reasons]
        assert np.hypot(unknown.sos.center_px[0] - at[0], unknown.sos.center_px[1] - at[1]) < 10
        assert any(f.code == "spacing_unknown" for f in unknown.quality.findings)
