"""What the clinician sees: the heat lies on the synchondrosis in all three views, thick, and fading."""

import os
from pathlib import Path

import numpy as np
import pytest
from scene.made_head import head_volume, make_result, sos_ras

VIEWS = (("Red", "Axial"), ("Yellow", "Sagittal"), ("Green", "Coronal"))
POSES = pytest.mark.parametrize(("yaw", "roll"), [(0, 0), (9, -7)])


def save(view, name):
    """Keep the picture for looking at, where the caller asks for it."""
    if folder := os.environ.get("SOS_TEST_PICTURES"):
        from PIL import Image

        Image.fromarray(view.render()[::-1]).save(Path(folder) / f"{name}.png")


@pytest.fixture
def shown(bench, offscreen):
    from SOSStagingLib.scene.show import show_result
    from SOSStagingLib.scene.views import show_in_slices

    def show(yaw=0, roll=0, hide_region=True, **change):
        volume = bench.add_volume(*head_volume())
        result = make_result(yaw_deg=yaw, roll_deg=roll, **change)
        nodes = show_result(bench.scene, result, volume)
        views = {orientation: bench.slice_view(name, orientation) for name, orientation in VIEWS}
        for view in views.values():
            view.composite.SetBackgroundVolumeID(volume.GetID())
            view.fit()
        show_in_slices(bench.scene, nodes, volume)
        if hide_region:
            nodes.region.GetDisplayNode().SetVisibility(False)
        return result, nodes, views, volume

    return show


def heat_ras(view):
    rows, columns = np.nonzero(view.heat())
    assert rows.size, "no heat in this view"
    return view.to_ras(columns.astype(float), rows.astype(float))


@POSES
def test_heat_lies_on_the_synchondrosis_in_all_views_and_is_no_hairline(shown, yaw, roll):
    result, _, views, _ = shown(yaw, roll)
    normal = result.plane.normal_ras
    for orientation, view in views.items():
        ras = heat_ras(view)
        save(view, f"{orientation}_{yaw}")
        assert np.linalg.norm(ras.mean(axis=0) - sos_ras(result)) < 2.0, orientation
        thickness = np.ptp((ras - sos_ras(result)) @ normal)
        if orientation == "Sagittal":
            assert thickness < 0.5  # the view lies in the plane
        else:
            assert thickness > 18, orientation
        assert np.ptp(ras @ [0, 1, 0] if orientation == "Axial" else ras @ [0, 0, 1]) > 10


@POSES
def test_sagittal_view_lies_in_the_midsagittal_plane_the_others_stay(shown, yaw, roll):
    result, _, views, _ = shown(yaw, roll)
    assert abs(views["Sagittal"].normal @ result.plane.normal_ras) == pytest.approx(1, abs=1e-6)
    np.testing.assert_allclose(np.abs(views["Axial"].normal), (0, 0, 1), atol=1e-9)
    np.testing.assert_allclose(np.abs(views["Coronal"].normal), (0, 1, 0), atol=1e-9)
    middle = np.array([views["Sagittal"].SIZE / 2])
    origin = views["Sagittal"].to_ras(middle, middle)
    assert abs((origin - sos_ras(result)) @ result.plane.normal_ras) < 0.1


def test_anatomy_stays_visible_under_the_heat_and_grey_elsewhere(shown):
    _, nodes, views, _ = shown()
    view = views["Sagittal"]
    with_heat, mask = view.render().astype(int), view.heat()
    untouched = np.ptp(with_heat, axis=-1) <= 2
    view.composite.SetForegroundOpacity(0.0)
    without = view.render().astype(int)
    assert np.ptp(without, axis=-1).max() <= 2
    np.testing.assert_allclose(with_heat[untouched], without[untouched], atol=2)
    assert 0.005 < mask.mean() < 0.2
    assert nodes.overlay.GetDisplayNode().GetApplyThreshold()


def test_heat_fades_with_distance_from_the_plane(shown):
    result, _, views, _ = shown()
    view = views["Sagittal"]
    sums = []
    for offset in (0, 4, 8, 11, 14):
        view.node.JumpSliceByOffsetting(*(sos_ras(result) + offset * result.plane.normal_ras))
        picture = view.render().astype(int)
        sums.append(float(np.ptp(picture, axis=-1)[np.ptp(picture, axis=-1) > 25].sum()))
    assert sums == sorted(sums, reverse=True)
    assert sums[2] > 0
    assert sums[-1] == 0


def test_weak_evidence_shows_nothing(shown):
    weak = make_result().gradcam
    weak.array[:] *= 0.1
    _, _, views, _ = shown(gradcam=weak)
    assert not any(view.heat().any() for view in views.values())


def test_region_is_drawn_around_the_synchondrosis(shown):
    result, _, views, _ = shown(hide_region=False)
    for view in views.values():
        view.composite.SetForegroundOpacity(0.0)
        save(view, f"region_{view.node.GetName()}")
        rows, columns = np.nonzero(view.heat())
        ras = view.to_ras(columns.astype(float), rows.astype(float))
        assert np.linalg.norm((ras.max(axis=0) + ras.min(axis=0)) / 2 - sos_ras(result)) < 2


def test_overlay_follows_the_transform_of_the_volume(bench, offscreen):
    from SOSStagingLib.scene.show import show_result
    from SOSStagingLib.scene.views import show_in_slices

    transform = bench.scene.AddNewNodeByClass("vtkMRMLLinearTransformNode", "moved")
    matrix = bench.vtk.vtkMatrix4x4()
    turn = bench.vtk.vtkTransform()
    turn.Translate(30, -12, 7)
    turn.RotateZ(12)
    matrix.DeepCopy(turn.GetMatrix())
    transform.SetMatrixTransformToParent(matrix)
    volume = bench.add_volume(*head_volume())
    volume.SetAndObserveTransformNodeID(transform.GetID())
    result = make_result()
    nodes = show_result(bench.scene, result, volume)
    view = bench.slice_view("Yellow", "Sagittal")
    view.composite.SetBackgroundVolumeID(volume.GetID())
    view.fit()
    show_in_slices(bench.scene, nodes, volume)
    nodes.region.GetDisplayNode().SetVisibility(False)
    assert np.linalg.norm(heat_ras(view).mean(axis=0) - turn.TransformPoint(sos_ras(result))) < 2
    assert abs(view.normal @ turn.TransformVector(result.plane.normal_ras)) == pytest.approx(1, abs=1e-6)
