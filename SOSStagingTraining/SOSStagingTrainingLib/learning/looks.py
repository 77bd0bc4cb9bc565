"""Where a finished network looks: Grad-CAM of right and wrong cases side by side, and the detector's confidence beside
the attention loss."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from PIL import Image, ImageDraw, ImageFont
from scipy import ndimage, stats
from SOSStagingLib.model.calibration import probabilities
from SOSStagingLib.report.colours import heat_rgba
from torch import nn

from .answers import answered
from .batch import Batch
from .methods import Prediction
from .settings import RecipeError
from .task import Task

TILE, GAP, CAPTION = 224, 8, 44
PAPER, INK, BOX_COLOUR = (255, 255, 255), (29, 39, 51), (70, 205, 255)
DRAWS = 2000


@dataclass(frozen=True)
class Look:
    """One case: the view [H, W] 0..1, Grad-CAM [H, W] as shares of the brightest of the gallery, and what was said."""

    case: str
    image: npt.NDArray[np.float64]
    heat: npt.NDArray[np.float64]
    box: tuple[float, float, float, float] | None
    stage: int
    given: int
    probability: float

    @property
    def right(self) -> bool:
        """Whether the stage given is the label."""
        return self.stage == self.given


def looks(task: Task, network: nn.Module, cases: Sequence[str], size: int) -> list[Look]:
    """What the network looks at in each case.

    Raises:
        RecipeError: the method gives no map.
    """
    found = []
    for batch, said in answered(task, network, cases, size):
        if said.cam is None or said.logits is None:
            raise RecipeError("no_map", f"The method {task.settings.name} gives no Grad-CAM.", "Choose another.")
        found += [_look(batch, said, n) for n in range(len(batch))]
    top = max((float(look.heat.max()) for look in found), default=0.0)
    return [Look(**{**vars(look), "heat": look.heat / max(top, 1e-9)}) for look in found]


def _look(batch: Batch, said: Prediction, n: int) -> Look:
    if said.cam is None or said.logits is None:
        raise ValueError("no map")
    image = batch.image[n, batch.image.shape[1] // 2].double().cpu().numpy()
    low, high = np.percentile(image, [1, 99])
    cam = said.cam[n, 0].double().cpu().numpy()
    heat = ndimage.zoom(cam, [a / b for a, b in zip(image.shape, cam.shape, strict=True)], order=1)
    logits = said.logits[n].float().cpu().numpy()
    x0, y0, x1, y1 = (float(v) for v in batch.box[n])
    return Look(
        case=batch.case[n],
        image=np.clip((image - low) / max(high - low, 1e-6), 0, 1),
        heat=np.maximum(heat, 0),
        box=None if math.isnan(x0) else (x0, y0, x1, y1),
        stage=int(batch.stage[n]) + 1,
        given=int(logits.argmax()) + 1,
        probability=float(probabilities(logits, 1.0).max()),
    )


def gallery(found: Sequence[Look], rows: int, title: str) -> Image.Image:
    """Right cases on the left, wrong ones on the right, each as slice and slice with heat; the surest first."""
    sides = [
        sorted((look for look in found if look.right is right), key=lambda k: -k.probability) for right in (True, False)
    ]
    height = max(1, min(rows, max(map(len, sides))))
    width = 2 * (2 * TILE + GAP) + 3 * GAP
    sheet = Image.new("RGB", (width, CAPTION + height * (TILE + CAPTION) + GAP), PAPER)
    draw = ImageDraw.Draw(sheet)
    font = ImageFont.load_default(13)
    draw.text((GAP, 6), title, INK, font)
    for column, (side, name) in enumerate(zip(sides, ("right", "wrong"), strict=True)):
        left = GAP + column * (2 * TILE + 2 * GAP)
        draw.text((left, 25), f"{name}: {len(side)} of {len(found)}", INK, font)
        for row, look in enumerate(side[:height]):
            top = CAPTION + row * (TILE + CAPTION)
            for n, heat in enumerate((False, True)):
                sheet.paste(_tile(look, heat), (left + n * TILE, top))
            text = f"{look.case}: label {look.stage}, said {look.given} ({100 * look.probability:.0f} %)"
            draw.text((left, top + TILE + 4), text, INK, font)
    return sheet


def _tile(look: Look, heat: bool) -> Image.Image:
    rgb = np.repeat(look.image[..., None], 3, axis=2)
    if heat:
        rgba = heat_rgba(look.heat)
        rgb = rgb * (1 - rgba[..., 3:]) + rgba[..., :3] * rgba[..., 3:]
    tile = Image.fromarray((rgb * 255).round().astype(np.uint8)).resize((TILE, TILE), Image.Resampling.BILINEAR)
    if look.box is not None:
        scale = TILE / look.image.shape[0]
        ImageDraw.Draw(tile).rectangle([(v + 0.5) * scale for v in look.box], outline=BOX_COLOUR)
    return tile


@dataclass(frozen=True)
class Pair:
    """A case's detection confidence and the attention loss of its view."""

    case: str
    confidence: float
    attention: float


