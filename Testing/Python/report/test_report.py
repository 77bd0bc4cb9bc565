"""The report of a staged and of a refused scan: what is said, what is never said, and which files are left."""

import functools
import json
import os
import re
import subprocess
import sys
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest
import SOSStagingLib
from PIL import Image
from report.made_results import make_refusal, make_result, make_slab
from SOSStagingLib.report.page import report_html
from SOSStagingLib.report.words import angle, listed, millimetres, percent
from SOSStagingLib.report.write import write_report
from SOSStagingLib.scan.types import Finding, QualityReport
from SOSStagingLib.staging.result import ModelInfo, SosLocation
from SOSStagingLib.staging.stored import result_from_json


class Page(HTMLParser):
    """Visible text, tags and attributes; fails on tags closed in the wrong order."""

    VOID = frozenset({"meta", "img", "br"})

    def __init__(self, html):
        super().__init__()
        self.text, self.tags, self.attributes, self._open = "", [], [], []
        self.feed(html)
        assert self._open == []

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += attrs
        if tag not in self.VOID:
            self._open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += attrs

    def handle_endtag(self, tag):
        assert self._open.pop() == tag

    def handle_data(self, data):
        if self._open and self._open[-1] != "style":
            self.text += data + " "

    @property
    def words(self):
        return " ".join(self.text.split())


def page(result):
    return Page(report_html(result))


@functools.cache
def staged_html():
    return report_html(make_result())


def staged_page():
    return Page(staged_html())


def test_staged_page_says_stage_probabilities_and_plausible_stages():
    text = staged_page().words
    assert "Stage 3 or 4 of 5 Most probable: 3, About half fused" in text
    assert "About half fused" in text
    assert "At 90 % coverage on simulated heads stages 3 and 4 are plausible." in text
    assert "The next most probable is stage 4 (25 %)." in text
    for shown in ("<1 %", "10 %", "60 %", "25 %", "5 %"):
        assert shown in text
    assert "90 % of the evidence (Grad-CAM) lies within 20 mm" in text
    assert "Less sure because of the scan: Noisy." in text
    assert "ab" * 32 in text


def test_a_scan_that_rules_nothing_out_is_not_given_a_coverage():
    text = page(make_result(plausible_stages=(1, 2, 3, 4, 5))).words
    assert "This scan rules no stage out: all of them are plausible." in text
    assert "Stage not determined Most probable: 3" in text and "Stage 3 of 5" not in text
    assert "coverage" not in text


def test_the_headline_is_no_surer_than_the_plausible_stages():
    assert "Stage 3 of 5 About half fused" in page(make_result(plausible_stages=(3,))).words
    assert "Stage 2 to 4 of 5 Most probable: 3" in page(make_result(plausible_stages=(2, 3, 4))).words


def test_scores_are_no_confidence_and_angles_have_a_side():
    text = staged_page().words
    assert "onfidence" not in text and "symmetry score" in text
    assert angle(10.06, "to the left", "to the right") == "10.1° to the left"
    assert angle(-0.7, "to the left", "to the right") == "0.7° to the right"
    assert angle(-0.04, "to the left", "to the right") == "0.0°"


def test_what_could_not_be_read_is_not_told_to_check_its_plane():
    unread = replace(make_refusal(), seconds={"read": 0.1}, slab=None)
    assert "complete" in page(unread).words and "plane" not in page(unread).words.split("What to do")[1][:400]
    judged = replace(make_refusal(), seconds={"read": 0.1, "quality": 0.1}, slab=make_slab())
    assert "midsagittal plane shown" in page(judged).words


def test_staged_page_carries_the_warnings_and_blank_lines():
    text = staged_page().words
    for warning in (
        "Not a medical device",
        "Not for legal or forensic age assessment",
        "Trained on simulated heads",
        "fusion scar can persist",
        "not Hounsfield units",
        "Never take a CBCT for this reading",
    ):
        assert warning in text
    html = staged_html()
    for label in ("Patient", "Date", "Operator"):
        assert f"<label>{label}</label><span></span>" in html


def test_neither_page_speaks_of_being_of_age():
    for parsed in (staged_page(), page(make_refusal())):
        assert not re.search(r"(≥|>=|over|above|at least)\s*18", parsed.text)


def test_page_is_self_contained():
    parsed = staged_page()
    assert "script" not in parsed.tags
    assert "link" not in parsed.tags
    sources = [value for name, value in parsed.attributes if name in ("src", "href")]
    assert len(sources) == 5  # slice and close-up, each with and without heat, and the legend
    assert all(value.startswith("data:image/png;base64,") for value in sources)
    assert "http:" not in staged_html()
    assert "https:" not in staged_html()


def test_training_statement_follows_the_model():
    for trained_on, words in (("real", "Trained on real scans"), ("", "not known"), ("dry skulls", "dry skulls")):
        assert words in page(make_result(model=ModelInfo("m", "1", "0", trained_on))).words
    assert "not known" in page(make_result(model=None)).words


def test_refused_page_looks_different_and_says_why():
    parsed = page(make_refusal(slab=make_slab()))
    assert "Not assessable" in parsed.words
    assert "There is no skull around brain tissue." in parsed.words
    assert "What to do" in parsed.words
    assert "%" not in parsed.words
    assert not re.search(r"Stage \d", parsed.words)
    assert ("class", "bar") not in parsed.attributes
    assert ("role", "alert") in parsed.attributes
    assert parsed.tags.count("img") == 1


