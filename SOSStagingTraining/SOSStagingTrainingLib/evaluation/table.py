"""The comparison as a table to read (Markdown), to compute with (CSV) and to keep (JSON), and as confusion pictures."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from SOSStagingLib.report.files import plain, write_text

from .drawing import confusion_svg
from .gap import PIPELINE_BAR, SMALLEST_GAP, TEACHER_BAR

AGAINST = {"true": "the true stage", "label": "the label"}
WHERE = {"simulated": "simulated heads only: nothing here is accuracy on patients", "real": "real scans"}
NONE = "–"
_SCORES = ("accuracy", "within_one", "kappa", "mae", "answered")
_AVERAGES = tuple(f"{mean}_{name}" for mean in ("weighted", "macro") for name in ("precision", "recall", "f1"))
_OPTIONAL = (
    "roi_mass", "peak_inside", "uniform_share", "hot_drop", "random_drop", "drop_difference", "presence",
    "fraction_error",
)  # fmt: skip

Table = dict[str, Any]
Head = tuple[str, ...]


def write_table(folder: Path, comparison: Table) -> list[Path]:
    """Write comparison.md, .csv, .json and a confusion picture for each method and target; returns the paths."""
    folder.mkdir(parents=True, exist_ok=True)
    texts = {
        "comparison.md": markdown(comparison),
        "comparison.csv": csv_text(comparison),
        "comparison.json": json.dumps(plain(comparison), indent=1, ensure_ascii=False, allow_nan=False) + "\n",
    }
    for row in comparison["methods"]:
        for target in comparison["targets"]:
            title = f"{row['method']} against {AGAINST[target]}, {row['data']}, n = {row['n']}"
            texts[_picture(row["method"], target)] = confusion_svg(row["against"][target]["confusion"], title, target)
    for name, text in texts.items():
        write_text(folder / name, text)
    return [folder / name for name in texts]


def markdown(comparison: Table) -> str:
    """The tables and what they rest on, every row with its n."""
    parts = [
        f"# Comparison on {comparison['data']} {'heads' if comparison['data'] == 'simulated' else 'scans'}",
        _foreword(comparison),
    ]
    for target in comparison["targets"]:
        parts += [f"## Against {AGAINST[target]}", _score_table(comparison, target), _average_table(comparison, target)]
        parts.append(_picture_line(comparison, target))
        if target == "true" and comparison["labels_against_true"]:
            parts.append(_labels_line(comparison["labels_against_true"]))
    parts += ["## Calibration", _calibration_table(comparison)]
    parts += ["## Attention, place and cost", _attention_table(comparison), _place_table(comparison)]
    if comparison["pairs"]:
        parts += ["## Pairs", _pair_table(comparison)]
    if comparison["gap"]:
        parts += ["## Gap", *(_gap_lines(gap, comparison["roles"]) for gap in comparison["gap"])]
    if comparison["notes"]:
        parts += ["## Notes", "\n".join(f"- {note}" for note in comparison["notes"])]
    return "\n\n".join(parts) + "\n"


def _picture(method: str, target: str) -> str:
    return f"confusion-{method}-{target}.svg"


def _picture_line(comparison: Table, target: str) -> str:
    methods = [row["method"] for row in comparison["methods"]]
    return f"Confusion: {', '.join(f'[{name}]({_picture(name, target)})' for name in methods)}."


def csv_text(comparison: Table) -> str:
    """One line for each method and target; intervals in columns of their own, unknown values empty."""
    rows = [_csv_row(row, target) for row in comparison["methods"] for target in comparison["targets"]]
    buffer = io.StringIO()
    writer = csv.DictWriter(buffer, fieldnames=list(rows[0]), lineterminator="\r\n")
    writer.writeheader()
    writer.writerows({key: "" if plain(value) is None else value for key, value in row.items()} for row in rows)
    return buffer.getvalue()


def _csv_row(row: Table, target: str) -> dict[str, Any]:
    scores, calibration = row["against"][target], row["calibration"].get("against", {}).get(target, {})
    cells: dict[str, Any] = {
        "method": row["method"], "data": row["data"], "against": target, "n": row["n"], "patients": row["patients"],
        "answers": row["answers"], "folds": _folds(row), "seeds": " ".join(map(str, row["seeds"])),
    }  # fmt: skip
    for name in (*_SCORES, *_AVERAGES):
        cells |= _spread(name, scores[name])
    for number, recall in enumerate(scores["recall_of_stage"], 1):
        cells |= _spread(f"recall_{number}", recall)
    cells |= {f"calibration_{name}": calibration.get(name) for name in ("error_before", "error_after")}
    cells["calibration_error_by_chance"] = row["calibration"].get("error_by_chance")
    for name in ("log_loss_before", "log_loss_after"):
        cells |= _spread(name, calibration.get(name))
    cells |= _spread("coverage", calibration.get("coverage"))
    cells |= _spread("set_size", row["calibration"].get("set_size"))
    for name in _OPTIONAL:
        cells |= {f"{name}_n": (row[name] or {}).get("n")} | _spread(name, row[name])
    place = row["sos_error_mm"] or {}
    cells |= {f"sos_error_mm_{name}": place.get(name) for name in ("n", "median", "percentile_95")}
    return cells | {"parameters": row["parameters"], "seconds_per_scan": row["seconds_per_scan"]}


def _spread(name: str, found: Table | None) -> dict[str, Any]:
    found = found or {}
    return {name: found.get("value"), f"{name}_low": found.get("low"), f"{name}_high": found.get("high")}


def _foreword(comparison: Table) -> str:
    boot = comparison["bootstrap"]
    return (
        f"Measured on {WHERE[comparison['data']]}. Scheme {comparison['scheme']}, study "
        f"{_drawings(comparison['manifests'])}. In brackets: 95 % interval from {boot['draws']} bootstrap draws of "
        f"patients (seed {boot['seed']}). {_who_answered(comparison['trained_on'])} counts once, with the mean over "
        "them; the intervals hold what other patients would change, not other trainings. A missing answer counts as "
        "wrong; kappa and MAE leave it out. Nothing is fitted on the scans scored here."
    )


def _who_answered(trained_on: list[str]) -> str:
    if not trained_on:
        return "A scan answered under several seeds"
    studies = ", ".join(sha256[:12] for sha256 in trained_on)
    return f"External validation: the networks learnt from study {studies}. A scan answered by several of them"


def _round(comparison: Table) -> str:
    return "network" if comparison["trained_on"] else "seed"


def _drawings(manifests: dict[str, list[str]]) -> str:
    """The datasets by their hashes; and, where the same heads were drawn more than once, what ran on which."""
    if len(manifests) == 1:
        return next(iter(manifests))[:12]
    each = "; ".join(f"{sha256[:12]}: {', '.join(runs)}" for sha256, runs in manifests.items())
    return (
        f"drawn {len(manifests)} times from its seed, with the same cases, labels, boxes and planes but scans that "
        f"differ in bytes ({each})"
    )


def _score_table(comparison: Table, target: str) -> str:
    head: Head = (
        *_WHO_HEAD,
        "accuracy %",
        "weighted kappa",
        "MAE",
        "within one %",
        "answered %",
        f"accuracy % of each {_round(comparison)}",
    )
    rows = []
    for row in comparison["methods"]:
        scores = row["against"][target]
        by_seed = ", ".join(f"{100 * value:.1f}" for value in scores["accuracy_of_seed"].values())
        cells = [_percent(scores["accuracy"]), _number(scores["kappa"]), _number(scores["mae"])]
        cells += [_percent(scores["within_one"]), f"{100 * scores['answered']['value']:.1f}", by_seed]
        rows.append([*_who(row), *cells])
    return _table(head, rows)


def _average_table(comparison: Table, target: str) -> str:
    stages = len(comparison["methods"][0]["against"][target]["recall_of_stage"])
    head: Head = ("method", "data", "n", *(f"{name.replace('_', ' ').replace('f1', 'F1')} %" for name in _AVERAGES))
    head += tuple(f"recall {number} %" for number in range(1, stages + 1))
    rows = []
    for row in comparison["methods"]:
        scores = row["against"][target]
        shown = [scores[name] for name in _AVERAGES] + scores["recall_of_stage"]
        rows.append([row["method"], row["data"], row["n"], *map(_percent, shown)])
    return _table(head, rows)


def _calibration_table(comparison: Table) -> str:
    head: Head = ("method", "data", "n", "against", "error before %", "error after %", "by chance %")
    head += ("log loss before", "log loss after", "temperature", "fitted on")
    head += (f"{100 * comparison['coverage_wanted']:.0f} % sets hold it %", "mean size")
    rows = []
    for row in comparison["methods"]:
        found = row["calibration"]
        for target, errors in found.get("against", {}).items():
            warm, fitted = found["temperature_of_file"], found["cases_of_file"]
            shares = (errors["error_before"], errors["error_after"], found["error_by_chance"])
            cells = [*(f"{100 * share:.1f}" for share in shares)]
            cells += [_number(errors["log_loss_before"]), _number(errors["log_loss_after"])]
            cells += [_range(warm, "{:.2f}"), f"{_range(fitted, '{:d}')} a file", _percent(errors["coverage"])]
            rows.append([row["method"], row["data"], row["n"], target, *cells, _number(found["set_size"])])
        if found["files_without"]:
            rows.append([row["method"], row["data"], row["n"], *[NONE] * (len(head) - 3)])
    text = (
        f"Expected calibration error over {comparison['calibration_bins']}, the mean over the networks, each with its "
        "own temperature; by chance: what it would be on so few scans were the scaled probabilities exactly right. "
        "Temperature and sets come from each fold's own calibration part and its labels; the held-out scans are not in "
        "it."
    )
    return f"{_table(head, rows)}\n\n{text}"


def _attention_table(comparison: Table) -> str:
    head: Head = ("method", "data", "n", "Grad-CAM in ROI %", "peak in ROI %", "uniform map %")
    head += ("n masked", "drop, hot region", "drop, random region", "difference")
    rows = []
    for row in comparison["methods"]:
        shares = [_percent(row[name]) for name in ("roi_mass", "peak_inside", "uniform_share")]
        drops = [_number(row[name]) for name in ("hot_drop", "random_drop", "drop_difference")]
        counts = [(row[name] or {"n": 0})["n"] for name in ("roi_mass", "drop_difference")]
        rows.append([row["method"], row["data"], counts[0], *shares, counts[1], *drops])
    return _table(head, rows)


def _place_table(comparison: Table) -> str:
    head: Head = (
        "method",
        "data",
        "n",
        "place off mm, median",
        "95th percentile",
        "n placed",
        "presence",
        "fraction off",
    )
    head += ("parameters", "seconds a scan", "device")
    rows = []
    for row in comparison["methods"]:
        place = row["sos_error_mm"]
        off = [f"{place['median']:.2f}", f"{place['percentile_95']:.2f}", place["n"]] if place else [NONE, NONE, 0]
        cost = [f"{row['parameters'] / 1e6:.2f} M", f"{row['seconds_per_scan']:.3f}", ", ".join(row["devices"])]
        means = [_number(row["presence"]), _number(row["fraction_error"])]
        rows.append([row["method"], row["data"], row["n"], *off, *means, *cost])
    text = "\n\nSeconds a scan were measured on the study that was learnt from." if comparison["trained_on"] else ""
    return _table(head, rows) + text


def _pair_table(comparison: Table) -> str:
    head: Head = (
        "first",
        "second",
        "against",
        "data",
        "n",
        "patients",
        "accuracy, points",
        "bootstrap p",
        "kappa",
        "MAE",
    )
    head += (f"McNemar p (only first right, only second right) of each {_round(comparison)}",)
    rows = []
    for pair in comparison["pairs"]:
        tests = [f"{t['p']:.3g} ({t['only_first']}, {t['only_second']})" for t in pair["mcnemar"]]
        who = [pair["first"], pair["second"], pair["against"], comparison["data"], pair["n"], pair["patients"]]
        found = [_points(pair["accuracy_points"]), f"{pair['bootstrap_p']:.3g}"]
        found += [_number(pair["kappa"], "+.3f"), _number(pair["mae"], "+.3f")]
        rows.append([*who, *found, "; ".join(tests) or NONE])
    text = (
        "First minus second, on the scans that both have; kappa and MAE on those that both answered. McNemar is exact "
        "and takes scans as independent; the bootstrap draws patients. The p-values are not corrected for the number "
        "of comparisons."
    )
    return f"{_table(head, rows)}\n\n{text}"


def _gap_lines(gap: Table, roles: Table) -> str:
    lines = []
    if "gap" in gap:
        who = f"{gap['n']} scans of {gap['patients']} patients"
        names = f"teacher {roles['teacher']}, baseline {roles['baseline']}, student {roles['student']}"
        lines.append(f"Against {AGAINST[gap['against']]}, {who} ({names}), in points of accuracy:")
        lines.append(f"- gap, teacher minus baseline: {_points(gap['gap'])}")
        lines.append(f"- student minus baseline: {_points(gap['gain'])}")
        lines.append(f"- student minus teacher: {_points(gap['student_minus_teacher'])}")
        lines.append(f"- {_closed_text(gap)}")
    if "pipeline" in gap:
        lines += [""] if lines else []
        verdict = "met" if gap["pipeline"]["meets_bar"] else "not met"
        lines.append(
            f"Against {AGAINST[gap['against']]}, student {roles['student']} minus two-stage pipeline "
            f"{roles['pipeline']} on {gap['pipeline']['n']} scans: {_points(gap['pipeline']['points'])} points; the "
            f"bar (whole interval above {PIPELINE_BAR:g}) is {verdict}."
        )
    return "\n".join(lines)


def _closed_text(gap: Table) -> str:
    if gap["closed"]:
        return f"gap closed, (student - baseline) / (teacher - baseline): {_percent(gap['closed'])} %"
    verdict = "met" if gap["meets_bar"] else "not met"
    return (
        f"gap closed is not reported, because {gap['why_not']} (it must exclude 0 and be at least {SMALLEST_GAP:g} "
        f"points). Instead the student may be at most {-TEACHER_BAR:g} points below the teacher: {verdict}."
    )


def _labels_line(found: Table) -> str:
    return (
        f"The labels themselves against the true stage, n = {found['n']}: accuracy {_percent(found['accuracy'])} %, "
        f"weighted kappa {_number(found['kappa'])}, MAE {_number(found['mae'])}."
    )


_WHO_HEAD = ("method", "data", "n", "patients", "folds", "seeds")


def _who(row: Table) -> list[Any]:
    seeds = ", ".join(map(str, row["seeds"]))
    return [row["method"], row["data"], row["n"], row["patients"], _folds(row), seeds]


def _folds(row: Table) -> str:
    """How many of the planned folds there are: one number, or one for each seed where they differ."""
    counts = [len(folds) for folds in row["folds"].values()]
    shown = str(counts[0]) if len(set(counts)) == 1 else ", ".join(map(str, counts))
    return f"{shown} of {row['folds_planned']}"


def _percent(found: Table | None) -> str:
    return _number(found and {key: 100 * found[key] for key in ("value", "low", "high")}, ".1f")


def _points(found: Table) -> str:
    return _number(found, "+.1f")


def _number(found: Table | None, form: str = ".3f") -> str:
    if not found or found["value"] != found["value"]:
        return NONE
    return f"{found['value']:{form}} [{found['low']:{form}}, {found['high']:{form}}]"


def _range(values: Sequence[float], form: str) -> str:
    low, high = form.format(min(values)), form.format(max(values))
    return low if low == high else f"{low} to {high}"


def _table(head: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(map(str, line))} |" for line in lines)
