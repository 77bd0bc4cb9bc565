"""The plane moved by hand, live in the slice views, and the box around the synchondrosis."""

from __future__ import annotations

from typing import Any

import numpy as np
import slicer

from ..scan.types import Plane
from ..scene.nodes import Node, ResultScope
from ..scene.planes import middle_plane, nudged, plane_of_markup, show_plane
from ..scene.show import REGION
from ..staging.result import StagingResult


class PlanePart:
    """What the user says about plane and box of one volume."""

    def __init__(self, ui: Any) -> None:
        self.ui = ui

    def moved(self, parameters: Any) -> bool:
        """Whether the user has said anything about the plane."""
        angles = (parameters.planeOffset, parameters.planeYaw, parameters.planeRoll)
        return parameters.planeNode is not None or any(abs(value) > 1e-6 for value in angles)

    def plane(self, parameters: Any, result: StagingResult | None) -> Plane | None:
        """Return the user's plane in the volume's RAS; None where the automatic one is to be used."""
        volume = parameters.inputVolume
        if volume is None or not self.moved(parameters):
            return None
        if parameters.planeNode is not None:
            return plane_of_markup(parameters.planeNode, volume)
        base = result.plane if result is not None and result.plane is not None else middle_plane(volume)
        center = None if result is None or result.sos is None else result.sos.center_ras_mm
        pivot = base.origin_ras_mm if center is None else np.asarray(center, float)
        return nudged(base, pivot, parameters.planeOffset, parameters.planeYaw, parameters.planeRoll)

    def follow(self, parameters: Any, result: StagingResult | None) -> None:
        """Turn the sagittal views into the user's plane, or back into the result's."""
        plane = self.plane(parameters, result)
        if plane is None and result is not None:
            plane = result.plane
        if plane is not None and parameters.inputVolume is not None:
            show_plane(slicer.mrmlScene, parameters.inputVolume, plane)

    def reset(self, parameters: Any) -> None:
        """Go back to the automatic plane."""
        with slicer.util.NodeModify(parameters.parameterNode):
            parameters.planeOffset = parameters.planeYaw = parameters.planeRoll = 0.0
            parameters.planeNode = None

    def unlock(self, volume: Node | None, free: bool) -> None:
        """Let the box be dragged in the views, or hold it."""
        region = self.region(volume)
        if region is None:
            return
        region.SetLocked(not free)
        display = region.GetDisplayNode()
        if display is not None:
            display.SetHandlesInteractive(free)
            display.SetRotationHandleVisibility(False)

    @staticmethod
    def region(volume: Node | None) -> Node | None:
        """Return the box of a volume."""
        return None if volume is None else ResultScope(slicer.mrmlScene, volume, volume.GetName()).find(REGION)
