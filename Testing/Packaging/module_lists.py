"""Writes the lists of files in the modules' CMakeLists.txt from the tree: what is not listed is not installed.

``make lists`` rewrites them; ``--check`` only says what differs and ends with status 1.
"""

from __future__ import annotations

import argparse
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
MODULES = ("SOSStaging", "SOSStagingTraining")
LISTS = {"MODULE_PYTHON_SCRIPTS": "scripts", "MODULE_PYTHON_RESOURCES": "resources"}
# Translation sources are compiled by Slicer's language tools and are of no use in the installed extension.
LEFT_OUT = ("Resources/Translations/",)


def files_of(module: Path) -> dict[str, list[str]]:
    """Return the module's ``scripts`` and ``resources`` in the tree, relative to its folder, sorted."""
    scripts = [*module.glob("*.py"), *module.glob(f"{module.name}Lib/**/*.py")]
    resources = [path for path in module.glob("Resources/**/*") if path.is_file()]
    # Data files inside the library folder would be lost otherwise.
    resources += [p for p in module.glob(f"{module.name}Lib/**/*") if p.is_file() and p.suffix not in (".py", ".pyc")]
    return {"scripts": _names(scripts, module), "resources": _names(resources, module)}


def _names(paths: list[Path], module: Path) -> list[str]:
    names = (path.relative_to(module).as_posix() for path in paths)
    return sorted(n for n in names if not n.startswith(LEFT_OUT) and not any(p[0] == "." for p in n.split("/")))


def listed_in(text: str) -> dict[str, list[str]]:
    """Return the lists as a CMakeLists.txt holds them, in its order."""
    return {kind: _pattern(variable).search(text)[2].split() for variable, kind in LISTS.items()}  # type: ignore[index]


def with_lists(text: str, lists: dict[str, list[str]]) -> str:
    """Return the text of a CMakeLists.txt with its lists replaced."""
    for variable, kind in LISTS.items():
        lines = "".join(f"  {_quoted(name)}\n" for name in lists[kind])
        text = _pattern(variable).sub(lambda found, lines=lines: f"{found[1]}\n{lines}  )", text)
    return text


def _quoted(name: str) -> str:
    if re.search(r"[\s;\"#()$\\]", name):
        raise SystemExit(f"{name}: rename it, CMake lists cannot hold spaces, quotes or brackets")
    return name


def _pattern(variable: str) -> re.Pattern[str]:
    return re.compile(rf"(set\({variable})\n(.*?)\)", re.DOTALL)


def differences(root: Path = ROOT) -> list[str]:
    """Return what is in the tree and not listed, and the other way round; empty when the lists are true."""
    found = []
    for module in (root / name for name in MODULES):
        text = (module / "CMakeLists.txt").read_text(encoding="utf-8")
        for kind, names in files_of(module).items():
            listed = listed_in(text)[kind]
            found += [f"{module.name}: {name} is not listed" for name in names if name not in listed]
            found += [f"{module.name}: {name} is listed but not there" for name in listed if name not in names]
            found += [f"{module.name}: {name} is listed twice" for name in set(listed) if listed.count(name) > 1]
    return found


def main() -> int:
    """Rewrite or check the lists."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="change nothing; status 1 if a list is not true")
    wrong = differences()
    if parser.parse_args().check:
        print("\n".join(wrong) or "The lists are true.")
        return 1 if wrong else 0
    for module in (ROOT / name for name in MODULES):
        path = module / "CMakeLists.txt"
        path.write_text(with_lists(path.read_text(encoding="utf-8"), files_of(module)), encoding="utf-8", newline="\n")
    print("\n".join(wrong) or "Nothing to change.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
