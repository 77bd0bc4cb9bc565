"""What a student is taught with: each term says what it means, by hand, and reaches what it should."""

from __future__ import annotations

import gc
import math
from dataclasses import replace

import pytest

torch = pytest.importorskip("torch")

from learning.made_batches import made_batch  # noqa: E402
from SOSStagingLib.model.gradcam import StageHead, gradcam  # noqa: E402
from SOSStagingTrainingLib.learning import methods  # noqa: E402
from SOSStagingTrainingLib.learning.distillation import (  # noqa: E402
    PAPER_WEIGHTS,
    attention_mse,
    attention_transfer,
    cross_entropy,
    feature_cosine,
    label_shares,
    logit_map,
    ordinal_shares,
    softened_kl,
    spatial_kl,
)
from SOSStagingTrainingLib.learning.maps import covers_part, on_view, paste, through  # noqa: E402
from SOSStagingTrainingLib.learning.settings import DistilSettings, NetworkSettings  # noqa: E402

TINY = NetworkSettings(backbone="test_convnext")


def test_nothing_is_to_be_learnt_from_a_teacher_who_says_the_same() -> None:
    logits = torch.randn(3, 5, requires_grad=True)
    for temperature in (1.0, 3.0):
        loss = softened_kl(logits, logits.detach(), temperature)
        assert loss.item() == pytest.approx(0, abs=1e-6)
        (gradient,) = torch.autograd.grad(loss, logits)
        assert gradient.abs().max() < 1e-6
    # The softmax does not see a constant either.
    assert softened_kl(logits + 7, logits).item() == pytest.approx(0, abs=1e-6)


def test_softened_divergence_by_hand() -> None:
    student, teacher, t = torch.tensor([[0.0, 0.0]]), torch.tensor([[3.0, 0.0]]), 3.0
    p = math.e / (math.e + 1)  # the teacher's softened probability: softmax of (1, 0)
    wanted = p * math.log(p / 0.5) + (1 - p) * math.log((1 - p) / 0.5)
    assert softened_kl(student, teacher, t).item() == pytest.approx(wanted, rel=1e-5)
    assert softened_kl(student, teacher, t, t_squared=True).item() == pytest.approx(9 * wanted, rel=1e-5)
    two = softened_kl(student.repeat(2, 1), teacher.repeat(2, 1), t, usable=torch.tensor([True, False]))
    assert two.item() == pytest.approx(wanted / 2, rel=1e-5)


def test_no_gradient_reaches_the_teacher() -> None:
    teacher = torch.randn(2, 5, requires_grad=True)
    student = torch.randn(2, 5, requires_grad=True)
    softened_kl(student, teacher).backward()
    assert teacher.grad is None
    assert student.grad is not None and student.grad.abs().max() > 0


def test_cross_entropy_by_hand() -> None:
    logits = torch.log(torch.tensor([[0.7, 0.2, 0.1], [0.1, 0.1, 0.8]]))
    target = torch.tensor([[1.0, 0, 0], [0, 0.5, 0.5]])
    wanted = -(math.log(0.7) + 0.5 * math.log(0.1) + 0.5 * math.log(0.8)) / 2
    assert cross_entropy(logits, target).item() == pytest.approx(wanted, rel=1e-5)


@pytest.mark.parametrize("attention", [True, False])
def test_the_map_of_logits_averages_to_the_logits(attention: bool) -> None:
    torch.manual_seed(0)
    head, features = StageHead(6, 5, attention), torch.randn(2, 6, 4, 3)
    torch.testing.assert_close(logit_map(head, features).mean((2, 3)), head(features))


def test_attention_error_by_hand() -> None:
    head = StageHead(2, 2, attention=False)
    with torch.no_grad():
        head.classifier.weight.copy_(torch.tensor([[1.0, 0.0], [0.0, 1.0]]))
    features = torch.zeros(1, 2, 2, 2)
    features[0, 0] = torch.tensor([[4.0, 2.0], [0.0, 0.0]])
    features[0, 1] = torch.tensor([[0.0, 0.0], [0.0, 8.0]])
    mask = torch.zeros(1, 1, 4, 4)
    mask[0, 0, :2, :] = 1  # on the map's grid the upper row
    # Of class 0, by its own maximum, the map is [[1, 0.5], [0, 0]].
    assert attention_mse(head, features, torch.tensor([0]), mask).item() == pytest.approx(0.25 / 4)
    assert attention_mse(head, features, torch.tensor([1]), mask).item() == pytest.approx(3 / 4)
    # On the absolute scale it is features times weight: [[4, 2], [0, 0]].
    plain = attention_mse(head, features, torch.tensor([0]), mask, normalise=False)
    assert plain.item() == pytest.approx((9 + 1) / 4)
    none = attention_mse(head, features, torch.tensor([0]), mask, usable=torch.tensor([False]))
    assert none.item() == 0


