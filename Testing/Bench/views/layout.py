"""The layout manager: it builds the views a layout description names and keeps one widget per view node."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree
from typing import Any

import slicer
import vtk
from PySide6 import QtCore, QtWidgets

from Bench.observing import Observing
from Bench.views.slice_view import qMRMLAbstractViewWidget, qMRMLSliceWidget
from Bench.views.table_plot_views import qMRMLPlotWidget, qMRMLTableWidget
from Bench.views.threed_view import qMRMLThreeDWidget

_VIEW_CLASSES = {
    "vtkMRMLSliceNode": qMRMLSliceWidget,
    "vtkMRMLViewNode": qMRMLThreeDWidget,
    "vtkMRMLTableViewNode": qMRMLTableWidget,
    "vtkMRMLPlotViewNode": qMRMLPlotWidget,
}


class ctkLayoutManager(QtCore.QObject):
    """A viewport filled by a description."""

    def __init__(self, viewport: QtWidgets.QWidget) -> None:
        super().__init__(viewport)
        self._viewport = viewport
        QtWidgets.QVBoxLayout(viewport).setContentsMargins(0, 0, 0, 0)

    def viewport(self, name: str = "") -> QtWidgets.QWidget:
        return self._viewport


class qMRMLLayoutManager(ctkLayoutManager):
    """A layout manager on the real layout node and layout logic."""

    layoutChanged = QtCore.Signal(int)
    activeMRMLThreeDViewNodeChanged = QtCore.Signal(object)
    activeMRMLTableViewNodeChanged = QtCore.Signal(object)
    activeMRMLPlotViewNodeChanged = QtCore.Signal(object)
    nodeAboutToBeEdited = QtCore.Signal(object)

    def __init__(self, viewport: QtWidgets.QWidget, application_logic: Any, scene: Any) -> None:
        super().__init__(viewport)
        self._application_logic = application_logic
        self._scene = scene
        self._widgets: dict[str, qMRMLAbstractViewWidget] = {}
        self._root: QtWidgets.QWidget | None = None
        self._shown = ""
        self._number = 0
        self._observing = Observing(self)
        self._logic = slicer.vtkMRMLLayoutLogic()
        self._logic.SetMRMLApplicationLogic(application_logic)
        self._logic.SetMRMLScene(scene)
        self._observing.add(self._logic.GetLayoutNode(), vtk.vtkCommand.ModifiedEvent, self._on_layout_node)
        self._observing.add(scene, scene.EndImportEvent, self._on_layout_node)
        self._observing.add(scene, scene.EndCloseEvent, self._on_layout_node)

    # The layout

    def _get_layout(self) -> int:
        return self._logic.GetLayoutNode().GetViewArrangement()

    @QtCore.Slot(int)
    def setLayout(self, layout: int) -> None:
        node = self._logic.GetLayoutNode()
        if not node.IsLayoutDescription(layout):
            raise ValueError(f"no layout has the number {layout}; add its description to the layout node first")
        node.SetViewArrangement(layout)

    layout = QtCore.Property(int, _get_layout, setLayout)

    def _on_layout_node(self, _node: Any, _event: str) -> None:
        node = self._logic.GetLayoutNode()
        description = node.GetCurrentLayoutDescription() or ""
        changed = node.GetViewArrangement() != self._number
        if description and description != self._shown:
            self._build(description)
        if changed:
            self._number = node.GetViewArrangement()
            self.layoutChanged.emit(self._number)

    def _build(self, description: str) -> None:
        self._shown = description
        root = ElementTree.fromstring(description)
        for widget in self._widgets.values():
            widget.hide()
            widget.setParent(self._viewport)
        if self._root is not None:
            self._viewport.layout().removeWidget(self._root)
            if self._root not in self._widgets.values():
                self._root.deleteLater()
        # Layouts with several windows (viewports): the first one is the main window's.
        tree = root if root.tag == "layout" else root.find("layout")
        self._root = self._made(tree)
        self._viewport.layout().addWidget(self._root)
        self._root.show()

    def _made(self, layout: ElementTree.Element) -> QtWidgets.QWidget:
        kind = layout.get("type", "horizontal")
        children = [(item, child) for item in layout.findall("item") for child in item]
        if kind == "tab":
            tabs = QtWidgets.QTabWidget()
            for _, child in children:
                for view in self._content(child):
                    tabs.addTab(view, view.viewLabel if isinstance(view, qMRMLAbstractViewWidget) else "")
            return tabs
        return self._boxes(kind, layout.get("split") == "true", children)

    def _boxes(self, kind: str, split: bool, children: list[Any]) -> QtWidgets.QWidget:
        orientation = QtCore.Qt.Vertical if kind == "vertical" else QtCore.Qt.Horizontal
        if split:
            holder = QtWidgets.QSplitter(orientation)
            add = holder.addWidget
        else:
            holder = QtWidgets.QWidget()
            direction = QtWidgets.QBoxLayout.TopToBottom if kind == "vertical" else QtWidgets.QBoxLayout.LeftToRight
            box = QtWidgets.QBoxLayout(direction, holder)
            box.setContentsMargins(0, 0, 0, 0)
            box.setSpacing(2)
            add = box.addWidget
        for _, child in children:
            for view in self._content(child):
                add(view)
                view.show()
        return holder

    def _content(self, element: ElementTree.Element) -> list[QtWidgets.QWidget]:
        if element.tag == "layout":
            return [self._made(element)]
        tag = element.get("singletontag")
        nodes = [node for node in self._nodes(element.get("class", "")) if tag is None or node.GetLayoutName() == tag]
        return [self._widget_of(node) for node in nodes]

    def _nodes(self, class_name: str) -> list[Any]:
        nodes = self._scene.GetNodesByClass(class_name)
        nodes.UnRegister(None)
        return [nodes.GetItemAsObject(i) for i in range(nodes.GetNumberOfItems())]

    # The views

    def _widget_of(self, node: Any) -> qMRMLAbstractViewWidget:
        key = f"{node.GetClassName()}:{node.GetLayoutName()}"
        if key not in self._widgets:
            widget = _VIEW_CLASSES[node.GetClassName()](self._viewport)
            widget._adopt(node, self._application_logic, self._scene)
            self._widgets[key] = widget
        return self._widgets[key]

    def _of_class(self, class_name: str) -> list[Any]:
        return [widget for key, widget in self._widgets.items() if key.startswith(class_name + ":")]

    def _at(self, class_name: str, index: int) -> Any:
        found = self._of_class(class_name)
        return found[index] if 0 <= index < len(found) else None

    def sliceViewNames(self) -> tuple[str, ...]:
        return tuple(key.split(":", 1)[1] for key in self._widgets if key.startswith("vtkMRMLSliceNode:"))

    def sliceWidget(self, name: str) -> qMRMLSliceWidget | None:
        return self._widgets.get(f"vtkMRMLSliceNode:{name}")

    def threeDWidget(self, which: int | str) -> Any:
        return (
            self._widgets.get(f"vtkMRMLViewNode:{which}")
            if isinstance(which, str)
            else self._at("vtkMRMLViewNode", which)
        )

    def tableWidget(self, index: int) -> Any:
        return self._at("vtkMRMLTableViewNode", index)

    def plotWidget(self, index: int) -> Any:
        return self._at("vtkMRMLPlotViewNode", index)

    def viewWidget(self, node: Any) -> Any:
        return self._widgets.get(f"{node.GetClassName()}:{node.GetLayoutName()}")

    def viewWidgets(self) -> tuple[QtWidgets.QWidget, ...]:
        return tuple(self._widgets.values())

    threeDViewCount = QtCore.Property(int, lambda self: len(self._of_class("vtkMRMLViewNode")))
    tableViewCount = QtCore.Property(int, lambda self: len(self._of_class("vtkMRMLTableViewNode")))
    plotViewCount = QtCore.Property(int, lambda self: len(self._of_class("vtkMRMLPlotViewNode")))

    def mrmlSliceLogics(self) -> Any:
        return self._application_logic.GetSliceLogics()

    def mrmlViewLogics(self) -> Any:
        return self._application_logic.GetViewLogics()

    def layoutLogic(self) -> Any:
        return self._logic

    def mrmlScene(self) -> Any:
        return self._scene

    def activeMRMLThreeDViewNode(self) -> Any:
        widget = self._at("vtkMRMLViewNode", 0)
        return widget.mrmlViewNode() if widget is not None else None

    def activeMRMLTableViewNode(self) -> Any:
        widget = self._at("vtkMRMLTableViewNode", 0)
        return widget.mrmlTableViewNode() if widget is not None else None

    def activeMRMLPlotViewNode(self) -> Any:
        widget = self._at("vtkMRMLPlotViewNode", 0)
        return widget.mrmlPlotViewNode() if widget is not None else None

    @QtCore.Slot()
    def resetSliceViews(self) -> None:
        for widget in self._of_class("vtkMRMLSliceNode"):
            widget.fitSliceToBackground()

    @QtCore.Slot()
    def resetThreeDViews(self) -> None:
        for widget in self._of_class("vtkMRMLViewNode"):
            widget.threeDView().resetFocalPoint()

    @QtCore.Slot(bool)
    def setRenderPaused(self, pause: bool) -> None:
        for widget in self._widgets.values():
            widget.setRenderPaused(pause)

    @QtCore.Slot()
    def pauseRender(self) -> None:
        self.setRenderPaused(True)

    @QtCore.Slot()
    def resumeRender(self) -> None:
        self.setRenderPaused(False)


class qSlicerLayoutManager(qMRMLLayoutManager):
    """Slicer's layout manager."""

    selectModule = QtCore.Signal(str)
