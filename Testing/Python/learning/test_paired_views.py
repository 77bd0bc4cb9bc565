"""Slabs of a frozen dataset and the views made of them."""

import math
from dataclasses import replace

import numpy as np
import pytest
from learning.made_slabs import slab_study
from PIL import Image
from SOSStagingTrainingLib.learning.slabs import Slabs, cut_slabs, slab_file
from SOSStagingTrainingLib.study.roi import RoiBox
from SOSStagingTrainingLib.study.study import Study
from SOSStagingTrainingLib.study.types import StudyError

torch = pytest.importorskip("torch")

from SOSStagingTrainingLib.learning.batch import filled, joined  # noqa: E402
from SOSStagingTrainingLib.learning.methods import Detection  # noqa: E402
from SOSStagingTrainingLib.learning.paired_views import PairedViews, case_seed, to_slab_box  # noqa: E402
from SOSStagingTrainingLib.learning.settings import AugmentSettings, ViewSettings  # noqa: E402

STILL = AugmentSettings(**dict.fromkeys(AugmentSettings.__dataclass_fields__, 0.0))
GREYS_STILL = AugmentSettings(gain=0, offset=0, gamma=0, shading=0, noise=0)


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    return slab_study(tmp_path_factory.mktemp("slabs") / "study", 10)


@pytest.fixture(scope="module")
def slabs(study):
    dataset = study.freeze("all", min_per_stage=1)
    cut_slabs(study, dataset, study.folder / "slabs")
    return Slabs(dataset, study.folder / "slabs")


def names(slabs):
    return list(slabs.cases)


def test_slabs_are_cut_once_and_hold_greys_field_of_view_and_box(study, slabs):
    files = {path: path.stat().st_mtime_ns for path in slabs.folder.iterdir()}
    cut_slabs(study, slabs.dataset, slabs.folder)
    assert {path: path.stat().st_mtime_ns for path in slabs.folder.iterdir()} == files and len(files) == 10
    stored = slabs["slab-03"]
    assert stored.array.shape == (3, 96, 96) and stored.valid.all() and stored.spacing == 0.4
    low, high = np.percentile(stored.array.astype(float), [2, 98])
    assert abs(low) < 0.01 and abs(high - 1) < 0.01
    rows, columns = np.nonzero(stored.roi)
    edges = [columns.min() - 0.5, rows.min() - 0.5, columns.max() + 0.5, rows.max() + 0.5]
    assert np.allclose(stored.box, edges, atol=1)
    assert np.allclose(stored.box[2:] - stored.box[:2], [8 / 0.4, 6.4 / 0.4], atol=1e-6)


def test_all_scans_that_cannot_be_used_are_named_at_once(tmp_path):
    study = slab_study(tmp_path / "study", 5)
    dataset = study.freeze("all", min_per_stage=1)
    (study.folder / "slab-02.nrrd").unlink()
    (study.folder / "slab-04.nrrd").write_bytes(b"no scan")
    with pytest.raises(StudyError, match=r"2 scans cannot be trained from.*slab-02.*slab-04"):
        cut_slabs(study, dataset, tmp_path / "cache")
    slab_file(tmp_path / "cache", dataset.case("slab-01")).write_bytes(b"")
    with pytest.raises(StudyError, match="slab-01 cannot be read"):
        Slabs(dataset, tmp_path / "cache")["slab-01"]


def test_little_memory_reads_again_what_it_let_go(slabs):
    small = Slabs(slabs.dataset, slabs.folder, planes=1, memory=1)
    first = small["slab-01"]
    assert small["slab-02"].array.shape == (1, 96, 96)
    again = small["slab-01"]
    assert again is not first and np.array_equal(again.array, first.array)
    assert np.array_equal(first.array[0], slabs["slab-01"].middle)


def test_the_same_seeds_show_the_same_however_the_batch_is_split(slabs):
    views = PairedViews(slabs, ViewSettings(size=64, planes=3, crop=32), AugmentSettings())
    seeds = [case_seed(7, 3, n) for n in range(4)]
    whole = views.training(names(slabs)[:4], seeds, "expert")
    halves = joined([views.training(names(slabs)[a : a + 2], seeds[a : a + 2], "expert") for a in (0, 2)])
    for name, value in vars(whole).items():
        other = getattr(halves, name)
        assert value == other if name == "case" else torch.equal(value.nan_to_num(-9), other.nan_to_num(-9)), name
    assert torch.equal(whole.draws(5, 3), halves.draws(5, 3)) and whole.draws(5, 3).unique().numel() == 12
    other = views.training(names(slabs)[:4], [case_seed(7, 4, n) for n in range(4)], "expert")
    assert not torch.allclose(whole.image, other.image)


