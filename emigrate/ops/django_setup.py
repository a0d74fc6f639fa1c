"""Make Django ready in a command: the database started, its address set, the apps loaded."""

import os

import django

from emigrate.ops.database import Role, environment, start


def setup_django(database: str, role: Role | str) -> None:
    """Start the database and load Django's settings for a database and role.

    One process speaks as one role: call it once, first in a command, before any model is imported.
    """
    start()
    os.environ.update(environment(database, role))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "emigrate.config.settings")
    django.setup()
