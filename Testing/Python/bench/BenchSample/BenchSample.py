"""A small module that uses what a real one uses: a page from a .ui file, a parameter node, a logic, tests."""

from typing import Annotated

import qt
import slicer
from slicer import vtkMRMLScalarVolumeNode
from slicer.i18n import tr as _
from slicer.parameterNodeWrapper import Choice, WithinRange, parameterNodeWrapper
from slicer.ScriptedLoadableModule import (
    ScriptedLoadableModule,
    ScriptedLoadableModuleLogic,
    ScriptedLoadableModuleTest,
    ScriptedLoadableModuleWidget,
)
from slicer.util import VTKObservationMixin


class BenchSample(ScriptedLoadableModule):
    def __init__(self, parent):
        ScriptedLoadableModule.__init__(self, parent)
        self.parent.title = _("Bench sample")
        self.parent.categories = ["Testing"]
        self.parent.contributors = ["SOSStaging"]
        self.parent.helpText = _("A page for the bench's own tests.")
        self.parent.acknowledgementText = _("None.")


@parameterNodeWrapper
class BenchSampleParameterNode:
    inputVolume: vtkMRMLScalarVolumeNode
    threshold: Annotated[float, WithinRange(-1000, 3000)] = 100.0
    count: Annotated[int, WithinRange(0, 20)] = 3
    invert: bool = False
    note: str = ""
    kind: Annotated[str, Choice(["small", "large"])] = "small"


class BenchSampleWidget(ScriptedLoadableModuleWidget, VTKObservationMixin):
    def __init__(self, parent=None):
        ScriptedLoadableModuleWidget.__init__(self, parent)
        VTKObservationMixin.__init__(self)
        self.logic = None
        self.parameters = None
        self.tag = None
        self.calls = []

    def setup(self):
        ScriptedLoadableModuleWidget.setup(self)
        widget = slicer.util.loadUI(self.resourcePath("UI/BenchSample.ui"))
        self.layout.addWidget(widget)
        self.ui = slicer.util.childWidgetVariables(widget)
        widget.setMRMLScene(slicer.mrmlScene)
        self.logic = BenchSampleLogic()
        self.timer = qt.QTimer()
        self.timer.setSingleShot(True)
        self.timer.connect("timeout()", self.onTimeout)
        self.ui.applyButton.connect("clicked(bool)", self.onApply)
        self.addObserver(slicer.mrmlScene, slicer.mrmlScene.StartCloseEvent, self.onSceneStartClose)
        self.addObserver(slicer.mrmlScene, slicer.mrmlScene.EndCloseEvent, self.onSceneEndClose)
        # A scene file may hold the parameter node; its references are whole only when the import has ended.
        self.addObserver(slicer.mrmlScene, slicer.mrmlScene.EndImportEvent, self.onSceneEndClose)
        self.initialize()

    def cleanup(self):
        self.calls.append("cleanup")
        self.timer.stop()
        self.setParameterNode(None)
        self.removeObservers()

    def enter(self):
        self.calls.append("enter")
        self.initialize()

    def exit(self):
        self.calls.append("exit")
        self.setParameterNode(None)

    def initialize(self):
        self.setParameterNode(self.logic.getParameterNode())

    def setParameterNode(self, parameters):
        if self.parameters is not None and self.tag is not None:
            self.parameters.disconnectGui(self.tag)
        self.parameters = parameters
        if parameters is not None:
            self.tag = parameters.connectGui(self.ui)

    def onSceneStartClose(self, caller, event):
        self.setParameterNode(None)

    def onSceneEndClose(self, caller, event):
        if self.parent.isEntered:
            self.initialize()

    def onApply(self, checked):
        low, high = self.ui.rangeSlider.minimumValue, self.ui.rangeSlider.maximumValue
        self.ui.resultLabel.text = self.logic.describe(self.parameters.inputVolume, low, high)
        self.timer.start(1)

    def onTimeout(self):
        self.calls.append("timeout")


class BenchSampleLogic(ScriptedLoadableModuleLogic):
    def getParameterNode(self):
        return BenchSampleParameterNode(super().getParameterNode())

    def describe(self, volume, low, high):
        if volume is None:
            raise ValueError("no volume is chosen; choose one under Input")
        values = slicer.util.arrayFromVolume(volume)
        inside = int(((values >= low) & (values <= high)).sum())
        return _("{name}: {count} voxels").format(name=volume.GetName(), count=inside)


class BenchSampleFileDialog:
    """Takes .sample files dropped on the window."""

    def __init__(self, qSlicerFileDialog):
        self.dialog = qSlicerFileDialog
        qSlicerFileDialog.fileType = _("Sample")
        qSlicerFileDialog.description = _("Bench sample")
        qSlicerFileDialog.action = slicer.qSlicerFileDialog.Read
        self.paths = []

    def isMimeDataAccepted(self):
        self.paths = [url.toLocalFile() for url in self.dialog.mimeData().urls()]
        self.dialog.acceptMimeData(bool(self.paths) and all(path.endswith(".sample") for path in self.paths))

    def dropEvent(self):
        self.dialog.dropEvent().accept()
        slicer.modules.BenchSampleWidget.ui.pathEdit.currentPath = self.paths[0]


class BenchSampleTest(ScriptedLoadableModuleTest):
    def setUp(self):
        slicer.mrmlScene.Clear()

    def runTest(self):
        self.setUp()
        self.test_describe()

    def test_describe(self):
        import numpy as np

        volume = slicer.mrmlScene.AddNewNodeByClass("vtkMRMLScalarVolumeNode", "block")
        slicer.util.updateVolumeFromArray(volume, np.arange(8, dtype=np.int16).reshape(2, 2, 2))
        self.assertEqual(BenchSampleLogic().describe(volume, 3, 5), "block: 3 voxels")
        self.delayDisplay("passed")
