"""What the database itself holds, whoever writes: tried as the platform, in committed rows."""

from contextlib import contextmanager

import psycopg
import pytest
from django.db import connection
from django.db.utils import DatabaseError, IntegrityError, ProgrammingError

from emigrate.domains.payments.actions import (
    NewOrder,
    OrderStands,
    keep_order,
    open_order,
    refer_refund,
    refund_order,
    settle_from_gateway,
)
from emigrate.domains.payments.models import Charge, LedgerEntry, Order, Posting, Receipt
from emigrate.foundation.actors import Actor
from emigrate.foundation.errors import WrongState
from emigrate.foundation.models import AuditLeaf
from emigrate.foundation.transactions import acting
from emigrate.ops.database import Role, dsn
from tests.domains.payments.seen import OFFICER
from tests.factories.accounts import SYSTEM, an_agency
from tests.factories.payments import a_charge, a_new_order, a_paid_order, an_answer, an_order
from tests.races import race


@contextmanager
def refused(error=DatabaseError):
    with pytest.raises(error):
        yield


def write(posting, *amounts, currency="INR"):
    for account, amount in zip(("gateway", "refunds", "bank"), amounts, strict=False):
        LedgerEntry.objects.create(
            posting=posting, account=account, amount_minor=amount, currency=currency
        )


def post(order, *amounts, kind="banked"):
    with acting(SYSTEM) as now:
        posting = Posting.objects.create(order=order, kind=kind, at=now.now)
        write(posting, *amounts)


@pytest.mark.parametrize("amounts", [(), (1,), (1, -2), (1, 1, -1)])
def test_a_posting_that_does_not_sum_to_zero_never_commits(committed_database, amounts):
    order = a_paid_order()

    with refused(IntegrityError):
        post(order, *amounts)

    with acting(SYSTEM):
        assert Posting.objects.filter(kind="banked").count() == 0


def test_a_posting_sums_to_zero_in_each_currency(committed_database):
    order = a_paid_order()

    with refused(IntegrityError), acting(SYSTEM) as now:
        posting = Posting.objects.create(order=order, kind="banked", at=now.now)
        write(posting, 5, currency="INR")
        write(posting, -5, currency="AED")


def test_a_later_entry_never_tips_a_posting(committed_database):
    a_paid_order()

    with refused(IntegrityError), acting(SYSTEM):
        write(Posting.objects.get(), 1)


def test_a_balanced_posting_commits(committed_database):
    order = a_paid_order()

    post(order, 5, -5)

    with acting(SYSTEM):
        assert LedgerEntry.objects.filter(posting__kind="banked").count() == 2


def test_the_guard_sees_all_entries_also_when_an_officer_commits(committed_database):
    order = a_paid_order()

    refund_order(order.reference, reason="x", actor=Actor("pge_da", user_id=3))

    with acting(SYSTEM):
        assert Posting.objects.filter(kind="owed_back").count() == 1


@pytest.mark.parametrize("model", [Posting, LedgerEntry, Receipt])
def test_what_is_written_is_neither_changed_nor_removed(committed_database, model):
    a_paid_order()

    with refused(ProgrammingError), acting(SYSTEM):
        model.objects.update(id=99)
    with refused(ProgrammingError), acting(SYSTEM):
        model.objects.all()._raw_delete("default")


@pytest.mark.parametrize("table", ["posting", "ledgerentry", "receipt"])
def test_not_even_the_owner_changes_the_ledger(committed_database, table):
    a_paid_order()

    with psycopg.connect(dsn(committed_database, Role.OWNER)) as owner:
        owner.execute("SELECT set_config('app.role', 'system', false)")
        with pytest.raises(psycopg.errors.IntegrityConstraintViolation):
            owner.execute(f"DELETE FROM payments_{table}")


@pytest.mark.parametrize(
    "change",
    [
        "amount_minor = 1",
        "currency = 'AED'",
        "head = 'rc_fee'",
        "subject_reference = 'EC-X'",
        "person_id = 9",
    ],
)
def test_an_order_never_changes_what_is_paid(committed_database, change):
    order = an_order()

    with refused(IntegrityError), acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute(f"UPDATE payments_order SET {change} WHERE id = %s", [order.pk])


