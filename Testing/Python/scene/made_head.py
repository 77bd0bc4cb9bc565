"""A ball-shaped head in an axis-aligned volume, with the result that belongs to it, straight or oblique."""

import numpy as np
from report.made_results import SOS_PX, make_result, make_slab
from SOSStagingLib.scan.geometry import Geometry

SPACING = 2.0
SHAPE = (80, 80, 80)


def head_volume():
    """Array and geometry: index i runs left, j posterior, k superior, as CT series mostly come."""
    center = make_slab().geometry.center_ras
    directions = np.diag([-1.0, -1.0, 1.0])
    origin = center - directions @ (np.array(SHAPE[::-1]) - 1) * SPACING / 2
    geometry = Geometry.from_axes(SHAPE, origin, directions, (SPACING,) * 3)
    k, j, i = np.indices(SHAPE)
    radius = np.linalg.norm(geometry.to_ras(np.stack([i, j, k], axis=-1)) - center, axis=-1)
    array = np.select([radius < 62, radius < 67, radius < 72], [40, 1200, 20], -1000).astype(np.int16)
    return array, geometry


def sos_ras(result):
    return result.slab.geometry.to_ras((*SOS_PX, 1))


__all__ = ["head_volume", "make_result", "sos_ras"]
