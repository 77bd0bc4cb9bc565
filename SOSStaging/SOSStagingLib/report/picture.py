"""The midsagittal slice as a picture, with or without the Grad-CAM over it."""

from __future__ import annotations

import io
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageFont
from scipy import ndimage

from ..scan.types import Slab
from ..staging.result import GradCam
from .colours import heat_rgba

MARK_COLOUR = (70, 205, 255)
"""Sky blue: told from the heat colours and from grey by colour-blind readers too."""

_INK = (255, 255, 255)
_SHADOW = (0, 0, 0)
_MARK_RADIUS_MM = 7.0


@dataclass(frozen=True)
class View:
    """The part of a slab plane that is shown: (column, row) of its middle, its edge in slab pixels, and picture size.

    Slab pixel centres have whole coordinates; the picture is ``size`` x ``size`` pixels.
    """

    center: tuple[float, float]
    edge: float
    size: int

    @property
    def scale(self) -> float:
        """Picture pixels per slab pixel."""
        return self.size / self.edge

    def to_picture(self, column: float, row: float) -> tuple[float, float]:
        """Map a slab position to picture pixels, 0 at the picture's left and top edge."""
        return (
            (column - self.center[0]) * self.scale + self.size / 2,
            (row - self.center[1]) * self.scale + self.size / 2,
        )

    def sample_grid(self) -> npt.NDArray[np.float64]:
        """Return the slab (row, column) of every picture pixel, [2, size, size]."""
        step = (np.arange(self.size) + 0.5) / self.scale - self.edge / 2
        rows, columns = np.meshgrid(step + self.center[1], step + self.center[0], indexing="ij")
        return np.stack([rows, columns])


