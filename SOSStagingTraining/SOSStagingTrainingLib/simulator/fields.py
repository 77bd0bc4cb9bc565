"""Small building blocks of the drawing: soft edges, distance maps of contours, smooth noise."""

from __future__ import annotations

import functools
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw
from scipy.interpolate import splev, splprep
from scipy.ndimage import distance_transform_edt, gaussian_filter
from scipy.spatial.transform import Rotation

F32 = npt.NDArray[np.float32]
Floats = npt.NDArray[np.floating]


def soft(distance: Floats, edge: float) -> F32:
    """Coverage 0..1 of a region from its signed distance (negative inside), with an edge ``edge`` mm wide."""
    return np.clip(0.5 - distance / np.float32(edge), 0, 1, dtype=np.float32)


def band(depth: F32, start: float | F32, stop: float | F32, edge: float) -> F32:
    """Coverage 0..1 of the layer ``start`` < depth < ``stop`` with edges ``edge`` mm wide."""
    low = np.clip((depth - start) / np.float32(edge) + 0.5, 0, 1)
    return (low * np.clip((stop - depth) / np.float32(edge) + 0.5, 0, 1)).astype(np.float32)


def smooth_closed(points: npt.ArrayLike, step_mm: float = 1.0) -> npt.NDArray[np.float64]:
    """Closed spline through points [n, 2] in mm, sampled about every ``step_mm``."""
    p = np.asarray(points, float)
    p = np.vstack([p, p[:1]])
    tck, _ = splprep(p.T, s=0, per=True)
    length = float(np.linalg.norm(np.diff(p, axis=0), axis=1).sum())
    y, z = splev(np.linspace(0, 1, max(16, int(length / step_mm)), endpoint=False), tck)
    return np.column_stack([y, z])


@dataclass(frozen=True)
class DistanceMap:
    """Signed distance (mm, negative inside) of a region of the midsagittal plane, on a regular (z, y) grid."""

    values: F32
    y0: float
    z0: float
    step: float

    @classmethod
    def of_contour(
        cls, contour: npt.ArrayLike, y_range: tuple[float, float], z_range: tuple[float, float], step: float
    ) -> DistanceMap:
        """Draw a closed contour [n, 2] of (y, z) mm and measure distances to it. Needs the contour inside the
        ranges."""
        ny = int((y_range[1] - y_range[0]) / step) + 1
        nz = int((z_range[1] - z_range[0]) / step) + 1
        pixels = [((y - y_range[0]) / step, (z - z_range[0]) / step) for y, z in np.asarray(contour, float)]
        image = Image.new("1", (ny, nz))
        ImageDraw.Draw(image).polygon(pixels, fill=1)
        inside = np.asarray(image, bool)
        if not inside.any():
            return cls(np.full((nz, ny), 99, np.float32), y_range[0], z_range[0], step)
        signed = distance_transform_edt(~inside) - distance_transform_edt(inside)
        signed = gaussian_filter(signed.astype(np.float32), 0.7) * np.float32(step)
        return cls(signed.astype(np.float32), y_range[0], z_range[0], step)

    def __call__(self, y: F32, z: F32) -> F32:
        """Signed distance at points, any shape; outside the grid the nearest edge value."""
        # Bilinear by hand: scipy's map_coordinates takes three times as long, and this is most of the drawing.
        nz, ny = self.values.shape
        row = np.clip((z - np.float32(self.z0)) * np.float32(1 / self.step), 0, np.float32(nz - 1.01))
        col = np.clip((y - np.float32(self.y0)) * np.float32(1 / self.step), 0, np.float32(ny - 1.01))
        i, j = row.astype(np.int32), col.astype(np.int32)
        row, col = row - i, col - j
        at, flat = i * np.int32(ny) + j, self.values.ravel()
        low = flat.take(at)
        low += (flat.take(at + 1) - low) * col
        at += np.int32(ny)
        high = flat.take(at)
        high += (flat.take(at + 1) - high) * col
        return np.asarray(low + (high - low) * row, np.float32)


_PERIODS, _STEPS = 32, 8
_GREATEST = 4.5


