"""The database's roles and databases: made by the superuser, owned by `emigrate_owner`."""

from typing import Any, Final, LiteralString

import psycopg
from psycopg import sql

from emigrate.ops.database.addresses import SUPERUSER, Role, dsn, external
from emigrate.ops.database.errors import DatabaseUnavailable
from emigrate.ops.database.home import Home

EXTENSIONS: Final = ("pg_trgm", "btree_gist")
# Read by `platform_now()`: only the owner of a database can write its comment.
SIMULATION_MARK: Final = "emigrate: simulation"
NARROW: Final = "LOGIN NOSUPERUSER NOCREATEROLE NOREPLICATION NOBYPASSRLS"

LONGEST_NAME: Final = 63
"""Bytes of a name in PostgreSQL; it cuts longer ones."""

Connection = psycopg.Connection[tuple[Any, ...]]  # rows of any SQL


def admission(accounts: list[str]) -> str:
    """Return the content of pg_ident.conf that lets the accounts be any of our roles."""
    roles = (SUPERUSER, *Role)
    return "".join(f'emigrate "{name}" {role}\n' for name in accounts for role in roles)


def connect_as_superuser(
    home: Home | None = None, *, database: str | None = None, timeout: int = 10
) -> Connection:
    """Open a connection that may create databases, in autocommit: superuser, or outside the owner.

    Raises psycopg.OperationalError when the server cannot be reached.
    """
    if outside := external():
        address = dsn(database, Role.OWNER) if database else outside
    else:
        address = dsn(database or SUPERUSER, SUPERUSER, home)
    return psycopg.connect(address, autocommit=True, connect_timeout=timeout)


def ensure_roles(home: Home | None = None) -> None:
    """Make the four roles and the extensions of new databases; calling again changes nothing.

    An outside database's roles are its administrator's: then this only checks that they are there
    and raises DatabaseUnavailable when one is missing.
    """
    with connect_as_superuser(home) as connection:
        there = {row[0] for row in connection.execute("SELECT rolname FROM pg_roles").fetchall()}
        missing = [role for role in Role if role not in there]
        if external():
            _require_outside(missing)
            return
        for role in missing:
            create = "CREATEDB" if role is Role.OWNER else "NOCREATEDB"
            _run(connection, f"CREATE ROLE {{}} {NARROW} {create}", role)
    with connect_as_superuser(home, database="template1") as template:
        _extend(template)


def _require_outside(missing: list[Role]) -> None:
    wanted = [role for role in missing if role is not Role.OWNER]
    if wanted:
        text = f"The database of DATABASE_URL lacks the roles {', '.join(wanted)}: create them."
        raise DatabaseUnavailable(text)


def ensure_database(name: str, *, simulation: bool = False, home: Home | None = None) -> bool:
    """Make a database of the owner with our extensions; True when it is new.

    A simulation carries a mark that only its owner can write. Asking for a simulation where a real
    database stands, or the other way round, raises DatabaseUnavailable; so does a name that
    PostgreSQL would cut short.
    """
    if not 0 < len(name.encode()) <= LONGEST_NAME:
        raise DatabaseUnavailable(f"A database's name has 1 to {LONGEST_NAME} bytes.")
    with connect_as_superuser(home) as connection:
        if not _exists(connection, name):
            _create(connection, name, "template1", simulation=simulation)
            if external():
                _extend_outside(name)
            return True
        if _is_simulation(connection, name) != simulation:
            kind = "a real database" if simulation else "a simulation"
            raise DatabaseUnavailable(f"The database {name} exists already, and is {kind}.")
    return False


def is_simulation(name: str, *, home: Home | None = None) -> bool:
    """Tell whether a database was made as a simulation."""
    with connect_as_superuser(home) as connection:
        return _is_simulation(connection, name)


def create_from_template(
    name: str, template: str, *, simulation: bool = False, home: Home | None = None
) -> None:
    """Copy a database that nobody is connected to; a database of that name is replaced."""
    with connect_as_superuser(home) as connection:
        _run(connection, "DROP DATABASE IF EXISTS {} WITH (FORCE)", name)
        _create(connection, name, template, simulation=simulation)


def drop_database(name: str, *, home: Home | None = None) -> None:
    """Drop a database with everything in it, ending its sessions; a missing one is no error."""
    with connect_as_superuser(home) as connection:
        _run(connection, "DROP DATABASE IF EXISTS {} WITH (FORCE)", name)


def _create(connection: Connection, name: str, template: str, *, simulation: bool) -> None:
    owner = "" if external() else f" OWNER {Role.OWNER}"
    _run(connection, f"CREATE DATABASE {{}} TEMPLATE {{}}{owner}", name, template)
    _run(connection, "REVOKE ALL ON DATABASE {} FROM PUBLIC", name)
    for role in Role:
        if role is not Role.OWNER:
            _run(connection, "GRANT CONNECT ON DATABASE {} TO {}", name, role)
    if simulation:
        _run(connection, f"COMMENT ON DATABASE {{}} IS '{SIMULATION_MARK}'", name)


def _extend_outside(name: str) -> None:
    with connect_as_superuser(database=name) as connection:
        _extend(connection)


def _extend(connection: Connection) -> None:
    for extension in EXTENSIONS:
        _run(connection, "CREATE EXTENSION IF NOT EXISTS {}", extension)


def _exists(connection: Connection, name: str) -> bool:
    found = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
    return found.fetchone() is not None


def _is_simulation(connection: Connection, name: str) -> bool:
    comment = connection.execute(
        "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s", [name]
    ).fetchone()
    return comment is not None and comment[0] == SIMULATION_MARK


def _run(connection: Connection, statement: LiteralString, *names: str) -> None:
    connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))
