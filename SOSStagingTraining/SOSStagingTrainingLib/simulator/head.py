"""One simulated head: tissue values at any points, and its ground truth. Slabs and volumes sample the same function."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from .anatomy import Anatomy, draw_anatomy
from .fields import F32, Floats, band, soft
from .lookalikes import Lookalikes
from .lookalikes_paint import Spot, carve, paint, shape_sinus
from .synchondrosis import Synchondrosis

AIR = 0.0


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

    def tissue(self, points: F32, edge: float) -> F32:
        """Tissue value at points [n, 3] in mm, air 0 and brain 1; edges are ``edge`` mm wide (about one voxel)."""
        x, y, z = (np.ascontiguousarray(points[:, i], np.float32) for i in range(3))
        dx, dy, dz = self.anatomy.waves.displacement(x, y, z)
        return _paint(self, x + dx, y + dy, z + dz, edge)


def draw_head(rng: np.random.Generator, stage: int, age: float, seed: int = 0, anatomy: Anatomy | None = None) -> Head:
    """Draw a head at ``stage`` (1 to 5); ``anatomy`` reuses another head's shape with a new plate."""
    return Head(anatomy or draw_anatomy(rng, age), Synchondrosis.draw(rng, stage), age, seed)


def _over(value: F32, mask: F32, paint: Floats | float) -> None:
    value += mask * (paint - value)


def _paint(head: Head, x: F32, y: F32, z: F32, edge: float) -> F32:
    a, v, s = head.anatomy, head.anatomy.values, head.anatomy.sizes
    x = x * (1 + a.asymmetry * np.sign(x)).astype(np.float32)
    value = np.zeros_like(x)
    # The cranium is the midsagittal section shrunk sideways like an ellipsoid.
    q = np.sqrt(np.clip(1 - (x / s["half_width"]) ** 2, 0.02, 1)).astype(np.float32)
    cy, cz = np.float32(-18 * a.scale), np.float32(20 * a.scale)
    vault = a.cavity((y - cy) / q + cy, (z - cz) / q + cz) * q + np.maximum(np.abs(x) - s["half_width"], 0)
    thick = _vault_thickness(a, y, z)
    shell = vault - thick
    qf = np.sqrt(np.clip(1 - (x / s["face_half"]) ** 2, 0.02, 1)).astype(np.float32)
    face = a.face(10 + (y - 10) / qf, z) + np.maximum(np.abs(x) - s["face_half"], 0)
    skin = np.minimum(np.where(z > -35 * a.scale, shell - s["scalp"], 99), face)
    body = np.asarray(soft(skin, edge))
    tissue = v["muscle"] + 0.03 * a.noise(x, y, z, 9.0)
    tissue = np.where(skin > -np.float32(s["scalp"] * 0.8), v["fat"], tissue)
    _over(value, body, tissue)
    _paint_airway(a, value, x, y, z, edge)
    _paint_face_bones(a, value, x, y, z, edge)
    brain = v["brain"] + 0.015 * a.noise(x, y, z, 14.0)
    _over(value, soft(vault, edge) * (z > a.basion[1] - 3), brain)
    _paint_vault(a, value, vault, thick, x, y, z, edge)
    _paint_spine(a, value, x, y, z, edge)
    _paint_skull_base(head, value, x, y, z, edge)
    return value


def _vault_thickness(a: Anatomy, y: F32, z: F32) -> F32:
    """Bone thickness (mm) around the cavity: none at the foramen magnum and along the drawn skull base, thin in
    front."""
    s = a.sizes["vault"]
    lm = a.landmarks
    below = soft(z - np.float32(lm["dorsum"][1] + 2), 6.0)
    open_part = below * soft(y - np.float32(lm["planum"][0]), 4.0) * soft(np.float32(lm["opisthion"][0] + 2) - y, 4.0)
    front = below * soft(np.float32(lm["planum"][0]) - y, 4.0)
    thick = np.float32(s) * (1 + 0.35 * np.sin(y / 31 + z / 23, dtype=np.float32))
    occipital = below * soft(y - np.float32(lm["opisthion"][0]), 6.0)
    thick = thick * (1 + 0.5 * occipital)
    thick = thick * (1 - front) + np.float32(1.8) * front
    return np.asarray(thick * (1 - open_part) - 3 * open_part, np.float32)


