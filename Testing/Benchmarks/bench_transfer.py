"""Does the bundled model read the plate in real heads? Plates of stages 1 to 3 implanted into real adults.

    python Testing/Benchmarks/bench_transfer.py [--cases 10] [--seed 1] [--stages 1,2,3] [--heads vhp,headsq,ge]

Real adults are fused, so a model that always answers 4 or 5 does well on them; it fails here. Each head is also staged
as it is ("none": only resampled, truly 4 or 5). The plates are drawn, the heads are real: this is neither accuracy on
simulated heads nor on patients. Only the first head is bundled; the others are left out where ../shared/data is absent.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
from bench_plane import DEMO_HEAD, Landmarks, to_ras
from bench_plane import HEADS as MARKS
from bundled import bundled_predictor
from SOSStagingLib.scan.read import read_scan
from SOSStagingLib.scan.types import Scan
from SOSStagingLib.staging.stager import Stager
from SOSStagingTrainingLib.simulator.implant import ImplantTruth, implant
from SOSStagingTrainingLib.simulator.real_clivus import Clivus

ROOT = Path(__file__).resolve().parents[2]
SHARED = ROOT.parent / "shared" / "data"
GE = "ge_tilted_head_ct_regridded.nrrd"


HEADS = {
    "vhp": (DEMO_HEAD, MARKS["vhp_female_head_ct.nrrd"]),
    **{name: (SHARED / file, MARKS[file]) for name, file in (("headsq", "vtk_headsq_ct.nrrd"), ("ge", GE))},
}


def clivus(marks: Landmarks) -> Clivus:
    return Clivus(to_ras(marks.basion), to_ras(marks.dorsum), np.array([1.0, 0.0, 0.0]))


class Told(NamedTuple):
    """What the model told of one head: 0 is a refusal; how far from the true plate, mm."""

    stage: int
    off_mm: float


def staged(stager: Stager, scan: Scan, truth: ImplantTruth) -> Told:
    result = stager.stage(scan)
    off = np.nan
    if result.sos is not None and result.sos.center_ras_mm is not None:
        off = float(np.linalg.norm(result.sos.center_ras_mm - truth.landmarks["sos"]))
    why = "; ".join(r.code for r in result.reasons)
    print(f"{scan.name} true {truth.stage} told {result.stage} SOS {off:.1f} mm {why}", flush=True)
    return Told(result.stage or 0, off)


def cases(args: argparse.Namespace) -> Iterator[tuple[str, int, int]]:
    for name in args.heads.split(","):
        path, _ = HEADS[name]
        if not path.exists():
            print(f"{name}: left out, {path.name} is not on this machine")
            continue
        yield name, 5, args.seed
        for stage in (int(s) for s in args.stages.split(",")):
            yield from ((name, stage, args.seed + n) for n in range(args.cases))


def row(name: str, stage: int, told: list[Told]) -> str:
    counts = Counter(t.stage for t in told)
    given = [t for t in told if t.stage]
    right = (4, 5) if stage == 5 else (stage - 1, stage, stage + 1)
    near = np.mean([t.stage in right for t in given]) if given else np.nan
    fused = np.mean([t.stage >= 4 for t in given]) if given else np.nan
    off = np.nanmedian([t.off_mm for t in told]) if given else np.nan
    spread = " ".join(f"{counts[s]:4d}" for s in range(1, 6))
    true = "none" if stage == 5 else str(stage)
    return f"{name:8s} {true:>5s} {len(told):6d}   {spread} {near:11.2f} {fused:12.2f} {counts[0]:8d} {off:8.1f}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cases", type=int, default=10, help="seeds for each stage and head")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--stages", default="1,2,3")
    parser.add_argument("--heads", default=",".join(HEADS))
    parser.add_argument("--voxel", type=float, default=0.4)
    args = parser.parse_args()
    predictor = bundled_predictor()
    stager = Stager(predictor)
    told: dict[tuple[str, int], list[Told]] = {}
    for name, stage, seed in cases(args):
        path, marks = HEADS[name]
        try:
            scan, truth = implant(read_scan(path), clivus(marks), stage, seed, args.voxel)
        except ValueError as error:
            print(f"{name} stage {stage} seed {seed}: left out, {error}")
            continue
        told.setdefault((name, stage), []).append(staged(stager, scan, truth))
    print(f"\nDrawn plates in real heads, {args.voxel} mm, seeds from {args.seed}; model {predictor.info.name}")
    print("head      true  cases   told 1    2    3    4    5  within one  told 4 or 5  refused  SOS mm")
    for (name, stage), answers in told.items():
        print(row(name, stage, answers))
    opened = [t for (_, stage), answers in told.items() if stage == 1 for t in answers if t.stage]
    if opened:
        print(f"stage 1 called 4 or 5: {np.mean([t.stage >= 4 for t in opened]):.2f} of {len(opened)}")


if __name__ == "__main__":
    main()
