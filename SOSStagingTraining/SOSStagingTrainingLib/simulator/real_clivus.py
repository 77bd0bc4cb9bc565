"""The clivus of a real head scan: its axes, its grey levels, its two faces, and where a plate finds solid bone.

Nothing here assumes HU: every threshold lies half-way between two levels measured beside the bone.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
from scipy.ndimage import binary_closing, distance_transform_edt, gaussian_filter, map_coordinates, median_filter
from SOSStagingLib.scan.geometry import FloatArray, Geometry
from SOSStagingLib.scan.sampling import trilinear

from .fields import F32

LENGTH_MM = (25.0, 65.0)
"""Basion to dorsum, generously around the published 42-46 mm of adults."""
OFF_PLANE = 0.2
"""Sine of the largest angle between the clivus and the midsagittal plane that can be a slip of the hand."""
FRACTIONS = ((0.50, 0.65), (0.40, 0.50))
"""Where the plate lies from basion to dorsum: measured on real pictures; below it (our guess) where an adult's sinus
has grown over that place."""
TILT_SD_DEG, TILT_MAX_DEG = 8.0, 15.0
"""The plate stands across the clivus within 10 to 15 degrees."""
THICKNESS_MM = (8.0, 19.0)
TRIES = 100
SINUS_CLEAR_MM = 7.0
"""Air stays this far in front of an open plate towards the sphenoid (our guess; the sinus of the young is small)."""
HOLE_MM = 5.0
"""Fatty marrow may be as dark as soft tissue over this length without ending the bone."""
STEP_MM = 0.25


@dataclass(frozen=True)
class Clivus:
    """Where the clivus lies in a scan: basion and dorsum tip, RAS mm; the midsagittal normal, RAS, any length.

    ``fraction`` is where the plate lies from basion (0) to dorsum (1); without it it is drawn. Raises ValueError for
    landmarks that cannot be a clivus.
    """

    basion: FloatArray
    dorsum: FloatArray
    normal: FloatArray
    fraction: float | None = None

    def __post_init__(self) -> None:
        for name in ("basion", "dorsum", "normal"):
            value = np.asarray(getattr(self, name), float)
            if value.shape != (3,) or not np.isfinite(value).all():
                raise ValueError(f"{name} must be three finite numbers (RAS mm), not {getattr(self, name)}")
            object.__setattr__(self, name, value)
        object.__setattr__(self, "normal", self.normal / max(float(np.linalg.norm(self.normal)), 1e-9))
        if abs(self.normal[0]) < 0.5:
            raise ValueError(f"the midsagittal normal must point to the side (R), not to {self.normal.round(2)}")
        if self.normal[0] < 0:
            object.__setattr__(self, "normal", -self.normal)
        line = self.dorsum - self.basion
        length = float(np.linalg.norm(line))
        if not LENGTH_MM[0] <= length <= LENGTH_MM[1]:
            raise ValueError(
                f"basion and dorsum are {length:.0f} mm apart, but a clivus is {LENGTH_MM[0]:.0f} to "
                f"{LENGTH_MM[1]:.0f} mm long: check that both are RAS millimetres of this scan"
            )
        if abs(line @ self.normal) > OFF_PLANE * length:
            raise ValueError("basion and dorsum do not lie in one midsagittal plane: check them and its normal")
        if self.fraction is not None and not 0.2 <= self.fraction <= 0.8:
            raise ValueError(f"fraction is {self.fraction}, but must lie between 0.2 and 0.8, or be None to draw it")


@dataclass(frozen=True)
class PlateFrame:
    """Axes of the plate, RAS: x towards the right, d from the endo- to the ectocranial face, w towards the dorsum.

    ``origin`` lies on the line from basion to dorsum; ``axes`` holds x, d and w as rows. Coordinates in mm.
    """

    origin: FloatArray
    axes: FloatArray

    @classmethod
    def at(cls, clivus: Clivus, fraction: float, tilt_deg: float) -> PlateFrame:
        """The frame of a plate at ``fraction`` of the clivus, turned ``tilt_deg`` upwards in front."""
        line = clivus.dorsum - clivus.basion
        up = line - (line @ clivus.normal) * clivus.normal
        up /= np.linalg.norm(up)
        across = np.cross(up, clivus.normal)
        c, s = np.cos(np.radians(tilt_deg)), np.sin(np.radians(tilt_deg))
        axes = np.stack([clivus.normal, c * across + s * up, c * up - s * across])
        return cls(clivus.basion + fraction * line, axes)

    def points(self, x: npt.ArrayLike, d: npt.ArrayLike, w: npt.ArrayLike) -> FloatArray:
        """RAS points [..., 3] at plate coordinates that broadcast against each other."""
        xdw = np.stack(np.broadcast_arrays(*(np.asarray(a, float) for a in (x, d, w))), axis=-1)
        return self.origin + xdw @ self.axes

    def coordinates(self, ras: FloatArray) -> F32:
        """Plate coordinates (x, d, w) as rows [3, n] of RAS points [n, 3]."""
        return np.ascontiguousarray((self.axes @ (ras - self.origin).T).astype(np.float32))


@dataclass(frozen=True)
class Greys:
    """Grey levels around the clivus, in the scan's own units.

    ``ecto`` is soft tissue in front of the bone, ``fatty`` the darkest tenth of the marrow.
    """

    air: float
    soft: float
    marrow: float
    cortex: float
    ecto: float
    fatty: float

    @property
    def air_limit(self) -> float:
        """Half-way between air and soft tissue."""
        return (self.air + self.soft) / 2

    @property
    def bone_limit(self) -> float:
        """Half-way between soft tissue and the inside of the bone."""
        return (self.soft + self.marrow) / 2


@dataclass(frozen=True)
class Faces:
    """Depth d (mm) of the endo- and ectocranial face over a regular grid [x, w], and how surely there is bone, 0..1."""

    x: FloatArray
    w: FloatArray
    endo: F32
    ecto: F32
    solid: F32

    def at(self, x: F32, w: F32) -> tuple[F32, F32, F32]:
        """Endocranial depth, ectocranial depth and solidity at plate coordinates, mm; beyond the grid its edge."""
        index = [(x - self.x[0]) / (self.x[1] - self.x[0]), (w - self.w[0]) / (self.w[1] - self.w[0])]
        endo, ecto, solid = (
            map_coordinates(m, index, order=1, mode="nearest", output=np.float32)
            for m in (self.endo, self.ecto, self.solid)
        )
        return endo, ecto, solid


class RealBone:
    """The bone of one scan around its clivus. Raises ValueError where no bone lies between the landmarks."""

    def __init__(self, array: npt.NDArray, geometry: Geometry, clivus: Clivus) -> None:
        self.array, self.geometry, self.clivus = array, geometry, clivus
        self.greys = self._measure()

    def sample(self, frame: PlateFrame, x: npt.ArrayLike, d: npt.ArrayLike, w: npt.ArrayLike) -> F32:
        """Greys on the grid [x, w, d] of plate coordinates (three vectors, mm)."""
        x, d, w = (np.asarray(a, float) for a in (x, d, w))
        points = frame.points(x[:, None, None], d[None, None, :], w[None, :, None])
        return trilinear(self.array, self.geometry, points, outside=float("nan"))

    def _measure(self) -> Greys:
        half = PlateFrame.at(self.clivus, 0.45, 0.0)
        around = self.sample(half, np.arange(-15, 16, 3), np.arange(-15, 50, 2.5), np.arange(-30, 31, 3))
        air = float(np.nanpercentile(around, 1))
        side, along = np.arange(-6, 7, 2), np.arange(-6, 7, 1.5)
        soft = float(np.nanmedian(self.sample(half, side, np.arange(-12, -4, 1.0), along)))
        inner = self.sample(half, side, np.arange(3, 9, 0.5), along)
        inner = inner[inner > (air + soft) / 2]
        marrow = float(np.median(inner)) if inner.size else soft
        # Real marrow is at least 6 per cent of the step from air to soft tissue brighter; half of that is no bone.
        if not marrow - soft > 0.03 * (soft - air) > 0:
            raise ValueError(
                "no bone was found in front of the line from basion to dorsum: check that both landmarks are RAS "
                "millimetres of this scan (LPS points need the signs of their first two numbers turned)"
            )
        return Greys(air, soft, marrow, 2 * marrow - soft, soft, marrow)

    def faces(self, frame: PlateFrame, x: npt.ArrayLike, w: npt.ArrayLike) -> Faces:
        """Where bone starts and ends along d over the grid [x, w]; gaps are filled from the nearest measured place."""
        x, w, d = np.asarray(x, float), np.asarray(w, float), np.arange(-6.0, 26.0, STEP_MM)
        grey = self.sample(frame, x, d, w)
        bone = grey > self.greys.bone_limit
        bone = binary_closing(bone, np.ones((1, 1, int(HOLE_MM / STEP_MM)), bool)) & (grey > self.greys.air_limit)
        start = bone.argmax(axis=2)
        after = ~bone & (np.arange(d.size) > start[..., None])
        stop = after.argmax(axis=2)
        thick = (stop - start) * STEP_MM
        good = bone.any(axis=2) & after.any(axis=2) & (thick >= 4) & (thick <= 1.3 * THICKNESS_MM[1])
        if not good.any():
            return Faces(x, w, *(np.zeros(good.shape, np.float32) for _ in range(3)))
        nearest = tuple(distance_transform_edt(~good, return_distances=False, return_indices=True))
        endo, ecto = (median_filter(d[i][nearest], 3, mode="nearest").astype(np.float32) for i in (start, stop))
        return Faces(x, w, endo, ecto, good.astype(np.float32))

    def is_clear(self, frame: PlateFrame) -> bool:
        """Whether a plate here runs through solid bone of its thickness, clear of the sphenoid sinus."""
        x, w = np.arange(-6.0, 7.0, 3.0), np.arange(-2.0, SINUS_CLEAR_MM + 0.5, 1.0)
        faces = self.faces(frame, x, w)
        at = (slice(None), w < 5)
        thick = np.median((faces.ecto - faces.endo)[at], axis=0)
        # A jump in thickness is the vomer or the sphenoid's beak, into which no plate runs.
        if faces.solid[at].mean() < 0.9 or thick.min() < THICKNESS_MM[0] or thick.max() > THICKNESS_MM[1]:
            return False
        d = np.arange(-6.0, 26.0, 0.5)
        # Also just beyond the far face: a thin wall between brain and sinus is no place for a plate.
        inside = self.sample(frame, x, d[(d > np.median(faces.endo)) & (d < np.median(faces.ecto[at]) + 2)], w)
        return bool((inside > self.greys.air_limit).all())

    def place(self, rng: np.random.Generator) -> tuple[PlateFrame, float, float]:
        """Draw a clear place: the plate's frame, its fraction of the clivus, its tilt in degrees.

        Raises ValueError where the sphenoid sinus or the edge of the scan leaves no room.
        """
        given = self.clivus.fraction
        for low, high in FRACTIONS if given is None else ((given, given),):
            for _ in range(TRIES):
                fraction = rng.uniform(low, high)
                tilt = rng.normal(0, TILT_SD_DEG)
                frame = PlateFrame.at(self.clivus, fraction, tilt)
                if abs(tilt) <= TILT_MAX_DEG and self.is_clear(frame):
                    return frame, fraction, tilt
        where = f"{FRACTIONS[-1][0]:.2f} to {FRACTIONS[0][1]:.2f}" if given is None else f"{given:.2f}"
        raise ValueError(
            f"no plate fits at {where} of the way from basion to dorsum: there the bone is hollow (sphenoid sinus), "
            f"thinner than {THICKNESS_MM[0]:.0f} mm or thicker than {THICKNESS_MM[1]:.0f} mm. Check the landmarks or "
            "give another fraction"
        )

    def measured(self, frame: PlateFrame) -> tuple[Faces, Greys]:
        """Smooth faces over the whole plate (x +-14, w +-7 mm), and the greys measured between and before them."""
        x, w, d = np.arange(-14.0, 15.0, 1.0), np.arange(-7.0, 8.0, 1.0), np.arange(-6.0, 30.0, 0.5)
        raw = self.faces(frame, x, w)
        faces = Faces(x, w, *(gaussian_filter(m, 1.0, mode="nearest") for m in (raw.endo, raw.ecto, raw.solid)))
        grey = self.sample(frame, x, d, w)
        kept = (raw.solid > 0) & (abs(x) <= 8)[:, None] & (abs(w) <= 6)[None, :]
        e = (d - raw.endo[..., None]) / (raw.ecto - raw.endo)[..., None]
        full = grey > self.greys.air_limit
        marrow = grey[kept[..., None] & full & (abs(e - 0.5) < 0.2)]
        peak = np.nanmax(np.where(abs(abs(e - 0.5) - 0.5) < 0.25, grey, np.nan), axis=2)
        beyond = d - raw.ecto[..., None]
        before = grey[kept[..., None] & full & (beyond > 2) & (beyond < 5) & (grey < self.greys.bone_limit)]
        ecto = float(np.median(before)) if before.size else self.greys.soft
        middle, fatty, cortex = float(np.median(marrow)), float(np.percentile(marrow, 10)), float(np.median(peak[kept]))
        return faces, replace(self.greys, marrow=middle, fatty=fatty, cortex=cortex, ecto=ecto)
