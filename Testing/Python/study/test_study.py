"""Cases, labels, withdrawals, readings, worklists, and what raters agree on."""

import numpy as np
import pytest
from PIL import Image
from SOSStagingLib.scan.types import Plane, ScanError
from SOSStagingTrainingLib.study.roi import RoiBox
from SOSStagingTrainingLib.study.study import Study
from SOSStagingTrainingLib.study.types import StudyError
from study.made_study import BOX, add_volumes, write_volume


@pytest.fixture
def study(tmp_path):
    return Study.create(tmp_path / "study")


def refused(code):
    return pytest.raises(StudyError, check=lambda error: error.code == code)


def test_a_case_is_its_scan_its_patient_and_its_plane(study, tmp_path):
    scan = write_volume(tmp_path / "head.nrrd")
    case = study.add_case(tmp_path / "head.nrrd", patient="p7", group="twins")
    again = Study.open(study.folder).case("head")
    assert (again.patient, again.group, again.kind, again.file) == ("p7", "twins", "volume", "../head.nrrd")
    assert np.allclose(again.geometry.ijk_to_ras, scan.geometry.ijk_to_ras) and again.sha256 == case.sha256
    assert abs(again.plane.normal_ras[0]) > 0.5
    slab = study.slab("head")
    assert slab.slab.array.shape == (3, 640, 640) and slab.slab.valid.any()


def test_the_same_scan_in_another_format_or_order_is_a_duplicate(study, tmp_path):
    import SimpleITK as sitk

    write_volume(tmp_path / "head.nrrd")
    study.add_case(tmp_path / "head.nrrd")
    image = sitk.ReadImage(str(tmp_path / "head.nrrd"))
    turned = sitk.Flip(sitk.PermuteAxes(image, [2, 0, 1]), [True, False, True])
    sitk.WriteImage(turned, str(tmp_path / "turned.nii.gz"))
    with refused("duplicate_scan"):
        study.add_case(tmp_path / "turned.nii.gz")
    (tmp_path / "broken.nrrd").write_bytes(b"NRRD0004\nnothing")
    with pytest.raises(ScanError):
        study.add_case(tmp_path / "broken.nrrd")
    assert len(study.cases) == 1


def test_names_are_made_unique_and_dicom_patients_are_recognised(study, tmp_path):
    from SOSStagingTrainingLib.simulator.export import write_dicom
    from SOSStagingTrainingLib.simulator.heads import VolumeSettings, simulate_volume

    for n in (1, 2):
        (tmp_path / str(n)).mkdir()
        write_volume(tmp_path / str(n) / "CT.nrrd", n)
        study.add_case(tmp_path / str(n) / "CT.nrrd")
    scan, truth = simulate_volume(3, 2, VolumeSettings((30.0, 36.0, 24.0), 3.0))
    write_dicom(tmp_path / "series", "series", scan, truth)
    assert study.add_case(tmp_path / "series").patient.startswith("p-")
    assert [case.name for case in study.cases] == ["CT", "CT-2", "series"]
    with refused("case_exists"):
        write_volume(tmp_path / "other.nrrd", 9)
        study.add_case(tmp_path / "other.nrrd", name="ct")


def test_labels_are_replaced_withdrawn_and_never_deleted(study):
    add_volumes(study, 2)
    study.append_label("case-01", "anna", 2)
    study.append_label("case-01", "anna", 3, note="second thought")
    study.append_label("case-02", "anna", None)
    assert {name: entry.stage for name, entry in study.labels("anna").items()} == {"case-01": 3, "case-02": None}
    assert study.labels("bert") == {} and study.raters == ("anna",)
    assert [entry.case for entry in study.withdraw("anna")] == ["case-02"]
    assert [entry.stage for entry in study.withdraw("anna")] == [3]
    assert study.labels("anna")["case-01"].stage == 2
    ledger = study.ledger("anna")
    assert [entry.event for entry in ledger.entries] == ["label"] * 3 + ["withdraw"] * 2
    assert ledger.entries[1].note == "second thought" and all(entry.when for entry in ledger.entries)
    study.withdraw("anna", ledger.entries[0].id)
    with refused("nothing_to_withdraw"):
        study.withdraw("anna")


def test_a_label_with_boxes_is_undone_as_one(study):
    add_volumes(study, 1)
    moved = Plane(np.array([1.0, 0, 0]), np.array([1.0, 0, 0]), source="user")
    study.append_label("case-01", "anna", 2, rois=[BOX], plane=moved)
    (back,) = study.rois("case-01", "anna")
    assert np.allclose(back.corners, BOX.corners) and back.label == "SOS"
    assert study.plane_of("case-01", ["bert", "anna"]).source == "user"
    assert [entry.event for entry in study.withdraw("anna")] == ["label", "roi"]
    assert study.rois("case-01", "anna") == () and study.plane_of("case-01", ["anna"]).source == "automatic"


