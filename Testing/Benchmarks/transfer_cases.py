"""Real heads turned into what a cone-beam scanner or a viewer would give: variants for the transfer benchmark."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from bench_plane import DEMO_HEAD, Landmarks, to_ras
from bench_plane import HEADS as MARKS
from scipy.ndimage import affine_transform
from scipy.spatial.transform import Rotation
from SOSStagingLib.scan.geometry import FloatArray, Geometry
from SOSStagingLib.scan.picture import picture_scan
from SOSStagingLib.scan.read import read_scan
from SOSStagingLib.scan.sampling import trilinear
from SOSStagingLib.scan.types import Scan
from SOSStagingTrainingLib.simulator.display import WIDEST_PANE, Display, screenshot
from SOSStagingTrainingLib.simulator.heads import outside_cylinder
from SOSStagingTrainingLib.simulator.implant import ImplantTruth, implant
from SOSStagingTrainingLib.simulator.placement import Placement
from SOSStagingTrainingLib.simulator.real_clivus import Clivus
from SOSStagingTrainingLib.simulator.scanner import CLEAN, Scanner, expose

SHARED = Path(__file__).resolve().parents[3] / "shared" / "data"
FIELD_MM = np.array([150.0, 170.0, 150.0])
FIELD_FROM_SOS_MM = np.array([0.0, 15.0, 5.0])
AIR_HU = -1000.0


@dataclass(frozen=True)
class RealHead:
    """A head to vary: its file, landmarks, and what its greys lie above HU."""

    name: str
    path: Path
    marks: Landmarks
    above_hu: float = 0.0

    @property
    def sos(self) -> FloatArray:
        """Reference point, RAS mm, about 5 mm uncertain."""
        return to_ras(self.marks.sos)

    @property
    def clivus(self) -> Clivus:
        return Clivus(to_ras(self.marks.basion), to_ras(self.marks.dorsum), np.array([1.0, 0.0, 0.0]))

    def scan(self) -> Scan:
        """The head in HU."""
        scan = read_scan(self.path)
        return replace(scan, array=scan.array - np.int16(self.above_hu), name=self.name)


HEADS = {
    "vhp": RealHead("vhp", DEMO_HEAD, MARKS["vhp_female_head_ct.nrrd"]),
    "headsq": RealHead("headsq", SHARED / "vtk_headsq_ct.nrrd", MARKS["vtk_headsq_ct.nrrd"], 1024),
    "ge": RealHead("ge", SHARED / "ge_tilted_head_ct_regridded.nrrd", MARKS["ge_tilted_head_ct_regridded.nrrd"]),
}


def posed(scan: Scan, sos: FloatArray, rng: np.random.Generator) -> tuple[Scan, FloatArray, float]:
    """The head turned by up to 10 degrees, shifted by up to 10 mm and scanned anew: cylinder, faults, 0.3-1 mm voxels.

    Returns the scan, where the reference point then lies, and the voxel in mm.
    """
    turn = Rotation.from_euler("xyz", rng.uniform(-10, 10, 3), degrees=True).as_matrix()
    moved = sos + rng.uniform(-10, 10, 3)
    voxel = float(rng.uniform(0.3, 1.0))
    size = np.round(FIELD_MM / voxel).astype(int)
    shape = (int(size[2]), int(size[1]), int(size[0]))
    grid = Geometry.from_axes(shape, sos + FIELD_FROM_SOS_MM - FIELD_MM / 2, np.eye(3), [voxel] * 3)
    back = np.eye(4)
    back[:3, :3], back[:3, 3] = turn.T, sos - turn.T @ moved
    matrix = np.linalg.inv(scan.geometry.ijk_to_ras) @ back @ grid.ijk_to_ras
    order = [2, 1, 0]
    linear, offset = matrix[:3, :3][np.ix_(order, order)], matrix[:3, 3][order]
    hu = affine_transform(scan.array, linear, offset, shape, np.float32, order=1, cval=AIR_HU)
    tissue = np.maximum(hu - np.float32(AIR_HU), 0) / np.float32(-AIR_HU)
    scanner = replace(Scanner.draw(rng), chin_rest=0.0, head_band=0.0, streaks=0.0, metal=0)
    middle = (np.array(shape) - 1) / 2
    place = Placement.of_volume(tissue, [voxel] * 3, middle, middle)
    grey = expose(tissue, scanner, rng, place)
    outside_cylinder(grey, scanner)
    return Scan(grey, grid, f"{scan.name}-posed", modality="CT"), moved, voxel


def picture(
    scan: Scan, sos: FloatArray, rng: np.random.Generator, wide: bool = False
) -> tuple[Scan, FloatArray, float]:
    """The midsagittal plane as a screenshot of 500 to 1000 rows, spacing unknown, facing either way; ``wide``: of a
    viewer's pane up to ``WIDEST_PANE`` times as wide as the scan.

    Returns the picture as a scan, where the reference point lies on it (column, row), and the pixel in mm.
    """
    low, high = scan.geometry.corners_ras.min(axis=0), scan.geometry.corners_ras.max(axis=0)
    height = int(rng.integers(500, 1001))
    pixel = float(high[2] - low[2]) / height
    y = np.arange(low[1], high[1], pixel)
    z = high[2] - np.arange(height) * pixel
    points = np.stack(np.broadcast_arrays(sos[0], y[None, :], z[:, None]), axis=-1)
    display = Display.draw(rng, CLEAN)
    display = replace(display, facing="left" if rng.random() < 0.5 else "right", pane=1.0)
    if wide:
        display = replace(display, pane=float(np.exp(rng.uniform(0, np.log(WIDEST_PANE)))))
    shown = screenshot(trilinear(scan.array, scan.geometry, points, AIR_HU), display)
    column = (sos[1] - low[1]) / pixel + (shown.shape[1] - y.size) / 2
    if display.facing == "left":
        column = shown.shape[1] - 1 - column
    at = np.array([column, (high[2] - sos[2]) / pixel])
    return picture_scan(shown, f"{scan.name}-picture", None, "auto"), at, pixel


def implanted(head: RealHead, stage: int, seed: int) -> tuple[Scan, ImplantTruth]:
    """The head at 0.4 mm with a plate of ``stage`` drawn in."""
    return implant(head.scan(), head.clivus, stage, seed, 0.4)
