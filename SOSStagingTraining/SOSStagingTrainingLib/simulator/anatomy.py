"""The head around the synchondrosis: contours of the midsagittal plane from published lengths, and their spread.

A range of a published length or angle is the envelope of the studies' means and two standard deviations; it is drawn
flat and a little wider (``_within``), so that training heads reach its ends as often as its middle and never go far
beyond. docs/simulator.md lists every range with its source and what the drawn heads measure. Where no number is
published the value is our guess.
"""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from .details import draw_details
from .fields import DistanceMap, SmoothNoise, Waves, smooth_closed
from .lookalikes import Lookalikes

FloatArray = npt.NDArray[np.float64]
HEAD_Y, HEAD_Z = (-135.0, 125.0), (-190.0, 135.0)
BASE_Y, BASE_Z = (-50.0, 60.0), (-60.0, 30.0)
LOOKALIKES_STREAM = 20_000_023
DETAILS_STREAM = 20_000_027


@dataclass(frozen=True)
class Anatomy:
    """One head's shape: landmarks (y, z) in the midsagittal plane, distance maps, sizes in mm, tissue values.

    Tissue values are in units of (brain - air), air = 0, brain = 1.
    """

    scale: float
    child: float
    basion: FloatArray
    dorsum: FloatArray
    plate_fraction: float
    plate_height: float
    plate_tilt: float
    base: DistanceMap
    cavity: DistanceMap
    face: DistanceMap
    nose: DistanceMap
    pharynx: DistanceMap
    landmarks: dict[str, FloatArray]
    sinus: dict[str, float]
    values: dict[str, float]
    sizes: dict[str, float]
    vertebrae: list[tuple[float, float, float, float, float]]
    waves: Waves
    noise: SmoothNoise
    asymmetry: float
    extra: dict[str, FloatArray] = field(default_factory=dict)
    details: dict[str, float] = field(default_factory=dict)
    lookalikes: Lookalikes = field(default_factory=Lookalikes.none)

    @property
    def clivus_axis(self) -> FloatArray:
        """Unit vector (y, z) from basion to the tip of the dorsum."""
        d = self.dorsum - self.basion
        return d / np.linalg.norm(d)

    @property
    def plate_endocranial(self) -> FloatArray:
        """Endocranial end (y, z) of the plate."""
        return self.basion + self.plate_fraction * (self.dorsum - self.basion)

    @property
    def plate_direction(self) -> FloatArray:
        """Unit vector (y, z) along the plate from the endocranial to the ectocranial border."""
        u = self.clivus_axis
        across = np.array([u[1], -u[0]])
        c, s = np.cos(self.plate_tilt), np.sin(self.plate_tilt)
        return np.array([c * across[0] - s * across[1], s * across[0] + c * across[1]])


