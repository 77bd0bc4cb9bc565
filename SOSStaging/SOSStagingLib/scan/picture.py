"""Single midsagittal pictures: PNG, JPEG and other 2-D images, grey or a grey screenshot."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image, UnidentifiedImageError

from .geometry import Geometry
from .grey import repair_greys
from .types import Facing, Finding, Scan, ScanError

MIN_PIXELS = 64
MAX_PIXELS = 64_000_000
# JPEG rounds colours by a few levels; a crosshair or a letter covers little. More than that is a photograph or a map.
COLOUR_STEP = 24
COLOUR_SHARE = 0.05


def picture_geometry(shape: tuple[int, ...], spacing_mm: float | None) -> Geometry:
    """Geometry of a picture: only its pixel size means anything, laid in the plane R = 0 facing anterior."""
    size = spacing_mm or 1.0
    directions = np.array([[0.0, 0.0, 1.0], [1.0, 0.0, 0.0], [0.0, -1.0, 0.0]])
    return Geometry.from_axes((1, shape[0], shape[1]), np.zeros(3), directions, (size, size, 1.0))


def read_picture(path: Path, name: str, spacing_mm: float | None, facing: Facing) -> Scan:
    """Read a PNG, JPEG, BMP or TIFF picture. Its dots per inch are print settings, not millimetres in the patient.

    Raises:
        ScanError: unreadable, colourful or too small.
    """
    try:
        with Image.open(path) as image:
            if image.width * image.height > MAX_PIXELS:
                raise ScanError("picture_too_large", "The picture has too many pixels for a single slice.")
            pixels = _pixels(image)
    except ScanError:
        raise
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise ScanError("unreadable", "The picture cannot be read: it is damaged or of another kind.") from error
    return picture_scan(to_grey(pixels), name, spacing_mm, facing)


def _pixels(image: Image.Image) -> npt.NDArray[Any]:
    """Return [rows, columns] or [rows, columns, 3]; transparency is laid over black."""
    if image.mode in ("L", "I", "F", "1") or image.mode.startswith("I;16"):
        return np.array(image if image.mode != "1" else image.convert("L"))
    if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
        rgba = image.convert("RGBA")
        return np.array(Image.alpha_composite(Image.new("RGBA", rgba.size, (0, 0, 0, 255)), rgba).convert("RGB"))
    return np.array(image.convert("RGB"))


def to_grey(pixels: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Turn [rows, columns, 3] into [rows, columns] when it is grey but for a few marks; 2-D input is returned as it is.

    Raises:
        ScanError: the picture is colourful.
    """
    if pixels.ndim == 2:
        return pixels
    values = pixels[..., :3].astype(np.int32)
    scale = max(1, int(values.max()) // 255)
    share = float((np.ptp(values, axis=-1) > COLOUR_STEP * scale).mean())
    if share > COLOUR_SHARE:
        raise ScanError(
            "colour_picture",
            f"The picture is in colour ({100 * share:.0f} % of it): it is not a grey slice of a scan.",
            "Export the midsagittal slice without colours or overlays.",
        )
    return np.median(values, axis=-1).astype(pixels.dtype)


def picture_scan(
    pixels: npt.NDArray[Any],
    name: str,
    spacing_mm: float | None,
    facing: Facing,
    findings: tuple[Finding, ...] = (),
    modality: str | None = None,
) -> Scan:
    """Make the Scan of one grey picture [rows, columns]; ``spacing_mm`` None means the pixel size is unknown.

    Raises:
        ScanError: too small, or nothing but NaN.
    """
    if min(pixels.shape) < MIN_PIXELS:
        size = f"{pixels.shape[1]} x {pixels.shape[0]}"
        raise ScanError("picture_too_small", f"The picture has only {size} pixels; at least {MIN_PIXELS} are needed.")
    pixels, repaired = repair_greys(pixels)
    array = np.ascontiguousarray(pixels)[None]
    geometry = picture_geometry(pixels.shape, spacing_mm)
    found = (*findings, *repaired)
    return Scan(array, geometry, name, "picture", modality, spacing_mm is not None, facing, found)
