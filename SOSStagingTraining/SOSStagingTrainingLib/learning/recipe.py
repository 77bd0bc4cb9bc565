"""Recipes: TOML files that say which methods are trained, how, and on which parts of a study. No torch.

A recipe is strict: a key it does not know is refused with those it does. What a method is told is the recipe's own
tables with those under ``[method.NAME]`` laid over them; a method with a ``base`` among the recipe's begins with what
that one is told. A recipe that ``extends`` another is laid over it.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields, is_dataclass
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

from .settings import (
    AugmentSettings,
    DistilSettings,
    MethodSettings,
    NetworkSettings,
    RecipeError,
    TrainSettings,
    ViewSettings,
    require,
)

RECIPE_FOLDER = Path(__file__).resolve().parents[2] / "Resources" / "Recipes"
SUFFIX = ".toml"
TABLES: dict[str, type] = {
    "network": NetworkSettings,
    "view": ViewSettings,
    "augment": AugmentSettings,
    "train": TrainSettings,
    "distil": DistilSettings,
}
_OWN = ("base", "weights", "crops", "needs")

T = TypeVar("T")
Table = dict[str, Any]


@dataclass(frozen=True)
class StudySettings:
    """How a study is split: ``folds`` by patient, and from each fold's training side a share for ``validation`` (early
    stop) and one for ``calibration``. ``min_per_stage`` patients every stage must have."""

    folds: int = 5
    fold_seed: int = 1
    validation: float = 0.1
    calibration: float = 0.1
    min_per_stage: int = 5

    def __post_init__(self) -> None:
        require(self.folds >= 2, "study.folds must be at least 2")
        for name in ("validation", "calibration"):
            require(0 <= getattr(self, name) <= 0.4, f"study.{name} must lie from 0 to 0.4")


@dataclass(frozen=True)
class EvaluateSettings:
    """What is measured on held-out cases beyond the answer itself: ``attention_drop`` blurs the hottest region of each
    Grad-CAM away, and others (see ``evaluation.attention``), ten answers for each case."""

    attention_drop: bool = True
    batch: int = 16

    def __post_init__(self) -> None:
        require(self.batch >= 1, "evaluate.batch must be at least 1")


@dataclass(frozen=True)
class Recipe:
    """A recipe as it was read. ``guesses`` are the keys whose values its source does not state.

    ``methods`` are trained with all they need. ``detector`` stands in for whichever detector methods ask for (empty:
    as they ask). ``experiment`` is the one that was laid over it, if any. ``tables`` and ``method`` hold the tables as
    they were written; ``settings`` puts them together.
    """

    name: str
    about: str = ""
    methods: tuple[str, ...] = ()
    detector: str = ""
    experiment: str = ""
    guesses: tuple[str, ...] = ()
    study: StudySettings = field(default_factory=StudySettings)
    evaluate: EvaluateSettings = field(default_factory=EvaluateSettings)
    tables: Mapping[str, Table] = field(default_factory=dict)
    method: Mapping[str, Table] = field(default_factory=dict)

    def settings(self, name: str) -> MethodSettings:
        """All that a method of the run is told, registered or named by the recipe."""
        own = self._own(name)
        where = f"method.{name}"
        told: Table = {
            key: read_table(kind, self._laid_over(key, own), f"{where}.{key}") for key, kind in TABLES.items()
        }
        known = {key: value for key, value in own.items() if key in _OWN}
        needs = {need: (job,) if isinstance(job, str) else tuple(job) for need, job in known.pop("needs", {}).items()}
        crops = tuple(known.pop("crops", ())) or None
        return read_table(MethodSettings, {"base": name, **known, "name": name, "crops": crops, "needs": needs, **told})

    def _own(self, name: str, path: tuple[str, ...] = ()) -> Table:
        """What stands under a method's name, laid over what stands under its base's; ``base`` is the registered one."""
        require(name not in path, f"method.{name} is its own base")
        own = self.method.get(name, {})
        base = own.get("base", name)
        if base == name or base not in self.method:
            return own
        below = self._own(base, (*path, name))
        return {**laid_over(below, own), "base": below.get("base", base)}

    def _laid_over(self, key: str, own: Table) -> Table:
        return {**self.tables.get(key, {}), **own.get(key, {})}

    def to_json(self) -> Table:
        """Return what ``parse_recipe`` reads, as plain values."""
        head = {"name": self.name, "about": self.about, "methods": list(self.methods), "detector": self.detector}
        head |= {"experiment": self.experiment} if self.experiment else {}
        rest = {"guesses": list(self.guesses), "study": asdict(self.study), "evaluate": asdict(self.evaluate)}
        return {**head, **rest, **self.tables, "method": dict(self.method)}


def recipes() -> dict[str, Path]:
    """The recipes that come with the program, by name."""
    return {path.stem: path for path in sorted(RECIPE_FOLDER.glob(f"*{SUFFIX}"))}


def load_recipe(name: str, changes: Sequence[str] = ()) -> Recipe:
    """Read a recipe by name or path; ``changes`` such as ``train.epochs=3`` are laid over it and into its name.

    Raises:
        RecipeError: there is none, it is not TOML, or something in it is unknown or out of range.
    """
    path, raw = _read(name, ())
    for change in changes:
        _change(raw, change)
    raw.setdefault("name", path.stem)
    if changes:
        raw["name"] = "; ".join([str(raw["name"]), *changes])
    try:
        require("experiment" not in raw, "experiment is not for recipes; begin one with sos experiment NAME")
        return parse_recipe(raw)
    except RecipeError as error:
        raise RecipeError("recipe", f"{path.name}: {error.text}", error.hint) from error


def _read(name: str, path: tuple[str, ...]) -> tuple[Path, Table]:
    """A recipe's file and tables, laid over those of the one it ``extends``."""
    file = recipes().get(name) or Path(name)
    try:
        raw = tomllib.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        text = f"There is no recipe {name}."
        raise RecipeError("no_recipe", text, f"Give a file, or one of {', '.join(recipes())}.") from error
    except (OSError, ValueError) as error:
        raise RecipeError("recipe_unread", f"The recipe {file.name} cannot be read: {error}.") from error
    other = raw.pop("extends", None)
    if other is None:
        return file, raw
    require(isinstance(other, str) and other not in (*path, name), f"{file.name}: extends must name another recipe")
    base = _read(other, (*path, name))[1]
    # What a recipe is called and what it guesses is its own.
    return file, laid_over({key: value for key, value in base.items() if key not in ("about", "guesses")}, raw)


