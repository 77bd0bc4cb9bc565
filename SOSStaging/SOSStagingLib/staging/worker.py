"""The child process that runs the network: ``python -m SOSStagingLib.staging.worker --model FILE --device D``.

Speaks the JSON lines of `protocol` on stdin and stdout and nothing else; torch is imported here and nowhere above.
"""

from __future__ import annotations

import argparse
import importlib
import logging
import os
import platform
import queue
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, BinaryIO

from .. import __version__
from ..model.prediction import Prediction
from ..quiet_paths import quiet_logger, without_paths
from ..scan.types import Plane, Scan, Slab
from . import protocol
from .handover import load_scan, save_result
from .stager import Stager

DEFAULT_ENGINE = "SOSStagingLib.model.predictor:Predictor.load"
SLABS_PER_STEP = 4
ORPHAN_GRACE_SECONDS = 10.0

log = quiet_logger(__name__)


class Pipe:
    """The private ends of the protocol. File descriptors 0 and 1 are taken from every library loaded later."""

    def __init__(self) -> None:
        self._out: BinaryIO = os.fdopen(os.dup(1), "wb", buffering=0)
        self._in: BinaryIO = os.fdopen(os.dup(0), "rb")
        os.dup2(2, 1)
        with open(os.devnull, "rb") as nothing:  # noqa: PTH123 - a descriptor is wanted, not a path
            os.dup2(nothing.fileno(), 0)
        sys.stdout = sys.stderr
        self._lines: queue.Queue[bytes | None] = queue.Queue()
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        for line in self._in:
            self._lines.put(line)
        self._lines.put(None)
        # The parent is gone: a network still computing must not live on without anyone waiting for it.
        time.sleep(ORPHAN_GRACE_SECONDS)
        os._exit(1)

    def receive(self) -> dict[str, Any] | None:
        """Return the next request, None when the parent has closed the pipe."""
        line = self._lines.get()
        return None if line is None else protocol.json.loads(line)

    def send(self, kind: str, **fields: Any) -> None:
        """Write one message."""
        self._out.write(protocol.encode({"type": kind, **fields}))


def load_engine(spec: str, model: Path | None, device: str) -> Any:
    """Call the factory ``module:name`` with the model file and the device."""
    module_name, _, attribute = spec.partition(":")
    target: Any = importlib.import_module(module_name)
    for part in attribute.split("."):
        target = getattr(target, part)
    return target(model, device)


def explain(error: BaseException) -> dict[str, str]:
    """Put an exception into code, plain words and hint."""
    if isinstance(getattr(error, "code", None), str) and isinstance(getattr(error, "text", None), str):
        hint = str(getattr(error, "hint", ""))
        return {"code": error.code, "text": error.text, "hint": hint}  # type: ignore[attr-defined]
    if isinstance(error, ImportError):
        name = error.name or str(error)
        hint = "Install it into the Python that runs the network: pip install 'sos-staging[stage]'."
        return {"code": "missing_package", "text": f"The package {name} cannot be loaded.", "hint": hint}
    if isinstance(error, MemoryError) or "out of memory" in str(error).lower():
        hint = "Close other programs, or choose --device cpu."
        return {"code": "out_of_memory", "text": "The device has not enough memory for the network.", "hint": hint}
    text = without_paths(f"The network stopped with an unexpected error ({type(error).__name__}: {error}).")
    return {"code": "network_failed", "text": text, "hint": "Please report it with the log."}


def device_error(device: str, error: Exception) -> dict[str, str] | None:
    """Name the device where the user asked for one and the engine's own complaint is about it."""
    if device in ("auto", "cpu") or not isinstance(error, RuntimeError | AssertionError):
        return None
    text = without_paths(f"The device {device} cannot be used ({' '.join(str(error).split())[:200]}).")
    return {"code": "device_not_usable", "text": text, "hint": "Choose --device cpu or auto."}


def software() -> dict[str, str]:
    """Return the versions of what computes here."""
    found = {"sos-staging": __version__, "python": platform.python_version()}
    for name in ("numpy", "torch", "timm"):
        module = sys.modules.get(name)
        if module is not None:
            found[name] = str(getattr(module, "__version__", "unknown"))
    return found


