"""A database in which the scene of a clearance is committed, made once for a process.

Tests marked `django_db` run in it and are rolled back; races get a copy of their own.
"""

import itertools
from collections.abc import Iterator
from copy import deepcopy

import pytest
from django.db import connection
from pytest_django.plugin import DjangoDbBlocker

from emigrate.foundation.identifiers.numbering import numbered_by
from emigrate.ops.database import Role, create_from_template, drop_database
from tests.conftest import TEMPLATE, connect_as, template_lock
from tests.factories.clearances import Scene, a_scene

_serial = itertools.count(1)


@pytest.fixture(scope="session")
def scene_made(
    database_name: str, django_db_blocker: DjangoDbBlocker
) -> Iterator[tuple[str, Scene]]:
    """The name of the scene's database, and the scene as it was made."""
    name = f"{database_name}_scene"
    with template_lock():
        create_from_template(name, TEMPLATE, simulation=True)
    connect_as(name, Role.APP)
    with django_db_blocker.unblock(), numbered_by(7):
        made = a_scene()
        connection.close()
    connect_as(database_name, Role.APP)
    yield name, made
    drop_database(name)


@pytest.fixture(scope="module")
def scene_database(
    scene_made: tuple[str, Scene], database_name: str, django_db_blocker: DjangoDbBlocker
) -> Iterator[Scene]:
    """Let this module's tests run in the scene's database."""
    name, made = scene_made
    with django_db_blocker.unblock():
        connect_as(name, Role.APP)
        yield made
        connect_as(database_name, Role.APP)


@pytest.fixture
def scene(scene_database: Scene, db: None) -> Scene:
    """The scene, in a transaction that is rolled back; its clock and draws are the test's own."""
    del db
    return deepcopy(scene_database)


@pytest.fixture
def committed_scene(
    scene_made: tuple[str, Scene], django_db_blocker: DjangoDbBlocker
) -> Iterator[Scene]:
    """A copy of the scene's database for this test alone, in which transactions commit."""
    source, made = scene_made
    with django_db_blocker.unblock():
        before = connection.settings_dict["NAME"]
        connection.close()
        name = f"{source}_{next(_serial)}"
        with template_lock():
            create_from_template(name, source, simulation=True)
        connect_as(name, Role.APP)
        yield deepcopy(made)
        connection.close()
        connect_as(before, Role.APP)
        drop_database(name)
