"""The midsagittal plane of a head scan: a global mirror fit, then a robust refinement in the band around the midline.

A plane is described by three numbers about a fixed centre: the tangents of yaw and roll of its normal, and its offset
along the normal in mm. Edge features are compared at fixed points and at their mirror images; only pairs with both
points inside the field of view count, so neither a cut field of view nor a cylinder pulls the plane. The approach is
the classical mirror-and-register plane with a robust objective (e.g. Symmetry 2019; 11:245), solved as iteratively
reweighted least squares, without surfaces: it needs no grey-value threshold, for CBCT greys are not Hounsfield units.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import ndimage

from .geometry import FloatArray, Geometry
from .sampling import BlockVolume, Field, Float32Array, block_mean, padding_columns, ras_view
from .types import Plane, Scan

FINE_MM = 2.0
COARSE_MM = 4.0
BAND_MM, REACH_MM = 25.0, 95.0
"""The refinement looks only this far to either side of the plane, and this far from the middle of the head along it:
skull base, septum and crests. The vault and the neck are turned against them in many heads."""
BONE_SCALE_MM, DETAIL_SCALE_MM, TRUST_SCALE_MM = 4.0, 1.0, 2.0
"""Blur of the edges the refinement fits (as fine as the second in small fields), and of those by which the plane is
judged in the end. A face differs from its mirror image by about a millimetre (RMS 0.87, 100 CBCT): the edges of thin
bones, if finer, miss their counterparts, and what is left to fit is chance. Coarse edges agree across planes that are
none, too; fine ones are lost in the noise of some scans that have a good plane."""
FIELD_PER_SCALE = 35.0
"""The fitted edges are finer where the field of view's shortest side is less than so many times their blur: a small
field holds too few coarse ones. In fields of 60 and 80 mm planes fitted to those were half as far off again."""
SEARCH_ANGLES = np.tan(np.radians(np.linspace(-24, 24, 9)))
SEARCH_OFFSETS_MM = np.linspace(-32, 32, 9)
SEARCH_KEPT = 4
UPRIGHT = 1.5
MUTE_FIELD_MM, SMALL_FIELD_MM, LARGE_FIELD_MM = 30.0, 45.0, 60.0
"""In a small field little tells a head's two sides from other likenesses, and a plane turned far away may fit as well.
There squared tangents of yaw and roll cost UPRIGHT times as much as pairs that disagree wholly; nothing in large ones.
On 40 simulated heads in fields of 40 mm, 31 instead of 16 planes were within 5 degrees and 2.5 mm. Sides that are alike
say less and less about trust there, and nothing in a field of MUTE_FIELD_MM."""
FOUND_CONFIDENCE = 0.25
"""Below this confidence no plane was found. Then the search's next best node is followed, too: the coarse features of a
truncated head may agree best about another plane than its bones."""
SAME_POSE = np.array([0.02, 0.02, 1.0])
MIN_SUPPORT = 0.7
"""Share of the wider Gaussian's weight that must have been measured for an edge feature to count."""
TRUSTED_DEG, UNTRUSTED_DEG = 20.0, 32.0
"""The scan's own orientation is trusted so far; a plane turned further loses confidence, down to 0."""
MIN_SHARED = 0.3
"""Share of the points whose mirror images must lie in the field of view for a plane to be considered."""