def draw_anatomy(rng: np.random.Generator, age: float, lookalikes: bool = True) -> Anatomy:
    """Draw one head for ``age`` in years (6 to 60). Growth from 8 years on: S-Ba 15 %, S-N 4 %, the skull
    6 %.

    Without ``lookalikes`` the head, and all that is drawn from ``rng`` after it, is the same but for them.
    """
    child = float(np.clip((15 - age) / 8 + rng.normal(0, 0.1), 0, 1))
    s_n = _within(rng, 56.2, 76.9)
    scale = (1 - 0.06 * child) * (0.5 + 0.5 * s_n / 67) * rng.normal(1, 0.03)
    face_scale = scale * (1 - 0.12 * child) * rng.normal(1, 0.04)
    skull_base = _skull_base(rng, scale, child, s_n * (1 - 0.039 * child))
    sizes = _sizes(rng, scale, child)
    landmarks = skull_base["landmarks"]
    cavity, opisthion = _cavity_contour(rng, landmarks, scale)
    landmarks["opisthion"] = opisthion
    palate = _palate(rng, landmarks, face_scale, scale, child)
    landmarks["pns"] = palate["pns"]
    nose, pharynx = _airway_contours(rng, landmarks, palate, sizes, face_scale)
    landmarks["nasion"] = landmarks["nasion_bone"]
    anatomy = Anatomy(
        scale=scale,
        child=child,
        basion=landmarks["basion"],
        dorsum=landmarks["dorsum"],
        plate_fraction=skull_base["fraction"],
        plate_height=skull_base["height"],
        plate_tilt=skull_base["tilt"],
        base=DistanceMap.of_contour(skull_base["contour"], BASE_Y, BASE_Z, 0.25),
        cavity=DistanceMap.of_contour(cavity, HEAD_Y, HEAD_Z, 1.0),
        face=DistanceMap.of_contour(_face_contour(rng, landmarks, palate, face_scale, scale), HEAD_Y, HEAD_Z, 1.0),
        nose=DistanceMap.of_contour(nose, HEAD_Y, HEAD_Z, 1.0),
        pharynx=DistanceMap.of_contour(pharynx, HEAD_Y, HEAD_Z, 1.0),
        landmarks=landmarks,
        sinus=_sinus(rng, landmarks, child, age),
        values=_values(rng, child, sizes["cortex"]),
        sizes=sizes,
        vertebrae=_vertebrae(rng, landmarks["basion"], scale, child),
        # A face differs from its mirror image by 0.87 +- 0.21 mm RMS (100 CBCT) after a rigid fit, which takes a
        # quarter of what is drawn.
        waves=Waves.draw(rng, abs(rng.normal(0, 1.7)), _within(rng, 0.62, 1.78)),
        noise=SmoothNoise(rng),
        asymmetry=rng.normal(0, 0.005),
        extra=palate,
        details=draw_details(_own_stream(rng, DETAILS_STREAM), child, age),
    )
    if not lookalikes:
        return anatomy
    return replace(anatomy, lookalikes=Lookalikes.draw(_own_stream(rng, LOOKALIKES_STREAM), anatomy))


def _own_stream(rng: np.random.Generator, stream: int) -> np.random.Generator:
    """A generator seeded by a copy of ``rng``: nothing drawn later depends on whether it is used."""
    return np.random.default_rng([stream, int(deepcopy(rng).integers(2**62))])


def _polar(origin: FloatArray, length: float, degrees: float) -> FloatArray:
    a = np.radians(degrees)
    return origin + length * np.array([np.cos(a), np.sin(a)])


def _within(rng: np.random.Generator, low: float, high: float, beyond: float = 1.06) -> float:
    """A flat draw with its 5th to 95th percentile ``beyond`` times as wide as ``low`` to ``high``."""
    half = (high - low) / 2 * beyond / 0.9
    return float(rng.uniform(-half, half) + (low + high) / 2)


def _angles(rng: np.random.Generator, child: float) -> tuple[float, float]:
    """SN-FH and SBa-FH in degrees.

    Opposed, as N-S-Ba (their difference) is published with a wider spread (SD 6.1) than the two would have if they
    were independent (3.5 and 2.2). Children's bases are flatter.
    """
    first, second = np.clip(rng.standard_normal(2), -2.3, 2.3)
    return 8.2 + 5.8 * first, 56.0 - 3 * child + 3.5 * (0.6 * second - 0.8 * first)


def _sella(rng: np.random.Generator, scale: float, child: float) -> dict[str, Any]:
    """Dorsum, tuberculum and floor around the centre of the sella, the origin; its length does not grow after 6."""
    deep = _within(rng, 4.35, 9.5) * (1 - 0.1 * child)
    length = _within(rng, 7.7, 14.3)
    thick = min(_within(rng, 0.4, 4.2), (length - 4.0) / 0.8)
    forward = np.array([length, rng.uniform(-1.5, 2.0)])
    floor = np.array([0.0, -deep / 2])
    dorsum = floor - forward / 2 - np.array([thick / 2, -deep])
    return {"dorsum": dorsum, "tuberculum": dorsum + forward, "floor": floor, "deep": deep, "thick": thick}


