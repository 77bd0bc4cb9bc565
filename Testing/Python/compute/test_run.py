"""A run: planned from a recipe, worked through in order, gone on with, and told of."""

import json
import statistics
from dataclasses import replace

import pytest
from learning.made_slabs import slab_study
from SOSStagingLib.scan.types import PlainError
from SOSStagingTrainingLib.compute.locks import held
from SOSStagingTrainingLib.compute.report import status_text
from SOSStagingTrainingLib.compute.run_folder import RUN_LOCK_FILE, RunError, RunFolder
from SOSStagingTrainingLib.evaluation.files import read_folder, read_predictions
from SOSStagingTrainingLib.learning.recipe import RecipeError, load_recipe
from SOSStagingTrainingLib.study.store import change_manifest
from SOSStagingTrainingLib.study.study import Study
from SOSStagingTrainingLib.study.types import StudyError

torch = pytest.importorskip("torch")

from compute.made_run import small_recipe, wanted  # noqa: E402
from SOSStagingTrainingLib.compute.runner import Where, perform, prepare  # noqa: E402
from SOSStagingTrainingLib.learning.detectors import yolo  # noqa: E402
from SOSStagingTrainingLib.learning.plan import needs_of, parts_of, plan  # noqa: E402

HERE = Where("cpu")


def quiet(*_):
    pass


def done(run, where=HERE):
    return perform(run, where, quiet)


def test_a_plan_puts_what_is_needed_first_and_counts_nothing_twice():
    recipe = load_recipe("paper")
    jobs = plan(recipe, [(f, 1, name) for f in (1, 2) for name in ("student_paper", "baseline")])
    assert [job.key for job in jobs[:4]] == [
        *("teacher.fold1.seed1", "yolo.fold1.seed1", "student_paper.fold1.seed1", "baseline.fold1.seed1")
    ]
    assert jobs[2].before == ("teacher.fold1.seed1", "yolo.fold1.seed1") and len(jobs) == 8
    assert {job.fold for job in jobs[4:]} == {2}


def test_a_recipe_says_which_jobs_stand_for_what_is_needed():
    own = load_recipe("paper", ["detector=localiser"])
    assert needs_of(own, "student_paper") == {"teacher": ("teacher",), "detector": ("localiser",)}
    assert "detector" not in needs_of(load_recipe("paper", ["distil.mask=expert"]), "student_paper")
    crops = 'method.teacher.crops=["detected", "detected"]'
    assert needs_of(load_recipe("quick", [crops]), "teacher") == {"detector": ("localiser",)}
    two = small_recipe(method={"wide": {"base": "teacher"}, "ours": {"needs": {"teacher": ["teacher", "wide"]}}})
    assert needs_of(two, "ours") == {"teacher": ("teacher", "wide")}
    with pytest.raises(RecipeError, match="baseline needs no teacher"):
        plan(small_recipe(method={"baseline": {"needs": {"teacher": "teacher"}}}), [(1, 1, "baseline")])
    with pytest.raises(RecipeError, match=r"no method nonsense.*baseline"):
        plan(small_recipe(), [(1, 1, "nonsense")])
    with pytest.raises(RecipeError, match="no method basline"):
        plan(small_recipe(method={"basline": {"train": {"epochs": 2}}}), [(1, 1, "baseline")])
    with pytest.raises(RecipeError, match="Folds are 1 to 2"):
        plan(small_recipe(), [(3, 1, "baseline")])


def test_a_fold_learns_from_none_of_the_cases_it_is_tested_or_calibrated_on(tmp_path):
    study = slab_study(tmp_path / "study", 20)
    dataset = study.freeze("all", min_per_stage=1)
    folds = study.folds(dataset, 4)
    settings = replace(small_recipe().study, folds=4, validation=0.2)
    for fold in range(1, 5):
        parts = parts_of(dataset, folds, fold, settings)
        every = [*parts.training, *parts.validation, *parts.calibration, *parts.held_out]
        assert sorted(every) == sorted(case.name for case in dataset.cases)
        assert parts.held_out == folds.held_out(fold - 1) and 2 <= len(parts.calibration) <= 4
        assert parts_of(dataset, folds, fold, settings) == parts


