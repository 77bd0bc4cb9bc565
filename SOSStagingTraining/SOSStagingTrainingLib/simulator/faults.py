"""Faults of a cone-beam scan as fields over scanner points, so that a slab gets the cut through the volume's fault.

Every function takes scanner points [..., 3] or a coarse field in the scanner frame (see ``placement``) and returns what
to add, in units of (brain - air), scaled to the severity asked for. The physics is first order: errors of the parallel
projections of a coarse head, reconstructed. Constants without a source are our guess.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.ndimage import affine_transform, gaussian_filter, gaussian_filter1d
from scipy.sparse import coo_array, csr_array

from .fields import F32
from .placement import Coarse, Placement
from .windows import rotation

PER_MM = 0.02
"""Attenuation of brain per mm at CBCT energies (water at an effective 60 keV: 0.0206)."""
BONE_FROM = 1.15
"""Tissue value (air 0, brain 1) above which attenuation counts as bone."""
TAG = 71_000_003
SCATTER, HARDENING, RINGS, MOTION, METAL = range(5)


def pattern_rng(pattern: int, fault: int) -> np.random.Generator:
    """The generator of one fault's random pattern: the same for a volume and for a slab of the same acquisition."""
    return np.random.default_rng([TAG, fault, pattern])


def scatter_field(around: Coarse, severity: float) -> Coarse:
    """Scatter: broad shade where rays cross much bone, a little light elsewhere; ``severity`` is the shade that one
    twentieth of the head exceeds.

    Scattered light is the blurred primary times its path (single scatter), a tenth of it reaches the detector.
    """
    project = _Projector(around)
    path = project.forward(PER_MM * around.values)
    primary = np.exp(-path)
    wide = 40.0 / np.array([project.step, around.geometry.spacing[2]])
    scattered = 0.1 * gaussian_filter(primary * path, (0, *wide))
    shade = project.back(-np.log1p(scattered / primary))
    shade = gaussian_filter(shade, 12.0 / around.geometry.spacing[::-1])
    head = around.values > 0.5
    return _scaled(around, shade - shade[head].mean() if head.any() else shade, head, severity)


def hardening_field(around: Coarse, severity: float) -> Coarse:
    """Beam hardening: dark bands between dense parts; ``severity`` is the darkening that one twentieth of the soft
    tissue exceeds; bone itself loses up to three times as much (our guess).

    After the usual correction for water, a ray's error grows with the square of its path in bone (Joseph and Spital
    1978).
    """
    project = _Projector(around)
    bone = project.forward(PER_MM * np.clip(around.values - BONE_FROM, 0, None))
    soft = (around.values > 0.5) & (around.values < BONE_FROM)
    field = _scaled(around, project.back(-(bone**2)), soft, severity)
    limit = np.float32(3 * severity)
    return field if limit <= 0 else Coarse(limit * np.tanh(field.values / limit), around.geometry)


def _scaled(around: Coarse, field: F32, head: npt.NDArray[np.bool_], severity: float) -> Coarse:
    depth = -float(np.percentile(field[head], 5)) if head.any() else 0.0
    return Coarse((field * (severity / depth if depth > 1e-9 else 0.0)).astype(np.float32), around.geometry)


class _Projector:
    """Parallel projections of each axial plane [k, j, i] to [angles, bins, k], and filtered back-projection."""

    ANGLES = 60

    def __init__(self, around: Coarse) -> None:
        nk, nj, ni = around.values.shape
        self.shape = (nk, nj, ni)
        x, y = (np.arange(n) - (n - 1) / 2 for n in (ni, nj))
        sx, sy = around.geometry.spacing[:2]
        self.step = float(max(sx, sy))
        self.area = float(sx * sy)
        angle = np.arange(self.ANGLES) * np.pi / self.ANGLES
        reach = np.hypot(x[-1] * sx, y[-1] * sy) / self.step
        self.bins = 2 * int(np.ceil(reach)) + 4
        across = np.cos(angle)[:, None, None] * x * sx + np.sin(angle)[:, None, None] * y[:, None] * sy
        self.matrix = self._matrix(across.reshape(self.ANGLES, -1) / self.step + (self.bins - 1) / 2)

    def _matrix(self, place: npt.NDArray[np.float64]) -> csr_array:
        low = np.floor(place).astype(np.int64)
        part = place - low
        row = np.arange(self.ANGLES)[:, None] * self.bins + low
        column = np.broadcast_to(np.arange(place.shape[1]), place.shape)
        weights = np.concatenate([(1 - part).ravel(), part.ravel()]).astype(np.float32)
        index = (np.concatenate([row.ravel(), row.ravel() + 1]), np.tile(column.ravel(), 2))
        return coo_array((weights, index), shape=(self.ANGLES * self.bins, place.shape[1])).tocsr()

    def forward(self, values: F32) -> F32:
        """Line integrals [angles, bins, k], value times mm."""
        sums = self.matrix @ values.reshape(self.shape[0], -1).T
        return np.asarray(sums * (self.area / self.step), np.float32).reshape(self.ANGLES, self.bins, -1)

    def back(self, projections: F32) -> F32:
        """Reconstruct [k, j, i] from line integrals."""
        length = 2 * self.bins
        ramp = np.fft.rfftfreq(length, self.step)[None, :, None]
        filtered = np.fft.irfft(np.fft.rfft(projections, length, axis=1) * ramp, length, axis=1)[:, : self.bins]
        planes = self.matrix.T @ filtered.reshape(self.ANGLES * self.bins, -1) * (np.pi / self.ANGLES)
        return np.asarray(planes.T, np.float32).reshape(self.shape)


