"""PythonQt's attribute rules, laid over every PySide6 object of the process.

In Slicer a Qt property is a value (`label.text`, never `label.text()`), a ctk or qMRML class has only its properties,
slots, invokable methods, signals and enum values, and a name that does not exist raises. The rules come from
PythonQt's sources, see `rules` in the Slicer API file the lists in `Bench/api` were cut from. They are set on QObject
itself, because an object Qt made (a message box's button, a header view) must obey them too.

Names that start with an underscore belong to the bench's own classes and pass through.
"""

from __future__ import annotations

import functools
import sys
import types
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import shiboken6
from PySide6 import QtCore, QtGui, QtNetwork, QtUiTools, QtWidgets

from Bench import api
from Bench.pythonqt import signals

# Decorators PythonQt puts on every QObject, and what PySide6 itself asks for.
_ALWAYS = frozenset(
    "property setProperty parent setParent findChild findChildren connect disconnect className inherits delete help "
    "metaObject tr emit event eventFilter connectNotify disconnectNotify childEvent customEvent timerEvent".split()
)
# PySide6's own look-up: QObject's, and that of the few classes with methods that are static and not (QProcess, QMenu).
_plain_lookups: dict[type, Callable[[Any, str], Any]] = {QtCore.QObject: QtCore.QObject.__getattribute__}
# Python only lets the next base without a function of ours store the attribute.
_plain_set = next(base for base in QtCore.QObject.__mro__ if base.__name__ == "Object").__setattr__
_installed: list[bool] = []
_asking: set[tuple[int, str]] = set()


@dataclass(frozen=True)
class _ClassRules:
    """What holds for the instances of one Python class."""

    title: str
    properties: dict[str, QtCore.QMetaProperty]
    listed: frozenset[str]
    own: frozenset[str]  # names a script's subclass defines itself
    is_script_class: bool
    takes_attributes: bool
    unlisted: frozenset[str]  # PySide6 has it, Slicer's Python does not


def is_bench_class(cls: type) -> bool:
    """Whether the bench itself defines this class, to stand for a ctk, qMRML or qSlicer class."""
    return api.is_widget_class(cls.__name__) and cls.__module__.split(".")[0] == "Bench"


def _is_pyside(cls: type) -> bool:
    return cls.__module__.split(".")[0] in ("PySide6", "shiboken6", "Shiboken", "builtins", "enum")


def api_class(cls: type) -> type:
    """Return the most derived class of the API among the bases of `cls`."""
    for base in cls.__mro__:
        if is_bench_class(base) or (_is_pyside(base) and api.is_qt_class(base.__name__)):
            return base
    return QtCore.QObject


@functools.cache
def class_rules(cls: type) -> _ClassRules:
    """Return the rules for the instances of `cls`."""
    base = api_class(cls)
    scripted = [c for c in cls.__mro__[: cls.__mro__.index(base)] if not _is_pyside(c)]
    meta = cls.staticMetaObject  # type: ignore[attr-defined]
    listed = api.members(base.__name__) | _ALWAYS
    properties = {meta.property(i).name(): meta.property(i) for i in range(meta.propertyCount())}
    pyside = next((c for c in cls.__mro__ if _is_pyside(c)), QtCore.QObject)
    return _ClassRules(
        title=base.__name__,
        properties={name: item for name, item in properties.items() if name in listed},
        listed=listed,
        own=frozenset(name for c in scripted for name in vars(c)),
        is_script_class=bool(scripted),
        takes_attributes=bool(scripted),
        unlisted=frozenset(dir(pyside)) - listed,
    )


@functools.cache
def _plain_lookup(cls: type) -> Callable[[Any, str], Any]:
    return next(_plain_lookups[base] for base in cls.__mro__ if base in _plain_lookups)


def _plain_get(self: QtCore.QObject, name: str) -> Any:
    return _plain_lookup(type(self))(self, name)


def _get(self: QtCore.QObject, name: str) -> Any:
    if name[:1] == "_":
        return _plain_get(self, name)
    rules = class_rules(type(self))
    if rules.is_script_class and (name in rules.own or name in _plain_get(self, "__dict__")):
        return _plain_get(self, name)
    if name in rules.properties:
        return _property_value(self, name)
    if name in signals.ON_OBJECTS:
        return types.MethodType(signals.ON_OBJECTS[name], self)
    if name in _EXTRA:
        return types.MethodType(_EXTRA[name], self)
    if name in _replaced and isinstance(self, _replaced[name][0]):
        return types.MethodType(_replaced[name][1], self)
    if name in rules.listed:
        return _listed(self, name, rules)
    return _unlisted(self, name, rules)


def _property_value(self: QtCore.QObject, name: str) -> Any:
    # Qt calls a virtual such as sizeHint(), PySide6 then asks this object for a Python function of that name, and
    # reading the property would call the virtual again: the nested question gets the plain method.
    key = (id(self), name)
    if key in _asking:
        return _plain_get(self, name)
    _asking.add(key)
    try:
        return as_python(QtCore.QObject.property(self, name))
    finally:
        _asking.discard(key)


def as_python(value: Any) -> Any:
    """Return a value as PythonQt hands it over: lists as tuples."""
    return tuple(value) if isinstance(value, list) else value


def _listed(self: QtCore.QObject, name: str, rules: _ClassRules) -> Any:
    try:
        found = _plain_get(self, name)
    except AttributeError:
        if api.is_widget_class(rules.title) and name in api.own_members(rules.title):
            raise NotImplementedError(f"Slicer has {rules.title}.{name}, this bench does not offer it yet") from None
        raise AttributeError(
            f"{rules.title}.{name} exists with Qt 5 only; a page must run with Qt 5 and Qt 6"
        ) from None
    return found


