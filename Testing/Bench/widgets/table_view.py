"""qMRMLTableView: a table node's cells."""

from __future__ import annotations

from typing import Any

import vtk
from PySide6 import QtCore, QtGui, QtWidgets

from Bench.observing import Observing


class qMRMLTableView(QtWidgets.QTableView):
    """Shows and edits the cells of a table node."""

    mrmlSceneChanged = QtCore.Signal(object)
    selectionChanged = QtCore.Signal()

    def __init__(self, parent: QtWidgets.QWidget | None = None) -> None:
        super().__init__(parent)
        self._scene: Any = None
        self._table: Any = None
        self._view_node: Any = None
        self._observing = Observing(self)
        self._model = QtGui.QStandardItemModel(self)
        self._proxy = QtCore.QSortFilterProxyModel(self)
        self._proxy.setSourceModel(self._model)
        self.setModel(self._proxy)
        self._model.itemChanged.connect(self._on_edited)
        self.selectionModel().selectionChanged.connect(lambda *_: self.selectionChanged.emit())

    @QtCore.Slot(object)
    def setMRMLScene(self, scene: Any) -> None:
        if scene is self._scene:
            return
        self._scene = scene
        if scene is None:
            self.setMRMLTableNode(None)
        self.mrmlSceneChanged.emit(scene)

    @QtCore.Slot(object)
    def setMRMLTableNode(self, node: Any) -> None:
        if self._table is not None:
            self._observing.drop(self._table)
        self._table = node
        if node is not None:
            self._observing.add(node, vtk.vtkCommand.ModifiedEvent, self._on_table)
        self._refill()

    @QtCore.Slot(object)
    def setMRMLTableViewNode(self, node: Any) -> None:
        self._view_node = node
        self._observing.add(node, vtk.vtkCommand.ModifiedEvent, self._on_view_node)
        self._on_view_node(node, "")

    def _on_view_node(self, node: Any, _event: str) -> None:
        if node.GetTableNode() is not self._table:
            self.setMRMLTableNode(node.GetTableNode())

    def _on_table(self, _node: Any, _event: str) -> None:
        self._refill()

    def _refill(self) -> None:
        blocker = QtCore.QSignalBlocker(self._model)
        self._model.clear()
        table = self._table.GetTable() if self._table is not None else None
        for c in range(table.GetNumberOfColumns() if table is not None else 0):
            self._fill_column(table, c)
        blocker.unblock()
        self._model.layoutChanged.emit()
        self._proxy.invalidate()

    def _fill_column(self, table: Any, c: int) -> None:
        name = table.GetColumnName(c) or ""
        self._model.setColumnCount(c + 1)
        self._model.setHorizontalHeaderItem(c, QtGui.QStandardItem(self._table.GetColumnTitle(name) or name))
        for r in range(table.GetNumberOfRows()):
            item = QtGui.QStandardItem(table.GetValue(r, c).ToString())
            item.setEditable(not self._table.GetLocked())
            self._model.setItem(r, c, item)

    def _on_edited(self, item: QtGui.QStandardItem) -> None:
        if self._table is not None:
            self._table.SetCellText(item.row(), item.column(), item.text())

    def mrmlScene(self) -> Any:
        return self._scene

    def mrmlTableNode(self) -> Any:
        return self._table

    def mrmlTableViewNode(self) -> Any:
        return self._view_node

    def tableModel(self) -> QtGui.QStandardItemModel:
        return self._model

    def sortFilterProxyModel(self) -> QtCore.QSortFilterProxyModel:
        return self._proxy
