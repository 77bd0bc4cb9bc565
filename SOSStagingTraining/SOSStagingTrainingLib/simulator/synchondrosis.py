"""The spheno-occipital synchondrosis: a cartilage plate across the clivus and how far it has turned to bone.

Fusion is a field over the plate, ``e`` from the endocranial (0) to the ectocranial border (1) and ``x`` lateral: bone
where the field is positive. It proceeds from the endocranial side (Powell & Brodie 1963; Bassed 2010), with bony
islands ahead of the front, mostly supero-central (Angle Orthod 2019;89:470). The stage follows from the bridged
fraction of the midsagittal height by the cut points below, which are ours.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .fields import F32, SmoothNoise

BRIDGED_HALF = 0.36
"""Bridged fraction from which stage 2 (superior border fused) becomes stage 3 (half the length fused)."""
BRIDGED_FULL = 0.90
"""Bridged fraction from which stage 3 becomes stage 4 (essentially complete)."""


@dataclass(frozen=True)
class Synchondrosis:
    """Parameters of one plate. Lengths in mm; fractions of the plate's height (endocranial to ectocranial)."""

    front: float
    lateral_tilt: float
    ragged: float
    islands: tuple[tuple[float, float, float], ...]
    width: float
    wedge: float
    bow: float
    scar: float
    scar_bright: bool
    scar_width: float
    sclerosis: float
    cortex_stop: float
    faint: float
    noise: SmoothNoise

    @classmethod
    def draw(cls, rng: np.random.Generator, stage: int) -> Synchondrosis:
        """Draw a plate that is at ``stage`` (1 to 5, Bassed)."""
        # Islands may close what the front left open; such a plate is drawn again.
        while (plate := cls._drawn(rng, stage)).stage() != stage:
            pass
        return plate

    @classmethod
    def _drawn(cls, rng: np.random.Generator, stage: int) -> Synchondrosis:
        front = {
            1: -0.3,
            2: rng.uniform(0.08, 0.33),
            3: rng.uniform(0.39, 0.87),
            4: 1.3,
            5: 1.3,
        }[stage]
        cored = stage == 2 and rng.random() < 0.2
        islands = []
        for _ in range(rng.poisson(0.5) if stage == 3 else (rng.integers(1, 3) if cored else 0)):
            ahead = max(front, 0.1)
            e, x = rng.uniform(ahead, min(1.0, ahead + 0.35)), rng.normal(0, 0.3 if cored else 3)
            islands.append((e, x, rng.uniform(0.5, 1.6)))
        if cored:
            front = rng.uniform(-0.05, 0.1)
        # Width 1.73 +- 0.46 mm (Leonardi 2010) as painted, two standard deviations either way inside the 5th to 95th
        # percentile; narrower while it closes; wedge: narrow endocranially (Turkish CT 2024).
        width = float(np.clip(rng.normal(1.74, 0.66), 0.7, 3.2)) * (1.0 if stage == 1 else rng.uniform(0.7, 1.0))
        return cls(
            front=front,
            lateral_tilt=rng.normal(0, 0.006),
            ragged=rng.uniform(0.0, 0.04),
            islands=tuple(islands),
            width=width,
            wedge=rng.uniform(0.2, 0.8),
            bow=rng.normal(0, 0.8),
            scar=rng.uniform(0.25, 0.9) if stage == 4 else 0.0,
            scar_bright=bool(rng.random() < 0.7),
            scar_width=rng.uniform(0.35, 0.8),
            sclerosis=rng.uniform(0.0, 0.35),
            cortex_stop=rng.uniform(0.5, 3.5),
            # Above an open plate the basisphenoid is grey and poorly bounded; thin old bone can look the same, so
            # that the faintness alone must not tell the stage.
            faint=rng.uniform(0.1, 0.7) if stage <= 2 or rng.random() < 0.3 else rng.uniform(0, 0.3),
            noise=SmoothNoise(rng),
        )

    def bone_field(self, e: F32, x: F32, height: float) -> F32:
        """Fusion field at plate coordinates: positive where there is bone, in mm along the plate."""
        ragged = self.ragged * self.noise(x, e * np.float32(height), np.zeros_like(e), 2.5) if self.ragged else 0.0
        field = (self.front + self.lateral_tilt * x + ragged - e) * height
        for island_e, island_x, radius in self.islands:
            distance = np.hypot((e - island_e) * height, x - island_x)
            field = np.maximum(field, radius - distance)
        return np.asarray(field, np.float32)

    def half_width(self, e: F32) -> F32:
        """Half the cartilage width in mm at plate coordinate ``e``: a wedge, narrower at the endocranial end."""
        return np.asarray(0.5 * self.width * (1 + self.wedge * (np.clip(e, 0, 1) - 0.5)), np.float32)

    def bridged_fraction(self, height: float = 14.0) -> float:
        """Fraction of the midsagittal height that is bone."""
        e = np.linspace(0.0, 1.0, 141, dtype=np.float32)
        return float((self.bone_field(e, np.zeros_like(e), height) > 0).mean())

    def stage(self) -> int:
        """Bassed stage by the declared cut points; stage 4 is full fusion with a scar, stage 5 without."""
        bridged = self.bridged_fraction()
        if bridged >= BRIDGED_FULL:
            return 4 if self.scar > 0 else 5
        if bridged >= BRIDGED_HALF:
            return 3
        return 2 if bridged > 0.02 else 1
