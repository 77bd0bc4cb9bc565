"""The heat map over the scan: opacity, threshold, how much of it lies on the synchondrosis, views as they were."""

from __future__ import annotations

from typing import Any

import numpy as np
import slicer
from slicer.i18n import tr as _

from ..report.words import percent
from ..scene.layout import ViewState
from ..scene.nodes import PREFIX, ROLE, VOLUME_REFERENCE, Node, ResultScope, nodes_of_class
from ..scene.show import OVERLAY, REGION, RUNNER_UP, ResultNodes, is_corrected
from ..scene.views import drop_heat, is_heat, show_in_slices, show_scan
from ..staging.result import StagingResult
from .texts import say

HIDDEN = PREFIX + "HiddenWithScan"
"""Attribute of a box that is not shown because another scan is looked at."""


class OverlayPart:
    """Everything the page does to the views, and how it takes it back."""

    def __init__(self, ui: Any) -> None:
        self.ui = ui
        self._before: ViewState | None = None
        self._brought: set[str] = set()
        # The volumes that were there when the views were first changed, and how each was looked at last.
        self._there: set[str] = set()
        self._looks: dict[str, ViewState] = {}
        self._offered: tuple[Any, ...] | None = None

    def show(self, volume: Node, opacity: float) -> None:
        """Bring the slice views to the synchondrosis with the heat map over the scan."""
        scene = slicer.mrmlScene
        self.show_scan(volume)
        scope = ResultScope(scene, volume, volume.GetName())
        nodes = ResultNodes(None, overlay=self._shown(volume), region=scope.find(REGION))
        show_in_slices(scene, nodes, volume, opacity)

    def show_scan(self, volume: Node) -> None:
        """Show a scan in all slice views, without heat map or box of another; views of another scan are fitted."""
        scene = slicer.mrmlScene
        self.remember()
        self._brought.add(volume.GetID())
        now = ViewState.of(scene)
        if show_scan(scene, volume):
            self._looks.update({shown: now for shown, _above, _opacity in now.layers.values() if shown})
            if volume.GetID() in self._looks:
                self._looks[volume.GetID()].restore_places(scene)
            else:
                slicer.util.resetSliceViews()
        self._show_boxes(volume)

    def hide(self) -> None:
        """No scan is chosen: leave what is in view without a heat map."""
        for composite in nodes_of_class(slicer.mrmlScene, "vtkMRMLSliceCompositeNode"):
            drop_heat(composite)

    def _show_boxes(self, volume: Node | None) -> None:
        """Hide the boxes of other scans; what was hidden here is shown again, what the user hid is not."""
        for region in nodes_of_class(slicer.mrmlScene, "vtkMRMLMarkupsROINode"):
            display = region.GetDisplayNode()
            if region.GetAttribute(ROLE) != REGION or display is None:
                continue
            if volume is not None and region.GetNodeReferenceID(VOLUME_REFERENCE) != volume.GetID():
                if display.GetVisibility():
                    region.SetAttribute(HIDDEN, "true")
                    display.SetVisibility(False)
            elif region.GetAttribute(HIDDEN):
                region.RemoveAttribute(HIDDEN)
                display.SetVisibility(True)

    def remember(self) -> None:
        """Note how the views look, unless they are ours already."""
        if self._before is None:
            self._before = ViewState.of(slicer.mrmlScene)
            self._there = {node.GetID() for node in nodes_of_class(slicer.mrmlScene, "vtkMRMLScalarVolumeNode")}

    def put_back(self, volume: Node | None) -> None:
        """Leave the views as the user had them; a scan loaded meanwhile stays in view."""
        before, self._before = self._before, None
        self._looks.clear()
        if before is None:
            return
        self._show_boxes(None)
        if volume is not None and volume.GetID() not in self._there:
            show_scan(slicer.mrmlScene, volume)
            self._brought.clear()
            return
        if volume is not None:
            for name, (background, foreground, opacity) in before.layers.items():
                before.layers[name] = (background or volume.GetID(), foreground, opacity)
        ours = {node.GetID() for node in nodes_of_class(slicer.mrmlScene, "vtkMRMLScalarVolumeNode") if is_heat(node)}
        before.restore(slicer.mrmlScene, ours | self._brought, with_layout=False)
        self._brought.clear()

    def forget(self) -> None:
        """The views belong to another scene now."""
        self._before = None
        self._brought.clear()
        self._looks.clear()

    @property
    def ours(self) -> bool:
        """Whether the views were changed and not put back."""
        return self._before is not None

    def set_opacity(self, volume: Node | None, opacity: float) -> None:
        """Change the opacity in all views that show this volume's heat map."""
        ours = {node.GetID() for node in _overlays(volume)}
        for composite in nodes_of_class(slicer.mrmlScene, "vtkMRMLSliceCompositeNode"):
            if composite.GetForegroundVolumeID() in ours:
                composite.SetForegroundOpacity(opacity)

    def set_threshold(self, volume: Node | None, share: float) -> None:
        """Hide evidence below this share of full scale."""
        for overlay in _overlays(volume):
            display = overlay.GetDisplayNode()
            if display is None:
                continue
            full = float(overlay.GetAttribute(PREFIX + "FullScale") or 1.0)
            highest = max(full, float(overlay.GetImageData().GetScalarRange()[1]))
            display.SetThreshold(share * full, highest)

    def offer_runner_up(self, volume: Node | None, result: StagingResult | None) -> None:
        """Offer the heat map of the second likeliest stage where there is one; a new answer is shown first."""
        stage = None if result is None else result.runner_up_stage
        probabilities = None if result is None else result.probabilities
        node = _find(volume, RUNNER_UP)
        self.ui.runnerUpBox.visible = node is not None and stage is not None
        if stage is not None and probabilities is not None:
            text = _("Show stage {stage} ({share}) instead")
            self.ui.runnerUpBox.text = text.format(stage=stage, share=percent(probabilities[stage - 1]))
        offered = (None if volume is None else volume.GetID(), probabilities)
        if offered != self._offered or node is None:
            blocked = self.ui.runnerUpBox.blockSignals(True)
            self.ui.runnerUpBox.setChecked(False)
            self.ui.runnerUpBox.blockSignals(blocked)
        self._offered = offered

    def _shown(self, volume: Node | None) -> Node | None:
        """The heat map that was asked for: that of the answer, or of the second likeliest stage."""
        runner_up = _find(volume, RUNNER_UP) if self.ui.runnerUpBox.checked else None
        return runner_up or _find(volume, OVERLAY)

    def tell_share(self, volume: Node | None, result: StagingResult | None) -> None:
        """Say how much of the heat lies inside the SOS box, as it is now."""
        overlay = self._shown(volume)
        has = overlay is not None and result is not None and result.gradcam is not None
        for widget in (self.ui.opacitySlider, self.ui.thresholdSlider, self.ui.showButton):
            widget.enabled = has
        if not has or result is None or result.gradcam is None or overlay is None:
            say(self.ui.shareLabel, _("There is no heat map to show.") if result is not None else "")
            return
        region = ResultScope(slicer.mrmlScene, volume, "").find(REGION)
        heat = result.gradcam if overlay is _find(volume, OVERLAY) else result.runner_up or result.gradcam
        # In the answer's own box it was measured along the plane; a corrected one is measured here.
        corrected = region is not None and is_corrected(region)
        share = _share_inside(overlay, region) if corrected else heat.share_in_box
        say(self.ui.shareLabel, _("{share} of the heat lies inside the SOS box.").format(share=percent(share)))


def _find(volume: Node | None, role: str) -> Node | None:
    return None if volume is None else ResultScope(slicer.mrmlScene, volume, volume.GetName()).find(role)


def _overlays(volume: Node | None) -> list[Node]:
    return [node for node in (_find(volume, OVERLAY), _find(volume, RUNNER_UP)) if node is not None]


def _share_inside(overlay: Node, region: Node) -> float:
    """Return the share of the middle plane's heat inside the region's box; both follow the same transform."""
    from ..scene.scans import ijk_to_ras

    voxels = slicer.util.arrayFromVolume(overlay)
    middle = voxels.shape[0] // 2
    heat = np.clip(np.nan_to_num(voxels[middle].astype(float)), 0.0, None)
    rows, columns = np.meshgrid(*(np.arange(n) for n in heat.shape), indexing="ij")
    ijk = np.stack([columns, rows, np.full_like(rows, middle), np.ones_like(rows)], axis=-1)
    ras = (ijk @ ijk_to_ras(overlay).T)[..., :3]
    center, half = np.array(region.GetCenter()), np.array(region.GetSize()) / 2
    inside = (np.abs(ras - center) <= half).all(axis=-1)
    total = float(heat.sum())
    return float(heat[inside].sum()) / total if total > 0 else 0.0
