"""Both pages in another language: extraction as Slicer's tools do it, and the German translation seen on the bench."""

from __future__ import annotations

import ast
import re
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator
from pathlib import Path

import pytest
from extension.conftest import tool
from extension.installed import ROOT

MODULES = ("SOSStaging", "SOSStagingTraining")


@pytest.fixture(scope="module")
def translations():
    pytest.importorskip("PySide6", reason="Qt's translation tools come with PySide6")
    return tool("translations")


def messages(module: str) -> list[tuple[str, str, str]]:
    """Context, text and translation of everything in a module's German translation."""
    path = ROOT / module / "Resources" / "Translations" / f"{module}_de.ts"
    return [
        (context.findtext("name", ""), message.findtext("source", ""), message.findtext("translation", ""))
        for context in ElementTree.parse(path).getroot().iter("context")
        for message in context.iter("message")
    ]


def marked(path: Path) -> Iterator[ast.expr]:
    """What a Python file gives to `_`."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "_":
            yield node.args[0]


def test_translations_are_up_to_date_and_complete(translations) -> None:
    assert translations.out_of_date() == []


@pytest.mark.parametrize("module", MODULES)
def test_every_marked_text_is_plain_and_was_found(translations, module: str) -> None:
    """Slicer reads no f-strings and no variables, and Qt's reader of Python must not have passed one over."""
    found = {(context, text) for context, text, _translation in messages(module)}
    for path in translations.sources(module):
        for text in marked(path) if path.suffix == ".py" else ():
            assert isinstance(text, ast.Constant), f"{path.name}:{text.lineno}: only a plain text can be translated"
            assert (translations.context_of(path), text.value) in found, f"{path.name}:{text.lineno}"


@pytest.mark.parametrize("module", MODULES)
def test_values_are_the_same_in_both_languages(module: str) -> None:
    for _context, text, translation in messages(module):
        values = [sorted(re.findall(r"\{[^{}]*\}", one)) for one in (text, translation)]
        assert values[0] == values[1], text


@pytest.fixture
def german(bench, translations, tmp_path):
    """The application speaks German."""
    from PySide6 import QtCore

    translators = []
    for path in translations.compile_all(tmp_path / "qm"):
        translators.append(QtCore.QTranslator())
        assert translators[-1].load(str(path))
        bench.app.installTranslator(translators[-1])
    yield bench
    for translator in translators:
        bench.app.removeTranslator(translator)


def said(page) -> Iterator[str]:
    """Every text below a page, also of what is not seen now: captions, entries, headers, tooltips."""
    from PySide6 import QtCore, QtWidgets

    for widget in QtCore.QObject.findChildren(page, QtWidgets.QWidget):
        for name in ("text", "title", "placeholderText", "toolTip"):
            value = getattr(widget, name, "")
            yield value if isinstance(value, str) else ""
        if isinstance(widget, QtWidgets.QComboBox):
            yield from (widget.itemText(n) for n in range(widget.count))
        if isinstance(widget, QtWidgets.QTableWidget):
            items = [widget.horizontalHeaderItem(n) for n in range(widget.columnCount)]
            yield from (item.text() for item in items if item is not None)


def english(page, module: str) -> list[str]:
    """Texts of a page that are still in the language of the sources."""
    sources = {text for _context, text, translation in messages(module) if text != translation and len(text) > 1}
    lines = {line.strip() for text in said(page) for line in [text, *text.split("\n")]}
    return sorted(sources & lines)


@pytest.mark.parametrize("module", MODULES)
def test_a_page_is_german_and_fits(german, module: str) -> None:
    from Bench import page_check

    page = german.open_module(ROOT / module / f"{module}.py")
    for name, part in vars(page.ui).items():
        if name.endswith("Section"):
            part.collapsed = False
    german.process(0.1)
    assert english(page.parent, module) == []
    assert page_check.complaints(page.parent) == []
    assert page.parent.width <= 400