def test_a_view_without_augmentation_shows_the_slab_as_it_is(slabs):
    batch = PairedViews(slabs, ViewSettings(size=96, field="slab", planes=3), AugmentSettings()).plain(
        ["slab-01"], "none"
    )
    expected = torch.from_numpy(slabs["slab-01"].array.astype(np.float32)).clamp(-0.5, 2) - 0.4
    assert torch.allclose(batch.image[0], expected, atol=1e-4)
    assert torch.equal(batch.mask[0, 0].bool(), torch.from_numpy(slabs["slab-01"].roi))
    assert torch.allclose(batch.box[0], torch.tensor(slabs["slab-01"].box).float(), atol=1e-4)
    assert batch.crop.shape == (1, 3, 0, 0) and float(batch.spacing[0]) == pytest.approx(0.4)
    assert batch.stage.tolist() == [0] and batch.soft.tolist() == [[1, 0, 0, 0, 0]]


def test_box_and_mask_move_with_the_picture(slabs):
    # The plate is by far the brightest thing, so its middle tells where the box has to be.
    turned = AugmentSettings(rotation_deg=25, scale=0.2, shift_mm=4, gain=0, offset=0, gamma=0, shading=0, noise=0)
    batch = PairedViews(slabs, ViewSettings(size=80, field="slab"), turned).training(names(slabs), range(10), "none")
    for n in range(10):
        rows, columns = torch.nonzero(batch.mask[n, 0], as_tuple=True)
        middle = (batch.box[n, :2] + batch.box[n, 2:]) / 2
        assert abs(columns.float().mean() - middle[0]) < 1.2 and abs(rows.float().mean() - middle[1]) < 1.2
        inside = batch.image[n, 0][batch.mask[n, 0] > 0]
        assert inside.quantile(0.8) >= batch.image[n, 0].quantile(0.97)
        back = to_slab_box(batch.box[n].numpy(), batch.to_slab[n].numpy())
        assert np.allclose(back, slabs[batch.case[n]].box, atol=1e-3)


def test_the_crop_is_the_very_view_seen_through_the_box(slabs):
    view = ViewSettings(size=384, field="slab", crop=48, margin=0.5)
    batch = PairedViews(slabs, view, AugmentSettings(noise=0.0)).training(names(slabs), range(10), "expert")
    for n in range(10):
        x0, y0, x1, y1 = batch.crop_box[n].tolist()
        side = x1 - x0
        assert side == pytest.approx(y1 - y0, rel=1e-4)
        at = x0 + (torch.arange(48) + 0.5) * side / 48
        down = y0 + (torch.arange(48) + 0.5) * side / 48
        grid = torch.stack(torch.meshgrid(at / 191.5 - 1, down / 191.5 - 1, indexing="xy"), -1)[None]
        seen = torch.nn.functional.grid_sample(batch.image[n : n + 1], grid.float(), align_corners=True)[0]
        assert (seen - batch.crop[n]).abs().mean() < 0.02


def test_a_crop_may_be_cut_beside_the_box_as_by_a_detector(slabs):
    view = ViewSettings(size=96, field="slab", crop=32)
    off = replace(STILL, box_shift=0.2, box_scale=0.1)
    still = PairedViews(slabs, view, STILL).training(names(slabs), range(10), "expert")
    views = PairedViews(slabs, view, off)
    moved = views.training(names(slabs), range(10), "expert")
    assert torch.equal(moved.image, still.image) and torch.equal(moved.box, still.box)
    side = still.crop_box[:, 2] - still.crop_box[:, 0]
    box_side = (still.box.unflatten(1, (2, 2)).diff(dim=1)[:, 0]).amax(1)
    middles = (moved.crop_box - still.crop_box).unflatten(1, (2, 2)).mean(1) / box_side[:, None]
    zoom = (moved.crop_box[:, 2] - moved.crop_box[:, 0]) / side
    assert 0.05 < middles.abs().max() < 0.2001 and 0.02 < (zoom - 1).abs().max() < 0.1001
    # Held-out cases are cut as they are.
    assert torch.equal(views.plain(names(slabs), "expert").crop_box, still.crop_box)


