"""Child processes of the page: nothing that takes long runs in Slicer's own process, nor in a Python thread, which
would stand still whenever Slicer does not run Python."""

from __future__ import annotations

import contextlib
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import qt
from SOSStagingLib.ending import END_SECONDS, kill_tree
from SOSStagingLib.gui.texts import shown
from SOSStagingLib.working_folder import working_folder

from ..compute.processes import PROGRAM, child_environment

POLL_MS = 60
_COMMAND = re.compile(r"^sos( [a-z]+)*: ")


@dataclass(frozen=True)
class Ended:
    """How a child ended: its exit status, and what it printed."""

    status: int
    out: str
    err: str

    @property
    def last_words(self) -> str:
        """What it said last on its error output: what went wrong, where something did."""
        return self.words[-1] if self.words else ""

    @property
    def words(self) -> list[str]:
        """The lines of its error output, in the language of the application and without the command's name."""
        return [shown(_COMMAND.sub("", line.strip())) for line in self.err.splitlines() if line.strip()]


def python_program() -> str:
    """The Python that runs children: Slicer's own, or the running one outside Slicer."""
    return shutil.which("PythonSlicer") or sys.executable


def kwargs_of_child() -> dict[str, Any]:
    """How a child is started: in a group of its own, so that all of it can be ended, and without a window."""
    return {
        "env": child_environment(),
        "cwd": working_folder(),
        "start_new_session": sys.platform != "win32",
        "creationflags": getattr(subprocess, "CREATE_NO_WINDOW", 0),
    }


@dataclass(frozen=True)
class _Ending:
    """A child that was ended and may not be gone yet, its files, and the timer that looks."""

    process: subprocess.Popen[bytes]
    folder: tempfile.TemporaryDirectory[str]
    timer: Any

    def bury(self) -> None:
        """Remove its files if it has gone."""
        if self.process.poll() is not None:
            self.timer.stop()
            self.folder.cleanup()
            _endings.pop(self.process.pid, None)


_endings: dict[int, _Ending] = {}


def end_child(process: subprocess.Popen[bytes], folder: tempfile.TemporaryDirectory[str]) -> None:
    """End a child with all it started, and remove its files when it has gone, without waiting for that here."""
    if process.poll() is None:
        kill_tree(process, wait=False)
    timer = qt.QTimer()
    timer.setInterval(POLL_MS)
    _endings[process.pid] = ending = _Ending(process, folder, timer)
    timer.connect("timeout()", ending.bury)
    timer.start()


def wait_for_ended() -> None:
    """Wait until every child that was ended has gone, and its files with it: when the page closes."""
    for ending in list(_endings.values()):
        with contextlib.suppress(subprocess.TimeoutExpired):
            ending.process.wait(END_SECONDS)
        ending.bury()


class Child:
    """One command of this library in a child process; ``done`` is called in the event loop when it has ended."""

    def __init__(
        self,
        arguments: Sequence[str],
        done: Callable[[Ended], None],
        line: Callable[[str], None] | None = None,
        module: str = PROGRAM,
    ) -> None:
        self._done, self._line = done, line
        self._told = 0
        # Files, not pipes: nobody has to read them for the child to go on.
        self._folder = tempfile.TemporaryDirectory(prefix="sosstaging-", ignore_cleanup_errors=True)
        self._out, self._err = Path(self._folder.name) / "out", Path(self._folder.name) / "err"
        command = [python_program(), "-m", module, *arguments]
        with self._out.open("wb") as out, self._err.open("wb") as err:
            self._process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=out, stderr=err, **kwargs_of_child()
            )
        self._timer = qt.QTimer()
        self._timer.setInterval(POLL_MS)
        self._timer.connect("timeout()", self._poll)
        self._timer.start()

    def cancel(self) -> None:
        """End it with all it started; ``done`` is not called."""
        self._timer.stop()
        end_child(self._process, self._folder)

    def _poll(self) -> None:
        status = self._process.poll()
        if self._line is not None:
            self._tell_lines()
        if status is not None:
            self._timer.stop()
            ended = Ended(status, _text(self._out), _text(self._err))
            self._folder.cleanup()
            self._done(ended)

    def _tell_lines(self) -> None:
        lines = _text(self._out).splitlines(keepends=True)
        whole = [line.strip() for line in lines if line.endswith("\n")]
        for line in whole[self._told :]:
            if self._line is not None:
                self._line(line)
        self._told = len(whole)


def _text(path: Path) -> str:
    return path.read_bytes().decode("utf-8", "replace")


class Children:
    """The children of one page, by what they are for; a second one for the same takes the place of the first."""

    def __init__(self) -> None:
        self._running: dict[str, Child] = {}

    def start(
        self,
        purpose: str,
        arguments: Sequence[str | Path],
        done: Callable[[Ended], None],
        line: Callable[[str], None] | None = None,
        module: str = PROGRAM,
    ) -> None:
        """Start a command of this library, or another of its programs."""
        self.cancel(purpose)

        def ended(how: Ended) -> None:
            self._running.pop(purpose, None)
            done(how)

        self._running[purpose] = Child([str(part) for part in arguments], ended, line, module)

    def running(self, purpose: str) -> bool:
        """Whether one is at work."""
        return purpose in self._running

    def cancel(self, purpose: str) -> None:
        """End the one for this purpose, if there is one."""
        child = self._running.pop(purpose, None)
        if child is not None:
            child.cancel()

    def cancel_all(self) -> None:
        """End all of them. A detached run is none of them: it goes on."""
        for purpose in list(self._running):
            self.cancel(purpose)
