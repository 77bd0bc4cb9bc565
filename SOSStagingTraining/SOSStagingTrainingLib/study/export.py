"""Midsagittal slices and boxes as other programs read them: YOLO (Ultralytics) and COCO.

Pictures are the middle plane of the slab, 8-bit grey, the face to the right. Box coordinates are in pixels from the
picture's upper left corner, so that the first pixel reaches from 0 to 1.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from PIL import Image
from SOSStagingLib.model.scheme import load_scheme
from SOSStagingLib.report.picture import grey_window
from SOSStagingLib.scan.types import ScanError, Slab
from SOSStagingLib.staging.protocol import Progress, ProgressCallback

from .check import check_folds
from .dataset import Dataset, FrozenCase
from .folds import Folds
from .types import StudyError

if TYPE_CHECKING:
    from .study import Study

Classes = Literal["sos", "stage"]
"""One class for the synchondrosis, or one for each stage of it."""


@dataclass(frozen=True)
class Exported:
    """The cases that were written, and why the others were not."""

    written: tuple[str, ...]
    left_out: Mapping[str, str]


@dataclass(frozen=True)
class _Picture:
    """A written picture: its case, size, and box (left, top, right, bottom) in pixels."""

    case: FrozenCase
    width: int
    height: int
    box: tuple[float, float, float, float]


def export_yolo(
    study: Study,
    dataset: Dataset,
    out: Path,
    *,
    folds: Folds | None = None,
    classes: Classes = "sos",
    progress: ProgressCallback | None = None,
) -> Exported:
    """Write images/*.png, labels/*.txt (class, middle, size as shares of the picture), and data.yaml.

    With ``folds`` there is fold-1.yaml and so on instead, each with its lists of pictures to train and to validate on.
    All paths are relative: the folder can be moved.

    Raises:
        StudyError: ``out`` is not empty, the folds do not fit, or a scan is not what was frozen.
        ScanError: a scan cannot be read.
    """

    def write(folder: Path, pictures: Sequence[_Picture]) -> None:
        (folder / "labels").mkdir()
        for picture in pictures:
            left, top, right, bottom = picture.box
            shares = (
                (left + right) / 2 / picture.width,
                (top + bottom) / 2 / picture.height,
                (right - left) / picture.width,
                (bottom - top) / picture.height,
            )
            line = " ".join([str(_class(picture.case, classes)), *(f"{share:.8f}" for share in shares)])
            (folder / "labels" / f"{picture.case.name}.txt").write_text(line + "\n", encoding="utf-8")
        _write_lists(folder, [p.case.name for p in pictures], folds, _class_names(dataset, classes))

    return _export(study, dataset, out, folds, write, progress)


def _write_lists(folder: Path, names: Sequence[str], folds: Folds | None, classes: Sequence[str]) -> None:
    lists: dict[str, tuple[Sequence[str], Sequence[str]]] = {"data": (names, names)}
    if folds is not None:
        lists = {f"fold-{n + 1}": _parts(names, folds, n) for n in range(folds.k)}
    for title, parts in lists.items():
        lines = []
        for part, chosen in zip(("train", "val"), parts, strict=True):
            text = "".join(f"./images/{name}.png\n" for name in chosen)
            (folder / f"{title}-{part}.txt").write_text(text, encoding="utf-8")
            lines.append(f"{part}: {title}-{part}.txt")
        lines += ["names:", *(f"  {n}: {json.dumps(name)}" for n, name in enumerate(classes))]
        (folder / f"{title}.yaml").write_text("\n".join(lines) + "\n", encoding="utf-8")


def _parts(names: Sequence[str], folds: Folds, fold: int) -> tuple[list[str], list[str]]:
    held = set(folds.held_out(fold))
    return [name for name in names if name not in held], [name for name in names if name in held]


def export_coco(
    study: Study,
    dataset: Dataset,
    out: Path,
    *,
    folds: Folds | None = None,
    classes: Classes = "sos",
    progress: ProgressCallback | None = None,
) -> Exported:
    """Write images/*.png and annotations/instances.json; with ``folds`` also fold-1-train.json, fold-1-val.json and so
    on. Images carry case, patient, stage and soft label as further keys. Raises as ``export_yolo``."""

    def write(folder: Path, pictures: Sequence[_Picture]) -> None:
        (folder / "annotations").mkdir()
        parts = {"instances": list(range(len(pictures)))}
        for n in range(folds.k if folds is not None else 0):
            train, held = _parts([p.case.name for p in pictures], folds, n) if folds is not None else ([], [])
            parts[f"fold-{n + 1}-train"] = [i for i, p in enumerate(pictures) if p.case.name in set(train)]
            parts[f"fold-{n + 1}-val"] = [i for i, p in enumerate(pictures) if p.case.name in set(held)]
        for title, chosen in parts.items():
            content = _coco(dataset, {n + 1: pictures[n] for n in chosen}, classes)
            (folder / "annotations" / f"{title}.json").write_text(json.dumps(content, indent=1), encoding="utf-8")

    return _export(study, dataset, out, folds, write, progress)


def _coco(dataset: Dataset, pictures: Mapping[int, _Picture], classes: Classes) -> dict[str, Any]:
    images, annotations = [], []
    for number, picture in pictures.items():
        case = picture.case
        size = {"width": picture.width, "height": picture.height}
        facts = {"case": case.name, "patient": case.patient, "stage": case.stage, "soft_label": list(case.soft)}
        images.append({"id": number, "file_name": f"{case.name}.png", **size, **facts})
        left, top, right, bottom = picture.box
        box = {"bbox": [left, top, right - left, bottom - top], "area": (right - left) * (bottom - top)}
        kind = {"category_id": _class(case, classes) + 1, "iscrowd": 0, "segmentation": []}
        annotations.append({"id": number, "image_id": number, **kind, **box})
    scans = "simulated scans" if dataset.simulated else "scans"
    about = f"Spheno-occipital synchondrosis on midsagittal slices of {scans}; dataset {dataset.name}"
    names = enumerate(_class_names(dataset, classes), start=1)
    return {
        "info": {"description": about, "version": dataset.manifest_sha256, "scheme": dataset.scheme},
        "images": images,
        "annotations": annotations,
        "categories": [{"id": n, "name": name, "supercategory": "SOS"} for n, name in names],
    }


def _class(case: FrozenCase, classes: Classes) -> int:
    return case.stage - 1 if classes == "stage" else 0


def _class_names(dataset: Dataset, classes: Classes) -> tuple[str, ...]:
    return load_scheme(dataset.scheme).names if classes == "stage" else ("SOS",)


def _export(
    study: Study,
    dataset: Dataset,
    out: Path,
    folds: Folds | None,
    write: Callable[[Path, Sequence[_Picture]], None],
    progress: ProgressCallback | None,
) -> Exported:
    wrong = [f.text for f in check_folds(dataset, folds) if f.severity == "refuse"] if folds is not None else []
    if wrong:
        raise StudyError("folds_refused", " ".join(wrong), "Make the folds again.")
    pictures, left_out = [], dict(dataset.left_out)
    with _new_folder(Path(out)) as folder:
        (folder / "images").mkdir()
        for n, case in enumerate(dataset.cases):
            if progress is not None:
                progress(Progress(f"writing {case.name}", n, len(dataset.cases)))
            picture = _write_picture(study, case, folder / "images") if case.rois else None
            if picture is None:
                left_out[case.name] = "no box in the midsagittal slice"
            else:
                pictures.append(picture)
        write(folder, pictures)
    return Exported(tuple(picture.case.name for picture in pictures), left_out)


@contextmanager
def _new_folder(out: Path) -> Iterator[Path]:
    """Let a folder be filled beside ``out`` and put it in place when it is whole."""
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise StudyError("out_not_empty", f"{out.name} is there already and not empty.", "Give another folder.")
    part = out.with_name(f".{out.name}.part")
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(parents=True)
    try:
        yield part
        if out.exists():
            out.rmdir()
        part.replace(out)
    finally:
        shutil.rmtree(part, ignore_errors=True)


def _write_picture(study: Study, case: FrozenCase, folder: Path) -> _Picture | None:
    """Write a case's slice and return it with its box; None, and nothing written, where the box is not on it."""
    if study.case(case.name).sha256 != case.sha256:
        text = f"The scan of {case.name} in the study is not the one that was frozen."
        raise StudyError("scan_changed", text, "Freeze the study again under another name.")
    try:
        found = study.slab(case.name, case.plane)
    except ScanError as error:
        raise StudyError(error.code, f"{case.name}: {error.text}", error.hint) from error
    bounds = case.pixel_bounds(found.grid)
    height, width = found.slab.array.shape[1:]
    if bounds is None:
        return None
    left, right = np.clip(np.sort(bounds[[0, 2]]) + 0.5, 0, width)
    top, bottom = np.clip(np.sort(bounds[[1, 3]]) + 0.5, 0, height)
    if right <= left or bottom <= top:
        return None
    Image.fromarray(grey_picture(found.slab)).save(folder / f"{case.name}.png")
    return _Picture(case, width, height, (float(left), float(top), float(right), float(bottom)))


def grey_picture(slab: Slab) -> np.ndarray[Any, np.dtype[np.uint8]]:
    """Return the middle plane of a slab as 8-bit greys [rows, columns], black outside the field of view."""
    middle = slab.array.shape[0] // 2
    low, high = grey_window(slab)
    grey = np.clip((slab.array[middle] - low) / (high - low), 0, 1)
    return np.rint(255 * np.where(slab.valid[middle], grey, 0)).astype(np.uint8)
