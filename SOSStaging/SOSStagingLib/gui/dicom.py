"""What is asked of Slicer's DICOM database: where the CT series lie, and how a person knows them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import slicer

CT = "CT"
MODALITY, STUDY_DATE = "0008,0060", "0008,0020"


@dataclass(frozen=True)
class SeriesFolder:
    """A folder of DICOM files and the CT series in it; Slicer's own are called after UIDs, so ``label`` says whose
    series it is, of which day and what. It is for the screen alone: files keep the folder's name."""

    path: Path
    label: str
    series: int = 1


def database_series() -> list[SeriesFolder]:
    """Return the folders of all CT series in the database, each once."""
    database = slicer.dicomDatabase if hasattr(slicer, "dicomDatabase") else slicer.app.dicomDatabase()
    found: dict[Path, SeriesFolder] = {}
    if database is None or not database.isOpen:
        return []
    for patient in database.patients():
        for study in database.studiesForPatient(patient):
            for series in database.seriesForStudy(study):
                files = database.filesForSeries(series)
                if not files or database.fileValue(files[0], MODALITY) != CT:
                    continue
                path = Path(files[0]).parent
                whose = (database.nameForPatient(patient) or "").replace("^", " ").strip()
                day = _day(database.fileValue(files[0], STUDY_DATE))
                label = ", ".join(part for part in (whose, day, database.descriptionForSeries(series)) if part)
                before = found.get(path)
                number = before.series + 1 if before else 1
                found[path] = SeriesFolder(path, before.label if before else label or path.name, number)
    return list(found.values())


def _day(written: str) -> str:
    """DICOM's 20260131 as 2026-01-31; anything else as it is."""
    digits = (written or "").strip()
    return f"{digits[:4]}-{digits[4:6]}-{digits[6:]}" if len(digits) == 8 and digits.isdigit() else digits
