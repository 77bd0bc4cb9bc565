"""The tests Slicer itself runs: the generic one of every module, and a module's own test class."""

from __future__ import annotations

import io
import sys
import traceback
import unittest
from collections.abc import Callable
from typing import Any

import slicer

from Bench import problems


def generic_complaints(module: Any) -> list[str]:
    """Do what Slicer's generic test does with a loaded module, and return what went wrong.

    It reads the descriptions, asks for the logic and twice for the widget, and gives both another, empty scene.
    (Slicer:Base/QTCore/Testing/Python/qSlicerModuleGenericTest.py.in)
    """
    found = [
        f"{name} is empty" for name in ("title", "contributors", "categories", "helpText") if not getattr(module, name)
    ]
    if not module.acknowledgementText:
        found.append("acknowledgementText is empty")
    for step in (module.logic, module.widgetRepresentation, module.widgetRepresentation):
        found += _failure(step)
    for scene in (slicer.vtkMRMLScene(), slicer.mrmlScene):
        found += _failure(lambda scene=scene: module.setMRMLScene(scene))
        page = module.widgetRepresentation()
        if page is not None:
            found += _failure(lambda scene=scene, page=page: page.setMRMLScene(scene))
    return found + problems.take()


def _failure(step: Callable[[], Any]) -> list[str]:
    try:
        step()
    except Exception:
        return [traceback.format_exc()]
    return []


def self_test_complaints(name: str) -> list[str]:
    """Run the test class of a loaded module in both ways Slicer does, and return what went wrong.

    The test driver runs each `test*` method with its own setUp; the Reload and Test button calls `runTest()`.
    """
    output = io.StringIO()
    suite = unittest.TestLoader().loadTestsFromTestCase(getattr(sys.modules[name], name + "Test"))
    result = unittest.TextTestRunner(output, verbosity=2).run(suite)
    found = [] if result.wasSuccessful() and result.testsRun else [f"{result.testsRun} tests run:\n{output.getvalue()}"]
    found += _failure(lambda: slicer.selfTests[name](msec=100))
    return found + problems.take()
