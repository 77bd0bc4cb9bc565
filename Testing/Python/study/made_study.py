"""Small studies: real files and the real study code, but volumes too small to hold a head."""

from pathlib import Path

import numpy as np
from scipy.ndimage import gaussian_filter
from SOSStagingLib.scan.geometry import Geometry
from SOSStagingLib.scan.types import Plane, Scan
from SOSStagingTrainingLib.simulator.export import write_image
from SOSStagingTrainingLib.study.images import scan_sha256
from SOSStagingTrainingLib.study.roi import RoiBox
from SOSStagingTrainingLib.study.store import change_manifest
from SOSStagingTrainingLib.study.study import Study
from SOSStagingTrainingLib.study.types import Case

SHAPE, SPACING = (20, 24, 18), 4.0
PLANE = Plane(np.array([0.5, 0.0, 0.0]), np.array([1.0, 0.05, -0.02]), 0.9)
BOX = RoiBox.from_bounds([-12, -8, -6], [12, 6, 8])


def write_volume(path: Path, seed: int = 1) -> Scan:
    """A ball of blobs around the origin of RAS, with the mirror plane R = 0."""
    rng = np.random.default_rng(seed)
    blobs = gaussian_filter(rng.normal(size=SHAPE), 1.2)
    blobs = (blobs + blobs[:, :, ::-1]) / 2
    k, j, i = np.meshgrid(*(np.linspace(-1, 1, n) for n in SHAPE), indexing="ij")
    tissue = np.where(i**2 + j**2 + k**2 < 0.8, 200 + 300 * blobs / blobs.std(), -1000)
    array = (tissue + rng.normal(0, 20, SHAPE)).astype(np.int16)
    origin = -SPACING * (np.array(SHAPE[::-1]) - 1) / 2
    geometry = Geometry.from_axes(SHAPE, origin, np.eye(3), [SPACING] * 3)
    write_image(path, array, geometry)
    return Scan(array, geometry, path.name)


def add_volumes(study: Study, count: int, per_patient: int = 1, first: int = 1) -> list[str]:
    """Add volumes as ``Study.add_case`` does, but with a plane that is given, not searched for."""
    rows = []
    for n in range(first, first + count):
        scan = write_volume(study.folder / f"case-{n:02d}.nrrd", n)
        patient = f"patient-{(n - 1) // per_patient}"
        facts = {"kind": "volume", "sha256": scan_sha256(scan), "geometry": scan.geometry, "plane": PLANE}
        rows.append(Case(name=f"case-{n:02d}", file=f"case-{n:02d}.nrrd", patient=patient, **facts).to_row())
    change_manifest(study.folder, lambda manifest: manifest["cases"].extend(rows))
    return [row["case"] for row in rows]


def labelled_study(folder: Path, count: int = 15, per_patient: int = 1) -> Study:
    """Cases of stages 1 to 5 in turn (per patient), labelled and boxed by anna."""
    study = Study.create(folder)
    for n, name in enumerate(add_volumes(study, count, per_patient)):
        study.append_label(name, "anna", n // per_patient % 5 + 1, rois=[BOX])
    return study


def codes(findings) -> list[str]:
    return [finding.code for finding in findings]
