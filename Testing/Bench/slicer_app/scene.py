"""The scene with its application logic and the module logics that register node classes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import slicer
import vtk

# Displayable managers and slicer.util ask for these by name; volume rendering needs Slicer's share folder.
_LOGICS = {
    "Cameras": "vtkSlicerCamerasModuleLogic",
    "Colors": "vtkMRMLColorLogic",
    "CropVolume": "vtkSlicerCropVolumeLogic",
    "Data": "vtkSlicerDataModuleLogic",
    "Markups": "vtkSlicerMarkupsLogic",
    "Models": "vtkSlicerModelsLogic",
    "Plots": "vtkSlicerPlotsLogic",
    "SceneViews": "vtkSlicerSceneViewsModuleLogic",
    "Segmentations": "vtkSlicerSegmentationsModuleLogic",
    "Sequences": "vtkSlicerSequencesLogic",
    "SubjectHierarchy": "vtkSlicerSubjectHierarchyModuleLogic",
    "Tables": "vtkSlicerTablesLogic",
    "Texts": "vtkSlicerTextsLogic",
    "Transforms": "vtkSlicerTransformLogic",
    "Units": "vtkSlicerUnitsLogic",
    "Volumes": "vtkSlicerVolumesLogic",
}
# Colour tables Slicer reads from files of its share folder: name -> colours at equal steps, 0..1. The end and middle
# colours are those of matplotlib's viridis and inferno (CC0), between them is a straight line.
_FILE_COLOURS = {
    "Viridis": (
        (0.267, 0.005, 0.329),
        (0.230, 0.322, 0.546),
        (0.128, 0.567, 0.551),
        (0.369, 0.789, 0.383),
        (0.993, 0.906, 0.144),
    ),
    "Inferno": (
        (0.001, 0.000, 0.014),
        (0.342, 0.062, 0.429),
        (0.736, 0.216, 0.330),
        (0.978, 0.557, 0.035),
        (0.988, 0.998, 0.645),
    ),
}


class Scene:
    """What stays alive for the life of the application."""

    def __init__(self, temporary: Path) -> None:
        self.scene = slicer.vtkMRMLScene()
        self.application = slicer.vtkSlicerApplicationLogic()
        self.application.SetTemporaryPath(str(temporary))
        self.application.SetSliceLogics(vtk.vtkCollection())
        self.application.SetViewLogics(vtk.vtkCollection())
        self.logics: dict[str, Any] = {name: getattr(slicer, kind)() for name, kind in _LOGICS.items()}
        self.application.SetMRMLScene(self.scene)
        for name, logic in self.logics.items():
            if hasattr(logic, "SetMRMLApplicationLogic"):
                logic.SetMRMLApplicationLogic(self.application)
            logic.SetMRMLScene(self.scene)
            self.application.SetModuleLogic(name, logic)
        self._add_default_nodes()
        self._add_cache(temporary / "cache")
        self._hierarchy = _HierarchyItems(self.scene)

    def _add_default_nodes(self) -> None:
        self.logics["Colors"].AddDefaultColorNodes()
        for name, colours in _FILE_COLOURS.items():
            self.scene.AddNode(_colour_table(name, colours))
        crosshair = slicer.vtkMRMLCrosshairNode()
        crosshair.SetCrosshairName("default")
        self.scene.AddNode(crosshair)
        slicer.vtkMRMLSliceNode.AddDefaultSliceOrientationPresets(self.scene, True)

    def empty(self) -> None:
        """Close the scene and drop the modules' parameter nodes, which closing keeps."""
        self.scene.Clear(0)
        kept = self.scene.GetNodesByClass("vtkMRMLScriptedModuleNode")
        kept.UnRegister(None)
        for i in range(kept.GetNumberOfItems()):
            self.scene.RemoveNode(kept.GetItemAsObject(i))
        self.scene.SetURL("")
        self.application.GetInteractionNode().SwitchToViewTransformMode()

    def _add_cache(self, folder: Path) -> None:
        """Reading an .mrb unpacks it into the cache folder of the scene's data manager."""
        folder.mkdir(parents=True, exist_ok=True)
        self._cache, self._data = slicer.vtkCacheManager(), slicer.vtkDataIOManager()
        self._cache.SetRemoteCacheDirectory(str(folder))
        self.scene.SetCacheManager(self._cache)
        self._data.SetCacheManager(self._cache)
        self.scene.SetDataIOManager(self._data)


class _HierarchyItems:
    """Puts each data node into the subject hierarchy, as the Qt plugins do in the application."""

    def __init__(self, scene: Any) -> None:
        self._scene = scene
        scene.AddObserver(scene.NodeAddedEvent, self._on_added)

    @vtk.calldata_type(vtk.VTK_OBJECT)
    def _on_added(self, scene: Any, _event: str, node: Any) -> None:
        if scene.IsBatchProcessing() or not self._belongs(node):
            return
        hierarchy = slicer.vtkMRMLSubjectHierarchyNode.GetSubjectHierarchyNode(scene)
        if hierarchy is not None and hierarchy.GetItemByDataNode(node) == hierarchy.GetInvalidItemID():
            hierarchy.CreateItem(hierarchy.GetSceneItemID(), node)

    @staticmethod
    def _belongs(node: Any) -> bool:
        kinds = (
            "vtkMRMLVolumeNode",
            "vtkMRMLMarkupsNode",
            "vtkMRMLModelNode",
            "vtkMRMLTransformNode",
            "vtkMRMLTableNode",
        )
        kinds += ("vtkMRMLTextNode", "vtkMRMLPlotChartNode", "vtkMRMLPlotSeriesNode", "vtkMRMLSegmentationNode")
        return not node.GetHideFromEditors() and any(node.IsA(kind) for kind in kinds)


def _colour_table(name: str, colours: tuple[tuple[float, float, float], ...]) -> Any:
    node = slicer.vtkMRMLColorTableNode()
    node.SetTypeToFile()
    node.SetName(name)
    node.SetSingletonTag(f"File{name}.txt")
    node.SetAttribute("Category", "File")
    node.SetSaveWithScene(False)
    node.SetHideFromEditors(False)
    node.SetNumberOfColors(256)
    for i in range(256):
        at = i / 255 * (len(colours) - 1)
        low = min(int(at), len(colours) - 2)
        share = at - low
        mixed = [a + share * (b - a) for a, b in zip(colours[low], colours[low + 1], strict=True)]
        node.SetColor(i, f"{name} {i}", *mixed, 1.0)
    return node
