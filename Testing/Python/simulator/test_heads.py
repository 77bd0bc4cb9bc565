"""Simulated heads: the stage follows from the plate, the truth lies where the picture shows it, seeds repeat."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import SimpleITK as sitk
from SOSStagingLib.cli import main
from SOSStagingTrainingLib.simulator import heads, placement
from SOSStagingTrainingLib.simulator.fields import Waves
from SOSStagingTrainingLib.simulator.head import draw_head
from SOSStagingTrainingLib.simulator.heads import VolumeSettings, draw_whole_head, simulate_slab, simulate_volume
from SOSStagingTrainingLib.simulator.scanner import Scanner
from SOSStagingTrainingLib.simulator.synchondrosis import Synchondrosis
from SOSStagingTrainingLib.simulator.truth import plate_volume

SMALL = VolumeSettings(size_mm=(60.0, 70.0, 60.0), voxel_mm=1.0, below_sella=12.0, before_sella=0.0)


@pytest.mark.parametrize("stage", [1, 2, 3, 4, 5])
def test_the_stage_asked_for_follows_from_the_fusion_field(stage: int) -> None:
    plates = [Synchondrosis.draw(np.random.default_rng(seed), stage) for seed in range(100)]
    assert {plate.stage() for plate in plates} == {stage}
    bridged = [plate.bridged_fraction() for plate in plates]
    if stage == 1:
        assert max(bridged) == 0
    if stage >= 4:
        assert min(bridged) == 1


def test_fusion_starts_at_the_endocranial_side() -> None:
    plates = [Synchondrosis.draw(np.random.default_rng(seed), 3) for seed in range(20)]
    ends = np.array([0.02, 0.98], np.float32)
    fused = np.array([plate.bone_field(ends, np.zeros(2, np.float32), 14.0) > 0 for plate in plates])
    assert fused[:, 0].all()
    assert not fused[:, 1].all()


def test_an_open_plate_is_darker_than_the_bone_beside_it_and_a_fused_one_is_not() -> None:
    contrast = {}
    for stage in (1, 5):
        values = []
        for seed in range(12):
            head = draw_head(np.random.default_rng(seed), stage, 12.0)
            a = head.anatomy
            across = a.plate_direction
            normal = np.array([-across[1], across[0]])
            middle = a.plate_endocranial + 0.6 * a.plate_height * across
            points = [middle, middle - 4 * normal]
            at = np.stack([a.waves.undo(np.array([0.0, *p])) for p in points]).astype(np.float32)
            plate, bone = head.tissue(at, 0.3)
            values.append(bone - plate)
        contrast[stage] = np.median(values)
    assert contrast[1] > 0.08
    assert abs(contrast[5]) < 0.08


def test_a_head_differs_from_its_mirror_image_by_the_asymmetry_asked_for() -> None:
    rng = np.random.default_rng(5)
    x, y, z = rng.uniform(-70, 70, (3, 4000)).astype(np.float32)
    mirror = np.array([-1, 1, 1])[:, None]
    for asymmetric in (0.0, 0.9):
        squares = []
        for _ in range(30):
            waves = Waves.draw(rng, 1.5, asymmetric)
            here, there = np.array(waves.displacement(x, y, z)), np.array(waves.displacement(-x, y, z))
            assert np.std(here + mirror * there) > 0.3
            squares.append(np.mean((here - mirror * there) ** 2))
        assert np.sqrt(np.mean(squares)) == pytest.approx(asymmetric, rel=0.15, abs=1e-5)


def test_volume_and_its_truth_share_one_space_and_a_seed_repeats() -> None:
    scan, truth = simulate_volume(3, 2, SMALL)
    again, _ = simulate_volume(3, 2, SMALL)
    other, _ = simulate_volume(4, 2, SMALL)
    assert np.array_equal(scan.array, again.array)
    assert not np.array_equal(scan.array, other.array)
    assert truth.stage == 2
    index = scan.geometry.to_ijk(truth.landmarks["sos"])
    assert ((index > 5) & (index < np.array(scan.array.shape[::-1]) - 6)).all()
    for name in ("sos", "basion", "dorsum"):
        assert abs((truth.landmarks[name] - truth.plane_origin) @ truth.plane_normal) < 1.5
    assert truth.plane_normal[0] > 0.9


def test_threads_change_no_voxel(monkeypatch: pytest.MonkeyPatch) -> None:
    everything = Scanner.draw(np.random.default_rng(2))
    everything = replace(everything, rings=0.03, motion=1.0, streaks=0.1, metal=4, truncation=0.3, chin_rest=0.5)
    alone, _ = simulate_volume(3, 2, SMALL, lambda _rng: everything)
    for room in (heads, placement):
        monkeypatch.setattr(room, "CHUNK", 50_000)
    shared, _ = simulate_volume(3, 2, SMALL, lambda _rng: everything, threads=3)
    assert np.array_equal(alone.array, shared.array)


def test_slab_shows_the_synchondrosis_inside_its_field_of_view() -> None:
    slab, truth = simulate_slab(11, 1)
    column, row, plane = slab.geometry.to_ijk(truth.landmarks["sos"])
    assert abs(plane - 1) < 3.0
    around = slab.valid[1, int(row) - 40 : int(row) + 40, int(column) - 40 : int(column) + 40]
    assert around.all()
    # Superior is up and anterior to the right.
    dorsum, basion = (slab.geometry.to_ijk(truth.landmarks[n]) for n in ("dorsum", "basion"))
    assert dorsum[1] < basion[1]
    assert slab.geometry.to_ijk(truth.landmarks["nasion"])[0] > column


def test_the_box_of_a_plate_that_a_sinus_has_parted_holds_both_halves() -> None:
    head, _ = draw_whole_head(2100058, 4)
    points = plate_volume(head) - head.landmark("sos")
    assert points[:, 0].min() < -5 and points[:, 0].max() > 5


def test_the_box_of_a_plate_too_thin_to_fill_the_grid_lies_around_its_middle() -> None:
    head, _ = draw_whole_head(90100315, None)
    points = plate_volume(head) - head.landmark("sos")
    assert (points.min(axis=0) < -3).all() and (points.max(axis=0) > 3).all()


def test_sos_simulate_writes_a_cohort_that_can_be_resumed(tmp_path: Path) -> None:
    command = ["simulate", "--cases", "2", "--stages", "1,5", "--voxel", "2", "--size", "80,90,80", "--workers", "1"]
    assert main([*command, "--out", str(tmp_path)]) == 0
    manifest = json.loads((tmp_path / "manifest.json").read_text())
    assert [case["stage"] for case in manifest["cases"]] == [1, 5]
    assert manifest["simulated"] is True
    first = tmp_path / manifest["cases"][0]["file"]
    truth = json.loads((tmp_path / f"{manifest['cases'][0]['case']}.truth.json").read_text())
    image = sitk.ReadImage(str(first))
    r, a, s = truth["landmarks_ras_mm"]["sos"]
    index = image.TransformPhysicalPointToContinuousIndex((-r, -a, s))
    assert all(2 < i < n - 3 for i, n in zip(index, image.GetSize(), strict=True))
    written = first.read_bytes()
    (tmp_path / manifest["cases"][1]["file"]).unlink()
    assert main([*command, "--out", str(tmp_path)]) == 0
    assert first.read_bytes() == written
    assert (tmp_path / manifest["cases"][1]["file"]).exists()
    assert not list(tmp_path.glob("*.part*"))


@pytest.mark.parametrize("wrong", [["--stages", "6"], ["--voxel", "0"], ["--size", "5,5,5"], ["--cases", "0"]])
def test_sos_simulate_says_what_is_wrong(tmp_path: Path, wrong: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    command = ["simulate", "--cases", "1", "--out", str(tmp_path / "x"), *wrong]
    try:
        code = main(command)
    except SystemExit as stop:
        code = int(stop.code or 0)
    assert code == 2
    assert wrong[0] in capsys.readouterr().err
