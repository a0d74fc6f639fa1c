import pytest
from django.db import connection

from emigrate.domains.payments.actions import (
    bank_order,
    close_paid,
    keep_order,
    open_order,
    record_refund,
    refer_refund,
    refund_order,
    refund_paid,
    settle_from_gateway,
)
from emigrate.domains.payments.models import LedgerEntry, Order
from emigrate.domains.payments.queries import last_reason, paid
from emigrate.foundation.actors import Actor
from emigrate.foundation.errors import Blocked, NotFound, NotPermitted, ReasonRequired, WrongState
from emigrate.foundation.transactions import acting
from emigrate.partners.payment_gateway.contract import Refund, RefundState
from tests.domains.payments.seen import OFFICER, STRANGER, WORKER, kept, ledger
from tests.factories.accounts import SYSTEM
from tests.factories.payments import a_new_order, a_paid_order, an_answer, an_order

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("guarded")]


def a_refund(order, state="DONE", **other):
    values = {
        "reference": order.reference,
        "refund_reference": f"{order.reference}-B",
        "amount_minor": order.amount_minor,
        "currency": order.currency,
    }
    return Refund(RefundState(state), **(values | other))


def owed(**other):
    order = a_paid_order(**other)
    return refund_order(order.reference, reason="Refused", actor=SYSTEM)


def refund_jobs():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'payments.refund'"
        )
        return cursor.fetchone()[0]


@pytest.mark.parametrize("actor", [SYSTEM, OFFICER, Actor("pge", user_id=4)])
def test_a_refund_is_decided_with_a_reason_and_carried_out_by_a_job(actor):
    order = a_paid_order()

    refund_order(order.reference, reason="Clearance refused", actor=actor)

    assert kept(order)[0] == "refund_requested"
    assert ledger(order)[2:] == [
        ("owed_back", "fees.ec_fee", 20000),
        ("owed_back", "refunds", -20000),
    ]
    assert (refund_jobs(), paid("clearance", order.subject_reference, "ec_fee")) == (1, False)


@pytest.mark.parametrize(
    ("reason", "actor", "refusal"),
    [
        ("", SYSTEM, ReasonRequired),
        ("x", WORKER, NotPermitted),
        ("x", STRANGER, NotFound),
        ("x", Actor("poe", user_id=5, office="DEL"), NotPermitted),
        ("x", Actor.public(), NotFound),
    ],
)
def test_a_refund_is_refused_and_nothing_changes(reason, actor, refusal):
    order = a_paid_order()
    before = kept(order)

    with pytest.raises(refusal):
        refund_order(order.reference, reason=reason, actor=actor)

    assert (kept(order), refund_jobs()) == (before, 0)


def test_what_is_not_paid_is_not_given_back():
    order = an_order()
    before = kept(order)

    with pytest.raises(WrongState):
        refund_order(order.reference, reason="x", actor=SYSTEM)

    assert kept(order) == before


def test_a_case_gives_back_everything_that_was_paid_for_it_once():
    fee = a_paid_order()
    premium = a_paid_order(subject_reference=fee.subject_reference, head="pbby_premium")
    other = a_paid_order()

    first = refund_paid("clearance", fee.subject_reference, reason="Refused", actor=SYSTEM)
    second = refund_paid("clearance", fee.subject_reference, reason="Refused", actor=SYSTEM)

    assert ([each.pk for each in first], second) == ([fee.pk, premium.pk], [])
    assert kept(other)[0] == "success"


def test_the_gateways_word_ends_a_refund_once_and_the_ledger_is_empty_again():
    order = owed()

    record_refund(order.reference, a_refund(order), actor=SYSTEM)
    before = kept(order)
    record_refund(order.reference, a_refund(order), actor=SYSTEM)
    settle_from_gateway(order.reference, an_answer(order, "REFUNDED"), actor=SYSTEM)

    assert (before[0], kept(order)) == ("refunded", before)
    with acting(SYSTEM):
        balances = {}
        for entry in LedgerEntry.objects.all():
            balances[entry.account] = balances.get(entry.account, 0) + entry.amount_minor
    assert balances == {"gateway": 0, "fees.ec_fee": 0, "refunds": 0}


