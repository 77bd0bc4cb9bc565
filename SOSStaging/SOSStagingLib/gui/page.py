"""The page of the module: connects widgets, parameter node, scene and the run in the background."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import qt
import slicer
import vtk
from slicer.i18n import tr as _

from ..model.library import SUFFIX
from ..report.files import plain
from ..report.write import REPORT_FILE
from ..scan.types import PlainError
from ..scene.nodes import Node
from ..scene.records import forget, keep_result, kept_result
from ..scene.scans import scan_key, scan_of
from ..scene.show import remove_result, show_result
from ..scene.views import volume_in_view
from ..staging.background import Failure
from ..staging.result import StagingResult
from ..staging.stored import load_result
from .check_part import SAMPLE, CheckPart
from .cohort_part import CohortPart
from .drop import DropFilter
from .export_part import ExportPart
from .files import load_scan_file
from .followed_scan import FollowedScan
from .history_part import HistoryPart, label_chart
from .in_view import InView
from .models_part import ModelsPart
from .overlay_part import OverlayPart
from .packages import PackagesPart
from .plane_part import PlanePart
from .result_part import ResultPart
from .run import StagingRun, phase_text
from .texts import make_bold, say, shown, time_left
from .watched import Watched


class Page:
    """Everything a person does on the page. ``get_parameters`` returns the scene's typed parameter node."""

    def __init__(self, widget: Any, ui: Any, get_parameters: Callable[[], Any]) -> None:
        self.ui = ui
        self._get_parameters = get_parameters
        self.parameters: Any = None
        self._tag: Any = None
        self._observer: Any = None
        # The volume that the plane was set for by hand: on another one it would be a wrong plane.
        self._plane_of: str | None = None
        self._seen: dict[str, Any] = {}
        self.result: StagingResult | None = None
        self._shown_answer: tuple[str, int, Any] | None = None
        self._staged: Node | None = None
        self._staged_as: tuple[object, ...] = ()
        self._fresh: dict[str, StagingResult] = {}
        # Which volume a case of a cohort was loaded into, by its result's folder.
        self._cases: dict[Path, str] = {}
        self._refresh_due = False
        self.entered = False
        # Another network than the chosen model's, as (file, factory of the worker's engine); see staging/worker.py.
        self.engine: tuple[Path, str] | None = None
        self.result_part = ResultPart(ui)
        self.overlay = OverlayPart(ui)
        self.plane = PlanePart(ui)
        self.history = HistoryPart(ui)
        self.exports = ExportPart(ui, self.history, lambda: (self._volume(), self.result))
        self.models = ModelsPart(ui, self._on_model)
        self.packages = PackagesPart(ui.messageLabel, ui.mendButton, self._show_looking)
        self.cohort = CohortPart(ui, self._when_ready, self._network, self._open_case)
        self.check = CheckPart(ui, self._network, self.packages)
        self.run = StagingRun(self._on_told, self._on_done)
        self._drop = DropFilter(widget, self.take_files)
        self._in_view = InView(self._take_shown)
        self._scan = FollowedScan(lambda: self._later.start())
        self._later = qt.QTimer()
        self._later.setSingleShot(True)
        self._later.setInterval(0)
        self._later.connect("timeout()", self._refresh)
        self._share_timer = qt.QTimer()
        self._share_timer.setSingleShot(True)
        self._share_timer.setInterval(40)
        self._share_timer.connect("timeout()", lambda: self.overlay.tell_share(self._volume(), self.result))
        dragged = (slicer.vtkMRMLMarkupsNode.PointModifiedEvent,)
        self._plane_watch = Watched(dragged, self._follow_plane)
        # The share of heat inside the box is that of the box as it is now.
        self._region_watch = Watched(dragged, self._share_timer.start)
        self._steps: list[Callable[[], object]] = []
        self._step_timer = qt.QTimer()
        self._step_timer.setSingleShot(True)
        self._step_timer.setInterval(0)
        self._step_timer.connect("timeout()", self._step)
        self._connect()
        make_bold(ui.stageButton)
        self._show_idle("")

    def _connect(self) -> None:
        ui = self.ui
        for button, action in (
            (ui.stageButton, lambda: self.start(None)),
            (ui.sampleButton, self._stage_sample),
            (ui.restageButton, self._restage),
            (ui.cancelButton, self._cancel),
            (ui.showButton, self._show_views),
            (ui.runnerUpBox, self._on_runner_up),
            (ui.resetPlaneButton, lambda: self.plane.reset(self.parameters)),
        ):
            button.connect("clicked(bool)", lambda _checked, action=action: action())
        ui.regionBox.connect("toggled(bool)", self._on_region)

    # Life

    def enter(self) -> None:
        """The page is shown: what the scene holds is shown again, and a scan in view is the one to stage."""
        self.entered = True
        self.connect_parameters()
        self._take_shown()
        self._in_view.watch()
        if self.result is not None and self.result.assessable:
            self._show_views()

    def _take_shown(self) -> None:
        """Where no scan is chosen, the one in view is."""
        if self._volume() is None and self.parameters is not None:
            self.parameters.inputVolume = volume_in_view(slicer.mrmlScene)

    def leave(self) -> None:
        """Another page is shown: a run goes on, the views become the user's again."""
        self.entered = False
        self._in_view.stop()
        self.overlay.put_back(self._volume())
        self.disconnect_parameters()

    def close(self) -> None:
        """End everything that runs."""
        self._in_view.stop()
        self._later.stop()
        self._share_timer.stop()
        self._steps.clear()
        for part in (self.packages, self.run, self.cohort, self.check, self.history):
            part.close()
        if self.entered:
            self.overlay.put_back(self._volume())
        self.disconnect_parameters()

    # Scene

    def connect_parameters(self) -> None:
        """Follow the parameter node of the scene."""
        self.disconnect_parameters()
        self.parameters = self._get_parameters()
        self._tag = self.parameters.connectGui(self.ui)
        node = self.parameters.parameterNode
        self._observer = node, node.AddObserver(vtk.vtkCommand.ModifiedEvent, self._on_parameters)
        self.models.refill(self.parameters.modelName)
        self._seen = {}
        self._on_parameters()

    def disconnect_parameters(self) -> None:
        """Let go of the parameter node."""
        self._watch_plane(None)
        self._region_watch.watch(None)
        self._scan.watch(None)
        if self.parameters is not None:
            self.parameters.disconnectGui(self._tag)
            node, tag = self._observer
            node.RemoveObserver(tag)
        self.parameters = None

    def on_scene_closing(self) -> None:
        """The scene is about to be emptied."""
        self._staged = None
        self._steps.clear()
        self.run.cancel()
        self._show_idle("")
        self.overlay.forget()
        self._plane_of = None
        self._fresh.clear()
        self._cases.clear()
        self.disconnect_parameters()
        self._show_result(None)

    def on_scene_changed(self) -> None:
        """A scene was closed or loaded: the page shows what it holds now."""
        if self.entered:
            self.connect_parameters()
            if self.result is not None and self.result.assessable:
                self._show_views()

    def on_node_leaving(self, node: Node) -> None:
        """A node is about to be removed: what belongs to a scan goes with it."""
        if not node.IsA("vtkMRMLScalarVolumeNode") or slicer.mrmlScene.IsClosing():
            return
        if node is self._staged:
            self._staged = None
            self._steps.clear()
            self.run.cancel()
            self._show_idle("")
        if kept_result(slicer.mrmlScene, node) is not None:
            remove_result(slicer.mrmlScene, node)
            forget(slicer.mrmlScene, node)
        self._fresh.pop(node.GetID(), None)

    def on_node_removed(self) -> None:
        """A node is gone; look again when the scene has settled."""
        if self.parameters is not None:
            self._later.start()

    def _refresh(self) -> None:
        if self.parameters is not None:
            self._seen = {}
            self._on_parameters()

    def _volume(self) -> Node | None:
        return None if self.parameters is None else self.parameters.inputVolume

    # Parameters

    def _on_parameters(self, _caller: Any = None, _event: Any = None) -> None:
        if self.parameters is None or not self.parameters.parameterNode.GetParameter("opacity"):
            return
        chosen = "inputVolume" in self._seen
        if self._changed("inputVolume"):
            self._follow_scan(self._volume())
            self._show_result(self._result_of(self._volume()))
            self._drop_plane_of_another()
            if chosen and self.entered:
                self._show_chosen()
        if self._changed("planeNode"):
            self._watch_plane(self.parameters.planeNode)
        volume = self._volume()
        if volume is not None and self.plane.moved(self.parameters):
            self._plane_of = volume.GetID()
        if self._changed("opacity"):
            self.overlay.set_opacity(self._volume(), self.parameters.opacity)
        if self._changed("threshold"):
            self.overlay.set_threshold(self._volume(), self.parameters.threshold)
        moved = [self._changed(name) for name in ("planeOffset", "planeYaw", "planeRoll")]
        if any(moved):
            self._follow_plane()

    def _follow_scan(self, volume: Node | None) -> None:
        self._scan.watch(volume)
        if volume is not None and volume is not self._staged and not self._scan.still_holds(volume):
            self._fresh.pop(volume.GetID(), None)
            say(self.ui.messageLabel, _("The scan was moved since it was staged: its answer is gone. Stage it again."))

    def _drop_plane_of_another(self) -> None:
        volume = self._volume()
        here = None if volume is None else volume.GetID()
        if self._plane_of is not None and self._plane_of != here:
            self.plane.reset(self.parameters)
        self._plane_of = here if self.plane.moved(self.parameters) else None

    def _changed(self, name: str) -> bool:
        value = getattr(self.parameters, name)
        value = value.GetID() if hasattr(value, "GetID") else value
        before = self._seen.get(name, ...)
        self._seen[name] = value
        # The first look after a scene was opened only notes the plane; there is nothing to follow yet.
        if before is ... and name.startswith("plane") and name != "planeNode":
            return False
        return bool(before is ... or before != value)

    def _follow_plane(self) -> None:
        if self.entered and self._volume() is not None:
            self.overlay.remember()
            self.plane.follow(self.parameters, self.result)

    def _watch_plane(self, node: Node | None) -> None:
        self._plane_watch.watch(node)
        self._enable()

    def _on_model(self, name: str) -> None:
        if self.parameters is not None:
            self.parameters.modelName = name

    def _on_runner_up(self) -> None:
        self._show_views()
        self.overlay.tell_share(self._volume(), self.result)

    def _on_region(self, free: bool) -> None:
        self.plane.unlock(self._volume(), free)
        self.overlay.tell_share(self._volume(), self.result)

    # Staging

    def _restage(self) -> None:
        self.start(self.plane.plane(self.parameters, self.result))

    def _stage_sample(self) -> None:
        self.take_files([SAMPLE])
        self.start(None)

    def start(self, plane: Any) -> None:
        """Stage the chosen volume, with the user's plane where there is one."""
        if self._volume() is not None and not self.run.busy:
            self._when_ready(self.ui.messageLabel, lambda: self._start(plane))

    def _start(self, plane: Any) -> None:
        volume = self._volume()
        if volume is None or self.run.busy:  # another was chosen while the packages were looked at or installed
            return
        if plane is None and self.plane.moved(self.parameters):
            plane = self.plane.plane(self.parameters, self.result)
        if plane is None and self.parameters.planeNode is not None:
            text = _("The plane {name} is not placed yet. Place it in a view, or choose none.")
            say(self.ui.messageLabel, text.format(name=self.parameters.planeNode.GetName()))
            return
        try:
            scan = scan_of(volume)
        except PlainError as error:
            say(self.ui.messageLabel, shown(str(error)))
            return
        self._staged, self._staged_as = volume, scan_key(volume)
        self._show_busy()
        model, engine = self._network()
        self.run.start(scan, plane, self._staged_as, model, engine)

    def _network(self) -> tuple[Path | None, str | None]:
        return self.engine or (self.models.path, None)

    def _when_ready(self, label: Any, go: Callable[[], None]) -> None:
        if self.engine is not None:
            go()
        else:
            self.packages.when_ready("stage", go, label)

    def _cancel(self) -> None:
        self.packages.cancel()
        self.run.cancel()

    def _on_told(self, phase: str, percent: int, left: float) -> None:
        self.ui.progressBar.value = percent
        say(self.ui.progressLabel, _("{phase}, {left}").format(phase=phase_text(phase), left=time_left(left)))

    def _on_done(self, event: StagingResult | Failure) -> None:
        volume = self._staged
        if isinstance(event, Failure):
            self._staged = None
            cancelled = event.code == "cancelled"
            self._show_idle(_("Cancelled.") if cancelled else shown(f"{event.text} {event.hint}".strip()))
        elif volume is not None and slicer.mrmlScene.IsNodePresent(volume):
            if scan_key(volume) == self._staged_as:
                self._take(volume, event)
                return
            self._staged = None
            self._show_idle(_("The scan was changed while it was staged. Stage it again."))
        else:
            self._staged = None
            self._show_idle("")

    def _take(self, volume: Node, result: StagingResult) -> None:
        """Put a result into the scene and onto the page, a piece at a time so that Slicer stays live."""
        begun = bool(self._steps)
        self._steps += [
            lambda: show_result(slicer.mrmlScene, result, volume),
            lambda: self._keep(volume, result),
            lambda: self._show_taken(volume, result),
            lambda: self._look_at(volume),
        ]
        if not begun:
            self._step()

    def _step(self) -> None:
        if self._steps:
            self._steps.pop(0)()
            self._step_timer.start()

    def _keep(self, volume: Node, result: StagingResult) -> None:
        label_chart(volume, result)
        keep_result(slicer.mrmlScene, volume, result)
        self._fresh[volume.GetID()] = result

    def _show_taken(self, volume: Node, result: StagingResult) -> None:
        if self.parameters is not None and self._volume() is volume:
            self._show_result(result)
            self.plane.reset(self.parameters)
            self.overlay.set_threshold(volume, self.parameters.threshold)

    def _look_at(self, volume: Node) -> None:
        # Idle only now: a plane nudged before the views are laid out would be turned back by them.
        if self._staged is volume:
            self._staged = None
            self._show_idle("")
        if self.entered and self._volume() is volume:
            self._show_views()

    def _result_of(self, volume: Node | None) -> StagingResult | None:
        fresh = None if volume is None else self._fresh.get(volume.GetID())
        return fresh or kept_result(slicer.mrmlScene, volume)

    # What is shown

    def _show_views(self) -> None:
        volume = self._volume()
        if volume is not None and slicer.app.layoutManager() is not None:
            self.overlay.show(volume, self.parameters.opacity)

    def _show_chosen(self) -> None:
        """Another scan was chosen: the views show it with its own answer, or without any."""
        volume = self._volume()
        if self.result is not None and self.result.assessable:
            self._show_views()
        elif volume is None:
            self.overlay.hide()
        elif slicer.app.layoutManager() is not None:
            self.overlay.show_scan(volume)

    def _show_result(self, result: StagingResult | None) -> None:
        self.result = result
        volume = self._volume()
        runs = self.history.runs(volume)
        answer = None if result is None else plain(result.to_json())
        shown = None if volume is None or answer is None or not runs else (volume.GetID(), runs, answer)
        if shown is None or shown != self._shown_answer:
            # The same answer once more, because something else in the scene has changed, leaves what was chosen alone.
            self.result_part.show(result, self.history.reading(volume))
            say(self.ui.reportLabel, "")
        self._shown_answer = shown
        self.overlay.offer_runner_up(volume, result)
        self.overlay.tell_share(volume, result)
        self.history.show(volume, result)
        region = self.plane.region(volume)
        self._region_watch.watch(region)
        self.ui.regionBox.enabled = region is not None
        blocked = self.ui.regionBox.blockSignals(True)
        self.ui.regionBox.setChecked(region is not None and not region.GetLocked())
        self.ui.regionBox.blockSignals(blocked)
        self.ui.overlaySection.visible = result is not None and result.assessable
        self._enable()

    def _show_looking(self) -> None:
        """The packages are being looked at, or no longer."""
        if self._staged is None:
            self.ui.progressBar.value = 0
            self.ui.progressBar.visible = self.packages.busy
        self._enable()

    def _show_busy(self) -> None:
        self.ui.progressBar.value = 0
        self.ui.progressBar.visible = True
        say(self.ui.messageLabel, "")
        self._enable()

    def _show_idle(self, message: str) -> None:
        self.ui.progressBar.visible = False
        say(self.ui.progressLabel, "")
        say(self.ui.messageLabel, message)
        self._enable()

    def _enable(self) -> None:
        ui, volume = self.ui, self._volume()
        busy = self._staged is not None or self.packages.busy
        ui.stageButton.enabled = volume is not None and not busy and self.models.path is not None
        ui.restageButton.enabled = ui.stageButton.enabled and self.result is not None
        ui.cancelButton.enabled = busy
        ui.modelBox.enabled = not busy
        self.models.hold(busy)
        # What is nudged during a run would be gone when its answer comes.
        by_hand = self.parameters is not None and self.parameters.planeNode is None and self._staged is None
        for slider in (ui.offsetSlider, ui.yawSlider, ui.rollSlider):
            slider.enabled = by_hand
        for widget in (ui.hintLabel, ui.sampleButton):
            widget.visible = volume is None
        ui.sampleButton.enabled = not busy and self.models.path is not None

    # Files

    def _open_case(self, path: Path, folder: Path) -> None:
        """Show one case of a cohort with its stored result; its scan is loaded once. A picture's report is shown."""
        self.cohort.tell_done()
        try:
            result = load_result(folder)
        except (OSError, ValueError):
            say(self.ui.cohortLabel, _("{name} has no result yet.").format(name=folder.name))
            return
        if result.kind == "picture":
            self.history.show_page(folder / REPORT_FILE, self.ui.cohortLabel)
            return
        volume = slicer.mrmlScene.GetNodeByID(self._cases.get(folder, ""))
        try:
            volume = load_scan_file(path) if volume is None else volume
        except PlainError as error:
            if self.parameters is not None:
                # The answer of another scan must not stand there as if it were this one's.
                self.parameters.inputVolume = None
            say(self.ui.cohortLabel, shown(str(error)))
            return
        if volume is None or self.parameters is None:
            return
        self._cases[folder] = volume.GetID()
        self.parameters.inputVolume = volume
        before = self._result_of(volume)
        if before is None or plain(before.to_json()) != plain(result.to_json()):
            self._take(volume, result)

    def take_files(self, paths: list[Path]) -> None:
        """Open what was dropped on the page: a model, a scene, or a scan; say what could not be opened."""
        problems = []
        for path in paths:
            if path.suffix.lower() == SUFFIX:
                problems.append(self.models.add(path))
                continue
            try:
                volume = load_scan_file(path)
            except PlainError as error:
                problems.append(shown(str(error)))
                continue
            if volume is not None and self.parameters is not None:
                self.parameters.inputVolume = volume
        say(self.ui.messageLabel, "\n".join(text for text in problems if text))
