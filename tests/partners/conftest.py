"""One sandbox process for all tests of partners; a bench on either source for each test."""

import pytest

from tests.partners.bench import RECORDED, Bench, LiveSandbox


@pytest.fixture(scope="session")
def sandbox(tmp_path_factory):
    live = LiveSandbox(tmp_path_factory.mktemp("sandbox"))
    yield live
    assert live.close() == 0


@pytest.fixture(params=["recorded", "sandbox"])
def bench(request):
    module = request.path.stem.removeprefix("test_")
    name = request.node.name.replace(f"[{request.param}-", "[").replace(f"[{request.param}]", "")
    name = name.removeprefix("test_").replace("[", "-").replace("]", "")
    live = request.getfixturevalue("sandbox") if request.param == "sandbox" else None
    made = Bench(module.replace("_", "-"), RECORDED / module / f"{name}.json", live)
    yield made
    made.close()