@dataclass(frozen=True)
class _Level:
    """Edge features at one scale, and the points that are compared with their mirror images.

    ``points`` are RAS mm about the centre, [3, n]; ``indices`` the same points in the field's (i, j, k). ``upright``
    is how much the scan's own orientation weighs.
    """

    field: Field
    to_index: FloatArray
    points: FloatArray
    indices: FloatArray
    values: FloatArray
    upright: float

    def mirror_indices(self, pose: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Return the mirror images as (i, j, k), [3, n], and the points' distances to the plane in mm, [n]."""
        normal = _normal(pose)
        distance = normal @ self.points - pose[2]
        return self.indices - 2 * (self.to_index @ normal)[:, None] * distance, distance


def find_plane(scan: Scan) -> Plane:
    """Return the midsagittal plane of a head volume in RAS mm, with a confidence between 0 and 1.

    The orientation in the scan's geometry is trusted to about 20 degrees; the search spans 24 degrees of yaw
    and roll and 32 mm of offset. Where no symmetry is found a plane is still returned, with a confidence near 0.
    """
    view, geometry = ras_view(scan.array, scan.geometry)
    fine = block_mean(view, geometry, FINE_MM)
    coarse = block_mean(fine.array, fine.geometry, COARSE_MM)
    grey, coarse_grey = _normalised(fine), _normalised(coarse)
    if grey is None or coarse_grey is None:
        return Plane(scan.geometry.center_ras, np.array([1.0, 0.0, 0.0]), confidence=0.0)
    center = _tissue_center(coarse_grey, coarse.geometry)
    candidates = _search(_level(coarse_grey, coarse.geometry, 4.0, 3000, center))
    soft = _level(coarse_grey, coarse.geometry, 2.0, 6000, center)
    bone = _bone(grey)
    found: list[Plane] = []
    for pose in candidates:
        found.append(_on_bone(bone, fine.geometry, center, _refine(soft, pose, 0.6)))
        if found[-1].confidence >= FOUND_CONFIDENCE:
            break
    return max(found, key=lambda plane: plane.confidence)


def _on_bone(bone: Float32Array, geometry: Geometry, center: FloatArray, pose: FloatArray) -> Plane:
    """Return the plane that the bones around ``pose`` agree on."""
    shortest = _shortest(bone, geometry)
    scale = float(np.clip(shortest / FIELD_PER_SCALE, DETAIL_SCALE_MM, BONE_SCALE_MM))
    pose = _refine(_level(bone, geometry, scale, 12000, center, pose), pose, 0.6)
    normal = _normal(pose)
    alike = _correlation(_level(bone, geometry, TRUST_SCALE_MM, 12000, center, pose), pose)
    return Plane(center + pose[2] * normal, normal, confidence=_confidence(alike, normal, shortest))


def _normalised(blocks: BlockVolume) -> Float32Array | None:
    """Return greys scaled by percentiles to 0 (air) .. 1 (dense bone), NaN where unmeasured; None if all are equal."""
    inside = blocks.known & ~padding_columns(blocks)
    measured = blocks.array[inside]
    if measured.size < 64:
        return None
    low, high = np.percentile(measured, [1.0, 99.5])
    if not high > low:
        return None
    grey = np.clip((blocks.array - low) / (high - low), 0.0, 1.0).astype(np.float32)
    grey[~inside] = np.nan
    return grey


def _bone(grey: Float32Array) -> Float32Array:
    """Return the greys with everything below soft tissue raised to it.

    Sinuses, nasal passages and airway are asymmetric in most people, the bones around the midline hardly: the
    refinement must not follow the former. Soft tissue is the median of what is not air, and air is what lies below
    half of the upper quartile of all that is brighter than the darkest grey: neither depends on the scanner's scale.
    """
    brighter = grey[grey > 0.05]
    tissue = brighter[brighter > 0.5 * np.percentile(brighter, 75)] if brighter.size else brighter
    return np.maximum(grey, np.float32(np.median(tissue))) if tissue.size else grey


def _tissue_center(grey: Float32Array, geometry: Geometry) -> FloatArray:
    """Return the RAS centroid of what is not air."""
    weight = np.nan_to_num(np.minimum(grey, 0.3)).astype(float)
    total = weight.sum()
    if total <= 0:
        return geometry.center_ras
    sums = [weight.sum(axis=axes) for axes in ((0, 1), (0, 2), (1, 2))]
    return geometry.to_ras([float(s @ np.arange(s.size)) / total for s in sums])


def _level(
    grey: Float32Array,
    geometry: Geometry,
    sigma_mm: float,
    count: int,
    center: FloatArray,
    band: FloatArray | None = None,
) -> _Level:
    """Return the edge features of one scale (difference of Gaussians, saturated) and their strongest points."""
    edge = _edges(grey, sigma_mm / geometry.spacing[::-1])
    indices = _sample_indices(np.abs(edge), geometry, count, center, band)
    field = Field(edge)
    values, _ = field.linear(indices)
    indices, values = indices[:, np.isfinite(values)], values[np.isfinite(values)]
    points = geometry.to_ras(indices.T).T - center[:, None]
    small = (LARGE_FIELD_MM - _shortest(grey, geometry)) / (LARGE_FIELD_MM - SMALL_FIELD_MM)
    upright = UPRIGHT * float(np.clip(small, 0.0, 1.0))
    return _Level(field, geometry.ras_to_ijk[:3, :3], points, indices, values, upright)


def _shortest(grey: Float32Array, geometry: Geometry) -> float:
    """Return the shortest side of the field of view, mm."""
    return float(np.min(geometry.spacing * grey.shape[::-1]))


def _turned(pose: FloatArray) -> float:
    """Return the squared tangents of yaw and roll."""
    return float(pose[0] ** 2 + pose[1] ** 2)


def _edges(grey: Float32Array, sigma: FloatArray) -> Float32Array:
    """Return the saturated difference of Gaussians, NaN where too little of its support was measured.

    Only what was measured is blurred, so that the edge of the field of view is no edge of the head; near that edge the
    one-sided blur is biased, and its pairs would pull the plane towards a smaller overlap.
    """
    measured = np.isfinite(grey)
    support = _blur(measured.astype(np.float32), 3 * sigma)
    values = np.where(measured, grey, 0)
    edge = _blur(values, sigma) / np.maximum(_blur(measured.astype(np.float32), sigma), 1e-3)
    edge = edge - _blur(values, 3 * sigma) / np.maximum(support, 1e-3)
    usable = measured & (support > MIN_SUPPORT * support.max())
    scale = float(np.sqrt(np.mean(np.square(edge[usable]), dtype=float)))
    edge = np.where(usable, np.tanh(edge / max(2 * scale, 1e-6)), np.nan)
    return edge.astype(np.float32)


def _blur(array: Float32Array, sigma: FloatArray) -> Float32Array:
    """Blur with nothing beyond the volume."""
    return ndimage.gaussian_filter(array, sigma, mode="constant", truncate=3.0)


def _sample_indices(
    strength: Float32Array, geometry: Geometry, count: int, center: FloatArray, band: FloatArray | None
) -> FloatArray:
    """Return ``count`` continuous (i, j, k), [3, count], drawn in proportion to edge strength.

    The draw is systematic, with a low-discrepancy jitter inside the voxel (R3 sequence): no random numbers. With a
    pose as ``band`` only its neighbourhood counts, fading from half of BAND_MM and of REACH_MM on.
    """
    weight = np.nan_to_num(strength)
    if band is not None:
        normal = _normal(band)
        across = _along(normal, geometry, center, weight.shape) - np.float32(band[2])
        from_center = sum(_along(axis, geometry, center, weight.shape) ** 2 for axis in np.eye(3))
        reach = np.sqrt(np.maximum(from_center - (across + np.float32(band[2])) ** 2, 0))
        weight *= _fading(np.abs(across), BAND_MM) * _fading(reach, REACH_MM)
    total = np.cumsum(weight, dtype=float)
    index = np.searchsorted(total, (np.arange(count) + 0.5) * total[-1] / count)
    kji = np.unravel_index(np.minimum(index, weight.size - 1), weight.shape)
    jitter = np.modf(np.arange(count) * np.array([0.8191725, 0.6710436, 0.5497005])[:, None])[0] - 0.5
    return np.stack(kji[::-1]) + jitter


def _along(direction: FloatArray, geometry: Geometry, center: FloatArray, shape: tuple[int, ...]) -> Float32Array:
    """Return the coordinate, mm, [k, j, i], of all voxels along a unit vector through ``center``."""
    step = (direction @ geometry.ijk_to_ras[:3, :3]).astype(np.float32)
    start = np.float32(direction @ (geometry.origin - center))
    k, j, i = (np.arange(n, dtype=np.float32) for n in shape)
    return np.asarray((start + step[2] * k)[:, None, None] + (step[1] * j)[:, None] + step[0] * i)


def _fading(distance: Float32Array, end: float) -> Float32Array:
    """Return 1 up to half of ``end`` (mm), 0 from ``end`` on."""
    return np.clip(2 - 2 * distance / np.float32(end), 0, 1)


def _normal(pose: FloatArray) -> FloatArray:
    """Return the unit normal of (tangent of yaw, tangent of roll, offset)."""
    return np.array([1.0, pose[0], pose[1]]) / float(np.sqrt(1 + pose[0] ** 2 + pose[1] ** 2))


def _correlation(level: _Level, pose: FloatArray, nearest: bool = False) -> float:
    """Return the correlation between the features and their mirror images (-1 where too few are shared)."""
    indices, _ = level.mirror_indices(pose)
    mirrored = level.field.nearest(indices) if nearest else level.field.linear(indices)[0]
    shared = np.isfinite(mirrored)
    if shared.sum() < max(10, MIN_SHARED * shared.size):
        return -1.0
    here, there = level.values[shared], mirrored[shared].astype(float)
    power = float(np.sqrt((here @ here) * (there @ there)))
    return float(here @ there) / power if power > 0 else -1.0


def _search(level: _Level) -> list[FloatArray]:
    """Return the few best poses of a grid of yaw, roll and offset, refined, best first and each once."""
    poses = [np.array([a, b, t]) for a in SEARCH_ANGLES for b in SEARCH_ANGLES for t in SEARCH_OFFSETS_MM]
    scores = [_correlation(level, pose, nearest=True) - 2 * level.upright * _turned(pose) for pose in poses]
    best = np.argsort(scores, kind="stable")[::-1][:SEARCH_KEPT]
    refined = [_refine(level, poses[b], 1.0) for b in best]
    refined.sort(key=lambda pose: _correlation(level, pose) - 2 * level.upright * _turned(pose), reverse=True)
    different: list[FloatArray] = []
    for pose in refined:
        if all(np.any(np.abs(pose - other) > SAME_POSE) for other in different):
            different.append(pose)
    return different


def _refine(level: _Level, pose: FloatArray, scale: float, steps: int = 30) -> FloatArray:
    """Return the pose that minimises the pairs' differences; those far above ``scale`` count little (Welsch weights).

    Gauss-Newton on iteratively reweighted least squares; each step is limited to 5 degrees and 4 mm, and shortened
    until the pairs agree better, because the set of pairs inside the field of view changes with the pose.
    """
    limit = np.array([0.09, 0.09, 4.0])
    cost, change = _step(level, pose, scale)
    for _ in range(steps):
        change = change / max(1.0, float(np.max(np.abs(change) / limit)))
        new_cost, new_change = _step(level, pose + change, scale)
        if new_cost < cost:
            pose, cost, change = pose + change, new_cost, new_change
        else:
            change = change / 3
        if np.all(np.abs(change) < [1e-6, 1e-6, 1e-4]):
            break
    return pose


def _step(level: _Level, pose: FloatArray, scale: float) -> tuple[float, FloatArray]:
    """Return the pairs' mean Welsch cost, and what the turn costs, and the Gauss-Newton step: x' = x - 2 d n,
    d = x.n - offset."""
    indices, distance = level.mirror_indices(pose)
    mirrored, gradient = level.field.linear(indices)
    shared = np.isfinite(mirrored)
    if shared.sum() < max(10, MIN_SHARED * shared.size):
        return 1.0 + level.upright * _turned(pose), np.zeros(3)
    residual = np.where(shared, mirrored - level.values, 0.0)
    weight = np.where(shared, np.exp(-0.5 * (residual / scale) ** 2), 0.0)
    slope = level.to_index.T @ np.where(shared, gradient, 0.0)
    jacobian = _jacobian(level.points, distance, slope, pose)
    weighted = jacobian * weight
    turn = 2 * level.upright * scale**2 * float(shared.sum()) * np.array([1.0, 1.0, 0.0])
    matrix = weighted @ jacobian.T + np.diag(turn)
    damping = np.diag(1e-3 * np.diag(matrix) + 1e-9)
    change = np.asarray(np.linalg.solve(matrix + damping, -(weighted @ residual) - turn * pose), float)
    return 1.0 - float(weight[shared].mean()) + level.upright * _turned(pose), change


def _jacobian(points: FloatArray, distance: FloatArray, slope: FloatArray, pose: FloatArray) -> FloatArray:
    """Return the derivative [3, n] of the mirrored features by the pose; ``slope`` is their gradient in RAS, [3, n]."""
    normal, length = _normal(pose), np.sqrt(1 + pose[0] ** 2 + pose[1] ** 2)
    across = normal @ slope
    jacobian = np.empty((3, distance.size))
    for row in (0, 1):
        turn = (np.eye(3)[row + 1] - normal * normal[row + 1]) / length
        jacobian[row] = -2 * ((turn @ points) * across + distance * (turn @ slope))
    jacobian[2] = 2 * across
    return jacobian


def _confidence(correlation: float, normal: FloatArray, shortest: float) -> float:
    """Map the correlation between the two sides of the final plane to 0..1, less in small fields and beyond the
    trusted orientation.

    At the scale of 2 mm, which strong noise hardly reaches, sides correlate by 0.7 to 1 about the plane of a head, and
    mostly by less than 0.6 about another; half a head often fits best with a plane turned far away.
    """
    turned = float(np.degrees(np.arccos(min(1.0, normal[0]))))
    trusted = (UNTRUSTED_DEG - turned) / (UNTRUSTED_DEG - TRUSTED_DEG)
    told = (shortest - MUTE_FIELD_MM) / (LARGE_FIELD_MM - MUTE_FIELD_MM)
    return float(np.prod(np.clip([(correlation - 0.6) / 0.3, trusted, told], 0.0, 1.0)))
