"""Row security of demands: two employers, two agencies, two Missions, in the database itself."""

import pytest
from django.db import connection

from emigrate.domains.demands.models import Allotment, Demand, DemandLine, PowerOfAttorney
from emigrate.domains.reference.enums import Role
from emigrate.foundation.actors import Actor
from emigrate.foundation.transactions import acting
from tests.factories.demands import SYSTEM, a_draft, a_market, a_sent_allotment, an_approved_demand
from tests.snapshot import as_nobody, refused_by_database

pytestmark = pytest.mark.django_db

TABLES = (Demand, DemandLine, Allotment, PowerOfAttorney)


@pytest.fixture
def two():
    """Two employers of two countries, each with its Mission, agency and allotted demand."""
    markets = [a_market("SAU"), a_market("ARE")]
    for market in markets:
        a_sent_allotment(market)
    yield markets
    with acting(SYSTEM):
        connection.check_constraints()


def seen(actor, model):
    with acting(actor):
        return model.objects.count()


@pytest.mark.parametrize("who", ["company", "owner", "mission"])
@pytest.mark.parametrize("model", TABLES)
def test_each_sees_its_own_alone(two, who, model):
    for market in two:
        actor = getattr(market, who)
        with acting(actor):
            rows = list(model.objects.all())
        assert len(rows) == 1


@pytest.mark.parametrize(
    ("actor", "counts"),
    [
        (Actor(Role.PGE, 1), (2, 2, 2, 2)),
        (Actor(Role.AUDITOR, 1), (2, 2, 2, 2)),
        (Actor(Role.POE, 1, office="DEL"), (2, 2, 2, 2)),
        (Actor(Role.EMIGRANT, 1, person_id=1), (2, 2, 0, 0)),
        (Actor.public(), (2, 2, 0, 0)),
        (Actor(Role.BOI, 1), (0, 0, 0, 0)),
        (Actor(Role.RA_ADMIN, 1), (0, 0, 0, 0)),
        (Actor(Role.FE_ADMIN, 1), (0, 0, 0, 0)),
    ],
)
def test_others_see_what_their_duty_needs(two, actor, counts):
    assert tuple(seen(actor, model) for model in TABLES) == counts


def test_an_unapproved_demand_is_nobody_elses(two):
    a_draft(two[0])

    assert seen(two[0].company, Demand) == 2
    assert seen(Actor.public(), Demand) == 2
    assert seen(two[1].company, Demand) == 1


def test_without_an_actor_nothing_is_seen(two):
    as_nobody()

    assert [model.objects.count() for model in TABLES] == [0, 0, 0, 0]


def test_a_stranger_writes_nothing(two):
    mine, other = two
    demand = an_approved_demand(mine)

    with acting(other.company):
        assert Demand.objects.filter(pk=demand.pk).update(site="Elsewhere") == 0
        assert DemandLine.objects.filter(demand=demand).update(number=99) == 0
    with acting(mine.owner):
        assert DemandLine.objects.filter(demand=demand).update(number=99) == 0


def test_a_state_without_its_leaf_does_not_commit(two):
    company = two[0].company

    with acting(company), refused_by_database("no leaf"):
        Demand.objects.update(state="cancelled")
        connection.check_constraints()


def test_no_application_role_deletes(two):
    company = two[0].company

    with refused_by_database("permission denied"), acting(company):
        Allotment.objects.all()._raw_delete("default")
