"""What the page remembers in the scene."""

from typing import Annotated

from slicer import vtkMRMLMarkupsPlaneNode, vtkMRMLScalarVolumeNode
from slicer.parameterNodeWrapper import Decimals, SingleStep, WithinRange, parameterNodeWrapper


# No "from __future__ import annotations" here: the decorator reads the annotations as objects.
@parameterNodeWrapper
class SOSStagingParameterNode:
    """Input, plane and looks; results have nodes of their own (scene/kept.py)."""

    inputVolume: vtkMRMLScalarVolumeNode
    modelName: str = ""
    opacity: Annotated[float, WithinRange(0.0, 1.0), Decimals(2), SingleStep(0.05)] = 0.6
    threshold: Annotated[float, WithinRange(0.0, 1.0), Decimals(2), SingleStep(0.05)] = 0.15
    planeOffset: Annotated[float, WithinRange(-30.0, 30.0), Decimals(1), SingleStep(0.5)] = 0.0
    planeYaw: Annotated[float, WithinRange(-30.0, 30.0), Decimals(1), SingleStep(0.5)] = 0.0
    planeRoll: Annotated[float, WithinRange(-30.0, 30.0), Decimals(1), SingleStep(0.5)] = 0.0
    planeNode: vtkMRMLMarkupsPlaneNode
