"""What the bench offers is what Slicer lists, and nothing else gets through."""

import inspect
import json
from pathlib import Path

import numpy as np
import pytest

ROOT = Path(__file__).resolve().parents[3]
REFERENCE = ROOT.parent / "shared" / "reference"
# Basic property types: moc's spelling in the API files -> the bench's
TYPES = {"bool": "bool", "double": "double", "int": "int", "QString": "QString", "QStringList": "QStringList"}


@pytest.fixture
def classes(bench):
    from Bench.pythonqt import registry

    return {name: registry.widget_class(name) for name in registry.names("")}


def defined(cls):
    return {name for name in vars(cls) if name[0] != "_" and name != "staticMetaObject"}


def pyside_base(cls):
    return next(base for base in cls.__mro__ if base.__module__.startswith("PySide6"))


def test_extracted_files_are_those_of_the_reference():
    if not REFERENCE.is_dir():
        pytest.skip("the reference API files lie beside a developer's checkout only")
    from Bench.api import HERE
    from Bench.api.extract import extract

    for name, content in extract(REFERENCE).items():
        assert json.loads((HERE / name).read_text(encoding="utf-8")) == content, f"run Bench/api/extract.py for {name}"


def test_no_class_offers_a_name_slicer_does_not_list(classes):
    from Bench import api

    extra = {name: defined(cls) - api.members(name) - set(dir(pyside_base(cls))) for name, cls in classes.items()}
    assert not {name: names for name, names in extra.items() if names}


def test_properties_are_properties_and_signals_are_signals(classes):
    from Bench import api
    from PySide6 import QtCore

    wrong = []
    for name, cls in classes.items():
        entry, meta = api.table("widgets")[name], cls.staticMetaObject
        properties = {meta.property(i).name(): meta.property(i).typeName() for i in range(meta.propertyCount())}
        methods = [meta.method(i) for i in range(meta.methodCount())]
        kind = QtCore.QMetaMethod.MethodType.Signal
        signals = {(m.name().data().decode(), m.parameterCount()) for m in methods if m.methodType() == kind}
        for item in defined(cls) & set(entry.get("properties", {})):
            wanted = TYPES.get(entry["properties"][item]["type"])
            if item not in properties or (wanted and properties[item] != wanted):
                wrong.append(f"{name}.{item} is {properties.get(item)}, Slicer's is {wanted}")
        offered = defined(cls) & {api.called_name(text) for text in entry.get("signals", [])}
        for text in entry.get("signals", []):
            if api.called_name(text) in offered and (api.called_name(text), api.argument_count(text)) not in signals:
                wrong.append(f"{name} lacks the signal {text}")
        calls = {api.called_name(text) for key in ("slots", "invokables") for text in entry.get(key, [])}
        wrong += [
            f"{name}.{item} must be called"
            for item in defined(cls) & calls - set(entry.get("properties", {}))
            if not callable(vars(cls)[item])
        ]
    assert not wrong


def test_every_class_of_the_list_is_offered(classes):
    from Bench.api.extract import OFFERED

    assert not set(OFFERED) - set(classes)


def test_base_classes_are_slicers(classes):
    from Bench import api

    for name, cls in classes.items():
        base = api.table("widgets")[name].get("super", "")
        if base in classes:
            assert issubclass(cls, classes[base]), f"{name} must derive from {base}"


def test_property_is_a_value_and_cannot_be_called(bench):
    import ctk
    import qt

    label = qt.QLabel("text")
    assert label.text == "text"
    with pytest.raises(TypeError):
        label.text()
    slider = ctk.ctkSliderWidget()
    slider.value = np.float64(7)
    assert slider.value == 7.0
    label.text = "other"
    assert label.text == "other"
    assert qt.QComboBox().count == 0
    with pytest.raises(AttributeError, match="not writable"):
        qt.QComboBox().count = 3


def test_typo_raises_when_read_and_when_set(bench):
    import ctk
    import qt
    import slicer

    button = qt.QPushButton("Run")
    with pytest.raises(AttributeError, match="enabeld"):
        button.enabeld = False
    with pytest.raises(AttributeError, match="setTxet"):
        button.setTxet("x")
    with pytest.raises(AttributeError, match="QPushButon"):
        qt.QPushButon()
    with pytest.raises(AttributeError, match="ctkSliderWidgte"):
        ctk.ctkSliderWidgte()
    with pytest.raises(AttributeError, match="layoutManger"):
        slicer.app.layoutManger()
    with pytest.raises(AttributeError, match="notThere"):
        slicer.app.notThere = 1


