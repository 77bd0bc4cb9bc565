"""A rater at work, with clicks, keys and the mouse in the slice view."""

from __future__ import annotations

import json
import os
import signal
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from training_page.conftest import (
    MODULE,
    PATIENCE,
    column,
    double_click,
    open_study,
    owned_nodes,
    press,
    press_on,
    section,
    shown_case,
    start,
)


def all_texts(bench: Any) -> list[str]:
    """Every text a person can see in the window or as a tooltip, and what the views are told to name."""
    import slicer
    from PySide6 import QtCore, QtWidgets

    texts = []
    for widget in QtCore.QObject.findChildren(bench.window, QtWidgets.QWidget):
        for name in ("text", "toolTip", "title", "currentText", "cornerAnnotationText"):
            value = getattr(widget, name, "")
            texts.append(value if isinstance(value, str) else "")
        if isinstance(widget, QtWidgets.QTableWidget):
            items = [widget.item(r, c) for r in range(widget.rowCount) for c in range(widget.columnCount)]
            texts += [text for item in items if item is not None for text in (item.text(), item.toolTip())]
    return texts + [node.GetName() or "" for node in slicer.util.getNodesByClass("vtkMRMLDisplayableNode")]


def test_study_is_opened_and_its_cases_listed(opened: Any) -> None:
    assert column(opened.ui.casesTable, 1) == ["to do"] * 4
    assert "4 cases" in opened.ui.studyLabel.text


def test_what_cannot_be_opened_is_told(page: Any, tmp_path: Path) -> None:
    from Bench import hand

    hand.click(page.ui.openStudyButton)
    assert "Choose a folder" in page.ui.studyLabel.text
    open_study(page, tmp_path)
    assert "Press New study" in page.ui.studyLabel.text
    hand.click(page.ui.createStudyButton)
    assert "0 cases" in page.ui.studyLabel.text
    assert not page.ui.startAnnotateButton.enabled


def test_a_key_gives_the_stage_and_the_next_case_opens(bench: Any, opened: Any) -> None:
    first = start(bench, opened)
    study = opened.page.study
    assert press_on(bench, opened, "3") != first
    assert study.stages("B") == {first: 3}
    assert study.rois(first, "B")
    press_on(bench, opened, "0")
    assert set(study.stages("B").values()) == {3, None}
    assert opened.ui.annotateProgress.value == 2


def test_nothing_on_the_page_tells_the_stage(bench: Any, opened: Any) -> None:
    first = start(bench, opened)
    assert "stage-" in first
    told = [text for text in all_texts(bench) if "stage-" in text or first in text]
    assert not told
    assert opened.ui.caseLabel.text.startswith("Case 1:")
    section(bench, opened, "study")
    assert column(opened.ui.casesTable, 0) == ["Case 1", "Case 2", "Case 3", "Case 4"]
    # The order is the rater's own: in the study's the stage could be counted.
    order = [item.case for item in opened.page.study.order("B")]
    assert order != [case.name for case in opened.page.study.cases]


def test_a_scan_that_cannot_be_read_is_told_without_its_name(bench: Any, opened: Any, few: Path) -> None:
    names = [item.case for item in opened.page.study.order("B")]
    (few / opened.page.study.case(names[0]).file).unlink()
    section(bench, opened, "annotate")
    opened.ui.raterEdit.text = "B"
    opened.page.annotate.refresh()
    from Bench import hand

    hand.click(opened.ui.startAnnotateButton)
    assert bench.wait_until(lambda: opened.ui.annotateMessage.text, PATIENCE)
    assert names[0] not in opened.ui.annotateMessage.text
    assert opened.ui.startAnnotateButton.text == "Open again" and not opened.ui.stageButton1.enabled
    press(bench, "skip")
    assert bench.wait_until(lambda: shown_case(opened) == names[1], PATIENCE)
    assert list(opened.page.study.ledger("B").skips()) == [names[0]]


