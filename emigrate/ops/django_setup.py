"""Make Django ready in a command: the database started, its address set, the apps loaded."""

import os
from pathlib import Path

import django
import psycopg
from django.core.exceptions import ImproperlyConfigured

from emigrate.ops.cli import CommandRefused
from emigrate.ops.database import (
    CHECKOUT,
    DatabaseUnavailable,
    Role,
    dsn,
    environment,
    refusing,
    start,
)


def folder_of(database: str) -> Path:
    """Where a simulation of this name keeps its keys and files, beside those of the checkout."""
    return Path(os.environ.get("EMIGRATE_STATE", CHECKOUT / ".emigrate")).resolve() / database


def setup_django(database: str, role: Role | str, *, reads: bool = True) -> None:
    """Start the database and load Django's settings for a database and role.

    One process speaks as one role: call it once, first in a command, before any model is imported.
    A simulation seals and signs with keys of its own, which are taken with it.
    Raises DatabaseUnavailable, also for a database that nobody has migrated yet unless the command
    `reads` nothing in it; CommandRefused when production lacks a setting.
    """
    with refusing():
        start()
        if reads and role != Role.OWNER:
            _require_migrated(database, role)
    os.environ.update(environment(database, role))
    if (simulated := folder_of(database)).is_dir():
        os.environ["EMIGRATE_STATE"] = str(simulated)
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
