"""Brushes: shapes as signed distances in mm (negative inside) and the ways to paint them over tissue values."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt

from .fields import F32, Floats, band, soft

Paint = Callable[[F32, F32, F32, F32], None]
"""Paints over values [n] at x, y, z [n]."""


def over(value: F32, mask: F32, paint: Floats | float) -> None:
    """Mix ``paint`` into ``value`` by ``mask`` (0..1), in place."""
    value += mask * (paint - value)


def within(where: npt.NDArray[np.bool_], value: F32, x: F32, y: F32, z: F32, paint: Paint) -> None:
    """Let ``paint`` change ``value`` only ``where``: most shapes are small, and reading noise everywhere is dear."""
    near = np.flatnonzero(where)
    if near.size:
        part = value[near]
        paint(part, x[near], y[near], z[near])
        value[near] = part


def bone(value: F32, distance: F32, marrow: Floats | float, cortex: Floats | float, layer: float, edge: float) -> None:
    """Paint marrow with a cortex ``layer`` mm thick."""
    over(value, soft(distance, edge), marrow)
    over(value, band(-distance, 0.0, layer, edge), cortex)


def ellipsoid(x: Floats, y: Floats, z: Floats, rx: float, ry: float, rz: float) -> F32:
    """Ellipsoid around the origin with half axes in mm (distances are true near its thinnest axis only)."""
    r = np.sqrt((x / rx) ** 2 + (y / ry) ** 2 + (z / rz) ** 2)
    return np.asarray((r - 1) * min(rx, ry, rz), np.float32)


def capsule(y: F32, z: F32, start: npt.ArrayLike, end: npt.ArrayLike, r_start: float, r_end: float) -> F32:
    """A rounded bar in the midsagittal plane from ``start`` to ``end`` (y, z), its radius changing evenly."""
    (y0, z0), (y1, z1) = np.asarray(start, float), np.asarray(end, float)
    dy, dz = y1 - y0, z1 - z0
    along = np.clip(((y - y0) * dy + (z - z0) * dz) / (dy * dy + dz * dz), 0, 1)
    away = np.hypot(y - y0 - along * dy, z - z0 - along * dz)
    return np.asarray(away - r_start - along * (r_end - r_start), np.float32)


def rounded(a: Floats, b: Floats, radius: float) -> F32:
    """What lies inside both ``a`` and ``b``, with its corner rounded."""
    corner = np.hypot(np.maximum(a + radius, 0), np.maximum(b + radius, 0))
    return np.asarray(corner + np.minimum(np.maximum(a, b), -radius), np.float32)


def steps(at: F32, places: Sequence[float], values: Sequence[float]) -> F32:
    """Straight lines between ``values`` at rising ``places``."""
    return np.interp(at, places, values).astype(np.float32)
