"""Offers the bundled heads in Slicer's SampleData module: a simulated one of each stage and a real one.

The files come with the extension, so loading them needs no network.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from slicer.i18n import tr as _

CATEGORY = "SOSStaging"
FOLDER = Path(__file__).resolve().parents[2] / "Resources" / "SampleData"


def samples(folder: Path = FOLDER) -> list[dict[str, str]]:
    """Return name, file, thumbnail and sha256 of each sample."""
    return json.loads((folder / "samples.json").read_text(encoding="utf-8"))


def register(folder: Path = FOLDER) -> None:
    """Tell the SampleData module; where Slicer runs without it, do nothing."""
    try:
        import SampleData
    except ImportError:
        return
    logic: Any = SampleData.SampleDataLogic
    if hasattr(logic, "registerCustomSampleDataCategory"):  # from Slicer 5.12 on
        logic.registerCustomSampleDataCategory(CATEGORY, title=_("SOS Staging"))
    for sample in samples(folder):
        logic.registerCustomSampleDataSource(
            category=CATEGORY,
            sampleName=sample["name"],
            thumbnailFileName=str(folder.parent / "Icons" / sample["thumbnail"]),
            uris=(folder / sample["file"]).as_uri(),
            fileNames=sample["file"],
            checksums=f"SHA256:{sample['sha256']}",
            nodeNames=Path(sample["file"]).stem,
            loadFileTypes="VolumeFile",
        )
