"""Measures of what a volume shows, on the coarse copy: tissue, bone, air, outline. Greys count only relatively."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import ndimage

from .geometry import FloatArray
from .overview import BoolArray, Float32Array, Levels, Overview, grey_levels

# Bone begins this share of the step from air to soft tissue above soft tissue (spongy bone, about 300 HU on CT).
BONE_STEP = 0.3
BARE_AIR_SHARE = 0.3  # a body with so much air inside it is a bare skull
CONTACT_VOXELS = 5


@dataclass(frozen=True)
class Masks:
    """Boolean volumes on the overview's grid. ``outline`` is the body with its air holes closed slice by slice."""

    body: BoolArray
    outline: BoolArray
    inner_air: BoolArray
    bone: BoolArray


@dataclass(frozen=True)
class HeadMeasures:
    """What the gate's rules are stated in. Lengths in mm, areas in cm2, volumes in cm3; greys as shares.

    ``tail`` compares what lies above the bright class with what lies below the dark one; ``bone_contrast`` is how far
    the 99.8th percentile lies above the dark class, over how far the body's median does (None for a bare skull);
    ``border_dark`` is the dark share of the outer faces; ``correlation`` is that of neighbouring blocks; ``texture`` is
    the median local variation inside the body over the air-to-tissue step (None when there is too little body);
    ``bone_spread`` is the relative 10-90 % range of greys inside bone.
    """

    tail: float
    bone_contrast: float | None
    border_dark: float
    correlation: float
    texture: float | None
    soft_cm3: float
    area_cm2: float
    air_cm3: float
    bone_share: float
    bone_spread: float
    bone_width_mm: float
    bone_size_mm: tuple[float, float]
    body_width_mm: float
    cut_left: float
    cut_right: float
    cut_any: float
    seen_mm: tuple[float, float, float]
    contrast: float


def measure_head(view: Overview) -> tuple[HeadMeasures, Levels, Masks] | None:
    """Measure a volume; None when its known part is constant or holds no body."""
    values = view.array[view.known]
    levels = grey_levels(values) if values.size else None
    masks = None if levels is None else find_masks(view, levels)
    if levels is None or masks is None:
        return None
    step = levels.middle - levels.dark
    core = ndimage.binary_erosion(masks.body, iterations=3)
    core_cm3 = float(core.sum()) * _voxel_cm3(view)
    slices = masks.outline.any(axis=(1, 2))
    outline = masks.outline[slices]
    tissue = int((masks.outline & ~masks.inner_air).sum())
    left, right, anywhere = _cut_shares(outline, view.known[slices])
    widths = _widths(outline, view.spacing[0])
    bone_widths = _widths(masks.bone, view.spacing[0])
    measures = HeadMeasures(
        tail=((levels.top - levels.bright) - (levels.dark - levels.bottom)) / (levels.bright - levels.dark),
        bone_contrast=_bone_contrast(view, levels, masks),
        border_dark=_border_share(view, levels),
        correlation=_neighbour_correlation(view),
        texture=_texture(view, core) / step if core_cm3 >= 100 and step > 0 else None,
        soft_cm3=core_cm3,
        area_cm2=float(np.percentile(outline.sum(axis=(1, 2)), 25) * view.spacing[0] * view.spacing[1] / 100),
        air_cm3=float(masks.inner_air.sum()) * _voxel_cm3(view),
        bone_share=float(masks.bone.sum()) / max(1, tissue),
        bone_spread=_bone_spread(view, levels),
        bone_width_mm=float(max(bone_widths, default=0.0)),
        bone_size_mm=_bone_size(masks.bone, view.spacing),
        body_width_mm=float(np.median(widths)),
        cut_left=left,
        cut_right=right,
        cut_any=anywhere,
        seen_mm=_seen(view),
        contrast=step,
    )
    return measures, levels, masks


def find_masks(view: Overview, levels: Levels) -> Masks | None:
    """Split the view into the largest body, the air inside it and its bone; None without a body."""
    solid = (view.array >= levels.low_threshold) & view.known
    # One block off and on again parts the head from a table or head support that touches it.
    parts, count = ndimage.label(ndimage.binary_opening(solid))
    if count == 0:
        parts, count = ndimage.label(solid)
    if count == 0:
        return None
    sizes = np.bincount(parts.ravel())
    sizes[0] = 0
    main = parts == int(sizes.argmax())
    outline = np.array([ndimage.binary_fill_holes(plane) for plane in main])
    air = outline & (view.array < levels.low_threshold)
    return Masks(main, outline, air, outline & (view.array >= bone_threshold(levels, float(air.sum() / outline.sum()))))


def bone_threshold(levels: Levels, air_share: float) -> float:
    """Grey above which a block counts as bone; of a bare skull all of it is bone."""
    if air_share > BARE_AIR_SHARE:
        return levels.low_threshold
    return levels.middle + BONE_STEP * (levels.middle - levels.dark)


