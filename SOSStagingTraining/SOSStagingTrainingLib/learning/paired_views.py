"""Augmented views of slabs, the crop of each from the very same view; what is drawn depends on seeds alone.

Every random number comes from a case's own seed on the CPU, so a step shows the same on any device, after any resume
and however it is split into batches or over processes.
"""

from __future__ import annotations

import math
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from itertools import starmap
from threading import Barrier
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from scipy.ndimage import gaussian_filter
from SOSStagingLib.scan.types import SLAB_SPACING_MM
from torch import Tensor
from torch.nn import functional

from .batch import Batch, filled
from .methods import Detection
from .settings import AugmentSettings, CropSource, ViewSettings
from .slabs import Slabs, StoredSlab

FloatArray = npt.NDArray[np.float64]

NOISE_STREAM = 20_000_303
NOISE_ROOM = 128
NOISE_GRAIN_PX = 0.7
"""Grain of cone-beam scans goes over one to two voxels."""
SHADING_CELLS = 4
LEAST_FIELD_PX = 160
"""The smallest square shown: 64 mm."""
DARK, BRIGHT, MIDDLE = -0.5, 2.0, 0.4
"""Greys are cut off and centred as in ``model.student.normalise``."""


@dataclass(frozen=True)
class Draw:
    """What one view differs by: turn in radians, zoom, shift in slab pixels (x, y), greys, where in the table its
    noise is taken from, and how far off the box is that its crop is cut by: a shift in shares of the box's longer side,
    and a zoom."""

    turn: float = 0.0
    zoom: float = 1.0
    shift: tuple[float, float] = (0.0, 0.0)
    gain: float = 1.0
    offset: float = 0.0
    gamma: float = 1.0
    shading: npt.NDArray[np.float32] | None = None
    noise: float = 0.0
    noise_at: tuple[int, int] = (0, 0)
    box_shift: tuple[float, float] = (0.0, 0.0)
    box_zoom: float = 1.0


def drawn(settings: AugmentSettings, seed: int, spacing: float) -> Draw:
    """Draw how a view differs from the slab; ``spacing`` in mm per slab pixel."""
    rng = np.random.default_rng([seed, 1])
    u = rng.uniform(-1, 1, 7)
    cells = rng.uniform(-1, 1, (SHADING_CELLS, SHADING_CELLS)).astype(np.float32)
    column, row = (int(v) for v in rng.integers(0, NOISE_ROOM, 2))
    noise = settings.noise * float(rng.random())
    off = rng.uniform(-1, 1, 3)
    reach = settings.shift_mm / spacing
    return Draw(
        turn=math.radians(settings.rotation_deg) * float(u[0]),
        zoom=1 + settings.scale * float(u[1]),
        shift=(reach * float(u[2]), reach * float(u[3])),
        gain=1 + settings.gain * float(u[4]),
        offset=settings.offset * float(u[5]),
        gamma=1 + settings.gamma * float(u[6]),
        shading=settings.shading * cells,
        noise=noise,
        noise_at=(column, row),
        box_shift=(settings.box_shift * float(off[0]), settings.box_shift * float(off[1])),
        box_zoom=1 + settings.box_scale * float(off[2]),
    )


def case_seed(seed: int, step: int, position: int) -> int:
    """The seed of the view at a place in a step's batch."""
    return int(np.random.SeedSequence([seed, step, position]).generate_state(1, np.uint64)[0] >> np.uint64(1))


def epoch_order(cases: int, seed: int, epoch: int) -> npt.NDArray[np.int64]:
    """The order in which an epoch takes its cases."""
    return np.random.default_rng([seed, epoch, 2]).permutation(cases)


