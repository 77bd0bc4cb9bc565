"""A sagittal plane as a viewer's screenshot shows it: windowed to 8 bits, gamma, JPEG, facing either way, in a pane."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
from PIL import Image

from .scanner import GREY_PER_UNIT, Scanner

WIDEST_PANE = 2.2
"""Our guess: the clivus then takes as little as the 12 % of a picture's width seen on pictures of real scans."""


@dataclass(frozen=True)
class Display:
    """A window from ``low`` (black) to ``high`` (white) in stored greys, gamma (above 1 darkens the middle), JPEG
    quality (1 to 95, None for none), the way the head faces, and the width of the viewer's pane over that of the plane:
    it is black on either side of it."""

    low: float
    high: float
    gamma: float = 1.0
    quality: int | None = None
    facing: Literal["left", "right"] = "right"
    pane: float = 1.0

    def __post_init__(self) -> None:
        if not self.high > self.low:
            raise ValueError(f"the window from {self.low:g} to {self.high:g} is empty: high must be above low")
        if self.pane < 1:
            raise ValueError(f"a pane {self.pane:g} times as wide as the plane would cut it: it must be 1 or more")

    @classmethod
    def clinical(cls, scanner: Scanner, low: float = 0.2, high: float = 2.6) -> Display:
        """A window given in tissue values (air 0, brain 1) for the scanner's own greys; the default shows bone and soft
        tissue."""
        greys = scanner.gain * GREY_PER_UNIT * (np.array([low, high]) - 1) + scanner.offset
        stored = scanner.export(greys)
        return cls(float(stored[0]), float(max(stored[1], stored[0] + 1)))

    @classmethod
    def draw(cls, rng: np.random.Generator, scanner: Scanner) -> Display:
        """Draw what people save. Our guess: black between air and brain, white from bright marrow to dense cortex,
        gamma 0.7-1.4, half as JPEG, one in five facing left, half in a pane up to 2.2 times as wide as the plane."""
        window = cls.clinical(scanner, float(rng.uniform(-0.1, 0.6)), float(rng.uniform(1.9, 3.2)))
        quality = int(rng.integers(40, 95)) if rng.random() < 0.5 else None
        facing: Literal["left", "right"] = "left" if rng.random() < 0.2 else "right"
        gamma = float(np.exp(rng.uniform(np.log(0.7), np.log(1.4))))
        # From a stream of its own, so that what was drawn for a seed before there were panes stays as it is.
        extra = rng.spawn(1)[0]
        pane = float(np.exp(extra.uniform(0, np.log(WIDEST_PANE)))) if extra.random() < 0.5 else 1.0
        return cls(window.low, window.high, gamma, quality, facing, pane)


def screenshot(plane: npt.NDArray[np.generic], display: Display) -> npt.NDArray[np.uint8]:
    """The picture uint8 [rows, columns] of a plane of stored greys [rows, columns] that faces right. A wider pane
    adds as many columns on the left as on the right."""
    share = np.clip((plane.astype(np.float32) - display.low) / (display.high - display.low), 0, 1)
    picture = np.rint(255 * share**display.gamma).astype(np.uint8)
    if display.facing == "left":
        picture = picture[:, ::-1].copy()
    border = round((display.pane - 1) * picture.shape[1] / 2)
    picture = np.pad(picture, ((0, 0), (border, border)))
    if display.quality is None:
        return picture
    stream = io.BytesIO()
    Image.fromarray(picture).save(stream, "JPEG", quality=display.quality)
    return np.asarray(Image.open(stream)).copy()
