"""Two contact sheets of simulated heads: the five stages at three ages, and simulated next to real.

    python Testing/Benchmarks/show_heads.py [stages] [real] [--out docs] [--seed 3] [--data FOLDER]

stages: one anatomy and one scanner with its default faults a row, five plates; below, whole midsagittal slices.
real: real heads of the data folder, each next to simulated adults averaged over the same voxels, with the same noise,
through the same slices, in the same window at the same scale. Real heads that are not there are skipped.
"""

from __future__ import annotations

import argparse
import io
import zipfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pydicom
from bench_plane import DEMO_HEAD, HEADS, ROOT, Landmarks, to_ras
from sheets import Picture, SagittalPlane, Tile, save_sheet, with_bar
from SOSStagingLib.model.scheme import load_scheme
from SOSStagingLib.scan.geometry import LPS_TO_RAS, FloatArray
from SOSStagingLib.scan.midsagittal import find_plane
from SOSStagingLib.scan.read import read_scan
from SOSStagingLib.scan.sampling import trilinear
from SOSStagingLib.scan.slab import slab_axes
from SOSStagingLib.scan.slices import SliceStack, to_regular_grid
from SOSStagingLib.scan.types import Plane, Scan
from SOSStagingTrainingLib.simulator.anatomy import draw_anatomy
from SOSStagingTrainingLib.simulator.display import Display, screenshot
from SOSStagingTrainingLib.simulator.fields import F32
from SOSStagingTrainingLib.simulator.head import Head, draw_head
from SOSStagingTrainingLib.simulator.scanner import Scanner

AGES = (8, 13, 20)
STAGES = (1, 2, 3, 4, 5)
ADULT_AGE = 40.0
BASE_HALF_MM, BASE_STEP = (40.0, 45.0), 0.35
BASE_MIDDLE = (6.0, -12.0)
"""Middle of the skull base's picture, mm before and above the sella."""
WHOLE_HALF_MM, WHOLE_STEP = (100.0, 100.0), 0.55
BRAIN_HU = 36.0
WINDOW = Display(-764.0, 1636.0)
"""HU; the simulator's clinical window, tissue values 0.2 to 2.6, with brain at BRAIN_HU."""
SUB_VOXEL_MM = 0.5
BLUR_MM = 0.9
"""What a CT blurs within its slices, as the side of a square averaged over (our guess for a soft kernel)."""


def plain_name(stage: int) -> str:
    return load_scheme().stage(stage).name.lower()


def stages_sheet(out: Path, seed: int) -> None:
    """One anatomy and one scanner a row; the stage is all that differs. A fused plate at 8 years is not usual."""
    rows: list[list[Tile]] = []
    whole: list[Tile] = []
    for age in AGES:
        rng = np.random.default_rng([seed, age])
        anatomy = draw_anatomy(rng, float(age))
        scanner = Scanner.draw(rng)
        heads = [draw_head(np.random.default_rng([seed, age, s]), s, float(age), seed, anatomy) for s in STAGES]
        row: list[Tile] = []
        for head in heads:
            base = SagittalPlane(head, BASE_STEP, BASE_HALF_MM, BASE_MIDDLE).picture(scanner)
            label = f"{head.stage} {plain_name(head.stage)}, {age} y, seed {seed}"
            row.append((label, with_bar(base, BASE_STEP, 20)))
        rows.append(row)
        head = heads[2 * len(whole)]
        slice_ = SagittalPlane(head, WHOLE_STEP, WHOLE_HALF_MM).picture(scanner)
        whole.append((f"stage {head.stage}, {age} years, seed {seed}", with_bar(slice_, WHOLE_STEP, 50)))
    save_sheet([*rows, whole], out)