def test_answers_and_refusals_are_german_and_fit(german, tmp_path, monkeypatch) -> None:
    from Bench import hand, page_check
    from report.made_results import make_refusal, make_result

    monkeypatch.setenv("SOSSTAGING_MODELS", str(tmp_path / "models"))
    page = german.open_module(ROOT / "SOSStaging" / "SOSStaging.py")
    assert hand.drop(page.ui.stageButton, [ROOT / "SOSStaging/Resources/SampleData/simulated_stage_3.nrrd"])
    for make, headline in ((make_result, "Stadium 3 oder 4 von 5"), (make_refusal, "Nicht beurteilbar")):
        page.page._take(page.ui.inputSelector.currentNode(), make())
        assert german.wait_until(lambda: not page.page._steps, 20)
        german.process(0.1)
        assert headline in page.ui.headlineLabel.text
        assert english(page.parent, "SOSStaging") == []
        assert page_check.complaints(page.parent) == []
    assert "Etwa zur Hälfte verknöchert" not in page.ui.headlineLabel.text


def test_what_the_library_says_is_recognised_with_its_values(german) -> None:
    from SOSStagingLib.gui.texts import shown

    german.open_module(ROOT / "SOSStagingTraining" / "SOSStagingTraining.py")
    every = [message for module in MODULES for message in messages(module)]
    known = {text: translation for context, text, translation in every if "library_texts" in context}
    wrong = []
    for text, translation in known.items():
        values = {name: str(10 + n) for n, name in enumerate(re.findall(r"\{(\w+)\}", text))}
        wanted = translation.format(**values) if values else translation
        if shown(text.format(**values) if values else text) != wanted:
            wrong.append(text)
    assert wrong == []


def test_sentences_after_one_another_and_within_one_another(german) -> None:
    from SOSStagingLib.gui.texts import shown

    assert (
        shown("The file is empty. Copy or export it again.")
        == "Die Datei ist leer. Kopieren oder exportieren Sie sie neu."
    )
    inside = "Less sure because of the scan: The slices lie up to 3.5 mm apart: too coarse to see a narrow gap."
    assert shown(inside) == (
        "Weniger sicher wegen der Aufnahme: "
        "Die Schichten liegen bis zu 3.5 mm auseinander: zu grob für einen schmalen Spalt."
    )
    both = "At 90 % coverage on simulated heads stages 2, 3 and 4 are plausible."
    assert shown(both) == "Bei 90 % Abdeckung an simulierten Köpfen sind die Stadien 2, 3 und 4 plausibel."
    assert shown(
        "torch is not installed. timm 0.1 is too old; 1.0 or later is needed. Install it again to mend it."
    ) == (
        "torch ist nicht installiert. timm 0.1 ist zu alt; nötig ist 1.0 oder neuer. "
        "Installieren Sie es neu, um das zu beheben."
    )
    assert shown("Something nobody has translated.") == "Something nobody has translated."


def test_what_recipes_and_runs_complain_of_is_german(german, tmp_path) -> None:
    from SOSStagingLib.gui.texts import shown
    from SOSStagingLib.scan.types import PlainError
    from SOSStagingTrainingLib.compute.run_folder import RunFolder
    from SOSStagingTrainingLib.learning.recipe import load_recipe

    german.open_module(ROOT / "SOSStagingTraining" / "SOSStagingTraining.py")
    own = tmp_path / "own.toml"
    own.write_text('extends = "quick"\nmethods = "ours"\n')
    for ask, begins, ends in (
        (lambda: load_recipe(str(tmp_path / "other.toml")), "Es gibt kein Rezept", "paper, quick."),
        (lambda: load_recipe("quick", ["train.epoch=3"]), "quick.toml: [train] hat kein epoch. Möglich sind", "."),
        (lambda: load_recipe("quick", ["train.epochs=soon"]), "quick.toml: train.epochs muss", "nicht 'soon'"),
        (lambda: load_recipe(str(own)), "own.toml: methods muss", "eine Liste sein"),
        (lambda: RunFolder.open(tmp_path), "In ", "Beginnen Sie einen: sos train --recipe R --study STUDY."),
    ):
        with pytest.raises(PlainError) as caught:
            ask()
        told = shown(str(caught.value))
        assert told.startswith(begins) and told.endswith(ends), told


def test_without_a_translation_nothing_is_changed(bench) -> None:
    bench.open_module(ROOT / "SOSStaging" / "SOSStaging.py")
    from SOSStagingLib.gui.library_texts import TEXTS
    from SOSStagingLib.gui.texts import shown

    assert [text for text in TEXTS if shown(text) != text] == []
