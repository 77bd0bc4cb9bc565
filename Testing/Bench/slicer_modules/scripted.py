"""slicer.ScriptedLoadableModule: the four base classes of a scripted module."""

from __future__ import annotations

import importlib
import logging
import unittest
from pathlib import Path
from typing import Any

import ctk
import qt
import slicer
from slicer.util import toBool

__all__ = [
    "ScriptedLoadableModule",
    "ScriptedLoadableModuleLogic",
    "ScriptedLoadableModuleTest",
    "ScriptedLoadableModuleWidget",
]


class ScriptedLoadableModule:
    """The description of a module."""

    def __init__(self, parent: Any) -> None:
        super().__init__()
        self.parent = parent
        self.moduleName = self.__class__.__name__
        parent.title = ""
        parent.categories = []
        parent.dependencies = []
        parent.contributors = ["Unknown"]
        parent.helpText = ""
        parent.acknowledgementText = ""
        icon = self._icon()
        if icon:
            parent.icon = qt.QIcon(icon)
        slicer.selfTests[self.moduleName] = self.runTest

    def _icon(self) -> str:
        for suffix in ("svg", "png"):
            path = self.resourcePath(f"Icons/{self.moduleName}.{suffix}")
            if Path(path).exists():
                return path
        return ""

    def resourcePath(self, filename: str) -> str:
        """Return the absolute path of a file in the module's Resources folder."""
        return str(Path(self.parent.path).parent / "Resources" / filename)

    def getDefaultModuleDocumentationLink(self, docPage: str | None = None) -> str:
        """Return a link to the documentation as HTML."""
        return f'<p>For more information see the <a href="{docPage or ""}">online documentation</a>.</p>'

    def runTest(self, msec: int = 100, **kwargs: Any) -> None:
        """Run the module's test class."""
        test_class = getattr(importlib.import_module(self.__module__), self.moduleName + "Test")
        case = test_class()
        case.messageDelay = msec
        case.runTest(**kwargs)


class ScriptedLoadableModuleWidget:
    """The page of a module."""

    def __init__(self, parent: Any = None) -> None:
        super().__init__()
        self.moduleName = self.__class__.__name__.removesuffix("Widget")
        self.developerMode = toBool(slicer.util.settingsValue("Developer/DeveloperMode", False))
        if parent is None:
            self.parent = slicer.qMRMLWidget()
            self.parent.setLayout(qt.QVBoxLayout())
            self.parent.setMRMLScene(slicer.mrmlScene)
        else:
            self.parent = parent
        self.layout = self.parent.layout()
        if parent is None:
            self.setup()
            self.parent.show()
        slicer.app.moduleManager().connect("moduleAboutToBeUnloaded(QString)", self._onModuleAboutToBeUnloaded)

    def resourcePath(self, filename: str) -> str:
        """Return the absolute path of a file in the module's Resources folder."""
        return str(Path(slicer.util.modulePath(self.moduleName)).parent / "Resources" / filename)

    def setup(self) -> None:
        """Build the page; in developer mode, the section with the reload buttons."""
        if self.developerMode:
            self.setupDeveloperSection()

    def setupDeveloperSection(self) -> None:
        """Add the Reload and Test buttons."""
        self.reloadCollapsibleButton = ctk.ctkCollapsibleButton()
        self.reloadCollapsibleButton.text = "Reload && Test"
        self.layout.addWidget(self.reloadCollapsibleButton)
        row = qt.QHBoxLayout(self.reloadCollapsibleButton)
        self.reloadButton = qt.QPushButton("Reload")
        self.reloadButton.name = "ScriptedLoadableModuleTemplate Reload"
        self.reloadButton.toolTip = "Reload this module."
        self.reloadButton.connect("clicked()", self.onReload)
        self.reloadTestMenuButton = qt.QPushButton("Reload and Test")
        self.reloadTestMenuButton.toolTip = "Reload this module and then run the self tests."
        self.reloadTestMenuButton.connect("clicked()", self.onReloadAndTest)
        row.addWidget(self.reloadButton)
        row.addWidget(self.reloadTestMenuButton)

    def cleanup(self) -> None:
        """Override to let go of what the page holds."""

    def _onModuleAboutToBeUnloaded(self, moduleName: str) -> None:
        if moduleName != self.moduleName:
            return
        self.cleanup()
        slicer.app.moduleManager().disconnect("moduleAboutToBeUnloaded(QString)", self._onModuleAboutToBeUnloaded)

    def onReload(self) -> None:
        """Load the module's file again and build its page anew."""
        logging.debug("Reloading %s", self.moduleName)
        slicer.util.reloadScriptedModule(self.moduleName)

    def onReloadAndTest(self, **kwargs: Any) -> None:
        """Reload, then run the module's tests."""
        with slicer.util.tryWithErrorDisplay("Reload and Test failed."):
            self.onReload()
            slicer.selfTests[self.moduleName](**kwargs)

    def onTest(self, **kwargs: Any) -> None:
        """Run the module's tests."""
        with slicer.util.tryWithErrorDisplay("Test failed."):
            slicer.selfTests[self.moduleName](**kwargs)

    def onEditSource(self) -> None:
        """Open the module's file in the system's editor."""
        qt.QDesktopServices.openUrl(qt.QUrl("file:///" + slicer.util.modulePath(self.moduleName)))