def _paint_vault(a: Anatomy, value: F32, vault: F32, thick: F32, x: F32, y: F32, z: F32, edge: float) -> None:
    near = np.flatnonzero((vault > -2) & (vault < thick + 2) & (thick > 0.3))
    if near.size == 0:
        return
    d, t = vault[near], thick[near]
    part = value[near]
    table, v = a.sizes["table"], a.values
    _over(part, band(d, 0.0, t, edge), v["diploe"] + v["texture"] * a.noise(x[near], y[near], z[near], 1.6))
    tables = np.maximum(band(d, 0.0, table, edge), band(d, t - table, t, edge))
    _over(part, tables, v["vault"])
    value[near] = part


def _paint_airway(a: Anatomy, value: F32, x: F32, y: F32, z: F32, edge: float) -> None:
    nose = a.nose(y, z) + np.maximum(np.abs(x) - 14, 0)
    septum = np.abs(x - a.sizes["septum_bend"] * np.sin((z - 4) / 16).astype(np.float32)) - a.sizes["septum"]
    turbinate = 3.2 * a.noise(x, y, z, 6.0) - 4 + np.abs(np.abs(x) - 9)
    free = np.maximum(nose, np.maximum(-septum, -turbinate))
    _over(value, soft(free, edge), AIR)
    # Bony part of the septum and the ethmoid plates: thin, only slightly brighter than soft tissue.
    _over(value, soft(np.maximum(nose, np.abs(septum + 0.8) - 0.5), edge) * 0.6, a.values["marrow"] + 0.2)
    pharynx = a.pharynx(y, z) + np.maximum(np.abs(x) - 12, 0)
    _over(value, soft(pharynx, edge), AIR)
    for side in (-1.0, 1.0):
        antrum = _ellipsoid(x - side * 30, y - 38, z + 26, 12, 17, 16)
        _over(value, soft(antrum, edge), AIR)
        mastoid = _ellipsoid(x - side * 52, y + 22, z + 24, 9, 12, 15)
        _over(value, soft(mastoid, edge) * 0.6, 0.6 + 0.3 * a.noise(x, y, z, 2.5))


def _ellipsoid(x: F32, y: F32, z: F32, rx: float, ry: float, rz: float) -> F32:
    r = np.sqrt((x / rx) ** 2 + (y / ry) ** 2 + (z / rz) ** 2)
    return np.asarray((r - 1) * min(rx, ry, rz), np.float32)


def _paint_face_bones(a: Anatomy, value: F32, x: F32, y: F32, z: F32, edge: float) -> None:
    near = np.flatnonzero((z < 35) & (z > -150) & (y > -60))
    if near.size == 0:
        return
    x, y, z, part = x[near], y[near], z[near], value[near]
    v, ex = a.values, a.extra
    bone = v["vault"]
    palate = _palate_distance(a, x, y, z)
    _bone(part, palate, v["marrow"] + 0.2, bone, 1.0, edge)
    alveolus = _arch(x, y, ex["ans"][0] - 4, 26.0, 6.0) + np.maximum(np.abs(z - (ex["ans"][1] - 8)) - 8, 0)
    _bone(part, alveolus, v["marrow"] + 0.2, bone, 0.8, edge)
    chin = ex["chin"]
    jaw_z = chin[1] + 0.35 * (chin[0] - y)
    jaw = _arch(x, y, chin[0] + 4, 44.0, 6.5) + np.maximum(np.abs(z - jaw_z - 2) - 13, 0)
    _bone(part, jaw, v["marrow"] + 0.25, bone, 1.8, edge)
    for top, bottom, front in (
        (ex["ans"][1] - 10, ex["ans"][1] - 29, ex["ans"][0] - 2),
        (chin[1] + 35, chin[1] + 14, chin[0] + 3),
    ):
        row = _arch(x, y, front, 24.0, 3.2) + np.maximum(np.abs(z - (top + bottom) / 2) - abs(top - bottom) / 2, 0)
        crowns = 0.5 + 0.5 * np.cos(np.arctan2(x, y - front + 24) * 14).astype(np.float32)
        _over(part, soft(row, edge) * np.clip(crowns * 2, 0, 1), v["tooth"])
    for side in (-1.0, 1.0):
        _bone(part, _ellipsoid(x - side * 36, y + 14, z + 12, 18, 9, 8), v["diploe"], bone + 0.2, 2.0, edge)
        orbit = _ellipsoid(x - side * 32, y - 48, z - 4, 19, 22, 18)
        _over(part, soft(np.abs(orbit) - 1.2, edge) * (y < 62), bone)
        _over(part, soft(orbit + 1.2, edge), v["fat"])
        _over(part, soft(_ellipsoid(x - side * 32, y - 56, z - 4, 12, 12, 12), edge), 1.0)
        ramus = np.maximum(np.maximum(np.abs(x - side * 47) - 5, np.abs(y - 14) - 15), np.abs(z + 55) - 32)
        _bone(part, ramus.astype(np.float32), v["marrow"] + 0.3, bone, 1.6, edge)
        arch = np.maximum(
            np.abs(np.hypot(x - side * 18, (y - 22) * 0.9) - 42) - 3, np.maximum(np.abs(z + 14) - 4, 12 - side * x)
        )
        _bone(part, arch.astype(np.float32), v["diploe"], bone, 1.0, edge)
    value[near] = part


