"""Training examples on disk: numbered shards of one npz each, written whole or not at all, the same bytes for a
seed."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from concurrent.futures import as_completed
from pathlib import Path

import numpy as np

from ..processes import process_pool
from ..simulator.surroundings import draw_real_sample
from ..simulator.windows import KINDS, Sample, draw_training_sample

HEADS_PER_SHARD = 64
REAL = "-real-"
"""In the names of shards with windows in real surroundings."""


def write_shard(folder: Path, seed: int, number: int, real: Sequence[Path] = (), without: Collection[str] = ()) -> Path:
    """Draw and write one shard; an existing one is kept.

    With ``real`` heads its windows come from their surroundings, in turn; raises SurroundingsError where one has none.
    ``without`` is left out of simulated heads (``draw_training_sample``).
    """
    path = folder / (f"shard-{seed}{REAL}{number:05d}.npz" if real else f"shard-{seed}-{number:05d}.npz")
    if path.exists():
        return path
    numbers = range(number * HEADS_PER_SHARD, (number + 1) * HEADS_PER_SHARD)
    if real:
        samples = [s for i in numbers for s in draw_real_sample(real[i % len(real)], seed, i)]
    else:
        samples = [s for i in numbers for s in draw_training_sample(seed, i, without)]
    _write(path, samples)
    return path


def _write(path: Path, samples: list[Sample]) -> None:
    part = path.with_suffix(".part")
    with part.open("wb") as handle:
        np.savez(
            handle,
            coarse=np.stack([s.coarse for s in samples]),
            fine=np.stack([s.fine for s in samples]),
            kind=np.array([KINDS.index(s.kind) for s in samples], np.int8),
            stage=np.array([s.stage for s in samples], np.int8),
            fraction=np.array([s.fraction for s in samples], np.float32),
            coarse_present=np.array([s.coarse_present for s in samples]),
            fine_present=np.array([s.fine_present for s in samples]),
            landmarks=np.stack([s.landmarks for s in samples]),
            fine_points=np.stack([s.fine_points for s in samples]),
        )
    part.replace(path)


def write_shards(
    folder: Path,
    seed: int,
    count: int,
    workers: int,
    real: Sequence[Path] = (),
    real_count: int = 0,
    without: Collection[str] = (),
) -> Iterator[Path]:
    """Write ``count`` shards of simulated heads and ``real_count`` of ``real`` surroundings in parallel, yielding each
    as it is done."""
    folder.mkdir(parents=True, exist_ok=True)
    with process_pool(workers) as pool:
        jobs = [pool.submit(write_shard, folder, seed, n, (), tuple(without)) for n in range(count)]
        jobs += [pool.submit(write_shard, folder, seed, n, tuple(real)) for n in range(real_count if real else 0)]
        for done in as_completed(jobs):
            yield done.result()
