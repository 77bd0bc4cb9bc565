"""The scanner: from tissue values to grey values with a cone-beam scanner's faults. Works on volumes and slabs alike.

Ranges follow the domain table: blur 0.4-0.9 mm FWHM, noise 40-150 HU-equivalents correlated over 1-2 voxels, cupping
up to 20 %, gain 0.6-1.4 and offset up to 300 (cone-beam greys are not HU), metal streaks from the teeth.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass

import numpy as np
import numpy.typing as npt
from scipy.ndimage import gaussian_filter

from .fields import F32

GREY_PER_UNIT = 1000.0
"""HU-like greys per (brain - air)."""


@dataclass(frozen=True)
class Scanner:
    """Severities of one acquisition; lengths in mm, noise and streaks in units of (brain - air)."""

    blur_fwhm: float
    noise: float
    grain: float
    cupping: float
    streaks: float
    gain: float
    offset: float

    @classmethod
    def draw(cls, rng: np.random.Generator) -> Scanner:
        """Draw the default distribution."""
        return cls(
            blur_fwhm=rng.uniform(0.4, 0.9),
            noise=float(np.clip(np.exp(rng.normal(np.log(0.065), 0.35)), 0.03, 0.16)),
            grain=rng.uniform(0.5, 1.1),
            cupping=float(np.clip(rng.normal(0, 0.08), -0.2, 0.2)),
            streaks=rng.uniform(0.03, 0.12) if rng.random() < 0.3 else 0.0,
            gain=rng.uniform(0.6, 1.4),
            offset=rng.uniform(-300, 300),
        )

    def to_json(self) -> dict[str, float]:
        """Return plain numbers."""
        return {k: float(v) for k, v in asdict(self).items()}


def expose(
    tissue: F32,
    spacing_kji: npt.ArrayLike,
    scanner: Scanner,
    rng: np.random.Generator,
    center_kji: npt.ArrayLike,
    metal_kji: npt.ArrayLike,
) -> npt.NDArray[np.int16]:
    """Grey values int16 [k, j, i] from tissue [k, j, i]; ``center_kji`` is the rotation axis, ``metal_kji`` the teeth
    (voxels).

    Axes thicker than the blur are not blurred. Greys are ``gain * 1000 * (value - 1) + offset``, clipped to int16.
    """
    spacing = np.asarray(spacing_kji, float)
    sigma = np.where(spacing < 1.2, scanner.blur_fwhm / 2.355 / spacing, 0.0)
    value = gaussian_filter(tissue, sigma)
    axes = [np.arange(n, dtype=np.float32) for n in tissue.shape]
    center, metal = np.asarray(center_kji, float), np.asarray(metal_kji, float)
    away = [((a - c) * s).astype(np.float32) for a, c, s in zip(axes, center, spacing, strict=True)]
    r2 = (away[1][:, None] ** 2 + away[2][None, :] ** 2) / np.float32(90.0**2)
    value *= (1 + scanner.cupping * (np.clip(r2, 0, 1.2) - 0.5))[None]
    if scanner.streaks > 0:
        value += _streaks(tissue.shape, spacing, metal, scanner.streaks, rng)
    noise = rng.standard_normal(tissue.shape, dtype=np.float32)
    noise = gaussian_filter(noise, np.where(spacing < 1.2, scanner.grain, 0.0))
    value += noise * np.float32(scanner.noise / max(float(noise.std()), 1e-6))
    grey = scanner.gain * GREY_PER_UNIT * (value - 1) + scanner.offset
    return np.clip(np.rint(grey), -32768, 32767).astype(np.int16)


def _streaks(
    shape: tuple[int, ...],
    spacing: npt.NDArray[np.float64],
    metal: npt.NDArray[np.float64],
    strength: float,
    rng: np.random.Generator,
) -> F32:
    """Bright and dark rays from the metal, strongest in its own axial slice."""
    k, j, i = (((np.arange(n) - m) * s).astype(np.float32) for n, m, s in zip(shape, metal, spacing, strict=True))
    angle = np.arctan2(j[:, None], i[None, :])
    rays = sum(np.sin(angle * n + rng.uniform(0, 6.28)) for n in (7, 13, 23, 37)) / 2
    fade = np.exp(-np.hypot(j[:, None], i[None, :]) / 60)
    return (strength * np.exp(-np.abs(k) / 12)[:, None, None] * (rays * fade)[None]).astype(np.float32)
