"""Small studies of small slabs: a bright plate in grain, cut by a gap that is narrower the higher the stage."""

from pathlib import Path

import numpy as np
from scipy.ndimage import gaussian_filter
from SOSStagingLib.model.scheme import DEFAULT_SCHEME
from SOSStagingLib.scan.geometry import Geometry
from SOSStagingLib.scan.types import Slab
from SOSStagingTrainingLib.simulator.export import stored_greys, write_slab
from SOSStagingTrainingLib.study.images import content_sha256, rounded_plane
from SOSStagingTrainingLib.study.roi import RoiBox, middle_plane
from SOSStagingTrainingLib.study.store import change_manifest
from SOSStagingTrainingLib.study.study import Study
from SOSStagingTrainingLib.study.types import Case

SPACING = 0.4
STAGES = 5
# Columns run to anterior, rows to inferior, planes to the right, as slabs do.
DIRECTIONS = np.array([[0.0, 0, 1], [1, 0, 0], [0, -1, 0]])


def made_slab(number: int, stage: int, size: int = 96) -> tuple[Slab, tuple[int, int]]:
    """A slab and the (column, row) of its plate's middle."""
    rng = np.random.default_rng(number)
    array = gaussian_filter(rng.normal(size=(3, size, size)), (0, 1, 1)) * 60
    column, row = (int(v) for v in rng.integers(size * 3 // 8, size * 5 // 8, 2))
    array[:, row - 6 : row + 7, column - 8 : column + 9] += 400
    gap = STAGES - stage
    array[:, row - 6 : row + 7, column - gap : column + gap] -= 500
    geometry = Geometry.from_axes((3, size, size), [-1.5, -20, 20], DIRECTIONS, [SPACING, SPACING, 1.5])
    return Slab(array.astype(np.float32), np.ones((3, size, size), bool), geometry), (column, row)


def slab_study(
    folder: Path, cases: int = 20, size: int = 96, boxes: bool = True, first: int = 0, scheme: str = DEFAULT_SCHEME
) -> Study:
    """A simulated study with stages in turn, labelled and boxed by anna; its slabs are numbered from ``first``."""
    study = Study.create(folder, scheme=scheme, simulated=True)
    rows, middles = [], {}
    for n in range(cases):
        name, stage = f"slab-{n + 1:02d}", n % STAGES + 1
        slab, middles[name] = made_slab(first + n, stage, size)
        facts = {"kind": "slab", "sha256": content_sha256(stored_greys(slab), slab.geometry), "geometry": slab.geometry}
        file = write_slab(folder, name, slab)[0].name
        plane, more = rounded_plane(middle_plane(slab.geometry)), {"stage": stage}
        rows.append(Case(name=name, file=file, patient=f"p{n + 1}", plane=plane, more=more, **facts).to_row())
    change_manifest(folder, lambda manifest: manifest["cases"].extend(rows))
    for n, row in enumerate(rows):
        center = slab.geometry.to_ras([*middles[row["case"]], 1.0])
        box = RoiBox(center, np.eye(3), np.array([6.0, 8.0, 6.4]))
        study.append_label(row["case"], "anna", n % STAGES + 1, rois=[box] if boxes else ())
    return study
