"""Boxes as Slicer saves them, and what a sagittal plane cuts from them, in mm."""

import json

import numpy as np
import pytest
from SOSStagingLib.scan.geometry import Geometry
from SOSStagingLib.scan.types import Plane
from SOSStagingTrainingLib.study.markups import read_rois, write_rois
from SOSStagingTrainingLib.study.roi import RoiBox, cut, middle_plane, misses, pixel_bounds, roi_mask
from SOSStagingTrainingLib.study.types import StudyError

STEP = 0.5


def slab_grid(normal=(1.0, 0.06, -0.04), center=(1.0, 2.0, -3.0), size=90):
    """A small slab with the axes of a real one: columns anterior, rows inferior, planes to the right."""
    n = np.array(normal) / np.linalg.norm(normal)
    columns = np.array([0.0, 1, 0]) - n[1] * n
    columns /= np.linalg.norm(columns)
    directions = np.stack([columns, np.cross(columns, n), n], axis=1)
    spacing = np.array([STEP, STEP, 1.5])
    origin = np.array(center) - (directions * spacing) @ [(size - 1) / 2, (size - 1) / 2, 1]
    return Geometry.from_axes((3, size, size), origin, directions, spacing)


GRID = slab_grid()


def turned(rng):
    return np.linalg.qr(rng.normal(size=(3, 3)))[0]


@pytest.fixture
def draw(bench, tmp_path):
    """Draw an ROI with Slicer's own node and save it with Slicer's own writer."""
    vtk, slicer = bench.vtk, bench.slicer

    def drawn(center, size, axes=None, system="LPS", name="SOS", transform=None):
        roi = bench.scene.AddNewNodeByClass("vtkMRMLMarkupsROINode", name)
        roi.SetSize(*size)
        matrix = np.eye(4)
        matrix[:3, :3], matrix[:3, 3] = np.eye(3) if axes is None else axes, center
        held = vtk.vtkMatrix4x4()
        held.DeepCopy(matrix.ravel().tolist())
        roi.SetAndObserveObjectToNodeMatrix(held)
        path = tmp_path / f"{name}.mrk.json"
        writer = slicer.vtkMRMLMarkupsROIJsonStorageNode()
        bench.scene.AddNode(writer)
        writer.SetCoordinateSystem({"RAS": 0, "LPS": 1}[system])
        writer.SetFileName(str(path))
        assert writer.WriteData(roi)
        return roi, path

    return drawn


def inside(roi, grid):
    """Which voxel centres Slicer itself says lie in an ROI."""
    k, j, i = np.meshgrid(*(np.arange(n) for n in grid.shape), indexing="ij")
    points = grid.to_ras(np.stack([i, j, k], -1).reshape(-1, 3))
    return np.array([bool(roi.IsPointInROIWorld(p.tolist())) for p in points]).reshape(grid.shape)


@pytest.mark.parametrize("system", ["LPS", "RAS"])
@pytest.mark.parametrize("rotated", [False, True])
def test_the_mask_is_what_slicer_says_lies_in_its_roi(draw, system, rotated):
    axes = turned(np.random.default_rng(3)) if rotated else np.eye(3)
    axes = axes * np.sign(np.linalg.det(axes))
    roi, path = draw((3.0, 5.0, -6.0), (24.0, 13.0, 10.0), axes, system)
    (box,) = read_rois(path)
    assert np.allclose(box.center, [3, 5, -6]) and np.allclose(box.size, [24, 13, 10]) and box.label == "SOS"
    mask, said = roi_mask([box], GRID), inside(roi, GRID)
    assert said[1].sum() * STEP**2 > 60  # mm2: the plane really cuts it
    assert (mask != said).sum() <= 2  # voxel centres on a face, to rounding
    polygon = cut(box, middle_plane(GRID))
    assert np.allclose(middle_plane(GRID).distance(polygon), 0, atol=1e-9)
    assert area(polygon) == pytest.approx(mask[1].sum() * STEP**2, rel=0.06)


def area(polygon):
    spokes = polygon - polygon.mean(axis=0)
    return np.linalg.norm(np.cross(spokes, np.roll(spokes, -1, axis=0)).sum(axis=0)) / 2


def test_pixel_bounds_are_the_edges_of_the_cut(draw):
    _, path = draw((3.0, 5.0, -6.0), (24.0, 13.0, 10.0), turned(np.random.default_rng(4)))
    boxes = read_rois(path)
    rows, columns = np.nonzero(roi_mask(boxes, GRID)[1])
    bounds = pixel_bounds(boxes, GRID)
    found = [columns.min(), rows.min(), columns.max(), rows.max()]
    assert np.abs(bounds - found).max() <= 3  # a corner is sharper than pixels show
    straight = [RoiBox.from_bounds([-9, -4, -8], [9, 6, 2])]
    flat = slab_grid(normal=(1, 0, 0), center=(0, 0, 0))
    assert np.allclose(pixel_bounds(straight, flat), [44.5 - 8, 44.5 - 4, 44.5 + 12, 44.5 + 16])


def test_a_rectangle_without_thickness_counts_on_slices_near_the_plane(draw):
    for offset, hit in ((0.0, True), (1.5, True), (6.0, False)):
        center = GRID.center_ras + [offset, 0, 0]
        _, path = draw(center, (0.0, 12.0, 8.0), name=f"flat{offset}")
        (box,) = read_rois(path)
        assert misses(box, middle_plane(GRID)) is not hit
        if hit:
            assert roi_mask([box], GRID)[1].sum() * STEP**2 == pytest.approx(96, rel=0.06)
    _, path = draw(GRID.center_ras, (12.0, 8.0, 0.0), name="axial")
    assert misses(read_rois(path)[0], middle_plane(GRID)) and not roi_mask(read_rois(path), GRID)[1].all()


