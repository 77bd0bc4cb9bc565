"""What the contact sheets share: a simulated head's sagittal plane in an upright scanner, and labelled pictures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageFont
from SOSStagingLib.scan.geometry import Geometry
from SOSStagingTrainingLib.simulator.display import Display, screenshot
from SOSStagingTrainingLib.simulator.fields import F32
from SOSStagingTrainingLib.simulator.head import Head
from SOSStagingTrainingLib.simulator.heads import Pose, dental_metal, place_array, with_supports
from SOSStagingTrainingLib.simulator.placement import Placement
from SOSStagingTrainingLib.simulator.scanner import CLEAN, Scanner, expose

Picture = npt.NDArray[np.uint8]
Tile = tuple[str, Picture]
AXIS = (8.0, -42.0)
"""Where the scanner's axis and middle height meet the sagittal plane, head mm (anterior, superior)."""
RADIUS_MM = 100.0
"""Half the field of view."""
CUT_RADIUS_MM = 74.0
"""Half the field of view of a scanner whose truncation is shown."""
LABEL_HEIGHT = 20
GAP = 4
GREYS = 40
"""Grain fills a PNG: few greys keep a sheet small."""


class SagittalPlane:
    """Three sagittal planes of one head in an upright scanner, drawn once; pixels of ``step`` mm.

    ``half_mm`` is half the height and width, ``middle`` the middle of the picture, head mm (anterior, superior).
    """

    def __init__(
        self,
        head: Head,
        step: float,
        half_mm: tuple[float, float] = (RADIUS_MM, RADIUS_MM),
        middle: tuple[float, float] = AXIS,
    ) -> None:
        self.head = head
        self.pose = Pose(np.eye(3), np.array([0.0, *AXIS]))
        rows, columns = (round(2 * half / step) for half in half_mm)
        directions = np.array([[0.0, 0.0, 1.0], [1.0, 0.0, 0.0], [0.0, -1.0, 0.0]])
        left, top = middle[0] - AXIS[0] - (columns - 1) / 2 * step, middle[1] - AXIS[1] + (rows - 1) / 2 * step
        self.voxels = Geometry.from_axes((3, rows, columns), [-1.5, left, top], directions, [step, step, 1.5])
        i, j, k = (np.arange(n) for n in self.voxels.shape[::-1])
        ijk = np.stack(np.meshgrid(k, j, i, indexing="ij")[::-1], axis=-1)
        points = self.voxels.to_ras(ijk) @ self.pose.matrix + self.pose.offset
        values = head.tissue(points.reshape(-1, 3).astype(np.float32), step)
        self.tissue: F32 = values.reshape(self.voxels.shape)
        self.placement = place_array(head, self.pose, self.voxels, (RADIUS_MM, RADIUS_MM), CLEAN)

    def exposed(self, scanner: Scanner) -> npt.NDArray[np.int16]:
        """The middle plane's stored greys [rows, columns]."""
        metal = self.pose.to_scanner(dental_metal(self.head, scanner))
        place: Placement = replace(self.placement, metal=metal)
        if scanner.truncation:
            place = replace(place, radii=(CUT_RADIUS_MM, CUT_RADIUS_MM))
        tissue = with_supports(self.tissue, self.head, self.pose, place, scanner)
        grey = expose(tissue, scanner, np.random.default_rng(5), place)
        if scanner.truncation:
            grey[place.inwards(place.points(slice(0, len(grey)))) < 0] = -1100
        return grey[1]

    def picture(self, scanner: Scanner, display: Display | None = None) -> Picture:
        """The middle plane in ``display``'s window, by default the clinical one."""
        return screenshot(self.exposed(scanner), display or Display.clinical(scanner))


def with_bar(picture: Picture, step: float, length_mm: int) -> Picture:
    """A copy of a picture with pixels of ``step`` mm that shows a bar of ``length_mm`` at its lower right."""
    image = Image.fromarray(picture)
    draw, font = ImageDraw.Draw(image), ImageFont.load_default(11)
    right, bottom = image.width - 8, image.height - 7
    left = right - round(length_mm / step)
    draw.rectangle((left - 1, bottom - 3, right + 1, bottom + 1), fill=0)
    draw.rectangle((left, bottom - 2, right, bottom), fill=255)
    text = {"anchor": "mb", "font": font, "stroke_width": 1, "stroke_fill": 0}
    draw.text(((left + right) / 2, bottom - 5), f"{length_mm} mm", fill=255, **text)
    return np.asarray(image).copy()


def save_sheet(rows: Sequence[Sequence[Tile]], out: Path, greys: int = GREYS) -> None:
    """Write rows of pictures, each under its label, as one PNG of few greys, and print its size."""
    high = [max(picture.shape[0] for _, picture in row) + LABEL_HEIGHT + 2 for row in rows]
    wide = max(sum(picture.shape[1] + GAP for _, picture in row) for row in rows)
    sheet = Image.new("L", (wide, sum(high)), 255)
    draw, font = ImageDraw.Draw(sheet), ImageFont.load_default(14)
    y = 0
    for row, height in zip(rows, high, strict=True):
        x = GAP // 2
        for label, picture in row:
            draw.text((x + 2, y + 2), label, fill=0, font=font)
            sheet.paste(Image.fromarray(picture), (x, y + LABEL_HEIGHT))
            x += picture.shape[1] + GAP
        y += height
    out.parent.mkdir(parents=True, exist_ok=True)
    part = out.with_name(out.name + ".part")
    sheet.quantize(greys, method=Image.Quantize.MEDIANCUT).save(part, "PNG", optimize=True)
    part.replace(out)
    print(f"{out}: {sum(len(row) for row in rows)} pictures, {out.stat().st_size / 1000:.0f} kB")