def test_a_run_goes_from_study_to_predictions_and_on_with_more_of_it(tmp_path):
    asked = wanted(tmp_path, small_recipe(methods=["teacher"]))
    run = prepare(replace(asked, folds=(1,)), quiet)
    outcome = done(run)
    assert outcome.done == ["teacher.fold1.seed1"] and not outcome.failed
    first = run.predictions / "teacher.fold1.seed1.predictions.json"
    before = first.read_bytes()
    run = prepare(asked, quiet)
    assert [job.key for job in run.jobs] == ["teacher.fold1.seed1", "teacher.fold2.seed1"]
    assert done(run).done == ["teacher.fold2.seed1"] and first.read_bytes() == before
    parts = read_folder(run.predictions)
    assert [part.header.fold for part in parts] == [1, 2]
    assert sorted(case.case for part in parts for case in part.cases) == sorted(c.name for c in run.frozen().cases)
    for part in parts:
        assert part.header.data == "simulated" and part.header.manifest_sha256 == run.manifest_sha256
        assert part.header.recipe == "small" and part.header.parameters > 0 and part.header.seconds_per_scan > 0
        assert "--methods teacher" in part.header.command and str(tmp_path) not in first.read_text()
        held, fitted = ({case.patient for case in side} for side in (part.cases, part.calibration))
        assert fitted and not held & fitted
        assert all(case.true_stage == case.label_stage and len(case.logits) == 5 for case in part.cases)
    assert "2 of 2 jobs done; no program works on it" in status_text(RunFolder.open(run.folder))


def test_what_is_taught_gets_its_teacher_and_its_detector_of_the_same_fold(tmp_path):
    recipe = small_recipe(
        methods=["student_paper", "two_stage"],
        view={"size": 64, "field": "slab", "crop": 32, "margin": 0.5},
        evaluate={"attention_drop": True},
    )
    run = prepare(wanted(tmp_path, recipe, folds=(2,), seeds=(4,)), quiet)
    assert [job.method for job in run.jobs] == ["teacher", "localiser", "student_paper", "two_stage"]
    outcome = done(run)
    assert len(outcome.done) == 4, [run.outcome(key) for key in outcome.failed]
    localiser = run.outcome("localiser.fold2.seed4")
    assert 0 <= localiser["detector"]["map50_95"] <= localiser["detector"]["map50"] <= 1
    found = {part.header.method: part for part in read_folder(run.predictions)}
    assert set(found) == {"teacher", "student_paper", "two_stage"}
    student, pipeline = found["student_paper"], found["two_stage"]
    assert all(case.hot_drop is not None and case.roi_mass is not None for case in student.cases)
    # Chance is reckoned over what a network looks at: the teacher's crop is four times its box.
    by_chance = {name: statistics.mean(c.uniform_share for c in part.cases) for name, part in found.items()}
    assert by_chance["teacher"] > 2 * by_chance["student_paper"]
    # A pipeline costs what its detector costs too.
    assert pipeline.header.parameters > found["teacher"].header.parameters


def test_a_teacher_answers_the_cases_that_have_a_box_and_others_are_left_out_of_comparisons(tmp_path):
    asked = wanted(tmp_path, small_recipe(methods=["teacher", "baseline"]), folds=(1,))
    study = Study.open(asked.study)
    for name in ("slab-01", "slab-02", "slab-03", "slab-04", "slab-06"):
        study.withdraw("anna", study.ledger("anna").rois()[name].id, case=name)
    run = prepare(asked, quiet)
    unboxed = {case.name for case in run.frozen().cases if not case.rois} & set(run.folds().held_out(0))
    assert unboxed
    assert not done(run).failed
    teacher, baseline = (
        {case.case for case in read_predictions(run.predictions / f"{name}.fold1.seed1.predictions.json").cases}
        for name in ("teacher", "baseline")
    )
    assert teacher == baseline - unboxed
    # And it counts as answered.
    assert not prepare(replace(asked, out=tmp_path / "later", predictions=run.predictions), quiet).jobs


