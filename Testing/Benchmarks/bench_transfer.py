"""Does a model trained on simulated heads read real ones? Adults as they are, turned and scanned anew, as pictures; and
with plates of stages 1 to 3 drawn into them.

    python Testing/Benchmarks/bench_transfer.py --out RUN [--model FILE] [--poses 20] [--implants 50] [--heads vhp,...]

Real adults are fused, so a model that always answers 4 or 5 does well on them; it fails on the drawn plates. The plates
are drawn, the heads are real: this is neither accuracy on simulated heads nor on patients. A model must not be judged
on a head whose surroundings it was trained on; such rows are marked. Only the first head is bundled; the others are
left out where ../shared/data is absent. Every answer is kept in RUN/answers.jsonl; the same command goes on where it
stopped.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from SOSStagingLib.model.library import default_model
from SOSStagingLib.model.predictor import Predictor
from SOSStagingLib.scan.types import Scan
from SOSStagingLib.staging.result import StagingResult
from SOSStagingLib.staging.stager import Stager
from transfer_cases import HEADS, RealHead, implanted, picture, posed

Answer = dict[str, Any]
Ask = Callable[[Stager, RealHead, int, int], Answer]


@cache
def real(name: str) -> Scan:
    return HEADS[name].scan()


def told(result: StagingResult, off_mm: float) -> Answer:
    return {
        "told": result.stage or 0,
        "off_mm": round(off_mm, 2),
        "probabilities": None if result.probabilities is None else [round(float(p), 4) for p in result.probabilities],
        "why": [r.code for r in result.reasons],
    }


def volume_answer(stager: Stager, scan: Scan, sos: np.ndarray) -> Answer:
    result = stager.stage(scan)
    placed = result.sos is not None and result.sos.center_ras_mm is not None
    return told(result, float(np.linalg.norm(result.sos.center_ras_mm - sos)) if placed else float("nan"))


def picture_answer(stager: Stager, scan: Scan, sos: np.ndarray, rng: np.random.Generator, wide: bool = False) -> Answer:
    shown, at, pixel = picture(scan, sos, rng, wide)
    result = stager.stage(shown)
    placed = result.sos is not None and result.sos.center_px is not None
    off = float(np.hypot(*(np.array(result.sos.center_px) - at))) * pixel if placed else float("nan")
    return {**told(result, off), "pixel_mm": round(pixel, 3)}


def ask_at_rest(stager: Stager, head: RealHead, stage: int, seed: int) -> Answer:
    return volume_answer(stager, real(head.name), head.sos)


def ask_posed(stager: Stager, head: RealHead, stage: int, seed: int) -> Answer:
    scan, sos, voxel = posed(real(head.name), head.sos, np.random.default_rng([50_000_017, seed]))
    return {**volume_answer(stager, scan, sos), "voxel_mm": round(voxel, 3)}


def ask_picture(stager: Stager, head: RealHead, stage: int, seed: int) -> Answer:
    return picture_answer(stager, real(head.name), head.sos, np.random.default_rng([50_000_021, seed]))


def ask_wide_picture(stager: Stager, head: RealHead, stage: int, seed: int) -> Answer:
    return picture_answer(stager, real(head.name), head.sos, np.random.default_rng([50_000_021, seed]), wide=True)


def ask_implant(stager: Stager, head: RealHead, stage: int, seed: int) -> Answer:
    """The drawn plate in the volume and on a picture of its plane: two answers in one, as drawing takes the time."""
    scan, truth = implanted(head, stage, seed)
    sos = truth.landmarks["sos"]
    shown = picture_answer(stager, scan, sos, np.random.default_rng([50_000_023, seed, stage]))
    return {**volume_answer(stager, scan, sos), "picture": shown}


ASKED: dict[str, Ask] = {
    "rest": ask_at_rest,
    "posed": ask_posed,
    "picture": ask_picture,
    "wide picture": ask_wide_picture,
    "implant": ask_implant,
}


def cases(args: argparse.Namespace) -> Iterator[tuple[str, str, int, int]]:
    """(what, head, stage, seed); stage 0 where the head is as it is."""
    for name in args.heads.split(","):
        if not HEADS[name].path.exists():
            print(f"{name}: left out, {HEADS[name].path.name} is not on this machine")
            continue
        yield "rest", name, 0, 0
        yield from (("posed", name, 0, args.seed + n) for n in range(args.poses))
        yield from (("picture", name, 0, args.seed + n) for n in range(args.poses))
        yield from (("wide picture", name, 0, args.seed + n) for n in range(args.poses))
    for n in range(args.implants):
        for name in args.implant_heads.split(","):
            if HEADS[name].path.exists():
                yield from (("implant", name, stage, args.seed + n) for stage in (1, 2, 3))


def answers(args: argparse.Namespace, stager: Stager) -> list[Answer]:
    args.out.mkdir(parents=True, exist_ok=True)
    path = args.out / "answers.jsonl"
    kept = [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []
    done = {tuple(a["case"]): a for a in kept if a["model"] == args.sha}
    with path.open("a") as handle:
        for case in cases(args):
            if case in done:
                continue
            what, name, stage, seed = case
            try:
                answer = ASKED[what](stager, HEADS[name], stage, seed)
            except ValueError as error:
                answer = {"left_out": str(error)}
            done[case] = {"case": list(case), "model": args.sha, **answer}
            handle.write(json.dumps(done[case]) + "\n")
            handle.flush()
            print(*case, answer.get("told", answer.get("left_out")), answer.get("off_mm"), flush=True)
    return [done[case] for case in cases(args)]


def row(what: str, name: str, stage: int, given: list[Answer]) -> dict[str, Any]:
    """One line of the table: counts of the stages told (refusals first), and how far off the synchondrosis lies."""
    stages = [a["told"] for a in given]
    off = np.array([a["off_mm"] for a in given], float)
    right = [s in ((4, 5) if stage == 0 else (stage - 1, stage, stage + 1)) for s in stages if s]
    counts = Counter(stages)
    return {
        "what": what,
        "head": name,
        "stage": stage or "as it is",
        "n": len(given),
        "told": [counts[s] for s in range(6)],
        "right": round(float(np.mean(right)), 3) if right else None,
        "fused": round(float(np.mean([s >= 4 for s in stages if s])), 3) if right else None,
        "off_mm_median": round(float(np.nanmedian(off)), 1) if right else None,
        "within_8_mm": round(float(np.mean(off < 8)), 3),
    }


def table(given: list[Answer]) -> list[dict[str, Any]]:
    rows: dict[tuple[str, str, int], list[Answer]] = {}
    for answer in given:
        what, name, stage, _ = answer["case"]
        if "left_out" in answer:
            continue
        rows.setdefault((what, name, stage), []).append(answer)
        if "picture" in answer:
            rows.setdefault((f"{what} picture", name, stage), []).append(answer["picture"])
    return [row(*key, rows[key]) for key in sorted(rows)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, required=True, help="folder for answers.jsonl and transfer.json")
    parser.add_argument("--model", type=Path, default=default_model(), help="default: the bundled one")
    parser.add_argument("--poses", type=int, default=20, help="poses and pictures of each head")
    parser.add_argument("--implants", type=int, default=50, help="seeds for each stage and head")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--heads", default=",".join(HEADS))
    parser.add_argument("--implant-heads", default="vhp,headsq")
    args = parser.parse_args()
    predictor = Predictor.load(args.model, "cpu")
    args.sha = predictor.info.sha256
    seen = " ".join(predictor.card["training"].get("surroundings", []))
    rows = table(answers(args, Stager(predictor)))
    for r in rows:
        r["seen_in_training"] = HEADS[r["head"]].path.name in seen
    print(f"\nReal heads, plates drawn where a stage is named; model {predictor.info.name}, seeds from {args.seed}")
    print("what             head    stage      n  refused    1    2    3    4    5  right  fused  off mm  within 8 mm")
    for r in rows:
        counts = "".join(f"{c:5d}" for c in r["told"][1:])
        mark = "  (surroundings seen in training: does not count)" if r["seen_in_training"] else ""
        print(
            f"{r['what']:16s} {r['head']:7s} {r['stage']!s:8s} {r['n']:3d} {r['told'][0]:8d}{counts}  {r['right']!s:5s}"
            f"  {r['fused']!s:5s}  {r['off_mm_median']!s:6s}  {r['within_8_mm']}{mark}"
        )
    summary = {"model": predictor.info.name, "sha256": args.sha, "seeds_from": args.seed, "rows": rows}
    (args.out / "transfer.json").write_text(json.dumps(summary, indent=1) + "\n")


if __name__ == "__main__":
    main()
