"""slicer.testing: runs the tests of a module as Slicer's test driver does."""

from __future__ import annotations

import importlib
import sys
import unittest
from collections.abc import Sequence

import slicer


def runUnitTest(path: str | Sequence[str], testname: str) -> bool:
    """Run every test method of a module file; the application ends with a failure status where one fails."""
    for folder in [path] if isinstance(path, str) else path:
        if folder not in sys.path:
            sys.path.insert(0, folder)
    module = sys.modules.get(testname) or importlib.import_module(testname)
    suite = unittest.TestLoader().loadTestsFromModule(module)
    passed = unittest.TextTestRunner(verbosity=2).run(suite).wasSuccessful()
    if not passed:
        exitFailure()
    return passed


def exitSuccess() -> None:
    """End the application with status 0."""
    slicer.util.exit(slicer.util.EXIT_SUCCESS)


def exitFailure(message: str = "") -> None:
    """End the application with status 1."""
    if message:
        print(message)
    slicer.util.exit(slicer.util.EXIT_FAILURE)
