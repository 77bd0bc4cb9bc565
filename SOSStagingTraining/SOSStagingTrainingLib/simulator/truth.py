"""What is known about a simulated head: stage, place of the synchondrosis, plane, and the numbers it was drawn from."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.ndimage import label
from SOSStagingLib.model.scheme import DEFAULT_SCHEME, load_scheme, scheme_ids

from . import NAME, VERSION
from .ages import AGE_SPREAD, MEAN_AGE
from .head import Head
from .scanner import Scanner

FloatArray = npt.NDArray[np.float64]

FEMALE_AHEAD_YEARS = 1.5
"""Girls reach a stage this much earlier: 1.2-1.3 years in 741 CBCT (Alhazmi 2017), 1.7-2.1 on CT (Hisham 2018)."""
SEX_STREAM = 20_000_011
BOX_STEP_MM = np.array([1.0, 0.5, 0.5])
BOX_HALF_MM = np.array([26.0, 13.0, 13.0])


@dataclass(frozen=True)
class Truth:
    """What is known about a simulated head. Points in RAS mm of the scan; normal a unit vector towards the right.

    A point p of the head's own frame lies at ``turn @ p + shift`` in the scan.
    """

    seed: int
    stage: int
    fusion_fraction: float
    age: float
    landmarks: dict[str, FloatArray]
    plane_origin: FloatArray
    plane_normal: FloatArray
    scanner: Scanner
    head: Head
    turn: FloatArray
    shift: FloatArray

    @property
    def sex(self) -> str:
        """``female`` or ``male``, drawn to fit age and stage; the head's shape does not depend on it."""
        return draw_sex(self.seed, self.stage, self.age)

    @property
    def plate_ends(self) -> tuple[FloatArray, FloatArray]:
        """Endocranial and ectocranial end of the plate in the midsagittal plane."""
        _, endocranial, ectocranial = self.head.plate_points()
        return self.turn @ endocranial + self.shift, self.turn @ ectocranial + self.shift

    def _place(self, point: FloatArray) -> list[float]:
        return _rounded(self.turn @ self.head.anatomy.waves.undo(point) + self.shift)

    def box(self) -> FloatArray:
        """RAS minimum and maximum, [2, 3], of the plate's volume, to half a millimetre (one across the midline).

        The whole plate counts, as it was before it fused, so that the box means the same at every stage.
        """
        points = plate_volume(self.head) @ self.turn.T + self.shift
        margin = np.abs(self.turn) @ BOX_STEP_MM / 2
        return np.stack([points.min(axis=0) - margin, points.max(axis=0) + margin])

    def to_json(self) -> dict[str, Any]:
        """Return plain JSON values."""
        low, high = self.box()
        endocranial, ectocranial = self.plate_ends
        return {
            "seed": self.seed,
            "stage": self.stage,
            "stages": stages_by_scheme(self.stage),
            "fusion_fraction": round(self.fusion_fraction, 4),
            "age_years": round(self.age, 2),
            "sex": self.sex,
            "landmarks_ras_mm": {name: _rounded(point) for name, point in self.landmarks.items()},
            "sos": {
                "centre_ras_mm": _rounded(self.landmarks["sos"]),
                "box_ras_mm": [_rounded(low, 1), _rounded(high, 1)],
                "plate_ends_ras_mm": {"endocranial": _rounded(endocranial), "ectocranial": _rounded(ectocranial)},
            },
            "plane": {"origin_ras_mm": _rounded(self.plane_origin), "normal_ras": _rounded(self.plane_normal, 5)},
            "lookalikes": self.head.lookalikes.to_json(self._place),
            "scanner": self.scanner.to_json(),
            "parameters": {"anatomy": _anatomy_numbers(self.head), "synchondrosis": _plate_numbers(self.head)},
            "simulator": f"{NAME} {VERSION}",
        }


def stages_by_scheme(stage: int) -> dict[str, int]:
    """Return the stage in every scheme that can be mapped from the Bassed stage the simulator draws."""
    schemes = [load_scheme(name) for name in scheme_ids()]
    return {s.id: s.collapse_stage(stage) for s in schemes if s.mapped_from == DEFAULT_SCHEME}


