"""The longest time the window was blocked while one labels, trains and looks at results, on the bench.

    .venv/bin/python Testing/Benchmarks/bench_training_page.py [--full] [--limit MS]

A study of plain slabs is labelled and trained by the recipe of the tests; ``--full`` adds ten simulated heads' slabs.
Other load on the machine makes blocks longer. The bench's views are drawn by the processor, Slicer's by the graphics
card: blocks are told with and without that drawing, and those without have to hold the bar.
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
sys.path[:0] = [str(ROOT / part) for part in ("Testing", "Testing/Python", "SOSStaging", "SOSStagingTraining")]

from Bench import application, hand  # noqa: E402
from Bench.watch import LoopWatch  # noqa: E402
from training_page.small_recipe import write_recipe  # noqa: E402

HEAD = ROOT / "SOSStaging" / "Resources" / "SampleData" / "vhp_female_head.nrrd"
CASES, EPOCHS = 15, 60


class Measured:
    """Watches the loop while something is done, and keeps the longest block of each."""

    def __init__(self, bench: Any, page: Any, limit_ms: float) -> None:
        self.bench, self.limit_ms = bench, limit_ms
        self._labels = [page.ui.annotateMessage, page.ui.trainLabel, page.ui.resultLabel]
        self.longest: dict[str, tuple[float, float]] = {}

    def told(self) -> str:
        """What the page says."""
        return " ".join(label.text for label in self._labels if label.text)

    def __call__(self, name: str, act: Callable[[], Any], until: Callable[[], Any], seconds: float = 120) -> None:
        with LoopWatch(self.limit_ms) as watch:
            act()
            if not self.bench.wait_until(until, seconds):
                raise TimeoutError(f"{name}: {self.told()}")
            self.bench.process(0.5)
        self.longest[name] = watch.longest_ms, watch.longest_own_ms
        print(f"{name}: {watch.report()}", flush=True)


def plain_study(folder: Path) -> Path:
    """Slabs of a plate in grain that are labelled, and a whole head that is not."""
    from learning.made_slabs import slab_study
    from SOSStagingLib.scan.types import SLAB_SIZE

    study = slab_study(folder, CASES, SLAB_SIZE)
    study.add_case(HEAD)
    write_recipe(folder, "bench", "ours", EPOCHS)
    return folder


def full_study(folder: Path) -> Path:
    """Slabs of ten simulated heads, labelled as they were simulated."""
    from SOSStagingTrainingLib.__main__ import main as run

    argv = ["simulate", "--cases", "10", "--slabs", "--stages", "1,2,3,4,5", "--seed", "3", "--workers", "1"]
    run([*argv, "--out", str(folder)])
    write_recipe(folder, "bench", "ours", EPOCHS)
    return folder


def annotate(page: Any, measured: Measured, name: str) -> None:
    """Open cases one after another and give each a stage: four of the plain slabs, all of the simulated heads, as
    whoever labels a simulated study takes the place of its truth."""
    ui, section = page.ui, page.page.annotate
    truth = page.page.study.stages("truth") if page.page.study.simulated else {}
    ui.annotateSection.collapsed = False
    ui.raterEdit.text = "bench"
    section.refresh()
    measured(f"{name}: first case", lambda: hand.click(ui.startAnnotateButton), lambda: section._shown)
    for number in range(1, len(truth) or 5):
        before = section._shown
        measured(
            f"{name}: case {number + 1}",
            lambda before=before, number=number: hand.press(measured.bench.window, str(truth.get(before, number))),
            lambda before=before: section._shown not in (None, before),
        )
    if truth:
        last = str(truth[section._shown])
        measured(f"{name}: last", lambda: hand.press(measured.bench.window, last), lambda: section._shown is None)
    measured(f"{name}: finish", lambda: hand.click(ui.endAnnotateButton), lambda: section.session is None)


def train(page: Any, measured: Measured, name: str) -> None:
    """Train with the curves in view."""
    ui, section = page.ui, page.page.train
    ui.annotateSection.collapsed, ui.trainSection.collapsed = True, False
    measured.bench.process(0.2)
    hand.choose(ui.recipeBox, "bench")
    measured(
        f"{name}: training",
        lambda: hand.click(ui.startTrainButton),
        lambda: section.watch is not None and section.watch.done and not section.watch.alive,
        900,
    )


def results(page: Any, measured: Measured, name: str) -> None:
    """Compare, ask the network again, look at a case."""
    ui, section, running = page.ui, page.page.result, page.page.children.running
    ui.trainSection.collapsed, ui.resultSection.collapsed = True, False
    measured.bench.process(0.2)
    measured(f"{name}: compare", lambda: hand.click(ui.compareButton), lambda: not running("compare"))
    measured(
        f"{name}: gallery",
        lambda: hand.click(ui.galleryButton),
        lambda: not running("gallery") and not page.page.packages.busy,
        300,
    )
    if not ui.galleryTable.rowCount:
        # What is trained in minutes may refuse every head; then there is no case to look at.
        print(f"{name}: no case: {measured.told()}", flush=True)
        return
    measured(f"{name}: a case", lambda: section._on_case(0, 0), lambda: "network said" in ui.resultLabel.text)


def main() -> int:
    """Measure, and print the longest block of each step."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--full", action="store_true", help="slabs of simulated heads as well")
    parser.add_argument("--limit", type=float, default=100.0, metavar="MS")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        os.environ["SOSSTAGING_MODELS"] = str(Path(folder) / "models")
        made = {"plain": plain_study(Path(folder) / "plain")}
        if args.full:
            made["full"] = full_study(Path(folder) / "full")
        bench = application.start()
        bench.load_module(ROOT / "SOSStaging" / "SOSStaging.py")
        page = bench.open_module(ROOT / "SOSStagingTraining" / "SOSStagingTraining.py")
        measured = Measured(bench, page, args.limit)
        for name, study in made.items():
            page.ui.studyPath.currentPath = str(study)
            page.ui.studySection.collapsed = False
            measured(f"{name}: open", lambda: hand.click(page.ui.openStudyButton), lambda: page.page.study is not None)
            annotate(page, measured, name)
            train(page, measured, name)
            results(page, measured, name)
        bench.close()
    print("longest block, and without the bench's own drawing")
    for name, (longest, own) in measured.longest.items():
        print(f"{longest:6.0f} ms {own:6.0f} ms  {name}")
    own = max(own for _, own in measured.longest.values())
    print(f"longest block without drawing {own:.0f} ms, bar {args.limit:.0f} ms")
    return 0 if own <= args.limit else 1


if __name__ == "__main__":
    sys.exit(main())
