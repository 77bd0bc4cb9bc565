"""The bundled heads, as Slicer's SampleData module is told of them."""

from __future__ import annotations

import hashlib
import inspect
import json
import sys
import urllib.request
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from extension.installed import ROOT
from PIL import Image

FOLDER = ROOT / "SOSStaging" / "Resources" / "SampleData"
SAMPLES = json.loads((FOLDER / "samples.json").read_text(encoding="utf-8"))
API = json.loads((ROOT / "Testing/Bench/api/python.json").read_text(encoding="utf-8"))["modules"]
SLICERS = API["SampleData"]["classes"]["SampleDataLogic"]["methods"]["registerCustomSampleDataSource"]["sig"]


class Registered(list):
    """Stands in for Slicer's SampleData: takes what Slicer's own function takes and keeps it."""

    def take(self, **given: Any) -> None:
        signature = inspect.signature(eval(f"lambda {SLICERS.strip('()')}: None"))
        signature.bind(**given)
        self.append(given)


@pytest.fixture
def registered(monkeypatch: pytest.MonkeyPatch) -> Registered:
    taken = Registered()
    module: Any = ModuleType("SampleData")
    logic = {"registerCustomSampleDataSource": staticmethod(taken.take)}
    logic["registerCustomSampleDataCategory"] = staticmethod(lambda category, title: None)
    module.SampleDataLogic = type("SampleDataLogic", (), logic)
    monkeypatch.setitem(sys.modules, "SampleData", module)
    return taken


def test_every_stage_and_a_real_head_small_and_unchanged() -> None:
    assert [s["file"] for s in SAMPLES] == ["vhp_female_head.nrrd", *(f"simulated_stage_{n}.nrrd" for n in range(1, 6))]
    for sample in SAMPLES:
        data = (FOLDER / sample["file"]).read_bytes()
        assert hashlib.sha256(data).hexdigest() == sample["sha256"], "run: make sample-data"
        assert len(data) < 2_000_000
        with Image.open(FOLDER.parent / "Icons" / sample["thumbnail"]) as picture:
            assert picture.size == (260, 280)
    readme = (FOLDER / "README.md").read_text(encoding="utf-8")
    assert "public domain" in readme and "Apache-2.0" in readme


def test_slicer_is_told_when_it_has_started_and_can_load_them_without_a_network(
    bench: Any, registered: Registered, tmp_path: Path
) -> None:
    import slicer

    bench.load_module(ROOT / "SOSStaging/SOSStaging.py")
    bench.started_up()
    assert len(registered) == len(SAMPLES)
    for given in registered:
        assert given["uris"].startswith("file:///") and Path(given["thumbnailFileName"]).is_file()
        file, _ = urllib.request.urlretrieve(given["uris"], tmp_path / given["fileNames"])
        digest = hashlib.sha256(Path(file).read_bytes()).hexdigest()
        assert given["checksums"] == f"SHA256:{digest}"
        node = slicer.util.loadVolume(str(file), {"singleFile": True, "show": False})
        assert min(node.GetImageData().GetDimensions()) > 100


def test_a_slicer_without_sample_data_starts_all_the_same(bench: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    import slicer
    from Bench import problems

    monkeypatch.setitem(sys.modules, "SampleData", None)
    bench.load_module(ROOT / "SOSStaging/SOSStaging.py")
    bench.started_up()
    assert not problems.take()
    assert slicer.modules.SOSStagingInstance is not None
