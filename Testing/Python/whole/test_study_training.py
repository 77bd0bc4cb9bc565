"""A small study from simulated heads to a model that stages another one: every kind of method, both detectors."""

import json

import pytest
from SOSStagingLib.model.sosmodel import verify
from SOSStagingTrainingLib.__main__ import main
from SOSStagingTrainingLib.evaluation.files import read_folder

torch = pytest.importorskip("torch")

from SOSStagingTrainingLib.learning.detectors.yolo import available  # noqa: E402

HEADS = 12
RECIPE = """
extends = "quick"
name = "smallest"
methods = ["baseline", "student_paper", "ours"]
network = { backbone = "test_convnext" }
view = { size = 64, crop = 64 }
train = { epochs = 1, batch = 4 }

[method.two_stage.needs]
detector = "yolo"

[method.yolo]
view = { size = 64 }
train = { epochs = 1, batch = 4 }
"""


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """A run of a small simulated study: our localiser in both folds, YOLO in one."""
    folder = tmp_path_factory.mktemp("whole")
    study, run = folder / "study", folder / "run"
    heads = [
        "--cases",
        str(HEADS),
        "--stages",
        "1,2,3,4,5",
        "--slabs",
        "--seed",
        "11",
        "--raters",
        "3",
        "--kappa",
        "0.95",
    ]
    assert main(["simulate", *heads, "--out", str(study)]) == 0
    (folder / "recipe.toml").write_text(RECIPE)
    asked = ["--recipe", str(folder / "recipe.toml"), "--study", str(study), "--out", str(run), "--device", "cpu"]
    asked += ["--set", "study.min_per_stage=1"]
    status = [main(["train", *asked])]
    if available():
        # The recipe's detector stands in for every one; here it steps aside.
        again = [*asked, "--set", "detector=", "--out", str(folder / "yolo"), "--methods", "two_stage", "--folds", "1"]
        status.append(main(["train", *again]))
    return folder, status


def test_every_method_answers_every_held_out_case(trained):
    folder, status = trained
    assert status == [0] * len(status)
    parts = read_folder(folder / "run" / "predictions")
    cases = {name: [] for name in ("baseline", "teacher", "student_paper", "ours")}
    for part in parts:
        cases[part.header.method] += [case.case for case in part.cases]
        assert part.targets == ("true", "label") and part.calibration
    frozen = json.loads((folder / "study" / "frozen" / "train.json").read_text())["cases"]
    assert all(sorted(found) == sorted(case["case"] for case in frozen) for found in cases.values())
    done = [json.loads(path.read_text()) for path in (folder / "run" / "jobs").glob("localiser.*/done.json")]
    assert len(done) == 2 and all(0 <= d["detector"]["map50"] <= 1 for d in done)


@pytest.mark.skipif(not available(), reason="ultralytics is not installed")
def test_the_pipeline_of_yolo_and_crop_classifier_answers_too(trained):
    folder, _ = trained
    (part,) = read_folder(folder / "yolo" / "predictions")
    assert part.header.method == "two_stage" and part.cases
    done = json.loads((folder / "yolo" / "jobs" / "yolo.fold1.seed1" / "done.json").read_text())
    assert set(done["detector"]) == {"map50", "map50_95", "mean_iou", "found", "n"}


def test_what_was_trained_is_published_and_stages_a_head(trained, tmp_path):
    from SOSStagingLib.cli import main as sos

    folder, _ = trained
    model = tmp_path / "mine.sosmodel"
    assert main(["publish", str(folder / "run"), "--out", str(model), "--licence", "CC-BY-4.0"]) == 0
    card = verify(model)
    assert card["licence"] == "CC-BY-4.0"
    assert card["trained_on"] == "simulated" and card["training"]["method"] == "ours"
    # So few cases promise nothing: their temperature would only make answers look sure.
    assert (card["calibration"]["temperature"], card["calibration"]["mass"]) == (1.0, 1.0)
    assert set(card["metrics"]["compared"]) == {"baseline", "teacher", "student_paper", "ours"}
    head = sorted((folder / "study").glob("*.nrrd"))[0]
    assert sos(["stage", str(head), "--model", str(model), "--out", str(tmp_path / "out"), "--device", "cpu"]) in (0, 3)
    assert list((tmp_path / "out").rglob("*.json"))
