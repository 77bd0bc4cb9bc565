"""The page's side of the process that reads scans ahead and proposes boxes."""

from __future__ import annotations

import contextlib
import json
import subprocess
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import qt
from SOSStagingLib.model.library import default_model
from SOSStagingLib.scan.geometry import FloatArray

from .child import end_child, kwargs_of_child, python_program

READER = "SOSStagingTrainingLib.compute.case_reader"
POLL_MS = 40


@dataclass(frozen=True)
class Read:
    """A scan that was read: its voxels [k, j, i], still on the disk, and its grey window."""

    voxels: npt.NDArray[Any]
    window: tuple[float, float]


class CaseReading:
    """Asks for cases; ``ready(case)`` is called when one is there, ``proposed(case)`` when its box is, ``failed(case,
    why)`` where it cannot be read."""

    def __init__(
        self, study: Path, ready: Callable[[str], None], proposed: Callable[[str], None], failed: Callable[..., None]
    ) -> None:
        self._study = study
        self._ready, self._proposed, self._failed = ready, proposed, failed
        self._process: subprocess.Popen[bytes] | None = None
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self._out: Path | None = None
        self._at, self._asked = 0, set[str]()
        self._files: dict[str, tuple[Path, tuple[float, float]]] = {}
        self.boxes: dict[str, FloatArray] = {}
        self._timer = qt.QTimer()
        self._timer.setInterval(POLL_MS)
        self._timer.connect("timeout()", self._poll)

    def ask(self, *names: str) -> None:
        """Have cases read, unless they are there or on their way."""
        self._start()
        for name in names:
            if name not in self._asked and self.read(name) is None:
                self._asked.add(name)
                self._send(name)

    def read(self, name: str) -> Read | None:
        """Return a case that was read, None where it is not there (any more)."""
        found = self._files.get(name)
        if found is None:
            return None
        try:
            return Read(np.load(found[0], mmap_mode="r"), found[1])
        except (OSError, ValueError):
            self._files.pop(name)
            return None

    def close(self) -> None:
        """End the process and remove its files."""
        self._timer.stop()
        if self._process is not None and self._folder is not None:
            with contextlib.suppress(OSError, ValueError):
                if self._process.stdin is not None:
                    self._process.stdin.close()
            end_child(self._process, self._folder)
        self._process = self._folder = None
        self._files.clear()
        self._asked.clear()

    def _start(self) -> None:
        if self._process is not None and self._process.poll() is None:
            return
        self.close()
        self._folder = tempfile.TemporaryDirectory(prefix="sosstaging-", ignore_cleanup_errors=True)
        model = default_model()
        command = [python_program(), "-m", READER, str(self._study), self._folder.name]
        command += ["--model", str(model)] if model is not None else []
        self._out, self._at = Path(self._folder.name) / "answers", 0
        with self._out.open("wb") as out:
            self._process = subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=out, stderr=subprocess.DEVNULL, **kwargs_of_child()
            )
        self._timer.start()

    def _send(self, name: str) -> None:
        if self._process is None or self._process.stdin is None:
            return
        with contextlib.suppress(OSError):
            self._process.stdin.write(f"{name}\n".encode())
            self._process.stdin.flush()

    def _poll(self) -> None:
        for answer in self._answers():
            self._take(answer)
        if self._process is not None and self._process.poll() is not None:
            lost, self._asked = sorted(self._asked), set()
            self._timer.stop()
            for name in lost:
                self._failed(name, "")

    def _answers(self) -> list[dict[str, Any]]:
        if self._out is None:
            return []
        with self._out.open("rb") as stream:
            stream.seek(self._at)
            text = stream.read()
        whole = text[: text.rfind(b"\n") + 1]
        self._at += len(whole)
        return [json.loads(line) for line in whole.splitlines()]

    def _take(self, answer: dict[str, Any]) -> None:
        name = answer["case"]
        if "file" in answer:
            self._asked.discard(name)
            self._files[name] = Path(answer["file"]), (answer["low"], answer["high"])
            self._ready(name)
        elif "error" in answer:
            self._asked.discard(name)
            self._failed(name, answer["error"])
        else:
            self.boxes[name] = np.array(answer["box"], float)
            self._proposed(name)
