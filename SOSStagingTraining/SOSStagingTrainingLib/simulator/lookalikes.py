"""Normal variants of the skull base that imitate an open synchondrosis or its scar: what a head has, and where.

Prevalences and lengths are published where a source is named (domain table: fossa navicularis magna 5.4-26 % and
7.07 mm long, canalis basilaris medianus 2.5-22 %, craniopharyngeal canal 0-0.8 %, clival pneumatisation 2.3 %); the
other values are our guess. Places are in the head's own frame before its deformation, mm; midsagittal points are
(y, z). The stage never depends on a look-alike: all keep `CLEAR_MM` from the plate, but for vessels beside a fused one.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from .anatomy import Anatomy

FloatArray = npt.NDArray[np.float64]
CLEAR_MM = 2.5
"""Bone left between a midline look-alike and the border of the plate."""
NOMINAL_CLEAR_MM = 4.5
"""Bone left from the plate's middle when places are drawn, with its half width, bow and waviness."""
SHARE = {"fossa": 0.15, "basilar": 0.08, "craniopharyngeal": 0.005, "vessels": 0.40, "septa": 0.35, "recess": 0.03}


@dataclass(frozen=True)
class Pit:
    """An ellipsoid hollow: fossa navicularis magna, open to the pharynx or closed in the bone. Angle in radians."""

    center: FloatArray
    angle: float
    radii: tuple[float, float, float]
    closed: bool


@dataclass(frozen=True)
class Tube:
    """A canal along points [n, 3] (x, y, z): radius, its cortical wall's share of full strength, and how much darker
    than muscle it is (vessels only; fatty tissue around them)."""

    points: FloatArray
    radius: float
    wall: float = 0.0
    dark: float = 0.0

    @property
    def length(self) -> float:
        """Length in mm."""
        return float(np.linalg.norm(np.diff(self.points, axis=0), axis=1).sum())


@dataclass(frozen=True)
class Fissure:
    """The petro-occipital fissure of one side, from the clivus' lateral border to the petrous apex: its width at the
    plate, how it widens per mm towards basion, and the radius of the foramen lacerum at its upper end, mm."""

    side: float
    width: float
    slope: float
    lacerum: float


@dataclass(frozen=True)
class Sheet:
    """A thin layer across the midsagittal plane through ``center``, along ``angle`` and its opposite (radians).

    ``half`` is its half thickness. A cleft reaches ``reach`` mm both ways, a septum ``reach`` mm against the angle and
    along it to the wall of the sinus. ``strength`` and ``rim`` are shares of full contrast, of the layer and its edges.
    """

    center: FloatArray
    angle: float
    half: float
    reach: float
    strength: float
    rim: float = 0.0


