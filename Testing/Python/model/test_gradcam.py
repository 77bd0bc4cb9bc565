"""Grad-CAM in closed form: what autograd and pytorch-grad-cam give, differentiable, on one absolute scale."""

from __future__ import annotations

import pytest

torch = pytest.importorskip("torch")

from SOSStagingLib.model.gradcam import StageHead, channel_weights, gradcam  # noqa: E402


@pytest.fixture(params=[False, True], ids=["mean", "weighted"])
def head(request: pytest.FixtureRequest) -> StageHead:
    torch.manual_seed(3)
    return StageHead(12, 5, weighted=request.param).double()


def features(batch: int = 2) -> torch.Tensor:
    return torch.randn(batch, 12, 6, 7, dtype=torch.float64, generator=torch.Generator().manual_seed(5))


def test_channel_weights_are_the_mean_gradient_of_the_logit(head: StageHead) -> None:
    x = features().requires_grad_(True)
    target = torch.tensor([1, 4])
    logit = head(x).gather(1, target[:, None]).sum()
    (gradient,) = torch.autograd.grad(logit, x)
    torch.testing.assert_close(channel_weights(head, x, target), gradient.mean((2, 3)))


def test_equals_pytorch_grad_cam_up_to_its_normalisation(head: StageHead) -> None:
    grad_cam = pytest.importorskip("pytorch_grad_cam")
    from pytorch_grad_cam.utils.model_targets import ClassifierOutputTarget

    class Network(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.features = torch.nn.Conv2d(3, 12, 4, stride=4)
            self.head = head.float()

        def forward(self, image: torch.Tensor) -> torch.Tensor:
            return self.head(self.features(image))

    network = Network().eval()
    image = torch.randn(1, 3, 24, 24, generator=torch.Generator().manual_seed(1))
    theirs = grad_cam.GradCAM(model=network, target_layers=[network.features])
    map_theirs = torch.as_tensor(theirs(image, [ClassifierOutputTarget(2)]))
    ours = gradcam(network.head, network.features(image), torch.tensor([2]))
    ours = torch.nn.functional.interpolate(ours[None], size=(24, 24), mode="bilinear", align_corners=False)[0]
    ours, map_theirs = ((m - m.min()) / (m.max() - m.min()) for m in (ours.detach(), map_theirs))
    assert torch.corrcoef(torch.stack([ours.flatten(), map_theirs.flatten()]))[0, 1] > 0.98


def test_absolute_scale_follows_the_logit_and_normalised_map_does_not(head: StageHead) -> None:
    x, target = features(), torch.tensor([0, 3])
    plain, unit = gradcam(head, x, target), gradcam(head, x, target, normalise=True)
    with torch.no_grad():
        head.classifier.weight.mul_(0.5)
    torch.testing.assert_close(gradcam(head, x, target), 0.5 * plain)
    torch.testing.assert_close(gradcam(head, x, target, normalise=True), unit)
    assert unit.amax((1, 2)).tolist() == pytest.approx([1.0, 1.0])


def test_empty_evidence_stays_empty(head: StageHead) -> None:
    with torch.no_grad():
        head.classifier.weight.zero_()
    for normalise in (False, True):
        assert gradcam(head, features(), torch.tensor([0, 0]), normalise=normalise).abs().max() == 0


def test_attention_loss_reaches_the_features_and_matches_numeric_gradient(head: StageHead) -> None:
    x = features(1)

    def loss(values: torch.Tensor) -> torch.Tensor:
        return gradcam(head, values, torch.tensor([2])).square().mean()

    assert torch.autograd.gradcheck(loss, (x.requires_grad_(True),))


def test_a_weighted_head_does_not_depend_on_how_much_the_gate_leaves() -> None:
    torch.manual_seed(3)
    head, x = StageHead(12, 5, weighted=True).double(), features()
    before = head(x)
    with torch.no_grad():
        head.gate.weight.zero_()
        head.gate.bias.fill_(-6.0)
        narrow = head(x)
        head.gate.bias.fill_(6.0)
    torch.testing.assert_close(head(x), narrow)
    torch.testing.assert_close(narrow, head.classifier(x.mean((2, 3))))
    assert not torch.allclose(before, narrow)
