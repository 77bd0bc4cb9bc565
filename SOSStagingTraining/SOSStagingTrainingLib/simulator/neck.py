"""Neck: spinal canal, vertebrae with their processes, arches of the atlas, hyoid, epiglottis."""

from __future__ import annotations

import numpy as np

from .anatomy import Anatomy
from .fields import F32, soft
from .painting import bone, capsule, ellipsoid, over, rounded, steps, within

CORTEX = 0.7
"""Cortex of the vertebrae, mm (our guess)."""


def paint_neck(a: Anatomy, value: F32, x: F32, y: F32, z: F32, edge: float) -> None:
    """Paint everything below basion but the airway."""
    below = (z < a.basion[1]) & (np.abs(x) < 16)

    def paint(part: F32, x: F32, y: F32, z: F32) -> None:
        _paint_canal(a, part, x, y, z)
        spongy = a.values["marrow"] + 0.15 + a.values["texture"] * a.noise(x, y, z, 1.4)
        _paint_bodies(a, part, spongy, x, y, z, edge)
        _paint_atlas(a, part, spongy, x, y, z, edge)
        _paint_hyoid(a, part, spongy, x, y, z, edge)

    within(below, value, x, y, z, paint)


def _paint_canal(a: Anatomy, part: F32, x: F32, y: F32, z: F32) -> None:
    """Cord and the fluid round it: the foramen magnum narrows to a canal behind the bodies."""
    back = a.landmarks["opisthion"]
    bodies = a.vertebrae[1:]
    heights = [v[1] for v in bodies[::-1]] + [a.basion[1] - 2]
    middles = [v[0] - v[2] - 8.0 for v in bodies[::-1]] + [(a.basion[0] + back[0]) / 2]
    halves = [7.0] * len(bodies) + [(a.basion[0] - back[0]) / 2 - 1]
    away = np.abs(y - steps(z, heights, middles))
    half = steps(z, heights, halves)
    over(part, soft(np.maximum(away - half, np.abs(x) - 11), 1.0), 1 - a.details["fluid"])
    over(part, soft(np.hypot(away / np.maximum(half - 3, 3), x / 6.5) * 4 - 4, 1.0), 1.0)


def _paint_bodies(a: Anatomy, part: F32, spongy: F32, x: F32, y: F32, z: F32, edge: float) -> None:
    cortex = a.values["vault"]
    dens, axis = a.vertebrae[0], a.vertebrae[1]
    for n, (vy, vz, ry, rz, rx) in enumerate(a.vertebrae[1:], 1):
        lean = (a.vertebrae[min(n + 1, len(a.vertebrae) - 1)][0] - a.vertebrae[n][0]) / (2.4 * rz)
        across = y - vy + lean * (z - vz)
        # Waisted in front and behind, with end plates that dip.
        side = np.abs(across) - ry * (0.9 + 0.1 * ((z - vz) / rz) ** 2)
        cap = np.abs(z - vz - lean * across) - rz + 0.06 * (ry - np.abs(across))
        body = rounded(side, np.maximum(cap, np.abs(x) - rx), 2.0)
        if n == 1:
            top = (dens[0], dens[1] + dens[3] - 0.8 * dens[2])
            peg = capsule(y, z, top, (axis[0], axis[1]), 0.8 * dens[2], 1.15 * dens[2])
            body = np.minimum(body, np.maximum(peg, np.abs(x) - dens[4]))
        bone(part, body, spongy, cortex, CORTEX, edge)
        root = np.array([vy - ry - 17.5, vz - 3])
        length = a.details["spinous"] * (1.25 if n == 1 else 0.8 + 0.1 * n) * a.scale
        tip = root - length * np.array([np.cos(a.details["spinous_slope"]), np.sin(a.details["spinous_slope"])])
        process = capsule(y, z, root, tip, 2.6, 5.0 if n == 1 else 3.4)
        bone(part, np.maximum(process, np.abs(x) - 3.2), spongy, cortex, 1.5, edge)


def _paint_atlas(a: Anatomy, part: F32, spongy: F32, x: F32, y: F32, z: F32, edge: float) -> None:
    cortex, dens = a.values["vault"], a.vertebrae[0]
    front = dens[0] + dens[2] + a.sizes["atlanto_dental"] + 3.6
    bone(part, ellipsoid(x, y - front, z - dens[1], 12, 3.6, a.sizes["arch_half"]), spongy, cortex, 1.0, edge)
    back = min(a.landmarks["opisthion"][0] - 1, dens[0] - dens[2] - 19)
    tubercle = capsule(y, z, (back, dens[1] + 1.5), (back - 2.5, dens[1] - 2.0), 2.6, 3.2)
    bone(part, np.maximum(tubercle, np.abs(x) - 10), spongy, cortex, 1.2, edge)


def _paint_hyoid(a: Anatomy, part: F32, spongy: F32, x: F32, y: F32, z: F32, edge: float) -> None:
    """The hyoid's body below and behind the chin, and the epiglottis, a leaf of soft tissue that rises behind it."""
    chin = a.extra["chin"]
    at = np.array([chin[0] - a.details["hyoid_back"] * a.scale, chin[1] - a.details["hyoid_below"] * a.scale])
    leaf = capsule(y, z, at + np.array([-6.0, -6.0]), at + np.array([-17.0, 15.0]) * a.scale, 1.8, 1.0)
    over(part, soft(np.maximum(leaf, np.abs(x) - 9), edge), a.values["muscle"])
    body = capsule(y, z, at + np.array([-1.0, 3.5]), at + np.array([1.0, -3.5]), 2.0, 2.4)
    bone(part, np.maximum(body, np.abs(x) - 12), spongy, a.values["diploe"] + 0.2, 0.8, edge)
