"""Face: nose, septum and pharynx, palate, jaws and teeth, orbits, cheek bones."""

from __future__ import annotations

import numpy as np

from .anatomy import Anatomy
from .fields import F32, soft
from .painting import bone, capsule, ellipsoid, over, rounded, steps, within

AIR = 0.0
UPPER_LENGTH, LOWER_LENGTH = 22.0, 20.0
"""Incisors from edge to apex, mm."""


def paint_airway(a: Anatomy, value: F32, x: F32, y: F32, z: F32, edge: float) -> None:
    """Nose with its septum and turbinates, pharynx, antra and mastoids."""
    ans, nasion = a.extra["ans"], a.landmarks["nasion_bone"]
    nose = (np.abs(x) < 16) & (z < nasion[1] + 2) & (z > ans[1] - 12) & (y > a.landmarks["rostrum"][0] - 12)
    within(nose, value, x, y, z, lambda part, x, y, z: _paint_nose(a, part, x, y, z, edge))

    def throat(part: F32, x: F32, y: F32, z: F32) -> None:
        # Its wall is uneven: adenoids, folds, mucus.
        wall = 0.9 * a.noise(x, y, z, 5.0)
        over(part, soft(a.pharynx(y, z) + wall + np.maximum(np.abs(x) - 12, 0), edge), AIR)
        _paint_mouth(a, part, x, y, z, edge)

    within((np.abs(x) < 26) & (z < 20) & (y > -70), value, x, y, z, throat)
    for side in (np.float32(-1), np.float32(1)):
        within(side * x > 16, value, side * x, y, z, lambda part, x, y, z: _paint_cells(a, part, x, y, z, edge))


def _paint_nose(a: Anatomy, part: F32, x: F32, y: F32, z: F32, edge: float) -> None:
    nose = a.nose(y, z) + np.maximum(np.abs(x) - 14, 0)
    # A septum bends in its middle, not where it is fixed.
    bend = 0.6 * a.sizes["septum_bend"] * np.sin((z - 4) / 16) * np.clip(-nose / 12, 0, 1)
    septum = np.abs(x - bend) - a.sizes["septum"] - 0.8
    turbinate = 3.2 * a.noise(x, y, z, 6.0) - 4 + np.abs(np.abs(x) - 9)
    free = np.maximum(nose + 1.0, np.maximum(-septum, -turbinate))
    over(part, soft(free, edge), AIR)
    # Behind a line from the nasal bones to the front of the palate the septum is bone, patchy and thin, but for its
    # foot; it reaches up to the ethmoid.
    (fy, fz), (py, pz) = a.landmarks["nasion_bone"] + [5, -20], a.extra["ans"] + [-16, 2]
    cartilage = y - (py + (z - pz) * (fy - py) / (fz - pz))
    thick = a.details["septum_bone"] * np.clip(0.55 + 0.3 * a.noise(x, y, z, 5.0), 0.15, 1)
    plate = np.maximum(np.abs(x - bend) - 0.5 * thick, np.maximum(nose - 6, cartilage))
    over(part, soft(plate, edge), 0.5 + 0.5 * a.values["diploe"])
    foot = capsule(y, z, a.landmarks["rostrum"], a.landmarks["rostrum"] + [13, -7], 2.6, 0.5)
    over(part, soft(np.maximum(foot, np.abs(x) - 2.5), edge), 0.4 + 0.6 * a.values["diploe"])


def _paint_mouth(a: Anatomy, part: F32, x: F32, y: F32, z: F32, edge: float) -> None:
    """A slit of air between tongue and palate."""
    if not a.details["mouth_air"]:
        return
    pns, ans = a.extra["pns"], a.extra["ans"]
    slit = capsule(y, z, pns + [-4, -9], ans + [-18, -9], a.details["mouth_air"] / 2, 0.3)
    slit = slit + 0.6 * a.noise(x, y, z, 8.0)
    over(part, soft(np.maximum(slit, np.abs(x) - 14).astype(np.float32), edge), AIR)


