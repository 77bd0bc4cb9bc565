"""Our student as a method: it looks as the shipped predictor does, learns from the teacher, and says what it shows."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from learning.made_batches import made_batch  # noqa: E402
from safetensors.torch import save_file  # noqa: E402
from SOSStagingLib.model.gradcam import gradcam  # noqa: E402
from SOSStagingLib.model.predictor import Predictor  # noqa: E402
from SOSStagingLib.model.sosmodel import write_model  # noqa: E402
from SOSStagingLib.model.student import LOOK_SIZE, Student, normalise  # noqa: E402
from SOSStagingLib.scan.geometry import Geometry  # noqa: E402
from SOSStagingLib.scan.types import SLAB_PLANES, SLAB_SIZE, Slab  # noqa: E402
from SOSStagingTrainingLib.learning import methods  # noqa: E402
from SOSStagingTrainingLib.learning.absent import beside, without  # noqa: E402
from SOSStagingTrainingLib.learning.batch import Batch  # noqa: E402
from SOSStagingTrainingLib.learning.publish import base_card, drafted, weights_bytes  # noqa: E402
from SOSStagingTrainingLib.learning.settings import NetworkSettings  # noqa: E402
from SOSStagingTrainingLib.learning.two_looks import TwoLooks, cut, in_view, in_window, window_around  # noqa: E402
from SOSStagingTrainingLib.learning.weights import NetworkError  # noqa: E402

TINY = NetworkSettings(backbone="test_convnext")


@pytest.fixture(scope="module")
def network() -> TwoLooks:
    torch.manual_seed(0)
    return TwoLooks(TINY, 3, 5).eval()


@pytest.fixture(scope="module")
def context() -> methods.Context:
    torch.manual_seed(1)
    return methods.Context(teachers=(methods.method("teacher").network(TINY, 1, 5).eval(),))


@pytest.fixture(scope="module")
def model(network: TwoLooks, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return published(network, tmp_path_factory.mktemp("model"))


def published(network: TwoLooks, folder: Path) -> Path:
    path = folder / "ours.sosmodel"
    write_model(path, weights_bytes(network.student), base_card(network.student, TINY.backbone, "ours", "0", {}))
    return path


def slab(seed: int) -> Slab:
    rng = np.random.default_rng(seed)
    shape = (SLAB_PLANES, SLAB_SIZE, SLAB_SIZE)
    blobs = rng.normal(0, 400, (SLAB_PLANES, SLAB_SIZE // 16, SLAB_SIZE // 16)).repeat(16, 1).repeat(16, 2)
    array = (blobs + rng.normal(0, 100, shape)).astype(np.float32)
    valid = np.ones(shape, bool)
    valid[:, :40] = valid[:, :, -60:] = False
    array[~valid] = -1000.0
    return Slab(array, valid, Geometry(shape, np.eye(4)))


def as_batch(slabs: list[Slab]) -> Batch:
    batch = made_batch(len(slabs), SLAB_SIZE, SLAB_PLANES, crop=0)
    image = torch.stack([torch.as_tensor(s.array) for s in slabs])
    valid = torch.stack([torch.as_tensor(s.valid[1:2]).float() for s in slabs])
    return replace(batch, image=image, valid=valid)


@pytest.mark.parametrize("closer", [{}, {"magnify": 2}, {"closer": True}], ids=["plain", "magnified", "closer"])
@torch.inference_mode()
def test_it_answers_a_slab_as_the_shipped_predictor_does(closer: dict[str, Any], tmp_path: Path) -> None:
    torch.manual_seed(1)
    settings = replace(TINY, **closer)
    model = published(TwoLooks(settings, 3, 5).eval(), tmp_path)
    predictor, slabs = Predictor.load(model, "cpu"), [slab(4), slab(5)]
    read = TwoLooks(replace(settings, start=f"whole:{model}"), 3, 5).eval()
    ours = methods.method("ours").predict(read, as_batch(slabs), methods.Context())
    for n, shipped in enumerate(predictor.predict(slabs)):
        np.testing.assert_allclose(ours.logits[n].numpy(), shipped.logits, atol=2e-3)
        assert ours.presence[n].item() == pytest.approx(shipped.presence, abs=2e-3)
        left, top, right, bottom = ours.box[n].tolist()
        # The predictor leaves 10 pixels of bone around.
        assert (left - 10, top - 10, right + 10, bottom + 10) == pytest.approx(shipped.box_px, abs=0.3)
        # Its map shows the last look alone; ours the five that voted, dimmed by doubt about the place.
        both = np.corrcoef(ours.cam[n, 0].numpy().ravel(), shipped.cam.ravel())[0, 1]
        assert both > 0.4
        assert ours.cam[n].min() >= 0


def test_a_window_in_a_whole_slab_shows_its_own_pixels() -> None:
    image = torch.randn(2, 3, SLAB_SIZE, SLAB_SIZE, generator=torch.Generator().manual_seed(3))
    middle = torch.tensor([[200.3, 310.8], [2.0, 639.0]])
    window = window_around(middle, (SLAB_SIZE, SLAB_SIZE))
    corners = (window[:, :2] + 0.5).long().tolist()
    assert corners == [[round(200.3 - 63.5), round(310.8 - 63.5)], [0, SLAB_SIZE - LOOK_SIZE]]
    shown = cut(image, window)
    for n, (column, row) in enumerate(corners):
        torch.testing.assert_close(
            shown[n], image[n, :, row : row + LOOK_SIZE, column : column + LOOK_SIZE], atol=2e-3, rtol=0
        )


def test_points_go_into_a_window_and_back() -> None:
    window = window_around(torch.tensor([[70.0, 50.0]]), (160, 160))
    points = torch.tensor([[[70.0, 50.0], [75.0, 44.0]]])
    torch.testing.assert_close(in_view(in_window(points, window), window), points)
    # A window is a fifth of the view and 128 pixels wide: 4 of its pixels to one of this view.
    assert (in_window(points, window)[0, 1] - in_window(points, window)[0, 0]).tolist() == pytest.approx([20, -24])


def test_every_term_has_a_weight_and_teaches_something(network: TwoLooks, context: methods.Context) -> None:
    ours, batch = methods.method("ours"), made_batch(8, 160, 3)
    terms = ours.losses(network, batch, context, torch.Generator())
    assert set(terms) == set(ours.weights)
    for name, value in terms.items():
        gradients = torch.autograd.grad(value, list(network.parameters()), retain_graph=True, allow_unused=True)
        assert any(g is not None and g.abs().max() > 0 for g in gradients), name
        assert value.isfinite()


def test_the_stage_teaches_the_first_look_where_to_look(network: TwoLooks) -> None:
    batch = made_batch(2, 160, 3)
    first = network.first(batch.image, batch.valid)
    window = window_around(first.middle, (160, 160))
    logits = network.second(batch.image, batch.valid, window)["logits"]
    loss = torch.nn.functional.cross_entropy(logits, batch.stage)
    (gradient,) = torch.autograd.grad(loss, network.student.coarse_heat.weight)
    assert gradient.abs().max() > 0


def test_it_learns_where_and_what(context: methods.Context) -> None:
    torch.manual_seed(2)
    ours = methods.method("ours")
    network = ours.network(TINY, 1, 5).train()
    optimiser = torch.optim.AdamW(network.parameters(), lr=5e-3)
    firsts: dict[str, float] = {}
    for step in range(16):
        terms = ours.losses(network, made_batch(4, 160, crop=32, seed=step), context, torch.Generator())
        firsts = firsts or {name: float(value.detach()) for name, value in terms.items()}
        optimiser.zero_grad(set_to_none=True)
        torch.stack([ours.weights[name] * value for name, value in terms.items()]).sum().backward()
        optimiser.step()
    for name in ("coarse_heat", "fine_heat", "gate", "presence"):
        assert float(terms[name].detach()) < 0.9 * firsts[name], name
    batch = made_batch(10, 160, seed=999)
    with torch.inference_mode():
        found = ours.predict(network.eval(), batch, methods.Context())
    middle = (batch.box[:, :2] + batch.box[:, 2:]) / 2
    off = ((found.box[:, :2] + found.box[:, 2:]) / 2 - middle).norm(dim=1)
    assert off.median() < 10  # of 160 pixels
    assert tuple(found.cam.shape) == (10, 1, 40, 40)


def test_what_a_case_draws_does_not_depend_on_the_batch_it_is_in(network: TwoLooks, context: methods.Context) -> None:
    ours, batch = methods.method("ours"), made_batch(8, 160, 3)
    whole = ours.losses(network, batch, context, torch.Generator())
    halves = [ours.losses(network, batch.rows(rows), context, torch.Generator()) for rows in (slice(4), slice(4, 8))]
    for name, value in whole.items():
        torch.testing.assert_close((halves[0][name] + halves[1][name]) / 2, value, atol=1e-4, rtol=1e-3)


def test_cases_without_a_box_still_teach_their_stage(network: TwoLooks, context: methods.Context) -> None:
    batch = made_batch(3, 160, 3)
    nowhere = torch.full_like(batch.box, float("nan"))
    whole = torch.tensor([-0.5, -0.5, 159.5, 159.5]).expand(3, 4)
    batch = replace(batch, box=nowhere, detected=nowhere, crop_box=whole, mask=torch.zeros_like(batch.mask))
    terms = methods.method("ours").losses(network, batch, context, torch.Generator())
    assert terms["classification"] > 0
    assert all(value == 0 for name, value in terms.items() if name != "classification")
    total = torch.stack(list(terms.values())).sum()
    gradients = torch.autograd.grad(total, list(network.parameters()), allow_unused=True)
    assert all(g is None or g.isfinite().all() for g in gradients)


def test_the_synchondrosis_is_taken_away_whole() -> None:
    batch = made_batch(4, 160)
    left = without(batch.valid, batch.box, torch.tensor([True, False, True, False]))
    assert (left * batch.mask).sum() == 0
    assert left.sum() > 0
    window, gone = beside(batch, torch.arange(4), torch.rand(4, 2, generator=torch.Generator().manual_seed(1)))
    middle = in_window(((batch.box[:, :2] + batch.box[:, 2:]) / 2)[:, None], window)[:, 0]
    apart = (middle - (LOOK_SIZE - 1) / 2).norm(dim=1) * 160 * 0.2 / LOOK_SIZE
    assert gone.any() and (apart[gone] > 0.07 * 160).all()


def test_it_begins_with_a_backbone_or_with_a_whole_student(model: Path, network: TwoLooks) -> None:
    backbone = TwoLooks(replace(TINY, start=str(model)), 3, 5)
    whole = TwoLooks(replace(TINY, start=f"whole:{model}"), 3, 5)
    for name, value in network.student.state_dict().items():
        if value.is_floating_point():
            torch.testing.assert_close(whole.student.state_dict()[name], value.half().float())
    kept, head = "backbone.stem_0.weight", "head.classifier.weight"
    assert torch.equal(backbone.student.state_dict()[kept], whole.student.state_dict()[kept])
    assert not torch.equal(backbone.student.state_dict()[head], whole.student.state_dict()[head])
    with pytest.raises(NetworkError, match="another stages and another magnify and another closer"):
        TwoLooks(replace(TINY, start=f"whole:{model}", magnify=2, closer=True), 3, 4)
    with pytest.raises(NetworkError, match="no dropout"):
        TwoLooks(replace(TINY, drop=0.1), 3, 5)


def test_the_student_inside_is_what_is_shipped(network: TwoLooks) -> None:
    shipped = Student(**network.student.architecture)
    shipped.load_state_dict(network.student.state_dict())
    batch = made_batch(2, 160, 3)
    window = window_around(torch.full((2, 2), 80.0), (160, 160))
    inside = network.eval().second(batch.image, batch.valid, window)
    seen = cut(batch.valid, window) > 0.5
    planes = cut(batch.image, window)
    outside = shipped.eval().fine(normalise(planes, seen.expand_as(planes)))
    for name, value in inside.items():
        torch.testing.assert_close(outside[name], value)
    assert inside["logits"].std() > 0


def test_batch_statistics_of_a_pretrained_backbone_stay(tmp_path: Path) -> None:
    settings = replace(TINY, backbone="test_efficientnet")
    fresh = TwoLooks(settings, 3, 5).train()
    save_file(
        {name: value.contiguous() for name, value in fresh.student.state_dict().items()}, tmp_path / "begun.safetensors"
    )
    begun = TwoLooks(replace(settings, start=str(tmp_path / "begun.safetensors")), 3, 5).train()

    def moved(network: TwoLooks) -> bool:
        before = {name: value.clone() for name, value in network.student.backbone.named_buffers()}
        batch = made_batch(2, 160, 3)
        network.first(batch.image, batch.valid)
        return any(not torch.equal(before[name], value) for name, value in network.student.backbone.named_buffers())

    assert moved(fresh)
    assert not moved(begun)
    assert begun.training and begun.student.coarse_pyramid.training


@torch.no_grad()
def test_what_looks_closer_stages_the_middle_of_the_window_by_a_backbone_of_its_own(tmp_path: Path) -> None:
    settings = replace(TINY, backbone="test_efficientnet")
    weights = {name: value.contiguous() for name, value in TwoLooks(settings, 3, 5).student.state_dict().items()}
    save_file(weights, tmp_path / "begun.safetensors")
    network = TwoLooks(replace(settings, start=str(tmp_path / "begun.safetensors"), closer=True), 3, 5)
    shared, own = network.student.backbones
    for name, value in own.state_dict().items():
        torch.testing.assert_close(value, shared.state_dict()[name])

    image = torch.randn(2, 3, LOOK_SIZE, LOOK_SIZE, generator=torch.Generator().manual_seed(4))
    middle = image.clone()
    middle[:, :, :32] = middle[:, :, -32:] = middle[..., :32] = middle[..., -32:] = 0
    whole, half = (network.eval().student.fine(shown) for shown in (image, middle))
    torch.testing.assert_close(whole["logits"], half["logits"])
    assert not torch.allclose(whole["heat"], half["heat"])
    window = window_around(torch.tensor([[80.0, 80.0]]), (160, 160))
    torch.testing.assert_close(network.staged(window), torch.tensor([[71.5, 71.5, 87.5, 87.5]]))
    assert whole["features"].shape[-2:] == whole["gate"].shape[-2:] == (16, 16)
    cam = network.student.cam(whole)
    beside = cam.clone()
    beside[:, 8:24, 8:24] = 0
    assert cam.shape == (2, 32, 32) and not beside.any()
    torch.testing.assert_close(
        cam[:, 8:24, 8:24], gradcam(network.student.head, whole["features"], whole["logits"].argmax(1))
    )
    # A place without a plate says nothing of how plates look.
    before = {name: value.clone() for name, value in own.named_buffers()}
    batch = made_batch(2, 160, 3)
    window = window_around(torch.full((2, 2), 80.0), (160, 160))
    network.train().whether(batch.image, batch.valid, window)
    assert all(torch.equal(before[name], value) for name, value in own.named_buffers())
    network.second(batch.image, batch.valid, window)
    assert not all(torch.equal(before[name], value) for name, value in own.named_buffers())


def test_a_model_that_cannot_be_finished_leaves_the_one_before(tmp_path):
    model = tmp_path / "mine.sosmodel"
    model.write_bytes(b"the one before")
    with pytest.raises(RuntimeError, match="no calibration"), drafted(model) as draft:
        draft.write_bytes(b"half of a new one")
        assert not list(tmp_path.glob("*.sosmodel"))[1:], "a page would offer the draft"
        raise RuntimeError("no calibration")
    assert [path.name for path in tmp_path.iterdir()] == ["mine.sosmodel"]
    assert model.read_bytes() == b"the one before"
    with drafted(model) as draft:
        draft.write_bytes(b"new")
    assert model.read_bytes() == b"new"
