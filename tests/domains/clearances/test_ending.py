"""What becomes of fee and insurance when an application or a clearance ends without a departure."""

from datetime import timedelta

import pytest
from django.db import connection

from emigrate.domains.clearances import actions
from emigrate.domains.clearances.models import Clearance
from emigrate.domains.insurance.models import Policy
from emigrate.domains.notifications.models import Message
from emigrate.domains.payments.actions import keep_order, refund_order, settle_from_gateway
from emigrate.domains.payments.models import LedgerEntry, Order
from emigrate.domains.reference.enums import Role
from emigrate.foundation import clock
from emigrate.foundation.errors import WrongState
from emigrate.foundation.transactions import acting
from tests.factories.clearances import SYSTEM, a_draft, everything, lead, row, taken
from tests.factories.payments import an_answer
from tests.races import race

# How a case ends, and where its fee and its insurance then stand. fmt: off
ENDS = {
    "rejected": ("under_scrutiny", "reject", "refund_requested", "cancelled"),
    "withdrawn": ("held", "withdraw", "refund_referred", "cancelled"),
    "cancelled": ("suspended", "cancel", "refund_referred", "cancelled"),
}
# fmt: on


def fee_of(filed):
    with acting(SYSTEM):
        return Order.objects.get(subject_kind="clearance", subject_reference=filed.reference)


def premium_of(filed):
    with acting(SYSTEM):
        return Order.objects.get(reference=filed.policy.order_reference)


def policy_of(filed):
    with acting(SYSTEM):
        return Policy.objects.get(pk=filed.policy.pk)


def told(reference):
    """What the payer was told about the end, after the news that the money had arrived."""
    with acting(SYSTEM):
        rows = Message.objects.filter(reference=reference).order_by("id")
        rows = rows.exclude(event="payment.succeeded")
        return [(each.event, each.organisation_id, each.person_id) for each in rows]


def assert_the_ledger_balances():
    with acting(SYSTEM):
        assert sum(LedgerEntry.objects.values_list("amount_minor", flat=True)) == 0
    connection.check_constraints()


@pytest.mark.parametrize("end", ENDS)
def test_fee_and_insurance_follow_the_law(scene, end):
    filed = scene.drafts[0]
    before, verb, fee, policy = ENDS[end]
    lead(scene, filed.reference, before)

    taken(scene, verb, filed.reference)

    assert (row(filed.reference).state, fee_of(filed).state) == (end, fee)
    assert (policy_of(filed).state, premium_of(filed).state) == (policy, "refund_requested")
    assert policy_of(filed).to_tell
    order = fee_of(filed)
    assert told(order.reference) == [(f"payment.{fee}", scene.agent.organisation_id, None)]
    assert_the_ledger_balances()


def test_a_lapsed_application_is_settled_by_the_sweep_once(scene):
    filed = scene.drafts[0]
    case = lead(scene, filed.reference, "queried")
    scene.at(case.due_at + timedelta(seconds=1))

    scene.do(actions.lapse_unanswered, actor=SYSTEM)
    once = everything(filed)
    scene.do(actions.lapse_unanswered, actor=SYSTEM)

    assert (row(filed.reference).state, fee_of(filed).state) == ("lapsed", "refund_referred")
    assert (policy_of(filed).state, premium_of(filed).state) == ("cancelled", "refund_requested")
    assert everything(filed) == once
    assert_the_ledger_balances()


def test_what_ran_out_unused_is_decided_by_an_officer(scene):
    """Nobody loses an insurance by a clock: somebody may have left unrecorded."""
    filed = scene.drafts[0]

    lead(scene, filed.reference, "expired")

    assert (fee_of(filed).state, premium_of(filed).state) == ("refund_referred", "refund_referred")
    assert policy_of(filed).state == "issued"
    assert_the_ledger_balances()


@pytest.mark.parametrize("by", ["agent", "worker"])
def test_a_draft_taken_back_leaves_the_insurance_with_its_contract(scene, by):
    filed = scene.drafts[0]
    actor = scene.agent if by == "agent" else filed.worker.actor

    taken(scene, "withdraw", filed.reference, actor=actor)

    assert fee_of(filed).state == "refund_referred"
    assert (policy_of(filed).state, premium_of(filed).state) == ("issued", "success")


