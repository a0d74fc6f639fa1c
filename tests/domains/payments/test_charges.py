from datetime import UTC, datetime

import pytest
from django.db import connection
from django.db.utils import IntegrityError

from emigrate.domains.payments.actions import (
    ChargeAnswered,
    ChargeRecorded,
    answer_charge,
)
from emigrate.domains.payments.models import Charge
from emigrate.domains.payments.queries import charges_of, disputed_charges_for
from emigrate.foundation import clock
from emigrate.foundation.actors import Actor
from emigrate.foundation.errors import InvalidInput, NotFound, NotPermitted
from emigrate.foundation.transactions import acting
from tests.factories.accounts import SYSTEM, an_agency
from tests.factories.payments import a_charge
from tests.snapshot import refused_by_database

pytestmark = pytest.mark.django_db

WORKER = Actor("emigrant", user_id=71, person_id=7)
STRANGER = Actor("emigrant", user_id=72, person_id=8)
MOMENT = datetime(2026, 11, 23, tzinfo=UTC)


@pytest.fixture
def agent():
    return Actor("ra_admin", user_id=70, organisation_id=an_agency().pk)


def kept():
    with acting(SYSTEM):
        return list(Charge.objects.order_by("pk").values())


def seen_by(actor, agency_id):
    with acting(actor):
        rows = charges_of(7, "CT-TEST-1", actor, agency_id=agency_id)
        return [(c.head, c.amount_minor) for c in rows]


def write(agency_id, currency="INR"):
    """A row past every action."""
    return Charge.objects.create(
        agency_id=agency_id,
        person_id=7,
        subject_reference="CT-TEST-1",
        head="service",
        amount_minor=900_000,
        currency=currency,
        receipt_number="R-1",
        recorded_at=MOMENT,
    )


def test_both_sides_see_what_the_agent_recorded(agent):
    a_charge(actor=agent)
    other_agent = Actor("ra_staff", user_id=80, organisation_id=an_agency().pk)

    lookers = (agent, WORKER, STRANGER, other_agent, SYSTEM)
    seen = [seen_by(actor, agent.organisation_id) for actor in lookers]

    assert seen == [
        [("service", 2_000_000)],
        [("service", 2_000_000)],
        [],
        [],
        [("service", 2_000_000)],
    ]


@pytest.mark.parametrize(("said", "differs"), [(2_000_000, False), (0, True), (5_000_000, True)])
def test_the_worker_says_what_was_really_paid(agent, said, differs):
    charge = a_charge(actor=agent)

    answered = answer_charge(charge.pk, said, actor=WORKER)

    assert (answered.worker_amount_minor, answered.disputed) == (said, differs)
    assert (answered.amount_minor, answered.worker_answered_at is not None) == (2_000_000, True)
    with acting(agent):
        found = [each.pk for each in disputed_charges_for(agent)]
    assert found == ([charge.pk] if differs else [])


def test_a_charge_that_nobody_answered_is_not_disputed(agent):
    charge = a_charge(actor=agent)

    assert (charge.disputed, charge.counted_minor) == (False, 2_000_000)


@pytest.mark.parametrize(
    ("said", "counted", "differs"),
    [
        (0, 2_000_000, True),
        (1_999_999, 2_000_000, True),
        (2_000_000, 2_000_000, False),
        (2_000_001, 2_000_001, True),
        (10**15, 10**15, True),
    ],
)
def test_the_greater_of_two_amounts_counts(agent, said, counted, differs):
    charge = a_charge(actor=agent)

    answered = answer_charge(charge.pk, said, actor=WORKER)

    [stored] = [Charge(**row) for row in kept()]
    assert (answered.counted_minor, stored.counted_minor) == (counted, counted)
    assert answered.worker_answered_at == stored.worker_answered_at
    assert stored.disputed == differs


def test_what_another_agency_says_does_not_count(agent):
    other_agent = Actor("ra_admin", user_id=80, organisation_id=an_agency().pk)
    a_charge(actor=agent)
    a_charge(actor=other_agent, amount_minor=9_999_900)

    counted = [
        seen_by(actor, agency.organisation_id)
        for actor in (SYSTEM, WORKER)
        for agency in (agent, other_agent)
    ]

    assert counted == [[("service", 2_000_000)], [("service", 9_999_900)]] * 2


@pytest.mark.parametrize("currency", ["USD", "KWD", "inr", ""])
def test_the_database_keeps_no_charge_in_another_currency(agent, currency):
    with refused_by_database("payments_charge_home_currency"), acting(agent):
        write(agent.organisation_id, currency)

    assert kept() == []


def test_the_database_writes_no_charge_for_another_agency(agent):
    other_agent = Actor("ra_admin", user_id=80, organisation_id=an_agency().pk)

    with refused_by_database("row-level security"), acting(other_agent):
        write(agent.organisation_id)

    assert kept() == []


@pytest.mark.parametrize("actor", [WORKER, SYSTEM, STRANGER, Actor("csc_vle", 5, person_id=7)])
def test_the_database_writes_no_charge_but_an_agencys(agent, actor):
    with refused_by_database("payments_charge_sides|an agency writes"), acting(actor):
        write(agent.organisation_id)

    assert kept() == []


