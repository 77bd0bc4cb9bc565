"""What plain Slicer leaves in a folder is taken over, and what cannot be is named."""

import json

import numpy as np
import pytest
from PIL import Image
from SOSStagingLib.scan.geometry import Geometry
from SOSStagingTrainingLib.study.markups import write_rois
from SOSStagingTrainingLib.study.roi import RoiBox, roi_mask
from SOSStagingTrainingLib.study.study import Study
from SOSStagingTrainingLib.study.types import StudyError
from study.made_study import BOX, codes, write_volume


@pytest.fixture
def study(tmp_path):
    return Study.create(tmp_path / "study")


@pytest.fixture
def folder(tmp_path):
    path = tmp_path / "from slicer"
    path.mkdir()
    return path


def table(folder, text, name="stages.csv", encoding="utf-8"):
    (folder / name).write_bytes(text.encode(encoding))


def the(findings, code):
    (found,) = (finding for finding in findings if finding.code == code)
    return found


def test_scans_boxes_and_stages_are_taken_over_once(study, folder):
    for n in (1, 2, 10):
        write_volume(folder / f"head-{n}.nrrd", n)
        write_rois(folder / (f"head-{n}.mrk.json" if n < 10 else "Head-10_SOS.mrk.json"), [BOX])
    table(folder, "\ufeffCase;Stage;Patient\nhead-1;2;p1\nHEAD-2.nrrd;Stage 3;p1\nhead-10;n/a;\n")
    done = study.import_slicer_folder(folder, rater="anna")
    assert (sorted(done.added), done.labels, done.boxes, done.findings) == (["head-1", "head-10", "head-2"], 3, 3, [])
    assert {name: entry.stage for name, entry in study.labels("anna").items()} == {
        "head-1": 2, "head-2": 3, "head-10": None,
    }  # fmt: skip
    assert np.allclose(study.rois("head-10", "anna")[0].corners, BOX.corners)
    assert study.case("head-1").patient == study.case("head-2").patient == "p1" != study.case("head-10").patient
    again = study.import_slicer_folder(folder, rater="anna")
    assert (again.added, again.labels, again.boxes, again.findings) == ([], 0, 0, [])
    # Whose scan it is may be found out later.
    table(folder, "Case;Stage;Patient;Group\nhead-1;2;p1;\nHEAD-2.nrrd;Stage 3;p2;twins\nhead-10;n/a;p2;\n")
    later = study.import_slicer_folder(folder, rater="anna")
    assert (later.added, later.labels, later.findings) == ([], 0, [])
    assert [study.case(name).patient for name in ("head-1", "head-2", "head-10")] == ["p1", "p2", "p2"]
    assert study.case("head-2").group == "twins" and not study.case("head-10").patient_assumed
    # A table may also say that a scan is of a patient called as the case is.
    write_volume(folder / "head-11.nrrd", 11)
    study.import_slicer_folder(folder, rater="anna")
    assert study.case("head-11").patient_assumed
    table(folder, "Case;Stage;Patient\nhead-11;;head-11\n")
    study.import_slicer_folder(folder, rater="anna")
    assert not study.case("head-11").patient_assumed


def test_a_study_can_take_over_its_own_folder(folder):
    write_volume(folder / "a.nrrd", 1)
    write_rois(folder / "a.mrk.json", [BOX])
    study = Study.create(folder)
    for added in (["a"], []):
        done = study.import_slicer_folder(folder, rater="anna")
        assert (done.added, done.findings) == (added, [])


def test_one_folder_for_each_patient_with_slicers_own_file_names(study, folder):
    for n, patient in enumerate(("anton", "berta"), start=1):
        (folder / patient).mkdir()
        write_volume(folder / patient / "CT.nrrd", n)
        write_rois(folder / patient / "R.mrk.json", [BOX])
    table(folder, "scan\tstage\trater\nanton\t1\tuli\nberta/CT.nrrd\t5\tuli\n", "stages.tsv")
    done = study.import_slicer_folder(folder)
    assert done.findings == [] and sorted(done.added) == ["anton_CT", "berta_CT"]
    assert study.raters == ("uli",) and study.labels("uli")["berta_CT"].stage == 5
    assert len(study.rois("anton_CT", "uli")) == 1