def test_cases_of_real_scans_are_named_until_one_labels(bench: Any, page: Any, few: Path) -> None:
    file = few / "manifest.json"
    file.write_text(json.dumps({**json.loads(file.read_text()), "simulated": False}))
    open_study(page, few)
    names = [case.name for case in page.page.study.cases]
    assert column(page.ui.casesTable, 0) == names
    start(bench, page)
    section(bench, page, "study")
    assert column(page.ui.casesTable, 0)[0] == "Case 1"
    section(bench, page, "annotate")
    from Bench import hand

    hand.click(page.ui.endAnnotateButton)
    assert column(page.ui.casesTable, 0) == names


def test_skip_back_and_undo(bench: Any, opened: Any) -> None:
    study, session = opened.page.study, None
    first = start(bench, opened)
    session = opened.page.annotate.session
    second = press_on(bench, opened, "2")
    third = press_on(bench, opened, "skip")
    assert list(study.ledger("B").skips()) == [second]
    press_on(bench, opened, "back")
    assert press_on(bench, opened, "back") == first
    assert "you gave stage 2" in opened.ui.caseLabel.text
    press_on(bench, opened, "4")
    assert study.stages("B") == {first: 4}
    assert session.current.case == second  # on from where one came back
    press(bench, "U")
    assert bench.wait_until(lambda: shown_case(opened) == first, PATIENCE)
    assert study.stages("B") == {first: 2}
    assert third not in study.ledger("B").skips()
    states = dict(zip([i.case for i in study.order("B")], column(opened.ui.casesTable, 1), strict=True))
    assert states[first] == "labelled" and states[second] == "skipped" and states[third] == "to do"


def test_keys_type_into_a_note_and_the_note_is_kept(bench: Any, opened: Any) -> None:
    from Bench import hand

    first = start(bench, opened)
    note = opened.ui.noteEdit
    note.setFocus()
    hand.type_text(note, "thin 5 mm slab")
    assert note.text == "thin 5 mm slab"
    hand.press(note, 0x01000004)
    assert "kept" in opened.ui.annotateMessage.text and not note.text
    hand.type_text(note, "motion")
    bench.window.setFocus()
    press_on(bench, opened, "1")
    notes = [(entry.event, entry.note) for entry in opened.page.study.ledger("B").standing if entry.case == first]
    assert ("note", "thin 5 mm slab") in notes and ("label", "motion") in notes


def test_one_goes_on_where_one_stopped(bench: Any, opened: Any, few: Path) -> None:
    start(bench, opened)
    press_on(bench, opened, "1")
    third = press_on(bench, opened, "2")
    bench.reset()
    page = bench.open_module(MODULE)
    open_study(page, few)
    assert column(page.ui.casesTable, 1).count("labelled") == 0  # nobody is named yet
    assert start(bench, page) == third
    assert page.ui.annotateProgress.format == "2 of 4"
    assert page.ui.backButton.enabled


def test_the_study_and_the_rater_of_last_time_come_back(bench: Any, opened: Any, few: Path) -> None:
    start(bench, opened, "B", 25)
    opened.page.leave()
    from SOSStagingTrainingLib.gui.page import setting

    assert (setting("LastStudy"), setting("Rater"), setting("ReviewPercent")) == (str(few), "B", "25")


def test_a_second_rater_sees_nothing_of_the_first(bench: Any, opened: Any) -> None:
    start(bench, opened, "B")
    for key in ("1", "2", "3", "4"):
        press_on(bench, opened, key)
    assert "Nothing is left" in opened.ui.annotateMessage.text
    first = start(bench, opened, "C")
    section(bench, opened, "study")
    assert column(opened.ui.casesTable, 1) == ["to do"] * 4
    assert set(column(opened.ui.casesTable, 2)) == {""}
    assert "you gave" not in opened.ui.caseLabel.text
    theirs = [box.center for rater in ("anna", "B") for box in opened.page.study.rois(first, rater)]
    mine = opened.page.annotate._box.read().center
    assert all(np.abs(mine - center).max() > 0.5 for center in theirs[:1])


