"""A contact sheet of the scanner's faults: one simulated head's midsagittal plane under each by itself.

    python Testing/Benchmarks/show_scanner.py [--out docs/scanner-faults.png] [--seed 12] [--stage 2] [--step 0.6]

Every picture has the same light noise and blur, but for the first, and the same clinical window.
"""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont
from SOSStagingLib.scan.geometry import Geometry
from SOSStagingTrainingLib.simulator.display import Display, screenshot
from SOSStagingTrainingLib.simulator.fields import F32
from SOSStagingTrainingLib.simulator.head import Head
from SOSStagingTrainingLib.simulator.heads import Pose, dental_metal, draw_whole_head, place_array, with_supports
from SOSStagingTrainingLib.simulator.placement import Placement
from SOSStagingTrainingLib.simulator.scanner import CLEAN, Scanner, expose

LIGHT = replace(CLEAN, blur_fwhm=0.6, noise=0.03, pattern=4)
SHOWN: tuple[tuple[str, Scanner], ...] = (
    ("no fault", CLEAN),
    ("light noise and blur", LIGHT),
    ("a quarter of the dose", LIGHT.with_dose(0.25)),
    ("blur 0.9 mm", Scanner.with_only("blur_fwhm", 0.9, LIGHT)),
    ("cupping 0.2", Scanner.with_only("cupping", 0.2, LIGHT)),
    ("scatter 0.15", Scanner.with_only("scatter", 0.15, LIGHT)),
    ("beam hardening 0.15", Scanner.with_only("hardening", 0.15, LIGHT)),
    ("truncation 0.5", Scanner.with_only("truncation", 0.5, LIGHT)),
    ("rings 0.04", Scanner.with_only("rings", 0.04, LIGHT)),
    ("motion 2 mm", Scanner.with_only("motion", 2.0, LIGHT)),
    ("metal 0.12, 12 brackets", Scanner.with_only("metal", 12, Scanner.with_only("streaks", 0.12, LIGHT))),
    ("chin rest 0.8", Scanner.with_only("chin_rest", 0.8, LIGHT)),
    ("head band 0.8", Scanner.with_only("head_band", 0.8, LIGHT)),
    ("8 bits", Scanner.with_only("bits", 8, LIGHT)),
    ("screenshot, facing left", LIGHT),
)
HALF_MM = (100.0, 100.0)
"""Half the height and width of the pictures."""


class Plane:
    """Three sagittal planes of one head in an upright scanner, drawn once."""

    def __init__(self, head: Head, step: float) -> None:
        self.head, self.step = head, step
        self.pose = Pose(np.eye(3), np.array([0.0, 8.0, -42.0]))
        rows, columns = (round(2 * half / step) for half in HALF_MM)
        directions = np.array([[0.0, 0.0, 1.0], [1.0, 0.0, 0.0], [0.0, -1.0, 0.0]])
        origin = [-1.5, -(columns - 1) / 2 * step, (rows - 1) / 2 * step]
        self.voxels = Geometry.from_axes((3, rows, columns), origin, directions, [step, step, 1.5])
        i, j, k = (np.arange(n) for n in self.voxels.shape[::-1])
        ijk = np.stack(np.meshgrid(k, j, i, indexing="ij")[::-1], axis=-1)
        points = self.voxels.to_ras(ijk) @ self.pose.matrix + self.pose.offset
        values = head.tissue(points.reshape(-1, 3).astype(np.float32), step)
        self.tissue: F32 = values.reshape(self.voxels.shape)
        self.placement = place_array(head, self.pose, self.voxels, (HALF_MM[1], HALF_MM[1]), LIGHT)

    def picture(self, name: str, scanner: Scanner) -> np.ndarray:
        """The middle plane, windowed, uint8."""
        metal = self.pose.to_scanner(dental_metal(self.head, scanner))
        place: Placement = replace(self.placement, metal=metal)
        if scanner.truncation:
            place = replace(place, radii=(74.0, 74.0))
        tissue = with_supports(self.tissue, self.head, self.pose, place, scanner)
        rng = np.random.default_rng(5)
        grey = expose(tissue, scanner, rng, place)
        if scanner.truncation:
            _, points = next(iter(place.rows()))
            grey[place.inwards(points) < 0] = -1100
        display = Display.clinical(scanner)
        if name.startswith("screenshot"):
            display = Display(-300, 1400, gamma=1.3, quality=45, facing="left")
        return screenshot(grey[1], display)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, default=Path("docs/scanner-faults.png"))
    parser.add_argument("--seed", type=int, default=12)
    parser.add_argument("--stage", type=int, default=2)
    parser.add_argument("--step", type=float, default=0.6, help="pixel in mm")
    parser.add_argument("--columns", type=int, default=5)
    args = parser.parse_args()
    head, _ = draw_whole_head(args.seed, args.stage)
    plane = Plane(head, args.step)
    pictures = [(name, plane.picture(name, scanner)) for name, scanner in SHOWN]
    high, wide = pictures[0][1].shape
    rows = -(-len(pictures) // args.columns)
    sheet = Image.new("L", (args.columns * (wide + 4), rows * (high + 22)), 255)
    draw, font = ImageDraw.Draw(sheet), ImageFont.load_default(14)
    for n, (name, picture) in enumerate(pictures):
        x, y = n % args.columns * (wide + 4) + 2, n // args.columns * (high + 22)
        draw.text((x + 2, y + 2), name, fill=0, font=font)
        sheet.paste(Image.fromarray(picture), (x, y + 20))
    args.out.parent.mkdir(parents=True, exist_ok=True)
    # Grain fills a PNG: 40 greys keep the sheet small.
    sheet.quantize(40, method=Image.Quantize.MEDIANCUT).save(args.out, optimize=True)
    print(f"{args.out}: {len(pictures)} pictures, {args.out.stat().st_size / 1000:.0f} kB")


if __name__ == "__main__":
    main()
