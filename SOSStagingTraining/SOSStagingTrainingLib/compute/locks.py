"""A lock file that the system lets go of when its program dies."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ..study.store import give_lock_back, take_lock

STEP_SECONDS = 0.02


@contextmanager
def held(path: Path, seconds: float = 0.0) -> Iterator[bool]:
    """Hold the lock while in the block; gives False, and holds nothing, where another program keeps it for
    ``seconds``."""
    with path.open("a+b") as handle:
        begun = time.monotonic()
        while not (taken := take_lock(handle)) and time.monotonic() - begun < seconds:
            time.sleep(STEP_SECONDS)
        try:
            yield taken
        finally:
            if taken:
                give_lock_back(handle)


def is_held(path: Path) -> bool:
    """Whether a living program holds the lock."""
    if not path.exists():
        return False
    with held(path) as free:
        return not free