def test_a_job_that_fails_is_told_and_harms_no_other(tmp_path):
    recipe = small_recipe(
        methods=["baseline", "teacher", "student_kd_only"],
        method={"teacher": {"train": {"rate": 1e30, "optimiser": "sgd", "clip": 0.0}}},
    )
    run = prepare(wanted(tmp_path, recipe, folds=(1,)), quiet)
    outcome = done(run)
    assert outcome.done == ["baseline.fold1.seed1"] and outcome.failed == ["teacher.fold1.seed1"]
    assert outcome.left == ["student_kd_only.fold1.seed1"]
    assert "broke off at step" in run.outcome("teacher.fold1.seed1")["text"]
    assert "The training broke off" in status_text(run)


def test_a_stop_file_ends_it_between_steps_and_it_goes_on(tmp_path):
    run = prepare(wanted(tmp_path, folds=(1,)), quiet)
    seen = []

    def stop_soon():
        seen.append(1)
        run.request_stop()

    from concurrent.futures import ThreadPoolExecutor

    from SOSStagingTrainingLib.compute import execute
    from SOSStagingTrainingLib.learning.slabs import cut_slabs

    cut_slabs(run.study(), run.frozen(), run.cache)
    run.request_stop()
    assert execute.work_here(run, ["baseline.fold1.seed1"], lambda key: "done").left == ["baseline.fold1.seed1"]
    run.clear_stop()
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(execute.do_job, str(run.folder), "baseline.fold1.seed1", "cpu", 0)
        while not list(run.job_folder("baseline.fold1.seed1").glob("checkpoint.pt")) and not first.done():
            pass
        run.request_stop()
        state = first.result()
    assert state in ("interrupted", "done")
    assert done(run).done == (["baseline.fold1.seed1"] if state == "interrupted" else [])
    assert run.state("baseline.fold1.seed1") == "done"


def test_two_programs_do_not_work_on_one_run(tmp_path):
    run = prepare(wanted(tmp_path, folds=(1,)), quiet)
    with held(run.folder / RUN_LOCK_FILE), pytest.raises(RunError, match="works on run already"):
        assert run.alive
        done(run)
    assert not run.alive


def test_another_run_is_not_written_over(tmp_path):
    asked = wanted(tmp_path)
    run = prepare(asked, quiet)
    with pytest.raises(RunError, match="another recipe"):
        prepare(replace(asked, recipe=small_recipe(train={"epochs": 3})), quiet)
    with pytest.raises(RunError, match="no run"):
        RunFolder.open(tmp_path)
    (run.folder / "run.json").write_text("{}")
    with pytest.raises(RunError, match="damaged"):
        RunFolder.open(run.folder)


def test_study_and_run_can_be_moved_together(tmp_path):
    run = prepare(wanted(tmp_path / "here", folds=(1,)), quiet)
    (tmp_path / "here").rename(tmp_path / "there")
    moved = RunFolder.open(tmp_path / "there" / "run")
    assert moved.frozen().manifest_sha256 == run.manifest_sha256
    assert str(tmp_path) not in (moved.folder / "run.json").read_text()


def test_what_is_answered_already_is_not_trained_again(tmp_path):
    kept = tmp_path / "kept"
    first = wanted(tmp_path / "first", folds=(1,), predictions=kept)
    assert len(done(prepare(first, quiet)).done) == 1 and len(list(kept.iterdir())) == 1
    # On another computer only the committed predictions are there, not the run.
    later = replace(
        first, out=tmp_path / "later", folds=(), recipe=small_recipe(methods=["baseline", "student_kd_only"])
    )
    run = prepare(later, quiet)
    assert [job.key for job in run.jobs if job.method == "baseline"] == ["baseline.fold2.seed1"]
    assert run.predictions == kept and len(run.jobs) == 5