@torch.no_grad()
def confidences(task: Task, network: nn.Module, cases: Sequence[str]) -> list[Pair]:
    """The pairs of all cases in which the detector found something.

    Raises:
        RecipeError: the method has no attention loss, or the run no detector for it.
    """
    network.eval()
    found = []
    for name in cases:
        batch = task.views.plain([name], task.crops[0])
        if not bool(batch.has_detection):
            continue
        terms = task.method.losses(network, batch, task.context, torch.Generator().manual_seed(0))
        if "attention" not in terms:
            text = f"The method {task.settings.name} has no attention loss."
            raise RecipeError("no_attention", text, "Choose a student that has, such as student_paper.")
        found.append(Pair(name, float(batch.confidence), float(terms["attention"])))
    if not found:
        text = f"No detector found anything for the method {task.settings.name}."
        raise RecipeError("no_detections", text, "Choose a student that needs a detector, such as student_paper.")
    return found


def association(pairs: Sequence[Pair], seed: int = 0) -> dict[str, Any]:
    """Spearman's rank correlation of confidence and attention loss with a 95 % bootstrap interval over cases."""
    x, y = np.array([p.confidence for p in pairs]), np.array([p.attention for p in pairs])
    rng = np.random.default_rng(seed)
    drawn = []
    for _ in range(DRAWS if len(pairs) > 2 else 0):
        chosen = rng.integers(0, len(pairs), len(pairs))
        drawn.append(_rank_correlation(x[chosen], y[chosen]))
    kept = [value for value in drawn if not math.isnan(value)]
    low, high = np.percentile(kept, [2.5, 97.5]) if kept else (math.nan, math.nan)
    return {
        **{"n": len(pairs), "spearman": _rank_correlation(x, y), "spearman_95": [float(low), float(high)]},
        "cases": [[p.case, round(p.confidence, 4), round(p.attention, 6)] for p in pairs],
    }


def _rank_correlation(x: npt.NDArray[np.float64], y: npt.NDArray[np.float64]) -> float:
    if len(x) < 3 or len(set(x)) < 2 or len(set(y)) < 2:
        return math.nan
    return float(stats.spearmanr(x, y).statistic)


def scatter_svg(pairs: Sequence[Pair], title: str) -> str:
    """Confidence across, attention loss up, one dot for each case: a standalone SVG."""
    width, height, left, bottom, top = 460, 340, 60, 50, 40
    most = max(max(p.attention for p in pairs), 1e-9)
    dots = "".join(
        f'<circle cx="{left + p.confidence * (width - left - 20):.1f}" '
        f'cy="{height - bottom - p.attention / most * (height - bottom - top):.1f}" r="3" fill="#1f4e79" '
        f'fill-opacity="0.6"><title>{escape(p.case)}</title></circle>'
        for p in pairs
    )
    axes = (
        f'<path d="M{left} {top}V{height - bottom}H{width - 20}" fill="none" stroke="#1d2733"/>'
        f'<text x="{left}" y="{height - bottom + 16}">0</text>'
        f'<text x="{width - 26}" y="{height - bottom + 16}">1</text>'
        f'<text x="{(width + left) / 2 - 20:.0f}" y="{height - 12}" text-anchor="middle">detector confidence</text>'
        f'<text x="{left - 6}" y="{top + 4}" text-anchor="end">{most:.3g}</text>'
        f'<text transform="translate(20 {height / 2:.0f}) rotate(-90)" text-anchor="middle">attention loss</text>'
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-label="{escape(title)}" width="{width}" '
        f'height="{height}" viewBox="0 0 {width} {height}" font-family="sans-serif" font-size="12" fill="#1d2733">'
        f'<rect width="100%" height="100%" fill="#ffffff"/><text x="10" y="22" font-size="13">{escape(title)}</text>'
        f"{axes}{dots}</svg>\n"
    )
