from __future__ import annotations

from types import ModuleType

import pytest
from extension.conftest import tool


@pytest.fixture(scope="session")
def model_card() -> ModuleType:
    return tool("model_card")
