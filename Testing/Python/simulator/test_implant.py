"""A plate implanted into the bundled real head: dark where it is open, nothing else touched, truth where it lies."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from scan.real_heads import DATA, DEMO_HEAD, load
from SOSStagingLib.scan.geometry import Geometry
from SOSStagingLib.scan.sampling import trilinear
from SOSStagingLib.scan.types import Scan
from SOSStagingTrainingLib.simulator.implant import ImplantTruth, implant
from SOSStagingTrainingLib.simulator.real_clivus import Clivus

RIGHT = np.array([1.0, 0.0, 0.0])
CLIVUS = Clivus(np.array([-128.0, -132.0, 88.0]), np.array([-128.0, -117.5, 127.5]), RIGHT, fraction=0.46)
SMALL = {"voxel_mm": 0.6, "field_mm": (60.0, 90.0, 60.0)}
STEP_HU = 1000.0


@cache
def head() -> Scan:
    return load(DEMO_HEAD)


@cache
def implanted(stage: int, seed: int = 2) -> tuple[Scan, ImplantTruth]:
    return implant(head(), CLIVUS, stage, seed, **SMALL)


def midline(truth: ImplantTruth, e: np.ndarray) -> np.ndarray:
    """RAS points [n, 3] of the plate's middle at fractions ``e`` from its endo- to its ectocranial end."""
    ends = [truth.landmarks[name] for name in ("endocranial", "sos", "ectocranial")]
    return np.stack([(1 - e) * (1 - 2 * e), 4 * e * (1 - e), e * (2 * e - 1)], axis=1) @ np.stack(ends)


def drop(before: Scan, after: Scan, truth: ImplantTruth, e: np.ndarray) -> np.ndarray:
    """How much darker the middle of the plate became."""
    old, new = (trilinear(scan.array, scan.geometry, midline(truth, e)) for scan in (before, after))
    return old - new


def cleft(scan: Scan, truth: ImplantTruth, e: np.ndarray) -> np.ndarray:
    """How much darker the plate is than the bone on both its sides."""
    off = np.linspace(-3.5, 3.5, 36)
    points = midline(truth, e)[:, None] + off[:, None] * truth.plate_normal
    grey = trilinear(scan.array, scan.geometry, points)
    return grey[:, abs(off) > 2].mean(axis=1) - grey[:, abs(off) < 0.8].min(axis=1)


@pytest.mark.parametrize("stage", [1, 2, 3, 4, 5])
def test_the_stage_asked_for_is_the_stage_told(stage: int) -> None:
    _, truth = implanted(stage)
    assert truth.stage == stage
    assert truth.to_json()["stage"] == stage


def test_an_open_plate_is_darker_from_face_to_face_and_both_cortices_end() -> None:
    e, inner = np.linspace(0.0, 1.0, 21), np.linspace(0.15, 0.85, 15)
    deeper = []
    for seed in range(1, 5):
        before, (after, truth) = implanted(5, seed)[0], implanted(1, seed)
        darker = drop(before, after, truth, e)
        assert darker.mean() > 0.08 * STEP_HU
        assert darker[(e > 0.02) & (e < 0.2)].max() > 0.15 * STEP_HU
        assert darker[(e > 0.8) & (e < 0.98)].max() > 0.15 * STEP_HU
        deeper.append(np.median(cleft(after, truth, inner)) - np.median(cleft(before, truth, inner)))
    assert np.mean(deeper) > 0.05 * STEP_HU


@pytest.mark.parametrize("stage", [2, 3])
def test_the_fused_end_keeps_its_greys_and_the_open_end_does_not(stage: int) -> None:
    after, truth = implanted(stage)
    front = truth.fusion_fraction
    fused = drop(implanted(5)[0], after, truth, np.linspace(0.0, front - 0.12, 5) if front > 0.12 else np.zeros(1))
    opened = drop(implanted(5)[0], after, truth, np.linspace(front + 0.1, 1.0, 9))
    assert np.abs(fused).max() < 0.02 * STEP_HU
    assert opened.max() > 0.1 * STEP_HU


def test_nothing_far_from_the_plate_changes_and_no_air() -> None:
    before, (after, truth) = implanted(5)[0], implanted(1)
    changed = before.array != after.array
    ras = after.geometry.to_ras(np.argwhere(changed)[:, ::-1]) - truth.landmarks["endocranial"]
    along = truth.landmarks["ectocranial"] - truth.landmarks["endocranial"]
    assert changed.sum() > 1000
    assert np.abs(ras @ truth.plate_normal).max() < 7
    assert np.abs(ras @ truth.plane_normal).max() < 14
    middle = (np.abs(ras @ truth.plane_normal) < 4) & (np.abs(ras @ truth.plate_normal) < 2)
    depth = (ras @ along / truth.height_mm)[middle]
    assert depth.min() > -4
    assert depth.max() < truth.height_mm + 4
    assert before.array[changed].min() > -500


