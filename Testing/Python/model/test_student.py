"""The student and its predictor: documented shapes, greys that may be scaled, sub-pixel peaks, a model file used."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("timm")

from SOSStagingLib.model import predictor as predictor_module  # noqa: E402
from SOSStagingLib.model.prediction import CAM_SIZE, Prediction  # noqa: E402
from SOSStagingLib.model.predictor import Predictor  # noqa: E402
from SOSStagingLib.model.sosmodel import ModelFileError, write_model  # noqa: E402
from SOSStagingLib.model.student import (  # noqa: E402
    LANDMARKS,
    LOOK_SIZE,
    PLATE_POINTS,
    Student,
    normalise,
    peak_position,
)
from SOSStagingLib.scan.geometry import Geometry  # noqa: E402
from SOSStagingLib.scan.types import SLAB_PLANES, SLAB_SIZE, Slab  # noqa: E402
from SOSStagingTrainingLib.learning.publish import base_card, weights_bytes  # noqa: E402

BACKBONE = "convnext_atto"


@pytest.fixture(scope="module")
def student() -> Student:
    torch.manual_seed(0)
    return Student(BACKBONE).eval()


@pytest.fixture(scope="module")
def model(student: Student, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("model") / "random.sosmodel"
    write_model(path, weights_bytes(student), base_card(student, BACKBONE, "random", "0", {}))
    return path


@pytest.fixture(scope="module")
def predictor(model: Path) -> Predictor:
    return Predictor.load(model, "cpu")


@pytest.fixture(scope="module")
def slab() -> Slab:
    rng = np.random.default_rng(4)
    shape = (SLAB_PLANES, SLAB_SIZE, SLAB_SIZE)
    # Blobs of about 6 mm under the noise, so that the 2 mm view is no even grey.
    blobs = rng.normal(0, 400, (SLAB_PLANES, SLAB_SIZE // 16, SLAB_SIZE // 16)).repeat(16, 1).repeat(16, 2)
    array = (blobs + rng.normal(0, 100, shape)).astype(np.float32)
    valid = np.ones(shape, bool)
    valid[:, :40] = valid[:, :, -60:] = False
    array[~valid] = -1000.0
    return Slab(array, valid, Geometry(shape, np.eye(4)))


@pytest.fixture(scope="module")
def answer(predictor: Predictor, slab: Slab) -> Prediction:
    (prediction,) = predictor.predict([slab])
    return prediction


def random_image(*shape: int) -> torch.Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(6))


@torch.inference_mode()
def test_first_look_gives_what_it_documents(student: Student) -> None:
    out = student.coarse(random_image(2, 1, LOOK_SIZE, LOOK_SIZE))
    assert {name: tuple(t.shape) for name, t in out.items()} == {"heat": (2, len(LANDMARKS), 32, 32), "presence": (2,)}


@torch.inference_mode()
def test_second_look_gives_what_it_documents(student: Student) -> None:
    out = student.fine(random_image(2, 3, LOOK_SIZE, LOOK_SIZE))
    assert {name: tuple(t.shape) for name, t in out.items()} == {
        "features": (2, 96, 16, 16),
        "logits": (2, 5),
        "fraction": (2,),
        "heat": (2, len(PLATE_POINTS), 32, 32),
        "presence": (2,),
        "gate": (2, 1, 16, 16),
    }
    assert ((out["fraction"] >= 0) & (out["fraction"] <= 1)).all()
    torch.testing.assert_close(out["logits"], student.head(out["features"]))
    cam = student.cam(out)
    assert tuple(cam.shape) == (2, 16, 16)
    assert cam.min() >= 0


def test_normalise_ignores_gain_and_offset() -> None:
    image = random_image(2, 3, 40, 40)
    scaled = torch.stack([image[0] * 1700 - 300, image[1] * 0.02 + 5])
    torch.testing.assert_close(normalise(scaled), normalise(image), atol=1e-4, rtol=1e-4)


def test_normalise_puts_the_percentiles_at_fixed_values() -> None:
    out = normalise(torch.arange(10_000, dtype=torch.float32).reshape(1, 1, 100, 100))
    assert out.flatten()[199].item() == pytest.approx(-0.4, abs=1e-3)
    assert out.flatten()[9799].item() == pytest.approx(0.6, abs=1e-3)


def test_normalise_lets_nothing_in_from_outside_valid() -> None:
    image = random_image(2, 3, 40, 40)
    valid = torch.ones(2, 3, 40, 40, dtype=torch.bool)
    valid[:, :, :9] = False
    outside = torch.tensor([3e4, -3e4]).view(2, 1, 1, 1).expand_as(image)
    out = normalise(image, valid)
    torch.testing.assert_close(normalise(torch.where(valid, image, outside), valid), out, atol=0, rtol=0)
    assert (out[~valid] == out.new_tensor(-0.4)).all()
    torch.testing.assert_close(out[:, :, 9:], normalise(image[:, :, 9:]), atol=0, rtol=0)


@pytest.mark.parametrize("grey", [0.0, 1234.5])
def test_normalise_of_an_even_picture_stays_finite(grey: float) -> None:
    image = torch.full((1, 1, 20, 20), grey)
    for valid in (None, torch.ones_like(image, dtype=torch.bool), torch.zeros_like(image, dtype=torch.bool)):
        assert normalise(image, valid).isfinite().all()


@pytest.mark.parametrize(("col", "row"), [(10.0, 20.0), (10.3, 20.75), (15.5, 7.1)])
def test_peak_position_is_finer_than_a_cell(col: float, row: float) -> None:
    rows, cols = torch.meshgrid(torch.arange(32.0), torch.arange(32.0), indexing="ij")
    log_bell = -((rows - row).square() + (cols - col).square()) / (2 * 0.6**2)
    # A narrow spike of one cell elsewhere holds less mass than the bell.
    log_bell[28, 28] = -1.0
    position, mass = peak_position(log_bell[None, None], 4.0)
    assert tuple(position.shape) == (1, 1, 2)
    assert position[0, 0].tolist() == pytest.approx([(col + 0.5) * 4 - 0.5, (row + 0.5) * 4 - 0.5], abs=0.2)
    assert 0.7 < mass.item() <= 1.0


def test_prediction_has_the_documented_shapes(predictor: Predictor, answer: Prediction) -> None:
    assert answer.logits.shape == (5,) == (len(predictor.scheme.stages),)
    assert 0 <= answer.presence <= 1
    assert all(0 <= v <= SLAB_SIZE for v in answer.sos_px)
    left, top, right, bottom = answer.box_px
    assert left < answer.sos_px[0] < right
    assert top < answer.sos_px[1] < bottom
    assert tuple(answer.landmarks_px) == LANDMARKS
    assert all(-0.5 <= v <= SLAB_SIZE - 0.5 for point in answer.landmarks_px.values() for v in point)
    assert answer.cam.shape == (CAM_SIZE, CAM_SIZE)
    assert answer.cam.dtype == np.float32
    assert (predictor.info.name, predictor.info.trained_on) == ("random", "simulated")


def test_grad_cam_lies_in_the_window_of_the_second_look(
    predictor: Predictor, slab: Slab, monkeypatch: pytest.MonkeyPatch
) -> None:
    corners = []
    fine_view = predictor_module._fine_view

    def noted(planes: torch.Tensor, valid: torch.Tensor, corner: tuple[int, int]) -> torch.Tensor:
        corners.append(corner)
        return fine_view(planes, valid, corner)

    monkeypatch.setattr(predictor_module, "_fine_view", noted)
    (prediction,) = predictor.predict([slab])
    assert prediction.cam.min() >= 0
    assert prediction.cam.max() > 0
    centers = (np.argwhere(prediction.cam > 0) + 0.5) * SLAB_SIZE / CAM_SIZE
    col, row = corners[-5]  # four more looks around it only vote on the stage
    assert (centers >= (row, col)).all()
    assert (centers <= (row + LOOK_SIZE, col + LOOK_SIZE)).all()
    assert col - 0.5 <= prediction.sos_px[0] <= col + LOOK_SIZE - 0.5
    assert row - 0.5 <= prediction.sos_px[1] <= row + LOOK_SIZE - 0.5


def test_other_grey_scale_gets_the_same_answer(predictor: Predictor, slab: Slab, answer: Prediction) -> None:
    (other,) = predictor.predict([replace(slab, array=slab.array * np.float32(1.3) + np.float32(200))])
    np.testing.assert_allclose(other.logits, answer.logits, atol=1e-3)
    assert other.presence == pytest.approx(answer.presence, abs=1e-3)
    assert other.sos_px == pytest.approx(answer.sos_px, abs=0.05)
    assert other.box_px == pytest.approx(answer.box_px, abs=0.05)
    np.testing.assert_allclose(other.cam, answer.cam, atol=1e-3 * answer.cam.max())
    for name in LANDMARKS:
        assert other.landmarks_px[name] == pytest.approx(answer.landmarks_px[name], abs=0.05)


@pytest.mark.parametrize(
    "architecture",
    [
        {"backbone": BACKBONE, "stages": 4},
        {"backbone": "resnet18", "stages": 5},
        {"backbone": "no_such_backbone", "stages": 5},
        {"backbone": BACKBONE, "stages": 5, "unknown": 1},
    ],
)
def test_weights_that_do_not_fit_their_card_are_refused(tmp_path: Path, student: Student, architecture: dict) -> None:
    card = {**base_card(student, BACKBONE, "random", "0", {}), "architecture": architecture}
    write_model(tmp_path / "other.sosmodel", weights_bytes(student), card)
    with pytest.raises(ModelFileError, match=r"do not fit|cannot be used") as error:
        Predictor.load(tmp_path / "other.sosmodel", "cpu")
    assert error.value.code in ("model-damaged", "model-card")


def test_weights_that_are_no_safetensors_are_refused(tmp_path: Path, student: Student) -> None:
    write_model(tmp_path / "other.sosmodel", b"no tensors" * 20, base_card(student, BACKBONE, "random", "0", {}))
    with pytest.raises(ModelFileError) as error:
        Predictor.load(tmp_path / "other.sosmodel", "cpu")
    assert error.value.code == "model-damaged"


@pytest.mark.parametrize(("scheme", "code"), [("no-such-scheme", "model-scheme"), ("three-stage", "model-damaged")])
def test_a_scheme_the_network_does_not_fit_is_refused(tmp_path: Path, student: Student, scheme: str, code: str) -> None:
    card = {**base_card(student, BACKBONE, "random", "0", {}), "scheme": scheme}
    write_model(tmp_path / "other.sosmodel", weights_bytes(student), card)
    with pytest.raises(ModelFileError) as error:
        Predictor.load(tmp_path / "other.sosmodel", "cpu")
    assert error.value.code == code
