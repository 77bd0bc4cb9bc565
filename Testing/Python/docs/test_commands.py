"""Every command line of the documents is run, small where it would take long, or named with a reason (see table.py)."""

from __future__ import annotations

import importlib.util
import json
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from docs.blocks import Command, commands
from docs.places import ROOT, documents, make_targets
from docs.workplace import furnish

from docs import table

DRIVER = Path(__file__).with_name("run_commands.py")
ALL = [command for page in documents() for command in commands(page, page.relative_to(ROOT).as_posix())]
OURS = [command for command in ALL if table.plain(command).startswith("sos ")]
needs_torch = pytest.mark.skipif(importlib.util.find_spec("torch") is None, reason="torch is not installed")


def drive(folder: Path, orders: list[tuple[str, list[str]]], seconds: float) -> list[dict]:
    """Let one process do all of it, and return what it told of each; fewer where it ended before."""
    answers = folder / "answers.jsonl"
    done = subprocess.run(
        [sys.executable, str(DRIVER), str(answers)],
        cwd=folder, input=json.dumps(orders), capture_output=True, text=True, timeout=seconds, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    return [json.loads(line) for line in answers.read_text(encoding="utf-8").splitlines()]


def test_the_documents_hold_commands_of_every_kind() -> None:
    """The parser finds them: a document without commands would pass all else."""
    pages = {command.page for command in OURS}
    assert {"README.md", "docs/training.md", "docs/your-own-data.md", "docs/simulator.md"} <= pages
    assert {f"docs/tutorial-{name}.md" for name in ("SOSStaging", "SOSStagingTraining")} <= pages
    used = {command.words[1] for command in OURS}
    assert used == {
        "stage",
        "model",
        "packages",
        "simulate",
        "pretrain",
        "study",
        "train",
        "experiment",
        "validate",
        "evaluate",
        "publish",
    }


@pytest.mark.parametrize("command", ALL, ids=str)
def test_each_command_is_run_or_named_with_a_reason(command: Command) -> None:
    text = table.plain(command)
    if command.words[0] == "make":
        unknown = [word for word in command.words[1:] if "=" not in word and word not in make_targets()]
        assert not unknown, f"{command}: the Makefile has no target {unknown}"
    elif not text.startswith("sos "):
        assert table.exception(command), f"{command}: run it, or name it in Testing/Python/docs/table.py with a reason"
        named = [word for word in command.words[1:] if word.startswith("Testing/")]
        assert all((ROOT / word).exists() for word in named), f"{command}: {named} is not there"


@needs_torch
def test_what_is_run(tmp_path: Path) -> None:
    """All pages in one folder and in order, as somebody would who reads them one after another; equal commands once."""
    furnish(tmp_path)
    first: dict[str, Command] = {}
    for command in OURS:
        if table.exception(command) is None:
            first.setdefault(table.substituted(table.plain(command)), command)
    answers = drive(tmp_path, [("run", shlex.split(text)) for text in first], 1800)
    wrong = [
        f"{command}\n  run as: {text}\n  status {answer['status']}:\n{answer['said'][-2000:]}"
        for (text, command), answer in zip(first.items(), answers, strict=False)
        if answer["status"] not in table.statuses(text) or "Traceback" in answer["said"]
    ]
    times = sorted(((answer["seconds"], text) for text, answer in zip(first, answers, strict=False)), reverse=True)
    print(*(f"{seconds:6.1f} s  {text}" for seconds, text in times), sep="\n")
    assert not wrong, "\n".join(wrong)
    assert len(answers) == len(first)
    made = [path.parent.name for path in (tmp_path / "results").glob("*/result.json")]
    assert {"head", "vhp_female_head", "head-a", "dicom-folder", "scan", "midsagittal"} <= set(made)
    assert (tmp_path / "mine.sosmodel").is_file() and (tmp_path / "study/runs/quick-train/predictions").is_dir()


@needs_torch
def test_what_is_not_run_is_understood_by_the_real_parsers(tmp_path: Path) -> None:
    for name in ("SOSStaging", "SOSStagingTraining", "Testing"):
        (tmp_path / name).symlink_to(ROOT / name)
    kept = [command for command in ALL if command.words[0] != "make" and table.exception(command)]
    parsed = {text: command for command in kept if " -m " not in (text := table.plain(command))}
    answers = drive(tmp_path, [("parse", shlex.split(text)) for text in parsed], 300)
    wrong = [
        f"{command}: {answer['said'][-500:]}"
        for command, answer in zip(parsed.values(), answers, strict=True)
        if answer["status"] != 0
    ]
    assert not wrong, "\n".join(wrong)


def test_the_tables_hold_nothing_that_no_document_needs() -> None:
    texts = [table.plain(command) for command in ALL]
    assert table.exception(Command("docs/results.md", 1, "sos train --study s")) is not None
    assert table.exception(Command("docs/other.md", 1, "sos train --study s")) is None
    for pattern, *_rest in (*table.SUBSTITUTIONS, *table.EXCEPTIONS):
        assert any(re.search(pattern, text) for text in texts), f"nothing matches {pattern}"
    for pattern, *_rest in table.STATUSES:
        assert any(re.search(pattern, table.substituted(text)) for text in texts), f"nothing matches {pattern}"
    for name in table.GIVEN:
        assert any(name.rstrip("/") in text for text in texts), f"nothing reads {name}"


def test_the_parser_of_pages(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(
        "`sos a`\n```sh\nsos stage a.nrrd \\\n  --out b   # why\n\n# only a comment\n```\n```python\nsos = 1\n```\n"
        "```console\n$ make test\n```\n```\nmystudy/   labels\nsos model list\nX=1 python a.py --b 'c d'\n```\nsos c\n"
    )
    found = commands(page, "page.md")
    assert [(command.line, command.words) for command in found] == [
        (4, ("sos", "stage", "a.nrrd", "--out", "b")),
        (12, ("make", "test")),
        (16, ("sos", "model", "list")),
        (17, ("python", "a.py", "--b", "c d")),
    ]


@needs_torch
def test_wrong_words_are_noticed(tmp_path: Path) -> None:
    (tmp_path / "Testing").symlink_to(ROOT / "Testing")
    benchmark = "python Testing/Benchmarks/bench_step.py"
    expected = {
        "sos stage a.nrrd --out b": 0,
        "sos stage a.nrrd --out b --colour": 2,
        "sos nothing": 2,
        "sos study": 2,
        f"{benchmark} --rounds 3": 0,
        f"{benchmark} --rounds three": 2,
        f"{benchmark} --circles 3": 2,
    }
    answers = drive(tmp_path, [("parse", text.split()) for text in expected], 300)
    assert dict(zip(expected, (answer["status"] for answer in answers), strict=True)) == expected