def test_what_cannot_be_a_label_is_refused(study):
    add_volumes(study, 1)
    with refused("stage_outside_scheme"):
        study.append_label("case-01", "anna", 6)
    with refused("unknown_case"):
        study.append_label("case-09", "anna", 1)
    for name in ("", "../anna", "a" * 41):
        with refused("bad_rater_name"):
            study.append_label("case-01", name, 1)
    study.append_label("case-01", "anna", 1)
    with refused("rater_name_taken"):
        study.append_label("case-01", "Anna", 1)
    with refused("box_outside_scan"):
        study.append_label("case-01", "anna", 1, rois=[RoiBox.from_bounds([200, 0, 0], [220, 20, 20])])
    with refused("box_misses_plane"):
        study.append_rois("case-01", "anna", [RoiBox.from_bounds([20, -5, -5], [30, 5, 5])])
    assert len(study.ledger("anna").entries) == 1


def test_a_study_is_made_once_and_only_with_a_known_scheme(study, tmp_path):
    with refused("study_exists"):
        Study.create(study.folder)
    with refused("unknown_scheme"):
        Study.create(tmp_path / "other", scheme="twelve-stage")
    assert len(Study.create(tmp_path / "four", scheme="four-stage").scheme.stages) == 4


def test_each_rater_has_an_order_of_their_own_and_rereads_some_cases_unknowingly(study):
    names = add_volumes(study, 10)
    anna = study.worklist("anna", review_share=0.3, seed=5)
    assert anna == study.worklist("anna", review_share=0.3, seed=5)
    first = [item.case for item in anna if item.reading == 1]
    second = [item for item in anna if item.reading == 2]
    assert sorted(first) == names != first and len(second) == 3
    assert first != [item.case for item in study.worklist("bert", seed=5)]
    for item in second:
        place = [n for n, other in enumerate(anna) if other.case == item.case]
        assert place[1] - place[0] >= 3
    study.skip(anna[0].case, "anna", "later")
    study.append_label(anna[1].case, "anna", 2)
    left = study.worklist("anna", review_share=0.3, seed=5)
    assert left[-1] == anna[0] and anna[1] not in left and len(left) == 12


def test_majority_soft_labels_and_ties(study):
    add_volumes(study, 5)
    votes = {"case-01": (1, 1, 2), "case-02": (1, 2, 3), "case-03": (2, 3, None), "case-04": (4, None, None)}
    for name, stages in votes.items():
        for rater, stage in zip(("anna", "bert", "cleo"), stages, strict=True):
            study.append_label(name, rater, stage)
    said = study.consensus()
    assert (said["case-01"].stage, said["case-02"].stage) == (1, 2) and "case-05" not in said
    assert said["case-01"].soft == pytest.approx((2 / 3, 1 / 3, 0, 0, 0))
    assert (said["case-03"].stage, said["case-03"].why) == (None, "tied")
    assert (said["case-04"].stage, said["case-04"].why) == (None, "not assessable")
    assert [study.consensus(ties=ties)["case-03"].stage for ties in ("lower", "upper")] == [2, 3]
    assert study.consensus(["cleo"])["case-02"].stage == 3
    with refused("unknown_rater"):
        study.consensus(["dora"])


def test_the_truth_counts_as_label_only_where_nobody_labelled(study):
    add_volumes(study, 1)
    study.append_label("case-01", "truth", 5, rois=[BOX])
    assert study.consensus()["case-01"].stage == 5
    study.append_label("case-01", "anna", 4)
    assert study.consensus()["case-01"].stage == 4
    assert list(study.boxes()["case-01"]) == ["truth"]
    assert [(a.first, a.second, a.n) for a in study.agreement()] == [("anna", "truth", 1)]


def test_second_readings_are_compared_with_the_first_and_count_for_nothing_else(study):
    for name in add_volumes(study, 4):
        study.append_label(name, "anna", 2)
        study.append_label(name, "anna", 3 if name == "case-01" else 2, reading=2)
    (pair,) = study.agreement()
    assert pair.second == "anna, second reading" and pair.exact == 0.75
    assert {said.stage for said in study.consensus().values()} == {2}


def test_a_picture_is_a_case_too(study, tmp_path):
    pixels = np.random.default_rng(1).integers(0, 255, (100, 120)).astype(np.uint8)
    Image.fromarray(pixels).save(tmp_path / "slice.png")
    case = study.add_case(tmp_path / "slice.png", spacing_mm=0.8, facing="left")
    assert (case.kind, case.facing, case.spacing_mm, case.plane) == ("picture", "left", 0.8, None)
    found = study.slab("slice")
    # Slicer shows pixel (x, y) of a PNG at R = -x, A = -y; facing left, the picture is mirrored into the slab.
    x, y = 30, 40
    column, row, _ = found.slab.picture_to_slab @ [x, y, 1]
    assert np.allclose(found.grid.to_ras([column, row, 1]), [-x, -y, 0], atol=1e-6)
    assert np.allclose(found.slab.array[1, round(row), round(column)], pixels[y, x], atol=60)
