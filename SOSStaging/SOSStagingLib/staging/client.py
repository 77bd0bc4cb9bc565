"""The parent's side of the worker process: start it, ask it, watch it, end it. Never imports torch."""

from __future__ import annotations

import contextlib
import json
import os
import queue
import subprocess
import sys
import tempfile
import threading
import time
from collections import deque
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import IO, Any

from ..ending import END_SECONDS, kill_tree
from ..model.prediction import Prediction
from ..quiet_paths import quiet_logger, without_paths
from ..scan.types import Plane, Slab
from ..working_folder import working_folder
from . import protocol
from .handover import read_result
from .protocol import Progress, ProgressCallback, SchemeNames, WorkerError
from .result import ModelInfo, StagingResult

LIBRARY_PARENT = Path(__file__).resolve().parents[2]
STDERR_LINES_KEPT = 40

log = quiet_logger(__name__)


class _Link:
    """One living worker: its process, its messages in arrival order and the last lines of its log."""

    def __init__(self, command: Sequence[str], environment: Mapping[str, str]) -> None:
        self.folder = tempfile.TemporaryDirectory(prefix="sosstaging-", ignore_cleanup_errors=True)
        self.messages: queue.Queue[dict[str, Any] | bytes | None] = queue.Queue()
        self.last_lines: deque[str] = deque(maxlen=STDERR_LINES_KEPT)
        self.requests = 0
        self.process = subprocess.Popen(
            list(command),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=dict(environment),
            cwd=working_folder(),
            start_new_session=os.name == "posix",
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )
        assert self.process.stdout is not None and self.process.stderr is not None
        self._threads = [
            threading.Thread(target=self._read_messages, args=(self.process.stdout,), daemon=True),
            threading.Thread(target=self._read_log, args=(self.process.stderr,), daemon=True),
        ]
        for thread in self._threads:
            thread.start()

    def _read_messages(self, stream: IO[bytes]) -> None:
        with contextlib.suppress(ValueError, OSError):
            for line in stream:
                try:
                    self.messages.put(protocol.decode(line))
                except (ValueError, KeyError, json.JSONDecodeError):
                    self.messages.put(line)
        self.messages.put(None)

    def _read_log(self, stream: IO[bytes]) -> None:
        with contextlib.suppress(ValueError, OSError):
            for line in stream:
                text = without_paths(line.decode("utf-8", "replace").rstrip())
                self.last_lines.append(text)
                log.debug("worker: %s", text)

    def send(self, message: Mapping[str, Any]) -> None:
        """Write one request. Raises OSError when the worker has gone."""
        assert self.process.stdin is not None
        self.process.stdin.write(protocol.encode(message))
        self.process.stdin.flush()

    def next_file(self) -> Path:
        """Return a new file name in the private exchange folder."""
        self.requests += 1
        return Path(self.folder.name) / f"{self.requests}.npz"

    def end(self) -> None:
        """Kill whatever still runs and remove the exchange folder."""
        kill_tree(self.process)
        for thread in self._threads:
            thread.join(END_SECONDS)
        for stream in (self.process.stdin, self.process.stdout, self.process.stderr):
            with contextlib.suppress(OSError, ValueError):
                if stream is not None:
                    stream.close()
        self.folder.cleanup()


