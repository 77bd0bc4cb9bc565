"""A node of the scene whose changes are heard of."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from ..scene.nodes import Node


class Watched:
    """Calls ``heard`` at ``events`` (numbers or names of VTK events) of one node at a time."""

    def __init__(self, events: Sequence[Any], heard: Callable[[], object]) -> None:
        self._events, self._heard = events, heard
        self._observed: tuple[Node, list[int]] | None = None

    def watch(self, node: Node | None) -> None:
        """Watch this node, and no longer the one before."""
        if self._observed is not None:
            before, tags = self._observed
            for tag in tags:
                before.RemoveObserver(tag)
        self._observed = None
        if node is not None:
            self._observed = node, [node.AddObserver(event, lambda *_args: self._heard()) for event in self._events]