def _arch(x: F32, y: F32, front: float, radius: float, half: float) -> F32:
    """Distance to a dental-arch shaped ring, open to the back."""
    ring = np.abs(np.hypot(x, 0.85 * (y - front + radius)) - radius) - half
    return np.maximum(ring, (front - 1.35 * radius) - y).astype(np.float32)


def _palate_distance(a: Anatomy, x: F32, y: F32, z: F32) -> F32:
    pns, ans = a.extra["pns"], a.extra["ans"]
    axis = (ans - pns) / np.linalg.norm(ans - pns)
    along = (y - pns[0]) * axis[0] + (z - pns[1]) * axis[1]
    up = -(y - pns[0]) * axis[1] + (z - pns[1]) * axis[0]
    length = float(np.linalg.norm(ans - pns))
    half = a.extra["thick"][0] / 2 * (1 + 0.8 * np.clip(along / length - 0.6, 0, 1))
    return np.maximum(np.maximum(np.abs(up) - half, np.maximum(-along, along - length)), np.abs(x) - 20).astype(
        np.float32
    )


def _bone(part: F32, distance: F32, marrow: float, cortex: float, layer: float, edge: float) -> None:
    _over(part, soft(distance, edge), marrow)
    _over(part, band(-distance, 0.0, layer, edge), cortex)


def _paint_spine(a: Anatomy, value: F32, x: F32, y: F32, z: F32, edge: float) -> None:
    near = np.flatnonzero(z < a.basion[1])
    if near.size == 0:
        return
    x, y, z, part = x[near], y[near], z[near], value[near]
    v = a.values
    cortex = v["vault"]
    for vy, vz, ry, rz, rx in a.vertebrae:
        box = (np.abs((y - vy) / ry) ** 4 + np.abs((z - vz) / rz) ** 4 + np.abs(x / rx) ** 4) ** np.float32(0.25)
        _bone(part, ((box - 1) * min(ry, rz)).astype(np.float32), v["marrow"] + 0.15, cortex, 0.9, edge)
        if vz < a.vertebrae[0][1] - 4:
            # Spinous processes behind the canal.
            spine = _ellipsoid(x, y - (vy - 42 * a.scale), z - (vz - 7), 3.5, 15, 5)
            _bone(part, spine, v["marrow"] + 0.15, cortex, 0.9, edge)
    dens = a.vertebrae[0]
    front = dens[0] + dens[2] + 1.4 + 3.5
    _bone(part, _ellipsoid(x, y - front, z - dens[1], 12, 3.6, 5.2), v["marrow"] + 0.2, cortex, 0.9, edge)
    back = a.landmarks["opisthion"][0] - 1
    _bone(part, _ellipsoid(x, y - back, z - dens[1], 10, 3.4, 5.0), v["marrow"] + 0.2, cortex, 0.9, edge)
    value[near] = part


