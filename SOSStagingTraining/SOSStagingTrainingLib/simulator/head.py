"""One simulated head: tissue values at any points, and its ground truth. Slabs and volumes sample the same function."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from .anatomy import Anatomy, draw_anatomy
from .cranium import paint_brain, paint_vault, vault_thickness
from .face import paint_airway, paint_face_bones
from .fields import F32, band, soft
from .lookalikes import Lookalikes
from .lookalikes_paint import Spot, carve, paint, paint_fissures, shape_sinus
from .neck import paint_neck
from .painting import over, within
from .synchondrosis import Synchondrosis

AIR = 0.0
FAT = 0.88


@dataclass(frozen=True)
class Head:
    """A head in its own frame (mm; x right, y anterior, z superior, sella near the origin)."""

    anatomy: Anatomy
    synchondrosis: Synchondrosis
    age: float
    seed: int

    @property
    def stage(self) -> int:
        """Bassed stage derived from the fusion field."""
        return self.synchondrosis.stage()

    @property
    def fusion_fraction(self) -> float:
        """Bridged fraction of the plate's midsagittal height."""
        return self.synchondrosis.bridged_fraction(self.anatomy.plate_height)

    @property
    def lookalikes(self) -> Lookalikes:
        """The look-alikes that this head shows beside its plate."""
        return self.anatomy.lookalikes.visible(fused=self.stage >= 4)

    def landmark(self, name: str) -> npt.NDArray[np.float64]:
        """Position (x, y, z) in mm of a midsagittal landmark, with the head's own deformation."""
        a = self.anatomy
        middle = a.plate_endocranial + 0.5 * a.plate_height * a.plate_direction
        yz = middle if name == "sos" else a.landmarks[name]
        return a.waves.undo(np.array([0.0, yz[0], yz[1]]))

    def plate_points(self) -> npt.NDArray[np.float64]:
        """Centre, endocranial and ectocranial end of the plate in the midsagittal plane, [3, 3] head mm."""
        a = self.anatomy
        ends = [a.plate_endocranial + t * a.plate_height * a.plate_direction for t in (0.5, 0.0, 1.0)]
        return np.stack([a.waves.undo(np.array([0.0, p[0], p[1]])) for p in ends])

    def tissue(self, points: F32, edge: float) -> F32:
        """Tissue value at points [n, 3] in mm, air 0 and brain 1; edges are ``edge`` mm wide (about one voxel)."""
        return _paint(self, *self.drawn_at(points), edge)

    def drawn_at(self, points: F32) -> tuple[F32, F32, F32]:
        """Coordinates x, y, z [n] of the undeformed drawing at points [n, 3] in mm, sides made equal."""
        x, y, z = (np.ascontiguousarray(points[:, i], np.float32) for i in range(3))
        dx, dy, dz = self.anatomy.waves.displacement(x, y, z)
        x = x + dx
        return x * (1 + self.anatomy.asymmetry * np.sign(x)).astype(np.float32), y + dy, z + dz

    def skull_base(self, points: F32) -> F32:
        """Signed distance (mm, negative inside) to the outline of clivus and sphenoid body at points [n, 3] in mm."""
        return _skull_base_distance(self.anatomy, *self.drawn_at(points))


def draw_head(rng: np.random.Generator, stage: int, age: float, seed: int = 0, anatomy: Anatomy | None = None) -> Head:
    """Draw a head at ``stage`` (1 to 5); ``anatomy`` reuses another head's shape with a new plate."""
    return Head(anatomy or draw_anatomy(rng, age), Synchondrosis.draw(rng, stage), age, seed)


def _paint(head: Head, x: F32, y: F32, z: F32, edge: float) -> F32:
    a, s = head.anatomy, head.anatomy.sizes
    value = np.zeros_like(x)
    # The cranium is the midsagittal section shrunk sideways like an ellipsoid.
    q = np.sqrt(np.clip(1 - (x / s["half_width"]) ** 2, 0.02, 1)).astype(np.float32)
    cy, cz = np.float32(-18 * a.scale), np.float32(20 * a.scale)
    vault = a.cavity((y - cy) / q + cy, (z - cz) / q + cz) * q + np.maximum(np.abs(x) - s["half_width"], 0)
    thick = vault_thickness(a, x, y, z)
    qf = np.sqrt(np.clip(1 - (x / s["face_half"]) ** 2, 0.02, 1)).astype(np.float32)
    face = a.face(10 + (y - 10) / qf, z) + np.maximum(np.abs(x) - s["face_half"], 0)
    # Below the occiput the scalp runs out into the neck.
    scalp = vault - thick - s["scalp"] + 0.8 * np.maximum(-35 * a.scale - z, 0)
    skin = np.minimum(scalp, face).astype(np.float32)
    within(skin < edge, value, x, y, z, lambda part, x, y, z: _paint_soft(a, part, skin[skin < edge], x, y, z, edge))
    paint_airway(a, value, x, y, z, edge)
    paint_face_bones(a, value, x, y, z, edge)
    paint_brain(a, value, vault, x, y, z, edge)
    paint_vault(a, value, vault, thick, x, y, z, edge)
    paint_neck(a, value, x, y, z, edge)
    _paint_skull_base(head, value, x, y, z, edge)
    return value