def draw_sex(seed: int, stage: int, age: float) -> str:
    """Draw the sex of a head from its own random stream.

    By Bayes' rule from equally many girls and boys whose ages at a stage are normal and `FEMALE_AHEAD_YEARS` apart:
    young for the stage is more often a girl.
    """
    late = (age - MEAN_AGE[stage - 1]) * FEMALE_AHEAD_YEARS / AGE_SPREAD**2
    female = 1 / (1 + np.exp(late))
    return "female" if np.random.default_rng([SEX_STREAM, seed]).random() < female else "male"


def plate_volume(head: Head) -> FloatArray:
    """Points [n, 3], head mm, on a grid of `BOX_STEP_MM` where the plate was cartilage before it fused.

    Found by painting the head twice with another cartilage, so that the box cannot part from the picture. Only the
    piece at the synchondrosis counts, not where the plate's plane meets bone again further on.
    """
    axes = [np.arange(-half, half + step / 2, step) for half, step in zip(BOX_HALF_MM, BOX_STEP_MM, strict=True)]
    grid = np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1) + head.landmark("sos")
    points = grid.reshape(-1, 3).astype(np.float32)
    unfused = replace(head.synchondrosis, front=-0.3, islands=())
    light, dark = (_with_cartilage(head, value, unfused).tissue(points, 0.3) for value in (1.0, 0.0))
    share = (light - dark).reshape(grid.shape[:3])
    beyond = grid[..., 0] > head.landmark("sos")[0]
    whole = _plate_piece(share > 0.5, beyond)
    if _one_sided(whole, beyond):
        # A plate so thin that most of it fills less than half of a spot: then all that it fills a fifth of.
        whole = _plate_piece(share > 0.2, beyond)
    return np.asarray(grid[whole])


def _plate_piece(cartilage: npt.NDArray[np.bool_], beyond: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    pieces, _ = label(cartilage, np.ones((3, 3, 3)))
    whole = _largest(pieces)
    if _one_sided(whole, beyond):
        # A sinus that has grown into the middle parts the plate: then it is both halves.
        other = beyond if not beyond[whole].any() else ~beyond
        whole |= _largest(np.where(other, pieces, 0))
    return whole


def _one_sided(whole: npt.NDArray[np.bool_], beyond: npt.NDArray[np.bool_]) -> bool:
    return bool(beyond[whole].all() or not beyond[whole].any())


def _largest(pieces: npt.NDArray[np.int32]) -> npt.NDArray[np.bool_]:
    """Where the largest of numbered pieces is; nowhere if there are none."""
    sizes = np.bincount(pieces.ravel())
    return np.asarray((pieces == 1 + np.argmax(sizes[1:])) if len(sizes) > 1 else np.zeros(pieces.shape, bool))


def _with_cartilage(head: Head, value: float, plate: Any) -> Head:
    anatomy = replace(head.anatomy, values=head.anatomy.values | {"cartilage": value})
    return replace(head, anatomy=anatomy, synchondrosis=plate)


def _anatomy_numbers(head: Head) -> dict[str, Any]:
    a = head.anatomy
    single = {
        "scale": a.scale,
        "child": a.child,
        "plate_fraction": a.plate_fraction,
        "plate_height_mm": a.plate_height,
        "plate_tilt_rad": a.plate_tilt,
        "asymmetry": a.asymmetry,
        "waves_symmetric_mm": a.waves.symmetric,
        "waves_asymmetric_mm": a.waves.asymmetric,
    }
    groups = {"sizes_mm": a.sizes, "tissue_values": a.values, "sinus": a.sinus}
    return {**_plain(single), **{name: _plain(group) for name, group in groups.items()}}


def _plate_numbers(head: Head) -> dict[str, Any]:
    plate = head.synchondrosis
    return _plain({field.name: getattr(plate, field.name) for field in fields(plate) if field.name != "noise"})


def _plain(values: dict[str, Any]) -> dict[str, Any]:
    return {name: _plain_value(value) for name, value in values.items()}


def _plain_value(value: Any) -> Any:
    if isinstance(value, bool | np.bool_):
        return bool(value)
    if isinstance(value, tuple):
        return [_plain_value(item) for item in value]
    return round(float(value), 5)


def _rounded(point: FloatArray, digits: int = 3) -> list[float]:
    return [round(float(c), digits) for c in point]
