"""Training one network: the same steps from the same seed, whatever interrupts them.

Nothing is drawn from a state that could be lost: each step's cases, views and dropout follow from seed and step. So a
checkpoint holds weights, optimiser and averages alone, and a training cut off anywhere ends with the same bits on the
same computer's CPU, and nearly the same numbers on another device or spread over several processes.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch
from SOSStagingLib.scan.types import PlainError
from torch import Tensor, nn
from torch.nn.parallel import DistributedDataParallel

from . import world
from .batch import Batch
from .checkpoint import load_checkpoint, plain_tensors, save_checkpoint
from .devices import Numbers, free_memory, memory_mb, out_of_memory
from .events import EventLog
from .methods import Context, Method
from .optimise import average_of, make_optimiser, rate_at, set_rate, update_average
from .paired_views import case_seed
from .task import Task, as_fast, validation_metrics

NAN_FILE = "diverged.pt"
EVENTS_PER_EPOCH = 5
MINUTE = 60.0
STEP_STREAM = 1 << 31
"""Beyond any place in a batch."""

Stop = Callable[[], bool]


class Stopped(Exception):
    """The training was asked to stop and has kept a checkpoint."""


class TrainingError(PlainError):
    """A training that cannot go on."""


class _Losses(nn.Module):
    """A method's loss terms as a module, so that DistributedDataParallel sees the way through the network."""

    def __init__(self, network: nn.Module, method: Method, context: Context) -> None:
        super().__init__()
        self.network = network
        self._method, self._context = method, context

    def forward(self, batch: Batch, generator: torch.Generator) -> dict[str, Tensor]:
        return self._method.losses(self.network, batch, self._context, generator)


@dataclass
class _Best:
    """The best weights so far, by validation, and for how many epochs there have been none better."""

    weights: dict[str, Tensor] = field(default_factory=dict)
    score: float = float("inf")
    waited: int = 0


