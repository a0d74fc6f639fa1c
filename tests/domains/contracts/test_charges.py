"""Charges come through the contract: the agency's own, of its person, while it stands."""

from dataclasses import replace

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from emigrate.domains.agents import actions as agents
from emigrate.domains.contracts import actions, queries
from emigrate.domains.emigrants import actions as emigrants
from emigrate.domains.emigrants.queries import emigrants_for
from emigrate.domains.payments.actions import ChargeRecorded, NewCharge, answer_charge
from emigrate.domains.payments.models import Charge
from emigrate.domains.payments.queries import charges_for, charges_of
from emigrate.domains.reference.enums import Role
from emigrate.foundation import events
from emigrate.foundation.actors import Actor
from emigrate.foundation.errors import (
    AlreadyExists,
    Blocked,
    InvalidInput,
    NotFound,
    NotPermitted,
    WrongState,
)
from emigrate.foundation.transactions import acting
from tests.factories.agents import a_protector_general
from tests.factories.contracts import (
    a_contract,
    a_fixed_contract,
    a_signed_contract,
    an_agreed_contract,
    an_offered_contract,
    the_emigrant,
)
from tests.factories.demands import SYSTEM, a_market, as_stored, with_another_agency
from tests.factories.emigrants import a_verified_emigrant
from tests.snapshot import leaves_of, refused, refused_by_database

pytestmark = pytest.mark.django_db


@pytest.fixture
def market():
    yield a_market()
    with acting(SYSTEM):
        connection.check_constraints()


@pytest.fixture
def heard(monkeypatch):
    """What a subscriber above hears of charges."""
    told = []
    for event in ("charge.recorded", "charge.answered"):
        monkeypatch.setitem(
            events._subscribers,
            event,
            [lambda row, *, actor, event=event: told.append((event, row, actor))],
        )
    return told


def taken(**other):
    """Rs 20,000 for service."""
    values = {"head": "service", "amount_minor": 2_000_000, "currency": "INR"}
    return NewCharge(**({**values, "receipt_number": "R-1"} | other))


def record(case, actor, *, emigrant_reference=None, **other):
    new = taken(**other)
    return actions.record_charge(
        case.reference, new, emigrant_reference=emigrant_reference, actor=actor
    )


def person_of(case):
    with acting(SYSTEM):
        return case.emigrant.reference


def declined(market):
    case = an_offered_contract(market)
    return actions.decline_contract(case.reference, actor=the_emigrant(case))


def withdrawn(market):
    case = an_agreed_contract(market)
    return actions.withdraw_consent(case.reference, actor=the_emigrant(case))


def given_up(market):
    case = an_offered_contract(market)
    return actions.void_contract(case.reference, "Not needed.", actor=market.owner)


def annulled(market):
    case = a_fixed_contract(market)
    return actions.annul_contract(case.reference, "I stay.", actor=the_emigrant(case))


def seen_as_well(market, case):
    """Another agency that the contract's emigrant lets see the record."""
    other = with_another_agency(market).owner
    emigrants.link_agent(person_of(case), other.organisation_id, actor=the_emigrant(case))
    with acting(other):
        assert emigrants_for(other).filter(pk=case.emigrant_id).exists()
        assert not queries.contracts_for(other).exists()
    return other


def forged(case, agency_id):
    """A row past every action, over the cap."""
    return Charge.objects.create(
        agency_id=agency_id,
        person_id=case.emigrant_id,
        subject_reference=case.reference,
        head="service",
        amount_minor=9_999_900,
        currency="INR",
        receipt_number="R-9",
        recorded_at=case.state_since,
    )


# --- what is recorded, and who sees it --------------------------------------------------------


@pytest.mark.parametrize("made", [an_offered_contract, an_agreed_contract, a_fixed_contract])
def test_the_agency_records_what_it_took_from_the_contracts_emigrant(market, made):
    case = made(market)
    before = leaves_of(case)

    row = record(case, market.owner)

    assert (row.subject_reference, row.person_id) == (case.reference, case.emigrant_id)
    assert (row.agency_id, row.recorded_by) == (case.agency_id, market.owner.user_id)
    assert (row.amount_minor, row.counted_minor, row.currency) == (2_000_000, 2_000_000, "INR")
    assert (leaves_of(case), as_stored(case).audit_seq) == (before, case.audit_seq)


