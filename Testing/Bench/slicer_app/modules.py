"""slicer.modules: built-in modules with their logic, and scripted modules loaded from their file."""

from __future__ import annotations

import importlib.util
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

import slicer
from PySide6 import QtCore, QtGui, QtWidgets

from Bench import problems
from Bench.slicer_app.file_dialog import qSlicerScriptedFileDialog
from Bench.widgets.kept import kept
from Bench.widgets.qmrml_basic import qSlicerWidget


class qSlicerAbstractCoreModule(QtCore.QObject):
    """A module: its description, its logic and its widget."""

    title = kept(str, "")
    hidden = kept(bool, False)
    index = kept(int, -1)
    categories = kept("QStringList", [])
    contributors = kept("QStringList", [])
    dependencies = kept("QStringList", [])
    helpText = kept(str, "")
    acknowledgementText = kept(str, "")
    widgetRepresentationCreationEnabled = kept(bool, True)

    def __init__(self, name: str, logic: Any) -> None:
        super().__init__()
        self._name = name
        self._logic = logic
        self._scene: Any = None

    name = QtCore.Property(str, lambda self: self._name)

    def logic(self) -> Any:
        return self._logic

    def mrmlScene(self) -> Any:
        return self._scene or slicer.mrmlScene

    @QtCore.Slot(object)
    def setMRMLScene(self, scene: Any) -> None:
        self._scene = scene
        if self._logic is not None:
            self._logic.SetMRMLScene(scene)


class qSlicerAbstractModule(qSlicerAbstractCoreModule):
    """A module with an icon."""

    icon = kept(QtGui.QIcon, QtGui.QIcon())


class qSlicerAbstractModuleWidget(qSlicerWidget):
    """The page of a module, told when it is shown and left."""

    def __init__(self, parent: QtWidgets.QWidget | None = None) -> None:
        super().__init__(parent)
        self._entered = False

    isEntered = QtCore.Property(bool, lambda self: self._entered)

    @QtCore.Slot()
    def enter(self) -> None:
        self._entered = True

    @QtCore.Slot()
    def exit(self) -> None:
        self._entered = False


class qSlicerLoadableModule(qSlicerAbstractModule):
    """A built-in module: its logic is real, its page only a note, so that one can switch to it."""

    def __init__(self, name: str, logic: Any) -> None:
        super().__init__(name, logic)
        self._page: Any = None

    def widgetRepresentation(self) -> qSlicerAbstractModuleWidget | None:
        if self._page is None:
            self._page = qSlicerAbstractModuleWidget()
            layout = QtWidgets.QVBoxLayout(self._page)
            layout.addWidget(QtWidgets.QLabel(f"The page of Slicer's module {self._name} is not on the bench."))
            layout.addStretch(1)
        return self._page


class qSlicerScriptedLoadableModuleWidget(qSlicerAbstractModuleWidget):
    """The parent widget of a scripted module's page."""

    def __init__(self, module: qSlicerScriptedLoadableModule) -> None:
        super().__init__()
        self._module = module
        self._self: Any = None
        layout = QtWidgets.QVBoxLayout(self)
        layout.setContentsMargins(4, 4, 4, 4)

    def self(self) -> Any:
        return self._self

    def module(self) -> Any:
        return self._module

    def _build(self) -> None:
        source = sys.modules[self._module.name]
        widget_class = getattr(source, self._module.name + "Widget")
        self._self = widget_class(self)
        setattr(slicer.modules, self._module.name + "Widget", self._self)
        call(self._self.setup)
        self.setMRMLScene(slicer.mrmlScene)

    @QtCore.Slot()
    def enter(self) -> None:
        super().enter()
        call(getattr(self._self, "enter", None))

    @QtCore.Slot()
    def exit(self) -> None:
        call(getattr(self._self, "exit", None))
        super().exit()

    @QtCore.Slot()
    def reload(self) -> None:
        self._build()


