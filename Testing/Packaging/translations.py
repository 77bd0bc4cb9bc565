"""Extracts the texts of both modules for translation, as Slicer's own tools do, and compiles the translations.

    python Testing/Packaging/translations.py             renew the .ts files and both gui/library_texts.py
    python Testing/Packaging/translations.py --check     only say what is out of date or not translated; status 1
    python Testing/Packaging/translations.py --compile DIR     write the .qm files

Slicer gives `_("text")` in a Python file the context "folder.file", or "file" where the folder is no package; Qt's
lupdate does not know that, so it is given a copy with the context written out. The .ts files stay with the sources:
Slicer's language tools compile and install them. The texts the library says in English are collected first.
"""

from __future__ import annotations

import argparse
import io
import shutil
import subprocess
import sys
import tempfile
import tokenize
import xml.etree.ElementTree as ElementTree
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
import library_texts
from module_lists import MODULES, ROOT

LANGUAGES = ("de",)


def ts_file(module: str, language: str) -> Path:
    """Return where a module's translation lies."""
    return ROOT / module / "Resources" / "Translations" / f"{module}_{language}.ts"


def context_of(path: Path) -> str:
    """Return the context Slicer gives the texts of a Python file."""
    return f"{path.parent.name}.{path.stem}" if (path.parent / "__init__.py").is_file() else path.stem


def with_context(source: str, context: str) -> str:
    """Return the source with each `_(` as `translate("context", `."""
    tokens = list(tokenize.generate_tokens(io.StringIO(source).readline))
    lines = source.splitlines(keepends=True)
    calls = [
        (name, bracket)
        for before, name, bracket in zip(tokens, tokens[1:], tokens[2:], strict=False)
        if name.string == "_" and bracket.string == "(" and before.string not in ("def", ".")
    ]
    for name, bracket in reversed(calls):
        row = name.start[0] - 1
        lines[row] = f'{lines[row][: name.start[1]]}translate("{context}", {lines[row][bracket.end[1] :]}'
    return "".join(lines)


def sources(module: str) -> list[Path]:
    """Return the files of a module that hold texts."""
    folder = ROOT / module
    scripts = [folder / f"{module}.py", *sorted((folder / f"{module}Lib").rglob("*.py"))]
    return [*(path for path in scripts if "_(" in path.read_text("utf-8")), *sorted(folder.glob("Resources/UI/*.ui"))]


def extract(module: str, language: str, target: Path) -> None:
    """Bring a .ts file up to date with the sources; translations that still fit are kept."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for path in sources(module):
            copy = folder / path.relative_to(ROOT)
            copy.parent.mkdir(parents=True, exist_ok=True)
            text = path.read_text(encoding="utf-8")
            copy.write_text(with_context(text, context_of(path)) if path.suffix == ".py" else text, encoding="utf-8")
        (folder / "files.txt").write_text("\n".join(str(p.relative_to(ROOT)) for p in sources(module)), "utf-8")
        work = folder / target.name
        if target.is_file():
            shutil.copyfile(target, work)
        options = ["-no-obsolete", "-locations", "none", "-source-language", "en", "-target-language", language]
        _run("lupdate", "@files.txt", *options, "-ts", work.name, folder=folder)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(work, target)


def unfinished(path: Path) -> list[str]:
    """Return the texts of a .ts file that are not translated, with their context."""
    found = []
    for context in ElementTree.parse(path).getroot().iter("context"):
        for message in context.iter("message"):
            translation = message.find("translation")
            if translation is None or translation.get("type") or not (translation.text or "").strip():
                found.append(f"{context.findtext('name')}: {message.findtext('source')}")
    return found


def compile_all(folder: Path) -> list[Path]:
    """Write the .qm files of all languages into a folder and return them."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for module in MODULES:
        for language in LANGUAGES:
            written.append(folder / f"{module}_{language}.qm")
            _run("lrelease", "-silent", str(ts_file(module, language)), "-qm", str(written[-1]), folder=folder)
    return written


def _run(tool: str, *arguments: str, folder: Path) -> None:
    # The tools come with PySide6; the scripts beside Python only start them.
    program = shutil.which(f"pyside6-{tool}", path=str(Path(sys.executable).parent))
    if program is None:
        raise SystemExit(f"pyside6-{tool} is not installed; it comes with pip install 'sos-staging[dev]'")
    done = subprocess.run([program, *arguments], cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{tool} failed: {done.stdout}{done.stderr}")


def out_of_date() -> list[str]:
    """Return what differs from the sources or is not translated."""
    found = []
    for module in MODULES:
        path = library_texts.target(module)
        if not path.is_file() or path.read_text(encoding="utf-8") != library_texts.written(module):
            found.append(f"{path.relative_to(ROOT)} differs from what the library says")
    with tempfile.TemporaryDirectory() as folder:
        for module in MODULES:
            for language in LANGUAGES:
                path = ts_file(module, language)
                copy = Path(folder) / path.name
                shutil.copyfile(path, copy)
                extract(module, language, copy)
                if copy.read_bytes() != path.read_bytes():
                    found.append(f"{path.name} differs from the sources")
                found += [f"{path.name}: not translated: {text}" for text in unfinished(copy)]
    return found


def main() -> int:
    """Renew, check or compile."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="change nothing")
    parser.add_argument("--compile", type=Path, metavar="DIR", help="write the .qm files")
    args = parser.parse_args()
    if args.compile:
        compile_all(args.compile.resolve())
        return 0
    if not args.check:
        for module in MODULES:
            library_texts.target(module).write_text(library_texts.written(module), encoding="utf-8")
            for language in LANGUAGES:
                extract(module, language, ts_file(module, language))
    problems = out_of_date()
    print(
        "\n".join(
            [*problems, "run: make translations, then translate what is unfinished (Qt Linguist)"]
            if problems
            else ["up to date"]
        )
    )
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
