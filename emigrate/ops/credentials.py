"""`emigrate credentials`: what an offline gate needs, written to a folder."""

import argparse
import json
from pathlib import Path

from emigrate.ops.cli import DONE, Subparsers, add_json
from emigrate.ops.database import Role, default_database
from emigrate.ops.django_setup import setup_django


def add_parser(subparsers: Subparsers) -> None:
    """Add `credentials export`."""
    parser = subparsers.add_parser("credentials", help="export what an offline gate needs")
    verbs = parser.add_subparsers(dest="verb", metavar="VERB", required=True)
    export = verbs.add_parser("export", help="write root.pem, trust.cbor and status/<shard>.cbor")
    export.add_argument("--to", type=Path, required=True, metavar="DIR", help="made if missing")
    export.add_argument("--database", default=default_database(), help="default: %(default)s")
    add_json(export)
    export.set_defaults(run=_export)


def _export(arguments: argparse.Namespace) -> int:
    setup_django(arguments.database, Role.WORKER)
    from emigrate.domains.credentials.actions import export  # app ready
    from emigrate.foundation.actors import Actor  # app ready

    written = export(arguments.to, actor=Actor.system("command-export"))
    if arguments.json:
        print(json.dumps({"files": [str(path) for path in written]}))
    else:
        print("\n".join(str(path) for path in written))
    return DONE
