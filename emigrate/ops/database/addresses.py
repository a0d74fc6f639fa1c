"""Addresses of databases: of the embedded server, or made from DATABASE_URL."""

import os
from collections.abc import Mapping
from enum import StrEnum
from typing import Final
from urllib.parse import quote, urlencode, urlsplit

import psycopg
from psycopg.conninfo import conninfo_to_dict

from emigrate.ops.database.errors import DatabaseUnavailable
from emigrate.ops.database.home import Home, default_home

SUPERUSER: Final = "postgres"
DSN_VARIABLE: Final = "EMIGRATE_DATABASE_DSN"
SCHEMES: Final = ("postgresql", "postgres")


class Role(StrEnum):
    """The database's own roles; the application is never the owner."""

    OWNER = "emigrate_owner"
    APP = "emigrate_app"
    WORKER = "emigrate_worker"
    READER = "emigrate_reader"


URL_VARIABLES: Final = {
    Role.OWNER: ("DATABASE_URL",),
    Role.APP: ("DATABASE_APP_URL", "DATABASE_URL"),
    Role.WORKER: ("DATABASE_WORKER_URL", "DATABASE_APP_URL", "DATABASE_URL"),
    Role.READER: ("DATABASE_READER_URL", "DATABASE_APP_URL", "DATABASE_URL"),
}


def external(environ: Mapping[str, str] = os.environ) -> str | None:
    """Return DATABASE_URL, the owner's address of an outside database, None when unset.

    Raises DatabaseUnavailable when it is no such address.
    """
    address = environ.get("DATABASE_URL") or None
    if address is not None and not _usable(address):
        # The library's own words would repeat the password.
        text = "DATABASE_URL is no address: write postgresql://user:password@host/database."
        raise DatabaseUnavailable(text, "database_url_unusable")
    return address


def _usable(address: str) -> bool:
    try:
        conninfo_to_dict(address)
        return urlsplit(address).scheme in SCHEMES
    except (ValueError, psycopg.ProgrammingError):
        return False


def default_database(environ: Mapping[str, str] = os.environ) -> str:
    """Return the name of the main database: that of DATABASE_URL, else `emigrate`."""
    return urlsplit(external(environ) or "").path.lstrip("/") or "emigrate"


def dsn(
    database: str,
    role: Role | str,
    home: Home | None = None,
    environ: Mapping[str, str] = os.environ,
) -> str:
    """Return the `postgresql://` address of a database for a role; nothing is started.

    An outside address is that of the role's own variable, else the next one in URL_VARIABLES with
    the user replaced; the database's name is always replaced.
    """
    if external(environ) and role in URL_VARIABLES:
        return _outside(database, Role(role), environ)
    sockets = (home or default_home(environ)).sockets
    query = urlencode({"host": str(sockets)}, quote_via=quote)
    return f"postgresql://{quote(role, safe='')}@/{quote(database, safe='')}?{query}"


def _outside(database: str, role: Role, environ: Mapping[str, str]) -> str:
    name = next(name for name in URL_VARIABLES[role] if environ.get(name))
    parts = urlsplit(environ[name])
    login, _, host = parts.netloc.rpartition("@")
    if name != URL_VARIABLES[role][0]:
        _, colon, password = login.partition(":")
        login = f"{role}{colon}{password}"
    netloc = f"{login}@{host}" if login else host
    # Not `urlunsplit`, which drops the slashes of an address without a host.
    address = f"{parts.scheme}://{netloc}/{quote(database, safe='')}"
    return f"{address}?{parts.query}" if parts.query else address


def environment(database: str, role: Role | str, home: Home | None = None) -> dict[str, str]:
    """Return the variables that tell the settings which database to open, and as whom."""
    return {DSN_VARIABLE: dsn(database, role, home)}


def django_settings(database: str, role: Role | str, home: Home | None = None) -> dict[str, object]:
    """Return the entry of Django's DATABASES for a database and role."""
    given = conninfo_to_dict(dsn(database, role, home))
    known = {"NAME": "dbname", "USER": "user", "PASSWORD": "password", "HOST": "host"}
    entry: dict[str, object] = {key: given.pop(part, "") for key, part in known.items()}
    entry["PORT"] = str(given.pop("port", ""))
    return entry | {"ENGINE": "django.db.backends.postgresql", "OPTIONS": dict(given)}
