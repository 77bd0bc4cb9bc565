"""Pools of processes that end with the program that started them, whatever ended it: none draws or trains on unseen."""

from __future__ import annotations

import multiprocessing
import os
import threading
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor


def process_pool(workers: int, fresh: bool = False, begin: Callable[[], None] | None = None) -> ProcessPoolExecutor:
    """Processes on this computer, each of which calls ``begin`` first.

    ``fresh`` ones are never forked, which torch would not survive; others start the way Python's default is.
    """
    context = multiprocessing.get_context("spawn" if fresh else None)
    return ProcessPoolExecutor(workers, mp_context=context, initializer=_begin, initargs=(begin,))


def _begin(begin: Callable[[], None] | None) -> None:
    threading.Thread(target=_end_with_parent, daemon=True).start()
    if begin is not None:
        begin()


def _end_with_parent() -> None:
    """A pool's processes wait for work without end where their parent was killed."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
