"""Installing from a folder of wheels, with pip and without a network; mending; declining."""

from __future__ import annotations

import subprocess
import zipfile
from pathlib import Path

import pytest
from packages.conftest import NEW_ENOUGH, write_wheel
from SOSStagingLib.cli import main
from SOSStagingLib.packages.check import check
from SOSStagingLib.packages.install import InstallError, constraints_file, install, install_arguments
from SOSStagingLib.packages.purposes import name_of, requirements

STAGE = [name_of(line) for line in requirements("stage")]


@pytest.fixture
def wheels(tmp_path: Path) -> Path:
    for name in STAGE:
        write_wheel(tmp_path / "wheels", name, NEW_ENOUGH[name])
    return tmp_path / "wheels"


def test_from_a_folder_of_wheels_and_mended_afterwards(bare_python: str, wheels: Path) -> None:
    said: list[str] = []
    install("stage", check("stage", bare_python), wheels, bare_python, said.append)
    assert check("stage", bare_python).ready
    assert any("Successfully installed" in line for line in said)
    assert not any(str(wheels) in line for line in said)

    code = "import torch; print(torch.__file__)"
    found = subprocess.run([bare_python, "-c", code], capture_output=True, text=True, check=True).stdout.strip()
    Path(found).write_text("raise ImportError('half')")
    broken = check("stage", bare_python)
    assert broken.torch_broken
    install("stage", broken, wheels, bare_python)
    assert check("stage", bare_python).ready


def test_a_folder_without_wheels_or_with_too_few_is_told(bare_python: str, tmp_path: Path) -> None:
    found = check("yolo", bare_python)
    with pytest.raises(InstallError, match="no wheels") as caught:
        install("yolo", found, tmp_path, bare_python)
    assert str(tmp_path) not in str(caught.value)
    write_wheel(tmp_path / "few", "torch", "2.6")
    with pytest.raises(InstallError, match="No matching distribution") as caught:
        install("yolo", found, tmp_path / "few", bare_python)
    assert caught.value.code == "pip-failed"


def test_the_network_is_never_asked_where_wheels_are_given(tmp_path: Path) -> None:
    with constraints_file() as path:
        assert "numpy==" in path.read_text()
        given = install_arguments("train", path, tmp_path)
        assert "--no-index" in given and given.count("-r") == 3 and ["-c", str(path)] == given[2:4]
        assert "--no-index" not in install_arguments("train", path)


def test_what_is_shipped_is_not_moved(bare_python: str, wheels: Path) -> None:
    """A package that wants another numpy than the one that is there is refused, and numpy stays."""
    whole = write_wheel(wheels, "psutil", "9.0")
    whole.unlink()
    text = "Metadata-Version: 2.1\nName: psutil\nVersion: 9.0\nRequires-Dist: numpy<1\n"
    with zipfile.ZipFile(whole, "w") as wheel:
        wheel.writestr("psutil/__init__.py", "")
        wheel.writestr("psutil-9.0.dist-info/METADATA", text)
        wheel.writestr("psutil-9.0.dist-info/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        wheel.writestr("psutil-9.0.dist-info/RECORD", "")
    write_wheel(wheels, "numpy", "0.9")
    (wheels / "psutil-5.9-py3-none-any.whl").unlink()
    with constraints_file() as path:
        arguments = [*install_arguments("stage", path, wheels), "--dry-run", "--force-reinstall"]
        command = [bare_python, "-m", "pip", *arguments]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode != 0 and "numpy<1" in done.stdout + done.stderr


def test_the_agpl_option_asks_first_and_says_what_it_means(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["packages", "install", "yolo"]) == 2
    said = capsys.readouterr().err
    assert "AGPL-3.0 means for you" in said and "Nothing was installed" in said and "optional" in said