class PairedViews:
    """Makes batches for one method: of these slabs, shown so, varied so.

    ``crop_view`` says how crops are shown (size, planes and margin): as the teacher was shown them where a student is
    taught, otherwise as ``view`` does.
    """

    def __init__(
        self,
        slabs: Slabs,
        view: ViewSettings,
        augment: AugmentSettings,
        detections: Mapping[str, Detection] | None = None,
        crop_view: ViewSettings | None = None,
        device: torch.device | str = "cpu",
    ) -> None:
        self.slabs = slabs
        self.view = view
        self.crop_view = crop_view or view
        self.augment = augment
        self.detections = detections or {}
        self.device = torch.device(device)
        # Views are made where they are wanted, or on the CPU for devices that lack one operation or another.
        self._maker = self.device if self.device.type == "cuda" else torch.device("cpu")

    def training(self, cases: Sequence[str], seeds: Sequence[int], crops: CropSource) -> Batch:
        """Augmented views of cases, each from its seed."""
        return self._batch(cases, seeds, crops, augmented=True)

    def plain(self, cases: Sequence[str], crops: CropSource) -> Batch:
        """Cases as they are."""
        return self._batch(cases, [zlib.crc32(name.encode()) for name in cases], crops, augmented=False)

    def has_crop(self, case: str, crops: CropSource) -> bool:
        """Whether there is a box to cut this case's crop by."""
        return crops == "none" or (case in self.detections if crops == "detected" else self.slabs[case].box is not None)

    def _batch(self, cases: Sequence[str], seeds: Sequence[int], crops: CropSource, *, augmented: bool) -> Batch:
        # Slabs are read here: what holds them is for one thread.
        todo = [(case, self.slabs[case], seed, crops, augmented) for case, seed in zip(cases, seeds, strict=True)]
        rows = list(_each(self._row, todo) if self._maker.type == "cpu" else starmap(self._row, todo))
        stacked = {name: torch.stack([row[name] for row in rows]) for name in rows[0]}
        size = self.view.size
        batch = Batch(case=list(cases), detected_mask=filled(stacked["detected"], size, size), **stacked)
        return batch.to(self.device)

    def _row(self, case: str, stored: StoredSlab, seed: int, crops: CropSource, augmented: bool) -> dict[str, Tensor]:
        frozen = self.slabs.cases[case]
        spacing = SLAB_SPACING_MM if math.isnan(stored.spacing) else stored.spacing
        draw = drawn(self.augment, seed, spacing) if augmented else Draw()
        to_slab = view_matrix(stored, self.view, draw)
        found = self.detections.get(case)
        box = placed(stored.box, to_slab)
        detected = placed(None if found is None else np.array(found.box), to_slab)
        slab = self._greys(stored, draw)
        seen = torch.from_numpy(np.stack([stored.valid, stored.roi])).to(self._maker).float()
        masks = resampled(seen, to_slab, self.view.size, "nearest")
        row = {
            "image": self._finished(_planes(slab, self.view.planes), to_slab, self.view.size, draw),
            "valid": masks[:1],
            "mask": masks[1:],
            "box": torch.tensor(box, dtype=torch.float32),
            "detected": torch.tensor(detected, dtype=torch.float32),
            "confidence": torch.tensor(math.nan if found is None else found.confidence),
            "stage": torch.tensor(frozen.stage - 1),
            "soft": torch.tensor(frozen.soft, dtype=torch.float32),
            "spacing": torch.tensor(stored.spacing * pixel_pitch(to_slab), dtype=torch.float32),
            "to_slab": torch.tensor(to_slab, dtype=torch.float32),
            "seed": torch.tensor(seed),
        }
        cut_by = missed(detected if crops == "detected" else box, draw)
        square = crop_square(cut_by, self.view.size, self.crop_view.margin)
        row["crop_box"] = torch.tensor(square, dtype=torch.float32)
        row["crop"] = self._crop(slab, to_slab, square, draw, 0 if crops == "none" else self.crop_view.crop)
        return {name: value.to(self._maker) for name, value in row.items()}

    def _crop(self, slab: Tensor, to_slab: FloatArray, square: FloatArray, draw: Draw, size: int) -> Tensor:
        planes = _planes(slab, self.crop_view.planes)
        if not size:
            return planes.new_zeros(len(planes), 0, 0)
        return self._finished(planes, crop_matrix(to_slab, square, size), size, draw)

    def _greys(self, stored: StoredSlab, draw: Draw) -> Tensor:
        """The slab's planes [C, rows, columns] with noise in the field of view."""
        planes = stored.middle[None] if self.view.planes == self.crop_view.planes == 1 else stored.array
        slab = torch.from_numpy(planes).to(self._maker).float()
        if draw.noise > 0:
            (column, row), (height, width) = draw.noise_at, planes.shape[1:]
            table = _noise_table(self._maker, height + NOISE_ROOM, width + NOISE_ROOM)
            # The middle plane has the same grain whether it comes alone or with its neighbours.
            layers = table if len(planes) > 1 else table[1:2]
            noise = layers[:, row : row + height, column : column + width] * draw.noise
            slab += noise if stored.valid.all() else noise * torch.from_numpy(stored.valid).to(self._maker)
        return slab

    def _finished(self, slab: Tensor, matrix: FloatArray, size: int, draw: Draw) -> Tensor:
        """The part of the slab that ``matrix`` shows, greys changed and normalised. Greys change point by point, so
        view and crop agree."""
        image = resampled(slab, matrix, size)
        if draw.shading is not None:
            field = torch.from_numpy(draw.shading).to(self._maker)[None]
            whole = np.array([[(SHADING_CELLS - 1) / (n - 1) for n in (slab.shape[2], slab.shape[1])]]).T
            image = image * (1 + resampled(field, matrix * whole, size, beyond="border"))
        image = image * draw.gain + draw.offset
        if draw.gamma != 1:
            span = BRIGHT - DARK
            image = ((image - DARK) / span).clamp(0, 1) ** draw.gamma * span + DARK
        return image.clamp(DARK, BRIGHT) - MIDDLE


