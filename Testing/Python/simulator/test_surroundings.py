"""Windows from a warped real head: the plate lies where the label says, at every size; unusable scans are named."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from scan.real_heads import DEMO_HEAD
from SOSStagingTrainingLib.simulator.surroundings import (
    Surroundings,
    SurroundingsError,
    Warp,
    draw_real_sample,
    surroundings,
)
from SOSStagingTrainingLib.simulator.windows import draw_frame, fine_window


def test_a_warp_is_undone() -> None:
    warp = Warp.draw(np.random.default_rng(3))
    point = np.array([4.0, -12.0, -21.0])
    there = warp(point[None].astype(np.float32))[0]
    assert np.linalg.norm(there - point) > 0.5
    assert warp.undo(there) == pytest.approx(point, abs=0.02)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_an_open_plate_is_a_dark_line_between_its_labelled_ends(seed: int) -> None:
    rng = np.random.default_rng(seed)
    warp = Warp.draw(rng)
    head = surroundings(DEMO_HEAD).draw(rng, 1, warp)
    frame = draw_frame(rng, head, 0.0)
    center = frame.project(head.landmark("sos"))[:2]
    window = fine_window(head, frame, center)[1]
    ends = np.array([frame.project(p)[:2] - center for p in head.plate_points()]) / 0.4 + (window.shape[0] - 1) / 2
    line = ends[1] + np.linspace(0.2, 0.8, 30)[:, None] * (ends[2] - ends[1])
    normal = np.array([ends[2, 1] - ends[1, 1], ends[1, 0] - ends[2, 0]]) / np.linalg.norm(ends[2] - ends[1])

    def along(off_mm: float) -> np.ndarray:
        at = np.rint(line + off_mm / 0.4 * normal).astype(int)
        return window[at[:, 1], at[:, 0]]

    beside = (along(3.0) + along(-3.0)) / 2
    darkest = np.min([along(off) for off in (-1.2, -0.8, -0.4, 0.0, 0.4, 0.8, 1.2)], axis=0)
    assert head.stage == 1
    assert np.median(beside - darkest) > 0.04


def test_examples_are_labelled_and_the_same_for_a_seed() -> None:
    first, again = (draw_real_sample(DEMO_HEAD, 7, 4) for _ in range(2))
    for a, b in zip(first, again, strict=True):
        assert np.array_equal(a.fine, b.fine)
        assert np.array_equal(a.coarse, b.coarse)
    staged = [s for n in range(6) for s in draw_real_sample(DEMO_HEAD, 7, n) if s.fine_present]
    assert {s.stage for s in staged} >= {1, 5}
    for sample in staged:
        assert np.isfinite(sample.fine_points).all()
        # Of the first look's landmarks only those that were marked are asked for.
        assert np.isfinite(sample.landmarks).all(axis=1).tolist() == [True, True, True, False, False, False, False]


def test_a_closed_plate_lies_where_plates_lie_and_not_where_a_sinus_has_left_bone() -> None:
    lies: dict[int, list[float]] = {1: [], 5: []}
    for stage, found in lies.items():
        for seed in range(12):
            rng = np.random.default_rng(seed)
            head = surroundings(DEMO_HEAD).draw(rng, stage, Warp.draw(rng))
            basion, line = head.landmark("basion"), head.landmark("dorsum") - head.landmark("basion")
            assert head.plate_points()[0] == pytest.approx(head.landmark("sos"))
            found.append(float((head.landmark("sos") - basion) @ line / (line @ line)))
    assert 0.5 < np.median(lies[5]) < 0.6
    # The sinus of this head leaves room for a visible plate further down only.
    assert 0.35 < np.median(lies[1]) < 0.45


def copied(folder: Path) -> Path:
    shutil.copy(DEMO_HEAD, folder / "head.nrrd")
    return folder / "head.nrrd"


def test_a_head_without_points_says_what_to_mark(tmp_path: Path) -> None:
    with pytest.raises(SurroundingsError, match=r"head\.mrk\.json is missing.*basion"):
        Surroundings.read(copied(tmp_path))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("not json", "no Markups file"),
        (json.dumps({"markups": [{"controlPoints": [{"label": "basion", "position": [0, 0, 0]}]}]}), "labelled dorsum"),
        (
            json.dumps(
                {
                    "markups": [
                        {
                            "coordinateSystem": "RAS",
                            "controlPoints": [
                                {"label": "basion", "position": [-128, -70, 88]},
                                {"label": "dorsum", "position": [-128, -60, 127]},
                            ],
                        }
                    ]
                }
            ),
            "cannot lend its surroundings",
        ),
    ],
)
def test_points_that_cannot_be_used_are_named(text: str, words: str, tmp_path: Path) -> None:
    path = copied(tmp_path)
    (tmp_path / "head.mrk.json").write_text(text)
    with pytest.raises(SurroundingsError, match=words):
        Surroundings.read(path).draw(np.random.default_rng(1), 1, Warp.draw(np.random.default_rng(1)))