def test_an_unpaid_draft_leaves_nothing_to_decide(scene):
    filed = a_draft(scene, fee=False)

    taken(scene, "withdraw", filed.reference)

    assert fee_of(filed).state == "initiated"


def test_a_worker_who_travelled_on_the_contract_keeps_its_insurance(scene):
    filed = scene.drafts[0]
    lead(scene, filed.reference, "used")
    new = actions.NewClearance(
        filed.contract.reference, "V-2", None, row(filed.reference).departs_on
    )
    again = scene.do(actions.draft_clearance, new, actor=scene.agent)
    with acting(SYSTEM):
        Clearance.objects.filter(pk=again.pk).update(submitted_at=scene.now)

    taken(scene, "withdraw", again.reference)

    assert (policy_of(filed).state, premium_of(filed).state) == ("issued", "success")


def test_the_office_decides_what_was_referred(scene):
    kept, returned = scene.drafts[:2]
    officer = scene.officer(Role.PGE_DA)
    for filed in (kept, returned):
        taken(scene, "withdraw", filed.reference)

    scene.do(keep_order, fee_of(kept).reference, reason="It was looked at.", actor=officer)
    scene.do(refund_order, fee_of(returned).reference, reason="Our fault.", actor=officer)

    assert (fee_of(kept).state, fee_of(returned).state) == ("kept", "refund_requested")
    assert [event for event, *_ in told(fee_of(kept).reference)] == [
        "payment.refund_referred", "payment.kept",
    ]  # fmt: skip
    assert_the_ledger_balances()


def test_a_premium_given_back_ends_its_insurance_once(scene):
    filed = scene.drafts[0]
    premium = premium_of(filed).reference

    scene.do(refund_order, premium, reason="Paid twice.", actor=scene.officer(Role.PGE))
    with pytest.raises(WrongState):
        scene.do(refund_order, premium, reason="Again.", actor=scene.officer(Role.PGE))

    assert (policy_of(filed).state, premium_of(filed).state) == ("cancelled", "refund_requested")
    assert_the_ledger_balances()


def test_a_fee_that_arrives_after_the_end_is_settled_too(scene):
    filed = a_draft(scene, fee=False)
    taken(scene, "withdraw", filed.reference)
    late = fee_of(filed)

    scene.do(settle_from_gateway, late.reference, an_answer(late), actor=SYSTEM)
    scene.do(settle_from_gateway, late.reference, an_answer(late), actor=SYSTEM)

    assert fee_of(filed).state == "refund_referred"
    assert_the_ledger_balances()


def test_a_fee_that_arrives_while_the_case_is_taken_back_is_never_forgotten(committed_scene):
    scene = committed_scene
    filed = a_draft(scene, fee=False)
    order = fee_of(filed)

    def either(number):
        with clock.simulate(scene.now):
            if number % 2:
                return settle_from_gateway(order.reference, an_answer(order), actor=SYSTEM).state
            return actions.withdraw_clearance(filed.reference, "x", actor=scene.agent).state

    outcomes = race(32, either)

    assert {type(each) for each in outcomes if not isinstance(each, str)} <= {WrongState}
    assert outcomes.count("withdrawn") == 1
    assert fee_of(filed).state == "refund_referred"


def test_thirty_two_withdrawals_settle_once(committed_scene):
    scene = committed_scene
    filed = scene.drafts[0]
    lead(scene, filed.reference, "queued")

    def withdraw(_number):
        with clock.simulate(scene.now):
            return actions.withdraw_clearance(filed.reference, "x", actor=scene.agent).state

    outcomes = race(32, withdraw)

    assert outcomes.count("withdrawn") == 1
    assert [event for event, *_ in told(fee_of(filed).reference)] == ["payment.refund_referred"]
    assert (policy_of(filed).state, premium_of(filed).state) == ("cancelled", "refund_requested")