def _each(make: Callable[..., dict[str, Tensor]], todo: Sequence[tuple[Any, ...]]) -> Iterator[dict[str, Tensor]]:
    """``starmap`` over threads that run torch's operations alone: split up over threads they would be too small."""
    threads = torch.get_num_threads()
    return starmap(make, todo) if threads == 1 else _makers(threads).map(lambda row: make(*row), todo)


@cache
def _makers(threads: int) -> ThreadPoolExecutor:
    """So many threads, each of which torch gives one of its own; how many others have stays as it is."""
    begun = Barrier(threads)

    def begin() -> None:
        # Asked first, or else the first operation would set it again to what was set last anywhere.
        torch.get_num_threads()
        torch.set_num_threads(1)
        begun.wait()

    pool = ThreadPoolExecutor(threads, "views", begin)
    # Each waits for all, so that the pool cannot do with fewer.
    for future in [pool.submit(int) for _ in range(threads)]:
        future.result()
    # Threads that come later begin with what was set last.
    torch.set_num_threads(threads)
    return pool


@cache
def _noise_table(device: torch.device, height: int, width: int) -> Tensor:
    """Grain with standard deviation 1, [3, height, width]: a view's noise is a window of it, which costs nothing."""
    white = np.random.default_rng(NOISE_STREAM).standard_normal((3, height, width), np.float32)
    grain = gaussian_filter(white, (0, NOISE_GRAIN_PX, NOISE_GRAIN_PX))
    return torch.from_numpy(np.asarray(grain / grain.std(), np.float32)).to(device)


def view_matrix(stored: StoredSlab, view: ViewSettings, draw: Draw) -> FloatArray:
    """The map [2, 3] from view pixel (x, y, 1) to slab pixel."""
    middle, side = _field(stored, view)
    pitch = side / view.size / draw.zoom
    cos, sin = math.cos(draw.turn) * pitch, math.sin(draw.turn) * pitch
    turn = np.array([[cos, -sin], [sin, cos]])
    start = middle + np.array(draw.shift) - turn @ np.full(2, (view.size - 1) / 2)
    return np.column_stack([turn, start])


def _field(stored: StoredSlab, view: ViewSettings) -> tuple[FloatArray, float]:
    """Middle (x, y) and side, in slab pixels, of the square that is shown."""
    height, width = stored.valid.shape
    if view.field == "slab":
        return np.array([(width - 1) / 2, (height - 1) / 2]), float(max(height, width))
    rows, columns = np.flatnonzero(stored.valid.any(1)), np.flatnonzero(stored.valid.any(0))
    low, high = np.array([columns[0], rows[0]], float), np.array([columns[-1], rows[-1]], float)
    return (low + high) / 2, max(float((high - low).max()) + 1, LEAST_FIELD_PX)