def test_what_was_answered_under_other_conditions_is_not_taken_for_the_same(tmp_path):
    kept = tmp_path / "kept"
    methods = ["student_kd_only"]
    first = wanted(tmp_path, small_recipe(methods=methods), folds=(1,), predictions=kept)
    assert not done(prepare(first, quiet)).failed

    def refused(words, **changes):
        with pytest.raises(RunError, match=f"made with another {words}"):
            prepare(replace(first, out=tmp_path / "other", **changes), quiet)

    refused("recipe", recipe=small_recipe(methods=methods, name="other"))
    # An edited recipe of the same name, and one that changes what the student was taught by.
    for changes in ({"distil": {"temperature": 5.0}}, {"method": {"teacher": {"train": {"epochs": 3}}}}):
        refused("settings of this method or of one it needs", recipe=small_recipe(methods=methods, **changes))
    other = prepare(replace(first, folds=(2,), predictions=None), quiet).folds().to_json()
    other["folds"].reverse()
    (tmp_path / "folds.json").write_text(json.dumps(other))
    refused("folds", folds_file=tmp_path / "folds.json")
    # What another method is told, and what is told as it usually is, changes nothing.
    same = small_recipe(methods=methods, method={"baseline": {"train": {"epochs": 9}}}, augment={"box_shift": 0.0})
    assert not prepare(replace(first, recipe=same, out=tmp_path / "same"), quiet).jobs


def drawn_again(folder):
    """The study of ``wanted``, drawn where a voxel of the first head is rounded otherwise."""
    asked = wanted(folder, folds=(1,))
    change_manifest(asked.study, lambda manifest: manifest["cases"][0].update(sha256="0" * 64))
    return asked


def test_answers_to_the_same_simulated_heads_drawn_elsewhere_count_and_are_told(tmp_path):
    kept = tmp_path / "kept"
    done(prepare(wanted(tmp_path / "first", folds=(1,), predictions=kept), quiet))
    told = []
    assert not prepare(replace(drawn_again(tmp_path / "second"), predictions=kept), told.append).jobs
    assert any("drawn elsewhere: the scans differ in bytes" in text for text in told)
    other = drawn_again(tmp_path / "third")
    Study.open(other.study).append_label("slab-02", "anna", 3)
    with pytest.raises(RunError, match="made with another study or dataset"):
        prepare(replace(other, predictions=kept), quiet)


def test_answers_given_before_also_lie_where_later_ones_are_wanted(tmp_path):
    asked = wanted(tmp_path, folds=(1,))
    run = prepare(asked, quiet)
    done(run)
    before = (run.predictions / "baseline.fold1.seed1.predictions.json").read_bytes()
    more = prepare(replace(asked, predictions=tmp_path / "kept"), quiet)
    assert not done(more).done
    assert [(path.name, path.read_bytes()) for path in (tmp_path / "kept").iterdir()] == [
        ("baseline.fold1.seed1.predictions.json", before)
    ]


def test_a_finished_network_does_without_the_weights_it_started_from(tmp_path):
    start = tmp_path / "start.safetensors"
    from safetensors.torch import save_file
    from timm import create_model

    save_file(create_model("test_convnext").state_dict(), start)
    network = {"backbone": "test_convnext", "start": str(start)}
    asked = wanted(tmp_path, small_recipe(methods=["teacher"], network=network), folds=(1,))
    assert not done(prepare(asked, quiet)).failed
    start.unlink()
    run = prepare(replace(asked, methods=("teacher",)), quiet)
    (run.job_folder("teacher.fold1.seed1") / "done.json").unlink()
    assert done(run).done == ["teacher.fold1.seed1"]
    with pytest.raises(PlainError, match=r"start\.safetensors"):
        prepare(replace(asked, methods=("baseline",)), quiet)


def test_networks_that_cannot_be_built_are_named_before_anything_is_trained(tmp_path, monkeypatch):
    asked = wanted(tmp_path)
    with pytest.raises(PlainError, match="knows no network 'nonsense'"):
        prepare(replace(asked, recipe=small_recipe(network={"backbone": "nonsense"})), quiet)
    with pytest.raises(PlainError, match=r"baseline has no loss term kd\. It has classification"):
        prepare(replace(asked, recipe=small_recipe(method={"baseline": {"weights": {"kd": 1.0}}})), quiet)
    monkeypatch.setattr(yolo, "available", lambda: False)
    with pytest.raises(PlainError, match=r"ultralytics .* not installed"):
        prepare(replace(asked, recipe=small_recipe(detector="", methods=["two_stage"])), quiet)
    assert not asked.out.exists() and not (asked.study / "frozen").exists()


