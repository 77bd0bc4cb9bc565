"""Table and plot views."""

from __future__ import annotations

from typing import Any

import vtk
from PySide6 import QtCore, QtWidgets

from Bench.observing import Observing
from Bench.views.controller import qMRMLViewControllerBar
from Bench.views.render_widget import ctkVTKAbstractView
from Bench.views.slice_view import qMRMLAbstractViewWidget
from Bench.widgets.table_view import qMRMLTableView


class qMRMLTableViewControllerWidget(qMRMLViewControllerBar):
    """The bar of a table view."""


class qMRMLTableWidget(qMRMLAbstractViewWidget):
    """A table view with its bar."""

    def __init__(self, parent: QtWidgets.QWidget | None = None) -> None:
        super().__init__(parent)
        self._controller = qMRMLTableViewControllerWidget()
        self._view = qMRMLTableView()
        layout = QtWidgets.QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self._controller)
        layout.addWidget(self._view, 1)

    def _adopt(self, node: Any, application_logic: Any, scene: Any) -> None:
        self.setMRMLScene(scene)
        self._view.setMRMLScene(scene)
        self._view.setMRMLTableViewNode(node)
        self._controller._describe(node.GetLayoutLabel() or "T", node.GetLayoutColor())

    def tableView(self) -> qMRMLTableView:
        return self._view

    def viewWidget(self) -> qMRMLTableView:
        return self._view

    def tableController(self) -> qMRMLTableViewControllerWidget:
        return self._controller

    def controllerWidget(self) -> qMRMLTableViewControllerWidget:
        return self._controller

    def mrmlTableViewNode(self) -> Any:
        return self._view.mrmlTableViewNode()

    def mrmlAbstractViewNode(self) -> Any:
        return self._view.mrmlTableViewNode()

    @QtCore.Slot(bool)
    def setRenderPaused(self, pause: bool) -> None:
        self._view.setUpdatesEnabled(not pause)


class ctkVTKChartView(ctkVTKAbstractView):
    """A VTK chart. (In CTK its base is the native window; here all views are drawn off screen.)"""

    def __init__(self, parent: QtWidgets.QWidget | None = None) -> None:
        super().__init__(parent)
        self._window.RemoveRenderer(self._renderer)  # the chart's view brings its own
        self._context = vtk.vtkContextView()
        self._context.SetRenderWindow(self._window)
        self._context.SetInteractor(self._interactor)
        self._renderer = self._context.GetRenderer()
        self._renderer.SetBackground(1.0, 1.0, 1.0)
        self._chart = vtk.vtkChartXY()
        self._context.GetScene().AddItem(self._chart)

    def _get_title(self) -> str:
        return self._chart.GetTitle()

    def _set_title(self, title: str) -> None:
        self._chart.SetTitle(title)

    title = QtCore.Property(str, _get_title, _set_title)

    def chart(self) -> Any:
        return self._chart

    def scene(self) -> Any:
        return self._context.GetScene()

    def addPlot(self, plot: Any) -> None:
        self._chart.AddPlot(plot)

    def removePlot(self, plot: Any) -> None:
        self._chart.RemovePlotInstance(plot)

    @QtCore.Slot()
    def removeAllPlots(self) -> None:
        self._chart.ClearPlots()


