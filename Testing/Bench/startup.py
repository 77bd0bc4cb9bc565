"""The steps of starting the bench, in the order they must happen."""

from __future__ import annotations

import os
import sys
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from types import ModuleType, SimpleNamespace
from typing import Any

FOUR_UP = 3  # vtkMRMLLayoutNode.SlicerLayoutFourUpView
ORIENTATIONS = {"Red": "Axial", "Yellow": "Sagittal", "Green": "Coronal"}


def make_application(folder: Path, person: bool) -> Any:
    """Lay PythonQt's rules over PySide6, make `qt` and `ctk` importable and return the application object."""
    if not person:
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    if sys.platform == "linux" and not os.environ.get("DISPLAY"):
        os.environ.setdefault("VTK_DEFAULT_OPENGL_WINDOW", "vtkEGLRenderWindow")
    from PySide6 import QtCore, QtWidgets

    if not isinstance(QtCore.Qt.ElideNone, int):
        raise RuntimeError("PySide6 was imported before the bench was started; start the bench first")
    if QtWidgets.QApplication.instance() is not None:
        raise RuntimeError("a QApplication exists already; the bench makes its own")
    from Bench import appearance, dialogs, problems
    from Bench.pythonqt import rules
    from Bench.pythonqt.modules import adapt_static_functions, make

    rules.install()
    problems.watch_all()
    sys.modules.update(make())
    dialogs.install(person)
    QtCore.QSettings.setDefaultFormat(QtCore.QSettings.IniFormat)
    QtCore.QSettings.setPath(QtCore.QSettings.IniFormat, QtCore.QSettings.UserScope, str(folder / "settings"))
    from Bench.slicer_app.app import qSlicerApplication

    app = qSlicerApplication(["Slicer"])
    app.setOrganizationName("NA-MIC")
    app.setApplicationName("Slicer")
    app.setQuitOnLastWindowClosed(person)
    appearance.apply(app)
    adapt_static_functions()
    return app


def install_modules(app: Any, folder: Path, testing: bool, main_window: bool) -> None:
    """Complete the `slicer` package of the MRML wheel with what the application adds."""
    import slicer

    from Bench import dicom
    from Bench.pythonqt import registry
    from Bench.views import managers

    slicer.app = app
    slicer.modules = SimpleNamespace()
    slicer.moduleNames = SimpleNamespace()
    slicer.selfTests = {}
    app._set_up(folder, testing, main_window)
    slicer.mrmlScene = app.mrmlScene()
    managers.use_application_logic(app.applicationLogic())
    for module in _class_modules():
        registry.add_module(module)
    for name in registry.names("q"):
        setattr(slicer, name, registry.widget_class(name))
    for name, logic_module in app.moduleManager()._modules.items():
        setattr(slicer.modules, name.lower(), logic_module)
    _install_slicer_modules(slicer)
    dicom.install()


def _class_modules() -> list[ModuleType]:
    """Return the modules of the bench that define ctk, qMRML and qSlicer classes."""
    from Bench import dicom, extensions, slicer_app, views, widgets

    names = [
        f"{package.__name__}.{item.name}"
        for package in (widgets, views, slicer_app)
        for item in iter_modules(package.__path__)
    ]
    return [import_module(name) for name in names] + [dicom, extensions]


def _install_slicer_modules(slicer: ModuleType) -> None:
    """Publish slicer.i18n and the others; each may import qt, ctk and the ones before it."""
    for name, source in (
        ("i18n", "i18n"),
        ("packaging", "packaging"),
        ("testing", "testing"),
        ("parameterNodeWrapper", "parameter_node"),
        ("ScriptedLoadableModule", "scripted"),
    ):
        module = import_module(f"Bench.slicer_modules.{source}")
        sys.modules[f"slicer.{name}"] = module
        setattr(slicer, name, module)


def make_window(app: Any) -> Any:
    """Return the main window, shown, with its views."""
    from Bench.slicer_app.window import qSlicerMainWindow
    from Bench.views.layout import qSlicerLayoutManager

    window = qSlicerMainWindow(app)
    manager = qSlicerLayoutManager(window.centralWidget(), app.applicationLogic(), app.mrmlScene())
    app._layout_manager = manager
    window.show()
    manager.setLayout(FOUR_UP)
    app.processEvents()
    return window
