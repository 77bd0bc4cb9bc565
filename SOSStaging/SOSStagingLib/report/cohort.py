"""Many results as one CSV table, one row per case."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ..staging.result import StagingResult
from .files import plain, write_text

# A spreadsheet runs a cell that starts with one of these as a formula; file names and reasons come from outside.
_FORMULA_START = ("=", "+", "-", "@")


def write_cohort_csv(path: Path, results: Sequence[tuple[str, StagingResult]]) -> None:
    """Write (name, result) pairs to ``path`` in one step, in the order given.

    Probabilities are in columns p_stage_1, p_stage_2, ... up to the longest scheme; lists are separated by spaces or
    semicolons; what a case does not have is left empty. Text that a spreadsheet would run as a formula gets a leading
    apostrophe.
    """
    stages = max((len(result.stage_names) for _, result in results), default=0)
    rows = [_row(name, result, stages) for name, result in results]
    buffer = io.StringIO()
    writer = csv.DictWriter(buffer, fieldnames=_columns(stages), lineterminator="\r\n")
    writer.writeheader()
    writer.writerows({key: _cell(value) for key, value in row.items()} for row in rows)
    path.parent.mkdir(parents=True, exist_ok=True)
    write_text(path, buffer.getvalue())


def _columns(stages: int) -> list[str]:
    return list(_row("", None, stages))


def _row(name: str, result: StagingResult | None, stages: int) -> dict[str, Any]:
    """Return one row; with None all values are empty, which gives the columns in order."""
    return {
        "name": name,
        **_answer(result, stages),
        **_reasons(result),
        **_place(result),
        **_origin(result),
    }


def _answer(result: StagingResult | None, stages: int) -> dict[str, Any]:
    probabilities = () if result is None or result.probabilities is None else result.probabilities
    stage = None if result is None else result.stage
    return {
        "input": result and result.input_name,
        "kind": result and result.kind,
        "scheme": result and result.scheme,
        "assessable": None if result is None else str(result.assessable).lower(),
        "stage": stage,
        "stage_name": None if result is None or stage is None else result.stage_names[stage - 1],
        **{f"p_stage_{n + 1}": probabilities[n] if n < len(probabilities) else None for n in range(stages)},
        "expected_stage": result and result.expected_stage,
        "plausible_stages": result and " ".join(str(n) for n in result.plausible_stages),
        "plausible_coverage": result and result.stated_coverage,
    }


def _reasons(result: StagingResult | None) -> dict[str, Any]:
    reasons = () if result is None else result.reasons
    warnings = () if result is None else result.quality.warnings
    return {
        "reason_codes": "; ".join(r.code for r in reasons),
        "reasons": "; ".join(r.text for r in reasons),
        "warning_codes": "; ".join(w.code for w in warnings),
        "warnings": "; ".join(w.text for w in warnings),
    }


def _place(result: StagingResult | None) -> dict[str, Any]:
    sos = None if result is None else result.sos
    plane = None if result is None else result.plane
    cam = None if result is None else result.gradcam
    return {
        **_numbers(("sos_r_mm", "sos_a_mm", "sos_s_mm"), None if sos is None else sos.center_ras_mm),
        **_numbers(("sos_x_px", "sos_y_px"), None if sos is None else sos.center_px),
        "sos_confidence": sos and sos.confidence,
        **_numbers(("plane_r_mm", "plane_a_mm", "plane_s_mm"), None if plane is None else plane.origin_ras_mm),
        **_numbers(("plane_normal_r", "plane_normal_a", "plane_normal_s"), None if plane is None else plane.normal_ras),
        "plane_confidence": plane and plane.confidence,
        "plane_source": plane and plane.source,
        "gradcam_share_in_sos_box": cam and cam.share_in_box,
        "gradcam_share_within_20mm": cam.share_within_20mm if cam and result and result.scale_known else None,
    }


def _origin(result: StagingResult | None) -> dict[str, Any]:
    model = None if result is None else result.model
    return {
        "model_name": model and model.name,
        "model_version": model and model.version,
        "model_sha256": model and model.sha256,
        "model_trained_on": model and model.trained_on,
        "seconds": None if result is None else result.seconds.get("total", sum(result.seconds.values())),
    }


def _numbers(names: Sequence[str], values: Any) -> dict[str, Any]:
    return dict.fromkeys(names) if values is None else {n: float(v) for n, v in zip(names, values, strict=True)}


def _cell(value: Any) -> str | int | float:
    """Return a cell: numbers as they are, rounded; text on one line and harmless to a spreadsheet."""
    value = plain(value)
    if value is None:
        return ""
    if isinstance(value, float):
        return round(value, 6)
    if isinstance(value, int):
        return value
    text = " ".join(str(value).split())
    return f"'{text}" if text.startswith(_FORMULA_START) else text
