"""Secrets, personal folders, patients' names and e-mail addresses are caught wherever they could get out."""

from __future__ import annotations

import json
import logging
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
import SimpleITK as sitk
from cli.test_stage_command import command
from PIL import Image
from PIL.PngImagePlugin import PngInfo
from report.made_results import make_result
from scan.scan_files import toy_head, write_series
from SOSStagingLib.cli import main
from SOSStagingLib.model.sosmodel import read_card
from SOSStagingLib.quiet_paths import quiet_logger, without_paths
from SOSStagingLib.report.cohort import write_cohort_csv
from SOSStagingLib.report.write import write_report
from SOSStagingLib.staging.result import ModelInfo

ROOT = Path(__file__).resolve().parents[3]
MODEL = ROOT / "SOSStaging/Resources/Models/sos-student-simulated.sosmodel"
SCRIPT = "<script>alert('x')</script><img src=x onerror=alert(1)>"
PRIVATE = {
    "a secret": [
        "ghp_" + "a1B2" * 9, "AKIA" + "ABCD" * 4, "-----BEGIN RSA PRIVATE KEY-----", 'api_key = "hunter2hunter2"',
        "https://somebody:word@host.org/x",
    ],
    "a personal path": [
        "/home/anna/scans/1.nrrd", "/Users/anna/x", r"C:\Users\anna\x", r'"C:\\Users\\anna"', "/root/secret",
    ],
    "a patient's name": ["MUELLER^ANNA", "Doe^John^^"],
    "a field with a patient's name": ['"PatientName": "Anna Mueller"', "Patient's Name: Mueller, Anna"],
    "an e-mail address": ["anna.mueller@hospital.de"],
}  # fmt: skip
HARMLESS = [
    "/home/user/scans", "mail@example.org", "git@github.com:owner/name.git", "PatientName = 'Simulated^One'",
    "key=value", "https://example.org/home/x/", "a^b", "token = None", "icon@2x.png", "@dataclass", "2^10",
]  # fmt: skip


def test_nothing_private_is_in_the_repository(privacy: ModuleType) -> None:
    assert list(privacy.repository_findings(ROOT)) == []


@pytest.mark.parametrize(("what", "text"), [(what, text) for what, texts in PRIVATE.items() for text in texts])
def test_each_kind_is_caught_in_a_repository(privacy: ModuleType, tmp_path: Path, what: str, text: str) -> None:
    (tmp_path / "notes.md").write_text(f"some words {text} and more\n")
    assert any(f"notes.md holds {what}" in found for found in privacy.repository_findings(tmp_path))


def test_words_inside_pictures_and_volumes_are_caught(privacy: ModuleType, tmp_path: Path) -> None:
    words = PngInfo()
    words.add_text("Comment", "MUELLER^ANNA")
    Image.fromarray(np.random.default_rng(1).integers(0, 255, (200, 200), np.uint8)).save(
        tmp_path / "a.png", pnginfo=words
    )
    volume = sitk.GetImageFromArray(np.random.default_rng(1).integers(0, 999, (20, 20, 20)).astype(np.int16))
    volume.SetMetaData("source", "/home/anna/scans/1.dcm")
    sitk.WriteImage(volume, str(tmp_path / "b.nrrd"), useCompression=True)
    assert privacy.folder_findings(tmp_path) == [
        "a.png holds a patient's name: MUELLER^ANNA",
        "b.nrrd holds a personal path: /home/anna/",
    ]


@pytest.mark.parametrize("text", HARMLESS)
def test_what_is_harmless_is_left(privacy: ModuleType, text: str) -> None:
    assert privacy.findings(text) == []


def test_the_bundled_model_holds_nothing_private_and_a_doctored_one_is_caught(
    privacy: ModuleType, tmp_path: Path
) -> None:
    from SOSStagingLib.model.sosmodel import write_model

    assert privacy.file_findings(MODEL) == []
    write_model(tmp_path / "x.sosmodel", b"w", {**read_card(MODEL), "training": {"study": "/home/anna/study"}})
    assert privacy.file_findings(tmp_path / "x.sosmodel") == ["x.sosmodel holds a personal path: /home/anna/"]


def test_a_report_with_private_words_is_caught(privacy: ModuleType, tmp_path: Path) -> None:
    write_report(make_result(name="MUELLER^ANNA.nrrd"), tmp_path)
    assert {"report.html", "result.json"} <= {found.split()[0] for found in privacy.folder_findings(tmp_path)}