class qSlicerScriptedLoadableModule(qSlicerLoadableModule):
    """A module from a .py file: the object scripts get as `parent`."""

    def __init__(self, path: Path) -> None:
        super().__init__(path.stem, None)
        self._path = str(path)
        self._instance: Any = None
        self._file_dialog: qSlicerScriptedFileDialog | None = None

    path = QtCore.Property(str, lambda self: self._path)

    def _load(self) -> None:
        """Import the file and make the module's Python object, as Slicer does at start.

        Raises:
            RuntimeError: the file has no class of its own name, or the module has no title.
        """
        folder = str(Path(self._path).parent)
        if folder not in sys.path:
            sys.path.append(folder)
        name = self._name
        spec = importlib.util.spec_from_file_location(name, self._path)
        source = importlib.util.module_from_spec(spec)
        sys.modules[name] = source
        spec.loader.exec_module(source)
        if not hasattr(source, name):
            raise RuntimeError(f"{self._path}: class {name} not found, Slicer would not load this file")
        self._instance = getattr(source, name)(self)
        if not self.title:
            raise RuntimeError(f"{self._path}: the module has no title, Slicer would reject it")
        self.widgetRepresentationCreationEnabled = hasattr(source, name + "Widget")
        call(getattr(self._instance, "setup", None))
        if hasattr(source, name + "FileDialog"):
            self._file_dialog = qSlicerScriptedFileDialog(self)
            self._file_dialog._self = getattr(source, name + "FileDialog")(self._file_dialog)

    def widgetRepresentation(self) -> qSlicerScriptedLoadableModuleWidget | None:
        if self._page is None and self.widgetRepresentationCreationEnabled:
            self._page = qSlicerScriptedLoadableModuleWidget(self)
            self._page.setObjectName(self._name + "ModuleWidget")
            self._page._build()
        return self._page

    def createNewWidgetRepresentation(self) -> qSlicerScriptedLoadableModuleWidget:
        page = qSlicerScriptedLoadableModuleWidget(self)
        page._build()
        return page

    def setMRMLScene(self, scene: Any) -> None:
        super().setMRMLScene(scene)
        if self._page is not None:
            self._page.setMRMLScene(scene)

    def _drop_page(self) -> None:
        if self._page is not None:
            self._page.deleteLater()
            self._page = None


class qSlicerModuleFactoryManager(QtCore.QObject):
    """The names of what is loaded."""

    def __init__(self, modules: dict[str, Any]) -> None:
        super().__init__()
        self._modules = modules

    def loadedModuleNames(self) -> tuple[str, ...]:
        return tuple(self._modules)

    def registeredModuleNames(self) -> tuple[str, ...]:
        return tuple(self._modules)

    def isLoaded(self, name: str) -> bool:
        return name in self._modules


class qSlicerModuleManager(QtCore.QObject):
    """Finds modules by name."""

    moduleLoaded = QtCore.Signal(str)
    moduleAboutToBeUnloaded = QtCore.Signal(str)

    def __init__(self, logics: dict[str, Any]) -> None:
        super().__init__()
        self._modules: dict[str, Any] = {name: qSlicerLoadableModule(name, logic) for name, logic in logics.items()}
        for name, module in self._modules.items():
            module.title = name
        self._factory = qSlicerModuleFactoryManager(self._modules)

    def module(self, name: str) -> Any:
        return next((module for key, module in self._modules.items() if key.lower() == name.lower()), None)

    def modulesNames(self) -> tuple[str, ...]:
        return tuple(self._modules)

    def factoryManager(self) -> qSlicerModuleFactoryManager:
        return self._factory

    def _add(self, module: qSlicerScriptedLoadableModule) -> None:
        name = QtCore.QObject.property(module, "name")
        self._modules[name] = module
        setattr(slicer.modules, name.lower(), module)
        setattr(slicer.modules, name + "Instance", module._instance)
        setattr(slicer.moduleNames, name, name)
        self.moduleLoaded.emit(name)

    def _scripted(self) -> dict[str, qSlicerScriptedLoadableModule]:
        return {
            name: module for name, module in self._modules.items() if isinstance(module, qSlicerScriptedLoadableModule)
        }

    def _file_dialogs(self) -> list[qSlicerScriptedFileDialog]:
        return [module._file_dialog for module in self._scripted().values() if module._file_dialog is not None]

    def _unload_all(self) -> None:
        for name in self._scripted():
            self.moduleAboutToBeUnloaded.emit(name)

    def _forget_scripted(self) -> None:
        """Drop the scripted modules and their pages, after they were unloaded."""
        for name, module in self._scripted().items():
            del self._modules[name]
            sys.modules.pop(name, None)
            for key in (name.lower(), name + "Instance", name + "Widget"):
                vars(slicer.modules).pop(key, None)
            vars(slicer.moduleNames).pop(name, None)
            module._drop_page()


def call(function: Callable[..., Any] | None, *arguments: Any) -> Any:
    """Call a script's method as the application does: an exception is printed and noted, and life goes on."""
    if function is None:
        return None
    try:
        return function(*arguments)
    except Exception:
        problems.record(traceback.format_exc())
        traceback.print_exc()
        return None
