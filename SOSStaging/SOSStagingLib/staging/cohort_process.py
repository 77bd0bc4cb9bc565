"""A cohort staged by ``sos stage`` in a child process: a window starts it, polls it and ends it, and never waits."""

from __future__ import annotations

import contextlib
import json
import os
import queue
import subprocess
import sys
import tempfile
import threading
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from ..ending import kill_tree
from ..quiet_paths import without_paths
from ..working_folder import working_folder
from .client import LIBRARY_PARENT
from .inputs import find_cases, path_in_line, settled

ENDED_WELL = (0, 3)
"""Exit status of a run that came to its end: all staged, or some refused."""


@dataclass(frozen=True)
class CaseLine:
    """One finished case: its name and its result's JSON."""

    name: str
    data: Mapping[str, Any]


@dataclass(frozen=True)
class CohortEnd:
    """The run is over; ``error`` says in plain words what went wrong, empty where nothing did."""

    error: str = ""


class CohortProcess:
    """One run of ``sos stage --json``. What an earlier run finished is not done again."""

    def __init__(
        self,
        scans: Sequence[Path],
        out: Path,
        model: Path | None,
        python: str = sys.executable,
        engine: str | None = None,
    ) -> None:
        self._list = PathList(scans)
        command = [python, "-m", "SOSStagingLib.cli", "stage", self._list.argument, "--out", str(out), "--json"]
        command += [] if model is None else ["--model", str(model)]
        command += [] if engine is None else ["--engine", engine]
        path = [str(LIBRARY_PARENT), os.environ.get("PYTHONPATH", "")]
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(p for p in path if p), "PYTHONIOENCODING": "utf-8"}
        self._events: queue.Queue[CaseLine | CohortEnd] = queue.Queue()
        self._last: deque[str] = deque(maxlen=5)
        self._process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment,
            cwd=working_folder(), start_new_session=os.name == "posix",
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )  # fmt: skip
        assert self._process.stdout is not None and self._process.stderr is not None
        self._errors = threading.Thread(target=self._read_errors, args=(self._process.stderr,), daemon=True)
        self._errors.start()
        threading.Thread(target=self._read, args=(self._process.stdout,), daemon=True).start()

    @property
    def pid(self) -> int:
        """Process id."""
        return self._process.pid

    def poll(self) -> list[CaseLine | CohortEnd]:
        """Return what has happened since the last call; a CohortEnd is the last."""
        told = []
        with contextlib.suppress(queue.Empty):
            while True:
                told.append(self._events.get_nowait())
        return told

    def stop(self, wait: bool = True) -> None:
        """End the run and everything it started; what is finished stays. The reading thread sees it go in any case."""
        kill_tree(self._process, wait)

    def _read(self, stream: IO[bytes]) -> None:
        with contextlib.suppress(ValueError, OSError):
            for line in stream:
                with contextlib.suppress(ValueError, KeyError):
                    data = json.loads(line)
                    self._events.put(CaseLine(str(data["name"]), data))
        status = self._process.wait()
        self._errors.join(2.0)
        said = " ".join(self._last)
        self._events.put(CohortEnd("" if status in ENDED_WELL else said or f"It ended with exit status {status}."))

    def _read_errors(self, stream: IO[bytes]) -> None:
        with contextlib.suppress(ValueError, OSError):
            for line in stream:
                text = without_paths(line.decode("utf-8", "replace").strip())
                if text:
                    self._last.append(text)


class PathList:
    """Paths in a temporary file, one in each line, for a command's ``@FILE``: Windows' command lines hold few.

    The file goes with the object.
    """

    def __init__(self, paths: Sequence[Path]) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="sosstaging-", ignore_cleanup_errors=True)
        file = Path(self._folder.name) / "paths.txt"
        file.write_text("".join(f"{path}\n" for path in paths), encoding="utf-8", errors="surrogateescape")
        self.argument = f"@{file}"


def listed_scans(path: Path) -> list[Path]:
    """Return the scans behind a folder, a scan, or a text file with one path in each line (relative to the file).

    Raises OSError or ValueError where a list cannot be read.
    """
    if path.suffix.lower() not in (".txt", ".csv"):
        return [path]
    lines = path.read_text(encoding="utf-8-sig").splitlines()
    return [path.parent / found for line in lines for found in path_in_line(line)]


def case_paths(scans: Sequence[Path], out: Path) -> dict[str, Path]:
    """Return where each case of a run lies, by its name, in the order of the run."""
    return {case.name: case.path for case in settled(find_cases(scans, out), out)}
