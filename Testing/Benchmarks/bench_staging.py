"""Staging a 512x512x400 int16 cone-beam CT already in memory, model loaded: seconds per step, and peak memory over
the volume.

    python Testing/Benchmarks/bench_staging.py [--rounds 3]

The volume is the bundled real head resampled to 0.4 mm (512 x 512 x 400, air outside). Bars: 3 s; the volume + 1 GB.
"""

from __future__ import annotations

import argparse
import statistics
from pathlib import Path

import numpy as np
import SimpleITK as sitk
from SOSStagingLib.model.library import default_model
from SOSStagingLib.model.predictor import Predictor
from SOSStagingLib.scan.geometry import Geometry
from SOSStagingLib.scan.types import Scan
from SOSStagingLib.staging.stager import Stager

SAMPLE = Path(__file__).resolve().parents[2] / "SOSStaging/Resources/SampleData/vhp_female_head.nrrd"
SHAPE = (400, 512, 512)


def big_scan() -> Scan:
    image = sitk.ReadImage(str(SAMPLE))
    size = np.array(SHAPE[::-1])
    middle = np.array(image.TransformContinuousIndexToPhysicalPoint([(s - 1) / 2 for s in image.GetSize()]))
    origin = middle - (size - 1) / 2 * 0.4
    grid = sitk.Image([int(s) for s in size], sitk.sitkInt16)
    grid.SetSpacing([0.4] * 3)
    grid.SetOrigin(origin.tolist())
    array = sitk.GetArrayFromImage(sitk.Resample(image, grid, sitk.Transform(), sitk.sitkLinear, -1000))
    directions = np.diag([-1.0, -1.0, 1.0])
    return Scan(array, Geometry.from_axes(SHAPE, origin * [-1, -1, 1], directions, [0.4] * 3), "benchmark")


def memory_gb(name: str) -> float:
    """VmRSS (now) or VmHWM (peak) of this process in GB, from /proc."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(name + ":")) / 1e6


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=3)
    rounds = parser.parse_args().rounds
    model = default_model()
    if model is None:
        raise SystemExit("No model is bundled.")
    stager = Stager(Predictor.load(model, "cpu"))
    scan = big_scan()
    before = memory_gb("VmRSS")
    # Linux: forget the peak of making the volume, or it would hide that of staging.
    Path("/proc/self/clear_refs").write_text("5")
    results = [stager.stage(scan) for _ in range(rounds)]
    peak = memory_gb("VmHWM")
    for step in results[0].seconds:
        print(f"{step:10s} {statistics.median(r.seconds[step] for r in results):6.2f} s (median of {rounds})")
    print(
        f"peak memory over what was held before staging: {peak - before:.2f} GB "
        f"(volume {scan.array.nbytes / 1e9:.2f} GB)"
    )
    print(f"assessable {results[0].assessable}, stage {results[0].stage}")


if __name__ == "__main__":
    main()