def _planes(slab: Tensor, wanted: int) -> Tensor:
    """All planes of a slab, or the midsagittal one."""
    return slab if wanted == len(slab) else slab[len(slab) // 2][None]


def pixel_pitch(to_slab: FloatArray) -> float:
    """Slab pixels per view pixel."""
    return float(np.hypot(*to_slab[:, 0]))


def placed(box: FloatArray | None, to_slab: FloatArray) -> FloatArray:
    """A box in slab pixels as view pixels [4]: its middle moved, its size scaled, still upright; NaN for None."""
    if box is None:
        return np.full(4, np.nan)
    middle = np.linalg.solve(to_slab[:, :2], (box[:2] + box[2:]) / 2 - to_slab[:, 2])
    half = (box[2:] - box[:2]) / 2 / pixel_pitch(to_slab)
    return np.concatenate([middle - half, middle + half])


def to_slab_box(box: npt.ArrayLike, to_slab: npt.ArrayLike) -> FloatArray:
    """The inverse of ``placed``."""
    at, matrix = np.asarray(box, float), np.asarray(to_slab, float)
    middle = matrix[:, :2] @ ((at[:2] + at[2:]) / 2) + matrix[:, 2]
    half = (at[2:] - at[:2]) / 2 * pixel_pitch(matrix)
    return np.concatenate([middle - half, middle + half])


def missed(box: FloatArray, draw: Draw) -> FloatArray:
    """A box [4] as a detector might have found it: off by what was drawn."""
    middle, half = (box[:2] + box[2:]) / 2, (box[2:] - box[:2]) / 2
    middle = middle + np.array(draw.box_shift) * 2 * half.max()
    return np.concatenate([middle - half * draw.box_zoom, middle + half * draw.box_zoom])


def crop_square(box: FloatArray, size: int, margin: float) -> FloatArray:
    """The square [4], in pixels of a view of ``size``, that a crop shows: the box with a margin; all where it is
    NaN."""
    if np.isnan(box).any():
        return np.array([-0.5, -0.5, size - 0.5, size - 0.5])
    middle = (box[:2] + box[2:]) / 2
    half = float((box[2:] - box[:2]).max()) / 2 * (1 + 2 * margin)
    return np.concatenate([middle - half, middle + half])


def crop_matrix(to_slab: FloatArray, square: FloatArray, size: int) -> FloatArray:
    """The map [2, 3] from crop pixel to slab pixel."""
    pitch = (square[2] - square[0]) / size
    start = square[:2] + 0.5 * pitch
    return np.column_stack([to_slab[:, :2] * pitch, to_slab[:, :2] @ start + to_slab[:, 2]])


def resampled(image: Tensor, matrix: FloatArray, size: int, mode: str = "bilinear", beyond: str = "zeros") -> Tensor:
    """What ``matrix`` (output pixel to pixel of ``image`` [C, H, W]) shows, [C, size, size]; ``beyond`` the image there
    are zeros, or its border goes on.

    Interpolating, pixels are averaged first where the output is coarser, so that grain does not alias.
    """
    factor = int(pixel_pitch(matrix)) if mode == "bilinear" else 1
    if factor >= 2:
        image = functional.avg_pool2d(image[None], factor, ceil_mode=True, count_include_pad=False)[0]
        matrix = matrix / factor
        matrix[:, 2] += 0.5 / factor - 0.5
    height, width = image.shape[1:]
    axis = torch.arange(size, dtype=torch.float32, device=image.device)
    xx, yy = torch.meshgrid(axis, axis, indexing="xy")
    m = [[float(v) for v in row] for row in matrix]
    x = (m[0][0] * xx + m[0][1] * yy + m[0][2]) * (2 / max(width - 1, 1)) - 1
    y = (m[1][0] * xx + m[1][1] * yy + m[1][2]) * (2 / max(height - 1, 1)) - 1
    grid = torch.stack([x, y], -1)[None]
    return functional.grid_sample(image[None], grid, mode=mode, padding_mode=beyond, align_corners=True)[0]