def append(study, rater, **entry):
    path = study.folder / "labels" / f"{rater}.jsonl"
    line = json.loads(path.read_text().splitlines()[0])
    path.open("a").write(json.dumps({**line, "id": "made-up", "action": "made-up", **entry}) + "\n")


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda s: append(s, "anna", stage=7), "stage 7; the scheme bassed-5 has stages 1 to 5"),
        (lambda s: append(s, "anna", scheme="three-stage"), "from the scheme three-stage, not from the study's"),
        (lambda s: s.append_label("slab-01", "anna", 2), "Stage 1 .* has cases of 1 patient; at least 2"),
        (lambda s: (s.folder / "slab-03.nrrd").unlink(), r"slab-03 is missing"),
    ],
)
def test_a_bad_study_is_named_before_anything_is_trained(tmp_path, spoil, words):
    asked = wanted(tmp_path, cases=10)
    from SOSStagingTrainingLib.study.study import Study

    spoil(Study.open(asked.study))
    with pytest.raises(StudyError, match=words):
        prepare(asked, quiet)
    assert not asked.out.exists()


def test_an_unreadable_scan_is_named_before_anything_is_trained(tmp_path):
    asked = wanted(tmp_path, cases=10)
    run = prepare(asked, quiet)
    (asked.study / "slab-03.nrrd").write_bytes(b"nothing")
    with pytest.raises(StudyError, match=r"slab-03: .*cannot be read"):
        done(run)
    assert not any(run.job_folder(job.key).exists() for job in run.jobs)


def test_a_patient_in_two_folds_is_named(tmp_path):
    asked = wanted(tmp_path, cases=10)
    from SOSStagingTrainingLib.study.study import Study

    study = Study.open(asked.study)
    manifest = json.loads((study.folder / "manifest.json").read_text())
    manifest["cases"][1]["patient"] = manifest["cases"][0]["patient"]
    (study.folder / "manifest.json").write_text(json.dumps(manifest))
    dataset = study.freeze("all", min_per_stage=1)
    folds = study.folds(dataset, 2).to_json()
    held = next(cases for cases in folds["folds"] if "slab-02" in cases)
    held.remove("slab-02")
    next(cases for cases in folds["folds"] if cases is not held).append("slab-02")
    (tmp_path / "folds.json").write_text(json.dumps(folds))
    with pytest.raises(StudyError, match=r"patient p1 is in folds .*slab-0"):
        prepare(replace(asked, folds_file=tmp_path / "folds.json"), quiet)


def test_several_frozen_datasets_want_one_to_be_named(tmp_path):
    asked = wanted(tmp_path, cases=10)
    from SOSStagingTrainingLib.study.study import Study

    study = Study.open(asked.study)
    study.freeze("one", min_per_stage=1)
    study.append_label("slab-01", "anna", 2)
    study.freeze("two", min_per_stage=1)
    with pytest.raises(StudyError, match=r"one, two.*--dataset"):
        prepare(asked, quiet)
    assert prepare(replace(asked, dataset="two"), quiet).dataset == "two"


def test_labels_that_changed_since_they_were_frozen_are_told(tmp_path):
    from SOSStagingTrainingLib.study.study import Study

    asked, said = wanted(tmp_path, cases=10), []
    study = Study.open(asked.study)
    study.freeze("train", min_per_stage=1)
    prepare(asked, said.append)
    assert not any("have changed" in text for text in said)
    study.append_label("slab-01", "anna", 2)
    prepare(asked, said.append)
    assert any("have changed since they were frozen as train" in text for text in said)
    with pytest.raises(StudyError, match="not of those asked for"):
        prepare(replace(asked, raters=("somebody",)), quiet)


def test_a_detector_trains_to_its_end_where_others_stop_early(tmp_path):
    recipe = small_recipe(
        methods=["localiser"],
        study={"folds": 2, "validation": 0.3, "calibration": 0.2, "min_per_stage": 1},
        train={"epochs": 2, "batch": 4, "patience": 1},
    )
    watched = done(prepare(wanted(tmp_path, recipe, folds=(1,)), quiet))
    assert watched.done == ["localiser.fold1.seed1"] and not watched.failed
