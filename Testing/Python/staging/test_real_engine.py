"""The student itself (with random weights) behind the worker gives what it gives in this process."""

import numpy as np
import pytest
from SOSStagingLib.model.sosmodel import write_model
from SOSStagingLib.staging.client import WorkerClient
from SOSStagingLib.staging.stager import Stager
from staging.conftest import make_slab, write_head

CALIBRATION = {"temperature": 1.5, "coverage": 0.9, "mass": 0.8, "presence_threshold": 0.0}


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    torch = pytest.importorskip("torch")
    from safetensors.torch import save
    from SOSStagingLib.model.student import Student

    torch.manual_seed(0)
    weights = {name: tensor.half().contiguous() for name, tensor in Student().state_dict().items()}
    card = {
        "name": "random",
        "version": "0",
        "architecture": {"backbone": "convnext_atto"},
        "scheme": "bassed-5",
        "calibration": CALIBRATION,
        "gradcam_full_scale": 1.0,
        "trained_on": "simulated",
        "licence": "Apache-2.0",
    }
    path = tmp_path_factory.mktemp("model") / "random.sosmodel"
    write_model(path, save(weights), card)
    return path


@pytest.fixture(scope="module")
def worker(model):
    with WorkerClient(model, "cpu", threads=1) as client:
        yield client


def noisy_slab():
    slab = make_slab()
    slab.array[:] = np.random.default_rng(0).normal(0, 500, slab.array.shape)
    return slab


def test_worker_and_predictor_agree(model, worker):
    from SOSStagingLib.model.predictor import Predictor

    slab = noisy_slab()
    (there,), (here,) = worker.predict([slab]), Predictor.load(model, "cpu").predict([slab])
    np.testing.assert_allclose(there.logits, here.logits, rtol=1e-3, atol=1e-4)
    np.testing.assert_allclose(there.cam, here.cam, rtol=1e-2, atol=1e-4)
    assert there.sos_px == pytest.approx(here.sos_px, abs=0.05)
    assert there.landmarks_px.keys() == here.landmarks_px.keys()


def test_the_worker_tells_what_it_runs(worker):
    assert worker.info.name == "random" and len(worker.info.sha256) == 64
    assert worker.scheme.id == "bassed-5" and len(worker.scheme.names) == 5
    assert {"torch", "timm", "numpy"} <= worker.software.keys() and worker.card["calibration"] == CALIBRATION


def test_a_volume_is_staged_through_the_worker(worker, tmp_path, easy_gate):
    result = Stager(worker).stage(write_head(tmp_path / "ball.nrrd"))
    assert result.model.name == "random"
    assert result.assessable or [r.code for r in result.reasons] == ["sos_at_edge"]
