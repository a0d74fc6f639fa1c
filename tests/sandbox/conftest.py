"""One sandbox process for the tests of the sandbox itself."""

import pytest

from tests.partners.bench import LiveSandbox


@pytest.fixture(scope="session")
def sandbox(tmp_path_factory):
    live = LiveSandbox(tmp_path_factory.mktemp("sandbox"))
    yield live
    assert live.close() == 0