def test_greys_keep_their_place_in_the_patient() -> None:
    scan = implanted(5)[0]
    index = np.random.default_rng(1).integers(0, scan.array.shape[::-1], (500, 3))
    expected = trilinear(head().array, head().geometry, scan.geometry.to_ras(index))
    assert np.abs(scan.array[tuple(index[:, ::-1].T)] - expected).max() <= 0.51
    assert np.allclose(scan.geometry.spacing, SMALL["voxel_mm"])


def test_centre_and_ends_of_the_truth_lie_on_the_plate() -> None:
    before, (after, truth) = implanted(5)[0], implanted(1)
    for name in ("sos", "endocranial", "ectocranial"):
        i, j, k = np.rint(after.geometry.to_ijk(truth.landmarks[name])).astype(int)
        assert before.array[k, j, i] != after.array[k, j, i], name


def test_a_seed_gives_the_same_bytes_and_one_place_for_all_stages() -> None:
    scan, truth = implanted(1)
    again, _ = implant(head(), CLIVUS, 1, 2, **SMALL)
    other, elsewhere = implant(head(), CLIVUS, 1, 4, **SMALL)
    assert again.array.tobytes() == scan.array.tobytes()
    assert other.array.tobytes() != scan.array.tobytes()
    assert truth.tilt_deg == implanted(3)[1].tilt_deg
    assert truth.tilt_deg != elsewhere.tilt_deg


def test_axis_order_of_the_file_makes_no_difference() -> None:
    scan = head()
    turned = Geometry(scan.array.shape[::-1], scan.geometry.ijk_to_ras[:, [2, 1, 0, 3]])
    after, _ = implant(replace(scan, array=scan.array.transpose(2, 1, 0), geometry=turned), CLIVUS, 1, 2, **SMALL)
    assert np.array_equal(after.array, implanted(1)[0].array)


def test_a_coarse_head_in_other_greys_opens_too() -> None:
    scan = load(DATA / "vtk_headsq_ct.nrrd")
    clivus = Clivus(np.array([-99.2, -123.0, 95.0]), np.array([-99.2, -94.0, 127.0]), RIGHT)
    before, (after, truth) = (implant(scan, clivus, stage, 1, **SMALL) for stage in (5, 1))
    assert drop(before[0], after, truth, np.linspace(0, 1, 9)).mean() > 0.1 * STEP_HU


def test_a_landmark_outside_the_scan_is_told_with_what_to_do() -> None:
    in_lps = Clivus(-CLIVUS.basion * [1, 1, -1], -CLIVUS.dorsum * [1, 1, -1], RIGHT)
    with pytest.raises(ValueError, match=r"basion at .* lies outside the scan, which spans R .* RAS millimetres"):
        implant(head(), in_lps, 1, 1)


def test_landmarks_in_soft_tissue_are_refused() -> None:
    behind = np.array([0.0, -25.0, 12.0])
    with pytest.raises(ValueError, match="no bone was found"):
        implant(head(), Clivus(CLIVUS.basion + behind, CLIVUS.dorsum + behind, RIGHT), 1, 1)


def test_a_place_filled_by_the_sinus_is_refused() -> None:
    with pytest.raises(ValueError, match=r"no plate fits at 0\.75"):
        implant(head(), replace(CLIVUS, fraction=0.75), 1, 1)


@pytest.mark.parametrize(
    ("change", "word"),
    [({"stage": 6}, "stage"), ({"voxel_mm": 0.0}, "voxel"), ({"field_mm": (10.0, 10.0, 10.0)}, "field")],
)
def test_wrong_settings_are_refused(change: dict, word: str) -> None:
    with pytest.raises(ValueError, match=word):
        implant(head(), CLIVUS, **{"stage": 1, "seed": 1, **change})


def test_a_picture_and_a_wrong_clivus_are_refused() -> None:
    with pytest.raises(ValueError, match="picture"):
        implant(replace(head(), kind="picture"), CLIVUS, 1, 1)
    with pytest.raises(ValueError, match="mm apart"):
        Clivus(CLIVUS.basion, CLIVUS.basion, RIGHT)
    with pytest.raises(ValueError, match="side"):
        Clivus(CLIVUS.basion, CLIVUS.dorsum, np.array([0.0, 1.0, 0.0]))