def _paint_cells(a: Anatomy, part: F32, x: F32, y: F32, z: F32, edge: float) -> None:
    over(part, soft(ellipsoid(x - 30, y - 38, z + 26, 12, 17, 16), edge), AIR)
    mastoid = ellipsoid(x - 52, y + 22, z + 24, 9, 12, 15)
    if mastoid.min() < edge:
        over(part, soft(mastoid, edge) * 0.6, 0.6 + 0.3 * a.noise(x, y, z, 2.5))


def paint_face_bones(a: Anatomy, value: F32, x: F32, y: F32, z: F32, edge: float) -> None:
    """Nasal bones, palate, jaws and teeth in the middle; orbits, cheek bones and petrous bones at the sides."""
    middle = (z < a.landmarks["nasion_bone"][1] + 6) & (z > -150) & (y > 0)
    within(middle, value, x, y, z, lambda part, x, y, z: _paint_middle(a, part, x, y, z, edge))
    for side in (np.float32(-1), np.float32(1)):
        beside = (side * x > 10) & (z < 35) & (z > -95) & (y > -60)
        within(beside, value, side * x, y, z, lambda part, x, y, z: _paint_side(a, part, x, y, z, edge))


def _paint_middle(a: Anatomy, part: F32, x: F32, y: F32, z: F32, edge: float) -> None:
    v = a.values
    nasion = a.landmarks["nasion_bone"]
    root = capsule(y, z, nasion + [-11, 5], nasion + [-2, 4], 4.5, 4.0)
    bone(part, np.maximum(root, np.abs(x) - 12), v["diploe"], v["vault"], 1.0, edge)
    ridge = capsule(y, z, nasion + [0, 1], nasion + np.array([7, -18]) * a.scale, 2.0, 0.5)
    over(part, soft(np.maximum(ridge, np.abs(x) - 7), edge), v["vault"])
    spongy = v["marrow"] + 0.25 + v["texture"] * a.noise(x, y, z, 1.6)
    bone(part, _palate_distance(a, x, y, z), spongy, v["vault"], 0.8, edge)
    _paint_upper_jaw(a, part, spongy, x, y, z, edge)
    _paint_lower_jaw(a, part, spongy, x, y, z, edge)


def _paint_upper_jaw(a: Anatomy, part: F32, spongy: F32, x: F32, y: F32, z: F32, edge: float) -> None:
    ans, lean = a.extra["ans"], a.details["upper_lean"]
    up = z - (ans[1] - 28)
    front = ans[0] + 1 - lean * up
    height = np.abs(up - 19) - 9
    alveolus = rounded(_arch(x, y, front, 26.0, steps(up, [10, 16, 26], [3.6, 5.0, 7.0])), height, 2.0)
    bone(part, alveolus, spongy, a.values["vault"], 0.8, edge)
    _paint_teeth(a, part, x, y, up / UPPER_LENGTH, front, 1.0, edge)


def _paint_lower_jaw(a: Anatomy, part: F32, spongy: F32, x: F32, y: F32, z: F32, edge: float) -> None:
    """The symphysis, a drop in section that leans to bring the lower incisors behind the upper ones."""
    chin, ans = a.extra["chin"], a.extra["ans"]
    edge_y, edge_z = ans[0] - 1 - a.details["overjet"], ans[1] - 28 + a.details["overbite"]
    # Incisors lean to make up for a chin that lies far back, but only so far.
    foot = float(np.clip(chin[0] - 3, edge_y - 12, chin[0] + 1))
    edge_y = float(np.clip(edge_y, foot - 3, foot + 11))
    above = z - chin[1] - 0.35 * (chin[0] - y)
    tall = max(edge_z - chin[1] - 10.0, 14.0)
    front = foot + (edge_y - foot) * np.clip(above / (tall + 10), -0.3, 1.2)
    half = steps(above, [-11, -5, 4, 0.7 * tall, tall], [4.5, 7.5, 6.8, 5.4, 3.6])
    jaw = rounded(_arch(x, y, front, 40.0, half), np.abs(above - (tall - 11) / 2) - (tall + 11) / 2, 3.0)
    bone(part, jaw, spongy, a.values["vault"], 1.6, edge)
    _paint_teeth(a, part, x, y, (tall + 10 - above) / LOWER_LENGTH, front, 0.8, edge)


