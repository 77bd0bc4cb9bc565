"""Hold simulated heads against published figures: one row a figure, with the cohort's median and 5th-95th percentile.

    python Testing/Benchmarks/show_realism.py --cases 500 --seed 4000000 --out docs/simulator-realism.json

Heads are drawn as ``sos simulate`` draws them, from --seed on, until every age group has --cases of them; greys are
read on the first --cases. Prints a Markdown table and writes it into --page between its two realism marks. Measured
heads are kept beside --out (rows.jsonl) until the table is written, so that a run that was stopped goes on.
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
from realism_figures import FIGURES, Figure, Group
from realism_grey import THICK_MM, picture, thick_contrast
from realism_shape import shape, sinus
from SOSStagingTrainingLib.simulator import VERSION
from SOSStagingTrainingLib.simulator.heads import draw_whole_head, drawn_age, drawn_stage

MARKS = ("<!-- realism -->", "<!-- /realism -->")
THICK = ("thick_0", *(f"{way}_{thick:g}" for way in ("sagittal", "axial") for thick in THICK_MM))


def belongs(group: Group, seed: int) -> bool:
    """Whether the head of a seed belongs to an age group; children are 8 years, give or take 1.5."""
    age = drawn_age(seed)
    return {
        "all": True,
        "open": drawn_stage(seed) == 1,
        "children": abs(age - 8) <= 1.5,
        "young": age <= 18,
        "adults": age >= 18,
        "adults, 20-30 years": 20 <= age < 30,
    }[group]


def members(group: Group, seed: int, cases: int) -> list[int]:
    """Return the first ``cases`` seeds of a group from ``seed`` on."""
    return list(itertools.islice((s for s in itertools.count(seed) if belongs(group, s)), cases))


def measure(seed: int, pictured: bool) -> dict[str, float]:
    """All figures of one head; grey values only if ``pictured``."""
    head, rng = draw_whole_head(seed)
    row = {"seed": seed, **shape(head), "cortex": head.anatomy.sizes["cortex"]}
    if head.age >= 18:
        row |= sinus(head)
    if pictured:
        row |= picture(head, rng)
        if head.stage >= 4:
            row |= thick_contrast(head)
    return row


def rows(seeds: list[int], pictured: set[int], kept: Path, workers: int) -> Iterator[dict[str, float]]:
    """Yield the measured heads, from the file of those kept or measured now."""
    done = [json.loads(line) for line in kept.read_text().splitlines()] if kept.exists() else []
    yield from done
    left = sorted(set(seeds) - {int(row["seed"]) for row in done}, key=lambda s: (s in pictured, s))
    with ProcessPoolExecutor(workers) as pool, kept.open("a") as file:
        for row in pool.map(measure, left, [s in pictured for s in left], chunksize=4):
            file.write(json.dumps(row) + "\n")
            file.flush()
            yield row


def result(figure: Figure, values: np.ndarray) -> dict[str, Any]:
    """One row of the table."""
    values = values[np.isfinite(values)]
    low, middle, high = (round(float(v), 3) for v in np.percentile(values, [5, 50, 95]))
    row = {**asdict(figure), "n": len(values), "p5": low, "median": middle, "p95": high, "met": figure.met(values)}
    if figure.rule == "share":
        row["percent"] = round(100 * float(values.mean()), 1)
    if figure.rule == "below":
        row["at_percentile"] = round(float(np.percentile(values, figure.at)), 2)
    return row


def line(figure: Figure, row: dict[str, Any], cases: int) -> str:
    """One line of the Markdown table."""
    found = f"{row['median']:.3g} | {row['p5']:.3g} to {row['p95']:.3g}"
    if figure.rule == "share":
        found = f"{row['percent']:.1f} | "
    if figure.rule == "below" and figure.at != 95:
        found += f" ({figure.at:g} %: {row['at_percentile']:.3g})"
    unit = f" {figure.unit}" if figure.unit else ""
    met = "yes" if row["met"] else "**no**"
    group = figure.group if row["n"] == cases else f"{figure.group} (n {row['n']})"
    start = f"| {figure.name} | {group} | {figure.expected}{unit} | {found} | {met}"
    return f"{start} | {figure.reached_by} | {figure.source} |"


def thick_lines(thick: dict[str, list[float]]) -> list[str]:
    """The clivus of fused heads above brain in thick slices, as a Markdown table."""
    names = {"thick_0": "0.4 mm"} | {key: f"{key.split('_')[1]} mm {key.split('_')[0]}" for key in THICK[1:]}
    rows = (f"| {names[key]} | {v[1]:.2f} | {v[0]:.2f} to {v[2]:.2f} |" for key, v in thick.items())
    return [
        "| slice through a fused clivus, no noise | bone above brain, median | 5th to 95th |",
        "|---|---|---|",
        *rows,
    ]


def write_between(page: Path, text: str) -> None:
    """Put ``text`` between the page's realism marks. Ends the program where they are missing."""
    whole = page.read_text(encoding="utf-8")
    if MARKS[0] not in whole or MARKS[1] not in whole:
        raise SystemExit(f"{page} lacks the marks {' and '.join(MARKS)}: put them where the table belongs")
    before, after = whole.split(MARKS[0])[0], whole.split(MARKS[1])[1]
    part = page.with_suffix(".part")
    part.write_text(f"{before}{MARKS[0]}\n{text}\n{MARKS[1]}{after}", encoding="utf-8")
    part.replace(page)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cases", type=int, default=500)
    parser.add_argument("--seed", type=int, default=4_000_000)
    parser.add_argument("--out", type=Path, default=Path("docs/simulator-realism.json"))
    parser.add_argument("--page", type=Path, help="page to write the table into, such as docs/simulator.md")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    args = parser.parse_args()
    groups = {group: members(group, args.seed, args.cases) for group in {f.group for f in FIGURES}}
    kept = args.out.with_suffix(".rows.jsonl")
    seeds = sorted(set().union(*groups.values()))
    measured = {int(row["seed"]): row for row in rows(seeds, set(groups["all"]), kept, args.workers)}

    def column(key: str, group: Group) -> np.ndarray:
        return np.array([measured[s].get(key, np.nan) for s in groups[group]], float)

    table = [result(figure, column(figure.key, figure.group)) for figure in FIGURES]
    thick = {key: np.nanpercentile(column(key, "all"), [5, 50, 95]).round(3).tolist() for key in THICK}
    count = f"{sum(row['met'] for row in table)} of {len(table)} figures are met"
    facts = {"simulator_version": VERSION, "date": str(date.today()), "seed": args.seed, "cases": args.cases}
    text = [
        f"{count}: {len(measured)} simulated heads from seed {args.seed}, {args.cases} in each group (n is given where "
        f"fewer could be read), simulator {VERSION}, {facts['date']}.",
        "",
        "| figure | heads | range | median | 5th to 95th percentile | met | reached by | source |",
        "|---|---|---|---|---|---|---|---|",
        *(line(figure, row, args.cases) for figure, row in zip(FIGURES, table, strict=True)),
        "",
        *thick_lines(thick),
    ]
    print("\n".join(text))
    if args.page:
        write_between(args.page, "\n".join(text))
    part = args.out.with_suffix(".part")
    part.write_text(json.dumps({**facts, "heads": len(measured), "figures": table, "thick_slices": thick}, indent=1))
    part.replace(args.out)
    kept.unlink()


if __name__ == "__main__":
    main()
