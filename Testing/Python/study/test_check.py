"""Bad studies are named precisely, each by what is wrong with it."""

import json
from dataclasses import replace

import pytest
from SOSStagingTrainingLib.study.folds import Folds
from SOSStagingTrainingLib.study.ledger import Entry, append_entries
from SOSStagingTrainingLib.study.markups import write_rois
from SOSStagingTrainingLib.study.roi import RoiBox
from SOSStagingTrainingLib.study.session import Session, Tally
from SOSStagingTrainingLib.study.store import change_manifest
from SOSStagingTrainingLib.study.types import StudyError
from study.made_study import BOX, codes, labelled_study, write_volume


@pytest.fixture
def study(tmp_path):
    return labelled_study(tmp_path / "study", 10)


def check(study, **options):
    return study.check(min_per_stage=2, **options)


def write_entry(study, **fields):
    """A line as another program, or an older study, may have left it."""
    entry = Entry("x" + str(len(study.ledger("carl").entries)), **{"event": "label", "case": "case-03", **fields})
    append_entries(study.folder, study.folder / "labels" / "carl.jsonl", [replace(entry, rater="carl")])


def the(findings, code):
    (found,) = (finding for finding in findings if finding.code == code)
    return found


def test_a_good_study_has_no_findings(study):
    assert check(study, read_scans=True) == []


@pytest.mark.parametrize(
    ("fields", "code", "words"),
    [
        ({"scheme": "bassed-5", "stage": 7}, "stage_outside_scheme", ["stage 7", "bassed-5", "1 to 5"]),
        ({"scheme": "four-stage", "stage": 2}, "other_scheme", ["four-stage", "bassed-5"]),
        ({"scheme": "bassed-5", "stage": 2, "case": "case-99"}, "unknown_case", ["case-99"]),
    ],
)
def test_a_bad_label_is_named_with_case_rater_and_entry(study, fields, code, words):
    write_entry(study, rater="carl", **fields)
    found = the(check(study), code)
    assert found.severity == "refuse" and found.rater == "carl" and found.case == fields.get("case", "case-03")
    assert all(word in found.text for word in [*words, "carl", found.case, "x0"])
    study.withdraw("carl", "x0")
    assert code not in codes(check(study))


def test_nothing_is_asked_checked_or_counted_of_an_excluded_case(study, tmp_path):
    write_entry(study, rater="carl", scheme="bassed-5", stage=7)
    (study.folder / "case-03.nrrd").unlink()
    assert {"stage_outside_scheme", "missing_scan"} <= set(codes(check(study)))
    numbered = study.order("bert")
    study.exclude(["case-03"])
    assert codes(study.check(min_per_stage=1)) == ["excluded"] and "case-03" in the(check(study), "excluded").text
    assert "case-03" not in {item.case for item in study.worklist("bert")} and study.order("bert") == numbered
    assert Session(study, "bert").tally == Tally(0, 9)
    assert "case-03" not in study.consensus() and "case-03" not in study.boxes()
    write_volume(tmp_path / "again.nrrd", 3)
    with pytest.raises(StudyError, match=r"case-03.*excluded"):
        study.add_case(tmp_path / "again.nrrd")


def outside(case):
    return RoiBox.from_bounds([-5, 200, 0], [5, 215, 10])


def beside(case):
    return RoiBox.from_bounds([15, -5, -5], [25, 5, 5])


def sticking_out(case):
    high = case.geometry.corners_ras.max(axis=0)
    return RoiBox.from_bounds([-10, high[1] - 10, 0], [10, high[1] + 6, 10])


def axial(case):
    return RoiBox.from_bounds([-5, -5, 2], [5, 5, 2])


@pytest.mark.parametrize(
    ("make", "code", "severity"),
    [
        (outside, "box_outside_scan", "refuse"),
        (beside, "box_misses_plane", "refuse"),
        (axial, "box_flat_across", "refuse"),
        (sticking_out, "box_leaves_scan", "warning"),
    ],
)
def test_a_box_in_the_wrong_place_is_named(study, make, code, severity):
    box = make(study.case("case-04"))
    write_rois(study.folder / "odd.mrk.json", [box])
    write_entry(study, rater="carl", event="roi", case="case-04", roi_file="odd.mrk.json")
    found = the(check(study, raters=["anna"]), code)
    assert (found.severity, found.case, found.rater) == (severity, "case-04", "carl")


def test_a_missing_and_a_changed_box_file_are_named(study):
    entries = study.ledger("anna").rois()
    (study.folder / entries["case-01"].roi_file).unlink()
    write_rois(study.folder / entries["case-02"].roi_file, [replace(BOX, center=BOX.center + 1)])
    found = check(study)
    assert the(found, "no_markups").case == "case-01" and the(found, "box_changed").case == "case-02"


def test_missing_unreadable_and_changed_scans_are_named(study):
    (study.folder / "case-01.nrrd").unlink()
    (study.folder / "case-02.nrrd").write_bytes((study.folder / "case-02.nrrd").read_bytes()[:400])
    write_volume(study.folder / "case-03.nrrd", 77)
    found = check(study, read_scans=True)
    assert [the(found, c).case for c in ("missing_scan", "unreadable_scan", "scan_changed")] == [
        "case-01", "case-02", "case-03",
    ]  # fmt: skip
    with pytest.raises(StudyError, match="grey values differ"):
        study.slab("case-03")


