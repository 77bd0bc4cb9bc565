"""Ultralytics YOLO11 as a detector, asked for by name: AGPL-3.0, so it runs in a process of its own.

Nothing of ultralytics is imported here. The child is given files and leaves files; it has its own settings folder with
synchronisation and analytics off, and no way onto the network: fonts and weights are never fetched. The network is
built from ultralytics' YAML with random weights, or begins with a file that the user names.
"""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image
from SOSStagingLib.report.files import write_text
from SOSStagingLib.scan.types import PlainError

from ..methods import Detection, Fold, register
from ..slabs import Slabs
from .scores import Box

CHILD = "SOSStagingTrainingLib.learning.detectors.yolo_child"
WEIGHTS, ABOUT, FOUND, LOG = "yolo.pt", "yolo.json", "found.json", "yolo.log"
NETWORK = "network.json"
POLL_SECONDS = 0.2
LOG_LINES_SHOWN = 12
USUAL = "yolo11n"
DARK, BRIGHT = -0.5, 2.0
"""Greys of a slab that become black and white."""
LIBRARY_PARENT = Path(__file__).resolve().parents[3]
QUIET = {
    "YOLO_OFFLINE": "True",
    "YOLO_AUTOINSTALL": "False",
    "WANDB_MODE": "disabled",
    "HF_HUB_OFFLINE": "1",
    "MPLBACKEND": "Agg",
}


class YoloError(PlainError):
    """YOLO cannot be trained or asked."""


@dataclass(frozen=True)
class Picture:
    """A midsagittal slice [rows, columns] of 8-bit greys, and the expert's box in its pixels where there is one (edges;
    pixel centres have whole numbers)."""

    case: str
    greys: npt.NDArray[np.uint8]
    box: Box | None = None


@dataclass(frozen=True)
class YoloSettings:
    """How to train: ``model`` is one of ultralytics' YAMLs, yolo11n.yaml, or yolo11n-seg.yaml to learn outlines as
    well; ``weights`` a local file of its kind (.pt) to begin with, empty for random weights. Pictures are scaled to
    ``px``."""

    model: str = "yolo11n.yaml"
    weights: str = ""
    epochs: int = 60
    px: int = 320
    batch: int = 16
    seed: int = 1
    device: str = "auto"


def available() -> bool:
    """Tell whether ultralytics is installed, without importing it."""
    return importlib.util.find_spec("ultralytics") is not None


def refuse_unready() -> None:
    """Raise YoloError where ultralytics is not installed."""
    if not available():
        text = "The detector yolo needs the package ultralytics (AGPL-3.0), which is not installed."
        raise YoloError("no_ultralytics", text, "pip install ultralytics, or take the detector localiser.")


class Yolo:
    """One YOLO11 and the folder where all it learnt lies. Training that was cut short begins anew.

    ``between`` is called every so often while the child works, and may raise to end it.
    """

    def __init__(
        self, folder: Path, settings: YoloSettings | None = None, between: Callable[[], None] = lambda: None
    ) -> None:
        self.folder = folder.resolve()
        self.settings = settings or YoloSettings()
        self.between = between

    @property
    def parameters(self) -> int:
        """How many weights it has; YoloError where it has not been trained."""
        return int(self._about()["parameters"])

    def _about(self) -> dict[str, Any]:
        if not (self.folder / ABOUT).is_file():
            raise YoloError("not_trained", f"There is no trained YOLO in {self.folder.name}.", "Train it first.")
        return dict(json.loads((self.folder / ABOUT).read_text(encoding="utf-8")))

    def train(self, pictures: Sequence[Picture], note: Callable[[str], None] = lambda text: None) -> None:
        """Learn from the pictures that have a box; at once if that is done.

        Raises:
            YoloError: ultralytics is not installed, there is nothing to learn from, or learning failed.
        """
        if (self.folder / ABOUT).is_file():
            return
        boxed = [picture for picture in pictures if picture.box is not None]
        if not boxed:
            raise YoloError("no_boxes", "There is no case with a box to train YOLO on.", "Draw some first.")
        if self.settings.weights and not Path(self.settings.weights).is_file():
            text = f"There is no file of YOLO weights {self.settings.weights}; none are fetched."
            raise YoloError("no_weights", text, "Name a file that is there, or leave it out.")
        data = self.folder / "data"
        shutil.rmtree(data, ignore_errors=True)
        _write_data(data, boxed)
        note(f"yolo: {self.settings.epochs} epochs of {len(boxed)} pictures")
        self._run("train", {**asdict(self.settings), "data": str(data / "data.yaml")}, self.folder)
        shutil.rmtree(data)
        network = json.loads((self.folder / NETWORK).read_text(encoding="utf-8"))
        (self.folder / NETWORK).unlink()
        about = {**asdict(self.settings), "pictures": len(boxed), **network}
        write_text(self.folder / ABOUT, json.dumps(about, indent=1))

    def detect(self, pictures: Sequence[Picture]) -> dict[str, Detection]:
        """The surest box on each picture, by case; those where there is none are left out.

        Raises:
            YoloError: it has not been trained, or the child failed.
        """
        about = self._about()
        with tempfile.TemporaryDirectory(prefix="sosstaging-yolo-", ignore_cleanup_errors=True) as name:
            work = Path(name).resolve()
            files = _write_images(work / "images", pictures)
            job = {"weights": str(self.folder / WEIGHTS), "px": about["px"], "device": self.settings.device}
            self._run("detect", {**job, "pictures": [str(file) for file in files]}, work)
            found = json.loads((work / FOUND).read_text(encoding="utf-8"))
        return {p.case: _detection(row) for p, row in zip(pictures, found, strict=True) if row is not None}

    def _run(self, action: str, job: Mapping[str, Any], work: Path) -> None:
        """Let the child do one job and wait for it; it ends itself when this process is no more."""
        refuse_unready()
        write_text(work / "job.json", json.dumps({**job, "action": action, "out": str(work)}, indent=1))
        log = self.folder / LOG
        with log.open("ab") as out:
            child = subprocess.Popen(
                [sys.executable, "-m", CHILD, str(work / "job.json")],
                stdin=subprocess.PIPE,
                stdout=out,
                stderr=subprocess.STDOUT,
                cwd=work,
                env=self._environment(),
                creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
            )
            status = self._waited_for(child)
        if status != 0:
            last = "\n".join(log.read_text(encoding="utf-8", errors="replace").splitlines()[-LOG_LINES_SHOWN:])
            text = f"YOLO could not {action} (exit code {status}). It said last:"
            raise YoloError("yolo_failed", f"{text}\n{last}\n", f"All it said is in {log}.")

    def _waited_for(self, child: subprocess.Popen[bytes]) -> int:
        try:
            while True:
                try:
                    return child.wait(POLL_SECONDS)
                except subprocess.TimeoutExpired:
                    self.between()
        finally:
            child.kill()
            child.wait()
            if child.stdin is not None:
                child.stdin.close()

    def _environment(self) -> dict[str, str]:
        path = [str(LIBRARY_PARENT), os.environ.get("PYTHONPATH", "")]
        settings = {"YOLO_CONFIG_DIR": str(self.folder / "config"), "PYTHONPATH": os.pathsep.join(p for p in path if p)}
        return {**os.environ, **QUIET, **settings, "PYTHONIOENCODING": "utf-8"}