@dataclass(frozen=True)
class Lookalikes:
    """The look-alikes of one head; absent ones are None or empty."""

    fossa: Pit | None = None
    basilar: Tube | None = None
    craniopharyngeal: Tube | None = None
    vessels: tuple[Tube, ...] = ()
    fissures: tuple[Fissure, ...] = ()
    remnant: Sheet | None = None
    septa: tuple[Sheet, ...] = ()
    recess: Tube | None = None

    @classmethod
    def none(cls) -> Lookalikes:
        """A head without any."""
        return cls()

    @classmethod
    def draw(cls, rng: np.random.Generator, anatomy: Anatomy) -> Lookalikes:
        """Draw which look-alikes ``anatomy`` has and where."""
        has = {name: bool(rng.random() < share) for name, share in SHARE.items()}
        faces = _Faces(anatomy)
        return cls(
            fossa=_draw_fossa(rng, faces) if has["fossa"] else None,
            basilar=_draw_basilar(rng, faces) if has["basilar"] else None,
            craniopharyngeal=_draw_craniopharyngeal(rng, anatomy) if has["craniopharyngeal"] else None,
            vessels=tuple(_draw_vessel(rng, anatomy) for _ in range(rng.integers(1, 5))) if has["vessels"] else (),
            fissures=tuple(_draw_fissure(rng, side) for side in (-1.0, 1.0)),
            remnant=_draw_remnant(rng, anatomy),
            septa=tuple(_draw_septum(rng, anatomy) for _ in range(rng.integers(1, 3))) if has["septa"] else (),
            recess=_draw_recess(rng, anatomy) if has["recess"] else None,
        )

    def visible(self, fused: bool) -> Lookalikes:
        """What is painted beside a plate: the sinus reaches towards the clivus only where it has ``fused``."""
        return self if fused else replace(self, recess=None)

    def to_json(self, place: Callable[[FloatArray], list[float]]) -> dict[str, Any]:
        """Plain JSON values; ``place`` turns a head point (x, y, z) before deformation into scan coordinates."""
        out: dict[str, Any] = {}
        if self.fossa:
            length, depth, width = (round(2 * r, 2) for r in self.fossa.radii)
            out["fossa_navicularis_magna"] = {
                "centre_ras_mm": place(_midsagittal(self.fossa.center)),
                "length_mm": length,
                "width_mm": width,
                "depth_mm": depth if self.fossa.closed else round(depth / 2, 2),
                "closed": self.fossa.closed,
            }
        tubes = {
            "canalis_basilaris_medianus": [self.basilar],
            "craniopharyngeal_canal": [self.craniopharyngeal],
            "vascular_channels": self.vessels,
            "sinus_recess": [self.recess],
        }
        for name, group in tubes.items():
            listed = [_tube_json(tube, place) for tube in group if tube]
            if listed:
                out[name] = listed
        sheets = {"intersphenoidal_remnant": [self.remnant], "sinus_septa": self.septa}
        for name, sheet_group in sheets.items():
            places = [place(_midsagittal(sheet.center)) for sheet in sheet_group if sheet]
            if places:
                out[name] = [{"centre_ras_mm": at} for at in places]
        out["petro_occipital_fissures"] = bool(self.fissures)
        return out


def _tube_json(tube: Tube, place: Callable[[FloatArray], list[float]]) -> dict[str, Any]:
    return {
        "ends_ras_mm": [place(tube.points[0]), place(tube.points[-1])],
        "width_mm": round(2 * tube.radius, 2),
        "length_mm": round(tube.length, 2),
    }


def _midsagittal(yz: npt.ArrayLike, x: float = 0.0) -> FloatArray:
    return np.array([x, *np.asarray(yz, float)])


class _Faces:
    """Both faces of the basiocciput from near basion to the plate, [n, 2] each, and their height above the plate."""

    def __init__(self, a: Anatomy) -> None:
        u = a.clivus_axis
        self.axis, self.across = u, np.array([u[1], -u[0]])
        fraction = np.linspace(0.12, a.plate_fraction, 50)
        chord = a.basion + fraction[:, None] * (a.dorsum - a.basion)
        depth = np.arange(-4, 26, 0.1)
        at = chord[:, None] + depth[:, None] * self.across
        inside = a.base(at[..., 0].astype(np.float32), at[..., 1].astype(np.float32)) < 0
        first = inside.argmax(axis=1)
        last = first + np.array([(~row[k:]).argmax() for row, k in zip(inside, first, strict=True)])
        normal = _plate_normal(a)
        pick = np.arange(len(chord))
        self.endo, self.ecto = at[pick, first], at[pick, np.maximum(last, first)]
        self.thickness = np.linalg.norm(self.ecto - self.endo, axis=1)
        self.endo_w, self.ecto_w = ((p - a.plate_endocranial) @ normal for p in (self.endo, self.ecto))

    def nearest(self, w: float, face: FloatArray) -> int:
        """Index of the place of a face at ``w`` mm above the plate (negative: towards basion)."""
        return int(np.argmin(np.abs(face - w)))


def _plate_normal(a: Anatomy) -> FloatArray:
    d = a.plate_direction
    return np.array([-d[1], d[0]])


def _turned(vector: FloatArray, radians: float) -> FloatArray:
    c, s = np.cos(radians), np.sin(radians)
    return np.array([c * vector[0] - s * vector[1], s * vector[0] + c * vector[1]])


