"""The student at work: a model file loaded once, slabs in, plain-numpy predictions out."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from safetensors import SafetensorError
from safetensors.torch import load as load_safetensors
from scipy.ndimage import map_coordinates
from torch import Tensor, nn

from ..scan.types import SLAB_PLANES, SLAB_SIZE, Slab
from ..staging.result import ModelInfo
from .prediction import CAM_SIZE, Prediction
from .scheme import SchemeError, StageScheme, load_scheme
from .sosmodel import ModelFileError, file_sha256, read_model
from .student import COARSE_FACTOR, LANDMARKS, LOOK_SIZE, Student, normalise, peak_position

LOOKS = 3
"""The second look is repeated around its own better position until it rests, at most this often."""
SHIFT_PX = 7
"""Then it is taken again from 2.8 mm to each side, and the logits are averaged: where the window happens to lie on the
pixels decides less."""


def choose_device(wanted: str) -> torch.device:
    """``auto`` takes CUDA, then Apple's MPS, then the CPU; anything else is taken as it is."""
    if wanted != "auto":
        return torch.device(wanted)
    if torch.cuda.is_available():
        return torch.device("cuda:0")
    return torch.device("mps" if torch.backends.mps.is_available() else "cpu")


class Predictor:
    """A loaded student."""

    def __init__(self, student: Student, card: dict, info: ModelInfo, device: torch.device) -> None:
        self.student = student.eval().to(device)
        self.card = card
        self.info = info
        self.device = device
        self.scheme: StageScheme = load_scheme(card["scheme"])

    @classmethod
    def load(cls, path: Path, device: str = "auto") -> Predictor:
        """Open a .sosmodel; raises ModelFileError when it is damaged, foreign or too new."""
        card, weights = read_model(path)
        try:
            scheme = load_scheme(card["scheme"])
            tensors = {name: tensor.float() for name, tensor in load_safetensors(weights).items()}
            with torch.device("meta"):  # a card may name a network that fills the memory: shapes first, numbers after
                Student(**card["architecture"]).load_state_dict({n: t.to("meta") for n, t in tensors.items()})
            student = Student(**card["architecture"])
            student.load_state_dict(tensors)
        except SchemeError as error:
            raise ModelFileError("model-scheme", f"{path.name} uses a staging scheme not known here.") from error
        except (RuntimeError, TypeError, KeyError, ValueError, SafetensorError) as error:
            raise ModelFileError("model-damaged", f"The weights of {path.name} do not fit its card.") from error
        if student.head.classifier.out_features != len(scheme.stages):
            raise ModelFileError("model-damaged", f"{path.name} does not tell apart the stages its scheme names.")
        info = ModelInfo(card["name"], card["version"], file_sha256(path), card["trained_on"])
        if hasattr(os, "sched_getaffinity"):
            torch.set_num_threads(max(1, min(8, len(os.sched_getaffinity(0)))))
        return cls(student, card, info, choose_device(device))

    def predict(self, slabs: Sequence[Slab]) -> list[Prediction]:
        """Judge each slab (candidates of one picture, or slabs of several scans)."""
        return [self._predict(slab) for slab in slabs]

    @torch.inference_mode()
    def _predict(self, slab: Slab) -> Prediction:
        planes = _tensor(np.ascontiguousarray(slab.array, np.float32), torch.float32, slab.array.shape).to(self.device)
        valid = (
            _tensor(np.ascontiguousarray(slab.valid, np.uint8), torch.uint8, slab.valid.shape).to(self.device).bool()
        )
        coarse = self.student.coarse(_coarse_view(planes, valid))
        positions, _ = peak_position(coarse["heat"], LOOK_SIZE / coarse["heat"].shape[-1])
        slab_positions = (positions[0] + 0.5) * COARSE_FACTOR - 0.5
        center = slab_positions[0]
        for _ in range(LOOKS):
            corner = _corner(center)
            fine = self.student.fine(_fine_view(planes, valid, corner))
            local, _ = peak_position(fine["heat"], LOOK_SIZE / fine["heat"].shape[-1])
            found = local[0, 0] + torch.tensor(corner, device=self.device)
            if float((found - center).abs().max()) < 2.0:
                break
            center = found
        around = self.student.fine(torch.cat([_fine_view(planes, valid, c) for c in _corners_around(found)]))
        logits = (fine["logits"] + around["logits"].sum(0)) / (1 + len(around["logits"]))
        cam, runner_up = (
            _cam_on_slab(self.student.cam(fine, stage)[0].float().cpu().numpy(), corner)
            for stage in logits.topk(2).indices.T
        )
        ends = (local[0] + torch.tensor(corner, device=self.device)).cpu().numpy()
        seen = torch.cat([fine["presence"], around["presence"]]).mean()
        presence = torch.sigmoid(torch.minimum(coarse["presence"], seen))
        return Prediction(
            logits=logits[0].float().cpu().numpy(),
            presence=float(presence),
            sos_px=(float(found[0]), float(found[1])),
            box_px=_box(ends),
            cam=cam,
            landmarks_px={n: (float(p[0]), float(p[1])) for n, p in zip(LANDMARKS, slab_positions.cpu(), strict=True)},
            runner_up_cam=runner_up,
        )


