"""Finds what must not be in a public repository, a report, a log or a model file: secrets, the folders of a person,
patients' names and e-mail addresses.

``make check-privacy`` looks through the repository's text files, the texts inside its pictures and its model files.
"""

from __future__ import annotations

import re
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
import source_rules

ROOT = Path(__file__).resolve().parents[2]
SECRETS = re.compile(
    r"-----BEGIN [A-Z ]*PRIVATE KEY-----|\b(?:AKIA|ASIA)[0-9A-Z]{16}\b|\bgh[pousr]_[A-Za-z0-9]{30,}"
    r"|\bgithub_pat_\w{20,}|\bxox[abprs]-[\w-]{10,}|\bsk-[A-Za-z0-9_-]{20,}|\bhf_[A-Za-z0-9]{30,}|\bpypi-[\w-]{40,}"
    r"|\b[a-z][a-z+]*://[^\s/:@\"']+:[^\s/@\"']+@"
    r"|(?i:\b(?:password|passwd|secret|api_?key|auth_?token)\b[\"']?\s*[:=]\s*[\"'][^\"'\s]{6,}[\"'])"
)
PERSONAL_PATHS = re.compile(
    r"(?<![\w.])/(?:home|Users)/(?!user/|you/|runner/|\.\.\.)[A-Za-z0-9._-]+/|(?<!\w)/root/\w"
    r"|(?i:\b[A-Z]:\\{1,2}(?:Users|Documents and Settings)\\{1,2}(?!user\\|you\\)[\w.-]+)"
)
# DICOM writes FAMILY^GIVEN; names that tell they are none (ANON, TEST, ...) are left.
PATIENT_NAMES = re.compile(r"\b(?!ANON|TEST|PHANTOM|SIMULATED)[A-Za-z]{2,}\^(?!ANON|TEST)[A-Za-z]{2,}", re.IGNORECASE)
PATIENT_KEYS = re.compile(r"(?i:\bpatient'?s?[ _]?name\b[\"']?\s*[:=]\s*[\"']?(?!none|simulated|\")[A-Z][\w ,^-]{3,})")
MAILS = re.compile(
    r"[A-Za-z0-9._%+-]+@(?!(?:[\w-]+\.)*example\.(?:org|com|net)\b)[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*\.[a-z]{2,}\b"
)
PNG = b"\x89PNG\r\n\x1a\n"
RULES = {
    "a secret": SECRETS, "a personal path": PERSONAL_PATHS, "a patient's name": PATIENT_NAMES,
    "a field with a patient's name": PATIENT_KEYS, "an e-mail address": MAILS,
}  # fmt: skip
# `git@github.com:owner/name` is an address of a repository, `name@2x.png` a file.
HARMLESS = re.compile(r"^git@|\.(?:png|svg)$")
# The rules' own tests hold what the rules look for.
OWN = {"Testing/Python/safety/test_privacy.py", "Testing/Packaging/privacy.py"}


def findings(text: str) -> list[str]:
    """Return what must not be in ``text``, each with the rule it breaks; the secret itself is cut short."""
    found = []
    for what, rule in RULES.items():
        hits = sorted({hit[0] for hit in rule.finditer(text) if not HARMLESS.search(hit[0])})
        found += [f"{what}: {hit[:12]}..." if what == "a secret" else f"{what}: {hit}" for hit in hits]
    return found


def texts_in(path: Path) -> str:
    """Return what of a file people and programs read as text: all of a text file, the readable runs of any other."""
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            return "\n".join([*archive.namelist(), *(_readable(archive.read(n)[:200_000]) for n in archive.namelist())])
    return _readable(path.read_bytes())


def _readable(data: bytes) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        if data.startswith(b"NRRD"):  # a header of text, then packed voxels
            return data.partition(b"\n\n")[0].decode("utf-8", "replace")
        if data.startswith(PNG):
            return _png_text(data)
        # Packed data hold short runs of letters by chance, but none as long as this.
        return "\n".join(run.decode("ascii") for run in re.findall(rb"[\x20-\x7e]{24,}", data))


def _png_text(data: bytes) -> str:
    """Return a picture's chunks other than its pixels."""
    kept, at = [], len(PNG)
    while at + 8 <= len(data):
        size, kind = int.from_bytes(data[at : at + 4], "big"), data[at + 4 : at + 8]
        if kind != b"IDAT":
            kept.append(data[at + 8 : at + 8 + size].decode("utf-8", "replace"))
        at += size + 12
    return "\n".join(kept)


def file_findings(path: Path) -> list[str]:
    """Return what must not be in one file."""
    return [f"{path.name} holds {what}" for what in findings(texts_in(path))]


def folder_findings(folder: Path) -> list[str]:
    """Return what must not be in the files of a folder: results, logs, a run."""
    return [what for path in sorted(folder.rglob("*")) if path.is_file() for what in file_findings(path)]


def repository_findings(root: Path = ROOT) -> Iterator[str]:
    """Go through all files of the repository."""
    for path in source_rules.tracked(root):
        name = path.relative_to(root).as_posix()
        if name not in OWN:
            yield from (f"{name} holds {what}" for what in findings(texts_in(path)))


def main() -> int:
    """Look through the repository."""
    found = list(repository_findings())
    print("\n".join(found) or "Nothing private found.")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
