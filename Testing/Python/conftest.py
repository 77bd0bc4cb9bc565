"""Fixtures for every test."""

from Bench.fixtures import _application, bench

__all__ = ["_application", "bench"]
