"""The midsagittal plane of a head scan: a global mirror fit, then a robust refinement in the band around the midline.

A plane is described by three numbers about a fixed centre: the tangents of yaw and roll of its normal and its offset
along the normal. Edge features are sampled at fixed points and at their mirror images; only pairs with both points
inside the field of view count, so neither a cut field of view nor a cylinder pulls the plane. The approach follows
the classical mirror-and-register plane with a robust objective (e.g. Symmetry 2019; 11:245), without surfaces, so
that it needs no grey-value threshold: CBCT greys are not Hounsfield units.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import ndimage, optimize

from .geometry import FloatArray, Geometry
from .sampling import BlockVolume, BoolArray, Float32Array, block_mean, padding_columns, ras_view, trilinear
from .types import Plane, Scan

FINE_MM = 2.0
COARSE_MM = 6.0
BAND_MM = 35.0
SEARCH_DEG = 21.0
SEARCH_STEP_DEG = 7.0
SEARCH_MM = 28.0
SEARCH_STEP_MM = 7.0
MIN_SHARED = 0.3
"""Share of the sample points whose mirror image must lie inside the field of view for a plane to be considered."""


@dataclass(frozen=True)
class _Features:
    """Edge features of one scale with their field of view, and the points (RAS mm, [n, 3]) to compare."""

    array: Float32Array
    inside: Float32Array
    geometry: Geometry
    points: FloatArray
    values: Float32Array

    def mirrored(self, normal: FloatArray, origin: FloatArray) -> tuple[Float32Array, BoolArray]:
        """Return the features at the mirror images of the points and which of those lie in the field of view."""
        distance = (self.points - origin) @ normal
        mirror = self.points - 2 * distance[:, None] * normal
        values = trilinear(self.array, self.geometry, mirror)
        return values, trilinear(self.inside, self.geometry, mirror) > 0.99


def find_plane(scan: Scan) -> Plane:
    """Return the midsagittal plane of a head volume in RAS mm, with a confidence between 0 and 1.

    The orientation in the scan's geometry is trusted to about 20 degrees of yaw and roll. Where no symmetry can be
    found the plane is still returned, with a confidence near 0.
    """
    view, geometry = ras_view(scan.array, scan.geometry)
    blocks = block_mean(view, geometry, FINE_MM)
    grey = _normalised(blocks)
    if grey is None:
        return Plane(scan.geometry.center_ras, np.array([1.0, 0.0, 0.0]), confidence=0.0)
    inside = ~padding_columns(blocks)
    center = _tissue_center(grey, inside, blocks.geometry)
    coarse = _features(grey, inside, blocks.geometry, sigma_mm=COARSE_MM, count=3000, center=center)
    start = _search(coarse, center)
    middle = _features(grey, inside, blocks.geometry, sigma_mm=3.0, count=8000, center=center)
    pose = _polish(middle, center, start, _correlation)
    for sigma in (3.0, 2.0):
        normal, origin = _plane_of(pose, center)
        band = _features(grey, inside, blocks.geometry, sigma, 10000, center, Plane(origin, normal))
        pose = _polish(band, center, pose, _agreement)
    normal, origin = _plane_of(pose, center)
    score = -_correlation(pose, band, center)
    return Plane(origin, normal, confidence=_confidence(score))


def _normalised(blocks: BlockVolume) -> Float32Array | None:
    """Return greys scaled to 0 (air) .. 1 (dense bone) by percentiles, or None where there is nothing to see."""
    known = blocks.array[blocks.known]
    if known.size < 64:
        return None
    low, high = np.percentile(known, [1.0, 99.5])
    if not high > low:
        return None
    return np.clip((blocks.array - low) / (high - low), 0.0, 1.0).astype(np.float32)


def _tissue_center(grey: Float32Array, inside: BoolArray, geometry: Geometry) -> FloatArray:
    """Return the RAS centroid of what is not air."""
    weight = np.minimum(grey, 0.3) * inside
    total = float(weight.sum(dtype=float))
    if total <= 0:
        return geometry.center_ras
    kji = [
        float((weight.sum(axis=tuple(a for a in range(3) if a != axis), dtype=float) * np.arange(n)).sum() / total)
        for axis, n in enumerate(grey.shape)
    ]
    return geometry.to_ras(np.array(kji[::-1]))


def _features(
    grey: Float32Array,
    inside: BoolArray,
    geometry: Geometry,
    sigma_mm: float,
    count: int,
    center: FloatArray,
    band: Plane | None = None,
) -> _Features:
    """Return edge features (difference of Gaussians, saturated) and the points where they are strongest."""
    sigma = sigma_mm / 2 / geometry.spacing[::-1]
    weight = inside.astype(np.float32)
    small = _masked_blur(grey, weight, sigma)
    large = _masked_blur(grey, weight, sigma * 3)
    edge = small - large
    scale = float(np.sqrt(np.mean(edge[inside] ** 2))) if inside.any() else 1.0
    array = np.where(inside, np.tanh(edge / max(2 * scale, 1e-6)), 0).astype(np.float32)
    points = _sample_points(np.abs(array), geometry, count, band)
    values = trilinear(array, geometry, points)
    return _Features(array, weight, geometry, points, values)


def _masked_blur(grey: Float32Array, weight: Float32Array, sigma: FloatArray) -> Float32Array:
    """Blur only what was measured, so the edge of the field of view is not an edge of the head."""
    blurred = ndimage.gaussian_filter(grey * weight, sigma, mode="nearest", truncate=3.0)
    norm = ndimage.gaussian_filter(weight, sigma, mode="nearest", truncate=3.0)
    return blurred / np.maximum(norm, 1e-3)


def _sample_points(strength: Float32Array, geometry: Geometry, count: int, band: Plane | None) -> FloatArray:
    """Return ``count`` RAS points drawn in proportion to edge strength (systematic draw, no random numbers)."""
    flat = strength.ravel().astype(float)
    if band is not None:
        axes = [np.arange(n, dtype=float) for n in strength.shape]
        step = band.normal_ras @ geometry.ijk_to_ras[:3, :3]
        offset = float(band.distance(geometry.origin))
        distance = offset + step[2] * axes[0][:, None, None] + step[1] * axes[1][:, None] + step[0] * axes[2]
        flat = flat * np.clip(1.5 - np.abs(distance) / BAND_MM, 0, 0.5).ravel()
    total = np.cumsum(flat)
    if total[-1] <= 0:
        return geometry.center_ras[None, :]
    index = np.searchsorted(total, (np.arange(count) + 0.5) * total[-1] / count)
    k, j, i = np.unravel_index(np.minimum(index, flat.size - 1), strength.shape)
    ijk = np.stack([i, j, k], axis=1).astype(float)
    ijk += np.modf(np.arange(count)[:, None] * np.array([0.8191725, 0.6710436, 0.5497005]))[0] - 0.5
    return geometry.to_ras(ijk)


def _plane_of(pose: FloatArray, center: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return the unit normal and an origin for (tangent of yaw, tangent of roll, offset in mm) about the centre."""
    normal = np.array([1.0, pose[0], pose[1]])
    normal /= np.linalg.norm(normal)
    return normal, center + pose[2] * normal


