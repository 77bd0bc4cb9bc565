"""Checks this repository by the rules of the Slicer Extensions Index before its reviewers do.

``make check-catalog`` prints what is wrong (status 1) or that nothing is. ``make home URL=...`` writes a new repository
address everywhere: it is one setting, ``[project.urls] Repository`` in pyproject.toml. The rules are those of the
index's pull request checks and of its checklist for tiers 1 and 3, read in August 2026.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
import module_lists
import source_rules

ROOT = Path(__file__).resolve().parents[2]
ENTRY = "SOSStaging.json"
BRANCH = "main"
# Of the categories that the index accepts, those that this extension could stand in.
CATEGORIES = {"Orthodontics", "Quantification", "SlicerCMF", "Analysis", "Informatics", "Shape Analysis"}
LICENCE_FILES = ("LICENSE", "LICENCE", "License.txt", "license.txt", "LICENSE.txt", "COPYING", "COPYING.txt")
KEYS: dict[str, type] = {
    "$schema": str, "build_dependencies": list, "build_subdirectory": str, "category": str, "dicom_support_rule": str,
    "enabled": bool, "scm_revision": str, "scm_type": str, "scm_url": str, "tier": int,
}  # fmt: skip
REQUIRED = ("$schema", "category", "scm_url")
LITERAL = ("HOMEPAGE", "CONTRIBUTORS", "DESCRIPTION", "KEYWORDS", "ICONURL", "SCREENSHOTURLS", "DEPENDS")
IMAGE_STARTS = {b"\x89PNG\r\n\x1a\n": "png", b"\xff\xd8\xff": "jpeg", b"GIF8": "gif"}
MAX_REPOSITORY_BYTES = 100 * 1024**2
BY_HAND = """\
By hand on the host: the topic 3d-slicer-extension; Wiki, Projects, Discussions, Releases and Packages hidden while
unused; a pull request with SOSStaging.json to the index's branches main and 5.12."""


def setting(root: Path = ROOT) -> str:
    """Return the repository's address, the one setting."""
    return tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]["urls"]["Repository"]


def raw(address: str) -> str:
    """Return where the host serves the files of the main branch."""
    return address.replace("https://github.com/", "https://raw.githubusercontent.com/") + f"/{BRANCH}/"


def problems(root: Path = ROOT) -> list[str]:
    """Return everything a reviewer would object to, in plain words; empty when nothing is."""
    found = [*_entry(root), *_metadata(root), *_licence(root), *_readme(root), *_icons(root), *_addresses(root)]
    found += module_lists.differences(root)
    return [*found, *source_rules.problems(root, module_lists.MODULES), *_tier3(root)]


def entry(root: Path = ROOT) -> dict:
    """Return the catalog entry."""
    return json.loads((root / ENTRY).read_text(encoding="utf-8"))


def metadata(root: Path = ROOT) -> dict[str, str]:
    """Return the EXTENSION_ values as the index reads them: one ``set`` with one literal string on one line each."""
    text = (root / "CMakeLists.txt").read_text(encoding="utf-8")
    return dict(re.findall(r'^set\(EXTENSION_(\w+) "([^"\n]*)"\)$', text, re.MULTILINE))


def _entry(root: Path) -> Iterator[str]:
    path = root / ENTRY
    if not path.is_file():
        yield f"{ENTRY} is missing"
        return
    text = path.read_bytes().decode("utf-8")
    try:
        data = json.loads(text)
    except ValueError as error:
        yield f"{ENTRY} is not JSON: {error}"
        return
    if text != json.dumps(data, indent=2, sort_keys=True) + "\n":
        yield f"{ENTRY}: sorted keys, two spaces, LF line ends and one at the end are expected"
    yield from (f"{ENTRY}: {key} is missing" for key in REQUIRED if key not in data)
    yield from (f"{ENTRY}: the schema knows no {key}" for key in data if key not in KEYS)
    yield from (f"{ENTRY}: {k} must be {KEYS[k].__name__}" for k in data if k in KEYS and type(data[k]) is not KEYS[k])
    if data.get("tier", 1) not in (1, 3, 5):
        yield f"{ENTRY}: tier must be 1, 3 or 5"
    if data.get("category") not in CATEGORIES:
        yield f"{ENTRY}: the category {data.get('category')} does not fit"
    yield from _source(root, data)


