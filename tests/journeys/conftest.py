"""The population of the journeys: two tenants on real actions, made once for a process."""

import itertools
from collections.abc import Iterator
from copy import deepcopy
from datetime import UTC, datetime

import pytest
from django.conf import settings
from django.db import connection
from pytest_django.plugin import DjangoDbBlocker

from emigrate.foundation.identifiers.numbering import numbered_by
from emigrate.ops.database import Role, create_from_template, drop_database
from emigrate.ops.simulation.installation import introduce
from emigrate.ops.simulation.sandboxes import PARTNERS, sandboxes, set_clock
from tests.conftest import TEMPLATE, connect_as, template_lock
from tests.journeys.population import Population, populate

BEGINS = datetime(2026, 10, 12, 4, 30, tzinfo=UTC)
SEED = 11
_serial = itertools.count(1)


@pytest.fixture(scope="session")
def partners(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, object]]:
    """The sandboxes as their own process, known to the settings while the tests run."""
    folder = tmp_path_factory.mktemp("sandbox")
    with pytest.MonkeyPatch.context() as patched:
        for name in PARTNERS:
            patched.delenv(f"EMIGRATE_{name.upper()}_URL", raising=False)
        with sandboxes(folder, seed=SEED) as greeting:
            addresses = {name: greeting["base_urls"][path] for name, path in PARTNERS.items()}
            patched.setattr(settings, "PARTNERS", addresses)
            introduce(greeting)
            set_clock(greeting, BEGINS)
            yield greeting


@pytest.fixture(scope="session")
def population_made(
    database_name: str,
    partners: dict[str, object],
    django_db_blocker: DjangoDbBlocker,
) -> Iterator[tuple[str, Population]]:
    """The name of the population's database, and who lives in it."""
    del partners
    name = f"{database_name}_village"
    with template_lock():
        create_from_template(name, TEMPLATE, simulation=True)
    connect_as(name, Role.APP)
    with django_db_blocker.unblock(), numbered_by(SEED):
        made = populate(SEED, BEGINS)
        connection.close()
    connect_as(database_name, Role.APP)
    yield name, made
    drop_database(name)


@pytest.fixture(scope="module")
def population_database(
    population_made: tuple[str, Population],
    database_name: str,
    django_db_blocker: DjangoDbBlocker,
) -> Iterator[Population]:
    """Let this module's tests run in the population's database."""
    name, made = population_made
    with django_db_blocker.unblock():
        connect_as(name, Role.APP)
        yield made
        connect_as(database_name, Role.APP)


@pytest.fixture
def population(population_database: Population, db: None) -> Population:
    """The population, in a transaction that is rolled back."""
    del db
    return deepcopy(population_database)


@pytest.fixture
def committed_population(
    population_made: tuple[str, Population], django_db_blocker: DjangoDbBlocker
) -> Iterator[Population]:
    """A copy of the population's database for this test alone, in which transactions commit."""
    source, made = population_made
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
