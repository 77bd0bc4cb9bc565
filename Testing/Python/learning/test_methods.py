"""Every method keeps the contract with the trainer: named terms with weights, answers in the view's own pixels."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest

torch = pytest.importorskip("torch")

from learning.made_batches import STAGES, made_batch  # noqa: E402
from SOSStagingTrainingLib.learning import methods  # noqa: E402
from SOSStagingTrainingLib.learning.settings import DistilSettings, NetworkSettings  # noqa: E402

NAMES = (
    "baseline", "teacher", "student_paper", "student_kd_only", "student_attention_only", "student_features",
    "two_stage", "fusion", "vit", "resnet", "efficientnet", "ours", "localiser",
)  # fmt: skip
BACKBONES = {"vit": "test_vit", "resnet": "test_resnet", "efficientnet": "test_efficientnet"}


def settings(name: str) -> NetworkSettings:
    return NetworkSettings(backbone=BACKBONES.get(name, "test_convnext"))


@pytest.fixture(scope="module")
def context() -> methods.Context:
    """Two teachers, as an ensemble is."""
    torch.manual_seed(3)
    teacher = methods.method("teacher")
    both = [teacher.network(settings("teacher"), 1, STAGES).eval().requires_grad_(False) for _ in range(2)]
    return methods.Context(teachers=tuple(both))


@contextmanager
def half_precision(wanted: bool) -> Iterator[None]:
    with torch.autocast("cpu", torch.bfloat16, enabled=wanted):
        yield


def test_all_methods_are_known_by_name() -> None:
    found = methods.known()
    assert {*NAMES, "yolo"} <= set(found)
    assert isinstance(found["yolo"], methods.SelfTrained)
    assert all(isinstance(found[name], methods.Method) for name in NAMES)
    for name in (*NAMES, "yolo"):
        method = found[name]
        assert all(need == "teacher" or need in ("detector:yolo", "detector:localiser") for need in method.needs)


@pytest.mark.parametrize("half", [False, True])
@pytest.mark.parametrize("name", NAMES)
def test_terms_have_weights_and_reach_the_network(name: str, half: bool, context: methods.Context) -> None:
    torch.manual_seed(0)
    method, batch = methods.method(name), made_batch(4, 96, 1, 64)
    network = method.network(settings(name), 1, STAGES).train()
    with half_precision(half):
        terms = method.losses(network, batch, context, torch.Generator())
    assert set(terms) == set(method.weights)
    assert all(value.ndim == 0 and value.isfinite() for value in terms.values())
    torch.stack([method.weights[term] * value.float() for term, value in terms.items()]).sum().backward()
    gradients = [p.grad for p in network.parameters() if p.grad is not None]
    assert gradients and all(g.isfinite().all() for g in gradients)
    first = next(p for p in network.parameters() if p.ndim == 4)
    assert first.grad is not None and first.grad.abs().max() > 0


@pytest.mark.parametrize("half", [False, True])
@pytest.mark.parametrize("name", NAMES)
def test_answers_are_in_the_views_own_pixels(name: str, half: bool) -> None:
    torch.manual_seed(0)
    method, size = methods.method(name), 96
    network = method.network(settings(name), 1, STAGES).eval()
    # Nobody is there to help when a student is used.
    with torch.no_grad(), half_precision(half):
        said = method.predict(network, made_batch(3, size, 1, 64), methods.Context())
    if name == "localiser":
        assert said.logits is None
        assert tuple(said.box.shape) == (3, 4) and ((said.confidence >= 0) & (said.confidence <= 1)).all()
        return
    assert tuple(said.logits.shape) == (3, STAGES)
    assert said.cam.shape[:2] == (3, 1) and said.cam.min() >= 0
    assert all(size % edge == 0 for edge in said.cam.shape[-2:])
    # Maps of methods that look at a part of the view are compared with chance in that part.
    assert (said.cam_reach is not None) == (name in ("teacher", "two_stage", "ours"))
    if said.cam_reach is not None:
        assert said.cam_reach.shape == said.cam.shape and not said.cam[said.cam_reach == 0].any()
        assert 0.01 < said.cam_reach.float().mean() < 0.6


@pytest.mark.parametrize("name", ["baseline", "student_kd_only", "ours"])
def test_a_recipe_may_say_what_labels_are_learnt_from(name: str, context: methods.Context) -> None:
    torch.manual_seed(0)
    method, batch = methods.method(name), made_batch(4, 96, 1, 64)
    batch = replace(batch, soft=0.7 * batch.soft + 0.3 * batch.soft.roll(1, 1))
    network = method.network(settings(name), 1, STAGES).eval()

    def loss(labels: str | None) -> float:
        asked = replace(context, labels=labels)
        return float(method.losses(network, batch, asked, torch.Generator())["classification"].detach())

    assert len({round(loss(labels), 5) for labels in ("hard", "raters", "ordinal")}) == 3
    assert loss(None) == pytest.approx(loss("ordinal" if name == "ours" else "hard"))


def test_a_crops_grad_cam_lies_where_the_crop_was_cut() -> None:
    torch.manual_seed(1)
    method, batch = methods.method("teacher"), made_batch(3, 128, 1, 64)
    with torch.no_grad():
        cam = method.predict(method.network(settings("teacher"), 1, STAGES).eval(), batch, methods.Context()).cam
    for n in range(3):
        x0, y0, x1, y1 = (batch.crop_box[n] / 4).tolist()
        rows, columns = torch.where(cam[n, 0] > 0)
        assert len(rows)
        assert columns.min() >= x0 - 1 and columns.max() <= x1 + 1 and rows.min() >= y0 - 1 and rows.max() <= y1 + 1


def test_several_teachers_are_heard_together(context: methods.Context) -> None:
    torch.manual_seed(0)
    student, batch = methods.method("student_kd_only"), made_batch(4, 96, 1, 64)
    network = student.network(settings("student_kd_only"), 1, STAGES)

    def term(*teachers: torch.nn.Module) -> float:
        alone = methods.Context(teachers=teachers, distil=DistilSettings(temperature=1.0))
        return float(student.losses(network, batch, alone, torch.Generator())["distillation"].detach())

    first, second = context.teachers
    assert term(first, first) == pytest.approx(term(first))
    assert min(term(first), term(second)) * 0.5 < term(first, second) < max(term(first), term(second)) * 1.5
    with pytest.raises(ValueError, match="needs a finished teacher"):
        term()
