"""pytest fixtures: one application for the whole run, started when a test first asks for it, cleaned for each.

Import them in a conftest: `from Bench.fixtures import bench`.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from Bench.application import Bench


@pytest.fixture(scope="session")
def _application(tmp_path_factory: pytest.TempPathFactory) -> Bench:
    pytest.importorskip("PySide6", reason="the bench needs PySide6")
    pytest.importorskip("slicer", reason="the bench needs slicer-core")
    from Bench import application

    return application.start(tmp_path_factory.mktemp("bench"))


@pytest.fixture
def bench(_application: Bench) -> Iterator[Bench]:
    """The application with an empty scene, no module loaded, the four-up layout and empty settings.

    After the test every module is left and unloaded. The test fails where an error was printed and not taken with
    `problems.take()`, where a dialog was shown that nobody had an answer for, or where a given answer was not used.
    """
    from Bench import dialogs, problems

    _application.reset()
    yield _application
    _application.reset()
    unread = [*problems.take(), *dialogs.complaints()]
    dialogs.reset()
    assert not unread, "\n".join(unread)
