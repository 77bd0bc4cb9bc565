"""Runs on small slabs with networks that train in seconds."""

from pathlib import Path

from learning.made_slabs import slab_study
from SOSStagingTrainingLib.compute.runner import Wanted
from SOSStagingTrainingLib.learning.recipe import Recipe, parse_recipe

SMALL = {
    "name": "small",
    "methods": ["baseline"],
    "detector": "localiser",
    "study": {"folds": 2, "calibration": 0.2, "min_per_stage": 2},
    "network": {"backbone": "test_convnext"},
    "view": {"size": 64, "field": "slab", "crop": 64, "margin": 0.5},
    "train": {"epochs": 2, "batch": 4, "warmup": 0.0, "save_minutes": 0.0},
    "evaluate": {"attention_drop": False},
}


def small_toml(methods: str, calibration: float) -> str:
    """The same for the command line, with one epoch: methods as in ``"baseline", "teacher"``."""
    return f"""
methods = [{methods}]
detector = "localiser"
study = {{ folds = 2, calibration = {calibration}, validation = 0.0, min_per_stage = 2 }}
network = {{ backbone = "test_convnext" }}
view = {{ size = 64, field = "slab", crop = 64, margin = 0.5 }}
train = {{ epochs = 1, batch = 4, warmup = 0.0 }}
evaluate = {{ attention_drop = false }}
"""


def small_recipe(**more) -> Recipe:
    return parse_recipe({**SMALL, **more})


def wanted(folder: Path, recipe: Recipe | None = None, cases: int = 15, **more) -> Wanted:
    """What a small run is asked for; its study is made if it is not there."""
    study = folder / "study"
    if not study.exists():
        slab_study(study, cases)
    return Wanted(recipe or small_recipe(), study, folder / "run", **more)
