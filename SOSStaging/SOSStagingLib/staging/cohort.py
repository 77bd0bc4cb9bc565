"""Many scans with one model load: read ahead in threads, judged in order, resumable; no bad scan stops the rest."""

from __future__ import annotations

import contextlib
import json
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from .. import __version__
from ..model.prediction import Prediction
from ..quiet_paths import quiet_logger
from ..report.cohort import write_cohort_csv
from ..report.files import write_text
from ..report.write import result_json, write_report
from ..scan.types import Finding, Slab
from .inputs import Case, Marker, find_cases, fingerprint, settled
from .preparation import Prepared, ScanOptions, prepare
from .protocol import Engine, Progress, ProgressCallback, WorkerError
from .result import ModelInfo, StagingResult
from .stager import Stager
from .stored import RESULT_FILE, load_result, result_from_json

COHORT_FILE = "cohort.csv"
DEFAULT_WORKERS = 2
POLL_SECONDS = 0.5
# These say something about this computer or this moment, not about the scan: worth another try on the next run.
PASSING_CODES = frozenset(
    {"internal", "network_failed", "not_found", "out_of_memory", "too_large", "report_not_written"}
)

log = quiet_logger(__name__)


@dataclass(frozen=True)
class CaseDone:
    """One finished case of a cohort; ``resumed`` when its result was there already, ``kept`` when an earlier result
    stays in its folder because this one tells of the computer, not of the scan."""

    name: str
    result: StagingResult
    done: int
    total: int
    resumed: bool
    source: Path
    kept: bool = False


def stage_cohort(
    inputs: Sequence[Path],
    out: Path,
    engine: Engine,
    *,
    options: ScanOptions | None = None,
    workers: int = DEFAULT_WORKERS,
    resume: bool = True,
    progress: ProgressCallback | None = None,
    on_case: Callable[[CaseDone], None] | None = None,
) -> list[tuple[str, StagingResult]]:
    """Stage every scan into ``out/<name>`` and write ``out/cohort.csv``; (name, result) in input order. The table is of
    what lies in ``out``: results from before too, first.

    A scan has a folder of its own there: another one of the same name, staged later, gets a number.

    ``workers`` scans are read ahead at a time, each in memory while it is. A case whose result was made from the same
    files with the same model and options is not staged again. ``progress`` gets the scan's name as phase; it may raise
    `StagingCancelled` to stop. Raises OSError when ``out`` cannot be written.
    """
    out.mkdir(parents=True, exist_ok=True)
    cases = settled(find_cases(inputs, out), out)
    with ThreadPoolExecutor(max(1, workers) + 1, "sosstaging-read") as pool:
        run = _Run(out, options or ScanOptions(), resume, pool.submit(_started, engine))
        results: list[tuple[str, StagingResult]] = []
        try:
            for case, future in _ahead(pool, run, cases, max(1, workers)):
                result, resumed = run.finish(case, _awaited(future, case, len(results), len(cases), progress))
                results.append((case.name, result))
                if on_case is not None:
                    done = CaseDone(
                        case.name, result, len(results), len(cases), resumed, case.path, case.name in run.kept
                    )
                    on_case(done)
        except BaseException:
            # A worker that is still loading would hold up the threads, and with them the end of the program.
            getattr(engine, "cancel", lambda: None)()
            pool.shutdown(wait=False, cancel_futures=True)
            raise
        finally:
            in_folder = [(name, run.kept.get(name, result)) for name, result in results]
            write_cohort_csv(out / COHORT_FILE, [*_earlier(out, {name for name, _ in results}), *in_folder])
    return results


def _earlier(out: Path, now: set[str]) -> list[tuple[str, StagingResult]]:
    """What lies in the folder from commands before this one: the table tells of the whole folder."""
    found = []
    for path in sorted(out.glob(f"*/{RESULT_FILE}")):
        if path.parent.name not in now:
            try:
                # Without its Grad-CAM volumes, of which the table tells nothing.
                found.append((path.parent.name, result_from_json(json.loads(path.read_text(encoding="utf-8")))))
            except (OSError, ValueError, KeyError, TypeError, AttributeError):
                log.warning("an earlier result is damaged and left out of the table")
    return found


def _ahead(
    pool: ThreadPoolExecutor, run: _Run, cases: Sequence[Case], workers: int
) -> Iterator[tuple[Case, Future[Prepared | StagingResult]]]:
    """Hand out cases in order while the next ones are being read; never more than ``workers`` wait in memory."""
    waiting: deque[tuple[Case, Future[Prepared | StagingResult]]] = deque()
    for case in cases:
        waiting.append((case, pool.submit(run.begin, case)))
        if len(waiting) > workers:
            yield waiting.popleft()
    yield from waiting


