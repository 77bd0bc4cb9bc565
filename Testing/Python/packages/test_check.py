"""Missing, old, half-installed and mismatched packages are recognised in a child process and told with a remedy."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from importlib import metadata
from pathlib import Path

import pytest
from SOSStagingLib.cli import main
from SOSStagingLib.packages import check as check_module
from SOSStagingLib.packages.check import check
from SOSStagingLib.packages.purposes import SHIPPED, TORCH, constraints, name_of, requirements

Site = Callable[..., Path]


def test_all_there_is_ready(site: Site) -> None:
    site()
    found = check("yolo")
    assert found.ready and not found.wanted and not found.torch_wanted
    assert found.text == "Everything needed is installed."


def test_a_purpose_asks_for_no_more_than_it_needs(site: Site) -> None:
    site(half=("ultralytics",))
    assert check("stage").ready and check("train").ready and not check("yolo").ready
    assert "ultralytics" not in check("train").versions


def test_missing_packages_are_wanted_and_torch_is_left_to_its_extension(bare_python: str) -> None:
    found = check("stage", bare_python)
    assert {p.code for p in found.problems} == {"missing"}
    assert found.torch_wanted and not found.torch_broken and not found.reinstalled
    assert [name_of(line) for line in found.wanted] == ["timm", "safetensors", "psutil"]
    assert "torch is not installed" in found.text and "Install it once" in found.text


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("raise ImportError('libtorch_cpu.so: cannot open shared object file')", "broken"),
        ("import os; os.abort()", "crash"),
        ("import os; os._exit(3)", "crash"),
        ("x = 1", "broken"),
        ("raise OSError('[WinError 126] The specified module could not be found')", "broken"),
    ],
)
def test_a_half_installed_torch(site: Site, code: str, kind: str) -> None:
    site(torch=code)
    found = check("stage")
    (problem,) = found.problems
    assert (problem.package, problem.code) == ("torch", kind)
    assert found.torch_broken and [name_of(line) for line in found.reinstalled] == list(TORCH)
    assert "partly installed or damaged" in found.text and "Install it again to mend it" in found.text


def test_a_torchvision_of_another_torch(site: Site) -> None:
    site(torchvision="raise RuntimeError('operator torchvision::nms does not exist')")
    found = check("stage")
    assert [p.code for p in found.problems] == ["mismatch"] and found.torch_broken
    assert "do not belong together" in found.text


def test_a_torch_that_never_answers(site: Site) -> None:
    site(torch="import time; time.sleep(600)")
    (problem,) = check("stage", timeout=3).problems
    assert (problem.package, problem.code) == ("torch", "crash") and "no answer" in problem.text


@pytest.mark.skipif(os.name != "posix", reason="the launcher is a shell script")
def test_a_launcher_is_ended_with_the_python_it_started(site: Site, tmp_path: Path) -> None:
    """As PythonSlicer is: the Python that it starts holds on to its output, for ten minutes if nobody ends it."""
    site(torch="import time; time.sleep(600)")
    launcher = tmp_path / "launcher"
    launcher.write_text(f'#!/bin/sh\n"{sys.executable}" "$@"\nexit $?\n')
    launcher.chmod(0o755)
    (problem,) = check("stage", str(launcher), timeout=3).problems
    assert (problem.package, problem.code) == ("torch", "crash") and "no answer" in problem.text


def test_versions_that_are_too_old(site: Site) -> None:
    site(old={"torch": "2.1.0+cu118", "timm": "0.9.16"})
    found = check("stage")
    assert {(p.package, p.code) for p in found.problems} == {("torch", "old"), ("timm", "old")}
    assert "torch 2.1.0+cu118 is too old; 2.6 or later is needed." in found.text


def test_old_torch_on_an_intel_mac_says_that_there_is_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    class Machine:
        machine = "x86_64"

    monkeypatch.setattr(check_module.sys, "platform", "darwin")
    monkeypatch.setattr(check_module.os, "uname", Machine, raising=False)
    problem = check_module._absent_or_old("torch", "2.2.2", "2.6")
    assert problem is not None and "Intel" in problem.text


def test_packages_that_print_while_they_load_do_no_harm(site: Site) -> None:
    site(timm="print('hello'); print('[1, 2]'); print('{}')")
    assert check("stage").ready


def test_a_python_that_is_not_there(tmp_path: Path) -> None:
    found = check("stage", str(tmp_path / "no-python"))
    assert not found.ready and "could not be started" in found.text and str(tmp_path) not in found.text


def test_the_command_says_it(site: Site, capsys: pytest.CaptureFixture[str]) -> None:
    site(half=("timm",))
    assert main(["packages", "check", "stage"]) == 3
    out = capsys.readouterr().out
    assert "torch 2.6" in out and "timm is only partly installed" in out


def test_no_purpose_asks_for_what_slicer_ships() -> None:
    names = {name_of(line).lower() for line in requirements("yolo")}
    assert not names & {name.lower() for name in SHIPPED}
    assert not [line for line in requirements("yolo") if "==" in line]


def test_constraints_keep_what_is_installed() -> None:
    lines = constraints()
    assert f"numpy=={metadata.version('numpy')}" in lines
    assert constraints(lambda name: {"numpy": "2.4.6"}[name] if name == "numpy" else _absent(name)) == ["numpy==2.4.6"]


def _absent(name: str) -> str:
    raise metadata.PackageNotFoundError(name)
