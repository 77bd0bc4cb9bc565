"""Stage schemes: what ships is sound, mapping keeps probability, damaged files are refused in plain words."""

import copy
import json
import os
import subprocess
import sys

import pytest
from SOSStagingLib.model.scheme import SCHEME_FOLDER, SchemeError, load_scheme, parse_scheme, scheme_ids


def test_default_scheme_has_the_five_bassed_stages():
    scheme = load_scheme()
    assert scheme.id == "bassed-5"
    assert [s.number for s in scheme.stages] == [1, 2, 3, 4, 5]
    assert scheme.wording == "paraphrase"
    assert "Bassed" in scheme.source
    assert scheme.stage(4).scar and not scheme.stage(5).scar
    assert scheme.collapse((0.1, 0.2, 0.3, 0.25, 0.15)) == (0.1, 0.2, 0.3, 0.25, 0.15)


def test_every_shipped_scheme_loads_and_fuses_monotonically():
    assert scheme_ids() == ("bassed-5", "four-stage", "three-stage")
    for scheme_id in scheme_ids():
        scheme = load_scheme(scheme_id)
        fractions = [s.fused_fraction for s in scheme.stages]
        assert fractions == sorted(fractions)
        assert fractions[0] == 0
        assert fractions[-1] == 1


@pytest.mark.parametrize(
    ("scheme_id", "expected"),
    [("four-stage", (0.05, 0.1, 0.15, 0.7)), ("three-stage", (0.05, 0.25, 0.7))],
)
def test_collapse_sums_the_mapped_stages(scheme_id, expected):
    collapsed = load_scheme(scheme_id).collapse((0.05, 0.1, 0.15, 0.3, 0.4))
    assert collapsed == pytest.approx(expected)
    assert sum(collapsed) == pytest.approx(1)


def test_collapse_stage_follows_the_mapping():
    assert [load_scheme("three-stage").collapse_stage(n) for n in range(1, 6)] == [1, 2, 2, 3, 3]
    with pytest.raises(SchemeError, match="stages 1 to 5, not 0"):
        load_scheme("three-stage").collapse_stage(0)


def test_collapse_refuses_another_number_of_probabilities():
    with pytest.raises(SchemeError, match="5 stages of bassed-5, but 4"):
        load_scheme("four-stage").collapse((0.25,) * 4)


@pytest.mark.parametrize("scheme_id", ["six-stage", "", "../bassed-5", "bassed-5.json"])
def test_unknown_id_names_the_known_ones(scheme_id):
    with pytest.raises(SchemeError, match="bassed-5, four-stage, three-stage"):
        load_scheme(scheme_id)


def _break(**change):
    data = json.loads((SCHEME_FOLDER / "four-stage.json").read_text())
    data.update(change)
    return data


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ([], "JSON object"),
        (_break(format="other/9"), "this version reads"),
        (_break(stages=[]), "at least two"),
        (_break(title=" "), "title must be a text"),
        (_break(wording="invented"), "paraphrase or quotation"),
        (_break(mapping={"from": "bassed-5", "to_stage": [1, 2, 2, 4, 4]}), "reach every stage"),
        (_break(mapping={"from": "bassed-5", "to_stage": [4, 3, 2, 1, 1]}), "rise from 1"),
        (_break(mapping={"from": "bassed-5", "to_stage": [1, 2, 3.5, 4, 4]}), "whole numbers"),
        (_break(mapping=None), "mapping must hold"),
    ],
)
def test_damaged_scheme_is_refused_in_plain_words(data, words):
    with pytest.raises(SchemeError, match=words):
        parse_scheme(data)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"number": 7}, "numbered from 1"),
        ({"fused_fraction": 1.5}, "from 0 to 1"),
        ({"fused_fraction": True}, "from 0 to 1"),
        ({"scar": "no"}, "true or false"),
        ({"name": ""}, "name must be a text"),
    ],
)
def test_damaged_stage_is_refused_in_plain_words(change, words):
    data = copy.deepcopy(_break())
    data["stages"][1].update(change)
    with pytest.raises(SchemeError, match=f"stage 2.*{words}"):
        parse_scheme(data)


def test_file_that_is_no_json_and_file_with_another_id(tmp_path):
    (tmp_path / "broken.json").write_text("{")
    (tmp_path / "renamed.json").write_text((SCHEME_FOLDER / "four-stage.json").read_text())
    with pytest.raises(SchemeError, match=r"broken\.json cannot be read"):
        load_scheme("broken", tmp_path)
    with pytest.raises(SchemeError, match='is for the scheme "four-stage"'):
        load_scheme("renamed", tmp_path)


def test_scheme_leaves_torch_out():
    code = "import sys, SOSStagingLib.model.scheme; sys.exit('torch' in sys.modules)"
    environment = {**os.environ, "PYTHONPATH": str(SCHEME_FOLDER.parents[1])}
    assert subprocess.run([sys.executable, "-c", code], check=False, env=environment).returncode == 0
