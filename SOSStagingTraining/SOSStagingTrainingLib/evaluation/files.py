"""Predictions files: written in one step, read with errors that name the file and the row.

The JSON has one case on a line, so that a change shows as what it is; logits have four decimals, shares four, mm three.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any

from SOSStagingLib.report.files import write_text

from .predictions import CasePrediction, Predictions, PredictionsError, RunHeader

FORMAT = "sosstaging.predictions/1"
SUFFIX = ".predictions.json"
_COLUMNS = [field.name for field in fields(CasePrediction)]
_DECIMALS = {"sos_error_mm": 3}


def predictions_path(folder: Path, header: RunHeader) -> Path:
    """Where the file of a run lies in ``folder``."""
    return folder / f"{header.run}{SUFFIX}"


def write_predictions(folder: Path, predictions: Predictions) -> Path:
    """Write the file of a run into ``folder`` (made if need be), in one step, and return its path."""
    folder.mkdir(parents=True, exist_ok=True)
    path = predictions_path(folder, predictions.header)
    head = json.dumps(asdict(predictions.header), ensure_ascii=False, indent=1)
    text = f'{{\n"format": "{FORMAT}",\n"header": {head},\n"cases": {_part_text(predictions.cases)}'
    if predictions.calibration:
        text += f',\n"calibration": {_part_text(predictions.calibration)}'
    write_text(path, f"{text}\n}}\n")
    return path


def read_predictions(path: Path) -> Predictions:
    """Read and check a predictions file.

    Raises:
        PredictionsError: the file cannot be read, is damaged, of another format, or its contents do not hold together;
            the message names the file and, where there is one, the row.
    """
    try:
        return _parsed(json.loads(path.read_text(encoding="utf-8")))
    except OSError as error:
        raise PredictionsError(f"{path} cannot be read: {error.strerror or error}") from error
    except PredictionsError as error:
        raise PredictionsError(f"{path}: {error}") from error
    except ValueError as error:
        text = f"{path} is damaged ({error}). Restore it or delete it, and run that fold again"
        raise PredictionsError(text) from error


def read_folder(folder: Path) -> list[Predictions]:
    """Read every predictions file below ``folder``, in order of method, seed and fold.

    PredictionsError: no folder, no file, a damaged one, or two files of the same method, fold and seed.
    """
    if not folder.is_dir():
        raise PredictionsError(f"{folder} is not a folder")
    found: dict[str, tuple[Path, Predictions]] = {}
    for path in sorted(folder.rglob(f"*{SUFFIX}")):
        part = read_predictions(path)
        if part.header.run in found:
            other = found[part.header.run][0]
            raise PredictionsError(f"{other} and {path} hold the same method, fold and seed. Keep one of them")
        found[part.header.run] = path, part
    if not found:
        raise PredictionsError(f"{folder} holds no predictions: no file there ends in {SUFFIX}")
    parts = [part for _, part in found.values()]
    return sorted(parts, key=lambda part: (part.header.method, part.header.seed, part.header.fold))


def _part_text(cases: Sequence[CasePrediction]) -> str:
    columns = [name for name in _COLUMNS if any(getattr(case, name) is not None for case in cases) or name == "logits"]
    rows = [[_cell(case, name) for name in columns] for case in cases]
    lines = [json.dumps(row, ensure_ascii=False, separators=(",", ":")) for row in rows]
    return f'{{"columns": {json.dumps(columns)}, "rows": [\n' + ",\n".join(lines) + "\n]}"


def _cell(case: CasePrediction, name: str) -> Any:
    value, decimals = getattr(case, name), _DECIMALS.get(name, 4)
    if isinstance(value, tuple):
        return [round(float(v), decimals) for v in value]
    return round(value, decimals) if isinstance(value, float) else value


def _parsed(raw: Any) -> Predictions:
    if not isinstance(raw, dict) or raw.get("format") != FORMAT:
        found = raw.get("format") if isinstance(raw, dict) else None
        raise PredictionsError(f"its format is {found!r}, this version reads {FORMAT!r}")
    _check_keys("the file", raw, {"format", "header", "cases"}, {"calibration"})
    if not isinstance(raw["header"], dict):
        raise PredictionsError("the header must be a JSON object")
    names = {field.name for field in fields(RunHeader)}
    _check_keys("the header", raw["header"], names - {"settings_sha256", "labels_sha256", "trained_on_sha256"}, names)
    header = RunHeader(**raw["header"])
    return Predictions(header, _part("cases", raw["cases"]), _part("calibration", raw.get("calibration")))


def _part(name: str, raw: Any) -> tuple[CasePrediction, ...]:
    if raw is None:
        return ()
    if not isinstance(raw, dict):
        raise PredictionsError(f"{name} must be a JSON object with columns and rows")
    _check_keys(name, raw, {"columns", "rows"})
    columns, rows = raw["columns"], raw["rows"]
    if not isinstance(columns, list) or not isinstance(rows, list):
        raise PredictionsError(f"{name}: columns and rows must be lists")
    _check_keys(f"{name}, columns", dict.fromkeys(map(str, columns)), {"case", "patient", "logits"}, set(_COLUMNS))
    return tuple(_case(f"{name}, row {n}", columns, row) for n, row in enumerate(rows, 1))


def _case(where: str, columns: list[str], row: Any) -> CasePrediction:
    if not isinstance(row, list) or len(row) != len(columns):
        raise PredictionsError(f"{where}: there must be {len(columns)} values, one for each column")
    values = dict(zip(columns, row, strict=True))
    if isinstance(values["logits"], list):
        values["logits"] = tuple(values["logits"])
    return CasePrediction(**values)


def _check_keys(
    where: str, found: dict[str, Any], needed: set[str], possible: frozenset[str] | set[str] = frozenset()
) -> None:
    missing, unknown = sorted(needed - found.keys()), sorted(found.keys() - needed - possible)
    if missing:
        raise PredictionsError(f"{where}: {', '.join(missing)} is missing")
    if unknown:
        raise PredictionsError(f"{where}: {', '.join(unknown)} is not known to this version")
