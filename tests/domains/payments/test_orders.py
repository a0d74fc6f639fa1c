from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection

from emigrate.domains.payments.actions import (
    NewOrder,
    OrderStands,
    ask_again,
    bank_order,
    close_disputed_order,
    confirm_order,
    open_order,
    record_page,
    settle_from_gateway,
)
from emigrate.domains.payments.models import Order, Posting, Receipt
from emigrate.domains.payments.queries import orders_for, paid, receipts_for, to_weigh
from emigrate.domains.reference.enums import Role
from emigrate.foundation import clock
from emigrate.foundation.actors import Actor
from emigrate.foundation.clocks import escalate_overdue
from emigrate.foundation.errors import (
    Blocked,
    InvalidInput,
    NotFound,
    NotPermitted,
    ReasonRequired,
    WrongState,
)
from emigrate.foundation.identifiers.numbering import next_reference, numbered_by
from emigrate.foundation.transactions import acting
from emigrate.partners.payment_gateway.contract import PaymentPage
from tests.domains.payments.seen import OFFICER, STRANGER, WORKER, kept, ledger
from tests.factories.accounts import SYSTEM, an_agency
from tests.factories.payments import a_new_order, a_paid_order, an_answer, an_order

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("guarded")]

MORNING = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
PAGE = PaymentPage("https://pay.example.invalid/p/1", "GW-1")


def an_agent():
    return Actor(Role.RA_ADMIN.value, user_id=70, organisation_id=an_agency().pk)


def next_number():
    with acting(SYSTEM):
        return next_reference("PY")


def waiting_jobs():
    with connection.cursor() as cursor:
        cursor.execute("SELECT task_name FROM procrastinate_jobs WHERE status = 'todo' ORDER BY id")
        return [name for (name,) in cursor.fetchall()]


def settle(order, settlement, *, actor=SYSTEM):
    return settle_from_gateway(order.reference, settlement, actor=actor)


def test_an_order_opens_with_a_leaf_and_a_job():
    agent = an_agent()

    order = an_order(actor=agent, payer_organisation_id=agent.organisation_id)

    assert (order.state, order.audit_seq, waiting_jobs()) == ("initiated", 1, ["payments.place"])
    assert order.reference.startswith("PY-")
    assert [each.pk for each in orders_for(agent)] == [order.pk]


def test_the_same_order_again_is_the_one_that_stands():
    new = a_new_order()

    first, second = open_order(new, actor=SYSTEM), open_order(new, actor=SYSTEM)

    assert first.pk == second.pk
    assert waiting_jobs() == ["payments.place"]


@pytest.mark.parametrize("other", [{"amount_minor": 20001}, {"currency": "AED"}, {"person_id": 8}])
def test_another_amount_or_payer_is_refused_while_one_stands(other):
    new = a_new_order()
    order = open_order(new, actor=SYSTEM)
    before = kept(order)

    with pytest.raises(OrderStands) as refusal:
        open_order(a_new_order(subject_reference=new.subject_reference, **other), actor=SYSTEM)

    assert (refusal.value.reason_code, kept(order)) == ("order_stands", before)


def test_an_order_of_another_payer_that_the_actor_does_not_see_stands_too():
    order = an_order(actor=WORKER)
    agent = an_agent()
    before = kept(order)

    with pytest.raises(OrderStands):
        an_order(
            actor=agent,
            subject_reference=order.subject_reference,
            payer_organisation_id=agent.organisation_id,
        )

    assert kept(order) == before


@pytest.mark.parametrize("state", ["FAILED", "REFUNDED"])
def test_after_a_failure_a_new_order_is_opened(state):
    new = a_new_order()
    first = open_order(new, actor=SYSTEM)
    settle(first, an_answer(first, state))

    second = open_order(new, actor=SYSTEM)

    assert (second.pk != first.pk, second.state) == (True, "initiated")