def laid_over(base: Table, top: Table) -> Table:
    """Tables with those of ``top`` laid over them, key by key."""
    out = dict(base)
    for key, value in top.items():
        both = isinstance(value, dict) and isinstance(out.get(key), dict)
        out[key] = laid_over(out[key], value) if both else value
    return out


def parse_recipe(raw: Table) -> Recipe:
    """Check a recipe's tables and put them together; RecipeError names what does not fit."""
    head = {key: value for key, value in raw.items() if key not in TABLES and key != "method"}
    tables = {key: raw[key] for key in TABLES if key in raw}
    method = raw.get("method", {})
    require(isinstance(method, dict), "method must be a table of tables, [method.NAME]")
    allowed = {f.name for f in fields(Recipe)} - {"tables"} | set(TABLES)
    _refuse_unknown(raw, allowed, "the recipe")
    for name, own in method.items():
        require(isinstance(own, dict), f"method.{name} must be a table")
        _refuse_unknown(own, {*TABLES, *_OWN}, f"[method.{name}]")
    recipe = read_table(Recipe, {**head, "tables": tables, "method": method}, "")
    for key, kind in TABLES.items():
        read_table(kind, tables.get(key, {}), key)
    for name in {*recipe.methods, *method}:
        patience = recipe.settings(name).train.patience
        require(not patience or recipe.study.validation > 0, "train.patience needs study.validation above 0")
    _check_guesses(recipe)
    return recipe


def _check_guesses(recipe: Recipe) -> None:
    written = recipe.to_json()
    for guess in recipe.guesses:
        require(_found(written, guess.split(".")), f"guesses names {guess}, which the recipe does not set")


def _found(table: Any, keys: Sequence[str]) -> bool:
    for key in keys:
        if not isinstance(table, Mapping) or key not in table:
            return False
        table = table[key]
    return True


def _change(raw: Table, change: str) -> None:
    key, equals, value = change.partition("=")
    *path, last = key.strip().split(".")
    if not equals or not last:
        raise RecipeError("bad_change", f"{change!r} is no change of a recipe.", "Write one such as train.epochs=3.")
    try:
        parsed = tomllib.loads(f"value = {value.strip()}")["value"]
    except ValueError:
        parsed = value.strip()
    for part in path:
        raw = raw.setdefault(part, {})
        require(isinstance(raw, dict), f"{key.strip()}: {part} is no table")
    raw[last] = parsed


def read_table(kind: type[T], table: Table, where: str = "") -> T:
    """Build a settings class from a table; RecipeError names an unknown key with those there are, or a wrong value."""
    hints = get_type_hints(kind)
    _refuse_unknown(table, set(hints), f"[{where}]" if where else "the recipe")
    values = {}
    for key, value in table.items():
        name = f"{where}.{key}" if where else key
        values[key] = _value(hints[key], value, name)
    try:
        return kind(**values)
    except TypeError as error:
        raise RecipeError("recipe", f"{where or 'the recipe'} lacks something: {error}") from error


def _refuse_unknown(table: Mapping[str, Any], allowed: set[str], where: str) -> None:
    unknown = sorted(table.keys() - allowed)
    if unknown:
        text = f"{where} has no {', '.join(unknown)}."
        raise RecipeError("unknown_key", text, f"It may have {', '.join(sorted(allowed))}.")


def _value(hint: Any, value: Any, name: str) -> Any:
    """A value as ``hint`` wants it, lists becoming tuples and tables settings."""
    origin, args = get_origin(hint), get_args(hint)
    if origin in (Union, UnionType):
        return None if value is None else _value(next(a for a in args if a is not NoneType), value, name)
    if origin is Literal:
        require(value in args, f"{name} is {value!r}, but must be {' or '.join(map(str, args))}")
        return value
    if origin is tuple:
        require(isinstance(value, list | tuple), f"{name} must be a list")
        kinds = [args[0]] * len(value) if args[-1] is Ellipsis else list(args)
        require(len(kinds) == len(value), f"{name} must have {len(kinds)} values")
        return tuple(_value(k, v, name) for k, v in zip(kinds, value, strict=True))
    if origin is not None:
        require(isinstance(value, Mapping), f"{name} must be a table")
        return {str(k): _value(args[1], v, f"{name}.{k}") for k, v in value.items()} if args[1] is not Any else value
    if is_dataclass(hint):
        return value if isinstance(value, hint) else read_table(hint, _as_table(value, name), name)  # type: ignore[arg-type]
    return value if hint is Any else _plain(hint, value, name)


def _as_table(value: Any, name: str) -> Table:
    require(isinstance(value, dict), f"{name} must be a table")
    return dict(value)


def _plain(kind: type, value: Any, name: str) -> Any:
    words = {int: "a whole number", float: "a number", bool: "true or false", str: "text"}
    if kind is float and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    right = isinstance(value, kind) and (kind is bool or not isinstance(value, bool))
    require(right, f"{name} must be {words.get(kind, kind.__name__)}, not {value!r}")
    return value
