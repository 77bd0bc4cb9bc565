"""Both modules from the installed tree alone: what is not packaged is not there. The first run, counted in clicks."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from extension.installed import ROOT, Installed

TUTORIAL = ROOT / "docs" / "tutorial-SOSStaging.md"
# What a new user clicks, from empty settings to a staged sample and its report, packages not yet complete.
CLICKS = ["the module list", "SOS Staging", "Stage a sample head", "OK", "Show the report"]
# As they stand in bold in the tutorial; the module list is no text on the screen.
BOLD = [f"**{name}**" for name in CLICKS[1:]]


@pytest.fixture(scope="module")
def seen(installed: Installed, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What the first run saw, in a process that has nothing of the source tree's modules."""
    for name in ("torch", "PySide6", "slicer"):
        pytest.importorskip(name, reason=f"{name} is not installed")
    folder = tmp_path_factory.mktemp("first-run")
    kept = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    environment = {**kept, "SOSSTAGING_MODELS": str(folder / "models"), "PYTHONSAFEPATH": "1"}
    command = [sys.executable, str(Path(__file__).with_name("first_run.py")), str(installed.modules), str(folder)]
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout.splitlines()[-1])
    assert answer["staged"], answer["message"]
    return answer


def test_five_clicks_to_a_staged_sample_and_its_report(
    seen: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    assert "Stage 5 of 5" in seen["headline"]  # an adult's: completely fused
    assert "Stage 5" in seen["report"] and "Research only" in seen["report"]
    assert {"gradcam.nrrd", "overlay.png", "report.html", "result.json"} <= set(seen["files"])
    assert seen["clicks"] == CLICKS and len(seen["clicks"]) <= 5
    assert [line.split(">")[0] for line in seen["asked"]] == ["psutil"]  # installed after the question, in that run
    assert not seen["problems"]
    with capsys.disabled():
        print(f"\nfirst run: {len(seen['clicks'])} clicks, {seen['seconds']:.1f} s from starting to the report")


def test_a_report_that_was_only_shown_is_not_left_behind(seen: dict[str, Any]) -> None:
    assert seen["report_left"] is False


def test_both_modules_come_from_the_installed_tree_alone(seen: dict[str, Any], installed: Installed) -> None:
    assert seen["training"] == "SOSStagingTrainingLib.gui.page"
    assert seen["from"] and all(Path(file).is_relative_to(installed.prefix) for file in seen["from"])
    sources = [ROOT / "SOSStaging", ROOT / "SOSStagingTraining"]
    assert not [path for path in seen["path"] for source in sources if Path(path).is_relative_to(source)]


def test_the_tutorial_lists_these_clicks_in_this_order() -> None:
    text = TUTORIAL.read_text(encoding="utf-8") if TUTORIAL.is_file() else ""
    if BOLD[1] not in text:
        pytest.skip("docs/tutorial-SOSStaging.md does not list the clicks of the first run yet")
    begin = text.index(BOLD[1])
    after = [text.find(bold, begin) for bold in BOLD[1:]]
    assert BOLD[0] in text[:begin] and -1 not in after and after == sorted(after)
