"""`emigrate assurance`: what anybody, an outside auditor too, can check the product through."""

import argparse
import json
import os
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from emigrate.ops.cli import DONE, CommandRefused, Subparsers, add_json
from emigrate.ops.database import Role, default_database
from emigrate.ops.django_setup import setup_django
from emigrate.ops.verify_log import verify_log

ROUNDS = {"S": 1, "M": 5, "L": 25}


def add_parser(subparsers: Subparsers) -> None:
    """Add `assurance` and its verbs."""
    parser = subparsers.add_parser("assurance", help="what an auditor checks the product through")
    verbs = parser.add_subparsers(dest="verb", metavar="VERB", required=True)
    seed = _verb(verbs, "seed", "two tenants, every role, every state; prints tokens", _seed)
    seed.add_argument("--size", choices=sorted(ROUNDS), default="S")
    seed.add_argument("--seed", type=int, default=1)
    _verb(verbs, "policy", "the declared actor x resource x action table", _policy)
    _verb(verbs, "routes", "every route and method with its permission", _routes)
    _verb(verbs, "crash-points", "the places of EMIGRATE_CRASH_AT, and how many", _crash_points)
    log = _verb(verbs, "verify-log", "hold cases, leaves and log against each other", verify_log)
    log.add_argument("--dir", type=Path, help="check this export instead of the database's log")
    log.add_argument("--key", help="the log's key that you kept (name+id+base64)")
    log.add_argument("--since", type=Path, help="a checkpoint that you kept from before")
    log.add_argument("--database", default=default_database(), help="default: %(default)s")


def _verb(
    verbs: Subparsers, name: str, text: str, run: Callable[[argparse.Namespace], int]
) -> argparse.ArgumentParser:
    parser = verbs.add_parser(name, help=text)
    add_json(parser)
    parser.set_defaults(run=lambda arguments: _outside_production(run, arguments))
    return parser


def _outside_production(
    run: Callable[[argparse.Namespace], int], arguments: argparse.Namespace
) -> int:
    if os.environ.get("EMIGRATE_MODE") == "production":
        raise CommandRefused("production", "This does not start with production settings.")
    return run(arguments)


def _seed(arguments: argparse.Namespace) -> int:
    from emigrate.ops.simulation.installation import simulation  # slow import

    with simulation("assurance", seed=arguments.seed) as installation:
        from emigrate.foundation.identifiers.numbering import numbered_by  # app ready
        from emigrate.ops.simulation.clockwork import Clockwork  # app ready
        from emigrate.ops.simulation.sandboxes import set_clock  # app ready
        from emigrate.ops.simulation.village import LIVED, Village  # app ready
        from emigrate.ops.simulation.world import World  # app ready

        now = datetime.now(UTC)
        tell_time = partial(set_clock, installation.sandbox)
        tell_time(now - LIVED)
        with numbered_by(arguments.seed):
            world = World(arguments.seed, Clockwork(now - LIVED))
            village = Village(world, tell_time=tell_time)
            village.settle()
            village.fill(ROUNDS[arguments.size])
        world.clockwork.moment = now
        answer = {
            "database": "assurance",
            "sign_ins": village.tokens(),
            "references": village.references,
            "cases": village.cases(),
        }
    print(json.dumps(answer, ensure_ascii=False))
    return DONE


def _policy(arguments: argparse.Namespace) -> int:
    setup_django(default_database(), Role.APP, reads=False)
    from emigrate.foundation.policy import POLICIES  # app ready

    rows = [
        {"actor": str(role), "resource": subject, "action": action, "rows": scope.__name__}
        for subject, table in sorted(POLICIES.items())
        for action, rules in table.rules.items()
        for role, scope in sorted(rules.items())
    ]
    _print(rows, arguments, "{actor:<14} {resource:<20} {action:<12} {rows}")
    return DONE


def _routes(arguments: argparse.Namespace) -> int:
    setup_django(default_database(), Role.APP, reads=False)
    from django.conf import settings  # app ready
    from django.utils.module_loading import import_string  # app ready

    operations = import_string(settings.PERMISSION_TABLES["api"])
    callbacks = import_string(settings.PERMISSION_TABLES["callbacks"])
    pages = import_string(settings.PERMISSION_TABLES["pages"])
    rows = [
        {"method": method, "route": path, "permission": str(permission)}
        for (method, path), permission in operations.items()
    ]
    rows += [
        {"method": "POST", "route": address, "permission": str(sender)}
        for address, sender in callbacks.items()
    ]
    rows += [
        {"method": "GET, POST", "route": name, "permission": str(permission)}
        for name, permission in pages.items()
    ]
    _print(rows, arguments, "{method:<10} {route:<50} {permission}")
    return DONE


def _crash_points(arguments: argparse.Namespace) -> int:
    setup_django(default_database(), Role.APP, reads=False)
    from emigrate.foundation.crash import crash_points  # app ready

    points = crash_points()
    if arguments.json:
        print(json.dumps({"count": len(points), "points": points}))
    else:
        print("\n".join([*points, f"{len(points)} crash points"]))
    return DONE


def _print(rows: list[dict[str, Any]], arguments: argparse.Namespace, form: str) -> None:
    if arguments.json:
        print(json.dumps(rows, ensure_ascii=False))
    else:
        print("\n".join(form.format(**row) for row in rows))