def _skull_base(rng: np.random.Generator, scale: float, child: float, s_n: float) -> dict[str, Any]:
    """Outline of clivus and sphenoid body in the midsagittal plane, its landmarks, and where the plate stands in it."""
    sn_fh, sba_fh = _angles(rng, child)
    nasion = _polar(np.zeros(2), s_n, sn_fh)
    basion = _polar(np.zeros(2), _within(rng, 34.6, 57.4) * (1 - 0.151 * child), -(180 - sba_fh))
    sella = _sella(rng, scale, child)
    dorsum, tuberculum, floor, deep, thick = (sella[k] for k in ("dorsum", "tuberculum", "floor", "deep", "thick"))
    plate = _plate(rng, basion, dorsum)
    across, ecto = plate["across"], plate["ecto"]
    endo = _bowed(basion, dorsum, rng.normal(0.8, 0.8) * across, (0.15, 0.35, 0.55, 0.75, 0.92))
    tip = rng.uniform(0.05, 2.5)
    planum, front, rostrum = _sphenoid_body(rng, scale, child, tuberculum)
    middle = (rostrum + ecto) / 2 + np.array([0.0, rng.uniform(-1.5, 1.5)])
    ectos = _bowed(ecto, basion + tip * across, rng.normal(0.5, 0.7) * across, (0.3, 0.6, 0.85))
    ectos[-1] = ectos[-1] - rng.uniform(0, 1.8) * across
    behind_tuberculum = tuberculum + np.array([-1.0, -deep * 0.4])
    dorsum_front = [dorsum + np.array([thick * 0.7, -0.3]), dorsum + np.array([thick, -deep * 0.5])]
    front_middle = np.array([front[0], (front[1] + rostrum[1]) / 2])
    above = [basion, *endo, dorsum, *dorsum_front, floor, behind_tuberculum, tuberculum, planum]
    below = [front, front_middle, rostrum, middle, ecto, *ectos, basion + tip * across * 0.8]
    landmarks = {
        **{"sella": np.zeros(2), "sella_floor": floor, "basion": basion, "dorsum": dorsum, "nasion_bone": nasion},
        **{"tuberculum": tuberculum, "planum": planum, "front": front, "rostrum": rostrum, "ecto": ecto},
    }
    return {"contour": smooth_closed(np.array([*above, *below]), 0.6), "landmarks": landmarks, **plate}


def _plate(rng: np.random.Generator, basion: FloatArray, dorsum: FloatArray) -> dict[str, Any]:
    """Where on the clivus the plate stands, its height and tilt, its pharyngeal end, and the way across the clivus."""
    fraction = _within(rng, 0.52, 0.67)
    # The bone is about a third as thick as it is long, 12-16 mm.
    length = float(np.linalg.norm(dorsum - basion))
    height = float(np.clip(length * rng.uniform(0.27, 0.37), 12.4, 15.5))
    # Upright on S-Ba, which the line from basion to the dorsum leaves by about 10 degrees.
    tilt = np.radians(rng.normal(-11, 10))
    axis = (dorsum - basion) / length
    across = np.array([axis[1], -axis[0]])
    c, s = np.cos(tilt), np.sin(tilt)
    direction = np.array([c * across[0] - s * across[1], s * across[0] + c * across[1]])
    ecto = basion + fraction * length * axis + height * direction
    return {"fraction": fraction, "height": height, "tilt": tilt, "across": across, "ecto": ecto}


def _bowed(start: FloatArray, end: FloatArray, bow: FloatArray, at: tuple[float, ...]) -> list[FloatArray]:
    """Points at shares ``at`` of the way from ``start`` to ``end``, moved by ``bow`` in the middle."""
    return [start + t * (end - start) + 4 * t * (1 - t) * bow for t in at]


