"""Every name of qt, ctk, qMRML and slicer our modules use is one Slicer has."""

from pathlib import Path

import pytest

pytest.importorskip("PySide6", reason="the bench needs PySide6")
pytest.importorskip("slicer", reason="the bench needs slicer-core")

ROOT = Path(__file__).resolve().parents[3]


@pytest.mark.parametrize("module", ["SOSStaging", "SOSStagingTraining"])
def test_modules_use_only_what_slicer_lists(module):
    from Bench.static_check import complaints

    assert not complaints(ROOT / module)


def test_sample_module_uses_only_what_slicer_lists():
    from Bench.static_check import complaints

    assert not complaints(Path(__file__).parent / "BenchSample")


BAD = """
import qt
import ctk
import slicer
from slicer.util import loadUIs
from slicer import vtkMRMLScalarVolumNode

button = qt.QPushButon()
ctk.ctkSliderWidgets()
slicer.qMRMLNodeCombo()
slicer.util.findNode("x")
slicer.app.layoutManger()
button.connect("clickd()", print)
qt.QMessageBox.Okay
"""


def test_each_wrong_name_is_found(tmp_path):
    from Bench.static_check import check_source

    (tmp_path / "bad.py").write_text(BAD)
    lines = {line for line, _ in check_source(tmp_path / "bad.py")}
    assert lines == {5, 6, *range(8, 15)}


def test_wrong_names_in_a_ui_file_are_found(tmp_path):
    from Bench.static_check import check_ui

    ui = Path(__file__).parent / "BenchSample" / "Resources" / "UI" / "BenchSample.ui"
    text = (
        ui.read_text()
        .replace('name="maximumValue"', 'name="maximumVal"')
        .replace("<slot>setMRMLScene", "<slot>setScene")
    )
    (tmp_path / "bad.ui").write_text(text)
    found = check_ui(tmp_path / "bad.ui")
    assert len(found) == 2
    assert "maximumVal" in found[0]
    assert "setScene" in found[1]
