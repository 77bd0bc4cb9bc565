"""The bench as a whole: a module's page, a slice view beside it, a click, a picture."""

import os
import subprocess
import sys

import pytest
from bench.conftest import MODULE, ROOT, add_ball, pixels


def test_page_works_with_the_view_beside_it(bench, page, tmp_path):
    import qt
    import slicer
    from PySide6.QtTest import QTest

    volume = add_ball()
    page.ui.inputSelector.setCurrentNode(volume)
    slicer.util.setSliceViewerLayers(background=volume, fit=True)
    QTest.mouseClick(page.ui.applyButton, qt.Qt.LeftButton)
    assert bench.wait_until(lambda: "timeout" in page.calls, 5)
    values = slicer.util.arrayFromVolume(volume)
    assert page.ui.resultLabel.text == f"ball: {((values >= 20) & (values <= 60)).sum()} voxels"
    assert page.parameters.inputVolume is volume

    bench.screenshot(tmp_path / "page.png")
    picture = pixels(tmp_path / "page.png")
    assert picture.shape == (800, 1280, 3)
    view = slicer.app.layoutManager().sliceWidget("Red").sliceView()
    corner = view.mapTo(bench.window, qt.QPoint(0, 0))
    red = picture[corner.y() : corner.y() + view.height, corner.x() : corner.x() + view.width]
    middle, edge = red[view.height // 2, view.width // 2], red[5, view.width // 2]
    assert middle.max() < 20 < 60 < edge.min()


def test_parameters_and_widgets_follow_each_other(page):
    page.ui.thresholdSlider.value = 250.0
    assert page.parameters.threshold == 250.0
    page.parameters.threshold = 300.0
    assert page.ui.thresholdSlider.value == 300.0
    page.parameters.kind = "large"
    assert page.ui.kindBox.currentText == "large"
    page.ui.noteEdit.text = "seen"
    assert page.parameters.note == "seen"
    page.ui.invertBox.click()
    assert page.parameters.invert is True
    with pytest.raises(ValueError, match="3000"):
        page.parameters.threshold = 4000.0


def test_typed_text_reaches_the_parameter(bench, page):
    from PySide6.QtTest import QTest

    QTest.keyClicks(page.ui.noteEdit, "left condyle")
    assert page.parameters.note == "left condyle"
    page.ui.countBox.selectAll()
    QTest.keyClick(page.ui.countBox, "7")
    assert page.parameters.count == 7


def test_window_starts_from_the_command_line(tmp_path):
    done = subprocess.run(
        [sys.executable, "-m", "Bench", str(MODULE), "--screenshot", str(tmp_path / "window.png"), "--dark"],
        cwd=ROOT / "Testing",
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    picture = pixels(tmp_path / "window.png")
    assert picture.shape == (800, 1280, 3)
    assert picture[700, 200].max() < 80
    missing = subprocess.run(
        [sys.executable, "-m", "Bench", "none.py"], cwd=ROOT / "Testing", capture_output=True, text=True, timeout=60
    )
    assert missing.returncode != 0
    assert "no such file: none.py" in missing.stderr


def test_person_closes_the_window_and_the_run_ends(tmp_path):
    code = (
        "from Bench import application; import sys\n"
        f"bench = application.start({str(tmp_path)!r}, person=True, modules=({str(MODULE)!r},))\n"
        f"page = bench.open_module({str(MODULE)!r})\n"
        "import qt, slicer; qt.QTimer.singleShot(50, bench.window.close)\n"
        "status = bench.run(); print(page.calls); sys.exit(status)\n"
    )
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT / "Testing", capture_output=True, text=True, timeout=60, env=environment
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == "['enter', 'exit', 'cleanup']"


def test_font_grows_and_the_page_with_it(bench, page):
    height = page.ui.applyButton.height
    bench.look(font_scale=1.5)
    assert page.ui.applyButton.height > height
    bench.look()
    bench.process()
    assert page.ui.applyButton.height == height
