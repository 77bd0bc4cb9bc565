"""The quality gate for single pictures: size, contrast, noise, and whether it can be a sagittal slice at all."""

from __future__ import annotations

from collections.abc import Iterator

from .types import Finding, Scan


def check_picture(scan: Scan) -> Iterator[Finding]:
    """Judge one picture [1, rows, columns]."""
    if scan.array.min() == scan.array.max():
        yield Finding("constant", "refuse", "The picture is empty: all its pixels have the same grey value.")