def test_everything_from_outside_is_escaped():
    evil = "<script>alert(1)</script>\"'&"
    finding = Finding("<code>", "warning", evil, evil, evil)
    for result in (
        make_result(
            name=evil,
            stage_names=(evil,) * 5,
            quality=QualityReport((finding,)),
            model=ModelInfo(evil, evil, evil, evil),
            software={evil: evil},
            seconds={evil: 1.0},
            scheme=evil,
        ),
        make_refusal(name=evil, reasons=(finding,), quality=QualityReport((finding,))),
    ):
        assert "<script" not in report_html(result)
        assert page(result).words.count("<script>alert(1)</script>") >= 3


def test_scheme_that_is_not_installed_still_gives_a_page():
    text = page(make_result(scheme="six-stage", stage_names=tuple("ABCDEF"), probabilities=(0.1,) * 4 + (0.5, 0.1)))
    assert "Stage 3 or 4 of 6" in text.words


def test_picture_of_unknown_spacing_shows_pixels_and_no_plane():
    unknown = QualityReport((Finding("spacing_unknown", "warning", "The pixel size is not known."),))
    sos = SosLocation((90.0, 110.0), None, None, (312.5, 208.0), 0.8)
    text = page(make_result(kind="picture", sos=sos, quality=unknown)).words
    assert "x 312.5, y 208.0" in text
    assert "Plane normal" not in text
    assert "mm of it" not in text
    assert "within 20 mm" not in text


def test_json_holds_no_millimetres_and_no_coverage_where_there_are_none():
    unknown = QualityReport((Finding("spacing_unknown", "warning", "The pixel size is unknown."),))
    data = make_result(quality=unknown, plausible_stages=(1, 2, 3, 4, 5), kind="picture").to_json()
    assert data["gradcam"]["share_within_20mm"] is None and data["plausible_coverage"] is None
    back = result_from_json(data)
    assert np.isnan(back.gradcam.share_within_20mm) and back.to_json() == data
    known = make_result().to_json()
    assert known["gradcam"]["share_within_20mm"] == 0.9 and known["plausible_coverage"] == 0.9


def test_a_mirrored_picture_is_not_called_as_scanned():
    mirror = np.array([[-1.0, 0, 100], [0, 1, 0], [0, 0, 1]])
    pictured = page(make_result(kind="picture", slab=replace(make_slab(), picture_to_slab=mirror))).words
    assert "mirrored to face right" in pictured and "as scanned" not in pictured
    assert "as scanned" in staged_page().words


def test_evidence_elsewhere_is_a_caution():
    result = make_result()
    cam = type(result.gradcam)(result.gradcam.array, result.gradcam.geometry, 1.0, 0.05, 0.2)
    assert "Caution: only 20 % of the evidence" in page(make_result(gradcam=cam)).words


def test_files_of_a_staged_scan(tmp_path):
    write_report(make_result(), tmp_path / "new" / "head")
    folder = tmp_path / "new" / "head"
    assert sorted(p.name for p in folder.iterdir()) == ["gradcam.nrrd", "overlay.png", "report.html", "result.json"]
    data = json.loads((folder / "result.json").read_text(encoding="utf-8"))
    assert data["stage"] == 3
    assert data["sos"]["centre_ras_mm"] == pytest.approx(list(make_result().sos.center_ras_mm))
    with Image.open(folder / "overlay.png") as overlay:
        assert np.ptp(np.asarray(overlay.convert("RGB"), int), axis=-1).max() > 60


def test_refusal_after_a_stage_leaves_no_old_overlay(tmp_path):
    write_report(make_result(), tmp_path)
    write_report(make_refusal(), tmp_path)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["report.html", "result.json"]
    data = json.loads((tmp_path / "result.json").read_text(encoding="utf-8"))
    assert data["stage"] is None
    assert data["probabilities"] is None
    assert data["reasons"] == [{"code": "not-a-head", "text": "There is no skull around brain tissue."}]


def test_numbers_json_cannot_hold_become_null(tmp_path):
    odd = QualityReport((Finding("noise", "info", "x", float("nan"), np.float32(2.5)),))
    write_report(make_result(quality=odd, seconds={"read": np.float64(0.5)}), tmp_path)
    finding = json.loads((tmp_path / "result.json").read_text())["quality"]["findings"][0]
    assert finding["value"] is None
    assert finding["limit"] == 2.5


def test_interrupted_write_leaves_no_half_file(tmp_path, monkeypatch):
    def fail(*_):
        raise OSError("disk full")

    monkeypatch.setattr("SOSStagingLib.report.write.report_html", fail)
    with pytest.raises(OSError, match="disk full"):
        write_report(make_result(), tmp_path)
    assert not (tmp_path / "result.json").exists()
    assert not [p for p in tmp_path.iterdir() if "partial" in p.name]


@pytest.mark.parametrize(
    ("probability", "text"), [(0, "<1 %"), (0.004, "<1 %"), (0.337, "34 %"), (0.99, "99 %"), (1.0, ">99 %")]
)
def test_percent_never_claims_certainty(probability, text):
    assert percent(probability) == text


def test_small_words():
    assert listed([1, 2, 3]) == "1, 2 and 3"
    assert millimetres([-1.25, 2, -3]) == "L 1.2, A 2.0, I 3.0"
    assert millimetres(None) == "not given"


def test_importing_report_leaves_torch_and_slicer_out():
    code = (
        "import sys, SOSStagingLib.report.write, SOSStagingLib.report.cohort;"
        "sys.exit(bool({'torch', 'slicer', 'vtk', 'qt'} & set(sys.modules)))"
    )
    environment = {**os.environ, "PYTHONPATH": str(Path(SOSStagingLib.__file__).parents[1])}
    assert subprocess.run([sys.executable, "-c", code], check=False, env=environment).returncode == 0
