"""Doors to partners of one test alone; the Monday on which most of them play."""

from functools import cache

import pytest
from django.db import connection

from emigrate.foundation import clock
from emigrate.partners import directory
from tests.domains.insurance.scene import NOW


@pytest.fixture
def on_a_monday():
    """The test plays then, and what its rows must hold is asked at its end."""
    with clock.simulate(NOW):
        yield
        connection.check_constraints()


@pytest.fixture(autouse=True)
def _doors(monkeypatch):
    """Opened as the platform opens them and closed with the test.

    The platform keeps a few for its whole life; a test's would push those out, still open.
    """
    opened = []

    @cache
    def opening(*place):
        opened.append(directory_opens(*place))
        return opened[-1]

    directory_opens = directory._opened.__wrapped__
    monkeypatch.setattr(directory, "_opened", opening)
    yield
    for door in opened:
        door.close()
