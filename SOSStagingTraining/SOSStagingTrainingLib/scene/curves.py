"""A training's curves: one table and one chart for the loss terms, one of each for the metrics."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

import numpy as np
import vtk
from SOSStagingLib.scene.nodes import Node, nodes_of_class, remove_node

from .case_view import CURVES, ROLE, add_owned
from .layouts import LOSS_PLOT, METRIC_PLOT

COLOURS = (
    (0.00, 0.45, 0.70), (0.84, 0.37, 0.00), (0.00, 0.62, 0.45), (0.80, 0.47, 0.65),
    (0.34, 0.71, 0.91), (0.90, 0.62, 0.00), (0.00, 0.00, 0.00), (0.60, 0.60, 0.60),
)  # fmt: skip
"""Okabe and Ito's palette, which colour-blind people tell apart; the line's pattern and marks tell the same again."""
POINTS = 400
STEP = "step"


@contextmanager
def _told_at_once(nodes: Sequence[Node]) -> Iterator[None]:
    were = [(node, node.StartModify()) for node in nodes]
    try:
        yield
    finally:
        for node, was in were:
            node.EndModify(was)


class Curves:
    """The nodes of one chart, made when there is something to show and gone with the scene."""

    def __init__(self, scene: Node, part: str, title: str, y_title: str) -> None:
        self._scene, self._part = scene, part
        self._titles = title, y_title
        self._shown: tuple[object, ...] = ()

    def show(self, name: str, at: Sequence[int], series: Mapping[str, Sequence[float]]) -> None:
        """Show curves; ``name`` is what is trained. Nothing is done where nothing is new."""
        stamp = (name, len(at), at[-1] if at else 0, len(series))
        chart = self._find("chart")
        if stamp == self._shown and chart is not None:
            self.to_view(chart)  # the view may be there only since now
            return
        self._shown = stamp
        # One point makes no line, and VTK says so loudly.
        series = {term: values for term, values in series.items() if np.isfinite(values).sum() > 1}
        if not series:
            return
        chart = chart or self._add_chart()
        # Each node tells of all its changes at once: a plot view draws everything anew each time.
        with _told_at_once(self._nodes()):
            table = self._table(at, series)
            chart.SetTitle(f"{self._titles[0]}: {name}")
            self._set_series(chart, table, list(series))
        self.to_view(chart)

    def to_view(self, chart: Node | None = None) -> None:
        """Put the chart into its plot view, where that is there."""
        chart = chart or self._find("chart")
        tag = {"loss": LOSS_PLOT, "metrics": METRIC_PLOT}[self._part]
        for view in nodes_of_class(self._scene, "vtkMRMLPlotViewNode"):
            if view.GetLayoutName() == tag and chart is not None and view.GetPlotChartNodeID() != chart.GetID():
                view.SetPlotChartNodeID(chart.GetID())

    def _nodes(self) -> list[Node]:
        found = nodes_of_class(self._scene, "vtkMRMLNode")
        return [n for n in found if n.GetAttribute(ROLE) == CURVES and n.GetAttribute("Part") == self._part]

    def _find(self, kind: str) -> Node | None:
        return next((node for node in self._nodes() if node.GetAttribute("Kind") == kind), None)

    def _add(self, kind: str, class_name: str, name: str) -> Node:
        node = add_owned(self._scene, CURVES, class_name, name)
        node.SetAttribute("Part", self._part)
        node.SetAttribute("Kind", kind)
        return node

    def _table(self, at: Sequence[int], series: Mapping[str, Sequence[float]]) -> Node:
        node = self._find("table") or self._add("table", "vtkMRMLTableNode", f"SOS training {self._part}")
        chosen = np.unique(np.linspace(0, max(0, len(at) - 1), min(POINTS, max(1, len(at)))).astype(int))
        table = vtk.vtkTable()
        for name, values in ((STEP, at), *series.items()):
            column = vtk.vtkDoubleArray()
            column.SetName(name)
            for n in chosen if len(at) else ():
                column.InsertNextValue(float(values[n]))
            table.AddColumn(column)
        node.SetAndObserveTable(table)
        return node

    def _add_chart(self) -> Node:
        chart = self._add("chart", "vtkMRMLPlotChartNode", f"SOS training {self._part}")
        chart.SetXAxisTitle(STEP)
        chart.SetYAxisTitle(self._titles[1])
        chart.SetLegendVisibility(True)
        return chart

    def _set_series(self, chart: Node, table: Node, names: Sequence[str]) -> None:
        there = {node.GetName(): node for node in self._nodes() if node.GetAttribute("Kind") == "series"}
        for name, node in there.items():
            if name not in names:
                remove_node(self._scene, node)
        for number, name in enumerate(names):
            if name not in there:
                node = self._add("series", "vtkMRMLPlotSeriesNode", name)
                self._style(node, number)
                there[name] = node
                there[name].SetAndObserveTableNodeID(table.GetID())
                there[name].SetXColumnName(STEP)
                there[name].SetYColumnName(name)
        wanted = [there[name].GetID() for name in names]
        if [chart.GetNthPlotSeriesNodeID(n) for n in range(chart.GetNumberOfPlotSeriesNodes())] != wanted:
            chart.RemoveAllPlotSeriesNodeIDs()
            for node_id in wanted:
                chart.AddAndObservePlotSeriesNodeID(node_id)

    def _style(self, node: Node, number: int) -> None:
        node.SetPlotType(node.PlotTypeScatter)
        node.SetColor(*COLOURS[number % len(COLOURS)])
        node.SetLineWidth(2)
        styles = (node.LineStyleSolid, node.LineStyleDash, node.LineStyleDot, node.LineStyleDashDot)
        # Where colours come a second time, the pattern beside them is another one.
        node.SetLineStyle(styles[(number + number // len(COLOURS)) % len(styles)])
        marks = (node.MarkerStyleNone,) if self._part == "loss" else (node.MarkerStyleCircle, node.MarkerStyleSquare)
        node.SetMarkerStyle(marks[number % len(marks)])
        node.SetMarkerSize(7)