def test_a_refund_seen_in_the_status_counts_as_done():
    order = owed()

    settle_from_gateway(order.reference, an_answer(order, "REFUNDED"), actor=SYSTEM)

    assert kept(order)[0] == "refunded"
    assert ledger(order)[-2:] == [
        ("given_back", "refunds", 20000),
        ("given_back", "gateway", -20000),
    ]


@pytest.mark.parametrize(
    ("answer", "dispute"),
    [
        ({"state": "PENDING"}, None),
        ({"state": "REFUSED", "reason": "not_paid"}, {"refund": "not_paid"}),
        ({"amount_minor": 1}, {"refund": "differs"}),
        ({"currency": "AED"}, {"refund": "differs"}),
        ({"reference": "PY-OTHER"}, {"refund": "differs"}),
        (None, {"refund": "no_record"}),
    ],
)
def test_any_other_answer_leaves_the_money_owed(answer, dispute):
    order = owed()

    for _ in range(2):
        found = None if answer is None else a_refund(order, **answer)
        record_refund(order.reference, found, actor=SYSTEM)

    state, seq, leaves, _, entries, kept_dispute = kept(order)
    assert (state, kept_dispute, len(entries)) == ("refund_requested", dispute, 4)
    assert seq == leaves == (3 if dispute is None else 4)


def test_a_refund_that_was_refused_is_an_officers_and_can_be_asked_for_again():
    order = owed()
    record_refund(order.reference, None, actor=SYSTEM)
    with acting(SYSTEM):
        order.refresh_from_db()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_jobs SET status = 'doing'")  # the first try

    refund_order(order.reference, reason="The bank's account is open again.", actor=OFFICER)
    record_refund(order.reference, a_refund(order), actor=SYSTEM)

    assert (order.held_by, order.due_at is None) == ("pge_da", False)
    assert refund_jobs() == 2
    assert [entry[0] for entry in ledger(order)] == [
        *["received"] * 2, *["owed_back"] * 2, *["given_back"] * 2
    ]  # fmt: skip
    assert (kept(order)[0], kept(order)[-1]) == ("refunded", None)


def test_a_refund_on_its_way_is_not_asked_for_twice():
    order = owed()

    with pytest.raises(WrongState):
        refund_order(order.reference, reason="Again", actor=OFFICER)

    assert kept(order)[1] == 3


def test_an_answer_about_an_order_that_is_not_owed_changes_nothing():
    order = a_paid_order()
    before = kept(order)

    record_refund(order.reference, a_refund(order), actor=SYSTEM)

    assert kept(order) == before


@pytest.mark.parametrize("actor", [WORKER, OFFICER, STRANGER])
def test_nobody_but_the_platform_records_a_refund(actor):
    order = owed()
    before = kept(order)

    with pytest.raises((NotPermitted, NotFound)):
        record_refund(order.reference, a_refund(order), actor=actor)

    assert kept(order) == before


def test_after_a_refund_the_case_can_be_paid_anew():
    new = a_new_order()
    first = open_order(new, actor=SYSTEM)
    settle_from_gateway(first.reference, an_answer(first), actor=SYSTEM)
    refund_order(first.reference, reason="x", actor=SYSTEM)

    second = open_order(new, actor=SYSTEM)

    assert (second.state, second.pk != first.pk) == ("initiated", True)
    with acting(SYSTEM):
        assert Order.objects.count() == 2


def referred(**other):
    order = a_paid_order(**other)
    return refer_refund(order.reference, reason="clearance withdrawn", actor=SYSTEM)


def balances():
    with acting(SYSTEM):
        found = {}
        for entry in LedgerEntry.objects.all():
            found[entry.account] = found.get(entry.account, 0) + entry.amount_minor
        return found


@pytest.mark.parametrize(("head", "ending", "state"), [
    ("ec_fee", "rejected", "refund_requested"),
    ("ec_fee", "withdrawn", "refund_referred"),
    ("ec_fee", "lapsed", "refund_referred"),
    ("ec_fee", "cancelled", "refund_referred"),
    ("pbby_premium", "withdrawn", "refund_requested"),
    ("pbby_premium", "expired", "refund_referred"),
])  # fmt: skip
def test_what_was_paid_follows_the_law_once(head, ending, state):
    order = a_paid_order(head=head)
    unpaid = an_order(subject_reference=order.subject_reference, head="appeal_fee")

    first = close_paid("clearance", order.subject_reference, ending, actor=SYSTEM)
    once = kept(order)
    second = close_paid("clearance", order.subject_reference, ending, actor=SYSTEM)

    assert ([each.pk for each in first], second) == ([order.pk], [])
    assert (once[0], kept(order), kept(unpaid)[0]) == (state, once, "initiated")