class WorkerClient:
    """Runs the network in a child process; the same calls as an in-process Predictor.

    ``python_executable`` is what starts the child (default: the running Python, PythonSlicer inside Slicer);
    ``engine`` is ``module:factory`` for another network than the model file's student. A worker silent for longer than
    ``silence_timeout`` seconds (``start_timeout`` while it loads) is ended and reported; the next call starts a new
    one. One call at a time; `cancel` may come from any thread.
    """

    def __init__(
        self,
        model: Path | None,
        device: str = "auto",
        *,
        python_executable: str | Path | None = None,
        engine: str | None = None,
        threads: int = 0,
        start_timeout: float = 300.0,
        silence_timeout: float = 180.0,
    ) -> None:
        self._command = [str(python_executable or sys.executable), "-m", "SOSStagingLib.staging.worker"]
        self._command += ["--device", device, "--threads", str(threads)]
        self._command += ["--model", str(model)] if model is not None else []
        self._command += ["--engine", engine] if engine is not None else []
        self._start_timeout = start_timeout
        self._silence_timeout = silence_timeout
        self._turn = threading.RLock()
        self._link: _Link | None = None
        self._hello: dict[str, Any] = {}
        self._cancelled = threading.Event()

    # -- what the worker said of itself; asking starts it if need be -------------------------------------------------

    @property
    def info(self) -> ModelInfo:
        """Which model answers."""
        return ModelInfo(**self._known("model"))

    @property
    def scheme(self) -> SchemeNames:
        """The stages the model tells apart."""
        scheme = self._known("scheme")
        return SchemeNames(str(scheme["id"]), tuple(scheme["names"]))

    @property
    def card(self) -> Mapping[str, Any]:
        """The model card."""
        return self._known("card")

    @property
    def device(self) -> str:
        """The device the worker chose."""
        return str(self._known("device"))

    @property
    def software(self) -> dict[str, str]:
        """Versions of what computes in the worker."""
        return dict(self._known("software"))

    @property
    def pid(self) -> int | None:
        """Process id of the running worker, None when there is none."""
        link = self._link
        return None if link is None else link.process.pid

    def _known(self, key: str) -> Any:
        if not self._hello:
            self.start()
        return self._hello[key]

    # -- life --------------------------------------------------------------------------------------------------------

    def start(self) -> None:
        """Start the worker and wait for its hello; nothing happens if it runs already. Raises WorkerError."""
        with self._turn:
            self._cancelled.clear()
            self._running()

    def predict(self, slabs: Sequence[Slab], progress: ProgressCallback | None = None) -> list[Prediction]:
        """Judge slabs, one prediction each, in order. Raises WorkerError; afterwards the client still works."""
        with self._turn:
            self._cancelled.clear()
            link = self._running()
            source = link.next_file()
            try:
                predictions = self._ask(link, source, slabs, progress)
            except WorkerError:
                raise
            except BaseException:
                # Ctrl-C, or a progress callback that raised: a late answer must not meet the next question.
                self._drop()
                raise
            finally:
                for file in (source, source.with_name(f"answer-{source.name}")):
                    file.unlink(missing_ok=True)
            if len(predictions) != len(slabs):
                raise self._failure("worker_protocol", "The worker answered for another number of slabs.")
            return predictions

    def stage(
        self, scan: Path, answer: Path, plane: Plane | None = None, progress: ProgressCallback | None = None
    ) -> StagingResult:
        """Stage a scan that `handover.ScanWriter` wrote, wholly in the worker; ``answer`` is a folder for the result.

        Raises WorkerError; afterwards the client still works.
        """
        with self._turn:
            self._cancelled.clear()
            link = self._running()
            wanted = None if plane is None else plane.to_json()
            try:
                link.send({"type": "stage", "scan": str(scan), "plane": wanted, "answer": str(answer)})
                self._wait({"staged"}, self._silence_timeout, progress)
                return read_result(answer)
            except WorkerError:
                raise
            except OSError as error:
                raise self._failure() from error
            except BaseException:
                self._drop()
                raise

    def cancel(self) -> None:
        """End the worker and everything it started; a running call raises WorkerError ``cancelled``. Any thread.

        It is not waited for: the running call, or ``close``, sees it go.
        """
        self._cancelled.set()
        link = self._link
        if link is not None:
            kill_tree(link.process, wait=False)

    def close(self) -> None:
        """Say bye, then make sure that nothing is left running."""
        with self._turn:
            link = self._link
            if link is None:
                return
            with contextlib.suppress(OSError, ValueError, subprocess.TimeoutExpired):
                link.send({"type": "bye"})
                assert link.process.stdin is not None
                link.process.stdin.close()
                link.process.wait(END_SECONDS)
            self._drop()

    def __enter__(self) -> WorkerClient:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        # After an exception (Ctrl-C above all) nobody waits for a busy worker to say bye.
        if kind is None:
            self.close()
        else:
            self._drop()

    # -- inside ------------------------------------------------------------------------------------------------------

    def _running(self) -> _Link:
        """Return the living worker, started if need be."""
        if self._link is not None and self._link.process.poll() is None:
            return self._link
        self._drop()
        try:
            link = self._link = _Link(self._command, self._environment())
        except OSError as error:
            text = f"The Python for the network could not be started ({error})."
            raise WorkerError("worker_not_started", text, f"Check {self._command[0]}.") from error
        try:
            if self._cancelled.is_set():
                raise self._failure()
            hello = self._wait({"hello"}, self._start_timeout, None)
            if hello["protocol"] != protocol.PROTOCOL_VERSION:
                text = "The worker belongs to another version of SOSStaging."
                raise WorkerError("worker_version", text, "Reinstall SOSStaging.")
        except BaseException:
            self._drop()
            raise
        self._hello = hello
        return link

    def _ask(
        self, link: _Link, source: Path, slabs: Sequence[Slab], progress: ProgressCallback | None
    ) -> list[Prediction]:
        try:
            protocol.save_slabs(source, slabs)
        except OSError as error:
            text = f"The slab could not be written for the network ({error})."
            raise WorkerError("worker_exchange", text, "Free some space in the temporary folder.") from error
        try:
            link.send({"type": "predict", "slabs": str(source)})
            message = self._wait({"result"}, self._silence_timeout, progress)
            return protocol.load_predictions(Path(message["predictions"]))
        except OSError as error:
            # The pipe or the exchange folder has gone: the worker ended between two calls.
            raise self._failure() from error

    def _environment(self) -> dict[str, str]:
        environment = dict(os.environ)
        path = [str(LIBRARY_PARENT), environment.get("PYTHONPATH", "")]
        environment["PYTHONPATH"] = os.pathsep.join(p for p in path if p)
        environment["PYTHONIOENCODING"] = "utf-8"
        return environment

    def _drop(self) -> None:
        link, self._link = self._link, None
        if link is not None:
            link.end()

    def _wait(self, wanted: set[str], silence: float, progress: ProgressCallback | None) -> dict[str, Any]:
        """Return the first message of a wanted type; pass progress on; raise WorkerError for anything else."""
        link = self._link
        assert link is not None
        last_heard = time.monotonic()
        while True:
            try:
                message = link.messages.get(timeout=max(0.0, silence - (time.monotonic() - last_heard)))
            except queue.Empty:
                text = f"The network has not answered for {silence:.0f} seconds and was stopped."
                raise self._failure("worker_silent", text, "Try again, or choose --device cpu.") from None
            last_heard = time.monotonic()
            if message is None:
                raise self._failure()
            if isinstance(message, bytes):
                shown = message[:80].decode("utf-8", "replace").strip()
                text = f"The network's process wrote something unexpected ({shown!r})."
                raise self._failure("worker_protocol", text, "Check what the Python for the network runs at its start.")
            if message["type"] == "progress" and progress is not None:
                progress(Progress(message["phase"], message["i"], message["n"], message["eta"]))
            elif message["type"] == "error":
                raise WorkerError(message["code"], message["text"], message["hint"])
            elif message["type"] in wanted:
                return message

    def _failure(self, code: str = "worker_died", text: str = "", hint: str = "Try again.") -> WorkerError:
        """End the broken worker and return the error that says what happened."""
        if self._cancelled.is_set():
            self._drop()
            return WorkerError("cancelled", "Staging was cancelled.")
        link = self._link
        self._drop()
        if link is not None:
            log.error("%s; last lines of the worker:\n%s", code, "\n".join(link.last_lines))
            text = text or f"The network's process ended unexpectedly (exit status {link.process.returncode})."
            lines = [line for line in link.last_lines if line.strip()]
            hint = f"{hint} Its last line: {lines[-1][:200]}" if lines else hint
        return WorkerError(code, text or "The network's process ended unexpectedly.", hint)
