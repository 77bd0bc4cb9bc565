"""A result that came back from a saved scene gets its slice and heat map again, for reports and pictures."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import slicer

from ..scan.slab import cut_slab
from ..staging.result import StagingResult
from .nodes import Node, ResultScope
from .scans import scan_of
from .show import OVERLAY


def complete(volume: Node, result: StagingResult) -> StagingResult:
    """Return the result with its slab cut again from the volume, and the heat of its overlay. Raises ScanError."""
    if result.slab is not None or result.plane is None:
        return result
    slab = cut_slab(scan_of(volume), result.plane)
    sos = result.sos
    if sos is not None and sos.center_ras_mm is not None:
        column, row, _ = slab.geometry.to_ijk(np.asarray(sos.center_ras_mm, float))
        sos = replace(sos, center_slab_px=(float(column), float(row)))
    gradcam = result.gradcam
    heat = _heat(ResultScope(slicer.mrmlScene, volume, volume.GetName()).find(OVERLAY))
    if gradcam is not None:
        gradcam = replace(gradcam, array=heat) if heat is not None and heat.shape == gradcam.array.shape else None
    return replace(result, slab=slab, sos=sos, gradcam=gradcam)


def _heat(overlay: Node | None) -> np.ndarray | None:
    if overlay is None or overlay.GetImageData() is None:
        return None
    array = slicer.util.arrayFromVolume(overlay)
    return np.array(array[array.shape[0] // 2], np.float32)