def test_several_regions_are_united(draw):
    boxes = [read_rois(draw((1, a, -3), (20, 6, 6), name=f"part{a}")[1])[0] for a in (-4, 8)]
    both = roi_mask(boxes, GRID)
    assert np.array_equal(both, roi_mask(boxes[:1], GRID) | roi_mask(boxes[1:], GRID))
    apart = [pixel_bounds([box], GRID) for box in boxes]
    assert np.allclose(pixel_bounds(boxes, GRID)[[0, 2]], [apart[0][0], apart[1][2]])


def test_a_closed_curve_is_taken_by_the_box_around_what_slicer_draws(bench, tmp_path):
    curve = bench.scene.AddNewNodeByClass("vtkMRMLMarkupsClosedCurveNode", "around")
    normal = middle_plane(GRID).normal_ras
    for point in GRID.center_ras + np.array([[-7, -5], [6, -6], [9, 4], [-4, 6.0]]) @ GRID.directions[:, :2].T:
        curve.AddControlPoint(*point)
    writer = bench.slicer.vtkMRMLMarkupsJsonStorageNode()
    bench.scene.AddNode(writer)
    writer.SetFileName(str(tmp_path / "around.mrk.json"))
    assert writer.WriteData(curve)
    (box,) = read_rois(tmp_path / "around.mrk.json")
    drawn = bench.slicer.util.arrayFromMarkupsCurvePoints(curve)
    along = (drawn - box.center) @ box.axes
    assert np.allclose(along.max(axis=0) - along.min(axis=0), box.size, atol=0.05)  # Slicer draws ten points a piece
    assert np.allclose(along.max(axis=0), box.size / 2, atol=0.05)
    assert box.drawn_as == "closed curve" and abs(box.axes[:, 0] @ normal) > 0.999 and box.size[0] < 0.01
    bounds = pixel_bounds([box], GRID)
    at = GRID.to_ijk(drawn)[:, :2]
    assert np.allclose(bounds, [*at.min(axis=0), *at.max(axis=0)], atol=0.3)


def test_slicer_opens_what_is_written(bench, tmp_path):
    axes = turned(np.random.default_rng(7))
    axes *= np.sign(np.linalg.det(axes))
    box = RoiBox(np.array([1.0, 2.0, 3.0]), axes, np.array([10.0, 20.0, 0.0]), "SOS of anna")
    write_rois(tmp_path / "a.mrk.json", [box])
    (back,) = read_rois(tmp_path / "a.mrk.json")
    assert np.allclose(back.corners, box.corners)
    roi = bench.scene.AddNewNodeByClass("vtkMRMLMarkupsROINode", "x")
    reader = bench.slicer.vtkMRMLMarkupsROIJsonStorageNode()
    bench.scene.AddNode(reader)
    reader.SetFileName(str(tmp_path / "a.mrk.json"))
    assert reader.ReadData(roi)
    matrix = roi.GetObjectToWorldMatrix()
    shown = np.array([[matrix.GetElement(r, c) for c in range(4)] for r in range(3)])
    assert np.allclose(shown[:, 3], box.center) and np.allclose(shown[:, :3], axes, atol=1e-6)
    assert np.allclose(roi.GetSize(), box.size)


ROI = {"type": "ROI", "center": [0, 0, 0], "size": [10, 10, 10], "orientation": [1, 0, 0, 0, 1, 0, 0, 0, 1]}
POINTS = [{"position": [0, n, n * n], "positionStatus": "defined"} for n in range(4)]


@pytest.mark.parametrize(
    ("markup", "code"),
    [
        ({**ROI, "size": [10, 0, 0]}, "roi_without_area"),
        ({**ROI, "coordinateUnits": "um"}, "roi_units"),
        ({**ROI, "coordinateSystem": "IJK"}, "roi_coordinates"),
        ({**ROI, "insideOut": True}, "roi_inside_out"),
        ({**ROI, "center": [0, 0]}, "markups_damaged"),
        ({"type": "ROI"}, "markups_damaged"),
        ({"type": "ClosedCurve", "controlPoints": POINTS[:2]}, "roi_without_area"),
        ({"type": "ClosedCurve", "controlPoints": [{"position": [0, n, n]} for n in range(4)]}, "roi_without_area"),
    ],
)
def test_what_is_no_region_is_named(tmp_path, markup, code):
    path = tmp_path / "R.mrk.json"
    path.write_text(json.dumps({"markups": [markup]}))
    with pytest.raises(StudyError, match=r"R\.mrk\.json") as error:
        read_rois(path)
    assert error.value.code == code


def test_other_markups_are_passed_over_and_other_files_refused(tmp_path):
    path = tmp_path / "F.mrk.json"
    path.write_text(json.dumps({"markups": [{"type": "Fiducial", "controlPoints": POINTS}, ROI]}))
    assert len(read_rois(path)) == 1
    path.write_text("[]")
    with pytest.raises(StudyError, match="not a Slicer Markups file"):
        read_rois(path)


def test_a_plane_beside_a_box_misses_it():
    box = RoiBox.from_bounds([-3, -3, -3], [3, 3, 3])
    normal = np.array([1.0, 0, 0])
    assert not misses(box, Plane(np.array([2.9, 0, 0]), normal)) and misses(box, Plane(np.array([3.1, 0, 0]), normal))
    assert area(cut(box, Plane(np.zeros(3), np.array([1.0, 1, 1])))) == pytest.approx(27 * 3**0.5)  # a hexagon
