"""Which class stands for which ctk, qMRML or qSlicer name."""

from __future__ import annotations

from types import ModuleType

from Bench import api

_classes: dict[str, type] = {}


def add_module(module: ModuleType) -> None:
    """Register every class of the API that `module` defines, and give it the enum values of the API."""
    for name, value in vars(module).items():
        if isinstance(value, type) and api.is_widget_class(name) and value.__module__ == module.__name__:
            _classes[name] = value
            for item, number in api.enum_values(name).items():
                setattr(value, item, number)


def widget_class(name: str) -> type | None:
    """Return the bench's class of this name."""
    return _classes.get(name)


def names(prefix: str) -> list[str]:
    """Return the registered names that start with `prefix`, sorted."""
    return sorted(name for name in _classes if name.startswith(prefix))
