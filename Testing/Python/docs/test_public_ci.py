"""The public host runs what one machine runs: every step is a target of the Makefile, and .ci/run has the same ones."""

from __future__ import annotations

import re
import shlex
import subprocess
import tomllib
from pathlib import Path

import pytest
from docs.places import ROOT, make_targets

yaml = pytest.importorskip("yaml", reason="PyYAML is not installed")
WORKFLOW = ROOT / ".github" / "workflows" / "ci.yml"
# Needed on a bare machine of the host only.
OF_THE_HOST = {"system-libraries"}


@pytest.fixture(scope="module")
def jobs() -> dict:
    return yaml.safe_load(WORKFLOW.read_text(encoding="utf-8"))["jobs"]


def targets_of(command: str) -> list[str]:
    """The targets that a make command asks for."""
    words = shlex.split(command)
    assert words[0] == "make", f"{command} is not a make target"
    return [word for word in words[1:] if "=" not in word]


def commands(jobs: dict) -> list[str]:
    return [step["run"] for job in jobs.values() for step in job["steps"] if "run" in step]


def test_every_step_is_a_target_that_exists(jobs: dict) -> None:
    for command in commands(jobs):
        assert "\n" not in command
        assert targets_of(command) and set(targets_of(command)) <= make_targets(), command
    others = {step["uses"].partition("@")[0] for job in jobs.values() for step in job["steps"] if "uses" in step}
    assert others <= {"actions/checkout", "actions/setup-python"}


def test_one_machine_runs_the_same(jobs: dict) -> None:
    at_home = [line for line in (ROOT / ".ci" / "run").read_text(encoding="utf-8").splitlines() if line[:5] == "make "]
    there = {target for command in commands(jobs) for target in targets_of(command)} - OF_THE_HOST
    # `make test` lints first.
    assert there - {"lint"} == {target for command in at_home for target in targets_of(command)}
    assert {command for command in commands(jobs) if "WITHOUT" in command} <= set(at_home)


def test_what_is_left_out_of_one_target_is_run_by_another() -> None:
    text = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    left_out = re.search(r'WITHOUT="([^"]*)"', text)
    assert left_out is not None
    asked = ["make", "--dry-run", "--always-make", "packaging-test", "docs-test"]
    planned = subprocess.run(asked, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    for folder in left_out[1].split():
        assert (ROOT / "Testing" / "Python" / folder).is_dir()
        assert f"Testing/Python/{folder}" in planned


def test_both_versions_of_slicer_and_of_python(jobs: dict) -> None:
    versions = jobs["slicer"]["strategy"]["matrix"]["slicer-core"]
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    pinned = project["optional-dependencies"]["scene"][0].partition("==")[2]
    assert pinned in versions and any(version.startswith("5.12.4") for version in versions)
    pythons = {
        step["with"]["python-version"] for job in jobs.values() for step in job["steps"] if "python" in str(step)
    }
    assert pythons == {"3.11", "3.12"}
    assert all(job["env"]["PYTHON"] == "python3.12" for name, job in jobs.items() if name == "slicer")


def test_rooms_without_torch_exist() -> None:
    found = re.search(r"^ROOMS = \(([^)]*)\)", (ROOT / "Testing/Packaging/torch_free.py").read_text(), re.MULTILINE)
    assert found is not None
    for room in re.findall(r'"(\w+)"', found[1]):
        assert list((Path(ROOT) / "Testing" / "Python" / room).glob("test_*.py"))
