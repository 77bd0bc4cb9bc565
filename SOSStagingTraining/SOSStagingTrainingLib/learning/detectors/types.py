"""What a detector is given, what it answers, and the interface that all of them have.

Boxes are (left, top, right, bottom) in pixels from the picture's upper left corner, so that the first pixel reaches
from 0 to 1, as in the exports of the study room.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw
from SOSStagingLib.scan.types import PlainError

Box = tuple[float, float, float, float]
Greys = npt.NDArray[np.uint8]
Note = Callable[[str], None]


class DetectorError(PlainError):
    """A detector that cannot be trained or asked."""


@dataclass(frozen=True)
class Picture:
    """A midsagittal slice [rows, columns] of 8-bit greys, the face to the right, and the expert's box where there is
    one. ``name`` is the case's, a plain file name."""

    name: str
    greys: Greys
    box: Box | None = None


@dataclass(frozen=True)
class Detection:
    """A box with a confidence from 0 to 1, and its outline [(x, y), ...] where the detector draws one."""

    box: Box
    confidence: float
    outline: tuple[tuple[float, float], ...] = ()

    def mask(self, shape: tuple[int, int]) -> npt.NDArray[np.bool_]:
        """The outline, or else the box, filled: pixels [rows, columns] whose centre lies inside."""
        if len(self.outline) >= 3:
            picture = Image.new("1", (shape[1], shape[0]))
            # PIL counts from pixel centres.
            ImageDraw.Draw(picture).polygon([(x - 0.5, y - 0.5) for x, y in self.outline], fill=1)
            return np.asarray(picture, bool)
        left, top, right, bottom = self.box
        columns, rows = np.arange(shape[1]) + 0.5, np.arange(shape[0]) + 0.5
        return np.outer((rows > top) & (rows < bottom), (columns > left) & (columns < right))


Detections = tuple[Detection, ...]
"""What was found on one picture, the surest first; empty where nothing was."""


class Detector(Protocol):
    """Learns where the synchondrosis is on pictures with boxes, and finds it on others.

    Everything it learns lies in its ``folder``; a finished one is opened by naming that folder again.
    """

    name: str
    folder: Path

    def train(self, pictures: Sequence[Picture], note: Note) -> None:
        """Learn from pictures with boxes, going on where an earlier call was cut short; at once if it is finished.

        Raises:
            DetectorError: there is nothing to learn from, or learning failed.
        """

    def detect(self, pictures: Sequence[Picture]) -> list[Detections]:
        """What is found on each picture; their boxes are not looked at.

        Raises:
            DetectorError: it has not been trained, or what it learnt is damaged.
        """


def with_boxes(pictures: Sequence[Picture], detector: str) -> list[Picture]:
    """The pictures that have a box; DetectorError where none has."""
    found = [picture for picture in pictures if picture.box is not None]
    if not found:
        text = f"There is no picture with a box to train the detector {detector} on."
        raise DetectorError("no_boxes", text, "Draw boxes around the synchondrosis first.")
    return found
