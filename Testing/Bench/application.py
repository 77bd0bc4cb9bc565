"""Start the bench, open modules on it, and look at it.

    from Bench import application
    bench = application.start()
    page = bench.open_module("SOSStaging/SOSStaging.py")
    bench.screenshot("page.png")

One process holds one application: `start` a second time returns the same one.
"""

from __future__ import annotations

import contextlib
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

_started: list[Bench] = []
_POLL_MS = 5
_FOUR_UP = 3  # vtkMRMLLayoutNode.SlicerLayoutFourUpView


class Bench:
    """The running application."""

    def __init__(self, app: Any, window: Any) -> None:
        self.app = app
        self.window = window

    @property
    def scene(self) -> Any:
        return self.app.mrmlScene()

    @property
    def layout_manager(self) -> Any:
        return self.app.layoutManager()

    def load_module(self, path: str | Path) -> Any:
        """Load a scripted module from its file, as at start; return the module (`slicer.modules.<name lower>`)."""
        from Bench.slicer_app.modules import qSlicerScriptedLoadableModule

        path = Path(path).resolve()
        loaded = self.app.moduleManager().module(path.stem)
        if loaded is not None:
            return loaded
        module = qSlicerScriptedLoadableModule(path)
        module._load()
        self.app.moduleManager()._add(module)
        return module

    def open_module(self, path: str | Path) -> Any:
        """Load a module and show its page; return its Python widget (`<Name>Widget`)."""
        module = self.load_module(path)
        if self.window is None:
            return module.widgetRepresentation().self()
        self.select_module(module.name)
        return module.widgetRepresentation().self()

    def select_module(self, name: str) -> None:
        """Switch to a module by its name; the one shown before is left. An empty name only leaves."""
        if name:
            self.window.moduleSelector().selectModule(name)
        else:
            self.window._show_module("")
        self.process()

    def started_up(self) -> None:
        """Tell modules that the application is up (`slicer.app.startupCompleted`), after they are loaded."""
        self.app.startupCompleted.emit()
        self.process()

    def process(self, seconds: float = 0.0) -> None:
        """Let Qt work through what waits; for `seconds` in an event loop of its own."""
        from PySide6 import QtCore

        if seconds > 0:
            self._run_loop(lambda: False, seconds)
        self.app.processEvents()
        # Outside an event loop Qt keeps what deleteLater() was called for.
        self.app.sendPostedEvents(None, QtCore.QEvent.DeferredDelete)

    def wait_until(self, condition: Callable[[], Any], seconds: float = 30.0) -> bool:
        """Run an event loop until `condition()` is true; return whether it came true in time."""
        self.process()
        return bool(condition()) or self._run_loop(condition, seconds)

    def _run_loop(self, condition: Callable[[], Any], seconds: float) -> bool:
        from PySide6 import QtCore

        loop, poll, end = QtCore.QEventLoop(), QtCore.QTimer(), time.monotonic() + seconds
        failed: list[BaseException] = []
        answer: list[bool] = []

        def check() -> None:
            try:
                answer[:] = [bool(condition())]
            except BaseException as error:  # it would get lost in the loop
                failed.append(error)
            if failed or answer[0] or time.monotonic() > end:
                loop.exit()

        poll.timeout.connect(check)
        poll.start(_POLL_MS)
        while not failed and not (answer and answer[0]) and time.monotonic() <= end:
            loop.exec()
        poll.stop()
        if failed:
            raise failed[0]
        return bool(answer and answer[0])

    def screenshot(self, path: str | Path, widget: Any = None) -> None:
        """Write a picture of the window, or of one widget, with the views drawn now."""
        from PySide6 import QtWidgets

        self.process()
        if self.layout_manager is not None:
            for view in self.layout_manager.viewWidgets():
                if view.visible and hasattr(view.viewWidget(), "_draw_now"):
                    view.viewWidget()._draw_now()
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        if not QtWidgets.QWidget.grab(widget or self.window).save(str(path)):
            raise OSError(f"cannot write the screenshot {path}")

    def look(self, font_scale: float = 1.0, dark: bool = False) -> None:
        """Change the size of the font and the colours of the whole application."""
        from Bench import appearance

        appearance.apply(self.app, font_scale, dark)
        self.process(0.05)  # a page is laid out in several rounds

    @contextlib.contextmanager
    def testing(self) -> Iterator[None]:
        """Be as with `Slicer --testing`: messages are logged instead of shown, nothing is installed."""
        self.app._options._testing = True
        try:
            yield
        finally:
            self.app._options._testing = False

    @contextlib.contextmanager
    def no_main_window(self) -> Iterator[None]:
        """Be as with `Slicer --no-main-window`: slicer.util.mainWindow() and slicer.app.layoutManager() are None."""
        window, manager = self.window, self.layout_manager
        window.hide()
        window.setObjectName("")
        self.window, self.app._layout_manager = None, None
        try:
            yield
        finally:
            self.window, self.app._layout_manager = window, manager
            window.setObjectName("qSlicerMainWindow")
            window.show()

    def close(self) -> None:
        """Close the application as a person does with the window's cross: modules are left and cleaned up."""
        if self.window is not None:
            self.window.close()
        else:
            self.app.moduleManager()._unload_all()
        self.process()

    def reset(self) -> None:
        """Come back to the state after the start: window open, scene empty, no module loaded, settings empty."""
        from PySide6 import QtCore

        from Bench import appearance, extensions, installing

        self.close()
        self.app.moduleManager()._forget_scripted()
        self.app._scene.empty()
        self.app.setRenderPaused(False)
        installing.reset()
        extensions.reset()
        self.app.dicomDatabase()._clear()
        QtCore.QSettings().clear()
        appearance.apply(self.app)
        if self.window is not None:
            self.layout_manager.setLayout(_FOUR_UP)
            self.window.resize(*self.window._START_SIZE)
            self.window.show()
        self.process()

    def run(self) -> int:
        """Hand over to the person at the window until it is closed; return the exit status."""
        self.app._running = True
        return self.app.exec()


