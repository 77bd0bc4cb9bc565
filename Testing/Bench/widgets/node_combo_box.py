"""qMRMLNodeComboBox: choose, create, rename or delete a node of the scene."""

from __future__ import annotations

from typing import Any

import vtk
from PySide6 import QtCore, QtGui, QtWidgets

from Bench.observing import Observing
from Bench.widgets.kept import kept

_SCENE_EVENTS = (
    "NodeAddedEvent",
    "NodeRemovedEvent",
    "EndCloseEvent",
    "EndImportEvent",
    "EndRestoreEvent",
    "EndBatchProcessEvent",
)


class qMRMLNodeComboBox(QtWidgets.QWidget):
    """A combo box over the scene's nodes of some classes."""

    currentNodeChanged = QtCore.Signal((object,), (bool,))
    currentNodeIDChanged = QtCore.Signal(str)
    nodeActivated = QtCore.Signal(object)
    nodeAdded = QtCore.Signal(object)
    nodeAddedByUser = QtCore.Signal(object)
    nodeAddedByUserAction = QtCore.Signal(object)
    nodeAboutToBeRemoved = QtCore.Signal(object)
    currentNodeRenamed = QtCore.Signal(str)
    nodeAboutToBeEdited = QtCore.Signal(object)

    nodeTypes = kept("QStringList", [], "_fill")
    hideChildNodeTypes = kept("QStringList", [], "_fill")
    showChildNodeTypes = kept(bool, True, "_fill")
    showHidden = kept(bool, False, "_fill")
    noneEnabled = kept(bool, False, "_fill")
    noneDisplay = kept(str, "None", "_fill")
    addEnabled = kept(bool, True, "_fill")
    removeEnabled = kept(bool, True, "_fill")
    renameEnabled = kept(bool, False, "_fill")
    editEnabled = kept(bool, False, "_fill")
    selectNodeUponCreation = kept(bool, True)
    baseName = kept(str, "")
    interactionNodeSingletonTag = kept(str, "")
    sizeAdjustPolicy = kept(int, 0)

    def __init__(self, parent: QtWidgets.QWidget | None = None) -> None:
        super().__init__(parent)
        self._scene: Any = None
        self._current = ""
        self._attributes: list[tuple[str, str, Any]] = []
        self._labels: dict[str, str] = {}
        self._extra_actions: list[QtGui.QAction] = []
        self._observing = Observing(self)
        self._box = QtWidgets.QComboBox()
        self._box.setSizePolicy(QtWidgets.QSizePolicy.Ignored, QtWidgets.QSizePolicy.Fixed)
        self._box.setMinimumContentsLength(8)
        layout = QtWidgets.QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._box)
        self.setFocusProxy(self._box)
        self._box.activated.connect(self._on_activated)
        self._fill()

    # The scene

    @QtCore.Slot(object)
    def setMRMLScene(self, scene: Any) -> None:
        if scene is self._scene:
            return
        self._observing.clear()
        self._scene = scene
        if scene is not None:
            for name in _SCENE_EVENTS:
                self._observing.add(scene, getattr(scene, name), self._on_scene)
        self._fill()
        self.setEnabled(scene is not None)

    def mrmlScene(self) -> Any:
        return self._scene

    def _on_scene(self, _scene: Any, _event: str) -> None:
        if not self._scene.IsBatchProcessing():
            self._fill()

    # The list

    def _nodes(self) -> list[Any]:
        if self._scene is None:
            return []
        found = []
        for kind in self.nodeTypes:
            nodes = self._scene.GetNodesByClass(kind)
            nodes.UnRegister(None)
            found += [nodes.GetItemAsObject(i) for i in range(nodes.GetNumberOfItems())]
        return [node for node in dict.fromkeys(found) if self._is_shown(node)]

    def _is_shown(self, node: Any) -> bool:
        if node.GetHideFromEditors() and not self.showHidden:
            return False
        if not self.showChildNodeTypes and node.GetClassName() not in self.nodeTypes:
            return False
        if any(node.IsA(kind) for kind in self.hideChildNodeTypes):
            return False
        return all(
            node.GetAttribute(name) == (None if value is None else str(value))
            or (value is None and node.GetAttribute(name))
            for kind, name, value in self._attributes
            if node.IsA(kind)
        )

    def _fill(self) -> None:
        nodes = self._nodes()
        for source in nodes:
            self._observing.drop(source)
            self._observing.add(source, vtk.vtkCommand.ModifiedEvent, self._on_name)
        self._names = {node.GetID(): node.GetName() for node in nodes}
        blocker = QtCore.QSignalBlocker(self._box)
        self._box.clear()
        if self.noneEnabled:
            self._box.addItem(self.noneDisplay, "")
        for node in nodes:
            self._box.addItem(node.GetName(), node.GetID())
        self._add_actions()
        blocker.unblock()
        self._keep_current(nodes)

    def _keep_current(self, nodes: list[Any]) -> None:
        ids = [node.GetID() for node in nodes]
        if self._current in ids:
            self._box.setCurrentIndex(self._box.findData(self._current))
        elif ids and not self.noneEnabled:
            self._select(ids[0])
        else:
            self._select("")

    def _on_name(self, node: Any, _event: str) -> None:
        if self._names.get(node.GetID()) == node.GetName():
            return
        self._fill()
        if node.GetID() == self._current:
            self.currentNodeRenamed.emit(node.GetName())

    def _label(self) -> str:
        kind = self.nodeTypes[0] if self.nodeTypes else ""
        if kind in self._labels:
            return self._labels[kind]
        node = self._scene.CreateNodeByClass(kind) if self._scene is not None and kind else None
        if node is None:
            return "node"
        node.UnRegister(None)
        return node.GetNodeTagName()

    def _add_actions(self) -> None:
        has_node = self._current != ""
        actions = []
        if self.renameEnabled and has_node:
            actions.append(("Rename current " + self._label(), self.renameCurrentNode))
        if self.editEnabled and has_node:
            actions.append(("Edit current " + self._label(), self.editCurrentNode))
        if self.removeEnabled and has_node:
            actions.append(("Delete current " + self._label(), self.removeCurrentNode))
        if self.addEnabled:
            actions.append(("Create new " + self._label(), self.addNode))
        actions += [(action.text, action.trigger) for action in self._extra_actions]
        if actions and self._box.count:
            self._box.insertSeparator(self._box.count)
        for text, function in actions:
            self._box.addItem(text, function)

    def _on_activated(self, index: int) -> None:
        data = self._box.itemData(index)
        if isinstance(data, str):
            self._select(data)
            self.nodeActivated.emit(self.currentNode())
            return
        self._box.setCurrentIndex(self._box.findData(self._current))
        if data == self.addNode:
            node = self.addNode()
            self.nodeAddedByUserAction.emit(node)
            return
        data()

    # The choice

    def _select(self, node_id: str) -> None:
        blocker = QtCore.QSignalBlocker(self._box)
        self._box.setCurrentIndex(self._box.findData(node_id))
        blocker.unblock()
        if node_id == self._current:
            return
        self._current = node_id
        self._fill()
        node = self.currentNode()
        self.currentNodeChanged[object].emit(node)
        self.currentNodeChanged[bool].emit(node is not None)
        self.currentNodeIDChanged.emit(node_id)

    def currentNode(self) -> Any:
        return self._scene.GetNodeByID(self._current) if self._scene is not None and self._current else None

    def _get_id(self) -> str:
        return self._current

    @QtCore.Slot(object)
    def setCurrentNode(self, node: Any) -> None:
        node_id = node if isinstance(node, str) else (node.GetID() if node is not None else "")
        known = node_id in {found.GetID() for found in self._nodes()}
        self._select(node_id if known else "")

    @QtCore.Slot(str)
    def setCurrentNodeID(self, node_id: str) -> None:
        self.setCurrentNode(node_id)

    currentNodeID = QtCore.Property(str, _get_id, setCurrentNodeID)
    currentNodeId = QtCore.Property(str, _get_id, setCurrentNodeID)

    @QtCore.Slot(int)
    def setCurrentNodeIndex(self, index: int) -> None:
        self.setCurrentNode(self.nodeFromIndex(index))

    def nodeCount(self) -> int:
        return len(self._nodes())

    def nodeFromIndex(self, index: int) -> Any:
        nodes = self._nodes()
        return nodes[index] if 0 <= index < len(nodes) else None

    def addAttribute(self, node_type: str, name: str, value: Any = None) -> None:
        self._attributes.append((node_type, name, value))
        self._fill()

    def removeAttribute(self, node_type: str, name: str) -> None:
        self._attributes = [item for item in self._attributes if item[:2] != (node_type, name)]
        self._fill()

    def setNodeTypeLabel(self, label: str, node_type: str) -> None:
        self._labels[node_type] = label
        self._fill()

    def nodeTypeLabel(self, node_type: str) -> str:
        return self._labels.get(node_type, "")

    def addMenuAction(self, action: QtGui.QAction) -> None:
        self._extra_actions.append(action)
        self._fill()

    # What the list can do to nodes

    def addNode(self, node_type: str | None = None) -> Any:
        kind = node_type or self.nodeTypes[0]
        node = self._scene.AddNewNodeByClass(kind, self._scene.GenerateUniqueName(self.baseName or self._label()))
        for type_name, name, value in self._attributes:
            if node.IsA(type_name):
                node.SetAttribute(name, str(value))
        self._fill()
        if self.selectNodeUponCreation:
            self.setCurrentNode(node)
        self.nodeAdded.emit(node)
        self.nodeAddedByUser.emit(node)
        return node

    @QtCore.Slot()
    def removeCurrentNode(self) -> None:
        node = self.currentNode()
        if node is not None:
            self.nodeAboutToBeRemoved.emit(node)
            self._scene.RemoveNode(node)

    @QtCore.Slot()
    def editCurrentNode(self) -> None:
        self.nodeAboutToBeEdited.emit(self.currentNode())

    @QtCore.Slot()
    def renameCurrentNode(self) -> None:
        node = self.currentNode()
        if node is None:
            return
        dialog = QtWidgets.QInputDialog(self)
        dialog.setWindowTitle("Rename " + self._label())
        dialog.setLabelText("New name:")
        dialog.setTextValue(node.GetName())
        if dialog.exec() and dialog.textValue():
            node.SetName(dialog.textValue())


class qMRMLColorTableComboBox(qMRMLNodeComboBox):
    """A node combo box of colour tables."""

    def __init__(self, parent: QtWidgets.QWidget | None = None) -> None:
        super().__init__(parent)
        self.nodeTypes = ["vtkMRMLColorTableNode"]
        self.addEnabled = False
        self.removeEnabled = False
