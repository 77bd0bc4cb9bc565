"""docs/model-card.md says what the bundled model's own card says."""

from __future__ import annotations

import copy
from types import ModuleType

import pytest
from SOSStagingLib.model.library import default_model
from SOSStagingLib.model.sosmodel import file_sha256, verify


@pytest.fixture(scope="module")
def card() -> dict:
    model = default_model()
    assert model is not None
    return verify(model)


def test_page_and_card_agree(model_card: ModuleType, card: dict) -> None:
    page = model_card.PAGE.read_text(encoding="utf-8")
    model = default_model()
    assert model is not None
    assert model_card.page_text(card, file_sha256(model), page) == page, "run: make model-card"


def test_another_figure_makes_another_page(model_card: ModuleType, card: dict) -> None:
    page = model_card.PAGE.read_text(encoding="utf-8")
    other = copy.deepcopy(card)
    group = next(iter(other["metrics"].values()))
    group["exact"], group["exact_95"] = 0.1234, [0.1111, 0.1357]
    written = model_card.page_text(other, "0" * 64, page)
    assert "| Exact stage | 12.3 % | 11.1 % to 13.6 % |" in written
    assert written.partition(model_card.BEGIN)[0] == page.partition(model_card.BEGIN)[0]
    assert written.partition(model_card.END)[2] == page.partition(model_card.END)[2]


def test_what_the_page_does_not_know_is_listed_all_the_same(model_card: ModuleType, card: dict) -> None:
    other = copy.deepcopy(card)
    other["metrics"]["real"] = {"n": 7, "what": "seven heads", "harmless_new_figure": 3, "confusion": [[4, 1], [0, 2]]}
    text = model_card.figures(other, "0" * 64)
    assert "## Measured on real heads" in text and "n = 7: seven heads." in text
    assert "| harmless new figure | 3 |  |" in text and "| 2 | 0 | 2 |  |" in text


def test_a_page_without_its_markers_is_refused(model_card: ModuleType, card: dict) -> None:
    with pytest.raises(ValueError, match="markers"):
        model_card.page_text(card, "0" * 64, "# Model card\n")
