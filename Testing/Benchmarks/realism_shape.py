"""Lengths, angles and tissues of a simulated head, read from the head as it is painted. Head mm; y is Frankfort's."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import numpy.typing as npt
from SOSStagingTrainingLib.simulator.head import Head

FloatArray = npt.NDArray[np.float64]
STEP = 0.1
"""Step in mm of the lines along which lengths are read."""
Inside = Callable[[FloatArray], npt.NDArray[np.bool_]]


def point(head: Head, yz: npt.ArrayLike) -> FloatArray:
    """Where a point (y, z) of the midsagittal drawing lies in the deformed head."""
    y, z = np.asarray(yz, float)
    return head.anatomy.waves.undo(np.array([0.0, y, z]))


def run(inside: Inside, start: FloatArray, direction: FloatArray, reach: float = 40.0) -> float:
    """Length in mm of the stretch of ``inside`` through ``start`` along ``direction``, both ways; NaN if outside."""
    way = np.arange(-reach, reach + STEP, STEP)
    hit = inside(start + way[:, None] * direction)
    middle = len(way) // 2
    if not hit[middle]:
        return float("nan")
    ends = np.flatnonzero(~hit)
    low, high = ends[ends < middle].max(initial=0), ends[ends > middle].min(initial=len(way) - 1)
    return float((high - low - 1) * STEP)


def first(inside: Inside, start: FloatArray, direction: FloatArray, reach: float = 40.0) -> float:
    """Way in mm from ``start`` along ``direction`` to the first point ``inside``; NaN if there is none."""
    way = np.arange(0, reach, STEP)
    hit = np.flatnonzero(inside(start + way[:, None] * direction))
    return float(way[hit[0]]) if hit.size else float("nan")


def bone(head: Head) -> Inside:
    """Inside the bone of the skull base (sinus counted as bone)."""
    return lambda points: head.skull_base(points.astype(np.float32)) < 0


def airway(head: Head) -> Inside:
    """Inside the pharynx, at x = 0."""

    def inside(points: FloatArray) -> npt.NDArray[np.bool_]:
        _, y, z = head.drawn_at(points.astype(np.float32))
        return head.anatomy.pharynx(y, z) < 0

    return inside


def shape(head: Head) -> dict[str, float]:
    """All figures of one head's shape, mm and degrees."""
    values = {**_lengths(head), **_clivus(head), **_sella(head), **_below(head), "asymmetry": asymmetry(head)}
    if head.stage == 1:
        values["sos_width"] = sos_width(head)
    return values


def _angle(a: FloatArray, b: FloatArray) -> float:
    return float(np.degrees(np.arccos(a @ b / np.linalg.norm(a) / np.linalg.norm(b))))


def _steep(direction: FloatArray) -> float:
    """Angle in degrees to the Frankfort horizontal, 0 to 90."""
    return float(np.degrees(np.arctan2(abs(direction[2]), abs(direction[1]))))


def _lengths(head: Head) -> dict[str, float]:
    s, n, ba, tip = (head.landmark(name) for name in ("sella", "nasion", "basion", "dorsum"))
    back = head.landmark("opisthion")
    return {
        "s_ba": float(np.linalg.norm(s - ba)),
        "s_n": float(np.linalg.norm(s - n)),
        "n_ba": float(np.linalg.norm(n - ba)),
        "n_s_ba": _angle(n - s, ba - s),
        "sn_fh": float(np.degrees(np.arctan2(n[2] - s[2], n[1] - s[1]))),
        "sba_fh": _steep(ba - s),
        "clivus_length": float(np.linalg.norm(tip - ba)),
        "foramen": float(np.linalg.norm(ba - back)),
    }


def _clivus(head: Head) -> dict[str, float]:
    ba, tip = head.landmark("basion"), head.landmark("dorsum")
    up = (tip - ba) / np.linalg.norm(tip - ba)
    across = np.array([0.0, up[2], -up[1]])
    ends = [point(head, head.anatomy.plate_endocranial + t * head.anatomy.plate_height * head.anatomy.plate_direction)
            for t in (0.0, 1.0)]  # fmt: skip
    plate = (ends[1] - ends[0]) / np.linalg.norm(ends[1] - ends[0])
    low = ba + 0.3 * (tip - ba)
    way = np.arange(-2, 14, STEP)
    middle = low + np.median(way[bone(head)(low + way[:, None] * across)]) * across
    thin = [run(bone(head), ba + 1 * up + t * across, across) for t in np.arange(0, 2.5, 0.5)]
    return {
        "thickness": run(bone(head), (ends[0] + ends[1]) / 2, plate, 14.0),
        "sos_place": float((head.landmark("sos") - ba) @ up / np.linalg.norm(tip - ba)),
        "sos_fh": _steep(plate),
        "sos_upright": 90 - _angle(plate, ba - head.landmark("sella")),
        "clivus_width": run(bone(head), middle, np.array([1.0, 0.0, 0.0])),
        "basion_thickness": float(np.nanmax([*thin, 0.0])),
    }


def sos_width(head: Head) -> float:
    """Mean width in mm of the cartilage in the midsagittal plane: painted area over height, told by its value alone."""
    a = head.anatomy
    grid = np.arange(-11, 11, 0.15)
    y, z = np.meshgrid(grid, grid)
    points = head.landmark("sos") + np.stack([np.zeros_like(y), y, z], axis=-1).reshape(-1, 3)
    light, dark = (
        replace(head, anatomy=replace(a, values=a.values | {"cartilage": value})).tissue(points.astype(np.float32), 0.3)
        for value in (2.0, 1.0)
    )
    return float((light - dark).sum() * 0.15**2 / a.plate_height)


