"""Fixtures for every test."""

import contextlib

# Loaded after Qt and VTK, parts of torch end the process in some orders of the tests.
with contextlib.suppress(ImportError):
    import torch._dynamo  # noqa: F401 (brings triton, which is the one that fails)

from Bench.fixtures import _application, bench

__all__ = ["_application", "bench"]
