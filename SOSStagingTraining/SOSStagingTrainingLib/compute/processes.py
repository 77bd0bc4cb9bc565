"""Starting other processes of this library: detached runs, and one training spread over several (torchrun)."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import SOSStagingLib

from .run_folder import LOG_FILE, RunError, RunFolder, State

LIBRARIES = (Path(SOSStagingLib.__file__).resolve().parents[1], Path(__file__).resolve().parents[2])
PROGRAM = "SOSStagingTrainingLib"
WORKER = "SOSStagingTrainingLib.compute.worker"


def child_environment() -> dict[str, str]:
    """The environment in which a child finds both libraries, installed or not, as inside Slicer."""
    paths = [*map(str, LIBRARIES), os.environ.get("PYTHONPATH", "")]
    return {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, paths)), "PYTHONUNBUFFERED": "1"}


def start_detached(run: RunFolder, options: Sequence[str] = (), python: str = sys.executable) -> int:
    """Start ``sos train --out RUN`` as a process that outlives this one; returns its process id.

    What it prints goes to the run's log.txt; how it is can be read from the run folder by anyone.

    Raises:
        RunError: a program works on the run already.
    """
    if run.alive:
        text = f"A program works on {run.folder.name} already."
        raise RunError("run_busy", text, "Follow it: sos train --out RUN --follow.")
    command = [python, "-m", PROGRAM, "train", "--out", str(run.folder.resolve()), *options]
    with (run.folder / LOG_FILE).open("ab") as out:
        flags = getattr(subprocess, "DETACHED_PROCESS", 0) | getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0)
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            env=child_environment(),
            start_new_session=os.name == "posix",
            creationflags=flags,
        )
    return process.pid


def do_job_together(run: RunFolder, key: str, processes: int, device: str, threads: int) -> State:
    """Train one job with several processes on this computer, through torchrun; returns how the job is then."""
    launcher = ["-m", "torch.distributed.run", "--standalone", f"--nproc-per-node={processes}"]
    worker = ["-m", WORKER, str(run.folder), key, "--device", device, "--threads", str(threads)]
    done = subprocess.run(
        [sys.executable, *launcher, *worker], stdin=subprocess.DEVNULL, env=child_environment(), check=False
    )
    state = run.state(key)
    if done.returncode and state not in ("done", "failed"):
        text = f"The processes that trained {key} together ended with exit code {done.returncode}."
        raise RunError("torchrun_failed", text, "What they said last stands above. The same command goes on.")
    return state
