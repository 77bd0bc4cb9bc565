"""A contact sheet of the scanner's faults: one simulated head's midsagittal plane under each by itself.

    python Testing/Benchmarks/show_scanner.py [--out docs/scanner-faults.png] [--seed 12] [--stage 2] [--step 0.6]

Every picture has the same light noise and blur, but for the first, and the same clinical window.
"""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path

from sheets import SagittalPlane, save_sheet
from SOSStagingTrainingLib.simulator.display import Display
from SOSStagingTrainingLib.simulator.heads import draw_whole_head
from SOSStagingTrainingLib.simulator.scanner import CLEAN, Scanner

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
LEFT = Display(-300, 1400, gamma=1.3, quality=45, facing="left")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, default=Path("docs/scanner-faults.png"))
    parser.add_argument("--seed", type=int, default=12)
    parser.add_argument("--stage", type=int, default=2)
    parser.add_argument("--step", type=float, default=0.6, help="pixel in mm")
    parser.add_argument("--columns", type=int, default=5)
    args = parser.parse_args()
    head, _ = draw_whole_head(args.seed, args.stage)
    plane = SagittalPlane(head, args.step)
    pictures = [(name, plane.picture(s, LEFT if name.startswith("screenshot") else None)) for name, s in SHOWN]
    save_sheet([pictures[n : n + args.columns] for n in range(0, len(pictures), args.columns)], args.out)


if __name__ == "__main__":
    main()
