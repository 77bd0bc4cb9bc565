"""A look at the packages beside a window: the child process in a thread, its answer by ``poll``, nothing ever waits."""

from __future__ import annotations

import queue
import subprocess
import threading

from ..ending import kill_tree
from .check import Check, check


class BackgroundCheck:
    """One look at what a purpose needs, begun at once. ``python`` is the Python that will run the network."""

    def __init__(self, purpose: str, python: str) -> None:
        self._answer: queue.Queue[Check] = queue.Queue()
        self._child: subprocess.Popen[bytes] | None = None
        self._stopped = False
        threading.Thread(target=self._look, args=(purpose, python), daemon=True).start()

    def _look(self, purpose: str, python: str) -> None:
        self._answer.put(check(purpose, python, started=self._started))

    def _started(self, child: subprocess.Popen[bytes]) -> None:
        self._child = child
        if self._stopped:
            kill_tree(child, wait=False)

    def poll(self) -> Check | None:
        """Return what was found; None as long as nothing was."""
        return None if self._answer.empty() else self._answer.get()

    def stop(self) -> None:
        """End the child process; what it would have said is of no use any more."""
        self._stopped = True
        if self._child is not None and self._child.poll() is None:
            kill_tree(self._child, wait=False)
