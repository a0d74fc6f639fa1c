"""Quoting and paying: the law's figures, and every refusal with nothing changed."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from emigrate.domains.insurance import actions, queries
from emigrate.domains.insurance.tasks import give_premium_back
from emigrate.domains.payments.actions.orders import OrderStands
from emigrate.foundation import clock
from emigrate.foundation.errors import (
    AlreadyExists,
    Blocked,
    InvalidInput,
    NotFound,
    NotPermitted,
    WrongState,
)
from tests.factories.accounts import a_membership, actor_of
from tests.factories.agents import an_agency_owner
from tests.factories.emigrants import an_emigrant
from tests.factories.insurance import (
    SYSTEM,
    a_cover,
    a_paid_policy,
    a_quote,
    a_worker_of,
    an_issued_policy,
    as_stored,
    pay,
    the_insured,
    the_order,
)
from tests.snapshot import jobs_waiting, leaves_of, refused

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("on_a_monday")]

TODAY = date(2026, 11, 23)


@pytest.fixture
def owner():
    return an_agency_owner()


@pytest.mark.parametrize(
    ("contract", "terms"),
    [
        ({"months": 1}, (24, 27_500, date(2028, 11, 22))),
        ({"months": 24}, (24, 27_500, date(2028, 11, 22))),
        ({"months": 25}, (36, 37_500, date(2029, 11, 22))),
        ({"months": 36}, (36, 37_500, date(2029, 11, 22))),
        ({"months": 48}, (36, 37_500, date(2029, 11, 22))),
        ({"starts_on": date(2026, 11, 1)}, (24, 27_500, date(2028, 11, 22))),
    ],
)
def test_the_shortest_term_that_covers_the_contract(owner, contract, terms):
    policy = a_quote(owner, **contract)

    assert (policy.term_months, policy.premium_minor, policy.to_date) == terms
    assert (policy.state, policy.from_date) == ("quoted", TODAY)
    assert (policy.sum_minor, policy.life_cover_minor, policy.number) == (100_000_000, 0, "")


def test_the_cover_begins_with_the_contract_or_with_the_journey(owner):
    starts = date(2027, 2, 1)

    by_contract = a_quote(owner, starts_on=starts)
    before_it = a_quote(owner, starts_on=starts, cover_from=date(2027, 1, 20))

    assert (by_contract.from_date, by_contract.term_months) == (starts, 24)
    assert (before_it.from_date, before_it.term_months) == (date(2027, 1, 20), 36)


def test_the_agency_pays_when_it_asks_and_the_person_when_they_do(owner):
    by_agency = a_quote(owner)
    cover = a_cover(owner)
    person = the_insured(as_stored_policy(cover, owner))

    again = actions.quote_policy(cover.contract_reference, actor=person)

    order = the_order(by_agency)
    assert (order.head, order.amount_minor, order.currency) == ("pbby_premium", 27_500, "INR")
    assert (order.subject_kind, order.subject_reference) == ("policy", by_agency.reference)
    assert (order.payer_organisation_id, order.person_id) == (
        owner.organisation_id,
        by_agency.person_id,
    )
    assert the_order(again).payer_organisation_id is None


def as_stored_policy(cover, owner):
    """A policy that was given up, so that somebody else may ask."""
    policy = actions.quote_policy(cover.contract_reference, actor=owner)
    return actions.drop_quote(policy.reference, actor=owner)


def test_the_quotation_that_stands_is_given_again(owner):
    cover = a_cover(owner)

    first = actions.quote_policy(cover.contract_reference, actor=owner)
    second = actions.quote_policy(cover.contract_reference, actor=owner)

    assert (first.pk, first.audit_seq) == (second.pk, second.audit_seq)
    assert first.order_reference == second.order_reference


def test_another_day_of_departure_is_written_into_the_quotation(owner):
    cover = a_cover(owner)
    first = actions.quote_policy(cover.contract_reference, actor=owner)

    later = actions.quote_policy(
        cover.contract_reference, actor=owner, cover_from=date(2026, 12, 24)
    )

    assert (later.pk, later.from_date) == (first.pk, date(2026, 12, 24))
    assert leaves_of(later) == ["policy.created", "policy.quoted_again"]


def test_another_premium_waits_for_the_end_of_the_order_that_stands(owner):
    cover = a_cover(owner, starts_on=date(2027, 2, 1))
    actions.quote_policy(cover.contract_reference, actor=owner)

    with refused(OrderStands):
        actions.quote_policy(cover.contract_reference, actor=owner, cover_from=TODAY)


def test_a_contract_is_insured_once(owner):
    policy = a_paid_policy(owner)

    with refused(AlreadyExists):
        actions.quote_policy(policy.contract_reference, actor=owner)


@pytest.mark.parametrize(
    ("missing", "code"),
    [({"nominee": None}, "nominee_missing"), ({"phone": ""}, "phone_missing"),
     ({"passport": None}, "passport_missing")],
)  # fmt: skip
def test_nobody_is_insured_without_nominee_telephone_and_passport(owner, missing, code):
    cover = a_cover(owner, person=a_worker_of(owner, an_emigrant(**missing)))

    with refused(Blocked, code):
        actions.quote_policy(cover.contract_reference, actor=owner)


def test_the_day_is_not_in_the_past(owner):
    cover = a_cover(owner)

    with refused(InvalidInput, "cover_in_the_past"):
        actions.quote_policy(cover.contract_reference, actor=owner, cover_from=date(2026, 11, 22))


def test_where_the_law_knows_no_premium_nothing_is_quoted(owner):
    cover = a_cover(owner)

    with (
        clock.simulate(datetime(2016, 1, 4, 6, 0, tzinfo=UTC)),
        refused(Blocked, "premium_unknown"),
    ):
        actions.quote_policy(cover.contract_reference, actor=owner)


def test_only_the_parties_of_the_contract_quote(owner):
    cover, stranger = a_cover(owner), an_agency_owner()

    with refused(NotFound):
        actions.quote_policy(cover.contract_reference, actor=stranger)
    with refused(NotPermitted):
        officer = replace(owner, role="poe", office="MUM", organisation_id=None)
        actions.quote_policy(cover.contract_reference, actor=officer)
    with refused(NotFound):
        actions.quote_policy("CT-UNKNOWN", actor=owner)


def test_a_cover_that_ended_is_not_quoted(owner):
    cover = a_cover(owner)
    actions.end_cover(cover.contract_reference, "contract void", actor=SYSTEM)

    with refused(NotFound):
        actions.quote_policy(cover.contract_reference, actor=owner)


def test_only_the_platform_notes_and_ends_covers(owner):
    cover = a_cover(owner)

    with refused(NotPermitted):
        actions.end_cover(cover.contract_reference, "void", actor=owner)
    assert a_cover(owner, contract_reference=cover.contract_reference, months=36).months == 24


# --- the premium ------------------------------------------------------------------------------


def test_the_gateways_word_sends_the_proposal(owner):
    policy = a_quote(owner)

    with refused(Blocked, "premium_unpaid"):
        actions.mark_paid(policy.reference, actor=owner)
    pay(policy)

    assert as_stored(policy).state == "paid"
    assert "insurance.propose" in jobs_waiting()
    with refused(WrongState):
        actions.mark_paid(policy.reference, actor=SYSTEM)


def test_another_amount_pays_nothing(owner):
    policy = a_quote(owner)

    pay(policy, amount_minor=27_499)

    assert as_stored(policy).state == "quoted"


def test_a_premium_for_a_quotation_that_was_given_up_goes_back(owner):
    policy = a_quote(owner)
    order = the_order(policy)
    actions.drop_quote(policy.reference, actor=owner)
    pay(policy)

    assert as_stored(policy).state == "cancelled"
    assert "insurance.return_premium" in jobs_waiting()
    give_premium_back(order.reference)
    give_premium_back(order.reference)
    assert the_order(policy).state == "refund_requested"


def test_only_what_is_unpaid_is_given_up(owner):
    policy = a_paid_policy(owner)

    with refused(WrongState):
        actions.drop_quote(policy.reference, actor=owner)
    quoted, stranger = a_quote(owner), an_agency_owner()
    with refused(NotFound):
        actions.drop_quote(quoted.reference, actor=stranger)


# --- a further life cover ---------------------------------------------------------------------


def test_a_further_life_cover_is_recorded_with_its_number(owner):
    policy = an_issued_policy(owner)

    covered = actions.record_life_cover(policy.reference, 200_000_000, " LIFE-1 ", actor=owner)

    assert (covered.life_cover_minor, covered.life_policy_number) == (200_000_000, "LIFE-1")
    for amount, number, code in (
        (-1, "LIFE-1", "amount_out_of_range"),
        (10**14, "LIFE-1", "amount_out_of_range"),
        (1, " ", "policy_number_missing"),
        (0, "LIFE-1", "policy_number_missing"),
    ):
        with refused(InvalidInput, code):
            actions.record_life_cover(policy.reference, amount, number, actor=owner)
    with refused(NotFound):
        actions.record_life_cover(policy.reference, 1, "LIFE-1", actor=an_agency_owner())


def test_what_has_ended_is_covered_no_more(owner):
    policy = a_quote(owner)
    actions.drop_quote(policy.reference, actor=owner)

    with refused(WrongState):
        actions.record_life_cover(policy.reference, 1, "LIFE-1", actor=owner)


def test_an_operator_who_is_no_party_records_nothing(owner):
    policy = an_issued_policy(owner)
    officer = actor_of(a_membership("poe", office="MUM"))

    with refused(NotPermitted):
        actions.record_life_cover(policy.reference, 1, "LIFE-1", actor=officer)


def test_the_uninsured_are_listed(owner):
    cover, insured = a_cover(owner), an_issued_policy(owner)

    with_none = [each.contract_reference for each in queries.uninsured(owner)]

    assert with_none == [cover.contract_reference]
    assert insured.contract_reference not in with_none