class Fitting:
    """Trains a task's network from where its folder's checkpoint is, or from the beginning."""

    def __init__(self, task: Task, device: torch.device, log: EventLog | None, stop: Stop) -> None:
        """``log`` is None in all but the first of several processes; ``stop`` is asked between steps."""
        self.task, self.device, self._log, self._stop = task, device, log, stop
        self.train = task.settings.train
        self.numbers = Numbers.choose(self.train.precision, device)
        self.network = as_fast(task.build().to(device))
        self.average = average_of(self.network) if self.train.ema else None
        self.optimiser = make_optimiser(self.network, self.train)
        self.scaler = self.numbers.scaler()
        self.best = _Best()
        self.step = 0
        self.micro = self.train.micro_batch or task.batch
        self.spent = 0.0

    def run(self) -> nn.Module:
        """Train to the end and return the network to use, in eval mode.

        Raises:
            Stopped: it was asked to; a checkpoint is kept.
            TrainingError: it diverged, or a single case does not fit into memory.
            DiskFullError: a checkpoint could not be kept; the one before is.
        """
        self._resume()
        self._module = _Losses(self.network, self.task.method, self.task.context)
        self._shared = DistributedDataParallel(self._module, find_unused_parameters=True) if world.size() > 1 else None
        if self._shared is not None and any(
            isinstance(m, nn.modules.batchnorm._BatchNorm) for m in self.network.modules()
        ):
            self._tell("note", text="Each process takes batch statistics of its own share of a batch.")
        self._begun = self._told = self._kept = time.monotonic()
        self._first = self._told_step = self.step
        self.network.train()
        while self.step < self.task.steps and not self._waited_enough():
            if world.any_of(self._stop()):
                self._keep()
                self._tell("stopped", step=self.step)
                raise Stopped
            self._one_step()
        self._tell("end", step=self.step, seconds=self._seconds())
        return self._finished()

    def _one_step(self) -> None:
        rate = rate_at(self.train, self.step, self.task.steps, self.task.steps_per_epoch)
        set_rate(self.optimiser, rate)
        terms = self._fitted_into_memory()
        self.step += 1
        if self.average is not None:
            update_average(self.average, self.network, self.train.ema, self.step)
        per_epoch = self.task.steps_per_epoch
        if self.step % max(per_epoch // EVENTS_PER_EPOCH, 1) == 0:
            self._tell_step(terms, rate)
        if self.step % per_epoch == 0:
            self._validate()
        if time.monotonic() - self._kept >= self.train.save_minutes * MINUTE:
            self._keep()

    def _fitted_into_memory(self) -> dict[str, float]:
        """One step of the optimiser; where memory does not suffice, again with half as many cases at once."""
        while True:
            try:
                return self._attempt()
            except (RuntimeError, MemoryError) as error:
                if not out_of_memory(error):
                    raise
                self._refuse_smaller(error)
            # Only here, after the error, is the memory it holds on to free.
            self.micro = (self.micro + 1) // 2
            free_memory(self.device)
            text = f"Memory did not suffice: from now on {self.micro} cases at once, gradients added up."
            self._tell("micro_batch", step=self.step, size=self.micro, text=text)

    def _refuse_smaller(self, error: BaseException) -> None:
        if world.size() > 1:
            hint = "Set train.micro_batch to less: with several processes it cannot be halved on the way."
        elif self.micro <= 1:
            hint = "Take smaller views, a smaller network, or a device with more memory."
        else:
            return
        raise TrainingError("out_of_memory", f"The memory of {self.device} does not suffice.", hint) from error

    def _attempt(self) -> dict[str, float]:
        """Gradients over the step's cases, a few at a time, and one step of the optimiser."""
        self.optimiser.zero_grad(set_to_none=True)
        names, seeds = self.task.cases_of(self.step)
        mine = slice(world.rank(), None, world.size())
        names, seeds = names[mine], seeds[mine]
        generator = self._seeded()
        micro = min(self.micro, len(names))
        told: dict[str, float] = {}
        for start in range(0, len(names), micro):
            part = slice(start, start + micro)
            share = len(names[part]) / len(names)
            with self._silent(start + micro < len(names)):
                terms = self._backward(names[part], seeds[part], share, generator)
            for name, value in terms.items():
                told[name] = told.get(name, 0.0) + share * value
        self._descend()
        return told

    def _seeded(self) -> torch.Generator:
        """All random numbers of a step follow from seed, step and process."""
        seed = case_seed(self.task.seed, self.step, STEP_STREAM + world.rank())
        torch.manual_seed(seed)
        return torch.Generator().manual_seed(seed)

    def _silent(self, more_to_come: bool) -> AbstractContextManager[object]:
        """Processes exchange gradients once a step, with the last cases."""
        return self._shared.no_sync() if self._shared is not None and more_to_come else contextlib.nullcontext()

    def _backward(
        self, names: list[str], seeds: list[int], share: float, generator: torch.Generator
    ) -> dict[str, float]:
        batch = self.task.views.training(names, seeds, self.task.crops[0])
        batch.image, batch.crop = (x.contiguous(memory_format=torch.channels_last) for x in (batch.image, batch.crop))
        with self.numbers.autocast():
            terms: dict[str, Tensor] = (self._shared or self._module)(batch, generator)
        weights = self.task.weights
        loss = torch.stack([weights.get(name, 0.0) * value.float() for name, value in terms.items()]).sum()
        told = {name: float(value.detach()) for name, value in terms.items()}
        if world.any_of(not np.isfinite(list(told.values())).all()):
            self._diverged(batch, told)
        if loss.requires_grad:
            self.scaler.scale(loss * share).backward()
        return told

    def _descend(self) -> None:
        self.scaler.unscale_(self.optimiser)
        norm = nn.utils.clip_grad_norm_(self.network.parameters(), self.train.clip or float("inf"))
        if not self.scaler.is_enabled() and not bool(torch.isfinite(norm)):
            names, seeds = self.task.cases_of(self.step)
            self._diverged(self.task.views.training(names, seeds, self.task.crops[0]), {"gradient": float(norm)})
        self.scaler.step(self.optimiser)
        self.scaler.update()

    def _diverged(self, batch: Batch, terms: dict[str, float]) -> None:
        """Keep the batch for a look at it, and stop."""
        path = self.task.folder / NAN_FILE
        wrong = ", ".join(f"{name} is {value}" for name, value in terms.items() if not np.isfinite(value))
        if self._log is not None:
            torch.save({**vars(batch.to("cpu")), "terms": terms, "step": self.step}, path)
        text = f"The training broke off at step {self.step + 1}: {wrong or 'a number is no longer finite'}."
        hint = f"Its batch is kept in {path}. Take a lower train.rate, another train.precision or seed."
        raise TrainingError("diverged", text, hint)

    def _validate(self) -> None:
        """Tell how the network does on the validation cases, and remember the best."""
        if not self.task.validation:
            return
        network = self.average or self.network
        metrics = world.from_first(validation_metrics(self.task, network) if world.rank() == 0 else None)
        self.network.train()
        if not metrics:
            # A detector names no stage: there is nothing to wait for, it trains to its end.
            return
        self._tell("validation", step=self.step, epoch=self.step // self.task.steps_per_epoch, metrics=metrics)
        self.best.waited += 1
        if self.train.patience and metrics["nll"] < self.best.score:
            self.best = _Best(plain_tensors(network), metrics["nll"])

    def _waited_enough(self) -> bool:
        return 0 < self.train.patience <= self.best.waited

    def _finished(self) -> nn.Module:
        network = self.average or self.network
        if self.best.weights:
            network.load_state_dict(self.best.weights)
        return network.eval().requires_grad_(False)

    # Keeping and telling.

    def _keep(self) -> None:
        self._kept = time.monotonic()
        if self._log is None:
            return
        state = {
            **{"step": self.step, "micro": self.micro, "spent": self._seconds()},
            **{"network": self.network.state_dict(), "optimiser": self.optimiser.state_dict()},
            "average": None if self.average is None else self.average.state_dict(),
            "scaler": self.scaler.state_dict(),
            "best": vars(self.best),
        }
        save_checkpoint(self.task.folder, state)
        self._tell("checkpoint", step=self.step)

    def _resume(self) -> None:
        state = load_checkpoint(self.task.folder, self.device)
        begun = {"device": str(self.device), "precision": self.numbers.name, "processes": world.size()}
        if state is None:
            if self._log is not None:
                self._log.rewind(-1)
            self._tell("begin", **begun, **self._about())
            return
        self.step, self.micro, self.spent = state["step"], min(self.micro, int(state["micro"])), float(state["spent"])
        self.network.load_state_dict(state["network"])
        self.optimiser.load_state_dict(state["optimiser"])
        if self.average is not None:
            self.average.load_state_dict(state["average"])
        if self.scaler.is_enabled() and state["scaler"]:
            self.scaler.load_state_dict(state["scaler"])
        self.best = _Best(**state["best"])
        if self._log is not None:
            self._log.rewind(self.step)
        self._tell("resumed", step=self.step, **begun)

    def _about(self) -> dict[str, Any]:
        task = self.task
        return {
            **{"method": task.settings.name, "seed": task.seed, "threads": torch.get_num_threads()},
            **{"training": len(task.training), "validation": len(task.validation), "batch": task.batch},
            **{"steps": task.steps, "steps_per_epoch": task.steps_per_epoch, "weights": task.weights},
            "parameters": sum(p.numel() for p in self.network.parameters() if p.requires_grad),
        }

    def _seconds(self) -> float:
        return self.spent + time.monotonic() - self._begun

    def _tell(self, event: str, **values: Any) -> None:
        if self._log is not None:
            self._log.add(event, **values)

    def _tell_step(self, terms: dict[str, float], rate: float) -> None:
        now = time.monotonic()
        images = (self.step - self._told_step) * self.task.batch / max(now - self._told, 1e-9)
        each = (now - self._begun) / (self.step - self._first)
        self._told, self._told_step = now, self.step
        weights = self.task.weights
        self._tell(
            "step",
            step=self.step,
            epoch=(self.step - 1) // self.task.steps_per_epoch + 1,
            loss=sum(weights.get(name, 0.0) * value for name, value in terms.items()),
            terms=terms,
            rate=rate,
            images_per_second=round(images, 2),
            memory_mb=round(memory_mb(self.device), 1),
            seconds=round(self._seconds(), 2),
            eta_s=round(each * (self.task.steps - self.step), 1),
        )