def _unlisted(self: QtCore.QObject, name: str, rules: _ClassRules) -> Any:
    if name == "name":
        return QtCore.QObject.property(self, "objectName")
    if name.endswith("_") and name[:-1] in rules.listed:  # exec_ -> exec
        return _get(self, name[:-1])
    if name in rules.unlisted and not _asked_by_script(name):
        return _plain_get(self, name)
    value = QtCore.QObject.property(self, name)
    if value is not None:
        return as_python(value)
    child = _child(self, name)
    if child is None:
        raise AttributeError(f"{rules.title} has no attribute named '{name}' (not in Slicer's API)")
    return child


def _asked_by_script(name: str) -> bool:
    """Whether running Python code names this attribute; PySide6 asks for an override of every virtual function."""
    code = sys._getframe(3).f_code
    return name in code.co_names or name in code.co_consts


def _child(self: QtCore.QObject, name: str) -> QtCore.QObject | None:
    for child in QtCore.QObject.children(self):
        if QtCore.QObject.objectName(child) == name:
            return child
    return None


def _set(self: QtCore.QObject, name: str, value: Any) -> None:
    if isinstance(value, QtCore.QObject) and QtCore.QObject.objectName(value) == name and _is_loading():
        return  # PySide6's QUiLoader sets each widget on the top one; here the look-up by name does that
    if isinstance(value, QtCore.SignalInstance):
        _plain_set(self, name, value)  # PySide6 keeps a signal on its object when it is first asked for
        return
    rules = class_rules(type(self))
    if name == "name" and "name" not in rules.properties and name not in rules.own:
        name = "objectName"
    if name in rules.properties:
        _set_property(self, rules.properties[name], name, value)
    elif rules.takes_attributes or (name[:1] == "_" and is_bench_class(type(self))):
        _plain_set(self, name, value)
    elif name not in rules.listed and QtCore.QObject.property(self, name) is not None:
        QtCore.QObject.setProperty(self, name, value)
    else:
        raise AttributeError(
            f"'{name}' does not exist on {rules.title} and creating new attributes on C++ objects is not allowed"
        )


def _is_loading() -> bool:
    return sys._getframe(2).f_code.co_name == "load"


def _set_property(self: QtCore.QObject, item: QtCore.QMetaProperty, name: str, value: Any) -> None:
    if not item.isWritable():
        raise AttributeError(f"Property '{name}' of {type(self).__name__} object is not writable")
    value = list(value) if isinstance(value, tuple) else value
    # PySide6 cannot carry a number with a class of its own: VTK's enum values, numpy's float64.
    if item.typeName() in ("int", "double") and isinstance(value, int):
        value = int(value)
    elif item.typeName() == "double" and isinstance(value, float):
        value = float(value)
    if not QtCore.QObject.setProperty(self, name, value):
        raise AttributeError(f"Property '{name}' of type '{item.typeName()}' does not accept {value!r}")


def _class_name(self: QtCore.QObject) -> str:
    return class_rules(type(self)).title


def _inherits(self: QtCore.QObject, name: str) -> bool:
    return any(base.__name__ == name for base in type(self).__mro__)


def _delete(self: QtCore.QObject) -> None:
    shiboken6.delete(self)


def _of_kind(self: QtCore.QObject, kind: Any, name: str) -> list[QtCore.QObject]:
    """Return the objects below this one, of a class or a class name, with a name where one is given."""
    below = QtCore.QObject.findChildren(self, kind if isinstance(kind, type) else QtCore.QObject)
    fitting = [item for item in below if isinstance(kind, type) or _inherits(item, str(kind))]
    return [item for item in fitting if not name or QtCore.QObject.objectName(item) == name]


def _find_children(self: QtCore.QObject, kind: Any, name: str = "") -> tuple[QtCore.QObject, ...]:
    return tuple(_of_kind(self, kind, name))


def _find_child(self: QtCore.QObject, kind: Any, name: str = "") -> QtCore.QObject | None:
    return next(iter(_of_kind(self, kind, name)), None)


def _children(self: QtCore.QObject) -> tuple[QtCore.QObject, ...]:
    return tuple(QtCore.QObject.children(self))


_EXTRA: dict[str, Callable[..., Any]] = {
    "className": _class_name,
    "inherits": _inherits,
    "delete": _delete,
    "children": _children,
    "findChild": _find_child,
    "findChildren": _find_children,
}


_replaced: dict[str, tuple[type, Callable[..., Any]]] = {}


def replace(cls: type, name: str, function: Callable[..., Any]) -> None:
    """Let `function` stand for a method of a class PySide6 looks up past the class, one that is also static."""
    _replaced[name] = (cls, function)


def install() -> None:
    """Lay the rules over QObject. Doing it twice does no harm."""
    if _installed:
        return
    _installed.append(True)
    QtCore.QObject.__getattribute__ = _get  # type: ignore[method-assign]
    # Unlike reading, writing is a slot of every PySide6 class of its own; reading is one of a few.
    for module in (QtCore, QtGui, QtWidgets, QtNetwork, QtUiTools):
        for name in dir(module):
            cls = getattr(module, name)
            if isinstance(cls, type) and issubclass(cls, QtCore.QObject):
                cls.__setattr__ = _set  # type: ignore[method-assign,assignment]
                if "__getattribute__" in vars(cls) and cls not in _plain_lookups:
                    _plain_lookups[cls] = cls.__getattribute__
                    cls.__getattribute__ = _get  # type: ignore[method-assign]
