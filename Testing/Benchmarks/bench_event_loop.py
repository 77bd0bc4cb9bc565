"""The longest time the window was blocked while heads are staged, and the seconds a person waits, on the bench with the
real network.

    .venv/bin/python Testing/Benchmarks/bench_event_loop.py

The bundled head twice, once more with its plane nudged, cancelled, and staged again by a new worker; after that a
volume of 512x512x400 voxels, the bundled head resampled, likewise. Other load on the machine makes blocks longer.
The bench's views are drawn by the processor, Slicer's by the graphics card: blocks are told with and without that
drawing, and those without have to hold the bar.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "Testing"), str(ROOT / "SOSStaging")]

from Bench import application  # noqa: E402
from bench_staging import SAMPLE, big_scan  # noqa: E402

LIMIT_MS = 100.0


class Staging:
    """The page, and what is measured of each run."""

    def __init__(self, bench: Any, page: Any) -> None:
        self._bench, self._page = bench, page
        self.longest_own_ms = 0.0

    def run(self, name: str, press: Callable[[], Any]) -> None:
        """Press a button that stages, and wait for all of its answer."""
        from Bench.watch import LoopWatch

        with LoopWatch(LIMIT_MS) as watch:
            began = time.perf_counter()
            press()
            self._bench.wait_until(lambda: not self._page.ui.cancelButton.enabled and not self._page.page._steps, 120)
            seconds = time.perf_counter() - began
            self._bench.process(0.5)
        self.longest_own_ms = max(self.longest_own_ms, watch.longest_own_ms)
        print(f"{name}: {self._page.ui.headlineLabel.text}; {seconds:.2f} s; {watch.report()}", flush=True)

    def cancelled(self, name: str) -> None:
        """Press Stage, then Cancel while the worker is at it, and wait until it is over."""
        from Bench import hand

        def press() -> None:
            hand.click(self._page.ui.stageButton)
            self._bench.wait_until(lambda: self._page.page.run._clock.phase in ("plane", "slab", "network"), 120)
            hand.click(self._page.ui.cancelButton)

        self.run(name, press)

    def head(self, name: str) -> None:
        """Stage the volume that is chosen twice, then with its plane nudged."""
        from Bench import hand

        ui = self._page.ui
        self.run(f"{name}, first run", lambda: hand.click(ui.stageButton))
        self.run(f"{name}, second run", lambda: hand.click(ui.stageButton))
        ui.planeSection.collapsed = False
        self._bench.process(0.2)
        ui.offsetSlider.value = 1.0
        self._bench.process(0.5)
        self.run(f"{name}, plane nudged", lambda: hand.click(ui.restageButton))
        self.cancelled(f"{name}, cancelled")
        self.run(f"{name}, after that", lambda: hand.click(ui.stageButton))


def main() -> int:
    """Print seconds and the longest block of each run."""
    bench = application.start()
    page = bench.open_module(ROOT / "SOSStaging" / "SOSStaging.py")
    import slicer
    from Bench import hand

    staging = Staging(bench, page)
    hand.drop(page.ui.stageButton, [SAMPLE])
    bench.process(0.5)
    staging.head("bundled head")
    scan = big_scan()
    matrix = slicer.util.vtkMatrixFromArray(scan.geometry.ijk_to_ras)
    page.ui.inputSelector.setCurrentNode(slicer.util.addVolumeFromArray(scan.array, matrix, "512x512x400"))
    bench.process(2.0)
    staging.head("512x512x400")
    bench.close()
    print(f"longest block without drawing {staging.longest_own_ms:.0f} ms, bar {LIMIT_MS:.0f} ms")
    return 0 if staging.longest_own_ms <= LIMIT_MS else 1


if __name__ == "__main__":
    sys.exit(main())
