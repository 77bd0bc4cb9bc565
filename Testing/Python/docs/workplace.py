"""The files a user would have on the disk: what the documents' commands read and do not make."""

from __future__ import annotations

import shutil
import zipfile
from pathlib import Path

import numpy as np
import SimpleITK as sitk
from docs.places import ROOT
from PIL import Image
from scan.scan_files import write_series
from study.made_study import BOX, write_volume

SAMPLES = ROOT / "SOSStaging" / "Resources" / "SampleData"


def furnish(folder: Path) -> None:
    """Write them, and lay the repository's own folders beside them as they lie in a checkout."""
    for name in ("SOSStaging", "SOSStagingTraining", "Testing"):
        (folder / name).symlink_to(ROOT / name)
    shutil.copyfile(SAMPLES / "simulated_stage_3.nrrd", folder / "head.nrrd")
    (folder / "cohort-folder").mkdir()
    # Not the very greys of a sample: a study that holds that already would not take it.
    brighter = sitk.ReadImage(str(SAMPLES / "simulated_stage_4.nrrd")) + 16
    sitk.WriteImage(brighter, str(folder / "cohort-folder" / "head-a.nrrd"), True)
    head = sitk.DICOMOrient(sitk.ReadImage(str(SAMPLES / "simulated_stage_2.nrrd")), "LPS")
    _dicom(head, folder / "dicom-folder")
    with zipfile.ZipFile(folder / "scan.zip", "w") as archive:
        for file in sorted((folder / "dicom-folder").iterdir()):
            archive.write(file, file.name)
    _picture(head, folder / "midsagittal.png")
    _saved_by_slicer(folder / "slicer-folder")


def _dicom(head: sitk.Image, folder: Path) -> None:
    stored = (sitk.GetArrayFromImage(head).astype(int) + 1024).clip(0).astype(np.uint16)
    step = float(head.GetSpacing()[2])
    write_series(
        folder, stored, np.arange(len(stored)) * step, PixelSpacing=[head.GetSpacing()[0]] * 2, SliceThickness=step
    )


def _picture(head: sitk.Image, path: Path) -> None:
    """The middle sagittal slice at 0.3 mm, 8 bit, the nose to the left as in LPS."""
    array = sitk.GetArrayFromImage(head)
    slice_ = array[::-1, :, array.shape[2] // 2].astype(float)
    grey = (255 * ((slice_ + 1000) / 3000).clip(0, 1)).astype(np.uint8)
    size = [round(n * head.GetSpacing()[0] / 0.3) for n in grey.shape[::-1]]
    Image.fromarray(grey).resize((size[0], size[1]), Image.Resampling.BICUBIC).save(path)


def _saved_by_slicer(folder: Path) -> None:
    from SOSStagingTrainingLib.study.markups import write_rois

    folder.mkdir()
    for n in (1, 2):
        write_volume(folder / f"head-{n}.nrrd", n)
        write_rois(folder / f"head-{n}.mrk.json", [BOX])
    (folder / "stages.csv").write_text(
        "case,stage,rater,patient\nhead-1,3,anna,p1\nhead-2,NA,anna,p2\n", encoding="utf-8"
    )
