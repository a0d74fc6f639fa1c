"""`emigrate db`: start, stop, migrate and look at the database."""

import argparse
import json
from collections.abc import Callable
from typing import Any

from django.core.management.base import CommandError
from django.db import Error
from django.db.migrations.exceptions import InconsistentMigrationHistory

from emigrate.ops.cli import DONE, CommandRefused, Subparsers, add_json
from emigrate.ops.database import (
    Instance,
    Role,
    default_database,
    ensure_database,
    ensure_roles,
    is_simulation,
    refusing,
    start,
    status,
    stop,
)
from emigrate.ops.django_setup import setup_django
from emigrate.ops.name_keys import name_keys


def add_parser(subparsers: Subparsers) -> None:
    """Add `db` and its verbs."""
    parser = subparsers.add_parser("db", help="start, stop, migrate and look at the database")
    verbs = parser.add_subparsers(dest="verb", metavar="VERB", required=True)
    _add_verb(verbs, "start", "start this checkout's server; nothing happens when it runs", _start)
    _add_verb(verbs, "stop", "stop this checkout's server", _stop)
    _add_verb(verbs, "status", "say whether it runs, its version, folders and databases", _status)
    migrate = _add_verb(verbs, "migrate", "start, then bring a database up to date", _migrate)
    keys = _add_verb(verbs, "name-keys", "make the blinded name keys anew", name_keys)
    for verb in (migrate, keys):
        verb.add_argument("--database", default=default_database(), help="default: %(default)s")
    migrate.add_argument(
        "--simulation", action="store_true", help="make it a simulation, whose time can be set"
    )


def _add_verb(
    verbs: Subparsers, name: str, text: str, run: Callable[[argparse.Namespace], int]
) -> argparse.ArgumentParser:
    parser = verbs.add_parser(name, help=text, description=f"{text[0].upper()}{text[1:]}.")
    add_json(parser)
    parser.set_defaults(run=lambda arguments: _refusing(run, arguments))
    return parser


def _refusing(run: Callable[[argparse.Namespace], int], arguments: argparse.Namespace) -> int:
    with refusing():
        return run(arguments)


def _start(arguments: argparse.Namespace) -> int:
    return _say(start(), arguments)


def _stop(arguments: argparse.Namespace) -> int:
    stop()
    return _say(status(), arguments)


def _status(arguments: argparse.Namespace) -> int:
    return _say(status(), arguments)


def _migrate(arguments: argparse.Namespace) -> int:
    migrate(arguments.database, simulation=arguments.simulation, quiet=arguments.json)
    return _say(status(), arguments)


def migrate(database: str, *, simulation: bool = False, quiet: bool = True) -> None:
    """Bring a database up to date as its owner: made if missing, tables, reference data, guards.

    It loads Django as the owner, so the process must not go on as another role. Refused for a
    database that newer code has migrated, and when a migration cannot be applied to its rows.
    """
    from django.core.management import call_command  # slow import

    start()
    ensure_roles()
    ensure_database(database, simulation=simulation)
    setup_django(database, Role.OWNER)
    _refuse_newer(database)
    try:
        call_command("migrate", interactive=False, verbosity=0 if quiet else 1)
        _fill_and_guard(database)
    except (Error, CommandError, InconsistentMigrationHistory) as problem:
        text = f"{database} cannot be brought up to this code: {_first_line(problem)}"
        raise CommandRefused("migration_failed", text) from problem


def _refuse_newer(database: str) -> None:
    """Old code must not work on new tables, nor put its own guards in the place of newer ones."""
    from django.db import connection  # app ready
    from django.db.migrations.loader import MigrationLoader  # slow import

    loader = MigrationLoader(connection)
    known = {*loader.disk_migrations, *loader.replacements}
    ours = {app for app, _ in known}
    unknown = sorted(
        each for each in loader.applied_migrations if each[0] in ours and each not in known
    )
    if unknown:
        names = ", ".join(".".join(each) for each in unknown)
        text = f"{database} was migrated by other code than this ({names}): use that code."
        raise CommandRefused("database_newer", text)


def _first_line(problem: Exception) -> str:
    return str(problem).strip().partition("\n")[0] or type(problem).__name__


def _fill_and_guard(database: str) -> None:
    from emigrate.foundation.database.guards import apply_guards  # app ready
    from emigrate.foundation.models import Simulation  # app ready
    from emigrate.ops.seed import load_reference_data  # app ready

    if is_simulation(database):
        Simulation.objects.get_or_create(defaults={"purpose": database[:40]})
    load_reference_data()
    apply_guards()


def _say(instance: Instance, arguments: argparse.Namespace) -> int:
    print(json.dumps(instance.as_json()) if arguments.json else _sentence(instance))
    return DONE


def _sentence(instance: Instance) -> str:
    kind = "outside database of DATABASE_URL" if instance.external else "database"
    if not instance.running:
        return f"The {kind} is not running."
    parts: dict[str, Any] = {
        "socket": instance.socket,
        "data": instance.data,
        "databases": ", ".join(instance.databases) or "none",
    }
    lines = [f"  {name}: {value}" for name, value in parts.items() if value is not None]
    return "\n".join([f"The {kind} runs, PostgreSQL {instance.version}.", *lines])
