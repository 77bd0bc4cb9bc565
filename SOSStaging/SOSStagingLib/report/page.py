"""The report as one self-contained HTML page for screen and A4 paper."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Sequence
from html import escape

import numpy as np
import numpy.typing as npt
from PIL import Image

from ..model.scheme import SchemeError, StageScheme, load_scheme
from ..scan.slab import is_mirrored
from ..staging.result import StagingResult
from . import words
from .drawing import stage_svg
from .picture import close_view, colour_bar, png_bytes, slice_picture, whole_view, with_colour_bar
from .style import STYLE

_SEVERITY = {"refuse": "Refused", "warning": "Warning", "info": "Note"}
_ORDER = {"refuse": 0, "warning": 1, "info": 2}


def report_html(result: StagingResult, reading: int | None = None) -> str:
    """Return the whole page, with the stage a person read beside the answer where there is one.

    Everything that comes from the scan or the model file is escaped; nothing is fetched.
    """
    scheme = _scheme(result)
    body = [_head(result), _staged(result, scheme) if result.assessable else _refused(result)]
    body += [_reading(result, reading), _pictures(result), _measures(result), _quality(result)]
    body += [_warnings(result, scheme), _provenance(result)]
    return (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; img-src data:; '
        "style-src 'unsafe-inline'\">"
        f"<title>{_title(result)}</title><style>{STYLE}</style></head>\n<body><main>\n"
        + "\n".join(part for part in body if part)
        + "\n</main></body></html>\n"
    )


def overlay_picture(result: StagingResult) -> Image.Image | None:
    """Return the midsagittal slice with Grad-CAM, mark and legend; None without slab or Grad-CAM or stage."""
    if result.slab is None or result.gradcam is None or not result.assessable:
        return None
    return with_colour_bar(
        slice_picture(
            result.slab,
            whole_view(result.slab, 900),
            result.gradcam,
            _mark(result),
            scale_known=result.scale_known,
        )
    )


def _scheme(result: StagingResult) -> StageScheme | None:
    """Return the scheme for drawings and descriptions; a model may bring one that is not installed here."""
    try:
        scheme = load_scheme(result.scheme)
    except SchemeError:
        return None
    return scheme if len(scheme.stages) == len(result.stage_names) else None


def _title(result: StagingResult) -> str:
    answer = "not assessable"
    if result.assessable:
        stages = words.stages(result)
        answer = f"stage {stages} of {len(result.stage_names)}" if stages else "stage not determined"
    return escape(f"SOS fusion: {answer} – {result.input_name}")


def _head(result: StagingResult) -> str:
    lines = "".join(f"<div><label>{label}</label><span></span></div>" for label in ("Patient", "Date", "Operator"))
    return (
        "<header><div><h1>Spheno-occipital synchondrosis</h1>"
        f'<p class="sub">Fusion stage from {"one midsagittal picture" if result.kind == "picture" else "a head scan"}: '
        f"<strong>{escape(result.input_name)}</strong></p></div>"
        '<p class="tag">Research use only<br>Not a medical device</p></header>'
        f'<section class="blanks" aria-label="To be filled in by hand">{lines}</section>'
    )


def _staged(result: StagingResult, scheme: StageScheme | None) -> str:
    assert result.stage is not None
    assert result.probabilities is not None
    name = result.stage_names[result.stage - 1]
    description = "" if scheme is None else f'<p class="meaning">{escape(scheme.stage(result.stage).description)}</p>'
    sure = "".join(f"<li>{escape(sentence)}</li>" for sentence in words.certainty(result))
    source = result.scheme if scheme is None else f"{scheme.title} ({scheme.id}). {scheme.note}"
    return (
        '<section class="answer"><div class="headline">'
        f"{_headline(result, name)}{description}"
        f'<p class="prob">Probability {escape(words.percent(result.probabilities[result.stage - 1]))}</p>'
        f"<h3>How sure, and why</h3><ul>{sure}</ul></div>"
        f'<div class="bars">{_bars(result, scheme)}<p class="fine">Scheme: {escape(source)}</p></div></section>'
    )


def _headline(result: StagingResult, name: str) -> str:
    """The answer in large letters: the only plausible stage, or else what may be, and then the likeliest."""
    stages, total = words.stages(result), f" <small>of {len(result.stage_names)}</small>"
    if stages == str(result.stage):
        return f'<p class="stage">Stage {stages}{total}</p><h2>{escape(name)}</h2>'
    large = f"Stage {stages}{total}" if stages else "Stage not determined"
    return f'<p class="stage">{large}</p><h2>Most probable: {result.stage}, {escape(name)}</h2>'


def _reading(result: StagingResult, reading: int | None) -> str:
    if reading is None:
        return ""
    name = escape(result.stage_names[reading - 1]) if reading <= len(result.stage_names) else ""
    beside = "the same as the answer" if reading == result.stage else f"the answer was stage {result.stage}"
    return (
        f"<section><h3>Read by a person</h3><p>Stage {reading} of {len(result.stage_names)}: {name} ({beside}).</p>"
        "</section>"
    )


def _bars(result: StagingResult, scheme: StageScheme | None) -> str:
    rows = []
    for number, (name, probability) in enumerate(
        zip(result.stage_names, result.probabilities or (), strict=True), start=1
    ):
        marks = " ".join(["chosen"] * (number == result.stage) + ["plausible"] * (number in result.plausible_stages))
        drawing = "" if scheme is None else stage_svg(scheme.stage(number))
        width = max(0.0, min(1.0, float(probability))) * 100
        tick = '<span class="tick">plausible</span>' if number in result.plausible_stages else ""
        rows.append(
            f'<div class="row {marks}"><div class="pic">{drawing}</div><div class="what">'
            f'<div class="name"><b>{number}</b> {escape(name)} {tick}</div>'
            f'<svg class="bar" width="100%" height="10" role="img" aria-label="{escape(words.percent(probability))}">'
            f'<rect class="track" width="100%" height="10" rx="2"/>'
            f'<rect class="fill" width="{width:.1f}%" height="10" rx="2"/></svg></div>'
            f'<div class="pct">{escape(words.percent(probability))}</div></div>'
        )
    return "".join(rows)


def _refused(result: StagingResult) -> str:
    reasons = "".join(f"<li>{escape(reason.text)} <code>{escape(reason.code)}</code></li>" for reason in result.reasons)
    return (
        '<section class="refused" role="alert"><p class="no">Not assessable</p>'
        "<p><strong>No stage is given for this input.</strong> Do not read a stage from the pictures below either."
        f"</p><h3>Why</h3><ul>{reasons}</ul><h3>What to do</h3><ul>"
        + "".join(f"<li>{line}</li>" for line in _advice(result))
        + "</ul></section>"
    )


def _advice(result: StagingResult) -> list[str]:
    again = (
        "If another reconstruction or export of the same scan exists, try that, for example the DICOM series instead "
        "of a converted file."
    )
    if "quality" not in result.seconds:
        lines = ["Check that the file or folder is where it should be, and complete.", again]
    elif result.kind == "picture":
        lines = [
            "Check that this is one midsagittal slice of a head CT or cone-beam CT, upright, without marks in it.",
            "Check that it shows the skull base from the sella turcica to the foramen magnum.",
            "If its pixel size or the side the nose is on were given, check them.",
        ]
    else:
        lines = [
            "Check that this is a CT or cone-beam CT of a head, in its original resolution and orientation.",
            "Check that the field of view holds the skull base from the sella turcica to the foramen magnum.",
            again,
        ]
        if result.slab is not None:
            lines.append("If the midsagittal plane shown is wrong, set it by hand and stage again.")
    return [*lines, "Do not take another scan for this reading."]


def _mark(result: StagingResult) -> tuple[float, float] | None:
    return None if result.sos is None or not result.assessable else result.sos.center_slab_px


def _pictures(result: StagingResult) -> str:
    slab = result.slab
    if slab is None:
        return ""
    known = result.scale_known
    if not result.assessable:
        plain = slice_picture(slab, scale_known=known)
        figure = _figure(plain, "The plane that was looked at. It was not staged.")
        return f'<section class="pictures one"><h3>Midsagittal plane</h3>{figure}</section>'
    mark = _mark(result)
    views = [(whole_view(slab), "Midsagittal slice")]
    if mark is not None:
        views.append((close_view(slab, mark), "Around the synchondrosis"))
    figures, as_given = [], "mirrored to face right" if is_mirrored(slab) else "as scanned"
    for view, caption in views:
        figures.append(_figure(slice_picture(slab, view, None, None, known), f"{caption}, {as_given}"))
        if result.gradcam is not None:
            heat = slice_picture(slab, view, result.gradcam, mark, known)
            figures.append(_figure(heat, f"{caption}, Grad-CAM of stage {result.stage}"))
    grid = f'<div class="grid">{"".join(figures)}</div>'
    return f'<section class="pictures"><h3>Pictures</h3>{grid}{_legend(result)}</section>'


def _legend(result: StagingResult) -> str:
    ring = "" if result.sos is None else "The ring marks where the model sees the synchondrosis."
    if result.gradcam is None:
        return f'<p class="fine">{ring} There is no heat map for this result.</p>'
    bar = base64.b64encode(png_bytes(colour_bar(480, 12))).decode("ascii")
    return (
        '<div class="legend fine"><span>no evidence</span>'
        f'<img alt="Heat colours from no evidence to full scale" src="data:image/png;base64,{bar}">'
        "<span>full scale</span></div>"
        f'<p class="fine">{ring} The heat is on one absolute scale for all scans: little heat means little '
        "evidence.</p>"
    )


def _figure(image: Image.Image, caption: str) -> str:
    data = base64.b64encode(png_bytes(image)).decode("ascii")
    text = escape(caption)
    return f'<figure><img alt="{text}" src="data:image/png;base64,{data}"><figcaption>{text}</figcaption></figure>'


def _measures(result: StagingResult) -> str:
    rows: list[tuple[str, str]] = []
    sos, plane = result.sos, result.plane
    if sos is not None and result.assessable:
        if sos.center_ras_mm is not None:
            rows.append(("Synchondrosis centre (mm, scan coordinates)", _millimetres(sos.center_ras_mm)))
        if sos.center_px is not None:
            place = f"x {sos.center_px[0]:.1f}, y {sos.center_px[1]:.1f}"
            rows.append(("Synchondrosis centre (pixel of the picture as given)", place))
        seen = f"yes (score {_score(sos.confidence)} of 1, which says nothing of how exact the place is)"
        rows.append(("Synchondrosis recognised", seen))
    if plane is not None and result.kind != "picture":
        found = f"found automatically (symmetry score {_score(plane.confidence)} of 1)"
        rows += [
            ("Midsagittal plane", "set by the user" if plane.source == "user" else found),
            ("Plane passes through (mm, scan coordinates)", _millimetres(plane.origin_ras_mm)),
            ("Plane normal", words.millimetres([float(v) for v in plane.normal_ras], 3)),
            ("Face turned (yaw)", words.angle(plane.yaw_deg, "to the patient's left", "to the patient's right")),
            ("Head tilted (roll)", words.angle(plane.roll_deg, "to the patient's left", "to the patient's right")),
        ]
    if result.gradcam is not None and result.assessable:
        rows.append(("Grad-CAM inside the synchondrosis box", words.percent(result.gradcam.share_in_box)))
        if result.scale_known:
            rows.append(("Grad-CAM within 20 mm of it", words.percent(result.gradcam.share_within_20mm)))
    return f"<section><h3>Position and plane</h3>{_table(rows)}</section>" if rows else ""


def _millimetres(point: npt.NDArray[np.float64]) -> str:
    return words.millimetres([float(value) for value in point])


def _quality(result: StagingResult) -> str:
    findings = sorted(result.quality.findings, key=lambda f: _ORDER.get(f.severity, 3))
    if not findings:
        return '<section><h3>Scan quality</h3><p class="fine">Nothing to report.</p></section>'
    items = "".join(
        f'<li class="{escape(f.severity)}"><b>{_SEVERITY.get(f.severity, "Note")}</b> {escape(f.text)}</li>'
        for f in findings
    )
    return f'<section><h3>Scan quality</h3><ul class="findings">{items}</ul></section>'


def _score(value: float) -> str:
    return ">0.99" if value > 0.995 else f"{value:.2f}"


def _warnings(result: StagingResult, scheme: StageScheme | None) -> str:
    has_scar = scheme is not None and any(stage.scar for stage in scheme.stages)
    items = "".join(
        f"<li><b>{escape(head)}.</b> {escape(text)}</li>" for head, text in words.warnings(result, has_scar)
    )
    return f'<section class="warnings"><h3>Read before use</h3><ul>{items}</ul></section>'


def _provenance(result: StagingResult) -> str:
    rows: list[tuple[str, str]] = []
    if result.model is not None:
        rows += [
            ("Model", f"{result.model.name}, version {result.model.version}"),
            ("Model SHA-256", result.model.sha256),
            ("Trained on", result.model.trained_on),
        ]
    rows.append(("Stage scheme", result.scheme))
    if result.software:
        rows.append(("Software", ", ".join(f"{name} {version}" for name, version in sorted(result.software.items()))))
    if result.seconds:
        steps = ", ".join(f"{step} {seconds:.2f}" for step, seconds in result.seconds.items())
        rows.append(("Seconds", steps))
    return f"<section><h3>Provenance</h3>{_table(rows)}</section>"


def _table(rows: Iterable[Sequence[str]]) -> str:
    cells = "".join(f"<tr><th>{escape(str(head))}</th><td>{escape(str(value))}</td></tr>" for head, value in rows)
    return f"<table>{cells}</table>"
