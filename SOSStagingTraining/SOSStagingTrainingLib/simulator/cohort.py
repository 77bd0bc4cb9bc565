"""Cohorts of simulated scans on disk: one NRRD and one truth file per case, a manifest, the same bytes for the same
seed."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from pathlib import Path

import SimpleITK as sitk
from SOSStagingLib.scan.types import Scan

from .heads import VolumeSettings, simulate_volume


def write_scan(path: Path, scan: Scan) -> None:
    """Write a volume as compressed NRRD (LPS, as ITK keeps it); a half-written file never bears the name."""
    image = sitk.GetImageFromArray(scan.array)
    lps = scan.geometry.directions.copy()
    lps[:2] *= -1
    origin = scan.geometry.origin
    image.SetSpacing([float(s) for s in scan.geometry.spacing])
    image.SetDirection([float(v) for v in lps.flatten()])
    image.SetOrigin([-float(origin[0]), -float(origin[1]), float(origin[2])])
    part = path.with_name(path.stem + ".part.nrrd")
    sitk.WriteImage(image, str(part), useCompression=True)
    part.replace(path)


def write_case(folder: Path, name: str, seed: int, stage: int | None, settings: VolumeSettings) -> dict:
    """Write one case unless it is already there; returns its manifest row."""
    scan_path, truth_path = folder / f"{name}.nrrd", folder / f"{name}.truth.json"
    if not (scan_path.exists() and truth_path.exists()):
        scan, truth = simulate_volume(seed, stage, settings)
        write_scan(scan_path, scan)
        part = truth_path.with_suffix(".part")
        part.write_text(json.dumps(truth.to_json(), indent=1))
        part.replace(truth_path)
    truth_json = json.loads(truth_path.read_text())
    return {"case": name, "file": scan_path.name, "seed": seed, "stage": truth_json["stage"]}


def write_cohort(
    folder: Path, cases: int, seed: int, stages: Sequence[int] | None, settings: VolumeSettings, workers: int
) -> Iterator[dict]:
    """Write ``cases`` scans, yielding each row as it is done; ``stages`` are taken in turn. Resumable; ends with
    manifest.json."""
    folder.mkdir(parents=True, exist_ok=True)
    rows = []
    with ProcessPoolExecutor(workers) as pool:
        jobs = []
        for n in range(cases):
            stage = stages[n % len(stages)] if stages else None
            name = f"head-{n + 1:04d}" + (f"-stage-{stage}" if stages else "")
            jobs.append(pool.submit(write_case, folder, name, seed * 100_000 + n, stage, settings))
        for job in as_completed(jobs):
            rows.append(job.result())
            yield rows[-1]
    rows.sort(key=lambda row: row["case"])
    part = folder / "manifest.part"
    part.write_text(
        json.dumps({"format": "sosstaging.cohort/1", "seed": seed, "simulated": True, "cases": rows}, indent=1)
    )
    part.replace(folder / "manifest.json")
