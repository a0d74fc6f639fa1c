"""The database of the tests: a template migrated once, and a copy of it for every process."""

import fcntl
import hashlib
import importlib
import itertools
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.utils import translation
from pytest_django.plugin import DjangoDbBlocker

from emigrate.config.logs import configure_logs
from emigrate.foundation.database.guards import apply_guards
from emigrate.ops.database import (
    Role,
    create_from_template,
    drop_database,
    dsn,
    ensure_database,
    environment,
    start,
)
from emigrate.ops.database.addresses import django_settings
from tests.network import loopback_only

TEMPLATE = "emigrate_tests"

os.environ["EMIGRATE_LOG"] = "info"  # tests look at what is logged
configure_logs()

SETTINGS_OPTIONS = dict(settings.DATABASES["default"]["OPTIONS"])
"""The suite talks to the database as the product does, or it would not see what that breaks."""


def connect_as(database: str, role: Role) -> None:
    """Point Django's connection of this process at a database, as a role."""
    connection.close()
    entry = django_settings(database, role)
    options = {**SETTINGS_OPTIONS, **entry.pop("OPTIONS")}  # as the settings set them
    connection.settings_dict.update(entry, OPTIONS=options)
    os.environ.update(environment(database, role))


def migrated_template() -> None:
    """Make or renew the template: migrations, guards, and the mark of a simulation.

    A template that was made by other migrations than the ones at hand is made afresh.
    """
    from emigrate.ops.seed import load_reference_data  # app ready

    wanted = migrations_digest()
    if template_digest() != wanted:
        drop_database(TEMPLATE)
    ensure_database(TEMPLATE, simulation=True)
    connect_as(TEMPLATE, Role.OWNER)
    call_command("migrate", verbosity=0, interactive=False)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO platform_simulation VALUES (true, %s) "
            "ON CONFLICT (id) DO UPDATE SET purpose = excluded.purpose",
            [wanted],
        )
    load_reference_data()
    apply_guards()
    connection.close()


def migrations_digest() -> str:
    """What the migrations at hand say, in 40 characters."""
    digest = hashlib.sha256()
    for key, migration in sorted(MigrationLoader(None).disk_migrations.items()):
        source = Path(importlib.import_module(type(migration).__module__).__file__ or "")
        digest.update(f"{key}".encode() + source.read_bytes())
    return digest.hexdigest()[:40]


def template_digest() -> str | None:
    """The digest of the migrations by which the template was made; None without a template."""
    try:
        with psycopg.connect(dsn(TEMPLATE, Role.OWNER)) as template:
            row = template.execute("SELECT purpose FROM platform_simulation").fetchone()
    except psycopg.OperationalError:
        return None
    except psycopg.errors.UndefinedTable:
        return "half made"
    return row[0] if row else "half made"


@contextmanager
def template_lock() -> Iterator[None]:
    """One process at a time makes the template or copies it."""
    path = Path("/tmp") / f"emigrate-template-{os.getuid()}.lock"
    with path.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@pytest.fixture(scope="session", autouse=True)
def _no_network() -> Iterator[None]:
    """No test reaches outside this machine (`tests/network.py`)."""
    with loopback_only():
        yield


@pytest.fixture(scope="session")
def database_name(
    tmp_path_factory: pytest.TempPathFactory, django_db_blocker: DjangoDbBlocker
) -> Iterator[str]:
    """A private copy of the template for this process, dropped at the end."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    run = os.environ.get("PYTEST_XDIST_TESTRUNUID", str(os.getpid()))
    shared = tmp_path_factory.getbasetemp()
    shared = shared if worker == "main" else shared.parent
    start(fast=True)
    name = f"test_{run[:8]}_{worker}"
    marker = Path(shared) / "template-ready"
    with template_lock():
        if not marker.exists():
            with django_db_blocker.unblock():
                migrated_template()
            marker.touch()
        create_from_template(name, TEMPLATE, simulation=True)
    connect_as(name, Role.APP)
    yield name
    connection.close()
    drop_database(name)


@pytest.fixture(scope="session")
def django_db_setup(database_name: str, django_db_blocker: DjangoDbBlocker) -> None:
    """pytest-django's database is ours: PostgreSQL with row security, as the application's role."""
    del database_name, django_db_blocker


@pytest.fixture(autouse=True)
def _english() -> None:
    """A request in another language leaves that language behind in its thread."""
    translation.activate("en")


@pytest.fixture
def committed_database(database_name: str, django_db_blocker: DjangoDbBlocker) -> Iterator[str]:
    """A database of this test alone, in which transactions commit: for races and for triggers.

    Do not mark the test `django_db`. Threads open their own connections to it (`tests/races.py`).
    """
    name = f"{database_name}_{next(_serial)}"
    with template_lock():
        create_from_template(name, TEMPLATE, simulation=True)
    connect_as(name, Role.APP)
    with django_db_blocker.unblock():
        yield name
        connection.close()
    connect_as(database_name, Role.APP)
    drop_database(name)


_serial = itertools.count(1)
