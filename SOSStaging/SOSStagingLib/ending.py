"""Ending child processes, with everything they started."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
from typing import Any

END_SECONDS = 5.0


def kill_tree(process: subprocess.Popen[bytes], wait: bool = True) -> None:
    """End a process and everything it started, also where it is only a launcher (as PythonSlicer is).

    A process with a network in it takes a tenth of a second to go: without ``wait`` somebody has to poll it later.
    """
    descendants: list[Any] = []
    try:
        import psutil

        with contextlib.suppress(psutil.Error):
            descendants = psutil.Process(process.pid).children(recursive=True)
    except ImportError:
        if os.name == "nt":
            command = ["taskkill", "/T", "/F", "/PID", str(process.pid)]
            subprocess.run(command, capture_output=True, check=False)
    if os.name == "posix":
        # The worker leads its own group, whose number is free again only when every member has ended.
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
    for child in descendants:
        with contextlib.suppress(Exception):
            child.kill()
    with contextlib.suppress(OSError):
        process.kill()
    if wait:
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(END_SECONDS)