def test_several_regions_of_a_scan_are_kept_together(study, folder):
    write_volume(folder / "a.nrrd", 1)
    second = RoiBox(BOX.center + [0, 10, 0], BOX.axes, BOX.size)
    write_rois(folder / "a_1.mrk.json", [BOX])
    write_rois(folder / "a_2.mrk.json", [second])
    assert study.import_slicer_folder(folder).boxes == 1
    assert len(study.rois("a", "imported")) == 2


def test_each_thing_that_cannot_be_taken_over_is_named_and_stops_nothing_else(study, folder):
    for n in (1, 2, 3):
        write_volume(folder / f"head-{n}.nrrd", n)
    (folder / "zz-copy.nrrd").write_bytes((folder / "head-1.nrrd").read_bytes())
    (folder / "torn.nrrd").write_bytes((folder / "head-1.nrrd").read_bytes()[:300])
    write_rois(folder / "head-1.mrk.json", [RoiBox.from_bounds([20, -5, -5], [30, 5, 5])])
    write_rois(folder / "head-2.mrk.json", [RoiBox.from_bounds([-5, 300, 0], [5, 320, 10])])
    write_rois(folder / "head-3.mrk.json", [BOX])
    write_rois(folder / "unknown.mrk.json", [BOX])
    (folder / "head-3_F.mrk.json").write_text(json.dumps({"markups": [{"type": "Fiducial", "controlPoints": []}]}))
    rows = ["head-1,2,bassed-5", "head-2,7,", "head-3,2,four-stage", "head-4,1,", "head-3,III,", ",3,"]
    table(folder, "case,stage,scheme\n" + "\n".join(rows) + "\n")
    done = study.import_slicer_folder(folder, rater="anna")
    said = {finding.code: finding for finding in done.findings}
    assert set(said) == {
        *("duplicate_scan", "unreadable_scan", "box_misses_plane", "box_outside_scan", "box_without_scan"),
        *("no_region", "stage_outside_scheme", "other_scheme", "unknown_case", "stage_not_a_number"),
        "row_without_case",
    }
    assert len(said) == len(done.findings)
    assert "head-1" in said["box_misses_plane"].text and "unknown.mrk.json" in said["box_without_scan"].text
    assert "Line 3" in said["stage_outside_scheme"].text and "four-stage" in said["other_scheme"].text
    assert "'III'" in said["stage_not_a_number"].text and "Line 6" in said["stage_not_a_number"].text
    assert (len(done.added), done.labels, done.boxes) == (3, 1, 1)
    assert codes(study.check(min_per_stage=0)) == ["patient_assumed", "not_labelled", "no_box"]


def test_a_region_drawn_under_a_transform_that_was_saved_apart_is_named(study, folder, bench):
    """Slicer saves the region as if there were no transform; only the scene says that there was one."""
    vtk, slicer, scene = bench.vtk, bench.slicer, bench.scene
    for n in (1, 2):
        write_volume(folder / f"head-{n}.nrrd", n)
    moved = vtk.vtkMatrix4x4()
    moved.SetElement(1, 3, 5.0)
    transform = scene.AddNewNodeByClass("vtkMRMLLinearTransformNode", "moved")
    transform.SetMatrixTransformToParent(moved)
    for name in ("head-1", "head-2"):
        roi = scene.AddNewNodeByClass("vtkMRMLMarkupsROINode", name)
        roi.SetCenter(0, 0, 0)
        roi.SetSize(20, 12, 10)
        if name == "head-1":
            roi.SetAndObserveTransformNodeID(transform.GetID())
        save(slicer.vtkMRMLMarkupsROIJsonStorageNode(), roi, scene, folder / f"{name}.mrk.json")
    save(slicer.vtkMRMLTransformStorageNode(), transform, scene, folder / "moved.h5")
    scene.SetRootDirectory(str(folder))
    assert scene.Commit(str(folder / "scene.mrml"))
    done = study.import_slicer_folder(folder)
    found = the(done.findings, "transform_saved_apart")
    assert found.case == "head-1" and found.severity == "refuse" and "harden" in found.text
    assert done.boxes == 1 and study.rois("head-2", "imported") and not study.rois("head-1", "imported")


def save(writer, node, scene, path):
    scene.AddNode(writer)
    writer.SetFileName(str(path))
    node.SetAndObserveStorageNodeID(writer.GetID())
    assert writer.WriteData(node)


