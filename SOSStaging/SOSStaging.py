"""The module SOSStaging: the fusion stage of the spheno-occipital synchondrosis. The work is in SOSStagingLib."""

from __future__ import annotations

from pathlib import Path
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


class SOSStaging(ScriptedLoadableModule):
    """What Slicer shows about the module."""

    def __init__(self, parent: Any) -> None:
        ScriptedLoadableModule.__init__(self, parent)
        self.parent.title = _("SOS Staging")
        self.parent.categories = [translate("qSlicerAbstractCoreModule", "Orthodontics")]
        self.parent.dependencies = []
        self.parent.contributors = ["SOSStaging contributors"]
        self.parent.helpText = _(
            "Gives the fusion stage of the spheno-occipital synchondrosis on a head CT or cone-beam CT, with "
            "probabilities and a heat map. Choose a volume and press Stage. Research use only, not a medical device."
        )
        self.parent.acknowledgementText = _(
            "Method after arXiv 2505.21561. Sample scan: Visible Human Project, U.S. National Library of Medicine."
        )
        slicer.app.connect("startupCompleted()", _offer_sample_data)


def _offer_sample_data() -> None:
    from SOSStagingLib.gui.sample_data import register

    register()


class SOSStagingWidget(ScriptedLoadableModuleWidget, VTKObservationMixin):
    """The page; what it does is in SOSStagingLib.gui."""

    def __init__(self, parent: Any = None) -> None:
        ScriptedLoadableModuleWidget.__init__(self, parent)
        VTKObservationMixin.__init__(self)
        self.page: Any = None

    def setup(self) -> None:
        """Build the page."""
        ScriptedLoadableModuleWidget.setup(self)
        # Imported only here: at Slicer's start nothing of it is needed.
        from SOSStagingLib.gui.page import Page

        widget = slicer.util.loadUI(self.resourcePath("UI/SOSStaging.ui"))
        self.layout.addWidget(widget)
        self.ui = slicer.util.childWidgetVariables(widget)
        widget.setMRMLScene(slicer.mrmlScene)
        self.logic = SOSStagingLogic()
        self.page = Page(widget, self.ui, self.logic.getParameterNode)
        scene = slicer.mrmlScene
        self.addObserver(scene, scene.StartCloseEvent, self._onStartClose)
        self.addObserver(scene, scene.EndCloseEvent, self._onSceneChanged)
        self.addObserver(scene, scene.EndImportEvent, self._onSceneChanged)
        self.addObserver(scene, scene.NodeAboutToBeRemovedEvent, self._onNodeLeaving)
        self.addObserver(scene, scene.NodeRemovedEvent, self._onNodeRemoved)
        self.page.connect_parameters()
        # After a reload the page is in view already, and nobody calls enter().
        if self.parent.visible:
            self.page.enter()

    def cleanup(self) -> None:
        """Stop everything that runs and let go of the scene."""
        self.removeObservers()
        if self.page is not None:
            self.page.close()
            self.page = None

    def enter(self) -> None:
        """The page is shown."""
        if self.page is not None:
            self.page.enter()

    def exit(self) -> None:
        """Another page is shown."""
        if self.page is not None:
            self.page.leave()

    def _onStartClose(self, _caller: Any, _event: Any) -> None:
        if self.page is not None:
            self.page.on_scene_closing()

    def _onSceneChanged(self, _caller: Any, _event: Any) -> None:
        if self.page is not None:
            self.page.on_scene_changed()

    @vtk.calldata_type(vtk.VTK_OBJECT)
    def _onNodeLeaving(self, _caller: Any, _event: Any, node: Any) -> None:
        if self.page is not None:
            self.page.on_node_leaving(node)

    def _onNodeRemoved(self, _caller: Any, _event: Any) -> None:
        if self.page is not None:
            self.page.on_node_removed()


class SOSStagingLogic(ScriptedLoadableModuleLogic):
    """The parameter node; staging itself is SOSStagingLib.staging."""

    def getParameterNode(self) -> Any:
        """Return the typed parameter node of this scene."""
        from SOSStagingLib.gui.parameters import SOSStagingParameterNode

        return SOSStagingParameterNode(super().getParameterNode())


class SOSStagingTest(ScriptedLoadableModuleTest):
    """Slicer's own test: the bundled sample through the whole path up to the network, and its result in the scene."""

    def setUp(self) -> None:
        """Start from an empty scene."""
        slicer.mrmlScene.Clear(0)

    def runTest(self) -> None:
        """Run all tests, as the Reload and Test button does."""
        self.setUp()
        self.test_sample_becomes_a_plane()
        self.setUp()
        self.test_result_is_shown_and_kept()

    def _sample(self) -> Any:
        path = Path(slicer.util.modulePath("SOSStaging")).parent / "Resources" / "SampleData" / "vhp_female_head.nrrd"
        return slicer.util.loadVolume(str(path), {"singleFile": True, "show": False})

    def test_sample_becomes_a_plane(self) -> None:
        """The bundled head passes the quality gate, and its midsagittal plane is nearly upright."""
        from SOSStagingLib.scene.scans import scan_of
        from SOSStagingLib.staging.preparation import ScanOptions, prepare

        prepared = prepare(scan_of(self._sample()), ScanOptions())
        self.assertEqual(prepared.reasons, ())
        self.assertLess(abs(prepared.plane.yaw_deg), 15.0)
        self.delayDisplay("Plane found")

    def test_result_is_shown_and_kept(self) -> None:
        """A refusal is shown in the scene and comes back from it as it was."""
        from SOSStagingLib.scan.types import Finding
        from SOSStagingLib.scene.records import keep_result, kept_result
        from SOSStagingLib.scene.show import show_result
        from SOSStagingLib.staging.result import StagingResult

        volume = self._sample()
        reason = Finding("sos_not_found", "refuse", "The synchondrosis could not be recognised.")
        result = StagingResult("sample", "bassed-5", ("a", "b"), False, (reason,))
        show_result(slicer.mrmlScene, result, volume)
        keep_result(slicer.mrmlScene, volume, result)
        self.assertEqual(kept_result(slicer.mrmlScene, volume).reasons, (reason,))
        self.delayDisplay("Result kept")
