"""docs/results.md says what the kept predictions say."""

from __future__ import annotations

import json
from types import ModuleType

import pytest
from extension.conftest import tool


@pytest.fixture(scope="module")
def results_page() -> ModuleType:
    return tool("results_page")


def test_page_and_predictions_agree(results_page: ModuleType) -> None:
    found, page = results_page.comparison(), results_page.PAGE.read_text(encoding="utf-8")
    assert results_page.page_text(found, page) == page, "run: make results"
    kept = json.loads((results_page.FOLDER / "comparison.json").read_text(encoding="utf-8"))
    assert [row["n"] for row in kept["methods"]] == [row["n"] for row in found["methods"]], "run: make results"


def test_another_fold_makes_another_page(results_page: ModuleType, tmp_path, monkeypatch) -> None:
    page = results_page.PAGE.read_text(encoding="utf-8")
    before = {row["method"]: row["n"] for row in results_page.comparison()["methods"]}
    for path in results_page.FOLDER.glob("*.predictions.json"):
        raw = json.loads(path.read_text(encoding="utf-8"))
        if raw["header"]["fold"] == 1:
            (tmp_path / path.name).write_text(json.dumps(raw), encoding="utf-8")
            raw["header"]["fold"] = 5
            for part in ("cases", "calibration"):
                for row in raw[part]["rows"]:
                    row[0] = row[1] = "other-" + row[0]
            (tmp_path / path.name.replace("fold1", "fold5")).write_text(json.dumps(raw), encoding="utf-8")
    monkeypatch.setattr(results_page, "FOLDER", tmp_path)
    found = results_page.comparison()
    assert all(row["n"] % 2 == 0 and row["n"] <= 2 * before[row["method"]] for row in found["methods"])
    written = results_page.page_text(found, page)
    assert written != page and written.partition(results_page.BEGIN)[0] == page.partition(results_page.BEGIN)[0]
