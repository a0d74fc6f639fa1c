"""Row security of contracts: two agencies, employers, emigrants, in the database itself."""

import pytest
from django.db import connection

from emigrate.domains.contracts.models import Consent, Contract, ContractVersion, ReadBack
from emigrate.domains.reference.enums import Role
from emigrate.foundation.actors import Actor
from emigrate.foundation.transactions import acting, now
from tests.factories.contracts import an_agreed_contract, the_emigrant
from tests.factories.demands import SYSTEM, a_market
from tests.snapshot import as_nobody, refused_by_database

pytestmark = pytest.mark.django_db

TABLES = (Contract, ContractVersion, ReadBack, Consent)


@pytest.fixture
def two():
    """Two agreed contracts with nobody in common."""
    made = [(market, an_agreed_contract(market)) for market in (a_market("SAU"), a_market("ARE"))]
    yield made
    with acting(SYSTEM):
        connection.check_constraints()


def seen(actor):
    with acting(actor):
        return [[row.pk for row in model.objects.all()] for model in TABLES]


@pytest.mark.parametrize("who", ["company", "owner", "mission"])
def test_each_side_sees_its_own_alone(two, who):
    (one, first), (other, second) = two

    mine, theirs = seen(getattr(one, who)), seen(getattr(other, who))

    assert (mine[0], theirs[0]) == ([first.pk], [second.pk])
    assert [len(rows) for rows in mine] == [1, 1, 1, 1]
    assert all(not set(a) & set(b) for a, b in zip(mine, theirs, strict=True))


def test_each_emigrant_sees_the_own_contract_alone(two):
    for _, case in two:
        rows = seen(the_emigrant(case))
        assert rows[0] == [case.pk]
        assert [len(each) for each in rows] == [1, 1, 1, 1]


@pytest.mark.parametrize(
    ("actor", "count"),
    [
        (Actor(Role.PGE, 1), 2),
        (Actor(Role.AUDITOR, 1), 2),
        (Actor(Role.POE, 1, office="XXX"), 0),
        (Actor(Role.BOI, 1), 0),
        (Actor(Role.EMIGRANT, 1), 0),
        (Actor(Role.RA_ADMIN, 1), 0),
        (Actor.public(), 0),
    ],
)
def test_others_see_what_their_duty_needs(two, actor, count):
    assert [len(rows) for rows in seen(actor)] == [count] * 4


def test_the_office_of_the_agent_sees_the_contract(two):
    _, case = two[0]

    assert case.pk in seen(Actor(Role.POE, 1, office=case.office))[0]


def test_without_an_actor_nothing_is_seen(two):
    as_nobody()

    assert [model.objects.count() for model in TABLES] == [0, 0, 0, 0]


def a_consent(case):
    return Consent(
        contract=case, version_hash=bytes(32), language="hi", channel="web", given_at=now()
    )


def test_the_database_lets_nobody_but_the_emigrant_agree(two):
    (market, case), (_, other) = two

    for actor in (market.owner, market.company, market.mission, the_emigrant(other)):
        with refused_by_database("row-level security"), acting(actor):
            a_consent(case).save(force_insert=True)


def test_the_database_lets_nobody_but_the_agent_write_terms(two):
    market, case = two[0]

    for actor in (market.company, the_emigrant(case)):
        with refused_by_database("row-level security"), acting(actor):
            ContractVersion(contract=case, number=9, terms={}, hash=bytes(32), made_at=now()).save(
                force_insert=True
            )


def test_a_version_never_changes(two):
    market, case = two[0]

    with refused_by_database("permission denied"), acting(market.owner):
        ContractVersion.objects.filter(contract=case).update(terms={})


def test_a_state_without_its_leaf_does_not_commit(two):
    market, case = two[0]

    with acting(market.owner), refused_by_database("no leaf"):
        Contract.objects.filter(pk=case.pk).update(state="locked")
        connection.check_constraints()
