"""Every figure of the comparison table, from predictions files: methods, pairs of methods, gap closed. Plain values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from itertools import combinations
from typing import Any

import numpy as np
import numpy.typing as npt

from .calibration import BINNING, COVERAGE, FEWEST, calibration_figures
from .gap import POINTS, GapClosed, above_pipeline, gap_closed
from .metrics import case_confusions, figures
from .predictions import Predictions, PredictionsError, Target, stages_of
from .resampling import DRAWS, FEW_PATIENTS, Estimate, PatientBootstrap, bootstrap_p, estimate, mcnemar
from .runs import MethodRuns, group_methods

FORMAT = "sosstaging.comparison/1"
FloatArray = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Roles:
    """Which method plays which part; None where none does."""

    baseline: str | None = None
    teacher: str | None = None
    student: str | None = None
    pipeline: str | None = None


@dataclass(frozen=True)
class Draws:
    """The bootstrap's number of resamples and seed."""

    number: int = DRAWS
    seed: int = 0

    def of(self, patients: Sequence[str]) -> PatientBootstrap:
        """Draws of these patients."""
        return PatientBootstrap(patients, self.number, self.seed)


def compare(parts: Sequence[Predictions], roles: Roles | None = None, draws: Draws | None = None) -> dict[str, Any]:
    """Score every method against the true stage and the label, and the methods against one another.

    Values are plain; those with an interval are {value, low, high}; unknown ones are NaN or None. PredictionsError when
    the files do not belong together or a role names no method.
    """
    roles, draws = roles or Roles(), draws or Draws()
    methods = group_methods(parts)
    _check_roles(roles, methods)
    targets: tuple[Target, ...] = parts[0].targets
    if any(part.targets != targets for part in parts):
        raise PredictionsError("some files hold true stages or labels that others lack; make all of them alike")
    first = parts[0].header
    rows = [_method_row(runs, targets, draws) for runs in methods.values()]
    return {
        "format": FORMAT,
        "data": first.data,
        "scheme": first.scheme,
        "labels_sha256": first.labels_sha256,
        "manifests": _manifests(parts),
        "trained_on": sorted({part.header.trained_on_sha256 for part in parts} - {""}),
        "bootstrap": {"unit": "patient", "draws": draws.number, "seed": draws.seed},
        "calibration_bins": BINNING,
        "coverage_wanted": COVERAGE,
        "targets": list(targets),
        "roles": asdict(roles),
        "labels_against_true": _labels_row(methods, draws) if len(targets) == 2 else None,
        "methods": rows,
        "pairs": [_pair(*pair, target, draws) for target in targets for pair in _pairs(methods, roles)],
        "gap": [gap for target in targets if (gap := _gap(methods, roles, target, draws))],
        "notes": _notes(rows, first.external),
    }


def _manifests(parts: Sequence[Predictions]) -> dict[str, list[str]]:
    """The runs on each frozen dataset; several where simulated heads were drawn more than once."""
    found: dict[str, list[str]] = {}
    for header in sorted((part.header for part in parts), key=lambda header: header.run):
        found.setdefault(header.manifest_sha256, []).append(header.run)
    return found


def _check_roles(roles: Roles, methods: dict[str, MethodRuns]) -> None:
    for role, name in asdict(roles).items():
        if name is not None and name not in methods:
            raise PredictionsError(f"there is no method {name!r} for the {role}; there are: {', '.join(methods)}")


def _method_row(runs: MethodRuns, targets: Sequence[Target], draws: Draws) -> dict[str, Any]:
    boot, headers = draws.of(runs.patients), [part.header for part in runs.parts]
    return {
        "method": runs.name,
        "data": headers[0].data,
        "n": len(runs.cases),
        "patients": boot.patients,
        "answers": len(runs.rows),
        "files": len(runs.parts),
        "folds": {str(seed): list(runs.folds(seed)) for seed in runs.seeds},
        "folds_planned": headers[0].folds,
        "seeds": list(runs.seeds),
        "recipes": sorted({header.recipe for header in headers}),
        "parameters": max(header.parameters for header in headers),
        "seconds_per_scan": float(np.mean([header.seconds_per_scan for header in headers])),
        "devices": sorted({header.device for header in headers}),
        "dates": sorted({header.date for header in headers}),
        "commands": sorted({header.command for header in headers}),
        "against": {target: _scores(runs, target, boot) for target in targets},
        "calibration": calibration_figures(runs, targets, boot),
        **_optional_figures(runs, boot),
    }