def _sphenoid_body(
    rng: np.random.Generator, scale: float, child: float, tuberculum: FloatArray
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Planum, upper front edge and rostrum of the sphenoid."""
    planum = tuberculum + np.array([rng.uniform(10, 18), rng.uniform(0, 4)]) * scale
    front = planum + np.array([rng.uniform(0, 3), -rng.uniform(3, 6)]) * scale
    body_height = rng.uniform(15, 22) * scale * (1 - 0.15 * child)
    return planum, front, np.array([front[0] - rng.uniform(2, 8) * scale, front[1] - body_height])


def _sizes(rng: np.random.Generator, scale: float, child: float) -> dict[str, float]:
    return {
        "vault": rng.uniform(3.5, 8.0) * (1 - 0.3 * child),
        "scalp": rng.uniform(4, 9),
        "table": rng.uniform(0.8, 1.8),
        "half_width": rng.normal(71, 4) * scale,
        # One to two pixels of 0.3-0.4 mm on real pictures (domain, section 8), up to thick old bone.
        "cortex": _within(rng, 0.25, 0.8),
        "uneven_cortex": rng.uniform(0.0, 0.4),
        # The endocranial cortex weakens towards the dorsum, the pharyngeal one is often the stronger; the wedge's tip
        # at basion is compact bone (our guesses, wide).
        "fading_cortex": rng.uniform(0.0, 0.7),
        "endocranial_cortex": rng.uniform(0.6, 1.0),
        "compact_tip": rng.uniform(1.0, 9.0) * scale,
        # Waviness of the faces of the bone, mm: a thick slice smears its cortex.
        "wavy_cortex": rng.uniform(0.0, 0.35),
        # 24.1 +- 1.2 mm wide in dry skulls at every age after 3 years.
        "clivus_half": _within(rng, 21.7, 26.5) / 2,
        "atlanto_dental": _within(rng, 0.5, 2.1),
        "arch_half": _within(rng, 8.0, 10.0) / 2,
        "prevertebral": (rng.uniform(0, 5) + child * rng.uniform(0, 9) + (rng.random() < 0.15) * 4) * scale,
        "septum": rng.uniform(0.8, 2.0),
        "septum_bend": rng.normal(0, 2.0),
        "face_half": rng.normal(62, 4) * scale,
    }


def _cavity_contour(rng: np.random.Generator, lm: dict[str, FloatArray], scale: float) -> tuple[FloatArray, FloatArray]:
    basion, nasion = lm["basion"], lm["nasion_bone"]
    foramen = _within(rng, 25.0, 43.9)
    opisthion = basion + np.array([-foramen, rng.normal(-1, 2.5)])
    stretch_y, stretch_z = rng.normal(1, 0.05), rng.normal(1, 0.05)
    vault = np.array(
        [
            [62, 26],
            [64, 48],
            [54, 74],
            [30, 94],
            [0, 102],
            [-35, 98],
            [-70, 80],
            [-94, 50],
            [-101, 20],
            [-96, -4],
            [-84, -20],
        ],
        float,
    )
    vault = vault * np.array([stretch_y, stretch_z]) * scale + rng.normal(0, 1.5, vault.shape)
    crista = np.array([nasion[0] - rng.uniform(8, 14), nasion[1] + rng.uniform(2, 7)])
    cribriform = (crista + lm["planum"]) / 2 + np.array([0.0, -rng.uniform(2, 5)])
    base_line = [lm["planum"], lm["tuberculum"], lm["sella"], lm["dorsum"]]
    axis = lm["dorsum"] - basion
    points = [
        *vault,
        (vault[-1] + opisthion) / 2 + np.array([-1.0, -3.0]),
        opisthion,
        (opisthion + basion) / 2 + np.array([0.0, -1.0]),
        basion,
        basion + 0.5 * axis,
        *base_line[::-1],
        cribriform,
        crista,
    ]
    return smooth_closed(np.array(points), 2.0), opisthion


def _palate(
    rng: np.random.Generator, lm: dict[str, FloatArray], face_scale: float, scale: float, child: float
) -> dict[str, FloatArray]:
    pns = np.array([rng.normal(14.5, 2.5) * scale, lm["basion"][1] - rng.normal(7, 4) * face_scale])
    length, tilt = _within(rng, 45, 55) * (1 - 0.12 * child), rng.normal(0, 3.8)
    ans = _polar(pns, length, tilt)
    chin = np.array([ans[0] - rng.normal(10, 6), ans[1] - rng.normal(62, 6) * face_scale])
    return {"pns": pns, "ans": ans, "chin": chin, "thick": np.array([_within(rng, 3, 8)])}


def _airway_contours(
    rng: np.random.Generator,
    lm: dict[str, FloatArray],
    palate: dict[str, FloatArray],
    sizes: dict[str, float],
    face_scale: float,
) -> tuple[FloatArray, FloatArray]:
    pns, ans = palate["pns"], palate["ans"]
    front, rostrum, nasion = lm["front"], lm["rostrum"], lm["nasion_bone"]
    roof = np.array(
        [[front[0] + 3, front[1] - 3], [(front[0] + nasion[0]) / 2, front[1] - 6], [nasion[0] - 6, nasion[1] - 14]]
    )
    nostril = ans + np.array([rng.uniform(8, 14), rng.uniform(6, 14)]) * face_scale
    nose = np.vstack([roof, [nostril + [0, 12]], [nostril], [ans + [-4, 5]], [pns + [0, 5]], [rostrum + [3, -5]]])
    t = sizes["prevertebral"]
    axis = (lm["dorsum"] - lm["basion"]) / np.linalg.norm(lm["dorsum"] - lm["basion"])
    across = np.array([axis[1], -axis[0]])
    wall_top = lm["ecto"] + across * t * 0.8 + np.array([1.0, -1.0])
    wall_low = lm["basion"] + across * t + np.array([2.0, -6.0])
    wall_low[0] = max(wall_low[0], pns[0] - _within(rng, 8.0, 19.0))
    depth = rng.uniform(6, 16)
    down = wall_low + np.array([rng.normal(-2, 3), -35])
    bottom = wall_low + np.array([rng.normal(-6, 5), -100])
    velum = pns + np.array([-rng.uniform(12, 20), -rng.uniform(18, 28)])
    velum[0] = max(velum[0], down[0] + 2)
    pharynx = np.array(
        [
            rostrum + [6, -6],
            wall_top,
            wall_low,
            down,
            bottom,
            bottom + [depth, 0],
            down + [depth * 0.8, -4],
            velum + [-1, -2],
            velum + [0.5, 6],
            pns + [-3, -2],
            pns + [6, 4],
        ]
    )
    return smooth_closed(nose, 2.0), smooth_closed(pharynx, 2.0)


def _face_contour(
    rng: np.random.Generator,
    lm: dict[str, FloatArray],
    palate: dict[str, FloatArray],
    face_scale: float,
    scale: float,
) -> FloatArray:
    nasion, ans, chin = lm["nasion_bone"], palate["ans"], palate["chin"]
    lip, f = rng.uniform(10, 17), face_scale
    neck_front, neck_back = lm["basion"][0] + rng.uniform(32, 45), lm["basion"][0] - rng.uniform(50, 68)
    points = np.array(
        [
            nasion + [7, 12],
            nasion + [8, 0],
            nasion + [18 * f, -22 * f],
            ans + [rng.uniform(20, 30) * f, rng.uniform(4, 14)],
            ans + [lip, -4],
            ans + [lip + 2, -14 * f],
            ans + [lip - 2, -26 * f],
            ans + [lip, -34 * f],
            chin + [13, 0],
            chin + [4, -14],
            chin + [-30, -rng.uniform(8, 20)],
            [neck_front, -130],
            [neck_front - 2, -186],
            [neck_back, -186],
            [neck_back - rng.uniform(0, 8), -110],
            [neck_back - rng.uniform(0, 8), -50],
            [-70 * scale, -10],
            [-20, 20],
        ]
    )
    return smooth_closed(points, 2.0)


def _sinus(rng: np.random.Generator, lm: dict[str, FloatArray], child: float, age: float) -> dict[str, float]:
    # Pattern shares of 500 adults: sellar 52, post-sellar 38, pre-sellar 6, conchal 3 %; smaller in the young
    # (Szolar, Yonetsu). Fewer pre-sellar ones are drawn, for some of
    # those drawn as sellar measure as pre-sellar.
    kinds = ["conchal", "presellar", "sellar", "postsellar"]
    adult = np.array([0.036, 0.025, 0.557, 0.382])
    young = np.array([0.25, 0.35, 0.35, 0.05])
    share = adult * (1 - child) + young * child
    kind = rng.choice(kinds, p=share / share.sum())
    limit = {
        "conchal": lm["tuberculum"][0] + rng.uniform(9, 14),
        "presellar": lm["tuberculum"][0] + rng.uniform(0, 4),
        "sellar": lm["sella"][0] + rng.uniform(-4, 4),
        "postsellar": lm["dorsum"][0] - rng.uniform(1, 7),
    }[kind]
    return {
        "limit": float(limit),
        "wall": rng.uniform(0.8, 2.5),
        "lean": rng.normal(0.2, 0.25),
        "half": rng.uniform(9, 18),
        "septum_x": rng.normal(0, 4),
        "fluid": float(rng.random() < 0.06),
        # How far air may go beyond a fused plate, mm; further down only a recess goes (see lookalikes).
        "beyond": rng.uniform(-1.5, 1.5),
    }


def _values(rng: np.random.Generator, child: float, cortex_mm: float) -> dict[str, float]:
    # Clivus bone lies 0.6-1.2 above brain in display windows of real CBCT, marrow barely above brain (domain, section
    # 8).
    # A cortex of one or two pixels shows its thickness times its density, whatever the blur: 0.6-1.2 behind a blur of
    # 0.65 mm is 0.4-0.85 mm at its brightest; unevenness and fading take some of it. Thin or poorly mineralised
    # cortices are as common as strong ones, so the draw is flat in the logarithm and reaches beyond both ends; 4.2 is
    # about 3300 HU.
    product = float(np.exp(_within(rng, np.log(0.6), np.log(1.89))))
    # Marrow turns fatty with age: an adult's may be as dark as brain.
    marrow = 1 + rng.uniform(0.08 - 0.1 * (1 - child), 0.58) * (1 - 0.3 * child)
    cortex = float(np.clip(1 + product / cortex_mm, max(1.5, marrow + 0.2), 4.2))
    return {
        "brain": 1.0,
        "muscle": rng.uniform(0.98, 1.08),
        "fat": rng.uniform(0.86, 0.97),
        "marrow": marrow,
        "cortex": cortex,
        "dense": rng.uniform(1.7, 3.0),
        "vault": rng.uniform(1.8, 2.9),
        "diploe": rng.uniform(1.2, 1.8),
        "cartilage": max(min(marrow - rng.uniform(0.04, 0.22), rng.uniform(0.98, 1.16)), 0.92),
        "tooth": rng.uniform(2.2, 3.4),
        **_marrow_pattern(rng),
    }


def _marrow_pattern(rng: np.random.Generator) -> dict[str, float]:
    """How uneven the marrow is, standard deviations in tissue values, flat in the logarithm: in the heads seen it is
    mostly even, its cortices by far the brightest lines; sizes are our guess."""
    ranges = {"texture": (0.015, 0.14), "trabeculae": (0.01, 0.11), "patches": (0.01, 0.1)}
    return {name: float(np.exp(rng.uniform(np.log(low), np.log(high)))) for name, (low, high) in ranges.items()}


def _vertebrae(
    rng: np.random.Generator, basion: FloatArray, scale: float, child: float
) -> list[tuple[float, float, float, float, float]]:
    # (y, z, half depth, half height, half width) of dens, axis body and lower bodies. Basion-dens: adults 95 % below
    # 8.5 mm, children 97.5 % below 10.5 mm.
    top = _polar(basion, rng.uniform(3.0, 8.2) + child * rng.uniform(0, 2), -90 + rng.normal(8, 15))
    lean = rng.normal(-0.05, 0.12)
    y, tip = top[0], top[1] - 0.5 * scale
    out = [(y, tip - 8 * scale, _within(rng, 9.9, 12.1) / 2, 8.5 * scale, 5.5 * scale)]
    z = tip - 16 * scale
    for _ in range(6):
        half = rng.uniform(6.5, 9.0) * scale
        z -= half
        out.append((y + lean * (tip - z), z, 7.8 * scale, half, 9.0 * scale))
        z -= half + rng.uniform(2.5, 5) * scale
    return out
