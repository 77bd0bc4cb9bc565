import os
import sys
import time
from pathlib import Path

import numpy as np
import psutil
import pytest
import SimpleITK as sitk
from SOSStagingLib.scan.geometry import Geometry
from SOSStagingLib.scan.types import SLAB_PLANE_STEP_MM, SLAB_SPACING_MM, Plane, QualityReport, Slab
from SOSStagingLib.staging import preparation
from SOSStagingLib.staging.client import WorkerClient

HERE = Path(__file__).parent


def gone(pid, seconds=10.0):
    """Wait until a process has ended (a zombie has)."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        try:
            if psutil.Process(pid).status() == psutil.STATUS_ZOMBIE:
                return True
        except psutil.NoSuchProcess:
            return True
        time.sleep(0.05)
    return False


def appears(path, seconds=20.0):
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if path.exists() and path.read_text().strip():
            return path.read_text().strip()
        time.sleep(0.05)
    raise AssertionError(f"{path.name} did not appear")


def make_slab(size=640, level=900.0, picture_to_slab=None):
    """A flat slab whose plane is turned a little, so that a mixed-up axis shows."""
    turn = np.radians(5)
    normal = np.array([np.cos(turn), np.sin(turn), 0])
    forward = np.array([-np.sin(turn), np.cos(turn), 0])
    axes = np.stack([forward, [0, 0, -1], normal], 1)
    spacing = (SLAB_SPACING_MM, SLAB_SPACING_MM, SLAB_PLANE_STEP_MM)
    geometry = Geometry.from_axes((3, size, size), (1.0, -120.0, 90.0), axes, spacing)
    array = np.full((3, size, size), level, np.float32)
    return Slab(array, np.ones(array.shape, bool), geometry, picture_to_slab)


@pytest.fixture
def orders(tmp_path, monkeypatch):
    """The file that tells the fake engine what to do; its module can be imported by the worker."""
    path = os.environ.get("PYTHONPATH", "")
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(HERE), *filter(None, [path])]))
    file = tmp_path / "orders.txt"
    file.write_text("work")
    return file


@pytest.fixture
def client(orders):
    with WorkerClient(orders, "cpu", engine="fake_engine:load") as running:
        yield running
    assert running.pid is None


@pytest.fixture
def script(tmp_path):
    """Make an executable shell script that stands in for a Python launcher."""
    if os.name != "posix":
        pytest.skip("shell script")

    def make(lines):
        file = tmp_path / "launcher.sh"
        file.write_text("#!/bin/sh\n" + lines.replace("PYTHON", f'"{sys.executable}"') + "\n")
        file.chmod(0o755)
        return file

    return make


def write_head(path, level=900.0, size=48):
    """A ball of one grey in air, 4 mm voxels: enough for the reader and the slab, no head for anything else."""
    path.parent.mkdir(parents=True, exist_ok=True)
    k, j, i = np.indices((size, size, size)) - (size - 1) / 2
    array = np.where(k**2 + j**2 + i**2 < (0.4 * size) ** 2, level, -1000).astype(np.int16)
    image = sitk.GetImageFromArray(array)
    image.SetSpacing((4.0, 4.0, 4.0))
    image.SetOrigin((-94.0, -94.0, -94.0))
    image.SetDirection((1, 0, 0, 0, 1, 0, 0, 0, 1))
    sitk.WriteImage(image, str(path))
    return path


@pytest.fixture
def easy_gate(monkeypatch):
    """Let balls pass for heads: no quality findings, the plane in the middle."""
    monkeypatch.setattr(preparation, "check_scan", lambda scan: QualityReport())
    middle = np.array([1.0, 0, 0])
    monkeypatch.setattr(preparation, "find_plane", lambda scan: Plane(scan.geometry.center_ras, middle, 0.9))
