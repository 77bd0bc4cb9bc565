"""What the test of the documents' commands changes, leaves out and allows; each with its reason."""

from __future__ import annotations

import re

from docs.blocks import Command

TEN_SLABS = " --stages 1,2,3,4,5 --kappa 0.99"
RUN = "study/runs/quick-train"
# (what a command matches, what is put for what, why). All that match are applied, in this order.
SUBSTITUTIONS: tuple[tuple[str, dict[str, str], str], ...] = (
    (
        r"^sos simulate (?!.*--cases 10 ).*--slabs",
        {r"--cases \d+": "--cases 10", r" --stages \S+": "", r" --kappa \S+": "", r"$": TEN_SLABS},
        "ten slabs: two of each stage, all raters nearly of one mind, so that two folds can be made",
    ),
    (
        r"^sos simulate (?!.*--slabs)",
        {r"--cases \d+": "--cases 1", r"$": " --voxel 1.5"},
        "one coarse volume",
    ),
    (
        r"^sos (train|validate|evaluate|publish) .*paper",
        {r"--recipe paper": "--recipe quick", r"runs/paper-train": "runs/quick-train", r" --methods \S+": ""},
        "the recipe that takes minutes instead of days",
    ),
    (
        r"^sos (train|evaluate|publish) .*v1\b",
        {r"--dataset v1": "--dataset train", r"quick-v1": "quick-train"},
        "one run for all pages",
    ),
    (
        r"^sos train .*--study",
        {r" --folds \S+": "", r" --seed \S+": "", r"$": " --folds 1 --device cpu"},
        "one fold, one seed; the processor, also where there is a GPU",
    ),
    (
        r"^sos evaluate ",
        {r"evaluate predictions": f"evaluate {RUN}/predictions", r"full-slice": "baseline", r" crop ": " teacher "}
        | {r"--student student": "--student ours", r" --pipeline \S+": "", r"$": " --draws 200"},
        "the predictions and methods of the run that was made, fewer draws",
    ),
    (
        r"^sos publish ",
        {r" --method \S+ --fold 1": "", r"quick-train$": "quick-train --out mine.sosmodel"},
        "one model for all pages",
    ),
    (
        r"^sos experiment gallery ",
        {r" RUN ": f" {RUN} ", r"--method student_paper": "--method ours"},
        "the run that was made",
    ),
    (
        r"^sos study (freeze|folds|export) mystudy",
        {r"mystudy": "study", r"-k 5": "-k 2", r"(freeze study v1)$": r"\1 --min-per-stage 2"},
        "the study of simulated slabs, which has cases enough",
    ),
)

# Not run; what the real parser makes of the words is checked all the same. (What a command matches, why.)
EXCEPTIONS: tuple[tuple[str, str], ...] = (
    (r"^sos packages (download|install) ", "changes the environment, or needs a network; see packages/test_install.py"),
    (r"^sos pretrain ", "draws 192 windows at least, which takes minutes; learning/test_training.py trains on fewer"),
    (
        r"^sos experiment (table|attention-off|temperature|automatic-crops|confidence) ",
        "trains every variant; compute/test_train_command.py runs experiments on tiny networks",
    ),
    (r"^\.venv/bin/python -m pytest ", "a test that runs tests; that its folder exists is checked"),
    (
        r"^(\.venv/bin/)?python \S+\.py\b",
        "measures or draws for minutes; that its own parser takes the words is checked",
    ),
)

# Pages that tell of experiments of hours and days: their commands are read by the real parser, not run.
RESULT_PAGES = r"^docs/results"

# What a user has on the disk and the documents do not make.
GIVEN = ("head.nrrd", "dicom-folder/", "scan.zip", "cohort-folder/", "midsagittal.png", "slicer-folder/")

# Other exit statuses than 0 that are right. (What a command matches, the statuses, why.)
STATUSES: tuple[tuple[str, set[int], str], ...] = (
    (r"^sos stage .*midsagittal\.png", {0, 3}, "a coarse simulated picture may be refused"),
    (r"^sos stage .*--model mine", {0, 3}, "a model of a few steps may recognise nothing, and says so"),
    (r"^sos study check mystudy", {3}, "two cases are too few of each stage, which is to be named"),
)


def plain(command: Command) -> str:
    """Return a command as the tables know it: `sos`, however it was called."""
    words = command.words
    return re.sub(r"^\.venv/bin/sos\b", "sos", " ".join(_quoted(word) for word in words))


def substituted(text: str) -> str:
    """Return a command at the size at which it is run."""
    for pattern, changes, _why in SUBSTITUTIONS:
        if re.search(pattern, text):
            for old, new in changes.items():
                text = re.sub(old, new, text, count=1)
    return text


def exception(command: Command) -> str | None:
    """Return why a command is not run, None where it is."""
    if re.search(RESULT_PAGES, command.page):
        return "what was run for the results, which took hours"
    return next((why for pattern, why in EXCEPTIONS if re.search(pattern, plain(command))), None)


def statuses(text: str) -> set[int]:
    """Return the exit statuses that are right."""
    return next((allowed for pattern, allowed, _why in STATUSES if re.search(pattern, text)), {0})


def _quoted(word: str) -> str:
    return f'"{word}"' if re.search(r"\s", word) else word
