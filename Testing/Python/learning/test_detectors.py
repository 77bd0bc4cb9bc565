"""Detectors: how they are scored, that the localiser learns, and that YOLO learns in a process without network."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from learning.made_batches import made_batch  # noqa: E402
from SOSStagingTrainingLib.learning import methods  # noqa: E402
from SOSStagingTrainingLib.learning.batch import Batch  # noqa: E402
from SOSStagingTrainingLib.learning.detectors import yolo  # noqa: E402
from SOSStagingTrainingLib.learning.detectors.scores import overlap, scores  # noqa: E402
from SOSStagingTrainingLib.learning.detectors.yolo import CHILD, Picture, Yolo, YoloError, YoloSettings  # noqa: E402
from SOSStagingTrainingLib.learning.fit import Stopped  # noqa: E402
from SOSStagingTrainingLib.learning.settings import NetworkSettings  # noqa: E402

Detection = methods.Detection
BOX = (10.0, 20.0, 30.0, 40.0)


def test_overlap_by_hand() -> None:
    assert overlap(BOX, BOX) == 1
    assert overlap(BOX, (20.0, 20.0, 40.0, 40.0)) == pytest.approx(200 / 600)
    assert overlap(BOX, (30.0, 40.0, 50.0, 60.0)) == 0
    assert overlap((5.0, 5.0, 5.0, 9.0), (5.0, 5.0, 5.0, 9.0)) == 0


def test_scores_of_a_perfect_and_of_a_blind_detector() -> None:
    boxes = {f"case-{n}": BOX for n in range(7)}
    perfect = scores({case: Detection(BOX, 0.1 * n) for n, case in enumerate(boxes)}, boxes)
    assert (perfect.map50, perfect.map50_95, perfect.mean_iou, perfect.found, perfect.n) == (1, 1, 1, 1, 7)
    blind = scores({}, boxes)
    assert (blind.map50, blind.map50_95, blind.mean_iou, blind.found) == (0, 0, 0, 0)
    with pytest.raises(ValueError, match="no case has a box"):
        scores({}, {})


def test_average_precision_by_hand() -> None:
    boxes = dict.fromkeys("abcd", BOX)
    away = (100.0, 100.0, 120.0, 120.0)
    # By confidence: right, wrong, right; d is not found. Precision 1 to recall 1/4, then 2/3 to recall 1/2, then 0.
    found = {"a": Detection(BOX, 0.9), "b": Detection(away, 0.8), "c": Detection(BOX, 0.7)}
    scored = scores(found, boxes)
    assert scored.map50 == pytest.approx((26 * 1 + 25 * 2 / 3) / 101)
    assert scored.map50_95 == pytest.approx(scored.map50)
    assert (scored.mean_iou, scored.found) == (0.5, 0.75)
    # Surer of the right ones, the same boxes are worth more.
    surer = {**found, "b": Detection(away, 0.1)}
    assert scores(surer, boxes).map50 == pytest.approx(51 / 101)
    # An overlap of 0.6 counts at the thresholds 0.5, 0.55 and 0.6.
    near = {name: Detection((10.0, 20.0, 30.0, 32.0), 0.5) for name in "abcd"}
    assert (scores(near, boxes).map50, scores(near, boxes).map50_95) == (1, pytest.approx(0.3))


def found_by(method: methods.Method, network: torch.nn.Module, batch: Batch) -> dict[str, methods.Detection]:
    with torch.inference_mode():
        said = method.predict(network.eval(), batch, methods.Context())
    rows = zip(batch.case, said.box.tolist(), said.confidence.tolist(), strict=True)
    return {case: Detection(tuple(box), sure) for case, box, sure in rows}


def test_the_localiser_learns_where_the_box_is() -> None:
    torch.manual_seed(0)
    localiser, size = methods.method("localiser"), 100  # not a multiple of the strides
    network = localiser.network(NetworkSettings(backbone="test_convnext"), 3, 5).train()
    optimiser = torch.optim.AdamW(network.parameters(), lr=3e-3)
    for step in range(40):
        terms = localiser.losses(network, made_batch(8, size, 3, 0, step), methods.Context(), torch.Generator())
        assert set(terms) == set(localiser.weights)
        optimiser.zero_grad(set_to_none=True)
        torch.stack(list(terms.values())).sum().backward()
        optimiser.step()
    batch = made_batch(8, size, 3, 0, 99)
    boxes = {case: tuple(box) for case, box in zip(batch.case, batch.box.tolist(), strict=True)}
    scored = scores(found_by(localiser, network, batch), boxes)
    assert scored.mean_iou > 0.5
    assert scored.map50 > 0.5


def pictures(count: int, seed: int = 0) -> list[Picture]:
    rng = np.random.default_rng(seed)
    made = []
    for n in range(count):
        greys = rng.integers(0, 60, (64, 64)).astype(np.uint8)
        x, y = (int(v) for v in rng.integers(8, 32, 2))
        greys[y : y + 20, x : x + 24] += 150
        made.append(Picture(f"case-{n}", greys, (x - 0.5, y - 0.5, x + 23.5, y + 19.5)))
    return made


SPY = """
import os, sys
WATCHED = ("socket.getaddrinfo", "socket.gethostby", "socket.connect", "socket.sendto", "urllib", "http.client")
def watch(event, arguments):
    if event.startswith(WATCHED) and not (event == "socket.connect" and isinstance(arguments[1], (str, bytes))):
        with open(os.environ["SPY_FILE"], "a") as out: out.write(f"{event} {arguments[0:2]!r}\\n")
    if event == "subprocess.Popen" and any(w in str(arguments[:2]) for w in ("pip", "curl", "wget")):
        with open(os.environ["SPY_FILE"], "a") as out: out.write(f"{event} {arguments[:2]!r}\\n")