def rim(place: Placement, points: F32, severity: float) -> F32:
    """Truncation: a bright rim at the side of the field of view wherever the head goes on beyond it.

    ``severity`` is the brightening at the very edge where tissue crosses it; a narrow and a wide part fall off over
    4 % and 18 % of the radius.
    """
    grid = place.around.geometry
    beyond = Coarse(gaussian_filter(place.around.values, 8.0 / grid.spacing[::-1]), grid)
    inwards = place.inwards(points)
    radius = float(np.mean(place.radii))
    out = np.hypot(points[..., 0] / place.radii[0], points[..., 1] / place.radii[1])
    edge = points.copy()
    edge[..., :2] *= (1.06 / np.maximum(out, 0.05))[..., None]
    depth = np.maximum(inwards, 0) / radius
    fall = 0.75 * np.exp(-depth / 0.04) + 0.25 * np.exp(-depth / 0.18)
    return np.asarray(severity * fall * np.clip(beyond.at(edge), 0, 1), np.float32)


def rings(place: Placement, points: F32, severity: float, pattern: int) -> F32:
    """Rings about the rotation axis from uneven detector columns: near-vertical bands in a sagittal cut.

    ``severity`` is the root mean square over the radius of the rings that run the whole height; as many again are seen
    over a few centimetres of height only. Thin (0.25 to 0.7 mm), about one in 6 mm, stronger near the axis.
    """
    rng = pattern_rng(pattern, RINGS)
    reach = max(place.radii)
    r = np.arange(0, reach + 5, 0.1)
    radius = np.hypot(points[..., 0], points[..., 1])
    out = np.zeros(radius.shape, np.float32)
    scale = 0.0
    for low in (True, False, False):
        profile = _ring_profile(rng, r, reach)
        scale = scale or severity / max(float(np.sqrt(np.mean(profile[r < reach] ** 2))), 1e-9)
        here = np.interp(radius, r, profile * scale)
        if not low:
            height, spread = rng.uniform(-60, 60), rng.uniform(8, 25)
            here = here * np.exp(-0.5 * ((points[..., 2] - height) / spread) ** 2)
        out += here.astype(np.float32)
    return out


def _ring_profile(rng: np.random.Generator, r: npt.NDArray[np.float64], reach: float) -> npt.NDArray[np.float64]:
    profile = np.zeros_like(r)
    for _ in range(max(3, int(reach / 6))):
        at, width, height = rng.uniform(1, reach), rng.uniform(0.25, 0.7), rng.normal()
        profile += height / np.sqrt(1 + at / 15) * np.exp(-0.5 * ((r - at) / width) ** 2)
    return profile


def moved(tissue: F32, place: Placement, severity: float, pattern: int) -> F32:
    """Small motion: after a turn and a shift the rest of the projections sees the head elsewhere, so contours double.

    ``severity`` is the shift in mm, mostly up, down, forwards or backwards; a nod of 0.3 degrees per mm goes with it.
    A quarter to 45 % of the projections lie after the move. What the two parts disagree on is smeared along the
    sagittal direction of the rays: stripes.
    """
    rng = pattern_rng(pattern, MOTION)
    share = rng.uniform(0.25, 0.45)
    shift = rng.normal(0, 1, 3) * [0.3, 0.8, 1.0]
    shift = shift * (severity / np.linalg.norm(shift))
    nod = severity * 0.3 * rng.choice([-1, 1])
    turn = np.eye(4)
    turn[:3, :3], turn[:3, 3] = rotation(nod, 0.3 * nod, 0.2 * nod), shift
    back = np.linalg.inv(place.voxels.ijk_to_ras) @ np.linalg.inv(turn) @ place.voxels.ijk_to_ras
    flip = np.eye(4)[[2, 1, 0, 3]]
    back = flip @ back @ flip
    other = affine_transform(tissue, back[:3, :3], back[:3, 3], order=1, mode="nearest", output=np.float32)
    apart = other - tissue
    axis = 2 - int(np.argmax(np.abs(place.voxels.directions[1])))
    reach = 15.0 / float(place.voxels.spacing[2 - axis])
    stripes = gaussian_filter1d(apart, reach, axis=axis) if tissue.shape[axis] > 1 else 0 * apart
    return tissue + np.float32(share) * (apart + np.float32(0.4) * stripes)


def metal_streaks(place: Placement, points: F32, severity: float, pattern: int) -> F32:
    """Bright and dark rays from each bracket or filling, and the metal itself, in the few axial planes that hold it.

    ``severity`` is about the root mean square of one source's rays close to it. Rays fade over 60 mm and spread in
    height with the cone's angle; their pattern changes every few millimetres of height.
    """
    rng = pattern_rng(pattern, METAL)
    out = np.zeros(points.shape[:-1], np.float32)
    for source in place.metal:
        phases, drift = rng.uniform(0, 2 * np.pi, 8), rng.normal(0, 0.8, 8)
        x, y, z = (points[..., a] - np.float32(source[a]) for a in range(3))
        far = np.hypot(x, y)
        height = np.exp(-0.5 * (z / (2.5 + 0.04 * far)) ** 2)
        near = np.flatnonzero(height.ravel() > 0.01)
        if near.size == 0:
            continue
        angle, up, away = np.arctan2(y, x).ravel()[near], z.ravel()[near], far.ravel()[near]
        turns = (7, 13, 19, 23, 31, 37, 47, 61)
        rays = sum(np.sin(n * angle + p + d * up) for n, p, d in zip(turns, phases, drift, strict=True)) / 2
        blob = 6 * np.exp(-0.5 * (away**2 + up**2) / 1.0**2)
        out.ravel()[near] += severity * rays * height.ravel()[near] * np.exp(-away / 60) + blob
    return out
