"""slicer.app.coreIOManager(): loading and saving through MRML's own storage nodes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import slicer
import vtk
from PySide6 import QtCore, QtWidgets

from Bench.slicer_app import pictures

Properties = dict[str, Any]
_MARKUPS_CLASSES = {".mrk.json": "MarkupsFile", ".fcsv": "MarkupsFile"}
_TYPES = {
    ".mrb": "SceneFile",
    ".mrml": "SceneFile",
    **_MARKUPS_CLASSES,
    ".csv": "TableFile",
    ".tsv": "TableFile",
    ".txt": "TextFile",
    ".json": "TextFile",
    ".stl": "ModelFile",
    ".vtk": "ModelFile",
    ".vtp": "ModelFile",
    ".ctbl": "ColorTableFile",
    ".h5": "TransformFile",
    ".tfm": "TransformFile",
}
_VOLUMES = (".nrrd", ".nhdr", ".nii", ".nii.gz", ".mha", ".mhd", ".dcm", ".gipl", *pictures.SUFFIXES)


class qSlicerCoreIOManager(QtCore.QObject):
    """Reads and writes the file types the bench knows."""

    newFileLoaded = QtCore.Signal(object)
    fileSaved = QtCore.Signal(object)

    def __init__(self, scene: Any, logics: dict[str, Any]) -> None:
        super().__init__()
        self._scene = scene
        self._logics = logics

    def fileType(self, path: str) -> str:
        name = Path(str(path)).name.lower()
        for suffix in sorted(_TYPES, key=len, reverse=True):
            if name.endswith(suffix):
                return _TYPES[suffix]
        return "VolumeFile" if name.endswith(_VOLUMES) else "NoFile"

    def loadNodes(self, kind: str, properties: Properties, loaded: Any = None, messages: Any = None) -> bool:
        path = Path(str(properties["fileName"]))
        if not path.exists():
            _tell(messages, f"{path} does not exist")
            return False
        before = {node.GetID() for node in self._all()}
        done = self._load(kind, path, properties)
        if done and loaded is not None:
            for node in done if isinstance(done, list) else [n for n in self._all() if n.GetID() not in before]:
                loaded.AddItem(node)
        if done:
            self.newFileLoaded.emit({"fileType": kind, **properties})
        else:
            _tell(messages, f"cannot read {path} as {kind}")
        return bool(done)

    def _all(self) -> list[Any]:
        nodes = self._scene.GetNodes()
        return [nodes.GetItemAsObject(i) for i in range(nodes.GetNumberOfItems())]

    def _load(self, kind: str, path: Path, properties: Properties) -> Any:
        if kind == "SceneFile":
            return self._load_scene(path, bool(properties.get("clear", True)))
        readers = {"VolumeFile": self._load_volume, "MarkupsFile": self._load_markups}
        reader = readers.get(kind)
        if reader is not None:
            return reader(path, properties)
        return self._load_stored(kind, path, properties)

    def _load_scene(self, path: Path, clear: bool) -> bool:
        if path.suffix.lower() == ".mrb":
            return bool(self._scene.ReadFromMRB(str(path), clear))
        self._scene.SetURL(str(path))
        return bool(self._scene.Connect() if clear else self._scene.Import())

    def _load_volume(self, path: Path, properties: Properties) -> list[Any]:
        name = properties.get("name") or path.name.split(".")[0]
        if path.suffix.lower() in pictures.SUFFIXES:
            node = pictures.load(self._scene, path, name)
        else:
            label = int(bool(properties.get("labelmap")))
            single = 2 if properties.get("singleFile") else 0
            node = self._logics["Volumes"].AddArchetypeVolume(str(path), name, label | single)
        if node is None:
            return []
        if properties.get("show", True):
            self._show(node)
        return [node]

    def _show(self, node: Any) -> None:
        selection = slicer.app.applicationLogic().GetSelectionNode()
        if node.IsA("vtkMRMLLabelMapVolumeNode"):
            selection.SetActiveLabelVolumeID(node.GetID())
        else:
            selection.SetActiveVolumeID(node.GetID())
        slicer.app.applicationLogic().PropagateVolumeSelection(1)

    def _load_markups(self, path: Path, properties: Properties) -> list[Any]:
        node_id = self._logics["Markups"].LoadMarkups(str(path), properties.get("name") or path.name.split(".")[0])
        return [self._scene.GetNodeByID(node_id)] if node_id else []

    def _load_stored(self, kind: str, path: Path, properties: Properties) -> list[Any]:
        class_name = {
            "TableFile": "vtkMRMLTableNode",
            "TextFile": "vtkMRMLTextNode",
            "ModelFile": "vtkMRMLModelNode",
            "TransformFile": "vtkMRMLTransformNode",
            "ColorTableFile": "vtkMRMLColorTableNode",
        }.get(kind)
        if class_name is None:
            return []
        node = self._scene.AddNewNodeByClass(class_name, properties.get("name") or path.stem)
        node.AddDefaultStorageNode(str(path))
        if not node.GetStorageNode().ReadData(node):
            self._scene.RemoveNode(node)
            return []
        node.CreateDefaultDisplayNodes()
        return [node]

    # Saving

    def fileWriterFileType(self, node: Any) -> str:
        kinds = {
            "vtkMRMLVolumeNode": "VolumeFile",
            "vtkMRMLMarkupsNode": "MarkupsFile",
            "vtkMRMLTableNode": "TableFile",
        }
        kinds |= {
            "vtkMRMLTextNode": "TextFile",
            "vtkMRMLModelNode": "ModelFile",
            "vtkMRMLTransformNode": "TransformFile",
        }
        return next((kind for name, kind in kinds.items() if node.IsA(name)), "NoFile")

    def saveNodes(self, kind: str, properties: Properties, messages: Any = None) -> bool:
        path = str(properties["fileName"])
        done = self._save_scene(path) if kind == "SceneFile" else self._save_node(path, properties)
        if done:
            self.fileSaved.emit({"fileType": kind, **properties})
        else:
            _tell(messages, f"cannot write {path}")
        return done

    def _save_scene(self, path: str) -> bool:
        if path.lower().endswith(".mrb"):
            return bool(self._scene.WriteToMRB(path))
        self._scene.SetURL(path)
        return bool(self._scene.Commit())

    def _save_node(self, path: str, properties: Properties) -> bool:
        node = self._scene.GetNodeByID(properties["nodeID"])
        storage = node.CreateDefaultStorageNode()
        if storage is None:
            return False
        storage.UnRegister(None)
        storage.SetFileName(path)
        storage.SetUseCompression(int(bool(properties.get("useCompression", True))))
        return bool(storage.WriteData(node))


class qSlicerIOManager(qSlicerCoreIOManager):
    """The manager of the application with windows; each of its dialogs is a plain file dialog here."""

    def _ask_and_load(self, title: str) -> bool:
        paths = QtWidgets.QFileDialog.getOpenFileNames(slicer.util.mainWindow(), title)
        loaded = [self.loadNodes(self.fileType(path), {"fileName": path}) for path in paths]
        return bool(loaded) and all(loaded)

    @QtCore.Slot(result=bool)
    def openAddDataDialog(self) -> bool:
        return self._ask_and_load("Add data into the scene")

    @QtCore.Slot(result=bool)
    def openAddVolumeDialog(self) -> bool:
        return self._ask_and_load("Add volume")

    @QtCore.Slot(result=bool)
    def openLoadSceneDialog(self) -> bool:
        return self._ask_and_load("Load scene")

    @QtCore.Slot(result=bool)
    def openSaveDataDialog(self) -> bool:
        path = QtWidgets.QFileDialog.getSaveFileName(slicer.util.mainWindow(), "Save scene", "", "*.mrb")
        return bool(path) and self.saveNodes("SceneFile", {"fileName": path})


def _tell(messages: Any, text: str) -> None:
    if messages is not None:
        messages.AddMessage(vtk.vtkCommand.ErrorEvent, text)
