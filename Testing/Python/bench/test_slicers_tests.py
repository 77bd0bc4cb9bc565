"""Slicer's own tests of a module, runs without a main window, other extensions, DICOM."""

import subprocess
import sys
import zipfile

import pytest
from bench.conftest import MODULE, ROOT

BAD = """
from slicer.ScriptedLoadableModule import *
class BadSample(ScriptedLoadableModule):
    def __init__(self, parent):
        ScriptedLoadableModule.__init__(self, parent)
        parent.title = "Bad"
class BadSampleWidget(ScriptedLoadableModuleWidget):
    def setup(self):
        raise RuntimeError("setup went wrong")
class BadSampleTest(ScriptedLoadableModuleTest):
    def test_it(self):
        self.assertEqual(1, 2)
    def runTest(self):
        self.test_it()
"""


def test_sample_module_passes_slicers_generic_test_with_and_without_a_window(bench):
    from Bench.generic import generic_complaints

    with bench.no_main_window():
        assert not generic_complaints(bench.load_module(MODULE))
    assert not generic_complaints(bench.load_module(MODULE))


def test_sample_module_passes_its_own_test_both_ways(bench):
    from Bench.generic import self_test_complaints

    bench.load_module(MODULE)
    with bench.testing():
        assert not self_test_complaints("BenchSample")


def test_bad_module_is_found_out(bench, tmp_path):
    from Bench.generic import generic_complaints, self_test_complaints

    (tmp_path / "BadSample.py").write_text(BAD)
    found = generic_complaints(bench.load_module(tmp_path / "BadSample.py"))
    assert any("setup went wrong" in text for text in found)
    assert any("acknowledgementText" in text for text in found)
    assert len(self_test_complaints("BadSample")) == 2


@pytest.mark.parametrize("text", ["x = 1", "class Wrong:\n    def __init__(self, parent):\n        pass"])
def test_file_slicer_would_not_load_is_refused(bench, tmp_path, text):
    (tmp_path / "Wrong.py").write_text(text)
    with pytest.raises(RuntimeError, match="Slicer would"):
        bench.load_module(tmp_path / "Wrong.py")


def test_without_a_main_window_there_is_no_window_and_no_layout_manager(bench):
    import slicer

    with bench.no_main_window():
        assert slicer.util.mainWindow() is None
        assert slicer.app.layoutManager() is None
        page = bench.open_module(MODULE)
        assert page.parameters is not None
    assert slicer.util.mainWindow() is bench.window


def test_application_started_without_a_window(tmp_path):
    code = (
        "from Bench import application; import sys\n"
        f"bench = application.start({str(tmp_path)!r}, main_window=False, testing=True, modules=({str(MODULE)!r},))\n"
        "import slicer\n"
        "assert slicer.app.layoutManager() is None and slicer.util.mainWindow() is None\n"
        "assert slicer.app.testingEnabled() and slicer.app.commandOptions().noMainWindow\n"
        "slicer.testing.runUnitTest([], 'BenchSample'); bench.close(); sys.exit(slicer.app._exit_code)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT / "Testing", capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stderr
    assert "OK" in done.stderr


# Packages and extensions


def test_nothing_is_installed_unless_a_test_says_how(bench):
    import slicer
    from Bench import dialogs, installing

    installing.pretend_missing(["timm"])
    dialogs.answer("Cancel")
    with pytest.raises(RuntimeError, match="declined"):
        slicer.packaging.pip_ensure("timm>=1.0", requester="SOSStaging")
    (shown,) = dialogs.shown()
    assert "SOSStaging" in shown.text
    assert "timm>=1.0" in shown.text
    dialogs.answer("OK")
    with pytest.raises(RuntimeError, match="installs nothing"):
        slicer.packaging.pip_ensure("timm>=1.0")
    installing.install_with(lambda wanted: installing.pretend(["timm"]))
    dialogs.answer("OK")
    slicer.packaging.pip_ensure("timm>=1.0")
    assert slicer.packaging.pip_check("timm>=1.0")
    assert installing.asked() == [["timm>=1.0"], ["timm>=1.0"]]


def test_requirements_file_is_read_as_slicer_reads_it(bench, tmp_path):
    import slicer

    (tmp_path / "r.txt").write_text("# note\n-c constraints.txt\nnumpy>=1.2\nscipy; python_version < '3'\n")
    found = slicer.packaging.load_requirements(tmp_path / "r.txt")
    assert [item.name for item in found] == ["numpy", "scipy"]
    assert slicer.packaging.pip_check(found)
    assert not slicer.packaging.pip_check("numpy>=99")


def test_pytorch_extension_is_absent_until_installed(bench):
    import slicer
    from Bench import dialogs, extensions, installing

    with pytest.raises(ModuleNotFoundError):
        import PyTorchUtils
    manager = slicer.app.extensionsManagerModel()
    assert not manager.isExtensionInstalled("PyTorch")
    assert manager.installExtensionFromServer("PyTorch") is False
    extensions.offer("PyTorch")
    assert manager.installExtensionFromServer("PyTorch") is True
    with pytest.raises(ModuleNotFoundError):
        import PyTorchUtils

    extensions.install_pytorch_extension()
    import PyTorchUtils

    logic = PyTorchUtils.PyTorchUtilsLogic()
    installing.pretend_missing(["torch"])
    dialogs.answer("Cancel")
    assert logic.installTorch(askConfirmation=True) is None
    installing.install_with(lambda wanted: installing.pretend(["torch", "torchvision"]))
    assert logic.installTorch(torchVersionRequirement=">=2.6") is not None
    assert installing.asked() == [["torch>=2.6", "torchvision"]]
    assert extensions.torch_imports() == ["installTorch"]


def test_python_slicer_runs_a_module(bench):
    import slicer

    lines, done = [], []
    slicer.util.executePythonModule(
        "platform", [], blocking=False, logCallback=lines.append, completedCallback=done.append
    )
    assert bench.wait_until(lambda: done, 20)
    assert done == [0]
    assert lines


# DICOM


def test_dicom_study_is_imported_and_loaded(bench, tmp_path):
    import slicer

    archive = ROOT.parent / "shared" / "data" / "ge_tilted_head_ct_dicom.zip"
    if not archive.exists():
        pytest.skip("the DICOM series lies beside a developer's checkout only")
    with zipfile.ZipFile(archive) as file:
        file.extractall(tmp_path)
    from DICOMLib import DICOMUtils

    DICOMUtils.importDicom(str(tmp_path))
    database = slicer.dicomDatabase
    (patient,) = database.patients()
    (study,) = database.studiesForPatient(patient)
    (series,) = database.seriesForStudy(study)
    assert len(database.filesForSeries(series)) == 28
    assert database.fileValue(database.filesForSeries(series)[0], "0008,0060") == "CT"
    (node_id,) = DICOMUtils.loadSeriesByUID([series])
    volume = slicer.mrmlScene.GetNodeByID(node_id)
    assert slicer.util.arrayFromVolume(volume).shape[1:] == (512, 512)
    first = volume.GetAttribute("DICOM.instanceUIDs").split()[0]
    assert database.seriesForFile(database.fileForInstance(first)) == series


def test_every_listed_function_checks_its_parameters(bench):
    from DICOMLib import DICOMUtils

    with pytest.raises(TypeError):
        DICOMUtils.openTemporaryDatabase(folder="x")
    with pytest.raises(NotImplementedError, match="openTemporaryDatabase"):
        DICOMUtils.openTemporaryDatabase()
    with pytest.raises(AttributeError):
        DICOMUtils.loadSeries("1.2.3")
