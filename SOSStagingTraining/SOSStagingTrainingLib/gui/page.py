"""The page: its sections, and what happens to all of them when the scene or the module changes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import qt
import slicer
from slicer.i18n import tr as _
from SOSStagingLib.gui.packages import PackagesPart
from SOSStagingLib.gui.texts import know, shown
from SOSStagingLib.scan.types import PlainError
from SOSStagingLib.scene.layout import ViewState

from ..scene.case_view import owned, remove_owned
from ..scene.layouts import choose_layout, is_ours
from ..study.store import MANIFEST_FILE
from ..study.study import Study
from . import library_texts
from .agreement import AgreementSection
from .annotate import AnnotateSection
from .child import Children, wait_for_ended
from .result import ResultSection
from .study import StudySection
from .train import TrainSection


class Page:
    """The state of the page. The study is a folder: the scene holds only what is looked at, and may go at any time."""

    def __init__(self, widget: Any, ui: Any) -> None:
        know(library_texts)
        self.widget, self.ui = widget, ui
        self.children = Children()
        self.packages = PackagesPart(ui.trainLabel, ui.mendButton, lambda: self.train.refresh())
        self.study: Study | None = None
        self.entered = False
        self._views: ViewState | None = None
        self.studies = StudySection(self)
        self.annotate = AnnotateSection(self)
        self.agreement = AgreementSection(self)
        self.result = ResultSection(self)
        self.train = TrainSection(self)
        self.refresh()

    @property
    def scene(self) -> Any:
        """The application's scene."""
        return slicer.mrmlScene

    # The module's life.

    def enter(self) -> None:
        """The module is shown."""
        self.entered = True
        if self.study is None:
            self.studies.open_last()
        self.annotate.enter()
        self.train.enter()

    def leave(self) -> None:
        """Another module is shown: keys and views are given back. What runs goes on."""
        self.entered = False
        self.annotate.leave()
        self.train.leave()
        self.restore_views()

    def close(self) -> None:
        """The page goes: so do its processes, timers and nodes. A run in the background goes on."""
        self.entered = False
        self.annotate.close()
        self.train.close()
        self.result.close()
        self.packages.close()
        self.children.cancel_all()
        wait_for_ended()
        self.restore_views()
        remove_owned(self.scene)

    def on_scene_closing(self) -> None:
        """The scene is about to be emptied; of the views only the user's layout outlives it."""
        self._views = None if self._views is None else ViewState(self._views.layout)
        self.annotate.on_scene_closing()
        self.result.close()
        self.train.on_scene_closing()

    def on_scene_changed(self) -> None:
        """The scene was emptied, or another was loaded."""
        if self.entered:
            self.train.enter()
        self.refresh()

    # The study.

    def set_study(self, study: Study | None) -> None:
        """Work with this study from now on."""
        self.annotate.finish()
        self.result.close()
        self.study = study
        self.annotate.on_study()
        self.agreement.on_study()
        self.result.on_run(None)
        self.train.on_study()
        self.refresh()

    def there(self, tell: Callable[[str], None] | None = None) -> bool:
        """Whether the open study still lies where it was; where not, ``tell`` is given what to do."""
        study = self.study
        if study is None or (study.folder / MANIFEST_FILE).exists():
            return True
        if tell is not None:
            text = _("The study is no longer in {folder}. Put it back, or open it where it is now.")
            tell(text.format(folder=study.folder))
        return False

    def refresh(self) -> None:
        """Show the study as it is now."""
        self.studies.refresh()
        self.annotate.refresh()

    # The views.

    def show_layout(self, number: int) -> None:
        """Show one of the page's layouts; the one before comes back when the page is left."""
        if not self.entered or slicer.app.layoutManager() is None:
            return
        if self._views is None and not is_ours(self.scene):
            self._views = ViewState.of(self.scene)
        choose_layout(self.scene, number)

    def restore_views(self) -> None:
        """Put the views back as they were, unless the user has chosen another layout since."""
        views, self._views = self._views, None
        if views is not None and slicer.app.layoutManager() is not None and is_ours(self.scene):
            views.restore(self.scene)

    @property
    def has_nodes(self) -> bool:
        """Whether the scene holds nodes of the page."""
        return bool(owned(self.scene))


def setting(name: str, default: str = "") -> str:
    """A choice that is kept from one start of Slicer to the next."""
    value = qt.QSettings().value(f"SOSStagingTraining/{name}")
    return default if value is None else str(value)


def keep_setting(name: str, value: str) -> None:
    """Keep a choice."""
    qt.QSettings().setValue(f"SOSStagingTraining/{name}", value)


def words(error: PlainError | OSError) -> str:
    """What went wrong, in words for the user."""
    if isinstance(error, PlainError):
        return shown(str(error))
    where = error.filename or _("Writing failed")
    return f"{where}: {error.strerror or error}."
