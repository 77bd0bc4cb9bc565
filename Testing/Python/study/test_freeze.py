"""Frozen datasets and their hash; folds by patient, stratified by stage."""

import json
from collections import Counter

import numpy as np
import pytest
from SOSStagingTrainingLib.study.folds import split
from SOSStagingTrainingLib.study.roi import RoiBox
from SOSStagingTrainingLib.study.store import change_manifest
from SOSStagingTrainingLib.study.study import Study
from SOSStagingTrainingLib.study.types import StudyError
from study.made_study import BOX, PLANE, labelled_study


@pytest.fixture
def study(tmp_path):
    return labelled_study(tmp_path / "study", 10)


def freeze(study, name="first", **options):
    return study.freeze(name, min_per_stage=1, read_scans=False, **options)


def test_a_frozen_dataset_holds_what_was_agreed_and_comes_back_the_same(study):
    study.append_label("case-01", "bert", 2)
    study.append_label("case-02", "bert", 2, rois=[RoiBox(BOX.center + [0, 1, 0], BOX.axes, BOX.size)])
    made = study.freeze("first", min_per_stage=1)
    back = Study.open(study.folder).dataset("first")
    assert back.manifest_sha256 == made.manifest_sha256 and len(made.manifest_sha256) == 64
    assert back.left_out == {"case-01": "tied"} and len(back.cases) == 9 and back.raters == ("anna", "bert")
    second = back.case("case-02")
    assert second.stage == 2 and second.votes == {"anna": 2, "bert": 2} and set(second.rois) == {"anna", "bert"}
    assert np.allclose(second.plane.normal_ras, PLANE.normal_ras)
    assert sum(back.stage_counts.values()) == 9 and study.datasets == ("first",)


def test_the_hash_is_of_the_content_and_of_nothing_else(study, tmp_path):
    first = freeze(study)
    assert freeze(study, "again").manifest_sha256 == first.manifest_sha256
    assert freeze(study).manifest_sha256 == first.manifest_sha256  # the same once more is no change
    other = labelled_study(tmp_path / "elsewhere", 10)
    assert freeze(other).manifest_sha256 == first.manifest_sha256
    study.append_label("case-01", "anna", 4)
    assert freeze(study, "later").manifest_sha256 != first.manifest_sha256
    assert study.dataset("first").case("case-01").stage == 1
    with pytest.raises(StudyError, match="never changed"):
        freeze(study)


def test_the_hash_of_labels_stays_where_only_scans_differ(study):
    first = freeze(study)
    assert study.dataset("first").labels_sha256 == first.labels_sha256 != first.manifest_sha256
    change_manifest(study.folder, lambda manifest: manifest["cases"][0].update(sha256="0" * 64))
    second = freeze(study, "second")
    assert second.manifest_sha256 != first.manifest_sha256 and second.labels_sha256 == first.labels_sha256
    study.append_label("case-01", "anna", 1, rois=[RoiBox(BOX.center + [0, 1, 0], BOX.axes, BOX.size)])
    assert freeze(study, "third").labels_sha256 != first.labels_sha256


def test_a_changed_frozen_dataset_is_refused(study):
    freeze(study)
    path = study.frozen_file("first")
    data = json.loads(path.read_text())
    data["cases"][0]["stage"] = 5
    path.write_text(json.dumps(data))
    with pytest.raises(StudyError, match="was changed after it was frozen"):
        study.dataset("first")
    path.write_text("{")
    with pytest.raises(StudyError, match="damaged"):
        study.dataset("first")
    with pytest.raises(StudyError, match="no frozen dataset named second"):
        study.dataset("second")


def test_a_study_with_findings_is_not_frozen(study):
    (study.folder / "case-07.nrrd").unlink()
    with pytest.raises(StudyError, match="case-07 is missing"):
        freeze(study)
    assert study.datasets == ()


