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
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from PIL import Image
from SOSStagingLib.report.files import write_text

from .types import Detection, Detections, DetectorError, Note, Picture, with_boxes

CHILD = "SOSStagingTrainingLib.learning.detectors.yolo_child"
TRAINED, TRAINED_ABOUT = "yolo.pt", "yolo.json"
FOUND = "found.json"
LOG = "yolo.log"
LOG_LINES_SHOWN = 12
SOURCES = Path(__file__).resolve().parents[3]
QUIET = {
    "YOLO_OFFLINE": "True",
    "YOLO_AUTOINSTALL": "False",
    "YOLO_VERBOSE": "True",
    "WANDB_MODE": "disabled",
    "HF_HUB_OFFLINE": "1",
    "MPLBACKEND": "Agg",
}


@dataclass(frozen=True)
class YoloSettings:
    """How to train: ``model`` is one of ultralytics' YAMLs, such as yolo11n.yaml, or yolo11n-seg.yaml to have outlines;
    ``weights`` a local file of its kind (.pt) to begin with, empty for random weights. Pictures are scaled to
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


class YoloDetector:
    """YOLO11 as a ``Detector``. Training that was cut short begins anew."""

    name = "yolo"

    def __init__(self, folder: Path, settings: YoloSettings | None = None) -> None:
        self.folder = folder.resolve()
        self.settings = settings or YoloSettings()

    def train(self, pictures: Sequence[Picture], note: Note = lambda text: None) -> None:
        """See ``Detector.train``; DetectorError also where ultralytics is not installed."""
        if (self.folder / TRAINED_ABOUT).is_file():
            return
        boxed = with_boxes(pictures, self.name)
        if self.settings.weights and not Path(self.settings.weights).is_file():
            text = f"There is no file of YOLO weights {self.settings.weights}; none are fetched."
            raise DetectorError("no_weights", text, "Name a file that is there, or leave it out.")
        shutil.rmtree(self.folder / "data", ignore_errors=True)
        _write_data(self.folder / "data", boxed)
        job = {**asdict(self.settings), "data": str(self.folder / "data" / "data.yaml")}
        note(f"yolo: {self.settings.epochs} epochs of {len(boxed)} pictures")
        self._run("train", job, self.folder)
        shutil.rmtree(self.folder / "data", ignore_errors=True)
        write_text(self.folder / TRAINED_ABOUT, json.dumps({**asdict(self.settings), "pictures": len(boxed)}, indent=1))
        note("yolo: trained")

    def detect(self, pictures: Sequence[Picture]) -> list[Detections]:
        """See ``Detector.detect``."""
        if not (self.folder / TRAINED_ABOUT).is_file():
            raise DetectorError("not_trained", f"There is no trained YOLO in {self.folder.name}.")
        about = json.loads((self.folder / TRAINED_ABOUT).read_text(encoding="utf-8"))
        with tempfile.TemporaryDirectory(prefix="sosstaging-yolo-", ignore_cleanup_errors=True) as name:
            work = Path(name)
            _write_images(work / "images", pictures)
            job = {
                **{"weights": str(self.folder / TRAINED), "px": about["px"], "device": self.settings.device},
                **{"pictures": [str(work / "images" / f"{n}.png") for n in range(len(pictures))]},
            }
            self._run("detect", job, work)
            found = json.loads((work / FOUND).read_text(encoding="utf-8"))
        return [tuple(_detection(row) for row in rows) for rows in found]

    def _run(self, action: str, job: Mapping[str, Any], work: Path) -> None:
        """Let the child do one job and wait for it."""
        if not available():
            text = "The detector yolo needs the package ultralytics (AGPL-3.0), which is not installed."
            raise DetectorError("no_ultralytics", text, "pip install ultralytics, or take the detector localiser.")
        work.mkdir(parents=True, exist_ok=True)
        self.folder.mkdir(parents=True, exist_ok=True)
        write_text(work / "job.json", json.dumps({**job, "action": action, "out": str(work)}, indent=1))
        log = self.folder / LOG
        with log.open("ab") as out:
            done = subprocess.run(
                [sys.executable, "-m", CHILD, str(work / "job.json")],
                **{"stdout": out, "stderr": subprocess.STDOUT, "stdin": subprocess.DEVNULL},
                **{"cwd": work, "env": self._environment(), "check": False},
                creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
            )
        if done.returncode != 0:
            last = "\n".join(log.read_text(encoding="utf-8", errors="replace").splitlines()[-LOG_LINES_SHOWN:])
            text = f"YOLO could not {action} (exit code {done.returncode}). It said last:\n{last}"
            raise DetectorError("yolo_failed", text, f"All it said is in {log}.")

    def _environment(self) -> dict[str, str]:
        path = [str(SOURCES / "SOSStaging"), str(SOURCES / "SOSStagingTraining"), os.environ.get("PYTHONPATH", "")]
        settings = {"YOLO_CONFIG_DIR": str(self.folder / "config"), "PYTHONPATH": os.pathsep.join(p for p in path if p)}
        return {**os.environ, **QUIET, **settings, "PYTHONIOENCODING": "utf-8"}


def _write_images(folder: Path, pictures: Sequence[Picture]) -> None:
    folder.mkdir(parents=True)
    for n, picture in enumerate(pictures):
        Image.fromarray(picture.greys).save(folder / f"{n}.png")


def _write_data(folder: Path, pictures: Sequence[Picture]) -> None:
    """Pictures and labels as ultralytics reads them. Each label is the box's four corners, which it takes for a box or
    an outline as the network needs."""
    _write_images(folder / "images", pictures)
    (folder / "labels").mkdir()
    for n, picture in enumerate(pictures):
        if picture.box is None:
            raise ValueError(f"{picture.name} has no box")
        rows, columns = picture.greys.shape
        left, top, right, bottom = picture.box
        corners = [(left, top), (right, top), (right, bottom), (left, bottom)]
        inside = [f"{min(max(v / size, 0), 1):.8f}" for corner in corners for v, size in zip(corner, (columns, rows), strict=True)]
        (folder / "labels" / f"{n}.txt").write_text(f"0 {' '.join(inside)}\n", encoding="utf-8")
    text = f"path: {json.dumps(str(folder))}\ntrain: images\nval: images\nnames:\n  0: SOS\n"
    (folder / "data.yaml").write_text(text, encoding="utf-8")


def _detection(row: Mapping[str, Any]) -> Detection:
    left, top, right, bottom = row["box"]
    return Detection((left, top, right, bottom), row["confidence"], tuple((x, y) for x, y in row["outline"]))
