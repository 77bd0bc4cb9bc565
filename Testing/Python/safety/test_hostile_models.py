"""Model files built to attack do no harm and are refused in plain words."""

from __future__ import annotations

import json
import pickle
import socket
import struct
import tracemalloc
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from SOSStagingLib.cli import main
from SOSStagingLib.model.sosmodel import CARD, WEIGHTS, ModelFileError, read_card, read_model, write_model

GOOD = {
    "name": "good",
    "version": "1",
    "architecture": {"backbone": "convnext_atto", "stages": 5},
    "scheme": "bassed-5",
    "calibration": {"temperature": 1.0, "mass": 0.8, "coverage": 0.9, "presence_threshold": 0.05},
    "trained_on": "simulated",
    "licence": "Apache-2.0",
}


class Bomb:
    def __init__(self, target: Path) -> None:
        self.target = target

    def __reduce__(self) -> tuple[Callable[[str], object], tuple[str]]:
        return Path.mkdir, (self.target,)


def model(path: Path, weights: bytes = b"weights", **card: object) -> Path:
    write_model(path, weights, {**GOOD, **card})
    return path


def packed(path: Path, how: int = zipfile.ZIP_DEFLATED, **parts: bytes) -> Path:
    """Pack the parts anew: ``card`` and ``weights`` replace the good ones, others are added under their names."""
    model(path)
    with zipfile.ZipFile(path) as archive:
        content = {name: archive.read(name) for name in archive.namelist()}
    content.update({{"card": CARD, "weights": WEIGHTS}.get(name, name): data for name, data in parts.items()})
    with zipfile.ZipFile(path, "w", how) as archive:
        for name, data in content.items():
            archive.writestr(name, data)
    return path


def refused(path: Path) -> str:
    """The code of the refusal, which names the file and no folder."""
    with pytest.raises(ModelFileError) as caught:
        read_model(path)
    assert path.name in caught.value.text and str(path.parent) not in str(caught.value)
    assert caught.value.hint
    return caught.value.code


def declared(path: Path, size: int) -> Path:
    """Let every entry of the archive say that it is ``size`` bytes long."""
    data = bytearray(path.read_bytes())
    for mark, at in ((b"PK\x03\x04", 18), (b"PK\x01\x02", 20)):
        start = data.find(mark)
        while start >= 0:
            data[start + at : start + at + 8] = struct.pack("<II", size, size)
            start = data.find(mark, start + 4)
    path.write_bytes(data)
    return path


@pytest.mark.parametrize("part", ["card", "weights"])
def test_a_bomb_takes_no_memory(tmp_path: Path, part: str) -> None:
    path = packed(tmp_path / "bomb.sosmodel", **{part: bytes(200_000_000)})
    assert path.stat().st_size < 1_000_000
    tracemalloc.start()
    try:
        assert refused(path) in ("model-too-large", "model-foreign")
        assert tracemalloc.get_traced_memory()[1] < 20_000_000
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("size", [0xFFFFFFF0, 400_000_000, 3])
def test_sizes_that_are_not_true(tmp_path: Path, size: int) -> None:
    assert refused(declared(model(tmp_path / "liar.sosmodel"), size)) in (
        "model-too-large", "model-damaged", "model-foreign",
    )  # fmt: skip


def test_nothing_of_the_archive_is_written_anywhere(tmp_path: Path) -> None:
    """Path traversal and links: parts are read by their own names alone, into memory."""
    folder = tmp_path / "in"
    folder.mkdir()
    path = packed(folder / "evil.sosmodel", zipfile.ZIP_STORED, **{"../outside.txt": b"x", "/tmp/outside.txt": b"x"})
    link = zipfile.ZipInfo("link")
    link.external_attr = 0o120777 << 16
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr(link, "/etc/passwd")
    assert read_card(path)["name"] == "good"
    assert [p.name for p in tmp_path.rglob("*") if p.is_file()] == ["evil.sosmodel"]