def test_both_sides_and_nobody_else_see_the_charge(market):
    case = an_offered_contract(market)
    row = record(case, market.owner)
    stranger = the_emigrant(a_contract(market))
    seen = []

    for actor in (market.owner, the_emigrant(case), seen_as_well(market, case), stranger):
        with acting(actor):
            by_policy = [each.pk for each in charges_for(actor)]
            by_row_security = [each.pk for each in Charge.objects.all()]
        seen.append((by_policy, by_row_security))

    assert seen == [([row.pk], [row.pk]), ([row.pk], [row.pk]), ([], []), ([], [])]


def test_staff_of_the_agency_record_too(market):
    case = an_offered_contract(market)
    staff = Actor(Role.RA_STAFF, 42, organisation_id=case.agency_id)

    assert record(case, staff).recorded_by == 42


def test_the_person_that_is_named_must_be_the_contracts_own(market):
    case = an_offered_contract(market)
    another = a_verified_emigrant(actor=market.owner).reference

    for named in (another, "EM-0000-0", ""):
        with refused(InvalidInput, "emigrant_not_of_contract"):
            record(case, market.owner, emigrant_reference=named)
    row = record(case, market.owner, emigrant_reference=person_of(case))

    assert row.person_id == case.emigrant_id


# --- what is refused --------------------------------------------------------------------------


def test_an_agency_that_sees_the_person_records_nothing_on_anothers_contract(market):
    case = a_fixed_contract(market)
    other = seen_as_well(market, case)

    for named in (None, person_of(case)):
        with refused(NotFound, "not_found"):
            record(case, other, emigrant_reference=named)
    assert record(case, market.owner).agency_id == case.agency_id


def test_a_charge_is_of_a_contract_and_of_nothing_else(market):
    case = an_offered_contract(market)
    subjects = ("CT-2026-0000000-0", "EC-2026-DEL-0000000-0", person_of(case), "",
                case.reference[:-1])  # fmt: skip

    for subject in subjects:
        with refused(NotFound, "not_found"):
            actions.record_charge(subject, taken(), actor=market.owner)


@pytest.mark.parametrize(
    ("made", "state"),
    [
        (a_contract, "draft"),
        (a_signed_contract, "employer_signed"),
        (declined, "declined"),
        (withdrawn, "withdrawn"),
        (given_up, "void"),
        (annulled, "void"),
    ],
)
def test_nothing_is_taken_before_the_offer_or_after_the_end(market, made, state):
    case = made(market)
    assert case.state == state

    with refused(WrongState, "wrong_state"):
        record(case, market.owner)


def test_nobody_but_the_agency_records(market):
    case = a_fixed_contract(market)
    others = (
        the_emigrant(case),
        market.company,
        market.mission,
        Actor(Role.POE, 1, office=case.office),
        Actor(Role.PGE, 1),
        Actor.public(),
        SYSTEM,
    )

    for actor in others:
        with refused(NotPermitted):
            record(case, actor)
    with refused(NotFound):
        record(case, Actor(Role.RA_ADMIN, 1))


@pytest.mark.parametrize(
    ("other", "code"),
    [
        ({"currency": "USD", "amount_minor": 900_000}, "currency_not_home"),
        ({"head": "gift"}, "head_unknown"),
        ({"amount_minor": 0}, "amount_out_of_range"),
        ({"receipt_number": " "}, "receipt_missing"),
    ],
)
def test_a_wrong_charge_is_refused(market, other, code):
    case = an_offered_contract(market)

    with refused(InvalidInput, code):
        record(case, market.owner, **other)


@pytest.mark.parametrize("again", ["the same contract", "another contract"])
def test_one_receipt_counts_once(market, again):
    case = an_offered_contract(market)
    record(case, market.owner)
    on = case if again == "the same contract" else an_offered_contract(market)

    with pytest.raises(ChargeRecorded):
        record(on, market.owner)


def test_a_suspended_agency_still_says_what_it_took(market):
    case = a_fixed_contract(market)
    agents.suspend_agent(market.agent.reference, reason="Complaint.", actor=a_protector_general())

    assert record(case, market.owner).counted_minor == 2_000_000


# --- a stranger's row -------------------------------------------------------------------------