def _draw_fossa(rng: np.random.Generator, faces: _Faces) -> Pit:
    closed = bool(rng.random() < 0.12)
    long = float(np.clip(rng.normal(3.53, 1.0), 1.6, 6.0))
    wide = float(np.clip(rng.normal(2.4, 0.5), 1.3, 4.0))
    if closed:
        long, wide = rng.uniform(1.3, 2.2), rng.uniform(1.3, 2.2)
    i = faces.nearest(-(NOMINAL_CLEAR_MM + long + rng.uniform(0, 5)), faces.ecto_w)
    room = float(faces.thickness[i])
    deep = min(float(np.clip(rng.normal(2.4, 0.7), 1.2, 4.0)), 0.55 * room)
    center = faces.ecto[i]
    if closed:
        deep = min(long, max(room / 2 - 1.2, 0.8))
        center = (faces.ecto[i] + faces.endo[i]) / 2 + rng.uniform(0, 0.5) * faces.across
    up = faces.ecto[min(i + 6, len(faces.ecto) - 1)] - faces.ecto[max(i - 6, 0)]
    angle = float(np.arctan2(up[1], up[0])) + rng.normal(0, 0.12)
    return Pit(center, angle, (long, deep, wide), closed)


def _draw_basilar(rng: np.random.Generator, faces: _Faces) -> Tube:
    start = faces.nearest(-rng.uniform(NOMINAL_CLEAR_MM + 2, 13), faces.endo_w)
    start = max(start, int(np.argmax(faces.thickness > 5)))
    low = faces.nearest(-NOMINAL_CLEAR_MM - 2, faces.ecto_w)
    end = int(np.clip(start + rng.integers(-14, 8), 0, low))
    through = 1.15 if rng.random() < 0.25 else rng.uniform(0.45, 0.75)
    path = faces.ecto[end] - faces.endo[start]
    bend = rng.normal(0, 0.1) * np.linalg.norm(path) * faces.axis
    steps = np.linspace(-0.1, through, 6)
    yz = faces.endo[start] + steps[:, None] * path + (1 - ((steps - 0.5) / 0.65) ** 2)[:, None] * bend
    yz[1:] += rng.normal(0, 0.25, (len(yz) - 1, 2))
    x = rng.normal(0, 0.2) + np.cumsum(rng.normal(0, 0.08, len(yz)))
    return Tube(np.column_stack([x, yz]), rng.uniform(0.5, 1.0), 1.0)


def _draw_craniopharyngeal(rng: np.random.Generator, a: Anatomy) -> Tube:
    start = a.landmarks["sella"] + np.array([rng.uniform(-1.5, 1.5), 0.0])
    direction = np.array([rng.uniform(0.1, 0.5), -1.0])
    direction /= np.linalg.norm(direction)
    depth = np.arange(0, 40, 0.2)
    at = (start + depth[:, None] * direction).astype(np.float32)
    inside = np.flatnonzero(a.base(at[:, 0], at[:, 1]) < 0)
    first, last = (depth[inside[0]], depth[inside[-1]]) if inside.size else (2.0, 20.0)
    yz = start + np.linspace(first - 1, last + 1, 6)[:, None] * direction
    yz[1:-1] += rng.normal(0, 0.3, (4, 2))
    return Tube(np.column_stack([rng.normal(0, 0.3, 6), yz]), rng.uniform(0.5, 0.9), 1.0)


def _draw_vessel(rng: np.random.Generator, a: Anatomy) -> Tube:
    """A winding channel on one side of the plate that leads away from it, at 20 degrees or more to it."""
    points = _vessel_path(rng, a)
    for _ in range(8):
        inside = a.base(points[:, 1].astype(np.float32), points[:, 2].astype(np.float32)) < 0
        # The first steps count: a channel may leave the bone, but not begin outside.
        if inside[:4].all():
            break
        points = _vessel_path(rng, a)
    wall = rng.uniform(0.3, 0.9) if rng.random() < 0.45 else 0.0
    return Tube(points, rng.uniform(0.2, 0.5), wall, rng.uniform(0.05, 0.3))


