"""What client and worker say to each other: JSON lines, arrays by file, one error type in plain words.

A line is one JSON object with a ``type``. Client to worker: ``predict`` (``slabs``: file), ``stage`` (``scan``: folder,
``plane``: JSON or null, ``answer``: folder) and ``bye``. Worker to client: ``hello`` (protocol, model, scheme, card,
device, pid, software), ``progress`` (phase, i, n, eta), ``result`` (``predictions``: file), ``staged`` (``answer``:
folder), ``error`` (code, text, hint) and ``bye``. Files lie in a folder the client made and owns.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from ..model.prediction import Prediction
from ..scan.geometry import Geometry
from ..scan.types import PlainError, Slab
from .result import ModelInfo

PROTOCOL_VERSION = 2

FROM_WORKER: dict[str, frozenset[str]] = {
    "hello": frozenset({"protocol", "model", "scheme", "card", "device", "pid", "software"}),
    "progress": frozenset({"phase", "i", "n", "eta"}),
    "result": frozenset({"predictions"}),
    "staged": frozenset({"answer"}),
    "error": frozenset({"code", "text", "hint"}),
    "bye": frozenset(),
}


@dataclass(frozen=True)
class Progress:
    """How far a long step has come: step ``i`` of ``n`` of ``phase``; ``eta`` in seconds where it can be told."""

    phase: str
    i: int
    n: int
    eta: float | None = None


ProgressCallback = Callable[[Progress], None]


class Scheme(Protocol):
    """The part of a stage scheme that staging needs: its id and its stages' names in order."""

    @property
    def id(self) -> str:
        """Identifier, for example ``bassed-5``."""

    @property
    def names(self) -> tuple[str, ...]:
        """Names in scheme order."""


@dataclass(frozen=True)
class SchemeNames:
    """A stage scheme as the worker reports it."""

    id: str
    names: tuple[str, ...]


class Engine(Protocol):
    """Whatever runs the network: the worker's client, a Predictor in this process, or a test's stand-in."""

    @property
    def info(self) -> ModelInfo:
        """Which model answers."""

    @property
    def scheme(self) -> Scheme:
        """The stages it tells apart."""

    @property
    def card(self) -> Mapping[str, Any]:
        """The model card."""

    def predict(self, slabs: Sequence[Slab]) -> list[Prediction]:
        """Judge slabs, one prediction each, in order."""


class WorkerError(PlainError):
    """The worker could not answer."""


def encode(message: Mapping[str, Any]) -> bytes:
    """Return one protocol line. Pure ASCII, so that no console code page can damage it."""
    return json.dumps(message, ensure_ascii=True, allow_nan=False).encode("ascii") + b"\n"


def decode(line: bytes) -> dict[str, Any]:
    """Read one line of the worker. Raises ValueError for anything that is not a complete, known message."""
    message = json.loads(line.decode("utf-8"))
    if not isinstance(message, dict) or message.get("type") not in FROM_WORKER:
        raise ValueError("not a message of the staging worker")
    missing = FROM_WORKER[message["type"]] - message.keys()
    if missing:
        raise ValueError(f"the message {message['type']} lacks {', '.join(sorted(missing))}")
    return message


def save_slabs(path: Path, slabs: Sequence[Slab]) -> None:
    """Write slabs to an .npz file."""
    arrays: dict[str, Any] = {}
    for n, slab in enumerate(slabs):
        arrays[f"array{n}"] = np.asarray(slab.array, np.float32)
        arrays[f"valid{n}"] = np.asarray(slab.valid, bool)
        arrays[f"ijk_to_ras{n}"] = slab.geometry.ijk_to_ras
        if slab.picture_to_slab is not None:
            arrays[f"picture_to_slab{n}"] = slab.picture_to_slab
    np.savez(path, **arrays)


def load_slabs(path: Path) -> list[Slab]:
    """Read what `save_slabs` wrote."""
    slabs: list[Slab] = []
    with np.load(path, allow_pickle=False) as arrays:
        while f"array{len(slabs)}" in arrays:
            n = len(slabs)
            array = arrays[f"array{n}"]
            shape = (array.shape[0], array.shape[1], array.shape[2])
            geometry = Geometry(shape, arrays[f"ijk_to_ras{n}"])
            to_slab = arrays.get(f"picture_to_slab{n}")
            slabs.append(Slab(array, arrays[f"valid{n}"], geometry, to_slab))
    return slabs


def save_predictions(path: Path, predictions: Sequence[Prediction]) -> None:
    """Write predictions to an .npz file."""
    arrays: dict[str, Any] = {}
    for n, prediction in enumerate(predictions):
        arrays[f"logits{n}"] = np.asarray(prediction.logits, np.float32)
        arrays[f"cam{n}"] = np.asarray(prediction.cam, np.float32)
        if prediction.runner_up_cam is not None:
            arrays[f"runner_up_cam{n}"] = np.asarray(prediction.runner_up_cam, np.float32)
        # presence, SOS and box in one float64 row: a JSON line must not carry NaN, a file may
        arrays[f"numbers{n}"] = np.array([prediction.presence, *prediction.sos_px, *prediction.box_px], float)
        names = sorted(prediction.landmarks_px)
        arrays[f"landmark_names{n}"] = np.array(names, dtype=np.str_)
        arrays[f"landmarks{n}"] = np.array([prediction.landmarks_px[k] for k in names], float).reshape(-1, 2)
    np.savez(path, **arrays)


def load_predictions(path: Path) -> list[Prediction]:
    """Read what `save_predictions` wrote."""
    predictions: list[Prediction] = []
    with np.load(path, allow_pickle=False) as arrays:
        while f"logits{len(predictions)}" in arrays:
            n = len(predictions)
            v = [float(x) for x in arrays[f"numbers{n}"]]
            points = zip(arrays[f"landmark_names{n}"], arrays[f"landmarks{n}"], strict=True)
            landmarks = {str(name): (float(x), float(y)) for name, (x, y) in points}
            box = (v[3], v[4], v[5], v[6])
            cam, runner_up = arrays[f"cam{n}"], arrays.get(f"runner_up_cam{n}")
            predictions.append(Prediction(arrays[f"logits{n}"], v[0], (v[1], v[2]), box, cam, landmarks, runner_up))
    return predictions
