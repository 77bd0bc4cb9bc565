"""Measure the midsagittal plane: pose experiment on a real head, rest position against landmarks, time and memory.

python Testing/Benchmarks/bench_plane.py --poses 100 --seed 1 --heads 60 [--data FOLDER]

The pose experiment turns the Visible Human Female head by up to 10 degrees about each axis, shifts it by up to 10 mm,
resamples it onto an axis-aligned grid of the original spacing with air outside, and compares the plane found with the
one found at rest moved by the known pose. These heads are real CTs of adults; nothing was fitted on them. Simulated
heads (turned by N(0, 3) degrees, their asymmetry as published for faces) are compared with their true plane.
"""

from __future__ import annotations

import argparse
import resource
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import SimpleITK as sitk
from scipy import ndimage
from scipy.spatial.transform import Rotation
from SOSStagingLib.scan.geometry import LPS_TO_RAS, FloatArray, Geometry
from SOSStagingLib.scan.midsagittal import find_plane
from SOSStagingLib.scan.read import read_scan
from SOSStagingLib.scan.slab import cut_slab
from SOSStagingLib.scan.types import Plane, Scan
from SOSStagingTrainingLib.simulator.heads import Truth, VolumeSettings, simulate_volume

ROOT = Path(__file__).resolve().parents[2]
DEMO_HEAD = ROOT / "SOSStaging" / "Resources" / "SampleData" / "vhp_female_head.nrrd"
AIR = -1024.0
SIMULATED_SEEDS = 3_100_000
"""None of these heads served to choose the plane finder's parameters; those were 3000000 to 3000059."""
SIMULATED_VOXEL_MM = 0.8
"""The plane is found on 2 mm blocks: finer voxels would cost minutes and change nothing."""


@dataclass(frozen=True)
class Landmarks:
    """Points on the midline placed by eye (about 4 mm), LPS mm: SOS reference, basion, tip of the dorsum sellae."""

    sos: tuple[float, float, float]
    basion: tuple[float, float, float]
    dorsum: tuple[float, float, float]


HEADS = {
    "vhp_female_head_ct.nrrd": Landmarks((128, 118.4, 107.6), (128, 132, 88), (128, 117.5, 127.5)),
    "vtk_headsq_ct.nrrd": Landmarks((99.2, 102.6, 108.6), (99.2, 123, 95), (99.2, 94, 127)),
    "ge_tilted_head_ct_regridded.nrrd": Landmarks((-2, -10.9, -3.1), (-2, 3, -23), (-2, -12, 17)),
}


def to_ras(lps: tuple[float, float, float]) -> FloatArray:
    return np.array(lps, float) * [-1, -1, 1]


def posed(path: Path, turn: FloatArray, center: FloatArray, shift: FloatArray) -> Scan:
    """Move the head by x' = turn (x - center) + center + shift (RAS) and resample it on its own grid."""
    image = sitk.ReadImage(str(path))
    flip = LPS_TO_RAS[:3, :3]
    inverse = sitk.AffineTransform(3)
    inverse.SetMatrix((flip @ turn.T @ flip).ravel().tolist())
    inverse.SetCenter((flip @ center).tolist())
    inverse.SetTranslation((-flip @ turn.T @ shift).tolist())
    moved = sitk.GetArrayFromImage(sitk.Resample(image, image, inverse, sitk.sitkLinear, AIR))
    scan = read_scan(path)
    return Scan(moved, scan.geometry, scan.name)


def draw_pose(rng: np.random.Generator) -> tuple[FloatArray, FloatArray]:
    turn = Rotation.from_euler("xyz", rng.uniform(-10, 10, 3), degrees=True).as_matrix()
    return turn, rng.uniform(-10, 10, 3)


def pose_errors(path: Path, sos: FloatArray, poses: int, seed: int) -> FloatArray:
    """Return [poses, 2]: millimetres off at the SOS and degrees between the found and the moved plane."""
    rng = np.random.default_rng(seed)
    scan = read_scan(path)
    rest = find_plane(scan)
    on_plane = sos - rest.distance(sos) * rest.normal_ras
    center = scan.geometry.center_ras
    errors = np.empty((poses, 2))
    for n in range(poses):
        turn, shift = draw_pose(rng)
        found = find_plane(posed(path, turn, center, shift))
        errors[n] = plane_error(found, turn @ (on_plane - center) + center + shift, turn @ rest.normal_ras)
    return errors


def plane_error(found: Plane, point: FloatArray, normal: FloatArray) -> tuple[float, float]:
    """Return the distance of a point of the true plane to the found one, mm, and the angle between them, degrees."""
    cosine = min(1.0, abs(float(found.normal_ras @ normal)))
    return abs(float(found.distance(point))), float(np.degrees(np.arccos(cosine)))


