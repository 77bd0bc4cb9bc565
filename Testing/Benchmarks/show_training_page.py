"""Pictures of the training page into docs/screenshots/training-*.png, and what a person would dislike in any state.

``PYTHONPATH=Testing python Testing/Benchmarks/show_training_page.py [--study DIR] [--out DIR] [--run DIR]``. Without
``--study`` ten slabs are simulated and labelled by three simulated raters; ``--run`` is the folder of a finished run in
the study (otherwise the quick recipe is trained first, with more epochs, which takes minutes). Ends with status 1 where
a text does not fit, a control has no tooltip or something lies on something else.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "Testing"))

SECTIONS = ("study", "annotate", "agreement", "train", "result")
RECIPE = """
extends = "quick"
name = "demo"
[study]
validation = 0.2
[train]
epochs = {epochs}
"""


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
            getattr(self.page.ui, f"{name}Section").collapsed = name != section
        self.bench.process(0.3)

    def look(self, state: str, picture: bool = False) -> None:
        """Check the page as it is and with large text, and take a picture of it if wanted."""
        from Bench import page_check

        self.bench.process(0.5)
        if picture:
            self.bench.screenshot(self.out / f"training-{state}.png")
        self._note(state, page_check.complaints(self.page.parent))
        self.bench.look(font_scale=1.5)
        self._note(f"{state}, text 1.5", page_check.complaints(self.page.parent))
        self.bench.look()
        self.bench.process(0.2)

    def other_look(self, name: str, **look: Any) -> None:
        """Take a picture with another look."""
        self.bench.look(**look)
        self.bench.process(0.5)
        self.bench.screenshot(self.out / f"training-{name}.png")
        self.bench.look()

    def _note(self, name: str, complaints: list[str]) -> None:
        # A path may be longer than any panel: its field scrolls.
        self.found += [f"{name}: {text}" for text in complaints if "studyPath: the text" not in text]

    def wait(self, condition: Callable[[], Any], seconds: float = 600) -> None:
        """Wait for something; TimeoutError where it does not come."""
        if not self.bench.wait_until(condition, seconds):
            raise TimeoutError(f"not in time: {self.page.ui.trainLabel.text} {self.page.ui.resultLabel.text}")


def simulated(folder: Path, epochs: int) -> Path:
    """Ten simulated slabs, labelled by three raters of whom two are now and then a stage off, and a recipe."""
    from SOSStagingTrainingLib.__main__ import main as run
    from SOSStagingTrainingLib.study.study import Study

    argv = ["simulate", "--cases", "10", "--slabs", "--stages", "1,2,3,4,5", "--seed", "3", "--workers", "1"]
    run([*argv, "--out", str(folder)])
    study = Study.open(folder)
    truth = study.stages("truth")
    for rater, off in (("Kim", ()), ("Lee", (2, 5)), ("Roy", (0, 7))):
        for number, (case, stage) in enumerate(truth.items()):
            given = stage if number not in off or stage is None else stage + (1 if stage < 5 else -1)
            study.append_label(case, rater, given, rois=study.rois(case, "truth"))
    (folder / "recipes").mkdir()
    (folder / "recipes" / "demo.toml").write_text(RECIPE.format(epochs=epochs), encoding="utf-8")
    return folder


def study_pictures(show: Show, study: Path) -> None:
    """No study, then one."""
    from Bench import hand

    show.only("study")
    show.look("study-none", picture=True)
    show.page.ui.studyPath.currentPath = str(study)
    hand.click(show.page.ui.openStudyButton)
    show.look("study", picture=True)


def annotate_pictures(show: Show) -> None:
    """The first case, a labelled one, dark and large."""
    from Bench import hand

    ui, section = show.page.ui, show.page.page.annotate
    show.only("annotate")
    show.look("annotate-none")
    ui.raterEdit.text = "demo"
    section.refresh()
    hand.click(ui.startAnnotateButton)
    show.wait(lambda: section._shown and section._shown in section.reading.boxes)
    show.look("annotate", picture=True)
    show.other_look("annotate-dark", dark=True)
    show.other_look("annotate-large-font", font_scale=1.5)
    first = section._shown
    hand.press(show.bench.window, 0x33)
    show.wait(lambda: section._shown not in (None, first))
    hand.press(show.bench.window, 0x01000016)
    show.wait(lambda: section._shown == first)
    show.look("annotate-back")
    hand.click(ui.undoButton)
    hand.click(ui.endAnnotateButton)


def agreement_pictures(show: Show) -> None:
    """Raters compared."""
    from Bench import hand

    show.only("agreement")
    hand.click(show.page.ui.agreementButton)
    show.look("agreement", picture=True)


def train_pictures(show: Show, run: Path | None) -> None:
    """The check, a run at work, a finished one."""
    from Bench import hand

    ui, section = show.page.ui, show.page.page.train
    show.only("train")
    hand.choose(ui.recipeBox, "demo")
    hand.click(ui.checkButton)
    show.wait(lambda: not show.page.page.children.running("check"))
    show.look("check", picture=True)
    if run is None:
        hand.click(ui.startTrainButton)

        def at_work() -> bool:
            watch = section.watch
            current = None if watch is None or not watch.alive else watch.current
            return current is not None and "ours" in current and watch.curves[current].step > 5

        show.wait(at_work, 3000)
        show.look("train", picture=True)
        show.wait(lambda: len(section.watch.done) == len(section.watch.curves), 3000)
    else:
        section.attach(run)
    ui.jobsTable.setCurrentCell(len(section.watch.curves) - 1, 0)
    section._on_job(len(section.watch.curves) - 1, 0)
    show.look("train" if run is not None else "trained", picture=run is not None)


def result_pictures(show: Show) -> None:
    """The comparison, the gallery, a published model."""
    from Bench import hand

    ui, children, section = show.page.ui, show.page.page.children, show.page.page.result
    show.only("result")
    hand.click(ui.compareButton)
    show.wait(lambda: not children.running("compare"))
    show.look("compared")
    hand.click(ui.galleryButton)
    show.wait(lambda: not show.page.page.packages.busy and not children.running("gallery"))
    section._on_case(0, 0)
    show.wait(lambda: "the network said" in ui.resultLabel.text)
    show.look("result", picture=True)
    hand.click(ui.publishButton)
    show.wait(lambda: not children.running("publish"))
    show.look("published", picture=True)


def main() -> int:
    """Take all pictures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--study", type=Path)
    parser.add_argument("--run", type=Path)
    parser.add_argument("--out", type=Path, default=ROOT / "docs" / "screenshots")
    parser.add_argument("--epochs", type=int, default=12)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        os.environ["SOSSTAGING_MODELS"] = str(Path(folder) / "models")
        study = args.study or simulated(Path(folder) / "study", args.epochs)
        show = Show(args.out)
        study_pictures(show, study)
        annotate_pictures(show)
        agreement_pictures(show)
        train_pictures(show, args.run)
        result_pictures(show)
        show.bench.close()
    sys.stdout.write("\n".join(show.found) + "\n")
    return 1 if show.found else 0


if __name__ == "__main__":
    raise SystemExit(main())