def test_cases_come_again_like_new_ones_and_agreement_is_told(bench: Any, opened: Any) -> None:
    from Bench import hand

    start(bench, opened, "B", 100)
    seen, numbers = [], []
    for n in range(8):
        item = opened.page.annotate.session.current
        seen.append(item)
        numbers.append(opened.ui.caseLabel.text.partition(":")[0])
        assert "you gave" not in opened.ui.caseLabel.text
        press_on(bench, opened, str(n % 2 + 1))
    assert sorted(item.reading for item in seen) == [1] * 4 + [2] * 4
    assert len(set(numbers)) == 8
    assert opened.ui.annotateProgress.format == "8 of 8"
    section(bench, opened, "agreement")
    hand.click(opened.ui.agreementButton)
    table = opened.ui.agreementTable
    assert column(table, 0) == ["B / anna", "B / B, second reading"]
    found = opened.page.study.agreement()
    assert column(table, 1) == ["4", "4"]
    kappas = ["–" if pair.kappa is None else f"{pair.kappa:.2f}" for pair in found]
    assert [text.split(" ")[0] for text in column(table, 2)] == kappas
    assert "95 %" in opened.ui.agreementLabel.text


def test_agreement_of_nobody(bench: Any, opened: Any, few: Path) -> None:
    from Bench import hand

    (few / "labels" / "anna.jsonl").unlink()
    section(bench, opened, "agreement")
    hand.click(opened.ui.agreementButton)
    assert "two raters" in opened.ui.agreementLabel.text
    assert not opened.ui.agreementTable.visible


def test_the_box_is_dragged_in_the_slice_view_and_kept(bench: Any, opened: Any) -> None:
    from Bench import hand

    first = start(bench, opened)
    study, box = opened.page.study, opened.page.annotate._box
    bench.process(0.3)
    before = box.read()
    edge = before.center + np.array([0, before.size[1] / 2, 0])
    hand.drag(hand.slice_view("Yellow"), edge, edge + np.array([0, 3.0, 0]))
    (kept,) = study.rois(first, "B")
    assert kept.size[1] == pytest.approx(before.size[1] + 3, abs=0.7)
    assert "box is kept" in opened.ui.annotateMessage.text
    assert not study.stages("B")
    press_on(bench, opened, "5")
    press_on(bench, opened, "back")
    np.testing.assert_allclose(box.read().size, kept.size, atol=1e-6)


def test_a_proposed_box_moves_only_what_nobody_touched(bench: Any, opened: Any) -> None:
    from Bench import hand

    first = start(bench, opened)
    section_, box = opened.page.annotate, opened.page.annotate._box
    proposed = np.array([[-5.0, -4, 0], [5.0, 6, 10]])
    section_.reading.boxes[first] = proposed
    section_._on_proposed(first)
    np.testing.assert_allclose(box.read().center, proposed.mean(axis=0), atol=1e-6)
    bench.process(0.2)
    edge = box.read().center + np.array([0, box.read().size[1] / 2, 0])
    hand.drag(hand.slice_view("Yellow"), edge, edge + np.array([0, 2.0, 0]))
    section_.reading.boxes[first] = proposed + 20
    section_._on_proposed(first)
    assert np.abs(box.read().center - proposed.mean(axis=0)).max() < 3


def test_a_case_is_opened_from_the_list_and_corrected(bench: Any, opened: Any) -> None:
    start(bench, opened)
    section(bench, opened, "study")
    double_click(opened.ui.casesTable, 2)
    wanted = opened.page.study.order("B")[2].case
    assert bench.wait_until(lambda: shown_case(opened) == wanted, PATIENCE)
    assert opened.ui.caseLabel.text.startswith("Case 3:")


# At the worst moment.


def test_a_case_is_excluded_and_taken_in_again(bench: Any, opened: Any) -> None:
    from Bench import hand

    first = start(bench, opened)
    section(bench, opened, "study")
    ui, study = opened.ui, opened.page.study
    cases = [item.case for item in study.order("B")]
    row = next(n for n, case in enumerate(cases) if case != first)
    assert not ui.excludeButton.enabled
    ui.casesTable.selectRow(row)
    assert ui.excludeButton.enabled and ui.excludeButton.text == "Exclude"
    hand.click(ui.excludeButton)
    assert [case.name for case in study.cases if case.excluded is not None] == [cases[row]]
    assert column(ui.casesTable, 1)[row] == "excluded" and "3 cases" in ui.studyLabel.text
    assert "Excluded: 1." in ui.studyLabel.text
    assert cases[row] not in opened.page.annotate.session.upcoming(4)
    assert ui.excludeButton.text == "Include again"
    hand.click(ui.excludeButton)
    assert len(study.used) == 4 and column(ui.casesTable, 1) == ["to do"] * 4 and ui.excludeButton.text == "Exclude"