def report_rest(data: Path) -> None:
    print(f"{'at rest':36s} {'SOS mm':>7s} {'basion':>7s} {'dorsum':>7s} {'yaw':>6s} {'roll':>6s} {'conf':>5s}")
    for name, marks in HEADS.items():
        if not (data / name).exists():
            print(f"{name:36s} skipped: not in {data}")
            continue
        plane = find_plane(read_scan(data / name))
        off = [float(plane.distance(to_ras(p))) for p in (marks.sos, marks.basion, marks.dorsum)]
        angles = f"{plane.yaw_deg:6.2f} {plane.roll_deg:6.2f} {plane.confidence:5.2f}"
        print(f"{name:36s} {off[0]:7.2f} {off[1]:7.2f} {off[2]:7.2f} {angles}")


def report_poses(data: Path, poses: int, seed: int) -> None:
    path = data / "vhp_female_head_ct.nrrd"
    if not path.exists():
        print(f"poses: skipped, no {path.name} in {data}")
        return
    report_errors(f"poses of {path.name}, seed {seed}", pose_errors(path, to_ras(HEADS[path.name].sos), poses, seed))


def true_plane_error(found: Plane, truth: Truth) -> tuple[float, float]:
    """The error of the plane found in a simulated head, mm at the SOS and degrees, against the head's true plane.

    The SOS itself lies off the true plane by as much as the head's asymmetry bends its midline there.
    """
    sos = truth.landmarks["sos"]
    on_plane = sos - float((sos - truth.plane_origin) @ truth.plane_normal) * truth.plane_normal
    return plane_error(found, on_plane, truth.plane_normal)


def simulated_error(seed: int) -> tuple[float, float]:
    """The plane's error, mm at the SOS and degrees, on one simulated volume."""
    scan, truth = simulate_volume(seed, settings=VolumeSettings(voxel_mm=SIMULATED_VOXEL_MM))
    return true_plane_error(find_plane(scan), truth)


def report_simulated(heads: int) -> None:
    with ProcessPoolExecutor() as pool:
        errors = list(pool.map(simulated_error, range(SIMULATED_SEEDS, SIMULATED_SEEDS + heads)))
    report_errors(f"{heads} simulated heads from seed {SIMULATED_SEEDS}", np.array(errors))


def report_errors(what: str, errors: FloatArray) -> None:
    within = int(((errors[:, 0] <= 1) & (errors[:, 1] <= 2)).sum())
    print(f"{what}: {within} of {len(errors)} within 1 mm at the SOS and 2 degrees")
    for label, column in (("mm at the SOS", errors[:, 0]), ("degrees", errors[:, 1])):
        middle, high, worst = np.percentile(column, [50, 95, 100])
        print(f"  {label:14s} median {middle:.2f}   95 % {high:.2f}   worst {worst:.2f}")


def report_speed(data: Path) -> None:
    source = next((p for p in (data / "vhp_female_head_ct.nrrd", DEMO_HEAD) if p.exists()), None)
    if source is None:
        print("speed: skipped, no head to resample")
        return
    scan = read_scan(source)
    ijk = np.stack(np.meshgrid(np.arange(512), np.arange(512), indexing="xy"), -1)
    array = np.empty((400, 512, 512), np.int16)
    geometry = Geometry.from_axes(
        array.shape, scan.geometry.center_ras + np.array([102.0, -102, -80]), np.diag([-1.0, 1, 1]), (0.4, 0.4, 0.4)
    )
    noise = np.random.default_rng(0).normal(0, 60, (512, 512))
    for k in range(400):
        ras = geometry.to_ras(np.concatenate([ijk, np.full((512, 512, 1), k)], -1))
        kji = np.moveaxis(scan.geometry.to_ijk(ras)[..., ::-1], -1, 0)
        array[k] = ndimage.map_coordinates(scan.array, kji, np.float32, order=1, cval=AIR) + np.roll(noise, 37 * k)
    big = Scan(array, geometry, "synthetic")
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    start = time.perf_counter()
    plane = find_plane(big)
    middle = time.perf_counter()
    cut_slab(big, plane)
    end = time.perf_counter()
    extra = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    print(f"512x512x400 int16 from {source.name}: plane {middle - start:.2f} s, slab {end - middle:.2f} s,", end=" ")
    print(f"peak memory beyond the volume at most {extra:.0f} MB")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--poses", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--heads", type=int, default=100, help="simulated heads")
    parser.add_argument("--data", type=Path, default=ROOT.parent / "shared" / "data")
    args = parser.parse_args()
    report_speed(args.data)
    report_rest(args.data)
    report_poses(args.data, args.poses, args.seed)
    report_simulated(args.heads)


if __name__ == "__main__":
    main()