@pytest.mark.parametrize(
    ("other", "code"),
    [
        ({"head": "bribe"}, "head_unknown"),
        ({"currency": "XXX"}, "currency_unknown"),
        ({"currency": "inr"}, "currency_unknown"),
        ({"amount_minor": 0}, "amount_out_of_range"),
        ({"amount_minor": -1}, "amount_out_of_range"),
        ({"amount_minor": 10**15 + 1}, "amount_out_of_range"),
    ],
)
def test_a_wrong_order_is_refused_and_nothing_changes(other, code):
    with pytest.raises(InvalidInput) as refusal:
        open_order(a_new_order(**other), actor=SYSTEM)

    assert [error["code"] for error in refusal.value.errors] == [code]
    with acting(SYSTEM):
        assert Order.objects.count() == 0


@pytest.mark.parametrize(
    ("actor", "other"),
    [
        (WORKER, {"person_id": 8}),
        (WORKER, {"payer_organisation_id": 1}),
        (Actor("emigrant", user_id=1), {"person_id": None}),
        (Actor("ra_admin", user_id=1, organisation_id=5), {"payer_organisation_id": 6}),
        (Actor("ra_admin", user_id=1, organisation_id=5), {}),
        (Actor("fe_admin", user_id=1), {"payer_organisation_id": None}),
        (Actor("poe", user_id=1, office="DEL"), {}),
        (Actor.public(), {}),
    ],
)
def test_nobody_opens_an_order_for_another_payer(actor, other):
    with pytest.raises(NotPermitted):
        open_order(a_new_order(**other), actor=actor)

    with acting(SYSTEM):
        assert Order.objects.count() == 0


def test_a_paid_order_has_one_receipt_and_a_ledger_that_sums_to_zero():
    order = a_paid_order()

    assert kept(order) == (
        "success",
        2,
        2,
        1,
        [("received", "gateway", 20000), ("received", "fees.ec_fee", -20000)],
        None,
    )
    with acting(SYSTEM):
        receipt = Receipt.objects.get()
    assert (receipt.number, receipt.amount_minor) == (f"{order.reference}-R", 20000)
    assert paid("clearance", order.subject_reference, "ec_fee") is True
    assert paid("clearance", order.subject_reference, "pbby_premium") is False


@pytest.mark.parametrize("state", ["SUCCESS", "PENDING", "FAILED"])
def test_a_paid_order_hears_nothing_new_in_a_repeated_or_late_answer(state):
    order = a_paid_order()
    before = kept(order)

    settle(order, an_answer(order, state))

    assert kept(order) == before


@pytest.mark.parametrize(
    "other", [{"amount_minor": 19999}, {"amount_minor": 20001}, {"currency": "AED"}]
)
def test_another_amount_never_confirms(other):
    order = an_order()
    record_page(order.reference, PAGE, actor=SYSTEM)
    answer = an_answer(order, **other)

    settle(order, answer)

    reported = {"amount_minor": answer.amount_minor, "currency": answer.currency}
    assert kept(order) == ("pending", 4, 4, 0, [], reported)
    assert paid("clearance", order.subject_reference, "ec_fee") is False
    with acting(OFFICER):
        assert [each.pk for each in to_weigh(OFFICER)] == [order.pk]


def test_a_dispute_is_held_by_an_officer_until_it_is_decided():
    order = an_order()
    settle(order, an_answer(order, amount_minor=1))
    held = desk(order)

    settle(order, an_answer(order, amount_minor=2))
    again = desk(order)
    settle(order, an_answer(order))

    assert (held[0], held[1] is None) == ("pge_da", False)
    assert again == held
    assert desk(order) == ("", None)


def test_a_dispute_that_nobody_decides_rises():
    order = an_order()
    settle(order, an_answer(order, amount_minor=1))

    with clock.simulate(desk(order)[1] + timedelta(seconds=1)):
        escalate_overdue(actor=SYSTEM)

    assert desk(order)[0] == "pge"


def desk(order):
    with acting(SYSTEM):
        return Order.objects.values_list("held_by", "due_at").get(pk=order.pk)


def test_a_dispute_may_come_after_the_gateway_was_undecided():
    order = an_order()
    settle(order, an_answer(order, "PENDING"))

    settle(order, an_answer(order, amount_minor=1))

    assert (kept(order)[0], kept(order)[-1]) == ("pending", {"amount_minor": 1, "currency": "INR"})


def test_a_dispute_is_written_once_however_often_the_gateway_repeats_it():
    order = an_order()
    settle(order, an_answer(order, amount_minor=1))
    before = kept(order)

    settle(order, an_answer(order, amount_minor=1))

    assert kept(order) == before


