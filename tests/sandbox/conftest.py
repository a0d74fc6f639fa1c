"""One sandbox process for the tests of the sandbox itself, and what surrounds it."""

import pytest

from tests.partners.bench import TODAY, LiveSandbox
from tests.sandbox.mailbox import Mailbox


@pytest.fixture(scope="session")
def sandbox(tmp_path_factory):
    live = LiveSandbox(tmp_path_factory.mktemp("sandbox"))
    yield live
    assert live.close() == 0


@pytest.fixture
def mailbox(sandbox):
    """Gets all news of the common sandbox during one test; answers 202 to all of it."""
    box = Mailbox()
    sandbox.control("PUT", "callbacks", {"url": box.url})
    yield box
    sandbox.control("PUT", "callbacks", {"url": ""})
    box.close()


@pytest.fixture
def clock(sandbox):
    """Sets the partners' clock for one test."""
    yield lambda moment: sandbox.control("PUT", "clock", {"now": moment})
    sandbox.control("PUT", "clock", {"now": TODAY})


@pytest.fixture
def own_sandbox(tmp_path):
    """Starts sandboxes for one test alone, each with options of its own."""
    started = []

    def start(*options):
        live = LiveSandbox(tmp_path / str(len(started)), *options)
        started.append(live)
        return live

    yield start
    assert [live.close() for live in started] == [0] * len(started)


@pytest.fixture
def box():
    """Makes mailboxes for one test that answer with the given statuses."""
    made = []

    def open_box(*statuses):
        made.append(Mailbox(*statuses))
        return made[-1]

    yield open_box
    for each in made:
        each.close()
