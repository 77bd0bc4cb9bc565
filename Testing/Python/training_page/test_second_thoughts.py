"""What a person does next on the training page: a note half written, a study moved away, a study that is not fit."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

from training_page.conftest import PATIENCE, press, press_on, section, shown_case, start


def notes_of(study: Any, rater: str) -> dict[str, list[str]]:
    """The notes of a rater, also those of labels, by case."""
    found: dict[str, list[str]] = {}
    for entry in study.ledger(rater).standing:
        if entry.note:
            found.setdefault(entry.case, []).append(entry.note)
    return found


def test_a_note_stays_with_the_case_it_was_written_to(bench: Any, opened: Any) -> None:
    from Bench import hand

    first = start(bench, opened)
    second = press_on(bench, opened, "1")
    hand.type_text(opened.ui.noteEdit, "about the second")
    bench.window.setFocus()
    hand.click(opened.ui.backButton)
    assert bench.wait_until(lambda: shown_case(opened) == first, PATIENCE)
    assert not opened.ui.noteEdit.text
    press_on(bench, opened, "2")
    assert notes_of(opened.page.study, "B") == {second: ["about the second"]}


def test_a_note_stays_with_the_rater_who_wrote_it(bench: Any, opened: Any) -> None:
    from Bench import hand

    first = start(bench, opened, "carl")
    hand.type_text(opened.ui.noteEdit, "carl's, blurred")
    hand.click(opened.ui.endAnnotateButton)
    assert not opened.ui.noteEdit.text
    start(bench, opened, "dora")
    press_on(bench, opened, "3")
    assert notes_of(opened.page.study, "carl") == {first: ["carl's, blurred"]}
    assert notes_of(opened.page.study, "dora") == {}


def test_a_study_that_was_moved_away_is_told_and_nothing_is_lost_when_it_is_back(
    bench: Any, opened: Any, tmp_path: Path
) -> None:
    from Bench import hand

    first = start(bench, opened)
    folder = opened.page.study.folder
    shutil.move(folder, tmp_path / "elsewhere")
    press(bench, "5")
    bench.process(0.1)
    assert "no longer in" in opened.ui.annotateMessage.text and shown_case(opened) == first
    hand.click(opened.ui.skipButton)
    opened.ui.trainSection.collapsed = False
    bench.process(0.1)
    for button in (opened.ui.checkButton, opened.ui.startTrainButton):
        hand.click(button)
        bench.process(0.1)
        assert "no longer in" in opened.ui.trainLabel.text
    shutil.move(tmp_path / "elsewhere", folder)
    press_on(bench, opened, "4")
    assert opened.page.study.stages("B") == {first: 4}


def test_training_on_a_study_that_is_not_fit_says_how_much_must_be_mended(bench: Any, opened: Any) -> None:
    from Bench import hand

    section(bench, opened, "train")
    hand.choose(opened.ui.recipeBox, "Ours")
    hand.click(opened.ui.startTrainButton)
    assert bench.wait_until(lambda: not opened.page.train.beginning.busy, PATIENCE)
    assert "must be mended before training" in opened.ui.trainLabel.text
    assert opened.ui.findingsTable.visible and opened.ui.findingsTable.rowCount > 0


def test_a_training_that_had_not_begun_ends_with_its_study(bench: Any, opened: Any, tmp_path: Path) -> None:
    from Bench import hand
    from SOSStagingTrainingLib.gui.begin import START

    first = opened.page.study.folder
    other = shutil.copytree(first, tmp_path / "other")
    section(bench, opened, "train")
    hand.choose(opened.ui.recipeBox, "Quick (minutes)")
    hand.click(opened.ui.startTrainButton)
    assert opened.page.children.running(START)
    opened.ui.studySection.collapsed = False
    bench.process(0.05)
    opened.ui.studyPath.currentPath = str(other)
    hand.click(opened.ui.openStudyButton)
    assert opened.page.study.folder == other and not opened.page.children.running(START)
    assert "not begun" in opened.ui.trainLabel.text
    bench.process(1.0)
    assert not opened.page.train.beginning.busy
    assert not (first / "runs").exists() and not (other / "runs").exists()


def test_what_was_said_of_one_study_is_gone_with_the_next(bench: Any, opened: Any, tmp_path: Path) -> None:
    from Bench import hand

    other = shutil.copytree(opened.page.study.folder, tmp_path / "other")
    section(bench, opened, "train")
    hand.choose(opened.ui.recipeBox, "Ours")
    hand.click(opened.ui.checkButton)
    assert bench.wait_until(lambda: "must be mended" in opened.ui.trainLabel.text, PATIENCE)
    opened.ui.studySection.collapsed = False
    bench.process(0.05)
    opened.ui.studyPath.currentPath = str(other)
    hand.click(opened.ui.openStudyButton)
    assert not opened.ui.trainLabel.text and not opened.ui.findingsTable.visible
