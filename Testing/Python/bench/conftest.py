"""A module's page and a simple volume."""

from pathlib import Path

import numpy as np
import pytest

ROOT = Path(__file__).resolve().parents[3]
MODULE = Path(__file__).resolve().with_name("BenchSample") / "BenchSample.py"


def add_ball(name="ball", size=60):
    """Return a volume whose values are the distance from its centre, in mm, centred on the origin."""
    import slicer

    volume = slicer.mrmlScene.AddNewNodeByClass("vtkMRMLScalarVolumeNode", name)
    at = np.arange(size) - (size - 1) / 2
    z, y, x = np.meshgrid(at, at, at, indexing="ij")
    slicer.util.updateVolumeFromArray(volume, np.sqrt(x * x + y * y + z * z).astype(np.int16))
    volume.SetOrigin(at[0], at[0], at[0])
    volume.CreateDefaultDisplayNodes()
    return volume


def pixels(path):
    """Return a picture as [row, column, RGB] integers."""
    from PIL import Image

    return np.asarray(Image.open(path).convert("RGB")).astype(int)


def shot(bench, view, path):
    """Return the pixels of one view, [row, column, RGB]."""
    bench.screenshot(path, view)
    return pixels(path)


@pytest.fixture
def page(bench):
    return bench.open_module(MODULE)


@pytest.fixture
def ball(bench):
    """Return a ball volume shown in all slice views."""
    import slicer

    volume = add_ball()
    slicer.util.setSliceViewerLayers(background=volume, fit=True)
    bench.process()
    return volume