def _scores(runs: MethodRuns, target: Target, boot: PatientBootstrap) -> dict[str, Any]:
    sums = boot.sums(runs.confusions(target))
    found = figures(sums)
    right = runs.right(target)
    out: dict[str, Any] = {name: estimate(value).to_json() for name, value in found.items() if value.ndim == 1}
    out["recall_of_stage"] = [estimate(column).to_json() for column in found["recall_of_stage"].T]
    out["accuracy_of_seed"] = {one: float(right[runs.row_rounds == one].mean()) for one in runs.rounds}
    out["confusion"] = sums[0].tolist()
    return out


def _optional_figures(runs: MethodRuns, boot: PatientBootstrap) -> dict[str, Any]:
    """Attention, place, presence and fraction; None for what no file holds."""
    names = ("roi_mass", "peak_inside", "uniform_share", "hot_drop", "random_drop", "presence")
    out: dict[str, Any] = {name: _column_mean(runs, runs.column(name), boot) for name in names}
    out["drop_difference"] = _column_mean(runs, runs.column("hot_drop") - runs.column("random_drop"), boot)
    fraction_error = np.abs(runs.column("fraction") - runs.column("true_fraction"))
    out["fraction_error"] = _column_mean(runs, fraction_error, boot)
    errors = runs.column("sos_error_mm")
    errors = errors[~np.isnan(errors)]
    out["sos_error_mm"] = None
    if errors.size:
        middle, far = np.percentile(errors, [50, 95])
        out["sos_error_mm"] = {"n": int(errors.size), "median": float(middle), "percentile_95": float(far)}
    return out


def _column_mean(runs: MethodRuns, values: FloatArray, boot: PatientBootstrap) -> dict[str, Any] | None:
    means = runs.case_means(values)
    count = int((~np.isnan(means)).sum())
    return {"n": count, **boot.mean(means).to_json()} if count else None


def _labels_row(methods: dict[str, MethodRuns], draws: Draws) -> dict[str, Any]:
    """How well the labels themselves agree with the true stage: no method trained on them is better for certain."""
    facts = {row.case: row for runs in methods.values() for row in runs.rows}
    rows = [facts[case] for case in sorted(facts)]
    true, label = stages_of(rows, "true"), stages_of(rows, "label")
    runs = next(iter(methods.values()))
    found = figures(draws.of([row.patient for row in rows]).sums(case_confusions(true, label, runs.stages)))
    return {"n": len(rows), **{name: estimate(found[name]).to_json() for name in ("accuracy", "kappa", "mae")}}


def _pairs(methods: dict[str, MethodRuns], roles: Roles) -> list[tuple[MethodRuns, MethodRuns]]:
    """The student against every other method; without a student, every two."""
    if roles.student is None:
        return list(combinations(methods.values(), 2))
    return [(methods[roles.student], runs) for name, runs in methods.items() if name != roles.student]