def test_an_answer_about_another_order_never_confirms():
    order, other = an_order(), an_order()

    settle(order, an_answer(other))

    assert kept(order)[0] == "pending"
    assert kept(other)[0] == "initiated"


def test_the_right_amount_after_a_dispute_confirms():
    order = an_order()
    settle(order, an_answer(order, amount_minor=1))

    settle(order, an_answer(order))

    assert (kept(order)[0], kept(order)[-1]) == ("success", None)


def test_an_officer_closes_a_disputed_order_with_a_reason():
    order = an_order()
    settle(order, an_answer(order, amount_minor=1))

    close_disputed_order(order.reference, reason="Returned by hand", actor=OFFICER)

    assert (kept(order)[0], kept(order)[4]) == ("failed", [])


@pytest.mark.parametrize(
    ("disputed", "reason", "actor", "refusal"),
    [
        (False, "x", OFFICER, Blocked),
        (True, " ", OFFICER, ReasonRequired),
        (True, "x", Actor("poe", user_id=5, office="DEL"), NotPermitted),
        (True, "x", STRANGER, NotFound),
        (True, "x", Actor.public(), NotFound),
    ],
)
def test_closing_is_refused_and_nothing_changes(disputed, reason, actor, refusal):
    order = an_order()
    settle(order, an_answer(order, **({"amount_minor": 1} if disputed else {"state": "PENDING"})))
    before = kept(order)

    with pytest.raises(refusal):
        close_disputed_order(order.reference, reason=reason, actor=actor)

    assert kept(order) == before


@pytest.mark.parametrize(
    ("first", "state"), [("PENDING", "pending"), ("FAILED", "failed"), ("REFUNDED", "failed")]
)
def test_the_gateway_decides_an_open_order(first, state):
    order = an_order()

    settle(order, an_answer(order, first))
    settle(order, an_answer(order, first))

    assert kept(order)[0] == state


@pytest.mark.parametrize("steps", [[], ["PENDING"]])
@pytest.mark.parametrize(("hours", "state"), [(23, None), (24, "expired")])
def test_an_order_that_the_gateway_does_not_know_expires_after_a_day(steps, hours, state):
    with clock.simulate(MORNING):
        order = an_order()
        for step in steps:
            settle(order, an_answer(order, step))
    before = kept(order)[0]

    with clock.simulate(MORNING + timedelta(hours=hours)):
        settle(order, None)

    assert kept(order)[0] == (state or before)


def test_money_that_comes_after_all_still_counts_when_nothing_else_paid():
    order = an_order()
    settle(order, an_answer(order, "FAILED"))

    settle(order, an_answer(order))

    assert kept(order)[0] == "success"
    assert paid("clearance", order.subject_reference, "ec_fee") is True


def test_money_that_comes_late_and_twice_is_given_back():
    new = a_new_order()
    first = open_order(new, actor=SYSTEM)
    settle(first, an_answer(first, "FAILED"))
    second = open_order(new, actor=SYSTEM)
    settle(second, an_answer(second))

    settle(first, an_answer(first))

    assert kept(first)[:4] == ("refund_requested", 3, 3, 1)
    assert ledger(first) == [
        ("received", "gateway", 20000),
        ("received", "fees.ec_fee", -20000),
        ("owed_back", "fees.ec_fee", 20000),
        ("owed_back", "refunds", -20000),
    ]
    assert kept(second)[0] == "success"
    assert waiting_jobs()[-1] == "payments.refund"


def test_a_payment_that_the_payers_bank_takes_back_is_no_payment():
    order = a_paid_order()

    settle(order, an_answer(order, "REFUNDED"))

    assert kept(order)[0] == "chargeback"
    assert ledger(order)[2:] == [
        ("taken_back", "fees.ec_fee", 20000),
        ("taken_back", "gateway", -20000),
    ]
    assert paid("clearance", order.subject_reference, "ec_fee") is False


def test_money_in_the_bank_is_settled_once():
    order = a_paid_order()

    bank_order(order.reference, actor=SYSTEM)
    with pytest.raises(WrongState):
        bank_order(order.reference, actor=SYSTEM)

    assert kept(order)[0] == "settled"
    assert ledger(order)[2:] == [("banked", "bank", 20000), ("banked", "gateway", -20000)]
    assert paid("clearance", order.subject_reference, "ec_fee") is True