@dataclass(frozen=True)
class RealHead:
    """A real head, the plane found in it, and its slices as they were taken (None where they fill a regular grid).

    ``thick`` are the slices' thicknesses in mm; ``basion`` and ``dorsum`` are RAS mm on the plane; ``noise`` is HU.
    """

    label: str
    scan: Scan
    plane: Plane
    dorsum: FloatArray
    basion: FloatArray
    noise: float
    stack: SliceStack | None = None
    thick: FloatArray | None = None

    @classmethod
    def of(cls, label: str, path: Path, marks: Landmarks) -> RealHead:
        scan = read_scan(path)
        plane = find_plane(scan)
        dorsum, basion = (p - plane.distance(p) * plane.normal_ras for p in map(to_ras, (marks.dorsum, marks.basion)))
        columns, rows = slab_axes(plane)
        brain = dorsum + 10 * columns - 25 * rows + np.random.default_rng(0).uniform(-6, 6, (500, 3))
        noise = float(trilinear(scan.array, scan.geometry, brain).std())
        stack, thick = dicom_slices(path) if path.suffix == ".zip" else (None, None)
        return cls(label, scan, plane, dorsum, basion, noise, stack, thick)

    def place(self, head: Head) -> tuple[FloatArray, FloatArray]:
        """Matrix and offset that take RAS mm to head mm: dorsum on dorsum, the clivus' directions alike."""
        columns, rows = slab_axes(self.plane)
        axes = np.stack([self.plane.normal_ras, columns, -rows])
        here = axes @ (self.basion - self.dorsum)
        there = head.landmark("basion") - head.landmark("dorsum")
        turn = np.arctan2(there[2], there[1]) - np.arctan2(here[2], here[1])
        c, s = np.cos(turn), np.sin(turn)
        matrix = np.array([[1, 0, 0], [0, c, -s], [0, s, c]]) @ axes
        return matrix, head.landmark("dorsum") - matrix @ self.dorsum


def dicom_slices(path: Path) -> tuple[SliceStack, FloatArray]:
    """The slice planes of a zipped series, and their thicknesses in mm."""
    with zipfile.ZipFile(path) as files:
        names = [name for name in files.namelist() if not name.endswith("/")]
        frames = [pydicom.dcmread(io.BytesIO(files.read(name)), stop_before_pixels=True) for name in names]
    axes = np.array(frames[0].ImageOrientationPatient, float).reshape(2, 3)
    frames.sort(key=lambda f: float(np.cross(*axes) @ np.array(f.ImagePositionPatient, float)))
    flip = LPS_TO_RAS[:3, :3]
    positions = np.array([f.ImagePositionPatient for f in frames], float) @ flip
    rows, columns = (float(s) for s in frames[0].PixelSpacing)
    stack = SliceStack(axes[0] @ flip, axes[1] @ flip, (columns, rows), positions)
    return stack, np.array([f.SliceThickness for f in frames], float)


def sampled(head: Head, real: RealHead, rng: np.random.Generator) -> Scan:
    """The head as the real head's scanner would have averaged it, near the plane; the rest is air. Greys are HU."""
    spacing = real.scan.geometry.spacing
    if real.stack is None or real.thick is None:
        shape = real.scan.geometry.shape
        slices = [(real.scan.geometry.to_ras([0, 0, k]), spacing[2]) for k in range(shape[0])]
        across, down, normal = real.scan.geometry.directions.T
    else:
        shape = (len(real.thick), 512, 512)
        slices = list(zip(real.stack.positions, real.thick, strict=True))
        across, down, normal = real.stack.row_axis, real.stack.column_axis, real.stack.normal
    j, i = np.meshgrid(np.arange(shape[1]), np.arange(shape[2]), indexing="ij")
    in_plane = i[..., None] * spacing[0] * across + j[..., None] * spacing[1] * down
    away = [(in_plane + corner - real.plane.origin_ras_mm) @ real.plane.normal_ras for corner, _ in slices]
    near = np.abs(away) < 1.6 * spacing[0]
    centers = np.concatenate([in_plane[n] + corner for n, (corner, _) in zip(near, slices, strict=True)])
    thick = np.repeat([t for _, t in slices], near.sum(axis=(1, 2)))[:, None]
    matrix, offset = real.place(head)
    wide = np.hypot(spacing[:2], BLUR_MM)
    sides = [matrix @ across * wide[0], matrix @ down * wide[1], thick * (matrix @ normal)]
    value = averaged(head, centers @ matrix.T + offset, sides)
    out = np.full(shape, -1000.0, np.float32)
    out[near] = 1000 * (value - 1) + BRAIN_HU + rng.normal(0, real.noise, len(value))
    if real.stack is None:
        return Scan(out, real.scan.geometry, "simulated")
    volume, geometry, _ = to_regular_grid(out, real.stack)
    return Scan(volume, geometry, "simulated")


