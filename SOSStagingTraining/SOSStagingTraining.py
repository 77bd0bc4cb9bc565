"""The module SOSStagingTraining: label a study, train on it, publish a model. The work is in SOSStagingTrainingLib."""

from __future__ import annotations

from typing import Any

import slicer
import vtk
from slicer.i18n import tr as _
from slicer.i18n import translate
from slicer.ScriptedLoadableModule import (
    ScriptedLoadableModule,
    ScriptedLoadableModuleLogic,
    ScriptedLoadableModuleTest,
    ScriptedLoadableModuleWidget,
)
from slicer.util import VTKObservationMixin


class SOSStagingTraining(ScriptedLoadableModule):
    """What Slicer shows about the module."""

    def __init__(self, parent: Any) -> None:
        ScriptedLoadableModule.__init__(self, parent)
        self.parent.title = _("SOS Staging Training")
        self.parent.categories = [translate("qSlicerAbstractCoreModule", "Orthodontics")]
        self.parent.dependencies = ["SOSStaging"]
        self.parent.contributors = ["SOSStaging contributors"]
        self.parent.helpText = _(
            "Labels stages and regions of the spheno-occipital synchondrosis, measures how well raters agree, trains "
            "networks on the labels, compares them, and publishes a model that SOS Staging opens. Research use only."
        )
        self.parent.acknowledgementText = _("Method after arXiv 2505.21561.")


class SOSStagingTrainingWidget(ScriptedLoadableModuleWidget, VTKObservationMixin):
    """The page; what it does is in SOSStagingTrainingLib.gui."""

    def __init__(self, parent: Any = None) -> None:
        ScriptedLoadableModuleWidget.__init__(self, parent)
        VTKObservationMixin.__init__(self)
        self.page: Any = None

    def setup(self) -> None:
        """Build the page."""
        ScriptedLoadableModuleWidget.setup(self)
        # Imported only here: at Slicer's start nothing of it is needed.
        from SOSStagingTrainingLib.gui.page import Page

        widget = slicer.util.loadUI(self.resourcePath("UI/SOSStagingTraining.ui"))
        self.layout.addWidget(widget)
        self.ui = slicer.util.childWidgetVariables(widget)
        widget.setMRMLScene(slicer.mrmlScene)
        self.logic = SOSStagingTrainingLogic()
        self.page = Page(widget, self.ui)
        scene = slicer.mrmlScene
        self.addObserver(scene, scene.StartCloseEvent, lambda *_args: self.page.on_scene_closing())
        self.addObserver(scene, scene.EndCloseEvent, lambda *_args: self.page.on_scene_changed())
        self.addObserver(scene, scene.EndImportEvent, lambda *_args: self.page.on_scene_changed())
        self.addObserver(scene, scene.NodeRemovedEvent, self._on_node_removed)
        # After a reload the page is in view already, and nobody calls enter().
        if self.parent.visible:
            self.page.enter()

    @vtk.calldata_type(vtk.VTK_OBJECT)
    def _on_node_removed(self, _caller: Any, _event: str, node: Any) -> None:
        if self.page is not None and not slicer.mrmlScene.IsClosing():
            self.page.annotate.on_node_removed(node)

    def enter(self) -> None:
        """Take up where one left."""
        if self.page is not None:
            self.page.enter()

    def exit(self) -> None:
        """Give the views and the keys back."""
        if self.page is not None:
            self.page.leave()

    def cleanup(self) -> None:
        """End what the page started. A training that runs in the background goes on."""
        self.removeObservers()
        if self.page is not None:
            self.page.close()
            self.page = None


class SOSStagingTrainingLogic(ScriptedLoadableModuleLogic):
    """What other modules may ask for; the studies themselves are in SOSStagingTrainingLib.study."""

    def openStudy(self, folder: str) -> Any:
        """Return the study in a folder (SOSStagingTrainingLib.study.study.Study)."""
        from pathlib import Path

        from SOSStagingTrainingLib.study.study import Study

        return Study.open(Path(folder))


class SOSStagingTrainingTest(ScriptedLoadableModuleTest):
    """A study is made, labelled and shown without any file of a patient."""

    def setUp(self) -> None:
        """Begin with an empty scene."""
        slicer.mrmlScene.Clear()

    def runTest(self) -> None:
        """Run all tests."""
        self.setUp()
        self.test_label_a_study()

    def test_label_a_study(self) -> None:
        """A scan is added, labelled and taken back again."""
        import tempfile
        from pathlib import Path

        import numpy as np
        import SimpleITK as sitk
        from SOSStagingTrainingLib.study.session import Session
        from SOSStagingTrainingLib.study.study import Study

        with tempfile.TemporaryDirectory() as folder:
            picture = sitk.GetImageFromArray(np.arange(96 * 80, dtype=np.uint8).reshape(96, 80))
            sitk.WriteImage(picture, str(Path(folder) / "slice.png"))
            study = Study.create(Path(folder) / "study")
            study.add_case(Path(folder) / "slice.png", spacing_mm=0.4, facing="right")
            session = Session(study, "A")
            self.assertEqual(session.go_on().case, "slice")
            session.label(2)
            self.assertEqual(SOSStagingTrainingLogic().openStudy(str(study.folder)).stages("A"), {"slice": 2})
            session.undo()
            self.assertEqual(study.stages("A"), {})
        self.delayDisplay("passed")