def test_a_teachers_crop_is_shown_as_the_teacher_was_shown_it(slabs):
    teacher = ViewSettings(size=64, planes=1, crop=40, margin=0.2)
    alone = PairedViews(slabs, teacher, AugmentSettings()).training(["slab-01"], [5], "expert")
    views = PairedViews(slabs, ViewSettings(size=96, planes=3, crop=16), AugmentSettings(), crop_view=teacher)
    beside = views.training(["slab-01"], [5], "expert")
    assert beside.image.shape == (1, 3, 96, 96)
    assert torch.allclose(beside.crop, alone.crop, atol=1e-3)


def test_what_a_detector_found_is_laid_on_the_view(slabs):
    found = {"slab-01": Detection((20.0, 30.0, 50.0, 44.0), 0.7)}
    views = PairedViews(slabs, ViewSettings(size=96, field="slab", crop=32, margin=0.0), STILL, found)
    batch = views.training(["slab-01", "slab-02"], [1, 2], "detected")
    assert batch.detected[0].tolist() == pytest.approx([20, 30, 50, 44]) and batch.has_detection.tolist() == [
        True,
        False,
    ]
    assert batch.confidence[0] == pytest.approx(0.7) and math.isnan(batch.confidence[1])
    assert torch.equal(batch.detected_mask, filled(batch.detected, 96, 96))
    assert batch.detected_mask[0].sum() == 31 * 15 and batch.detected_mask[1].sum() == 0
    assert batch.crop_box[0].tolist() == pytest.approx([20, 22, 50, 52])
    assert batch.crop_box[1].tolist() == pytest.approx([-0.5, -0.5, 95.5, 95.5])
    assert views.has_crop("slab-01", "detected") and not views.has_crop("slab-02", "detected")


def test_a_case_without_box_says_so(tmp_path):
    study = slab_study(tmp_path / "study", 5, boxes=False)
    dataset = study.freeze("all", min_per_stage=1)
    cut_slabs(study, dataset, tmp_path / "cache")
    views = PairedViews(Slabs(dataset, tmp_path / "cache"), ViewSettings(size=32, crop=16), AugmentSettings())
    batch = views.training(["slab-01"], [1], "expert")
    assert not batch.has_box.any() and batch.mask.sum() == 0 and not views.has_crop("slab-01", "expert")


def test_greys_change_by_no_more_than_they_may(slabs):
    views = PairedViews(
        slabs, ViewSettings(size=48, field="slab"), AugmentSettings(rotation_deg=0, scale=0, shift_mm=0)
    )
    still = PairedViews(slabs, ViewSettings(size=48, field="slab"), STILL)
    a, b = views.training(names(slabs), range(10), "none"), still.training(names(slabs), range(10), "none")
    assert 0.005 < (a.image - b.image).abs().mean() < 0.3
    # Anatomy stays: what was bright still is.
    for n in range(10):
        assert torch.corrcoef(torch.stack([a.image[n].flatten(), b.image[n].flatten()]))[0, 1] > 0.9


@pytest.mark.parametrize(("facing", "spacing"), [("right", 0.8), ("left", 0.8), ("right", None)])
def test_pictures_are_slabs_too_with_their_boxes_where_they_were_drawn(tmp_path, facing, spacing):
    study = Study.create(tmp_path / "study")
    grey = np.random.default_rng(1).integers(60, 90, (220, 260)).astype(np.uint8)
    grey[100:120, 60:90] = 250
    Image.fromarray(grey).save(tmp_path / "study" / "slice.png")
    case = study.add_case(tmp_path / "study" / "slice.png", spacing_mm=spacing, facing=facing)
    corners = [case.geometry.to_ras(np.array([x, y, 0.0])) for x, y in ((59.5, 99.5), (89.5, 119.5))]
    study.append_label(case.name, "anna", 3, rois=[RoiBox.from_bounds(np.min(corners, 0), np.max(corners, 0))])
    dataset = study.freeze("all", min_per_stage=0)
    cut_slabs(study, dataset, tmp_path / "cache")
    slabs = Slabs(dataset, tmp_path / "cache")
    stored = slabs[case.name]
    assert stored.array.shape == (3, 640, 640) and math.isnan(stored.spacing) == (spacing is None)
    bright = stored.middle > 0.5 * stored.middle.max()
    assert (stored.roi & bright).sum() > 0.95 * bright.sum() and (stored.roi & bright).sum() > 0.9 * stored.roi.sum()
    batch = PairedViews(slabs, ViewSettings(size=128), AugmentSettings()).training([case.name], [3], "none")
    assert batch.image[0, 0][batch.mask[0, 0] > 0].mean() > batch.image.mean() + 0.5
    assert math.isnan(batch.spacing[0]) == (spacing is None)
