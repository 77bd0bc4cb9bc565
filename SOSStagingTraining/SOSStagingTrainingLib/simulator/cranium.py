"""Brain and its fluid, and the vault around them: tables, diploe, frontal sinus, crista galli."""

from __future__ import annotations

import numpy as np

from .anatomy import Anatomy
from .fields import F32, band, soft
from .painting import bone, ellipsoid, over, within

AIR = 0.0
VENTRICLES = (
    ((9.0, -12.0, 44.0), (8.0, 34.0, 7.0)),
    ((0.0, -14.0, 22.0), (2.5, 12.0, 11.0)),
    ((0.0, -38.0, -12.0), (7.0, 5.0, 11.0)),
)
"""Middles and half axes (right, anterior, superior), mm: the lateral ones, the third, the fourth."""


def paint_brain(a: Anatomy, value: F32, vault: F32, x: F32, y: F32, z: F32, edge: float) -> None:
    """Brain inside the cavity (``vault`` negative), fluid along the bone and in the ventricles, a calcified pineal."""
    inside = (vault < edge) & (z > a.basion[1] - 3)
    depth = -vault[inside]

    def paint(part: F32, x: F32, y: F32, z: F32) -> None:
        brain = a.values["brain"] + 0.015 * a.noise(x, y, z, 14.0)
        # The cistern between clivus and brain stem is the widest.
        before_stem = soft(np.abs(y - a.basion[0]) - 22, 8.0) * soft(z - np.float32(a.dorsum[1]), 8.0)
        layer = a.details["cortical_fluid"] + a.details["cistern"] * before_stem
        fluid = soft(depth - layer, 2.0)
        s = a.scale
        for (px, py, pz), (rx, ry, rz) in VENTRICLES:
            away = ellipsoid(np.abs(x) - px * s, y - py * s, z - pz * s, rx * s, ry * s, rz * s)
            fluid = np.maximum(fluid, soft(away, 2.0))
        over(part, soft(-depth, edge), brain - a.details["fluid"] * fluid)
        if a.details["pineal"]:
            size = a.details["pineal"]
            gland = ellipsoid(x, y + 30 * s, z - 22 * s, size, 1.4 * size, size)
            over(part, soft(gland, edge), a.values["diploe"])

    within(inside, value, x, y, z, paint)


def vault_thickness(a: Anatomy, x: F32, y: F32, z: F32) -> F32:
    """Bone thickness (mm) around the cavity: none at the foramen magnum and along the drawn skull base, thin in front,
    thick at glabella and inion, thinning to the opisthion."""
    s = a.sizes["vault"]
    lm = a.landmarks
    below = soft(z - np.float32(lm["dorsum"][1] + 2), 6.0)
    opisthion, planum = np.float32(lm["opisthion"][0]), np.float32(lm["planum"][0])
    open_part = below * soft(y - planum, 4.0) * soft(opisthion - y, 1.5)
    front = below * soft(planum - y, 4.0)
    thick = np.float32(s) * (1 + 0.35 * np.sin(y / 31 + z / 23, dtype=np.float32))
    behind = (opisthion - y) / np.float32(24 * a.scale)
    occipital = below * soft(y - opisthion, 6.0)
    thick = thick * (1 + 0.5 * occipital) * (1 - occipital * np.clip(0.75 - behind, 0, 0.75))
    thick = thick + a.details["inion"] * _lump(y + 88 * a.scale, z + 14 * a.scale, x, 11.0)
    thick = thick * (1 - front) + np.float32(1.1) * front
    glabella = lm["nasion_bone"] + [-5, 16]
    thick = thick + a.details["glabella"] * _lump(y - glabella[0], z - glabella[1], 0.6 * x, 13.0)
    return np.asarray(thick * (1 - open_part) - 3 * open_part, np.float32)


def _lump(y: F32, z: F32, x: F32, radius: float) -> F32:
    return np.asarray(np.exp(-(x**2 + y**2 + z**2) / radius**2), np.float32)


def paint_vault(a: Anatomy, value: F32, vault: F32, thick: F32, x: F32, y: F32, z: F32, edge: float) -> None:
    """Paint the tables, the outer one thicker, with a blotchy diploe between; the frontal sinus; the crista galli."""
    inside = (vault > -2) & (vault < thick + 2) & (thick > 0.3)
    d, t = vault[inside], thick[inside]

    def paint(part: F32, x: F32, y: F32, z: F32) -> None:
        table, v = a.sizes["table"], a.values
        coarse = a.noise(x, y, z, 4.0)
        diploe = v["diploe"] + 0.12 * coarse + v["texture"] * a.noise(x, y, z, 1.3)
        over(part, band(d, 0.0, t, edge), diploe)
        inner = table * np.clip(0.95 + 0.15 * coarse, 0.4, 1.4)
        outer = table * np.clip(1.7 + 0.35 * coarse, 0.6, 2.6)
        tables = np.maximum(band(d, 0.0, inner, edge), band(d, t - outer, t, edge))
        over(part, tables, v["vault"])
        _paint_frontal_sinus(a, part, d, t, coarse, x, y, z, edge)

    within(inside, value, x, y, z, paint)
    _paint_crista(a, value, vault, x, y, z, edge)


def _paint_frontal_sinus(
    a: Anatomy, part: F32, depth: F32, thick: F32, rough: F32, x: F32, y: F32, z: F32, edge: float
) -> None:
    high = a.details["frontal_sinus"]
    if high < 4 or y.max() < a.landmarks["planum"][0]:
        return
    foot = a.landmarks["nasion_bone"]
    place = ellipsoid(x, y - foot[0] + 4, z - foot[1] - 0.42 * high, 19.0, 16.0, 0.6 * high) + 1.5 * rough
    air = np.maximum(place, np.maximum(1.4 - depth, depth - thick + 1.6))
    air = np.maximum(air, 0.5 - np.abs(x - a.details["frontal_septum"] - 0.15 * (z - foot[1]))).astype(np.float32)
    over(part, band(air, 0.0, 0.7, edge) * 0.6, a.values["vault"])
    over(part, soft(air, edge), AIR)


def _paint_crista(a: Anatomy, value: F32, vault: F32, x: F32, y: F32, z: F32, edge: float) -> None:
    """The crista galli, a wedge that stands on the floor of the cavity in the midline, before the cribriform plate."""
    nasion, high = a.landmarks["nasion_bone"], a.details["crista"] * a.scale
    where = (np.abs(x) < 4) & (np.abs(y - nasion[0] + 15) < 11) & (z < nasion[1] + 18) & (vault < edge)
    depth = -vault[where]

    def paint(part: F32, x: F32, y: F32, z: F32) -> None:
        top = high * (1 - np.abs(y - nasion[0] + 13) / 10)
        side = np.abs(x) - 1.0 - 0.12 * np.clip(top - depth, 0, 9)
        # The frontal bone is near as well: only what stands on the floor counts.
        wedge = np.maximum(np.maximum(0.7 * (depth - top), side), z - nasion[1] - 0.6 * high)
        bone(part, wedge.astype(np.float32), a.values["diploe"], a.values["vault"], 0.6, edge)

    within(where, value, x, y, z, paint)
