"""Make Django ready in a command: the database started, its address set, the apps loaded."""

import os

import django
import psycopg
from django.core.exceptions import ImproperlyConfigured

from emigrate.ops.cli import CommandRefused
from emigrate.ops.database import DatabaseUnavailable, Role, dsn, environment, refusing, start


def setup_django(database: str, role: Role | str, *, reads: bool = True) -> None:
    """Start the database and load Django's settings for a database and role.

    One process speaks as one role: call it once, first in a command, before any model is imported.
    Raises DatabaseUnavailable, also for a database that nobody has migrated yet unless the command
    `reads` nothing in it; CommandRefused when production lacks a setting.
    """
    with refusing():
        start()
        if reads and role != Role.OWNER:
            _require_migrated(database, role)
    os.environ.update(environment(database, role))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "emigrate.config.settings")
    try:
        django.setup()
    except ImproperlyConfigured as problem:
        raise CommandRefused("settings_incomplete", f"{problem} (EMIGRATE_...)") from problem


def _require_migrated(database: str, role: Role | str) -> None:
    with psycopg.connect(dsn(database, role)) as connection:
        found = connection.execute("SELECT to_regclass('public.django_migrations')").fetchone()
    if found is None or found[0] is None:
        text = f"{database} has no tables yet: emigrate db migrate --database {database}"
        raise DatabaseUnavailable(text, "database_not_migrated")
