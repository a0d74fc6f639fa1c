"""The database of the tests: a template migrated once, and a copy of it for every process."""

import fcntl
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connection

from emigrate.foundation.database.guards import apply_guards
from emigrate.ops.database import (
    Role,
    create_from_template,
    drop_database,
    ensure_database,
    environment,
    start,
)
from emigrate.ops.database.addresses import django_settings

TEMPLATE = "emigrate_tests"


def connect_as(database: str, role: Role) -> None:
    """Point Django's connection of this process at a database, as a role."""
    connection.close()
    connection.settings_dict.update(django_settings(database, role))
    os.environ.update(environment(database, role))


def migrated_template() -> None:
    """Make or renew the template: migrations, guards, and the mark of a simulation."""
    from emigrate.ops.seed import load_reference_data  # app ready

    ensure_database(TEMPLATE, simulation=True)
    connect_as(TEMPLATE, Role.OWNER)
    call_command("migrate", verbosity=0, interactive=False)
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO platform_simulation VALUES (true, 'tests') ON CONFLICT DO NOTHING")
    load_reference_data()
    apply_guards()
    connection.close()


@pytest.fixture(scope="session")
def database_name(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A private copy of the template for this process, dropped at the end."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    run = os.environ.get("PYTEST_XDIST_TESTRUNUID", str(os.getpid()))
    shared = tmp_path_factory.getbasetemp()
    shared = shared if worker == "main" else shared.parent
    start(fast=True)
    name = f"test_{run[:8]}_{worker}"
    marker = Path(shared) / "template-ready"
    with (Path("/tmp") / f"emigrate-template-{os.getuid()}.lock").open("w") as lock:  # noqa: S108 - a lock, no content
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not marker.exists():
            migrated_template()
            marker.touch()
        create_from_template(name, TEMPLATE, simulation=True)
    connect_as(name, Role.APP)
    yield name
    connection.close()
    drop_database(name)


@pytest.fixture(scope="session")
def django_db_setup(database_name: str, django_db_blocker: pytest.FixtureRequest) -> None:
    """pytest-django's database is ours: PostgreSQL with row security, as the application's role."""
    del database_name, django_db_blocker
