"""The run table, the probability table and its bar chart."""

from __future__ import annotations

import math
from datetime import datetime

import vtk

from ..staging.result import StagingResult
from .nodes import Node

STAGE_COLUMN, PROBABILITY_COLUMN = "Stage", "Probability"
READING_COLUMN = "Stage read by a person"
TIME_COLUMN = "Staged at"
_BAR_COLOUR = (0.12, 0.31, 0.47)


def show_runs(node: Node, result: StagingResult) -> Node:
    """Append one row for this run; columns a run brings for the first time are added, empty for earlier runs."""
    row = {**run_row(result), TIME_COLUMN: datetime.now().astimezone().isoformat(" ", "seconds")}
    number = node.GetNumberOfRows()
    node.SetUseColumnTitleAsColumnHeader(True)
    for name, value in row.items():
        if node.GetColumnIndex(name) < 0:
            _add_column(node, name, isinstance(value, float), number)
    node.AddEmptyRow()
    for index in range(node.GetNumberOfColumns()):
        _set_cell(node, number, index, row.get(node.GetColumnName(index), ""))
    node.SetLocked(True)
    return node


def show_reading(node: Node, stage: int) -> None:
    """Note a person's stage in the row of the last run, beside the answer."""
    rows = node.GetNumberOfRows()
    if not rows:
        return
    if node.GetColumnIndex(READING_COLUMN) < 0:
        _add_column(node, READING_COLUMN, True, rows)
    _set_cell(node, rows - 1, node.GetColumnIndex(READING_COLUMN), float(stage))
    node.Modified()


def run_row(result: StagingResult) -> dict[str, str | float]:
    """Return one run as column name to text or number; NaN where a refused scan has no number."""
    model = result.model
    center = None if result.sos is None else result.sos.center_ras_mm
    probabilities = result.probabilities or (math.nan,) * len(result.stage_names)
    numbers = (math.nan,) * 3 if center is None else tuple(float(v) for v in center)
    return {
        "Input": result.input_name,
        "Scheme": result.scheme,
        "Result": "not assessable" if result.stage is None else f"stage {result.stage} of {len(result.stage_names)}",
        "Stage": math.nan if result.stage is None else float(result.stage),
        "Stage name": "" if result.stage is None else result.stage_names[result.stage - 1],
        **{f"P(stage {n})": float(p) for n, p in enumerate(probabilities, start=1)},
        "Expected stage": math.nan if result.expected_stage is None else float(result.expected_stage),
        "Plausible stages": ", ".join(str(n) for n in result.plausible_stages),
        "Reasons": "; ".join(reason.text for reason in result.reasons),
        "SOS R (mm)": numbers[0],
        "SOS A (mm)": numbers[1],
        "SOS S (mm)": numbers[2],
        "Model": "" if model is None else model.name,
        "Model version": "" if model is None else model.version,
        "Model SHA-256": "" if model is None else model.sha256,
        "Trained on": "" if model is None else model.trained_on,
    }


def show_probabilities(node: Node, result: StagingResult) -> Node:
    """Fill the table behind the chart: one row per stage, label and probability."""
    node.SetLocked(False)
    node.RemoveAllColumns()
    labels, values = vtk.vtkStringArray(), vtk.vtkDoubleArray()
    labels.SetName(STAGE_COLUMN)
    values.SetName(PROBABILITY_COLUMN)
    for number, (name, p) in enumerate(zip(result.stage_names, result.probabilities or (), strict=True), start=1):
        labels.InsertNextValue(f"{number} {name}")
        values.InsertNextValue(float(p))
    node.AddColumn(labels)
    node.AddColumn(values)
    node.SetUseColumnTitleAsColumnHeader(True)
    node.SetLocked(True)
    return node


def show_chart(chart: Node, series: Node, table: Node, result: StagingResult) -> None:
    """Set up a bar chart of the probabilities, always from 0 to 1."""
    series.SetAndObserveTableNodeID(table.GetID())
    series.SetPlotType(series.PlotTypeBar)
    series.SetYColumnName(PROBABILITY_COLUMN)
    series.SetLabelColumnName(STAGE_COLUMN)
    series.SetColor(*_BAR_COLOUR)
    chart.SetTitle(f"SOS fusion: stage {result.stage} of {len(result.stage_names)}")
    chart.SetXAxisTitle(f"Stage ({result.scheme})")
    chart.SetYAxisTitle("Probability")
    chart.SetYAxisRangeAuto(False)
    chart.SetYAxisRange(0.0, 1.0)
    chart.SetLegendVisibility(False)
    chart.RemoveAllPlotSeriesNodeIDs()
    chart.AddAndObservePlotSeriesNodeID(series.GetID())


def _add_column(node: Node, name: str, number: bool, rows: int) -> None:
    column = vtk.vtkDoubleArray() if number else vtk.vtkStringArray()
    column.SetName(name)
    for _row in range(rows):
        column.InsertNextValue(math.nan if number else "")
    node.AddColumn(column)


def _set_cell(node: Node, row: int, index: int, value: str | float) -> None:
    column = node.GetTable().GetColumn(index)
    if isinstance(column, vtk.vtkStringArray):
        column.SetValue(row, str(value))
    else:
        column.SetValue(row, value if isinstance(value, float) else math.nan)
    column.Modified()
    node.GetTable().Modified()
