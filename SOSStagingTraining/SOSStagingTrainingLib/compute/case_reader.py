"""A child process that reads a study's scans for a page, and proposes where the synchondrosis is.

``python -m SOSStagingTrainingLib.compute.case_reader STUDY FOLDER [--model FILE]`` takes names of cases on its standard
input, one a line, and answers with JSON lines:

- ``{"case", "file", "low", "high"}``: the scan's voxels [k, j, i] as a .npy in FOLDER, and its usual grey window;
- ``{"case", "box"}``: where the model sees the synchondrosis, RAS mm, minimum and maximum corner;
- ``{"case", "error"}``: why the scan cannot be read, in plain words.

Scans come first, proposals when nothing else waits. Without a model, or without torch, there are no proposals. It ends
with its standard input.
"""

from __future__ import annotations

import argparse
import json
import queue
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from SOSStagingLib.quiet_paths import quiet_logger
from SOSStagingLib.scan.read import read_scan
from SOSStagingLib.scan.types import PlainError

from ..study.images import changed, scan_sha256
from ..study.study import Study

log = quiet_logger(__name__)

KEPT = 6
"""So many scans lie in the folder at a time."""
MARGIN_MM = 4.0
ACROSS_MM = 10.0


class CaseReader:
    """Reads and proposes; ``answer`` takes what is to be told."""

    def __init__(self, study: Study, folder: Path, model: Path | None) -> None:
        self._study, self._folder, self._model = study, folder, model
        self._kept: list[Path] = []
        self._predictor: Any = None

    def read(self, name: str) -> dict[str, Any]:
        """Read a case's scan and write its voxels where the page finds them."""
        try:
            case = self._study.case(name)
            scan = read_scan(self._study.path_of(case), spacing_mm=case.spacing_mm, facing=case.facing)
            if case.kind != "slab" and scan_sha256(scan) != case.sha256:
                raise changed(case)
            path = self._folder / f"{name}.npy"
            np.save(path, scan.array)
        except PlainError as error:
            return {"case": name, "error": str(error)}
        except OSError as error:
            return {"case": name, "error": f"{name} cannot be read: {error.strerror or error}."}
        self._keep(path)
        low, high = np.percentile(scan.array[:: max(1, scan.array.shape[0] // 32), ::4, ::4], (2.0, 99.7))
        return {"case": name, "file": str(path), "low": float(low), "high": float(max(high, low + 1))}

    def propose(self, name: str) -> dict[str, Any] | None:
        """Ask the model where the synchondrosis is; None where it does not say."""
        if self._model is None:
            return None
        try:
            if self._predictor is None:
                from SOSStagingLib.model.predictor import Predictor

                self._predictor = Predictor.load(self._model, "cpu")
        except (ImportError, PlainError, OSError):
            self._model = None
            return None
        try:
            box = self._located(name)
        except Exception:  # a network may fail in any way on a scan unlike those it knows; reading goes on
            log.exception("no box is proposed")
            return None
        return None if box is None else {"case": name, "box": widened(box).tolist()}

    def _located(self, name: str) -> Any:
        """Where the model sees the synchondrosis, [2, 3] RAS mm; None where it does not say."""
        from SOSStagingLib.staging.decision import locate

        slab = self._study.slab(name).slab
        if slab.picture_to_slab is not None:
            return None
        return locate(self._predictor.predict([slab])[0], slab, "volume").box_ras_mm

    def _keep(self, path: Path) -> None:
        self._kept = [other for other in self._kept if other != path] + [path]
        for old in self._kept[:-KEPT]:
            old.unlink(missing_ok=True)
        self._kept = self._kept[-KEPT:]


def widened(box: Any) -> Any:
    """Return a box [2, 3] with a margin around it, and as thick across the plane as a rater can take hold of."""
    low, high = np.asarray(box, float)
    low, high = low - MARGIN_MM, high + MARGIN_MM
    middle = (low[0] + high[0]) / 2
    low[0], high[0] = min(low[0], middle - ACROSS_MM / 2), max(high[0], middle + ACROSS_MM / 2)
    return np.array([low, high])


def serve(reader: CaseReader) -> None:
    """Answer what is asked until the input ends."""
    asked: queue.Queue[str | None] = queue.Queue()

    def listen() -> None:
        for line in sys.stdin:
            asked.put(line.strip())
        asked.put(None)

    threading.Thread(target=listen, daemon=True).start()
    waiting: list[str] = []
    while True:
        try:
            name = asked.get(block=not waiting)
        except queue.Empty:
            _tell(reader.propose(waiting.pop(0)))
            continue
        if name is None:
            return
        _tell(reader.read(name))
        # The one asked for last is the one that is looked at.
        waiting.insert(0, name)


def _tell(answer: dict[str, Any] | None) -> None:
    if answer is not None:
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


def main(argv: Sequence[str] | None = None) -> int:
    """Run as a program."""
    parser = argparse.ArgumentParser(prog="case_reader", description="Read a study's scans for a page.")
    parser.add_argument("study", type=Path)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--model", type=Path)
    args = parser.parse_args(argv)
    serve(CaseReader(Study.open(args.study), args.folder, args.model))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
