"""slicer.app."""

from __future__ import annotations

import os
import platform
import sys
from pathlib import Path
from typing import Any

from PySide6 import QtCore, QtWidgets

from Bench.dicom import ctkDICOMDatabase
from Bench.extensions import qSlicerExtensionsManagerModel
from Bench.slicer_app.io_manager import qSlicerIOManager
from Bench.slicer_app.modules import qSlicerModuleManager
from Bench.slicer_app.scene import Scene

VERSION = (5, 13, 0)  # the Slicer the MRML wheel was built from


class qSlicerCoreCommandOptions(QtCore.QObject):
    """How the application was started."""

    def __init__(self, testing: bool, main_window: bool) -> None:
        super().__init__()
        self._testing = testing
        self._main_window = main_window
        self._exit = False

    def _set_exit(self, value: bool) -> None:
        self._exit = value

    testingEnabled = QtCore.Property(bool, lambda self: self._testing)
    runPythonAndExit = QtCore.Property(bool, lambda self: self._exit, _set_exit)


class qSlicerCommandOptions(qSlicerCoreCommandOptions):
    """How the application with windows was started."""

    noMainWindow = QtCore.Property(bool, lambda self: not self._main_window)


class qSlicerCoreApplication(QtWidgets.QApplication):
    """The application without its windows."""

    mrmlSceneChanged = QtCore.Signal(object)


class qSlicerApplication(qSlicerCoreApplication):
    """The application: made once, by `Bench.application.start`."""

    startupCompleted = QtCore.Signal()
    renderPaused = QtCore.Signal(bool)

    def _set_up(self, folder: Path, testing: bool, main_window: bool) -> None:
        self._folder = folder
        self._environment = QtCore.QProcessEnvironment.systemEnvironment()
        self._options = qSlicerCommandOptions(testing, main_window)
        self._layout_manager: Any = None
        self._exit_code = 0
        self._running = False
        self._restart_asked = False
        self._scene = Scene(folder)
        self._io = qSlicerIOManager(self._scene.scene, self._scene.logics)
        self._modules = qSlicerModuleManager(self._scene.logics)
        self._settings = QtCore.QSettings()
        self._dicom = ctkDICOMDatabase(self)
        self._extensions = qSlicerExtensionsManagerModel(self)
        _add_python_slicer(folder / "bin")

    # What it knows about itself

    applicationName = QtCore.Property(str, lambda self: "Slicer")
    applicationVersion = QtCore.Property(str, lambda self: ".".join(map(str, VERSION)))
    mainApplicationName = QtCore.Property(str, lambda self: "Slicer")
    majorVersion = QtCore.Property(int, lambda self: VERSION[0])
    minorVersion = QtCore.Property(int, lambda self: VERSION[1])
    mainApplicationMajorVersion = QtCore.Property(int, lambda self: VERSION[0])
    mainApplicationMinorVersion = QtCore.Property(int, lambda self: VERSION[1])
    revision = QtCore.Property(str, lambda self: "bench")
    repositoryRevision = QtCore.Property(str, lambda self: "bench")
    os = QtCore.Property(str, lambda self: {"Linux": "linux", "Darwin": "macosx"}.get(platform.system(), "win"))
    arch = QtCore.Property(
        str, lambda self: "amd64" if platform.machine() in ("x86_64", "AMD64") else platform.machine()
    )
    temporaryPath = QtCore.Property(str, lambda self: str(self._folder))
    cachePath = QtCore.Property(str, lambda self: str(self._folder / "cache"))
    defaultScenePath = QtCore.Property(str, lambda self: str(self._folder))
    slicerHome = QtCore.Property(str, lambda self: str(self._folder))
    slicerUserSettingsFilePath = QtCore.Property(str, lambda self: self._settings.fileName())

    @staticmethod
    def testingEnabled() -> bool:
        return bool(QtWidgets.QApplication.instance()._options._testing)

    def commandOptions(self) -> qSlicerCommandOptions:
        return self._options

    def environment(self) -> QtCore.QProcessEnvironment:
        return QtCore.QProcessEnvironment.systemEnvironment()

    def startupEnvironment(self) -> QtCore.QProcessEnvironment:
        return self._environment

    # What it holds

    def mrmlScene(self) -> Any:
        return self._scene.scene

    def applicationLogic(self) -> Any:
        return self._scene.application

    def layoutManager(self) -> Any:
        return self._layout_manager

    def coreIOManager(self) -> qSlicerIOManager:
        return self._io

    def ioManager(self) -> qSlicerIOManager:
        return self._io

    def moduleManager(self) -> qSlicerModuleManager:
        return self._modules

    def dicomDatabase(self) -> ctkDICOMDatabase:
        return self._dicom

    def extensionsManagerModel(self) -> qSlicerExtensionsManagerModel:
        return self._extensions

    def moduleLogic(self, name: str) -> Any:
        module = self._modules.module(name)
        return module.logic() if module is not None else None

    def settings(self) -> QtCore.QSettings:
        return self._settings

    def userSettings(self) -> QtCore.QSettings:
        return self._settings

    # Rendering

    @QtCore.Slot(bool)
    def setRenderPaused(self, pause: bool) -> None:
        if self._layout_manager is not None:
            self._layout_manager.setRenderPaused(pause)
        self.renderPaused.emit(pause)

    @QtCore.Slot()
    def pauseRender(self) -> None:
        self.setRenderPaused(True)

    @QtCore.Slot()
    def resumeRender(self) -> None:
        self.setRenderPaused(False)

    # What it does

    @QtCore.Slot("QStringList", result=bool)
    def loadFiles(self, paths: list[str]) -> bool:
        loaded = [self._io.loadNodes(self._io.fileType(path), {"fileName": path}) for path in paths]
        return all(loaded)

    @QtCore.Slot()
    def restart(self) -> None:
        self._restart_asked = True
        self.exit(0)

    def exit(self, status: int = 0) -> None:
        # Qt would refuse every event loop from then on where none is running.
        self._exit_code = status
        if self._running:
            QtWidgets.QApplication.exit(status)


def _add_python_slicer(folder: Path) -> None:
    """Put a PythonSlicer, which is this Python, on the PATH, where Slicer's scripts look for it."""
    folder.mkdir(parents=True, exist_ok=True)
    if platform.system() == "Windows":
        (folder / "PythonSlicer.bat").write_text(f'@"{sys.executable}" %*\n', encoding="utf-8")
    else:
        script = folder / "PythonSlicer"
        script.write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n', encoding="utf-8")
        script.chmod(0o755)
    os.environ["PATH"] = os.pathsep.join([str(folder), os.environ.get("PATH", "")])
