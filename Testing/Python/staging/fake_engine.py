"""Engines for the real worker process that do what a file tells them: the "model" is a text file with one word."""

import os
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
from SOSStagingLib.model.prediction import CAM_SIZE, Prediction
from SOSStagingLib.model.sosmodel import ModelFileError
from SOSStagingLib.staging.protocol import SchemeNames
from SOSStagingLib.staging.result import ModelInfo

CARD = {
    "name": "fake",
    "calibration": {"temperature": 1.0, "coverage": 0.9, "mass": 0.8, "presence_threshold": 0.5},
    "gradcam_full_scale": 2.0,
}
SCHEME = SchemeNames("bassed-5", ("one", "two", "three", "four", "five"))


def prediction(presence=0.9, stage=4, sos_px=(320.0, 320.0)):
    logits = np.zeros(5, np.float32)
    logits[stage - 1] = 3.0
    x, y = sos_px
    cam = np.zeros((CAM_SIZE, CAM_SIZE), np.float32)
    cam[80, 80] = 1.0
    box, sella = (x - 20, y - 20, x + 20, y + 20), {"sella": (300.0, 280.0)}
    return Prediction(logits, presence, sos_px, box, cam, sella, np.roll(cam, 40, axis=1))


class FakeEngine:
    info = ModelInfo("fake", "1", "0" * 64, "simulated")
    scheme = SCHEME
    card = CARD
    device = "cpu"

    def __init__(self, orders=None):
        self.orders = orders
        self.calls = 0

    def predict(self, slabs):
        self.calls += 1
        order = self.orders.read_text().split() if self.orders is not None else ["work"]
        getattr(self, f"_{order[0]}", lambda *_: None)(*order[1:])
        return [prediction(presence=float(np.clip(slab.array.max() / 1000, 0, 1))) for slab in slabs]

    def _die(self):
        print("about to die", file=sys.stderr, flush=True)
        os._exit(7)

    def _hang(self):
        time.sleep(600)

    def _raise(self):
        raise RuntimeError("CUDA error: out of memory")

    def _chatter(self):
        print("a library greets the user")
        os.write(1, b"and C code does so past Python\n")
        subprocess.run(["echo", "and a child process"], check=True)

    def _offspring(self, where):
        child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"], start_new_session=True)
        Path(where).write_text(str(child.pid))
        time.sleep(600)


def load(model, device):
    if model.read_text().startswith("refuse"):
        raise ModuleNotFoundError("No module named 'torch'", name="torch")
    if model.read_text().startswith("damaged"):
        raise ModelFileError("model-damaged", "orders.txt is damaged.")
    if device != "cpu" and device != "auto":
        raise AssertionError("Torch not compiled with CUDA enabled")
    if model.read_text().startswith("sleep"):
        time.sleep(600)
    return FakeEngine(model)