def _paint_teeth(a: Anatomy, part: F32, x: F32, y: F32, up: F32, front: F32, size: float, edge: float) -> None:
    """A row of teeth along an arch; ``up`` is 0 at the edge and 1 at the apex."""
    half = size * steps(up, [0, 0.08, 0.42, 1], [0.6, 1.6, 3.4, 1.1])
    tooth = np.maximum(_arch(x, y, front, 25.0, half), (np.abs(up - 0.5) - 0.5) * UPPER_LENGTH)
    angle = np.arctan2(x, y - front + 25) + a.details["tooth_shift"]
    apart = np.clip(8 - 8 * np.cos(angle * 14, dtype=np.float32), 0, 1)
    # Crowns touch, roots stand in bone.
    apart = np.maximum(apart, soft((up - 0.4) * UPPER_LENGTH, 2.0))
    over(part, soft(tooth, edge) * apart, 0.7 * a.values["tooth"])
    crown = np.maximum(-tooth - 1.1, (up - 0.42) * UPPER_LENGTH)
    over(part, soft(tooth, edge) * soft(crown, edge) * apart, a.values["tooth"])


def _paint_side(a: Anatomy, part: F32, x: F32, y: F32, z: F32, edge: float) -> None:
    """One side, mirrored to positive x."""
    v = a.values
    cortex = v["vault"]
    bone(part, ellipsoid(x - 36, y + 14, z + 12, 21, 9, 8), v["diploe"], cortex + 0.2, 2.0, edge)
    orbit = ellipsoid(x - 32, y - 48, z - 4, 19, 22, 18)
    over(part, soft(np.abs(orbit) - 1.2, edge) * (y < 62), cortex)
    over(part, soft(orbit + 1.2, edge), v["fat"])
    over(part, soft(ellipsoid(x - 32, y - 56, z - 4, 12, 12, 12), edge), 1.0)
    ramus = np.maximum(np.maximum(np.abs(x - 47) - 5, np.abs(y - 14) - 15), np.abs(z + 55) - 32)
    bone(part, ramus.astype(np.float32), v["marrow"] + 0.3, cortex, 1.6, edge)
    arch = np.maximum(np.abs(np.hypot(x - 18, (y - 22) * 0.9) - 42) - 3, np.maximum(np.abs(z + 14) - 4, 12 - x))
    bone(part, arch.astype(np.float32), v["diploe"], cortex, 1.0, edge)


def _arch(x: F32, y: F32, front: F32, radius: float, half: F32) -> F32:
    """Distance to a dental-arch shaped ring, open to the back."""
    ring = np.abs(np.hypot(x, 0.85 * (y - front + radius)) - radius) - half
    return np.maximum(ring, (front - 1.35 * radius) - y).astype(np.float32)


def _palate_distance(a: Anatomy, x: F32, y: F32, z: F32) -> F32:
    pns, ans = a.extra["pns"], a.extra["ans"]
    length = float(np.linalg.norm(ans - pns))
    axis = (ans - pns) / length
    along = (y - pns[0]) * axis[0] + (z - pns[1]) * axis[1]
    up = -(y - pns[0]) * axis[1] + (z - pns[1]) * axis[0]
    up = up - 1.5 * np.sin(np.clip(along / length, 0, 1) * np.pi)
    half = a.extra["thick"][0] / 2 * steps(along / length, [0, 0.15, 0.6, 1], [0.5, 0.85, 1.0, 1.8])
    sides = np.maximum(np.maximum(-along, along - length), np.abs(x) - 20)
    return rounded(np.abs(up) - half, sides, 1.0)
