"""Model files: what is written is read, and nothing damaged, foreign or newer is used."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import pytest
from SOSStagingLib.model.library import measured_words
from SOSStagingLib.model.sosmodel import ModelFileError, read_card, read_model, verify, write_model

CARD = {
    "name": "test",
    "version": "1",
    "architecture": {},
    "scheme": "bassed-5",
    "calibration": {},
    "trained_on": "simulated",
    "licence": "Apache-2.0",
}


@pytest.fixture
def model(tmp_path: Path) -> Path:
    path = tmp_path / "test.sosmodel"
    write_model(path, b"weights" * 100, CARD)
    return path


def rewritten(path: Path, **parts: bytes) -> Path:
    with zipfile.ZipFile(path) as archive:
        content = {name: archive.read(name) for name in archive.namelist()}
    content.update({name.replace("__", "."): data for name, data in parts.items()})
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in content.items():
            archive.writestr(name, data)
    return path


def test_written_model_is_read_back_and_the_same_bytes_come_again(model: Path, tmp_path: Path) -> None:
    card, weights = read_model(model)
    assert weights == b"weights" * 100
    assert card["name"] == "test"
    write_model(tmp_path / "again.sosmodel", weights, CARD)
    assert (tmp_path / "again.sosmodel").read_bytes() == model.read_bytes()
    assert not list(tmp_path.glob("*.part"))


def test_changed_weights_are_noticed(model: Path) -> None:
    rewritten(model, weights__safetensors=b"other")
    assert read_card(model)["name"] == "test"
    with pytest.raises(ModelFileError) as error:
        verify(model)
    assert error.value.code == "model-damaged"


def test_newer_format_asks_for_an_update(model: Path) -> None:
    card = {**read_card(model), "format": 99}
    rewritten(model, card__json=json.dumps(card).encode())
    with pytest.raises(ModelFileError, match="newer") as error:
        read_card(model)
    assert error.value.code == "model-too-new"


@pytest.mark.parametrize("content", [b"", b"hello", b"PK\x03\x04 cut"])
def test_foreign_files_are_refused_in_plain_words(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "x.sosmodel"
    path.write_bytes(content)
    with pytest.raises(ModelFileError) as error:
        read_card(path)
    assert error.value.code == "model-foreign"
    assert str(tmp_path) not in str(error.value)


def test_truncated_model_is_refused(model: Path) -> None:
    model.write_bytes(model.read_bytes()[:-40])
    with pytest.raises(ModelFileError):
        verify(model)


@pytest.mark.parametrize("card", [b"[]", b"{}", b"not json", b'{"format": 1}'])
def test_unusable_cards_are_refused(model: Path, card: bytes) -> None:
    rewritten(model, card__json=card)
    with pytest.raises(ModelFileError):
        read_card(model)


def test_missing_file_says_so(tmp_path: Path) -> None:
    with pytest.raises(ModelFileError, match="no model file"):
        read_card(tmp_path / "absent.sosmodel")


def test_a_card_says_what_was_measured_on_what_and_nothing_where_it_is_not_told() -> None:
    found = {"n": 40, "exact": 0.725, "exact_95": [0.6, 0.85], "within_one": 0.95, "refused": 0.05}
    words = measured_words({"metrics": {"real": found, "compared": {}}})
    assert words.startswith("On 40 scans of its study that it was not trained on: exact 72 % (95 % interval 60 to 85")
    assert "within one stage 95 %, refused 5 %" in words and "elsewhere" in words
    words = measured_words({"metrics": {"simulated": found}})
    assert words.startswith("On 40 simulated heads") and words.endswith("nothing about accuracy on patients.")
    wrong = [{"real": {**found, **change}} for change in ({"exact": "high"}, {"exact": True}, {"exact_95": None})]
    for metrics in ({}, *wrong, [found], None):
        assert measured_words({"metrics": metrics}) == "No accuracy is recorded in its card."
