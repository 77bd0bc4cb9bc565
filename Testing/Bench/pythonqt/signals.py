"""String connections, `obj.connect("clicked()", function)`, with PythonQt's habits."""

from __future__ import annotations

import re
import sys
import types
from collections.abc import Callable
from typing import Any

import shiboken6
from PySide6 import QtCore

from Bench import api

Slot = Callable[..., Any]
# C++ address -> signal -> the script's function and what is really connected.
_connected: dict[int, dict[str, list[tuple[Slot, Slot]]]] = {}
# Signals whose argument types PySide6 cannot carry are declared by the bench with `object`; scripts name the C++ types.
_VTK_TYPES = re.compile(r"vtk\w+\*")


def normalized(signature: str) -> str:
    """Return a signal signature without spaces, const and references."""
    return bytes(QtCore.QMetaObject.normalizedSignature(signature).data()).decode()


def argument_count(slot: Slot) -> int | None:
    """Return how many arguments PythonQt passes at most; None for as many as the signal has."""
    code = getattr(getattr(slot, "__func__", slot), "__code__", None)
    if code is None or code.co_flags & 0x04:
        return None
    return code.co_argcount - (1 if isinstance(slot, types.MethodType) else 0)


def _trimmed(slot: Slot, most: int) -> Slot:
    count = argument_count(slot)
    count = most if count is None else min(count, most)

    def call(*arguments: Any) -> None:
        slot(*arguments[:count])

    return call


def _arguments_in(signature: str) -> int:
    inside = signature.split("(", 1)[1][:-1]
    return len(inside.split(",")) if inside else 0


def _connections(source: QtCore.QObject) -> dict[str, list[tuple[Slot, Slot]]]:
    """Return the connections of an object by signal; forgotten with the object, as its address is used again."""
    address = shiboken6.getCppPointer(source)[0]
    if address not in _connected:
        _connected[address] = {}
        QtCore.QObject.__getattribute__(source, "destroyed").connect(lambda *_: _connected.pop(address, None))
    return _connected[address]


def _overload(source: QtCore.QObject, signature: str) -> Any:
    """Return the PySide6 signal of this signature, or None where the object has no such signal."""
    from Bench.pythonqt.rules import class_rules

    name = signature.split("(", 1)[0]
    if name not in class_rules(type(source)).listed and not class_rules(type(source)).is_script_class:
        return None
    meta = type(source).staticMetaObject  # metaObject(source) would end with the object
    wanted = _as_declared(source, signature)
    index = meta.indexOfSignal(wanted)
    if index < 0:
        return None
    bound = QtCore.QObject.__getattribute__(source, name)
    overloads = _overloads(meta, name)
    shortened = any(other != wanted and other.startswith(_open_ended(wanted)) for other in overloads)
    if shortened or len(overloads) == 1:
        return bound  # clicked() is clicked(bool) with its default; the argument is dropped
    return bound[wanted.split("(", 1)[1][:-1]]


def _overloads(meta: QtCore.QMetaObject, name: str) -> list[str]:
    """Return the signatures of a signal."""
    methods = [meta.method(i) for i in range(meta.methodCount())]
    return [
        bytes(method.methodSignature().data()).decode()
        for method in methods
        if method.methodType() == QtCore.QMetaMethod.MethodType.Signal and bytes(method.name().data()).decode() == name
    ]


def _open_ended(signature: str) -> str:
    return signature[:-1] if signature.endswith("()") else signature[:-1] + ","


def _as_declared(source: QtCore.QObject, signature: str) -> str:
    """Return the signature the bench's class declares for a listed signal with VTK arguments."""
    from Bench.pythonqt.rules import class_rules

    listed = {normalized(_without_names(text)) for text in api.signatures(class_rules(type(source)).title, "signals")}
    if signature in listed and _VTK_TYPES.search(signature):
        return _VTK_TYPES.sub("PyObject", signature)
    return signature


def _without_names(signature: str) -> str:
    name, arguments = signature[:-1].split("(", 1)
    kinds = [
        re.sub(r"\s*\w+$", "", part.strip()) if " " in part.strip() else part.strip() for part in arguments.split(",")
    ]
    return f"{name}({','.join(kinds)})"


def connect(self: QtCore.QObject, signature: str, slot: Slot, *rest: Any) -> bool:
    """Connect a signal given as text to a Python function, or to a receiver's slot given as text."""
    function = _receiver_slot(slot, *rest) if rest else slot
    wanted = normalized(signature)
    bound = _overload(self, wanted)
    if bound is None:
        # PythonQt only prints this; a page that hits it has a dead button, so the bench also counts it as an error.
        from Bench import problems

        problems.record(f"QObject::connect: no signal '{signature}' on {type(self).__name__}")
        print(f"signal '{signature}' does not exist on {type(self).__name__}", file=sys.stderr)
        return False
    call = _trimmed(function, _arguments_in(wanted))
    bound.connect(call)
    _connections(self).setdefault(wanted, []).append((slot, call))
    return True


def _receiver_slot(receiver: Any, member: str) -> Slot:
    return getattr(receiver, member.split("(", 1)[0])


def disconnect(self: QtCore.QObject, signature: str | None = None, slot: Slot | None = None, *rest: Any) -> bool:
    """Undo connections made by text: of one function, of one signal, or all of them."""
    if signature is None:
        return all([_drop(self, name, None) for name in _connections(self)])  # noqa: C419 - drops every one
    return _drop(self, normalized(signature), slot)


def _drop(source: QtCore.QObject, signature: str, slot: Slot | None) -> bool:
    pairs = _connections(source).get(signature, [])
    gone = [pair for pair in pairs if slot is None or pair[0] == slot]
    bound = _overload(source, signature)
    for pair in gone:
        pairs.remove(pair)
        bound.disconnect(pair[1])
    return bool(gone)


ON_OBJECTS: dict[str, Callable[..., Any]] = {"connect": connect, "disconnect": disconnect}
