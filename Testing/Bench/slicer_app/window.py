"""The main window: module panel on the left, views on the right, a menu and a status bar."""

from __future__ import annotations

from typing import Any

import slicer
from PySide6 import QtCore, QtGui, QtWidgets

from Bench.slicer_app.file_dialog import local_files, reader_for
from Bench.slicer_app.modules import qSlicerModuleManager, qSlicerScriptedLoadableModule
from Bench.widgets.ctk_buttons import ctkCollapsibleButton

_PANEL_WIDTH = 400  # px, what the pages are designed for


class qSlicerModuleSelectorToolBar(QtWidgets.QToolBar):
    """The combo box with the modules."""

    moduleSelected = QtCore.Signal(str)

    def __init__(self, manager: qSlicerModuleManager) -> None:
        super().__init__("Modules")
        self.setObjectName("ModuleSelectorToolBar")
        self._manager = manager
        self._box = QtWidgets.QComboBox()
        self._box.setMinimumContentsLength(20)
        self.addWidget(QtWidgets.QLabel("Modules: "))
        self.addWidget(self._box)
        self._box.addItem("", "")
        for name in manager.modulesNames():
            self._box.addItem(name, name)
        self._box.activated.connect(self._on_activated)
        manager.moduleLoaded.connect(self._on_loaded)
        manager.moduleAboutToBeUnloaded.connect(self._on_unloaded)

    def _on_loaded(self, name: str) -> None:
        module = self._manager.module(name)
        if not module.hidden and isinstance(module, qSlicerScriptedLoadableModule):
            self._box.insertItem(1, module.title, name)

    def _on_unloaded(self, name: str) -> None:
        self._box.removeItem(self._box.findData(name))

    def _on_activated(self, index: int) -> None:
        self.moduleSelected.emit(self._box.itemData(index))

    @QtCore.Slot(str)
    def selectModule(self, name: str) -> None:
        if name and self._manager.module(name) is None:
            return
        self._box.setCurrentIndex(self._box.findData(name))
        self.moduleSelected.emit(name)

    def _get_selected(self) -> str:
        return self._box.currentData or ""

    selectedModule = QtCore.Property(str, _get_selected, selectModule)


class qSlicerMainWindow(QtWidgets.QMainWindow):
    """The window. Its name is the one slicer.util.mainWindow() looks for."""

    initialWindowShown = QtCore.Signal()
    _START_SIZE = (1280, 800)  # px, the smallest screen the pages are made for

    def __init__(self, app: Any) -> None:
        super().__init__()
        self.setObjectName("qSlicerMainWindow")
        self.setWindowTitle("SOSStaging test bench (not 3D Slicer)")
        self.setAcceptDrops(True)
        self._app = app
        self._current = ""
        self._selector = qSlicerModuleSelectorToolBar(app.moduleManager())
        self.addToolBar(self._selector)
        self._selector.moduleSelected.connect(self._show_module)
        self._scroll = QtWidgets.QScrollArea()
        self._scroll.setWidgetResizable(True)
        self._scroll.setHorizontalScrollBarPolicy(QtCore.Qt.ScrollBarAlwaysOff)
        self._dock = QtWidgets.QDockWidget("Module panel")
        self._dock.setObjectName("PanelDockWidget")
        self._dock.setWidget(self._scroll)
        self._probe = ctkCollapsibleButton(self)  # slicer.util.setDataProbeVisible looks for it
        self._probe.setObjectName("DataProbeCollapsibleWidget")
        self._probe.hide()
        self.addDockWidget(QtCore.Qt.LeftDockWidgetArea, self._dock)
        central = QtWidgets.QWidget()
        central.setObjectName("CentralWidget")
        self.setCentralWidget(central)
        self.statusBar()
        self._add_menu()
        self.resize(*self._START_SIZE)
        self.resizeDocks([self._dock], [_PANEL_WIDTH], QtCore.Qt.Horizontal)

    def moduleSelector(self) -> qSlicerModuleSelectorToolBar:
        return self._selector

    # Modules

    def _show_module(self, name: str) -> None:
        """Leave the module shown and enter another; an empty name only leaves."""
        if name == self._current:
            return
        manager = self._app.moduleManager()
        if self._current:
            old = self._scroll.takeWidget()
            old.hide()
            manager.module(self._current).widgetRepresentation().exit()
        self._current = name
        if not name:
            return
        page = manager.module(name).widgetRepresentation()
        self._scroll.setWidget(page)
        page.show()
        page.enter()

    # The menu

    def _add_menu(self) -> None:
        menu = self.menuBar().addMenu("&File")
        for name, text, keys, slot in (
            ("FileAddDataAction", "&Add Data...", "Ctrl+O", self.on_FileAddDataAction_triggered),
            ("FileSaveSceneAction", "&Save Scene...", "Ctrl+S", self.on_FileSaveSceneAction_triggered),
            ("FileCloseSceneAction", "&Close Scene", "Ctrl+W", self.on_FileCloseSceneAction_triggered),
            ("FileExitAction", "E&xit", "Ctrl+Q", self.on_FileExitAction_triggered),
        ):
            action = menu.addAction(text)
            action.setObjectName(name)
            action.setShortcut(QtGui.QKeySequence(keys))
            action.triggered.connect(slot)
        layouts = self.menuBar().addMenu("&Layout")
        node = slicer.vtkMRMLLayoutNode
        for text, number in (
            ("Four-up", node.SlicerLayoutFourUpView),
            ("Conventional", node.SlicerLayoutConventionalView),
            ("Red slice only", node.SlicerLayoutOneUpRedSliceView),
            ("Yellow slice only", node.SlicerLayoutOneUpYellowSliceView),
            ("Four-up table", node.SlicerLayoutFourUpTableView),
            ("Four-up plot", node.SlicerLayoutFourUpPlotView),
        ):
            action = layouts.addAction(text)
            action.triggered.connect(lambda _=False, number=number: self.setLayout(number))

    @QtCore.Slot(int)
    def setLayout(self, number: int) -> None:
        self._app.layoutManager().setLayout(number)

    @QtCore.Slot()
    def on_FileAddDataAction_triggered(self) -> None:
        self._app.ioManager().openAddDataDialog()

    @QtCore.Slot()
    def on_FileSaveSceneAction_triggered(self) -> None:
        self._app.ioManager().openSaveDataDialog()

    @QtCore.Slot()
    def on_FileCloseSceneAction_triggered(self) -> None:
        slicer.mrmlScene.Clear(0)

    @QtCore.Slot()
    def on_FileExitAction_triggered(self) -> None:
        self.close()

    # Files dropped on the window

    def dragEnterEvent(self, event: QtGui.QDragEnterEvent) -> None:
        if event.mimeData().hasUrls():
            event.acceptProposedAction()

    def dropEvent(self, event: QtGui.QDropEvent) -> None:
        dialog = reader_for(self._app.moduleManager()._file_dialogs(), event.mimeData())
        if dialog is None:
            # Slicer opens its "Add data" dialog here; the bench loads what it would offer.
            self._app.loadFiles(local_files(event.mimeData()))
            event.acceptProposedAction()
        elif dialog:
            dialog._drop(event)

    def closeEvent(self, event: QtGui.QCloseEvent) -> None:
        # As Slicer does: the module is left first, so that it can put the layout back.
        self._selector.selectModule("")
        self._app.moduleManager()._unload_all()
        event.accept()
        if self._app._running:
            self._app.exit(0)
