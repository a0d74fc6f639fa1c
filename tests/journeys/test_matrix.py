"""Two tenants, every role, every operation, against the declared policy; and row security alone."""

import logging

import pytest

from emigrate.api.v1 import public
from tests.journeys.matrix import Matrix


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
