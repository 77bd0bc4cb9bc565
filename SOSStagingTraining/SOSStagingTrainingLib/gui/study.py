"""The section Study: open or make one, add scans, see how each case stands."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import qt
import slicer
from slicer.i18n import tr as _
from SOSStagingLib.scan.types import PlainError
from SOSStagingLib.scene.views import volume_in_view
from SOSStagingLib.staging.cohort_process import PathList
from SOSStagingLib.staging.inputs import find_cases

from ..scene.case_view import ROLE
from ..study.ledger import FIRST_READING
from ..study.store import MANIFEST_FILE
from ..study.study import Study
from ..study.types import TRUTH, Case
from ..study.worklist import SECOND_READING, WorkItem
from . import tables
from .child import Ended

ADD = "add"
PROBLEMS_SHOWN = 4


class StudySection:
    """Which study is open, and what is in it."""

    def __init__(self, page: Any) -> None:
        self.page, self.ui = page, page.ui
        self._adding, self._added = 0, 0
        self._problems: list[str] = []
        self._list: PathList | None = None
        self._items: list[WorkItem] = []
        ui = self.ui
        ui.openStudyButton.connect("clicked(bool)", self._on_open)
        ui.createStudyButton.connect("clicked(bool)", self._on_create)
        ui.addFolderButton.connect("clicked(bool)", self._on_add_folder)
        ui.addFilesButton.connect("clicked(bool)", self._on_add_files)
        ui.addSceneButton.connect("clicked(bool)", self._on_add_scene)
        ui.addDicomButton.connect("clicked(bool)", self._on_add_dicom)
        ui.cancelAddButton.connect("clicked(bool)", self._on_cancel_add)
        ui.casesTable.connect("cellDoubleClicked(int,int)", self._on_case)
        ui.casesTable.connect("itemSelectionChanged()", self._show_exclude)
        ui.excludeButton.connect("clicked(bool)", self._on_exclude)
        tables.prepare(ui.casesTable, [_("Case"), _("Yours"), _("Box"), _("Raters")])
        self._show_adding(False)

    # Opening.

    def open_last(self) -> None:
        """Open the study of last time, where it still is."""
        from .page import setting

        folder = setting("LastStudy")
        if folder and (Path(folder) / MANIFEST_FILE).exists():
            self.ui.studyPath.currentPath = folder
            self.open(Path(folder))

    def open(self, folder: Path) -> None:
        """Open a study."""
        from .page import keep_setting, words

        if not (folder / MANIFEST_FILE).exists():
            text = _("There is no study in {folder}. Press New study to make one there.")
            self.ui.studyLabel.text = text.format(folder=folder.name or str(folder))
            return
        try:
            study = Study.open(folder)
        except (PlainError, OSError) as error:
            self.ui.studyLabel.text = words(error)
            return
        keep_setting("LastStudy", str(folder))
        self._problems = []
        self.page.set_study(study)

    def _on_open(self) -> None:
        if self._folder() is not None:
            self.ui.studyPath.addCurrentPathToHistory()
            self.open(Path(self.ui.studyPath.currentPath))

    def _on_create(self) -> None:
        from .page import words

        folder = self._folder()
        if folder is None:
            return
        try:
            Study.create(folder)
        except (PlainError, OSError) as error:
            self.ui.studyLabel.text = words(error)
            return
        self._on_open()

    def _folder(self) -> Path | None:
        text = self.ui.studyPath.currentPath.strip()
        if not text:
            self.ui.studyLabel.text = _("Choose a folder first.")
        return Path(text) if text else None

    # Adding.

    def _on_add_folder(self) -> None:
        folder = qt.QFileDialog.getExistingDirectory(self.page.widget, _("Folder with scans"))
        if folder:
            self.add([Path(folder)])

    def _on_add_files(self) -> None:
        files = qt.QFileDialog.getOpenFileNames(self.page.widget, _("Scans or pictures"))
        if files:
            self.add([Path(file) for file in files])

    def _on_add_scene(self) -> None:
        volume = volume_in_view(slicer.mrmlScene)
        if volume is None or volume.GetAttribute(ROLE):
            self.ui.studyLabel.text = _("Show the volume in the slice views first.")
            return
        path = _file_of(volume) or self._written(volume)
        if path is not None:
            self.add([path])

    def _written(self, volume: Any) -> Path | None:
        """Write a volume that has no file into the study."""
        folder = self.page.study.folder / "scans"
        folder.mkdir(exist_ok=True)
        name = "".join(c if c.isalnum() or c in "._-" else "-" for c in volume.GetName()).strip(".-_") or "scan"
        path, number = folder / f"{name}.nrrd", 1
        while path.exists():
            number += 1
            path = folder / f"{name}-{number}.nrrd"
        if not slicer.util.saveNode(volume, str(path), {"useCompression": False}):
            self.ui.studyLabel.text = _("{name} cannot be written to {folder}.").format(
                name=volume.GetName(), folder=str(folder)
            )
            return None
        return path

    def _on_add_dicom(self) -> None:
        folders = _dicom_folders()
        if not folders:
            self.ui.studyLabel.text = _("Load a series from the DICOM database first.")
            return
        self.add([Path(folder) for folder in sorted(folders)])

    def add(self, paths: list[Path]) -> None:
        """Add scans in a child process: reading and finding the plane takes seconds for each."""
        study = self.page.study
        if study is None or self.page.children.running(ADD):
            return
        self._problems = []
        self._adding, self._added = max(1, len(find_cases(paths, study.folder))), 0
        self._show_adding(True)
        self._list = PathList(paths)
        arguments = ["study", "add", study.folder, self._list.argument]
        self.page.children.start(ADD, arguments, self._on_added, self._on_one_added)
        self.page.refresh()

    def _on_one_added(self, _line: str) -> None:
        self._added += 1
        self.ui.addProgress.setValue(self._added)
        self.page.refresh()

    def _on_added(self, ended: Ended) -> None:
        self._list = None
        self._show_adding(False)
        self.page.refresh()
        self.page.annotate.on_study()
        self._problems = ended.words
        self._show_problems()

    def _show_problems(self) -> None:
        """Under the study's summary: what was not added, until scans are added again; the tooltip holds all of it."""
        lines = self._problems[:PROBLEMS_SHOWN]
        if len(self._problems) > len(lines):
            lines = [*lines, _("And {more} more: rest the mouse here.").format(more=len(self._problems) - len(lines))]
        if lines:
            self.ui.studyLabel.text = "\n".join([self.ui.studyLabel.text, *lines])
        self.ui.studyLabel.toolTip = "\n".join(self._problems)

    def _on_cancel_add(self) -> None:
        self.page.children.cancel(ADD)
        self._list = None
        self._show_adding(False)
        self.page.refresh()

    def _show_adding(self, busy: bool) -> None:
        self.ui.addProgress.setMaximum(max(1, self._adding))
        self.ui.addProgress.setValue(0)
        self.ui.addProgress.visible = busy
        self.ui.cancelAddButton.visible = busy

    # Showing.

    def refresh(self) -> None:
        """Show the study as it is."""
        study, ui = self.page.study, self.ui
        adding = self.page.children.running(ADD)
        for button in (ui.addFolderButton, ui.addFilesButton, ui.addSceneButton, ui.addDicomButton):
            button.enabled = study is not None and not adding
        ui.casesTable.visible = study is not None
        ui.excludeButton.visible = study is not None
        if study is None:
            ui.studyLabel.text = _("Choose a folder and open the study in it, or make a new one.")
            return
        try:
            ui.studyLabel.text = self._summary(study)
            self._show_problems()
            tables.fill(ui.casesTable, self._rows(study))
            self._show_exclude()
        except (PlainError, OSError) as error:
            from .page import words

            ui.studyLabel.text = words(error)

    def _summary(self, study: Study) -> str:
        raters = [name for name in study.raters if name != TRUTH]
        text = _("{title}: {cases} cases, {raters} raters.").format(
            title=study.title, cases=len(study.used), raters=len(raters)
        )
        excluded = len(study.cases) - len(study.used)
        more = [_("Excluded: {count}.").format(count=excluded)] if excluded else []
        more += [_("Simulated scans.")] if study.simulated else []
        return " ".join([text, *more])

    def _rows(self, study: Study) -> list[list[str]]:
        rater = self.page.annotate.rater
        mine = study.ledger(rater) if rater else None
        readings = (SECOND_READING, FIRST_READING)
        labels = [mine.labels(reading) if mine else {} for reading in readings]
        skips = [mine.skips(reading) if mine else {} for reading in readings]
        boxes = mine.rois() if mine else {}
        others = [study.labels(name) for name in study.raters if name != TRUTH]
        blind = self.page.annotate.blind_order()
        self._items = blind or [WorkItem(case.name, FIRST_READING) for case in study.cases]
        used, rows = {case.name for case in study.used}, []
        for number, item in enumerate(self._items, 1):
            # Not which stage: a case may come a second time, and is then to be judged afresh.
            done, passed = (known[item.reading == FIRST_READING] for known in (labels, skips))
            state = _("labelled") if item.case in done else _("skipped") if item.case in passed else _("to do")
            if item.case not in used:
                state = _("excluded")
            box = _("yes") if item.case in boxes and item.reading == FIRST_READING else ""
            name = _("Case {number}").format(number=number) if blind else item.case
            rows.append([name, state, box, str(sum(item.case in labelled for labelled in others))])
        return rows

    def _chosen(self) -> Case | None:
        """The case of the row that is chosen."""
        study, row = self.page.study, self.ui.casesTable.currentRow()
        there = study is not None and self.ui.casesTable.selectedItems() and 0 <= row < len(self._items)
        return study.case(self._items[row].case) if there else None

    def _show_exclude(self) -> None:
        """Offer to exclude the chosen case, or to take it in again."""
        from .page import words

        button = self.ui.excludeButton
        try:
            case = self._chosen()
        except (PlainError, OSError) as error:
            self.ui.studyLabel.text = words(error)
            return
        button.enabled = case is not None
        again = case is not None and case.excluded is not None
        button.text = _("Include again") if again else _("Exclude")

    def _on_exclude(self) -> None:
        from .page import words

        study = self.page.study
        try:
            case = self._chosen()
            if case is None:
                return
            if case.excluded is None:
                study.exclude([case.name])
            else:
                study.include([case.name])
        except (PlainError, OSError) as error:
            self.ui.studyLabel.text = words(error)
            return
        self.page.refresh()

    def _on_case(self, row: int, _column: int) -> None:
        if 0 <= row < len(self._items):
            self.page.annotate.open_case(self._items[row].case, self._items[row].reading)


def _dicom_folders() -> set[str]:
    """The folders of the series that are loaded as volumes: Slicer notes the instances at the volume."""
    database = slicer.dicomDatabase if hasattr(slicer, "dicomDatabase") else slicer.app.dicomDatabase()
    volumes = slicer.util.getNodesByClass("vtkMRMLScalarVolumeNode") if database is not None else []
    instances = [(volume.GetAttribute("DICOM.instanceUIDs") or "").split() for volume in volumes]
    files = [database.fileForInstance(uids[0]) for uids in instances if uids]
    return {str(Path(file).parent) for file in files if file}


def _file_of(volume: Any) -> Path | None:
    """The one file a volume was read from, where it still holds just that."""
    storage = volume.GetStorageNode()
    if storage is None or not storage.GetFileName() or volume.GetModifiedSinceRead():
        return None
    path = Path(storage.GetFullNameFromFileName())
    return path if path.exists() and storage.GetNumberOfFileNames() <= 1 else None