def test_the_page_is_kept_once():
    order = an_order()

    record_page(order.reference, PAGE, actor=SYSTEM)
    before = kept(order)
    again = record_page(order.reference, PaymentPage("https://x.invalid", "GW-2"), actor=SYSTEM)

    assert (again.page_url, again.gateway_ref) == (PAGE.url, "GW-1")
    assert (before[0], kept(order)) == ("redirected", before)


def test_the_payer_asks_for_confirmation_and_one_job_waits():
    order = an_order(actor=WORKER)

    confirm_order(order.reference, actor=WORKER)
    confirm_order(order.reference, actor=WORKER)

    assert waiting_jobs() == ["payments.place", "payments.confirm"]
    assert kept(order)[0] == "initiated"


def test_a_paid_order_asks_nothing_more():
    order = a_paid_order()
    before = waiting_jobs()

    confirm_order(order.reference, actor=SYSTEM)

    assert waiting_jobs() == before


@pytest.mark.parametrize(
    ("actor", "refusal"),
    [
        (STRANGER, NotFound),
        (Actor("ra_admin", user_id=1, organisation_id=5), NotFound),
        (Actor.public(), NotFound),
        (Actor("poe", user_id=5, office="DEL"), NotPermitted),
    ],
)
def test_only_the_payer_asks_for_confirmation(actor, refusal):
    order = an_order(actor=WORKER)
    before = kept(order), waiting_jobs()

    with pytest.raises(refusal):
        confirm_order(order.reference, actor=actor)

    assert (kept(order), waiting_jobs()) == before


@pytest.mark.parametrize(
    "actor", [WORKER, OFFICER, STRANGER, Actor.public(), Actor("auditor", user_id=9)]
)
def test_nobody_but_the_platform_settles(actor):
    order = an_order(actor=WORKER)
    before = kept(order)

    with pytest.raises((NotPermitted, NotFound)):
        settle(order, an_answer(order), actor=actor)
    with pytest.raises((NotPermitted, NotFound)):
        record_page(order.reference, PAGE, actor=actor)

    assert kept(order) == before


def test_a_worker_sees_what_an_agent_pays_for_them_but_does_not_steer_it():
    agent = an_agent()
    order = an_order(actor=agent, payer_organisation_id=agent.organisation_id)

    with acting(WORKER):
        seen = [each.pk for each in orders_for(WORKER)]
    with pytest.raises(NotPermitted):
        confirm_order(order.reference, actor=WORKER)

    assert seen == [order.pk]


def test_receipts_are_seen_with_their_orders():
    order = a_paid_order()

    seen = {}
    for actor in (WORKER, STRANGER, OFFICER, Actor.public()):
        with acting(actor):
            seen[actor.pseudonym] = [each.order_id for each in receipts_for(actor)]

    assert seen == {
        "emigrant:71": [order.pk],
        "emigrant:72": [],
        "pge_da:73": [order.pk],
        "public": [],
    }


def test_open_orders_are_asked_about_again_after_ten_minutes():
    with clock.simulate(MORNING):
        order = an_order()
        a_paid_order()

    with clock.simulate(MORNING + timedelta(minutes=10)):
        early = ask_again(actor=SYSTEM)
    with clock.simulate(MORNING + timedelta(minutes=11)):
        asked = ask_again(actor=SYSTEM)

    assert (early, asked) == (0, 1)
    with pytest.raises(NotPermitted):
        ask_again(actor=OFFICER)
    assert kept(order)[0] == "initiated"


def test_a_number_that_is_taken_is_drawn_again():
    with numbered_by(1):
        first = an_order()

    with numbered_by(1):
        second = an_order()
    with numbered_by(1):
        expected = [next_number() for _ in range(2)]

    assert [first.reference, second.reference] == expected


def test_new_order_money_is_printed_with_its_currency():
    assert str(NewOrder("ec_fee", 20000, "INR", "clearance", "EC-1").money) == "INR 200.00"


def test_a_posting_is_written_once_a_kind():
    a_paid_order()

    with acting(SYSTEM):
        assert Posting.objects.count() == 1
