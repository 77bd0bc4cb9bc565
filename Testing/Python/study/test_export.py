"""YOLO and COCO files parse, and their boxes lie on the synchondrosis's box in pixels."""

import json

import numpy as np
import pytest
from PIL import Image
from SOSStagingTrainingLib.study.roi import RoiBox, cut
from SOSStagingTrainingLib.study.types import StudyError
from study.made_study import BOX, PLANE, labelled_study

SIZE = 640


@pytest.fixture(scope="module")
def frozen(tmp_path_factory):
    study = labelled_study(tmp_path_factory.mktemp("study") / "s", 5)
    study.append_rois("case-02", "anna", [RoiBox.from_bounds([-10, 4, -20], [10, 14, -5])])
    study.withdraw("anna", study.ledger("anna").rois()["case-05"].id)
    return study, study.freeze("first", min_per_stage=1, read_scans=False)


def expected(study, name, box):
    """Left, top, right, bottom of the cut in pixels, worked out from its corners in mm."""
    geometry = study.slab(name).slab.geometry
    at = geometry.to_ijk(cut(box, study.case(name).plane))[:, :2] + 0.5
    return [*at.min(axis=0), *at.max(axis=0)]


def test_yolo_labels_are_the_boxes_as_shares_of_the_picture(frozen, tmp_path):
    study, dataset = frozen
    folds = study.folds(dataset, 2)
    done = study.export_yolo(dataset, tmp_path / "yolo", folds=folds)
    assert done.written == ("case-01", "case-02", "case-03", "case-04")
    assert done.left_out == {"case-05": "no box in the midsagittal slice"}
    for name, box in (("case-01", BOX), ("case-02", study.rois("case-02", "anna")[0])):
        kind, x, y, w, h = map(float, (tmp_path / "yolo" / "labels" / f"{name}.txt").read_text().split())
        found = np.array([x - w / 2, y - h / 2, x + w / 2, y + h / 2]) * SIZE
        assert kind == 0 and np.allclose(found, expected(study, name, box), atol=0.01)
        picture = Image.open(tmp_path / "yolo" / "images" / f"{name}.png")
        assert picture.size == (SIZE, SIZE) and picture.mode == "L" and len(picture.getcolors()) > 50


def test_yolo_folds_are_lists_of_pictures_that_are_there(frozen, tmp_path):
    yaml = pytest.importorskip("yaml")
    study, dataset = frozen
    folds = study.folds(dataset, 2)
    study.export_yolo(dataset, tmp_path / "yolo", folds=folds, classes="stage")
    held = []
    for n in (1, 2):
        settings = yaml.safe_load((tmp_path / "yolo" / f"fold-{n}.yaml").read_text())
        assert settings["names"] == dict(enumerate(study.scheme.names))
        parts = {part: (tmp_path / "yolo" / settings[part]).read_text().split() for part in ("train", "val")}
        assert not set(parts["train"]) & set(parts["val"]) and len(parts["train"] + parts["val"]) == 4
        assert all((tmp_path / "yolo" / path).exists() for path in parts["train"] + parts["val"])
        held += parts["val"]
    assert len(set(held)) == 4
    kinds = [(tmp_path / "yolo" / "labels" / f"case-0{n}.txt").read_text()[0] for n in (1, 2, 3, 4)]
    assert kinds == ["0", "1", "2", "3"]


def test_coco_boxes_are_in_pixels_and_every_annotation_has_its_image(frozen, tmp_path):
    study, dataset = frozen
    folds = study.folds(dataset, 2)
    study.export_coco(dataset, tmp_path / "coco", folds=folds)
    whole = json.loads((tmp_path / "coco" / "annotations" / "instances.json").read_text())
    images = {image["id"]: image for image in whole["images"]}
    assert {image["case"]: image["stage"] for image in images.values()} == {f"case-0{n}": n for n in (1, 2, 3, 4)}
    assert [category["name"] for category in whole["categories"]] == ["SOS"]
    for annotation in whole["annotations"]:
        image = images[annotation["image_id"]]
        assert (tmp_path / "coco" / "images" / image["file_name"]).exists() and annotation["category_id"] == 1
        x, y, w, h = annotation["bbox"]
        (box,) = study.rois(image["case"], "anna")
        assert np.allclose([x, y, x + w, y + h], expected(study, image["case"], box), atol=0.01)
        assert annotation["area"] == pytest.approx(w * h)
    for n in range(2):
        parts = {}
        for part in ("train", "val"):
            content = json.loads((tmp_path / "coco" / "annotations" / f"fold-{n + 1}-{part}.json").read_text())
            parts[part] = {image["case"] for image in content["images"]}
            assert {a["image_id"] for a in content["annotations"]} == {i["id"] for i in content["images"]}
        assert parts["val"] == set(folds.held_out(n)) - {"case-05"} and not parts["train"] & parts["val"]


def test_the_picture_shows_the_slab_the_box_was_cut_on(frozen, tmp_path):
    study, dataset = frozen
    study.export_yolo(dataset, tmp_path / "yolo")
    shown = np.asarray(Image.open(tmp_path / "yolo" / "images" / "case-01.png")).astype(float)
    slab = study.slab("case-01", PLANE).slab
    seen = slab.valid[1]
    assert np.corrcoef(shown[seen], slab.array[1][seen])[0, 1] > 0.8 and (shown[~seen] == 0).all()


def test_an_export_never_mixes_with_what_is_there(frozen, tmp_path):
    study, dataset = frozen
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "mine.txt").write_text("keep")
    with pytest.raises(StudyError, match="not empty"):
        study.export_coco(dataset, tmp_path / "out")
    foreign = study.folds(dataset, 2)
    foreign = type(foreign)("0", 2, 1, foreign.fold_of)
    with pytest.raises(StudyError, match="another dataset"):
        study.export_coco(dataset, tmp_path / "new", folds=foreign)
    assert [path.name for path in tmp_path.iterdir()] == ["out"]
