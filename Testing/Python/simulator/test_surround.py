"""What surrounds the clivus in a simulated head: drawn apart from it, and where anatomy has it."""

from __future__ import annotations

import numpy as np
import pytest
from SOSStagingTrainingLib.simulator.anatomy import Anatomy, draw_anatomy
from SOSStagingTrainingLib.simulator.fields import F32
from SOSStagingTrainingLib.simulator.head import Head, draw_head

SEEDS = range(8)


@pytest.fixture(scope="module")
def heads() -> list[Head]:
    return [draw_head(np.random.default_rng(seed), 5, 30.0) for seed in SEEDS]


def tissue(head: Head, x: float, yz: np.ndarray) -> F32:
    """Tissue at points (y, z) [n, 2] of the undeformed drawing, ``x`` mm beside its midline."""
    points = np.column_stack([np.full(len(yz), x), yz])
    return head.tissue(head.anatomy.waves.undo(points).astype(np.float32), 0.3)


def line(start: np.ndarray, end: np.ndarray, n: int = 60) -> np.ndarray:
    return np.linspace(start, end, n)


def nose(a: Anatomy) -> np.ndarray:
    """A line from the front of the sphenoid to above the front of the palate."""
    return line(a.landmarks["front"] + [10, -12], a.extra["ans"] + [-8, 12])


def test_the_midline_of_the_nose_is_septum_and_air_lies_beside_it(heads: list[Head]) -> None:
    middle = [np.mean(tissue(head, 0.0, nose(head.anatomy)) > 0.7) for head in heads]
    beside = [max(np.mean(tissue(head, x, nose(head.anatomy)) < 0.3) for x in (-5.0, 5.0)) for head in heads]
    assert np.median(middle) > 0.8
    assert np.median(beside) > 0.2


def test_brain_goes_on_as_cord_through_the_foramen_magnum(heads: list[Head]) -> None:
    for head in heads:
        a = head.anatomy
        foramen = (a.basion + a.landmarks["opisthion"]) / 2
        body = a.vertebrae[2]
        canal = np.array([body[0] - body[2] - 8.0, body[1]])
        values = tissue(head, 0.0, np.vstack([line(foramen + [0, 25], foramen), line(foramen, canal)]))
        assert values.min() > 0.85
        assert values.max() < 1.15


def test_dens_and_axis_are_one_bone_and_discs_part_the_bodies_below(heads: list[Head]) -> None:
    for head in heads:
        bodies = [np.array(v[:2]) for v in head.anatomy.vertebrae]
        muscle = head.anatomy.values["muscle"]
        assert tissue(head, 0.0, line(bodies[0], bodies[1])).min() > muscle
        assert tissue(head, 0.0, line(bodies[1], bodies[2], 200)).min() < muscle + 0.1


def test_only_grown_heads_have_a_frontal_sinus() -> None:
    def height(age: float) -> float:
        drawn = [draw_anatomy(np.random.default_rng(seed), age).details["frontal_sinus"] for seed in SEEDS]
        return float(np.median(drawn))

    assert height(6.5) == 0
    assert 0 < height(12.0) < height(25.0)