def _write_images(folder: Path, pictures: Sequence[Picture]) -> list[Path]:
    folder.mkdir(parents=True)
    files = [folder / f"{n}.png" for n in range(len(pictures))]
    for file, picture in zip(files, pictures, strict=True):
        Image.fromarray(picture.greys).save(file)
    return files


def _write_data(folder: Path, pictures: Sequence[Picture]) -> None:
    """Pictures and labels as ultralytics reads them: each label is the box's four corners, which it takes for a box or
    for an outline as the network needs."""
    (folder / "labels").mkdir(parents=True)
    for file, picture in zip(_write_images(folder / "images", pictures), pictures, strict=True):
        if picture.box is None:
            raise ValueError(f"{picture.case} has no box")
        rows, columns = picture.greys.shape
        x0, x1 = (_share(picture.box[n], columns) for n in (0, 2))
        y0, y1 = (_share(picture.box[n], rows) for n in (1, 3))
        corners = f"0 {x0} {y0} {x1} {y0} {x1} {y1} {x0} {y1}\n"
        (folder / "labels" / file.with_suffix(".txt").name).write_text(corners, encoding="utf-8")
    text = f"path: {json.dumps(str(folder))}\ntrain: images\nval: images\nnames:\n  0: SOS\n"
    (folder / "data.yaml").write_text(text, encoding="utf-8")


def _share(edge: float, size: int) -> str:
    return f"{min(max((edge + 0.5) / size, 0.0), 1.0):.8f}"


def _detection(row: Mapping[str, Any]) -> Detection:
    x0, y0, x1, y1 = (value - 0.5 for value in row["box"])
    return Detection((x0, y0, x1, y1), row["confidence"])


class YoloMethod:
    """YOLO as a detector of the study's slabs. ``network.backbone`` names the YAML (yolo11n, yolo11n-seg; any other
    network's name is not for it) and ``network.start`` may be a .pt file; epochs, batch and size are the recipe's."""

    name = "yolo"
    needs: tuple[str, ...] = ()

    def refuse_unready(self) -> None:
        """See ``SelfTrained.refuse_unready``."""
        refuse_unready()

    def fit(self, fold: Fold) -> int:
        """See ``SelfTrained.fit``; learns from the fold's training cases."""
        detector = _yolo_of(fold)
        detector.train([picture_of(fold.slabs, case) for case in fold.training], fold.note)
        return detector.parameters

    def find(self, fold: Fold, cases: Sequence[str]) -> dict[str, Detection]:
        """See ``SelfTrained.find``."""
        return _yolo_of(fold).detect([picture_of(fold.slabs, case) for case in cases])


def picture_of(slabs: Slabs, case: str) -> Picture:
    """A case's midsagittal slice, dark outside its field of view, with the raters' box."""
    slab = slabs[case]
    greys = np.where(slab.valid, slab.middle.astype(np.float32), DARK)
    scaled = np.clip((greys - DARK) * (255 / (BRIGHT - DARK)), 0, 255).astype(np.uint8)
    if slab.box is None:
        return Picture(case, scaled)
    x0, y0, x1, y1 = (float(edge) for edge in slab.box)
    return Picture(case, scaled, (x0, y0, x1, y1))


def _yolo_of(fold: Fold) -> Yolo:
    network, train = fold.settings.network, fold.settings.train
    settings = YoloSettings(
        model=f"{network.backbone if network.backbone.startswith('yolo') else USUAL}.yaml",
        weights=network.start if network.start.endswith(".pt") else "",
        epochs=train.epochs,
        px=fold.settings.view.size,
        batch=train.batch,
        seed=fold.seed,
        device=fold.device,
    )
    return Yolo(fold.folder, settings, fold.between)


register(YoloMethod())
