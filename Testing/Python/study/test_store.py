"""Several programs at once, programs killed while writing, full disks, torn lines: nothing that was kept is lost."""

import json
import os
import signal
import subprocess
import sys
import time

import pytest
from SOSStagingTrainingLib.study.study import Study
from study.made_study import add_volumes

APPEND = """
import sys
from pathlib import Path
from SOSStagingTrainingLib.study.study import Study
study = Study.open(Path(sys.argv[1]))
for n in range(int(sys.argv[4])):
    study.append_label(sys.argv[2], sys.argv[3], n % 5 + 1, note=f"{sys.argv[5]}-{n}")
    print(n, flush=True)
"""
ADD = """
import sys
from pathlib import Path
from SOSStagingTrainingLib.study.store import change_manifest, read_manifest
folder, who = Path(sys.argv[1]), sys.argv[2]
row = read_manifest(folder)["cases"][0]
for n in range(int(sys.argv[3])):
    change_manifest(folder, lambda m: m["cases"].append({**row, "case": f"{who}-{n}"}))
    print(n, flush=True)
"""


def start(code, *arguments, **options):
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, "-c", code, *map(str, arguments)]
    return subprocess.Popen(command, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **options)


@pytest.fixture
def study(tmp_path):
    study = Study.create(tmp_path / "study")
    add_volumes(study, 1)
    return study


@pytest.mark.parametrize("raters", [("anna", "anna"), ("anna", "bert")])
def test_two_programs_appending_at_once_lose_nothing(study, raters):
    programs = [start(APPEND, study.folder, "case-01", rater, 200, n) for n, rater in enumerate(raters)]
    for program in programs:
        assert program.wait(120) == 0, program.stderr.read()
    notes = [entry.note for rater in set(raters) for entry in study.ledger(rater).entries]
    assert sorted(notes) == sorted(f"{program}-{n}" for program in (0, 1) for n in range(200))
    assert not any(study.ledger(rater).damaged for rater in raters)


def test_two_programs_adding_cases_at_once_lose_nothing(study):
    programs = [start(ADD, study.folder, who, 50) for who in ("one", "two")]
    for program in programs:
        assert program.wait(120) == 0, program.stderr.read()
    assert len(study.cases) == 101


@pytest.mark.skipif(os.name != "posix", reason="needs SIGKILL")
@pytest.mark.parametrize(("code", "more"), [(APPEND, ("case-01", "anna", 10**6, 0)), (ADD, ("one", 10**6))])
def test_a_program_killed_while_writing_leaves_a_readable_study(study, code, more):
    for _ in range(2):
        program = start(code, study.folder, *more)
        for _ in range(3):
            program.stdout.readline()
        time.sleep(0.03)
        program.send_signal(signal.SIGKILL)
        said = 3 + len(program.stdout.read().splitlines())
        program.wait()
        before = Study.open(study.folder)
        kept = len(before.ledger("anna").entries) if code == APPEND else len(before.cases) - 1
        assert kept >= said
        before.append_label("case-01", "bert", 3)  # the lock did not die with it
        more = more if code == APPEND else (f"again-{kept}", 10**6)
        if code == APPEND:
            (study.folder / "labels" / "anna.jsonl").unlink()
        else:
            study = before
            manifest = json.loads((study.folder / "manifest.json").read_text())
            manifest["cases"] = manifest["cases"][:1]
            (study.folder / "manifest.json").write_text(json.dumps(manifest))


def test_a_torn_line_is_named_and_costs_no_other(study):
    study.append_label("case-01", "anna", 2)
    path = study.folder / "labels" / "anna.jsonl"
    whole = path.read_bytes()
    path.write_bytes(whole + whole[: len(whole) // 2])
    assert study.labels("anna")["case-01"].stage == 2
    study.append_label("case-01", "anna", 4)
    assert study.labels("anna")["case-01"].stage == 4
    named = [finding for finding in study.check() if finding.code == "damaged_line"]
    assert len(named) == 1 and "Line 2 of labels/anna.jsonl" in named[0].text


@pytest.mark.skipif(os.name != "posix", reason="needs a limit on file sizes")
def test_a_full_disk_leaves_the_ledger_as_it_was(study):
    import resource

    study.append_label("case-01", "anna", 2)
    before = (study.folder / "labels" / "anna.jsonl").read_bytes()
    limit = len(before) + 100  # the next line does not fit
    program = start(
        APPEND, study.folder, "case-01", "anna", 1, "x" * 200,
        preexec_fn=lambda: (
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN),
            resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit)),
        ),
    )  # fmt: skip
    assert program.wait(60) != 0 and "OSError" in program.stderr.read()
    assert (study.folder / "labels" / "anna.jsonl").read_bytes() == before


def test_what_is_no_study_is_said(tmp_path):
    wrong = {"no_study": None, "manifest_damaged": "{", "other_format": '{"format": "x", "cases": []}'}
    for code, content in wrong.items():
        if content is not None:
            (tmp_path / "manifest.json").write_text(content)
        with pytest.raises(Exception, match=tmp_path.name) as error:
            Study.open(tmp_path)
        assert error.value.code == code
