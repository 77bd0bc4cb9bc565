"""Draws the extension's and the modules' icons: the midsagittal clivus of the reports, glowing at the synchondrosis.

``make icons`` writes the SVG files Slicer shows beside the modules' names and the 128 x 128 PNG that the Extensions
Manager fetches. Plain shapes and gradients only: Qt draws SVG Tiny, without filters.
"""

from __future__ import annotations

import re
from pathlib import Path

from PySide6.QtCore import QByteArray, Qt
from PySide6.QtGui import QGuiApplication, QImage, QPainter
from PySide6.QtSvg import QSvgRenderer
from SOSStagingLib.model.scheme import load_scheme
from SOSStagingLib.report.drawing import stage_svg

ROOT = Path(__file__).resolve().parents[2]
SIZE = 128
STAGE_SHOWN = 1
# Places the drawing of the reports, 50 x 48 units, on the 128 x 128 of the icon.
PLACED = "translate(66.5 29) scale(2.35)"
CLEFT = (46, 65)

BACKGROUND = '<rect width="128" height="128" rx="24" fill="#14304a"/>'
GLOW = (
    '<defs><radialGradient id="glow" gradientUnits="userSpaceOnUse" cx="{x}" cy="{y}" r="34">'
    '<stop offset="0" stop-color="#fff3b0"/><stop offset="0.3" stop-color="#ffb02e"/>'
    '<stop offset="0.65" stop-color="#e8541e" stop-opacity="0.75"/>'
    '<stop offset="1" stop-color="#e8541e" stop-opacity="0"/></radialGradient></defs>'
    '<circle cx="{x}" cy="{y}" r="34" fill="url(#glow)"/>'
)
# A learning curve on a round badge tells the training module from the staging module at 16 pixels too.
BADGE = (
    '<circle cx="97" cy="97" r="27" fill="#ffffff"/>'
    '<path d="M82,82L82,111L113,111" fill="none" stroke="#14304a" stroke-width="5" stroke-linecap="round" '
    'stroke-linejoin="round"/><path d="M88,86C91,101 98,104 111,104" fill="none" stroke="#e8541e" stroke-width="6" '
    'stroke-linecap="round"/>'
)


def icon_svg(badge: str = "") -> str:
    """Return one icon, 128 x 128 units."""
    drawing = stage_svg(load_scheme("bassed-5").stage(STAGE_SHOWN))
    shapes = "".join(re.findall(r"<path .*?/>", drawing))
    clivus = f'<g transform="{PLACED}">{shapes}</g>'
    glow = GLOW.format(x=CLEFT[0], y=CLEFT[1])
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{SIZE}" height="{SIZE}" viewBox="0 0 {SIZE} {SIZE}">'
        f"{BACKGROUND}{glow}{clivus}{badge}</svg>\n"
    )


def write_png(svg: str, path: Path, size: int = SIZE) -> None:
    """Draw an SVG on a transparent square of ``size`` pixels."""
    image = QImage(size, size, QImage.Format.Format_ARGB32)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    QSvgRenderer(QByteArray(svg.encode())).render(painter)
    painter.end()
    if not image.save(str(path)):
        raise OSError(f"{path} could not be written")


def main() -> None:
    """Write all icons."""
    app = QGuiApplication(["draw_icons", "-platform", "offscreen"])
    for module, badge in (("SOSStaging", ""), ("SOSStagingTraining", BADGE)):
        folder = ROOT / module / "Resources" / "Icons"
        folder.mkdir(parents=True, exist_ok=True)
        svg = icon_svg(badge)
        (folder / f"{module}.svg").write_text(svg, encoding="utf-8", newline="\n")
    write_png(icon_svg(), ROOT / "Resources" / "SOSStaging.png")
    del app


if __name__ == "__main__":
    main()