def _source(root: Path, data: dict) -> Iterator[str]:
    name, address = Path(ENTRY).stem, setting(root)
    if name.lower().startswith("slicer"):
        yield "the extension's name must not start with Slicer"
    if data.get("scm_url") != address:
        yield f"{ENTRY}: scm_url is not the address set in pyproject.toml, {address}"
    if not re.fullmatch(r"https://[\w.-]+/[\w.-]+/[\w.-]+", address):
        yield f"the repository's address {address} is not https://host/owner/name"
    if address.rpartition("/")[2] != f"Slicer{name}":
        yield f"the repository must be named Slicer{name}"
    if re.fullmatch(r"[0-9a-f]{7,40}", str(data.get("scm_revision", ""))) or data.get("scm_revision") != BRANCH:
        yield f"{ENTRY}: scm_revision must be the branch {BRANCH}, so that updates need no new pull request"


def _metadata(root: Path) -> Iterator[str]:
    text, values = (root / "CMakeLists.txt").read_text(encoding="utf-8"), metadata(root)
    project = re.search(r"project\s*\(\s*([^\s)]+)", text, re.IGNORECASE)
    if project is None or project[1] != Path(ENTRY).stem:
        yield f"CMakeLists.txt: project() must be named {Path(ENTRY).stem}"
    for key in LITERAL:
        if not values.get(key):
            yield f"CMakeLists.txt: EXTENSION_{key} must be one literal string on one line"
    depends = values.get("DEPENDS", "").split()
    if depends != (entry(root).get("build_dependencies", []) if (root / ENTRY).is_file() else []):
        yield "CMakeLists.txt: EXTENSION_DEPENDS differs from the catalog entry's build_dependencies"
    description = values.get("DESCRIPTION", "")
    for word, why in {
        "License: Apache-2.0": "the licence", "patents": "patents", "AGPL-3.0": "the licence of the optional part",
        "not a medical device": "that it is research software",
    }.items():  # fmt: skip
        if word not in description:
            yield f"CMakeLists.txt: the description must name {why} ({word!r})"
    for key, value in values.items():
        # Slicer passes them on without quotes, where CMake takes a semicolon for the end.
        if ";" in value:
            yield f"CMakeLists.txt: EXTENSION_{key} must have no semicolon: CMake would cut it there"
    for module in module_lists.MODULES:
        if f"add_subdirectory({module})" not in text:
            yield f"CMakeLists.txt: the module {module} is not added"


def _licence(root: Path) -> Iterator[str]:
    found = [name for name in LICENCE_FILES if (root / name).is_file()]
    if not found:
        yield "no licence file in the root"
    elif "Apache License" not in (root / found[0]).read_text(encoding="utf-8"):
        yield f"{found[0]} is not the Apache licence that the description names"


def _readme(root: Path) -> Iterator[str]:
    path = root / "README.md"
    if not path.is_file():
        yield "README.md is missing"
        return
    text = path.read_text(encoding="utf-8")
    wanted = {
        "its name": "# SOSStaging", "an image": "![", "the licence": "Apache-2.0",
        "that nothing leaves the machine": "Nothing leaves the machine",
    }  # fmt: skip
    for module in module_lists.MODULES:
        if (root / module / f"{module}.py").is_file():
            wanted[f"a sentence about the module {module}"] = f"**{module}**"
    yield from (f"README.md lacks {what}" for what, word in wanted.items() if word not in text)
    for target in re.findall(r"!\[[^]]*\]\(([^)\s]+)\)", text):
        if "://" not in target and not (root / target).is_file():
            yield f"README.md shows {target}, which is not there"


