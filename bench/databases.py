"""A figure's own database: made by the platform's command, filled fast, dropped afterwards.

Rows are written by the superuser with triggers and foreign keys off, so a register of a million
rows takes a minute; the platform's guards (row security, triggers) stand from the beginning and
bind the roles that are measured. Columns that a figure does not name get one plain value.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

from django.db import connection
from psycopg import Connection, sql

from emigrate.ops.database import Role, connect_as_superuser, django_settings, drop_database
from emigrate.ops.simulation.installation import Installation, simulation

PLAIN = {
    "bigint": "1", "integer": "1", "smallint": "0", "boolean": "false", "bytea": "'\\x00'",
    "jsonb": "'[]'", "uuid": "gen_random_uuid()", "date": "current_date",
    "timestamp with time zone": "now()",
}  # fmt: skip


@contextmanager
def figure_database(name: str, *, keep: bool = False, simulation: bool = False) -> Iterator[str]:
    """A migrated database; it goes when the block ends, unless `keep`."""
    command = [sys.executable, "-m", "emigrate", "db", "migrate", "--database", name, "--json"]
    command += ["--simulation"] if simulation else []
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env=os.environ)
    try:
        yield name
    finally:
        connection.close()
        if not keep:
            drop_database(name)


@contextmanager
def simulated(name: str, *, seed: int, keep: bool = False) -> Iterator[Installation]:
    """A fresh simulation with the partners' sandboxes; it goes when the block ends."""
    with simulation(name, seed=seed) as installation:
        try:
            yield installation
        finally:
            connection.close()
            if not keep:
                drop_database(name)
                shutil.rmtree(installation.folder, ignore_errors=True)


def connect_as(database: str, role: Role) -> None:
    """Point Django's connection at another database; how it speaks to it stays as it is."""
    connection.close()
    address = django_settings(database, role)
    address.pop("OPTIONS")
    connection.settings_dict.update(address)


@contextmanager
def filling(database: str) -> Iterator[Connection]:
    """A superuser's transaction without triggers and foreign keys; statistics are made anew."""
    with connect_as_superuser(database=database) as session:
        session.execute("SET session_replication_role = replica")
        session.execute("SET synchronous_commit = off")
        session.execute("SET maintenance_work_mem = '512MB'")
        yield session
        session.execute("VACUUM ANALYZE")


def filled(database: str, table: str) -> int:
    """How many rows a table has already, in a database that was kept."""
    with connect_as_superuser(database=database) as session:
        query = sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(table))
        row = session.execute(query).fetchone()
    return int(row[0]) if row else 0


def index_bytes(database: str, index: str) -> int:
    """How large an index is."""
    with connect_as_superuser(database=database) as session:
        row = session.execute("SELECT pg_relation_size(%s::regclass)", [index]).fetchone()
    return int(row[0]) if row else 0


def fill(session: Connection, table: str, given: Mapping[str, str], source: str) -> None:
    """Insert the rows of `source` (a FROM clause); `given` are SQL expressions by column."""
    expressions = {**_plain_columns(session, table), **given}
    session.execute(
        f'INSERT INTO "{table}" ({", ".join(expressions)}) '  # noqa: S608 - names of the catalogue
        f"SELECT {', '.join(expressions.values())} FROM {source}"
    )


def copy_rows(
    session: Connection, table: str, columns: Sequence[str], rows: Iterator[tuple[object, ...]]
) -> None:
    """Write rows by COPY."""
    names = ", ".join(columns)
    with session.cursor().copy(f'COPY "{table}" ({names}) FROM STDIN') as copy:
        for row in rows:
            copy.write_row(row)


def _plain_columns(session: Connection, table: str) -> dict[str, str]:
    wanted = session.execute(
        "SELECT column_name, data_type FROM information_schema.columns "
        "WHERE table_name = %s AND is_nullable = 'NO' AND is_identity = 'NO'",
        [table],
    ).fetchall()
    return {name: PLAIN.get(kind, "''") for name, kind in wanted}