def test_what_is_referred_waits_for_an_officer_with_a_clock_and_moves_no_money():
    order = referred()

    assert (order.held_by, order.due_at is None) == ("pge_da", False)
    assert [entry[0] for entry in ledger(order)] == ["received", "received"]
    assert (refund_jobs(), paid("clearance", order.subject_reference, "ec_fee")) == (0, False)


@pytest.mark.parametrize("actor", [OFFICER, Actor("pge", user_id=4)])
def test_an_officer_keeps_what_was_referred_with_a_reason(actor):
    order = referred()

    keep_order(order.reference, reason="The office had decided.", actor=actor)

    assert (kept(order)[0], refund_jobs()) == ("kept", 0)
    assert balances() == {"gateway": 20000, "fees.ec_fee": -20000}
    with acting(SYSTEM):
        assert last_reason(Order.objects.get(pk=order.pk)) == "The office had decided."


@pytest.mark.parametrize("decided", [False, True])
def test_an_officer_gives_back_what_was_referred_or_kept(decided):
    order = referred()
    if decided:
        keep_order(order.reference, reason="x", actor=OFFICER)

    refund_order(order.reference, reason="He paid twice.", actor=OFFICER)
    record_refund(order.reference, a_refund(order), actor=SYSTEM)

    assert (kept(order)[0], refund_jobs()) == ("refunded", 1)
    assert balances() == {"gateway": 0, "fees.ec_fee": 0, "refunds": 0}


@pytest.mark.parametrize(("act", "reason", "actor", "refusal"), [
    (keep_order, "", OFFICER, ReasonRequired),
    (keep_order, "x", WORKER, NotPermitted),
    (keep_order, "x", STRANGER, NotFound),
    (keep_order, "x", Actor("poe", user_id=5, office="DEL"), NotPermitted),
    (refund_order, " ", OFFICER, ReasonRequired),
    (refund_order, "x", WORKER, NotPermitted),
    (refer_refund, "x", OFFICER, WrongState),
])  # fmt: skip
def test_a_decision_on_a_referral_is_refused_and_nothing_changes(act, reason, actor, refusal):
    order = referred()
    before = kept(order)

    with pytest.raises(refusal):
        act(order.reference, reason=reason, actor=actor)

    assert (kept(order), refund_jobs()) == (before, 0)


@pytest.mark.parametrize("actor", [OFFICER, WORKER])
def test_only_the_platform_refers(actor):
    order = a_paid_order()
    before = kept(order)

    with pytest.raises(NotPermitted):
        refer_refund(order.reference, reason="x", actor=actor)

    assert kept(order) == before


@pytest.mark.parametrize("again", [keep_order, refund_order])
def test_what_is_given_back_is_decided(again):
    order = referred()
    refund_order(order.reference, reason="x", actor=OFFICER)
    before = kept(order)

    with pytest.raises(WrongState):
        again(order.reference, reason="y", actor=OFFICER)

    assert (kept(order), refund_jobs()) == (before, 1)


@pytest.mark.parametrize("decided", [False, True])
def test_money_that_stays_comes_to_the_bank_once(decided):
    order = referred()
    if decided:
        keep_order(order.reference, reason="x", actor=OFFICER)
    state = kept(order)[0]

    bank_order(order.reference, actor=SYSTEM)
    before = kept(order)
    with pytest.raises(Blocked):
        bank_order(order.reference, actor=SYSTEM)

    assert (before[0], kept(order)) == (state, before)
    assert balances() == {"gateway": 0, "bank": 20000, "fees.ec_fee": -20000}


def test_a_payers_bank_takes_back_what_was_kept():
    order = referred()

    settle_from_gateway(order.reference, an_answer(order, "REFUNDED"), actor=SYSTEM)

    assert (kept(order)[0], balances()) == ("chargeback", {"gateway": 0, "fees.ec_fee": 0})