def test_without_a_scene_file_a_transform_beside_the_scan_is_enough(study, folder):
    import SimpleITK as sitk

    shift = sitk.TranslationTransform(3, (0.0, 5.0, 0.0))
    for n in (1, 2):
        (folder / str(n)).mkdir()
        write_volume(folder / str(n) / f"head-{n}.nrrd", n)
        write_rois(folder / str(n) / "R.mrk.json", [BOX])
    sitk.WriteTransform(shift, str(folder / "1" / "LinearTransform.tfm"))
    (folder / "2" / "notes.txt").write_text("nothing that moves anything")
    done = study.import_slicer_folder(folder)
    found = the(done.findings, "transform_saved_apart")
    assert found.case == "head-1" and "LinearTransform.tfm" in found.text and done.boxes == 1
    sitk.WriteTransform(shift, str(folder / "Transform.h5"))
    loose = [f for f in study.import_slicer_folder(folder).findings if f.severity == "warning"]
    assert codes(loose) == ["transform_saved_apart"] and "Transform.h5" in loose[0].text


def test_a_region_on_a_picture_lies_where_slicer_shows_the_pixels(study, folder):
    pixels = np.random.default_rng(1).integers(0, 255, (200, 240)).astype(np.uint8)
    Image.fromarray(pixels).save(folder / "slice.jpg", dpi=(254, 254))  # Slicer takes that for 0.1 mm a pixel
    first, last = np.array([100, 60]), np.array([139, 89])
    edges = np.stack([first - 0.5, last + 0.5]) * 0.1
    low, high = -edges[1], -edges[0]
    write_rois(folder / "slice.mrk.json", [RoiBox.from_bounds([*low, 0], [*high, 0])])
    done = study.import_slicer_folder(folder)
    assert done.findings == [] and done.boxes == 1
    found = study.slab("slice")
    mask = roi_mask(study.rois("slice", "imported"), found.grid)
    rows, columns = np.nonzero(mask[1])
    back = np.linalg.inv(found.slab.picture_to_slab)
    x, y = (back @ np.stack([columns, rows, np.ones(len(rows))]))[:2]
    step = back[0, 0]
    assert (x.min(), x.max(), y.min(), y.max()) == pytest.approx((99.5, 139.5, 59.5, 89.5), abs=step)
    assert mask.all(axis=0).sum() == mask.any(axis=0).sum()


def test_a_sagittal_slice_that_knows_its_place_is_turned_with_its_region(study, folder):
    from SOSStagingTrainingLib.simulator.export import write_image

    pixels = np.random.default_rng(1).integers(-900, 900, (150, 120, 1)).astype(np.int16)  # [k, j, i]: one column of i
    geometry = Geometry.from_axes((150, 120, 1), (2.0, -40.0, -30.0), np.eye(3), (1.0, 0.5, 0.5))
    write_image(folder / "slice.nrrd", pixels, geometry)
    box = RoiBox.from_bounds([0, -20, 5], [4, -10, 25])
    write_rois(folder / "slice.mrk.json", [box])
    assert study.import_slicer_folder(folder).findings == []
    case = study.case("slice")
    assert (case.kind, case.facing) == ("picture", "right")
    # Upright: the first pixel is posterior and superior.
    assert np.allclose(case.geometry.to_ras([0, 0, 0]), [2, -40, -30 + 149 * 0.5])
    found = study.slab("slice")
    column, row, _ = found.slab.picture_to_slab @ [20, 30, 1]
    assert np.allclose(found.grid.to_ras([column, row, 1]), case.geometry.to_ras([20, 30, 0]))
    area = roi_mask([box], found.grid)[1].sum() * np.prod(np.linalg.norm(found.grid.ijk_to_ras[:3, :2], axis=0))
    assert area == pytest.approx(10 * 20, rel=0.05)


def test_regions_inside_a_dicom_folder_belong_to_its_series(study, folder):
    from SOSStagingTrainingLib.simulator.export import write_dicom
    from SOSStagingTrainingLib.simulator.heads import VolumeSettings, simulate_volume

    scan, truth = simulate_volume(3, 2, VolumeSettings((30.0, 36.0, 24.0), 3.0))
    write_dicom(folder / "series", "series", scan, truth)
    sos = truth.landmarks["sos"]
    write_rois(folder / "series" / "R.mrk.json", [RoiBox.from_bounds([-9, *(sos - 2)[1:]], [9, *(sos + 2)[1:]])])
    done = study.import_slicer_folder(folder)
    assert (done.added, done.findings, done.boxes) == (["series"], [], 1)


