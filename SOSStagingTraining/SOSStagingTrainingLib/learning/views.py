"""Random views of training windows, in torch, whole batches at a time: geometry, scanner faults, contrast, field of
view.

Severities follow the domain table: noise 0.02-0.2 of (brain - air), blur 0.4-0.9 mm FWHM and more for coarse scans,
cupping up to 20 %, streaks from metal, double contours from motion, cut and cylinder fields of view, display windows
that saturate bone.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from SOSStagingLib.model.student import LOOK_SIZE, normalise
from torch import Tensor
from torch.nn import functional


@dataclass
class View:
    """One augmented batch: normalised images [B, C, 128, 128] and points [B, K, 2] (column, row) in their pixels."""

    image: Tensor
    points: Tensor
    spoiled: Tensor
    """[B] True where contrast was inverted or the synchondrosis was cut away: nothing may be staged there."""


def random_view(
    image: Tensor,
    points: Tensor,
    generator: torch.Generator,
    *,
    shift: float,
    noise: float,
    blur: float,
    cut: float,
    slices: float,
    faults: bool = True,
) -> View:
    """Turn, scale and shift ``image`` [B, C, H, W] (air 0, brain 1) into 128-pixel views and spoil them as scanners do.

    ``shift`` pixels of translation either way; ``noise`` and ``blur`` (pixels) are the largest severities; ``cut`` the
    share of views whose field of view ends somewhere; ``slices`` the thickest slice in pixels. Point 0 is the
    synchondrosis; NaN points stay NaN. Without ``faults`` the scanner is perfect: only the pose, dry skulls and the
    display change, and nothing is cut.
    """
    b = image.shape[0]
    grainy = cut_away = torch.zeros(b, dtype=torch.bool)
    if faults:
        image, grainy = _sampled(image, generator, slices, noise)
    image, points = _turned(image, points, generator, shift)
    image = _dry(image, generator)
    if faults:
        image = _scanned(image, generator, noise, blur, grainy)
        image, cut_away = _cut(image, points[:, 0], generator, cut)
    image = _window(image, generator)
    inverted = _chance(b, 0.03, generator)
    top = image.amax((1, 2, 3), keepdim=True)
    image = torch.where(inverted[:, None, None, None], top - image, image)
    image = _as_picture(image, generator)
    return View(normalise(image), points, cut_away | inverted)


def _scanned(image: Tensor, generator: torch.Generator, noise: float, blur: float, grainy: Tensor) -> Tensor:
    b = image.shape[0]
    image = _smoothed(image, _uniform(b, 0.1, blur, generator))
    image = image * (1 + _lowpass((b, 1), image, generator) * _uniform(b, 0, 0.12, generator)[:, None, None, None])
    image = _double_contour(image, generator)
    image = _shaded(_streaks(_ringed(_supported(image, generator), generator), generator), generator)
    return _noisy(image, generator, noise, grainy)


def _as_picture(image: Tensor, generator: torch.Generator) -> Tensor:
    """A quarter of the views hold the middle plane alone, again and again: what a single picture gives, grain and
    all."""
    if image.shape[1] == 1:
        return image
    middle = image[:, image.shape[1] // 2, None].expand_as(image)
    return torch.where(_chance(image.shape[0], 0.25, generator)[:, None, None, None], middle, image)


def _uniform(n: int, low: float, high: float, generator: torch.Generator) -> Tensor:
    return torch.rand(n, generator=generator) * (high - low) + low


def _chance(n: int, p: float, generator: torch.Generator) -> Tensor:
    return torch.rand(n, generator=generator) < p


def _turned(image: Tensor, points: Tensor, generator: torch.Generator, shift: float) -> tuple[Tensor, Tensor]:
    b, _, h, w = image.shape
    angle = torch.randn(b, generator=generator).clamp(-2.5, 2.5) * math.radians(5)
    scale = torch.exp(torch.randn(b, generator=generator).clamp(-2, 2) * 0.08)
    move = (torch.rand(b, 2, generator=generator) * 2 - 1) * shift
    cos, sin = torch.cos(angle) / scale, torch.sin(angle) / scale
    # Output pixel q (from its centre) shows input pixel p = R q / scale + move.
    matrix = torch.stack([torch.stack([cos, -sin], 1), torch.stack([sin, cos], 1)], 1)
    half_out, half_in = (LOOK_SIZE - 1) / 2, torch.tensor([(w - 1) / 2, (h - 1) / 2])
    axis = torch.arange(LOOK_SIZE) - half_out
    grid = torch.stack(torch.meshgrid(axis, axis, indexing="xy"), -1).view(1, -1, 2)
    at = grid @ matrix.transpose(1, 2) + move[:, None] + half_in
    at = (at / half_in - 1).view(b, LOOK_SIZE, LOOK_SIZE, 2)
    turned = functional.grid_sample(image, at, mode="bilinear", padding_mode="border", align_corners=True)
    moved = (points - half_in - move[:, None]) @ torch.linalg.inv(matrix).transpose(1, 2) + half_out
    return turned, moved


def _dry(image: Tensor, generator: torch.Generator) -> Tensor:
    """Now and then a dry skull: everything softer than bone becomes air."""
    dry = _chance(image.shape[0], 0.04, generator)
    limit = _uniform(image.shape[0], 1.05, 1.25, generator)
    return torch.where(dry[:, None, None, None] & (image < limit[:, None, None, None]), torch.zeros_like(image), image)


def _smoothed(image: Tensor, sigma: Tensor, radius: int = 4) -> Tensor:
    b, c, h, w = image.shape
    x = torch.arange(-radius, radius + 1, dtype=torch.float32)
    kernel = torch.exp(-(x**2) / (2 * sigma[:, None] ** 2))
    kernel = (kernel / kernel.sum(1, keepdim=True)).repeat_interleave(c, 0)
    flat = functional.pad(image.reshape(1, b * c, h, w), (radius,) * 4, mode="replicate")
    flat = functional.conv2d(flat, kernel[:, None, None, :], groups=b * c)
    return functional.conv2d(flat, kernel[:, None, :, None], groups=b * c).view(b, c, h, w)


def _lowpass(shape: tuple[int, int], image: Tensor, generator: torch.Generator) -> Tensor:
    small = torch.randn(*shape, 4, 4, generator=generator)
    return functional.interpolate(small, size=image.shape[-2:], mode="bicubic", align_corners=True)


def _double_contour(image: Tensor, generator: torch.Generator) -> Tensor:
    weight = _uniform(image.shape[0], 0.1, 0.4, generator) * _chance(image.shape[0], 0.08, generator)
    step = int(torch.randint(1, 5, (1,), generator=generator))
    ghost = torch.roll(image, (step, -step // 2), (2, 3))
    return image + weight[:, None, None, None] * (ghost - image)


def _sampled(image: Tensor, generator: torch.Generator, thickest: float, noise: float) -> tuple[Tensor, Tensor]:
    """A third of the scans have slices or voxels larger than the window's pixels, up to ``thickest`` pixels.

    A slice averages over its thickness and has its own noise, up to ``noise``; slices may stand apart with gaps,
    unevenly, and tilted with the gantry; what lies between them is interpolated, noise and all, as the slab cutter
    does. So the grain of such a scan is drawn out across its slices, which must not be taken for bone or cartilage.
    Also returns [B]: True where this was done.
    """
    b = image.shape[0]
    if thickest <= 1:
        return image, torch.zeros(b, dtype=torch.bool)
    image, thick_ones = image.clone(), _chance(b, 0.33, generator)
    for n in torch.where(thick_ones)[0].tolist():
        thick, gap, tilt, phase, column, cubes = torch.rand(6, generator=generator).tolist()
        rows = 1 + (thickest - 1) * thick
        across = min(rows, thickest / 3) if cubes < 0.3 else 1 + column * min(thickest / 6, 1)
        slope = math.tan(math.radians(50 * tilt - 25)) if cubes >= 0.3 else 0.0
        room = math.ceil(abs(slope) * image.shape[3] / 2)
        measure, between = _resampling(image.shape[2] + 2 * room, rows, 0.4 + 0.6 * gap, phase, generator)
        measure_columns, between_columns = _resampling(image.shape[3], across, 1.0, phase, generator)
        upright = _sheared(functional.pad(image[n : n + 1], (0, 0, room, room), mode="replicate"), slope)
        measured = measure @ upright @ measure_columns.T
        measured = measured + noise * float(_uniform(1, 0, 1, generator)) ** 1.7 * _grain(measured, generator)
        whole = between @ measured @ between_columns.T
        image[n : n + 1] = _sheared(whole, -slope)[:, :, room : room + image.shape[2]]
    return image, thick_ones


def _grain(slices: Tensor, generator: torch.Generator) -> Tensor:
    """Noise of unit size for slices seen from the side, [1, C, slices, columns]: independent from slice to slice,
    correlated over a few columns as the reconstruction kernel leaves it, and partly shared by the planes beside."""
    own, shared = torch.randn(slices.shape, generator=generator), torch.randn(slices[:, :1].shape, generator=generator)
    same, width = torch.rand(2, generator=generator).tolist()
    mixed = (0.7 * same) ** 0.5 * shared + (1 - 0.7 * same) ** 0.5 * own
    x = torch.arange(-4, 5)
    kernel = torch.exp(-0.5 * (x / (0.2 + 1.3 * width)) ** 2)
    kernel = kernel / kernel.norm()
    padded = functional.pad(mixed.flatten(0, 2)[:, None], (4, 4), mode="reflect")
    return functional.conv1d(padded, kernel[None, None])[:, 0].view(slices.shape)


def _resampling(
    size: int, interval: float, filled: float, phase: float, generator: torch.Generator
) -> tuple[Tensor, Tensor]:
    """Matrices [slices, size], averages over slices ``filled * interval`` pixels thick, and [size, slices], linear
    between their middles.

    Every third stack changes its interval half-way, by up to a factor of 2.
    """
    uneven = float(_uniform(1, 1, 2, generator)) if float(torch.rand(1, generator=generator)) < 0.33 else 1.0
    first = torch.arange(-phase * interval, size / 2, interval / uneven)
    middles = torch.cat([first, torch.arange(float(first[-1]) + interval, size + interval, interval)])
    pixels = torch.arange(size, dtype=torch.float32)
    reach = max(filled * interval / uneven, 1.0) / 2
    box = (reach + 0.5 - (pixels - middles[:, None].clamp(0, size - 1)).abs()).clamp(0, 1)
    upper = torch.searchsorted(middles, pixels).clamp(1, len(middles) - 1)
    share = ((pixels - middles[upper - 1]) / (middles[upper] - middles[upper - 1])).clamp(0, 1)
    between = torch.zeros(size, len(middles))
    between[torch.arange(size), upper] = share
    between[torch.arange(size), upper - 1] = 1 - share
    return box / box.sum(1, keepdim=True), between


def _sheared(image: Tensor, slope: float) -> Tensor:
    """Column c of ``image`` [1, C, H, W] moved up by ``slope`` pixels for every column right of the middle."""
    if slope == 0:
        return image
    height, width = image.shape[-2:]
    rows = torch.arange(height)[:, None] + slope * (torch.arange(width) - (width - 1) / 2)
    at = torch.stack([torch.linspace(-1, 1, width).expand(height, width), rows / (height - 1) * 2 - 1], -1)
    return functional.grid_sample(image, at[None], mode="bilinear", padding_mode="border", align_corners=True)


def _streaks(image: Tensor, generator: torch.Generator) -> Tensor:
    b, _, h, w = image.shape
    strength = _uniform(b, 0.02, 0.18, generator) * _chance(b, 0.15, generator)
    source = torch.rand(b, 2, generator=generator) * torch.tensor([w, h * 0.8]) + torch.tensor([w * 0.3, h * 0.6])
    rows, cols = torch.meshgrid(torch.arange(h), torch.arange(w), indexing="ij")
    angle = torch.atan2(rows - source[:, 1, None, None], cols - source[:, 0, None, None])
    phase = _uniform(b, 0, 6.28, generator)[:, None, None]
    pattern = torch.sin(angle * 23 + phase) + torch.sin(angle * 41 + 2 * phase)
    return image + (strength[:, None, None] * pattern)[:, None]


def _supported(image: Tensor, generator: torch.Generator) -> Tensor:
    """Chin rest, head band or couch: a straight bar of some density in the air around the head."""
    b, _, h, w = image.shape
    density = _uniform(b, 0.2, 1.1, generator) * _chance(b, 0.3, generator)
    angle, far = _uniform(b, 0, 2 * math.pi, generator), _uniform(b, 0.1, 0.5, generator) * h
    half = _uniform(b, 1, 8, generator)
    rows, cols = torch.meshgrid(torch.arange(h) - (h - 1) / 2, torch.arange(w) - (w - 1) / 2, indexing="ij")
    along = torch.cos(angle)[:, None, None] * cols + torch.sin(angle)[:, None, None] * rows
    bar = ((along - far[:, None, None]).abs() < half[:, None, None])[:, None] & (image < 0.3)
    return torch.where(bar, torch.maximum(image, density[:, None, None, None]), image)


def _ringed(image: Tensor, generator: torch.Generator) -> Tensor:
    """Rings of the axial planes are upright stripes here, the same on both sides of the axis."""
    b, _, _, w = image.shape
    size = _uniform(b, 0.01, 0.05, generator) * _chance(b, 0.2, generator)
    axis = _uniform(b, 0.2, 0.8, generator)[:, None] * w
    profile = torch.randn(b, w, generator=generator)
    away = (torch.arange(w) - axis).abs().round().long().clamp_max(w - 1)
    return image + size[:, None, None, None] * profile.gather(1, away)[:, None, None, :]


def _shaded(image: Tensor, generator: torch.Generator) -> Tensor:
    """Scatter and beam hardening darken smoothly, truncation brightens towards one side."""
    b, _, _, w = image.shape
    shade = _lowpass((b, 1), image, generator) * _uniform(b, 0, 0.08, generator)[:, None, None, None]
    rim = _uniform(b, 0.1, 0.6, generator) * _chance(b, 0.2, generator)
    side = torch.where(_chance(b, 0.5, generator), 1.0, -1.0)
    bright = rim[:, None] * torch.exp((torch.linspace(-1, 1, w) * side[:, None] - 1) * 12)
    return image + shade + bright[:, None, None, :]


def _noisy(image: Tensor, generator: torch.Generator, largest: float, grainy: Tensor) -> Tensor:
    """Noise of fine voxels; scans that are ``grainy`` [B] already get little more, as a copied picture might."""
    b = image.shape[0]
    level = largest * torch.rand(b, generator=generator) ** 1.7
    level = torch.where(grainy, 0.2 * level, level)
    white = torch.randn(image.shape, generator=generator)
    grain = _smoothed(torch.randn(image.shape, generator=generator), torch.full((b,), 0.8), 2) * 2.8
    mixed = torch.where(_chance(b, 0.6, generator)[:, None, None, None], grain, white)
    return image + level[:, None, None, None] * mixed


def _cut(image: Tensor, sos: Tensor, generator: torch.Generator, share: float) -> tuple[Tensor, Tensor]:
    """End the field of view at straight edges or a circle; True where the synchondrosis is gone or at the very edge.

    The edges lie as the head lay in the scanner. Where a stack of thick slices was tilted with the gantry, its first
    and last slice end in stairs once they are read upright.
    """
    b, _, h, w = image.shape
    rows, cols = torch.meshgrid(torch.arange(h), torch.arange(w), indexing="ij")
    active = _chance(b, share, generator)
    kept = torch.ones(b, h, w, dtype=torch.bool)
    margin = torch.full((b,), 1e3)
    where = torch.where(torch.isnan(sos), torch.full_like(sos, w / 2), sos)
    slope = torch.tan(math.radians(25) * _uniform(b, -1, 1, generator) * _chance(b, 0.6, generator))[:, None, None]
    stair = torch.where(_chance(b, 0.4, generator), _uniform(b, 4, 30, generator), torch.ones(b))[:, None, None]
    right, below = cols - where[:, 0, None, None], rows - where[:, 1, None, None]
    down, across = below - slope * stair * (right / stair).round(), right + slope * below
    for away, sign in ((down, 1), (down, -1), (across, 1), (across, -1)):
        edge = _uniform(b, -0.12 * h, 0.75 * h, generator)
        edge = torch.where(_chance(b, 0.55, generator), edge, torch.full_like(edge, 1e3))
        kept &= sign * away < edge[:, None, None]
        margin = torch.minimum(margin, edge)
    radius = torch.where(_chance(b, 0.3, generator), _uniform(b, 0.3 * h, 0.75 * h, generator), torch.full((b,), 1e3))
    center = where + torch.randn(b, 2, generator=generator) * 0.15 * h
    kept &= torch.hypot(rows - center[:, 1, None, None], cols - center[:, 0, None, None]) < radius[:, None, None]
    margin = torch.minimum(margin, radius - torch.hypot(*(where - center).T))
    kept |= ~active[:, None, None]
    outside = torch.where(_chance(b, 0.7, generator), torch.zeros(b), _uniform(b, -0.3, 0.2, generator))
    image = torch.where(kept[:, None], image, outside[:, None, None, None])
    return image, active & (margin < 0.02 * h)


def _window(image: Tensor, generator: torch.Generator) -> Tensor:
    """Display windows: bone saturates, air is cut off, a little gamma."""
    b = image.shape[0]
    top = torch.where(_chance(b, 0.4, generator), _uniform(b, 1.5, 2.6, generator), torch.full((b,), 9.0))
    bottom = torch.where(_chance(b, 0.3, generator), _uniform(b, -0.1, 0.6, generator), torch.full((b,), -9.0))
    image = torch.minimum(torch.maximum(image, bottom[:, None, None, None]), top[:, None, None, None])
    gamma = torch.exp(torch.randn(b, generator=generator).clamp(-2, 2) * 0.15)[:, None, None, None]
    low, high = image.amin((1, 2, 3), keepdim=True), image.amax((1, 2, 3), keepdim=True)
    span = (high - low).clamp_min(1e-6)
    return ((image - low) / span) ** gamma * span + low
