"""How fast the simulator draws: training examples and whole slabs over all cores, and one volume of 400^3 voxels.

    python Testing/Benchmarks/bench_simulator.py [--seconds 30] [--workers N]

A training example is what `sos pretrain` learns from: the coarse window of the whole view and the fine one around the
synchondrosis, in three planes. A whole slab is what `sos simulate --slabs` writes, 640 x 640 pixels in three planes
with the scanner's faults. The volume is one 0.4 mm scan of 160 mm each way, with its time and the peak of its memory.
Bars: 10 examples a second on two cores; at most 60 s and 3 GB for the volume.
"""

from __future__ import annotations

import argparse
import os
import resource
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

from SOSStagingTrainingLib.simulator.heads import VolumeSettings, simulate_slab, simulate_volume
from SOSStagingTrainingLib.simulator.windows import draw_training_sample

SEED = 1


def examples(first: int, seconds: float) -> int:
    """Draw training examples until the time is over; returns how many."""
    return _until(seconds, lambda n: len(draw_training_sample(SEED, first + n)))


def slabs(first: int, seconds: float) -> int:
    """Draw whole slabs until the time is over; returns how many."""
    return _until(seconds, lambda n: len([simulate_slab(first + n)]))


def volume(seed: int, threads: int) -> tuple[float, float]:
    """Seconds and GiB of one volume of 400 voxels each way, and of everything that is loaded for it."""
    start = time.perf_counter()
    scan, _truth = simulate_volume(seed, settings=VolumeSettings((160.0, 160.0, 160.0), 0.4), threads=threads)
    taken = time.perf_counter() - start
    if scan.array.shape != (400, 400, 400):
        raise RuntimeError(f"the volume has {scan.array.shape} voxels")
    return taken, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2


def _until(seconds: float, draw: Callable[[int], int]) -> int:
    end, drawn, n = time.perf_counter() + seconds, 0, 0
    while time.perf_counter() < end:
        drawn += draw(n)
        n += 1
    return drawn


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=30.0)
    parser.add_argument("--workers", type=int, default=os.cpu_count())
    args = parser.parse_args()
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    context = get_context("spawn")
    with ProcessPoolExecutor(args.workers, mp_context=context) as pool:
        firsts = [10_000 * n for n in range(args.workers)]
        for name, draw in (("training examples", examples), ("whole slabs of 640 px in three planes", slabs)):
            list(pool.map(draw, firsts, [0.1] * args.workers))
            start = time.perf_counter()
            drawn = sum(pool.map(draw, firsts, [args.seconds] * args.workers))
            print(f"{drawn / (time.perf_counter() - start):.2f} {name} a second, {args.workers} workers", flush=True)
    with ProcessPoolExecutor(1, mp_context=context) as pool:
        taken, memory = pool.submit(volume, SEED, args.workers).result()
    print(f"{taken:.1f} s and {memory:.2f} GiB for a volume of 400 x 400 x 400 voxels of 0.4 mm")


if __name__ == "__main__":
    main()
