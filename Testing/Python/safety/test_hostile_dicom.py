"""DICOM zips built to attack do no harm and give plain errors."""

from __future__ import annotations

import os
import pickle
import struct
import tempfile
import zipfile
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from safety.test_hostile_models import Bomb, declared
from scan.scan_files import toy_head, write_series
from SOSStagingLib.scan import archive
from SOSStagingLib.scan.read import read_scan, safe_case_name
from SOSStagingLib.scan.types import ScanError

NAMES = ["../../../escaped.dcm", "/etc/escaped.dcm", "C:\\escaped.dcm", "a/../b.dcm"]


@pytest.fixture(autouse=True)
def scratch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Temporary files of the test go to a folder of its own, and must be gone afterwards."""
    folder = tmp_path / "scratch"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    yield folder
    assert list(folder.iterdir()) == []


def refused(path: Path) -> str:
    with pytest.raises(ScanError) as caught:
        read_scan(path)
    assert str(path.parent) not in str(caught.value) and "Traceback" not in str(caught.value)
    return caught.value.code


def series(folder: Path) -> list[Path]:
    stored = (toy_head((20, 45, 40), 4.0).astype(int) + 1024).clip(0).astype(np.uint16)
    return sorted(write_series(folder, stored, np.arange(20) * 4.0).iterdir())


def test_paths_in_the_archive_choose_nothing(tmp_path: Path, scratch: Path) -> None:
    path = tmp_path / "evil.zip"
    with zipfile.ZipFile(path, "w") as target:
        for n, file in enumerate(series(tmp_path / "s")):
            target.write(file, f"{NAMES[n % 4]}{n}")
    before = set(tmp_path.rglob("*"))
    assert read_scan(path).array.shape == (20, 45, 40)
    assert set(tmp_path.rglob("*")) == before
    assert not Path("/etc/escaped.dcm").exists()


def test_links_in_the_archive_are_not_followed(tmp_path: Path) -> None:
    target = series(tmp_path / "s")[0]
    path = tmp_path / "links.zip"
    with zipfile.ZipFile(path, "w") as out:
        for name in ("1.dcm", "2.dcm"):
            link = zipfile.ZipInfo(name)
            link.external_attr = 0o120777 << 16
            out.writestr(link, os.fspath(target))
    assert refused(path) == "no_dicom"


def test_a_bomb_is_refused_before_it_is_unpacked(tmp_path: Path, scratch: Path) -> None:
    path = tmp_path / "bomb.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as target, target.open("0.dcm", "w") as entry:
        for _ in range(250):
            entry.write(bytes(1 << 20))
    assert path.stat().st_size < 1 << 20
    assert refused(path) == "zip_too_large"


@pytest.mark.parametrize("size", [0xFFFFFFF0, 1 << 30, 1])
def test_sizes_that_are_not_true(tmp_path: Path, size: int) -> None:
    path = tmp_path / "liar.zip"
    with zipfile.ZipFile(path, "w") as target:
        target.write(series(tmp_path / "s")[0], "0.dcm")
        target.write(series(tmp_path / "s")[1], "1.dcm")
    assert refused(declared(path, size)) in ("zip_too_large", "damaged_zip")


def test_an_archive_in_an_archive_is_not_opened(tmp_path: Path) -> None:
    inner, outer = tmp_path / "inner.zip", tmp_path / "outer.zip"
    with zipfile.ZipFile(inner, "w") as target:
        target.write(series(tmp_path / "s")[0], "0.dcm")
    with zipfile.ZipFile(outer, "w") as target:
        target.write(inner, "inner.zip")
    assert refused(outer) == "no_dicom"


def test_a_full_disk_is_told_before_unpacking(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "s.zip"
    with zipfile.ZipFile(path, "w") as target:
        target.write(series(tmp_path / "s")[0], "0.dcm")
    monkeypatch.setattr(archive.shutil, "disk_usage", lambda _: SimpleNamespace(free=100))
    assert refused(path) == "disk_full"


def test_a_pickle_among_the_files_is_not_run(tmp_path: Path) -> None:
    path = tmp_path / "pickle.zip"
    with zipfile.ZipFile(path, "w") as target:
        target.writestr("0.dcm", pickle.dumps(Bomb(tmp_path / "harm")))
    assert refused(path) == "no_dicom"
    assert not (tmp_path / "harm").exists()


@pytest.mark.parametrize(("side", "code"), [(65535, "too_large"), (30000, "damaged_dicom")])
def test_a_picture_that_claims_to_be_huge(tmp_path: Path, side: int, code: str) -> None:
    """Rows and columns without end in a file of a few kilobytes: nothing takes memory for them."""
    file = series(tmp_path / "s")[0]
    data = file.read_bytes()
    for tag in (b"\x28\x00\x10\x00US\x02\x00", b"\x28\x00\x11\x00US\x02\x00"):
        at = data.find(tag) + len(tag)
        assert at > len(tag)
        data = data[:at] + struct.pack("<H", side) + data[at + 2 :]
    (tmp_path / "huge.dcm").write_bytes(data)
    assert refused(tmp_path / "huge.dcm") == code


@pytest.mark.parametrize(
    "name", ["../../x.nrrd", "<script>alert(1)</script>.nrrd", "con.nrrd", "a\nb.nrrd", "=cmd|x.zip"]
)
def test_a_case_name_is_harmless_as_a_folder(name: str) -> None:
    safe = safe_case_name(Path(name))
    assert safe.strip("._-") and not set(safe) & set("/\\<>\n=|:\"'&") and safe.lower() != "con"
