"""What the student says about one slab, in plain numpy: the border between the engine and everything else."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

CAM_SIZE = 160
"""Rows and columns of the Grad-CAM grid that covers the whole slab."""


@dataclass(frozen=True)
class Prediction:
    """The student's answer for one slab.

    ``logits`` [stages]; ``presence`` probability that the slab shows a synchondrosis region that can be judged;
    ``sos_px`` (column, row) in slab pixels; ``box_px`` (column_min, row_min, column_max, row_max);
    ``cam`` float32 [CAM_SIZE, CAM_SIZE] for the predicted stage, absolute scale; its cell (r, c) covers the slab pixels
    [r*f, (r+1)*f) x [c*f, (c+1)*f) with f = slab size / CAM_SIZE. ``landmarks_px`` name -> (column, row).
    ``runner_up_cam``: the same map for the second likeliest stage.
    """

    logits: npt.NDArray[np.float32]
    presence: float
    sos_px: tuple[float, float]
    box_px: tuple[float, float, float, float]
    cam: npt.NDArray[np.float32]
    landmarks_px: dict[str, tuple[float, float]]
    runner_up_cam: npt.NDArray[np.float32] | None = None