def start(
    folder: str | Path | None = None,
    *,
    main_window: bool = True,
    testing: bool = False,
    person: bool = False,
    modules: tuple[str | Path, ...] = (),
) -> Bench:
    """Start the application, or return the one that runs.

    Args: folder: for temporary files, the cache and the settings; a new temporary folder where None. main_window:
    False runs as `Slicer --no-main-window`: slicer.util.mainWindow() and slicer.app.layoutManager() are None.
    testing: what slicer.app.testingEnabled() answers. person: somebody sits at the window: modal dialogs are real.
    modules: module files to load before `startupCompleted`.

    Raises:
        RuntimeError: PySide6 was imported before with other enum settings, or another QApplication exists.
    """
    if _started:
        return _started[0]
    folder = Path(folder) if folder is not None else Path(tempfile.mkdtemp(prefix="sos-bench-"))
    folder.mkdir(parents=True, exist_ok=True)
    app = _make_application(folder, person)
    slicer_module = _install_modules(app, folder, testing, main_window)
    window = _make_window(app) if main_window else None
    bench = Bench(app, window)
    _started.append(bench)
    slicer_module.app.mrmlSceneChanged.emit(bench.scene)
    for path in modules:
        bench.load_module(path)
    bench.started_up()
    return bench


def _make_application(folder: Path, person: bool) -> Any:
    if not person:
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from PySide6 import QtCore, QtWidgets

    if not isinstance(QtCore.Qt.ElideNone, int):
        raise RuntimeError("PySide6 was imported before the bench was started; start the bench first")
    if QtWidgets.QApplication.instance() is not None:
        raise RuntimeError("a QApplication exists already; the bench makes its own")
    from Bench import appearance, dialogs, problems
    from Bench.pythonqt import rules
    from Bench.pythonqt.modules import adapt_static_functions, make

    rules.install()
    problems.watch_exceptions()
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


def _install_modules(app: Any, folder: Path, testing: bool, main_window: bool) -> ModuleType:
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
    for module in _widget_modules():
        registry.add_module(module)
    for name in registry.names("q"):
        setattr(slicer, name, registry.widget_class(name))
    for name, logic_module in app.moduleManager()._modules.items():
        setattr(slicer.modules, name.lower(), logic_module)
    _install_slicer_modules(slicer)
    dicom.install()
    return slicer


def _widget_modules() -> list[ModuleType]:
    from Bench import dicom, extensions
    from Bench.slicer_app import app, file_dialog, io_manager, modules, window
    from Bench.views import controller, layout, render_widget, slice_view, table_plot_views, threed_view
    from Bench.widgets import ctk_buttons, ctk_numbers, ctk_paths, ctk_ranges, node_combo_box, qmrml_basic, table_view

    widgets = [ctk_buttons, ctk_numbers, ctk_paths, ctk_ranges, node_combo_box, qmrml_basic, table_view]
    views = [controller, layout, render_widget, slice_view, table_plot_views, threed_view]
    return [*widgets, *views, app, dicom, extensions, file_dialog, io_manager, modules, window]


def _install_slicer_modules(slicer: ModuleType) -> None:
    """Publish slicer.i18n and the others; each may import qt, ctk and the ones before it."""
    from importlib import import_module

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


def _make_window(app: Any) -> Any:
    from Bench.slicer_app.window import qSlicerMainWindow
    from Bench.views.layout import qSlicerLayoutManager

    window = qSlicerMainWindow(app)
    manager = qSlicerLayoutManager(window.centralWidget(), app.applicationLogic(), app.mrmlScene())
    app._layout_manager = manager
    window.show()
    manager.setLayout(_FOUR_UP)
    app.processEvents()
    return window