def test_weights_that_are_a_link_are_not_followed(tmp_path: Path) -> None:
    secret = tmp_path / "secret.bin"
    secret.write_bytes(b"weights")
    path = tmp_path / "link.sosmodel"
    card = json.dumps({**GOOD, "format": 1, "sha256": {WEIGHTS: "0" * 64}})
    link = zipfile.ZipInfo(WEIGHTS)
    link.external_attr = 0o120777 << 16
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(CARD, card)
        archive.writestr(link, str(secret))
    assert refused(path) == "model-damaged"


def test_a_pickle_is_never_run(tmp_path: Path) -> None:
    pytest.importorskip("torch", reason="torch is not installed")
    from SOSStagingLib.model.predictor import Predictor

    data = pickle.dumps(Bomb(tmp_path / "harm"))
    path = model(tmp_path / "pickle.sosmodel", data)
    with pytest.raises(ModelFileError) as caught:
        Predictor.load(path, "cpu")
    assert caught.value.code == "model-damaged"
    (tmp_path / "bare.sosmodel").write_bytes(data)
    assert refused(tmp_path / "bare.sosmodel") == "model-foreign"
    assert not (tmp_path / "harm").exists()


def test_a_wrong_checksum_is_noticed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = packed(tmp_path / "other.sosmodel", zipfile.ZIP_STORED, weights=b"other weights")
    assert refused(path) == "model-damaged"
    assert main(["model", "show", str(path)]) == 2
    assert "differ from what its card says" in capsys.readouterr().err


@pytest.mark.parametrize(
    "card",
    [
        {"architecture": {"backbone": "hf-hub:somebody/something"}},
        {"architecture": {"backbone": "local-dir:/etc"}},
        {"architecture": {"backbone": "../../weights"}},
        {"architecture": {"backbone": 7}},
        {"architecture": {"backbone": "convnext_atto", "width": 10**12}},
        {"architecture": {"backbone": "convnext_atto", "stages": -1}},
        {"architecture": {"backbone": "convnext_atto", "stages": 5, "weighted": "yes"}},
        {"architecture": {"backbone": "convnext_atto", "stages": 5, "closer": 1}},
        {"architecture": {"backbone": "convnext_atto", "pretrained": True}},
        {"architecture": ["convnext_atto"]},
        {"calibration": {"temperature": 0}},
        {"calibration": {"temperature": "1; import os"}},
        {"calibration": {"mass": float("nan")}},
        {"name": "x" * 10_000},
        {"name": ["a"]},
        {"scheme": {"id": "bassed-5"}},
    ],
    ids=str,
)
def test_cards_that_ask_for_harm(tmp_path: Path, card: dict, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_network(*_: object) -> None:
        raise AssertionError("a model file made a connection")

    monkeypatch.setattr(socket, "getaddrinfo", no_network)
    assert refused(model(tmp_path / "x.sosmodel", **card)) == "model-card"


def test_a_scheme_that_is_a_path_is_not_read(tmp_path: Path) -> None:
    pytest.importorskip("torch", reason="torch is not installed")
    from SOSStagingLib.model.predictor import Predictor

    with pytest.raises(ModelFileError, match="scheme not known"):
        Predictor.load(model(tmp_path / "x.sosmodel", scheme="../../../etc/passwd"), "cpu")


def test_a_network_larger_than_its_weights_is_never_built(tmp_path: Path) -> None:
    torch = pytest.importorskip("torch", reason="torch is not installed")
    from safetensors.torch import save
    from SOSStagingLib.model.predictor import Predictor

    weights = save({"one": torch.zeros(1)})
    path = model(tmp_path / "giant.sosmodel", weights, architecture={"backbone": "vit_7b_patch16_dinov3"})
    with pytest.raises(ModelFileError) as caught:
        Predictor.load(path, "cpu")  # 28 GB, were it built
    assert caught.value.code == "model-damaged"


@pytest.mark.parametrize(
    "text", ["[" * 400_000, '{"a":' * 150_000, "\ud800", "{}" * 3], ids=["lists", "maps", "half", "more"]
)
def test_cards_that_break_a_parser(tmp_path: Path, text: str) -> None:
    path = packed(tmp_path / "x.sosmodel", zipfile.ZIP_STORED, card=text.encode("utf-8", "surrogatepass"))
    assert refused(path) == "model-damaged"
