"""What ``sos simulate`` writes is a study, with the true stages and boxes as its rater ``truth``."""

import json

import numpy as np
import pytest
from SOSStagingLib.cli import main
from SOSStagingTrainingLib.study.study import Study
from study.made_study import codes

QUICK = ["simulate", "--cases", "2", "--stages", "2,5", "--seed", "4", "--workers", "1"]
COARSE = ["--voxel", "2", "--size", "80,90,80"]


def truth_of(study, case):
    return json.loads((study.folder / f"{case}.truth.json").read_text())


@pytest.mark.parametrize("options", [[*COARSE, "--format", f] for f in ("nrrd", "nifti", "dicom")] + [["--slabs"]])
def test_every_kind_of_cohort_opens_as_a_study_that_can_be_trained_from(tmp_path, options):
    assert main([*QUICK, *options, "--out", str(tmp_path / "heads")]) == 0
    study = Study.open(tmp_path / "heads")
    assert study.simulated and study.raters == ("truth",) and len(study.cases) == 2
    found = study.check(read_scans=True, min_per_stage=0)
    assert [finding for finding in found if finding.severity == "refuse"] == []
    dataset = study.freeze("all", min_per_stage=0, read_scans=False)
    assert dataset.simulated and [case.stage for case in dataset.cases] == [2, 5]
    for case in dataset.cases:
        slab = study.slab(case.name, case.plane)
        sos = slab.grid.to_ijk(np.array(truth_of(study, case.name)["sos"]["centre_ras_mm"]))
        left, top, right, bottom = case.pixel_bounds(slab.grid)
        assert left < sos[0] < right and top < sos[1] < bottom and slab.slab.valid[1].any()
        size_mm = np.array([right - left, bottom - top]) * slab.grid.spacing[:2]
        assert (size_mm > 4).all() and (size_mm < 30).all()
        # A head that nods turns its box within the slice; the pixel bounds are around that.
        rows, columns = np.nonzero(case.roi_mask(slab.grid)[1])
        found = [columns.min(), rows.min(), columns.max(), rows.max()]
        assert np.allclose(found, [left, top, right, bottom], atol=1.5)


def test_a_study_of_real_scans_is_not_simulated_into(tmp_path, capsys):
    Study.create(tmp_path / "mine")
    before = (tmp_path / "mine" / "manifest.json").read_bytes()
    assert main([*QUICK, *COARSE, "--out", str(tmp_path / "mine")]) == 2
    assert "not simulated" in capsys.readouterr().err
    assert (tmp_path / "mine" / "manifest.json").read_bytes() == before


def test_simulated_raters_label_in_ledgers_and_making_it_again_keeps_what_people_did(tmp_path):
    command = [*QUICK, *COARSE, "--raters", "2", "--kappa", "0.9", "--out", str(tmp_path)]
    assert main(command) == 0
    study = Study.open(tmp_path)
    assert study.raters == ("rater-1", "rater-2", "truth")
    lines = (tmp_path / "labels.csv").read_text().splitlines()[1:]
    said = [f"{name},{r},bassed-5,{e.stage}" for r in study.raters[:2] for name, e in study.labels(r).items()]
    assert sorted(lines) == sorted(said)
    assert {(a.first, a.second) for a in study.agreement()} == {
        ("rater-1", "rater-2"), ("rater-1", "truth"), ("rater-2", "truth"),
    }  # fmt: skip
    study.withdraw("rater-1", case="head-0001-stage-2")
    study.append_label("head-0002-stage-5", "anna", 4)
    before = {path.name: path.read_bytes() for path in (tmp_path / "labels").iterdir()}
    assert main(command) == 0
    assert {path.name: path.read_bytes() for path in (tmp_path / "labels").iterdir()} == before
    assert "not_labelled" not in codes(study.check(min_per_stage=0))
