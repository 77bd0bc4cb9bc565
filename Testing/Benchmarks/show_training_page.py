"""Pictures of every state of the training page, into docs/screenshots/training-*.png, and what a person would dislike.

``PYTHONPATH=Testing python Testing/Benchmarks/show_training_page.py [--study DIR] [--out DIR] [--run DIR]``. Without
``--study`` ten slabs are simulated; ``--run`` is the folder of a finished run in it (otherwise the quick recipe is
trained first, which takes minutes). Ends with status 1 where a text does not fit or a control has no tooltip.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "Testing"))

SECTIONS = ("studySection", "annotateSection", "agreementSection", "trainSection", "resultSection")
PANEL = 400


class Show:
    """The application with the page, and where pictures go."""

    def __init__(self, out: Path) -> None:
        from Bench import application

        self.bench = application.start()
        self.out = out
        self.found: list[str] = []
        self.bench.window.resize(1280, 800)
        self.bench.load_module(ROOT / "SOSStaging" / "SOSStaging.py")
        self.page = self.bench.open_module(ROOT / "SOSStagingTraining" / "SOSStagingTraining.py")

    def only(self, section: str) -> None:
        """Open one section and close the others."""
        for name in SECTIONS:
            getattr(self.page.ui, name).collapsed = name != section
        self.bench.process(0.3)

    def take(self, name: str) -> None:
        """Take a picture, and check the page as it is and with large text."""
        from Bench import page_check

        self.bench.process(0.3)
        self.bench.screenshot(self.out / f"training-{name}.png")
        self._note(name, page_check.complaints(self.page.parent))
        self.bench.look(font_scale=1.5)
        self._note(f"{name}, text 1.5", page_check.complaints(self.page.parent))
        self.bench.look()

    def other_look(self, name: str, **look: Any) -> None:
        """Take a picture with another look."""
        self.bench.look(**look)
        self.bench.process(0.3)
        self.bench.screenshot(self.out / f"training-{name}.png")
        self.bench.look()

    def _note(self, name: str, complaints: list[str]) -> None:
        self.found += [f"{name}: {text}" for text in complaints]

    def wait(self, condition: Callable[[], Any], seconds: float = 240) -> None:
        """Wait for something; TimeoutError where it does not come."""
        if not self.bench.wait_until(condition, seconds):
            raise TimeoutError(f"not in time: {self.page.ui.trainLabel.text} {self.page.ui.resultLabel.text}")


def simulated(folder: Path) -> Path:
    """Ten simulated slabs, labelled by two simulated raters."""
    from SOSStagingTrainingLib.__main__ import main as run

    base = ["simulate", "--cases", "10", "--slabs", "--stages", "1,2,3,4,5", "--seed", "3", "--workers", "1"]
    run([*base, "--raters", "2", "--kappa", "0.85", "--out", str(folder)])
    return folder


def study_pictures(show: Show, study: Path) -> None:
    """No study, then one."""
    from Bench import hand

    show.only("studySection")
    show.take("study-none")
    show.page.ui.studyPath.currentPath = str(study)
    hand.click(show.page.ui.openStudyButton)
    show.take("study")


def annotate_pictures(show: Show) -> None:
    """The first case, a labelled one, dark and large."""
    from Bench import hand

    ui, section = show.page.ui, show.page.page.annotate
    show.only("annotateSection")
    show.take("annotate-none")
    ui.raterEdit.text = "demo"
    section.refresh()
    hand.click(ui.startAnnotateButton)
    show.wait(lambda: section._shown)
    show.wait(lambda: section.reading is None or section.reading.boxes, 90)
    show.take("annotate")
    show.other_look("annotate-dark", dark=True)
    show.other_look("annotate-large", font_scale=1.5)
    first = section._shown
    hand.press(show.bench.window, 0x33)
    show.wait(lambda: section._shown not in (None, first))
    hand.press(show.bench.window, 0x01000016)
    show.wait(lambda: section._shown == first)
    show.take("annotate-back")
    hand.click(ui.undoButton)
    hand.click(ui.endAnnotateButton)


def agreement_pictures(show: Show) -> None:
    """Two raters compared."""
    from Bench import hand

    show.only("agreementSection")
    hand.click(show.page.ui.agreementButton)
    show.take("agreement")


def train_pictures(show: Show, run: Path | None) -> None:
    """The check, a run at work, a finished one."""
    from Bench import hand

    ui, section = show.page.ui, show.page.page.train
    show.only("trainSection")
    hand.click(ui.checkButton)
    show.wait(lambda: not show.page.page.children.running("check"))
    show.take("check")
    if run is None:
        hand.click(ui.startTrainButton)
        show.wait(lambda: section.watch and len(section.watch.done) >= 1 and section.watch.alive, 400)
        show.wait(lambda: any(len(c.at) > 3 for k, c in section.watch.curves.items() if section.watch.current == k))
        show.take("train")
        show.other_look("train-dark", dark=True)
        show.wait(lambda: len(section.watch.done) == len(section.watch.curves), 600)
    else:
        section.attach(run)
    ui.jobsTable.setCurrentCell(len(section.watch.curves) - 1, 0)
    section._on_job(len(section.watch.curves) - 1, 0)
    show.take("trained")


def result_pictures(show: Show) -> None:
    """The comparison, the gallery, a published model."""
    from Bench import hand

    ui, children, section = show.page.ui, show.page.page.children, show.page.page.result
    show.only("resultSection")
    hand.click(ui.compareButton)
    show.wait(lambda: not children.running("compare"))
    show.take("compared")
    hand.click(ui.galleryButton)
    show.wait(lambda: not children.running("gallery"))
    section._on_case(0, 0)
    show.wait(lambda: section._wanted is None)
    show.take("gallery")
    show.other_look("gallery-large", font_scale=1.5)
    hand.click(ui.publishButton)
    show.wait(lambda: not children.running("publish"))
    show.take("published")


def main() -> int:
    """Take all pictures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--study", type=Path)
    parser.add_argument("--run", type=Path)
    parser.add_argument("--out", type=Path, default=ROOT / "docs" / "screenshots")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        import os

        os.environ["SOSSTAGING_MODELS"] = str(Path(folder) / "models")
        study = args.study or simulated(Path(folder) / "study")
        show = Show(args.out)
        study_pictures(show, study)
        annotate_pictures(show)
        agreement_pictures(show)
        train_pictures(show, args.run)
        result_pictures(show)
        show.bench.close()
        shutil.rmtree(Path(folder) / "models", ignore_errors=True)
    sys.stdout.write("\n".join(show.found) + "\n")
    return 1 if show.found else 0


if __name__ == "__main__":
    raise SystemExit(main())
