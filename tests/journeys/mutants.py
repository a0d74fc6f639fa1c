"""One line taken out of a policy table or of the row security, and whether the matrix sees it.

A mutant of a policy is tried as everybody in the line's role, on the operations that the line is
about; the search ends at the first cell that is not as declared. One of the row security is held
against the policy, row by row (`test_rows.py`). A line that nobody misses is a survivor.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

import psycopg
import pytest

from emigrate.foundation.database.guards import _row_policies
from emigrate.foundation.database.rows import ROWS, RowSecurity
from emigrate.foundation.policy import POLICIES, PolicyTable
from emigrate.ops.database import Role, dsn
from tests.journeys.matrix import Matrix
from tests.journeys.operations import KINDS, LISTS, Route


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a table: `where` is a subject or a table of the database, `what` a permission."""

    where: str
    what: str
    role: str

    def __str__(self) -> str:
        return f"{self.where}.{self.what} of {self.role}"


def policy_lines() -> list[Line]:
    """Every line of every policy table, but the platform's own: nobody signs in as the system."""
    return [
        Line(subject, permission, str(role))
        for subject, table in sorted(POLICIES.items())
        for permission, rules in table.rules.items()
        for role in rules
        if role != "system"
    ]


def row_lines() -> list[Line]:
    """Every line of the row security, for reading and for writing, but the platform's own."""
    return [
        Line(table, what, str(role))
        for table, security in sorted(ROWS.items())
        for what, rules in (("read", security.read), ("write", security.write or {}))
        for role in rules
        if role != "system"
    ]


def without_policy(line: Line, patch: pytest.MonkeyPatch) -> None:
    """Take the line out of its policy table."""
    table: PolicyTable = POLICIES[line.where]
    rules = {name: dict(rule) for name, rule in table.rules.items()}
    rules[line.what].pop(next(role for role in rules[line.what] if role == line.role))
    patch.setitem(table.__dict__, "rules", rules)


@contextmanager
def without_row(line: Line, database: str) -> Iterator[None]:
    """Take the line out of a table's row security, as the owner of the database; then put back."""
    security = ROWS[line.where]
    left = {
        what: {role: sql for role, sql in rules.items() if (what, role) != (line.what, line.role)}
        for what, rules in (("read", security.read), ("write", security.write or security.read))
    }
    mutant = object.__new__(RowSecurity)
    for name, value in (("table", line.where), *left.items()):
        object.__setattr__(mutant, name, value)
    with psycopg.connect(dsn(database, Role.OWNER), autocommit=True) as owner:
        owner.execute(_row_policies(mutant))
        try:
            yield
        finally:
            owner.execute(_row_policies(security))


def seen_by(matrix: Matrix, line: Line, routes: list[Route]) -> bool:
    """Whether a cell of the line's role is not as declared."""
    everybody = matrix.population
    own = [each for each in everybody.residents if line.role in {each.actor.role, "*"}]
    matrix.population = replace(everybody, residents=own)
    matrix.wrong.clear()
    try:
        return any(_noticed(matrix, route) for route in routes)
    finally:
        matrix.population = everybody


def _noticed(matrix: Matrix, route: Route) -> bool:
    matrix.walk(route)
    return bool(matrix.wrong)


def routes_of_policy(matrix: Matrix, line: Line) -> list[Route]:
    """The operations that ask for the line's permission; for `view` those that show such rows."""
    needs = matrix.operations.permissions
    found = [route for route, asked in needs.items() if asked == f"{line.where}.{line.what}"]
    if line.what == "view":
        starts = tuple(kind for kind, (_, subject) in KINDS.items() if subject == line.where)
        starts += tuple(path for path, (_, subject, *_) in LISTS.items() if subject == line.where)
        found += [
            route
            for route, asked in needs.items()
            if route not in found
            and (route[1].startswith(starts) or asked.startswith(f"{line.where}."))
        ]
    return found
