"""Start the bench, open modules on it, and look at it.

    from Bench import application
    bench = application.start()
    page = bench.open_module("SOSStaging/SOSStaging.py")
    bench.screenshot("page.png")

One process holds one application: `start` a second time returns the same one.
"""

from __future__ import annotations

import contextlib
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from Bench import startup

_started: list[Bench] = []
_POLL_MS = 5


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
        # What modules asked to be told of went with them.
        if QtCore.QObject.receivers(self.app, QtCore.SIGNAL("startupCompleted()")):
            self.app.startupCompleted.disconnect()
        self.app._scene.empty()
        self.app.setRenderPaused(False)
        installing.reset()
        extensions.reset()
        self.app.dicomDatabase()._clear()
        QtCore.QSettings().clear()
        appearance.apply(self.app)
        if self.window is not None:
            self.layout_manager.setLayout(startup.FOUR_UP)
            # A layout of a test's own, or a page, may have turned them.
            for name, orientation in startup.ORIENTATIONS.items():
                self.layout_manager.sliceWidget(name).setSliceOrientation(orientation)
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

    Args:
        folder: for temporary files, the cache and the settings; a new temporary folder where None.
        main_window: False runs as `Slicer --no-main-window`: there is neither a window nor a layout manager.
        testing: what slicer.app.testingEnabled() answers.
        person: somebody sits at the window: modal dialogs are real.
        modules: module files to load before `startupCompleted`.

    Raises:
        RuntimeError: PySide6 was imported before with other enum settings, or another QApplication exists.
    """
    if _started:
        return _started[0]
    folder = Path(folder) if folder is not None else Path(tempfile.mkdtemp(prefix="sos-bench-"))
    folder.mkdir(parents=True, exist_ok=True)
    app = startup.make_application(folder, person)
    startup.install_modules(app, folder, testing, main_window)
    bench = Bench(app, startup.make_window(app) if main_window else None)
    _started.append(bench)
    app.mrmlSceneChanged.emit(bench.scene)
    for path in modules:
        bench.load_module(path)
    bench.started_up()
    return bench
