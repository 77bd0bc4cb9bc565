"""What is asked of Slicer's DICOM database: where the CT series lie."""

from __future__ import annotations

from pathlib import Path

import slicer

CT = "CT"
MODALITY = "0008,0060"


def database_series() -> list[Path]:
    """Return the folder of each CT series whose files lie in a folder of their own."""
    database = slicer.dicomDatabase if hasattr(slicer, "dicomDatabase") else slicer.app.dicomDatabase()
    found: list[Path] = []
    if database is None or not database.isOpen:
        return found
    for patient in database.patients():
        for study in database.studiesForPatient(patient):
            for series in database.seriesForStudy(study):
                files = database.filesForSeries(series)
                if files and database.fileValue(files[0], MODALITY) == CT:
                    found.append(Path(files[0]).parent)
    return list(dict.fromkeys(found))