def test_accessors_of_ctk_and_qmrml_classes_do_not_exist(bench):
    import ctk
    import slicer

    section, selector = ctk.ctkCollapsibleButton(), slicer.qMRMLNodeComboBox()
    with pytest.raises(AttributeError, match="setCollapsed"):
        section.setCollapsed(True)
    with pytest.raises(AttributeError, match="setNodeTypes"):
        selector.setNodeTypes(["vtkMRMLNode"])
    section.collapsed = True
    assert section.collapsed is True
    selector.nodeTypes = ["vtkMRMLScalarVolumeNode"]
    assert selector.nodeTypes == ("vtkMRMLScalarVolumeNode",)


def test_name_slicer_has_and_the_bench_lacks_says_so(bench):
    import slicer

    with pytest.raises(NotImplementedError, match="setSlabReconstructionType"):
        slicer.app.layoutManager().sliceWidget("Red").sliceController().setSlabReconstructionType(1)


def test_names_that_follow_pythonqt_only(bench):
    import qt

    holder = qt.QWidget()
    button = qt.QPushButton("Run", holder)
    button.name = "runButton"
    assert button.objectName == button.name == "runButton"
    assert holder.runButton is button
    assert button.className() == "QPushButton"
    assert button.inherits("QAbstractButton")
    holder.setProperty("note", "kept")
    assert holder.note == "kept"
    assert isinstance(holder.children(), tuple)
    assert isinstance(qt.QMessageBox.Ok, int)


def test_subclass_takes_attributes_and_overrides(bench):
    import qt

    class Page(qt.QWidget):
        def __init__(self):
            qt.QWidget.__init__(self)
            self.state = "new"

        def sizeHint(self):
            return qt.QSize(321, 20)

    page = Page()
    page.state = "used"
    assert page.state == "used"
    holder = qt.QWidget()
    layout = qt.QVBoxLayout(holder)
    layout.addWidget(page)
    assert layout.sizeHint().width() >= 321


def test_slots_get_as_many_arguments_as_they_take(bench):
    import qt

    got = []
    box = qt.QSpinBox()
    box.connect("valueChanged(int)", lambda: got.append("none"))
    box.connect("valueChanged(int)", lambda value: got.append(value))
    box.connect("valueChanged(int)", lambda *values: got.append(values))
    box.value = 7
    assert got == ["none", 7, (7,)]
    button = qt.QPushButton()
    button.connect("clicked()", lambda *values: got.append(values))
    button.click()
    assert got[-1] == ()
    assert button.disconnect("clicked()") is True
    button.click()
    assert len(got) == 4


def test_wrong_signal_connects_nothing_and_is_a_problem(bench):
    import qt
    from Bench import problems

    assert qt.QPushButton().connect("clickd()", print) is False
    assert "clickd()" in problems.take()[0]


def test_python_modules_have_slicers_functions_and_signatures(bench):
    import importlib

    from Bench import api

    wrong = []
    for name in ("slicer.i18n", "slicer.packaging", "slicer.testing", "slicer.ScriptedLoadableModule"):
        module, entry = importlib.import_module(name), api.table("python")[name]
        listed = {*entry.get("functions", {}), *entry.get("classes", {}), *entry.get("constants", {})}
        own = {
            key
            for key, value in vars(module).items()
            if key[0] != "_"
            and getattr(value, "__module__", name) in (name, module.__name__)
            and not inspect.ismodule(value)
        }
        wrong += [f"{name}.{key} is not Slicer's" for key in own - listed - {"annotations"}]
        for key, about in entry.get("functions", {}).items():
            wrong += differing(f"{name}.{key}", getattr(module, key, None), about["sig"])
        for key, about in entry.get("classes", {}).items():
            for method, details in about.get("methods", {}).items():
                found = getattr(getattr(module, key, None), method, None)
                wrong += differing(f"{name}.{key}.{method}", found, details["sig"])
    assert not wrong


def differing(name, function, listed):
    """Return a complaint where the parameters' names, order or optional ones differ from the listed signature."""
    if function is None:
        return [f"{name} is missing"]
    if parameters(function) != parameters(_from_text(listed)):
        return [f"{name}{inspect.signature(function)} differs from {listed}"]
    return []


def parameters(function):
    return [(p.name, p.default is p.empty, p.kind) for p in inspect.signature(function).parameters.values()]


def _from_text(signature):
    scope = {}
    exec(f"from __future__ import annotations\ndef f{signature}: ...", scope)
    return scope["f"]
