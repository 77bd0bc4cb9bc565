"""The child process of ``yolo``: the one place that imports ultralytics. ``python -m ... JOB.json``; answers by files.

The network is shut before the import: whatever looks up a host or opens a connection gets an OSError, as on a machine
without network.
"""

from __future__ import annotations

import ipaddress
import json
import os
import shutil
import sys
import threading
from pathlib import Path
from typing import Any

LOOK_UPS = {"socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr", "socket.getnameinfo"}
CONNECTIONS = {"socket.connect", "socket.sendto", "socket.sendmsg"}
SERVICES = ("sync", "clearml", "comet", "dvc", "mlflow", "raytune", "tensorboard", "wandb", "vscode_msg")
LOWEST_CONFIDENCE = 0.001


class NoNetwork(OSError):
    """Something tried to reach the network."""


def shut_network() -> None:
    """Refuse every look-up and every connection that leaves this computer, for the rest of this process."""
    sys.addaudithook(_refuse)


def main(arguments: list[str]) -> int:
    """Do the job in the file named; the exit code is 0 where its answer has been written."""
    job = json.loads(Path(arguments[0]).read_text(encoding="utf-8"))
    threading.Thread(target=_end_with_parent, daemon=True).start()
    shut_network()
    _provide_font(Path(os.environ["YOLO_CONFIG_DIR"]) / "Ultralytics")
    import ultralytics

    known = set(ultralytics.settings)
    ultralytics.settings.update({name: False for name in SERVICES if name in known})
    {"train": _train, "detect": _detect}[job["action"]](job)
    return 0


def _end_with_parent() -> None:
    """The other end of stdin closes when the parent ends, however it does."""
    # Not through sys.stdin, whose lock a waiting thread would hold when the interpreter ends.
    while os.read(0, 4096):
        pass
    os._exit(1)


def _refuse(event: str, arguments: tuple[Any, ...]) -> None:
    if event in LOOK_UPS:
        host = arguments[0]
        if host in (None, "", b"", "localhost", b"localhost") or _is_here(host):
            return
        raise NoNetwork(f"YOLO's process may not look up {host!r}")
    if event in CONNECTIONS:
        address = arguments[1]
        # A path is a Unix socket between processes; None goes to where the socket is connected already.
        if isinstance(address, tuple) and address and not _is_here(address[0]):
            raise NoNetwork(f"YOLO's process may not connect to {address[0]!r}")


def _is_here(host: Any) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _provide_font(folder: Path) -> None:
    """Ultralytics fetches Arial where it finds none; any font by that name stops it."""
    import matplotlib

    folder.mkdir(parents=True, exist_ok=True)
    for name in ("Arial.ttf", "Arial.Unicode.ttf"):
        if not (folder / name).is_file():
            shutil.copyfile(Path(matplotlib.get_data_path()) / "fonts" / "ttf" / "DejaVuSans.ttf", folder / name)


def _device(wanted: str) -> str:
    """Our names of devices as ultralytics writes them."""
    import torch

    if wanted == "auto":
        return "0" if torch.cuda.is_available() else "mps" if torch.backends.mps.is_available() else "cpu"
    return wanted.removeprefix("cuda:") if wanted.startswith("cuda:") else wanted.replace("cuda", "0")


def _train(job: dict[str, Any]) -> None:
    from ultralytics import YOLO

    out = Path(job["out"])
    network: Any = YOLO(job["model"])
    if job["weights"]:
        network = network.load(job["weights"])
    network.train(
        data=job["data"],
        epochs=job["epochs"],
        imgsz=job["px"],
        batch=job["batch"],
        seed=job["seed"],
        device=_device(job["device"]),
        workers=0,
        deterministic=True,
        pretrained=False,
        amp=False,  # ultralytics tries mixed precision on weights it fetches
        fliplr=0.0,  # faces look to the right on every picture
        plots=False,
        val=False,
        project=str(out),
        name="run",
        exist_ok=True,
    )
    # The last weights, not the best on the pictures they were learnt from.
    (out / "run" / "weights" / "last.pt").replace(out / "yolo.pt")
    count = sum(weights.numel() for weights in network.model.parameters())
    (out / "network.json").write_text(json.dumps({"parameters": count}), encoding="utf-8")
    shutil.rmtree(out / "run")


def _detect(job: dict[str, Any]) -> None:
    from ultralytics import YOLO

    network: Any = YOLO(job["weights"])
    options = {"imgsz": job["px"], "device": _device(job["device"]), "conf": LOWEST_CONFIDENCE, "max_det": 1}
    found = [_found(network.predict(path, verbose=False, save=False, **options)[0]) for path in job["pictures"]]
    part = Path(job["out"]) / "found.part"
    part.write_text(json.dumps(found), encoding="utf-8")
    part.replace(part.with_name("found.json"))


def _found(result: Any) -> dict[str, Any] | None:
    """The surest box of one picture, edges counting from its corner."""
    if not len(result.boxes):
        return None
    best = int(result.boxes.conf.argmax())
    return {"box": result.boxes.xyxy[best].tolist(), "confidence": float(result.boxes.conf[best])}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
