"""`emigrate worker`: the process that runs jobs, until it is told to stop."""

import argparse

from emigrate.ops.cli import DONE, Subparsers, add_json, positive
from emigrate.ops.database import Role, default_database
from emigrate.ops.django_setup import setup_django


def add_parser(subparsers: Subparsers) -> None:
    """Add `worker`."""
    parser = subparsers.add_parser("worker", help="run jobs until stopped")
    parser.add_argument("--database", default=default_database(), help="default: %(default)s")
    parser.add_argument("--jobs", type=positive, default=2, help="at the same time")
    add_json(parser)
    parser.set_defaults(run=_run)


def _run(arguments: argparse.Namespace) -> int:
    setup_django(arguments.database, Role.WORKER)
    from django.core.management import call_command  # app ready

    from emigrate.foundation.actors import Actor  # app ready
    from emigrate.foundation.audit.sequencer import place_waiting  # app ready
    from emigrate.foundation.jobs import put_back_stalled  # app ready

    put_back_stalled()
    place_waiting(actor=Actor.system("worker-start"), whole=True)
    options = ["--concurrency", str(arguments.jobs), "--delete-jobs", "successful"]
    call_command("procrastinate", "worker", *options)
    return DONE
