"""Painting of the look-alikes: which points they reach, and what stands there.

Every function looks only at the points near its structure. ``gap`` is the distance of a point from the border of the
plate in mm, negative inside it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from .fields import F32, Floats, band, soft
from .lookalikes import CLEAR_MM, Fissure, Lookalikes, Pit, Sheet, Tube
from .painting import bone, over, rounded, within

if TYPE_CHECKING:
    from .anatomy import Anatomy

WALL_MM = 0.6
LIP_MM = 1.2
JOIN_MM = 4.0
SINUS_WALL_MM = 0.8
APEX_END_MM = np.float32(24)


@dataclass(frozen=True)
class Spot:
    """Points in the skull base, mm: place, height ``w`` above the plate, its share ``e`` from endo- to ectocranial."""

    x: F32
    y: F32
    z: F32
    w: F32
    e: F32
    gap: F32


def carve(distance: F32, spot: Spot, things: Lookalikes, cortex: float) -> F32:
    """Depth below the bone's surface (mm, negative inside) once the hollows with walls of their own are cut out.

    Their walls are `WALL_MM` thick at most where the ``cortex`` of the bone is thicker.
    """
    cuts = [(*_tube_distance(tube, spot, 2.5), 0.0) for tube in (things.basilar, things.craniopharyngeal) if tube]
    if things.fossa:
        cuts.append((*_pit_distance(things.fossa, spot), 0.0 if things.fossa.closed else LIP_MM))
    cuts = [cut for cut in cuts if cut[0].size]
    if cuts:
        distance = distance.copy()
    for near, hollow, lip in cuts:
        hollow = np.maximum(hollow, np.float32(CLEAR_MM) - spot.gap[near])
        depth = -hollow * np.float32(max(1.0, cortex / WALL_MM))
        before = distance[near]
        # A rounded edge where a hollow opens on the surface.
        lip_bone = np.clip(np.float32(lip) - np.abs(before - depth), 0, None) ** 2 / (4 * lip) if lip else 0.0
        distance[near] = np.maximum(before, depth) + lip_bone
    return distance


def paint(
    part: F32, inside: F32, spot: Spot, things: Lookalikes, values: dict[str, float], fused: bool, edge: float
) -> None:
    """Paint vessels and the intersphenoidal remnant over the bone ``inside``."""
    for vessel in things.vessels:
        _paint_vessel(part, inside, spot, vessel, values, fused, edge)
    if things.remnant:
        _paint_remnant(part, inside, spot, things.remnant, values, edge)


def shape_sinus(air: F32, distance: F32, spot: Spot, things: Lookalikes, wall: float) -> F32:
    """Signed distance of the sinus' air with its recess towards the clivus and its septa."""
    air = air.copy() if things.recess or things.septa else air
    if things.recess:
        near, finger = _tube_distance(things.recess, spot, 3.5)
        finger = np.maximum(finger, distance[near] + np.float32(wall))
        before = air[near]
        # Both flow into each other like one cavity.
        joined = np.clip(np.float32(JOIN_MM) - np.abs(before - finger), 0, None) ** 2 / np.float32(4 * JOIN_MM)
        grown = np.maximum(np.minimum(before, finger) - joined, np.float32(CLEAR_MM + SINUS_WALL_MM) - spot.gap[near])
        air[near] = np.minimum(before, grown)
    for sheet in things.septa:
        near = np.flatnonzero(air < 0)
        y, z = spot.y[near], spot.z[near]
        along, across = _sheet_frame(sheet, y, z)
        leaf = np.abs(across + np.float32(0.15) * spot.x[near]) - np.float32(sheet.half)
        leaf = np.maximum(leaf, -along - np.float32(sheet.reach))
        air[near] = np.maximum(air[near], -leaf)
    return air


def _pit_distance(pit: Pit, spot: Spot) -> tuple[npt.NDArray[np.intp], F32]:
    reach = np.float32(max(pit.radii) + 2.5)
    cy, cz = (np.float32(c) for c in pit.center)
    near = np.flatnonzero((np.abs(spot.x) < reach) & (np.abs(spot.y - cy) < reach) & (np.abs(spot.z - cz) < reach))
    dy, dz = spot.y[near] - cy, spot.z[near] - cz
    c, s = np.float32(np.cos(pit.angle)), np.float32(np.sin(pit.angle))
    axes = zip((c * dy + s * dz, c * dz - s * dy, spot.x[near]), pit.radii, strict=True)
    scaled = [(v, np.float32(r)) for v, r in axes]
    k0 = np.sqrt(sum((v / r) ** 2 for v, r in scaled))
    k1 = np.sqrt(sum((v / (r * r)) ** 2 for v, r in scaled))
    # In the very centre both are zero and their ratio the smallest radius.
    ratio = np.divide(k0, k1, out=np.full_like(k0, min(pit.radii)), where=k1 > 1e-4)
    return near, np.asarray((k0 - 1) * ratio, np.float32)


