"""Stage schemes as data: what the stages are called, what they mean, and how one scheme maps to another."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

SCHEME_FORMAT = "sosstaging.scheme/1"
DEFAULT_SCHEME = "bassed-5"
SCHEME_FOLDER = Path(__file__).resolve().parents[2] / "Resources" / "Schemes"


class SchemeError(ValueError):
    """A stage scheme is unknown or its file is not usable; the message says why in plain words."""


@dataclass(frozen=True)
class Stage:
    """One stage of a scheme.

    ``number`` counts from 1. ``short`` fits under a bar. ``fused_fraction`` (0 open .. 1 fused, from the endocranial
    side) and ``scar`` say how to draw it; they are this project's choice, not part of the published definition.
    """

    number: int
    name: str
    short: str
    description: str
    fused_fraction: float
    scar: bool


@dataclass(frozen=True)
class StageScheme:
    """A staging system.

    ``mapping[n]`` is the stage of this scheme (from 1) to which stage ``n + 1`` of ``mapped_from`` belongs.
    ``wording`` is "paraphrase" or "quotation" of ``source``.
    """

    id: str
    title: str
    source: str
    wording: str
    note: str
    stages: tuple[Stage, ...]
    mapping: tuple[int, ...]
    mapped_from: str = DEFAULT_SCHEME

    @property
    def names(self) -> tuple[str, ...]:
        """The stage names in order."""
        return tuple(stage.name for stage in self.stages)

    def stage(self, number: int) -> Stage:
        """Return the stage with this number; SchemeError if there is none."""
        if not 1 <= number <= len(self.stages):
            raise SchemeError(f"the scheme {self.id} has stages 1 to {len(self.stages)}, not {number}")
        return self.stages[number - 1]

    def collapse_stage(self, number: int) -> int:
        """Return this scheme's stage for stage ``number`` (from 1) of ``mapped_from``."""
        if not 1 <= number <= len(self.mapping):
            raise SchemeError(f"the scheme {self.mapped_from} has stages 1 to {len(self.mapping)}, not {number}")
        return self.mapping[number - 1]

    def collapse(self, probabilities: Sequence[float]) -> tuple[float, ...]:
        """Sum the probabilities of ``mapped_from``'s stages, in order, into this scheme's stages."""
        if len(probabilities) != len(self.mapping):
            raise SchemeError(
                f"the scheme {self.id} maps {len(self.mapping)} stages of {self.mapped_from}, "
                f"but {len(probabilities)} probabilities were given"
            )
        return tuple(
            math.fsum(float(p) for p, to in zip(probabilities, self.mapping, strict=True) if to == stage.number)
            for stage in self.stages
        )


def scheme_ids(folder: Path = SCHEME_FOLDER) -> tuple[str, ...]:
    """Return the ids of the schemes that can be loaded, the default first."""
    found = sorted(path.stem for path in folder.glob("*.json"))
    return tuple(sorted(found, key=lambda name: (name != DEFAULT_SCHEME, name)))


def load_scheme(scheme_id: str = DEFAULT_SCHEME, folder: Path = SCHEME_FOLDER) -> StageScheme:
    """Load a scheme by its id; SchemeError if it is unknown or its file is damaged."""
    known = scheme_ids(folder)
    if scheme_id not in known:
        raise SchemeError(f'there is no stage scheme "{scheme_id}"; the known ones are: {", ".join(known) or "none"}')
    path = folder / f"{scheme_id}.json"
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise SchemeError(f"the stage scheme file {path.name} cannot be read: {error}") from error
    scheme = parse_scheme(data, path.name)
    if scheme.id != scheme_id:
        raise SchemeError(f'the stage scheme file {path.name} is for the scheme "{scheme.id}"')
    return scheme


def parse_scheme(data: Any, where: str = "the stage scheme") -> StageScheme:
    """Build a scheme from its JSON form and check it; SchemeError naming ``where`` if it does not hold together."""
    if not isinstance(data, dict):
        raise SchemeError(f"{where} must be a JSON object")
    if data.get("format") != SCHEME_FORMAT:
        raise SchemeError(f"{where} has the format {data.get('format')!r}, this version reads {SCHEME_FORMAT!r}")
    raw_stages = data.get("stages")
    if not isinstance(raw_stages, list) or len(raw_stages) < 2:
        raise SchemeError(f"{where}: stages must be a list of at least two stages")
    stages = tuple(_stage(raw, number, where) for number, raw in enumerate(raw_stages, start=1))
    mapped_from, mapping = _mapping(data.get("mapping"), len(stages), where)
    wording = _text(data, "wording", where)
    if wording not in ("paraphrase", "quotation"):
        raise SchemeError(f"{where}: wording must be paraphrase or quotation, not {wording!r}")
    return StageScheme(
        id=_text(data, "id", where),
        title=_text(data, "title", where),
        source=_text(data, "source", where),
        wording=wording,
        note=_text(data, "note", where),
        stages=stages,
        mapping=mapping,
        mapped_from=mapped_from,
    )


def _stage(raw: Any, number: int, where: str) -> Stage:
    here = f"{where}, stage {number}"
    if not isinstance(raw, dict):
        raise SchemeError(f"{here} must be a JSON object")
    if raw.get("number") != number:
        raise SchemeError(f"{here}: stages must be numbered from 1 in order, found {raw.get('number')!r}")
    fraction = raw.get("fused_fraction")
    if isinstance(fraction, bool) or not isinstance(fraction, int | float) or not 0 <= fraction <= 1:
        raise SchemeError(f"{here}: fused_fraction must be a number from 0 to 1, not {fraction!r}")
    if not isinstance(raw.get("scar"), bool):
        raise SchemeError(f"{here}: scar must be true or false")
    return Stage(
        number=number,
        name=_text(raw, "name", here),
        short=_text(raw, "short", here),
        description=_text(raw, "description", here),
        fused_fraction=float(fraction),
        scar=raw["scar"],
    )


def _mapping(raw: Any, stages: int, where: str) -> tuple[str, tuple[int, ...]]:
    if not isinstance(raw, dict) or not isinstance(raw.get("to_stage"), list):
        raise SchemeError(f"{where}: mapping must hold the scheme it maps from and the list to_stage")
    mapping = raw["to_stage"]
    if not all(isinstance(n, int) and not isinstance(n, bool) for n in mapping):
        raise SchemeError(f"{where}: to_stage must hold whole numbers")
    # A stage nothing maps to, or an order turned round, would silently lose probability or meaning.
    if sorted(mapping) != mapping or sorted(set(mapping)) != list(range(1, stages + 1)):
        raise SchemeError(f"{where}: to_stage must rise from 1 to {stages} and reach every stage, found {mapping}")
    return _text(raw, "from", where), tuple(mapping)


def _text(data: dict[str, Any], key: str, where: str) -> str:
    value = data.get(key)
    if not isinstance(value, str) or not value.strip():
        raise SchemeError(f"{where}: {key} must be a text that is not empty")
    return value