sys.addaudithook(watch)
"""


@pytest.fixture
def spied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A file with every look-up, connection and installer that child processes started, refused or not."""
    (tmp_path / "spy").mkdir()
    (tmp_path / "spy" / "sitecustomize.py").write_text(SPY)
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(tmp_path / "spy"), os.environ.get("PYTHONPATH", "")]))
    monkeypatch.setenv("SPY_FILE", str(tmp_path / "looked-up.txt"))
    return tmp_path / "looked-up.txt"


def test_the_spy_sees_look_ups_and_the_child_refuses_them(spied: Path) -> None:
    code = (
        "import socket, sys; sys.path.insert(0, sys.argv[1]); import yolo_child as c; c.shut_network()\n"
        "for ask in (lambda: socket.getaddrinfo('example.invalid', 80), lambda: socket.gethostbyname('dns.google'),\n"
        "            lambda: socket.create_connection(('192.0.2.1', 80), 1),\n"
        "            lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b'', ('192.0.2.1', 53))):\n"
        "    try: ask()\n"
        "    except c.NoNetwork: print('refused')\n"
        "socket.getaddrinfo('localhost', 80)"
    )
    folder = str(Path(yolo.__file__).parent)
    done = subprocess.run([sys.executable, "-c", code, folder], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["refused"] * 4
    assert "example.invalid" in spied.read_text()


@pytest.mark.skipif(not yolo.available(), reason="ultralytics is not installed")
def test_yolo_learns_and_finds_without_any_look_up(tmp_path: Path, spied: Path) -> None:
    detector = Yolo(tmp_path / "yolo", YoloSettings(epochs=1, px=64, batch=4, device="cpu"))
    said: list[str] = []
    detector.train(pictures(4), said.append)
    found = detector.detect(pictures(3, seed=1))
    assert not spied.exists(), spied.read_text()
    assert set(found) <= {"case-0", "case-1", "case-2"}
    assert all(0 <= d.confidence <= 1 and d.box[0] < d.box[2] for d in found.values())
    settings = json.loads((tmp_path / "yolo" / "config" / "Ultralytics" / "settings.json").read_text())
    assert not settings["sync"]
    assert not any(settings[name] for name in ("wandb", "mlflow", "comet", "clearml"))
    left = {path.name for path in (tmp_path / "yolo").iterdir()}
    assert left == {"config", "job.json", "yolo.json", "yolo.log", "yolo.pt"}
    assert said and detector.parameters > 1_000_000
    written = (tmp_path / "yolo" / "yolo.pt").stat().st_mtime_ns
    detector.train(pictures(4))  # done before: nothing is done again
    assert (tmp_path / "yolo" / "yolo.pt").stat().st_mtime_ns == written


@pytest.mark.skipif(not yolo.available(), reason="ultralytics is not installed")
def test_yolo_learns_outlines_as_well(tmp_path: Path, spied: Path) -> None:
    Yolo(tmp_path / "yolo", YoloSettings("yolo11n-seg.yaml", epochs=1, px=64, batch=4, device="cpu")).train(pictures(4))
    assert (tmp_path / "yolo" / "yolo.pt").is_file()
    assert not spied.exists(), spied.read_text()


def test_labels_are_the_boxes_corners_as_shares_of_the_picture(tmp_path: Path) -> None:
    yolo._write_data(tmp_path / "data", [Picture("a", np.zeros((64, 128), np.uint8), (31.5, 15.5, 63.5, 47.5))])
    shares = (tmp_path / "data" / "labels" / "0.txt").read_text().split()
    assert shares[0] == "0"
    assert [float(v) for v in shares[1:]] == [0.25, 0.25, 0.5, 0.25, 0.5, 0.75, 0.25, 0.75]


def test_what_yolo_cannot_do_is_said(tmp_path: Path) -> None:
    bare = [Picture("a", np.zeros((64, 64), np.uint8))]
    with pytest.raises(YoloError, match="no case with a box"):
        Yolo(tmp_path).train(bare)
    with pytest.raises(YoloError, match=r"no file of YOLO weights .*missing\.pt; none are fetched"):
        Yolo(tmp_path, YoloSettings(weights="missing.pt")).train(pictures(1))
    with pytest.raises(YoloError, match="no trained YOLO"):
        Yolo(tmp_path).detect(bare)


@pytest.mark.skipif(not yolo.available(), reason="ultralytics is not installed")
def test_the_childs_last_words_are_passed_on(tmp_path: Path) -> None:
    with pytest.raises(YoloError, match=r"(?s)could not train .*no-such-yolo\.yaml"):
        Yolo(tmp_path, YoloSettings("no-such-yolo.yaml", epochs=1, px=64, device="cpu")).train(pictures(2))


LONG = """
import sys
from pathlib import Path
from learning.test_detectors import pictures
from SOSStagingTrainingLib.learning.detectors.yolo import Yolo, YoloSettings
Yolo(Path(sys.argv[1]), YoloSettings(epochs=10000, px=64, batch=4, device="cpu")).train(pictures(4))
"""


def children_of(process: int) -> list[Any]:
    import psutil

    found = []
    for child in psutil.Process(process).children(recursive=True):
        with contextlib.suppress(psutil.Error):  # one that ended meanwhile
            if CHILD in " ".join(child.cmdline()):
                found.append(child)
    return found


@pytest.mark.skipif(not yolo.available(), reason="ultralytics is not installed")
def test_yolo_ends_when_its_run_is_stopped_or_killed(tmp_path: Path) -> None:
    import psutil

    seen: list[Any] = []

    def stop_it() -> None:
        seen.extend(children_of(os.getpid()))
        if seen:
            raise Stopped

    (tmp_path / "stopped").mkdir()
    with pytest.raises(Stopped):
        Yolo(tmp_path / "stopped", YoloSettings(epochs=10000, px=64, device="cpu"), stop_it).train(pictures(4))
    assert not seen[0].is_running()
    (tmp_path / "killed").mkdir()
    places = os.pathsep.join([str(Path(__file__).parents[1]), *sys.path])
    run = subprocess.Popen(
        [sys.executable, "-c", LONG, str(tmp_path / "killed")], env={**os.environ, "PYTHONPATH": places}
    )
    while not (left := children_of(run.pid)) and run.poll() is None:
        time.sleep(0.05)
    assert left
    run.kill()
    run.wait()
    assert psutil.wait_procs(left, timeout=60)[1] == []
