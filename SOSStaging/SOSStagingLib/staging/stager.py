"""One scan in, one StagingResult out."""

from __future__ import annotations

import platform
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import SimpleITK as sitk

from .. import __version__
from ..model.prediction import Prediction
from ..scan.slab import is_mirrored
from ..scan.types import Facing, Finding, Plane, Scan, Slab
from . import decision
from .client import WorkerClient
from .preparation import STEPS, Prepared, ScanOptions, StagingCancelled, failure, merged, prepare, report_step
from .protocol import Engine, Progress, ProgressCallback
from .result import ModelInfo, StagingResult


class Stager:
    """Stages scans with one engine: a `WorkerClient`, or a Predictor in this process.

    A bad scan never raises: it gives a result that is not assessable and says why. `cancel` may be called from any
    thread; the running `stage` then raises `StagingCancelled`, and the next one works.
    """

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._cancelled = threading.Event()

    def stage(
        self,
        source: str | Path | Scan,
        *,
        plane: Plane | None = None,
        spacing_mm: float | None = None,
        facing: Facing = "auto",
        progress: ProgressCallback | None = None,
    ) -> StagingResult:
        """Stage one scan file, DICOM folder, picture or Scan. A given plane (RAS mm) replaces the automatic one."""
        self._cancelled.clear()
        watched = self._watched(progress)
        scan = source if isinstance(source, Scan) else Path(source)
        prepared = prepare(scan, ScanOptions(plane, spacing_mm, facing), watched)
        return self._judge(prepared, watched)

    def judge(self, prepared: Prepared, progress: ProgressCallback | None = None) -> StagingResult:
        """Finish a scan that `prepare` has read, perhaps in another thread."""
        self._cancelled.clear()
        return self._judge(prepared, self._watched(progress))

    def cancel(self) -> None:
        """Stop the running `stage` or `judge`; the engine's process tree is ended."""
        self._cancelled.set()
        cancel = getattr(self.engine, "cancel", None)
        if cancel is not None:
            cancel()

    def _watched(self, progress: ProgressCallback | None) -> ProgressCallback:
        def step(now: Progress) -> None:
            if self._cancelled.is_set():
                raise StagingCancelled
            if progress is not None:
                progress(now)

        return step

    def _judge(self, prepared: Prepared, progress: ProgressCallback) -> StagingResult:
        facts = _Facts()
        try:
            facts = _Facts.of(self.engine)
            if prepared.slabs:
                report_step(progress, "network")
                with prepared.timed("network"):
                    predictions = self._predict(prepared.slabs, progress)
                best = decision.most_present(predictions)
                slab = prepared.slabs[best]
                result = _decide(prepared, slab, predictions[best], self.engine.card, facts)
                return self._with_hint(result, slab, progress)
        except StagingCancelled:
            raise
        except Exception as error:
            if self._cancelled.is_set() or getattr(error, "code", None) == "cancelled":
                raise StagingCancelled from error
            prepared.refuse(failure(error))
        return _result(prepared, facts, assessable=False, reasons=prepared.reasons)

    def _with_hint(self, result: StagingResult, slab: Slab, progress: ProgressCallback) -> StagingResult:
        """Where the synchondrosis of a volume was not recognised: say if it is when the slab is turned."""
        if result.kind != "volume" or "sos_not_found" not in [reason.code for reason in result.reasons]:
            return result
        turned = decision.turned_slabs(slab)
        said = self._predict(list(turned.values()), progress)
        seen = dict(zip(turned, (one.presence for one in said), strict=True))
        how = max(seen, key=lambda name: seen[name])
        if seen[how] < float(self.engine.card["calibration"]["presence_threshold"]):
            return result
        hint = decision.turned_hint(how)
        return replace(result, reasons=(*result.reasons, hint), quality=merged(result.quality, (hint,)))

    def _predict(self, slabs: list[Slab], progress: ProgressCallback) -> list[Prediction]:
        if not isinstance(self.engine, WorkerClient):
            return self.engine.predict(slabs)
        last = len(STEPS)
        return self.engine.predict(slabs, lambda now: progress(Progress("network", last - 1, last, now.eta)))


@dataclass(frozen=True)
class _Facts:
    """What every result says about the engine; empty when the engine could not even start."""

    info: ModelInfo | None = None
    scheme: str = ""
    stage_names: tuple[str, ...] = ()
    software: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, engine: Engine) -> _Facts:
        """Ask the engine, which may start it."""
        scheme = engine.scheme
        return cls(engine.info, scheme.id, tuple(scheme.names), dict(getattr(engine, "software", {})))


def _decide(
    prepared: Prepared, slab: Slab, prediction: Prediction, card: Mapping[str, Any], facts: _Facts
) -> StagingResult:
    """Turn the prediction for the chosen slab into a result, or into a refusal."""
    prepared.quality = merged(prepared.quality, slab.findings)
    if is_mirrored(slab):
        text = "The picture's nose is on the left; it is shown mirrored, facing right."
        prepared.quality = merged(prepared.quality, (Finding("picture_mirrored", "info", text),))
    reasons = decision.refusals(prediction, slab, card)
    if reasons:
        prepared.quality = merged(prepared.quality, tuple(reasons))
        return _result(prepared, facts, assessable=False, reasons=tuple(reasons), slab=slab)
    warnings = prepared.quality.warnings
    answer = decision.answer(prediction, card, widen=bool(warnings), hidden=decision.hides_open_plate(warnings))
    return _result(
        prepared,
        facts,
        assessable=True,
        stage=answer.stage,
        probabilities=answer.probabilities,
        expected_stage=answer.expected_stage,
        plausible_stages=answer.plausible_stages,
        plausible_coverage=answer.coverage,
        sos=decision.locate(prediction, slab, prepared.kind),
        gradcam=decision.gradcam(prediction, slab, card),
        runner_up=decision.runner_up(prediction, slab, card),
        slab=slab,
    )


def _result(prepared: Prepared, facts: _Facts, **fields: Any) -> StagingResult:
    versions = {"numpy": np.__version__, "SimpleITK": sitk.Version.VersionString()}
    own = {"sos-staging": __version__, "python": platform.python_version()}
    return StagingResult(
        input_name=prepared.name,
        scheme=facts.scheme,
        stage_names=facts.stage_names,
        plane=prepared.plane,
        quality=prepared.quality,
        kind=prepared.kind,
        model=facts.info,
        software=own | versions | facts.software,
        seconds={**prepared.seconds, "total": sum(prepared.seconds.values())},
        **fields,
    )
