"""`emigrate db name-keys`: blinded name keys made anew, after the normal form of names changed."""

import argparse
import json

from emigrate.ops.cli import DONE
from emigrate.ops.database import Role
from emigrate.ops.django_setup import setup_django
from emigrate.ops.progress import progress


def name_keys(arguments: argparse.Namespace) -> int:
    """Go through all persons in rounds, each its own transaction; say how many keys changed."""
    setup_django(arguments.database, Role.WORKER)
    from emigrate.domains.emigrants.actions import remake_name_keys  # app ready
    from emigrate.domains.emigrants.models import Emigrant  # app ready
    from emigrate.foundation.actors import Actor  # app ready
    from emigrate.foundation.transactions import acting  # app ready

    actor = Actor.system("command-name-keys")
    with acting(actor):
        total = Emigrant.objects.count()
    last = changed = seen = 0
    with progress(total, "Persons", silent=arguments.json) as advance:
        while (made := remake_name_keys(last, actor=actor)).seen:
            last, seen, changed = made.last, seen + made.seen, changed + made.changed
            advance(made.seen)
    said = {"persons": seen, "changed": changed}
    print(json.dumps(said) if arguments.json else f"{seen} persons, {changed} made anew.")
    return DONE
