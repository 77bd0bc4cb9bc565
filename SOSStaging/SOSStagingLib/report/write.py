"""One StagingResult to a folder: result.json, report.html, overlay.png, gradcam.nrrd, gradcam-runner-up.nrrd."""

from __future__ import annotations

import json
from pathlib import Path

from ..staging.result import GradCam, StagingResult
from ..staging.stored import GRADCAM_FILE, RESULT_FILE, RUNNER_UP_FILE
from .files import plain, write_atomic, write_text
from .page import overlay_picture, report_html
from .picture import png_bytes
from .volume import write_gradcam_nrrd

REPORT_FILE = "report.html"
OVERLAY_FILE = "overlay.png"


def write_report(result: StagingResult, folder: Path, reading: int | None = None) -> None:
    """Write the report of one result into ``folder``, which is made if missing; ``reading`` is a person's stage.

    Always result.json and report.html; overlay.png and the Grad-CAM of the stage given and of the second likeliest one
    only for a staged scan that has them, and those of an earlier run are removed otherwise. Each file is put in place
    whole, result.json last: where it exists, the report is complete.
    """
    folder.mkdir(parents=True, exist_ok=True)
    (folder / RESULT_FILE).unlink(missing_ok=True)
    _write_overlay(result, folder / OVERLAY_FILE)
    _write_gradcam(result, result.gradcam, folder / GRADCAM_FILE)
    _write_gradcam(result, result.runner_up, folder / RUNNER_UP_FILE)
    write_text(folder / REPORT_FILE, report_html(result, reading))
    write_text(folder / RESULT_FILE, result_json(result))


def result_json(result: StagingResult) -> str:
    """Return the result's JSON text; a number JSON cannot hold becomes null."""
    return json.dumps(plain(result.to_json()), indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def _write_overlay(result: StagingResult, path: Path) -> None:
    picture = overlay_picture(result)
    if picture is None:
        path.unlink(missing_ok=True)
        return
    data = png_bytes(picture)
    write_atomic(path, lambda partial: partial.write_bytes(data))


def _write_gradcam(result: StagingResult, gradcam: GradCam | None, path: Path) -> None:
    if gradcam is None or not result.assessable:
        path.unlink(missing_ok=True)
        return
    write_atomic(path, lambda partial: write_gradcam_nrrd(partial, gradcam, result.model))
