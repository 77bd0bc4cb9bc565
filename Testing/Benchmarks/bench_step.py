"""What the distillation terms cost: training steps of the paper's student against cross-entropy alone, in one run.

    python Testing/Benchmarks/bench_step.py [--rounds 15] [--batch 8] [--size 224] [--device cpu] [--threads 1]

ConvNeXt-atto with the attention gate, AdamW. Contestants take turns, so that a busy machine slows all alike; given are
the median seconds, and the median over rounds of the ratio to cross-entropy alone with its bootstrap interval. On a
CPU seconds are those the process computed, which other programs lengthen least, on one thread, which never waits for
another; on a GPU they are by the clock. "Plain
double backward" is Grad-CAM as usually written: a hook on the last map and a backward pass from the class's logit
through the whole network that keeps its graph, so that the loss's backward pass goes through it again.
"""

from __future__ import annotations

import argparse
import platform
import time
from collections.abc import Callable
from datetime import date

import numpy as np
import torch
from SOSStagingTrainingLib.learning.distillation import (
    PAPER_WEIGHTS,
    attention_mse,
    cross_entropy,
    mean_over,
    softened_kl,
)
from SOSStagingTrainingLib.learning.networks import StageNetwork
from SOSStagingTrainingLib.learning.settings import NetworkSettings
from torch import Tensor
from torch.nn import functional

BARS = {"both terms, teacher's logits given": 1.15, "both terms and the teacher's forward": 1.4}
ALONE = "cross-entropy alone"


class Bench:
    """One student, one teacher, one batch of noise."""

    def __init__(self, batch: int, size: int, device: str) -> None:
        torch.manual_seed(0)
        self.student = StageNetwork(NetworkSettings(), 1, 5, attention=True).to(device).train()
        self.teacher = StageNetwork(NetworkSettings(), 1, 5, attention=True).to(device).eval().requires_grad_(False)
        self.optimiser = torch.optim.AdamW(self.student.parameters(), lr=1e-4)
        self.image, self.crop = (torch.randn(batch, 1, size, size, device=device) for _ in range(2))
        self.stage = torch.arange(batch, device=device) % 5
        self.target = functional.one_hot(self.stage, 5).float()
        self.mask = torch.zeros(batch, 1, size, size, device=device)
        self.mask[:, :, size // 3 : size // 2, size // 3 : size // 2] = 1
        with torch.no_grad():
            self.taught = self.teacher(self.crop).logits

    def step(self, total: Tensor) -> None:
        self.optimiser.zero_grad(set_to_none=True)
        total.backward()
        self.optimiser.step()

    def summed(self, logits: Tensor, taught: Tensor, attention: Tensor) -> Tensor:
        terms = {
            "classification": cross_entropy(logits, self.target),
            "distillation": softened_kl(logits, taught),
            "attention": attention,
        }
        return torch.stack([PAPER_WEIGHTS[name] * value for name, value in terms.items()]).sum()

    def alone(self) -> None:
        self.step(cross_entropy(self.student(self.image).logits, self.target))

    def distilled(self) -> None:
        self._closed(self.taught)

    def with_teacher(self) -> None:
        with torch.no_grad():
            taught = self.teacher(self.crop).logits
        self._closed(taught)

    def _closed(self, taught: Tensor) -> None:
        features, logits = self.student(self.image)
        attention = attention_mse(self.student.head, features, self.stage, self.mask)
        self.step(self.summed(logits, taught, attention))

    def head_only(self) -> None:
        """Autograd asked for the gradient at the map: a second backward pass through the head alone."""
        features, logits = self.student(self.image)
        score = logits.gather(1, self.stage[:, None]).sum()
        (gradient,) = torch.autograd.grad(score, features, create_graph=True)
        self.step(self.summed(logits, self.taught, self._error(features, gradient)))

    def double_backward(self) -> None:
        kept: dict[str, Tensor] = {}
        hook = self.student.norm.register_full_backward_hook(lambda module, into, out: kept.update(gradient=out[0]))
        features, logits = self.student(self.image)
        logits.gather(1, self.stage[:, None]).sum().backward(create_graph=True)
        hook.remove()
        self.step(self.summed(logits, self.taught, self._error(features, kept["gradient"])))

    def _error(self, features: Tensor, gradient: Tensor) -> Tensor:
        cam = torch.relu((gradient.mean((2, 3), keepdim=True) * features).sum(1))
        cam = cam / cam.detach().amax((1, 2), keepdim=True).clamp_min(1e-6)
        return mean_over((cam - functional.interpolate(self.mask, size=cam.shape[-2:], mode="area")[:, 0]) ** 2)

    def contestants(self) -> dict[str, Callable[[], None]]:
        return {
            ALONE: self.alone,
            "both terms, teacher's logits given": self.distilled,
            "both terms and the teacher's forward": self.with_teacher,
            "both terms, autograd through the head": self.head_only,
            "both terms, plain double backward": self.double_backward,
        }


def timed(runs: dict[str, Callable[[], None]], rounds: int, device: str) -> dict[str, np.ndarray]:
    """Seconds of each contestant in each round; two rounds before are not counted, and turns change."""
    clock = time.perf_counter if device.startswith("cuda") else time.process_time
    seconds: dict[str, list[float]] = {name: [] for name in runs}
    names = list(runs)
    for n in range(rounds + 2):
        for name in names[n % len(names) :] + names[: n % len(names)]:
            start = clock()
            runs[name]()
            if device.startswith("cuda"):
                torch.cuda.synchronize()
            if n >= 2:
                seconds[name].append(clock() - start)
    return {name: np.array(values) for name, values in seconds.items()}


def interval(ratios: np.ndarray) -> tuple[float, float]:
    """95 % bootstrap interval of the median."""
    picks = np.random.default_rng(0).integers(0, len(ratios), (2000, len(ratios)))
    low, high = np.percentile(np.median(ratios[picks], axis=1), [2.5, 97.5])
    return float(low), float(high)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--batch", type=int, default=8)
    parser.add_argument("--size", type=int, default=224)
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--threads", type=int, default=1)
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    bench = Bench(args.batch, args.size, args.device)
    seconds = timed(bench.contestants(), args.rounds, args.device)
    print(
        f"{date.today()}, n = {args.rounds} rounds, batch {args.batch} at {args.size} px, {args.device}, "
        f"threads {args.threads}, torch {torch.__version__}, {platform.machine()}"
    )
    print("| step | median s | x cross-entropy alone | 95 % interval | bar |\n|---|---|---|---|---|")
    for name, values in seconds.items():
        ratios = values / seconds[ALONE]
        low, high = interval(ratios)
        bar = f"{BARS[name]:.2f}" if name in BARS else ""
        print(f"| {name} | {np.median(values):.3f} | {np.median(ratios):.2f} | {low:.2f} to {high:.2f} | {bar} |")


if __name__ == "__main__":
    main()
