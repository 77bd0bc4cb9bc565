"""slicer.dicomDatabase and DICOMLib.DICOMUtils, as far as a module may need them.

The database is a table in memory of the headers it was given; the real one is CTK's, with SQLite. DICOMUtils has every
function Slicer lists with its listed parameters; the few written here work, any other raises NotImplementedError.
"""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pydicom
import slicer
from PySide6 import QtCore

from Bench import api


class ctkDICOMDatabase(QtCore.QObject):
    """Patients, studies, series and files by their UIDs; a patient's UID is the number of its row, as in CTK."""

    patientAdded = QtCore.Signal(int, str, str, str)
    studyAdded = QtCore.Signal(str)
    seriesAdded = QtCore.Signal(str)
    opened = QtCore.Signal()
    closed = QtCore.Signal()
    databaseChanged = QtCore.Signal()

    def __init__(self, parent: QtCore.QObject | None = None) -> None:
        super().__init__(parent)
        self._headers: dict[str, pydicom.Dataset] = {}

    isOpen = QtCore.Property(bool, lambda self: True)
    databaseDirectory = QtCore.Property(str, lambda self: slicer.app.temporaryPath)
    databaseFilename = QtCore.Property(str, lambda self: str(Path(slicer.app.temporaryPath) / "ctkDICOM.sql"))

    def _clear(self) -> None:
        self._headers.clear()

    def _distinct(self, key: str, **where: str) -> tuple[str, ...]:
        fitting = [h for h in self._headers.values() if all(str(h.get(k, "")) == v for k, v in where.items())]
        return tuple(dict.fromkeys(str(header.get(key, "")) for header in fitting))

    def patients(self) -> tuple[str, ...]:
        return tuple(str(i + 1) for i in range(len(self._distinct("PatientID"))))

    def _patient_id(self, patient: str) -> str:
        return self._distinct("PatientID")[int(patient) - 1]

    def studiesForPatient(self, patientUID: str) -> tuple[str, ...]:
        return self._distinct("StudyInstanceUID", PatientID=self._patient_id(patientUID))

    def seriesForStudy(self, studyUID: str) -> tuple[str, ...]:
        return self._distinct("SeriesInstanceUID", StudyInstanceUID=studyUID)

    def studyForSeries(self, seriesUID: str) -> str:
        return next(iter(self._distinct("StudyInstanceUID", SeriesInstanceUID=seriesUID)), "")

    def patientForStudy(self, studyUID: str) -> str:
        found = self._distinct("PatientID", StudyInstanceUID=studyUID)
        return str(self._distinct("PatientID").index(found[0]) + 1) if found else ""

    def filesForSeries(self, seriesUID: str, hits: int = -1) -> tuple[str, ...]:
        found = [path for path, header in self._headers.items() if header.get("SeriesInstanceUID") == seriesUID]
        return tuple(found[:hits] if hits >= 0 else found)

    def instancesForSeries(self, seriesUID: str, hits: int = -1) -> tuple[str, ...]:
        return tuple(str(self._headers[path].SOPInstanceUID) for path in self.filesForSeries(seriesUID, hits))

    def seriesForFile(self, fileName: str) -> str:
        header = self._headers.get(fileName)
        return str(header.SeriesInstanceUID) if header is not None else ""

    def fileForInstance(self, sopInstanceUID: str) -> str:
        return next((path for path, h in self._headers.items() if h.get("SOPInstanceUID") == sopInstanceUID), "")

    def descriptionForSeries(self, seriesUID: str) -> str:
        return next(iter(self._distinct("SeriesDescription", SeriesInstanceUID=seriesUID)), "")

    def descriptionForStudy(self, studyUID: str) -> str:
        return next(iter(self._distinct("StudyDescription", StudyInstanceUID=studyUID)), "")

    def nameForPatient(self, patientUID: str) -> str:
        return next(iter(self._distinct("PatientName", PatientID=self._patient_id(patientUID))), "")

    def fileValue(self, fileName: str, tag: str) -> str:
        """Return a header value by tag, `gggg,eeee`; empty where there is none."""
        element = self._headers.get(fileName, {}).get(tuple(int(part, 16) for part in tag.split(",")))
        return str(element.value) if element is not None else ""

    def instanceValue(self, sopInstanceUID: str, tag: str) -> str:
        return self.fileValue(self.fileForInstance(sopInstanceUID), tag)

    def insert(self, filePath: str, storeFile: bool = True, generateThumbnail: bool = True) -> None:
        header = pydicom.dcmread(filePath, stop_before_pixels=True)
        if str(header.SeriesInstanceUID) not in self._distinct("SeriesInstanceUID"):
            self.seriesAdded.emit(str(header.SeriesInstanceUID))
        self._headers[str(filePath)] = header
        self.databaseChanged.emit()