def _tube_distance(tube: Tube, spot: Spot, reach: float) -> tuple[npt.NDArray[np.intp], F32]:
    """Points within ``reach`` mm of the tube's box, and their signed distance from its wall."""
    p = tube.points.astype(np.float32)
    margin = np.float32(tube.radius + reach)
    low, high = p.min(axis=0) - margin, p.max(axis=0) + margin
    inside = (spot.x > low[0]) & (spot.x < high[0]) & (spot.y > low[1]) & (spot.y < high[1])
    near = np.flatnonzero(inside & (spot.z > low[2]) & (spot.z < high[2]))
    q = np.stack([spot.x[near], spot.y[near], spot.z[near]])
    squared = np.full(near.size, 1e6, np.float32)
    for a, b in pairwise(p):
        d = b - a
        r = q - a[:, None]
        t = np.clip((d @ r) / max(float(d @ d), 1e-6), 0, 1)
        squared = np.minimum(squared, ((r - t * d[:, None]) ** 2).sum(axis=0))
    return near, np.asarray(np.sqrt(squared) - np.float32(tube.radius), np.float32)


def _sheet_frame(sheet: Sheet, y: F32, z: F32) -> tuple[F32, F32]:
    """Distance (mm) from the sheet's centre along it and across it."""
    s, c = np.float32(np.sin(sheet.angle)), np.float32(np.cos(sheet.angle))
    dy, dz = y - np.float32(sheet.center[0]), z - np.float32(sheet.center[1])
    return np.asarray(c * dy + s * dz, np.float32), np.asarray(c * dz - s * dy, np.float32)


def _over(part: F32, near: npt.NDArray[np.intp], mask: F32, paint: Floats | float) -> None:
    part[near] += mask * (paint - part[near])


def _paint_vessel(
    part: F32, inside: F32, spot: Spot, vessel: Tube, values: dict[str, float], fused: bool, edge: float
) -> None:
    near, distance = _tube_distance(vessel, spot, 1.0)
    if near.size == 0:
        return
    gap = spot.gap[near]
    allowed = inside[near] * np.clip(gap / 0.5 if fused else (gap - CLEAR_MM) / 1.0, 0, 1)
    # Thinner than a pixel, a channel fills only its share of it.
    allowed *= np.float32(min(1.0, 2 * vessel.radius / edge))
    if vessel.wall:
        _over(part, near, band(distance, 0.0, 0.35, edge) * allowed * np.float32(vessel.wall * 0.6), values["dense"])
    blood = values["muscle"] - vessel.dark
    _over(part, near, soft(distance, max(edge, 0.3)) * allowed, blood)


def _paint_remnant(part: F32, inside: F32, spot: Spot, sheet: Sheet, values: dict[str, float], edge: float) -> None:
    reach = np.float32(sheet.reach + 1.5)
    cy, cz = (np.float32(c) for c in sheet.center)
    near = np.flatnonzero((np.abs(spot.y - cy) < reach) & (np.abs(spot.z - cz) < reach))
    if near.size == 0:
        return
    y, z, x = spot.y[near], spot.z[near], spot.x[near]
    across = np.abs(_sheet_frame(sheet, y, z)[1] + np.float32(0.35) * np.sin(0.6 * z, dtype=np.float32))
    along = np.hypot(np.hypot(y - cy, z - cz), x / 2) - np.float32(sheet.reach)
    mask = inside[near] * soft(along, 2.0) * np.clip((spot.gap[near] - CLEAR_MM) / 1.0, 0, 1)
    _over(part, near, mask * soft(across - sheet.half - 0.6, 0.7) * np.float32(sheet.rim), values["dense"])
    _over(part, near, mask * soft(across - sheet.half, max(edge, 0.4)) * np.float32(sheet.strength), values["muscle"])


def paint_fissures(a: Anatomy, part: F32, x: F32, y: F32, z: F32, edge: float) -> None:
    """Paint the petrous apices beside the clivus and the cartilage in the fissures between, at points [n] in mm."""
    for fissure in a.lookalikes.fissures:
        beside = (x * fissure.side > a.sizes["clivus_half"] - 1) & (x * fissure.side < APEX_END_MM + 2)
        within(beside, part, x, y, z, partial(_paint_apex, a, fissure, edge))


def _paint_apex(a: Anatomy, fissure: Fissure, edge: float, part: F32, x: F32, y: F32, z: F32) -> None:
    v, d, start = a.values, a.plate_direction, a.plate_endocranial
    along = (y - start[0]) * d[0] + (z - start[1]) * d[1]
    w = (z - start[1]) * d[0] - (y - start[0]) * d[1]
    lateral = np.abs(x) - np.float32(a.sizes["clivus_half"])
    # From the foramen lacerum beside the plate the fissure widens towards the jugular foramen.
    cleft = np.float32(fissure.width) + np.float32(fissure.slope) * np.maximum(-w, 0)
    region = np.maximum(a.base(y, z), np.maximum(w - 3, along - np.float32(1.25 * a.plate_height)))
    lacerum = np.hypot(lateral, w) - np.float32(fissure.lacerum)
    apex = rounded(np.maximum(region + 1, -lacerum), np.maximum(cleft - lateral, np.abs(x) - APEX_END_MM), 1.0)
    over(part, soft(np.maximum(region, np.minimum(lateral - cleft, lacerum)), edge), v["muscle"] + 0.05)
    bone(part, apex, v["diploe"] + v["texture"] * a.noise(x, y, z, 1.6), v["dense"], WALL_MM, edge)
