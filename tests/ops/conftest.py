"""Homes of databases that a test may break."""

import contextlib
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from emigrate.ops.database import Home, stop

MakeHome = Callable[..., Home]


@contextlib.contextmanager
def homes() -> Iterator[MakeHome]:
    """Give a maker of homes that every account may enter; their servers end with the block."""
    made: list[Home] = []

    def make(*inner: str) -> Home:
        top = Path(tempfile.mkdtemp(prefix="emigrate-test-", dir="/tmp"))
        top.chmod(0o711 if os.geteuid() == 0 else 0o700)
        made.append(Home(top.joinpath(*inner)))
        return made[-1]

    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("DATABASE_URL", raising=False)
        yield make
        patch.delenv("DATABASE_URL", raising=False)
        for home in made:
            stop(home)
            shutil.rmtree(Path("/tmp") / home.folder.relative_to("/tmp").parts[0])
            shutil.rmtree(home.sockets, ignore_errors=True)


@pytest.fixture
def make_home() -> Iterator[MakeHome]:
    """Give a maker of new homes."""
    with homes() as make:
        yield make


@pytest.fixture
def home(make_home: MakeHome) -> Home:
    """Give a new home for one test."""
    return make_home()


@pytest.fixture(scope="module")
def lasting_home() -> Iterator[Home]:
    """Give one home for all tests of a module."""
    with homes() as make:
        yield make()