def test_a_map_is_read_through_a_box_and_laid_back() -> None:
    rows, columns = torch.meshgrid(torch.arange(16.0), torch.arange(16.0), indexing="ij")
    ramp = (10 * rows + columns)[None, None]  # cell (r, c) of a view of 64 pixels is 4 pixels wide
    box = torch.tensor([[15.5, 7.5, 47.5, 39.5]])  # columns 4 to 11, rows 2 to 9
    seen = through(ramp, box, (64, 64), (8, 8))
    torch.testing.assert_close(seen[0, 0], ramp[0, 0, 2:10, 4:12])
    back = paste(seen[:, 0], box, (64, 64))
    assert tuple(back.shape) == (1, 1, 16, 16)
    torch.testing.assert_close(back[0, 0, 2:10, 4:12], ramp[0, 0, 2:10, 4:12])
    assert back[0, 0, :2].abs().max() == 0 and back[0, 0, :, 12:].abs().max() == 0


def test_a_box_that_is_not_there_gives_no_nan() -> None:
    map_ = torch.randn(2, 5, 7, 7, requires_grad=True)
    box = torch.tensor([[10.0, 10.0, 40.0, 40.0], [float("nan")] * 4])
    loss = spatial_kl(map_, torch.randn(2, 5, 7, 7), box, (64, 64))
    loss.backward()
    assert loss.isfinite() and map_.grad is not None and map_.grad.isfinite().all()
    assert map_.grad[1].abs().max() == 0
    assert covers_part(box, (64, 64)).tolist() == [True, False]
    assert covers_part(torch.tensor([[-0.5, -0.5, 63.5, 63.5]]), (64, 64)).tolist() == [False]


def test_spatial_divergence_is_zero_where_the_student_agrees_inside_the_crop_only() -> None:
    torch.manual_seed(2)
    whole = torch.randn(1, 5, 16, 16)
    box = torch.tensor([[15.5, 7.5, 47.5, 39.5]])
    teacher = whole[:, :, 2:10, 4:12].clone()
    whole[:, :, 12:] = 50.0  # whatever lies outside
    assert spatial_kl(whole, teacher, box, (64, 64)).item() == pytest.approx(0, abs=1e-6)
    assert spatial_kl(whole, teacher.flip(3), box, (64, 64)).item() > 0.01


def test_features_are_compared_by_direction_or_by_where_they_are_strong() -> None:
    torch.manual_seed(3)
    features = torch.randn(2, 6, 4, 4)
    assert feature_cosine(3 * features, features).item() == pytest.approx(0, abs=1e-6)
    assert feature_cosine(-features, features).item() == pytest.approx(2, abs=1e-5)
    wide = torch.cat([features, features], 1)
    assert attention_transfer(5 * wide, features).item() == pytest.approx(0, abs=1e-6)
    assert attention_transfer(features.flip(3), features).item() > 0.01


def test_labels_hard_by_votes_and_ordinal() -> None:
    stage, votes = torch.tensor([2]), torch.tensor([[0.0, 0.0, 2 / 3, 1 / 3, 0.0]])
    assert label_shares(stage, votes, "hard").tolist() == [[0, 0, 1, 0, 0]]
    smooth = label_shares(stage, votes, "hard", smoothing=0.1)[0].tolist()
    assert smooth == pytest.approx([0.02, 0.02, 0.92, 0.02, 0.02])
    assert torch.equal(label_shares(stage, votes, "raters"), votes)
    soft = label_shares(stage, votes, "ordinal")[0]
    assert soft.sum().item() == pytest.approx(1)
    assert soft[2] > soft[3] > soft[1] > soft[0] and soft[3] > soft[4] > soft[0]
    hard = ordinal_shares(torch.eye(5), 0.5)
    assert (hard[2] / hard[2, 2]).tolist() == pytest.approx([math.exp(-abs(n - 2) / 0.5) for n in range(5)])


@pytest.fixture(scope="module")
def teacher() -> torch.nn.Module:
    torch.manual_seed(1)
    return methods.method("teacher").network(TINY, 1, 5).eval().requires_grad_(False)