@pytest.mark.parametrize(
    ("files", "code"),
    [
        ({}, "no_scans"),
        ({"a.csv": "case,stage\n", "b.csv": "case,stage\n"}, "several_tables"),
        ({"a.csv": "who,what\n1,2\n"}, "table_without_case"),
    ],
)
def test_a_folder_that_cannot_be_used_at_all_is_refused(study, folder, files, code):
    for name, text in files.items():
        table(folder, text, name)
    if files:
        write_volume(folder / "head.nrrd")
    with pytest.raises(StudyError) as error:
        study.import_slicer_folder(folder)
    assert error.value.code == code


def test_tables_from_windows_spreadsheets_are_read(study, folder):
    write_volume(folder / "müller.nrrd")
    table(folder, 'scan;stage;comment\n"müller";3,0;"größer; als gedacht"\n', encoding="cp1252")
    done = study.import_slicer_folder(folder, rater="anna")
    (label,) = study.labels("anna").values()
    assert done.findings == [] and (label.stage, label.note) == (3, "größer; als gedacht")


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-8-sig"])
@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_tables_are_read_however_a_spreadsheet_writes_them(study, folder, encoding, ending):
    write_volume(folder / "head.nrrd")
    table(folder, f"case\tstage{ending}head\t3{ending}", "stages.tsv", encoding)
    assert study.import_slicer_folder(folder, rater="anna").findings == []
    assert study.labels("anna")["head"].stage == 3


def test_a_quotation_mark_that_is_not_closed_swallows_no_rows(study, folder):
    write_volume(folder / "head.nrrd")
    table(folder, 'case,stage,note\nhead,3,"unclosed\nhead,4,x\n')
    with pytest.raises(StudyError, match="quotation mark") as error:
        study.import_slicer_folder(folder, rater="anna")
    assert error.value.code == "table_damaged" and study.labels("anna") == {}


def test_a_table_that_says_no_stage_is_told(study, folder):
    write_volume(folder / "head.nrrd")
    table(folder, "Patient ID,My Grading,File Name\np1,3,head\n")
    found = the(study.import_slicer_folder(folder, rater="anna").findings, "table_without_stage")
    assert found.severity == "warning" and "My Grading" in found.text
    assert study.case("head").patient == "p1"
    table(folder, "case,stage\n")
    assert the(study.import_slicer_folder(folder, rater="anna").findings, "table_empty").severity == "refuse"


def test_importing_again_leaves_corrections_alone(study, folder):
    write_volume(folder / "head-1.nrrd", 1)
    write_volume(folder / "head-2.nrrd", 2)
    write_rois(folder / "head-1.mrk.json", [BOX])
    table(folder, "case,stage\nhead-1,3\nhead-2,2\n")
    study.import_slicer_folder(folder, rater="anna")
    moved = RoiBox(BOX.center + [0, 1, 0], BOX.axes, BOX.size)
    study.append_label("head-1", "anna", 5, rois=[moved])
    study.withdraw("anna", case="head-2")
    again = study.import_slicer_folder(folder, rater="anna")
    assert (again.labels, again.boxes) == (0, 0)
    assert study.labels("anna")["head-1"].stage == 5 and "head-2" not in study.labels("anna")
    assert np.allclose(study.rois("head-1", "anna")[0].corners, moved.corners)
    said = [(found.code, found.severity, found.case) for found in again.findings]
    assert said == [("changed_since", "warning", "head-1"), ("changed_since", "warning", "head-2")]
    # What is new in the table is taken.
    table(folder, "case,stage\nhead-1,3\nhead-2,4\n")
    assert study.import_slicer_folder(folder, rater="anna").labels == 1


def test_rows_that_contradict_each_other_are_named_and_none_is_taken(study, folder):
    write_volume(folder / "head-1.nrrd", 1)
    table(folder, "case,stage,rater\nhead-1,3,anna\nhead-1,4,anna\nhead-1,2,bea\n")
    done = study.import_slicer_folder(folder, rater="anna")
    assert [found.code for found in done.findings] == ["contradicting_rows"] * 2
    assert "Line 2" in done.findings[0].text and "Line 3" in done.findings[1].text
    assert study.labels("anna") == {} and study.labels("bea")["head-1"].stage == 2
