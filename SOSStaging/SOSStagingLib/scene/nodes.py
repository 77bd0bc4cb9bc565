"""Finding, making and removing the MRML nodes that belong to one volume's staging result."""

from __future__ import annotations

from typing import Any

import slicer
import vtk

from ..scan.geometry import FloatArray

PREFIX = "SOSStaging."
ROLE = PREFIX + "Role"
INPUT = PREFIX + "Input"
VOLUME_REFERENCE = PREFIX + "Volume"

Node = Any
"""A vtkMRMLNode: the MRML classes carry no Python types."""


class ResultScope:
    """The nodes of one scene that belong to one volume, or, without a volume node, to one input name.

    Nodes are known by a role attribute and a reference to the volume, not by name: the user may rename them, and
    references survive saving and importing, where ids change.
    """

    def __init__(self, scene: Node, volume: Node | None, input_name: str) -> None:
        self.scene = scene
        self.volume = volume
        self.input_name = input_name

    @property
    def label(self) -> str:
        """What the nodes are named after."""
        return self.input_name if self.volume is None else self.volume.GetName()

    def find(self, role: str) -> Node | None:
        """Return the node with this role, or None."""
        for node in nodes_of_class(self.scene, "vtkMRMLNode"):
            if node.GetAttribute(ROLE) == role and self._owns(node):
                return node
        return None

    def get_or_add(self, role: str, class_name: str, name: str) -> Node:
        """Return the node with this role; a new one gets ``name``."""
        node = self.find(role)
        if node is None:
            node = self.scene.AddNewNodeByClass(class_name, name)
            node.SetAttribute(ROLE, role)
            node.SetAttribute(INPUT, self.input_name)
            if self.volume is not None:
                node.SetNodeReferenceID(VOLUME_REFERENCE, self.volume.GetID())
        return node

    def remove(self, role: str) -> None:
        """Remove the node with this role together with its display and storage nodes, if it is there."""
        node = self.find(role)
        if node is not None:
            remove_node(self.scene, node)

    def _owns(self, node: Node) -> bool:
        if self.volume is not None:
            return bool(node.GetNodeReferenceID(VOLUME_REFERENCE) == self.volume.GetID())
        return node.GetNodeReferenceID(VOLUME_REFERENCE) is None and node.GetAttribute(INPUT) == self.input_name


def nodes_of_class(scene: Node, class_name: str) -> list[Node]:
    """Return all nodes of a class and its subclasses, in scene order."""
    count = scene.GetNumberOfNodesByClass(class_name)
    return [scene.GetNthNodeByClass(n, class_name) for n in range(count)]


def remove_node(scene: Node, node: Node) -> None:
    """Remove a node, its subject hierarchy item and the display and storage nodes only it uses."""
    hierarchy = slicer.vtkMRMLSubjectHierarchyNode.GetSubjectHierarchyNode(scene)
    item = 0 if hierarchy is None else hierarchy.GetItemByDataNode(node)
    owned = []
    if node.IsA("vtkMRMLDisplayableNode"):
        owned += [node.GetNthDisplayNode(n) for n in range(node.GetNumberOfDisplayNodes())]
    if node.IsA("vtkMRMLStorableNode"):
        owned += [node.GetNthStorageNode(n) for n in range(node.GetNumberOfStorageNodes())]
    # In Slicer the item goes with its node, with the MRML library alone nobody removes it. Before the node, for the
    # hierarchy logs an error when it is asked about an item that is gone.
    if item:
        hierarchy.RemoveItem(item, False, False)
    if scene.IsNodePresent(node):
        scene.RemoveNode(node)
    for other in owned:
        if other is not None and scene.IsNodePresent(other):
            scene.RemoveNode(other)


def matrix4(values: FloatArray) -> vtk.vtkMatrix4x4:
    """Return a VTK matrix of a 4x4 array."""
    matrix = vtk.vtkMatrix4x4()
    matrix.DeepCopy([float(v) for v in values.ravel()])
    return matrix


def set_provenance(node: Node, values: dict[str, str]) -> None:
    """Set "SOSStaging.<key>" attributes, which are saved with the scene."""
    for key, value in values.items():
        node.SetAttribute(PREFIX + key, value)
