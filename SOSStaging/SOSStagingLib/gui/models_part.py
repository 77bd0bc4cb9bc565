"""The list of models, the card of the chosen one, import and removal."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import qt
import slicer
from slicer.i18n import tr as _

from ..model.library import SUFFIX, add_model, all_models, card_lines, remove_model, user_models, user_models_folder
from ..model.sosmodel import ModelFileError
from .texts import say, shown


class ModelsPart:
    """Which model stages. ``changed`` is called with its file name."""

    def __init__(self, ui: Any, changed: Callable[[str], None]) -> None:
        self.ui = ui
        self._changed = changed
        self._files: list[Path] = []
        self._held = False
        self.refill("")
        ui.modelBox.connect("currentIndexChanged(int)", self._on_chosen)
        ui.importButton.connect("clicked(bool)", lambda _checked: self.ask_and_add())
        ui.folderButton.connect("clicked(bool)", lambda _checked: self._open_folder())
        ui.removeButton.connect("clicked(bool)", lambda _checked: self._remove())

    @property
    def path(self) -> Path | None:
        """The chosen model file."""
        index = self.ui.modelBox.currentIndex
        return self._files[index] if 0 <= index < len(self._files) else None

    def refill(self, name: str) -> None:
        """List the models again and choose the one of this file name, else the first."""
        box = self.ui.modelBox
        blocked = box.blockSignals(True)
        self._files = all_models()
        box.clear()
        box.addItems([path.stem for path in self._files])
        names = [path.name for path in self._files]
        box.setCurrentIndex(names.index(name) if name in names else 0 if names else -1)
        box.blockSignals(blocked)
        self._show_card()
        if name and name not in names and self.path is not None:
            text = _("The model {name} is not on this computer; {other} is used.\n{card}")
            card = self.ui.cardLabel.text
            say(self.ui.cardLabel, text.format(name=Path(name).stem, other=self.path.stem, card=card))

    def hold(self, busy: bool) -> None:
        """While a model is at work, none is taken away or put in its place."""
        self._held = busy
        self.ui.importButton.enabled = not busy
        self._allow_removal()

    def add(self, path: Path) -> str:
        """Import a model file; returns in plain words why it was not added, nothing where it was."""
        try:
            added = add_model(path)
        except (ModelFileError, OSError) as error:
            why = str(_("The model was not added. {why}").format(why=shown(str(error))))
            say(self.ui.cardLabel, why)
            self.ui.modelsSection.collapsed = False
            return why
        self.refill(added.name)
        self._changed(added.name)
        return ""

    def ask_and_add(self) -> None:
        """Ask for a model file and import it."""
        title, filters = _("Import a model"), _("SOSStaging models (*{suffix})").format(suffix=SUFFIX)
        chosen = qt.QFileDialog.getOpenFileName(slicer.util.mainWindow(), title, "", filters)
        chosen = chosen[0] if isinstance(chosen, tuple) else chosen
        if chosen:
            self.add(Path(chosen))

    def _on_chosen(self, _index: int) -> None:
        self._show_card()
        if self.path is not None:
            self._changed(self.path.name)

    def _allow_removal(self) -> None:
        self.ui.removeButton.enabled = not self._held and self.path is not None and self.path in user_models()

    def _show_card(self) -> None:
        path = self.path
        self._allow_removal()
        if path is None:
            say(self.ui.cardLabel, _("There is no model. Import one (.sosmodel), or install SOSStaging again."))
            return
        try:
            lines = card_lines(path)
        except ModelFileError as error:
            lines = [str(error)]
        say(self.ui.cardLabel, shown("\n".join(lines)))

    def _open_folder(self) -> None:
        folder = user_models_folder()
        try:
            folder.mkdir(parents=True, exist_ok=True)
            opened = qt.QDesktopServices.openUrl(qt.QUrl.fromLocalFile(str(folder)))
        except OSError:
            opened = False
        if not opened:
            say(self.ui.cardLabel, _("The folder cannot be opened here: {folder}").format(folder=str(folder)))

    def _remove(self) -> None:
        path = self.path
        question = _("Delete the model {name} from this computer?")
        if path is None or not slicer.util.confirmOkCancelDisplay(question.format(name=path.stem)):
            return
        try:
            remove_model(path)
        except (ModelFileError, OSError) as error:
            say(self.ui.cardLabel, shown(str(error)))
            return
        self.refill("")
        self._on_chosen(0)
