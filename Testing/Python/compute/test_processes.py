"""No process of a pool lives on, and works on, after the program that started it was killed."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

POOL = """
import sys, time
from SOSStagingTrainingLib.processes import process_pool
if __name__ == "__main__":
    with process_pool(2, fresh=sys.argv[1] == "fresh") as pool:
        list(pool.map(time.sleep, [600.0] * 6))
"""


@pytest.mark.parametrize("start", ["fresh", "default"])
def test_the_processes_of_a_pool_end_with_the_program_that_was_killed(start: str, tmp_path: Path) -> None:
    script = tmp_path / "pool.py"
    script.write_text(POOL)
    paths = os.pathsep.join(path for path in sys.path if path)
    program = subprocess.Popen([sys.executable, str(script), start], env={**os.environ, "PYTHONPATH": paths})
    until = time.monotonic() + 60
    while len(workers := psutil.Process(program.pid).children(recursive=True)) < 2 and time.monotonic() < until:
        time.sleep(0.05)
    time.sleep(0.5)
    workers = psutil.Process(program.pid).children(recursive=True)
    assert len(workers) >= 2
    program.kill()
    program.wait()
    assert psutil.wait_procs(workers, timeout=30)[1] == []
