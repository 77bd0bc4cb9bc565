import pytest
from extension.conftest import tool
from staging.conftest import easy_gate, orders

__all__ = ["easy_gate", "orders"]


@pytest.fixture(scope="session")
def privacy():
    return tool("privacy")
