"""Each fault of the scanner does what it claims, as much as asked for, in volumes and slabs alike."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from scipy.ndimage import gaussian_filter
from SOSStagingLib.scan.geometry import Geometry
from SOSStagingTrainingLib.simulator.display import WIDEST_PANE, Display, screenshot
from SOSStagingTrainingLib.simulator.faults import hardening_field, scatter_field
from SOSStagingTrainingLib.simulator.heads import FIELDS_OF_VIEW, VolumeSettings, simulate_volume
from SOSStagingTrainingLib.simulator.placement import Coarse, Placement
from SOSStagingTrainingLib.simulator.scanner import CLEAN, USUAL_NOISE, Scanner, expose
from SOSStagingTrainingLib.simulator.supports import add_supports

VOXEL = 2.0
SHAPE = (41, 61, 61)
MIDDLE = (np.array(SHAPE) - 1) / 2
NEW = ("scatter", "truncation", "hardening", "rings", "motion", "metal", "chin_rest", "head_band")
TINY = VolumeSettings(size_mm=(40.0, 50.0, 40.0), voxel_mm=4.0)


def tissue_at(points: np.ndarray) -> np.ndarray:
    """A head of brain in a skull, two dense bones beside the middle, and a neck that goes on below."""
    x, y, z = np.moveaxis(points, -1, 0)
    r = np.sqrt((x / 42) ** 2 + (y / 48) ** 2 + (z / 46) ** 2)
    value = np.where(r < 1, 1.0, 0.0)
    value[(r > 0.9) & (r < 1)] = 2.2
    for side in (-1, 1):
        value[(x - side * 22) ** 2 + (y + 4) ** 2 + (z + 4) ** 2 < 8**2] = 2.8
    return value.astype(np.float32)


def volume() -> tuple[np.ndarray, Placement]:
    voxels = Geometry.from_axes(SHAPE, -MIDDLE[::-1] * VOXEL, np.eye(3), [VOXEL] * 3)
    ijk = np.stack(np.meshgrid(*(np.arange(n) for n in SHAPE), indexing="ij")[::-1], axis=-1)
    tissue = tissue_at(voxels.to_ras(ijk))
    return tissue, Placement.of_volume(tissue, [VOXEL] * 3, MIDDLE, MIDDLE)


def slab(around: Placement) -> tuple[np.ndarray, Placement]:
    """Three sagittal planes through the same head: rows from superior to inferior, columns to anterior."""
    shape = (3, SHAPE[0], SHAPE[1])
    directions = np.array([[0.0, 0.0, 1.0], [1.0, 0.0, 0.0], [0.0, -1.0, 0.0]])
    origin = [-1.5, -MIDDLE[1] * VOXEL, MIDDLE[0] * VOXEL]
    voxels = Geometry.from_axes(shape, origin, directions, [VOXEL, VOXEL, 1.5])
    ijk = np.stack(np.meshgrid(*(np.arange(n) for n in shape), indexing="ij")[::-1], axis=-1)
    return tissue_at(voxels.to_ras(ijk)), replace(around, voxels=voxels)


def shot(scanner: Scanner, place: Placement | None = None, tissue: np.ndarray | None = None) -> np.ndarray:
    """The exposed volume in units of (brain - air), air 0."""
    made = volume()
    tissue, place = (made[0] if tissue is None else tissue), place or made[1]
    return expose(tissue, scanner, np.random.default_rng(1), place) / 1000.0 + 1


def change(fault: str, severity: float) -> np.ndarray:
    return shot(Scanner.with_only(fault, severity)) - shot(CLEAN)


def test_the_default_draw_has_every_fault_sometimes() -> None:
    drawn = [Scanner.draw(np.random.default_rng(seed)) for seed in range(200)]
    for name in NEW:
        assert 0.03 < np.mean([getattr(s, name) > 0 for s in drawn]) < 0.97
    assert {s.bits for s in drawn} == {8, 12, 16}


@pytest.mark.parametrize("fault", ["scatter", "hardening", "truncation", "rings", "motion", "metal", "streaks"])
def test_no_severity_changes_nothing(fault: str) -> None:
    base = replace(CLEAN, noise=0.05, cupping=0.1, pattern=7)
    assert np.array_equal(shot(Scanner.with_only(fault, 0, base)), shot(base))


def test_an_unknown_fault_or_depth_is_refused_with_the_choices() -> None:
    with pytest.raises(ValueError, match="scatter"):
        Scanner.with_only("scater", 0.1)
    with pytest.raises(ValueError, match="8, 12 or 16"):
        Scanner.with_only("bits", 10)


@pytest.mark.parametrize("dose", [0.25, 1.0, 4.0])
def test_noise_goes_with_the_root_of_the_dose(dose: float) -> None:
    scanner = CLEAN.with_dose(dose)
    assert (shot(scanner) - shot(CLEAN)).std() == pytest.approx(USUAL_NOISE / dose**0.5, rel=0.03)
    assert scanner.dose == pytest.approx(dose)


@pytest.mark.parametrize("make", [scatter_field, hardening_field])
def test_shade_is_as_deep_as_asked(make: Callable[[Coarse, float], Coarse]) -> None:
    around = volume()[1].around
    head = (around.values > 0.5) & (around.values < (1.15 if make is hardening_field else 9))
    assert np.percentile(make(around, 0.2).values[head], 5) == pytest.approx(-0.2, abs=0.01)
    assert make(around, 0.2).values.min() >= -0.6


@pytest.mark.parametrize("fault", ["scatter", "hardening"])
def test_it_is_darkest_between_dense_bones(fault: str) -> None:
    shade = change(fault, 0.2)
    k, j, i = (MIDDLE - [2, 2, 0]).astype(int)
    assert shade[k, j, i] < min(shade[k, j + 15, i], shade[k, j - 15, i]) - 0.02


def test_scatter_is_broad_and_lightens_where_there_is_little_bone() -> None:
    tissue, _ = volume()
    shade = change("scatter", 0.2)
    assert abs(shade - gaussian_filter(shade, 2)).max() < 0.05
    assert shade[tissue > 0.5].max() > 0.02
    assert change("scatter", 0.1) == pytest.approx(shade / 2, abs=0.002)


def test_truncation_brightens_the_rim_only_where_the_head_goes_on() -> None:
    _, whole = volume()
    cut = replace(whole, radii=(34.0, 34.0))
    added = shot(Scanner.with_only("truncation", 0.4), cut) - shot(CLEAN, cut)
    k, j, i = MIDDLE.astype(int)
    profile = added[k, j, i : i + 18]
    assert profile[-2] > 0.12
    assert np.all(np.diff(profile) >= -0.002)
    assert added.max() == pytest.approx(0.4, abs=0.1)
    assert profile[0] < 0.02
    uncut = shot(Scanner.with_only("truncation", 0.4), whole) - shot(CLEAN, whole)
    assert abs(uncut[:, :, :4]).max() < 0.1 * added.max()


def test_rings_are_concentric_about_the_axis() -> None:
    bands = change("rings", 0.1)
    y, x = np.indices(SHAPE[1:]) - MIDDLE[1:, None, None]
    radius = np.hypot(x, y)
    rim = (radius > 9.5) & (radius < 30)
    kinds = np.unique(np.round(radius[rim] ** 2).astype(int), return_inverse=True)[1]
    plane = bands[5][rim]
    means = np.bincount(kinds, plane) / np.bincount(kinds)
    # All voxels at one radius are alike, and radii differ.
    assert np.sqrt(np.mean((plane - means[kinds]) ** 2)) < 0.01 * plane.std() + 0.001
    assert 0.03 < plane.std() < 0.25
    other = Scanner.with_only("rings", 0.1, replace(CLEAN, pattern=9))
    assert not np.allclose(bands, shot(other) - shot(CLEAN), atol=0.01)


def test_motion_doubles_an_edge() -> None:
    tissue = np.zeros(SHAPE, np.float32)
    _, place = volume()
    tissue[: SHAPE[0] // 2] = 1.0
    seen = shot(Scanner.with_only("motion", 12.0, replace(CLEAN, pattern=3)), place, tissue)
    sharp = shot(CLEAN, place, tissue)
    _, j, i = MIDDLE.astype(int)
    profile = seen[:, j, i]
    between = (profile > 0.1) & (profile < 0.9)
    assert not ((sharp[:, j, i] > 0.1) & (sharp[:, j, i] < 0.9)).any()
    # The second contour lies some millimetres from the first, with a plateau between them.
    assert 2 <= between.sum() <= 8
    assert (abs(np.diff(profile)) > 0.15).sum() >= 2


def test_streaks_spread_in_the_plane_of_the_metal() -> None:
    _, place = volume()
    place = replace(place, metal=np.array([[10.0, 40.0, 0.0], [-12.0, 38.0, 0.0]]))
    added = shot(Scanner.with_only("streaks", 0.1), place) - shot(CLEAN, place)
    k, _, _ = MIDDLE.astype(int)
    assert 0.03 < added[k, :30].std() < 0.2
    assert abs(added[k + 15, :30]).max() < 0.02
    assert added.max() > 2


@pytest.mark.parametrize(
    ("fault", "severity"), [("cupping", 0.2), ("scatter", 0.2), ("hardening", 0.2), ("rings", 0.1), ("truncation", 0.4)]
)
def test_a_slab_shows_the_cut_through_the_volumes_fault(fault: str, severity: float) -> None:
    tissue, place = volume()
    place = replace(place, radii=(34.0, 34.0))
    section, cut = slab(place)
    scanner = Scanner.with_only(fault, severity)
    whole = shot(scanner, place, tissue) - shot(CLEAN, place, tissue)
    thin = shot(scanner, cut, section) - shot(CLEAN, cut, section)
    through = whole[::-1, :, int(MIDDLE[2])]
    assert through.std() > 0.005
    assert thin[1] == pytest.approx(through, abs=0.003)


@pytest.mark.parametrize(("bits", "low", "high"), [(8, 0, 255), (12, 0, 4095)])
def test_export_keeps_to_its_bits(bits: int, low: int, high: int) -> None:
    tissue, place = volume()
    scanner = Scanner.with_only("bits", bits, replace(CLEAN, noise=0.1))
    stored = expose(tissue * 3, scanner, np.random.default_rng(1), place)
    assert low == stored.min()
    assert stored.max() == high
    fine = expose(tissue * 3, replace(scanner, bits=16), np.random.default_rng(1), place)
    inside = (stored > low) & (stored < high)
    assert np.corrcoef(stored[inside], fine[inside])[0, 1] > 0.999


def test_supports_lie_on_the_skin_and_spare_the_head() -> None:
    tissue, place = volume()
    marks = {"sella": [0.0, 0.0, -10.0], "nasion": [0.0, 46.0, -4.0], "chin": [0.0, 12.0, -36.0]}
    band_only = add_supports(tissue, place, marks, 0.0, 0.8)
    rest_only = add_supports(tissue, place, marks, 0.6, 0.0)
    assert np.array_equal(add_supports(tissue, place, marks, 0.0, 0.0), tissue)
    for painted, density, above in ((band_only, 0.8, True), (rest_only, 0.6, False)):
        new = painted != tissue
        assert not new[tissue > 0.4].any()
        assert painted[new].max() <= density + 1e-6
        assert painted[new].max() > 0.6 * density
        middle = np.argwhere(new)[:, 0].mean()
        assert (middle > MIDDLE[0]) == above
    with pytest.raises(ValueError, match="nasion"):
        add_supports(tissue, place, {"sella": [0, 0, 0]}, 1.0, 0.0)


def test_a_screenshot_is_windowed_and_may_face_left() -> None:
    tissue, place = volume()
    scanner = replace(CLEAN, gain=0.8, offset=120.0)
    plane = expose(tissue, scanner, np.random.default_rng(1), place)[::-1, :, 30]
    right = screenshot(plane, Display.clinical(scanner, 0.0, 2.0))
    assert right.dtype == np.uint8
    brain = right[20, 30]
    assert 120 <= brain <= 135
    assert right.min() == 0
    assert right.max() == 255
    left = screenshot(plane, replace(Display.clinical(scanner, 0.0, 2.0), facing="left"))
    assert np.array_equal(left, right[:, ::-1])
    assert screenshot(plane, replace(Display.clinical(scanner, 0.0, 2.0), gamma=1.4))[20, 30] < brain
    jpeg = screenshot(plane, replace(Display.clinical(scanner, 0.0, 2.0), quality=40))
    assert 0 < abs(jpeg.astype(int) - right).mean() < 12
    with pytest.raises(ValueError, match="above low"):
        Display(5, 5)


def test_a_pane_wider_than_the_plane_is_black_on_either_side() -> None:
    plane = np.full((20, 30), 1000.0)
    shown = screenshot(plane, Display(0, 1000, pane=2.0))
    assert shown.shape == (20, 60)
    assert not shown[:, :15].any()
    assert not shown[:, 45:].any()
    assert (shown[:, 15:45] == 255).all()
    with pytest.raises(ValueError, match="would cut it"):
        Display(0, 1000, pane=0.9)


def test_half_of_the_pictures_drawn_are_wider_than_their_plane() -> None:
    panes = np.array([Display.draw(np.random.default_rng([7, n]), CLEAN).pane for n in range(300)])
    assert 0.4 < (panes == 1).mean() < 0.6
    assert 1.9 < panes.max() <= WIDEST_PANE


def test_large_cylinders_hold_the_synchondrosis_and_small_ones_at_the_jaws_do_not() -> None:
    def holding(aim: str) -> set[str]:
        return {name for name in FIELDS_OF_VIEW if VolumeSettings.field_of_view(name, aim).holds_sos()}

    assert holding("jaw") == {"150x150", "170x120", "230x170"}
    assert holding("head") == set(FIELDS_OF_VIEW) - {"40x40"}
    for wrong in ("big", "80", "80x", "5x5"):
        with pytest.raises(ValueError, match="diameter x height"):
            VolumeSettings.field_of_view(wrong)


def test_a_full_scan_has_the_same_head_and_marks_what_lies_outside() -> None:
    settings = replace(TINY, size_mm=(60.0, 60.0, 40.0))
    usual, truth = simulate_volume(6, 3, settings, lambda rng: CLEAN)
    full, other = simulate_volume(6, 3, settings)
    assert np.array_equal(truth.landmarks["sos"], other.landmarks["sos"])
    assert set(truth.scanner.to_json()) < set(other.scanner.to_json())
    assert full.array.shape == usual.array.shape
    assert not np.array_equal(full.array, usual.array)
    assert len(np.unique(full.array[:, 0, 0])) == 1
    assert full.array[0, 0, 0] <= np.percentile(full.array, 20)
