"""slicer.parameterNodeWrapper: typed access to a parameter node and its connection to widgets.

What is kept in the node (names, text forms, node references) is as in Slicer for numbers, texts, paths, enums and
nodes. Lists, dictionaries and parameter packs are not supported here: an annotation of such a type raises TypeError.
"""

from __future__ import annotations

import itertools
import typing
from collections.abc import Iterable
from typing import Any

import slicer
import vtk

from Bench.slicer_modules.parameter_gui import Connector, connector_for
from Bench.slicer_modules.parameter_types import (
    Choice,
    Decimals,
    Default,
    Exclude,
    Label,
    Maximum,
    Minimum,
    NotNone,
    Parameter,
    SingleStep,
    Validator,
    WithinRange,
)

__all__ = [
    "Choice",
    "Decimals",
    "Default",
    "Exclude",
    "Label",
    "Maximum",
    "Minimum",
    "NotNone",
    "SingleStep",
    "SlicerParameterNamePropertyName",
    "Validator",
    "WithinRange",
    "isParameterNodeWrapper",
    "parameterNodeWrapper",
]

SlicerParameterNamePropertyName = "SlicerParameterName"
_RESERVED = frozenset(
    "default isCached dataType getValue setValue connectGui connectParametersToGui disconnectGui StartModify EndModify "
    "AddObserver RemoveObserver Modified allParameters".split()
)


def isParameterNodeWrapper(classOrObj: Any) -> bool:
    """Whether a class or object was made by the decorator."""
    return hasattr(classOrObj, "_bench_parameters")


def parameterNodeWrapper(classtype: type | None = None) -> Any:
    """Turn a class of annotations into typed access to a vtkMRMLScriptedModuleNode."""
    return _wrapped(classtype) if classtype is not None else _wrapped


def _wrapped(cls: type) -> type:
    hints = typing.get_type_hints(cls, include_extras=True)
    parameters = {name: Parameter(name, hint, getattr(cls, name, None)) for name, hint in hints.items()}
    taken = _RESERVED & set(parameters)
    if taken:
        raise ValueError(f"these parameter names are reserved: {sorted(taken)}")
    members = {name: _accessor(parameter) for name, parameter in parameters.items()}
    return type(
        cls.__name__, (_Wrapper, cls), {**members, "_bench_parameters": parameters, "__module__": cls.__module__}
    )


def _accessor(parameter: Parameter) -> property:
    def read(self: _Wrapper) -> Any:
        return parameter.read(self.parameterNode)

    def write(self: _Wrapper, value: Any) -> None:
        parameter.write(self.parameterNode, value)

    return property(read, write)


class _Wrapper:
    """What every wrapped class can do."""

    _bench_parameters: dict[str, Parameter] = {}  # noqa: RUF012 - replaced by each class

    def __init__(self, parameterNode: Any, prefix: str | None = None) -> None:
        if not isinstance(parameterNode, slicer.vtkMRMLScriptedModuleNode):
            raise TypeError("parameterNode must be a vtkMRMLScriptedModuleNode")
        object.__setattr__(self, "parameterNode", parameterNode)
        object.__setattr__(self, "_connections", {})
        object.__setattr__(self, "_tags", itertools.count())
        for parameter in self._bench_parameters.values():
            if not parameter.is_in(parameterNode):
                parameter.write(parameterNode, parameter.default)

    def __setattr__(self, name: str, value: Any) -> None:
        if name not in self._bench_parameters:
            raise AttributeError(f"{type(self).__name__} has no parameter '{name}'")
        object.__setattr__(self, name, value)

    def _parameter(self, name: str) -> Parameter:
        if name not in self._bench_parameters:
            raise ValueError(f"Cannot find a param with the given name: {name}")
        return self._bench_parameters[name]

    def default(self, parameterName: str) -> Any:
        return self._parameter(parameterName).default

    def dataType(self, parameterName: str) -> Any:
        return self._parameter(parameterName).type

    def isCached(self, parameterName: str) -> bool:
        self._parameter(parameterName)
        return False

    def getValue(self, parameterName: str) -> Any:
        return self._parameter(parameterName).read(self.parameterNode)

    def setValue(self, parameterName: str, value: Any) -> None:
        self._parameter(parameterName).write(self.parameterNode, value)

    def allParameters(self) -> list[str]:
        return list(self._bench_parameters)

    def StartModify(self) -> int:
        return self.parameterNode.StartModify()

    def EndModify(self, previous: int) -> None:
        self.parameterNode.EndModify(previous)

    def AddObserver(self, event: Any, callback: Any, priority: float = 0.0) -> int:
        return self.parameterNode.AddObserver(event, callback, priority)

    def RemoveObserver(self, tag: int) -> None:
        self.parameterNode.RemoveObserver(tag)

    def Modified(self) -> None:
        self.parameterNode.Modified()

    # Widgets

    def connectGui(self, gui: Any) -> int:
        """Connect every widget of `gui` (an object with widgets as attributes) that names a parameter; return a tag."""
        found = {}
        for widget in list(vars(gui).values()):
            name = widget.property(SlicerParameterNamePropertyName) if hasattr(widget, "property") else None
            if name:
                found[name] = widget
        return self.connectParametersToGui(found)

    def connectParametersToGui(self, mapping: dict[str, Any]) -> int:
        """Connect parameters to widgets by name; return a tag for disconnectGui."""
        connection = _Connection(self.parameterNode, ((self._parameter(n), w) for n, w in mapping.items()))
        tag = next(self._tags)
        self._connections[tag] = connection
        return tag

    def disconnectGui(self, tag: int) -> None:
        """Undo one connection."""
        self._connections.pop(tag).release()


class _Connection:
    """Widgets and node kept the same, in both directions."""

    def __init__(self, node: Any, pairs: Iterable[tuple[Parameter, Any]]) -> None:
        self._node = node
        self._busy = False
        self._pairs = [(parameter, connector_for(widget, parameter)) for parameter, widget in pairs]
        self._show(None, "")
        for parameter, connector in self._pairs:
            connector.on_changed(self._storing(parameter, connector))
        self._tag = node.AddObserver(vtk.vtkCommand.ModifiedEvent, self._show)

    def _show(self, _caller: Any, _event: str) -> None:
        if self._busy:
            return
        self._busy = True
        try:
            for parameter, connector in self._pairs:
                # A cleared scene leaves the node without its parameters; the module then lets go of it.
                if parameter.is_in(self._node):
                    value = parameter.read(self._node)
                    if connector.read() != value:
                        connector.write(value)
        finally:
            self._busy = False

    def _storing(self, parameter: Parameter, connector: Connector) -> Any:
        def store() -> None:
            if not self._busy:
                parameter.write(self._node, connector.read())

        return store

    def release(self) -> None:
        self._node.RemoveObserver(self._tag)
        for _, connector in self._pairs:
            connector.release()
