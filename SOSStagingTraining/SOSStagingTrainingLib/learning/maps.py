"""Maps over a view, over part of it, and between the two.

Boxes are (x0, y0, x1, y1), edges in view pixels whose centres have whole numbers; NaN where there is none.
"""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional
from torchvision.ops import roi_align

PASTED_CELL = 4
"""Pixels of a view per cell of a map that was pasted onto it."""


def has_box(box: Tensor) -> Tensor:
    """Which of boxes [B, 4] are there at all, [B] bool."""
    return box.isfinite().all(1)


def covers_part(box: Tensor, view: tuple[int, int]) -> Tensor:
    """Which of boxes [B, 4] are there and show less than the whole view (rows, columns), [B] bool."""
    size = torch.stack([box[:, 3] - box[:, 1], box[:, 2] - box[:, 0]], 1)
    return has_box(box) & (size < 0.99 * size.new_tensor(view)).any(1)


def through(map_: Tensor, region: Tensor, view: tuple[int, int], size: tuple[int, int]) -> Tensor:
    """Read a map [B, K, h, w] of a view (rows, columns) through boxes ``region`` [B, 4]: [B, K, *size].

    RoIAlign (He et al. 2017, arXiv 1703.06870) with one sample a cell, so that equal grids agree exactly. Rows without
    a box are read through the whole view: leave them out.
    """
    rows, columns = map_.shape[-2:]
    whole = region.new_tensor([0.0, 0.0, view[1], view[0]]) - 0.5
    box = torch.where(has_box(region)[:, None], region, whole)
    # Edges count from the corner of the map in RoIAlign.
    cells = (box + 0.5) * box.new_tensor([columns / view[1], rows / view[0]]).repeat(2)
    return roi_align(map_.float(), list(cells.float().unsqueeze(1)), size, sampling_ratio=1, aligned=True)


def paste(map_: Tensor, region: Tensor, view: tuple[int, int]) -> Tensor:
    """Lay maps [B, h, w] of regions [B, 4] onto their views (rows, columns): [B, 1, rows/n, columns/n], 0 elsewhere.

    n is PASTED_CELL where it divides the view, else 1. Values are interpolated, not rescaled.
    """
    n = PASTED_CELL if not (view[0] % PASTED_CELL or view[1] % PASTED_CELL) else 1
    rows, columns = ((torch.arange(size // n, device=map_.device) + 0.5) * n - 0.5 for size in view)
    x0, y0, x1, y1 = (region[:, k, None] for k in range(4))
    across, down = 2 * (columns - x0) / (x1 - x0) - 1, 2 * (rows - y0) / (y1 - y0) - 1
    grid = torch.stack(torch.broadcast_tensors(across[:, None, :], down[:, :, None]), -1)
    laid = functional.grid_sample(
        map_[:, None].to(grid.dtype), grid, mode="bilinear", padding_mode="border", align_corners=False
    )
    return laid * (grid.abs() <= 1).all(-1)[:, None]


def on_view(map_: Tensor, view: tuple[int, int]) -> Tensor:
    """A map [B, h, w] of the whole view (rows, columns) as [B, 1, h, w], finer where its cells do not divide the
    view."""
    rows, columns = map_.shape[-2:]
    if view[0] % rows == 0 and view[1] % columns == 0:
        return map_[:, None]
    return functional.interpolate(map_[:, None], size=view, mode="bilinear", align_corners=False)
