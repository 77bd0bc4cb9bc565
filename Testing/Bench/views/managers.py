"""Displayable managers: the objects of MRML that draw markups, models and the rest into a view."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import slicer

_application: list[Any] = []


def use_application_logic(logic: Any) -> None:
    """Set the application logic every displayable manager works for."""
    _application[:] = [logic]


def managers_for(factory_class: Any, names: Sequence[str], renderer: Any) -> Any:
    """Return a group of displayable managers that draws into `renderer`."""
    factory = factory_class.GetInstance()
    factory.SetMRMLApplicationLogic(_application[0])
    for name in names:
        if not factory.IsDisplayableManagerRegistered(name):
            factory.RegisterDisplayableManager(name)
    group = slicer.vtkMRMLDisplayableManagerGroup()
    group.Initialize(factory, renderer)
    return group