def test_a_state_without_a_leaf_never_commits(committed_database):
    order = an_order()

    with refused(IntegrityError), acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute("UPDATE payments_order SET state = 'success' WHERE id = %s", [order.pk])


def test_without_an_actor_nothing_is_seen(committed_database):
    a_paid_order()
    agent = Actor("ra_admin", user_id=4, organisation_id=an_agency().pk)
    a_charge(actor=agent)

    seen = [model.objects.count() for model in (Order, Posting, LedgerEntry, Receipt, Charge)]

    assert seen == [0, 0, 0, 0, 0]


@pytest.mark.parametrize(
    "actor",
    [
        Actor("ra_admin", user_id=4, organisation_id=5),
        Actor("emigrant", user_id=4, person_id=8),
        Actor("boi", user_id=4),
        Actor.public(),
    ],
)
def test_another_tenant_sees_nothing_even_without_the_policies(committed_database, actor):
    a_paid_order()
    a_charge(actor=Actor("ra_admin", user_id=4, organisation_id=an_agency().pk))

    with acting(actor):
        seen = [model.objects.count() for model in (Order, Posting, LedgerEntry, Receipt, Charge)]

    assert seen == [0, 0, 0, 0, 0]


def test_thirty_two_confirmations_at_once_have_one_effect(committed_database):
    order = an_order()
    answer = an_answer(order)

    outcomes = race(32, lambda _: settle_from_gateway(order.reference, answer, actor=SYSTEM).state)

    assert outcomes == ["success"] * 32
    with acting(SYSTEM):
        assert (Posting.objects.count(), LedgerEntry.objects.count()) == (1, 2)
        assert Receipt.objects.count() == 1
        assert Order.objects.get().audit_seq == AuditLeaf.objects.count() == 2


def test_thirty_two_openings_at_once_are_one_order(committed_database):
    new = a_new_order()

    outcomes = race(32, lambda _: open_order(new, actor=SYSTEM).reference)

    assert len(set(outcomes)) == 1
    with acting(SYSTEM):
        assert Order.objects.count() == 1


def test_two_payers_at_once_open_one_order(committed_database):
    agencies = [an_agency().pk for _ in range(32)]

    def one(number):
        actor = Actor("ra_admin", user_id=number, organisation_id=agencies[number])
        return open_order(
            NewOrder("ec_fee", 20000, "INR", "clearance", "EC-RACE", None, agencies[number]),
            actor=actor,
        )

    outcomes = race(32, one)

    opened = [each for each in outcomes if isinstance(each, Order)]
    refusals = {type(each) for each in outcomes if isinstance(each, Exception)}
    assert (len(opened), refusals) == (1, {OrderStands})


def test_thirty_two_refunds_at_once_are_one(committed_database):
    order = a_paid_order()

    outcomes = race(
        32, lambda _: refund_order(order.reference, reason="Refused", actor=SYSTEM).state
    )

    refusals = [each for each in outcomes if isinstance(each, WrongState)]
    assert (outcomes.count("refund_requested"), len(refusals)) == (1, 31)
    with acting(SYSTEM):
        assert Posting.objects.filter(kind="owed_back").count() == 1


def test_thirty_two_decisions_on_a_referral_give_back_once(committed_database):
    order = a_paid_order()
    refer_refund(order.reference, reason="clearance withdrawn", actor=SYSTEM)
    acts = (refund_order, keep_order)

    outcomes = race(
        32, lambda number: acts[number % 2](order.reference, reason="x", actor=OFFICER).state
    )

    refused = {type(each) for each in outcomes if not isinstance(each, str)}
    assert (outcomes.count("refund_requested"), refused) == (1, {WrongState})
    assert outcomes.count("kept") <= 1
    with acting(SYSTEM):
        assert Posting.objects.filter(kind="owed_back").count() == 1


def test_late_money_and_a_new_order_at_once_never_pay_twice(committed_database):
    new = a_new_order()
    late = open_order(new, actor=SYSTEM)
    settle_from_gateway(late.reference, an_answer(late, "FAILED"), actor=SYSTEM)

    def one(number):
        if number % 2:
            return settle_from_gateway(late.reference, an_answer(late), actor=SYSTEM).state
        return open_order(new, actor=SYSTEM).state

    race(32, one)

    with acting(SYSTEM):
        states = sorted(Order.objects.values_list("state", flat=True))
    assert states in (["success"], ["initiated", "refund_requested"])