def _paint_soft(a: Anatomy, part: F32, skin: F32, x: F32, y: F32, z: F32, edge: float) -> None:
    """Muscle with fat between it and under the skin."""
    v = a.values
    grain = a.noise(x, y, z, 9.0)
    tissue = v["muscle"] + 0.03 * grain
    fat = np.clip(1.5 * np.abs(grain) - 1.6, 0, 0.7) + soft(-np.float32(a.sizes["scalp"] * 0.8) - skin, 1.0)
    over(part, soft(skin, edge), tissue + np.clip(fat, 0, 1) * (v["fat"] - tissue))


def _paint_skull_base(head: Head, value: F32, x: F32, y: F32, z: F32, edge: float) -> None:
    a = head.anatomy
    near = np.flatnonzero((np.abs(x) < 26) & (y > -48) & (y < 58) & (z > -58) & (z < 28))
    if near.size == 0:
        return
    x, y, z, part = x[near], y[near], z[near], value[near]
    paint_fissures(a, part, x, y, z, edge)
    distance = _skull_base_distance(a, x, y, z)
    near2 = np.flatnonzero(distance < 2)
    if near2.size:
        sub = part[near2]
        _paint_clivus(head, sub, distance[near2], x[near2], y[near2], z[near2], edge)
        part[near2] = sub
    value[near] = part


def _skull_base_distance(a: Anatomy, x: F32, y: F32, z: F32) -> F32:
    # The endocranial face of the clivus is hollow from side to side.
    hollow = (x**2) / np.float32(90)
    distance = a.base(y - 0.35 * hollow, z + 0.5 * hollow)
    # The sphenoid body in front of the clivus is broader.
    wider = 4 * np.clip((y - np.float32(a.landmarks["ecto"][0])) / 10, 0, 1)
    return np.maximum(distance, np.abs(x) - np.float32(a.sizes["clivus_half"]) - wider)


