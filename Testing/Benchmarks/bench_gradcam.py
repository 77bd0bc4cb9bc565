"""Forward plus Grad-CAM against the forward alone, and against pytorch-grad-cam, in one run.

    python Testing/Benchmarks/bench_gradcam.py [--rounds 30]

ConvNeXt-atto at 224 px with the project's stage head, batch 1, CPU. Rounds of all contestants are interleaved, so
that a busy machine slows all alike; medians and their ratio to the forward alone are printed.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable

import timm
import torch
from pytorch_grad_cam import GradCAM
from pytorch_grad_cam.utils.model_targets import ClassifierOutputTarget
from SOSStagingLib.model.gradcam import StageHead, gradcam
from torch import Tensor, nn


class Network(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.backbone = timm.create_model("convnext_atto", num_classes=0, global_pool="")
        self.features = nn.Identity()
        self.head = StageHead(320, 5)

    def forward(self, image: Tensor) -> Tensor:
        return self.head(self.features(self.backbone(image)))


def contestants(network: Network, image: Tensor) -> dict[str, Callable[[], object]]:
    peer = GradCAM(model=network, target_layers=[network.features])

    @torch.inference_mode()
    def forward() -> Tensor:
        return network(image)

    @torch.inference_mode()
    def ours() -> Tensor:
        features = network.backbone(image)
        return gradcam(network.head, features, network.head(features).argmax(1))

    def by_autograd() -> Tensor:
        with torch.no_grad():
            features = network.backbone(image)
        features.requires_grad_(True)
        logits = network.head(features)
        (gradient,) = torch.autograd.grad(logits[0, int(logits.argmax())], features)
        return torch.relu((gradient.mean((2, 3), keepdim=True) * features).sum(1))

    return {
        "forward alone": forward,
        "forward + Grad-CAM (closed form)": ours,
        "forward + Grad-CAM (autograd, head only)": by_autograd,
        "pytorch-grad-cam": lambda: peer(image, [ClassifierOutputTarget(0)]),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=30)
    rounds = parser.parse_args().rounds
    torch.manual_seed(0)
    runs = contestants(Network().eval(), torch.randn(1, 3, 224, 224))
    seconds: dict[str, list[float]] = {name: [] for name in runs}
    for n in range(rounds + 3):
        for name, run in runs.items():
            start = time.perf_counter()
            run()
            if n >= 3:
                seconds[name].append(time.perf_counter() - start)
    base = statistics.median(seconds["forward alone"])
    for name, values in seconds.items():
        median = statistics.median(values)
        print(f"{name:42s} {1000 * median:7.1f} ms   {median / base:5.2f} x forward")


if __name__ == "__main__":
    main()
