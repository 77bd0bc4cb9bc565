"""The whole path with the bundled model, in this process."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import SimpleITK as sitk

pytest.importorskip("torch")

from SOSStagingLib.model.library import default_model
from SOSStagingLib.model.predictor import Predictor
from SOSStagingLib.staging.stager import Stager

SHARED = Path(__file__).resolve().parents[4] / "shared" / "data"
SAMPLE = Path(__file__).resolve().parents[3] / "SOSStaging" / "Resources" / "SampleData" / "vhp_female_head.nrrd"


@pytest.fixture(scope="session")
def stager() -> Stager:
    model = default_model()
    assert model is not None, "no model is bundled"
    return Stager(Predictor.load(model, "cpu"))


@pytest.fixture(scope="session")
def shared() -> Callable[[str], Path]:
    def find(name: str) -> Path:
        path = SHARED / name
        if not path.exists():
            pytest.skip(f"{name} is not on this machine: it lies in ../shared/data, which users do not have")
        return path

    return find


def cropped(image: sitk.Image, low_lps: tuple[float, ...], high_lps: tuple[float, ...], spacing: float) -> sitk.Image:
    """The part of a scan between two LPS corners (mm), resampled."""
    size = [max(1, round((h - lo) / spacing) + 1) for lo, h in zip(low_lps, high_lps, strict=True)]
    grid = sitk.Image(size, image.GetPixelID())
    grid.SetSpacing([spacing] * 3)
    grid.SetOrigin(list(low_lps))
    low = float(np.min(sitk.GetArrayViewFromImage(image)))
    return sitk.Resample(image, grid, sitk.Transform(), sitk.sitkLinear, low)
