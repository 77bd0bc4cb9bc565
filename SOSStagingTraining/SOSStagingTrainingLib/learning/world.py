"""The processes that one training is spread over (torchrun, DistributedDataParallel); one process is the usual case."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch
from torch import distributed


def rank() -> int:
    """This process's number, from 0."""
    return distributed.get_rank() if distributed.is_initialized() else 0


def size() -> int:
    """How many processes there are."""
    return distributed.get_world_size() if distributed.is_initialized() else 1


def any_of(flag: bool) -> bool:
    """Whether the flag is set in any process: all must turn the same way."""
    if size() == 1:
        return flag
    value = torch.tensor(float(flag), device=_device())
    distributed.all_reduce(value, op=distributed.ReduceOp.MAX)
    return bool(value.item())


def from_first(value: Any) -> Any:
    """What the first process has, in all of them."""
    if size() == 1:
        return value
    box = [value]
    distributed.broadcast_object_list(box, src=0, device=_device())
    return box[0]


def _device() -> torch.device:
    if distributed.get_backend() == "nccl":
        return torch.device("cuda", torch.cuda.current_device())
    return torch.device("cpu")


@contextmanager
def joined(device: torch.device) -> Iterator[torch.device]:
    """Join the processes torchrun started, if it did; gives the device that is this process's."""
    if "TORCHELASTIC_RUN_ID" not in os.environ:
        yield device
        return
    if device.type == "cuda":
        device = torch.device("cuda", int(os.environ["LOCAL_RANK"]) % torch.cuda.device_count())
        torch.cuda.set_device(device)
    distributed.init_process_group("nccl" if device.type == "cuda" else "gloo")
    try:
        yield device
    finally:
        distributed.destroy_process_group()