def _correlation(pose: FloatArray, features: _Features, center: FloatArray) -> float:
    """Return minus the correlation between the features and their mirror images (0 where too few are shared)."""
    mirrored, inside = features.mirrored(*_plane_of(pose, center))
    if inside.mean() < MIN_SHARED:
        return 0.0
    here, there = features.values[inside].astype(float), mirrored[inside].astype(float)
    power = np.sqrt((here @ here) * (there @ there))
    return -float(here @ there / power) if power > 0 else 0.0


def _agreement(pose: FloatArray, features: _Features, center: FloatArray) -> float:
    """Return minus the mean agreement of the pairs; a pair that differs much counts 0, however much (Welsch)."""
    mirrored, inside = features.mirrored(*_plane_of(pose, center))
    if inside.mean() < MIN_SHARED:
        return 0.0
    difference = (features.values[inside] - mirrored[inside]).astype(float)
    return -float(np.exp(-0.5 * (difference / 0.3) ** 2).mean())


def _search(features: _Features, center: FloatArray) -> FloatArray:
    """Return the best of a grid of yaw, roll and offset, each of the best three polished."""
    angles = np.tan(np.radians(np.arange(-SEARCH_DEG, SEARCH_DEG + 1, SEARCH_STEP_DEG)))
    offsets = np.arange(-SEARCH_MM, SEARCH_MM + 1, SEARCH_STEP_MM)
    poses = [np.array([yaw, roll, t]) for yaw in angles for roll in angles for t in offsets]
    scores = [_correlation(pose, features, center) for pose in poses]
    best = np.argsort(scores, kind="stable")[:3]
    polished = [_polish(features, center, poses[b], _correlation) for b in best]
    return min(polished, key=lambda pose: _correlation(pose, features, center))


def _polish(features: _Features, center: FloatArray, pose: FloatArray, cost: object) -> FloatArray:
    """Return the pose at the nearby minimum of the cost."""
    step = np.array([[0.0, 0, 0], [0.05, 0, 0], [0, 0.05, 0], [0, 0, 2.0]])
    found = optimize.minimize(
        cost,
        pose,
        args=(features, center),
        method="Nelder-Mead",
        options={"initial_simplex": pose + step, "xatol": 1e-3, "fatol": 1e-6, "maxfev": 150},
    )
    return np.asarray(found.x, float)


def _confidence(score: float) -> float:
    """Map the correlation across the final plane to 0..1."""
    return float(np.clip((score - 0.2) / 0.4, 0.0, 1.0))