def _sella(head: Head) -> dict[str, float]:
    tip, tuberculum, floor = (head.landmark(name) for name in ("dorsum", "tuberculum", "sella_floor"))
    behind = np.array([0.0, -1.0, 0.0])
    wall = np.array([0.0, tip[1] / 2 + tuberculum[1] / 2, tip[2] - 2])
    to_wall = first(bone(head), wall, behind, 15.0)
    inside = wall + (to_wall + 0.3) * behind
    return {
        "sella_length": float(np.linalg.norm(tip - tuberculum)),
        "sella_depth": float(np.linalg.norm((tuberculum - floor)[1:] * [0, 1])),
        "dorsum_thickness": run(bone(head), inside, behind, 12.0),
    }


def _below(head: Head) -> dict[str, float]:
    a = head.anatomy
    pns, ans = point(head, a.extra["pns"]), point(head, a.extra["ans"])
    y, z, depth, height, _ = a.vertebrae[0]
    dens = point(head, [y, z + height])
    ba, tip = head.landmark("basion"), head.landmark("dorsum")
    up = (tip - ba) / np.linalg.norm(tip - ba)
    across = np.array([0.0, up[2], -up[1]])
    face = ba + 0.35 * (tip - ba) + 2 * across
    face = face + first(lambda p: ~bone(head)(p), face, across) * across
    forward = np.array([0.0, 1.0, 0.0])
    wall = np.array([0.0, ba[1], pns[2]])
    to_air = first(airway(head), wall, forward, 60.0)
    return {
        "basion_dens": float(np.linalg.norm(ba - dens)),
        "atlanto_dental": a.sizes["atlanto_dental"],
        "dens_depth": 2 * depth,
        "arch_height": 2 * a.sizes["arch_half"],
        "palate_length": float(np.linalg.norm(ans - pns)),
        "palate_thickness": float(a.extra["thick"][0]),
        "palate_tilt": float(np.degrees(np.arctan2(ans[2] - pns[2], ans[1] - pns[1]))),
        "airway_depth": float(pns[1] - ba[1]) - to_air,
        "pad": first(airway(head), face, across),
    }


def asymmetry(head: Head) -> float:
    """RMS distance along one axis, mm, between the midface and its mirror image after the best rigid fit."""
    rng = np.random.default_rng(0)
    p = rng.uniform([5, 20, -75], [55, 75, 15], (400, 3))
    mirror = np.array([-1.0, 1.0, 1.0])
    there, other = (_deformed(head, q) for q in (p, p * mirror))
    gap = there - other * mirror
    x, y, z = (there - there.mean(axis=0)).T
    zero = np.zeros_like(x)
    turns = [np.stack(t, axis=-1) for t in ((zero, -z, y), (z, zero, -x), (-y, x, zero))]
    moves = [np.broadcast_to(axis, gap.shape) for axis in np.eye(3)]
    design = np.stack([m.ravel() for m in [*turns, *moves]], axis=1)
    rest = gap.ravel() - design @ np.linalg.lstsq(design, gap.ravel(), rcond=None)[0]
    return float(np.sqrt(np.mean(rest**2)))


def _deformed(head: Head, drawn: FloatArray) -> FloatArray:
    a = head.anatomy
    x = drawn * np.array([1.0, 1.0, 1.0])
    x[:, 0] /= 1 + a.asymmetry * np.sign(drawn[:, 0])
    return a.waves.undo(x)


def sinus(head: Head) -> dict[str, float]:
    """Volume of the sphenoid sinus in cm3, how far back it reaches, and whether it reaches the basiocciput.

    Fluid counts as lumen. Hammer's scheme: pre-sellar ends before the sella, post-sellar beyond the dorsum's tip.
    """
    a = head.anatomy
    aerated = replace(head, anatomy=replace(a, sinus=a.sinus | {"fluid": 0.0}))
    grid = np.stack(np.meshgrid(np.arange(-20, 21), np.arange(-45, 60), np.arange(-55, 25), indexing="ij"), axis=-1)
    points = grid.reshape(-1, 3).astype(np.float32)
    inside = points[head.skull_base(points) < -0.5]
    air = inside[aerated.tissue(inside, 0.3) < 0.5]
    midline = air[np.abs(air[:, 0]) <= 6]
    back = float(np.percentile(midline[:, 1], 0.5)) if len(midline) > 20 else 99.0
    front, behind = head.landmark("tuberculum")[1], head.landmark("dorsum")[1]
    kind = [back > front + 8, front < back <= front + 8, behind < back <= front, back <= behind]
    ba, tip = head.landmark("basion"), head.landmark("dorsum")
    along = (air - ba) @ (tip - ba) / float((tip - ba) @ (tip - ba))
    low = (air - head.landmark("sos")) @ _normal(head) < -3
    return {
        "sinus_volume": len(air) / 1000,
        **dict(
            zip(("sinus_conchal", "sinus_presellar", "sinus_sellar", "sinus_postsellar"), map(float, kind), strict=True)
        ),
        "sinus_clival": float((low & (along < 0.6)).any()),
    }


def _normal(head: Head) -> FloatArray:
    """Unit normal of the plate, towards the dorsum."""
    d = head.anatomy.plate_direction
    normal = np.array([0.0, -d[1], d[0]])
    axis = head.anatomy.clivus_axis
    return normal if normal[1:] @ axis > 0 else -normal
