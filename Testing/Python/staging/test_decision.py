"""From the student's raw answer to stage, position and refusal."""

from dataclasses import replace

import numpy as np
import pytest
from SOSStagingLib.scan.types import Finding, Plane
from SOSStagingLib.staging import decision
from staging.conftest import make_slab
from staging.fake_engine import CARD, prediction


def test_stage_counts_from_one_and_lies_in_the_plausible_set():
    answer = decision.answer(prediction(stage=5), CARD, widen=False)
    assert answer.stage == 5 and 5 in answer.plausible_stages
    assert sum(answer.probabilities) == pytest.approx(1)
    assert answer.expected_stage == pytest.approx(sum(p * (n + 1) for n, p in enumerate(answer.probabilities)))


def test_a_warning_widens_the_plausible_set():
    plain = decision.answer(prediction(stage=3), CARD, widen=False).plausible_stages
    wide = decision.answer(prediction(stage=3), CARD, widen=True).plausible_stages
    assert set(plain) < set(wide)


@pytest.mark.parametrize(
    ("code", "value", "hidden"),
    [
        ("slices_coarse", 7.0, True),
        ("spacing_coarse", 3.2, True),
        ("spacing_coarse", 2.0, False),
        ("noise", 7.0, False),
    ],
)
def test_every_stage_is_plausible_where_an_open_plate_fits_between_slices(code, value, hidden):
    assert decision.hides_open_plate([Finding(code, "warning", "Too coarse.", value, 1.0)]) is hidden
    stages = decision.answer(prediction(stage=2), CARD, widen=True, hidden=hidden).plausible_stages
    assert (stages == (1, 2, 3, 4, 5)) is hidden


def test_position_and_box_in_ras():
    slab = make_slab()
    here = replace(prediction(), sos_px=(100.0, 200.0), box_px=(90.0, 190.0, 110.0, 220.0))
    sos = decision.locate(here, slab, "volume")
    np.testing.assert_allclose(sos.center_ras_mm, slab.geometry.to_ras([100, 200, 1]))
    low, high = sos.box_ras_mm
    corners = np.array([slab.geometry.to_ras([x, y, 1]) for x in (90, 110) for y in (190, 220)])
    lateral = 10 * slab.geometry.directions[:, 2]
    every = np.concatenate([corners + lateral, corners - lateral])
    np.testing.assert_allclose(low, every.min(0))
    np.testing.assert_allclose(high, every.max(0))
    assert sos.center_px is None


def test_position_in_a_mirrored_picture_is_in_its_own_pixels():
    # Mirrored, scaled by 2 and shifted: x_slab = 600 - 2 x, y_slab = 2 y + 10.
    slab = make_slab(picture_to_slab=np.array([[-2.0, 0, 600], [0, 2, 10], [0, 0, 1]]))
    sos = decision.locate(replace(prediction(), sos_px=(400.0, 210.0)), slab, "picture")
    assert sos.center_px == pytest.approx((100.0, 100.0)) and sos.center_ras_mm is None


def test_gradcam_grid_lies_on_the_cell_centres():
    slab = make_slab()
    cam = decision.gradcam(prediction(), slab, CARD)
    assert cam.geometry.shape == (1, 160, 160) and cam.full_scale == 2.0
    # Cell (r, c) covers slab pixels 4 r .. 4 r + 3.
    np.testing.assert_allclose(cam.geometry.to_ras([10, 20, 0]), slab.geometry.to_ras([41.5, 81.5, 1]))
    np.testing.assert_allclose(cam.geometry.directions, slab.geometry.directions, atol=1e-12)


def test_gradcam_shares():
    slab = make_slab()
    cam = np.zeros((160, 160), np.float32)
    cam[80, 80], cam[80, 90], cam[10, 10], cam[0, 0] = 1, 2, 1, -5  # in the box; 16 mm off; far; negative
    measured = decision.gradcam(replace(prediction(), cam=cam), slab, CARD)
    assert measured.share_in_box == pytest.approx(0.25)
    assert measured.share_within_20mm == pytest.approx(0.75)
    empty = decision.gradcam(replace(prediction(), cam=np.zeros_like(cam)), slab, CARD)
    assert empty.share_in_box == empty.share_within_20mm == 0.0


def test_a_synchondrosis_that_is_not_seen_is_refused():
    (reason,) = decision.refusals(prediction(presence=0.2), make_slab(), CARD)
    assert reason.code == "sos_not_found" and reason.severity == "refuse" and reason.limit == 0.5


@pytest.mark.parametrize(("column", "refused"), [(300, True), (306, True), (309, False), (320, False)])
def test_a_synchondrosis_at_the_edge_is_refused(column, refused):
    slab = make_slab()
    slab.valid[:, :, :300] = False  # 3 mm are 7.5 pixels
    reasons = decision.refusals(prediction(sos_px=(float(column), 300.0)), slab, CARD)
    assert [r.code for r in reasons] == (["sos_at_edge"] if refused else [])


def test_the_slabs_own_border_is_an_edge_too():
    for where in [(2.0, 300.0), (300.0, 637.0), (-50.0, 300.0), (1e6, 0.0)]:
        assert [r.code for r in decision.refusals(prediction(sos_px=where), make_slab(), CARD)] == ["sos_at_edge"]


def test_numbers_that_are_not_finite_are_refused():
    for broken in (prediction(presence=float("nan")), prediction(sos_px=(float("inf"), 1.0))):
        assert [r.code for r in decision.refusals(broken, make_slab(), CARD)] == ["network_not_finite"]


def test_an_unsure_plane_is_a_warning_and_none_a_refusal_unless_the_user_set_it():
    origin, normal = np.zeros(3), np.array([1.0, 0, 0])
    assert decision.plane_finding(Plane(origin, normal, 0.1)).severity == "refuse"
    assert decision.plane_finding(Plane(origin, normal, 0.4)).severity == "warning"
    assert decision.plane_finding(Plane(origin, normal, 0.9)) is None
    assert decision.plane_finding(Plane(origin, normal, 0.1, source="user")) is None


def test_the_slab_with_the_highest_presence_is_chosen():
    assert decision.most_present([prediction(0.2), prediction(0.9), prediction(float("nan")), prediction(0.8)]) == 1
