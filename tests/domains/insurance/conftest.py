"""Doors to partners of one test alone."""

from functools import cache

import pytest

from emigrate.partners import directory


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
