"""How a migration fills columns from rows: the owner is under row security too."""

from collections.abc import Sequence

from django.db.migrations import RunSQL

UNFORCED = "ALTER TABLE {} NO FORCE ROW LEVEL SECURITY"
FORCED = "ALTER TABLE {} FORCE ROW LEVEL SECURITY"
ASKED_NOW = "SET CONSTRAINTS ALL IMMEDIATE"
"""What waits for the end of the transaction is asked at once: no index is made before."""


def filled(statement: str, *, tables: Sequence[str]) -> list[RunSQL]:
    """Operations that run a statement which reads or writes every row of these tables.

    Row security is forced again in the same transaction. Nothing is undone backwards.
    """
    steps = [
        *(UNFORCED.format(table) for table in tables),
        statement,
        ASKED_NOW,
        *(FORCED.format(table) for table in tables),
    ]
    return [RunSQL(step, RunSQL.noop) for step in steps]
