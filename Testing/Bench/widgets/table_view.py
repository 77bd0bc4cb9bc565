"""qMRMLTableView: a table node's cells."""

from __future__ import annotations

from typing import Any

import vtk
from PySide6 import QtCore, QtWidgets

from Bench.observing import Observing

_TEXT_ROLES = (QtCore.Qt.DisplayRole, QtCore.Qt.EditRole)


class _TableModel(QtCore.QAbstractTableModel):
    """The cells as texts. It reads the node each time: an edit changes the node, the node's event updates the view."""

    def __init__(self, parent: QtCore.QObject) -> None:
        super().__init__(parent)
        self._node: Any = None
        self._shape = (0, 0)

    def _show(self, node: Any) -> None:
        """Show another node, or the same one after a change; a selection stays while the shape does."""
        table = node.GetTable() if node is not None else None
        shape = (table.GetNumberOfRows(), table.GetNumberOfColumns()) if table is not None else (0, 0)
        if node is not self._node or shape != self._shape:
            self.beginResetModel()
            self._node, self._shape = node, shape
            self.endResetModel()
        elif shape[0] and shape[1]:
            self.dataChanged.emit(self.index(0, 0), self.index(shape[0] - 1, shape[1] - 1))
            self.headerDataChanged.emit(QtCore.Qt.Horizontal, 0, shape[1] - 1)

    def rowCount(self, parent: Any = None) -> int:
        return self._shape[0]

    def columnCount(self, parent: Any = None) -> int:
        return self._shape[1]

    def data(self, index: QtCore.QModelIndex, role: int = QtCore.Qt.DisplayRole) -> Any:
        if role not in _TEXT_ROLES or not index.isValid():
            return None
        return self._node.GetTable().GetValue(index.row(), index.column()).ToString()

    def setData(self, index: QtCore.QModelIndex, value: Any, role: int = QtCore.Qt.EditRole) -> bool:
        return bool(index.isValid() and self._node.SetCellText(index.row(), index.column(), str(value)))

    def headerData(self, section: int, orientation: int, role: int = QtCore.Qt.DisplayRole) -> Any:
        if role != QtCore.Qt.DisplayRole:
            return None
        if orientation == QtCore.Qt.Vertical:
            return str(section + 1)
        name = self._node.GetTable().GetColumnName(section) or ""
        return self._node.GetColumnTitle(name) or name

    def flags(self, index: QtCore.QModelIndex) -> Any:
        usual = QtCore.Qt.ItemIsEnabled | QtCore.Qt.ItemIsSelectable
        return usual if self._node is None or self._node.GetLocked() else usual | QtCore.Qt.ItemIsEditable


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
        self._model = _TableModel(self)
        self._proxy = QtCore.QSortFilterProxyModel(self)
        self._proxy.setSourceModel(self._model)
        self.setModel(self._proxy)
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
        self._model._show(node)

    @QtCore.Slot(object)
    def setMRMLTableViewNode(self, node: Any) -> None:
        if self._view_node is not None:
            self._observing.drop(self._view_node)
        self._view_node = node
        if node is not None:
            self._observing.add(node, vtk.vtkCommand.ModifiedEvent, self._on_view_node)
            self._on_view_node(node, "")

    def _on_view_node(self, node: Any, _event: str) -> None:
        if node.GetTableNode() is not self._table:
            self.setMRMLTableNode(node.GetTableNode())

    def _on_table(self, node: Any, _event: str) -> None:
        self._model._show(node)

    def _selected_rows(self) -> list[int]:
        indexes = self.selectionModel().selectedIndexes()
        return sorted({self._proxy.mapToSource(index).row() for index in indexes}, reverse=True)

    @QtCore.Slot()
    def insertRow(self) -> None:
        self._table.AddEmptyRow()

    @QtCore.Slot()
    def deleteRow(self) -> None:
        for row in self._selected_rows():
            self._table.RemoveRow(row)

    def mrmlScene(self) -> Any:
        return self._scene

    def mrmlTableNode(self) -> Any:
        return self._table

    def mrmlTableViewNode(self) -> Any:
        return self._view_node

    def tableModel(self) -> QtCore.QAbstractItemModel:
        return self._model

    def sortFilterProxyModel(self) -> QtCore.QSortFilterProxyModel:
        return self._proxy
