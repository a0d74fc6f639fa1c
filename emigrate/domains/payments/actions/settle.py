"""The gateway's word becomes a step: at most once, and only when the amount is the ordered one."""

from typing import Any

from emigrate.domains.payments.actions.ledger import post
from emigrate.domains.payments.enums import (
    GIVEN_UP,
    NOT_GIVEN_BACK,
    PAID,
    STANDING,
    UNPAID,
    OrderState,
    PostingKind,
)
from emigrate.domains.payments.models import Order, Receipt
from emigrate.domains.payments.policies import PAYMENT_POLICY
from emigrate.domains.payments.workflow import PAYMENT, WEIGHED
from emigrate.foundation import jobs
from emigrate.foundation.actors import Actor
from emigrate.foundation.transactions import action, now
from emigrate.partners.payment_gateway.contract import Order as Ordered
from emigrate.partners.payment_gateway.contract import Settlement, SettlementState


@action
def settle_from_gateway(reference: str, settlement: Settlement | None, *, actor: Actor) -> Order:
    """Take the step that the gateway's answer asks for; None: it has no record of the order.

    The same answer again changes nothing. Another amount or currency never confirms: it is kept
    as a dispute for an officer. Raises NotFound, NotPermitted.
    """
    order = PAYMENT.lock(Order.objects.all(), actor=actor, permission="settle", reference=reference)
    PAYMENT_POLICY.require(actor, "settle", order)
    state = OrderState(order.state)
    if settlement is None:
        return _not_known(order, actor)
    if settlement.state is SettlementState.SUCCESS and state in (*UNPAID, *GIVEN_UP):
        agrees = settlement.settles(_as_ordered(order))
        return (_paid if agrees else _differs)(order, settlement, actor)
    if settlement.state is SettlementState.REFUNDED:
        return _returned(order, actor)
    return _not_yet(order, settlement, actor)


def _not_known(order: Order, actor: Actor) -> Order:
    if order.state in UNPAID and order.expires_at <= now():
        return PAYMENT.take("expire", order, actor=actor)
    return order


def _not_yet(order: Order, settlement: Settlement, actor: Actor) -> Order:
    if order.state not in UNPAID:
        return order
    if settlement.state is SettlementState.FAILED:
        return PAYMENT.take("fail", order, actor=actor)
    if order.state == OrderState.PENDING:
        return order
    return PAYMENT.take("wait", order, actor=actor)


def _paid(order: Order, settlement: Settlement, actor: Actor) -> Order:
    late = order.state in GIVEN_UP and _another_stands(order)
    PAYMENT.take(
        "refund_late" if late else "confirm",
        order,
        actor=actor,
        gateway_txn=settlement.gateway_txn or "",
        paid_at=now(),
        dispute=None,
    )
    post(order, PostingKind.RECEIVED, actor=actor)
    Receipt.objects.create(
        order=order,
        number=f"{order.reference}-R",
        amount_minor=order.amount_minor,
        currency=order.currency,
        head=order.head,
        issued_at=now(),
    )
    if late:
        post(order, PostingKind.OWED_BACK, actor=actor)
        jobs.later("payments.refund", queue=jobs.PARTNERS, reference=order.reference)
    return order


def _differs(order: Order, settlement: Settlement, actor: Actor) -> Order:
    reported = {"amount_minor": settlement.amount_minor, "currency": settlement.currency}
    if order.dispute == reported:
        return order
    finding = {"code": "amount_differs", "ordered": str(order.money), **reported}
    if order.state in (OrderState.INITIATED, OrderState.REDIRECTED):
        PAYMENT.take("wait", order, actor=actor)
    event, desk = "payment.amount_differs", weighing(order)
    return PAYMENT.amend(event, order, actor=actor, findings=[finding], dispute=reported, **desk)


def weighing(order: Order) -> dict[str, Any]:  # columns of many types
    """The clock of the officer who is to look at a dispute; a second one gives no new time."""
    if order.state in GIVEN_UP or order.dispute is not None:
        return {}
    return PAYMENT.handed(order, WEIGHED)


def _returned(order: Order, actor: Actor) -> Order:
    """The gateway gave the money back: as we asked, or by itself."""
    if order.state == OrderState.REFUND_REQUESTED:
        PAYMENT.take("give_back", order, actor=actor)
        post(order, PostingKind.GIVEN_BACK, actor=actor)
    elif order.state in (*PAID, *NOT_GIVEN_BACK):
        PAYMENT.take("charge_back", order, actor=actor)
        post(order, PostingKind.TAKEN_BACK, actor=actor)
    elif order.state in UNPAID:
        PAYMENT.take("fail", order, actor=actor)
    return order


def _another_stands(order: Order) -> bool:
    others = Order.objects.exclude(pk=order.pk).filter(
        subject_kind=order.subject_kind,
        subject_reference=order.subject_reference,
        head=order.head,
    )
    return others.filter(state__in=STANDING).exists()


def _as_ordered(order: Order) -> Ordered:
    return Ordered(order.reference, order.amount_minor, order.currency, order.head)
