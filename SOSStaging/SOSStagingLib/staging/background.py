"""Staging beside a window: everything heavy in the worker, everything told by ``poll``, nothing ever waits.

``poll`` belongs into a timer of the window's thread. Handing a scan over costs that thread a few milliseconds a call;
the thread started here only waits for the worker's messages.
"""

from __future__ import annotations

import queue
import shutil
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from ..scan.types import Plane, Scan
from .client import WorkerClient
from .handover import ScanWriter
from .protocol import Progress, WorkerError
from .result import StagingResult

HANDOVER = "handover"
"""The phase before the worker's own: the scan is being handed over."""


@dataclass(frozen=True)
class Failure:
    """Why there is no result: code, plain words, and what to do next. ``cancelled`` is what the user asked for."""

    code: str
    text: str
    hint: str = ""


Event = Progress | StagingResult | Failure


class BackgroundStaging:
    """One scan at a time, staged by a worker that stays alive between calls.

    ``make_client`` makes the client when it is first needed. Not thread-safe: one thread starts, polls and ends it.
    """

    def __init__(self, make_client: Callable[[], WorkerClient]) -> None:
        self._make_client = make_client
        self._client: WorkerClient | None = None
        self._folder: Path | None = None
        self._writer: ScanWriter | None = None
        self._thread: threading.Thread | None = None
        self._events: queue.Queue[tuple[int, Event]] = queue.Queue()
        self._plane: Plane | None = None
        self._key: object = None
        self._scan_folder: Path | None = None
        self._run = 0
        self._busy = False
        self._begun = 0.0

    @property
    def busy(self) -> bool:
        """Whether a scan is being staged."""
        return self._busy

    @property
    def seconds(self) -> float:
        """How long the scan that is being staged has taken so far."""
        return time.monotonic() - self._begun if self._busy else 0.0

    @property
    def worker_pid(self) -> int | None:
        """Process id of the worker, None when there is none."""
        return None if self._client is None else self._client.pid

    def start(self, scan: Scan, plane: Plane | None = None, key: object = None) -> None:
        """Begin to stage ``scan``. With the ``key`` of the scan before it counts as the same and is not handed over
        again. Raises RuntimeError while another is being staged."""
        if self._busy:
            raise RuntimeError("a scan is being staged already")
        self._run += 1
        self._busy, self._begun, self._plane = True, time.monotonic(), plane
        if key is not None and key == self._key and self._scan_folder is not None:
            self._ask(self._scan_folder)
            return
        self._forget_scan()
        self._key = key
        self._scan_folder = self._exchange() / f"scan{self._run}"
        self._writer = ScanWriter(scan, self._scan_folder)

    def poll(self) -> list[Event]:
        """Do a small piece of work and return what has happened since the last call."""
        told: list[Event] = []
        if self._writer is not None:
            told += self._hand_over(self._writer)
        while not self._events.empty():
            run, event = self._events.get()
            if run != self._run or not self._busy:
                continue
            told.append(event)
            if not isinstance(event, Progress):
                self._busy = False
        return told

    def cancel(self) -> None:
        """Stop what runs; the next ``poll`` tells a Failure ``cancelled``. The worker's process tree is ended."""
        if not self._busy:
            return
        if self._writer is not None:
            self._forget_scan()
        elif self._client is not None:
            self._client.cancel()
        self._run += 1
        self._events.put((self._run, Failure("cancelled", "Staging was cancelled.")))

    def close(self, wait: bool = True) -> None:
        """End the worker and remove what was handed over; without ``wait`` a thread sees to it that all of it goes."""
        self._run += 1
        self._busy = False
        client, self._client = self._client, None
        thread, self._thread = self._thread, None
        folder, self._folder = self._folder, None
        if client is not None:
            client.cancel()
        self._forget_scan()

        def bury() -> None:
            if thread is not None:
                thread.join(5.0)
            if client is not None:
                client.close()
            if folder is not None:
                shutil.rmtree(folder, ignore_errors=True)

        if wait:
            bury()
        else:
            threading.Thread(target=bury, daemon=True).start()

    def _hand_over(self, writer: ScanWriter) -> list[Event]:
        try:
            whole = writer.step()
        except OSError as error:
            self._forget_scan()
            self._busy = False
            text = f"The scan could not be handed to the network ({error.strerror or error})."
            return [Failure("handover", text, "Free some space in the temporary folder and try again.")]
        if whole and self._scan_folder is not None:
            self._writer = None
            self._ask(self._scan_folder)
        return [Progress(HANDOVER, round(100 * writer.share), 100)]

    def _ask(self, scan: Path) -> None:
        if self._client is None:
            self._client = self._make_client()
        arguments = (self._run, self._client, scan, self._exchange() / f"answer{self._run}", self._plane)
        self._thread = threading.Thread(target=self._wait, args=arguments, daemon=True)
        self._thread.start()

    def _wait(self, run: int, client: WorkerClient, scan: Path, answer: Path, plane: Plane | None) -> None:
        try:
            result = client.stage(scan, answer, plane, lambda now: self._events.put((run, now)))
            self._events.put((run, result))
        except WorkerError as error:
            self._events.put((run, Failure(error.code, error.text, error.hint)))
        except Exception as error:  # the window must hear of it whatever it is
            text = f"Staging failed unexpectedly ({type(error).__name__})."
            self._events.put((run, Failure("internal", text, "Please report it with the log.")))
        finally:
            shutil.rmtree(answer, ignore_errors=True)

    def _exchange(self) -> Path:
        if self._folder is None:
            self._folder = Path(tempfile.mkdtemp(prefix="sosstaging-scan-"))
        return self._folder

    def _forget_scan(self) -> None:
        if self._writer is not None:
            self._writer.close()
            self._writer = None
        if self._scan_folder is not None:
            shutil.rmtree(self._scan_folder, ignore_errors=True)
        self._scan_folder = self._key = None
