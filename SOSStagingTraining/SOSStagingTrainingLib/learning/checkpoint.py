"""A training's state on disk: everything that the next step depends on."""

from __future__ import annotations

import io
import pickle
import zipfile
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load as load_tensors
from safetensors.torch import save as save_tensors
from SOSStagingLib.scan.types import PlainError
from torch import Tensor, nn

from .keeping import keep

CHECKPOINT_FILE = "checkpoint.pt"
WEIGHTS_FILE = "weights.safetensors"

State = dict[str, Any]


class CheckpointError(PlainError):
    """A checkpoint or weights that cannot be used."""


def save_checkpoint(folder: Path, state: State) -> None:
    """Keep the state in one step; DiskFullError leaves the one before as it is."""
    buffer = io.BytesIO()
    torch.save(state, buffer)
    keep(folder / CHECKPOINT_FILE, buffer.getvalue())


def load_checkpoint(folder: Path, device: torch.device) -> State | None:
    """The last state kept, its tensors on ``device``; None where there is none. CheckpointError: it is damaged."""
    path = folder / CHECKPOINT_FILE
    if not path.exists():
        return None
    try:
        found = torch.load(path, map_location=device, weights_only=True)
        return {**found, "step": int(found["step"])}
    except (OSError, RuntimeError, EOFError, KeyError, pickle.UnpicklingError, zipfile.BadZipFile) as error:
        text = f"The checkpoint {path} is damaged."
        raise CheckpointError("checkpoint_damaged", text, "Delete it to begin this training anew.") from error


def plain_tensors(network: nn.Module) -> dict[str, Tensor]:
    """A network's state on the CPU, one copy of each tensor."""
    return {name: value.detach().cpu().clone().contiguous() for name, value in network.state_dict().items()}


def save_weights(folder: Path, network: nn.Module) -> None:
    """Keep what the training ended with."""
    keep(folder / WEIGHTS_FILE, save_tensors(plain_tensors(network)))


def load_weights(folder: Path, network: nn.Module) -> None:
    """Read what ``save_weights`` kept; CheckpointError where it is missing, damaged or of another network."""
    path = folder / WEIGHTS_FILE
    try:
        network.load_state_dict(load_tensors(path.read_bytes()))
    except (OSError, SafetensorError, RuntimeError) as error:
        text = f"The weights {path} are missing, damaged or of another network."
        raise CheckpointError("weights_damaged", text, "Delete the job's folder to train it anew.") from error
