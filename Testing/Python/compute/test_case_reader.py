"""What reads scans for the page goes on whatever the model that proposes boxes does."""

import pytest
from learning.made_slabs import slab_study
from SOSStagingLib.model.library import default_model
from SOSStagingTrainingLib.compute.case_reader import CaseReader


def test_a_proposal_that_fails_harms_no_reading(tmp_path):
    """The bundled model cannot take in a slab of a few centimetres."""
    pytest.importorskip("torch")
    study = slab_study(tmp_path / "study", 2)
    (tmp_path / "out").mkdir()
    reader = CaseReader(study, tmp_path / "out", default_model())
    proposal = reader.propose("slab-01")
    assert proposal is None or len(proposal["box"]) == 2
    assert "file" in reader.read("slab-02")


def test_without_a_model_scans_are_read(tmp_path):
    study = slab_study(tmp_path / "study", 1)
    (tmp_path / "out").mkdir()
    reader = CaseReader(study, tmp_path / "out", None)
    assert reader.propose("slab-01") is None
    answer = reader.read("slab-01")
    assert answer["low"] < answer["high"]
    assert "error" in reader.read("slab-99")
