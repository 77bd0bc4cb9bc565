"""Look-alikes of the synchondrosis: they stand where the truth says, leave the plate and its stage alone, and can be
left out."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from SOSStagingTrainingLib.simulator.anatomy import Anatomy, draw_anatomy
from SOSStagingTrainingLib.simulator.head import Head, draw_head
from SOSStagingTrainingLib.simulator.heads import VolumeSettings, simulate_volume
from SOSStagingTrainingLib.simulator.lookalikes import CLEAR_MM, Lookalikes
from SOSStagingTrainingLib.simulator.windows import draw_training_sample

SMALL = VolumeSettings(size_mm=(8.0, 12.0, 12.0), voxel_mm=2.0, below_sella=12.0, before_sella=-5.0)
EDGE = 0.4


def anatomies(age: float, shapes: int = 5, n: int = 150) -> list[Anatomy]:
    """``n`` heads of a few shapes: drawing a shape takes long, drawing its look-alikes does not."""
    drawn = [draw_anatomy(np.random.default_rng(seed), age, lookalikes=False) for seed in range(shapes)]
    rng = np.random.default_rng(0)
    return [replace(a, lookalikes=Lookalikes.draw(rng, a)) for _ in range(n // shapes) for a in drawn]


@pytest.fixture(scope="module")
def many() -> list[Anatomy]:
    return anatomies(12.0)


def having(many: list[Anatomy], what: Callable[[Lookalikes], object], n: int = 4) -> list[Anatomy]:
    found = [a for a in many if what(a.lookalikes)][:n]
    assert found
    return found


def with_only(anatomy: Anatomy, stage: int, **kept: object) -> tuple[Head, Head]:
    """The head with only some look-alikes, and without any."""
    head = draw_head(np.random.default_rng(3), stage, 12.0, anatomy=replace(anatomy, lookalikes=Lookalikes(**kept)))
    return head, replace(head, anatomy=replace(anatomy, lookalikes=Lookalikes.none()))


def in_plate_frame(anatomy: Anatomy, along: np.ndarray, above: np.ndarray, x: np.ndarray) -> np.ndarray:
    """Head points at ``along`` mm of the plate, ``above`` mm above it and ``x`` mm from the midline."""
    d = anatomy.plate_direction
    yz = anatomy.plate_endocranial + along[..., None] * d + above[..., None] * np.array([-d[1], d[0]])
    return anatomy.waves.undo(np.concatenate([x[..., None], yz], axis=-1).reshape(-1, 3).T.T).astype(np.float32)


def around_plate(anatomy: Anatomy, clear: float) -> np.ndarray:
    grid = np.meshgrid(np.linspace(0.5, anatomy.plate_height - 0.5, 30), np.linspace(-clear, clear, 15), [-2.0, 0, 2.0])
    return in_plate_frame(anatomy, *(np.asarray(g).ravel() for g in grid))


def test_a_fossa_navicularis_darkens_the_place_the_truth_declares(many: list[Anatomy]) -> None:
    darker = []
    for anatomy in having(many, lambda k: k.fossa, 12):
        fossa = anatomy.lookalikes.fossa
        assert fossa is not None
        head, bare = with_only(anatomy, 5, fossa=fossa)
        into_bone = np.array([-np.sin(fossa.angle), np.cos(fossa.angle)]) * (0 if fossa.closed else 0.5)
        place = anatomy.waves.undo(np.array([0.0, *(fossa.center + into_bone * fossa.radii[1])]))
        at = place.astype(np.float32)[None]
        assert abs(head.tissue(at, EDGE)[0] - anatomy.values["muscle"]) < 0.2
        darker.append(bare.tissue(at, EDGE)[0] - head.tissue(at, EDGE)[0])
    # Marrow hardly brighter than muscle hides the hollow but not its wall.
    assert np.median(darker) > 0.05


@pytest.mark.parametrize("stage", [1, 3, 4, 5])
def test_nothing_changes_near_the_plate_in_the_midline_but_vessels_beside_a_fused_one(
    many: list[Anatomy], stage: int
) -> None:
    for anatomy in many[:25]:
        kept = replace(anatomy.lookalikes, vessels=()) if stage >= 4 else anatomy.lookalikes
        head = draw_head(np.random.default_rng(3), stage, 12.0, anatomy=replace(anatomy, lookalikes=kept))
        bare = replace(head, anatomy=replace(anatomy, lookalikes=Lookalikes.none()))
        at = around_plate(anatomy, CLEAR_MM - 0.8)
        np.testing.assert_array_equal(head.tissue(at, EDGE), bare.tissue(at, EDGE))


def test_vessels_never_cross_a_fused_plate(many: list[Anatomy]) -> None:
    for anatomy in having(many, lambda k: k.vessels, 12):
        head, bare = with_only(anatomy, 4, vessels=anatomy.lookalikes.vessels)
        at = in_plate_frame(anatomy, np.linspace(0.5, anatomy.plate_height - 0.5, 60), np.zeros(60), np.zeros(60))
        np.testing.assert_allclose(head.tissue(at, EDGE), bare.tissue(at, EDGE), atol=0.02)


def test_the_fissure_is_dark_at_the_sides_and_never_in_the_midline(many: list[Anatomy]) -> None:
    darker = []
    for anatomy in many[:10]:
        head, bare = with_only(anatomy, 5, fissures=anatomy.lookalikes.fissures)
        middle = np.meshgrid(np.arange(-10.0, 12), np.arange(-25.0, 10), [-5.0, 0.0, 5.0])
        at = in_plate_frame(anatomy, *(g.ravel() for g in middle))
        np.testing.assert_array_equal(head.tissue(at, EDGE), bare.tissue(at, EDGE))
        for fissure in anatomy.lookalikes.fissures:
            width = fissure.width + 6 * fissure.slope
            beside = anatomy.sizes["clivus_half"] + np.array([width / 2, width + 2])
            at = in_plate_frame(anatomy, np.full(2, anatomy.plate_height / 2), np.full(2, -6.0), fissure.side * beside)
            cleft, apex = head.tissue(at, EDGE)
            darker.append(apex - cleft)
    assert np.median(darker) > 0.05


def test_without_look_alikes_everything_else_is_the_same() -> None:
    with_them, without = (draw_training_sample(3, 5, parts) for parts in ((), ("lookalikes",)))
    assert [s.stage for s in with_them] == [s.stage for s in without]
    assert [s.kind for s in with_them] == [s.kind for s in without]
    rngs = [np.random.default_rng(8) for _ in range(2)]
    here, there = (draw_anatomy(rng, 14.0, flag) for rng, flag in zip(rngs, (True, False), strict=True))
    assert there.lookalikes == Lookalikes.none()
    assert rngs[0].random() == rngs[1].random()
    points = np.random.default_rng(0).uniform(-30, 30, (2000, 3)).astype(np.float32)
    bare = draw_head(np.random.default_rng(1), 2, 14.0, anatomy=replace(here, lookalikes=Lookalikes.none()))
    other = draw_head(np.random.default_rng(1), 2, 14.0, anatomy=there)
    np.testing.assert_array_equal(bare.tissue(points, EDGE), other.tissue(points, EDGE))


def test_without_deformation_heads_are_others_and_the_plates_stay() -> None:
    bent, straight = (draw_training_sample(3, 5, parts) for parts in ((), ("deformation",)))
    assert [(s.stage, s.kind) for s in bent] == [(s.stage, s.kind) for s in straight]
    assert any(not np.array_equal(a.coarse, b.coarse) for a, b in zip(bent, straight, strict=True))
    with pytest.raises(ValueError, match="teeth: only lookalikes and deformation"):
        draw_training_sample(3, 5, ("teeth",))


def test_the_sinus_reaches_towards_the_clivus_only_where_the_plate_has_fused() -> None:
    found = having(anatomies(30.0), lambda k: k.recess)
    for anatomy in found:
        assert draw_head(np.random.default_rng(1), 2, 30.0, anatomy=anatomy).lookalikes.recess is None
        assert draw_head(np.random.default_rng(1), 5, 30.0, anatomy=anatomy).lookalikes.recess is not None


def test_how_often_heads_have_them_is_within_the_published_range() -> None:
    many = anatomies(12.0, n=1500)
    share = {name: np.mean([bool(getattr(a.lookalikes, name)) for a in many]) for name in ("fossa", "basilar")}
    assert 0.054 < share["fossa"] < 0.26
    assert 0.02 < share["basilar"] < 0.224
    lengths = [2 * a.lookalikes.fossa.radii[0] for a in many if a.lookalikes.fossa and not a.lookalikes.fossa.closed]
    assert 6 < np.mean(lengths) < 8.2


def test_the_truth_lists_them_in_the_scan_and_as_plain_json(many: list[Anatomy]) -> None:
    _, truth = simulate_volume(4, 5, SMALL)
    for anatomy in having(many, lambda k: k.fossa and k.vessels):
        other = replace(truth, head=replace(truth.head, anatomy=anatomy))
        listed = json.loads(json.dumps(other.to_json()))["lookalikes"]
        assert listed["petro_occipital_fissures"]
        assert len(listed["vascular_channels"]) == len(anatomy.lookalikes.vessels)
        fossa = listed["fossa_navicularis_magna"]
        sos = truth.turn @ anatomy.waves.undo(np.array([0.0, *anatomy.plate_endocranial])) + truth.shift
        assert 4 < np.linalg.norm(np.array(fossa["centre_ras_mm"]) - sos) < 35