def _icons(root: Path) -> Iterator[str]:
    values, base = metadata(root), raw(setting(root))
    for key in ("ICONURL", "SCREENSHOTURLS"):
        for address in values.get(key, "").split():
            path = root / address.removeprefix(base)
            if not address.startswith(base) or not path.is_file():
                yield f"CMakeLists.txt: EXTENSION_{key} must name files of this repository, {base}..., not {address}"
            elif image_type(path) is None:
                yield f"{path.name} is not a PNG, JPEG or GIF picture"
            elif key == "ICONURL" and png_size(path) != (128, 128):
                yield f"{path.name} must be a PNG of 128 x 128 pixels"
    for module in module_lists.MODULES:
        icons = root / module / "Resources" / "Icons"
        if not any((icons / f"{module}.{kind}").is_file() for kind in ("svg", "png")):
            yield f"{module} has no icon"


def image_type(path: Path) -> str | None:
    """Return what the first bytes of a file say it is."""
    start = path.read_bytes()[:8]
    return next((kind for magic, kind in IMAGE_STARTS.items() if start.startswith(magic)), None)


def png_size(path: Path) -> tuple[int, int] | None:
    """Return width and height of a PNG."""
    start = path.read_bytes()[:24]
    if image_type(path) != "png" or len(start) < 24:
        return None
    return int.from_bytes(start[16:20], "big"), int.from_bytes(start[20:24], "big")


def _addresses(root: Path) -> Iterator[str]:
    owner_and_name = setting(root).removeprefix("https://github.com/")
    for path in source_rules.text_files(root):
        for found in re.findall(r"github(?:usercontent)?\.com/([\w.-]+/SlicerSOSStaging)\b", path.read_text("utf-8")):
            if found != owner_and_name:
                yield f"{path.relative_to(root)} names another repository, {found}"


def _tier3(root: Path) -> Iterator[str]:
    if not (root / ENTRY).is_file() or entry(root).get("tier") not in (3, 5):
        return
    for module in module_lists.MODULES:
        tutorial = root / "docs" / f"tutorial-{module}.md"
        if not tutorial.is_file() or "![" not in tutorial.read_text(encoding="utf-8"):
            yield f"tier 3: {module} has no tutorial with pictures in docs/tutorial-{module}.md"
    if not list((root / "SOSStaging").glob("SOSStaging.py")):
        yield "tier 3: no module registers sample data"


def repository_bytes(root: Path = ROOT) -> int:
    """Return what a clone takes: the tracked files and what git sends of their history.

    Not what lies in .git: a repository that was worked in or fetched piecemeal holds the same object in several packs.
    """
    command = ["git", "rev-list", "--objects", "--disk-usage", "HEAD"]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=True)
    return int(done.stdout) + sum(path.stat().st_size for path in source_rules.tracked(root))


def set_home(address: str, root: Path = ROOT) -> list[str]:
    """Write a new repository address into every text file that holds the old one; returns their names."""
    old, address = setting(root), address.rstrip("/").removesuffix(".git")
    changed = []
    for path in source_rules.text_files(root):
        text = path.read_text(encoding="utf-8")
        new = text.replace(raw(old), raw(address)).replace(old, address)
        if new != text:
            path.write_text(new, encoding="utf-8", newline="\n")
            changed.append(path.relative_to(root).as_posix())
    return changed


def main() -> int:
    """Check, or set the address."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--set-home", metavar="URL", help="write a new repository address everywhere")
    args = parser.parse_args()
    if args.set_home:
        print("\n".join(set_home(args.set_home)) or "Nothing to change.")
        return 0
    found, size = problems(), repository_bytes()
    if size > MAX_REPOSITORY_BYTES:
        found.append(f"the repository takes {size / 1024**2:.0f} MB with its history; the index refuses more than 100")
    if found:
        print("\n".join(found))
        return 1
    print(f"Nothing to object to; {size / 1024**2:.0f} MB with history.\n{BY_HAND}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