def _awaited(
    future: Future[Prepared | StagingResult], case: Case, done: int, total: int, progress: ProgressCallback | None
) -> Prepared | StagingResult:
    while True:
        if progress is not None:
            progress(Progress(case.name, done, total))
        if wait([future], POLL_SECONDS).done:
            return future.result()


def _started(engine: Engine) -> Engine:
    """Load the model while the first scans are read; an engine that cannot start gives its error to every scan."""
    try:
        _ = engine.info
    except WorkerError as error:
        return _BrokenEngine(error)
    return engine


class _BrokenEngine:
    """Stands in for an engine that could not start, so that a cohort does not try again for every scan."""

    def __init__(self, error: WorkerError) -> None:
        self._error = error

    @property
    def info(self) -> ModelInfo:
        raise self._error

    @property
    def scheme(self) -> Any:
        raise self._error

    @property
    def card(self) -> Mapping[str, Any]:
        raise self._error

    def predict(self, slabs: Sequence[Slab]) -> list[Prediction]:
        raise self._error


class _Run:
    """One run over a cohort: what is the same for all its cases."""

    def __init__(self, out: Path, options: ScanOptions, resume: bool, starting: Future[Engine]) -> None:
        self._out = out
        self._options = options
        self._resume = resume
        self._starting = starting
        self.kept: dict[str, StagingResult] = {}

    def begin(self, case: Case) -> Prepared | StagingResult:
        """Return the stored result where it still holds, otherwise the scan made ready. Runs in a reading thread."""
        marker = Marker.read(self._out / case.name) if self._resume else None
        if marker is not None and marker.key is not None:
            with contextlib.suppress(OSError, ValueError):
                if marker.key == self._key(case):
                    return load_result(self._out / case.name)
        return prepare(case.path, self._options)

    def finish(self, case: Case, ready: Prepared | StagingResult) -> tuple[StagingResult, bool]:
        """Judge and write a case; returns its result and whether it was there already."""
        if isinstance(ready, StagingResult):
            return ready, True
        result = Stager(self._starting.result()).judge(ready)
        earlier = self._still_good(case) if self._passing(result) else None
        if earlier is not None:
            self.kept[case.name] = earlier
            return result, False
        return self._write(case, result), False

    def _passing(self, result: StagingResult) -> bool:
        """Whether a result tells of this computer or this moment, not of the scan."""
        said = any(reason.code in PASSING_CODES or reason.code.startswith("worker_") for reason in result.reasons)
        return said or isinstance(self._starting.result(), _BrokenEngine)

    def _still_good(self, case: Case) -> StagingResult | None:
        """What an earlier run found of the scan as it is, or as it was where it cannot be found now."""
        folder, now = self._out / case.name, Marker.of(case.path)
        before = Marker.read(folder)
        if before is None or before.key is None or now.files not in (None, before.files):
            return None
        with contextlib.suppress(OSError, ValueError):
            return load_result(folder)
        return None

    def _key(self, case: Case) -> str | None:
        engine = self._starting.result()
        if isinstance(engine, _BrokenEngine):
            return None
        plane = self._options.plane
        settings = {
            "version": __version__,
            "model": engine.info.sha256,
            "plane": None if plane is None else plane.to_json(),
            "spacing_mm": self._options.spacing_mm,
            "facing": self._options.facing,
        }
        return fingerprint(case.path, settings)

    def _write(self, case: Case, result: StagingResult) -> StagingResult:
        folder = self._out / case.name
        try:
            marker = Marker.of(case.path).with_content(case.path)
            marker.write(folder)
            _write_files(result, folder)
            if not self._passing(result):
                replace(marker, key=self._key(case)).write(folder)
        except OSError as error:
            text = f"The results could not be written ({error.strerror or type(error).__name__})."
            log.error("%s: %s", case.name, error)
            return _not_written(result, Finding("report_not_written", "refuse", text))
        return result


def _write_files(result: StagingResult, folder: Path) -> None:
    try:
        write_report(result, folder)
    except OSError:
        raise
    except Exception:
        # A picture that cannot be drawn must not cost the answer.
        log.exception("the report could not be made; only %s is written", RESULT_FILE)
        folder.mkdir(parents=True, exist_ok=True)
        write_text(folder / RESULT_FILE, result_json(result))


def _not_written(result: StagingResult, reason: Finding) -> StagingResult:
    return replace(
        result,
        assessable=False,
        reasons=(*result.reasons, reason),
        stage=None,
        probabilities=None,
        expected_stage=None,
        plausible_stages=(),
        gradcam=None,
    )
