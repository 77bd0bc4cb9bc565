"""Pictures show the scan's grey values robustly and the heat where it lies, on an absolute scale."""

import dataclasses

import numpy as np
import pytest
from report.made_results import SIZE, SOS_PX, make_gradcam, make_slab
from SOSStagingLib.report.colours import OPACITY, SHOWN_FROM, heat_rgba, heat_table
from SOSStagingLib.report.picture import close_view, colour_bar, grey_window, slice_picture, whole_view, with_colour_bar
from SOSStagingLib.scan.geometry import Geometry


def heat(image):
    pixels = np.asarray(image, float)
    return np.ptp(pixels, axis=-1) > 40


def heat_middle(image, view):
    rows, columns = np.nonzero(heat(image))
    return (
        (columns.mean() + 0.5 - view.size / 2) / view.scale + view.center[0],
        (rows.mean() + 0.5 - view.size / 2) / view.scale + view.center[1],
    )


@pytest.mark.parametrize(("yaw", "roll"), [(0, 0), (8, -6)])
def test_heat_lies_on_the_synchondrosis(yaw, roll):
    slab = make_slab(yaw, roll)
    for view in (whole_view(slab), close_view(slab, SOS_PX, 60)):
        picture = slice_picture(slab, view, make_gradcam(slab), scale_known=False)
        assert heat_middle(picture, view) == pytest.approx(SOS_PX, abs=0.6)
    assert not heat(slice_picture(slab, view)).any()


def test_gradcam_with_another_grid_and_offset_still_lies_right():
    slab = make_slab(5, 5)
    whole = make_gradcam(slab)
    matrix = whole.geometry.ijk_to_ras.copy()
    matrix[:3, 3] = whole.geometry.to_ras((10, 12, 0))
    array = whole.array[12:42, 10:45]
    part = dataclasses.replace(whole, array=array, geometry=Geometry((1, *array.shape), matrix))
    view = whole_view(slab)
    assert heat_middle(slice_picture(slab, view, part), view) == pytest.approx(SOS_PX, abs=0.6)


def test_scale_is_absolute_so_weak_evidence_shows_nothing():
    slab = make_slab()
    assert not heat(slice_picture(slab, gradcam=make_gradcam(slab, peak=0.9 * SHOWN_FROM))).any()
    weak = heat(slice_picture(slab, gradcam=make_gradcam(slab, peak=0.4))).sum()
    assert 0 < weak < heat(slice_picture(slab, gradcam=make_gradcam(slab, peak=0.9))).sum()


def test_heat_colours_grow_lighter_and_start_transparent():
    luminance = heat_table() @ (0.2126, 0.7152, 0.0722)
    assert (np.diff(luminance) > 0).all()
    assert (heat_rgba([0.0, SHOWN_FROM, np.nan])[:, 3] == 0).all()
    assert heat_rgba(1.0)[3] == heat_rgba(9.0)[3] == OPACITY


def test_metal_and_the_outside_do_not_move_the_grey_window():
    slab = make_slab()
    with_metal = slab.array.copy()
    with_metal[:, 100:104, 100:110] = 20000
    with_metal[:, :10] = -30000  # outside the field of view
    low, high = grey_window(slab)
    metal_low, metal_high = grey_window(dataclasses.replace(slab, array=with_metal))
    assert metal_low == pytest.approx(low, abs=30)
    assert metal_high == pytest.approx(high, abs=30)
    assert -1000 <= low < 0
    assert 900 < high < 1400


@pytest.mark.parametrize("fill", [0.0, np.nan, 7.5])
def test_empty_slab_still_gives_a_picture(fill):
    slab = make_slab()
    blank = dataclasses.replace(slab, array=np.full_like(slab.array, fill), valid=np.zeros_like(slab.valid))
    assert slice_picture(blank).size == (720, 720)
    assert slice_picture(dataclasses.replace(blank, valid=np.ones_like(slab.valid))).size == (720, 720)


def test_scale_bar_has_its_length_and_is_left_out_when_unknown():
    slab = make_slab()
    view = close_view(slab, (SIZE / 2, SIZE / 2), 100)
    bar_row = view.size - view.size // 30 - 2
    with_bar = np.asarray(slice_picture(slab, view))[bar_row, :, 0]
    without = np.asarray(slice_picture(slab, view, scale_known=False))[bar_row, :, 0]
    white = np.flatnonzero((with_bar == 255) & (without != 255))
    assert np.ptp(white) / 7.2 == pytest.approx(20, abs=0.5)  # 720 pixels for 100 mm


def test_mark_is_a_ring_that_leaves_the_middle_visible():
    slab = make_slab()
    view = close_view(slab, SOS_PX, 60)
    plain, marked = (np.asarray(slice_picture(slab, view, mark=m), int) for m in (None, SOS_PX))
    changed = np.argwhere(np.abs(marked - plain).sum(axis=-1) > 0) - (view.size - 1) / 2
    radius_mm = np.hypot(*changed.T) / (view.size / 60)
    assert radius_mm.min() > 5
    assert np.abs(changed.mean(axis=0)).max() < 1


def test_legend_is_added_below():
    picture = slice_picture(make_slab())
    assert with_colour_bar(picture).height > picture.height
    bar = np.asarray(colour_bar(100, 4))
    assert (np.ptp(bar[0, :15], axis=-1) == 0).all()
    assert np.ptp(bar[0, -1]) > 40