def test_an_excluded_case_hinders_nothing_and_comes_back_as_it_was(study):
    before = freeze(study)
    (study.folder / "case-07.nrrd").rename(study.folder / "away")
    study.exclude(["case-07"], "scan of another patient")
    left = freeze(study, "without")
    assert left.left_out == {"case-07": "excluded: scan of another patient"}
    assert [case.name for case in left.cases] == [case.name for case in before.cases if case.name != "case-07"]
    (study.folder / "away").rename(study.folder / "case-07.nrrd")
    study.include(["case-07"])
    assert freeze(study, "again").manifest_sha256 == before.manifest_sha256
    with pytest.raises(StudyError, match="no case named case-99"):
        study.exclude(["case-01", "case-99"])
    assert len(study.used) == len(study.cases)


def test_boxes_of_several_raters_give_a_majority_mask_and_a_median_box(study):
    for rater, shift in (("bert", 2.0), ("cleo", 20.0)):
        box = RoiBox(BOX.center + [0, shift, 0], BOX.axes, BOX.size)
        study.append_label("case-01", rater, 1, rois=[box])
    case = freeze(study).case("case-01")
    grid = study.slab("case-01", case.plane).grid
    share, mask = case.roi_share(grid), case.roi_mask(grid)
    assert np.isclose(np.unique(share), [0, 1 / 3, 2 / 3]).all() and np.array_equal(mask, share > 0.5)
    left, _, right, _ = case.pixel_bounds(grid)
    # The plane is turned: where it cuts a box, anterior runs along its columns to within a cosine.
    anna_and_bert = BOX.from_bounds(BOX.center - BOX.size / 2 + [0, 2, 0], BOX.center + BOX.size / 2 + [0, 2, 0])
    columns = grid.to_ijk(anna_and_bert.corners)[:, 0]
    assert (left, right) == pytest.approx((columns.min(), columns.max()), abs=3)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_folds_keep_patients_whole_and_stages_even(seed):
    rng = np.random.default_rng(seed)
    patient_of = {f"case-{n}": f"p{rng.integers(0, 130)}" for n in range(200)}
    chance = [0.4, 0.1, 0.1, 0.1, 0.3]
    of_patient = {p: int(rng.choice([1, 2, 3, 4, 5], p=chance)) for p in sorted(set(patient_of.values()))}
    stage_of = {case: of_patient[patient] for case, patient in patient_of.items()}
    fold_of = split(stage_of, patient_of, 5, 5, seed)
    assert fold_of == split(dict(reversed(stage_of.items())), patient_of, 5, 5, seed)
    assert fold_of != split(stage_of, patient_of, 5, 5, seed + 1)
    for patient in of_patient:
        assert len({fold_of[case] for case in patient_of if patient_of[case] == patient}) == 1
    counts = np.zeros((5, 5))
    for case, fold in fold_of.items():
        counts[fold, stage_of[case] - 1] += 1
    # No more uneven than a patient who cannot be divided makes it.
    scans = Counter(patient_of.values())
    largest = [max(scans[p] for p in scans if of_patient[p] == stage) for stage in range(1, 6)]
    assert (np.ptp(counts, axis=0) <= largest).all() and np.ptp(counts.sum(axis=1)) <= 6


def test_single_scans_are_split_as_evenly_as_can_be():
    stage_of = {f"case-{n}": 1 + n % 5 for n in range(57)}
    fold_of = split(stage_of, {case: case for case in stage_of}, 5, 5, 1)
    for stage in range(1, 6):
        held = [sum(stage_of[c] == stage and f == fold for c, f in fold_of.items()) for fold in range(5)]
        assert max(held) - min(held) <= 1


def test_folds_that_cannot_be_are_refused(study):
    dataset = freeze(study)
    for k, words in ((1, "At least 2 folds"), (11, "10 patients")):
        with pytest.raises(StudyError, match=words):
            study.folds(dataset, k)
