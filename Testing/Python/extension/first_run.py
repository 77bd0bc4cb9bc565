"""The first run of the installed extension as a new user would do it, by clicks, in a process of its own.

    python first_run.py MODULES FOLDER     MODULES: where the extension is installed; FOLDER: for settings and files

Prints one JSON line: the clicks made, what the page and the report said, where every module came from, and seconds.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
BEGUN = time.monotonic()
NAMES = ("SOSStaging", "SOSStagingTraining")


def only_installed(modules: Path) -> None:
    """Take the source tree out of this process, and out of the children, where the installed tree comes first."""
    sys.meta_path[:] = [finder for finder in sys.meta_path if "__editable__" not in getattr(finder, "__module__", "")]
    inside = tuple(str(ROOT / name) for name in NAMES)
    sys.path[:] = [path for path in sys.path if not path.startswith(inside) and "__editable__" not in path]
    sys.path.append(str(modules))  # as Slicer does with the folder of a module
    sys.path.insert(0, str(ROOT / "Testing"))


def cut_short(folder: Path) -> Path:
    """Leave one package as an installation that was cut short does: without a version."""
    info = folder / "packages" / "psutil-0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: psutil\n", encoding="utf-8")
    os.environ["PYTHONPATH"] = str(folder / "packages")
    return info


class User:
    """Clicks, and every click is counted."""

    def __init__(self, bench) -> None:
        self.bench = bench
        self.clicks: list[str] = []

    def click(self, name: str, widget, at=None) -> None:
        from Bench import hand

        self.clicks.append(name)
        hand.click(widget, at)

    def will_answer(self, name: str) -> None:
        """A question that will come is answered with one more click."""
        from Bench import dialogs

        def press(dialog) -> None:
            self.clicks.append(name)
            next(
                button for button in dialog.findChildren("QPushButton") if button.text.replace("&", "") == name
            ).click()

        dialogs.answer_with(press)

    def choose_module(self, title: str) -> None:
        from PySide6 import QtCore, QtWidgets
        from PySide6.QtTest import QTest

        box = QtCore.QObject.findChild(self.bench.window.moduleSelector(), QtWidgets.QComboBox)
        self.click("the module list", box)
        self.bench.process(0.6)  # Qt takes a click that follows at once for the second of a double click
        view = box.view()
        place = view.visualRect(box.model().index(box.findText(title), 0)).center()
        QTest.mouseMove(view.viewport(), place)
        self.click(title, view.viewport(), place)


def first_run(modules: Path, folder: Path) -> dict:
    only_installed(modules)
    broken = cut_short(folder)
    from Bench import application, dialogs, installing, problems

    bench = application.start(folder / "bench", modules=tuple(modules / f"{name}.py" for name in NAMES))
    installing.install_with(lambda lines: shutil.rmtree(broken))
    user = User(bench)
    user.choose_module("SOS Staging")
    page = bench.load_module(modules / "SOSStaging.py").widgetRepresentation().self()
    user.will_answer("OK")
    user.click(page.ui.sampleButton.text, page.ui.sampleButton)
    staged = bench.wait_until(lambda: page.page.result is not None and not page.ui.cancelButton.enabled, 900)
    seen = {"message": page.ui.messageLabel.text, "headline": page.ui.headlineLabel.text, "staged": staged}
    if not staged:
        return seen
    user.click(page.ui.showReportButton.text, page.ui.showReportButton)
    (address,) = dialogs.opened()
    report = Path(address.removeprefix("file://"))
    seen |= {"report": report.read_text(encoding="utf-8"), "seconds": time.monotonic() - BEGUN}
    seen |= {"files": sorted(path.name for path in report.parent.iterdir()), "clicks": list(user.clicks)}
    seen["asked"] = [line for lines in installing.asked() for line in lines]
    training = bench.open_module(modules / "SOSStagingTraining.py")
    seen["training"] = training.page.__class__.__module__
    bench.close()
    seen["report_left"] = report.exists()
    seen["problems"] = [*problems.take(), *dialogs.complaints()]
    seen["from"] = sorted({m.__file__ for n, m in sys.modules.items() if n.startswith("SOSStaging") and m.__file__})
    seen["path"] = sys.path
    return seen


if __name__ == "__main__":
    print(json.dumps(first_run(Path(sys.argv[1]), Path(sys.argv[2]))))
