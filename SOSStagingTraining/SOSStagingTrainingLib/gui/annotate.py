"""The section Annotate: the next case at its midsagittal plane, a box to drag, a key for the stage."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import qt
import slicer
from slicer.i18n import tr as _
from SOSStagingLib.scan.types import PlainError

from ..scene import case_view, layouts
from ..study.roi import RoiBox
from ..study.session import Session
from .reading import CaseReading, Read

STAGE_KEYS = 5
SECOND_READING = 2


class AnnotateSection:
    """One rater at work. What is decided is in the ledger before the next case is asked for."""

    def __init__(self, page: Any) -> None:
        self.page, self.ui = page, page.ui
        self.session: Session | None = None
        self.reading: CaseReading | None = None
        self._shown: str | None = None
        self._box: Any = None
        self._tags: list[int] = []
        self._touched = False
        self._shortcuts: list[Any] = []
        ui = self.ui
        ui.startAnnotateButton.connect("clicked(bool)", self._on_start)
        ui.raterEdit.connect("editingFinished()", self._on_rater)
        for number in range(1, STAGE_KEYS + 1):
            self._button(number).connect("clicked(bool)", self._stage_action(number))
        ui.notAssessableButton.connect("clicked(bool)", self._stage_action(None))
        ui.backButton.connect("clicked(bool)", self._on_back)
        ui.skipButton.connect("clicked(bool)", self._on_skip)
        ui.undoButton.connect("clicked(bool)", self._on_undo)
        ui.endAnnotateButton.connect("clicked(bool)", lambda: self.finish())
        ui.noteEdit.connect("returnPressed()", self._on_note)
        from .page import setting

        ui.raterEdit.text = setting("Rater")
        ui.reviewBox.setValue(int(setting("ReviewPercent", "10")))
        self._make_shortcuts()

    @property
    def rater(self) -> str:
        """Who labels."""
        return str(self.ui.raterEdit.text).strip()

    def _button(self, number: int) -> Any:
        return getattr(self.ui, f"stageButton{number}")

    def _stage_action(self, stage: int | None) -> Callable[[], None]:
        return lambda: self._on_stage(stage)

    # Keys: they work wherever the mouse is, but not while a text is typed, and only while a case is open.

    def _make_shortcuts(self) -> None:
        window = slicer.util.mainWindow()
        actions: list[tuple[str, Callable[[], None]]] = [
            *((str(number), self._stage_action(number)) for number in range(1, STAGE_KEYS + 1)),
            ("0", self._stage_action(None)),
            ("PgUp", self._on_back),
            ("PgDown", self._on_skip),
            ("U", self._on_undo),
        ]
        for key, action in actions if window is not None else []:
            shortcut = qt.QShortcut(qt.QKeySequence(key), window)
            shortcut.setEnabled(False)
            shortcut.connect("activated()", action)
            self._shortcuts.append(shortcut)

    def _listen(self) -> None:
        active = self.page.entered and self.session is not None and self.session.current is not None
        for shortcut in self._shortcuts:
            shortcut.setEnabled(active)

    # Begin and end.

    def _on_rater(self) -> None:
        if self.session is not None and self.session.rater != self.rater:
            self.finish()
        self.page.studies.refresh()
        self.refresh()

    def _on_start(self) -> None:
        if self.begin():
            self._go(lambda session: session.go_on())

    def begin(self) -> bool:
        """Make sure that there is a session of the rater named; return whether there is one."""
        from .page import keep_setting

        study = self.page.study
        if study is None:
            self._say(_("Open a study first."))
            return False
        if self.session is not None:
            return True
        try:
            self.session = Session(study, self.rater, self.ui.reviewBox.value / 100)
        except PlainError as error:
            self._say(str(error))
            return False
        keep_setting("Rater", self.rater)
        keep_setting("ReviewPercent", str(self.ui.reviewBox.value))
        self.reading = CaseReading(study.folder, self._on_ready, self._on_proposed, self._on_failed)
        return True

    def finish(self) -> None:
        """Close the case and the session; what was said is kept."""
        if self.session is None:
            return
        self._forget_box()
        self.session = None
        if self.reading is not None:
            self.reading.close()
            self.reading = None
        self._shown = None
        case_view.remove_owned(self.page.scene, case_view.SCAN, case_view.BOX)
        self.page.restore_views()
        self.refresh()
        self.page.studies.refresh()

    def close(self) -> None:
        """The page goes."""
        self.finish()
        for shortcut in self._shortcuts:
            shortcut.setEnabled(False)
            shortcut.delete()
        self._shortcuts.clear()

    def enter(self) -> None:
        """The module is shown again: so is the case."""
        self._listen()
        if self.session is not None and self.session.current is not None:
            self._show(again=True)

    def leave(self) -> None:
        """Another module is shown."""
        self._listen()

    def on_scene_closing(self) -> None:
        """The scene is emptied: the case is shown again on request."""
        self._forget_box()
        self._shown = None

    def on_study(self) -> None:
        """Another study, or more cases in it."""
        self.refresh()

    # The rater's decisions.

    def _on_stage(self, stage: int | None) -> None:
        if not self._open or not self._known(stage):
            return
        box = self._drawn()
        self._go(lambda session: self._label(session, stage, box))

    def _label(self, session: Session, stage: int | None, box: RoiBox | None) -> None:
        session.label(stage, box if stage is not None else None, str(self.ui.noteEdit.text).strip())
        self.ui.noteEdit.clear()
        session.go_on()

    def _known(self, stage: int | None) -> bool:
        return stage is None or stage <= len(self.page.study.scheme.stages)

    def _drawn(self) -> RoiBox | None:
        session = self.session
        if self._box is None or session is None or session.current is None:
            return None
        # A second reading leaves the box of the first one, unless it was drawn anew.
        if session.current.reading >= SECOND_READING and not self._touched:
            return None
        return case_view.box_of(self._box)

    def _on_skip(self) -> None:
        if self._open:
            self._go(self._skip)

    def _skip(self, session: Session) -> None:
        session.skip(str(self.ui.noteEdit.text).strip())
        self.ui.noteEdit.clear()
        session.go_on()

    def _on_back(self) -> None:
        if self.session is not None and self.session.can_go_back:
            self._go(lambda session: session.back())

    def _on_undo(self) -> None:
        if self.begin():
            self._go(lambda session: session.undo())

    def _on_note(self) -> None:
        text = str(self.ui.noteEdit.text).strip()
        if self._open and text and self.session is not None:
            with self._errors_shown():
                self.session.note(text)
                self.ui.noteEdit.clear()
                self._say(_("The note is kept."))

    def open_case(self, name: str) -> None:
        """Open a case out of turn."""
        self.ui.annotateSection.collapsed = False
        if self.begin():
            self._go(lambda session: session.show(name))

    @property
    def _open(self) -> bool:
        return self.session is not None and self.session.current is not None and self._shown is not None

    def _go(self, step: Callable[[Session], Any]) -> None:
        """Do something with the session, then show where it is."""
        if self.session is None:
            return
        self._say("")
        with self._errors_shown():
            step(self.session)
            self._show()
        self.page.studies.refresh()
        self.refresh()

    @contextlib.contextmanager
    def _errors_shown(self) -> Iterator[None]:
        from .page import words

        try:
            yield
        except (PlainError, OSError) as error:
            self._say(words(error))

    # The case in the views.

    def _show(self, again: bool = False) -> None:
        session = self.session
        if session is None or self.reading is None:
            return
        if session.current is None:
            self._forget_box()
            self._shown = None
            case_view.remove_owned(self.page.scene, case_view.SCAN, case_view.BOX)
            self._say(_("Nothing is left: every case is labelled."))
            return
        name = session.current.case
        if again and self._shown == name and self._box is not None:
            self.page.show_layout(self._layout(name))
            return
        self._shown = None
        self.reading.ask(name, *session.upcoming())
        found = self.reading.read(name)
        if found is not None:
            self._place(name, found)

    def _on_ready(self, name: str) -> None:
        found = None if self.reading is None else self.reading.read(name)
        if self._awaits(name) and found is not None:
            self._place(name, found)
            self.refresh()

    def _on_failed(self, name: str, why: str) -> None:
        if self._awaits(name):
            self._say(why or _("The scan could not be read: its process ended. Press Start to try again."))

    def _awaits(self, name: str) -> bool:
        current = None if self.session is None else self.session.current
        return current is not None and current.case == name and self._shown is None and self.page.entered

    def _place(self, name: str, found: Read) -> None:
        study, session = self.page.study, self.session
        if study is None or session is None or self.reading is None:
            return
        case = study.case(name)
        self._forget_box()
        with slicer.util.RenderBlocker():
            volume = case_view.show_scan(self.page.scene, case, np.asarray(found.voxels), found.window)
            self.page.show_layout(self._layout(name))
            box = session.box or self._proposal(name) or case_view.guessed_box(case)
            self._watch_box(case_view.show_box(self.page.scene, box))
            case_view.turn_views(self.page.scene, case, volume, box.center)
        self._shown, self._touched = name, False

    def _layout(self, name: str) -> int:
        kind = self.page.study.case(name).kind
        return {"slab": layouts.ONE_SAGITTAL, "picture": layouts.ONE_PICTURE}.get(kind, layouts.ANNOTATE)

    def _proposal(self, name: str) -> RoiBox | None:
        found = None if self.reading is None else self.reading.boxes.get(name)
        return None if found is None else RoiBox.from_bounds(found[0], found[1])

    def _on_proposed(self, name: str) -> None:
        """Move the box where the model sees the synchondrosis, unless the rater has taken it in hand."""
        box, session = self._proposal(name), self.session
        untouched = self._shown == name and self._box is not None and not self._touched
        if box is not None and untouched and session is not None and session.box is None:
            tags, self._tags = self._tags, []
            case_view.set_box(self._box, box)
            self._tags = tags

    def _watch_box(self, node: Any) -> None:
        self._box = node
        ended = slicer.vtkMRMLMarkupsNode.PointEndInteractionEvent
        self._tags = [node.AddObserver(ended, self._on_dragged)]

    def _forget_box(self) -> None:
        if self._box is not None:
            for tag in self._tags:
                self._box.RemoveObserver(tag)
        self._box, self._tags = None, []

    def _on_dragged(self, _caller: Any, _event: str) -> None:
        self._touched = True
        if self._box is None or self.session is None or not self._open:
            return
        with self._errors_shown():
            self.session.draw(case_view.box_of(self._box))
            self._say(_("The box is kept."))

    def restore_box(self) -> None:
        """Draw the box anew where its node was deleted."""
        session = self.session
        if not self._open or session is None or session.current is None:
            return
        name = session.current.case
        case = self.page.study.case(name)
        box = session.box or self._proposal(name) or case_view.guessed_box(case)
        self._watch_box(case_view.show_box(self.page.scene, box))

    def on_node_removed(self, node: Any) -> None:
        """A node was deleted, perhaps the box or the scan."""
        if node is self._box:
            self._forget_box()
            qt.QTimer.singleShot(0, self._after_removal)
        elif node.GetAttribute(case_view.ROLE) == case_view.SCAN and self._shown is not None:
            self._shown = None
            self._say(_("The scan was deleted from the scene. Press Start to open it again."))

    def _after_removal(self) -> None:
        if self._open and self._box is None and self.page.entered:
            self.restore_box()
            self._say(_("The box was deleted; here is the proposed one again."))

    # What the section says.

    def _say(self, text: str) -> None:
        self.ui.annotateMessage.text = text

    def refresh(self) -> None:
        """Show where the rater is."""
        study, session, ui = self.page.study, self.session, self.ui
        ui.startAnnotateButton.enabled = study is not None and bool(self.rater) and bool(study.cases)
        ui.startAnnotateButton.text = _("Next case") if session is not None else _("Start")
        stages = study.scheme.stages if study is not None else ()
        for number in range(1, STAGE_KEYS + 1):
            button = self._button(number)
            button.visible = not stages or number <= len(stages)
            button.enabled = self._open
            if number <= len(stages):
                stage = stages[number - 1]
                button.toolTip = _("{name} (key {number}): {text}").format(
                    name=stage.name, number=number, text=stage.description
                )
        for button in (ui.notAssessableButton, ui.skipButton, ui.noteEdit):
            button.enabled = self._open
        ui.backButton.enabled = session is not None and session.can_go_back
        ui.undoButton.enabled = study is not None and bool(self.rater)
        ui.endAnnotateButton.enabled = session is not None
        ui.caseLabel.text = self._case_text()
        self._show_tally()
        self._listen()

    def _case_text(self) -> str:
        session = self.session
        if session is None or session.current is None:
            return _("No case is open.")
        if self._shown is None:
            return _("{case}: reading the scan...").format(case=session.current.case)
        given = session.given
        if given is None:
            return _("{case}: press 1 to {top} for the stage, drag the box where it is off.").format(
                case=session.current.case, top=len(self.page.study.scheme.stages)
            )
        if given.stage is None:
            return _("{case}: you said that it cannot be judged.").format(case=session.current.case)
        return _("{case}: you gave stage {stage}.").format(case=session.current.case, stage=given.stage)

    def _show_tally(self) -> None:
        session, bar = self.session, self.ui.annotateProgress
        bar.visible = session is not None
        if session is not None:
            tally = session.tally
            bar.setMaximum(max(1, tally.total))
            bar.setValue(tally.done)
            bar.setFormat(_("{done} of {total}").format(done=tally.done, total=tally.total))
