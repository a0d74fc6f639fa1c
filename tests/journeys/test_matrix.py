"""Two tenants, every role, every operation, against the declared policy; and row security alone."""

import logging

import pytest

from emigrate.api.v1 import public
from tests.journeys.matrix import Matrix
from tests.journeys.unchecked import Unchecked, switch_off


@pytest.fixture(autouse=True)
def _prepared(settings, tmp_path_factory):
    settings.STATIC_ROOT = tmp_path_factory.mktemp("static")
    public._at.cache_clear()
    logger = logging.getLogger("django.request")
    before, logger.level = logger.level, logging.ERROR
    yield
    logger.level = before


@pytest.mark.slow
def test_every_cell_is_as_declared(population, capsys):
    matrix = Matrix.of(population)

    for route in sorted(matrix.operations.permissions):
        matrix.walk(route)

    open("/tmp/wrong.txt","w").write("\n".join(matrix.wrong))
    with capsys.disabled():
        print(f"\nmatrix: {matrix.cells.total()} cells {dict(matrix.cells)}")
    assert matrix.wrong == []
    assert matrix.cells.total() > 5_000


@pytest.mark.slow
def test_row_security_alone_keeps_tenants_apart(population, monkeypatch, capsys):
    matrix = Unchecked.of(population)
    matrix.before = matrix.snapshot()

    switch_off(monkeypatch)
    for route in sorted(matrix.operations.permissions):
        matrix.walk(route)

    open("/tmp/wrong2.txt","w").write("\n".join(matrix.wrong))
    with capsys.disabled():
        print(f"\nrow security alone: {matrix.cells.total()} cells {dict(matrix.cells)}")
    assert matrix.wrong == []
    assert matrix.cells.total() > 3_000