@functools.cache
def _noise_table() -> npt.NDArray[np.int8]:
    """Periodic noise of unit variance, _PERIODS lattice steps along each axis, each in _STEPS parts, flat.

    Every head reads the same table, from its own place and direction: looking up the nearest of so fine a table costs a
    tenth of interpolating a coarse one, and noise is half the work of drawing.
    """
    lattice = np.random.default_rng(0).standard_normal((_PERIODS,) * 3).astype(np.float32)
    lattice = gaussian_filter(lattice, 0.7, mode="wrap")
    lattice /= lattice.std()
    at = np.arange(_PERIODS * _STEPS) / _STEPS
    ramp = np.eye(_PERIODS, dtype=np.float32)[at.astype(int)] * (1 - at % 1)[:, None]
    ramp += np.eye(_PERIODS, dtype=np.float32)[(at.astype(int) + 1) % _PERIODS] * (at % 1)[:, None]
    fine = np.einsum("ia,jb,kc,abc->ijk", ramp, ramp, ramp, lattice, optimize=True)
    return np.rint(np.clip(fine / _GREATEST, -1, 1) * 127).astype(np.int8).ravel()


class SmoothNoise:
    """Zero-mean, unit-variance noise, smooth over ``scale`` mm; it repeats after 32 times ``scale``."""

    def __init__(self, rng: np.random.Generator) -> None:
        self._axes = Rotation.random(random_state=rng).as_matrix().astype(np.float32)
        # Far from 0, so that cutting the fraction off always rounds down.
        self._start = rng.uniform(4096, 4096 + _PERIODS * _STEPS, 3).astype(np.float32)

    def __call__(self, x: F32, y: F32, z: F32, scale: float) -> F32:
        """Noise at points in mm."""
        size = _PERIODS * _STEPS
        where: npt.NDArray[np.int32] | int = 0
        for axis, start in zip(self._axes * np.float32(_STEPS / scale), self._start, strict=True):
            along = (x * axis[0] + y * axis[1] + z * axis[2] + start).astype(np.int32)
            where = where * size + (along & (size - 1))
        return np.asarray(_noise_table().take(where) * np.float32(_GREATEST / 127), np.float32)


@dataclass(frozen=True)
class Waves:
    """Smooth random deformation of a head, mm: long sine waves, split into a mirror-symmetric and an asymmetric part.

    The symmetric part gives heads their own shapes and leaves the midsagittal plane flat; the asymmetric part bends it.
    ``asymmetric`` is the RMS distance along one axis between the head and its mirror image.
    """

    k: F32
    phase: F32
    amplitude: F32
    symmetric: np.float32
    asymmetric: np.float32

    @classmethod
    def draw(cls, rng: np.random.Generator, symmetric_mm: float, asymmetric_mm: float, n: int = 5) -> Waves:
        """Draw ``n`` waves with lengths of 60 to 160 mm; the RMS of the symmetric part is half of ``symmetric_mm``."""
        direction = rng.standard_normal((n, 3))
        direction /= np.linalg.norm(direction, axis=1, keepdims=True)
        k = direction * (2 * np.pi / rng.uniform(60, 160, (n, 1)))
        amplitude = rng.standard_normal((n, 3))
        amplitude /= np.linalg.norm(amplitude, axis=0)
        phase = rng.uniform(0, 6.28, n)
        parts = np.float32(symmetric_mm), np.float32(asymmetric_mm)
        return cls(k.astype(np.float32), phase.astype(np.float32), amplitude.astype(np.float32), *parts)

    def displacement(self, x: F32, y: F32, z: F32) -> tuple[F32, F32, F32]:
        """Displacement (dx, dy, dz) in mm at points."""
        out = [np.zeros(np.shape(x), np.float32) for _ in range(3)]
        for k, phase, amplitude in zip(self.k, self.phase, self.amplitude, strict=True):
            along = k[1] * y + k[2] * z + phase
            even = np.sin(along, dtype=np.float32) * np.cos(k[0] * x, dtype=np.float32)
            odd = np.cos(along, dtype=np.float32) * np.sin(k[0] * x, dtype=np.float32)
            # A mirror turns dx round and keeps dy and dz: dx is symmetric where it is odd in x, the others where even.
            out[0] += amplitude[0] * (self.symmetric * odd + self.asymmetric * even)
            for axis in (1, 2):
                out[axis] += amplitude[axis] * (self.symmetric * even + self.asymmetric * odd)
        return out[0], out[1], out[2]

    def undo(self, point: npt.ArrayLike) -> npt.NDArray[np.float64]:
        """The point p with p + displacement(p) = ``point`` (fixed-point iteration)."""
        target = np.asarray(point, np.float32)
        p = target.copy()
        for _ in range(12):
            p = target - np.array(self.displacement(p[..., 0], p[..., 1], p[..., 2])).T.reshape(p.shape)
        return p.astype(float)
