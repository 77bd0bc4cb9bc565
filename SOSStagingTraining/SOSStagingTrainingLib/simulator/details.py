"""Sizes of what surrounds the clivus and has no published length here: all our guess, from looking at real heads."""

from __future__ import annotations

import numpy as np


def draw_details(rng: np.random.Generator, child: float, age: float) -> dict[str, float]:
    """Draw sizes (mm, radians, tissue values) by name. The frontal sinus grows from 7 to 18 years."""
    grown = float(np.clip((age - 7) / 11, 0, 1))
    return {
        "fluid": rng.uniform(0.015, 0.04),
        "cistern": rng.uniform(2.5, 7.0),
        "cortical_fluid": rng.uniform(0.8, 2.5) + 0.03 * max(age - 30, 0),
        "pineal": rng.uniform(0.8, 1.9) if rng.random() < 0.05 + 0.5 * grown else 0.0,
        "inion": rng.uniform(0.5, 6.0) * (1 - 0.7 * child),
        "glabella": rng.uniform(1.0, 7.0) * (0.3 + 0.7 * grown),
        "frontal_sinus": 0.0 if rng.random() < 0.1 else rng.uniform(8, 34) * grown,
        "frontal_septum": rng.normal(0, 4),
        "crista": rng.uniform(4, 11),
        "spinous": rng.uniform(11, 18) * (1 - 0.2 * child),
        "spinous_slope": rng.uniform(0.15, 0.6),
        "hyoid_back": rng.uniform(33, 46),
        "hyoid_below": rng.uniform(-2, 16),
        "septum_bone": rng.uniform(0.5, 1.3),
        "upper_lean": rng.normal(0.36, 0.1),
        "overjet": rng.normal(2.5, 1.5),
        "overbite": rng.normal(2.0, 1.5),
        "tooth_shift": rng.normal(0, 0.09),
        "mouth_air": rng.uniform(0.6, 3.0) if rng.random() < 0.5 else 0.0,
        # Patches of fat in the marrow, as far below it as this; fat lies 0.1 below brain. How often is our guess.
        "fatty": (1 - child) * max(0.0, float(rng.uniform(-0.4, 0.3))),
    }