def importDicom(dicomDataDir: str, dicomDatabase: Any = None, copyFiles: bool = False) -> bool:
    """Read the headers of every DICOM file below a folder into the database."""
    database = dicomDatabase or slicer.dicomDatabase
    for path in sorted(Path(dicomDataDir).rglob("*")):
        if path.is_file() and pydicom.misc.is_dicom(path):
            database.insert(str(path))
    return True


def loadSeriesByUID(
    seriesUIDs: list[str], messages: Any = None, progressCallback: Any = None, enabledPluginClassNames: Any = None
) -> list[str]:
    """Load series as volumes and return their node IDs; the files come with the volume as an attribute."""
    if not isinstance(seriesUIDs, (list, tuple)):
        raise ValueError("loadSeriesByUID expects a list of series UIDs")
    return [node_id for uid in seriesUIDs for node_id in _load_series(uid)]


def _load_series(uid: str) -> list[str]:
    files = slicer.dicomDatabase.filesForSeries(uid)
    if not files:
        return []
    name = slicer.dicomDatabase.descriptionForSeries(uid) or "series"
    volume = slicer.modules.volumes.logic().AddArchetypeVolume(files[0], name, 0)
    if volume is None:
        return []
    # Slicer's DICOM plugins link a volume to the database with this attribute.
    volume.SetAttribute("DICOM.instanceUIDs", " ".join(slicer.dicomDatabase.instancesForSeries(uid)))
    return [volume.GetID()]


def loadPatientByUID(
    patientUID: str, messages: Any = None, progressCallback: Any = None, enabledPluginClassNames: Any = None
) -> list[str]:
    """Load every series of a patient."""
    studies = slicer.dicomDatabase.studiesForPatient(str(patientUID))
    return loadSeriesByUID([uid for study in studies for uid in slicer.dicomDatabase.seriesForStudy(study)])


def allSeriesUIDsInDatabase(database: Any = None) -> list[str]:
    """Return every series of the database."""
    found = database or slicer.dicomDatabase
    return [
        uid for p in found.patients() for study in found.studiesForPatient(p) for uid in found.seriesForStudy(study)
    ]


_WORKING = (importDicom, loadSeriesByUID, loadPatientByUID, allSeriesUIDsInDatabase)


def install() -> None:
    """Make `slicer.dicomDatabase` and `from DICOMLib import DICOMUtils` work."""
    slicer.dicomDatabase = slicer.app.dicomDatabase()
    package, module = ModuleType("DICOMLib"), ModuleType("DICOMLib.DICOMUtils")
    working = {function.__name__: function for function in _WORKING}
    for name, entry in api.table("python")["DICOMLib.DICOMUtils"]["functions"].items():
        setattr(module, name, working.get(name) or _declared(name, entry["sig"]))
    package.DICOMUtils = module  # type: ignore[attr-defined]
    sys.modules.update({"DICOMLib": package, "DICOMLib.DICOMUtils": module})


def _declared(name: str, signature: str) -> Callable[..., Any]:
    """Return a function with Slicer's parameters that says it is not offered; wrong parameters raise TypeError."""
    scope: dict[str, Any] = {}
    exec(f"from __future__ import annotations\ndef {name}{signature}: ...", scope)
    listed = inspect.signature(scope[name])

    def call(*arguments: Any, **named: Any) -> Any:
        listed.bind(*arguments, **named)
        raise NotImplementedError(f"Slicer has DICOMUtils.{name}, this bench does not offer it")

    call.__name__, call.__signature__ = name, listed  # type: ignore[attr-defined]
    return call
