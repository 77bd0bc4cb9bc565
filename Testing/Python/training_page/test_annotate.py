"""A rater at work, with clicks and keys."""

from __future__ import annotations

from typing import Any

from .conftest import shown_case, start

KEYS = {"1": 0x31, "2": 0x32, "3": 0x33, "4": 0x34, "5": 0x35, "0": 0x30, "U": 0x55, "back": 0x01000016}


def press(bench: Any, name: str) -> None:
    from Bench import hand

    hand.press(bench.window, KEYS[name])


def test_study_is_opened_and_its_cases_listed(opened: Any) -> None:
    assert opened.ui.casesTable.rowCount == 4
    assert opened.ui.casesTable.item(0, 1).text() == "to do"
    assert "4 cases" in opened.ui.studyLabel.text


def test_a_key_gives_the_stage_and_the_next_case_opens(bench: Any, opened: Any) -> None:
    start(bench, opened)
    study, first = opened.page.study, shown_case(opened)
    press(bench, "3")
    assert bench.wait_until(lambda: shown_case(opened) not in (None, first), 30)
    assert study.stages("A") == {first: 3}
    assert study.rois(first, "A")
    press(bench, "0")
    assert set(study.stages("A").values()) == {3, None}