def _pair(first: MethodRuns, second: MethodRuns, target: Target, draws: Draws) -> dict[str, Any]:
    """Difference first minus second on the cases both were asked, and McNemar for each round both have.

    A missing answer is a wrong one; of kappa and MAE, which leave it out, the difference is over the cases that both
    answered, or refusing hard ones would pay.
    """
    cases, boot = _shared((first, second), draws)
    found = [figures(boot.sums(runs.confusions(target, cases))) for runs in (first, second)]
    answered = [case for case in cases if case in first.answered and case in second.answered]
    both = draws.of(_patients_of(first, answered)) if answered else None
    graded = [figures(both.sums(runs.confusions(target, answered))) for runs in (first, second)] if both else found
    gain = np.round((found[0]["accuracy"] - found[1]["accuracy"]) * POINTS, 9)  # a tie is a tie, also after thirds
    return {
        "first": first.name,
        "second": second.name,
        "against": target,
        "n": len(cases),
        "patients": boot.patients,
        "seeds": [list(first.seeds), list(second.seeds)],
        "accuracy_points": estimate(gain).to_json(),
        "bootstrap_p": bootstrap_p(gain),
        "within_one_points": estimate((found[0]["within_one"] - found[1]["within_one"]) * POINTS).to_json(),
        "n_answered": len(answered),
        "kappa": estimate(graded[0]["kappa"] - graded[1]["kappa"]).to_json(),
        "mae": estimate(graded[0]["mae"] - graded[1]["mae"]).to_json(),
        "mcnemar": [_mcnemar(first, second, target, one) for one in first.rounds if one in second.rounds],
    }


def _shared(methods: Sequence[MethodRuns], draws: Draws) -> tuple[list[str], PatientBootstrap]:
    """The cases all of them were asked, and draws of their patients."""
    shared = set(methods[0].cases).intersection(*(runs.cases for runs in methods[1:]))
    if not shared:
        names = ", ".join(runs.name for runs in methods)
        raise PredictionsError(f"{names} have no case in common, so they cannot be compared; finish the same folds")
    cases = sorted(shared)
    return cases, draws.of(_patients_of(methods[0], cases))


def _patients_of(runs: MethodRuns, cases: Sequence[str]) -> list[str]:
    patient_of = dict(zip(runs.cases, runs.patients, strict=True))
    return [patient_of[case] for case in cases]


def _mcnemar(first: MethodRuns, second: MethodRuns, target: Target, one: str) -> dict[str, Any]:
    right = []
    for runs in (first, second):
        rows = zip(runs.rows, runs.right(target), runs.row_rounds, strict=True)
        right.append({row.case: bool(hit) for row, hit, of in rows if of == one})
    cases = sorted(right[0].keys() & right[1].keys())
    test = mcnemar([right[0][case] for case in cases], [right[1][case] for case in cases])
    return {"seed": one, "n": len(cases), **asdict(test)}


def _gap(methods: dict[str, MethodRuns], roles: Roles, target: Target, draws: Draws) -> dict[str, Any] | None:
    names = (roles.baseline, roles.teacher, roles.student)
    chosen = [methods[name] for name in names if name is not None]
    out: dict[str, Any] = {"against": target}
    if len(chosen) == 3:
        cases, boot = _shared(chosen, draws)
        baseline, teacher, student = (runs.case_means(runs.right(target), cases) for runs in chosen)
        found = gap_closed(baseline, teacher, student, boot)
        out |= {"n": len(cases), "patients": boot.patients, **_plain_gap(found)}
    if roles.pipeline is not None and roles.student is not None:
        pair = _pair(methods[roles.student], methods[roles.pipeline], target, draws)
        difference = Estimate(**pair["accuracy_points"])
        out["pipeline"] = {"n": pair["n"], "points": pair["accuracy_points"], "meets_bar": above_pipeline(difference)}
    return out if len(out) > 1 else None


def _plain_gap(found: GapClosed) -> dict[str, Any]:
    return {name: v.to_json() if isinstance(v, Estimate) else v for name, v in vars(found).items()}


def _notes(rows: Sequence[dict[str, Any]], external: bool) -> list[str]:
    """What a reader must know besides the figures."""
    notes = []
    for row in rows:
        name, planned = row["method"], row["folds_planned"]
        short = [f"seed {s} has {len(f)} of {planned} folds" for s, f in row["folds"].items() if len(f) < planned]
        if short and not external:
            notes.append(f"{name} is not finished: {', '.join(short)}.")
        if without := row["calibration"]["files_without"]:
            notes.append(
                f"{name}: {without} of {row['files']} files have no calibration part of at least {FEWEST} answered "
                "cases, so it has no calibration figures."
            )
        if row["patients"] < FEW_PATIENTS:
            notes.append(f"{name}: fewer than {FEW_PATIENTS} patients, so the intervals are too narrow.")
    return notes