def _paint_skull_base(head: Head, value: F32, x: F32, y: F32, z: F32, edge: float) -> None:
    a = head.anatomy
    near = np.flatnonzero((np.abs(x) < 26) & (y > -48) & (y < 58) & (z > -58) & (z < 28))
    if near.size == 0:
        return
    x, y, z, part = x[near], y[near], z[near], value[near]
    # The endocranial face of the clivus is hollow from side to side.
    hollow = (x**2) / np.float32(90)
    distance = a.base(y - 0.35 * hollow, z + 0.5 * hollow)
    half = a.sizes["clivus_half"]
    distance = np.maximum(distance, np.abs(x) - np.float32(half + 4))
    near2 = np.flatnonzero(distance < 2)
    if near2.size == 0:
        return
    sub = part[near2]
    _paint_clivus(head, sub, distance[near2], x[near2], y[near2], z[near2], edge)
    part[near2] = sub
    value[near] = part


def _paint_clivus(head: Head, part: F32, distance: F32, x: F32, y: F32, z: F32, edge: float) -> None:
    a, plate, v = head.anatomy, head.synchondrosis, head.anatomy.values
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
    texture = v["texture"] * a.noise(x, y, z, 1.2) + 0.06 * a.noise(x, y, z, 7.0)
    marrow = v["marrow"] + texture
    _over(part, soft(distance, edge), marrow)
    # Cortices end where the plate is open: the line stops short of the gap, on the side that is not yet bridged.
    stop = soft(np.abs(w) - half - plate.cortex_stop, 1.5) * openness
    above = soft(-w, 6.0)
    # Real cortices vary in strength along their way.
    uneven = np.clip(0.9 + a.sizes["uneven_cortex"] * a.noise(x, y, z, 7.0), 0.2, 1)
    faint = uneven * (1 - plate.faint * above)
    cortex = band(-distance, 0.0, a.sizes["cortex"], edge) * (1 - stop) * faint
    _over(part, cortex, v["cortex"])
    inside = soft(distance, edge)
    _over(part, inside * soft(np.abs(w) - half - 0.7, 0.7) * openness * plate.sclerosis, v["cortex"])
    _over(part, inside * soft(np.abs(w) - half, max(edge, 0.35)) * openness, v["cartilage"] + 0.3 * texture)
    if plate.scar > 0:
        line = inside * soft(np.abs(w) - plate.scar_width, max(edge, 0.3)) * plate.scar * within
        line *= np.clip(0.75 + 0.5 * plate.noise(x, y, z, 4.0), 0.15, 1)
        _over(part, line, v["cortex"] * 0.85 if plate.scar_bright else v["cartilage"] - 0.03)
    paint(part, inside, spot, things, v, head.stage >= 4, edge)
    _paint_sinus(head, part, distance, spot, things, edge)


def _paint_sinus(head: Head, part: F32, distance: F32, spot: Spot, things: Lookalikes, edge: float) -> None:
    a, s = head.anatomy, head.anatomy.sinus
    x, y, z, w, e = spot.x, spot.y, spot.z, spot.w, spot.e
    lean = s["lean"]
    air = np.maximum(distance + s["wall"], s["limit"] - (y + lean * (z + 8)) + 1.2 * a.noise(x, y, z, 9.0))
    # Air stays clear of an open plate; it may cross a fused one (Yonetsu 2000: aeration beyond it follows closure).
    open_plate = head.stage <= 3
    clear = np.where((e > -0.5) & (e < 1.25), (2.5 if open_plate else -12.0) - w, -9)
    air = np.maximum(air, clear)
    air = np.maximum(air, np.abs(x - s["septum_x"] * 0.3) - s["half"])
    septum = np.abs(x - s["septum_x"] - 0.1 * z) - 0.5
    air = np.maximum(air, -septum).astype(np.float32)
    air = shape_sinus(air, distance, spot, things, s["wall"])
    _over(part, band(air, 0.0, 0.7, edge) * 0.6 * soft(distance, edge), a.values["cortex"])
    _over(part, soft(air, edge), 0.95 if s["fluid"] else AIR)