def predict(pipe: Pipe, engine: Any, slabs: Sequence[Slab]) -> list[Prediction]:
    """Judge the slabs a few at a time, so that the parent hears from us between them."""
    predictions: list[Prediction] = []
    begun = time.monotonic()
    for start in range(0, len(slabs), SLABS_PER_STEP):
        predictions += engine.predict(slabs[start : start + SLABS_PER_STEP])
        done = len(predictions)
        eta = (time.monotonic() - begun) / done * (len(slabs) - done)
        pipe.send("progress", phase="network", i=done, n=len(slabs), eta=round(eta, 3))
    return predictions


def answer(pipe: Pipe, engine: Any, request: dict[str, Any]) -> None:
    """Answer one ``predict`` request with a result or an error."""
    try:
        source = Path(request["slabs"])
        predictions = predict(pipe, engine, protocol.load_slabs(source))
        target = source.with_name(f"answer-{source.name}")
        protocol.save_predictions(target, predictions)
    except Exception as error:
        log.exception("the network failed on one request")
        pipe.send("error", **explain(error))
    else:
        pipe.send("result", predictions=str(target))


class Scans:
    """The scan staged last stays open: staging it again with another plane starts at the slab."""

    def __init__(self) -> None:
        self._folder: Path | None = None
        self._scan: Scan | None = None

    def get(self, folder: Path) -> Scan:
        """Return the scan handed over in ``folder``."""
        if self._scan is None or folder != self._folder:
            self._folder, self._scan = folder, load_scan(folder)
        return self._scan


def stage(pipe: Pipe, engine: Any, scans: Scans, request: dict[str, Any]) -> None:
    """Answer one ``stage`` request: the whole way from the scan to its result, or an error."""

    def told(now: protocol.Progress) -> None:
        pipe.send("progress", phase=now.phase, i=now.i, n=now.n, eta=now.eta)

    try:
        plane = None if request["plane"] is None else Plane.from_json(request["plane"])
        result = Stager(engine).stage(scans.get(Path(request["scan"])), plane=plane, progress=told)
        save_result(Path(request["answer"]), replace(result, software=result.software | software()))
    except Exception as error:
        log.exception("staging failed on one request")
        pipe.send("error", **explain(error))
    else:
        pipe.send("staged", answer=request["answer"])


def serve(pipe: Pipe, engine: Any) -> None:
    """Say hello, then answer requests until ``bye`` or the end of input."""
    pipe.send(
        "hello",
        protocol=protocol.PROTOCOL_VERSION,
        model=engine.info.to_json(),
        scheme={"id": engine.scheme.id, "names": list(engine.scheme.names)},
        card=dict(engine.card),
        device=str(getattr(engine, "device", "cpu")),
        pid=os.getpid(),
        software=software(),
    )
    scans = Scans()
    while (request := pipe.receive()) is not None:
        if request.get("type") == "bye":
            pipe.send("bye")
            return
        if request.get("type") == "predict":
            answer(pipe, engine, request)
        elif request.get("type") == "stage":
            stage(pipe, engine, scans, request)
        else:
            text = f"The worker does not know the request {request.get('type')!r}."
            pipe.send("error", code="unknown_request", text=text, hint="Client and worker differ in version.")


def main(argv: Sequence[str] | None = None) -> int:
    """Run the worker."""
    parser = argparse.ArgumentParser(prog="python -m SOSStagingLib.staging.worker", description=__doc__)
    parser.add_argument("--model", type=Path, help="the .sosmodel file")
    parser.add_argument("--device", default="auto", help="auto, cpu, cuda:N or mps")
    parser.add_argument("--engine", default=DEFAULT_ENGINE, help="module:factory that loads the model")
    parser.add_argument("--threads", type=int, default=0, help="CPU threads of the network, 0 leaves it to the engine")
    args = parser.parse_args(argv)
    pipe = Pipe()
    logging.basicConfig(stream=sys.stderr, level=logging.INFO)
    try:
        engine = load_engine(args.engine, args.model, args.device)
        if args.threads > 0 and "torch" in sys.modules:
            sys.modules["torch"].set_num_threads(args.threads)
    except Exception as error:
        log.exception("the model could not be loaded")
        pipe.send("error", **(device_error(args.device, error) or explain(error)))
        return 1
    serve(pipe, engine)
    return 0


if __name__ == "__main__":
    code = main()
    # Nothing is left to save, and taking torch down in good order can last seconds that the parent would wait.
    sys.stderr.flush()
    os._exit(code)
