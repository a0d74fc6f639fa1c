"""Row security of insurance: two agencies, two persons, in the database itself."""

from datetime import date

import pytest
from django.db import connection

from emigrate.domains.insurance import actions, queries
from emigrate.domains.insurance.models import Claim, Cover, Policy, Reconciliation
from emigrate.domains.reference.enums import Role
from emigrate.foundation.actors import Actor
from emigrate.foundation.transactions import acting
from tests.factories.agents import an_agency_owner
from tests.factories.insurance import SYSTEM, a_claim_news, an_issued_policy, the_insured
from tests.snapshot import as_nobody, refused_by_database

pytestmark = pytest.mark.django_db


@pytest.fixture
def two():
    """Two issued policies of different agencies, countries and offices."""
    owners = [an_agency_owner(), an_agency_owner()]
    places = [{"country": "SAU", "office": "MUM"}, {"country": "ARE", "office": "DEL"}]
    yield [
        (owner, an_issued_policy(owner, **place))
        for owner, place in zip(owners, places, strict=True)
    ]
    with acting(SYSTEM):
        connection.check_constraints()


def seen(actor):
    with acting(actor):
        return (
            list(Policy.objects.order_by("id").values_list("pk", flat=True)),
            list(Cover.objects.order_by("id").values_list("pk", flat=True)),
        )


def test_each_agency_and_person_sees_its_own_alone(two):
    for owner, policy in two:
        for actor in (owner, the_insured(policy)):
            assert seen(actor) == ([policy.pk], [policy.cover_id])
            assert [each.pk for each in queries.policies_for(actor)] == [policy.pk]


@pytest.mark.parametrize(
    ("actor", "which"),
    [
        (Actor(Role.POE, 1, office="MUM"), [0]),
        (Actor(Role.POE_DA, 1, office="DEL"), [1]),
        (Actor(Role.MISSION_LW, 1, country="ARE"), [1]),
        (Actor(Role.MISSION_HOM, 1, country="SAU"), [0]),
        (Actor(Role.PGE, 1), [0, 1]),
        (Actor(Role.AUDITOR, 1), [0, 1]),
        (Actor(Role.FE_ADMIN, 1, organisation_id=1), []),
        (Actor(Role.BOI, 1), []),
        (Actor(Role.EMIGRANT, 1), []),
        (Actor(Role.RA_ADMIN, 1), []),
        (Actor.public(), []),
    ],
)
def test_others_see_what_their_duty_needs(two, actor, which):
    policies = [two[index][1] for index in which]

    assert seen(actor) == ([each.pk for each in policies], [each.cover_id for each in policies])
    with acting(actor):
        found = [
            queries.policy_for(each.person_id, each.contract_reference, actor=actor)
            for _, each in two
        ]
    assert [each for each in found if each] == policies


def test_without_an_actor_nothing_is_seen(two):
    as_nobody()

    assert (Policy.objects.count(), Cover.objects.count()) == (0, 0)


def test_an_agency_writes_neither_covers_nor_policies_of_others(two):
    (owner, _), (_, other) = two

    with acting(owner):
        assert Policy.objects.filter(pk=other.pk).update(life_cover_minor=1) == 0
        assert Cover.objects.update(months=1) == 0


def test_a_state_without_its_leaf_does_not_commit(two):
    owner, policy = two[0]

    with acting(owner), refused_by_database("no leaf"):
        Policy.objects.filter(pk=policy.pk).update(state="active")
        connection.check_constraints()


def claimed(two):
    """A claim on each of the two policies, and a compared day."""
    for _, policy in two:
        actions.take_claim_news(a_claim_news(policy), actor=SYSTEM)
    actions.record_reconciliation(date(2026, 11, 22), [], actor=SYSTEM)


def claims_seen(actor):
    """By row security alone, and by the policy: policies of claims, and how many days."""
    with acting(actor):
        floor = list(Claim.objects.order_by("id").values_list("policy_id", flat=True))
        days = Reconciliation.objects.count()
        wall = [each.policy_id for each in queries.claims_for(actor).order_by("id")]
        shown_days = queries.reconciliations_for(actor).count()
    assert (floor, days) == (wall, shown_days)
    return floor, days


def test_a_person_sees_the_own_claims_and_no_agency_any(two):
    claimed(two)

    for owner, policy in two:
        assert claims_seen(the_insured(policy)) == ([policy.pk], 0)
        assert claims_seen(owner) == ([], 0)


@pytest.mark.parametrize(
    ("actor", "which", "days"),
    [
        (Actor(Role.POE, 1, office="MUM"), [], 0),
        (Actor(Role.MISSION_LW, 1, country="ARE"), [1], 0),
        (Actor(Role.MISSION_HOM, 1, country="SAU"), [0], 0),
        (Actor(Role.MISSION_LW, 1), [], 0),
        (Actor(Role.PGE, 1), [0, 1], 1),
        (Actor(Role.PGE_DA, 1), [0, 1], 1),
        (Actor(Role.AUDITOR, 1), [0, 1], 1),
        (SYSTEM, [0, 1], 1),
        (Actor(Role.FE_ADMIN, 1, organisation_id=1), [], 0),
        (Actor(Role.RA_STAFF, 1, organisation_id=1), [], 0),
        (Actor(Role.EMIGRANT, 1), [], 0),
        (Actor.public(), [], 0),
    ],
)
def test_claims_and_days_are_seen_by_whose_duty_they_are(two, actor, which, days):
    claimed(two)

    assert claims_seen(actor) == ([two[index][1].pk for index in which], days)


def test_nobody_but_the_platform_writes_a_claim(two):
    claimed(two)
    (_, policy), _ = two

    for actor in (
        the_insured(policy),
        Actor(Role.PGE, 1),
        Actor(Role.MISSION_LW, 1, country="SAU"),
    ):
        with acting(actor):
            assert Claim.objects.update(number="CL-FORGED") == 0
