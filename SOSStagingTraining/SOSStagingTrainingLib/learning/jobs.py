"""One network of a run, by name. No torch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Job:
    """One network: a method of the run, trained without one fold (from 1) under one seed.

    ``needs`` are the keys of the jobs that must be finished before, by the part they play: ``teacher``, ``detector``.
    """

    method: str
    fold: int
    seed: int
    needs: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def key(self) -> str:
        """Its name, and its folder's."""
        return f"{self.method}.fold{self.fold}.seed{self.seed}"

    @property
    def before(self) -> tuple[str, ...]:
        """Keys of all jobs that come first."""
        return tuple(dict.fromkeys(key for keys in self.needs.values() for key in keys))

    def to_json(self) -> dict[str, Any]:
        """Return plain JSON values."""
        needs = {role: list(keys) for role, keys in self.needs.items()}
        return {"method": self.method, "fold": self.fold, "seed": self.seed, "needs": needs}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Job:
        """Build from what ``to_json`` returned."""
        needs = {role: tuple(keys) for role, keys in data["needs"].items()}
        return cls(data["method"], data["fold"], data["seed"], needs)
