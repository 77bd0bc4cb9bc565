"""The questions arXiv 2505.21561 leaves open, each as a recipe laid over another. No torch.

What an experiment varies is a method of its own in the run and in the table; everything else is as the recipe has it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from .recipe import Recipe, Table, laid_over, parse_recipe
from .settings import RecipeError

STUDENT, TEACHER, PAPER_DETECTOR = "student_paper", "teacher", "yolo"
TEMPERATURES = (1.0, 3.0, 5.0, 10.0)
ALL_METHODS = (
    "baseline", "teacher", "student_paper", "student_kd_only", "student_attention_only", "two_stage", "fusion", "vit",
    "ours",
)  # fmt: skip


@dataclass(frozen=True)
class Experiment:
    """An experiment: the question, its methods, what is laid over the recipe for them, and which method plays which
    part (``evaluation.comparison.Roles``)."""

    question: str
    methods: tuple[str, ...]
    tables: Callable[[Recipe], Table] = lambda recipe: {}
    roles: Mapping[str, str] = field(default_factory=dict)


def _temperatures(recipe: Recipe) -> Table:
    return {_at(t): {"base": STUDENT, "distil": {"temperature": t}} for t in TEMPERATURES}


def _at(temperature: float) -> str:
    return f"{STUDENT}_t{temperature:g}"


def _without_attention(recipe: Recipe) -> Table:
    return {f"{STUDENT}_no_attention": {"base": STUDENT, "weights": {"attention": 0.0}}}


def _automatic(recipe: Recipe) -> Table:
    crops, needs = ["detected", "detected"], {"teacher": f"{TEACHER}_automatic"}
    # By the same detector as the student's mask.
    found_by = {"detector": recipe.detector or PAPER_DETECTOR}
    return {
        f"{TEACHER}_automatic": {"base": TEACHER, "crops": crops, "needs": found_by},
        f"{STUDENT}_automatic": {"base": STUDENT, "crops": ["detected", "none"], "needs": needs},
    }


EXPERIMENTS = {
    "table": Experiment(
        "What does each method reach?",
        ALL_METHODS,
        roles={"baseline": "baseline", "teacher": TEACHER, "student": "ours", "pipeline": "two_stage"},
    ),
    "attention-off": Experiment(
        "Does the attention loss help the student?",
        ("baseline", STUDENT, f"{STUDENT}_no_attention"),
        _without_attention,
        {"baseline": "baseline", "student": STUDENT},
    ),
    "temperature": Experiment("Which temperature suits?", tuple(_at(t) for t in TEMPERATURES), _temperatures),
    "automatic-crops": Experiment(
        "Can the teacher do without experts' boxes?",
        (TEACHER, STUDENT, f"{TEACHER}_automatic", f"{STUDENT}_automatic"),
        _automatic,
        {"teacher": TEACHER, "student": STUDENT},
    ),
}


def recipe_for(name: str, recipe: Recipe) -> Recipe:
    """The recipe of an experiment; RecipeError where there is none of that name."""
    if name not in EXPERIMENTS:
        raise RecipeError("no_experiment", f"There is no experiment {name}.", f"There are {', '.join(EXPERIMENTS)}.")
    chosen = EXPERIMENTS[name]
    raw = recipe.to_json()
    changed = {"experiment": name, "methods": list(chosen.methods), "method": chosen.tables(recipe)}
    return parse_recipe(laid_over(raw, changed))