class qMRMLPlotView(ctkVTKChartView):
    """The chart of a plot view node."""

    mrmlSceneChanged = QtCore.Signal(object)
    dataSelected = QtCore.Signal(object, object)

    def __init__(self, parent: QtWidgets.QWidget | None = None) -> None:
        super().__init__(parent)
        self._scene: Any = None
        self._node: Any = None
        self._observing = Observing(self)

    @QtCore.Slot(object)
    def setMRMLScene(self, scene: Any) -> None:
        self._scene = scene
        self.mrmlSceneChanged.emit(scene)

    @QtCore.Slot(object)
    def setMRMLPlotViewNode(self, node: Any) -> None:
        self._node = node
        self._refresh(node, "")

    @QtCore.Slot()
    def fitToContent(self) -> None:
        self._chart.RecalculateBounds()
        self._schedule()

    def _refresh(self, _caller: Any, _event: str) -> None:
        self._observing.clear()
        self._chart.ClearPlots()
        if self._node is not None:
            self._observing.add(self._node, vtk.vtkCommand.ModifiedEvent, self._refresh)
            chart = self._node.GetPlotChartNode()
            if chart is not None:
                self._observing.add(chart, vtk.vtkCommand.ModifiedEvent, self._refresh)
                self._draw_chart(chart)
        self.fitToContent()

    def _draw_chart(self, chart: Any) -> None:
        self._chart.SetTitle((chart.GetTitle() or "") if chart.GetTitleVisibility() else "")
        self._chart.SetShowLegend(chart.GetLegendVisibility())
        titles = (chart.GetXAxisTitle(), chart.GetYAxisTitle())
        for axis, title, shown in (
            (vtk.vtkAxis.BOTTOM, titles[0], chart.GetXAxisTitleVisibility()),
            (vtk.vtkAxis.LEFT, titles[1], chart.GetYAxisTitleVisibility()),
        ):
            self._chart.GetAxis(axis).SetTitle((title or "") if shown else "")
        self._set_ranges(chart)
        for i in range(chart.GetNumberOfPlotSeriesNodes()):
            series = chart.GetNthPlotSeriesNode(i)
            if series is not None:
                self._observing.add(series, vtk.vtkCommand.ModifiedEvent, self._refresh)
                self._draw_series(series)

    def _set_ranges(self, chart: Any) -> None:
        for axis, automatic, limits in (
            (vtk.vtkAxis.BOTTOM, chart.GetXAxisRangeAuto(), chart.GetXAxisRange()),
            (vtk.vtkAxis.LEFT, chart.GetYAxisRangeAuto(), chart.GetYAxisRange()),
        ):
            item = self._chart.GetAxis(axis)
            item.SetBehavior(vtk.vtkAxis.AUTO if automatic else vtk.vtkAxis.FIXED)
            if not automatic:
                item.SetRange(*limits)

    def _draw_series(self, series: Any) -> None:
        table_node = series.GetTableNode()
        if table_node is None:
            return
        self._observing.add(table_node, vtk.vtkCommand.ModifiedEvent, self._refresh)
        table = table_node.GetTable()
        y = table.GetColumnByName(series.GetYColumnName() or "")
        if y is None or table.GetNumberOfRows() == 0:
            return
        bar = series.GetPlotType() in (series.PlotTypeBar, series.PlotTypeScatterBar)
        plot = self._chart.AddPlot(vtk.vtkChart.BAR if bar else vtk.vtkChart.LINE)
        x = table.GetColumnByName(series.GetXColumnName() or "") if series.IsXColumnRequired() else None
        if x is None:
            plot.SetUseIndexForXSeries(True)
            plot.SetInputData(table, series.GetYColumnName(), series.GetYColumnName())
        else:
            plot.SetInputData(table, series.GetXColumnName(), series.GetYColumnName())
        self._style_plot(plot, series, bar)

    def _style_plot(self, plot: Any, series: Any, bar: bool) -> None:
        plot.SetColorF(*series.GetColor(), series.GetOpacity())
        plot.SetWidth(series.GetLineWidth())
        plot.SetLabel(series.GetName())
        labels = series.GetTableNode().GetTable().GetColumnByName(series.GetLabelColumnName() or "")
        if isinstance(labels, vtk.vtkStringArray):
            plot.SetIndexedLabels(labels)
        if not bar:
            # The line styles of a series are those of vtkPen, from none to dash-dot-dot.
            plot.GetPen().SetLineType(series.GetLineStyle())
            plot.SetMarkerStyle(series.GetMarkerStyle())
            plot.SetMarkerSize(series.GetMarkerSize())


class qMRMLPlotViewControllerWidget(qMRMLViewControllerBar):
    """The bar of a plot view."""


class qMRMLPlotWidget(qMRMLAbstractViewWidget):
    """A plot view with its bar."""

    def __init__(self, parent: QtWidgets.QWidget | None = None) -> None:
        super().__init__(parent)
        self._controller = qMRMLPlotViewControllerWidget()
        self._view = qMRMLPlotView()
        layout = QtWidgets.QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self._controller)
        layout.addWidget(self._view, 1)

    def _adopt(self, node: Any, application_logic: Any, scene: Any) -> None:
        self.setMRMLScene(scene)
        self._view.setMRMLScene(scene)
        self._view.setMRMLPlotViewNode(node)
        self._controller._describe(node.GetLayoutLabel() or "P", node.GetLayoutColor())

    def plotView(self) -> qMRMLPlotView:
        return self._view

    def viewWidget(self) -> qMRMLPlotView:
        return self._view

    def plotController(self) -> qMRMLPlotViewControllerWidget:
        return self._controller

    def controllerWidget(self) -> qMRMLPlotViewControllerWidget:
        return self._controller

    def mrmlPlotViewNode(self) -> Any:
        return self._view._node

    def mrmlAbstractViewNode(self) -> Any:
        return self._view._node
