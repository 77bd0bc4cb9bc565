"""The section Annotate: the next case at its midsagittal plane, a box to drag, a key for the stage."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import qt
import slicer
from slicer.i18n import tr as _
from SOSStagingLib.gui.texts import say, shown
from SOSStagingLib.scan.types import PlainError

from ..scene import case_view, layouts
from ..study.ledger import FIRST_READING
from ..study.roi import RoiBox
from ..study.session import Session
from ..study.worklist import SECOND_READING, WorkItem
from .box import DraggedBox
from .keys import Keys
from .reading import CaseReading, Read
from .steps import Steps

STAGE_KEYS = 5


class AnnotateSection:
    """One rater at work. What is decided is in the ledger before the next case is asked for."""

    def __init__(self, page: Any) -> None:
        self.page, self.ui = page, page.ui
        self.session: Session | None = None
        self.reading: CaseReading | None = None
        self._shown: str | None = None
        self._lost = False
        self._box = DraggedBox(self._on_dragged)
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
        self._steps = Steps()
        self._keys = Keys(
            [
                *((str(number), self._stage_action(number)) for number in range(1, STAGE_KEYS + 1)),
                *(("0", self._stage_action(None)), ("PgUp", self._on_back), ("PgDown", self._on_skip)),
                ("U", self._on_undo),
            ]
        )

    @property
    def rater(self) -> str:
        """Who labels."""
        return str(self.ui.raterEdit.text).strip()

    def _button(self, number: int) -> Any:
        return getattr(self.ui, f"stageButton{number}")

    def _stage_action(self, stage: int | None) -> Callable[[], None]:
        return lambda: self._on_stage(stage)

    def _listen(self) -> None:
        self._keys.listen(self.page.entered and self.session is not None and self.session.current is not None)

    # Begin and end.

    def _on_rater(self) -> None:
        if self.session is not None and self.session.rater != self.rater:
            self.finish()
        self.page.studies.refresh()
        self.refresh()

    def _on_start(self) -> None:
        if self.begin():
            lost = self._lost
            self._go(lambda session: None if lost else session.go_on())

    def begin(self) -> bool:
        """Make sure that there is a session of the rater named; return whether there is one."""
        from .page import keep_setting

        study = self.page.study
        if study is None:
            self._say(_("Open a study first."))
            return False
        if not self.page.there(self._say):
            return False
        if self.session is not None:
            return True
        try:
            self.session = Session(study, self.rater, self.ui.reviewBox.value / 100)
        except PlainError as error:
            self._say(shown(str(error)))
            return False
        keep_setting("Rater", self.rater)
        keep_setting("ReviewPercent", str(self.ui.reviewBox.value))
        self.reading = CaseReading(study.folder, self._on_ready, self._on_proposed, self._on_failed)
        return True

    def finish(self) -> None:
        """Close the case and the session; what was said is kept."""
        self._steps.stop()
        if self.session is None:
            return
        self._keep_note()
        self.ui.noteEdit.clear()
        self._box.forget()
        self.session = None
        if self.reading is not None:
            self.reading.close()
            self.reading = None
        self._shown, self._lost = None, False
        case_view.remove_owned(self.page.scene, case_view.SCAN, case_view.BOX)
        self.page.restore_views()
        self.refresh()
        self.page.studies.refresh()

    def close(self) -> None:
        """The page goes."""
        self.finish()
        self._keys.close()

    def enter(self) -> None:
        """The module is shown again: so is the case, as the views were given back."""
        self._listen()
        if self.session is not None and self.session.current is not None:
            self._show()

    def leave(self) -> None:
        """Another module is shown."""
        self._steps.stop()
        self._listen()

    def on_scene_closing(self) -> None:
        """The scene is emptied: the case is shown again on request."""
        self._steps.stop()
        self._box.forget()
        self._shown, self._lost = None, self.session is not None and self.session.current is not None
        self.refresh()

    def on_study(self) -> None:
        """Another study, or more cases in it."""
        self.refresh()

    # The rater's decisions.

    def _on_stage(self, stage: int | None) -> None:
        if not (self._open and self.page.there(self._say) and self._known(stage)):
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
        if session is None or session.current is None:
            return None
        # A second reading leaves the box of the first one, unless it was drawn anew.
        if session.current.reading >= SECOND_READING and not self._box.touched:
            return None
        return self._box.read()

    def _on_skip(self) -> None:
        if self._open or self._lost:
            self._go(self._skip)

    def _skip(self, session: Session) -> None:
        session.skip(str(self.ui.noteEdit.text).strip())
        self.ui.noteEdit.clear()
        session.go_on()

    def _on_back(self) -> None:
        if self.session is not None and self.page.there(self._say) and self.session.can_go_back:
            self._keep_note()
            self._go(lambda session: session.back())

    def _on_undo(self) -> None:
        if self.begin():
            self._keep_note()
            self._go(lambda session: session.undo())

    def _on_note(self) -> None:
        if self._keep_note():
            self._say(_("The note is kept."))

    def _keep_note(self) -> bool:
        """Write what stands in the field of notes to the case that is shown, before another one is; tell whether
        anything did."""
        text = str(self.ui.noteEdit.text).strip()
        if not (text and self._open and self.session is not None and self.page.there(self._say)):
            return False
        with self._errors_shown():
            self.session.note(text)
            self.ui.noteEdit.clear()
            return True
        return False

    def open_case(self, name: str, reading: int = FIRST_READING) -> None:
        """Open a case out of turn."""
        self.ui.annotateSection.collapsed = False
        if self.begin():
            self._keep_note()
            self._go(lambda session: session.show(name, reading))

    def blind_order(self) -> list[WorkItem] | None:
        """The rater's own list where cases are to be called by their place in it, None where names may be read.

        Names may tell what is to be judged: those of simulated scans do, others may say an age. So they are hidden
        from whoever labels, and in a simulated study always.
        """
        if self.session is not None:
            return self.session.order()
        study = self.page.study
        if study is None or not study.simulated:
            return None
        found: list[WorkItem] = study.order(self.rater, review_share=self.ui.reviewBox.value / 100)
        return found

    @property
    def _open(self) -> bool:
        return self.session is not None and self.session.current is not None and self._shown is not None

    def _go(self, step: Callable[[Session], Any]) -> None:
        """Do something with the session, then show where it is."""
        if self.session is None or not self.page.there(self._say):
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
            self._say(self._nameless(words(error)))

    # The case in the views.

    def _show(self) -> None:
        session = self.session
        if session is None or self.reading is None:
            return
        if session.current is None:
            self._box.forget()
            self._shown = None
            case_view.remove_owned(self.page.scene, case_view.SCAN, case_view.BOX)
            self._say(_("Nothing is left: every case is labelled."))
            return
        name = session.current.case
        self._steps.stop()
        self._shown, self._lost = None, False
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
            self._lose(self._nameless(why) or _("The scan could not be read: its process ended. Press Open again."))

    def _awaits(self, name: str) -> bool:
        current = None if self.session is None else self.session.current
        return current is not None and current.case == name and self._shown is None and self.page.entered

    def _place(self, name: str, found: Read) -> None:
        if self.page.study is not None and self.session is not None and not self._steps.busy:
            self._box.forget()
            self._steps.start(self._placing(self.session, name, found))

    def _placing(self, session: Session, name: str, found: Read) -> Iterator[None]:
        """Put the case into the views; the loop breathes at every yield. It can be judged when all of it is there."""
        scene, case = self.page.scene, self.page.study.case(name)
        volume = yield from case_view.show_scan(scene, case, self._title, np.asarray(found.voxels), found.window)
        if not scene.IsNodePresent(volume):
            self._lose(_("The scan was deleted from the scene. Press Open again."))
            return
        box = self._best_box(session, name)
        with slicer.util.RenderBlocker():
            self.page.show_layout(self._layout(name))
            case_view.turn_views(scene, case, volume, box.center)
        yield
        self._box.show(scene, self._best_box(session, name))
        self._shown = name
        self.refresh()

    def _layout(self, name: str) -> int:
        kind = self.page.study.case(name).kind
        return {"slab": layouts.ONE_SAGITTAL, "picture": layouts.ONE_PICTURE}.get(kind, layouts.ANNOTATE)

    def _proposal(self, name: str) -> RoiBox | None:
        found = None if self.reading is None else self.reading.boxes.get(name)
        return None if found is None else RoiBox.from_bounds(found[0], found[1])

    def _best_box(self, session: Session, name: str) -> RoiBox:
        """The box that was drawn, else where the model sees the synchondrosis, else a guess."""
        return session.box or self._proposal(name) or case_view.guessed_box(self.page.study.case(name))

    def _on_proposed(self, name: str) -> None:
        """Move the box where the model sees the synchondrosis, unless the rater has taken it in hand."""
        box, session = self._proposal(name), self.session
        if box is not None and self._shown == name and session is not None and session.box is None:
            self._box.move(box)

    def _on_dragged(self) -> None:
        box = self._box.read()
        if box is None or self.session is None or not self._open or not self.page.there(self._say):
            return
        with self._errors_shown():
            self.session.draw(box)
            self._say(_("The box is kept."))

    def restore_box(self) -> None:
        """Draw the box anew where its node was deleted."""
        session = self.session
        if not self._open or session is None or session.current is None:
            return
        name = session.current.case
        self._box.show(self.page.scene, self._best_box(session, name))

    def on_node_removed(self, node: Any) -> None:
        """A node was deleted, perhaps the box or the scan."""
        if node is self._box.node:
            self._box.forget()
            qt.QTimer.singleShot(0, self._after_removal)
        elif node.GetAttribute(case_view.ROLE) == case_view.SCAN and self._shown is not None:
            self._steps.stop()
            self._shown = None
            self._lose(_("The scan was deleted from the scene. Press Open again."))

    def _after_removal(self) -> None:
        if self._open and self._box.node is None and self.page.entered:
            self.restore_box()
            self._say(_("The box was deleted; here is the proposed one again."))

    def _lose(self, why: str) -> None:
        """The case is not in the views, and nobody is at work on it: it can be opened again, or skipped."""
        self._lost = True
        self._say(why)
        self.refresh()

    # What the section says.

    def _say(self, text: str) -> None:
        say(self.ui.annotateMessage, text)

    def refresh(self) -> None:
        """Show where the rater is."""
        study, session, ui = self.page.study, self.session, self.ui
        if not self.page.there(self._say):
            return
        ui.startAnnotateButton.enabled = study is not None and bool(self.rater) and bool(study.used)
        ui.startAnnotateButton.text = (
            _("Open again") if self._lost else _("Next case") if session is not None else _("Start")
        )
        stages = study.scheme.stages if study is not None else ()
        for number in range(1, STAGE_KEYS + 1):
            button = self._button(number)
            button.visible = not stages or number <= len(stages)
            button.enabled = self._open
            if number <= len(stages):
                stage = stages[number - 1]
                button.toolTip = _("{name} (key {number}): {text}").format(
                    name=shown(stage.name), number=number, text=shown(stage.description)
                )
        ui.skipButton.enabled = self._open or self._lost
        for button in (ui.notAssessableButton, ui.noteEdit):
            button.enabled = self._open
        ui.backButton.enabled = session is not None and session.can_go_back
        ui.undoButton.enabled = study is not None and bool(self.rater)
        ui.endAnnotateButton.enabled = session is not None
        ui.caseLabel.text = self._case_text()
        self._show_tally()
        self._listen()

    @property
    def _title(self) -> str:
        """What the case is called while it is judged."""
        return str(_("Case {number}").format(number=0 if self.session is None else self.session.number))

    def _nameless(self, text: str) -> str:
        """A text about the case without its name."""
        current = None if self.session is None else self.session.current
        return text if current is None else text.replace(current.case, self._title)

    def _case_text(self) -> str:
        session = self.session
        if session is None or session.current is None:
            return _("No case is open.")
        if self._lost:
            return _("{case} is not shown.").format(case=self._title)
        if self._shown is None:
            return _("{case}: reading the scan...").format(case=self._title)
        given = session.given
        if given is None:
            return _("{case}: press 1 to {top} for the stage, drag the box where it is off.").format(
                case=self._title, top=len(self.page.study.scheme.stages)
            )
        if given.stage is None:
            return _("{case}: you said that it cannot be judged.").format(case=self._title)
        return _("{case}: you gave stage {stage}.").format(case=self._title, stage=given.stage)

    def _show_tally(self) -> None:
        session, bar = self.session, self.ui.annotateProgress
        bar.visible = session is not None
        if session is not None:
            tally = session.tally
            bar.setMaximum(max(1, tally.total))
            bar.setValue(tally.done)
            bar.setFormat(_("{done} of {total}").format(done=tally.done, total=tally.total))
