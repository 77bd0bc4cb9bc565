"""Makes the sample data that Slicer's SampleData module offers: ``make sample-data``.

Five simulated heads, one of each stage, as ``sos simulate`` draws them (the first five of one seed, none chosen), with
greys in coarse steps, as in the real head beside them, so that each stays under 2 MB; a thumbnail for each, the
midsagittal plane as the program finds it; and samples.json, which holds names and checksums.
"""

from __future__ import annotations

import hashlib
import json
import sys
import tempfile
from pathlib import Path

import numpy as np
import SimpleITK as sitk
from PIL import Image
from SOSStagingLib.cli import main as sos
from SOSStagingLib.report.picture import slice_picture, whole_view
from SOSStagingLib.scan.midsagittal import find_plane
from SOSStagingLib.scan.read import read_scan
from SOSStagingLib.scan.slab import cut_slab

FOLDER = Path(__file__).resolve().parents[2] / "SOSStaging" / "Resources" / "SampleData"
ICONS = FOLDER.parent / "Icons"
SEED, STAGES = 61, 5
VOXEL_MM, SIZE_MM = 0.8, "110,130,110"
# The finest steps of grey with which a file stays this small.
GREY_STEPS, SMALL_BYTES = (4, 8, 16, 24, 32, 48), 1_500_000
# As wide and high as those of Slicer's own samples.
THUMBNAIL = (260, 280)
REAL = "vhp_female_head"


def simulated(folder: Path) -> None:
    """Draw the five heads and write them into ``folder``."""
    with tempfile.TemporaryDirectory(prefix="sos-samples-") as name:
        stages = ",".join(str(n + 1) for n in range(STAGES))
        words = ["--cases", str(STAGES), "--stages", stages, "--seed", str(SEED), "--voxel", str(VOXEL_MM)]
        if sos(["simulate", *words, "--size", SIZE_MM, "--out", name]) != 0:
            raise SystemExit("sos simulate failed; see above")
        for n in range(STAGES):
            source = Path(name) / f"head-{n + 1:04d}-stage-{n + 1}.nrrd"
            packed(source, folder / f"simulated_stage_{n + 1}.nrrd")


def packed(source: Path, target: Path) -> None:
    """Write a volume with coarser greys, packed as tightly as it goes."""
    image = sitk.ReadImage(str(source))
    for step in GREY_STEPS:
        greys = np.round(sitk.GetArrayFromImage(image) / step) * step
        coarse = sitk.GetImageFromArray(greys.clip(-32768, 32767).astype(np.int16))
        coarse.CopyInformation(image)
        writer = sitk.ImageFileWriter()
        writer.SetFileName(str(target))
        writer.UseCompressionOn()
        writer.SetCompressionLevel(9)
        writer.Execute(coarse)
        if target.stat().st_size <= SMALL_BYTES:
            return


def thumbnail(scan: Path, target: Path) -> None:
    """Draw the midsagittal plane of a scan."""
    volume = read_scan(scan)
    slab = cut_slab(volume, find_plane(volume))
    picture = slice_picture(slab, whole_view(slab, THUMBNAIL[1])).convert("RGB")
    left = (picture.width - THUMBNAIL[0]) // 2
    cut = picture.crop((left, 0, left + THUMBNAIL[0], THUMBNAIL[1])).quantize(64, dither=Image.Dither.NONE)
    cut.save(target, optimize=True)


def listed(folder: Path) -> list[dict[str, str]]:
    """Return the samples as samples.json holds them, the real head first."""
    names = {REAL: "SOS: adult head, fused (Visible Human)"}
    names |= {f"simulated_stage_{n + 1}": f"SOS: simulated head, stage {n + 1}" for n in range(STAGES)}
    found = []
    for stem, title in names.items():
        digest = hashlib.sha256((folder / f"{stem}.nrrd").read_bytes()).hexdigest()
        found.append({"name": title, "file": f"{stem}.nrrd", "thumbnail": f"sample_{stem}.png", "sha256": digest})
    return found


def main() -> int:
    """Make them all."""
    simulated(FOLDER)
    for path in sorted(FOLDER.glob("*.nrrd")):
        thumbnail(path, ICONS / f"sample_{path.stem}.png")
        print(f"{path.name}: {path.stat().st_size / 1e6:.2f} MB")
    text = json.dumps(listed(FOLDER), indent=1) + "\n"
    (FOLDER / "samples.json").write_text(text, encoding="utf-8", newline="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
