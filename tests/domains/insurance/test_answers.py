"""The insurer's word: taken once, only when it is what was paid for; cancellations are told."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from emigrate.domains.insurance import actions, queries
from emigrate.domains.insurance.tasks import clocks
from emigrate.domains.notifications.models import Message
from emigrate.domains.reference.enums import Role
from emigrate.foundation import clock
from emigrate.foundation.actors import Actor
from emigrate.foundation.errors import NotFound, NotPermitted, ReasonRequired, WrongState
from emigrate.foundation.money import Money
from emigrate.foundation.transactions import acting
from tests.domains.insurance.scene import NOW
from tests.factories.agents import a_protector_general, an_agency_owner
from tests.factories.insurance import (
    SYSTEM,
    a_paid_policy,
    a_quote,
    an_answer,
    an_issued_policy,
    as_stored,
    the_insured,
    the_order,
)
from tests.snapshot import everything, jobs_waiting, leaves_of, refused

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("on_a_monday")]


def record(policy, answer):
    return actions.record_policy(policy.reference, answer, actor=SYSTEM)


def told(policy):
    with acting(SYSTEM):
        rows = Message.objects.filter(reference=policy.reference).order_by("id")
        return list(rows.values_list("event", flat=True))


def test_an_issued_policy_insures_the_person_for_the_contract():
    policy = a_paid_policy()
    person = the_insured(policy)
    assert queries.policy_for(policy.person_id, policy.contract_reference, actor=SYSTEM) is None

    issued = record(policy, an_answer(policy))

    found = queries.policy_for(policy.person_id, policy.contract_reference, actor=person)
    assert found == issued
    assert (issued.state, issued.number) == ("issued", f"PBBY-TEST-{policy.pk}")
    assert issued.insurer == "No insurer: demonstration"
    assert told(policy) == ["policy.issued"]
    assert leaves_of(policy) == ["policy.created", "policy.paid", "policy.issued"]


def test_the_same_answer_again_changes_nothing():
    policy = an_issued_policy()
    before = everything()

    for state in ("ISSUED", "PENDING", "REJECTED", "CANCELLED"):
        record(policy, an_answer(policy, state))
    record(policy, None)

    assert everything() == before


def test_pending_waits_and_is_issued_later():
    policy = a_paid_policy()

    assert record(policy, an_answer(policy, "PENDING")).state == "pending"
    before = everything()
    record(policy, an_answer(policy, "PENDING"))
    assert everything() == before
    assert record(policy, an_answer(policy)).state == "issued"


@pytest.mark.parametrize("state", ["REJECTED", "CANCELLED"])
def test_a_refusal_cancels_and_gives_the_premium_back(state):
    policy = a_paid_policy()

    refused_one = record(policy, an_answer(policy, state, reason="not_insurable"))

    assert refused_one.state == "cancelled"
    assert the_order(policy).state == "refund_requested"
    assert told(policy) == ["policy.cancelled", "policy.cancelled"]
    assert queries.policy_for(policy.person_id, policy.contract_reference, actor=SYSTEM) is None


@pytest.mark.parametrize(
    ("differs", "dispute"),
    [
        ({"premium": Money("INR", 27_499)}, "premium_differs"),
        ({"premium": Money("USD", 27_500)}, "premium_differs"),
        ({"premium": None}, "premium_differs"),
        ({"sum_insured": Money("INR", 99_999_999)}, "sum_too_low"),
        ({"sum_insured": Money("USD", 100_000_000)}, "sum_too_low"),
        ({"cover_from": date(2026, 12, 1)}, "term_too_short"),
        ({"cover_to": date(2028, 11, 21)}, "term_too_short"),
        ({"cover_to": None}, "term_too_short"),
        ({"passport_number": "Z0999999"}, "other_passport"),
        ({"passport_number": None}, "other_passport"),
    ],
)
def test_what_was_not_paid_for_is_not_taken(differs, dispute):
    policy = a_paid_policy()
    answer = replace(an_answer(policy), **differs)

    disputed = record(policy, answer)
    before = everything()
    record(policy, answer)

    assert (disputed.state, disputed.dispute, disputed.number) == ("paid", dispute, "")
    assert everything() == before
    assert [each.pk for each in queries.disputed_policies_for(SYSTEM)] == [policy.pk]
    assert actions.prepare_proposal(policy.reference, actor=SYSTEM) is None


def test_an_officer_settles_a_dispute_and_the_insurer_is_asked_again():
    policy = a_paid_policy()
    record(policy, replace(an_answer(policy), premium=None))
    officer = a_protector_general()

    with refused(ReasonRequired):
        actions.look_again(policy.reference, " ", actor=officer)
    with refused(NotPermitted):
        actions.look_again(policy.reference, "Settled.", actor=the_insured(policy))
    settled = actions.look_again(policy.reference, "The insurer corrected it.", actor=officer)

    assert settled.dispute == ""
    assert jobs_waiting("insurance.")[-1] == "insurance.propose"
    assert record(policy, an_answer(policy)).state == "issued"
    with refused(WrongState):
        actions.look_again(policy.reference, "Again.", actor=officer)


def test_the_proposal_says_what_was_quoted_and_the_reading_is_recorded():
    policy = a_paid_policy()

    proposal = actions.prepare_proposal(policy.reference, actor=SYSTEM)

    assert (proposal.reference, proposal.term_months) == (policy.reference, 24)
    assert proposal.premium.total == Money("INR", 27_500)
    assert (proposal.cover_from, proposal.payment_reference) == (
        policy.from_date,
        policy.order_reference,
    )
    assert [(one.name, one.relationship) for one in proposal.nominees] == [("Sita Yadav", "wife")]
    assert proposal.travel.contract_end == date(2028, 11, 22)


def test_nobody_but_the_platform_speaks_for_the_insurer():
    policy = a_paid_policy()
    agency = an_agency_owner()

    for actor, error in ((the_insured(policy), NotPermitted), (agency, NotFound)):
        with refused(error):
            actions.record_policy(policy.reference, an_answer(policy), actor=actor)
        with refused(error):
            actions.prepare_proposal(policy.reference, actor=actor)


# --- cancelling -------------------------------------------------------------------------------


def test_a_cancelled_policy_ends_at_once_and_the_insurer_is_told():
    policy = an_issued_policy()

    cancelled = actions.cancel_policy(policy.reference, "clearance rejected", actor=SYSTEM)

    assert (cancelled.state, cancelled.to_tell) == ("cancelled", True)
    assert the_order(policy).state == "refund_requested"
    assert jobs_waiting("insurance.")[-1] == "insurance.cancel"
    assert queries.policy_for(policy.person_id, policy.contract_reference, actor=SYSTEM) is None
    heard = actions.record_told(policy.reference, policy.number, actor=SYSTEM)
    again = actions.record_told(policy.reference, policy.number, actor=SYSTEM)
    assert (heard.to_tell, again.audit_seq) == (False, heard.audit_seq)


def test_a_quotation_that_is_cancelled_is_nothing_to_tell():
    policy = a_quote()

    cancelled = actions.cancel_policy(policy.reference, "not needed", actor=SYSTEM)

    assert cancelled.to_tell is False
    assert jobs_waiting("insurance.") == []


def test_neither_agent_nor_worker_cancels_what_is_paid():
    owner = an_agency_owner()
    policy = an_issued_policy(owner)

    for actor in (owner, the_insured(policy)):
        with refused(NotPermitted):
            actions.cancel_policy(policy.reference, "Money back.", actor=actor)
    with refused(ReasonRequired):
        actions.cancel_policy(policy.reference, "", actor=SYSTEM)
    actions.cancel_policy(policy.reference, "Fraud.", actor=a_protector_general())
    with refused(WrongState):
        actions.cancel_policy(policy.reference, "Fraud.", actor=SYSTEM)


@pytest.mark.parametrize("state", ["ISSUED", "PENDING"])
def test_an_answer_that_comes_after_the_cancellation_is_told_back(state):
    policy = a_paid_policy()
    actions.cancel_policy(policy.reference, "clearance rejected", actor=SYSTEM)
    actions.record_told(policy.reference, "", actor=SYSTEM)

    late = record(policy, an_answer(policy, state))
    before = everything()
    record(policy, an_answer(policy, state))

    assert (late.state, late.to_tell) == ("cancelled", True)
    assert everything() == before


# --- time -------------------------------------------------------------------------------------


def test_cover_begins_and_ends_by_itself():
    policy = an_issued_policy(cover_from=date(2026, 12, 1))
    clocks()
    assert as_stored(policy).state == "issued"

    with clock.simulate(datetime(2026, 12, 1, 6, 0, tzinfo=UTC)):
        clocks()
        assert as_stored(policy).state == "active"
    with clock.simulate(datetime(2028, 11, 30, 6, 0, tzinfo=UTC)):
        clocks()
        assert as_stored(policy).state == "active"
        assert queries.policy_for(policy.person_id, policy.contract_reference, actor=SYSTEM)
    with clock.simulate(datetime(2028, 12, 1, 6, 0, tzinfo=UTC)):
        clocks()
        assert as_stored(policy).state == "expired"
        assert queries.policy_for(policy.person_id, policy.contract_reference, actor=SYSTEM) is None


def test_what_is_open_is_asked_again_after_a_while():
    waiting, cancelled = a_paid_policy(), an_issued_policy()
    actions.cancel_policy(cancelled.reference, "clearance rejected", actor=SYSTEM)
    disputed = a_paid_policy()
    record(disputed, replace(an_answer(disputed), premium=None))
    before = len(jobs_waiting("insurance."))

    assert actions.ask_again(actor=SYSTEM) == 0
    with clock.simulate(NOW + timedelta(minutes=11)):
        assert actions.ask_again(actor=SYSTEM) == 2

    asked = jobs_waiting("insurance.")[before:]
    assert (asked, waiting.state) == (["insurance.propose", "insurance.cancel"], "paid")
    with refused(NotPermitted):
        actions.ask_again(actor=Actor(Role.PGE, 1))
