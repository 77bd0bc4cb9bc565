"""One job of a run, done wherever this is called: in this process, a pool's, a Dask worker, or under torchrun.

``python -m SOSStagingTrainingLib.compute.worker RUN KEY --device D`` does it as a program. What it ends with stands in
the job's folder; torch is imported only here and on.
"""

from __future__ import annotations

import argparse
import json
import os
import threading
import time
import traceback
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from SOSStagingLib.quiet_paths import quiet_logger, without_paths
from SOSStagingLib.report.files import plain, write_text
from SOSStagingLib.scan.types import PlainError

from ..learning.events import EVENTS_FILE, EventLog
from ..learning.keeping import DiskFullError
from .locks import held
from .run_folder import DONE_FILE, FAILED_FILE, LOCK_FILE, RunFolder, State
from .stopping import StopRequest

if TYPE_CHECKING:
    from ..learning.work import Assignment

LOCK_SECONDS = 3.0
TRACEBACK_FILE = "error.txt"

log = quiet_logger(__name__)
_one_at_a_time = threading.Lock()
"""torch's seeds and threads belong to the process: jobs must not share it."""


def do_job(folder: str, key: str, device: str = "auto", threads: int = 0) -> State:
    """Do a job of the run in ``folder`` and return how it is then; what went wrong stands in its failed.json.

    Names and numbers only, so that any executor can pass them on. Where another program works on the job, it is left
    alone. ``threads`` 0 leaves torch's own number.
    """
    run = RunFolder.open(Path(folder))
    mine = run.job_folder(key)
    mine.mkdir(parents=True, exist_ok=True)
    if not _first():
        _attempt(run, key, device, threads)
        return run.state(key)
    with _one_at_a_time, held(mine / LOCK_FILE, LOCK_SECONDS) as taken:
        if taken and not (mine / DONE_FILE).exists():
            _attempt(run, key, device, threads)
    return run.state(key)


def _first() -> bool:
    """Whether this is the only process of the job, or the first of those torchrun started."""
    return os.environ.get("RANK", "0") == "0"


def _attempt(run: RunFolder, key: str, device: str, threads: int) -> None:
    """Do the job and keep its outcome; of several processes only the first writes, but for what one failed of."""
    from ..learning.fit import Stopped

    if _first():
        (run.job_folder(key) / FAILED_FILE).unlink(missing_ok=True)
    begun = time.monotonic()
    try:
        outcome = _done(run, key, device, threads)
        if _first():
            _keep(run, key, DONE_FILE, {**outcome, "seconds": round(time.monotonic() - begun, 2)})
    except Stopped:
        return
    except PlainError as error:
        _failed(run, key, {"code": error.code, "text": str(error)})
    except Exception as error:
        log.exception("the job %s failed", key)
        write_text(run.job_folder(key) / TRACEBACK_FILE, without_paths(traceback.format_exc()))
        what = without_paths(f"{type(error).__name__}: {error}")
        text = f"An unexpected error in the program: {what}. See {TRACEBACK_FILE} in its folder."
        _failed(run, key, {"code": "internal", "text": text})


def _done(run: RunFolder, key: str, device: str, threads: int) -> dict[str, Any]:
    import torch

    from ..learning import world
    from ..learning.devices import training_device
    from ..learning.work import do

    if threads:
        torch.set_num_threads(threads)
    assignment = assignment_of(run, key)
    with StopRequest(run) as stop, world.joined(training_device(device)) as own:
        return do(assignment, own, stop)


def assignment_of(run: RunFolder, key: str) -> Assignment:
    """All that a job of a run rests on."""
    from ..learning.plan import parts_of
    from ..learning.work import Assignment

    job, study, dataset = run.job(key), run.study(), run.frozen()
    parts = parts_of(dataset, run.folds(), job.fold, run.recipe.study)
    needed = {other: run.outcome(other) for other in job.before}
    places = (run.cache, run.predictions, run.job_folder, run.job)
    return Assignment(job, run.recipe, study, dataset, parts, *places, needed)


def _keep(run: RunFolder, key: str, name: str, values: dict[str, Any]) -> None:
    write_text(run.job_folder(key) / name, json.dumps(plain(values), indent=1) + "\n")


def _failed(run: RunFolder, key: str, values: dict[str, Any]) -> None:
    try:
        if not _first():
            _keep(run, key, FAILED_FILE, values)
            return
        # Where another process of the job broke, this one has only lost it.
        told = run.outcome(key) if values["code"] == "internal" else {}
        values = told or values
        _keep(run, key, FAILED_FILE, values)
        EventLog(run.job_folder(key) / EVENTS_FILE).add("failed", **values)
    except (OSError, DiskFullError):
        # Where the disk is full there is no room to say so either; whoever waits for the job says it.
        log.exception("the failure of %s could not be written down: %s", key, values["text"])


def main(argv: Sequence[str] | None = None) -> int:
    """Do one job; 0 when it is done or was asked to stop, 3 when it failed."""
    parser = argparse.ArgumentParser(description="Do one job of a training run.")
    parser.add_argument("run")
    parser.add_argument("key")
    parser.add_argument("--device", default="auto")
    parser.add_argument("--threads", type=int, default=0)
    args = parser.parse_args(argv)
    return 3 if do_job(args.run, args.key, args.device, args.threads) == "failed" else 0


if __name__ == "__main__":
    raise SystemExit(main())