def whole_view(slab: Slab, size: int = 720) -> View:
    """Return the square view that holds everything inside the field of view."""
    valid = slab.valid[slab.valid.shape[0] // 2]
    if not valid.any():
        rows, columns = valid.shape
        return View(((columns - 1) / 2, (rows - 1) / 2), float(max(rows, columns)), size)
    rows_in, columns_in = np.flatnonzero(valid.any(axis=1)), np.flatnonzero(valid.any(axis=0))
    edge = max(np.ptp(rows_in), np.ptp(columns_in)) + 1
    return View((float(columns_in[[0, -1]].mean()), float(rows_in[[0, -1]].mean())), float(edge), size)


def close_view(slab: Slab, center: tuple[float, float], edge_mm: float = 70.0, size: int = 720) -> View:
    """Return a view of ``edge_mm`` around a slab position (column, row)."""
    return View((float(center[0]), float(center[1])), edge_mm / float(slab.geometry.spacing[0]), size)


def grey_window(slab: Slab) -> tuple[float, float]:
    """Return the grey values shown as black and white.

    Percentiles of the tissue inside the field of view, air left out by Otsu's threshold: greys of cone-beam CT are not
    Hounsfield units, so no fixed window fits, and with air included bone detail would be pressed into few greys.
    """
    plane = slab.array.shape[0] // 2
    values = slab.array[plane][slab.valid[plane]]
    values = values[np.isfinite(values)]
    if values.size == 0:
        return 0.0, 1.0
    low, high = np.percentile(values, [0.5, 99.5])
    if high <= low:
        return float(low), float(low) + 1.0
    tissue = values[values > _otsu(values, low, high)]
    if tissue.size >= 0.02 * values.size:
        middle, high = np.percentile(tissue, [50, 99.3])
        low = max(low, middle - 0.4 * (high - middle))
    return float(low), float(max(high, low + 1e-6))


def slice_picture(
    slab: Slab,
    view: View | None = None,
    gradcam: GradCam | None = None,
    mark: tuple[float, float] | None = None,
    scale_known: bool = True,
) -> Image.Image:
    """Render the midsagittal plane of ``slab``, the face to the right, as an RGB picture.

    ``gradcam`` is laid over it on its absolute scale (nothing below SHOWN_FROM of full scale, never rescaled per
    picture). ``mark`` is the (column, row) of the synchondrosis in the slab. ``scale_known`` False leaves out the
    millimetre bar.
    """
    shown = view or whole_view(slab)
    picture = _grey_rgb(slab, shown)
    if gradcam is not None:
        picture = _blend(picture, heat_rgba(sample_share(slab, gradcam, shown)))
    image = _image(picture)
    draw = ImageDraw.Draw(image)
    if mark is not None:
        _draw_mark(draw, shown, mark, float(slab.geometry.spacing[0]))
    _draw_orientation(draw, shown.size)
    if scale_known:
        _draw_scale_bar(draw, shown, float(slab.geometry.spacing[0]))
    return image


def sample_share(slab: Slab, gradcam: GradCam, view: View) -> npt.NDArray[np.float64]:
    """Return the Grad-CAM at every picture pixel as a share of full scale, [size, size]; 0 outside its grid.

    The two grids meet in RAS mm, so the Grad-CAM may have any spacing and offset in the plane.
    """
    rows, columns = view.sample_grid()
    plane = np.full_like(rows, slab.array.shape[0] // 2)
    ras = slab.geometry.to_ras(np.stack([columns, rows, plane], axis=-1))
    ijk = gradcam.geometry.to_ijk(ras)
    cam = np.nan_to_num(np.asarray(gradcam.array, float)) / max(float(gradcam.full_scale), 1e-12)
    return ndimage.map_coordinates(cam, [ijk[..., 1], ijk[..., 0]], order=1, mode="grid-constant", cval=0.0)


def colour_bar(width: int, height: int) -> Image.Image:
    """Return the heat colours over mid grey, from no evidence on the left to full scale on the right."""
    rgba = np.broadcast_to(heat_rgba(np.linspace(0.0, 1.0, width)), (height, width, 4))
    return _image(_blend(np.full((height, width, 3), 0.35), rgba))


def with_colour_bar(image: Image.Image) -> Image.Image:
    """Return the picture with a legend of the heat colours below it."""
    width, height = image.size
    margin, font = width // 36, ImageFont.load_default(max(12, width // 55))
    out = Image.new("RGB", (width, height + 62), (18, 18, 18))
    out.paste(image, (0, 0))
    out.paste(colour_bar(width - 2 * margin, 14), (margin, height + 12))
    draw = ImageDraw.Draw(out)
    for text, x, anchor in (
        ("no evidence", margin, "la"),
        ("Grad-CAM, absolute scale", width / 2, "ma"),
        ("full scale", width - margin, "ra"),
    ):
        draw.text((x, height + 32), text, fill=(225, 225, 225), font=font, anchor=anchor)
    return out


def png_bytes(image: Image.Image) -> bytes:
    """Return the picture as PNG, as a grey one if it holds no colour: a third of the size."""
    buffer = io.BytesIO()
    pixels = np.asarray(image.convert("RGB"))
    grey = bool((pixels == pixels[..., :1]).all())
    (image.convert("L") if grey else image).save(buffer, format="PNG", compress_level=5)
    return buffer.getvalue()


def _grey_rgb(slab: Slab, view: View) -> npt.NDArray[np.float64]:
    low, high = grey_window(slab)
    middle = slab.array.shape[0] // 2
    plane = np.where(np.isfinite(slab.array[middle]), slab.array[middle], low).astype(float)
    shade = np.clip((plane - low) / (high - low), 0.0, 1.0)
    grid = view.sample_grid()
    grey = ndimage.map_coordinates(shade, grid, order=1, mode="constant", cval=0.0)
    # Outside the field of view is drawn a little lighter than black, so that it is not taken for air.
    inside = ndimage.map_coordinates(slab.valid[middle].astype(float), grid, order=0, mode="constant", cval=0.0)
    return np.repeat(np.where(inside > 0.5, grey, 0.13)[..., None], 3, axis=-1)


def _image(rgb: npt.NDArray[np.float64]) -> Image.Image:
    return Image.fromarray(np.round(rgb * 255).astype(np.uint8))


def _blend(rgb: npt.NDArray[np.float64], rgba: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    alpha = rgba[..., 3:]
    return rgb * (1 - alpha) + rgba[..., :3] * alpha


def _otsu(values: npt.NDArray[np.float32], low: float, high: float) -> float:
    """Return Otsu's threshold of a 128-bin histogram between two values."""
    counts, edges = np.histogram(values, bins=128, range=(low, high))
    centers = (edges[:-1] + edges[1:]) / 2
    below = np.cumsum(counts)
    above = below[-1] - below
    sums = np.cumsum(counts * centers)
    with np.errstate(divide="ignore", invalid="ignore"):
        between = below * above * (sums / below - (sums[-1] - sums) / above) ** 2
    return float(centers[int(np.argmax(np.nan_to_num(between)))])


def _draw_mark(draw: ImageDraw.ImageDraw, view: View, mark: tuple[float, float], spacing_mm: float) -> None:
    """Draw a ring with four ticks outside it: what is inside stays visible."""
    x, y = view.to_picture(*mark)
    radius = _MARK_RADIUS_MM / spacing_mm * view.scale
    for grow, colour, width in ((1, _SHADOW, 4), (0, MARK_COLOUR, 2)):
        r = radius + grow
        draw.ellipse((x - r, y - r, x + r, y + r), outline=colour, width=width)
        for dx, dy in ((1, 0), (-1, 0), (0, 1), (0, -1)):
            start, end = radius, radius + 10
            draw.line((x + dx * start, y + dy * start, x + dx * end, y + dy * end), fill=colour, width=width)


def _draw_orientation(draw: ImageDraw.ImageDraw, size: int) -> None:
    font = ImageFont.load_default(max(14, size // 26))
    inset = size // 60 + 2
    for letter, x, y, anchor in (
        ("P", inset, size / 2, "lm"),
        ("A", size - inset, size / 2, "rm"),
        ("S", size / 2, inset, "mt"),
        ("I", size / 2, size - inset, "mb"),
    ):
        draw.text((x, y), letter, fill=_INK, font=font, anchor=anchor, stroke_width=2, stroke_fill=_SHADOW)


def _draw_scale_bar(draw: ImageDraw.ImageDraw, view: View, spacing_mm: float) -> None:
    pixels_per_mm = view.scale / spacing_mm
    length_mm = max((mm for mm in (1, 2, 5, 10, 20, 50, 100) if mm * pixels_per_mm <= view.size * 0.3), default=1)
    font = ImageFont.load_default(max(13, view.size // 28))
    inset = view.size // 30
    left, bottom = inset, view.size - inset
    right = left + length_mm * pixels_per_mm
    draw.rectangle((left - 1, bottom - 5, right + 1, bottom + 1), fill=_SHADOW)
    draw.rectangle((left, bottom - 4, right, bottom), fill=_INK)
    draw.text(
        ((left + right) / 2, bottom - 9),
        f"{length_mm} mm",
        fill=_INK,
        font=font,
        anchor="mb",
        stroke_width=2,
        stroke_fill=_SHADOW,
    )
