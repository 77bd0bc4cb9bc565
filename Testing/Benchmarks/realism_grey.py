"""Grey values of a simulated scan's midsagittal plane, in units of (brain - air), brain 1 and air 0."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.ndimage import gaussian_filter, uniform_filter, uniform_filter1d
from SOSStagingLib.scan.geometry import Geometry
from SOSStagingLib.scan.types import SLAB_SPACING_MM
from SOSStagingTrainingLib.simulator.display import Display
from SOSStagingTrainingLib.simulator.head import Head
from SOSStagingTrainingLib.simulator.heads import AIMS, Pose, place_array, with_supports
from SOSStagingTrainingLib.simulator.scanner import Scanner, expose

FloatArray = npt.NDArray[np.float64]
DIAMETERS_MM = (150.0, 160.0, 170.0, 230.0)
"""Usual fields of view that show the whole skull base, equally likely."""
WINDOW_MM = 128.0
THICK_MM = (3.0, 5.0, 7.0)
PATCH = 15
"""Side in pixels (6 mm) of the patches of brain in which pixel noise is read."""


def picture(head: Head, rng: np.random.Generator) -> dict[str, float]:
    """Contrast, noise and framing of the midsagittal plane, seen by a scanner as ``Scanner.draw`` draws it.

    The plane is the slab's own pixels within 64 mm of a point above the synchondrosis: brain and clivus, which is all
    that is read. The picture is as wide as the pane in which a viewer shows the field. NaN for noise where no patch of
    brain is in view.
    """
    scanner, diameter = Scanner.draw(rng), float(rng.choice(DIAMETERS_MM))
    voxels, points, pose = _window(head)
    tissue = head.tissue(points.reshape(-1, 3), SLAB_SPACING_MM).reshape(voxels.shape)
    place = place_array(head, pose, voxels, (diameter / 2, diameter / 2), scanner)
    plane = expose(with_supports(tissue, head, pose, place, scanner), scanner, rng, place)[0].astype(np.float64)
    # Air is what the scanner writes for it: the picture's own darkest greys would be noise.
    air = float(scanner.export(np.array(-1000 * scanner.gain + scanner.offset)))
    brain = _in_brain(head, points[0])
    value = (plane - air) / (float(np.median(plane[brain])) - air)
    above = float(np.percentile(value[in_clivus(head, points[0])], 90)) - 1
    noise = _noise(value, brain)
    extent = float(head.landmark("front")[1] - head.landmark("basion")[1])
    severities = {"blur": scanner.blur_fwhm, "cupping": scanner.cupping, "gain": scanner.gain, "offset": scanner.offset}
    pane = Display.draw(rng.spawn(1)[0], scanner).pane
    share = {"share": 100 * extent / (diameter * pane)}
    return {"bone_above": above, "noise": noise, "cnr": above / noise, **share, **severities}


def _window(head: Head) -> tuple[Geometry, npt.NDArray[np.float32], Pose]:
    """Voxels [1, rows, columns] in the scanner, their head points, and the pose: upright, aimed at the head."""
    before, below = AIMS["head"]
    pose = Pose(np.eye(3), np.array([0.0, before, -below]))
    n, reach = int(WINDOW_MM / SLAB_SPACING_MM), (WINDOW_MM - SLAB_SPACING_MM) / 2
    directions = np.array([[0.0, 0.0, 1.0], [1.0, 0.0, 0.0], [0.0, -1.0, 0.0]])
    middle = pose.to_scanner(head.landmark("sos") + np.array([0.0, 0.0, 0.4 * reach]))
    origin = middle + np.array([0.0, -reach, reach])
    voxels = Geometry.from_axes((1, n, n), origin, directions, [SLAB_SPACING_MM, SLAB_SPACING_MM, 1.5])
    row, column = np.meshgrid(np.arange(n), np.arange(n), indexing="ij")
    points = voxels.to_ras(np.stack([column, row, np.zeros_like(row)], axis=-1)) @ pose.matrix + pose.offset
    return voxels, points[None].astype(np.float32), pose


def _in_brain(head: Head, points: npt.NDArray[np.float32]) -> npt.NDArray[np.bool_]:
    _, y, z = head.drawn_at(points.reshape(-1, 3))
    inside = (head.anatomy.cavity(y, z) < -8) & (z > head.anatomy.dorsum[1] + 4)
    return inside.reshape(points.shape[:-1])


def in_clivus(head: Head, points: npt.NDArray[np.float32]) -> npt.NDArray[np.bool_]:
    """Whether points [..., 3] lie in the bone between basion and dorsum and down to the plate's outer end, without
    the sinus' air."""
    ba, tip = head.landmark("basion"), head.landmark("dorsum")
    up = (tip - ba) / np.linalg.norm(tip - ba)
    along = (points - ba) @ up / np.linalg.norm(tip - ba)
    depth = (points - ba) @ np.array([0.0, up[2], -up[1]])
    inside = (along > 0.03) & (along < 0.97) & (depth > -4) & (depth < head.anatomy.plate_height)
    inside[inside] = head.skull_base(points[inside]) < 0
    inside[inside] = head.tissue(points[inside], 0.4) > 0.6
    return inside


def _noise(value: FloatArray, brain: npt.NDArray[np.bool_]) -> float:
    """Median standard deviation of the patches that lie wholly in the brain."""
    mean = uniform_filter(value, PATCH)
    spread = np.sqrt(np.maximum(uniform_filter(value**2, PATCH) - mean**2, 0))
    whole = uniform_filter(brain.astype(np.float64), PATCH) > 0.999
    return float(np.median(spread[whole])) if whole.any() else float("nan")


def thick_contrast(head: Head, blur_fwhm: float = 0.65) -> dict[str, float]:
    """The clivus above brain, 90th percentile, noise-free, in sagittal and in axial slices as thick as THICK_MM."""
    half = max(THICK_MM) / 2
    x, grid = np.arange(-half, half + 0.25, 0.5), np.arange(-34, 34, SLAB_SPACING_MM)
    z, y = np.meshgrid(grid, grid, indexing="ij")
    middle = (head.landmark("basion") + head.landmark("dorsum")) / 2
    plane = (middle + np.stack([np.zeros_like(y), y, z], axis=-1)).astype(np.float32)
    inside = in_clivus(head, plane)
    flat, sigma = plane.reshape(-1, 3), blur_fwhm / 2.355 / SLAB_SPACING_MM
    planes = [head.tissue(flat + np.array([at, 0, 0], np.float32), 0.45).reshape(y.shape) for at in x]
    sharp = gaussian_filter(planes[len(x) // 2], sigma)

    def above(image: npt.NDArray[np.float32]) -> float:
        return float(np.percentile(image[inside], 90)) - head.anatomy.values["brain"]

    out = {"thick_0": above(sharp)}
    for thick in THICK_MM:
        kept = [p for p, at in zip(planes, x, strict=True) if abs(at) <= thick / 2 + 1e-6]
        out[f"sagittal_{thick:g}"] = above(gaussian_filter(np.mean(kept, axis=0), sigma))
        out[f"axial_{thick:g}"] = above(uniform_filter1d(sharp, round(thick / SLAB_SPACING_MM), axis=0))
    return out