def _bone_contrast(view: Overview, levels: Levels, masks: Masks) -> float | None:
    """The body's median is soft tissue, whether the classes are air, fat and muscle or air, muscle and bone."""
    if masks.inner_air.sum() > BARE_AIR_SHARE * masks.outline.sum():
        return None
    return (levels.top - levels.dark) / (float(np.median(view.array[masks.body])) - levels.dark)


def _voxel_cm3(view: Overview) -> float:
    return float(np.prod(view.spacing)) / 1000


def _widths(planes: BoolArray, spacing: float) -> list[float]:
    """Left-right width of what each non-empty plane [k] shows, mm."""
    places = (np.flatnonzero(plane.any(axis=0)) for plane in planes)
    return [float((place[-1] - place[0] + 1) * spacing) for place in places if len(place)]


def _bone_size(bone: BoolArray, spacing: FloatArray) -> tuple[float, float]:
    """Left-right and front-back extent that holds 98 % of the bone, mm; single noisy blocks do not count."""
    _, j, i = np.nonzero(bone)
    if not len(i):
        return 0.0, 0.0
    width, length = (np.percentile(n, 99) - np.percentile(n, 1) for n in (i, j))
    return float(width * spacing[0]), float(length * spacing[1])


def _border_share(view: Overview, levels: Levels) -> float:
    """Dark share of the known outer faces; 1 when none is known."""
    faces = [(view.array.take([end], axis), view.known.take([end], axis)) for axis in range(3) for end in (0, -1)]
    greys = np.concatenate([array[known] for array, known in faces])
    return float((greys < levels.low_threshold).mean()) if greys.size else 1.0


def _neighbour_correlation(view: Overview) -> float:
    centred = np.where(view.known, view.array - view.array[view.known].mean(), 0)
    power = float((centred**2).sum()) or 1.0
    pairs = [float((np.delete(centred, 0, axis) * np.delete(centred, -1, axis)).sum()) for axis in range(3)]
    return sum(pairs) / (3 * power)


def _texture(view: Overview, core: BoolArray) -> float:
    """Median standard deviation over 3x3x3 blocks inside the body."""
    mean = ndimage.uniform_filter(view.array, 3)
    square = ndimage.uniform_filter(view.array**2, 3)
    return float(np.median(np.sqrt(np.maximum(square - mean**2, 0))[core]))


def _bone_spread(view: Overview, levels: Levels) -> float:
    """Relative 10-90 % range of the greys of bright blocks that have no air beside them; 1 when there are too few."""
    solid = (view.array >= levels.low_threshold) & view.known
    greys = view.array[ndimage.binary_erosion(solid) & (view.array >= levels.high_threshold)]
    if greys.size < 50:
        return 1.0
    low, middle, high = (float(np.percentile(greys, share)) for share in (10, 50, 90))
    return (high - low) / (middle - levels.dark)


def _cut_shares(outline: BoolArray, known: BoolArray) -> tuple[float, float, float]:
    """Share of slices in which the body is cut by the field of view on its left, on its right, anywhere around."""
    edge = ~known
    edge[:, [0, -1], :] = True
    edge[:, :, [0, -1]] = True
    near = ndimage.binary_dilation(edge, np.ones((1, 3, 3), bool)) & outline
    left, right = outline[:, :, 0].any(axis=1), outline[:, :, -1].any(axis=1)
    return float(left.mean()), float(right.mean()), float((near.sum(axis=(1, 2)) > CONTACT_VOXELS).mean())


def _seen(view: Overview) -> tuple[float, float, float]:
    """Extent of the known part (right, anterior, superior), mm."""
    places = [np.flatnonzero(view.known.any(axis=other)) for other in ((0, 1), (0, 2), (1, 2))]
    right, anterior, superior = (float((p[-1] - p[0] + 1) * s) for p, s in zip(places, view.spacing, strict=True))
    return right, anterior, superior


def mirror_scores(view: Overview, masks: Masks, levels: Levels) -> FloatArray:
    """Correlation of the body with its own mirror image along right, anterior and superior; the best small shift."""
    greys = np.where(view.known, np.clip(view.array, levels.dark, levels.top), levels.dark).astype(np.float32)
    greys -= levels.dark
    box = ndimage.find_objects(masks.outline.astype(np.int8))[0]
    greys = greys[box]
    return np.array([_mirror_score(np.moveaxis(greys, axis, 0)) for axis in (2, 1, 0)])


def _mirror_score(greys: Float32Array) -> float:
    best = -1.0
    for shift in range(-3, 4):
        part = greys[max(0, shift) : len(greys) + min(0, shift)]
        if len(part) > 4:
            best = max(best, float(np.corrcoef(part.ravel(), part[::-1].ravel())[0, 1]))
    return best
