"""The module page on the bench, with a network that does what a file tells it."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest
from packages.conftest import site

__all__ = ["site"]
ROOT = Path(__file__).resolve().parents[3]
MODULE = ROOT / "SOSStaging" / "SOSStaging.py"
HEAD = ROOT / "SOSStaging" / "Resources" / "SampleData" / "vhp_female_head.nrrd"
ENGINES = ROOT / "Testing" / "Python" / "staging"
sys.path.insert(0, str(ENGINES))


def gone(pid):
    """Whether a process has ended (a zombie has)."""
    import psutil

    try:
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


@pytest.fixture(autouse=True)
def own_models(tmp_path, monkeypatch):
    """Keep the user's own models out of the tests and what is imported out of the user's folder."""
    monkeypatch.setenv("SOSSTAGING_MODELS", str(tmp_path / "models"))


@pytest.fixture
def orders(tmp_path, monkeypatch):
    """What the network does next: work, hang, die ..."""
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(ENGINES), os.environ.get("PYTHONPATH", "")]))
    file = tmp_path / "orders.txt"
    file.write_text("work")
    return file


@pytest.fixture
def plain_page(bench):
    """The page as it opens."""
    return bench.open_module(MODULE)


@pytest.fixture
def page(plain_page, orders):
    """The page with the obedient network in its worker."""
    obey(plain_page, orders)
    return plain_page


def obey(page, orders):
    """Give a page the obedient network."""
    page.page.engine = orders, "fake_engine:load"


@pytest.fixture
def head(page):
    """The bundled head, dropped on the page."""
    return drop_head(page)


def drop_head(page):
    from Bench import hand

    assert hand.drop(page.ui.stageButton, [HEAD])
    return page.ui.inputSelector.currentNode()


class Person:
    """What a person does on the page, and what they wait for."""

    def __init__(self, bench, page, orders):
        self.bench, self.page, self.orders = bench, page, orders

    def stage(self, seconds=60):
        from Bench import hand

        hand.click(self.page.ui.stageButton)
        assert self.bench.wait_until(lambda: not self.page.ui.cancelButton.enabled, seconds)

    def begin(self):
        """Press Stage and wait until the network has the scan and thinks; returns the worker's process id."""
        from Bench import hand

        self.orders.write_text("hang")
        hand.click(self.page.ui.stageButton)
        assert self.bench.wait_until(lambda: self.page.page.run._clock.phase == "network", 60)
        return self.page.page.run.worker_pid


@pytest.fixture
def person(bench, page, orders):
    return Person(bench, page, orders)
