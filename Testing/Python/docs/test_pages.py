"""What the pages point at is there, controls are called by their names, and versions agree."""

from __future__ import annotations

import ast
import re
import tomllib
import xml.etree.ElementTree as ElementTree
from pathlib import Path
from urllib.parse import unquote

import pytest
import SOSStagingLib
from docs.places import ROOT, all_pages

VERSION = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
MODULES = ("SOSStaging", "SOSStagingTraining")
# Bold words of the tutorials that are Slicer's own.
OF_SLICER = {"Sample Data", "OK"}
LINK = re.compile(r"!?\[[^]]*\]\(([^)\s]+)\)")


def without_code(page: Path) -> str:
    return re.sub(r"```.*?```|`[^`\n]*`", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)


@pytest.mark.parametrize("page", all_pages(), ids=lambda page: page.relative_to(ROOT).as_posix())
def test_links_and_pictures_are_there(page: Path) -> None:
    for target in LINK.findall(without_code(page)):
        if re.match(r"[a-z]+:", target):
            continue
        name, _, anchor = target.partition("#")
        file = (page.parent / unquote(name)).resolve() if name else page
        assert file.exists() and file.is_relative_to(ROOT), f"{page.name} points at {target}"
        if anchor:
            assert anchor in anchors(file), f"{page.name} points at {target}"


def anchors(page: Path) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", without_code(page), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_files_named_in_code_are_there() -> None:
    """Paths of the repository in backticks or plain text, such as docs/training.md."""
    for page in all_pages():
        text = page.read_text(encoding="utf-8")
        for name in re.findall(
            r"(?<![\w/.-])((?:docs|Testing|SOSStaging\w*)/[\w./-]*\w\.(?:py|md|png|json|toml|nrrd))\b", text
        ):
            # A library may be named from its module's folder.
            there = [folder / name for folder in (ROOT, *(ROOT / module for module in MODULES))]
            known = any(path.exists() for path in there) or re.search(rf"--(?:out|page) {re.escape(name)}", text)
            assert known, f"{page.name} names {name}, which is not there"


def test_every_page_is_reached_from_the_readme() -> None:
    reached, waiting = set(), [ROOT / "README.md"]
    while waiting:
        page = waiting.pop()
        reached.add(page)
        text = page.read_text(encoding="utf-8")
        named = [page.parent / unquote(target.partition("#")[0]) for target in LINK.findall(text)]
        named += [ROOT / name for name in re.findall(r"(?<![\w/])((?:docs/)?[\w-]+\.md)\b", text)]
        waiting += [p for found in named if (p := found.resolve()) not in reached and p.suffix == ".md" and p.is_file()]
    assert set(all_pages()) <= reached


def texts_of(module: str) -> set[str]:
    """Every text the module's page can show: those of its .ui file, and those its code gives to translation."""
    form = ElementTree.parse(ROOT / module / "Resources" / "UI" / f"{module}.ui")
    found = {text.text or "" for text in form.iter("string")}
    code = [*(ROOT / module).glob("*.py"), *(ROOT / module / f"{module}Lib").glob("**/*.py")]
    for path in code:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "_":
                found |= {
                    arg.value for arg in node.args if isinstance(arg, ast.Constant) and isinstance(arg.value, str)
                }
    return found


@pytest.mark.parametrize("module", MODULES)
def test_tutorials_call_controls_by_their_names(module: str) -> None:
    text = without_code(ROOT / "docs" / f"tutorial-{module}.md")
    known = texts_of("SOSStaging") | texts_of("SOSStagingTraining") | OF_SLICER
    bold = {re.sub(r"\s+", " ", words) for words in re.findall(r"\*\*(.+?)\*\*", text, re.DOTALL)}
    controls = {words for words in bold if not words.endswith(".") or words.endswith("...")}
    assert len(controls) > 20
    assert controls <= known, f"not on the page: {sorted(controls - known)}"


@pytest.mark.parametrize("module", MODULES)
def test_tutorials_show_every_section(module: str) -> None:
    form = ElementTree.parse(ROOT / module / "Resources" / "UI" / f"{module}.ui")
    sections = [w for w in form.iter("widget") if w.get("class") == "ctkCollapsibleButton"]
    titles = [w.findtext("property[@name='text']/string") or "" for w in sections]
    text = (ROOT / "docs" / f"tutorial-{module}.md").read_text(encoding="utf-8")
    assert titles and [title for title in titles if title not in text] == []


def test_citation_file() -> None:
    yaml = pytest.importorskip("yaml", reason="PyYAML is not installed")
    cited = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert cited["cff-version"] == "1.2.0" and cited["type"] == "software"
    assert all(isinstance(cited[key], str) and cited[key] for key in ("message", "title", "version", "license"))
    assert cited["version"] == VERSION and cited["license"] == project["license"]
    assert cited["repository-code"] == project["urls"]["Repository"]
    for work in (cited, *cited["references"]):
        assert work["title"] and work["type"] and work["authors"]
        assert all("name" in one or {"family-names", "given-names"} <= set(one) for one in work["authors"])


def test_versions_agree() -> None:
    assert SOSStagingLib.__version__ == VERSION
    headings = re.findall(r"^## \[([^]]+)\]", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert headings and headings[0] == VERSION
