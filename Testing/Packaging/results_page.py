"""Writes the table of docs/results.md from the predictions files that are kept beside it.

``make results`` compares every *.predictions.json in docs/results/study-723 and rewrites what stands between the page's
two markers; ``--check`` only says whether it is up to date and ends with status 1 where it is not. A method, fold or
seed trained later is one file more, and the same command renews the table.
"""

from __future__ import annotations

import argparse
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / name) for name in ("SOSStaging", "SOSStagingTraining", "Testing/Packaging")]
from SOSStagingTrainingLib.evaluation.comparison import Draws, Roles, compare  # noqa: E402
from SOSStagingTrainingLib.evaluation.files import read_folder  # noqa: E402
from SOSStagingTrainingLib.evaluation.table import markdown, write_table  # noqa: E402
from written_part import with_part  # noqa: E402

PAGE = ROOT / "docs" / "results.md"
FOLDER = ROOT / "docs" / "results" / "study-723"
BEGIN = "<!-- Written by `make results` from the predictions in results/study-723. Do not edit by hand. -->"
END = "<!-- End of what is written by `make results`. -->"
BASELINE, TEACHER, STUDENT, PIPELINE = "baseline", "teacher", "ours", "two_stage"


def comparison() -> dict:
    """What the kept predictions say, with the roles of those methods that are there."""
    runs = read_folder(FOLDER)
    there = {run.header.method for run in runs}
    both = {BASELINE, TEACHER} <= there
    roles = Roles(
        *(name if both else None for name in (BASELINE, TEACHER)), STUDENT, PIPELINE if PIPELINE in there else None
    )
    return compare(runs, roles, Draws())


def page_text(found: dict, page: str) -> str:
    """The page with its table made anew; ValueError where it lacks the markers."""
    text = markdown(found).partition("\n\n")[2].strip()
    text = re.sub(r"\]\((confusion-[^)]*)\)", rf"](results/{FOLDER.name}/\1)", text)
    return with_part(page, BEGIN, END, text)


def main() -> int:
    """Rewrite or check the page."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="change nothing; status 1 if the page is out of date")
    check = parser.parse_args().check
    found = comparison()
    there = PAGE.read_text(encoding="utf-8")
    wanted = page_text(found, there)
    if not check:
        for path in write_table(FOLDER, found):
            # The page is the Markdown, and the CSV has the line ends of its standard.
            if path.suffix in (".md", ".csv"):
                path.unlink()
        PAGE.write_text(wanted, encoding="utf-8")
    said = "says what the predictions say" if wanted == there else "is out of date" if check else "is renewed"
    print(f"{PAGE.name} {said}.")
    return int(check and wanted != there)


if __name__ == "__main__":
    sys.exit(main())