def test_the_database_writes_no_charge_in_another_agencys_name(market):
    case = a_fixed_contract(market)
    other = seen_as_well(market, case)

    for actor in (other, replace(other, role=Role.RA_STAFF)):
        with refused_by_database("row-level security"), acting(actor):
            forged(case, case.agency_id)


def test_a_strangers_row_counts_for_nothing(market):
    case = a_fixed_contract(market)
    own = record(case, market.owner)
    other, worker = seen_as_well(market, case), the_emigrant(case)
    with acting(other):
        row = forged(case, other.organisation_id)
    answer_charge(row.pk, 1, actor=worker)

    for actor in (market.owner, worker, SYSTEM):
        with acting(actor):
            rows = charges_of(case.emigrant_id, case.reference, actor, agency_id=case.agency_id)
            counted = [each.pk for each in rows]
        assert counted == [own.pk]


# --- the worker's answer, and who hears -------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "differs", "counted"),
    [(2_000_000, False, 2_000_000), (1, True, 2_000_000), (9_000_000, True, 9_000_000)],
)
def test_another_amount_by_the_worker_is_a_dispute_for_everybody(market, said, differs, counted):
    case = a_fixed_contract(market)
    row, worker = record(case, market.owner), the_emigrant(case)

    answer_charge(row.pk, said, actor=worker)

    for actor in (market.owner, worker, SYSTEM):
        with acting(actor):
            rows = charges_of(case.emigrant_id, case.reference, actor, agency_id=case.agency_id)
            amounts = [each.counted_minor for each in rows]
            found = any(each.disputed for each in rows)
        assert (found, amounts) == (differs, [counted])


def test_both_sides_words_are_heard_above(market, heard):
    case = a_fixed_contract(market)
    worker = the_emigrant(case)

    row = record(case, market.owner)
    answer_charge(row.pk, 3_000_000, actor=worker)

    assert [(event, each.pk, actor) for event, each, actor in heard] == [
        ("charge.recorded", row.pk, market.owner),
        ("charge.answered", row.pk, worker),
    ]
    last = heard[-1][1]
    assert (last.subject_reference, last.agency_id) == (case.reference, case.agency_id)
    assert (last.disputed, last.counted_minor) == (True, 3_000_000)


def test_what_is_refused_is_not_heard(market, heard):
    case = an_offered_contract(market)
    row, worker = record(case, market.owner), the_emigrant(case)
    other = with_another_agency(market).owner
    answer_charge(row.pk, 2_000_000, actor=worker)
    heard.clear()

    for act in (
        lambda: record(case, market.owner, receipt_number=""),
        lambda: record(case, other),
        lambda: answer_charge(row.pk, -1, actor=worker),
        lambda: answer_charge(row.pk, 1, actor=worker, currency="USD"),
        lambda: answer_charge(row.pk, 1, actor=worker),
    ):
        with pytest.raises((InvalidInput, NotFound, AlreadyExists)):
            act()

    assert heard == []


@pytest.mark.parametrize("event", ["charge.recorded", "charge.answered"])
def test_a_refusal_above_refuses_the_charge_and_the_answer(market, monkeypatch, event):
    case = an_offered_contract(market)
    row, worker = record(case, market.owner), the_emigrant(case)

    def no(_row, *, actor):
        raise Blocked(unmet="x", codes=["x"])

    monkeypatch.setitem(events._subscribers, event, [no])
    act = {
        "charge.recorded": lambda: record(case, market.owner, receipt_number="R-2"),
        "charge.answered": lambda: answer_charge(row.pk, 1, actor=worker),
    }[event]

    with pytest.raises(Blocked), transaction.atomic():
        act()

    with acting(SYSTEM):
        assert list(Charge.objects.values_list("pk", "worker_amount_minor")) == [(row.pk, None)]


def test_the_contracts_door_costs_one_statement(market, heard):
    case = an_offered_contract(market)
    worker = the_emigrant(case)

    with acting(market.owner), CaptureQueriesContext(connection) as recorded:
        row = record(case, market.owner)
    with acting(worker), CaptureQueriesContext(connection) as answered:
        answer_charge(row.pk, 2_000_000, actor=worker)

    assert [each["sql"].split()[0] for each in recorded] == ["SELECT", "INSERT"]
    assert [each["sql"].split()[0] for each in answered] == ["SELECT", "SELECT", "UPDATE"]
