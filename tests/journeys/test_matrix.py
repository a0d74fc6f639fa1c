"""Two tenants, every role, every operation, against the declared policy; and row security alone."""

import logging
from dataclasses import replace

import pytest

from emigrate.api.v1 import public
from emigrate.domains.agents.policies import AGENT_POLICY
from emigrate.domains.clearances.policies import CLEARANCE_POLICY, in_own_office
from emigrate.domains.reference.enums import Role
from emigrate.foundation import transactions
from emigrate.foundation.policy import everywhere
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

    with capsys.disabled():
        print(f"\nrow security alone: {matrix.cells.total()} cells {dict(matrix.cells)}")
    assert matrix.wrong == []
    assert matrix.cells.total() > 3_000


# fmt: off
CHANGED = [
    (CLEARANCE_POLICY, Role.RA_STAFF,   None),           # a line is deleted
    (AGENT_POLICY,     Role.RA_ADMIN,   everywhere),     # a line lets everything through
    (CLEARANCE_POLICY, Role.MISSION_LW, in_own_office),  # a line says something else
]
# fmt: on


@pytest.mark.parametrize(("table", "role", "rows"), CHANGED)
def test_a_changed_line_of_a_policy_fails_the_matrix(population, monkeypatch, table, role, rows):
    matrix = Matrix.of(population)
    rules = {name: dict(rule) for name, rule in table.rules.items()}
    rules["view"].pop(role)
    if rows is not None:
        rules["view"][role] = rows
    monkeypatch.setitem(table.__dict__, "rules", rules)

    for path in (f"/{table.subject}s", f"/{table.subject}s/{{reference}}"):
        matrix.walk(("GET", path))

    assert {line.split("/")[0] for line in matrix.wrong} == {role.value}


def test_switched_off_row_security_fails_the_matrix(population, monkeypatch):
    matrix = Unchecked.of(population)
    switch_off(monkeypatch)
    monkeypatch.setattr(transactions, "_tell_database", _as_the_platform)

    matrix.walk(("GET", "/clearances"))

    assert {line.split("/")[0] for line in matrix.wrong} >= {"emigrant", "ra_admin", "poe"}


def _as_the_platform(actor):
    return TELL(replace(actor, role="system"))


TELL = transactions._tell_database
