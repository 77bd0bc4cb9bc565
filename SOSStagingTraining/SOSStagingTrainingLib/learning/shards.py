"""Training examples on disk: numbered shards of one npz each, written whole or not at all, the same bytes for a
seed."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from pathlib import Path

import numpy as np

from ..simulator.windows import KINDS, draw_training_sample

HEADS_PER_SHARD = 64


def write_shard(folder: Path, seed: int, number: int) -> Path:
    """Draw and write one shard; an existing one is kept."""
    path = folder / f"shard-{seed}-{number:05d}.npz"
    if path.exists():
        return path
    first = number * HEADS_PER_SHARD
    samples = [s for i in range(first, first + HEADS_PER_SHARD) for s in draw_training_sample(seed, i)]
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
    return path


def write_shards(folder: Path, seed: int, count: int, workers: int) -> Iterator[Path]:
    """Write ``count`` shards in parallel, yielding each as it is done."""
    folder.mkdir(parents=True, exist_ok=True)
    with ProcessPoolExecutor(workers) as pool:
        for done in as_completed([pool.submit(write_shard, folder, seed, n) for n in range(count)]):
            yield done.result()
