"""Which device a training runs on, in which precision, and how much memory it has taken."""

from __future__ import annotations

import contextlib
from contextlib import AbstractContextManager
from dataclasses import dataclass

import torch
from SOSStagingLib.model.predictor import choose_device

from .settings import Precision, RecipeError

MEGABYTE = 1e6


def training_device(wanted: str) -> torch.device:
    """The device by name (auto, cpu, cuda:N, mps); RecipeError where this computer does not have it."""
    try:
        device = choose_device(wanted)
        torch.zeros(1, device=device)
    except (RuntimeError, AssertionError, NotImplementedError) as error:
        text = f"This computer cannot train on {wanted}."
        raise RecipeError("no_device", text, "Take --device auto or cpu.") from error
    return device


@dataclass(frozen=True)
class Numbers:
    """How numbers are kept while training: ``dtype`` inside autocast (None: float32 throughout), scaled or not."""

    device: torch.device
    dtype: torch.dtype | None

    @classmethod
    def choose(cls, wanted: Precision, device: torch.device) -> Numbers:
        """``auto`` takes what is faster without a loss: bf16 on CUDA that has it, fp16 on other CUDA, float32
        elsewhere."""
        if wanted == "auto":
            if device.type != "cuda":
                return cls(device, None)
            return cls(device, torch.bfloat16 if torch.cuda.is_bf16_supported() else torch.float16)
        return cls(device, {"float32": None, "bf16": torch.bfloat16, "fp16": torch.float16}[wanted])

    @property
    def name(self) -> str:
        """For the log."""
        return "float32" if self.dtype is None else str(self.dtype).removeprefix("torch.")

    def autocast(self) -> AbstractContextManager[object]:
        """Where losses are computed."""
        if self.dtype is None:
            return contextlib.nullcontext()
        return torch.autocast(self.device.type, self.dtype)

    def scaler(self) -> torch.amp.GradScaler:
        """Scales gradients in fp16, where small ones would vanish; does nothing otherwise."""
        return torch.amp.GradScaler(self.device.type, enabled=self.dtype is torch.float16)


def memory_mb(device: torch.device) -> float:
    """Most memory taken on the device so far, or this process's on the CPU, in MB."""
    if device.type == "cuda":
        return torch.cuda.max_memory_allocated(device) / MEGABYTE
    if device.type == "mps":
        return torch.mps.driver_allocated_memory() / MEGABYTE
    import psutil

    return float(psutil.Process().memory_info().rss) / MEGABYTE


def out_of_memory(error: BaseException) -> bool:
    """Tell whether an error says that a device's memory, or the computer's, does not suffice."""
    if isinstance(error, torch.OutOfMemoryError | MemoryError):
        return True
    text = str(error).lower()
    return isinstance(error, RuntimeError) and ("out of memory" in text or "can't allocate memory" in text)


def free_memory(device: torch.device) -> None:
    """Give cached memory back to the device."""
    if device.type == "cuda":
        torch.cuda.empty_cache()
    elif device.type == "mps":
        torch.mps.empty_cache()
