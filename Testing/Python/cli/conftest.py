from staging.conftest import easy_gate, orders

__all__ = ["easy_gate", "orders"]