def test_the_worker_answers_once(agent):
    charge = a_charge(actor=agent)
    answer_charge(charge.pk, 1, actor=WORKER)
    before = kept()

    with pytest.raises(ChargeAnswered):
        answer_charge(charge.pk, 2, actor=WORKER)

    assert kept() == before


@pytest.mark.parametrize("currency", ["USD", "KWD", ""])
def test_the_worker_answers_in_rupees(agent, currency):
    charge = a_charge(actor=agent)
    before = kept()

    with pytest.raises(InvalidInput) as refusal:
        answer_charge(charge.pk, 1, actor=WORKER, currency=currency)

    assert [(error["pointer"], error["code"]) for error in refusal.value.errors] == [
        ("/currency", "currency_not_home")
    ]
    assert kept() == before


def test_a_village_operator_answers_for_the_worker_before_them(agent):
    charge = a_charge(actor=agent)
    operator = Actor("csc_vle", user_id=5, organisation_id=6, person_id=7, on_behalf_of="EM-7")

    answered = answer_charge(charge.pk, 1, actor=operator)

    assert answered.worker_amount_minor == 1


@pytest.mark.parametrize(
    ("actor", "amount", "refusal"),
    [
        (WORKER, -1, InvalidInput),
        (WORKER, 10**15 + 1, InvalidInput),
        (STRANGER, 1, NotFound),
        (Actor.public(), 1, NotFound),
        (Actor("poe", user_id=3, office="DEL"), 1, NotPermitted),
        (SYSTEM, 1, NotPermitted),
    ],
)
def test_an_answer_is_refused_and_nothing_changes(agent, actor, amount, refusal):
    charge = a_charge(actor=agent)
    before = kept()

    with pytest.raises(refusal):
        answer_charge(charge.pk, amount, actor=actor)

    assert kept() == before


def test_the_agent_does_not_answer_for_the_worker(agent):
    charge = a_charge(actor=agent)
    before = kept()

    with pytest.raises(NotPermitted):
        answer_charge(charge.pk, 2_000_000, actor=agent)

    assert kept() == before


@pytest.mark.parametrize(
    "head",
    [
        "service", "advertisement", "trade_test", "attestation", "interview_travel",
        "guarantee_cost", "cancellation", "administration", "visa", "medical", "ticket",
        "boarding", "gst",
    ],
)  # fmt: skip
def test_every_head_of_the_law_is_taken(agent, head):
    assert a_charge(actor=agent, head=head).head == head


@pytest.mark.parametrize(
    ("other", "code"),
    [
        ({"head": "gift"}, "head_unknown"),
        ({"currency": "RUP"}, "currency_not_home"),
        ({"currency": "USD"}, "currency_not_home"),
        ({"currency": "inr"}, "currency_not_home"),
        ({"currency": ""}, "currency_not_home"),
        ({"amount_minor": 0}, "amount_out_of_range"),
        ({"receipt_number": "  "}, "receipt_missing"),
        ({"receipt_number": "9" * 61}, "receipt_missing"),
    ],
)
def test_a_wrong_charge_is_refused_and_nothing_changes(agent, other, code):
    with pytest.raises(InvalidInput) as refusal:
        a_charge(actor=agent, **other)

    assert [error["code"] for error in refusal.value.errors] == [code]
    assert kept() == []


@pytest.mark.parametrize(
    "actor",
    [WORKER, SYSTEM, Actor("poe", user_id=1), Actor("ra_admin", user_id=1), Actor.public()],
)
def test_only_an_agent_records(actor):
    with pytest.raises(NotPermitted):
        a_charge(actor=actor)

    assert kept() == []


def test_a_head_stands_once_on_a_receipt(agent):
    a_charge(actor=agent, receipt_number="R-1")
    a_charge(actor=agent, receipt_number="R-1", head="gst")
    before = kept()

    with pytest.raises(ChargeRecorded):
        a_charge(actor=agent, receipt_number="R-1")

    assert kept() == before


@pytest.mark.parametrize(
    ("actor_role", "change"),
    [
        ("ra_admin", "amount_minor = 1"),
        ("ra_admin", "worker_amount_minor = 1, worker_answered_at = now()"),
        ("emigrant", "amount_minor = 1"),
        ("emigrant", "worker_amount_minor = 1"),
        ("system", "worker_amount_minor = 1, worker_answered_at = now()"),
        ("ra_admin", "currency = 'USD'"),
        ("emigrant", "currency = 'USD'"),
        ("emigrant", "subject_reference = 'CT-TEST-2'"),
    ],
)
def test_the_database_keeps_each_side_to_its_own(agent, actor_role, change):
    a_charge(actor=agent)
    before = kept()
    actor = {"ra_admin": agent, "emigrant": WORKER, "system": SYSTEM}[actor_role]

    with pytest.raises(IntegrityError), acting(actor), connection.cursor() as cursor:
        cursor.execute(f"UPDATE payments_charge SET {change}")

    assert kept() == before


def test_heads_are_asked_as_of_the_day(agent):
    with clock.simulate(datetime(2018, 1, 2, tzinfo=UTC)):
        assert a_charge(actor=agent, head="gst").head == "gst"