def test_a_patients_header_reaches_neither_reports_nor_logs(
    privacy: ModuleType, tmp_path: Path, orders: Path, easy_gate: None, caplog: pytest.LogCaptureFixture
) -> None:
    """A DICOM series full of names, in a folder named after the patient, staged in full."""
    stored = (toy_head((20, 45, 40), 4.0).astype(int) + 1024).clip(0).astype(np.uint16)
    private = {
        "PatientName": "MUELLER^ANNA", "PatientID": "anna.mueller@hospital.de", "InstitutionName": "Hospital Anna",
        "PatientBirthDate": "20101224", "PerformingPhysicianName": "DOE^JOHN",
    }  # fmt: skip
    write_series(tmp_path / "MUELLER ANNA" / "scan", stored, np.arange(20) * 4.0, **private)
    caplog.set_level(logging.DEBUG)
    out = tmp_path / "out"
    status = main(["stage", str(tmp_path / "MUELLER ANNA" / "scan"), "--out", str(out), "--model", str(orders),
                   "--engine", "fake_engine:load"])  # fmt: skip
    assert status == 0
    written = [file.read_bytes() for file in out.rglob("*") if file.is_file()] + [caplog.text.encode()]
    for word in ("mueller", "anna", "hospital", "20101224", "^john"):
        assert not any(word in data.lower().decode("latin-1") for data in written if not data.startswith(b"\x89PNG")), (
            word
        )
    assert privacy.folder_findings(out) == []


def test_a_card_with_script_in_its_name_is_only_text_in_the_report(tmp_path: Path) -> None:
    model = ModelInfo(SCRIPT, f'"{SCRIPT}', "0" * 64, f"'{SCRIPT}")
    result = make_result(name=f"{SCRIPT}.nrrd", model=model, scheme=SCRIPT, stage_names=(SCRIPT,) * 5)
    write_report(result, tmp_path)
    page = (tmp_path / "report.html").read_text()
    assert "&lt;script&gt;" in page and "<script" not in page and "<img src=x" not in page and "onerror=alert" in page
    assert "default-src 'none'" in page
    assert json.loads((tmp_path / "result.json").read_text())["model"]["name"] == SCRIPT
    write_cohort_csv(tmp_path / "c.csv", [("=1+1", make_result(model=ModelInfo("=cmd|' /C calc'!A0", "1", "0", "x")))])
    assert ",=" not in (tmp_path / "c.csv").read_text() and "\n=" not in (tmp_path / "c.csv").read_text()


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ('File "/home/Jane Doe/my scans/x.py", line 3', 'File "…/x.py", line 3'),
        ("cannot open /data/hospital/MUELLER^ANNA/1.dcm: gone", "cannot open …/1.dcm: gone"),
        (r"FileNotFoundError: 'C:\\Users\\Jane Doe\\a.nrrd'", "FileNotFoundError: '…/a.nrrd'"),
        (r"C:\Users\jane\a.nrrd failed", "…/a.nrrd failed"),
        (r"\\server\anna\x.dcm", "…/x.dcm"),
        (f"{Path.home()}/Jane Doe/z.txt is cut off", "…/z.txt is cut off"),
        ("3 mm/s, and/or, 1/2/3, https://example.org/a/b", "3 mm/s, and/or, 1/2/3, https://example.org/a/b"),
    ],
)
def test_paths_are_cut_to_their_last_name(text: str, left: str) -> None:
    assert without_paths(text) == left


def test_tracebacks_are_cleaned_for_whoever_shows_them(caplog: pytest.LogCaptureFixture) -> None:
    log = quiet_logger("SOSStagingLib.a_test")
    try:
        Path("/data/MUELLER ANNA/none.nrrd").read_bytes()
    except OSError:
        log.exception("could not read %s", Path("/data/MUELLER_ANNA/none.nrrd"))
    assert "none.nrrd" in caplog.text and "test_privacy.py" in caplog.text
    assert "MUELLER" not in caplog.text and str(ROOT) not in caplog.text


@pytest.mark.parametrize("order", ["die", "raise", "damaged"])
def test_what_a_failing_worker_says_holds_no_path(tmp_path: Path, orders: Path, order: str) -> None:
    orders.write_text(order)
    folder = tmp_path / "MUELLER ANNA"
    folder.mkdir()
    (folder / "scan.nrrd").write_bytes(b"NRRD0004\nbroken")
    words = ["stage", folder / "scan.nrrd", ROOT / "Resources", "--out", tmp_path / "out"]
    line, environment = command("--verbose", *words, "--model", orders, "--engine", "fake_engine:load")
    done = subprocess.run(line, env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 3
    said = done.stderr + "".join(f.read_text() for f in (tmp_path / "out").rglob("*.json"))
    assert "MUELLER" not in said and str(ROOT) not in said and sys.prefix not in said