class ScriptedLoadableModuleLogic:
    """Computation without a page, and the parameter node."""

    def __init__(self, parent: Any = None) -> None:
        super().__init__()
        self.moduleName = self.__class__.__name__.removesuffix("Logic")
        self.isSingletonParameterNode = True

    def getParameterNode(self) -> Any:
        """Return the module's parameter node, made where there is none."""
        if self.isSingletonParameterNode:
            node = slicer.mrmlScene.GetSingletonNode(self.moduleName, "vtkMRMLScriptedModuleNode")
            if node is not None:
                # Clear(0) keeps the node and wipes the attribute other code finds it by.
                if node.GetAttribute("ModuleName") != self.moduleName:
                    node.SetAttribute("ModuleName", self.moduleName)
                return node
        found = self.getAllParameterNodes()
        return found[0] if found else slicer.mrmlScene.AddNode(self.createParameterNode())

    def getAllParameterNodes(self) -> list[Any]:
        """Return every parameter node of this module in the scene."""
        nodes = slicer.util.getNodesByClass("vtkMRMLScriptedModuleNode")
        return [node for node in nodes if node.GetAttribute("ModuleName") == self.moduleName]

    def createParameterNode(self) -> Any:
        """Return a new parameter node that is not yet in the scene."""
        node = slicer.mrmlScene.CreateNodeByClass("vtkMRMLScriptedModuleNode")
        node.UnRegister(None)
        if self.isSingletonParameterNode:
            node.SetSingletonTag(self.moduleName)
        node.SetAttribute("ModuleName", self.moduleName)
        node.SetName(slicer.mrmlScene.GenerateUniqueName(self.moduleName))
        return node


class ScriptedLoadableModuleTest(unittest.TestCase):
    """The tests of a module, run inside the application."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.messageDelay = 1000
        self.enableScreenshots = 0
        self.screenshotScaleFactor = 1.0

    def delayDisplay(self, message: str, requestedDelay: int | None = None, msec: int | None = None) -> None:
        """Show a message for a while; under 400 ms only events are processed."""
        delay = msec if msec is not None else requestedDelay
        slicer.util.delayDisplay(message, min(delay if delay is not None else self.messageDelay, self.messageDelay))

    def takeScreenshot(self, name: str, description: str, type: int = -1) -> None:
        """Keep a picture of the views where screenshots are on."""
        if self.enableScreenshots:
            slicer.util.mainWindow().grab().save(str(Path(slicer.app.temporaryPath) / f"{name}.png"))

    def setUp(self) -> None:
        """Start from an empty scene."""
        slicer.mrmlScene.Clear(0)

    def runTest(self) -> None:
        """Override to run the tests one by one."""
