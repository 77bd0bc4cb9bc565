"""Cut the part of the two Slicer API files that the bench offers into the small files beside this one.

Run `python Testing/Bench/api/extract.py <folder of slicer-qt-api.json and slicer-python-api.json>` after a new class
joins `OFFERED` or the API files change. Both files were generated from Slicer's and CTK's sources (see `meta` in
each).
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
Api = dict[str, Any]

# ctk*, qMRML* and qSlicer* classes the bench offers; their base classes come along by themselves.
OFFERED = """
ctkCheckBox ctkCheckablePushButton ctkCollapsibleButton ctkCollapsibleGroupBox ctkComboBox ctkDirectoryButton
ctkDoubleRangeSlider ctkDoubleSlider ctkDoubleSpinBox ctkExpandButton ctkFittedTextBrowser ctkMenuButton ctkMessageBox
ctkPathLineEdit ctkPushButton ctkRangeWidget ctkSearchBox ctkSliderWidget ctkLayoutManager ctkVTKAbstractView
ctkVTKChartView ctkVTKRenderView ctkVTKSliceView ctkDICOMDatabase qMRMLCollapsibleButton qMRMLColorTableComboBox
qMRMLLayoutManager qMRMLNodeComboBox qMRMLPlotView qMRMLPlotViewControllerWidget qMRMLPlotWidget qMRMLRangeWidget
qMRMLSliceControllerWidget qMRMLSliceView qMRMLSliceWidget qMRMLSliderWidget qMRMLSpinBox qMRMLTableView
qMRMLTableViewControllerWidget qMRMLTableWidget qMRMLThreeDView qMRMLThreeDViewControllerWidget qMRMLThreeDWidget
qMRMLViewControllerBar qMRMLWidget qSlicerAbstractCoreModule qSlicerAbstractModule qSlicerAbstractModuleWidget
qSlicerApplication qSlicerCoreApplication qSlicerCoreCommandOptions qSlicerCommandOptions qSlicerCoreIOManager
qSlicerIOManager qSlicerLayoutManager qSlicerLoadableModule qSlicerMainWindow qSlicerMarkupsPlaceWidget
qSlicerModuleFactoryManager qSlicerModuleManager qSlicerModuleSelectorToolBar qSlicerScriptedLoadableModule
qSlicerScriptedLoadableModuleWidget qSlicerScriptedFileDialog qSlicerFileDialog qSlicerWidget
qSlicerExtensionsManagerModel
""".split()

# Plain Qt classes, by what a module page may need.
QT_CLASSES = """
QObject QCoreApplication QGuiApplication QApplication QTimer QTimerEvent QProcess QProcessEnvironment QThread
QEventLoop QEvent QSettings QFile QFileDevice QIODevice QFileInfo QDir QTemporaryDir QTemporaryFile QSaveFile QUrl
QUrlQuery QByteArray QBuffer QMimeData QDate QTime QDateTime QLocale QStandardPaths QLibraryInfo QSysInfo QSize QSizeF
QPoint QPointF QRect QRectF QLine QLineF QMargins QModelIndex QPersistentModelIndex QItemSelection QItemSelectionModel
QItemSelectionRange QAbstractItemModel QAbstractTableModel QAbstractListModel QAbstractProxyModel
QSortFilterProxyModel QIdentityProxyModel QStringListModel QSignalBlocker QSignalMapper QFileSystemWatcher
QElapsedTimer QRegularExpression QRegularExpressionMatch QJsonDocument QTranslator QUuid QVersionNumber
QCryptographicHash QPropertyAnimation QAbstractAnimation QVariantAnimation QEasingCurve QWidget QFrame QLabel
QAbstractButton QPushButton QToolButton QCheckBox QRadioButton QButtonGroup QComboBox QFontComboBox QLineEdit
QTextEdit QPlainTextEdit QTextBrowser QAbstractSpinBox QSpinBox QDoubleSpinBox QDateEdit QDateTimeEdit QTimeEdit
QAbstractSlider QSlider QScrollBar QDial QProgressBar QProgressDialog QGroupBox QTabWidget QTabBar QStackedWidget
QToolBox QScrollArea QAbstractScrollArea QSplitter QSplitterHandle QSizeGrip QListWidget QListWidgetItem QListView
QTreeWidget QTreeWidgetItem QTreeView QTableWidget QTableWidgetItem QTableView QHeaderView QAbstractItemView
QAbstractItemDelegate QStyledItemDelegate QItemDelegate QStyle QCommonStyle QStyleFactory QStyleOption
QStyleOptionViewItem QStyleOptionButton QStyleOptionProgressBar QProxyStyle QDialog QDialogButtonBox QMessageBox
QErrorMessage QFileDialog QInputDialog QColorDialog QFontDialog QMainWindow QStatusBar QMenuBar QMenu QToolBar
QDockWidget QAction QActionGroup QWidgetAction QShortcut QKeySequence QLayout QLayoutItem QBoxLayout QVBoxLayout
QHBoxLayout QFormLayout QGridLayout QStackedLayout QSpacerItem QWidgetItem QSizePolicy QToolTip QWhatsThis QCompleter
QRubberBand QSplashScreen QGraphicsOpacityEffect QGraphicsEffect QColor QBrush QPen QFont QFontMetrics QFontMetricsF
QFontInfo QFontDatabase QPalette QIcon QPixmap QImage QBitmap QImageReader QImageWriter QPainter QPainterPath QPolygon
QPolygonF QRegion QTransform QGradient QLinearGradient QRadialGradient QCursor QClipboard QScreen QWindow QMovie
QMouseEvent QKeyEvent QWheelEvent QInputEvent QFocusEvent QPaintEvent QResizeEvent QMoveEvent QCloseEvent QShowEvent
QHideEvent QEnterEvent QHoverEvent QContextMenuEvent QDropEvent QDragEnterEvent QDragMoveEvent QDragLeaveEvent QDrag
QHelpEvent QStatusTipEvent QShortcutEvent QActionEvent QChildEvent QFileOpenEvent QTouchEvent QStandardItem
QStandardItemModel QValidator QIntValidator QDoubleValidator QRegularExpressionValidator QTextDocument QTextCursor
QTextCharFormat QTextFormat QTextBlock QTextBlockFormat QTextOption QTextLayout QSyntaxHighlighter QDesktopServices
QPaintDevice QPicture QUndoStack QUndoCommand QSystemTrayIcon QUiLoader QNetworkAccessManager QNetworkRequest
QNetworkReply Qt
""".split()

PYTHON_MODULES = (
    "DICOMLib.DICOMUtils",
    "SampleData",
    "slicer.ScriptedLoadableModule",
    "slicer.i18n",
    "slicer.packaging",
    "slicer.parameterNodeWrapper",
    "slicer.testing",
    "slicer.util",
    "slicerqt",
)
QT_KEYS = ("enums", "methods", "properties", "signals", "slots", "static", "super", "new")
WIDGET_KEYS = ("super", "new", "properties", "signals", "slots", "invokables", "decorated", "enums")


def widget_part(api: Api) -> Api:
    """Return what the bench needs of the ctk and Slicer classes: each offered class and its bases."""
    part: Api = {}
    todo = list(OFFERED)
    while todo:
        name = todo.pop()
        found = api["classes"].get(name)
        if found is None or name in part:
            continue
        part[name] = {key: found[key] for key in WIDGET_KEYS if key in found}
        todo += [found.get("super", ""), *found.get("also_inherits", [])]
    return {"generated_from": api["meta"]["generated_from"], "classes": dict(sorted(part.items()))}


def qt_part(api: Api) -> Api:
    """Return the member names of the plain Qt classes on the list."""
    part = {
        name: {key: api["qt"][name][key] for key in QT_KEYS if key in api["qt"][name]}
        for name in sorted(QT_CLASSES)
        if name in api["qt"]
    }
    return {"generated_from": api["meta"]["generated_from"], "classes": part}


def python_part(api: Api) -> Api:
    """Return signatures and class members of the Python modules the bench supplies or reuses, without their texts."""
    part = {
        name: _without_texts(module)
        for name, module in sorted(api["modules"].items())
        if name in PYTHON_MODULES or name.startswith("slicer.parameterNodeWrapper.")
    }
    return {"generated_from": api["meta"]["generated_from"], "modules": part}


def _without_texts(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_texts(item) for key, item in value.items() if key != "doc" or isinstance(item, dict)}
    return value


def extract(folder: Path) -> dict[str, Api]:
    """Return file name -> content of the three extracted files, from the API files in `folder`."""
    widgets = json.loads((folder / "slicer-qt-api.json").read_text(encoding="utf-8"))
    python = json.loads((folder / "slicer-python-api.json").read_text(encoding="utf-8"))
    return {"widgets.json": widget_part(widgets), "qt.json": qt_part(widgets), "python.json": python_part(python)}


def text_of(part: Api) -> str:
    """Return `part` as JSON with one class or module a line, so that a change shows in a diff."""
    key = "modules" if "modules" in part else "classes"
    rows = [f"{json.dumps(name)}: {json.dumps(value, sort_keys=True)}" for name, value in part[key].items()]
    head = json.dumps({name: value for name, value in part.items() if name != key}, sort_keys=True)[1:-1]
    return "{" + head + f',\n"{key}": {{\n' + ",\n".join(rows) + "\n}}\n"


def main() -> None:
    """Write the three files."""
    for name, part in extract(Path(sys.argv[1])).items():
        target = HERE / name
        partial = target.with_suffix(".part")
        partial.write_text(text_of(part), encoding="utf-8")
        partial.replace(target)


if __name__ == "__main__":
    main()
