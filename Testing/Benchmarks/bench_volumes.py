"""The whole path on simulated volumes with default scanner faults: plane, place, stage, refusals.

    python Testing/Benchmarks/bench_volumes.py [--cases 40] [--seed 31] [--voxel 0.5] [--workers 2]

Volumes are made on the fly (150 x 170 x 150 mm cylinder) and staged in this process. All figures are on simulated
heads.
"""

from __future__ import annotations

import argparse
import multiprocessing
from concurrent.futures import ProcessPoolExecutor

import numpy as np
from bench_plane import report_errors, true_plane_error
from bundled import bundled_predictor
from SOSStagingLib.staging.stager import Stager
from SOSStagingTrainingLib.simulator.heads import VolumeSettings, simulate_volume


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cases", type=int, default=40)
    parser.add_argument("--seed", type=int, default=31)
    parser.add_argument("--voxel", type=float, default=0.5)
    parser.add_argument("--workers", type=int, default=2)
    args = parser.parse_args()
    stager = Stager(bundled_predictor())
    settings = VolumeSettings(voxel_mm=args.voxel)
    rows = []
    with ProcessPoolExecutor(args.workers, mp_context=multiprocessing.get_context("spawn")) as pool:
        seeds = range(args.seed * 100_000, args.seed * 100_000 + args.cases)
        jobs = [pool.submit(simulate_volume, seed, None, settings) for seed in seeds]
        for job in jobs:
            scan, truth = job.result()
            result = stager.stage(scan)
            off, angle = true_plane_error(result.plane, truth) if result.plane else (np.nan, np.nan)
            place = np.nan
            if result.sos is not None and result.sos.center_ras_mm is not None:
                place = float(np.linalg.norm(result.sos.center_ras_mm - truth.landmarks["sos"]))
            rows.append((truth.stage, result.stage or 0, off, angle, place))
            why = "; ".join(r.code for r in result.reasons)
            print(
                f"{scan.name} true {truth.stage} told {result.stage} "
                f"plane {off:.2f} mm {angle:.2f} deg SOS {place:.1f} mm {why}"
            )
    table = np.array(rows)
    told = table[:, 1] > 0
    print(f"\n{len(rows)} simulated volumes, seed {args.seed}, {args.voxel} mm")
    print(f"refused: {1 - told.mean():.3f}")
    print(f"exact: {np.mean(table[told, 0] == table[told, 1]):.3f}")
    print(f"within one: {np.mean(abs(table[told, 0] - table[told, 1]) <= 1):.3f}")
    report_errors("plane", table[np.isfinite(table[:, 2]), 2:4])
    print(
        f"SOS error: median {np.nanmedian(table[:, 4]):.2f} mm, "
        f"95th percentile {np.nanpercentile(table[:, 4], 95):.2f} mm"
    )


if __name__ == "__main__":
    main()
