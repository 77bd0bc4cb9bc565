"""slicer.parameterNodeWrapper: validators, hints and how each type of value is kept in the node."""

from __future__ import annotations

import enum
import pathlib
import types
import typing
from dataclasses import dataclass
from typing import Annotated, Any

import slicer


class Validator:
    """Checks a value before it is stored."""

    def validate(self, value: Any) -> None:
        """Raise ValueError where the value is not allowed."""
        raise NotImplementedError


class WithinRange(Validator):
    """From minimum to maximum, both included."""

    def __init__(self, minimum: float, maximum: float) -> None:
        self.minimum, self.maximum = minimum, maximum

    def validate(self, value: Any) -> None:
        if not self.minimum <= value <= self.maximum:
            raise ValueError(f"Value must be within range [{self.minimum}, {self.maximum}], value is {value}")


class Minimum(Validator):
    """Not below."""

    def __init__(self, minimum: float) -> None:
        self.minimum = minimum

    def validate(self, value: Any) -> None:
        if value < self.minimum:
            raise ValueError(f"Value must be {self.minimum} or greater, value is {value}")


class Maximum(Validator):
    """Not above."""

    def __init__(self, maximum: float) -> None:
        self.maximum = maximum

    def validate(self, value: Any) -> None:
        if value > self.maximum:
            raise ValueError(f"Value must be {self.maximum} or less, value is {value}")


class Choice(Validator):
    """One of a list."""

    def __init__(self, choices: list[Any]) -> None:
        self.choices = choices

    def validate(self, value: Any) -> None:
        if value not in self.choices:
            raise ValueError(f"Value must be one of {self.choices}, value is {value}")


class Exclude(Validator):
    """None of a list."""

    def __init__(self, excludedValues: list[Any]) -> None:
        self.excludedValues = excludedValues

    def validate(self, value: Any) -> None:
        if value in self.excludedValues:
            raise ValueError(f"Value must not be one of {self.excludedValues}, value is {value}")


class NotNone(Validator):
    """Anything but None."""

    def validate(self, value: Any) -> None:
        if value is None:
            raise ValueError("Value must not be None")


@dataclass
class Default:
    """The value a parameter starts with."""

    value: Any = None


@dataclass
class Decimals:
    """How many decimals the widget shows."""

    value: int


@dataclass
class SingleStep:
    """The widget's single step."""

    value: float


@dataclass
class Label:
    """The label a generated page would show."""

    label: str


_PLAIN_DEFAULTS: dict[type, Any] = {int: 0, float: 0.0, str: "", bool: False}


class Parameter:
    """One annotated parameter: its type, checks, start value and how it is read and written."""

    def __init__(self, name: str, annotation: Any, default: Any) -> None:
        self.name = name
        self.type, self.annotations = split(annotation)
        self.node_types = _node_types(self.type)
        self.validators = [note for note in self.annotations if isinstance(note, Validator)]
        hint = next((note for note in self.annotations if isinstance(note, Default)), None)
        self.default = hint.value if hint is not None else (self._start() if default is None else default)
        self.is_plain = self.type in _PLAIN_DEFAULTS or _is_kind(self.type, (enum.Enum, pathlib.PurePath))
        if not (self.is_plain or self.node_types):
            raise TypeError(f"parameter '{name}': the bench's parameterNodeWrapper does not know the type {self.type}")

    def _start(self) -> Any:
        if _is_kind(self.type, (enum.Enum,)):
            return next(iter(self.type))
        if _is_kind(self.type, (pathlib.PurePath,)):
            return self.type()
        return _PLAIN_DEFAULTS.get(self.type)

    def validate(self, value: Any) -> None:
        for validator in self.validators:
            validator.validate(value)

    def is_in(self, node: Any) -> bool:
        return self.name in node.GetParameterNames()

    def write(self, node: Any, value: Any) -> None:
        """Store a checked value.

        Raises:
            ValueError: a validator refuses it.
            TypeError: it is not of the annotated type.
        """
        self.validate(value)
        if self.node_types:
            self._write_node(node, value)
            return
        value = self._converted(value)
        node.SetParameter(self.name, value.name if isinstance(value, enum.Enum) else str(value))

    def _write_node(self, node: Any, value: Any) -> None:
        if value is not None and not isinstance(value, self.node_types):
            raise TypeError(
                f"parameter '{self.name}' takes {[t.__name__ for t in self.node_types]}, got {value.GetClassName()}"
            )
        modified = node.StartModify()
        node.SetParameter(self.name, "")
        node.SetNodeReferenceID(self.name, value.GetID() if value is not None else None)
        node.EndModify(modified)

    def _converted(self, value: Any) -> Any:
        if self.type is float and isinstance(value, int) and not isinstance(value, bool):
            return float(value)
        if _is_kind(self.type, (pathlib.PurePath,)):
            return self.type(value)
        if not isinstance(value, self.type):
            raise TypeError(
                f"parameter '{self.name}' takes {self.type.__name__}, got {type(value).__name__} ({value!r})"
            )
        return value

    def read(self, node: Any) -> Any:
        if self.node_types:
            return node.GetNodeReference(self.name)
        text = node.GetParameter(self.name)
        if self.type is bool:
            return text == "True"
        if _is_kind(self.type, (enum.Enum,)):
            return self.type[text]
        return self.type(text)


def split(annotation: Any) -> tuple[Any, list[Any]]:
    """Return the bare type and the notes of a possibly Annotated type."""
    if typing.get_origin(annotation) is Annotated:
        return annotation.__origin__, list(annotation.__metadata__)
    return annotation, []


def _is_kind(kind: Any, bases: tuple[type, ...]) -> bool:
    return isinstance(kind, type) and issubclass(kind, bases)


def _node_types(kind: Any) -> tuple[type, ...]:
    """Return the node classes of `Node`, `Node | None`, `NodeA | NodeB`; empty for anything else."""
    if typing.get_origin(kind) in (typing.Union, types.UnionType):
        parts = tuple(part for part in typing.get_args(kind) if part is not type(None))
    else:
        parts = (kind,)
    return parts if all(_is_kind(part, (slicer.vtkMRMLNode,)) for part in parts) else ()
