"""stub"""

from typing import Any


class ResultSection:
    def __init__(self, page: Any) -> None: ...
    def on_run(self, run: Any) -> None: ...