def _vessel_path(rng: np.random.Generator, a: Anatomy) -> FloatArray:
    side = rng.choice([-1.0, 1.0], p=[0.6, 0.4])
    away = rng.uniform(1.2, 3.0) if rng.random() < 0.35 else rng.uniform(3, 12)
    normal = side * _plate_normal(a)
    point = a.plate_endocranial + rng.uniform(0.05, 0.95) * a.plate_height * a.plate_direction + away * normal
    heading, x = rng.uniform(0.35, np.pi - 0.35), rng.normal(0, 2.5)
    # Half of them run nearly in a sagittal plane, where they show as a line and not as a dot.
    stray = rng.choice([0.06, 0.4])
    lateral, points = rng.normal(0, stray), []
    for _ in range(rng.integers(6, 12)):
        points.append(_midsagittal(point, x))
        heading = float(np.clip(heading + rng.normal(0, 0.4), 0.35, np.pi - 0.35))
        step = rng.uniform(0.9, 1.8)
        point = point + step * (np.cos(heading) * a.plate_direction + np.sin(heading) * normal)
        lateral += rng.normal(0, stray / 2)
        x += step * lateral
    return np.array(points)


def _draw_fissure(rng: np.random.Generator, side: float) -> Fissure:
    return Fissure(side, rng.uniform(0.8, 2.5), rng.uniform(0.0, 0.15), rng.uniform(1.5, 3.5))


def _draw_remnant(rng: np.random.Generator, a: Anatomy) -> Sheet | None:
    """Up to 8 % of children and 2 % of adults; a sinus that has grown there has done away with it."""
    has = rng.random() < 0.02 + 0.06 * a.child
    lm = a.landmarks
    along = np.array([rng.uniform(0.1, 0.35), -1.0]) / 1.03
    center = lm["tuberculum"] + np.array([rng.uniform(-1.5, 1.5), 0.0]) + rng.uniform(7, 12) * a.scale * along
    sheet = Sheet(
        center,
        float(np.arctan2(along[1], along[0])),
        rng.uniform(0.3, 0.7),
        rng.uniform(2.5, 5.0),
        rng.uniform(0.4, 1.0),
        rng.uniform(0, 0.3),
    )
    covered = a.sinus["limit"] - a.sinus["lean"] * (center[1] + 8) < center[0] + 2
    return sheet if has and not covered else None


def _draw_septum(rng: np.random.Generator, a: Anatomy) -> Sheet:
    """A bony leaf across the sinus seen from the side, most of them only a ridge from its roof or floor."""
    lm = a.landmarks
    front, back = lm["front"][0] - 3, max(a.sinus["limit"], lm["dorsum"][0] + 6)
    share = rng.uniform(0.15, 0.85)
    center = np.array([front + share * (back - front), (lm["planum"][1] + lm["rostrum"][1]) / 2 + rng.normal(0, 2)])
    # From the wall that the angle points to, through to the other or ending in mid air.
    reach = 40.0 if rng.random() < 0.4 else rng.uniform(-5, 2)
    angle = rng.choice([-1.0, 1.0]) * np.pi / 2 + rng.normal(0, 0.35)
    return Sheet(center, float(angle), rng.uniform(0.2, 0.45), reach, 1.0)


def _draw_recess(rng: np.random.Generator, a: Anatomy) -> Tube | None:
    """A finger of the sinus that reaches back under the sella, towards the clivus above the plate."""
    depth = rng.uniform(NOMINAL_CLEAR_MM + 2, 10)
    end = a.plate_endocranial + rng.uniform(0.2, 0.6) * a.plate_height * a.plate_direction + depth * _plate_normal(a)
    behind = a.sinus["limit"] - a.sinus["lean"] * (end[1] + 8) - end[0]
    if not 3 < behind < 16:
        return None
    start = end + np.array([behind + 4, rng.uniform(0, 4)])
    middle = (start + end) / 2 + rng.normal(0, 0.6, 2)
    x = rng.normal(0, 1.5)
    return Tube(np.array([_midsagittal(p, x) for p in (start, middle, end)]), rng.uniform(2.2, 4.0))
