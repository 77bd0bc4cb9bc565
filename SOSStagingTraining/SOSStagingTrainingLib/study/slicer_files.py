"""Which files that Slicer saved belong to which scan, and which of them lost a parent transform on the way.

Slicer saves markups in their own coordinates. A transform above them goes to a file of its own, and only the scene
file (.mrml) says that they belong together.
"""

from __future__ import annotations

import re
import xml.etree.ElementTree as ElementTree
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote

import SimpleITK as sitk
from SOSStagingLib.scan.read import DICOM_SUFFIXES, PICTURE_SUFFIXES, VOLUME_SUFFIXES

from .markups import MARKUPS_SUFFIX
from .store import FOLD_FOLDER, FROZEN_FOLDER, LABEL_FOLDER, ROI_FOLDER

TRANSFORM_SUFFIXES = (".h5", ".tfm", ".mat", ".txt")
LARGEST_TRANSFORM = 1_000_000_000
_SUFFIXES = sorted((*VOLUME_SUFFIXES, *PICTURE_SUFFIXES, *DICOM_SUFFIXES, ".zip", MARKUPS_SUFFIX), key=len)[::-1]


@dataclass(frozen=True)
class SlicerFiles:
    """What lies beside the scans of a folder.

    ``markups`` and ``transforms`` name each file's scan, None where that cannot be told. ``under`` tells for the files
    that a scene file mentions under which transform they were saved (its id in the scene), None for none.
    """

    markups: dict[Path, Path | None]
    transforms: dict[Path, Path | None]
    under: dict[Path, str | None] = field(default_factory=dict)

    def lost_transform(self, markup: Path, scan: Path) -> str | None:
        """Return what a markup was drawn under and no longer is, in words; None where nothing speaks for that."""
        file = markup.resolve()
        if file in self.under:
            over, beside = self.under[file], self.under.get(scan.resolve())
            return None if over == beside else "a transform that the scene file names"
        own = [path.name for path, owner in self.transforms.items() if owner == scan]
        return f"the transform saved as {own[0]}" if own else None

    def loose_transforms(self) -> list[str]:
        """The names of transform files that belong to no scan in particular."""
        return sorted(path.name for path, owner in self.transforms.items() if owner is None)


def find_slicer_files(folder: Path, scans: Sequence[Path], study_folder: Path) -> SlicerFiles:
    """Look through a folder and all below it, but for what a study keeps there itself."""
    own = [study_folder.resolve() / name for name in (ROI_FOLDER, LABEL_FOLDER, FROZEN_FOLDER, FOLD_FOLDER)]
    there = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    files = [path for path in there if not any(path.resolve().is_relative_to(kept) for kept in own)]
    markups = [p for p in files if p.name.lower().endswith(MARKUPS_SUFFIX)]
    transforms = [p for p in files if p.suffix.lower() in TRANSFORM_SUFFIXES and _is_transform(p)]
    under: dict[Path, str | None] = {}
    for scene in (p for p in files if p.suffix.lower() == ".mrml"):
        under |= _transforms_in_scene(scene)
    owned = {path: owner(path, scans) for path in (*markups, *transforms)}
    return SlicerFiles({p: owned[p] for p in markups}, {p: owned[p] for p in transforms}, under)


def owner(file: Path, scans: Sequence[Path]) -> Path | None:
    """Return the scan a file belongs to: the one it is named after, whose DICOM folder it lies in, or the only one
    there."""
    stem = plain_stem(file)
    beside = [scan for scan in scans if scan.parent == file.parent]
    named = [scan for scan in beside if re.match(rf"{re.escape(plain_stem(scan))}($|[ ._-])", stem)]
    if named:
        return max(named, key=lambda scan: len(plain_stem(scan)))
    for scan in scans:
        if scan in file.parents:
            return scan
    below = [scan for scan in scans if file.parent in scan.parents]
    return below[0] if len(below) == 1 else None


def plain_stem(path: Path) -> str:
    """Return a file's name in lower case without the ending that says its kind."""
    lower = path.name.lower()
    return next((lower.removesuffix(s) for s in _SUFFIXES if lower.endswith(s)), lower)


def _is_transform(path: Path) -> bool:
    """Ask ITK: other programs use these endings for other things."""
    if path.stat().st_size > LARGEST_TRANSFORM:
        return False
    before = sitk.ProcessObject.GetGlobalWarningDisplay()
    sitk.ProcessObject.SetGlobalWarningDisplay(False)
    try:
        sitk.ReadTransform(str(path))
    except RuntimeError:
        return False
    finally:
        sitk.ProcessObject.SetGlobalWarningDisplay(before)
    return True


def _transforms_in_scene(scene: Path) -> dict[Path, str | None]:
    """Return under which transform each file of a scene was saved; nothing if the scene cannot be read."""
    try:
        nodes = list(ElementTree.parse(scene).getroot())
    except (ElementTree.ParseError, OSError):
        return {}
    files = {node.get("id"): node.get("fileName") for node in nodes if node.get("fileName")}
    found: dict[Path, str | None] = {}
    for node in nodes:
        references = dict(_references(node.get("references", "")))
        file = files.get(references.get("storage") or node.get("storageNodeRef"))
        if file:
            path = (scene.parent / unquote(file)).resolve()
            found[path] = references.get("transform") or node.get("transformNodeRef")
    return found


def _references(text: str) -> list[tuple[str, str]]:
    # role:id id;role:id;
    pairs = [part.partition(":") for part in text.split(";") if ":" in part]
    return [(role.strip(), ids.split()[0]) for role, _, ids in pairs if ids.strip()]