def test_the_same_scan_of_two_patients_is_refused_and_of_one_patient_named(study):
    def copy(patient, name):
        return lambda m: m["cases"].append({**m["cases"][0], "case": name, "patient": patient})

    change_manifest(study.folder, copy("patient-0", "again"))
    assert the(check(study), "duplicate_scan").severity == "warning"
    change_manifest(study.folder, copy("stranger", "stolen"))
    worst = check(study)[0]
    assert worst.code == "duplicate_scan" and worst.severity == "refuse" and "two patients" in worst.text


def test_too_few_patients_of_a_stage_are_named_even_with_many_scans(tmp_path):
    study = labelled_study(tmp_path / "study", 12, per_patient=2)  # patients of stages 1 2 3 4 5 1
    found = [finding for finding in check(study) if finding.code == "too_few_of_stage"]
    assert [finding.text.split(" has ")[0][:7] for finding in found] == ["Stage 2", "Stage 3", "Stage 4", "Stage 5"]
    assert "cases of 1 patient;" in found[0].text
    assert "too_few_of_stage" not in codes(study.check(min_per_stage=1))


def test_what_would_be_left_out_is_said(study):
    study.append_label("case-01", "bert", 2)
    study.append_label("case-02", "bert", None)
    study.withdraw("anna", case="case-03")
    found = check(study)
    assert "case-01" in the(found, "tied").text
    assert "case-02" in the(found, "not_assessable").text
    assert "case-03" in the(found, "not_labelled").text


def test_a_damaged_manifest_is_named_by_case(study):
    manifest = json.loads((study.folder / "manifest.json").read_text())
    del manifest["cases"][3]["plane"]
    (study.folder / "manifest.json").write_text(json.dumps(manifest))
    with pytest.raises(StudyError, match=r"Case 4 in manifest\.json"):
        _ = study.cases


def test_folds_that_tear_a_patient_or_lose_a_case_are_named(tmp_path):
    study = labelled_study(tmp_path / "study", 20, per_patient=2)
    dataset = study.freeze("first", min_per_stage=1, read_scans=False)
    good = study.folds(dataset, 2, seed=3)
    assert study.check_folds(dataset, good) == []
    torn = dict(good.fold_of) | {"case-01": 1 - good.fold_of["case-02"]}
    (found,) = study.check_folds(dataset, replace(good, fold_of=torn))
    assert found.code == "patient_in_two_folds" and "patient-0" in found.text and "case-01" in found.text
    short = {name: fold for name, fold in good.fold_of.items() if name not in ("case-05", "case-06")}
    assert codes(study.check_folds(dataset, replace(good, fold_of=short | {"other": 0})))[:2] == [
        "case_in_no_fold", "unknown_case",
    ]  # fmt: skip
    assert codes(study.check_folds(dataset, replace(good, dataset_sha256="0"))) == ["folds_of_other_dataset"]
    twice = {**good.to_json(), "folds": [["case-01", "case-02"], ["case-02"]]}
    with pytest.raises(StudyError, match="case-02 stands in the folds twice"):
        Folds.from_json(twice)


def test_a_group_is_not_torn_either(tmp_path):
    study = labelled_study(tmp_path / "study", 10)

    def join(manifest):
        for n in (0, 3, 7):
            manifest["cases"][n]["group"] = "siblings"

    change_manifest(study.folder, join)
    dataset = study.freeze("first", min_per_stage=1, read_scans=False)
    for seed in range(5):
        folds = study.folds(dataset, 3, seed)
        assert len({folds.fold_of[f"case-{n:02d}"] for n in (1, 4, 8)}) == 1
    torn = dict(folds.fold_of) | {"case-04": (folds.fold_of["case-01"] + 1) % 3}
    found = study.check_folds(dataset, replace(folds, fold_of=torn))
    assert "group siblings" in the(found, "patient_in_two_folds").text


def test_scans_of_which_nobody_said_whose_they_are_are_named_until_somebody_does(tmp_path):
    study = labelled_study(tmp_path / "study", 10)
    for n in (21, 22, 23):
        write_volume(tmp_path / f"head-{n}.nrrd", n)
        study.add_case(tmp_path / f"head-{n}.nrrd")
    found = [f for f in study.check(min_per_stage=1) if f.code == "patient_assumed"]
    assert len(found) == 1 and found[0].severity == "warning" and "Whose scans 3 cases are" in found[0].text
    study.set_patients({"head-21": "p-7", "head-22": "p-7"}, group="siblings")
    assert [study.case(f"head-{n}").patient for n in (21, 22, 23)] == ["p-7", "p-7", "head-23"]
    assert study.case("head-21").group == "siblings" and study.case("head-23").group is None
    # One alone can be torn from nobody.
    assert "patient_assumed" not in codes(study.check(min_per_stage=1))
    write_volume(tmp_path / "head-24.nrrd", 24)
    study.add_case(tmp_path / "head-24.nrrd")
    study.set_patients({"head-23": "head-23", "head-24": "head-24"})
    assert "patient_assumed" not in codes(study.check(min_per_stage=1)) and study.case("head-24").patient == "head-24"
    with pytest.raises(StudyError, match="no case named head-99"):
        study.set_patients({"head-23": "p-8", "head-99": "p-8"})
    assert study.case("head-23").patient == "head-23"
