"""A small line drawing of the clivus for each stage, as inline SVG made from the scheme's data."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import numpy as np

from ..model.scheme import Stage

# The drawing is built along the clivus: u runs from basion (0) to the top of the dorsum sellae (46 mm), v from the
# endocranial (0) to the pharyngeal surface. Sizes follow cephalometric means; it is a sketch, not a measurement.
_BASION = (-24.6, -36.5)
_DORSUM = (-7.0, 6.0)
_OCCIPUT_END, _SPHENOID_START, _HEIGHT = 24.6, 27.4, 13.0
_OCCIPUT = ((0.0, 0.3), (8.0, 0.0), (_OCCIPUT_END, 0.0), (_OCCIPUT_END, _HEIGHT), (10.0, 6.2), (0.6, 2.4))
_SPHENOID = (
    (_SPHENOID_START, 0.0),
    (40.0, 0.0),
    (45.6, 0.4),
    (46.0, 3.0),
    (43.0, 4.4),
    (38.5, 5.0),
    (36.6, 9.0),
    (38.4, 14.0),
    (43.0, 16.5),
    (40.0, 27.0),
    (33.0, 26.0),
    (30.0, 19.0),
    (_SPHENOID_START, _HEIGHT),
)
_SINUS = ((36.0, 17.5), (40.0, 18.5), (38.4, 25.5), (34.2, 24.8), (32.0, 19.0))

_BONE, _EDGE, _SINUS_FILL, _SCAR = "#eadfc6", "#6d5c3f", "#cfd9e2", "#8a4b2a"


def stage_svg(stage: Stage, height: int = 64) -> str:
    """Return an inline SVG of the midsagittal clivus at this stage, the face to the right."""
    fused = _HEIGHT * stage.fused_fraction
    parts = [_polygon(_OCCIPUT, _BONE, _EDGE), _polygon(_SPHENOID, _BONE, _EDGE), _polygon(_SINUS, _SINUS_FILL, _EDGE)]
    if fused > 0:
        parts.append(_bridge(fused))
    if stage.scar:
        middle = (_OCCIPUT_END + _SPHENOID_START) / 2
        parts.append(_line(((middle, 0.8), (middle, _HEIGHT - 0.8)), _SCAR, 0.9, dash="2.2 1.3"))
    title = escape(f"Drawing of stage {stage.number}: {stage.name}")
    return (
        f'<svg class="clivus" role="img" aria-label="{title}" height="{height}" viewBox="-28 -11 52 51">'
        f"{''.join(parts)}</svg>"
    )


def _bridge(fused: float) -> str:
    """Bone across the gap down to ``fused`` mm from the endocranial face, without an edge where it joins bone."""
    overlap = 0.8
    left, right = _OCCIPUT_END - overlap, _SPHENOID_START + overlap
    full = fused >= _HEIGHT
    fill = _polygon(((left, 0.0), (right, 0.0), (right, fused), (left, fused)), _BONE, "none")
    surfaces = [_line(((left, 0.0), (right, 0.0)), _EDGE, 0.9)]
    if full:
        surfaces.append(_line(((left, _HEIGHT - 0.35), (right, _HEIGHT)), _EDGE, 0.9))
    else:
        surfaces.append(_line(((_OCCIPUT_END, fused), (_SPHENOID_START, fused)), _EDGE, 0.9))
        for u in (_OCCIPUT_END, _SPHENOID_START):
            surfaces.append(_line(((u, fused), (u, _HEIGHT)), _EDGE, 0.9))
    return fill + "".join(surfaces)


def _place(points: Sequence[tuple[float, float]]) -> str:
    """Map (u, v) to SVG x (anterior right) and y (down)."""
    basion, dorsum = np.array(_BASION), np.array(_DORSUM)
    along = (dorsum - basion) / np.linalg.norm(dorsum - basion)
    across = np.array([along[1], -along[0]])
    placed = basion + np.array(points, float) @ np.stack([along, across])
    return " ".join(f"{x:.1f},{-y:.1f}" for x, y in placed)


def _polygon(points: Sequence[tuple[float, float]], fill: str, stroke: str) -> str:
    return (
        f'<polygon points="{_place(points)}" fill="{fill}" stroke="{stroke}" '
        'stroke-width="0.9" stroke-linejoin="round"/>'
    )


def _line(points: Sequence[tuple[float, float]], stroke: str, width: float, dash: str = "") -> str:
    dashed = f' stroke-dasharray="{dash}"' if dash else ""
    return (
        f'<polyline points="{_place(points)}" fill="none" stroke="{stroke}" stroke-width="{width}" '
        f'stroke-linecap="round"{dashed}/>'
    )