def averaged(head: Head, centers: FloatArray, sides: list[FloatArray]) -> F32:
    """Tissue averaged over voxels around ``centers`` [n, 3], head mm; ``sides`` are their edges, [3] or [n, 3]."""
    parts: list[FloatArray] = [np.zeros(3)]
    for side in sides:
        n = max(1, round(float(np.linalg.norm(side, axis=-1).max()) / SUB_VOXEL_MM))
        parts = [p + ((step + 0.5) / n - 0.5) * side for p in parts for step in range(n)]
    total = np.zeros(len(centers), np.float32)
    for part in parts:
        total += head.tissue((centers + part).astype(np.float32), SUB_VOXEL_MM)
    return total / np.float32(len(parts))


def sagittal(
    scan: Scan, real: RealHead, middle: tuple[float, float], half: tuple[float, float], step: float
) -> Picture:
    """The plane around ``middle`` (mm before and above the dorsum), read linearly between voxels, windowed."""
    columns, rows = slab_axes(real.plane)
    high, wide = (round(2 * h / step) for h in half)
    down = (np.arange(high) - (high - 1) / 2) * step - middle[1]
    along = (np.arange(wide) - (wide - 1) / 2) * step + middle[0]
    points = real.dorsum + down[:, None, None] * rows + along[:, None] * columns
    return screenshot(trilinear(scan.array, scan.geometry, points, -1000.0), WINDOW)


def real_heads(data: Path) -> list[RealHead]:
    """The real heads that are there."""
    female, ge = HEADS["vhp_female_head_ct.nrrd"], HEADS["ge_tilted_head_ct_regridded.nrrd"]
    whole = data / "vhp_female_head_ct.nrrd"
    choices = (
        ("Visible Human Female, 59 years, CT, 1 mm", whole if whole.exists() else DEMO_HEAD, female),
        ("an adult, CT (GE), slices 4 and 7 mm, tilted", data / "ge_tilted_head_ct_dicom.zip", ge),
    )
    found = []
    for label, path, marks in choices:
        if path.exists():
            found.append(RealHead.of(label, path, marks))
        else:
            print(f"{label}: skipped, there is no {path.name} in {data} (give its folder with --data)")
    return found


def real_sheet(out: Path, seed: int, data: Path) -> None:
    rows: list[list[Tile]] = []
    for real in real_heads(data):
        scans = [(real.label, real.scan)]
        for stage in (4, 5):
            rng = np.random.default_rng([seed, stage])
            head = draw_head(rng, stage, ADULT_AGE, seed)
            scans.append((f"simulated, stage {stage}, {ADULT_AGE:g} years, seed {seed}", sampled(head, real, rng)))
        whole = [(name, sagittal(scan, real, (8.0, -22.0), (100.0, 100.0), 0.6)) for name, scan in scans]
        base = [("skull base", sagittal(scan, real, (15.0, -15.0), BASE_HALF_MM, 0.27)) for _, scan in scans]
        rows.append([(name, with_bar(picture, 0.6, 50)) for name, picture in whole])
        rows.append([(name, with_bar(picture, 0.27, 20)) for name, picture in base])
    if rows:
        save_sheet(rows, out, greys=96)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sheets", nargs="*", default=["stages", "real"], help="stages, real or both (default)")
    parser.add_argument("--out", type=Path, default=ROOT / "docs")
    parser.add_argument("--seed", type=int, default=3)
    parser.add_argument("--data", type=Path, default=ROOT.parent / "shared" / "data")
    args = parser.parse_args()
    if wrong := set(args.sheets) - {"stages", "real"}:
        parser.error(f"there is no sheet {', '.join(sorted(wrong))}; the sheets are stages and real")
    if "stages" in args.sheets:
        stages_sheet(args.out / "simulated-stages.png", args.seed)
    if "real" in args.sheets:
        real_sheet(args.out / "simulated-next-to-real.png", args.seed, args.data)


if __name__ == "__main__":
    main()
