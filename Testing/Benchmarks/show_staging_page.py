"""Screenshots of the SOSStaging page in its states, into docs/screenshots/staging-*.png.

.venv/bin/python Testing/Benchmarks/show_staging_page.py             all of them
.venv/bin/python Testing/Benchmarks/show_staging_page.py --german    only the page in German
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "Testing"), str(ROOT / "Testing" / "Packaging"), str(ROOT / "SOSStaging")]

from Bench import application  # noqa: E402

OUT = ROOT / "docs" / "screenshots"
HEAD = ROOT / "SOSStaging/Resources/SampleData/vhp_female_head.nrrd"
SECTIONS = ("scan", "result", "overlay", "plane", "history", "cohort", "models", "check")


def open_only(page: Any, *names: str) -> None:
    """Open these sections and close the others."""
    for name in SECTIONS:
        getattr(page.ui, f"{name}Section").collapsed = name not in names


def half_a_head(folder: Path) -> Path:
    """Write a scan that ends at the middle of the head."""
    import SimpleITK as sitk

    whole = sitk.ReadImage(str(HEAD))
    sitk.WriteImage(whole[whole.GetSize()[0] // 2 :, :, :], str(folder / "half a head.nrrd"))
    return folder / "half a head.nrrd"


def top_of_a_head(folder: Path) -> Path:
    """Write a scan that shows the vault only."""
    import SimpleITK as sitk

    whole = sitk.ReadImage(str(HEAD))
    sitk.WriteImage(whole[:, :, whole.GetSize()[2] * 6 // 10 :], str(folder / "top of a head.nrrd"))
    return folder / "top of a head.nrrd"


def many_scans(page: Any, bench: Any, folder: Path) -> None:
    """Stage the samples as a cohort and open one of them."""
    from Bench import hand

    open_only(page, "cohort")
    page.ui.cohortInput.currentPath, page.ui.cohortOutput.currentPath = str(HEAD.parent), str(folder / "results")
    hand.click(page.ui.cohortButton)
    bench.wait_until(lambda: page.ui.cohortTable.rowCount and page.ui.cohortButton.enabled, 300)
    page.page.cohort._open(1)
    bench.wait_until(lambda: not page.page._steps and page.page.result.assessable, 60)


def german() -> None:
    """Write the picture of a result in German; the application speaks it from here on."""
    bench = application.start()
    import translations
    from Bench import hand
    from PySide6 import QtCore

    for path in translations.compile_all(Path(tempfile.mkdtemp())):
        translator = QtCore.QTranslator(bench.app)
        translator.load(str(path))
        bench.app.installTranslator(translator)
    page = bench.open_module(ROOT / "SOSStaging" / "SOSStaging.py")
    hand.click(page.ui.sampleButton)
    bench.wait_until(lambda: page.page.result is not None and not page.ui.cancelButton.enabled, 600)
    bench.process(0.3)
    bench.screenshot(OUT / "staging-german.png")
    bench.close()


def main() -> int:
    """Write all pictures."""
    if "--german" in sys.argv:
        german()
        return 0
    bench = application.start()
    page = bench.open_module(ROOT / "SOSStaging" / "SOSStaging.py")
    from Bench import hand

    def shot(name: str) -> None:
        bench.process(0.3)
        bench.screenshot(OUT / f"staging-{name}.png")

    shot("empty")
    hand.drop(page.ui.stageButton, [HEAD])
    hand.click(page.ui.stageButton)
    bench.wait_until(lambda: page.ui.progressBar.value > 20, 60)
    shot("working")
    bench.wait_until(lambda: not page.ui.cancelButton.enabled and not page.page._steps, 120)
    shot("result")
    open_only(page, "overlay", "plane", "history")
    shot("plane-and-history")
    open_only(page, "models", "check")
    shot("models-check")
    open_only(page, "scan", "result")
    bench.look(dark=True)
    shot("result-dark")
    bench.look(font_scale=1.5)
    page.page.result_part.show(page.page.result)
    shot("result-large-font")
    open_only(page, "overlay", "plane")
    shot("plane-large-font")
    open_only(page, "scan", "result")
    bench.look()
    page.page.result_part.show(page.page.result)
    with tempfile.TemporaryDirectory() as folder:
        hand.drop(page.ui.stageButton, [top_of_a_head(Path(folder))])
        hand.click(page.ui.stageButton)
        bench.wait_until(lambda: not page.ui.cancelButton.enabled and not page.page._steps, 120)
        shot("not-assessable")
        hand.drop(page.ui.stageButton, [half_a_head(Path(folder))])
        hand.click(page.ui.stageButton)
        bench.wait_until(lambda: not page.ui.cancelButton.enabled and not page.page._steps, 120)
        open_only(page, "scan", "result", "plane")
        shot("no-plane")
        many_scans(page, bench, Path(folder))
        shot("many-scans-done")
    bench.close()
    bench.reset()
    german()
    return 0


if __name__ == "__main__":
    sys.exit(main())
