"""Attention beside chance: a map that looks at the right place, one that looks nowhere, and one that lies."""

from __future__ import annotations

import numpy as np
import pytest
from SOSStagingTrainingLib.evaluation.attention import deletion, roi_attention, slab_deletion, to_cells

ROI = np.zeros((16, 16), bool)
ROI[4:8, 8:12] = True


def test_a_uniform_map_has_what_the_area_gives() -> None:
    got = roi_attention(np.ones((16, 16)), ROI)
    assert got.roi_mass == got.peak_inside == got.uniform_share == pytest.approx(16 / 256)


def test_only_the_valid_area_counts() -> None:
    valid = np.zeros((16, 16), bool)
    valid[:8] = True
    cam = np.full((16, 16), 5.0)
    cam[:8] = 1.0
    got = roi_attention(cam, ROI, valid)
    assert got.roi_mass == got.uniform_share == pytest.approx(16 / 128)


def test_mass_and_peak_are_told_apart() -> None:
    cam = np.where(ROI, 1.0, 0.0)
    cam[0, 0] = 4.0
    got = roi_attention(cam, ROI)
    assert got.roi_mass == pytest.approx(16 / 20) and got.peak_inside == 0.0


def test_an_empty_map_looks_at_nothing_and_a_broken_one_is_refused() -> None:
    got = roi_attention(np.zeros((16, 16)), ROI)
    assert (got.roi_mass, got.peak_inside) == (0.0, 0.0)
    for broken in (np.full((16, 16), np.nan), -np.ones((16, 16))):
        with pytest.raises(ValueError, match="below 0 or not finite"):
            roi_attention(broken, ROI)
    with pytest.raises(ValueError, match="one shape"):
        roi_attention(np.ones((8, 8)), ROI)


def looks_at_roi(image: np.ndarray) -> np.ndarray:
    """Probability of stage 1 from how rough the picture is inside the ROI alone."""
    rough = image[:, 16:32, 32:48].std()
    return np.array([rough / (1 + rough), 1 / (1 + rough)])


PICTURE = np.random.default_rng(0).normal(0, 3, (3, 64, 64)).astype(np.float32)


def test_blurring_what_the_answer_rests_on_costs_more_than_blurring_elsewhere() -> None:
    got = deletion(PICTURE, ROI.astype(float), looks_at_roi, share=16 / 256, blur_px=6)
    assert got.pixels == 256
    assert got.hot_drop > 0.3 > 0.1 > abs(got.random_drop)
    again = deletion(PICTURE, ROI.astype(float), looks_at_roi, share=16 / 256, blur_px=6)
    assert again == got


def test_a_map_that_points_elsewhere_is_found_out() -> None:
    lying = np.roll(ROI, (8, -6), (0, 1)).astype(float)
    got = deletion(PICTURE, lying, looks_at_roi, share=16 / 256, blur_px=6)
    assert got.hot_drop == pytest.approx(0.0, abs=1e-6)


def test_random_regions_stay_where_they_may_lie_and_clear_of_the_hot_one() -> None:
    valid = np.zeros((16, 16), bool)
    valid[4:8, 4:12] = True  # the ROI and as much beside it
    seen = []

    def predict(image: np.ndarray) -> np.ndarray:
        seen.append(np.any(image != PICTURE, axis=0))
        return looks_at_roi(image)

    nearby = valid.copy()
    nearby[4] = False
    deletion(PICTURE, ROI.astype(float), predict, valid=valid, nearby=nearby, share=0.25, blur_px=6)
    changed = to_cells(np.any(seen[1:-1], axis=0), (16, 16))
    hot = to_cells(seen[-1], (16, 16))
    assert len(seen) == 10 and hot.sum() == 8 and (hot <= ROI).all()
    assert not (changed & (hot | ~nearby)).any() and changed.sum() >= 8
    with pytest.raises(ValueError, match="no room for a second region"):
        deletion(PICTURE, ROI.astype(float), predict, valid=ROI, share=1.0)


def test_an_empty_map_drops_nothing() -> None:
    got = deletion(PICTURE, np.zeros((16, 16)), looks_at_roi)
    assert (got.hot_drop, got.random_drop, got.pixels) == (0.0, 0.0, 0)


def test_a_grid_that_does_not_fit_is_refused() -> None:
    with pytest.raises(ValueError, match="evenly"):
        deletion(PICTURE, np.ones((15, 16)), looks_at_roi)


def test_the_bundled_model_rests_its_answer_on_what_its_map_shows() -> None:
    pytest.importorskip("torch")
    from SOSStagingLib.model.library import default_model
    from SOSStagingLib.model.predictor import Predictor
    from SOSStagingTrainingLib.simulator.heads import simulate_slab

    model = default_model()
    if model is None:
        pytest.skip("no model is bundled")
    predictor = Predictor.load(model, "cpu")
    slab, _ = simulate_slab(2_000_001)
    got = slab_deletion(predictor, slab, predictor.card["calibration"]["temperature"], regions=2)
    assert got.hot_drop > got.random_drop + 0.05