def context(teacher: torch.nn.Module, **distil: object) -> methods.Context:
    return methods.Context(teachers=(teacher,), distil=DistilSettings(**distil))


def test_the_weights_are_the_papers() -> None:
    assert methods.method("student_paper").weights == {"attention": 0.01, "distillation": 0.8, "classification": 0.2}
    assert set(methods.method("student_kd_only").weights) == {"distillation", "classification"}
    assert set(methods.method("student_attention_only").weights) == {"attention", "classification"}
    assert sum(PAPER_WEIGHTS.values()) == pytest.approx(1.01)  # as the paper gives them


def test_the_students_terms_are_the_functions_by_name(teacher: torch.nn.Module) -> None:
    torch.manual_seed(0)
    student, batch = methods.method("student_paper"), made_batch()
    network = student.network(TINY, 1, 5)
    terms = student.losses(network, batch, context(teacher), torch.Generator())
    answer = network(batch.image)
    wanted = {
        "classification": torch.nn.functional.cross_entropy(answer.logits, batch.stage),
        "distillation": softened_kl(answer.logits, teacher(batch.crop).logits, 3.0),
        "attention": attention_mse(network.head, answer.features, batch.stage, batch.mask),
    }
    assert set(terms) == set(wanted)
    for name, value in wanted.items():
        torch.testing.assert_close(terms[name], value)


def test_each_guess_about_the_paper_is_a_flag_that_changes_its_term(teacher: torch.nn.Module) -> None:
    torch.manual_seed(0)
    student, batch = methods.method("student_paper"), made_batch()
    batch = replace(batch, mask=1 - batch.mask)  # so that experts' and detector's masks differ
    network = student.network(TINY, 1, 5)
    usual = student.losses(network, batch, context(teacher), torch.Generator())
    for flag, term in (
        ({"t_squared": True}, "distillation"),
        ({"spatial": True}, "distillation"),
        ({"temperature": 1.0}, "distillation"),
        ({"cam_class": "predicted"}, "attention"),
        ({"cam_normalise": False}, "attention"),
        ({"mask": "expert"}, "attention"),
    ):
        other = student.losses(network, batch, context(teacher, **flag), torch.Generator())
        changed = {name for name in usual if not torch.equal(usual[name], other[name])}
        assert changed == {term}, flag


def test_attention_alone_reaches_the_first_convolution(teacher: torch.nn.Module) -> None:
    student, batch = methods.method("student_paper"), made_batch()
    network = student.network(TINY, 1, 5)
    terms = student.losses(network, batch, context(teacher), torch.Generator())
    first = next(p for p in network.backbone.parameters() if p.ndim == 4)
    for term in ("attention", "distillation"):
        (gradient,) = torch.autograd.grad(terms[term], first, retain_graph=True)
        assert gradient.abs().max() > 0, term


def test_a_step_leaves_no_memory_behind(teacher: torch.nn.Module) -> None:
    torch.manual_seed(0)
    student, batch = methods.method("student_paper"), made_batch(cases=1, size=32, crop=32)
    network, asked = student.network(TINY, 1, 5), context(teacher)
    optimiser = torch.optim.SGD(network.parameters(), lr=1e-3)

    def step() -> None:
        terms = student.losses(network, batch, asked, torch.Generator())
        optimiser.zero_grad(set_to_none=True)
        torch.stack([student.weights[name] * value for name, value in terms.items()]).sum().backward()
        optimiser.step()

    def tensors() -> int:
        gc.collect()
        return sum(issubclass(type(thing), torch.Tensor) for thing in gc.get_objects())

    for _ in range(3):
        step()
    before = tensors()
    for _ in range(200):
        step()
    assert tensors() <= before


def test_the_map_shown_has_the_absolute_scale_and_the_predicted_class(teacher: torch.nn.Module) -> None:
    baseline, batch = methods.method("baseline"), made_batch()
    network = baseline.network(TINY, 1, 5).eval()
    with torch.no_grad():
        shown = baseline.predict(network, batch, methods.Context())
        answer = network(batch.image)
    wanted = gradcam(network.head, answer.features, answer.logits.argmax(1))
    torch.testing.assert_close(shown.cam[:, 0], wanted)
    assert on_view(torch.zeros(1, 7, 7), (64, 64)).shape[-2:] == (64, 64)  # 7 cells do not divide 64 pixels