def test_a_deleted_box_comes_back_and_a_deleted_scan_is_told(bench: Any, opened: Any) -> None:
    import slicer
    from Bench import hand
    from SOSStagingLib.scene.nodes import remove_node

    first = start(bench, opened)
    remove_node(slicer.mrmlScene, opened.page.annotate._box.node)
    bench.process(0.1)
    assert opened.page.annotate._box.node is not None
    assert "deleted" in opened.ui.annotateMessage.text
    volume = next(n for n in slicer.util.getNodesByClass("vtkMRMLScalarVolumeNode"))
    remove_node(slicer.mrmlScene, volume)
    bench.process(0.1)
    assert "deleted" in opened.ui.annotateMessage.text
    assert not opened.ui.stageButton1.enabled
    hand.click(opened.ui.startAnnotateButton)
    assert bench.wait_until(lambda: shown_case(opened), PATIENCE)
    assert shown_case(opened) == first and opened.ui.stageButton1.enabled


def test_the_scene_is_closed_while_a_case_is_open(bench: Any, opened: Any) -> None:
    import slicer
    from Bench import hand

    before = bench.layout_manager.layout
    start(bench, opened)
    slicer.mrmlScene.Clear()
    bench.process(0.2)
    assert not owned_nodes()
    press(bench, "1")
    assert not opened.page.study.stages("B")
    hand.click(opened.ui.startAnnotateButton)
    assert bench.wait_until(lambda: shown_case(opened), PATIENCE)
    press_on(bench, opened, "1")
    assert len(opened.page.study.stages("B")) == 1
    bench.select_module("SOSStaging")
    assert bench.layout_manager.layout == before


def test_another_module_has_the_keys_and_the_views_until_one_comes_back(bench: Any, opened: Any) -> None:
    import slicer

    before = bench.layout_manager.layout
    first = start(bench, opened)
    assert bench.layout_manager.layout != before
    bench.select_module("SOSStaging")
    assert bench.layout_manager.layout == before
    press(bench, "1")
    assert not opened.page.study.stages("B")
    bench.select_module("SOSStagingTraining")
    assert bench.wait_until(lambda: shown_case(opened) == first, PATIENCE)
    assert all(node.GetBackgroundVolumeID() for node in slicer.util.getNodesByClass("vtkMRMLSliceCompositeNode"))
    press_on(bench, opened, "1")
    assert opened.page.study.stages("B") == {first: 1}


def test_the_module_is_reloaded_while_a_case_is_open(bench: Any, opened: Any) -> None:
    import slicer

    start(bench, opened)
    process = opened.page.annotate.reading._process
    slicer.util.reloadScriptedModule("SOSStagingTraining")
    assert bench.wait_until(lambda: process.poll() is not None, 10)
    assert not owned_nodes()
    bench.select_module("")
    bench.select_module("SOSStagingTraining")
    page = slicer.modules.SOSStagingTrainingWidget
    assert page.ui.casesTable.rowCount == 4  # the study of last time
    start(bench, page)


def test_the_reader_is_killed(bench: Any, opened: Any) -> None:
    from Bench import hand

    start(bench, opened)
    os.kill(opened.page.annotate.reading._process.pid, signal.SIGKILL)
    bench.process(0.2)
    for key in ("1", "2", "3"):  # those read ahead are there, for the next ones another process is started
        press(bench, key)
        if not bench.wait_until(lambda: shown_case(opened), PATIENCE):
            hand.click(opened.ui.startAnnotateButton)
            assert bench.wait_until(lambda: shown_case(opened), PATIENCE)
    assert len(opened.page.study.stages("B")) == 3


def test_closing_slicer_ends_the_reader_and_leaves_no_file(bench: Any, opened: Any) -> None:
    start(bench, opened)
    reading = opened.page.annotate.reading
    process, folder = reading._process, Path(reading._folder.name)
    bench.close()
    assert process.poll() is not None
    assert not folder.exists()
