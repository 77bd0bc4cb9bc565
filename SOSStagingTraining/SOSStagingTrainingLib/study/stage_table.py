"""A table of stages as people keep it: CSV or TSV, with a header, one row per case and rater."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from .types import StudyError, StudyFinding

TABLE_SUFFIXES = (".csv", ".tsv")
COLUMNS = {
    "case": ("case", "scan", "file", "filename", "name", "id", "volume", "image"),
    "stage": ("stage", "label", "grade", "class", "sos", "sosstage"),
    "rater": ("rater", "reader", "observer", "annotator", "examiner"),
    "scheme": ("scheme", "system", "method"),
    "patient": ("patient", "patientid", "subject", "subjectid"),
    "group": ("group", "family", "site", "centre", "center"),
    "note": ("note", "notes", "comment", "comments", "remark"),
}
NOT_ASSESSABLE = ("na", "n/a", "none", "x", "?", "not assessable", "notassessable", "unreadable")
_STAGE = re.compile(r"(?:stage\s*)?(\d{1,3})(?:[.,]0+)?", re.IGNORECASE)


@dataclass(frozen=True)
class TableRow:
    """One row. ``labelled`` False: the row has no stage. ``stage`` None: it says that the case cannot be judged."""

    line: int
    case: str
    labelled: bool
    stage: int | None
    rater: str
    scheme: str
    patient: str
    group: str
    note: str


def read_table(path: Path) -> tuple[list[TableRow], list[StudyFinding]]:
    """Return a table's rows, and a finding for each row that is not understood.

    Columns may be separated by comma, semicolon or tab; header names as in ``COLUMNS``, upper or lower case.

    A table without a column of stages, or without rows, is told as a finding.

    Raises:
        StudyError: it cannot be read, or has no column that names the case.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise StudyError("no_table", f"The table {path.name} cannot be read: {error.strerror}.") from error
    text = _text(data)
    header = text.partition("\n")[0]
    reader = csv.reader(io.StringIO(text), delimiter=max(",;\t", key=header.count), strict=True)
    rows: list[TableRow] = []
    findings: list[StudyFinding] = []
    try:
        head = next(reader, [])
        columns = _columns(head, path.name)
        for cells in reader:
            if not any(cell.strip() for cell in cells):
                continue
            found = {key: cells[n].strip() if n < len(cells) else "" for key, n in columns.items()}
            row = _row(reader.line_num, found, path.name)
            if isinstance(row, StudyFinding):
                findings.append(row)
            else:
                rows.append(row)
    except csv.Error as error:
        text = f"Line {reader.line_num} of the table {path.name} cannot be read: {error}."
        raise StudyError(
            "table_damaged", text, "Look for a quotation mark that is not closed, and save it again."
        ) from error
    return rows, [*_nothing_said(head, columns, rows, findings, path.name), *findings]


def _text(data: bytes) -> str:
    """The text of a table as spreadsheets write it: UTF-8, UTF-16 or Windows' letters, whatever ends a line."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        text = data.decode("utf-16", errors="replace")
    elif b"\0" in data[:4096]:
        text = data.decode("utf-16-le" if data[1:2] == b"\0" else "utf-16-be", errors="replace")
    else:
        try:
            text = data.decode("utf-8-sig")
        except UnicodeDecodeError:
            text = data.decode("cp1252", errors="replace")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _nothing_said(
    head: list[str], columns: Mapping[str, int], rows: list[TableRow], findings: list[StudyFinding], name: str
) -> Iterator[StudyFinding]:
    if "stage" not in columns:
        text = f"The table {name} has no column of stages, so none were taken; its columns are: {', '.join(head)}."
        hint = f"If one of them holds stages, call it {' or '.join(COLUMNS['stage'][:3])}."
        yield StudyFinding("table_without_stage", "warning", f"{text} {hint}")
    elif not rows and not findings:
        yield StudyFinding("table_empty", "refuse", f"The table {name} has a header and no rows.")


def _columns(header: list[str], name: str) -> dict[str, int]:
    plain = [re.sub(r"[^a-z]", "", cell.lower()) for cell in header]
    found = {}
    for key, names in COLUMNS.items():
        at = [plain.index(candidate) for candidate in names if candidate in plain]
        if at:
            found[key] = at[0]
    if "case" not in found:
        text = f"The table {name} has no column that names the case; its columns are: {', '.join(header) or 'none'}."
        raise StudyError("table_without_case", text, f"Call one of them {' or '.join(COLUMNS['case'][:3])}.")
    return found


def _row(line: int, found: Mapping[str, str], name: str) -> TableRow | StudyFinding:
    said, case = found.get("stage", ""), found["case"]
    match = _STAGE.fullmatch(said)
    if said and not match and said.lower() not in NOT_ASSESSABLE:
        text = f"Line {line} of {name}: {said!r} is not a stage of {case or 'its case'}. Write its number."
        return StudyFinding("stage_not_a_number", "refuse", text, case or None)
    if not case:
        return StudyFinding("row_without_case", "refuse", f"Line {line} of {name} does not say which case it is about.")
    others = [found.get(key, "") for key in ("rater", "scheme", "patient", "group", "note")]
    return TableRow(line, case, bool(said), int(match[1]) if match else None, *others)