def _paint_clivus(head: Head, part: F32, distance: F32, x: F32, y: F32, z: F32, edge: float) -> None:
    a, plate, v = head.anatomy, head.synchondrosis, head.anatomy.values
    distance = distance + np.float32(a.sizes["wavy_cortex"]) * a.noise(x, y, z, 4.0)
    start, direction = a.plate_endocranial, a.plate_direction
    normal = np.array([-direction[1], direction[0]])
    e = (((y - start[0]) * direction[0] + (z - start[1]) * direction[1]) / a.plate_height).astype(np.float32)
    w = ((y - start[0]) * normal[0] + (z - start[1]) * normal[1]).astype(np.float32)
    w = w + np.float32(plate.bow) * (4 * e * (1 - e) - 0.5) + 0.25 * plate.noise(x, y, z, 3.0)
    fused = plate.bone_field(e, x, a.plate_height)
    half = plate.half_width(e)
    beyond = ((np.abs(e - 0.5) - 0.6) * np.float32(a.plate_height)).astype(np.float32)
    spot, things = Spot(x, y, z, w, e, np.maximum(np.abs(w) - half, beyond)), head.lookalikes
    distance = carve(distance, spot, things, a.sizes["cortex"])
    # The plate ends at the clivus' two faces: beyond them its plane may meet bone again, which is no synchondrosis.
    within = soft((np.abs(e - 0.5) - 0.62) * np.float32(a.plate_height), 1.0)
    openness = np.asarray(soft(fused, 1.0 + edge) * within, np.float32)
    t, depth = _clivus_coordinates(a, y, z)
    texture = v["texture"] * a.noise(x, y, z, 1.2) + v["patches"] * a.noise(x, y, z, 7.0)
    if (fatty := min(a.details["fatty"], v["marrow"] - FAT)) > 0:
        texture -= fatty * np.clip(a.noise(z, x, y, 6.0) - 0.3, 0, 1)
    # Trabeculae run along the clivus.
    texture += v["trabeculae"] * a.noise(x, 0.25 * t, 1.3 * depth, 1.3)
    over(part, soft(distance, edge), v["marrow"] + texture)
    over(part, soft(distance, edge) * soft(t - a.sizes["compact_tip"], 3.0), 0.85 * v["dense"])
    # Cortices end where the plate is open: the line stops short of the gap, on the side that is not yet bridged.
    stop = soft(np.abs(w) - half - plate.cortex_stop, 1.5) * openness
    above = soft(-w, 6.0)
    # Real cortices vary in strength along their way.
    uneven = np.clip(0.9 + a.sizes["uneven_cortex"] * a.noise(x, y, z, 7.0), 0.2, 1)
    faint = uneven * (1 - plate.faint * above) * _cortex_strength(a, t, depth)
    cortex = band(-distance, 0.0, a.sizes["cortex"], edge) * (1 - stop) * faint
    over(part, cortex, v["cortex"])
    inside = soft(distance, edge)
    over(part, inside * soft(np.abs(w) - half - 0.7, 0.7) * openness * plate.sclerosis, v["dense"])
    over(part, inside * soft(np.abs(w) - half, max(edge, 0.35)) * openness, v["cartilage"] + 0.3 * texture)
    if plate.scar > 0:
        line = inside * soft(np.abs(w) - plate.scar_width, max(edge, 0.3)) * plate.scar * within
        line *= np.clip(0.75 + 0.5 * plate.noise(x, y, z, 4.0), 0.15, 1)
        over(part, line, v["dense"] * 0.85 if plate.scar_bright else v["cartilage"] - 0.03)
    paint(part, inside, spot, things, v, head.stage >= 4, edge)
    _paint_sinus(head, part, distance, spot, things, edge)


def _clivus_coordinates(a: Anatomy, y: F32, z: F32) -> tuple[F32, F32]:
    """Distance from basion along the clivus, and from the line to the dorsum towards the pharynx, mm."""
    (along_y, along_z), from_y, from_z = a.clivus_axis, y - a.basion[0], z - a.basion[1]
    t = from_y * along_y + from_z * along_z
    return t.astype(np.float32), (from_y * along_z - from_z * along_y).astype(np.float32)


def _cortex_strength(a: Anatomy, t: F32, depth: F32) -> F32:
    """How bright the cortices are against the brightest, 0..1: the endocranial one fades towards the dorsum."""
    length = np.float32(np.linalg.norm(a.dorsum - a.basion))
    middle = np.clip(t / (a.plate_fraction * length), 0.15, 1) * np.float32(0.5 * a.plate_height)
    endocranial = soft(depth - middle, 4.0)
    fading = 1 - np.float32(a.sizes["fading_cortex"]) * np.clip(t / length, 0, 1)
    return np.asarray(1 - endocranial * (1 - np.float32(a.sizes["endocranial_cortex"]) * fading), np.float32)


def _paint_sinus(head: Head, part: F32, distance: F32, spot: Spot, things: Lookalikes, edge: float) -> None:
    a, s = head.anatomy, head.anatomy.sinus
    x, y, z, w, e = spot.x, spot.y, spot.z, spot.w, spot.e
    lean = s["lean"]
    air = np.maximum(distance + s["wall"], s["limit"] - (y + lean * (z + 8)) + 1.2 * a.noise(x, y, z, 9.0))
    # Air stays clear of an open plate; it may cross a fused one (Yonetsu 2000: aeration beyond it follows closure).
    open_plate = head.stage <= 3
    clear = np.where((e > -0.5) & (e < 1.25), (2.5 if open_plate else np.float32(-s["beyond"])) - w, -9)
    air = np.maximum(air, clear)
    air = np.maximum(air, np.abs(x - s["septum_x"] * 0.3) - s["half"])
    # Thin and bent: where it crosses the midsagittal plane it must not look like a slab of bone.
    septum = np.abs(x - s["septum_x"] - 0.15 * z - 0.25 * (y - a.landmarks["sella"][0])) - 0.35
    air = np.maximum(air, -septum).astype(np.float32)
    air = shape_sinus(air, distance, spot, things, s["wall"])
    over(part, band(air, 0.0, 0.7, edge) * 0.6 * soft(distance, edge), a.values["dense"])
    over(part, soft(air, edge), 0.95 if s["fluid"] else AIR)