def _tensor(array: npt.NDArray, dtype: torch.dtype, shape: tuple[int, ...]) -> Tensor:
    # Bytes, not the numpy bridge: works with a torch that was built for another numpy.
    return torch.frombuffer(bytearray(array.tobytes()), dtype=dtype).reshape(shape)


def _coarse_view(planes: Tensor, valid: Tensor) -> Tensor:
    middle = SLAB_PLANES // 2
    image = nn.functional.avg_pool2d(planes[middle][None, None], COARSE_FACTOR)
    seen = nn.functional.avg_pool2d(valid[middle][None, None].float(), COARSE_FACTOR) > 0.5
    return normalise(image, seen)


def _corner(center: Tensor) -> tuple[int, int]:
    """Top-left (column, row) slab pixel of the window around ``center``, inside the slab."""
    limit = SLAB_SIZE - LOOK_SIZE
    col, row = (round(float(v) - (LOOK_SIZE - 1) / 2) for v in center)
    return min(max(col, 0), limit), min(max(row, 0), limit)


def _corners_around(center: Tensor) -> list[tuple[int, int]]:
    shifts = ((SHIFT_PX, 0), (-SHIFT_PX, 0), (0, SHIFT_PX), (0, -SHIFT_PX))
    return [_corner(center + torch.tensor(s, device=center.device)) for s in shifts]


def _fine_view(planes: Tensor, valid: Tensor, corner: tuple[int, int]) -> Tensor:
    col, row = corner
    window = (slice(None), slice(row, row + LOOK_SIZE), slice(col, col + LOOK_SIZE))
    return normalise(planes[window][None], valid[window][None])


def _cam_on_slab(cam: npt.NDArray[np.float32], corner: tuple[int, int]) -> npt.NDArray[np.float32]:
    factor, cell = SLAB_SIZE / CAM_SIZE, LOOK_SIZE / cam.shape[0]
    centers = (np.arange(CAM_SIZE) + 0.5) * factor
    rows, cols = (centers - corner[1]) / cell - 0.5, (centers - corner[0]) / cell - 0.5
    grid = np.meshgrid(rows, cols, indexing="ij")
    return map_coordinates(cam, grid, order=1, mode="constant", cval=0.0, output=np.float32)


def _box(points: npt.NDArray[np.float32], margin_px: float = 10.0) -> tuple[float, float, float, float]:
    """Box around the plate's centre and ends with 4 mm of bone around them."""
    low, high = points.min(axis=0) - margin_px, points.max(axis=0) + margin_px
    return float(low[0]), float(low[1]), float(high[0]), float(high[1])
