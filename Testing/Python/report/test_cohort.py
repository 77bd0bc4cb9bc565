"""The cohort table: one row per case, readable by machines, harmless in a spreadsheet."""

import csv

from report.made_results import make_refusal, make_result
from SOSStagingLib.report.cohort import write_cohort_csv
from SOSStagingLib.scan.types import Finding


def read(path):
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_one_row_per_case_in_order(tmp_path):
    path = tmp_path / "new" / "cohort.csv"
    write_cohort_csv(path, [("head", make_result()), ("abdomen", make_refusal())])
    head, abdomen = read(path)
    assert (head["name"], head["stage"], head["stage_name"]) == ("head", "3", "About half fused")
    assert [float(head[f"p_stage_{n}"]) for n in range(1, 6)] == [0.001, 0.099, 0.6, 0.25, 0.05]
    assert head["plausible_stages"] == "3 4"
    assert head["warning_codes"] == "noise"
    assert abs(float(head["sos_r_mm"]) - make_result().sos.center_ras_mm[0]) < 1e-5
    assert float(head["seconds"]) == 1.75
    assert (abdomen["assessable"], abdomen["stage"], abdomen["p_stage_3"]) == ("false", "", "")
    assert abdomen["reason_codes"] == "not-a-head"
    assert abdomen["sos_r_mm"] == ""


def test_formulas_and_line_breaks_are_defused_but_numbers_stay_numbers(tmp_path):
    path = tmp_path / "cohort.csv"
    reason = Finding("x", "refuse", '@SUM(A1)\n"quoted", second line\t=1')
    write_cohort_csv(path, [('=HYPERLINK("http://x")', make_refusal(reasons=(reason,))), ("-2", make_result())])
    first, second = read(path)
    assert first["name"] == '\'=HYPERLINK("http://x")'
    assert first["reasons"] == '\'@SUM(A1) "quoted", second line =1'
    assert second["name"] == "'-2"
    assert float(second["sos_a_mm"]) < 0
    assert len(path.read_text(encoding="utf-8").splitlines()) == 3


def test_schemes_of_different_length_share_one_table(tmp_path):
    path = tmp_path / "cohort.csv"
    three = make_result(scheme="three-stage", stage_names=("a", "b", "c"), probabilities=(0.1, 0.2, 0.7))
    write_cohort_csv(path, [("three", three), ("five", make_result())])
    rows = read(path)
    assert rows[0]["p_stage_3"] == "0.7"
    assert rows[0]["p_stage_4"] == ""
    assert rows[1]["p_stage_5"] == "0.05"


def test_empty_cohort_has_only_the_header(tmp_path):
    write_cohort_csv(tmp_path / "cohort.csv", [])
    assert read(tmp_path / "cohort.csv") == []
    assert (tmp_path / "cohort.csv").read_text().startswith("name,input,kind,scheme,assessable,stage,")
