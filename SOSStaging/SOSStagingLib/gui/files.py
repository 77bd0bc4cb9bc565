"""A file or folder dropped on the page becomes a volume in the scene."""

from __future__ import annotations

from pathlib import Path

import slicer
from slicer.i18n import tr as _

from ..scan.read import read_scan
from ..scan.types import ScanError
from ..scene.nodes import Node, matrix4
from ..scene.views import show_scan

SCENES = (".mrb", ".mrml")


def load_scan_file(path: Path) -> Node | None:
    """Load a scan, also a DICOM folder or zip, and return its volume; None for a scene. Raises ScanError."""
    if path.suffix.lower() in SCENES:
        try:
            slicer.util.loadScene(str(path))
        except RuntimeError as error:
            text = _("{name} is no scene that can be read, or only a part of one.").format(name=path.name)
            raise ScanError("scene_damaged", text, _("Take another copy of it.")) from error
        return None
    scan = read_scan(path)
    if scan.kind != "volume":
        text = _("{name} is a single picture.").format(name=path.name)
        hint = _("Choose its folder under Many scans: pictures are staged there.")
        raise ScanError("single_picture", text, hint)
    volume = slicer.mrmlScene.AddNewNodeByClass("vtkMRMLScalarVolumeNode", scan.name)
    slicer.util.updateVolumeFromArray(volume, scan.array)
    volume.SetIJKToRASMatrix(matrix4(scan.geometry.ijk_to_ras))
    volume.CreateDefaultDisplayNodes()
    if slicer.app.layoutManager() is not None:
        # The views would be fitted to another scan's heat map as well.
        show_scan(slicer.mrmlScene, volume)
        slicer.util.setSliceViewerLayers(background=volume, fit=True)
    return volume
