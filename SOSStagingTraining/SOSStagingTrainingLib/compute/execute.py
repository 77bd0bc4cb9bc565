"""Working through a run's jobs: one after another here, or several at once on whatever executes futures."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, Future, wait
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from ..processes import process_pool
from .run_folder import RunError, RunFolder, State
from .worker import do_job

POLL_SECONDS = 1.0
SCHEDULER_SECONDS = 10

Listener = Callable[[], None]
Submit = Callable[[str, str, int], "Future[State]"]


@dataclass
class Outcome:
    """How the jobs ended; ``left`` were not begun, for want of those they need or because of a stop."""

    done: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    stopped: list[str] = field(default_factory=list)
    left: list[str] = field(default_factory=list)


def work_here(run: RunFolder, keys: Sequence[str], do: Callable[[str], State]) -> Outcome:
    """Do the jobs one after another in this process."""
    outcome = Outcome()
    for key in keys:
        if run.stop_requested or outcome.stopped or not _ready(run, key):
            outcome.left.append(key)
        else:
            _sort_in(outcome, key, do(key))
    return outcome


def work_with(
    run: RunFolder, keys: Sequence[str], pool: Executor, device: str, threads: int, listen: Listener
) -> Outcome:
    """Do the jobs on an executor, each as soon as those it needs are done. ``listen`` is called now and then.

    Raises:
        RunError: the executor lost a worker, as when the system ends one for lack of memory.
    """
    outcome, waiting = Outcome(), list(keys)
    running: dict[Future[State], str] = {}
    while waiting or running:
        for key in [key for key in waiting if not run.stop_requested and _ready(run, key)]:
            waiting.remove(key)
            place = device_for(device, len(running))
            running[pool.submit(do_job, str(run.folder.resolve()), key, place, threads)] = key
        if not running:
            outcome.left += waiting
            break
        finished, _ = wait(running, timeout=POLL_SECONDS, return_when=FIRST_COMPLETED)
        for future in finished:
            _sort_in(outcome, running.pop(future), _result(future))
        listen()
    return outcome


def _ready(run: RunFolder, key: str) -> bool:
    return all(run.state(other) == "done" for other in run.job(key).before)


def _sort_in(outcome: Outcome, key: str, state: State) -> None:
    where = {"done": outcome.done, "failed": outcome.failed}.get(state, outcome.stopped)
    where.append(key)


def _result(future: Future[State]) -> State:
    try:
        return future.result()
    except Exception as error:
        text = f"A worker was lost ({type(error).__name__}: {error}), perhaps for want of memory."
        raise RunError("worker_lost", text, "Take fewer --workers and start the same command again.") from error


def device_for(device: str, number: int) -> str:
    """Spread jobs over the GPUs of this computer where the user named none of them."""
    if device != "auto":
        return device
    import torch

    count = torch.cuda.device_count()
    return f"cuda:{number % count}" if count > 1 else device


@contextmanager
def local_pool(workers: int) -> Iterator[Executor]:
    """Several processes on this computer; they are fresh ones, since torch does not survive being forked."""
    with process_pool(workers, fresh=True) as pool:
        yield pool


@contextmanager
def dask_pool(address: str) -> Iterator[Executor]:
    """The executor of a Dask cluster, whose workers see the run's and the study's folders under the same paths.

    Raises:
        RunError: Dask is not installed, or no scheduler answers there.
    """
    try:
        from distributed import Client
    except ImportError as error:
        text = "A Dask cluster needs the package distributed, which is not installed."
        raise RunError("no_dask", text, "pip install distributed (the extra `cluster`).") from error
    try:
        # Asked first within a time limit: a client waits without end for what listens there and says nothing.
        asyncio.run(_ask(Client, address))
        client = Client(address, timeout=SCHEDULER_SECONDS)
    except (OSError, TimeoutError) as error:
        text = f"No Dask scheduler answers at {address}."
        raise RunError("no_scheduler", text, "Start one (dask scheduler) or mend the address.") from error
    with client, client.get_executor(pure=False) as pool:
        yield pool


async def _ask(kind: Any, address: str) -> None:
    client = kind(address, asynchronous=True, timeout=SCHEDULER_SECONDS)
    try:
        await asyncio.wait_for(client, SCHEDULER_SECONDS)
    finally:
        await client.close(timeout=1)


def usual_threads(workers: int) -> int:
    """Threads for each of several workers on this computer, so that they do not get in each other's way."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, cores // workers)
